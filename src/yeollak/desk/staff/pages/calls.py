"""The call book: every regular call as each side saw it, by year, month and day; and the call of now."""

from __future__ import annotations

import secrets
from calendar import Calendar as Weeks
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from yeollak.desk.staff import calldrawing, callwords, derived
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.callcells import Cell, cells, current
from yeollak.desk.staff.clocks import clocks, post_of, reader_of, reading_zone
from yeollak.desk.staff.dayline import Drawing
from yeollak.desk.staff.dayof import call_name, founded, next_call
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matterpage import voice_of
from yeollak.desk.staff.shell import frame, link
from yeollak.desk.staff.values import Part
from yeollak.desk.staff.working import offered
from yeollak.errors import RecordFault
from yeollak.office.calendar import Calendar
from yeollak.office.statistics.period import Period
from yeollak.words import clean, clock, day, say
from yeollak.words.figures import month as month_of
from yeollak.words.figures import offset

#: How many days back a call may be entered from this page: an older one is composed.
_BACK: Final = 7
_KIND: Final = "checkin.observe"
_VIEWS: Final = ("unanswered", "late", "line-dead")
#: The years that have pages.
_YEARS: Final = range(1900, 2999)


@dataclass(frozen=True, slots=True)
class AccountShown:
    """What one side entered of a call."""

    side: Part
    word: str
    at: Part | None
    act: str
    told: bool


@dataclass(frozen=True, slots=True)
class CallShown:
    """A call in the table of a month, or at the side of it: its sign, its hours, what came of it, and every
    side's account.
    """

    sign: Drawing
    clock: str
    hours: str
    name: str
    word: str
    accounts: tuple[AccountShown, ...]
    matter: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day of the month's table; `off` where it belongs to another month or no work is done."""

    number: int
    iso: str
    off: bool
    calls: tuple[CallShown, ...]
    today: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Now:
    """The call of this hour: which it is, whether another side has entered it, and what each button enters;
    of one that is to come, when it begins.
    """

    name: str
    day: str
    date: str
    slot: str
    hours: str
    answers: bool
    theirs: tuple[AccountShown, ...]
    until: str
    views: tuple[tuple[str, str], ...]
    word: str


@require_safe
@page()
def calls(desk: Desk) -> HttpResponse:
    """A year of calls with one month and one day of it, and the call of this hour."""
    calendar, outages = clocks(desk.view)
    book, began = derived.Book(desk.view), founded(desk.view)
    today = calendar.day(desk.now)
    chosen, month = _asked(desk, today)
    sides, zone = desk.sides, reading_zone(desk)
    year = (date(month.year, 1, 1), date(month.year, 12, 31))
    found = cells(book, calendar, outages, sides, year, began, desk.now, desk.view.side)
    lately = cells(book, calendar, outages, sides, (today - timedelta(days=_BACK), today), began, desk.now)
    streaks, firsts = book.told(Period(year[0], date(month.year + 1, 1, 1), _zone(desk, calendar)))
    shown = frame(desk, "calls")
    mirrored = shown["dir"] == "rtl"
    whole = [one for of_day in found.values() for one in of_day]
    told = say(desk.lang, "Calls of {year}, a row a month; the table below has each.", year=month.year)
    page_of = _Months(desk, calendar, mirrored=mirrored)
    columns = page_of.columns(found, month)
    context = {
        **shown,
        "said": callwords.verdict(streaks, desk.lang),
        "figures": callwords.figures(streaks, whole, desk.lang),
        "firsts": list(callwords.news(firsts, desk.lang)),
        "drawings": tuple(
            (style, draw(found, month.year, told, page_of.short, mirrored=mirrored))
            for style, draw in (("only-wide", calldrawing.wide), ("only-slim", calldrawing.slim))
        ),
        "year": month.year,
        "years": [
            (f"?month={other}-{month.month:02}", other)
            for other in (month.year - 1, month.year + 1)
            if other in _YEARS
        ],
        "months": [
            (f"?month={other:%Y-%m}", month_of(other, desk.lang), other == month)
            for other in (date(month.year, number, 1) for number in range(1, 13))
        ],
        "month": month_of(month, desk.lang),
        "weekdays": page_of.weekdays(columns),
        "weeks": page_of.weeks(found, month, today, chosen, columns),
        "chosen": day(chosen, desk.lang),
        "chosen_calls": [page_of.call(one) for one in found.get(chosen, ())],
        "this": _now(desk, calendar, [one for of_day in lately.values() for one in of_day], page_of),
        "may_sign": may_enter(desk),
        "address": link(desk, "compose-kind", _KIND),
        "hours_of": ", ".join(dict.fromkeys((post_of(zone, desk.lang), offset(desk.now.astimezone(zone))))),
        "signs": page_of.signs(),
        "newest": chosen == today,
        "behind": derived.behind(desk.view),
    }
    return render(desk.request, "staff/calls.html", context)


