"""The smallest Django that can draw the public page: no database, no session, the history as its record."""

from importlib.resources import files

SECRET_KEY = "tests only"
DEBUG = False
ALLOWED_HOSTS = ["*"]
# The store has models that the replay imports; no database stands behind them.
INSTALLED_APPS = ["yeollak.storage.apps.StorageConfig", "yeollak.desk"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = ["yeollak.desk.csp.ContentPolicy", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "tests.desk.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": []},
    }
]
USE_I18N = True
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어"), ("ar", "العربية")]
LOCALE_PATHS = [str(files("yeollak") / "locale")]
YEOLLAK_PUBLIC_SOURCE = "tests.desk.history.source"
