"""The Django app of the store: the only one in Yeollak that has models."""

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """Names the app `yeollak_storage`, and with it every table."""

    name = "yeollak.storage"
    label = "yeollak_storage"
    default_auto_field = "django.db.models.BigAutoField"
