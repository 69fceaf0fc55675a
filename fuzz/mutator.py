"""An engine of our own: bytes of the corpus altered at random, from a number that repeats them.

It does not see which branches its bytes reach, so it finds less than atheris; it needs nothing but Python,
costs little, and is what the test suite runs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Final

#: Bytes that formats are made of, and values at the edges of lengths and numbers.
_TELLING: Final[tuple[bytes, ...]] = (
    b"\0", b"\x7f", b"\x80", b"\xff", b"\xff\xff\xff\xff", b"\x1b" + b"\xff" * 8, b"\x9f", b"\x5f",
    b"\xd8\x2a",
    b"[" * 40, b"{\"a\":" * 20, b"null", b"1e9", b"-0", b"9007199254740992", b"\"\\ud800\"", b"\xed\xa0\x80",
    b"\xe2\x80\xae", b"e\xcc\x81", b"\r\n\r\n", b"\n\n", b"\xe2\x80\x94 ",
    b"../", b"PK\x01\x02", b"0001-01-01",
    b"9999-12-31", b"true", b"\xc2\xa0", b"\x00\x00\x00\x01",
)  # fmt: skip


def mutations(corpus: Sequence[bytes], number: int, count: int, longest: int) -> Iterator[bytes]:
    """`count` inputs by `number` alone: the corpus, then altered ones of at most `longest` bytes."""
    yield from corpus
    source = random.Random(number)
    for _ in range(count):
        data = bytearray(source.choice(corpus) if corpus else b"")
        for _ in range(1 << source.randrange(5)):
            source.choice(_WAYS)(source, data, corpus)
        yield bytes(data[:longest])


def _flip(source: random.Random, data: bytearray, _corpus: Sequence[bytes]) -> None:
    if data:
        data[source.randrange(len(data))] ^= 1 << source.randrange(8)


def _set(source: random.Random, data: bytearray, _corpus: Sequence[bytes]) -> None:
    if data:
        data[source.randrange(len(data))] = source.randrange(256)


def _insert(source: random.Random, data: bytearray, _corpus: Sequence[bytes]) -> None:
    at = source.randrange(len(data) + 1)
    data[at:at] = source.choice(_TELLING)


def _replace(source: random.Random, data: bytearray, _corpus: Sequence[bytes]) -> None:
    at, telling = source.randrange(len(data) + 1), source.choice(_TELLING)
    data[at : at + len(telling)] = telling


def _cut(source: random.Random, data: bytearray, _corpus: Sequence[bytes]) -> None:
    at = source.randrange(len(data) + 1)
    del data[at : at + 1 + source.randrange(32)]


def _end(source: random.Random, data: bytearray, _corpus: Sequence[bytes]) -> None:
    del data[source.randrange(len(data) + 1) :]


def _again(source: random.Random, data: bytearray, _corpus: Sequence[bytes]) -> None:
    at = source.randrange(len(data) + 1)
    part = data[at : at + 1 + source.randrange(64)]
    data[at:at] = part * (1 + source.randrange(4))


def _cross(source: random.Random, data: bytearray, corpus: Sequence[bytes]) -> None:
    other = source.choice(corpus) if corpus else b""
    at, there = source.randrange(len(data) + 1), source.randrange(len(other) + 1)
    data[at:] = other[there:]


_WAYS: Final[tuple[Callable[[random.Random, bytearray, Sequence[bytes]], None], ...]] = (
    _flip, _set, _insert, _replace, _cut, _end, _again, _cross,
)  # fmt: skip
