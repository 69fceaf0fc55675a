"""Telling other processes what was stored, right after its commit.

Triggers of a PostgreSQL store keep in mind which offices a transaction has moved (migration 0014). They are
not announced within it: transactions that notify are committed one after another, each with its own wait for
the disk and for a standby, where others share theirs (docs/scale.md has figures). What a process could not
tell any more, since it was killed in between, others find when they look at what is behind. An SQLite store
has one process, which knows what it has written.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from django.db import DatabaseError

from yeollak.storage import plain

#: The channel on which ids of offices are told; the empty name means everything.
CHANNEL: Final = "yeollak"


def tell(alias: str) -> None:
    """Tell what this session has moved since it was last told; it holds no transaction open. What cannot be
    told is left.
    """
    connection = plain.connection_of(alias)
    if connection.vendor == "postgresql":
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT yeollak_tell()")


def say(alias: str, what: str) -> None:
    """Tell every process something that is not stored."""
    with suppress(DatabaseError), plain.connection_of(alias).cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, what])
