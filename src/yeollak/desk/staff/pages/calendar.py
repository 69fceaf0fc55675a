"""The calendar: a month or a week of the office, and the feeds by which calendar programs have it.

A feed is asked for by programs that sign in with no second factor: its address is a secret of its own, which
is made and ended here, opens this calendar and nothing else, and is logged whenever it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from yeollak.desk.staff import calendarof, dayof, feedof, looks
from yeollak.desk.staff.access import Permission, may
from yeollak.desk.staff.agenda import SORTS, agenda
from yeollak.desk.staff.calendarof import MOST, SHOWN, Entry
from yeollak.desk.staff.clocks import clocks, post_of, reader_of, reading_zone
from yeollak.desk.staff.gate import LANGUAGES, Desk, closed, page, persons_of, view_for, who
from yeollak.desk.staff.hands import hands
from yeollak.desk.staff.matterpage import voice_of
from yeollak.desk.staff.moments import Shown, shown
from yeollak.desk.staff.shell import frame
from yeollak.office.calendar import Calendar
from yeollak.office.zones import later
from yeollak.storage import reading
from yeollak.storage.feeds import Feed, Feeds
from yeollak.words import day, say, say_count, usage
from yeollak.words.called import office_name
from yeollak.words.figures import month

#: What may be in a feed; days are the holidays and closed days of either side.
FEED_SORTS: Final = ("day", *SORTS)
#: How far a feed reaches back and ahead, and the calls in it, of which there are several a day.
_BACK, _AHEAD, _CALLS_BACK, _CALLS_AHEAD = 31, 366, 7, 45
#: How many weeks of years a page can be asked for: a calendar has no use for the year 1 or 9999.
_YEARS: Final = range(1900, 2200)
_TYPE: Final = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class FeedShown:
    """A feed as its owner sees it."""

    id: int
    name: str
    sorts: tuple[str, ...]
    subjects: bool
    created: Shown
    used: Shown | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A sort of entries: whether it is shown, and the address of the page with it turned round."""

    sort: str
    word: str
    on: bool
    url: str


@require_safe
@page()
def calendar(desk: Desk) -> HttpResponse:
    """A month, or with `week` the week of a day."""
    return render(desk.request, "staff/calendar.html", context(desk))


def context(desk: Desk) -> dict[str, Any]:
    """What the page shows."""
    given = desk.request.GET
    held, _ = clocks(desk.view)
    today = held.day(desk.now)
    hidden = tuple(sort for sort in SORTS if sort in given.get("hide", "")[:100].split(","))
    week = "week" in given
    at = _asked(given.get("week") or given.get("month") or given.get("day") or "", today)
    first, last = calendarof.week_days(at) if week else calendarof.month_days(at)
    reader, voice = reader_of(desk), voice_of(desk)
    found = agenda(desk.view, held, first, last, desk.now, [sort for sort in SORTS if sort not in hidden])
    fits, more = calendarof.fitting(found.items, MOST if week else SHOWN)
    entries = calendarof.entries_of(desk, held, fits, voice, reader)
    days = calendarof.days_of(
        held,
        entries,
        first,
        last,
        today,
        0 if week else at.month,
        more,
        voice,
        f"?{_query(hidden)}week=",
    )
    began = dayof.founded(desk.view)
    before = later(first, -7) if week else later(at.replace(day=1), -1)
    after = later(first, 7) if week else later(at.replace(day=1), 32)
    return {
        **frame(desk, "calendar"),
        "week": week,
        "at": at,
        "heading": _span(first, last, desk.lang) if week else month(at, desk.lang),
        "standing": calendarof.standing(held, began, desk.now, today, reader),
        "counted": _counted(held, desk.lang, first, last, at, week=week),
        "days": days,
        "weeks": [days[start : start + 7] for start in range(0, len(days), 7)],
        "columns": [(one.weekday, calendarof.weekday(one.day, desk.lang, short=True)) for one in days[:7]],
        "cut": found.cut,
        "zones": calendarof.zones_of(held, first, last, voice),
        "missing": held.missing_zones,
        "before": _address(week, before, hidden),
        "after": _address(week, after, hidden),
        "here": _address(week, today, hidden),
        "other": _address(not week, at if week else _within(today, at), hidden),
        "choices": [
            Choice(
                sort,
                calendarof.sort_word(desk.lang, sort),
                sort not in hidden,
                _address(week, at, _turned(hidden, sort)),
            )
            for sort in SORTS
        ],
        "hidden": ",".join(hidden),
        **_feeds(desk),
    }


