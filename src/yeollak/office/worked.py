"""Notice that is counted in working time, for many events of one window.

The days are walked once for all of them and forwards, so that what a window costs grows with the window and
with the notice, and not with how many events are named nor with how far off they lie. Where notice falls due
in the window, the answer is that of `Calendar.before`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from typing import Final

from yeollak.office.calendar import Calendar
from yeollak.office.periods import MOST_DAYS, Period
from yeollak.office.zones import later, moved, whole

_HOURS: Final = "working_hours"
_UNITS: Final = frozenset({_HOURS, "working_days"})


class Worked:
    """The days on which an office works, walked as far as events of a window from `begin` to `end` ask for;
    `earliest` is the first instant or day at which any of them begins.
    """

    def __init__(self, calendar: Calendar, begin: datetime, end: datetime, earliest: date | datetime) -> None:
        self._calendar = calendar
        # Nothing before the window, nor further back than anything is looked for.
        self._start = later(max(calendar.day(begin), later(self._on(earliest), -MOST_DAYS - 1)), -1)
        self._next: date | None = self._start
        self._last = calendar.day(end)
        self._days = list[date]()
        self._opens = list[datetime]()
        #: how long the office was open before each of the days, and with the last of them
        self._sums = [timedelta()]
        #: how many of the days, and how long of that, lie in the window or before it
        self._within = (0, timedelta())

    def before(self, period: Period, day: date | datetime) -> datetime | None:
        """The instant that lies a period before the day or the instant of an event; None where that is
        certainly none of the window.
        """
        if period.unit not in _UNITS:
            return self._calendar.before(period, day)
        on = self._on(day)
        while self._next is not None and self._next <= on and not self._beyond(period):
            self._walk()
        if self._next is not None and self._next <= on:
            return None
        return self._hours_before(period, day, on) if period.unit == _HOURS else self._days_before(period, on)

    def _days_before(self, period: Period, on: date) -> datetime | None:
        furthest = later(on, -1 - MOST_DAYS)
        place = bisect_left(self._days, on) - period.count
        if place >= 0 and self._days[place] >= furthest:
            return self._calendar.end(self._days[place])
        return self._calendar.end(later(on, -MOST_DAYS)) if furthest >= self._start else None

    def _hours_before(self, period: Period, day: date | datetime, on: date) -> datetime | None:
        moment, furthest = self._calendar.begins(day), later(on, -MOST_DAYS)
        place = bisect_left(self._opens, moment) - 1
        done = timedelta()
        if place >= 0:
            done = min(self._sums[place + 1], self._sums[place] + (moment - self._opens[place]))
        left = done - timedelta(hours=period.count)
        place = bisect_right(self._sums, left) - 1
        if place >= 0 and self._days[place] >= furthest:
            return self._opens[place] + (left - self._sums[place])
        return moved(moment, -timedelta(days=MOST_DAYS)) if furthest >= self._start else None

    def _beyond(self, period: Period) -> bool:
        """Whether so much was walked beyond the window that notice of any later event is due after it."""
        days, time = self._within
        if self._next is not None and self._next > later(self._last, MOST_DAYS + 2):
            return True
        if period.unit == _HOURS:
            return self._sums[-1] - time >= timedelta(hours=period.count)
        return len(self._days) - days >= period.count

    def _walk(self) -> None:
        day = self._next
        assert day is not None, "there is a day to walk"
        if (hours := self._calendar.opening(day)) is not None:
            self._days.append(day)
            self._opens.append(hours[0])
            self._sums.append(self._sums[-1] + (hours[1] - hours[0]))
        if day <= self._last:
            self._within = (len(self._days), self._sums[-1])
        self._next = later(day, 1) if day < date.max else None

    def _on(self, day: date | datetime) -> date:
        return self._calendar.day(whole(day)) if isinstance(day, datetime) else day
