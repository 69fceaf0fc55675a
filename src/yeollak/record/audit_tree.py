"""The tree of a register as an audit makes it again: leaf hashes by bundle, and the root at any size.

Roots are asked for at sizes that mostly grow, so that each leaf is hashed once into them; for any other size
the tree goes on from the nearest bundle below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from yeollak.record import tiles
from yeollak.record.merkle import HASH, Frontier, node_hash

_TILE: Final = tiles.WIDTH * HASH
#: How many roots are remembered: those that entries name are asked for by two.
_ROOTS: Final = 1024


class Tree:
    """Leaf hashes (32 bytes each), taken in a bundle at a time; only the last may be less than full."""

    def __init__(self, parts: Sequence[bytes] = ()) -> None:
        self.size = 0
        self._parts: list[bytes] = []
        self._full = [Frontier()]
        self._at = Frontier()
        self._roots: dict[int, bytes] = {}
        for part in parts:
            self.add(part)

    def add(self, leaves: bytes) -> None:
        """Take in the leaves of the next bundle."""
        if self.size % tiles.WIDTH or not 0 < len(leaves) <= _TILE or len(leaves) % HASH:
            raise ValueError("only the last bundle of a tree may be less than full")
        self._parts.append(leaves)
        self.size += len(leaves) // HASH

    def leaf(self, index: int) -> bytes:
        """The leaf hash at an index."""
        n, at = divmod(index, tiles.WIDTH)
        return self._parts[n][at * HASH : (at + 1) * HASH]

    def root(self, size: int) -> bytes:
        """The root of the first `size` leaves, at most as many as there are."""
        known = self._roots.get(size)
        if known is None:
            known = self._frontier(size).root()
            if len(self._roots) >= _ROOTS:
                self._roots.clear()
            self._roots[size] = known
        return known

    def _frontier(self, size: int) -> Frontier:
        if not 0 <= size <= self.size:
            raise ValueError(f"there is no tree of {size} leaves")
        n = size // tiles.WIDTH
        while len(self._full) <= n:
            start = self._at if self._at.size // tiles.WIDTH == len(self._full) - 1 else self._full[-1]
            self._full.append(start.extend(self._leaves(start.size, len(self._full) * tiles.WIDTH)))
        start = self._at if n * tiles.WIDTH <= self._at.size <= size else self._full[n]
        self._at = start.extend(self._leaves(start.size, size))
        return self._at

    def _leaves(self, start: int, end: int) -> Iterator[bytes]:
        """The leaves of a stretch within one bundle."""
        if start == end:
            return
        part, first = self._parts[start // tiles.WIDTH], start % tiles.WIDTH
        for at in range(first * HASH, (first + end - start) * HASH, HASH):
            yield part[at : at + HASH]


def tiles_above(parts: Sequence[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Level, number and bytes of every hash tile over leaf hashes that come by bundle, in the order of
    `tiles.tile_widths`.
    """
    level = 0
    while parts:
        yield from ((level, n, part) for n, part in enumerate(parts))
        tops = [_top(part) for part in parts if len(part) == _TILE]
        level += 1
        parts = [b"".join(tops[start : start + tiles.WIDTH]) for start in range(0, len(tops), tiles.WIDTH)]


def _top(tile: bytes) -> bytes:
    """The hash over a full tile."""
    hashes = [tile[at : at + HASH] for at in range(0, _TILE, HASH)]
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]
