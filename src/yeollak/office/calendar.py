"""The calendar of an office: its working days and hours, its calls, and the instants at which periods end.

It is built from the charter's terms and from what each side has since declared of its own days, and it only
proposes: an act carries the absolute instant that its author wrote, and no verdict and no state ever asks a
calendar or a time-zone database (rule 6). The rules are told in docs/spec/13-calendar-and-silence.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from yeollak.office.days import Days, Declared, declared
from yeollak.office.periods import (
    DEFAULT_CALENDAR,
    MOST_DAYS,
    WEEKDAYS,
    Period,
    Slot,
    check_terms,
    hours_of,
    weekdays_of,
)
from yeollak.office.zones import FIRST, LAST, day_of, first_at, later, moved, whole, zone

if TYPE_CHECKING:
    from yeollak.office.office import Office

__all__ = ["Calendar", "Declared", "calendar_of", "check_terms"]

_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """One office's calendar. Make it with `make` or `calendar_of`.

    where          the calendar's zone: its dates and hours are those of this clock
    zones          the sides' own zones, for showing an instant to each
    missing_zones  names of zones that the database at hand does not know, and that are read as UTC
    hours          the minutes of the day at which the office opens and closes, by day of the week from 0
    week           the days of the week on which it works
    """

    where: tzinfo
    zones: Mapping[str, tzinfo]
    missing_zones: tuple[str, ...]
    week: frozenset[int]
    hours: Mapping[int, tuple[int, int]]
    slots: Mapping[str, Slot]
    slot_length: timedelta
    lines: frozenset[str]
    default: Period
    most: timedelta
    deadlines: Mapping[str, Period]
    handling: Mapping[str, Period]
    notices: Mapping[str, Period]
    _holidays: Mapping[date, tuple[str, ...]] = field(repr=False)
    _late: Mapping[date, tuple[str, ...]] = field(repr=False)
    _extra: frozenset[date] = field(repr=False)

    @classmethod
    def make(
        cls,
        terms: Mapping[str, Any],
        zones: Mapping[str, str],
        said_since: Mapping[str, Mapping[str, str | Declared]] | None = None,
    ) -> Calendar:
        """The calendar of a charter's terms and its parties' zones `{side: IANA name}`,
        and of the days declared since as `{side: {date: state}}`.

        A zone that is not known is read as UTC and named in `missing_zones`. What was declared of
        something that is no date, or by nobody of the parties, says nothing. Raises ValueError for terms
        that `check_terms` refuses.
        """
        check_terms(terms)
        said = {**DEFAULT_CALENDAR, **terms.get("calendar", {})}
        names = {said["zone"], *zones.values()}
        where = zone(said["zone"]) or UTC
        usual = hours_of({"open": said["open"], "close": said["close"]}, "the hours of the office")
        own = {WEEKDAYS.index(name): hours_of(hours, name) for name, hours in said["hours"].items()}
        limits = terms.get("deadline", {})
        days = Days(where, zones, terms.get("holidays", {}), said_since or {})
        return cls(
            where=where,
            zones=MappingProxyType({side: zone(name) or UTC for side, name in zones.items()}),
            missing_zones=tuple(sorted(name for name in names if zone(name) is None)),
            week=weekdays_of(said["working_days"], "the working days"),
            hours=MappingProxyType({day: own.get(day, usual) for day in range(7)}),
            slots=MappingProxyType({name: Slot.parse(slot, name) for name, slot in said["slots"].items()}),
            slot_length=timedelta(minutes=said["slot_minutes"]),
            lines=frozenset(said["lines"]),
            default=Period("hours", int(limits.get("default_hours", 48))),
            most=timedelta(hours=int(limits.get("most_hours", 24 * 366))),
            deadlines=_periods(terms.get("deadlines", {})),
            handling=_periods(terms.get("handling", {})),
            notices=_periods(terms.get("notice", {})),
            _holidays=MappingProxyType(days.holidays),
            _late=MappingProxyType(days.late),
            _extra=days.extra,
        )

    # days

    def day(self, moment: datetime) -> date:
        """The date of an instant on the calendar's clock."""
        return day_of(moment, self.where)

    def local(self, moment: datetime, side: str) -> datetime:
        """An instant on a side's own clock, with its offset then. UTC at the ends of the calendar."""
        try:
            return moment.astimezone(self.zones.get(side, self.where))
        except OverflowError:
            return moment

    def excused(self, day: date, side: str) -> bool:
        """Whether a side has a holiday on a date, said in the charter or declared before the date began."""
        return side in self._holidays.get(day, ())

    def declared_late(self, day: date, side: str) -> bool:
        """Whether a side called a date its holiday only after the date had begun: that excuses nobody."""
        return side in self._late.get(day, ())

    def closed_by(self, day: date) -> tuple[str, ...]:
        """The sides whose holiday a date is."""
        return self._holidays.get(day, ())

    def working(self, day: date) -> bool:
        """Whether the office works on a date: one of its days of the week, or a date that every party has
        declared as working, and no side's holiday.
        """
        return (day.weekday() in self.week or day in self._extra) and day not in self._holidays

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """The instants at which the office opens and closes on a date, or None where it does not."""
        if not self.working(day):
            return None
        opens, closes = (first_at(day, minute, self.where) for minute in self.hours[day.weekday()])
        return (opens, closes) if opens < closes else None

    def next_close(self, moment: datetime) -> datetime:
        """The next instant after `moment` at which the office closes; `most_hours` later where it closes no
        more.
        """
        start = whole(moment)
        limit = moved(start, self.most)
        return next((closes for _, closes in self._openings(self.day(start), limit) if closes > start), limit)

    def begins(self, day: date | datetime) -> datetime:
        """The instant in UTC at which a date begins; an instant is its own beginning."""
        return whole(day) if isinstance(day, datetime) else first_at(day, 0, self.where)

    def end(self, day: date) -> datetime:
        """The last second of a date."""
        if day == date.max:
            return LAST
        return max(first_at(later(day, 1), 0, self.where) - _SECOND, FIRST)

    # calls

    def slot(self, day: date, name: str) -> datetime | None:
        """The instant at which a call of a date begins; None for a call that the charter does not name."""
        held = self.slots.get(name)
        return None if held is None else first_at(day, held.minute, self.where)

    def expected(self, day: date, name: str) -> bool:
        """Whether a call falls on a date, holidays apart: by the slot's own days, or those of the office."""
        held = self.slots.get(name)
        if held is None:
            return False
        return day.weekday() in (self.week if held.days is None else held.days) or day in self._extra

    # periods

    def due(
        self, start: datetime, kind: str, subject_class: str | None = None, precedence: str = "routine"
    ) -> datetime:
        """The instant that an act of this kind should name as its due, where it is signed at `start`.

        The deadline is that of `kind/class`, else of `kind`, else `deadline.default_hours`; the handling time
        of the precedence may only shorten it, and it is never further than `deadline.most_hours`.
        """
        begin = whole(start)
        period = self.deadlines.get(f"{kind}/{subject_class}") or self.deadlines.get(kind) or self.default
        due = self.after(begin, period)
        if precedence in self.handling:
            due = min(due, self.after(begin, self.handling[precedence]))
        return due

    def after(self, start: datetime, period: Period) -> datetime:
        """The instant, in UTC, at which a period ends that begins at `start`; `most_hours` later at most.

        `days` and `working_days` do not count the day of `start`, and end when the office closes on the last
        day, or for `days` on the next day that it works.
        """
        begin = whole(start)
        limit = moved(begin, self.most)
        if period.unit in ("minutes", "hours"):
            return min(moved(begin, timedelta(**{period.unit: period.count})), limit)
        if period.unit == "working_hours":
            return self._worked(begin, timedelta(hours=period.count), limit)
        ahead = period.count if period.unit == "days" else 1
        wanted = 1 if period.unit == "days" else period.count
        days = self._openings(later(self.day(begin), ahead), limit)
        for count, closes in enumerate((closes for _, closes in days if closes > begin), 1):
            if count == wanted:
                return min(closes, limit)
        return limit

    def notice(self, what: str, day: date | datetime) -> datetime | None:
        """The latest instant at which notice of `what` may be given for a day or an instant; None where
        the charter asks for no notice of it.
        """
        period = self.notices.get(what)
        return None if period is None else self.before(period, day)

    def before(self, period: Period, day: date | datetime) -> datetime:
        """The instant, in UTC, that lies a period before a day or an instant.

        `days` and `working_days` are clear of the day itself: seven days for the 12th are kept by the end of
        the 5th. Hours are counted back from the instant, or from the beginning of the day.
        """
        if isinstance(day, datetime):
            moment, last = whole(day), self.day(whole(day))
        else:
            moment, last = first_at(day, 0, self.where), day
        if period.unit in ("minutes", "hours"):
            return moved(moment, -timedelta(**{period.unit: period.count}))
        if period.unit == "working_hours":
            return self._worked_before(moment, timedelta(hours=period.count))
        if period.unit == "days":
            return self.end(later(last, -period.count))
        for count, (before, _, _) in enumerate(self._openings_before(later(last, -1)), 1):
            if count == period.count:
                return self.end(before)
        return self.end(later(last, -MOST_DAYS))

    def kept(self, what: str, day: date | datetime, given: datetime) -> bool | None:
        """Whether notice that was given at an instant was early enough; None where none is asked for."""
        latest = self.notice(what, day)
        return None if latest is None else whole(given) <= latest

    def _worked(self, start: datetime, span: timedelta, limit: datetime) -> datetime:
        for opens, closes in self._openings(self.day(start), limit):
            begin = max(opens, start)
            if closes > begin:
                if closes - begin >= span:
                    return min(begin + span, limit)
                span -= closes - begin
        return limit

    def _worked_before(self, end: datetime, span: timedelta) -> datetime:
        for _, opens, closes in self._openings_before(self.day(end)):
            stop = min(closes, end)
            if stop > opens:
                if stop - opens >= span:
                    return stop - span
                span -= stop - opens
        return moved(end, -timedelta(days=MOST_DAYS))

    def _openings(self, first: date, limit: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The hours of the working days from a date to an instant, at most a hundred years of them."""
        last = self.day(limit)
        for ahead in range(MOST_DAYS + 1):
            day = later(first, ahead)
            hours = self.opening(day)
            if hours is not None:
                yield hours
            if day >= last:
                return

    def _openings_before(self, last: date) -> Iterator[tuple[date, datetime, datetime]]:
        for back in range(MOST_DAYS + 1):
            day = later(last, -back)
            hours = self.opening(day)
            if hours is not None:
                yield day, *hours
            if day == date.min:
                return


def _periods(said: Mapping[str, Any]) -> Mapping[str, Period]:
    return MappingProxyType({name: Period.parse(value, name) for name, value in said.items()})


def calendar_of(office: Office, terms: Mapping[str, Any] | None = None) -> Calendar:
    """The calendar of an office as counted: its terms (as amended, where they are given), its parties' zones
    and the days that they have declared. Raises ValueError for terms that `check_terms` refuses.
    """
    zones = {party.side: party.time_zone for party in office.charter.parties}
    return Calendar.make(office.charter.terms if terms is None else terms, zones, declared(office))
