"""The tree over a register: RFC 6962 hashes, an incremental frontier, inclusion and consistency proofs.

Only hashes pass through here; what a leaf means is statement's affair. A proof that does not verify raises,
naming the index or the sizes. Source: RFC 6962 section 2.1, RFC 9162 section 2.1.3 and 2.1.4 for the
verifiers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.errors import RecordFault

HASH: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
MAX_SIZE: Final = 2**53 - 1
#: The hash of the complete subtree of 2^level leaves that starts at leaf index * 2^level.
Reader = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What must be kept of a tree of `size` leaves to append to it: the roots of its perfect subtrees,
    largest first.

    `stack` has one 32-byte hash for every bit that is set in `size`; construction refuses anything else.
    """

    size: int = 0
    stack: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE or len(self.stack) != self.size.bit_count():
            raise RecordFault("malformed", what="the frontier", why="its hashes do not fit its size")
        if any(len(part) != HASH for part in self.stack):
            raise RecordFault("malformed", what="the frontier", why="a hash does not have 32 bytes")

    def append(self, leaf: bytes) -> Frontier:
        """The frontier with one more leaf hash (32 bytes)."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier with more leaf hashes, in order."""
        stack, size = list(self.stack), self.size
        for leaf in leaves:
            size += 1
            # As many perfect subtrees merge as there are zero bits at the end of the new size.
            merged, rest = leaf, size
            while rest & 1 == 0:
                merged = node_hash(stack.pop(), merged)
                rest >>= 1
            stack.append(merged)
        return Frontier(size, tuple(stack))

    def root(self) -> bytes:
        """The RFC 6962 root of the tree."""
        if not self.stack:
            return EMPTY_ROOT
        root = self.stack[-1]
        for part in reversed(self.stack[:-1]):
            root = node_hash(part, root)
        return root

    def encode(self) -> bytes:
        """Eight bytes of size, big-endian, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.stack)

    @classmethod
    def decode(cls, data: bytes) -> Frontier:
        """The frontier that `encode` wrote. Raises RecordFault(`malformed`)."""
        if len(data) < 8 or (len(data) - 8) % HASH:
            raise RecordFault("malformed", what="the frontier", why="its length is wrong")
        hashes = tuple(data[at : at + HASH] for at in range(8, len(data), HASH))
        return cls(int.from_bytes(data[:8], "big"), hashes)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    return Frontier().extend(leaves).root()


def reader_of(leaves: Sequence[bytes]) -> Reader:
    """A reader over leaf hashes held in memory; every complete subtree is hashed once."""
    levels: list[Sequence[bytes]] = [leaves]

    def read(level: int, index: int) -> bytes:
        while len(levels) <= level:
            below = levels[-1]
            levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
        return levels[level][index]

    return read


def inclusion_proof(reader: Reader, index: int, size: int) -> tuple[bytes, ...]:
    """The audit path of leaf `index` in the tree of `size` leaves, the leaf's sibling first (RFC 6962 section
    2.1.1).

    Raises RecordFault(`malformed`) unless 0 <= index < size.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise RecordFault(
            "malformed", what="the proof asked for", why=f"there is no entry {index} below {size}"
        )
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(reader, middle, end))
            end = middle
        else:
            path.append(_range_root(reader, start, middle))
            start = middle
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises RecordFault(`proof-mismatch`) unless `proof` shows `leaf` at `index` below `root` (RFC 9162
    section 2.1.3.2).
    """
    what = f"the proof of entry {index}"
    if not 0 <= index < size <= MAX_SIZE or any(len(part) != HASH for part in proof):
        raise RecordFault("proof-mismatch", what=what, entry=str(index))
    position, last, found = index, size - 1, leaf
    for part in proof:
        if last == 0:
            raise RecordFault("proof-mismatch", what=what, entry=str(index))
        if position & 1 or position == last:
            found = node_hash(part, found)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            found = node_hash(found, part)
        position >>= 1
        last >>= 1
    if last or found != root:
        raise RecordFault("proof-mismatch", what=what, entry=str(index))


def consistency_proof(reader: Reader, old: int, new: int) -> tuple[bytes, ...]:
    """The proof that the tree of `old` leaves is a prefix of that of `new` (RFC 6962 section 2.1.2).

    Empty when `old` is 0 or equals `new`. Raises RecordFault(`malformed`) unless 0 <= old <= new.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise RecordFault("malformed", what="the proof asked for", why=f"size {old} is not below size {new}")
    if old in (0, new):
        return ()
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(reader, middle, end))
            end = middle
        else:
            path.append(_range_root(reader, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(reader, start, end))
    return tuple(reversed(path))


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises RecordFault(`proof-mismatch`) unless `proof` shows that the new tree extends the old (RFC 9162
    section 2.1.4.2).
    """
    fault = RecordFault("proof-mismatch", what=f"the proof from size {old} to size {new}", old=old, new=new)
    if not 0 <= old <= new <= MAX_SIZE or any(len(part) != HASH for part in proof):
        raise fault
    if old in (0, new):
        if proof or old_root != (EMPTY_ROOT if old == 0 else new_root):
            raise fault
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise fault
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    found_old = found_new = path[0]
    for part in path[1:]:
        if last == 0:
            raise fault
        if position & 1 or position == last:
            found_old, found_new = node_hash(part, found_old), node_hash(part, found_new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            found_new = node_hash(found_new, part)
        position >>= 1
        last >>= 1
    if last or found_old != old_root or found_new != new_root:
        raise fault


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_root(reader: Reader, start: int, end: int) -> bytes:
    parts: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append(reader(level, start >> level))
        start += 1 << level
    root = parts.pop()
    while parts:
        root = node_hash(parts.pop(), root)
    return root
