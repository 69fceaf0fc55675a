"""Days: what is counted of every matter, each thing on its day, kept while the office grows.

Figures of a period are the sums of its days. A matter is counted once, where a period first asks for one of
its days, and anew only when it has another act: a new act costs its own matter, however much is counted
already, and another period costs the matters that nobody has asked for yet. What comes out is what counting
everything at once would give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from yeollak.office.statistics.calls import Call, call_of, in_order
from yeollak.office.statistics.contacts import Contact, contacts, count_contact, is_regular
from yeollak.office.statistics.counts import CONTACT, Place, count_matter
from yeollak.office.statistics.period import Period
from yeollak.office.statistics.reading import Index, MatterRead, Reader
from yeollak.office.statistics.streaks import firsts, streaks
from yeollak.office.statistics.tally import DIMENSIONS, Book, Cell, Counted, Figure

#: Streaks and firsts, and of how many periods they are kept.
_Back = tuple[list[dict[str, Any]], list[dict[str, Any]]]
_PERIODS: Final = 8


class _Held:
    """What stands in one cell on one day: the sum, and how often each matter adds to it."""

    __slots__ = ("matters", "number")

    def __init__(self) -> None:
        self.number = 0
        self.matters: dict[str, int] = {}

    def take(self, one: Counted, times: int) -> None:
        """Add a thing (`times` 1), or take it away again (-1)."""
        self.number += times * one.number
        many = self.matters.get(one.matter, 0) + times
        if many:
            self.matters[one.matter] = many
        else:
            del self.matters[one.matter]


class Days:
    """The days of one office in one time zone: as of what is counted now, where no frontier is given, else as
    of that frontier; then what `base` has counted and the frontier does not divide is taken from there.
    """

    def __init__(
        self,
        index: Index,
        zone: str,
        frontier: Sequence[int] | None = None,
        base: Days | None = None,
    ) -> None:
        self._index, self._zone, self._frontier, self._base = index, zone, frontier, base
        self._parties = index.office.parties
        self._seen = 0
        self._counted: dict[str, Sequence[Counted]] = {}
        self._days: dict[date, dict[Place, _Held]] = {}
        self._looked: dict[str, MatterRead | None] = {}
        self._met: dict[str, Contact] = {}
        self._calls: dict[str, Call] = {}
        self._called: list[Call] | None = []
        self._back: dict[Period, tuple[object, object, _Back]] = {}
        self._reader = self._read()

    def _read(self) -> Reader:
        office = self._index.office
        return Reader(office, office.frontier() if self._frontier is None else self._frontier, self._zone)

    def refresh(self, period: Period) -> None:
        """Count what a period asks for, and anew what has changed since."""
        known = self._looked.keys() | self._counted.keys()
        touched, self._seen = self._index.touched(self._seen)
        changed = [matter for matter in touched if matter in known]
        if touched:
            self._reader = self._read()
        for matter in self._ahead(one for one in changed if one in self._counted):
            self._count(matter)
        self._look_back([*changed, *(one for one in self._index.contacts() if one not in self._looked)])
        for matter in self._ahead(one for one in self._index.matters(period) if one not in self._counted):
            self._count(matter)

    @property
    def calls(self) -> list[Call]:
        """Every regular call and contact of the record in the order in which they were."""
        if self._called is None:
            self._called = in_order(self._calls.values())
        return self._called

    @property
    def contacts(self) -> list[Contact]:
        """Every contact of the record in the order of their days."""
        return list(self._met.values())

    def looking_back(self, period: Period) -> _Back:
        """The streaks and the firsts of a period; `refresh` comes first. They are kept while no call and no
        contact has come.
        """
        calls, met = self.calls, self._met
        known = self._back.get(period)
        if known is None or known[0] is not calls or known[1] is not met:
            found = (
                streaks(calls, period, self._parties),
                firsts(calls, self.contacts, period),
            )
            known = self._back[period] = calls, met, found
            while len(self._back) > _PERIODS:
                del self._back[next(iter(self._back))]
        return known[2]

    def figures(self, period: Period) -> tuple[dict[str, Figure], dict[str, Figure]]:
        """The figures of a period on both sheets; `refresh` comes first."""
        sums: dict[Place, int] = {}
        for day, cells in self._days.items():
            if period.holds(day):
                for place, held in cells.items():
                    sums[place] = sums.get(place, 0) + held.number
        rests = _Rests(self._index, self._zone, self._reader.frontier, period)
        return figures_of(True, sums, rests.of), figures_of(False, sums, rests.of)

    def matters(self, period: Period) -> dict[Place, tuple[str, ...]]:
        """The matters that each cell of a period rests on; `refresh` comes first."""
        found: dict[Place, set[str]] = {}
        for day, cells in self._days.items():
            if period.holds(day):
                for place, held in cells.items():
                    found.setdefault(place, set()).update(held.matters)
        return {place: tuple(sorted(matters)) for place, matters in found.items()}

    def _matter(self, matter: str) -> MatterRead | None:
        """A matter as it stands at the frontier: as the base has it, where it has not moved since."""
        base = self._base
        if base is not None and matter in base._looked and self._based(matter):
            return base._looked[matter]
        return self._reader.read(matter)

    def _ahead(self, matters: Iterable[str]) -> Iterator[str]:
        """The same matters, while those that must be read anew are read together."""
        wanted = list(matters)
        anew = self._reader.ahead(one for one in wanted if not self._based(one))
        for matter in wanted:
            if not self._based(matter):
                next(anew, None)
            yield matter

    def _based(self, matter: str) -> bool:
        """Whether the base knows a matter, and it has not moved since the frontier."""
        base = self._base
        known = base is not None and (matter in base._counted or matter in base._looked)
        return known and self._index.whole(matter, self._reader.frontier)

    def _count(self, matter: str) -> None:
        base = self._base
        if base is not None and matter in base._counted and self._based(matter):
            self._replace(matter, base._counted[matter])
            return
        self._replace(matter, count_matter(self._matter(matter), self._parties))

    def _replace(self, source: str, counted: Sequence[Counted]) -> None:
        """Put what a source counts in the place of what it counted before."""
        for times, things in ((-1, self._counted.get(source, ())), (1, counted)):
            for one in things:
                place = (one.own, one.figure, one.cell)
                cells = self._days.setdefault(one.day, {})
                held = cells.setdefault(place, _Held())
                held.take(one, times)
                if not held.matters:
                    del cells[place]
        self._counted[source] = counted

    def _look_back(self, matters: Iterable[str]) -> None:
        """Take over the contacts and calls of these matters, where they are such."""
        moved = False
        of_contacts = self._index.contacts()
        for matter in self._ahead(one for one in matters if one in of_contacts):
            found = self._looked[matter] = self._matter(matter)
            call = call_of(found, self._parties) if found is not None else None
            if call is not None:
                self._calls[matter] = call
                self._called = None
            else:
                self._called = None if self._calls.pop(matter, None) else self._called
            moved = moved or found is None or call is None or is_regular(found)
        if moved:
            self._meet()

    def _meet(self) -> None:
        read = [one for one in self._looked.values() if one is not None]
        met = {one.matter: one for one in contacts(read, self._parties)}
        for matter in self._met.keys() - met.keys():
            self._replace(f"{CONTACT}{matter}", ())
        for matter, contact in met.items():
            if self._met.get(matter) != contact:
                book = Book()
                count_contact(book, contact)
                self._replace(f"{CONTACT}{matter}", book.counted)
        self._met = met


class _Rests:
    """The matters that cells rest on, counted anew for whoever asks: the days may have gone on since."""

    def __init__(self, index: Index, zone: str, frontier: Sequence[int], period: Period) -> None:
        self._asked = index, zone, frontier
        self._period = period
        self._found: dict[Place, tuple[str, ...]] | None = None

    def of(self, own: bool, figure: str) -> Mapping[Cell, tuple[str, ...]]:
        """The matters of every cell of a figure."""
        if self._found is None:
            days = Days(*self._asked)
            days.refresh(self._period)
            self._found = days.matters(self._period)
        return {
            cell: matters
            for (sheet, name, cell), matters in self._found.items()
            if (sheet, name) == (own, figure)
        }


Rests = Callable[[bool, str], Mapping[Cell, tuple[str, ...]]]


def figures_of(own: bool, sums: Mapping[Place, int], rests: Rests) -> dict[str, Figure]:
    """Every figure of a sheet by its name, in their order; those of which there is nothing too."""
    cells: dict[str, dict[Cell, int]] = {name: {} for name in DIMENSIONS if name != "costs"}
    for sheet, name, cell in sorted(place for place in sums if place[0] == own):
        cells.setdefault(name, {})[cell] = sums[sheet, name, cell]
    return {
        name: Figure(DIMENSIONS[name.partition("/")[0]], cells[name], partial(rests, own, name))
        for name in sorted(cells)
    }
