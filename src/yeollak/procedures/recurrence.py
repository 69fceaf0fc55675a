"""Recurrence: the dates on which something falls due again and again, and the name of each.

This is arithmetic of dates and of nothing else: no clock, no zone and no calendar of an office, so that a
verdict may rest on it. A month that is too short for the day gives its last day, and the day of the first
date is what counts again in the next. Whether the office works on a date, and at which instant it ends, the
calendar says (`office/duties.py`).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

#: How often something may recur. A working day is a date until the calendar of an office is asked.
EVERY: Final = ("day", "working-day", "week", "month", "quarter", "year")
_DAYS: Final = {"day": 1, "working-day": 1, "week": 7}
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK: Final = re.compile(r"([0-9]{4})-w([0-9]{2})")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUARTER: Final = re.compile(r"([0-9]{4})-q([1-4])")
_YEAR: Final = re.compile(r"([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The dates from `first` on, up to and with `last` where there is one: every so often, on the same day
    of the week or of the month.
    """

    every: str
    first: date
    last: date | None = None

    def dates(self, start: date, end: date) -> Iterator[date]:
        """The dates from `start` to `end`, both with them, one after another: what nobody takes costs
        nothing, and neither does what lies before `start`.
        """
        number = self._number(max(start, self.first))
        until = end if self.last is None else min(end, self.last)
        while (day := self._day(number)) is not None and day <= until:
            yield day
            number += 1

    def name(self, day: date) -> str:
        """The name of one of these dates, as a duty's `occurrence` states it: `2019-03-01`, `2019-w09` by
        ISO 8601, `2019-03`, `2019-q1`, `2019`.
        """
        match self.every:
            case "week":
                year, week, _ = day.isocalendar()
                return f"{year:04}-w{week:02}"
            case "month":
                return f"{day.year:04}-{day.month:02}"
            case "quarter":
                return f"{day.year:04}-q{(day.month + 2) // 3}"
            case "year":
                return f"{day.year:04}"
            case _:
                return day.isoformat()

    def date_of(self, name: str) -> date | None:
        """The date of a name, or None where none of these dates has it."""
        near = _beginning(self.every, name)
        if near is None:
            return None
        # A name is that of a day, or of a span that holds one date at most: the first from its beginning on.
        day = next(self.dates(near, date.max), None)
        return day if day is not None and self.name(day) == name else None

    def _number(self, day: date) -> int:
        """Which of the dates, from 0, is the first that is not before `day`."""
        if self.every in _DAYS:
            return -((self.first - day).days // _DAYS[self.every])
        months = (day.year - self.first.year) * 12 + day.month - self.first.month
        number = max(months // _MONTHS[self.every], 0)
        found = self._day(number)
        return number if found is None or found >= day else number + 1

    def _day(self, number: int) -> date | None:
        """One of the dates by its number; None beyond the end of the calendar."""
        if self.every in _DAYS:
            span = timedelta(days=number * _DAYS[self.every])
            return self.first + span if span <= date.max - self.first else None
        year, month = divmod(self.first.month - 1 + number * _MONTHS[self.every], 12)
        if self.first.year + year > date.max.year:
            return None
        longest = calendar.monthrange(self.first.year + year, month + 1)[1]
        return date(self.first.year + year, month + 1, min(self.first.day, longest))


def day_of(name: str) -> date | None:
    """The date written `YYYY-MM-DD`, or None."""
    try:
        return date.fromisoformat(name) if _DAY.fullmatch(name) else None
    except ValueError:
        return None


def _beginning(every: str, name: str) -> date | None:
    """The first day of what a name stands for: a day, a week, a month, a quarter or a year."""
    try:
        match every:
            case "week" if (found := _WEEK.fullmatch(name)) is not None:
                return date.fromisocalendar(int(found[1]), int(found[2]), 1)
            case "month" if (found := _MONTH.fullmatch(name)) is not None:
                return date(int(found[1]), int(found[2]), 1)
            case "quarter" if (found := _QUARTER.fullmatch(name)) is not None:
                return date(int(found[1]), int(found[2]) * 3 - 2, 1)
            case "year" if (found := _YEAR.fullmatch(name)) is not None:
                return date(int(found[1]), 1, 1)
            case "day" | "working-day":
                return day_of(name)
    except ValueError:
        return None
    return None
