"""Zones: from a day and an hour on an office's clock to the one instant that they mean, and back.

Zones have a history: Asia/Pyongyang was UTC+8:30 from 15 August 2015 until 4 May 2018, 23:30. The history is
that of the IANA database (`zoneinfo`; package `tzdata` where the system has none). One rule serves hours that
never were and hours that came twice: an hour means *the first instant at which the clock shows it or a later
one*. So an hour that came twice is its first coming (PEP 495, fold 0), one that was skipped is the instant of
the change, and a later hour is never an earlier instant, on which every deadline rests. Nothing here raises
for a date at the ends of the calendar: what would lie beyond is the end.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from yeollak.errors import RecordFault

#: The ends of what an instant of the record can be.
FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo | None:
    """The zone of an IANA name, or None where the database at hand does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, shaped like a path, or the name of a folder
        return None


def whole(moment: datetime) -> datetime:
    """`moment` in UTC without its fraction of a second. Raises RecordFault(`malformed`) without a zone."""
    if moment.tzinfo is None:
        raise RecordFault("malformed", what="the instant", why="it has no time zone")
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return FIRST if moment.year < 5000 else LAST


def of_second(seconds: int) -> datetime:
    """The instant of a POSIX second; the end of the calendar for what a cosigner has put beyond it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return LAST


def moved(moment: datetime, span: timedelta) -> datetime:
    """`moment` and a span that may be negative; the end of the calendar where it would lie beyond."""
    try:
        return min(moment + span, LAST)
    except OverflowError:
        return LAST if span > timedelta() else FIRST


def later(day: date, days: int) -> date:
    """The date so many days after (before, where negative); the end of the calendar at most."""
    ordinal = min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(ordinal)


def first_at(day: date, minute: int, where: tzinfo) -> datetime:
    """The first instant, in UTC, at which a zone's clock shows a minute (0 to 1440) of a day or later."""
    try:
        local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 (a face)
        first = local.replace(tzinfo=where).astimezone(UTC)
        second = local.replace(tzinfo=where, fold=1).astimezone(UTC)
    except OverflowError:
        return FIRST if day.year < 5000 else LAST
    if first <= second:
        return min(first, LAST)
    # Skipped: before the change the clock is behind `local`, after it ahead, and the change lies between.
    low, high = second, first
    while high - low > _SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(where).replace(tzinfo=None) < local:
            low = middle
        else:
            high = middle
    return high


def day_of(moment: datetime, where: tzinfo) -> date:
    """The day that an instant belongs to: the last one that has begun. It never goes back, not even where a
    clock that is put back over midnight does.
    """
    try:
        day = moment.astimezone(where).date()
    except OverflowError:
        return date.min if moment.year < 5000 else date.max
    if day < date.max and first_at(later(day, 1), 0, where) <= moment:
        return later(day, 1)
    return day
