"""Django for tests that need the store: the store's app joins whatever another part has configured before."""

from __future__ import annotations

import django
from django.apps import apps
from django.conf import settings

APP = "yeollak.storage.apps.StorageConfig"


def ready() -> None:
    """Have a configured Django that knows the store's tables."""
    if not settings.configured:
        settings.configure(
            SECRET_KEY="tests only", USE_TZ=True, INSTALLED_APPS=[APP], DATABASES={}, MIGRATION_MODULES={}
        )
    if not apps.ready:
        django.setup()
    if not apps.is_installed("yeollak.storage"):
        installed = [*settings.INSTALLED_APPS, APP]
        settings.INSTALLED_APPS = installed
        apps.app_configs.clear()
        apps.apps_ready = apps.models_ready = apps.ready = False
        apps.populate(installed)
