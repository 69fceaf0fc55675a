"""The call book: every regular call that a side has entered, day by day, kept while the record grows.

A book goes over every counted entry once and goes on from there, so that a page that is asked for again reads
only what is new. What came of a call is what `statistics.calls` says of it; streaks and firsts are those of
the statistics. Nobody's view is made up for him: a call that no side has entered is not in the book.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from yeollak.office.office import Office
from yeollak.office.statistics.calls import Call, calls
from yeollak.office.statistics.period import Period
from yeollak.office.statistics.reading import MatterRead, Reader
from yeollak.office.statistics.streaks import firsts, streaks

_OBSERVE: Final = "checkin.observe"
#: How many periods are kept as they were last worked out.
_KEPT: Final = 8


class CallBook:
    """The calls of one office, with days in the time zone `zone`. Belongs to one `Office`."""

    def __init__(self, office: Office, zone: str) -> None:
        self._office, self._zone = office, zone
        self._read = [0] * len(office.parties)
        self._matters: dict[str, MatterRead] = {}
        self._calls: list[Call] = []
        self._kept: dict[Period, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {}

    def read(self) -> CallBook:
        """Take over what has been counted since. Returns itself."""
        ledger, touched = self._office.ledger, dict[str, None]()
        for place, start in enumerate(self._read):
            end = ledger.counted(place)
            for index in range(start, end):
                found = ledger.finding(place, index)
                if not found.void and found.move is not None and found.move.kind == _OBSERVE:
                    touched[found.matter] = None
            self._read[place] = end
        if touched:
            reader = Reader(self._office, self._office.frontier(), self._zone)
            for matter in touched:
                read = reader.read(matter)
                if read is not None:
                    self._matters[matter] = read
            self._calls = calls(self._matters.values(), self._office.parties)
            self._kept.clear()
        return self

    def between(self, first: date, last: date) -> Sequence[Call]:
        """The calls of the days from `first` to `last`, in their order."""
        start = bisect_left(self._calls, first, key=lambda call: call.day)
        end = bisect_right(self._calls, last, key=lambda call: call.day)
        return self._calls[start:end]

    @property
    def span(self) -> tuple[date, date] | None:
        """The days of the first and the last call; None in an empty book."""
        return (self._calls[0].day, self._calls[-1].day) if self._calls else None

    def told(self, period: Period) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The streaks and the firsts of a period, as `statistics.streaks` has them."""
        if period not in self._kept:
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            found = streaks(self._calls, period, self._office.parties), firsts(self._calls, [], period)
            self._kept[period] = found
        return self._kept[period]
