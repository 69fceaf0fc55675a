"""What folding reads: the registers as held, and what has been counted of them.

A ledger answers a few questions about registers and remembers the final findings of counting. `Ledger` is
all that the office asks for; `MemoryLedger` keeps everything in memory, for audits, tests and small
offices. A ledger decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from yeollak.procedures.table import Move
from yeollak.record.merkle import EMPTY_ROOT, Frontier, leaf_hash


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a register as held: the stored bytes of the statement and of its act document."""

    statement: bytes
    document: bytes


@dataclass(frozen=True, slots=True)
class Counted:
    """An entry that counts, with what is final about it from then on (rules 2 and 3).

    place    of the side in the charter; `index` in that side's register, from 0
    vector   its past as a frontier: for each party in the charter's order, the size of its register that
    lies in the past
             (for its own side, `index`)
    turn     1 + the highest turn in the past
    void     the reason code, or the empty string for an allowed act
    move     what the tables know of it; None when the document does not parse
    key      for a posting or a replacement of keys: the raw key that it brings, else empty
    """

    side: str
    place: int
    index: int
    id: str
    matter: str
    procedure: str
    turn: int
    vector: tuple[int, ...]
    void: str
    move: Move | None
    key: bytes = b""

    @property
    def after(self) -> tuple[int, ...]:
        """The frontier that holds the entry itself too."""
        return (*self.vector[: self.place], self.index + 1, *self.vector[self.place + 1 :])

    def has_seen(self, other: Counted) -> bool:
        """Whether `other` lies in the past of this act."""
        return other.index < self.vector[other.place]


class Ledger(Protocol):
    """Registers as held and as counted. Sizes count entries; `place` is a side's place in the charter."""

    def held(self, place: int) -> int:
        """How many entries of this register are held."""

    def entry(self, place: int, index: int) -> Entry:
        """One entry that is held."""

    def root(self, place: int, size: int) -> bytes:
        """The RFC 6962 root of the first `size` entries held."""

    def counted(self, place: int) -> int:
        """How many entries of this register count."""

    def finding(self, place: int, index: int) -> Counted:
        """What was found of an entry that counts."""

    def matter(self, matter: str) -> Sequence[Counted]:
        """Every counted act that names this matter, void ones too, in the order in which they were
        counted.
        """

    def prefetch(self, matters: Iterable[str]) -> None:
        """Be told which matters will be asked for next, so that they may be read together."""

    def matters(self, procedure: str | None = None) -> Iterable[str]:
        """The ids of all matters that have an allowed act, or of those under one table."""

    def under(self, procedures: Sequence[str], place: int, start: int) -> Iterable[Counted]:
        """The allowed acts of one side under these tables from a position of its register on, in its
        order.
        """

    def postings(self, place: int) -> Sequence[Counted]:
        """The allowed acts of one side that post, recall or replace a key, in the order of its register."""

    def first(self, place: int, act: str) -> int | None:
        """The first position of a document digest among the entries that count, or None."""

    def add(self, found: Counted) -> None:
        """Remember the finding of the next entry of its register."""


class MemoryLedger:
    """A ledger that holds everything in memory."""

    def __init__(self, parties: int) -> None:
        self._entries: list[list[Entry]] = [[] for _ in range(parties)]
        self._frontiers: list[Frontier] = [Frontier() for _ in range(parties)]
        self._roots: list[list[bytes]] = [[EMPTY_ROOT] for _ in range(parties)]
        self._found: list[list[Counted]] = [[] for _ in range(parties)]
        self._first: list[dict[str, int]] = [{} for _ in range(parties)]
        self._matters: defaultdict[str, list[Counted]] = defaultdict(list)
        self._open: dict[str, None] = {}
        self._under: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._postings: list[list[Counted]] = [[] for _ in range(parties)]

    def append(self, place: int, entry: Entry) -> None:
        """Hold one more entry of a register."""
        self._entries[place].append(entry)
        self._frontiers[place] = self._frontiers[place].append(leaf_hash(entry.statement))
        self._roots[place].append(self._frontiers[place].root())

    def held(self, place: int) -> int:
        return len(self._entries[place])

    def entry(self, place: int, index: int) -> Entry:
        return self._entries[place][index]

    def root(self, place: int, size: int) -> bytes:
        return self._roots[place][size]

    def frontier(self, place: int) -> Frontier:
        """The tree of a register as held, ready to be appended to."""
        return self._frontiers[place]

    def counted(self, place: int) -> int:
        return len(self._found[place])

    def finding(self, place: int, index: int) -> Counted:
        return self._found[place][index]

    def matter(self, matter: str) -> Sequence[Counted]:
        return self._matters.get(matter, ())

    def prefetch(self, matters: Iterable[str]) -> None:
        """Nothing has to be read."""

    def matters(self, procedure: str | None = None) -> Iterable[str]:
        return self._open if procedure is None else self._under.get(procedure, {})

    def under(self, procedures: Sequence[str], place: int, start: int) -> Iterable[Counted]:
        return [one for one in self._found[place][start:] if not one.void and one.procedure in procedures]

    def postings(self, place: int) -> Sequence[Counted]:
        return self._postings[place]

    def first(self, place: int, act: str) -> int | None:
        return self._first[place].get(act)

    def add(self, found: Counted) -> None:
        if found.index != len(self._found[found.place]):
            raise ValueError(f"{found.side}:{found.index} is not the next entry to count")
        self._found[found.place].append(found)
        self._first[found.place].setdefault(found.id, found.index)
        if found.matter:
            self._matters[found.matter].append(found)
        if not found.void:
            if found.matter not in self._open:
                self._open[found.matter] = self._under[found.procedure][found.matter] = None
            if posts(found):
                self._postings[found.place].append(found)


#: The procedures whose acts may do that, so that a store finds them without looking at every act.
POSTING: Final = ("keys", "posting")


#: How many matters are read together: a ledger has to keep in mind what it was told of.
TOGETHER: Final = 200


def together(ledger: Ledger, matters: Iterable[str]) -> Iterator[str]:
    """The same matters, each once, while the acts of those to come are read together."""
    once = list(dict.fromkeys(matters))
    for start in range(0, len(once), TOGETHER):
        some = once[start : start + TOGETHER]
        ledger.prefetch(some)
        yield from some


def posts(found: Counted) -> bool:
    """Whether an allowed act posts, recalls or replaces a key. Presence and watches, which come every day, do
    not.
    """
    return found.move is not None and found.move.kind in (
        "key.replace",
        "key.rotate",
        "posting.appoint",
        "posting.recall",
    )
