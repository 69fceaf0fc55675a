"""Statistics: the figures of any period by side and together, as plots, as tables and as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.text import capfirst
from django.views.decorators.http import require_POST, require_safe

from yeollak.desk.staff import (
    addresses,  # noqa: F401 (it registers a part of addresses)
    counting,
    dayof,
    periods,
    plots,
)
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.clocks import clocks
from yeollak.desk.staff.counting import Pivot, Told
from yeollak.desk.staff.derived import behind, figures_of, through
from yeollak.desk.staff.figuredrafts import begun, fact_day, opening
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matterpage import voice_of
from yeollak.desk.staff.periods import Asked
from yeollak.desk.staff.plots import Drawn
from yeollak.desk.staff.sheets import download, sheet
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.svgfile import svg
from yeollak.desk.staff.values import Part
from yeollak.desk.staff.working import offered
from yeollak.office.statistics import Figure, Figures, facts_of, zones_of
from yeollak.office.statistics.tally import DIMENSIONS
from yeollak.storage import matters
from yeollak.storage.matters import Wanted
from yeollak.words import day, number, say
from yeollak.words.counted import figure_word, part_word, sheet_word
from yeollak.words.labels import state_word

#: How many statements of figures stand on the page.
_STATED: Final = 20
#: Figures whose totals stand at the head of the page.
_HEAD: Final = ("contacts", "calls", "documents", "texts")


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A figure with its plot, its table and where its files are."""

    table: Pivot
    total: str
    drawings: Drawn
    rows: tuple[tuple[str, tuple[str, ...], str], ...]
    sums: tuple[str, ...]
    rest: str
    files: tuple[tuple[str, str], ...]
    through: str


@dataclass(frozen=True, slots=True)
class StatedShown:
    """A statement of figures: whose, of which days, and how it stands."""

    url: str
    side: Part
    days: tuple[Part, Part]
    state: str


@require_safe
@page()
def statistics(desk: Desk) -> HttpResponse:
    """The figures of a period."""
    asked, found = _asked(desk)
    told, figures = told_of(desk), _resting(found, asked)
    groups = counting.groups_of(figures, desk.lang)
    context = {
        **frame(desk, "statistics"),
        "asked": asked,
        "behind": behind(desk.view),
        "days": _days(asked.period.since, asked.last, desk.lang),
        "zones": [(zone, zone == asked.period.zone) for zone in zones_of(desk.view.office)],
        "rests": [
            (
                f"?{asked.query(rests=name if name != 'own' else '')}",
                capfirst(sheet_word(desk.lang, name)),
                name == asked.rests,
            )
            for name in periods.RESTS
        ],
        "presets": [
            (f"?{_query(asked, first, last)}", word, (first, last) == (asked.period.since, asked.last))
            for word, first, last in periods.presets(_today(desk), _founded(desk), desk.lang)
        ],
        "frontier": [
            (told.name(side), number(size), side == told.ours) for side, (size, _) in found.frontier.items()
        ],
        "head": [(number(figures[name].total), capfirst(figure_word(desk.lang, name))) for name in _HEAD],
        "groups": [
            (title, [_shown(desk, name, figures[name], asked, told) for name in names])
            for title, names in groups
        ],
        "none": [
            capfirst(figure_word(desk.lang, name)) for name, figure in figures.items() if not figure.cells
        ],
        "streaks": list(_streaks(found, told)) if asked.rests == "own" else [],
        "firsts": list(_firsts(found, desk.lang)) if asked.rests == "own" else [],
        "stated": _stated(desk),
        "may_state": desk.may(Permission.DRAFT)
        and any(one.kind.name == "figures.state" for one in offered(desk, None)),
        "files": [
            (f"{desk.url('statistics-files', 'figures', ending)}?{asked.query()}", ending.upper())
            for ending in ("json", "csv")
        ],
    }
    return render(desk.request, "staff/statistics.html", context)


