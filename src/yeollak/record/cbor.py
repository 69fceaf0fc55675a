"""The little CBOR that the record's own formats need: shortest heads, byte strings, text strings, a cursor.

Statements and parcels have a fixed shape, so they are read from left to right against what must stand there;
a general decoder would have to be trusted with hostile bytes and then asked whether the encoding was the
shortest. Source: RFC 8949 section 4.2.1.
"""

from __future__ import annotations

from yeollak.errors import RecordFault

_BYTES = 0x40
_TEXT = 0x60


def head(major: int, length: int) -> bytes:
    """The shortest head of an item; `major` is the type in the upper three bits, `length` is below 65,536."""
    if length < 24:
        return bytes((major | length,))
    if length < 256:
        return bytes((major | 24, length))
    return bytes((major | 25,)) + length.to_bytes(2, "big")


def byte_string(value: bytes) -> bytes:
    """`value` as a byte string, shorter than 65,536 bytes."""
    return head(_BYTES, len(value)) + value


def text_string(value: bytes) -> bytes:
    """UTF-8 `value` as a text string, shorter than 65,536 bytes."""
    return head(_TEXT, len(value)) + value


class Cursor:
    """Reads `data` from left to right; whatever does not stand as it must raises RecordFault(`malformed`)."""

    def __init__(self, data: bytes, what: str) -> None:
        self.data, self.at, self.what = data, 0, what

    def fail(self, why: str) -> RecordFault:
        """The fault to raise here, with the position."""
        return RecordFault("malformed", what=self.what, why=f"{why} at byte {self.at}")

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        part = self.data[self.at : self.at + count]
        if len(part) != count:
            raise self.fail("it ends too early")
        self.at += count
        return part

    def literal(self, expected: bytes) -> None:
        """Pass over exactly these bytes."""
        if not self.data.startswith(expected, self.at):
            raise self.fail("it is outside the profile")
        self.at += len(expected)

    def byte_string(self) -> bytes:
        """The content of the byte string that stands here."""
        return self._string(_BYTES)

    def text(self) -> str:
        """The content of the text string that stands here."""
        try:
            return self._string(_TEXT).decode()
        except UnicodeDecodeError:
            raise self.fail("a text is not UTF-8") from None

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(len(self.data) - self.at)

    def end(self) -> None:
        """Refuse anything that is left."""
        if self.at != len(self.data):
            raise self.fail("something follows its end")

    def _string(self, major: int) -> bytes:
        # Longer, indefinite and reserved lengths never equal the shortest head, and are refused by the
        # comparison.
        start = self.at
        first = self.take(1)[0]
        extra = {24: 1, 25: 2}.get(first & 0x1F, 0)
        length = int.from_bytes(self.take(extra), "big") if extra else first & 0x1F
        if self.data[start : self.at] != head(major, length):
            self.at = start
            raise self.fail("it is outside the profile")
        return self.take(length)
