"""The desk as a Django app: templates, styles and views, no models and no signals."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Label `desk`."""

    name = "yeollak.desk"
    label = "desk"
    verbose_name = "desk"
