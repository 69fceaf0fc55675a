"""Where an audit reads: the files of an export by name, from a folder or from memory.

An export comes from others, so links are not followed, names that could climb out are never opened, and
nothing is read beyond the limit asked for. It lists and reads; what the files mean is the audit's.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from yeollak.errors import RecordFault

MAX_FILES: Final = 4_000_000
MAX_DEPTH: Final = 16
#: Where documents and enclosures are, each by its digest.
BLOBS: Final = "blobs/"
_BLOB_NAME: Final = len(BLOBS) + 64
_PART: Final = 1024 * 1024
_OPENED: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Files(Protocol):
    """The files of an export."""

    def names(self) -> tuple[str, ...]:
        """Every path below the root, with slashes, sorted; also of what cannot be read."""

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of one file. Raises RecordFault(`unreadable`), or (`too-large`) above `limit` bytes."""

    def digest(self, name: str, size: int) -> tuple[int, str]:
        """Size and SHA-256 (hex) of one file that should have `size` bytes; one of another size is not read,
        and its digest is empty. Raises RecordFault(`unreadable`).
        """


@dataclass(frozen=True, slots=True)
class Names:
    """Every path of an export: of the blobs the digests by which they are named, and all others in their
    order.
    """

    blobs: Set[bytes]
    others: Mapping[str, None]

    def __len__(self) -> int:
        return len(self.blobs) + len(self.others)

    def __contains__(self, name: str) -> bool:
        return name in self.others or digest_in(name) in self.blobs


class MemoryFiles:
    """Files held as bytes by path."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def names(self) -> tuple[str, ...]:
        """See Files."""
        return tuple(sorted(self._files))

    def read(self, name: str, limit: int) -> bytes:
        """See Files."""
        if name not in self._files:
            raise RecordFault("unreadable", what=name, why="it is not there", file=name)
        if len(self._files[name]) > limit:
            raise RecordFault("too-large", what=name, limit=limit, file=name)
        return self._files[name]

    def digest(self, name: str, size: int) -> tuple[int, str]:
        """See Files."""
        data = self.read(name, sys.maxsize)
        return len(data), hashlib.sha256(data).hexdigest() if len(data) == size else ""


class FolderFiles:
    """Files of a folder, listed once at construction; one that is not `listed` has no names, and gives what
    it is asked for.

    Raises RecordFault(`unreadable`) when `root` is not a folder, cannot be listed, or is deeper or fuller
    than any export.
    """

    def __init__(self, root: Path, *, listed: bool = True) -> None:
        self._root, self._listed = str(root), listed
        # Most files are blobs, each named by its digest: of these the digests alone are kept, in bytes.
        self._blobs: set[bytes] = set()
        self._others: dict[str, bool] = {}
        if not listed:
            return
        try:
            self._list(self._root, "", MAX_DEPTH)
        except OSError as problem:
            raise RecordFault("unreadable", what=str(root), why=problem.strerror or "no access") from None

    def names(self) -> tuple[str, ...]:
        """See Files."""
        return tuple(sorted([*self._others, *(f"{BLOBS}{digest.hex()}" for digest in self._blobs)]))

    def split(self) -> Names:
        """The same as `names`, without a string for every blob."""
        return Names(self._blobs, dict.fromkeys(sorted(self._others)))

    def read(self, name: str, limit: int) -> bytes:
        """See Files. Links, devices and pipes are not read."""
        handle, size = self._open(name)
        try:
            # One more than it has: where that is what comes, it has ended; else it is read until it does.
            data = os.read(handle, min(size, limit) + 1)
            if len(data) != size:
                parts, read = [data], len(data)
                while read <= limit and (part := os.read(handle, min(_PART, limit + 1 - read))):
                    parts.append(part)
                    read += len(part)
                data = b"".join(parts)
        except OSError as problem:
            raise _unreadable(name, problem.strerror or "no access") from None
        finally:
            os.close(handle)
        if len(data) > limit:
            raise RecordFault("too-large", what=name, limit=limit, file=name)
        return data

    def digest(self, name: str, size: int) -> tuple[int, str]:
        """See Files."""
        read, digest = 0, hashlib.sha256()
        handle, found = self._open(name)
        try:
            if found != size:
                return found, ""
            # It may be growing while it is read.
            while read <= size and (part := os.read(handle, _PART)):
                read += len(part)
                digest.update(part)
        except OSError as problem:
            raise _unreadable(name, problem.strerror or "no access") from None
        finally:
            os.close(handle)
        return read, digest.hexdigest()

    def _open(self, name: str) -> tuple[int, int]:
        """A plain file opened for reading: its descriptor, which the caller closes, and its size. Without
        Python's own file objects: an audit opens a file or two for every act.
        """
        if self._listed:
            self._check_listed(name)
        handle = -1
        try:
            # Not followed and not waited for: the file may have been replaced since it was listed.
            handle = os.open(f"{self._root}/{name}", _OPENED)
            found = os.fstat(handle)
        except (OSError, ValueError) as problem:
            if handle >= 0:
                os.close(handle)
            why = problem.strerror if isinstance(problem, OSError) else None
            raise _unreadable(name, why or "no access") from None
        if not stat.S_ISREG(found.st_mode):
            os.close(handle)
            raise _unreadable(name, "it is not a plain file")
        return handle, found.st_size

    def _check_listed(self, name: str) -> None:
        digest = digest_in(name)
        if digest is not None and digest in self._blobs:
            return
        if name not in self._others:
            raise _unreadable(name, "it is not there")
        if not self._others[name]:
            raise _unreadable(name, "it is not a plain file")

    def _list(self, folder: str, prefix: str, depth: int) -> None:
        if depth == 0 or len(self._others) + len(self._blobs) > MAX_FILES:
            raise RecordFault(
                "unreadable", what=self._root, why="it is deeper or fuller than an export can be"
            )
        empty = prefix != ""
        with os.scandir(folder) as items:
            for item in items:
                empty = False
                if item.is_dir(follow_symlinks=False):
                    self._list(f"{folder}/{item.name}", f"{prefix}{item.name}/", depth - 1)
                    continue
                name, plain = prefix + item.name, item.is_file(follow_symlinks=False)
                digest = digest_in(name) if plain else None
                if digest is not None:
                    self._blobs.add(digest)
                else:
                    self._others[name] = plain
        if empty:
            # No export has an empty folder: it stands where a file should be, or a file was taken out of it.
            self._others[prefix.rstrip("/")] = False


def names_of(files: Files) -> Names:
    """Everything below the root."""
    if isinstance(files, FolderFiles):
        return files.split()
    blobs, others = set(), []
    for name in files.names():
        digest = digest_in(name)
        if digest is not None:
            blobs.add(digest)
        else:
            others.append(name)
    return Names(blobs, dict.fromkeys(sorted(others)))


def digest_in(name: str) -> bytes | None:
    """The digest that a blob's name has, or None for a name that is not one of a blob."""
    if len(name) != _BLOB_NAME or not name.startswith(BLOBS):
        return None
    try:
        digest = bytes.fromhex(name[len(BLOBS) :])
    except ValueError:
        return None
    # Blanks and capitals are read too.
    return digest if digest.hex() == name[len(BLOBS) :] else None


def _unreadable(name: str, why: str) -> RecordFault:
    return RecordFault("unreadable", what=name, why=why, file=name)


def shown(name: str) -> str:
    """A foreign file name as it may be shown: it could hold anything that a file system allows."""
    return name if name.isascii() and name.isprintable() and len(name) <= 255 else ascii(name)[:255]
