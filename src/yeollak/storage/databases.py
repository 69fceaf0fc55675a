"""Entries for Django's DATABASES, and how a further database joins a running process.

SQLite in WAL with synchronous FULL is the embedded default: what has been committed survives a loss of
power (rule 8). Every setting that Django would otherwise fill in at its start stands in the entry, so that
a node may be opened later.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import connections

from yeollak.errors import OurFault

#: How long a writer waits for another one before it gives up, in seconds.
PATIENCE = 30
#: A process that is stopped, or cut off, in the middle of a transaction keeps what it has locked until
#: PostgreSQL ends its session; others wait for it no longer than this.
_PATIENT = f"-c idle_in_transaction_session_timeout={2 * PATIENCE * 1000}"
# IMMEDIATE is Django's, below. `recursive_triggers` makes REPLACE meet the triggers that refuse a delete. A
# batch of acts touches more pages than SQLite keeps by default, which would then be written several times;
# and the log is copied back every 16 MiB instead of 4, since most of its pages are written again soon.
_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
    "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4096;"
)


def sqlite(path: Path | str) -> dict[str, Any]:
    """The entry for an SQLite file. It is made on the first use; its folder must be there."""
    options = {"timeout": PATIENCE, "transaction_mode": "IMMEDIATE", "init_command": _PRAGMAS}
    return _entry("django.db.backends.sqlite3", NAME=str(path), OPTIONS=options)


def postgresql(url: str) -> dict[str, Any]:
    """The entry for `postgresql://USER@HOST:PORT/NAME?OPTION=VALUE`; a `host` option may be a
    socket's folder.

    Raises OurFault(`database-address`) for anything else; the address is not repeated, it may hold a
    password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OurFault("database-address") from None
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        raise OurFault("database-address")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    # Last, so that neither the address nor the server makes a commit less than durable (rule 8). First what
    # an address may set otherwise.
    given = options.get("options", "")
    options["options"] = " ".join(filter(None, (_PATIENT, given, "-c synchronous_commit=on")))
    host = options.pop("host", parts.hostname or "")
    return _entry(
        "django.db.backends.postgresql",
        NAME=name,
        USER=unquote(parts.username or ""),
        PASSWORD=unquote(parts.password or ""),
        HOST=host,
        PORT=str(options.pop("port", port or "")),
        OPTIONS=options,
        CONN_HEALTH_CHECKS=True,
    )


def attach(alias: str, entry: dict[str, Any]) -> None:
    """Make a database known to the running process under `alias`. An alias that is known stays as it is."""
    known = connections.settings.get(alias)
    # Django puts a dummy where it was configured without a default database.
    if known is None or known["ENGINE"] == "django.db.backends.dummy":
        connections.settings[alias] = entry
        # The dummy that this thread may have opened already would stay in its place.
        with suppress(AttributeError):
            del connections[alias]


def _entry(engine: str, **more: Any) -> dict[str, Any]:
    return {
        "ENGINE": engine,
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_HEALTH_CHECKS": False,
        # A connection a thread, kept: a line server answers thousands of parcels.
        "CONN_MAX_AGE": None,
        "HOST": "",
        "OPTIONS": {},
        "PASSWORD": "",
        "PORT": "",
        "TEST": {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None},
        "TIME_ZONE": None,
        "USER": "",
        **more,
    }
