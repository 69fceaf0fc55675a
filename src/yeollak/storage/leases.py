"""Leases: which of the processes of a side works for which office, and what keeps the others out.

Only the database judges, by its own clock. A process says again and again that it lives; an office belongs to
the process that its lease names for as long as that one lives and has not been followed. Each change of hands
gives the lease a greater token. A fence is a holder and a token: a transaction that passes it has locked the
lease until it ends, so nobody can follow before its commit, and one that comes too late is told so.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import DatabaseError, connections, transaction

from yeollak.errors import OurFault
from yeollak.storage.pulse import mend
from yeollak.storage.telling import CHANNEL

#: For how long a process is taken to live after it has said so, in seconds.
LASTS: Final = 10.0
_LEASE, _PROCESS = "yeollak_storage_lease", "yeollak_storage_process"
#: How long a process that is gone is remembered, for whoever looks.
_REMEMBERED: Final = "interval '1 hour'"


@dataclass(frozen=True, slots=True)
class Fence:
    """The right of one process to work for an office, until another one follows it."""

    alias: str
    office: str
    holder: str
    token: int

    def check(self) -> None:
        """Raise OurFault(`lease-lost`) where another process has followed; else none can before the
        transaction ends that this is a step of.
        """
        with connections[self.alias].cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {_LEASE} WHERE office_id = %s AND holder = %s AND token = %s FOR SHARE",  # noqa: S608 (its own name)
                [self.office, self.holder, self.token],
            )
            if cursor.fetchone() is None:
                raise OurFault("lease-lost", office=self.office)

    def stands(self) -> None:
        """Raise OurFault(`lease-lost`) where another process has followed by now: before what is no write,
        and may be done twice.
        """
        with transaction.atomic(using=self.alias):
            self.check()


class Leases:
    """What one process says and asks of the processes of its side, over the PostgreSQL database `alias`.

    `roles` are those it has, `anchor` what identifies its anchor. Belongs to one thread.
    """

    #: The instant by which everything is judged; a test has a clock of its own.
    clock = "clock_timestamp()"

    def __init__(
        self, alias: str, label: str, roles: frozenset[str], anchor: str, lasts: float = LASTS
    ) -> None:
        self.alias, self.holder = alias, secrets.token_hex(16)
        self._label, self._roles, self._anchor = label[:200], roles, anchor
        self.lasts = lasts

    def beat(self) -> None:
        """Say that this process lives. Raises OurFault(`anchor-not-shared`) where one that lives writes to
        another anchor: after a restore neither would know what the other has let out. Raises
        OurFault(`store-failed`) like every method.
        """
        with self._step() as ask:
            ask(
                f"INSERT INTO {_PROCESS} (id, label, roles, anchor, since, until) "  # noqa: S608 (own names)
                f"VALUES (%s, %s, %s, %s, {self.clock}, {self.clock} + make_interval(secs => %s)) "
                "ON CONFLICT (id) DO UPDATE SET until = excluded.until",
                [self.holder, self._label, ",".join(sorted(self._roles)), self._anchor, self.lasts],
            )
            others = ask(
                f"SELECT label FROM {_PROCESS} WHERE anchor <> %s AND id <> %s AND until > {self.clock}",  # noqa: S608 (own names)
                [self._anchor, self.holder],
            )
            if others:
                raise OurFault("anchor-not-shared", process=str(others[0][0]))
            ask(f"DELETE FROM {_PROCESS} WHERE until < {self.clock} - {_REMEMBERED}", [])  # noqa: S608 (own names)

    def share(self) -> int:
        """How many offices this process should have: as many as any other that has the role, at most."""
        with self._step() as ask:
            living = f"SELECT count(*) FROM {_PROCESS} WHERE until > {self.clock} AND roles LIKE %s"  # noqa: S608 (own names)
            couriers = int(ask(living, ["%courier%"])[0][0])
            offices = int(ask("SELECT count(*) FROM yeollak_storage_office", [])[0][0])
        return -(-offices // max(1, couriers))

    def held(self) -> dict[str, int]:
        """The offices whose leases name this process, with their tokens."""
        with self._step() as ask:
            rows = ask(f"SELECT office_id, token FROM {_LEASE} WHERE holder = %s", [self.holder])  # noqa: S608 (own names)
        return {str(office): int(token) for office, token in rows}

    def take(self, most: int) -> dict[str, int]:
        """Take up to so many offices that nobody living has, with their new tokens."""
        if most <= 0:
            return {}
        with self._step() as ask:
            ask(
                f"INSERT INTO {_LEASE} (office_id, holder, token) SELECT id, '', 0 "  # noqa: S608 (own names)
                f"FROM yeollak_storage_office AS one "
                f"WHERE NOT EXISTS (SELECT 1 FROM {_LEASE} WHERE office_id = one.id) ON CONFLICT DO NOTHING",
                [],
            )
            # Of several that take at once each passes over what another one is about to have, and over an
            # office in which a transaction of its last holder has not ended.
            rows = ask(
                f"WITH free AS (SELECT office_id FROM {_LEASE} AS one WHERE NOT EXISTS ("  # noqa: S608 (own names)
                f"SELECT 1 FROM {_PROCESS} WHERE id = one.holder AND until > {self.clock}) "
                f"ORDER BY random() LIMIT %s FOR UPDATE SKIP LOCKED) "
                f"UPDATE {_LEASE} AS taken SET holder = %s, token = token + 1 FROM free "
                "WHERE taken.office_id = free.office_id RETURNING taken.office_id, taken.token",
                [most, self.holder],
            )
        return {str(office): int(token) for office, token in rows}

    def give(self, offices: Mapping[str, int]) -> None:
        """Give offices back, for others to take at once."""
        with self._step() as ask:
            ask(
                # One in which a transaction has not ended yet is given the next time.
                f"UPDATE {_LEASE} SET holder = '' WHERE office_id IN (SELECT office_id FROM {_LEASE} "  # noqa: S608 (own names)
                "WHERE holder = %s AND office_id = ANY(%s) FOR UPDATE SKIP LOCKED)",
                [self.holder, list(offices)],
            )
            ask("SELECT pg_notify(%s, '')", [CHANNEL])

    def leave(self) -> None:
        """End: every office is free, and nobody waits for this process."""
        with self._step() as ask:
            ask(f"UPDATE {_LEASE} SET holder = '' WHERE holder = %s", [self.holder])  # noqa: S608 (own names)
            ask(f"DELETE FROM {_PROCESS} WHERE id = %s", [self.holder])  # noqa: S608 (own names)
            ask("SELECT pg_notify(%s, '')", [CHANNEL])

    def alone(self, role: str) -> bool:
        """Whether no other process that lives has a role."""
        with self._step() as ask:
            rows = ask(
                f"SELECT 1 FROM {_PROCESS} WHERE id <> %s AND until > {self.clock} AND roles LIKE %s LIMIT 1",  # noqa: S608 (own names)
                [self.holder, f"%{role}%"],
            )
        return not rows

    @contextmanager
    def _step(self) -> Iterator[Any]:
        mend(self.alias)
        try:
            with transaction.atomic(using=self.alias), connections[self.alias].cursor() as cursor:

                def ask(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
                    cursor.execute(statement, values)
                    return cursor.fetchall() if cursor.description else []

                yield ask
        except DatabaseError as problem:
            why = str(problem).splitlines()[0][:120] if str(problem) else type(problem).__name__
            raise OurFault("store-failed", why=why) from problem


def several(alias: str) -> bool:
    """Whether several processes may serve this store."""
    return bool(connections[alias].vendor == "postgresql")
