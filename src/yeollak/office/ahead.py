"""What entries of one register will be found to be, before they are stored or counted.

Keys that a batch brings sign its own checkpoint, so that a node must know which acts will be allowed before
it has them. `ahead` judges them by the rules by which they will be counted, over a ledger that keeps nothing.
The other registers stand as they are counted: where an entry waits for more, it waits here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from yeollak.office.ledger import Counted, Entry, Ledger, posts
from yeollak.office.office import Office


def ahead(office: Office, place: int, further: Sequence[Entry] = ()) -> Office:
    """The office as it will be once what is held of the register at `place`, and the `further` entries after
    that, are counted as far as they can be. The office itself stays as it is.
    """
    made = Office(office.charter, _Above(office.ledger, place, further))
    # Where the register waits, what is held behind is looked through once and not by every call.
    made.counter.know(office.counter, place)
    made.count()
    office.counter.know(made.counter, place)
    return made


class _Above:
    """A ledger with further entries of one register; what is found of them is kept apart from the base."""

    def __init__(self, base: Ledger, place: int, further: Sequence[Entry]) -> None:
        self._base, self._place, self._further = base, place, further
        self._found: list[Counted] = []
        self._first: dict[str, int] = {}
        self._matters: defaultdict[str, list[Counted]] = defaultdict(list)
        self._postings: list[Counted] = []

    def held(self, place: int) -> int:
        if place == self._place:
            return self._base.held(place) + len(self._further)
        return self._base.counted(place)

    def entry(self, place: int, index: int) -> Entry:
        held = self._base.held(place)
        return self._base.entry(place, index) if index < held else self._further[index - held]

    def root(self, place: int, size: int) -> bytes:
        # A register names the others alone, and these end where the base has counted them.
        return self._base.root(place, size)

    def counted(self, place: int) -> int:
        return self._base.counted(place) + (len(self._found) if place == self._place else 0)

    def finding(self, place: int, index: int) -> Counted:
        counted = self._base.counted(place)
        return self._base.finding(place, index) if index < counted else self._found[index - counted]

    def prefetch(self, matters: Iterable[str]) -> None:
        self._base.prefetch(matters)

    def matter(self, matter: str) -> Sequence[Counted]:
        return [*self._base.matter(matter), *self._matters.get(matter, ())]

    def matters(self, procedure: str | None = None) -> Iterable[str]:
        firsts = {
            matter: next((act.procedure for act in found if not act.void), None)
            for matter, found in self._matters.items()
        }
        known = dict.fromkeys(self._base.matters(procedure))
        elsewhere = self._base.matters() if procedure is not None else known
        opened = (
            matter
            for matter, first in firsts.items()
            if first is not None and procedure in (None, first) and matter not in elsewhere
        )
        return known | dict.fromkeys(opened)

    def under(self, procedures: Sequence[str], place: int, start: int) -> Iterable[Counted]:
        found = list(self._base.under(procedures, place, start))
        if place == self._place:
            found += [
                one
                for one in self._found
                if not one.void and one.procedure in procedures and one.index >= start
            ]
        return found

    def postings(self, place: int) -> Sequence[Counted]:
        return [*self._base.postings(place), *(self._postings if place == self._place else ())]

    def first(self, place: int, act: str) -> int | None:
        known = self._base.first(place, act)
        return self._first.get(act) if known is None and place == self._place else known

    def add(self, found: Counted) -> None:
        self._found.append(found)
        self._first.setdefault(found.id, found.index)
        if found.matter:
            self._matters[found.matter].append(found)
        if not found.void and posts(found):
            self._postings.append(found)
