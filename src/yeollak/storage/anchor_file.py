"""The file of an anchor: two copies for each office, of which the older is written over.

A copy is written in place and synced once: neither the file's name nor its length changes, so that nothing
but these bytes has to reach the disk. Where the power goes while one is written, the other still holds what
was there before, and nothing has left under the one that is torn: the anchor is synced first (rule 9). What
is read may not have been synced by whoever wrote it; `Anchor` sees to that before it rests anything on it.

Each copy says how many offices the file has. A file that was cut between two of them, or put together from
parts, contradicts it, and is not taken for one that never knew the office that is gone.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from yeollak.errors import OurFault

#: A copy in bytes, and the two of an office. A copy has a sector of its own where sectors have 512 bytes;
#: where they are larger, one that is torn may take both with it: then the anchor cannot be read, and the node
#: stops.
COPY: Final = 512
_PAIR: Final = 2 * COPY
#: Not every system has the one that leaves a file's times alone.
_sync = getattr(os, "fdatasync", os.fsync)


class Left(NamedTuple):
    """What has left of one office's register, as far as one copy knows."""

    office: str
    size: int
    root: bytes

    def encode(self, offices: int = 0) -> bytes:
        """The bytes of a copy in a file of so many `offices`: one line of JSON, filled up with spaces. 0 for
        a copy that does not say it, as those of an earlier program.
        """
        root = self.root.hex()
        told: dict[str, str | int] = {"offices": offices} if offices else {}
        check = _check(self.office, self.size, root, offices)
        fields = {"check": check, "office": self.office, **told, "root": root, "size": self.size}
        data = json.dumps(fields).ljust(COPY - 1).encode() + b"\n"
        if len(data) != COPY:
            raise ValueError("an office is named by 64 hex digits, and a root by as many")
        return data


class Copies(NamedTuple):
    """The copies of an office: the newest that is whole with the byte at which it stands, and the byte at
    which the one after it goes; -1 where the file has to be written anew for it. `offices` is how many the
    file has.
    """

    newest: Left
    stands_at: int
    next_at: int
    offices: int


