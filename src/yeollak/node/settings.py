"""Django's settings, made in code: a node is a folder, and there is no settings module to point at.

Django serves the store and the pages; it never sees the line. Databases join by alias as nodes are opened.
"""

from __future__ import annotations

import pkgutil
import secrets
from importlib.resources import files
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import Error, connections

from yeollak.errors import OurFault
from yeollak.storage.databases import attach
from yeollak.storage.disk import is_full

#: The most that one form of the desk may carry: its files stay in memory until they are kept.
MAX_UPLOAD = 64 * 1024 * 1024
_APPS = ["yeollak.storage.apps.StorageConfig", "yeollak.desk"]


def configure() -> None:
    """Configure Django once in this process; later calls change nothing."""
    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=["*"],
            DATABASES={},
            DEBUG=False,
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            INSTALLED_APPS=_APPS,
            LANGUAGES=[("en", "English"), ("ko", "한국어"), ("ar", "العربية")],
            LANGUAGE_CODE="en",
            LOCALE_PATHS=[str(files("yeollak").joinpath("locale"))],
            LOGGING_CONFIG=None,
            MIDDLEWARE=[
                "yeollak.desk.csp.ContentPolicy",
                "yeollak.desk.csp.Sites",
                "django.middleware.security.SecurityMiddleware",
                "django.middleware.http.ConditionalGetMiddleware",
                "django.middleware.common.CommonMiddleware",
            ],
            ROOT_URLCONF="yeollak.node.urls",
            CSRF_FAILURE_VIEW="yeollak.desk.staff.pages.errors.forged",
            CSRF_COOKIE_HTTPONLY=True,
            CSRF_COOKIE_NAME="yeollak-form",
            CSRF_COOKIE_SAMESITE="Strict",
            DATA_UPLOAD_MAX_MEMORY_SIZE=MAX_UPLOAD,
            FILE_UPLOAD_MAX_MEMORY_SIZE=MAX_UPLOAD,
            # Sessions are rows of the store, and forms expire with the process: its own key is enough.
            SECRET_KEY=secrets.token_hex(32),
            TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
            USE_I18N=True,
            USE_TZ=True,
        )
    if not apps.ready:
        django.setup()


def ready(alias: str, entry: dict[str, Any]) -> None:
    """Make a database known under `alias`, with its tables up to date. Raises OurFault(`store-unusable`)."""
    configure()
    if "default" not in connections.settings or connections.settings["default"]["ENGINE"].endswith("dummy"):
        attach("default", entry)
    attach(alias, entry)
    while left := _lacking(alias):
        from django.core.management import call_command

        try:
            call_command("migrate", database=alias, verbosity=0, interactive=False)
        except Error as problem:
            connections[alias].close()
            # Where another process that begins as well has done a step, both go on from there.
            if _lacking(alias) >= left:
                raise (store_fault(problem, str(entry["NAME"])) or problem) from None
        else:
            return


def _lacking(alias: str) -> int:
    """How many migrations of the store are not recorded as applied. One question tells, where the command
    that would find nothing to do takes longer than all else that opens a node.
    """
    config = apps.get_app_config("yeollak_storage")
    known = {one.name for one in pkgutil.iter_modules([str(Path(config.path, "migrations"))])}
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT name FROM django_migrations WHERE app = %s", [config.label])
            return len(known - {name for (name,) in cursor.fetchall()})
    except Error:
        # There is no such table yet, or the database cannot be used: the command makes it, or says why.
        return len(known) + 1


def store_fault(problem: BaseException, name: str | None = None) -> OurFault | None:
    """The fault for an error of the database (`name`, else the first that was opened) that nothing below has
    worded; None for all else.
    """
    if not isinstance(problem, Error):
        return None
    name = name or str(connections.settings["default"]["NAME"])
    if is_full(str(problem), name):
        return OurFault("disk-full", what=name)
    return OurFault("store-unusable", why=type(problem).__name__)
