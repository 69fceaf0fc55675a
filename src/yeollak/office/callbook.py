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
_Told = tuple[list[dict[str, Any]], list[dict[str, Any]]]
_Held = tuple[list[Call], dict[Period, _Told]]


class CallBook:
    """The calls of one office, with days in the time zone `zone`. Belongs to one `Office`.

    One thread at a time may `read`; any may ask for what was read while it does.
    """

    def __init__(self, office: Office, zone: str) -> None:
        self._office, self._zone = office, zone
        self._read = [0] * len(office.parties)
        self._matters: dict[str, MatterRead] = {}
        #: The calls, and what was worked out of them, replaced together: others may be reading.
        self._held: _Held = [], {}

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
            for matter in reader.ahead(touched):
                read = reader.read(matter)
                if read is not None:
                    self._matters[matter] = read
            self._held = calls(self._matters.values(), self._office.parties), {}
        return self

    def between(self, first: date, last: date) -> Sequence[Call]:
        """The calls of the days from `first` to `last`, in their order."""
        held, _ = self._held
        start = bisect_left(held, first, key=lambda call: call.day)
        end = bisect_right(held, last, key=lambda call: call.day)
        return held[start:end]

    @property
    def span(self) -> tuple[date, date] | None:
        """The days of the first and the last call; None in an empty book."""
        held, _ = self._held
        return (held[0].day, held[-1].day) if held else None

    def told(self, period: Period) -> _Told:
        """The streaks and the firsts of a period, as `statistics.streaks` has them."""
        held, kept = self._held
        found = kept.get(period)
        if found is None:
            if len(kept) >= _KEPT:
                kept.clear()
            found = kept[period] = streaks(held, period, self._office.parties), firsts(held, [], period)
        return found
