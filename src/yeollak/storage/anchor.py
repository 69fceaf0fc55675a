"""The anchor: a file outside the database that remembers what has left this node (rule 9).

A database restored from an old backup does not know what it has already signed; the anchor does. It holds
the newest checkpoint of our own register that has left, per office, and it only goes forward. It proves
nothing to anybody else.

Whatever processes a side has, they have one anchor: one that knew less than another would let its process
sign, after a restore, below what the other has let out. So it can be a folder that several hosts share, and
it has an identity by which they know that it is the same.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock

from yeollak.errors import OurFault
from yeollak.storage.anchor_file import AnchorFile, Copies, Left
from yeollak.storage.disk import trouble, write_whole


class Anchor:
    """The anchor file at `path`, with two copies for each office (`anchor_file`). A file that is not there
    is empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = AnchorFile(path)
        self._lock = Lock()
        #: Up to which size of each register this object has seen its copy synced.
        self._synced: dict[str, int] = {}

    def read(self, office: str) -> tuple[int, bytes] | None:
        """Size and root that have left, or None. Raises OurFault(`anchor-unreadable`)."""
        copies = self._file.copies(office)
        return None if copies is None else (copies.newest.size, copies.newest.root)

    def check(self, office: str, size: int, root_at: Callable[[int], bytes]) -> None:
        """Hold a register of `size` entries against what has left: see `compare`."""
        left = self.read(office)
        if left is not None:
            compare(office, left, size, root_at)

    def set_aside(self, office: str = "") -> bool:
        """Rename a file that cannot be read, so that a new anchor can begin. Returns whether it could be. One
        file holds every office; `office` is the one that was asked for.
        """
        with self._lock, contextlib.suppress(OSError, OurFault), self._alone():
            self.path.replace(self.path.with_name(self.path.name + ".unreadable"))
            return True
        return False

    def advance(self, office: str, size: int, root: bytes) -> None:
        """Remember a newer checkpoint, on disk before this returns. An older one changes nothing."""
        if self._synced.get(office, -1) >= size:
            known = self.read(office)
            if known is not None and known[0] >= size:
                return  # it only goes forward, so that nobody need be kept out to know this
        # Another process may be issuing too, as when a pouch is packed while the node serves: neither may put
        # back what the other has written.
        with self._lock, self._alone():
            left, copies = Left(office, size, root), self._file.copies(office)
            if copies is None or copies.next_at < 0:
                if copies is not None and copies.newest.size > size:
                    left = copies.newest
                self._write(self._file.with_office(left))
                self._synced[office] = left.size
                return
            if self._synced.get(office, -1) < copies.newest.size:
                # Written by somebody else, or by us and not synced: the other copy may be all that the disk
                # has. It is written again, since a sync that has failed once says nothing about what it lost.
                self._put(copies, copies.newest)
                self._synced[office] = copies.newest.size
                copies = self._file.copies(office) or copies
            if copies.newest.size < size:
                self._put(copies, left)
                self._synced[office] = size

    def identity(self) -> str:
        """What tells this anchor from every other: 32 hex digits, made the first time. Raises
        OurFault(`anchor-unreadable`).
        """
        return _identity(self.path.with_name(self.path.name + ".id"))

    def _alone(self) -> contextlib.AbstractContextManager[None]:
        return _alone(self.path.parent)

    def _write(self, data: bytes) -> None:
        """Write the whole file, as where an office begins."""
        write_whole(self.path, data)

    def _put(self, copies: Copies, left: Left) -> None:
        """Write one copy in its copies."""
        try:
            self._file.put(copies, left)
        except PermissionError:
            # Somebody else's file, in a folder that is ours: as where a command was run as another user.
            self._write(self._file.with_office(left))
        except OSError as problem:
            raise trouble(problem, self.path) from None


class AnchorFolder(Anchor):
    """An anchor that is a folder, with a file for each office: for many of them, and for several hosts that
    share it over a file system whose locks and syncs hold between them (NFS 4 or better).
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._anchors: dict[str, Anchor] = {}

    def read(self, office: str) -> tuple[int, bytes] | None:
        """See Anchor."""
        return self._one(office).read(office)

    def set_aside(self, office: str = "") -> bool:
        """See Anchor."""
        return self._one(office).set_aside()

    def identity(self) -> str:
        """See Anchor."""
        self._ready()
        return _identity(self.path / "identity")

    def advance(self, office: str, size: int, root: bytes) -> None:
        """See Anchor."""
        # The folders of a hundred or so offices are locked together, and no host waits for all the others.
        self._ready(office)
        self._one(office).advance(office, size, root)

    def _one(self, office: str) -> Anchor:
        with self._lock:
            if office not in self._anchors:
                self._anchors[office] = _OfOffice(self.path / office[:2] / office)
            return self._anchors[office]

    def _ready(self, office: str = "") -> None:
        try:
            (self.path / office[:2]).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise trouble(problem, self.path) from None


class _OfOffice(Anchor):
    """The anchor of one office in a folder that hosts share."""

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        # A file that is open for writing: over NFS a folder cannot be locked, and without a lock that holds
        # nothing may be written.
        try:
            file = (self.path.parent / "lock").open("a")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as problem:
            raise trouble(problem, self.path) from None
        with file:
            yield


def anchor_at(name: str, path: Path) -> Anchor:
    """The anchor that settings name: a folder where the name ends with a slash, else a file."""
    return AnchorFolder(path) if name.endswith("/") else Anchor(path)


def _identity(path: Path) -> str:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        if not path.exists():
            beside.write_text(secrets.token_hex(16))
            with contextlib.suppress(FileExistsError):
                os.link(beside, path)  # never a second one, even of two hosts that begin at once
        return path.read_text()[:32]
    except OSError as problem:
        raise OurFault("anchor-unreadable", path=str(path), why=type(problem).__name__) from None
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder's anchor for so long, where its file system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield  # writing will say what is wrong
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def compare(office: str, left: tuple[int, bytes], size: int, root_at: Callable[[int], bytes]) -> None:
    """Raise OurFault(`behind-anchor`) unless a register of `size` entries holds what has `left`, as its size
    and root. `root_at` gives the register's root at a size not above `size`.
    """
    if size < left[0] or root_at(left[0]) != left[1]:
        raise OurFault("behind-anchor", office=office, size=size, anchor=left[0])
