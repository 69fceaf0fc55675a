"""Hearing what other processes have stored, by PostgreSQL's LISTEN: the ids of offices, as `telling` tells
them.

It needs a connection of its own that lasts: a pooler that lends connections out by transaction would lose it.
What may have been missed while there was none is told as the empty name: look at everything.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from django.db import Error, connections

from yeollak.storage.databases import postgresql
from yeollak.storage.telling import CHANNEL

#: How long one wait lasts, and how long it is waited before a connection that was lost is made again, in
#: seconds.
_WAIT: Final = 1.0
_AGAIN: Final = 1.0
#: Options of Django's own, which libpq does not know.
_OF_DJANGO: Final = frozenset({"isolation_level", "assume_role", "service", "pool", "server_side_binding"})


class Listener:
    """Hears what is stored in the database `alias`. `told` is given the id of an office, or nothing where
    anything may have changed; it may ask the database, and where that fails everything is told again.
    `address` is a direct one where that of the store leads through a pooler. `run` is its thread.
    """

    def __init__(self, alias: str, told: Callable[[str], None], address: str = "") -> None:
        self._alias, self._told, self._address = alias, told, address

    def run(self, ending: threading.Event) -> None:
        """Listen until `ending`; a connection that is lost is made again."""
        import psycopg

        while not ending.is_set():
            with (
                suppress(psycopg.Error, OSError, Error),
                psycopg.connect(**self._parameters(), autocommit=True) as line,
            ):
                line.execute(f"LISTEN {CHANNEL}")
                # What cut the line before has cut this thread's own connection as well.
                connections[self._alias].close()
                self._told("")
                while not ending.is_set():
                    # A server that is gone without a word is found by the keepalives of the connection.
                    for one in line.notifies(timeout=_WAIT):
                        self._told(one.payload)
                        if ending.is_set():
                            break
            ending.wait(_AGAIN)
        connections[self._alias].close()

    def _parameters(self) -> dict[str, Any]:
        settings = postgresql(self._address) if self._address else connections[self._alias].settings_dict
        named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        found = {name: settings[key] for name, key in named.items() if settings[key]}
        options = {key: value for key, value in settings["OPTIONS"].items() if key not in _OF_DJANGO}
        return {
            **found,
            "keepalives_idle": "5",
            "keepalives_interval": "2",
            "keepalives_count": "3",
            **options,
        }
