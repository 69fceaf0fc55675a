"""Projects and works: the list with what is in common use, and one page for each with its plots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
from yeollak.desk.staff.plots import Bar, Bars, Course, Drawn, Hue, Mark, Piece, Series
from yeollak.desk.staff.projects import Cost, Thing, Undertaking
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.titles import Title, title_of
from yeollak.desk.staff.values import Part, Voice, words_text
from yeollak.desk.texts import Text
from yeollak.errors import OurFault
from yeollak.office.offers import offers
from yeollak.office.statistics.reading import MatterRead, Reader, Said
from yeollak.storage import matters
from yeollak.storage.matters import Wanted
from yeollak.words import clean, day, money, say
from yeollak.words.deeds import deed_word
from yeollak.words.facts import value_word
from yeollak.words.labels import state_word

#: How many undertakings and things stand on a page of the list.
PAGE: Final = 50
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


@dataclass(frozen=True, slots=True)
class ReportShown:
    """What one report says."""

    url: str
    day: Part
    side: Part
    percent: str
    milestone: str
    state: str
    about: Text | None


@dataclass(frozen=True, slots=True)
class MilestoneShown:
    """A milestone by its number in the plot, and what each side last said of it."""

    number: int
    name: str
    day: Part
    states: tuple[tuple[Part, str], ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class CostShown:
    """A cost: `again` where it restates the one before it, and is not counted."""

    url: str
    day: Part
    purpose: Text | None
    amount: str
    bearer: Part | None
    side: Part
    again: bool


@dataclass(frozen=True, slots=True)
class CostsShown:
    """The costs of one currency, by who bears them."""

    currency: str
    total: str
    drawings: Drawn
    sums: tuple[tuple[Part | None, str], ...]


@dataclass(frozen=True, slots=True)
class InspectionShown:
    """What an inspection found."""

    url: str
    day: Part
    side: Part
    result: str
    about: Text | None


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
    milestones = [_milestone(number, one, voice) for number, one in enumerate(found.milestones, 1)]
    context = {
        **frame(desk, "projects"),
        "head": head,
        "title": head.title.plain(desk.lang),
        "next": coming,
        "facts": [one for one in head.facts if one.name in _OPENING],
        "said": said_of(found, voice),
        "progress": progress_of(found, voice, clocks(desk.view)[0].day(desk.now)),
        "reports": [_report(desk, one, voice) for one in _newest(found.reports)],
        "milestones": milestones,
        "signs": _signs(desk.lang) if milestones else (),
        "costs": [_currency(found, name, voice) for name in found.sums],
        "stated": [shown for one in found.costs for shown in _costs(desk, one, voice)],
        "inspections": [_inspection(desk, one, voice) for one in reversed(found.inspections)],
        "stages": [
            (voice.side(side), value_word(desk.lang, "stage", stage) or clean(stage, longest=64))
            for side, stage in found.stages.items()
            if side in voice.sides
        ],
    }
    return render(desk.request, "staff/project.html", context)


def _newest(reports: Sequence[projects.Report]) -> list[projects.Report]:
    """Reports by the days of which they speak, the last first."""
    return sorted(reports, key=lambda one: (one.said.day, one.said.order), reverse=True)


# what is said and drawn of one undertaking


def said_of(found: Undertaking, voice: Voice) -> str:
    """How far the work has come by what each side says, in a sentence."""
    lang = voice.lang
    told = [
        say(
            lang,
            "{side} says {percent}",
            side=isolated(voice, side),
            percent=isolated(voice, f"{points[-1][1]}%"),
        )
        for side, points in sorted(found.percents.items(), key=lambda one: one[0] != voice.ours)
    ]
    if not told:
        return say(lang, "No side has stated how much of it is done.")
    return say(
        lang, "Of how much is done: {statements}.", statements=("، " if lang == "ar" else ", ").join(told)
    )


def progress_of(found: Undertaking, voice: Voice, today: date) -> Drawn:
    """The plot of the progress by side, with the milestones; nothing where nobody has stated any."""
    if not found.percents and not found.milestones:
        return ()
    plot = Course(
        since=found.begun,
        until=_end(found, today),
        series=tuple(
            Series(hue_of(side, voice), points)
            for side, points in sorted(found.percents.items(), key=lambda one: one[0] != voice.ours)
        ),
        marks=tuple(
            Mark(number, one.day, _REACHED.get(one.state, "planned"))
            for number, one in enumerate(found.milestones, 1)
        ),
        told=said_of(found, voice),
    )
    return plots.course(plot, short_day, mirrored=voice.lang == "ar")


def _end(found: Undertaking, today: date) -> date:
    """Where the plot ends: when it was done, else today, but never so long after the last word of it that
    what was said has no room.
    """
    if found.done is not None:
        return max(found.done, found.last)
    room = max(timedelta(days=14), (found.last - found.begun) / 3)
    return max(found.last, min(today, found.last + room))


_REACHED: Final[dict[str, plots.Reached]] = {
    "planned": "planned",
    "begun": "begun",
    "reached": "reached",
    "missed": "missed",
    projects.DIFFERING: "differ",
}


def hue_of(side: str, voice: Voice) -> Hue:
    """By which pattern a side is drawn; nobody's where it is no side."""
    if side == voice.ours:
        return "us"
    return "them" if side in voice.sides else "none"


