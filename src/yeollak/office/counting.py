"""Counting: which entries of the registers held count by now, and what each of them is found to be.

An entry counts once everything that it names is counted (rule 2); what it is found to be is said by `judge`.
Whoever has read entries before counts with a `Counter` of his own. What entries claim of the state is not
compared here (`claims`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yeollak.errors import RecordFault
from yeollak.office.judge import Judge, names_all
from yeollak.office.ledger import Counted, Entry
from yeollak.record.document import Act

if TYPE_CHECKING:
    from yeollak.office.office import Office


@dataclass(frozen=True, slots=True)
class Evidence:
    """Proof that a side said two things: an act of `side` at `index` names a root of `about` at `size`
    that is not ours.
    """

    side: str
    index: int
    about: str
    size: int
    root: str


@dataclass(slots=True)
class Counting:
    """What one run of `Office.count` found, in the order in which it was counted."""

    found: list[Counted] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


class _FalseRoot(Exception):
    """An entry names a root of another register that is not that register's."""


class Counter:
    """Counts the entries of one office's registers as they come. Belongs to the office."""

    def __init__(self, office: Office, judge: Judge) -> None:
        self._office, self._judge = office, judge
        self._ledger, self._parties = office.ledger, office.parties
        #: By place the entry that a reopening would give up, and up to where one has been looked for.
        self._looked: dict[int, tuple[int, int]] = {}

    def count(self) -> Counting:
        """Count every entry held that can count, and hand each finding to the ledger.

        An entry counts once everything that its `seen` names is counted and the roots agree. One that
        names a root unlike ours is evidence, and its register waits there, until the side itself gives up
        the entry by `register.reopen`; nobody else's does.
        """
        result = Counting()
        moved = True
        while moved:
            moved = False
            for place in range(len(self._parties)):
                while self._next(place, result):
                    moved = True
        return result

    def _next(self, place: int, result: Counting) -> bool:
        index = self._ledger.counted(place)
        if index >= self._ledger.held(place):
            return False
        entry = self._ledger.entry(place, index)
        act = self.read(entry)
        if act is not None and not names_all(self._parties, place, act):
            act = None  # malformed: it names nothing, so nothing is waited for and nothing compared
        try:
            if act is not None and self._waits(place, index, act, result):
                return False
        except _FalseRoot:
            return self._give_up(place, index, result)
        found = self._judge.judge(place, index, entry, act)
        self._ledger.add(found)
        result.found.append(found)
        return True

    def read(self, entry: Entry) -> Act | None:
        """The act of an entry that is about to be counted."""
        return parse(entry)

    def _waits(self, place: int, index: int, act: Act, result: Counting) -> bool:
        """Whether an entry names what is not counted yet.

        Raises _FalseRoot when it names a root that is not ours, which is evidence, and makes the entry one
        that can never count on a node that holds the same registers.
        """
        waits = False
        for side, (size, root) in act.seen.items():
            other = self._office.charter.places[side]
            if size > self._ledger.counted(other):
                waits = True
            elif self._ledger.root(other, size).hex() != root:
                result.evidence.append(Evidence(self._parties[place], index, side, size, root))
                raise _FalseRoot
        return waits

    def _give_up(self, place: int, index: int, result: Counting) -> bool:
        """Pass over the entries from `index` on which a later entry of the same register gives up; whether
        there is one.
        """
        reopening = self._reopening(place, index)
        for given_up in range(index, reopening or index):
            found = self._judge.give_up(place, given_up, self._ledger.entry(place, given_up))
            self._ledger.add(found)
            result.found.append(found)
        return reopening is not None

    def _reopening(self, place: int, index: int) -> int | None:
        """The position of the first `register.reopen` by the side's authority that gives up `index`."""
        of, size = self._looked.get(place, (index, 0))
        start = max(index + 1, size if of == index else 0)
        for position in range(start, self._ledger.held(place)):
            if self._judge.reopens(place, index, self._ledger.entry(place, position)):
                return position
        self._looked[place] = index, self._ledger.held(place)
        return None

    def know(self, other: Counter, place: int) -> None:
        """Go on in one register from where another counter of the same office, over a ledger that may hold
        more of it, has looked for a reopening.
        """
        index, size = other._looked.get(place, (-1, 0))
        if index == self._ledger.counted(place):
            self._looked[place] = index, min(size, self._ledger.held(place))


def parse(entry: Entry) -> Act | None:
    """The act of an entry, or None for a document that does not parse: it names nothing and is void
    (`malformed`).
    """
    try:
        return Act.parse(entry.document)
    except RecordFault:
        return None
