"""Files that are there whole or not at all, and what is said when the disk refuses.

No Django: keys, cards and charters are written by commands that have opened no database.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from yeollak.errors import OurFault

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def trouble(problem: OSError, path: Path | str) -> OurFault:
    """The fault for a file that could not be written: `disk-full`, or `file-unwritable` for all else."""
    if problem.errno in _FULL:
        return OurFault("disk-full", what=str(path))
    return OurFault("file-unwritable", file=str(path), why=problem.strerror or type(problem).__name__)


def is_full(message: str) -> bool:
    """Whether a database's own message says that the disk is full (SQLITE_FULL; PostgreSQL 53100)."""
    told = message.lower()
    return "disk is full" in told or "no space left" in told or "disk quota" in told


def write_whole(path: Path, data: bytes, *, mode: int = 0o644, fresh: bool = False) -> None:
    """Write a file beside its place, sync it and put it there; with `fresh` one that is there stays.

    Raises OurFault(`disk-full`, `file-unwritable`, `file-exists`). On any failure nothing is left behind.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if fresh and os.path.lexists(path):
            raise FileExistsError
        beside.replace(path)
        sync_folder(path.parent)
    except FileExistsError:
        raise OurFault("file-exists", file=str(path)) from None
    except OSError as problem:
        raise trouble(problem, path) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
