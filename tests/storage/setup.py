"""Django for tests that need the store: a node's settings, or the store's app beside what is configured. And
stores with nothing in them: the first is migrated, and the others are copies of it.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from yeollak.node.settings import configure
from yeollak.storage.databases import attach, sqlite

#: A database that every PostgreSQL server of the tests gets: the store, with nothing in it.
_TEMPLATE = "yeollak_template"
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


def migrated(alias: str) -> None:
    """Have the tables of the store in a database that is new. It is a copy of one that was migrated: sixteen
    migrations take half a second, and were most of what founding an office in a test took.
    """
    entry = connections.settings[alias]
    if entry["ENGINE"].endswith("sqlite3"):
        empty(Path(entry["NAME"]))
        assert connections[alias].introspection.table_names(), "somebody has opened it already"
        return
    connections[alias].close()
    server = f"{alias}_server"
    attach(server, {**entry, "NAME": "postgres"})
    try:
        with connections[server].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {_TEMPLATE}")
                attach(_TEMPLATE, {**entry, "NAME": _TEMPLATE})
                call_command("migrate", database=_TEMPLATE, verbosity=0)
                connections[_TEMPLATE].close()
            cursor.execute(f"DROP DATABASE {entry['NAME']}")
            cursor.execute(f"CREATE DATABASE {entry['NAME']} TEMPLATE {_TEMPLATE}")
    finally:
        connections[server].close()


def empty(path: Path) -> None:
    """Put a store with nothing in it where no SQLite file is yet."""
    if not path.exists():
        shutil.copyfile(_migrated(), path)


@functools.cache
def _migrated() -> Path:
    ready()
    folder = Path(tempfile.mkdtemp(prefix="yeollak-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    attach("migrated", sqlite(folder / "node.db"))
    call_command("migrate", database="migrated", verbosity=0)
    connections["migrated"].close()
    return folder / "node.db"
