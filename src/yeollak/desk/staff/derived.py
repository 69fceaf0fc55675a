"""Figures and call books as this process has derived them, kept from one page to the next.

They rest on the whole record, which takes seconds to go over; what is new then costs what is new. One view of
each office is kept for them, beside those of the threads: whoever derives holds its lock, so that no two
threads go over the same record, and none has to do it again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connections

from yeollak.office.callbook import CallBook
from yeollak.office.ledger import Counted
from yeollak.office.statistics import Answer, Figure, Figures, Index, Period, answer, figures, zones_of
from yeollak.office.statistics.tally import Cell
from yeollak.storage import reading
from yeollak.storage.reading import OfficeView


class _Held:
    """What is kept of one office. Whoever touches it holds the lock."""

    def __init__(self, alias: str, office: str) -> None:
        self.lock = threading.RLock()
        self._alias, self._office = alias, office
        self._view: OfficeView | None = None

    def refresh(self) -> None:
        """Take over what has been counted since."""
        if self._view is None:
            self._view = reading.own_view(self._alias, self._office)
            self._begin(self._view)
        self._view.refresh()
        if self.index.office is not self._view.office:
            self._begin(self._view)

    def _begin(self, view: OfficeView) -> None:
        self.index = Index(view.office)
        self._books: dict[str, CallBook] = {}

    def book(self, zone: str) -> CallBook:
        """The call book in a time zone, up to date."""
        if zone not in self._books:
            self._books[zone] = CallBook(self.index.office, zone)
        return self._books[zone].read()

    def resting(self, found: Figures) -> Figures:
        """Figures whose matters are looked for under the lock."""
        own, told = (
            {name: self._locked(one) for name, one in some.items()} for some in (found.own, found.told)
        )
        return replace(found, own=own, told=told)

    def _locked(self, figure: Figure) -> Figure:
        def rests() -> Mapping[Cell, tuple[str, ...]]:
            with self.lock:
                return figure.rests()

        return replace(figure, rests=rests)


#: By the place of the database and the office.
_kept: Final[dict[tuple[str, str], _Held]] = {}


@contextmanager
def _held(view: OfficeView) -> Iterator[_Held]:
    place = str(connections[view.alias].settings_dict["NAME"]), view.id
    held = _kept.setdefault(place, _Held(view.alias, view.id))
    with held.lock:
        held.refresh()
        yield held


def figures_of(view: OfficeView, period: Period) -> Figures:
    """The figures of a period as of what is counted now. Raises RecordFault(`malformed`) for a zone that is
    not the charter's.
    """
    with _held(view) as held:
        return held.resting(figures(held.index.office, None, period, held.index))


def through(view: OfficeView, several: Sequence[tuple[str, Period]]) -> list[tuple[str, Figures]]:
    """The figures of several periods as of one point, under their names."""
    with _held(view) as held:
        office = held.index.office
        frontier = office.frontier()
        return [
            (name, held.resting(figures(office, frontier, period, held.index, looking_back=False)))
            for name, period in several
        ]


def answer_to(view: OfficeView, stated: Counted, data: bytes) -> Answer:
    """What there is to answer to figures that were stated. Raises as `statistics.answer`."""
    with _held(view) as held:
        return answer(stated, data, held.index.office, held.index)


def book_of(view: OfficeView, zone: str) -> CallBook:
    """The call book of an office in a time zone, up to date."""
    with _held(view) as held:
        return held.book(zone)


def prepare(view: OfficeView, now: datetime, ending: Callable[[], bool] = lambda: False) -> None:
    """Derive what the first pages would have to wait for: the call book, the figures of this month, then
    those of every year back to the first, one after the other, so that others may ask between two.
    """
    zone = zones_of(view.office)[0]
    today = now.astimezone(ZoneInfo(zone)).date()
    first = today.replace(day=1)
    span = book_of(view, zone).span
    figures_of(view, Period(first, first + timedelta(days=31), zone))
    for year in range(today.year, (span[0].year if span else today.year) - 1, -1):
        if not ending():
            figures_of(view, Period(date(year, 1, 1), date(year + 1, 1, 1), zone))
