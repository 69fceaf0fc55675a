"""Large enclosures as files: written, synced and named before any row speaks of them (clarifications 31).

An enclosure that arrives in pieces grows beside as an `Arriving`, one for each side that has named it and for
each peer that sends it, and gets its name only when its digest is what that side has committed to: what comes
wrong from one of them spoils nobody else's, and never what is kept already. Which node keeps its files where
is told once, when the node is opened: in a folder, or in a storage that several hosts reach
(`storage.objects`). No Django.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yeollak.errors import OurFault, RecordFault
from yeollak.record import enclosure
from yeollak.record.enclosure import SALT, SMALL_RIGHT
from yeollak.storage.disk import sync_folder, trouble, write_whole

#: A blob of more bytes is a file; the others are rows.
SMALL = SMALL_RIGHT + SALT
#: What others' enclosures leave free on a disk, in bytes, and of a small one a tenth: our own register and
#: our own officers' texts are kept there too.
RESERVE: Final = 1024**3
_CHUNK = 1024 * 1024
_known: dict[str, Files] = {}


@dataclass(frozen=True, slots=True)
class Arriving:
    """What has arrived of a large enclosure that `side` has named in `office`, as `peer` sends it: by the
    line, or by `pouch`.
    """

    office: str
    side: str
    digest: str
    peer: str
    pouch: bool = False

    @property
    def name(self) -> str:
        """The name under which it grows. No name of a side is one of a file."""
        whose = "\0".join((self.office, self.side, self.peer, "pouch" if self.pouch else "line"))
        return f"{self.digest}.{hashlib.sha256(whose.encode()).hexdigest()[:16]}.part"


class Files:
    """Where the node of one database keeps large enclosures, each as salt and content: here a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def whole(self, office: str, sides: Iterable[str], digest: str) -> bytes:
        """A whole blob that is kept, which one of these sides has committed to. Raises
        OurFault(`enclosure-lost`, `enclosure-altered`).
        """
        blob = self.read(digest)
        if enclosure.owner(office, sides, digest, blob) is None:
            raise OurFault("enclosure-altered", digest=digest)
        return blob

    def keep(self, digest: str, blob: bytes) -> None:
        """Keep a whole blob. Raises OurFault(`disk-full`, `file-unwritable`)."""
        if self.size(digest) != len(blob):
            self._ready()
            write_whole(self._path(digest), blob, mode=0o600)

    def size(self, digest: str) -> int | None:
        """How many bytes are kept under a digest, or None."""
        try:
            return self._path(digest).stat().st_size
        except OSError:
            return None

    def read(self, digest: str, offset: int = 0, length: int = -1) -> bytes:
        """Bytes of a blob that is kept. Raises OurFault(`enclosure-lost`)."""
        try:
            with self._path(digest).open("rb") as file:
                file.seek(offset)
                return file.read(length)
        except OSError:
            raise OurFault("enclosure-lost", digest=digest) from None

    def drop(self, digest: str) -> None:
        """Forget a blob that is kept. What has arrived of it in pieces stays (`forget`)."""
        self._path(digest).unlink(missing_ok=True)

    # what arrives in pieces

    def has_room(self, more: int) -> bool:
        """Whether so many bytes may arrive and leave the reserve free."""
        folder = next(one for one in (self.folder, *self.folder.parents) if one.exists())
        usage = shutil.disk_usage(folder)
        return usage.free - more >= min(RESERVE, usage.total // 10)

    def arrived(self, arriving: Arriving) -> int:
        """How many bytes have arrived."""
        try:
            return self._grows(arriving).stat().st_size
        except OSError:
            return 0

    def add(self, arriving: Arriving, offset: int, data: bytes) -> None:
        """Add a piece where the last one ended, on disk when this returns. Where that is elsewhere by now, as
        somebody else has added one, nothing is added: a hole, or bytes that are cut off, would spoil it all.
        Raises OurFault(`disk-full`, `file-unwritable`).
        """
        self._ready()
        path = self._grows(arriving)
        try:
            with path.open("ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                before = os.fstat(file.fileno()).st_size
                if before != offset:
                    return
                try:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    # What of a piece fits on a full disk is no piece.
                    os.ftruncate(file.fileno(), before)
                    raise
        except OSError as problem:
            raise trouble(problem, path) from None

    def finish(self, arriving: Arriving) -> None:
        """Give what has arrived its name. Raises RecordFault(`digest-mismatch`) where it is not what the side
        has committed to, and drops it: what is kept under that name already stays; and
        OurFault(`disk-full`, `file-unwritable`).
        """
        path = self._grows(arriving)
        try:
            with path.open("rb") as file:
                salt = file.read(SALT)
                found = enclosure.hasher(arriving.office, arriving.side, salt) if len(salt) == SALT else None
                while found is not None and (chunk := file.read(_CHUNK)):
                    found.update(chunk)
            if found is not None and found.hexdigest() == arriving.digest:
                self._take_over(arriving)
                return
        except OSError as problem:
            raise trouble(problem, path) from None
        self.forget([arriving])
        raise RecordFault("digest-mismatch", what="the enclosure", entry=arriving.digest)

    def forget(self, several: Iterable[Arriving]) -> None:
        """Drop what has arrived in pieces."""
        for arriving in several:
            self._grows(arriving).unlink(missing_ok=True)

    def _take_over(self, arriving: Arriving) -> None:
        self._grows(arriving).replace(self._path(arriving.digest))
        sync_folder(self.folder)

    def _ready(self) -> None:
        if not self.folder.is_dir():
            try:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync_folder(self.folder.parent)
            except OSError as problem:
                raise trouble(problem, self.folder) from None

    def _path(self, digest: str) -> Path:
        return self.folder / digest

    def _grows(self, arriving: Arriving) -> Path:
        return self.folder / arriving.name


def attach(alias: str, kept: Path | Files) -> None:
    """Say where the node whose database is `alias` keeps its large enclosures: in a folder, or wherever."""
    _known[alias] = Files(kept) if isinstance(kept, Path) else kept


def known(alias: str) -> bool:
    """Whether somebody said where."""
    return alias in _known


def of(alias: str) -> Files:
    """The large enclosures of a node. Raises OurFault(`no-enclosure-folder`) where nobody said where."""
    if alias not in _known:
        raise OurFault("no-enclosure-folder")
    return _known[alias]