@require_safe
@page(Permission.EXPORT)
def files(desk: Desk, name: str, ending: str) -> HttpResponse:
    """One figure, or all of them (`figures`), as a file: CSV, JSON, or the plot as SVG."""
    asked, found = _asked(desk)
    told, figures = told_of(desk), _resting(found, asked)
    days = f"{asked.period.since.isoformat()}--{asked.last.isoformat()}"
    stem = f"{name}-{days}" if asked.rests == "own" else f"{name}-{asked.rests}-{days}"
    if name == "figures":
        if ending == "json":
            # These bytes can be stated: every node that holds the record derives the same.
            return _file(found.encode(), "application/json", f"{stem}.json")
        if ending == "csv":
            return download(
                sheet(*counting.every_sheet({"own": found.own, "told": found.told})), f"{stem}.csv"
            )
        raise Http404
    kept = _figure_name(name)
    figure = figures.get(kept)
    if figure is None:
        raise Http404
    match ending:
        case "csv":
            return download(sheet(*counting.sheet_of(kept, figure)), f"{stem}.csv")
        case "json":
            value = {
                "figure": kept,
                "frontier": {side: [size, root] for side, (size, root) in found.frontier.items()},
                "office": found.office,
                "period": found.period.to_json(),
                "rests": asked.rests,
                **figure.to_json(),
            }
            return _file(
                json.dumps(value, ensure_ascii=False, sort_keys=True).encode(),
                "application/json",
                f"{stem}.json",
            )
        case "svg":
            table = counting.pivot(kept, figure, told)
            drawing = plots.wide_bars(counting.bars_of(table, told), mirrored=desk.lang == "ar")
            title = f"{table.word}, {_days(asked.period.since, asked.last, desk.lang)}"
            key = " · ".join(column.word for column in table.columns)
            return _file(svg(drawing, title, key), "image/svg+xml", f"{stem}.svg")
        case _:
            raise Http404


@require_safe
@page()
def through_time(desk: Desk, name: str) -> HttpResponse:
    """One figure through the period, day by day, month by month or year by year."""
    asked, found = _asked(desk)
    told, kept = told_of(desk), _figure_name(name)
    if kept not in _resting(found, asked):
        raise Http404
    several = [
        (part, sheet[kept] if kept in sheet else Figure(DIMENSIONS[kept.partition("/")[0]], {}))
        for part, figures in through(desk.view, periods.parts(asked.period))
        for sheet in (_resting(figures, asked),)
    ]
    table = counting.over(kept, several, told)
    plot = counting.bars_of(table, told, len(table.rows))
    context = {
        **frame(desk, "statistics"),
        "days": _days(asked.period.since, asked.last, desk.lang),
        "back": f"{desk.url('statistics')}?{asked.query()}",
        "one": FigureShown(
            table,
            number(table.total),
            plots.bars(plot, beside=True, mirrored=desk.lang == "ar"),
            tuple(
                (row.label, tuple(table.shown(one) for one in row.numbers), number(row.total))
                for row in table.rows
            ),
            tuple(number(one) for one in table.sums),
            "",
            (),
            "",
        ),
    }
    return render(desk.request, "staff/through.html", context)


@require_POST
@page(Permission.DRAFT)
def state(desk: Desk) -> HttpResponse:
    """Begin a draft that states the figures of a period: days filled in, the figures enclosed."""
    _, found = _asked(desk, desk.request.POST.dict())
    return begun(desk, "figures.state", None, facts_of(found), found.encode())


# what is asked for


def told_of(desk: Desk) -> Told:
    """In which words figures are told to the person at the desk."""
    voice = voice_of(desk)
    return Told(desk.lang, desk.view.side, desk.sides, lambda side: voice.side(side).text)


def _asked(desk: Desk, fields: dict[str, Any] | None = None) -> tuple[Asked, Figures]:
    zones = zones_of(desk.view.office)
    own = desk.zone
    given = desk.request.GET.dict() if fields is None else fields
    asked = periods.asked_of(given, _today(desk), zones, own if own in zones else zones[0])
    return asked, figures_of(desk.view, asked.period)


def _figure_name(name: str) -> str:
    """A figure as the record names it: in an address, sums of money stand as `costs-KRW`."""
    return name.replace("-", "/") if name.startswith("costs-") else name


def _resting(found: Figures, asked: Asked) -> dict[str, Figure]:
    return dict(found.told if asked.rests == "told" else found.own)


