"""Files that are there whole or not at all, and what is said when the disk refuses.

No Django: keys, cards and charters are written by commands that have opened no database.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from pathlib import Path

from yeollak.errors import OurFault

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
#: The room in bytes below which SQLite can no longer be expected to open.
_LEAST = 1024 * 1024


def trouble(problem: OSError, path: Path | str) -> OurFault:
    """The fault for a file that could not be written: `disk-full`, or `file-unwritable` for all else."""
    if problem.errno in _FULL:
        return OurFault("disk-full", what=str(path))
    return OurFault("file-unwritable", file=str(path), why=problem.strerror or type(problem).__name__)


def is_full(message: str, database: str) -> bool:
    """Whether what a database says of itself means that the disk is full (SQLITE_FULL; PostgreSQL 53100).

    SQLite cannot make the files that lie beside its own on a full disk, and then says only that it could not
    open or read: there the room that is left is looked at.
    """
    told = message.lower()
    if "disk is full" in told or "no space left" in told or "disk quota" in told:
        return True
    folder = Path(database).parent
    unsure = "disk i/o error" in told or "unable to open" in told
    return unsure and folder.is_dir() and shutil.disk_usage(folder).free < _LEAST


def write_whole(path: Path, data: bytes, *, mode: int = 0o644, fresh: bool = False) -> None:
    """Write a file beside its place, sync it and put it there; with `fresh` one that is there stays.

    Raises OurFault(`disk-full`, `file-unwritable`, `file-exists`). On any failure nothing is left behind.
    """
    # A name of its own: another thread, or a process of another machine over the same folder, may be writing.
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
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
