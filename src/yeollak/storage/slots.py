"""The file of an anchor: two slots for each office, of which the older is written.

A slot is written in place and synced once: neither the file's name nor its length changes, so that nothing
but these bytes has to reach the disk. Where the power goes while one is written, the other still holds what
was there before, and nothing has left under the one that is torn: the anchor is synced first (rule 9). What
is read may not have been synced by whoever wrote it; `Anchor` sees to that before it rests anything on it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Final, NamedTuple

from yeollak.errors import OurFault

#: A slot in bytes, and the two of an office. A slot has a sector of its own where sectors have 512 bytes;
#: where they are larger, one that is torn may take both with it: then the anchor cannot be read, and the node
#: stops.
SLOT: Final = 512
_PAIR: Final = 2 * SLOT
#: Not every system has the one that leaves a file's times alone.
_sync = getattr(os, "fdatasync", os.fsync)


class Slot(NamedTuple):
    """What has left of one office's register, as far as this slot knows."""

    office: str
    size: int
    root: bytes

    def encode(self) -> bytes:
        """The slot's bytes: one line of JSON, filled up with spaces."""
        root = self.root.hex()
        fields = {"check": _check(self.office, self.size, root), "office": self.office, "root": root}
        data = json.dumps({**fields, "size": self.size}).ljust(SLOT - 1).encode() + b"\n"
        if len(data) != SLOT:
            raise ValueError("an office is named by 64 hex digits, and a root by as many")
        return data


class Place(NamedTuple):
    """The slots of an office: the newest that is whole with the byte at which it stands, and the byte at
    which the one after it goes; -1 where the file has to be written anew for it.
    """

    newest: Slot
    stands_at: int
    next_at: int


class Slots:
    """The slots in the file at `path`, which need not be there. Reading raises
    OurFault(`anchor-unreadable`).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at: dict[str, int] = {}
        self._size = 0

    def place(self, office: str) -> Place | None:
        """Where an office is, or None where it has no slots yet."""
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
                all_of_them, self._size = places(data), len(data)
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

    def _known(self, handle: int, office: str) -> Place | None:
        """What stands where the office was, where it still is there: another file may have taken the place of
        this one.
        """
        at = self._at.get(office)
        if at is None or os.fstat(handle).st_size != self._size:
            return None
        try:
            found = _place(os.pread(handle, _PAIR, at), at)
        except ValueError:
            return None
        return found if found.newest.office == office else None

    def with_office(self, slot: Slot) -> bytes:
        """The whole file with the slots of one more office."""
        try:
            known = places(self.path.read_bytes())
        except FileNotFoundError:
            known = {}
        except (OSError, ValueError) as problem:
            raise self._unreadable(problem) from None
        slots = {name: one.newest for name, one in known.items()} | {slot.office: slot}
        return b"".join(slots[name].encode() * 2 for name in sorted(slots))

    def put(self, place: Place, slot: Slot) -> None:
        """Write a slot over the older one of its office, or over its like; it is on disk when this returns.
        Raises OSError, also where the file is not that in which the place was found.
        """
        at = place.stands_at if slot == place.newest else place.next_at
        handle = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        try:
            start = at // _PAIR * _PAIR
            try:
                there = _place(os.pread(handle, _PAIR, start), start)
            except ValueError:
                there = None
            if there != place:
                raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
            self._write(handle, slot.encode(), at)
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


def _check(office: str, size: int, root: str) -> str:
    return hashlib.sha256(f"{office} {size} {root}".encode()).hexdigest()[:16]


def _whole(handle: int) -> bytes:
    size, data = os.fstat(handle).st_size, b""
    while len(data) < size and (more := os.pread(handle, size - len(data), len(data))):
        data += more
    return data


def places(data: bytes) -> dict[str, Place]:
    """Every office of a file. Raises ValueError where it is none of ours, or both slots of one are
    damaged.
    """
    if not data or len(data) % _PAIR or b'"check": ' not in data:
        return _from_json(data)
    found = [_place(data[at : at + _PAIR], at) for at in range(0, len(data), _PAIR)]
    by_office = {one.newest.office: one for one in found}
    if len(by_office) != len(found):
        raise ValueError("an office has slots twice")
    return by_office


def _from_json(data: bytes) -> dict[str, Place]:
    """The offices of a file as it was written before there were slots: one JSON object."""
    try:
        known = json.loads(data)
        slots = [Slot(name, int(item["size"]), bytes.fromhex(item["root"])) for name, item in known.items()]
    except (KeyError, TypeError, AttributeError):
        raise ValueError("no anchor") from None
    return {slot.office: Place(slot, -1, -1) for slot in slots}


def _place(data: bytes, at: int) -> Place:
    if len(data) != _PAIR:
        raise ValueError("the file ends within the slots of an office")
    slots = [_slot(data[start : start + SLOT]) for start in (0, SLOT)]
    whole = [slot for slot in slots if slot is not None]
    newest = max(whole, key=lambda slot: slot.size, default=None)
    if newest is None:
        raise ValueError("no slot of an office is whole")
    if any(one.office != newest.office or (one.size == newest.size and one != newest) for one in whole):
        raise ValueError("the slots of an office contradict each other")
    first = slots[0] is newest
    return Place(newest, at + (0 if first else SLOT), at + (SLOT if first else 0))


def _slot(data: bytes) -> Slot | None:
    """A slot that is whole, or None for one that is torn."""
    try:
        value = json.loads(data)
        slot = Slot(str(value["office"]), int(value["size"]), bytes.fromhex(value["root"]))
    except (ValueError, KeyError, TypeError):
        return None
    return slot if slot.encode() == data else None