def short_day(value: date) -> str:
    """A day as an axis has room for it, the same in every language: 2020-06-09."""
    return value.isoformat()


def _currency(found: Undertaking, currency: str, voice: Voice) -> CostsShown:
    sums = found.sums[currency]
    order = [*voice.sides, *(name for name in sums if name not in voice.sides)]
    order.sort(key=lambda side: side != voice.ours)
    bearers = [side for side in order if side in sums]
    rows = tuple(
        Bar(_bearer(side, voice), (Piece(sums[side], hue_of(side, voice)),), money(sums[side], currency))
        for side in bearers
    )
    told = say(
        voice.lang,
        "Costs in {currency} by who bears them: {parts}.",
        currency=currency,
        parts=("، " if voice.lang == "ar" else ", ").join(f"{row.label} {row.figure}" for row in rows),
    )
    return CostsShown(
        currency,
        money(sum(sums.values()), currency),
        plots.bars(Bars(rows, told), mirrored=voice.lang == "ar"),
        tuple(
            (voice.side(side) if side in voice.sides else None, money(sums[side], currency))
            for side in bearers
        ),
    )


def _bearer(side: str, voice: Voice) -> str:
    return voice.side(side).text if side in voice.sides else say(voice.lang, "not stated who")


def isolated(voice: Voice, text: str) -> str:
    """A side by its name, or figures, as a run of its own in a sentence from right to left (UAX #9)."""
    shown = voice.side(text).text if text in voice.sides else clean(text, longest=64)
    return f"\u2068{shown}\u2069" if voice.lang == "ar" else shown


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
        _day(found.begun, lang),
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
        words_text(one.where.move.facts.get("place")) or words_text(facts.get("place")),
        tuple(
            (
                voice.side(side),
                say(lang, "may use it") if extent == "may-use" else say(lang, "may not use it"),
            )
            for side, extent in sorted(one.users.items(), key=lambda use: use[0] != voice.ours)
            if side in voice.sides
        ),
    )


def _report(desk: Desk, one: projects.Report, voice: Voice) -> ReportShown:
    state = value_word(desk.lang, "state", one.state) if one.state else None
    return ReportShown(
        desk.url("act", one.said.move.id),
        _day(one.said.day, desk.lang),
        voice.side(one.said.side),
        "" if one.percent is None else f"{one.percent}%",
        clean(one.milestone, longest=64),
        state or clean(one.state, longest=64),
        words_text(one.said.move.facts.get("about")),
    )


def _milestone(number: int, one: projects.Milestone, voice: Voice) -> MilestoneShown:
    return MilestoneShown(
        number,
        clean(one.name, longest=64),
        _day(one.day, voice.lang),
        tuple(
            (voice.side(side), value_word(voice.lang, "state", state) or clean(state, longest=64))
            for side, state in sorted(one.states.items(), key=lambda said: said[0] != voice.ours)
        ),
        one.state == projects.DIFFERING,
    )


def _signs(lang: str) -> tuple[str, ...]:
    return tuple(
        value_word(lang, "state", name) or name for name in ("planned", "begun", "reached", "missed")
    )


def _costs(desk: Desk, one: Cost, voice: Voice) -> Iterable[CostShown]:
    for at, cost in enumerate((one, *one.again)):
        said: Said = cost.said
        yield CostShown(
            desk.url("act", said.move.id),
            _day(said.day, desk.lang),
            words_text(said.move.facts.get("for")),
            money(cost.value, cost.currency),
            voice.side(cost.bearer) if cost.bearer in voice.sides else None,
            voice.side(said.side),
            at > 0,
        )


def _inspection(desk: Desk, said: Said, voice: Voice) -> InspectionShown:
    result = said.fact("result", "")
    return InspectionShown(
        desk.url("act", said.move.id),
        _day(said.day, desk.lang),
        voice.side(said.side),
        capfirst(value_word(desk.lang, "result", result) or clean(result, longest=64)),
        words_text(said.move.facts.get("about")),
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


def _day(value: date, lang: str) -> Part:
    return Part("day", day(value, lang), iso=value.isoformat())


def _reader(desk: Desk) -> Reader:
    """The acts that stand now, with days on the office's clock."""
    zone = getattr(reader_of(desk).zone, "key", "UTC")
    return Reader(desk.view.office, _frontier(desk), str(zone))


def _frontier(desk: Desk) -> Sequence[int]:
    return desk.view.office.frontier()


URLS = [
    path("<int:number>/projects/", listed, name="projects"),
    path("<int:number>/projects/<digest:matter_id>/", project, name="project"),
]
