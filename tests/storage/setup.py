"""Django for tests that need the store: a node's settings, or the store's app beside what is configured."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings

from yeollak.node.settings import configure

APP = "yeollak.storage.apps.StorageConfig"


def ready() -> None:
    """Have a configured Django that knows the store's tables. Whichever part of the tests comes first, the
    pages of a node can be served after it.
    """
    configure()
    if not apps.is_installed("yeollak.storage"):
        installed = [*settings.INSTALLED_APPS, APP]
        settings.INSTALLED_APPS = installed
        apps.app_configs.clear()
        apps.apps_ready = apps.models_ready = apps.ready = False
        apps.populate(installed)
