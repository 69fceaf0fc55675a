"""Figures and calls of an office out of what the store has counted, at whatever point of the record.

What the store has not counted yet, or has counted beyond the point that is asked for, is made good by the
matters in between alone (`office.statistics.counts`). So a page costs its period and what is new, and what is
kept in memory does not grow with the record, a small row for every call and contact apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from yeollak.errors import OurFault, RecordFault
from yeollak.office.ledger import TOGETHER
from yeollak.office.office import Office
from yeollak.office.statistics import Figures, Period, zones_of
from yeollak.office.statistics import figures as whole
from yeollak.office.statistics.calls import Call, Called, call_of, in_order
from yeollak.office.statistics.counts import Counts, Place, Sums, moved
from yeollak.office.statistics.days import figures_of
from yeollak.office.statistics.figures import as_of, check_frontier
from yeollak.office.statistics.reading import Reader
from yeollak.office.statistics.streaks import Met, firsts, streaks
from yeollak.office.statistics.tally import Cell
from yeollak.storage import reading, tallies
from yeollak.storage.tallies import CallSeen, ContactSeen

#: How many acts beyond what the store has counted are made good; with more, figures are as of what it has.
FAR: Final = 4096
#: How many figures, views of a period and calls are kept.
_PAST: Final = 16
_CALLS: Final = 2048

_Back = tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]


def derived(alias: str, office: str, period: Period, frontier: Sequence[int] | None = None) -> Figures:
    """The figures of a period as of a frontier or, where none is given, of everything that is counted: from
    what the store has counted or, where that is too far from it, from the whole record.

    Raises RecordFault(`malformed`) as `office.statistics.figures` does, and OurFault(`no-such-office`).
    """
    kept = Figuring(alias, office)
    kept.refresh()
    try:
        return kept.figures(period, kept.office.frontier() if frontier is None else frontier)
    except OurFault as fault:
        if fault.code != "figures-behind":
            raise
    return whole(kept.office, frontier, period)


class _Moved:
    """What has to be taken away from what the store has counted, and what added, to be at another frontier,
    in one time zone. What is folded for it, `office` remembers.
    """

    def __init__(self, view: reading.OfficeView, office: Office, base: Sequence[int], zone: str) -> None:
        self._view = view
        self.before, self.after = Counts(office, base, zone), Counts(office, base, zone)
        #: By act: the matters whose report names it, among what the store has not counted.
        self._naming: dict[str, set[str]] = {}

    def go(self, frontier: Sequence[int]) -> bool:
        """Go on to a later frontier. Returns whether a call or a contact may have changed."""
        new = tallies.between(self._view, self.after.frontier, frontier)
        acts = [one for one in new if tallies.counts(one)]
        for one in acts:
            if one.move is not None and one.move.kind == tallies.REPORT:
                for named in one.move.re:
                    self._naming.setdefault(named, set()).add(one.matter)
        return self.take({one.matter for one in acts}, frontier)

    def take(self, matters: set[str], frontier: Sequence[int]) -> bool:
        """Take over matters as they stand at a frontier, between which and the last no other that is held
        here has moved. Returns as `go`.
        """
        some, known = self.linked(matters), self._looking_back()
        for start in range(0, len(some), TOGETHER):
            # Their acts are read once for both.
            few = some[start : start + TOGETHER]
            self.before.take(one for one in few if one not in self.before.matters)
            self.after.take(few, frontier)
        return known != self._looking_back()

    def linked(self, matters: set[str]) -> list[str]:
        """Some matters, with all that may be about one contact with one of them."""
        return sorted(tallies.linked(self._view, matters, self._naming))

    def calls(self, held: Sequence[CallSeen]) -> list[Called]:
        """Every call at the frontier, in order; `held` are those that the store has counted."""
        gone = self.after.matters
        kept: list[Called] = [one for one in held if one.matter not in gone]
        return in_order((*kept, *self.after.calls.values()))

    def contacts(self, held: Sequence[ContactSeen]) -> list[Met]:
        """Every contact at the frontier, in order."""
        gone = self.before.contacts.keys() | self.after.contacts.keys()
        found: list[tuple[date, tuple[int, int], Met]] = [
            (one.day, one.order, one) for one in held if one.matter not in gone
        ]
        found += [(*one.order, one) for one in self.after.contacts.values()]
        return [one for *_, one in sorted(found, key=lambda each: each[:2])]

    def _looking_back(self) -> list[dict[str, Any]]:
        return [dict(of) for one in (self.before, self.after) for of in (one.calls, one.contacts)]


class Figuring:
    """The figures and the call book of one office in the database `alias`. One thread at a time may use it;
    `refresh` comes first.
    """

    def __init__(self, alias: str, office: str) -> None:
        self._view = reading.own_view(alias, office)
        self._base = self._frontier = (0,) * len(self._view.charter.sides)
        self._begin()

    @property
    def office(self) -> Office:
        """The office that is read here."""
        return self._view.office

    @property
    def behind(self) -> int:
        """How many acts are counted that are not in the figures: none, unless the store is so far behind that
        they are derived as of what it has counted.
        """
        return sum(self.office.frontier()) - sum(self._frontier)

    def refresh(self) -> None:
        """Take over what has been counted since, here and by the store."""
        office = self._view.office
        self._view.refresh()
        base = tallies.frontier(self._view)
        if self._view.office is not office or base != self._base:
            self._base = base
            self._begin()
        now = self.office.frontier()
        self._frontier = self._base if _far(self._base, now) else now

    def _begin(self) -> None:
        # What is remembered of folds is of what was new until now.
        self._view.office = self._passing()
        self._moved: dict[str, _Moved] = {}
        self._stored: list[CallSeen] | None = None
        self._met: dict[int, list[ContactSeen]] = {}
        self._called: list[Called] | None = None
        self._read: OrderedDict[str, Call] = OrderedDict()
        self._past: dict[object, Figures] = {}
        self._back: dict[object, _Back] = {}

    def _passing(self) -> Office:
        """The office for whoever goes over much of it: what it remembers of folds is let go with it."""
        return Office(self._view.charter, self._view.ledger)

    # figures

    def figures(
        self, period: Period, frontier: Sequence[int] | None = None, *, looking_back: bool = True
    ) -> Figures:
        """The figures of a period as of a frontier or, where none is given, of what is counted now (see
        `behind`): what `office.statistics.figures` derives.

        Raises RecordFault(`malformed`) as it does, and OurFault(`figures-behind`) for a frontier that is far
        beyond what the store has counted.
        """
        at = self._frontier if frontier is None else tuple(frontier)
        check_frontier(self.office, at)
        if period.zone not in zones_of(self.office):
            raise RecordFault("malformed", what="the figures", why="their time zone is none of the charter's")
        if _far(self._base, at):
            raise OurFault("figures-behind")
        asked = at, period, looking_back
        if asked not in self._past:
            moved_ = self._go(period.zone) if at == self._frontier else self._other(period, at)
            back: _Back = ((), ())
            if looking_back:
                back = self._looking_back(period, moved_, contacts=True)
            sums, rests = self._sums(period, moved_), partial(self._rests, period, at)
            sheets = figures_of(True, sums, rests), figures_of(False, sums, rests)
            _keep(self._past, asked, as_of(self.office, at, period, sheets, back))
        return self._past[asked]

    def _go(self, zone: str) -> _Moved:
        """What the store lacks up to the frontier, in a time zone."""
        held = self._moved.get(zone)
        if held is None:
            held = self._moved[zone] = _Moved(self._view, self.office, self._base, zone)
        if held.after.frontier != self._frontier and held.go(self._frontier):
            self._called = None
            self._back.clear()
        return held

    def _other(self, period: Period, at: Sequence[int]) -> _Moved:
        """As `_go`, up to another frontier and for one period: of what the store has counted beyond it, that
        is looked for which speaks of the period, and every call and contact.
        """
        other = _Moved(self._view, self._passing(), self._base, period.zone)
        other.go(tuple(map(max, self._base, at)))
        beyond = tallies.contacts_since(self._view, at, self._base)
        beyond |= tallies.later(self._view, tallies.speaking(self._view, period), at)
        other.take(beyond | other.after.matters, at)
        return other

    def _sums(self, period: Period, moved_: _Moved) -> dict[Place, int]:
        sums = Sums()
        if any(self._base):
            zone = tallies.zones(self.office).index(period.zone)
            for own, figure, cell, many, number in tallies.cells(self._view, zone, period):
                sums.add((own, figure, cell), many, number)
        for one, times in moved(moved_.before, moved_.after):
            if period.holds(one.day):
                sums.add((one.own, one.figure, one.cell), times, times * one.number)
        return sums.numbers()

    def _rests(
        self, period: Period, at: Sequence[int], own: bool, figure: str
    ) -> Mapping[Cell, tuple[str, ...]]:
        """The matters that every cell of a figure rests on, counted anew for whoever asks."""
        matters = tallies.speaking(self._view, period)
        new = tallies.between(self._view, self._base, self._frontier)
        matters |= {one.matter for one in new if tallies.counts(one)}
        counts = Counts(self._passing(), at, period.zone)
        counts.take(self._go(period.zone).linked(matters))
        found: dict[Cell, set[str]] = {}
        for several in counts.counted.values():
            for one in several:
                if (one.own, one.figure) == (own, figure) and period.holds(one.day):
                    found.setdefault(one.cell, set()).add(one.matter)
        return {cell: tuple(sorted(of_cell)) for cell, of_cell in found.items()}

    # streaks, firsts and calls

    def _looking_back(self, period: Period, moved_: _Moved, *, contacts: bool) -> _Back:
        """Streaks and firsts; those of the frontier are kept while no call and no contact has come."""
        asked = period, contacts
        kept = moved_ is self._moved.get(period.zone)
        if kept and asked in self._back:
            return self._back[asked]
        calls = [one for one in moved_.calls(self._calls_stored()) if one.day < period.until]
        met: list[Met] = []
        if contacts:
            held = self._contacts_stored(tallies.zones(self.office).index(period.zone))
            met = [one for one in moved_.contacts(held) if one.day < period.until]
        found = streaks(calls, period, self.office.parties), firsts(calls, met, period)
        if kept:
            _keep(self._back, asked, found)
        return found

    def _calls_stored(self) -> list[CallSeen]:
        if self._stored is None:
            self._stored = tallies.calls(self._view) if any(self._base) else []
        return self._stored

    def _contacts_stored(self, zone: int) -> list[ContactSeen]:
        if zone not in self._met:
            self._met[zone] = tallies.contacts(self._view, zone) if any(self._base) else []
        return self._met[zone]

    @property
    def calls(self) -> Sequence[Called]:
        """Every call of the record in the order in which they were. They state their days, which are the same
        in every zone.
        """
        held = self._go(tallies.zones(self.office)[0])
        if self._called is None:
            self._called = held.calls(self._calls_stored())
        return self._called

    def calls_between(self, first: date, last: date) -> list[Call]:
        """The calls of the days from `first` to `last` with what each side entered, in their order."""
        called, zone = self.calls, tallies.zones(self.office)[0]
        start = bisect_left(called, first, key=lambda call: call.day)
        end = bisect_right(called, last, key=lambda call: call.day)
        asked, new = [one.matter for one in called[start:end]], self._go(zone).after.calls
        reader = Reader(self._passing(), self._frontier, zone)
        for matter in reader.ahead(one for one in asked if one not in new and one not in self._read):
            found = reader.read(matter)
            call = call_of(found, self.office.parties) if found is not None else None
            if call is not None:
                self._read[matter] = call
        calls = [new.get(one) or self._read[one] for one in asked]
        while len(self._read) > _CALLS:
            self._read.popitem(last=False)
        return calls

    def streaks_and_firsts(self, period: Period) -> _Back:
        """The streaks and the firsts of the calls of a period."""
        zone = tallies.zones(self.office)[0]
        self._go(zone)
        return self._looking_back(Period(period.since, period.until, zone), self._go(zone), contacts=False)


def _far(base: Sequence[int], frontier: Sequence[int]) -> bool:
    return sum(max(0, at - size) for at, size in zip(frontier, base, strict=True)) > FAR


def _keep(kept: dict[Any, Any], key: object, value: object) -> None:
    kept[key] = value
    while len(kept) > _PAST:
        del kept[next(iter(kept))]
