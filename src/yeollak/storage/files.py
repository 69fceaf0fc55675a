"""Large enclosures as files: written, synced and named before any row speaks of them (clarifications 31).

An enclosure that arrives in pieces grows as `<digest>.part` and gets its name only when its digest is what
was committed to. Which node keeps its files where is told once, when the node is opened: in a folder, or in
a storage that several hosts reach (`storage.objects`). No Django.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable
from pathlib import Path

from yeollak.errors import OurFault, RecordFault
from yeollak.record import enclosure
from yeollak.record.enclosure import SALT, SMALL_RIGHT
from yeollak.storage.disk import sync_folder, trouble, write_whole

#: A blob of more bytes is a file; the others are rows.
SMALL = SMALL_RIGHT + SALT
_CHUNK = 1024 * 1024
_known: dict[str, Files] = {}


class Files:
    """Where the node of one database keeps large enclosures, each as salt and content: here a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._suffix = "part"

    def carried(self) -> Files:
        """The same for what comes by pouch: it grows apart from what comes by the line."""
        found = copy.copy(self)
        found._suffix = "pouch"
        return found

    def whole(self, office: str, sides: Iterable[str], digest: str) -> bytes:
        """A whole blob that is kept, which one of these sides has committed to. Raises
        OurFault(`enclosure-lost`, `enclosure-altered`).
        """
        blob = self.read(digest)
        salt, content = blob[:SALT], memoryview(blob)[SALT:]
        for side in sides if len(salt) == SALT else ():
            found = enclosure.hasher(office, side, salt)
            found.update(content)
            if found.hexdigest() == digest:
                return blob
        raise OurFault("enclosure-altered", digest=digest)

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

    def arrived(self, digest: str) -> int:
        """How many bytes of a blob have arrived in pieces."""
        try:
            return self._part(digest).stat().st_size
        except OSError:
            return 0

    def add(self, digest: str, offset: int, data: bytes) -> None:
        """Add a piece where the last one ended. Raises OurFault(`disk-full`, `file-unwritable`)."""
        self._ready()
        path = self._part(digest)
        try:
            with path.open("r+b" if path.exists() else "w+b") as file:
                file.seek(offset)
                file.truncate()
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            raise trouble(problem, path) from None

    def finish(self, office: str, side: str, digest: str) -> None:
        """Give what has arrived its name. Raises RecordFault(`digest-mismatch`), and drops it, where it is
        not what `side` committed to.
        """
        path = self._part(digest)
        with path.open("rb") as file:
            salt = file.read(SALT)
            found = enclosure.hasher(office, side, salt) if len(salt) == SALT else None
            while found is not None and (chunk := file.read(_CHUNK)):
                found.update(chunk)
        if found is None or found.hexdigest() != digest:
            self.drop(digest)
            raise RecordFault("digest-mismatch", what="the enclosure", entry=digest)
        self._take_over(digest)

    def drop(self, digest: str) -> None:
        """Forget a blob and what has arrived of it."""
        self._path(digest).unlink(missing_ok=True)
        self._part(digest).unlink(missing_ok=True)

    def _take_over(self, digest: str) -> None:
        self._part(digest).replace(self._path(digest))
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

    def _part(self, digest: str) -> Path:
        return self.folder / f"{digest}.{self._suffix}"


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
