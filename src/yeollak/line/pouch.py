"""The pouch as bytes: parcels in a row, cut into numbered parts each of which proves that it is whole.

The id of a pouch is the root of a tree over its parts, and every part carries its proof, so that one that was
damaged on its way is named by itself and nobody can slip in another. No length or number is believed before
it is within its bound, and nothing in a pouch names a file. What the parcels say is `pouch_taking`'s affair.
Source: docs/spec/41-pouch.md.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, Final

from yeollak.errors import OurFault, RecordFault
from yeollak.record.merkle import HASH, inclusion_proof, leaf_hash, reader_of, root_of, verify_inclusion
from yeollak.record.parcel import MAX_PARCEL

MAGIC: Final = b"yeollak/pouch/1\0"
#: What begins a line of text that holds a part.
MARK: Final = "YEOLLAK-POUCH-1:"
MAX_PIECE: Final = 4 * 1024 * 1024
MAX_PARTS: Final = 4096
MAX_PARCELS: Final = 65536
#: The smallest upper size of a file of parts.
MIN_SIZE: Final = 1024
#: A proof in a tree of `MAX_PARTS` leaves.
_MAX_PROOF: Final = 12
_HEAD: Final = struct.Struct(">HHI32sB")
_PLACE: Final = struct.Struct(">HH")
_LENGTH: Final = struct.Struct(">I")
#: The longest line of text that is looked at: a part of some 16 KiB, far more than a code on paper holds.
_MAX_LINE: Final = 64 * 1024
_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """Part `number`, from 1, of the `of` parts of the pouch whose 32-byte id is `pouch`."""

    number: int
    of: int
    pouch: bytes
    proof: tuple[bytes, ...]
    piece: bytes

    @property
    def id(self) -> str:
        """The pouch's id, 64 hex digits."""
        return self.pouch.hex()

    def encode(self) -> bytes:
        """The part as it stands in a file."""
        return MAGIC + self._body()

    def line(self) -> str:
        """The part as a line of text, without its end."""
        return MARK + base64.b32encode(self._body()).decode().rstrip("=")

    def _body(self) -> bytes:
        head = _HEAD.pack(self.number, self.of, len(self.piece), self.pouch, len(self.proof))
        return head + b"".join(self.proof) + self.piece


@dataclass(frozen=True, slots=True)
class Damaged:
    """A part that is not what its pouch has: where it was found (a byte, or a line of text, from 1), and the
    number that it gives itself, or 0.
    """

    where: int
    number: int


