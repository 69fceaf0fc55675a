"""Where an audit reads: the files of an export by name, from a folder or from memory.

An export comes from others, so links are not followed, names that could climb out are never opened, and
nothing is read beyond the limit asked for. It lists and reads; what the files mean is the audit's.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from yeollak.errors import RecordFault

MAX_FILES: Final = 4_000_000
MAX_DEPTH: Final = 16
_PART: Final = 1024 * 1024


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
        self._root, self._listed = root, listed
        self._regular: dict[str, bool] = {}
        if not listed:
            return
        try:
            self._list(root, "", MAX_DEPTH)
        except OSError as problem:
            raise RecordFault("unreadable", what=str(root), why=problem.strerror or "no access") from None

    def names(self) -> tuple[str, ...]:
        """See Files."""
        return tuple(sorted(self._regular))

    def read(self, name: str, limit: int) -> bytes:
        """See Files. Links, devices and pipes are not read."""
        with self._open(name) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise RecordFault("too-large", what=name, limit=limit, file=name)
        return data

    def digest(self, name: str, size: int) -> tuple[int, str]:
        """See Files."""
        read, digest = 0, hashlib.sha256()
        with self._open(name) as file:
            found = os.fstat(file.fileno()).st_size
            if found != size:
                return found, ""
            # It may be growing while it is read.
            while read <= size and (part := file.read(_PART)):
                read += len(part)
                digest.update(part)
        return read, digest.hexdigest()

    @contextmanager
    def _open(self, name: str) -> Iterator[BinaryIO]:
        if self._listed and name not in self._regular:
            raise RecordFault("unreadable", what=name, why="it is not there", file=name)
        if not self._regular.get(name, not self._listed):
            raise RecordFault("unreadable", what=name, why="it is not a plain file", file=name)
        try:
            # Not followed and not waited for: the file may have been replaced since it was listed.
            handle = os.open(self._root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise RecordFault("unreadable", what=name, why="it is not a plain file", file=name)
                yield file
        except OSError as problem:
            raise RecordFault(
                "unreadable", what=name, why=problem.strerror or "no access", file=name
            ) from None

    def _list(self, folder: Path, prefix: str, depth: int) -> None:
        if depth == 0 or len(self._regular) > MAX_FILES:
            raise RecordFault(
                "unreadable", what=str(self._root), why="it is deeper or fuller than an export can be"
            )
        empty = prefix != ""
        with os.scandir(folder) as items:
            for item in items:
                empty = False
                if item.is_dir(follow_symlinks=False):
                    self._list(folder / item.name, f"{prefix}{item.name}/", depth - 1)
                else:
                    self._regular[prefix + item.name] = item.is_file(follow_symlinks=False)
        if empty:
            # No export has an empty folder: it stands where a file should be, or a file was taken out of it.
            self._regular[prefix.rstrip("/")] = False


def shown(name: str) -> str:
    """A foreign file name as it may be shown: it could hold anything that a file system allows."""
    return name if name.isascii() and name.isprintable() and len(name) <= 255 else ascii(name)[:255]
