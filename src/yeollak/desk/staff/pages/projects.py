"""Projects and works: the list with what is in common use, one page for each, and their costs as a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from yeollak.desk.staff import (
    addresses,  # noqa: F401 (it registers a part of addresses)
    plots,
    projects,
)
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.clocks import clocks, reader_of
from yeollak.desk.staff.dayline import Drawing
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matteracts import compose_url, functions_of, next_of
from yeollak.desk.staff.matterpage import head_of, voice_of
from yeollak.desk.staff.plots import Series
from yeollak.desk.staff.projectpage import (
    costs_of,
    currency_of,
    day_of,
    hue_of,
    inspection_of,
    milestone_of,
    newest,
    progress_of,
    report_of,
    said_of,
    signs,
)
from yeollak.desk.staff.projects import Thing
from yeollak.desk.staff.sheets import download, sheet
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.titles import Title, title_of
from yeollak.desk.staff.values import Part, Voice, named_text, words_text
from yeollak.desk.texts import Text
from yeollak.errors import OurFault
from yeollak.office.offers import offers
from yeollak.office.statistics.reading import MatterRead, Reader
from yeollak.storage import matters
from yeollak.storage.matters import Wanted
from yeollak.words import clean, money, say
from yeollak.words.deeds import deed_word
from yeollak.words.facts import value_word
from yeollak.words.labels import state_word

#: How many undertakings and things stand on a page of the list.
PAGE: Final = 50
#: How many costs a sheet holds at most, and its head.
MOST: Final = 10_000
COSTS: Final = ("matter", "act", "day", "for", "currency", "value", "borne_by", "stated_by", "restates")
#: What may be begun from the list, as far as it is offered.
_OPENS: Final = ("project.propose", "project.begin", "project.enter", "asset.list")
#: The facts of the opening that stand at the side; all others have a table of their own.
_OPENING: Final = frozenset({"from", "to", "class", "place", "start", "when", "until"})


@dataclass(frozen=True, slots=True)
class RowShown:
    """An undertaking in the list: how far each side says it has come, and what it cost by currency."""

    url: str
    title: Title
    sort: str
    side: Part
    state: str
    begun: Part
    reached: tuple[tuple[Part, str], ...]
    drawing: Drawing | None
    costs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThingShown:
    """A thing on a list."""

    url: str
    title: Title
    side: Part
    count: str
    worth: str
    state: str
    place: Text | None
    users: tuple[tuple[Part, str], ...]


@require_safe
@page()
def listed(desk: Desk) -> HttpResponse:
    """Projects and works, newest first, with what sides may use in common."""
    found = matters.listing(desk.view, Wanted(procedure="project"), PAGE, desk.request.GET.get("after", ""))
    things = matters.listing(
        desk.view, Wanted(procedure="asset", phase="listed"), PAGE, desk.request.GET.get("things", "")
    )
    voice, reader = voice_of(desk), _reader(desk)
    rows = [
        _row(desk, read, voice) for one in found.rows if (read := reader.read(one.row.matter)) is not None
    ]
    kept = [
        thing
        for one in things.rows
        if (read := reader.read(one.row.matter)) is not None and (thing := projects.thing(read)) is not None
    ]
    common, own = projects.in_common(kept)
    context = {
        **frame(desk, "projects"),
        "rows": rows,
        "after": f"?after={found.after}" if found.after else "",
        "paged": bool(desk.request.GET.get("after") or desk.request.GET.get("things")),
        "things_after": f"?things={things.after}#things" if things.after else "",
        "common": [_thing(desk, one, voice) for one in common],
        "own": [_thing(desk, one, voice) for one in own],
        "deeds": list(_deeds(desk)),
    }
    return render(desk.request, "staff/projects.html", context)


@require_safe
@page()
def project(desk: Desk, matter_id: str) -> HttpResponse:
    """One undertaking: where it stands, how it went on, what it cost whom, and what may be done."""
    head = head_of(desk, matter_id)
    read = _reader(desk).read(matter_id)
    if head.procedure != "project" or read is None:
        raise OurFault("no-such-matter", matter=matter_id[:64])
    found, voice = projects.undertaking(read), voice_of(desk)
    coming = next_of(desk, matter_id, voice)
    milestones = [milestone_of(number, one, voice) for number, one in enumerate(found.milestones, 1)]
    context = {
        **frame(desk, "projects"),
        "head": head,
        "title": head.title.plain(desk.lang),
        "next": coming,
        "facts": [one for one in head.facts if one.name in _OPENING],
        "said": said_of(found, voice),
        "progress": progress_of(found, voice, clocks(desk.view)[0].day(desk.now)),
        "reports": [report_of(desk, one, voice) for one in newest(found.reports)],
        "milestones": milestones,
        "signs": signs(desk.lang) if milestones else (),
        "costs": [currency_of(found, name, voice) for name in found.sums],
        "stated": [shown for one in found.costs for shown in costs_of(desk, one, voice)],
        "inspections": [inspection_of(desk, one, voice) for one in reversed(found.inspections)],
        "stages": [
            (voice.side(side), value_word(desk.lang, "stage", stage) or clean(stage, longest=64))
            for side, stage in found.stages.items()
            if side in voice.sides
        ],
    }
    return render(desk.request, "staff/project.html", context)


@require_safe
@page(Permission.EXPORT)
def costs_sheet(desk: Desk) -> HttpResponse:
    """Every cost of every project and works as a sheet, in the codes of the record; one that restates another
    names it.
    """
    reader, rows, after = _reader(desk), list[tuple[object, ...]](), ""
    while len(rows) < MOST:
        found = matters.listing(desk.view, Wanted(procedure="project", order="opened"), PAGE, after)
        for one in found.rows:
            read = reader.read(one.row.matter)
            rows += [] if read is None else _cost_rows(read, desk.lang)
        after = found.after or ""
        if not after:
            break
    today = clocks(desk.view)[0].day(desk.now)
    return download(sheet(COSTS, rows[:MOST]), f"costs-{today.isoformat()}.csv")


def _cost_rows(read: MatterRead, lang: str) -> Iterable[tuple[object, ...]]:
    for first in projects.undertaking(read).costs:
        for cost in (first, *first.again):
            said = words_text(cost.said.move.facts.get("for"))
            yield (
                read.id,
                cost.said.move.id,
                cost.said.day.isoformat(),
                said.pick(lang).text if said is not None else "",
                cost.currency,
                cost.value,
                cost.bearer,
                cost.said.side,
                first.said.move.id if cost is not first else "",
            )


# rows


def _row(desk: Desk, read: MatterRead, voice: Voice) -> RowShown:
    found, lang = projects.undertaking(read), desk.lang
    last = sorted(
        ((side, points[-1][1]) for side, points in found.percents.items()),
        key=lambda one: one[0] != voice.ours,
    )
    sort = read.opening.fact("class", "")
    series = [Series(hue_of(side, voice), found.percents[side]) for side, _ in last]
    return RowShown(
        desk.url("project", read.id),
        title_of(desk.view.office, read.id, lang, voice.side_name),
        capfirst(value_word(lang, "class", sort) or clean(sort, longest=64)),
        voice.side(found.opener),
        state_word(lang, "project", read.state.phase, read.state.slots),
        day_of(found.begun, lang),
        tuple((voice.side(side), f"{percent}%") for side, percent in last),
        plots.reach(series, said_of(found, voice), mirrored=lang == "ar") if series else None,
        tuple(money(sum(bearers.values()), currency) for currency, bearers in found.sums.items()),
    )


def _thing(desk: Desk, one: Thing, voice: Voice) -> ThingShown:
    facts, lang = one.listed.move.facts, desk.lang
    count, worth = facts.get("count"), facts.get("value")
    said = words_text(facts.get("subject"))
    return ThingShown(
        desk.url("matter", one.matter),
        Title(clean(one.asset, longest=64), said),
        voice.side(one.side),
        f"{count:,}" if isinstance(count, int) else "",
        money(int(worth["value"]), str(worth["currency"])) if isinstance(worth, dict) else "",
        capfirst(value_word(lang, "state", one.state) or clean(one.state, longest=64)) if one.state else "",
        named_text("place", one.where.move.facts.get("place")) or named_text("place", facts.get("place")),
        tuple(
            (
                voice.side(side),
                say(lang, "may use it") if extent == "may-use" else say(lang, "may not use it"),
            )
            for side, extent in sorted(one.users.items(), key=lambda use: use[0] != voice.ours)
            if side in voice.sides
        ),
    )


def _deeds(desk: Desk) -> Iterable[tuple[str, str]]:
    """What may be begun, with where it is written: only to whoever may draft."""
    if not desk.officer or not desk.may(Permission.DRAFT):
        return
    offered = {
        offer.kind.name
        for function in functions_of(desk)
        for offer in offers(desk.view.office, desk.view.side, function, None, desk.now, officer=desk.officer)
    }
    for kind in _OPENS:
        if kind in offered:
            yield compose_url(desk, kind), deed_word(desk.lang, kind)


def _reader(desk: Desk) -> Reader:
    """The acts that stand now, with days on the office's clock."""
    zone = getattr(reader_of(desk).zone, "key", "UTC")
    return Reader(desk.view.office, _frontier(desk), str(zone))


def _frontier(desk: Desk) -> Sequence[int]:
    return desk.view.office.frontier()


URLS = [
    path("<int:number>/projects/", listed, name="projects"),
    path("<int:number>/projects/costs.csv", costs_sheet, name="projects-costs"),
    path("<int:number>/projects/<digest:matter_id>/", project, name="project"),
]