def _feeds(desk: Desk) -> dict[str, Any]:
    zone = desk.zone
    return {
        "feeds": [
            FeedShown(
                one.id,
                one.name,
                tuple(calendarof.sort_word(desk.lang, sort) for sort in FEED_SORTS if sort in one.sorts),
                one.subjects,
                shown(one.created, zone, desk.lang),
                shown(one.used, zone, desk.lang) if one.used is not None else None,
            )
            for one in Feeds(desk.hands.alias).listed(desk.person, desk.view.id)
        ]
    }


# the feeds


@page(confirmed=True)
def feed_new(desk: Desk) -> HttpResponse:
    """Choose what a new feed holds, and see its address this once."""
    token, told = "", ""
    if desk.request.method == "POST":
        given = desk.request.POST
        made, token = Feeds(desk.hands.alias).make(
            desk.person,
            desk.view.id,
            given.get("name", ""),
            [sort for sort in FEED_SORTS if sort in given.getlist("sort")],
            desk.now,
            who(desk.request),
            subjects=given.get("subjects") == "yes",
        )
        told = made.name
    address = reverse("staff:feed", args=[token]) if token else ""
    return render(
        desk.request,
        "staff/feed-new.html",
        {
            **frame(desk, "calendar"),
            "address": desk.request.build_absolute_uri(address) if address else "",
            "told": told,
            # Calls come several times a day and have their own page: who wants them asks for them.
            "sorts": [(one, calendarof.sort_word(desk.lang, one), one != "call") for one in FEED_SORTS],
        },
    )


@require_POST
@page()
def feed_end(desk: Desk) -> HttpResponse:
    """End a feed of one's own."""
    number = desk.request.POST.get("feed", "")
    if number.isdecimal():
        Feeds(desk.hands.alias).end(desk.person, int(number[:18]), desk.now, who(desk.request))
    return HttpResponseRedirect(f"{desk.url('calendar')}#feeds")


