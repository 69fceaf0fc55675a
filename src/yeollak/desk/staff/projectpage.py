"""One undertaking as its page shows it: what is said of it, its plots, and the rows of its tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.text import capfirst

from yeollak.desk.staff import (
    addresses,  # noqa: F401 (it registers a part of addresses)
    plots,
    projects,
)
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.plots import Bar, Bars, Course, Drawn, Hue, Mark, Piece, Series
from yeollak.desk.staff.projects import Cost, Undertaking
from yeollak.desk.staff.values import Part, Voice, words_text
from yeollak.desk.texts import Text
from yeollak.office.statistics.reading import Said
from yeollak.words import clean, day, money, say
from yeollak.words.facts import value_word


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


def newest(reports: Sequence[projects.Report]) -> list[projects.Report]:
    """Reports by the days of which they speak, the last first."""
    return sorted(reports, key=lambda one: (one.said.day, one.said.order), reverse=True)


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


def currency_of(found: Undertaking, currency: str, voice: Voice) -> CostsShown:
    """The costs of one currency, by who bears them."""
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


def report_of(desk: Desk, one: projects.Report, voice: Voice) -> ReportShown:
    """What one report says."""
    state = value_word(desk.lang, "state", one.state) if one.state else None
    return ReportShown(
        desk.url("act", one.said.move.id),
        day_of(one.said.day, desk.lang),
        voice.side(one.said.side),
        "" if one.percent is None else f"{one.percent}%",
        clean(one.milestone, longest=64),
        state or clean(one.state, longest=64),
        words_text(one.said.move.facts.get("about")),
    )


def milestone_of(number: int, one: projects.Milestone, voice: Voice) -> MilestoneShown:
    """A milestone under its number in the plot."""
    return MilestoneShown(
        number,
        clean(one.name, longest=64),
        day_of(one.day, voice.lang),
        tuple(
            (voice.side(side), value_word(voice.lang, "state", state) or clean(state, longest=64))
            for side, state in sorted(one.states.items(), key=lambda said: said[0] != voice.ours)
        ),
        one.state == projects.DIFFERING,
    )


def signs(lang: str) -> tuple[str, ...]:
    """What has become of milestones, in the words of the key."""
    return tuple(
        value_word(lang, "state", name) or name for name in ("planned", "begun", "reached", "missed")
    )


def costs_of(desk: Desk, one: Cost, voice: Voice) -> Iterable[CostShown]:
    """A cost and those that restate it, in their order."""
    for at, cost in enumerate((one, *one.again)):
        said: Said = cost.said
        yield CostShown(
            desk.url("act", said.move.id),
            day_of(said.day, desk.lang),
            words_text(said.move.facts.get("for")),
            money(cost.value, cost.currency),
            voice.side(cost.bearer) if cost.bearer in voice.sides else None,
            voice.side(said.side),
            at > 0,
        )


def inspection_of(desk: Desk, said: Said, voice: Voice) -> InspectionShown:
    """What one inspection found."""
    result = said.fact("result", "")
    return InspectionShown(
        desk.url("act", said.move.id),
        day_of(said.day, desk.lang),
        voice.side(said.side),
        capfirst(value_word(desk.lang, "result", result) or clean(result, longest=64)),
        words_text(said.move.facts.get("about")),
    )


def day_of(value: date, lang: str) -> Part:
    """A day as a part of a page."""
    return Part("day", day(value, lang), iso=value.isoformat())
