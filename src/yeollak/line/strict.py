"""Reading a body from left to right against the one shape that its purpose has.

A general CBOR decoder builds whatever a hostile peer describes before it can be asked about it: millions of
empty arrays, big numbers, dates. This reader knows arrays, byte strings, texts and whole numbers in their
shortest form, and refuses the first byte that stands otherwise, so that no more is built than the shape
holds.
"""

from __future__ import annotations

from typing import Final

from yeollak.errors import TheirFault

#: Numbers stay exact in every language that may read them.
MOST: Final = 2**53
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY = range(5)


class Reader:
    """Reads one body. Whatever does not stand as it must raises TheirFault(`bad-body`)."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def array(self, most: int) -> int:
        """How many items the array that stands here has; they are read next."""
        return self._head(_ARRAY, most)

    def exactly(self, items: int) -> None:
        """Begin an array of exactly this many items."""
        if self.array(items) != items:
            raise TheirFault("bad-body")

    def blob(self, most: int) -> bytes:
        """The byte string that stands here, of at most `most` bytes."""
        return self._take(self._head(_BYTES, most))

    def text(self, most: int = 255) -> str:
        """The text that stands here, of at most `most` bytes in UTF-8."""
        try:
            return self._take(self._head(_TEXT, most)).decode()
        except UnicodeDecodeError:
            raise TheirFault("bad-body") from None

    def size(self) -> int:
        """The whole number that stands here, not below 0."""
        return self._head(_UNSIGNED, MOST)

    def whole(self) -> int:
        """The whole number that stands here."""
        if self._at < len(self._data) and self._data[self._at] >> 5 == _NEGATIVE:
            return -1 - self._head(_NEGATIVE, MOST)
        return self.size()

    def end(self) -> None:
        """Refuse anything that follows."""
        if self._at != len(self._data):
            raise TheirFault("bad-body")

    def _head(self, major: int, most: int) -> int:
        first = self._take(1)[0]
        value, wide = first & 0x1F, 0
        if 24 <= value <= 27:
            wide = 1 << (value - 24)
            value = int.from_bytes(self._take(wide), "big")
        elif value > 27:
            raise TheirFault("bad-body")
        if first >> 5 != major or wide != _width(value) or value > most:
            raise TheirFault("bad-body")
        return value

    def _take(self, count: int) -> bytes:
        part = self._data[self._at : self._at + count]
        if len(part) != count:
            raise TheirFault("bad-body")
        self._at += count
        return part


def _width(value: int) -> int:
    """How many bytes the shortest head of a number has behind its first."""
    if value < 24:
        return 0
    return next(wide for wide in (1, 2, 4, 8) if value < 1 << 8 * wide)