class Cut:
    """A content of `size` bytes as parts: how many there are, the pouch's id, and each part when it is asked
    for. `read` gives bytes of the content from an offset.

    Raises OurFault(`pouch-parts`) for more than 4,096 parts.
    """

    def __init__(self, read: Callable[[int, int], bytes], size: int, piece: int) -> None:
        self._read, self._piece = read, min(piece, MAX_PIECE)
        self.of = -(-size // self._piece)
        if self.of > MAX_PARTS:
            raise OurFault("pouch-parts", count=self.of, most=MAX_PARTS)
        self._leaves = [_leaf(number, self.of, self._at(number)) for number in range(1, self.of + 1)]
        self.pouch = root_of(self._leaves)
        self._tree = cache(reader_of(self._leaves))

    @property
    def id(self) -> str:
        """The pouch's id, 64 hex digits."""
        return self.pouch.hex()

    def part(self, number: int) -> Part:
        """One part, by its number from 1."""
        proof = inclusion_proof(self._tree, number - 1, self.of)
        return Part(number, self.of, self.pouch, proof, self._at(number))

    def parts(self) -> Iterator[Part]:
        """All parts in their order."""
        return map(self.part, range(1, self.of + 1))

    def _at(self, number: int) -> bytes:
        return self._read((number - 1) * self._piece, self._piece)


def piece_size(content: int, upper: int) -> int:
    """How long a piece may be so that a part of a content of so many bytes has at most `upper` bytes. Raises
    OurFault(`pouch-parts`) where that makes too many.
    """
    for proof in range(_MAX_PROOF + 1):
        piece = upper - overhead(proof)
        if piece > 0 and -(-content // piece) <= 1 << proof:
            return min(piece, MAX_PIECE)
    least = max(1, upper - overhead(_MAX_PROOF))
    raise OurFault("pouch-parts", count=-(-content // least), most=MAX_PARTS)


def overhead(proof: int) -> int:
    """What a part with so many hashes in its proof has besides its piece, in bytes."""
    return len(MAGIC) + _HEAD.size + proof * HASH


def framed(parcel: bytes) -> bytes:
    """A parcel as it stands in the content."""
    return _LENGTH.pack(len(parcel)) + parcel


def frames(read: Callable[[int, int], bytes], size: int) -> list[tuple[int, int]]:
    """Offset and length of every parcel in a content of `size` bytes. Raises RecordFault(`malformed`)."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < size:
        head = read(at, _LENGTH.size)
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
        at += _LENGTH.size
        if not 0 < length <= min(MAX_PARCEL, size - at) or len(found) == MAX_PARCELS:
            raise RecordFault("malformed", what="the pouch", why="its parcels do not fill it")
        found.append((at, length))
        at += length
    return found


def parts_in(file: BinaryIO) -> Iterator[Part | Damaged]:
    """The parts in a file that can be sought in: in their binary form where there is one, else in lines of
    text. At most one part is in memory.
    """
    if _find(file, 0) is None:
        yield from _in_text(file)
        return
    at = 0
    while (found := _find(file, at)) is not None:
        part = _read_part(file, found)
        yield part
        at = found + (len(part.encode()) if isinstance(part, Part) else len(MAGIC))


def _in_text(file: BinaryIO) -> Iterator[Part | Damaged]:
    file.seek(0)
    number = 1
    line = file.readline(_MAX_LINE)
    while line:
        _, mark, rest = line.decode("ascii", "replace").upper().partition(MARK)
        if mark:
            yield _of_line("".join(rest.split()).rstrip("="), number)
        number += line.endswith(b"\n")
        line = file.readline(_MAX_LINE)


def _of_line(text: str, where: int) -> Part | Damaged:
    try:
        body = base64.b32decode(text + "=" * (-len(text) % 8), map01="I")
    except (binascii.Error, ValueError):
        return Damaged(where, 0)
    return _part(body, where, whole=True)


def _read_part(file: BinaryIO, at: int) -> Part | Damaged:
    file.seek(at + len(MAGIC))
    head = file.read(_HEAD.size)
    if len(head) == _HEAD.size:
        _number, _of, length, _pouch, proof = _HEAD.unpack(head)
        # One byte more than may be there is never read: `_part` refuses what is out of bounds.
        head += file.read(proof * HASH + length if length <= MAX_PIECE and proof <= _MAX_PROOF else 0)
    return _part(head, at + 1)


def _part(body: bytes, where: int, *, whole: bool = False) -> Part | Damaged:
    """The part whose bytes behind the mark begin `body`, or are it (`whole`)."""
    if len(body) < _HEAD.size:
        return Damaged(where, 0)
    number, of, length, pouch, count = _HEAD.unpack_from(body)
    told = number if 1 <= number <= of <= MAX_PARTS else 0
    start = _HEAD.size + count * HASH
    if not told or count > _MAX_PROOF or not 1 <= length <= MAX_PIECE:
        return Damaged(where, told)
    if len(body) < start + length or (whole and len(body) != start + length):
        return Damaged(where, told)
    proof = tuple(body[at : at + HASH] for at in range(_HEAD.size, start, HASH))
    piece = body[start : start + length]
    try:
        verify_inclusion(_leaf(number, of, piece), number - 1, of, proof, pouch)
    except RecordFault:
        return Damaged(where, told)
    return Part(number, of, pouch, proof, piece)


def _leaf(number: int, of: int, piece: bytes) -> bytes:
    return leaf_hash(MAGIC + _PLACE.pack(number, of) + piece)


def _find(file: BinaryIO, at: int) -> int | None:
    """Where the next part begins from `at` on."""
    file.seek(at)
    kept = b""
    while chunk := file.read(_CHUNK):
        found = (kept + chunk).find(MAGIC)
        if found >= 0:
            return at - len(kept) + found
        at += len(chunk)
        kept = (kept + chunk)[-(len(MAGIC) - 1) :]
    return None