def _query(asked: Asked, first: date, last: date) -> str:
    return asked.query(since=first.isoformat(), last=last.isoformat())


def _today(desk: Desk) -> date:
    return clocks(desk.view)[0].day(desk.now)


def _founded(desk: Desk) -> date:
    began = dayof.founded(desk.view)
    return clocks(desk.view)[0].day(began) if began is not None else _today(desk)


# what is shown


def _shown(desk: Desk, name: str, figure: Figure, asked: Asked, told: Told) -> FigureShown:
    table = counting.pivot(name, figure, told)
    many, rest = table.rest
    return FigureShown(
        table,
        number(table.total),
        plots.bars(counting.bars_of(table, told), beside=True, mirrored=desk.lang == "ar"),
        tuple(
            (row.label, tuple(table.shown(one) for one in row.numbers), number(row.total))
            for row in table.rows
        ),
        tuple(number(one) for one in table.sums),
        say(
            desk.lang,
            "Rows that have no room here: {n}, together {total}. The file has them all.",
            n=many,
            total=number(rest),
        )
        if many
        else "",
        tuple(
            (
                f"{desk.url('statistics-files', name.replace('/', '-'), ending)}?{asked.query()}",
                ending.upper(),
            )
            for ending in ("csv", "json", "svg")
        ),
        f"{desk.url('statistics-through', name.replace('/', '-'))}?{asked.query()}",
    )


def _streaks(found: Figures, told: Told) -> Iterator[tuple[str, str, str, str, str, str]]:
    lang = told.lang
    for one in found.streaks:
        seen = str(one["seen_by"])
        for sort in ("longest", "standing"):
            if sort in one:
                run = one[sort]
                yield (
                    capfirst(part_word(lang, "line", str(one["line"]))),
                    told.name(seen) if seen in told.sides else part_word(lang, "seen_by", seen),
                    part_word(lang, "streak", str(one["streak"])),
                    sheet_word(lang, "longest" if sort == "longest" else "standing streak"),
                    number(int(run["calls"])),
                    _days(date.fromisoformat(run["since"]), date.fromisoformat(run["until"]), lang),
                )


def _firsts(found: Figures, lang: str) -> Iterator[tuple[str, str, str]]:
    for one in found.firsts:
        if one["what"] == "call":
            words = f"{part_word(lang, 'line', one['line'])}: {part_word(lang, 'outcome', one['outcome'])}"
        else:
            words = f"{figure_word(lang, 'contacts')}: {part_word(lang, 'level', one['level'])}"
        since = _word_day(str(one["since"]), lang) if "since" in one else ""
        yield capfirst(words), _word_day(str(one["day"]), lang), since


def _stated(desk: Desk) -> list[StatedShown]:
    voice, found = voice_of(desk), []
    for one in matters.listing(desk.view, Wanted(procedure="figures", order="opened"), _STATED).rows:
        act = opening(desk, one.row.matter)
        if act is None or act.move is None:
            continue
        state_now = desk.view.office.state(one.row.matter).state
        found.append(
            StatedShown(
                desk.url("statistics-stated", one.row.matter),
                voice.side(act.side),
                (
                    fact_day(act.move.facts.get("since"), voice),
                    fact_day(act.move.facts.get("until"), voice),
                ),
                state_word(desk.lang, "figures", one.row.phase, state_now.slots),
            )
        )
    return found


# files


def _file(content: bytes, type_: str, name: str) -> HttpResponse:
    response = download(content, name)
    response["Content-Type"] = type_
    return response


def _days(first: date, last: date, lang: str) -> str:
    if first == last:
        return day(first, lang)
    return f"{day(first, lang)} – {day(last, lang)}"


def _word_day(value: str, lang: str) -> str:
    return day(date.fromisoformat(value), lang)


URLS = [
    path("<int:number>/statistics/", statistics, name="statistics"),
    path("<int:number>/statistics/state/", state, name="statistics-state"),
    path("<int:number>/statistics/through/<slug:name>/", through_time, name="statistics-through"),
    path("<int:number>/statistics/<slug:name>.<slug:ending>", files, name="statistics-files"),
]
