"""Parts of pouches that wait in the node's folder for the rest, or for another day.

A part lies under the id and the number that it has proved; nothing else that came with it names a file. What
is read again is proved again.
"""

from __future__ import annotations

import shutil
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, overload

from yeollak.errors import RecordFault
from yeollak.line.pouch import Part, frames, parts_in
from yeollak.storage import disk

#: How many pouches wait at most; beyond, the one that was touched longest ago gives way.
MOST: Final = 32
_HEX: Final = frozenset("0123456789abcdef")


class Shelf:
    """The parts of pouches below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, part: Part) -> None:
        """Keep a part, on disk when this returns. Raises OurFault(`disk-full`, `file-unwritable`)."""
        place = self._folder / part.id
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise disk.trouble(problem, place) from None
        disk.write_whole(place / str(part.number), part.encode(), mode=0o600)
        for pouch in self.pouches()[:-MOST]:
            self.drop(pouch)

    def pouches(self) -> list[str]:
        """The ids of the pouches that wait here, the one touched longest ago first."""
        try:
            named = [
                path for path in self._folder.iterdir() if len(path.name) == 64 and set(path.name) <= _HEX
            ]
            found = sorted(named, key=lambda path: path.stat().st_mtime_ns)
            return [path.name for path in found if self._numbers(path.name)]
        except FileNotFoundError:
            return []

    def missing(self, pouch: str) -> tuple[int, list[int]]:
        """How many parts a pouch has, and the numbers of those that are not here. Raises
        RecordFault(`malformed`) where what was kept is damaged or gone, and forgets it.
        """
        here = self._numbers(pouch)
        of = self._part(pouch, here[0] if here else 1).of
        return of, sorted(set(range(1, of + 1)) - set(here))

    def drop(self, pouch: str) -> None:
        """Forget a pouch."""
        shutil.rmtree(self._folder / pouch, ignore_errors=True)

    def opened(self, pouch: str) -> Parcels:
        """The parcels of a pouch that is whole. Raises RecordFault(`malformed`)."""
        return Parcels(self, pouch)

    def piece(self, pouch: str, number: int) -> bytes:
        """What a part holds of the content. Raises RecordFault(`malformed`)."""
        return self._part(pouch, number).piece

    def _numbers(self, pouch: str) -> list[int]:
        place = self._folder / pouch
        names = [path.name for path in place.iterdir()] if place.is_dir() else []
        return sorted(int(name) for name in names if name.isascii() and name.isdecimal())

    def _part(self, pouch: str, number: int) -> Part:
        part = None
        # Another command may have opened it meanwhile, and tidied up.
        with suppress(OSError), (self._folder / pouch / str(number)).open("rb") as file:
            part = next(parts_in(file), None)
        if not isinstance(part, Part) or (part.id, part.number) != (pouch, number):
            self.drop(pouch)
            raise RecordFault("malformed", what="the pouch", why="what was kept of it is damaged or gone")
        return part


class Parcels(Sequence[bytes]):
    """The parcels of a whole pouch: one of them and one part are in memory at a time."""

    def __init__(self, shelf: Shelf, pouch: str) -> None:
        self._shelf, self._pouch = shelf, pouch
        self._number, self._held = 0, b""
        self._ends = list(self._lengths())
        #: How many bytes it has.
        self.size = self._ends[-1]
        self._frames = frames(self._read, self.size)

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        return self._read(*self._frames[index])

    def _lengths(self) -> Iterator[int]:
        end = 0
        for number in range(1, self._shelf.missing(self._pouch)[0] + 1):
            end += len(self._piece(number))
            yield end

    def _piece(self, number: int) -> bytes:
        if number != self._number:
            self._held = self._shelf.piece(self._pouch, number)
            self._number = number
        return self._held

    def _read(self, offset: int, length: int) -> bytes:
        found = b""
        while len(found) < length and offset < self.size:
            index = bisect_right(self._ends, offset)
            start = self._ends[index - 1] if index else 0
            piece = self._piece(index + 1)[offset - start :][: length - len(found)]
            found += piece
            offset += len(piece)
        return found
