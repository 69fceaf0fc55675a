"""A machine's disk: what survives when the machine ends at a point that writes.

The database is a real SQLite file under the product's own settings; what survives is taken at the very moment
of the crash. A torn commit is the log as it was before, overwritten by the new one up to some byte, which may
be followed by rubbish: any of it is what a disk may hold after the power went. A full disk is SQLite's own
limit of pages, or the error that it gives.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import OperationalError, connections

from tests.simulation.faults import Crash, Faults
from yeollak.storage.anchor import Anchor
from yeollak.storage.anchor_file import Copies, Left
from yeollak.storage.disk import trouble
from yeollak.storage.journal import Journal

Image = dict[Path, bytes]
#: SQLite's own greatest number of pages.
_ROOM = 0xFFFFFFFE


class Disk:
    """The files of the machine `name`: database, its log, and the anchor."""

    def __init__(self, name: str, database: Path, anchor: Path, faults: Faults) -> None:
        self.name, self.database, self.anchor_path, self.faults = name, database, anchor, faults
        self.log = database.with_name(database.name + "-wal")
        #: Whether the machine has ended and not been started again: nothing is written any more.
        self.dead = False
        #: Whether the disk has no room, until somebody makes some.
        self.full = False
        #: How many seconds each write takes, until that is over.
        self.slow = 0.0
        #: What the disk has of the anchor, where more of it can be read: it was written and not synced.
        self.unsynced: bytes | None = None
        self._survives: Image | None = None

    def read(self) -> Image:
        """Every byte as it can be read now."""
        return {
            path: path.read_bytes() for path in (self.database, self.log, self.anchor_path) if path.exists()
        }

    def image(self) -> Image:
        """Every byte that is on the disk now."""
        unsynced = {} if self.unsynced is None else {self.anchor_path: self.unsynced}
        return self.read() | unsynced

    def die(self, survives: Image | None = None) -> None:
        """End the machine, with what is on the disk now or `survives`."""
        if not self.dead:
            self.dead, self._survives = True, self.image() if survives is None else survives
            self.unsynced = None
        raise Crash(self.name)

    def kill(self) -> None:
        """End what runs on the machine: whatever it has written can be read, synced or not."""
        if not self.dead:
            self.dead, self._survives = True, self.read()
        raise Crash(self.name)

    def alive(self) -> None:
        """End whatever a machine that is dead still tries to do."""
        if self.dead:
            raise Crash(self.name)

    def revive(self) -> None:
        """Put in place what has survived. The database is closed."""
        if self._survives is not None:
            self.put(self._survives)
        self.dead, self._survives = False, None

    def put(self, image: Image) -> None:
        """Have exactly these files. The database is closed."""
        for path in (self.database, self.log, self.anchor_path):
            path.unlink(missing_ok=True)
            if path in image:
                path.write_bytes(image[path])
        self.log.with_name(self.database.name + "-shm").unlink(missing_ok=True)

    def torn(self, before: Image, after: Image) -> Image:
        """What may be on the disk when the power goes while `before` becomes `after`."""
        rng, old, new = self.faults.rng, before.get(self.log, b""), after.get(self.log, b"")
        # What was synced before stays as it is: only what is written now can be torn.
        synced = next(
            (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
            min(len(old), len(new)),
        )
        at = rng.randrange(synced, len(new) + 1)
        log = new[:at] + (old[at:] if rng.random() < 0.7 else rng.randbytes(rng.randrange(5000)))
        return {**before, self.log: log}


class FragileJournal(Journal):
    """A journal each of whose transactions may fail, or be the last thing that its machine does."""

    def __init__(self, alias: str, anchor: Anchor, disk: Disk) -> None:
        super().__init__(alias, anchor)
        self.disk = disk

    @contextmanager
    def atomic(self) -> Iterator[None]:
        disk = self.disk
        disk.alive()
        fate = disk.faults.fate(
            disk.name, 0.12, "crash before a commit", "crash within a commit", "torn commit",
            "crash after a commit", "disk full", "database full", "slow commit",
        )  # fmt: skip
        if fate == "crash before a commit":
            disk.die()
        limited = self._limited(full=disk.full or fate == "database full")
        with limited, super().atomic(), self._ending(fate == "crash within a commit"):
            yield
            disk.alive()
            if fate == "disk full":
                raise OperationalError("database or disk is full")
            before = disk.image() if fate == "torn commit" else {}
        if fate == "torn commit":
            disk.die(disk.torn(before, disk.image()))
        if fate == "crash after a commit":
            disk.die()
        if fate == "slow commit" or disk.slow:
            self.passes(disk.slow or 40.0)

    @contextmanager
    def _ending(self, ends: bool) -> Iterator[None]:
        """A transaction within which the machine ends: after one of its first writes, or at its end."""
        left = self.disk.faults.rng.randrange(1, 6) if ends else -1

        def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal left
            done = execute(sql, params, many, context)
            left -= sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE")
            if left == 0:
                self.disk.die()
            return done

        if not ends:
            yield
            return
        with connections[self.alias].execute_wrapper(counted):
            yield
        self.disk.die()

    def passes(self, seconds: float) -> None:
        """Time goes by while something is written; the machine says how."""

    @contextmanager
    def _limited(self, *, full: bool) -> Iterator[None]:
        """A database that may not grow, where it is full."""
        if not full:
            yield
            return
        self._pages(0)
        try:
            yield
        finally:
            self._pages(_ROOM)

    def _pages(self, most: int) -> None:
        with connections[self.alias].cursor() as cursor:
            if not most:
                cursor.execute("PRAGMA page_count")
                (most,) = cursor.fetchone()
            cursor.execute(f"PRAGMA max_page_count = {most}")


class FragileAnchor(Anchor):
    """An anchor whose file is written in as many ways as a power cut allows."""

    def __init__(self, path: Path, disk: Disk) -> None:
        super().__init__(path)
        self.disk = disk

    def _write(self, data: bytes) -> None:
        beside = self.path.with_name(f".{self.path.name}.1.part")
        self._broken(data, beside.write_bytes, super()._write)

    def _put(self, place: Copies, slot: Left) -> None:
        def torn(some: bytes) -> None:
            with self.path.open("r+b") as file:
                file.seek(place.stands_at if slot == place.newest else place.next_at)
                file.write(some)

        disk = self.disk
        disk.alive()
        fate = disk.faults.fate(disk.name, 0.05, "anchor sync refused", "killed before the anchor's sync")
        if fate and not disk.full:
            # The bytes are there for whoever reads them, and a power cut takes them away.
            before = disk.image().get(self.path)
            torn(slot.encode(place.offices))
            disk.unsynced = before
            if fate == "killed before the anchor's sync":
                disk.kill()
            raise trouble(OSError(errno.EIO, "Input/output error"), self.path)
        self._broken(slot.encode(place.offices), torn, lambda _: super(FragileAnchor, self)._put(place, slot))

    def _broken(self, data: bytes, torn: Callable[[bytes], object], written: Callable[[bytes], None]) -> None:
        """Write it, or a part of it, or have it forgotten."""
        disk = self.disk
        disk.alive()
        fate = disk.faults.fate(
            disk.name, 0.15, "crash before the anchor", "torn anchor", "anchor not synced",
            "crash after the anchor", "disk full at the anchor",
        )  # fmt: skip
        before = disk.image()
        if fate == "crash before the anchor":
            disk.die()
        if fate == "torn anchor":
            torn(data[: disk.faults.rng.randrange(len(data))])
            disk.die()
        if disk.full or fate == "disk full at the anchor":
            raise trouble(OSError(errno.ENOSPC, "No space left on device"), self.path)
        written(data)
        disk.unsynced = None
        if fate == "anchor not synced":
            disk.die(before)
        if fate == "crash after the anchor":
            disk.die()
