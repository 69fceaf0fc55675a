"""Tiles and entry bundles: a register as the files that C2SP log tools read.

Paths, widths and the bytes of each file follow from the size and the entries alone, so an audit makes them
again and compares. Paths are parsed strictly: what is not the one path of a tile is no tile. Source: C2SP
tlog-tiles v0.1.0, commit 5ba5ee8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record.merkle import HASH, MAX_SIZE, Reader, node_hash, reader_of

WIDTH: Final = 256
#: An entry's length is two bytes (tlog-tiles).
MAX_ENTRY: Final = 65535
MAX_LEVEL: Final = 6  # 256^7 is beyond the largest size
_HEIGHT: Final = 8
_PATH: Final = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def _number(n: int) -> str:
    groups = [f"{n % 1000:03}"]
    while n >= 1000:
        n //= 1000
        groups.append(f"x{n % 1000:03}")
    return "/".join(reversed(groups))


def _path(level: str, n: int, width: int) -> str:
    if not 0 <= n <= MAX_SIZE or not 1 <= width <= WIDTH:
        raise RecordFault(
            "malformed", what="the tile asked for", why=f"there is no tile {n} of width {width}"
        )
    return f"tile/{level}/{_number(n)}" + (f".p/{width}" if width < WIDTH else "")


def tile_path(level: int, n: int, width: int = WIDTH) -> str:
    """The path, below the register's prefix, of hash tile `n` at `level` 0 to 6 with 1 to 256 hashes."""
    if not 0 <= level <= MAX_LEVEL:
        raise RecordFault("malformed", what="the tile asked for", why=f"there is no level {level}")
    return _path(str(level), n, width)


def entry_path(n: int, width: int = WIDTH) -> str:
    """The path of entry bundle `n` with `width` 1 to 256 entries, below the register's prefix."""
    return _path("entries", n, width)


@dataclass(frozen=True, slots=True)
class Tile:
    """What a path names: `level` 0 to 6, or None for an entry bundle; number `n`; `width` 1 to 256."""

    level: int | None
    n: int
    width: int


def parse_path(path: str) -> Tile:
    """The tile that `path` names.

    Raises RecordFault(`malformed`) for any other string, also a second spelling.
    """
    match = _PATH.fullmatch(path) if len(path) <= 64 else None
    if match:
        n = int(match[2].replace("/", "").replace("x", ""))
        width = int(match[3] or WIDTH)
        level = None if match[1] == "entries" else int(match[1])
        if width <= WIDTH and n <= MAX_SIZE and (level is None or level <= MAX_LEVEL):
            tile = Tile(level, n, width)
            if path == (entry_path(n, width) if level is None else tile_path(level, n, width)):
                return tile
    raise RecordFault("malformed", what="the tile asked for", why="it is not the path of a tile")


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Up to 256 entries, each after its length in two bytes, big-endian. Raises RecordFault(`too-large`)."""
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise RecordFault("too-large", what="an entry", limit=MAX_ENTRY)
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes, width: int, what: str = "the entry bundle") -> list[bytes]:
    """Exactly `width` entries of a bundle.

    Raises RecordFault(`malformed`) when there are more, fewer or half a one.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < width:
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            break
        entries.append(data[at + 2 : end])
        at = end
    if len(entries) != width or at != len(data):
        raise RecordFault("malformed", what=what, why=f"it does not hold exactly {width} entries")
    return entries


def tile_widths(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of every hash tile that a tree of `size` leaves has: the full ones and the
    partial ends.
    """
    level, count = 0, size
    while count:
        for n in range(count // WIDTH):
            yield level, n, WIDTH
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH
        level, count = level + 1, count // WIDTH


def bundle_widths(size: int) -> Iterator[tuple[int, int]]:
    """(number, width) of every entry bundle of a register of `size` entries."""
    yield from ((n, width) for level, n, width in tile_widths(size) if level == 0)


def tiles_of(leaves: Sequence[bytes]) -> dict[str, bytes]:
    """Every hash tile over these leaf hashes, by path."""
    reader = reader_of(leaves)
    return {
        tile_path(level, n, width): b"".join(reader(level * _HEIGHT, n * WIDTH + i) for i in range(width))
        for level, n, width in tile_widths(len(leaves))
    }


def bundles_of(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Every entry bundle over these entries, by path."""
    return {
        entry_path(n, width): encode_bundle(entries[n * WIDTH : n * WIDTH + width])
        for n, width in bundle_widths(len(entries))
    }


def tile_reader(read: Callable[[str], bytes], size: int) -> Reader:
    """A merkle reader over stored tiles of a tree of `size` leaves; `read` gives the bytes of a path.

    The tiles are not trusted by being read: only a proof that leads to a signed root shows that they were
    right. Raises RecordFault(`malformed`) for a tile of another length and for a subtree beyond the tree.
    """
    held: dict[tuple[int, int], bytes] = {}

    def tile(level: int, n: int) -> bytes:
        if (level, n) not in held:
            width = min(WIDTH, (size >> (level * _HEIGHT)) - n * WIDTH)
            path = tile_path(level, n, max(width, 0))
            data = read(path)
            if len(data) != width * HASH:
                raise RecordFault("malformed", what=path, why=f"it does not have {width} hashes", file=path)
            held[level, n] = data
        return held[level, n]

    def subtree(level: int, index: int) -> bytes:
        base, above = divmod(level, _HEIGHT)
        if above:
            return node_hash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1))
        at = index % WIDTH * HASH
        return tile(base, index // WIDTH)[at : at + HASH]

    return subtree
