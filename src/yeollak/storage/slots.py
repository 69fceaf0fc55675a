"""The file of an anchor: two slots for each office, of which the older is written.

A slot is written in place and synced once: neither the file's name nor its length changes, so that nothing
but these bytes has to reach the disk. Where the power goes while one is written, the other still holds what
was there before, and nothing has left under the one that is torn: the anchor is written first (rule 9).
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Final, NamedTuple

from yeollak.errors import OurFault

#: A slot in bytes, and the two of an office: within one sector of any disk, which is written whole or not.
SLOT: Final = 256
_PAIR: Final = 2 * SLOT


class Slot(NamedTuple):
    """What has left of one office's register, as far as this slot knows."""

    office: str
    size: int
    root: bytes

    def encode(self) -> bytes:
        """The slot's bytes: one line of JSON, filled up with spaces."""
        root = self.root.hex()
        fields = {"check": _check(self.office, self.size, root), "office": self.office, "root": root}
        return json.dumps({**fields, "size": self.size}).ljust(SLOT - 1).encode() + b"\n"


class Place(NamedTuple):
    """Where the slots of an office are: the newest that is whole, and where the next one goes; None where the
    file has to be written anew for it.
    """

    newest: Slot
    next: int | None


class Slots:
    """The slots in the file at `path`, which need not be there. Reading raises
    OurFault(`anchor-unreadable`).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at: dict[str, int] = {}

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
                places = _places(_all(handle))
                self._at = {
                    name: one.next // _PAIR * _PAIR for name, one in places.items() if one.next is not None
                }
                found = places.get(office)
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
        if at is None:
            return None
        try:
            found = _place(os.pread(handle, _PAIR, at), at)
        except ValueError:
            return None
        return found if found.newest.office == office else None

    def with_office(self, slot: Slot) -> bytes:
        """The whole file with the slots of one more office."""
        try:
            places = _places(self.path.read_bytes())
        except FileNotFoundError:
            places = {}
        except (OSError, ValueError) as problem:
            raise self._unreadable(problem) from None
        slots = {name: one.newest for name, one in places.items()} | {slot.office: slot}
        return b"".join(slots[name].encode() * 2 for name in sorted(slots))

    def put(self, at: int, data: bytes) -> None:
        """Write a slot; it is on disk when this returns. Raises OSError."""
        handle = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.pwrite(handle, data, at)
            os.fdatasync(handle)
        finally:
            os.close(handle)

    def _unreadable(self, problem: Exception) -> OurFault:
        # To go on as if nothing had left would be the very fork that the anchor prevents.
        return OurFault("anchor-unreadable", path=str(self.path), why=type(problem).__name__)


def _check(office: str, size: int, root: str) -> str:
    return hashlib.sha256(f"{office} {size} {root}".encode()).hexdigest()[:16]


def _all(handle: int) -> bytes:
    size, data = os.fstat(handle).st_size, b""
    while len(data) < size and (more := os.pread(handle, size - len(data), len(data))):
        data += more
    return data


def _places(data: bytes) -> dict[str, Place]:
    """Every office of a file. Raises ValueError where it is none of ours, or both slots of one are
    damaged.
    """
    if not data or len(data) % _PAIR or b'"check": ' not in data:
        return _before(data)
    found = [_place(data[at : at + _PAIR], at) for at in range(0, len(data), _PAIR)]
    return {one.newest.office: one for one in found}


def _before(data: bytes) -> dict[str, Place]:
    """The offices of a file as it was written before there were slots: one JSON object."""
    try:
        known = json.loads(data)
        slots = [Slot(name, int(item["size"]), bytes.fromhex(item["root"])) for name, item in known.items()]
    except (KeyError, TypeError, AttributeError):
        raise ValueError("no anchor") from None
    return {slot.office: Place(slot, None) for slot in slots}


def _place(data: bytes, at: int) -> Place:
    slots = [_slot(data[start : start + SLOT]) for start in (0, SLOT)]
    whole = [slot for slot in slots if slot is not None]
    if not whole or len({slot.office for slot in whole}) > 1:
        raise ValueError("no slot of an office is whole")
    newest = max(whole, key=lambda slot: slot.size)
    return Place(newest, at + (SLOT if slots[0] is newest else 0))


def _slot(data: bytes) -> Slot | None:
    """A slot that is whole, or None for one that is torn."""
    try:
        value = json.loads(data)
        slot = Slot(str(value["office"]), int(value["size"]), bytes.fromhex(value["root"]))
    except (ValueError, KeyError, TypeError):
        return None
    return slot if slot.encode() == data else None
