"""The digest of an office's folded state (rule 11), which costs what has changed and not the whole record.

It is SHA-256 over a line for every matter, in the order of their ids. A line follows from its own acts
alone, so that whoever keeps lines folds only matters that have had an act since, or that are asked for as
they were before an act; the others are hashed as they are kept. What comes out is always what folding
everything afresh would.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from yeollak.office.fold import Folded
from yeollak.office.ledger import together
from yeollak.procedures.catalogue import rules_version
from yeollak.record import canon

if TYPE_CHECKING:
    from yeollak.office.office import Office

#: Another name for the way in which acts are folded and a line is made of it: whoever changes what comes out
#: for the same tables changes this, and lines that were kept before are made anew.
FOLDING: Final = "1"
#: How many matters are kept in mind with their lines as of the point that was asked for last.
_ANEW: Final = 65536
#: How many matters are folded between two pauses.
_PIECE: Final = 256

#: Stands for what a matter has come to that begins beyond the point.
BEYOND: Final = "beyond"

_Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class KeptLines:
    """The lines that a ledger keeps, for one point of the record.

    moved   the matters whose lines may be those of another point: every matter with an allowed act that has
            come after the lines were made, or that lies beyond the point
    rows    every matter that has a line, in the order of their ids, some at a time: its id, and the SHA-256
            of what it has come to in hex, or an empty string where that has to be found out, or BEYOND where
            none of its acts lies below the point
    """

    moved: Collection[str]
    rows: Iterable[Sequence[_Row]]


@runtime_checkable
class KeepsLines(Protocol):
    """A ledger that keeps lines (see `office.ledger.Ledger`)."""

    def kept(self, frontier: Sequence[int]) -> AbstractContextManager[KeptLines]:
        """The lines for a frontier within what is counted; what they are read from stands still meanwhile."""

    def moved(self, low: Sequence[int], high: Sequence[int]) -> set[str]:
        """The matters with an allowed act from one frontier on to before another."""

    def remembered(self, frontier: Sequence[int]) -> str | None:
        """The digest of the state at a frontier, where somebody has made it lately."""

    def remember(self, frontier: Sequence[int], digest: str) -> None:
        """Be told what the digest of the state at a frontier is."""


@lru_cache(maxsize=1)
def rule() -> str:
    """The rules by which lines are made here, tables and all: eight hex digits."""
    return hashlib.sha256(f"{FOLDING} {rules_version()}".encode()).hexdigest()[:8]


def hashed(folded: Folded) -> str:
    """What a line says of a matter: the SHA-256 of its phase, slots and marks, in hex."""
    return hashlib.sha256(canon.encode(as_json(folded))).hexdigest()


def as_json(folded: Folded) -> dict[str, Any]:
    """The phase, slots and marks of a fold as the JSON value that the state digest hashes."""
    return {"marks": dict(folded.marks), "phase": folded.state.phase, "slots": dict(folded.state.slots)}


def line(matter: str, said: str) -> str:
    """A line of the digest."""
    return f"{matter} {said}\n"


class Digests:
    """Makes the digests of one office's state, and remembers what has to be folded for them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._at: tuple[int, ...] = ()
        #: What matters had come to at the point that was asked for last: claims follow each other closely.
        self._anew: dict[str, str] = {}

    def at(self, frontier: Sequence[int], pause: Callable[[], None] = lambda: None) -> str:
        """The digest at a frontier: SHA-256 in hex, over the lines of the matters with an allowed act below
        it. `pause` is called between pieces of the work, while what is read stands still.
        """
        ledger, at = self._office.ledger, tuple(frontier)
        if not isinstance(ledger, KeepsLines):
            return _digest(sorted(self._folded(list(ledger.matters()), at, pause)))
        known = ledger.remembered(at)
        if known is None:
            with ledger.kept(at) as kept:
                known = _digest(self._lines(ledger, kept, at, pause))
            ledger.remember(at, known)
        return known

    def _lines(
        self, ledger: KeepsLines, kept: KeptLines, at: tuple[int, ...], pause: Callable[[], None]
    ) -> Iterator[_Row]:
        anew, new = self._known(ledger, at), dict[str, str]()
        moved = sorted(kept.moved)
        start = 0
        for rows in _and_then_all(kept.rows):
            pause()
            # With every portion go those that have moved and are not kept at all.
            end = bisect_right(moved, rows[-1][0]) if rows is not None else len(moved)
            gone, start = set(moved[start:end]), end
            held = {matter: said for matter, said in rows or () if said != BEYOND}
            if rows is not None:
                gone -= {matter for matter, said in rows if said == BEYOND}
            if not gone and all(held.values()):
                yield from held.items()
                continue
            asked = [one for one in held.keys() | gone if one in gone or not held[one]]
            for one in asked:
                held.pop(one, None)
            made = {one: anew[one] for one in asked if one in anew}
            found = dict(self._folded([one for one in asked if one not in made], at, pause))
            made |= {one: found.get(one, "") for one in asked if one not in made}
            if len(new) < _ANEW:
                new.update(made)
            held.update((one, said) for one, said in made.items() if said)
            yield from sorted(held.items())
        self._at, self._anew = at, new

    def _known(self, ledger: KeepsLines, at: tuple[int, ...]) -> dict[str, str]:
        """What is known of matters at another point and holds at this one too."""
        if not self._anew or len(self._at) != len(at):
            return {}
        between = ledger.moved(tuple(map(min, self._at, at)), tuple(map(max, self._at, at)))
        return {matter: said for matter, said in self._anew.items() if matter not in between}

    def _folded(self, matters: Sequence[str], at: Sequence[int], pause: Callable[[], None]) -> Iterator[_Row]:
        """Matters and what their lines say at a frontier, where any of their acts lies below it."""
        office = self._office
        for number, matter in enumerate(together(office.ledger, matters), 1):
            if number % _PIECE == 0:
                pause()
            folds = office.folds_in_passing(matter, len(matters))
            if any(sizes := folds.sizes(at)):
                yield matter, folds.line(sizes, hashed)


def _and_then_all(rows: Iterable[Sequence[_Row]]) -> Iterator[Sequence[_Row] | None]:
    yield from (some for some in rows if some)
    yield None


def _digest(lines: Iterable[_Row]) -> str:
    digest, some = hashlib.sha256(), list[str]()
    for matter, said in lines:
        some.append(line(matter, said))
        if len(some) == 1024:
            digest.update("".join(some).encode())
            some.clear()
    digest.update("".join(some).encode())
    return digest.hexdigest()