@require_safe
@sensitive_variables("token")
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed that a token opens. Whoever has none is told nothing."""
    now = hands().now()
    opened = Feeds(hands().alias).fetched(token[:100], now, who(request))
    known = reading.offices(hands().alias)
    shut = opened is None or opened[1].office not in known or opened[1].office not in opened[0].opens
    if opened is None or shut or not may(opened[0], Permission.SEE):
        nothing = HttpResponseNotFound(b"", content_type="text/plain; charset=utf-8")
        # Django writes the address of what is not found into its log: this one may be somebody's secret.
        nothing._has_been_logged = True  # type: ignore[attr-defined]  # an attribute that its stubs leave out
        return closed(nothing)
    person, which = opened
    lang = person.language if person.language in LANGUAGES else "en"
    view = view_for(person, reading.office_view(hands().alias, which.office))
    with translation.override(usage(lang)), looks.page_of(view, partial(persons_of, view.id)):
        desk = Desk(person, hands(), view, known.index(which.office) + 1, lang, now, request)
        body = _written(desk, which)
    response = HttpResponse(body, content_type=_TYPE)
    response["Content-Disposition"] = 'attachment; filename="yeollak.ics"'
    response["X-Content-Type-Options"] = "nosniff"
    return closed(response)


def _written(desk: Desk, which: Feed) -> bytes:
    held, _ = clocks(desk.view)
    today, reader, voice = held.day(desk.now), reader_of(desk), voice_of(desk)
    first, last = later(today, -_BACK), later(today, _AHEAD)
    sorts = [sort for sort in which.sorts if sort != "call"]
    items = agenda(desk.view, held, first, last, desk.now, sorts).items
    if "call" in which.sorts:
        near = later(today, -_CALLS_BACK), later(today, _CALLS_AHEAD)
        items += agenda(desk.view, held, *near, desk.now, ["call"]).items
    entries = calendarof.entries_of(desk, held, items, voice, reader)
    shown = [_event(desk, held, one, subjects=which.subjects) for one in entries]
    if "day" in which.sorts:
        shown += _closed_days(desk, held, first, last)
    office = office_name(desk.view.charter, desk.lang)
    told = say(desk.lang, "What the record of the office says; the hour of each side stands in the entries.")
    return feedof.feed(shown, desk.view.id, office or "Yeollak", told, desk.now)


def _event(desk: Desk, held: Calendar, one: Entry, *, subjects: bool) -> feedof.Shown:
    item = one.item
    named = subjects or item.sort == "call"
    title = one.title.plain(desk.lang) if named else one.title.word
    summary = title if item.sort == "call" else f"{one.sort_word}: {title}"
    marks = looks.told(one.title.said, desk.lang, words=True) if named else ()
    status: feedof.Status = "CANCELLED" if one.struck else "CONFIRMED"
    if item.phase in ("proposed", "asked", "routed"):
        status = "TENTATIVE"
    here = f"{one.clock} {post_of(reading_zone(desk), desk.lang)}" if one.clock else ""
    comma = "، " if desk.lang == "ar" else ", "
    elsewhere = (f"{hour} {comma.join(side.text for side in sides)}" for sides, hour in one.beside)
    beside = dict.fromkeys(side for sides, _ in one.beside for side in sides if not side.ours)
    lines = [
        *marks,
        one.state,
        here,
        *elsewhere,
        *(told for side in beside for told in _of_side(desk, side.text)),
    ]
    return feedof.Shown(
        key=one.key,
        starts=item.at or item.day,
        ends=item.until,
        summary=_signed(summary, marks),
        lines=lines,
        url=desk.request.build_absolute_uri(one.url) if one.url else "",
        category=one.sort_word,
        status=status,
        busy=item.sort in ("call", "meeting", "series", "crossing") and not one.struck,
    )


def _closed_days(desk: Desk, held: Calendar, first: date, last: date) -> Iterator[feedof.Shown]:
    reader, word = reader_of(desk), calendarof.sort_word(desk.lang, "day")
    at = first
    while at <= last:
        for side in held.closed_by(at):
            said = say(desk.lang, "Holiday of {side}", side=reader.name(side))
            key = f"day/{side}/{at.isoformat()}"
            marks = _of_side(desk, reader.names.get(side) or side) if side != desk.view.side else ()
            yield feedof.Shown(key, at, None, _signed(said, marks), marks, "", word, "CONFIRMED", busy=False)
        at = later(at, 1)


def _signed(summary: str, marks: Sequence[str]) -> str:
    """A line with the sign of a mark before it: a program that shows the line alone shows that too."""
    return f"≠ {summary}" if marks else summary


def _of_side(desk: Desk, name: str) -> tuple[str, ...]:
    """What is to be said of the name of another side."""
    return tuple(f"{name}: {told}" for told in looks.told(name, desk.lang))


# addresses and words


def _asked(text: str, today: date) -> date:
    """The day that an address asks for, a month by its first; today for anything else."""
    try:
        found = date.fromisoformat(text if len(text) != 7 else f"{text}-01")
    except ValueError:
        return today
    return found if found.year in _YEARS else today


def _query(hidden: Sequence[str]) -> str:
    return f"{urlencode({'hide': ','.join(hidden)}, safe=',')}&" if hidden else ""


def _address(week: bool, at: date, hidden: Sequence[str]) -> str:
    asked = f"week={at.isoformat()}" if week else f"month={at.year:04}-{at.month:02}"
    return f"?{_query(hidden)}{asked}"


def _turned(hidden: Sequence[str], sort: str) -> tuple[str, ...]:
    return tuple(one for one in SORTS if (one in hidden) != (one == sort))


def _within(today: date, at: date) -> date:
    """Today where it lies in the month of a day, else the first of that month."""
    return today if (today.year, today.month) == (at.year, at.month) else at.replace(day=1)


def _span(first: date, last: date, lang: str) -> str:
    return f"{day(first, lang)} – {day(last, lang)}"


def _counted(held: Calendar, lang: str, first: date, last: date, at: date, *, week: bool) -> str:
    """How many days the office works, and how many are holidays of a side."""
    days = [later(first, ahead) for ahead in range((last - first).days + 1)]
    days = days if week else [one for one in days if one.month == at.month]
    works = sum(held.working(one) for one in days)
    closed_days = sum(bool(held.closed_by(one)) for one in days)
    parts = [say_count(lang, "{n} working day", "{n} working days", works)]
    if closed_days:
        parts.append(say_count(lang, "{n} holiday of a side", "{n} holidays of a side", closed_days))
    return ("، " if lang == "ar" else ", ").join(parts)


URLS = [
    path("<int:number>/calendar/", calendar, name="calendar"),
    path("<int:number>/calendar/feed/", feed_new, name="feed-new"),
    path("<int:number>/calendar/feed/end/", feed_end, name="feed-end"),
    path("feeds/<str:token>/calendar.ics", feed, name="feed"),
]