class AnchorFile:
    """The copies in the file at `path`, which need not be there. Reading raises
    OurFault(`anchor-unreadable`).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at: dict[str, int] = {}
        self._size = 0

    def copies(self, office: str) -> Copies | None:
        """Where an office is, or None where it has no copies yet."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise self._unreadable(problem) from None
        try:
            found = self._known(handle, office)
            if found is None:
                data = _whole(handle)
                all_of_them, self._size = parsed(data), len(data)
                self._at = {
                    name: one.next_at // _PAIR * _PAIR
                    for name, one in all_of_them.items()
                    if one.next_at >= 0
                }
                found = all_of_them.get(office)
        except (OSError, ValueError) as problem:
            raise self._unreadable(problem) from None
        finally:
            os.close(handle)
        return found

    def _known(self, handle: int, office: str) -> Copies | None:
        """What stands where the office was, where it still is there: another file may have taken the place
        of this one.
        """
        at = self._at.get(office)
        if at is None or os.fstat(handle).st_size != self._size:
            return None
        try:
            found = _copies(os.pread(handle, _PAIR, at), at, self._size // _PAIR)
        except ValueError:
            return None
        return found if found.newest.office == office else None

    def with_office(self, left: Left) -> bytes:
        """The whole file with the copies of one more office."""
        try:
            known = parsed(self.path.read_bytes())
        except FileNotFoundError:
            known = {}
        except (OSError, ValueError) as problem:
            raise self._unreadable(problem) from None
        copies = {name: one.newest for name, one in known.items()} | {left.office: left}
        return b"".join(copies[name].encode(len(copies)) * 2 for name in sorted(copies))

    def put(self, copies: Copies, left: Left) -> None:
        """Write over the older copy of an office, or over its like; it is on disk when this returns.
        Raises OSError, also where the file is not that in which the copies were found: one that was cut since
        then is not made whole by what is written.
        """
        at = copies.stands_at if left == copies.newest else copies.next_at
        handle = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        try:
            start = at // _PAIR * _PAIR
            try:
                offices = os.fstat(handle).st_size // _PAIR
                there = _copies(os.pread(handle, _PAIR, start), start, offices)
            except ValueError:
                there = None
            if there != copies:
                raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
            self._write(handle, left.encode(copies.offices), at)
            if self.path.stat().st_ino != os.fstat(handle).st_ino:
                raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        finally:
            os.close(handle)

    def _write(self, handle: int, data: bytes, at: int) -> None:
        if os.pwrite(handle, data, at) != len(data):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        _sync(handle)

    def _unreadable(self, problem: Exception) -> OurFault:
        # To go on as if nothing had left would be the very fork that the anchor prevents.
        return OurFault("anchor-unreadable", path=str(self.path), why=type(problem).__name__)


def _check(office: str, size: int, root: str, offices: int) -> str:
    told = f" {offices}" if offices else ""
    return hashlib.sha256(f"{office} {size} {root}{told}".encode()).hexdigest()[:16]


def _whole(handle: int) -> bytes:
    size, data = os.fstat(handle).st_size, b""
    while len(data) < size and (more := os.pread(handle, size - len(data), len(data))):
        data += more
    return data


def parsed(data: bytes) -> dict[str, Copies]:
    """Every office of a file. Raises ValueError where it is none of ours, does not have as many as it had, or
    both copies of one are damaged.
    """
    if not data or len(data) % _PAIR or b'"check": ' not in data:
        return _from_json(data)
    offices = len(data) // _PAIR
    found = [_copies(data[at : at + _PAIR], at, offices) for at in range(0, len(data), _PAIR)]
    by_office = {one.newest.office: one for one in found}
    if len(by_office) != len(found):
        raise ValueError("an office has copies twice")
    return by_office


def _from_json(data: bytes) -> dict[str, Copies]:
    """The offices of a file as it was written before there were two copies: one JSON object."""
    try:
        known = json.loads(data)
        copies = [Left(name, int(item["size"]), bytes.fromhex(item["root"])) for name, item in known.items()]
    except (KeyError, TypeError, AttributeError):
        raise ValueError("no anchor") from None
    return {left.office: Copies(left, -1, -1, len(copies)) for left in copies}


def _copies(data: bytes, at: int, offices: int) -> Copies:
    if len(data) != _PAIR:
        raise ValueError("the file ends within the copies of an office")
    read = [_read(data[start : start + COPY]) for start in (0, COPY)]
    if any(one is not None and one[1] not in (0, offices) for one in read):
        raise ValueError("the file does not have as many offices as it had")
    copies = [one and one[0] for one in read]
    whole = [left for left in copies if left is not None]
    newest = max(whole, key=lambda left: left.size, default=None)
    if newest is None:
        raise ValueError("no copy of an office is whole")
    if any(one.office != newest.office or (one.size == newest.size and one != newest) for one in whole):
        raise ValueError("the copies of an office contradict each other")
    if any(one is not None and one[1] == 0 for one in read):
        # Never in place: the newest would be other bytes, and it is all that is left where they are torn.
        return Copies(newest, -1, -1, offices)
    first = copies[0] is newest
    return Copies(newest, at + (0 if first else COPY), at + (COPY if first else 0), offices)


# The file is read each time; what a copy says follows from its bytes alone, and most are as they were.
@lru_cache(maxsize=256)
def _read(data: bytes) -> tuple[Left, int] | None:
    """A copy that is whole and how many offices it says that its file has (0 where it does not say it), or
    None for one that is torn.
    """
    try:
        value = json.loads(data)
        left = Left(str(value["office"]), int(value["size"]), bytes.fromhex(value["root"]))
        offices = int(value.get("offices", 0))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return (left, offices) if left.encode(offices) == data else None