class _Months:
    """Months of the book in the reader's words."""

    def __init__(self, desk: Desk, calendar: Calendar, *, mirrored: bool) -> None:
        self._desk, self._calendar, self._mirrored = desk, calendar, mirrored
        self._voice, self._reader = voice_of(desk), reader_of(desk)

    def columns(self, found: dict[date, list[Cell]], month: date) -> list[int]:
        """The days of the week, from Monday as nought, that are worked or have a call in the month."""
        called = {one.weekday() for one in found if (one.year, one.month) == (month.year, month.month)}
        return sorted({*self._calendar.week, *called}) or list(range(7))

    def weekdays(self, columns: Sequence[int]) -> list[tuple[str, str]]:
        """What days of the week are called, shortly and in full."""
        short, full = (get_day_names(width, locale=self._desk.lang) for width in ("abbreviated", "wide"))
        return [(short[number], full[number]) for number in columns]

    def short(self, number: int) -> str:
        """The name of a month where there is little room."""
        return format_date(date(2018, number, 1), "LLL", locale=self._desk.lang)

    def weeks(
        self,
        found: dict[date, list[Cell]],
        month: date,
        today: date,
        chosen: date,
        columns: Sequence[int],
    ) -> list[list[DayShown]]:
        """The month as weeks, of each the days of these columns."""
        return [
            [
                DayShown(
                    one.day,
                    one.isoformat(),
                    one.month != month.month or (not self._calendar.working(one) and one not in found),
                    tuple(self.call(cell) for cell in found.get(one, ())) if one.month == month.month else (),
                    one == today,
                    one == chosen,
                )
                for one in (week[number] for number in columns)
            ]
            for week in Weeks().monthdatescalendar(month.year, month.month)
            if any(week[number].month == month.month for number in columns)
        ]

    def call(self, cell: Cell) -> CallShown:
        """A call in words, with its sign."""
        lang, name = self._desk.lang, call_name(self._desk.lang, clean(cell.name, longest=40))
        at = clock(cell.at.astimezone(self._reader.zone)) if cell.at is not None else ""
        word = callwords.outcome_word(lang, cell.mark)
        return CallShown(
            calldrawing.sign(cell, mirrored=self._mirrored, label=f"{at} {name}: {word}".strip()),
            at,
            _hours(cell, self._reader.zone),
            name,
            word,
            tuple(self._account(cell, number) for number in range(len(cell.accounts))),
            cell.matter,
        )

    def signs(self) -> list[tuple[Drawing, str]]:
        """The legend."""
        names = ("answered", "late", "unanswered", "line-dead", "excused", "cut", "missing")
        some = [Cell(date.min, "", None, mark, ()) for mark in names]  # type: ignore[arg-type]  # each is one
        return [
            (
                calldrawing.sign(one, mirrored=self._mirrored),
                callwords.outcome_word(self._desk.lang, one.mark),
            )
            for one in some
        ]

    def _account(self, cell: Cell, number: int) -> AccountShown:
        one = cell.accounts[number]
        return AccountShown(
            self._voice.side(one.side),
            callwords.account_word(self._reader, one.view, one.late),
            self._voice.time(one.at) if one.at else None,
            one.act,
            bool(one.view) and not one.own,
        )


def _asked(desk: Desk, today: date) -> tuple[date, date]:
    """The chosen day and the first of the month that the address asks for; today and its month else."""
    given = desk.request.GET
    try:
        chosen = date.fromisoformat(given.get("day", "")[:10])
        if chosen.year in _YEARS:
            return chosen, chosen.replace(day=1)
    except ValueError:
        pass
    try:
        month = date.fromisoformat(f"{given.get('month', '')[:7]}-01")
        if month.year in _YEARS and (month.year, month.month) != (today.year, today.month):
            return month, month
    except ValueError:
        pass
    return today, today.replace(day=1)


def _now(desk: Desk, calendar: Calendar, lately: Sequence[Cell], months: _Months) -> Now | None:
    cell = current(lately, desk.view.side, desk.now)
    coming = next_call(calendar, desk.now) if founded(desk.view) is not None else None
    if cell is not None and cell.at is not None:
        shown = months.call(cell)
        theirs = tuple(
            shown.accounts[number]
            for number, one in enumerate(cell.accounts)
            if one.view and one.side != desk.view.side
        )
        views = tuple((view, callwords.outcome_word(desk.lang, view)) for view in _VIEWS)
        return Now(
            shown.name,
            day(cell.day, desk.lang),
            cell.day.isoformat(),
            cell.name,
            shown.hours,
            bool(theirs),
            theirs,
            "",
            views,
            secrets.token_hex(12),
        )
    if coming is None:
        return None
    name, at = coming
    to_come = Cell(calendar.day(at), name, at, "due", ())
    return Now(
        call_name(desk.lang, name),
        day(to_come.day, desk.lang),
        to_come.day.isoformat(),
        name,
        _hours(to_come, reading_zone(desk)),
        False,
        (),
        at.isoformat(),
        (),
        "",
    )


def may_enter(desk: Desk) -> bool:
    """Whether the reader may state what he saw of a call: an officer who may sign, where it is offered."""
    if not desk.officer or not desk.may(Permission.SIGN):
        return False
    return any(offer.kind.name == _KIND for offer in offered(desk, None))


def _others(desk: Desk) -> list[str]:
    return [side for side in desk.sides if side != desk.view.side]


def _hours(cell: Cell, zone: tzinfo) -> str:
    """When a call begins: on the reader's clock, and in UTC beside it."""
    if cell.at is None:
        return ""
    here = cell.at.astimezone(zone)
    return f"{clock(here)} · {cell.at:%H:%M} UTC" if here.utcoffset() else f"{clock(here)} UTC"


def _zone(desk: Desk, calendar: Calendar) -> str:
    """The zone of the book's days: that of the calendar, where the statistics know it too."""
    where = calendar.where
    name = where.key if isinstance(where, ZoneInfo) else "UTC"
    try:
        Period(date(2000, 1, 1), date(2000, 1, 2), name)
    except RecordFault:
        return "UTC"
    return name


URLS = [path("<int:number>/calls/", calls, name="calls")]
