"""The public page over the history, in this process: for Django's test client and for a browser.

Whatever settings the run already has stay in force outside the `with`; where it has none, the smallest
ones are used, so that these tests also run alone.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SETTINGS = "tests.desk.settings"
_OURS = (
    "INSTALLED_APPS",
    "MIDDLEWARE",
    "ROOT_URLCONF",
    "TEMPLATES",
    "USE_I18N",
    "LANGUAGES",
    "LOCALE_PATHS",
    "ALLOWED_HOSTS",
    "YEOLLAK_PUBLIC_SOURCE",
)


@contextmanager
def settled() -> Iterator[None]:
    """Django with the desk alone and the history as its record."""
    import django
    from django.apps import apps
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if not apps.ready:
        django.setup()
    from django.test import override_settings
    from django.utils.translation import trans_real

    wanted = importlib.import_module(SETTINGS)
    with override_settings(**{name: getattr(wanted, name) for name in _OURS}):
        vars(trans_real)["_translations"] = {}  # catalogues read under other LOCALE_PATHS
        yield


@contextmanager
def serving() -> Iterator[str]:
    """The address of the page, served on a free port of the loopback until the `with` ends."""
    from cheroot.wsgi import Server

    with settled():
        from django.core.handlers.wsgi import WSGIHandler

        server = Server(("127.0.0.1", 0), WSGIHandler(), numthreads=4, server_name="localhost")
        server.prepare()
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.bind_addr[1]}"
        finally:
            server.stop()
            thread.join(timeout=10)
