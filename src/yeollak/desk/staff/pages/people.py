"""People: posts of every side, watches with their handover notes, presence day by day, nominations; a roster
to print, and lists for spreadsheets.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from yeollak.desk.staff import looks, peopleof, presenceof
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.calendarof import weekday
from yeollak.desk.staff.clocks import clocks
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matteracts import compose_url
from yeollak.desk.staff.matterpage import voice_of
from yeollak.desk.staff.sheets import download, sheet
from yeollak.desk.staff.shell import frame
from yeollak.office.zones import later
from yeollak.record.canon import format_instant
from yeollak.words import day
from yeollak.words.figures import month

#: The states of an officer on a day, in the order of the key of signs.
STATES = ("present", "absent", "leave")
_HEADS = frozenset({"co-head", "authority"})


@require_safe
@page()
def people(desk: Desk) -> HttpResponse:
    """Everything about the people of the office."""
    voice, may = voice_of(desk), desk.may(Permission.DRAFT)
    first = _month(desk)
    sides = peopleof.sides_of(desk, voice)
    watches = peopleof.watches_of(desk, voice, may=may)
    head = may and desk.function in _HEADS
    calendar = clocks(desk.view)[0]
    context = {
        **frame(desk, "people"),
        "verdict": peopleof.verdict(desk, watches),
        "watches": watches,
        "sides": sides,
        "many": sum(len(one.posts) for one in sides),
        "presence": presenceof.presence_of(desk, first, voice, may=may),
        "columns": [
            (at.day, weekday(at, desk.lang), not calendar.working(at)) for at in presenceof.month_of(first)
        ],
        "signs": [(one, presenceof.presence_word(desk.lang, one)) for one in STATES],
        "month": first,
        "heading": month(first, desk.lang),
        "before": later(first, -1),
        "after": later(first, 31),
        "nominations": peopleof.nominations_of(desk, voice),
        "agrement": [
            presenceof.function_word(desk.lang, one) for one in desk.view.office.terms().get("agrement", ())
        ],
        "nominate": compose_url(desk, "posting.nominate") if head else "",
        "appoint": compose_url(desk, "posting.appoint") if head else "",
    }
    return render(desk.request, "staff/people.html", context)


@require_safe
@page()
def roster(desk: Desk) -> HttpResponse:
    """Who is posted today, as a sheet of paper: sides in the charter's order, which prefers nobody."""
    voice = voice_of(desk)
    order = {side: at for at, side in enumerate(desk.sides)}
    context = {
        **frame(desk, "people"),
        "sides": sorted(peopleof.sides_of(desk, voice), key=lambda one: order[one.side]),
        "today": day(clocks(desk.view)[0].day(desk.now), desk.lang),
        "now": voice.time(format_instant(desk.now)),
    }
    return render(desk.request, "staff/roster.html", context)


@require_safe
@page()
def posts(desk: Desk) -> HttpResponse:
    """The posts as a sheet. Its head is in code words, so that what reads it needs no language."""
    voice = voice_of(desk)
    head = ("side", "side_name", "function", "title", "posted", "key_id", "on_watch", "today",
            "side_mark", "title_mark")  # fmt: skip
    rows = (
        (
            side.side,
            side.part.text,
            one.code,
            one.title.pick(desk.lang).text if one.title is not None else "",
            one.posted,
            one.kid,
            "yes" if one.watch else "no",
            one.today,
            "" if side.ours else looks.codes(side.part.text, desk.lang),
            looks.codes(one.title, desk.lang),
        )
        for side in list(peopleof.sides_of(desk, voice))  # all are known before one is marked
        for one in (*side.posts, *side.keys)
    )
    return download(sheet(head, rows), f"posts-{_today(desk)}.csv")


@require_safe
@page()
def presence(desk: Desk) -> HttpResponse:
    """The presence of a month as a sheet: one row for each officer and day of which something was said."""
    first, voice = _month(desk), voice_of(desk)

    def rows() -> Iterator[tuple[str, ...]]:
        for row in presenceof.presence_of(desk, first, voice, may=False):
            for cell in row.cells:
                if cell.code:
                    mark = "" if row.side.ours else looks.codes(row.side.text, desk.lang)
                    yield cell.day.isoformat(), row.side.text, row.function, row.kid, cell.code, mark

    head = ("day", "side_name", "function", "key_id", "state", "side_mark")
    return download(sheet(head, rows()), f"presence-{first:%Y-%m}.csv")


def _month(desk: Desk) -> date:
    """The first day of the month that the address asks for, else of this one."""
    today = clocks(desk.view)[0].day(desk.now)
    try:
        found = date.fromisoformat(f"{desk.request.GET.get('month', '')[:7]}-01")
    except ValueError:
        return today.replace(day=1)
    return found if 1900 <= found.year < 2200 else today.replace(day=1)


def _today(desk: Desk) -> str:
    return clocks(desk.view)[0].day(desk.now).isoformat()


URLS = [
    path("<int:number>/people/", people, name="people"),
    path("<int:number>/people/roster/", roster, name="roster"),
    path("<int:number>/people/posts.csv", posts, name="people-posts"),
    path("<int:number>/people/presence.csv", presence, name="people-presence"),
]
