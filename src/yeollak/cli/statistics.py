"""`yeollak statistics`: the figures of a period, derived from the record that this node holds, or the other
side's figures held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yeollak.cli.opened import chosen, node_option, office_option, opened
from yeollak.cli.options import read_file, shared, write_file
from yeollak.cli.output import Output
from yeollak.cli.usage import Misuse
from yeollak.errors import RecordFault
from yeollak.office.statistics import Difference, Figure, Figures, Period, zones_of
from yeollak.office.statistics.checking import MAX_FIGURES, checked
from yeollak.words.counted import dimension_word, figure_word, part_word, sheet_word

if TYPE_CHECKING:
    from yeollak.storage.reading import OfficeView

_DAY: Final = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--since", type=_DAY, help="The first day (YYYY-MM-DD).")
@click.option("--until", type=_DAY, help="The day after the last (YYYY-MM-DD).")
@click.option("--zone", help="The time zone of the days, one of the charter's; else that of our side.")
@click.option("--matter-links", is_flag=True, help="Name the matters that every cell rests on.")
@click.option(
    "--save", type=click.Path(path_type=Path), help="Write the figures to this new file, to be stated."
)
@click.option(
    "--check",
    "stated",
    type=click.Path(path_type=Path),
    help="Hold the figures in this file, which another side has stated, against the record here.",
)
@node_option
@office_option
@shared
def statistics(
    out: Output,
    since: datetime | None,
    until: datetime | None,
    zone: str | None,
    matter_links: bool,
    save: Path | None,
    stated: Path | None,
    folder: Path,
    office_id: str | None,
) -> int:
    """Show the figures of the days from --since to before --until, as of what this node has counted."""
    if stated is None and (since is None or until is None):
        raise Misuse("Give both --since and --until, or --check with a file.")
    if stated is not None and (since, until, zone, save) != (None, None, None, None):
        raise Misuse("--check takes the days and the zone from its file, and writes none.")
    node = opened(folder)
    from yeollak.storage import figuring, reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    if stated is not None:
        return _check(out, view, read_file(stated, MAX_FIGURES))
    assert since is not None, "asked for above"
    assert until is not None, "asked for above"
    found = figuring.derived(node.alias, view.id, _period(view, since.date(), until.date(), zone))
    if save is not None:
        write_file(save, found.encode())
    told: dict[str, Any] = {"figures": found.to_json()}
    if matter_links:
        told["matters"] = {name: _links(sheet) for name, sheet in _sheets(found)}
    if save is not None:
        told["saved"] = str(save)
    out.result(told)
    _show(out, found, matter_links=matter_links)
    if save is not None:
        out.say("Written: {file}", file=str(save))
    return 0


def _period(view: OfficeView, since: date, until: date, zone: str | None) -> Period:
    zones = zones_of(view.office)
    zone = zone or view.charter.party(view.side).time_zone
    if zone not in zones:
        raise Misuse("--zone: {zone} is none of the charter's: {zones}.", zone=zone, zones=", ".join(zones))
    try:
        return Period(since, until, zone)
    except RecordFault:
        raise Misuse("--until is not after --since, or a day is out of 1900 to 9000.") from None


def _check(out: Output, view: OfficeView, data: bytes) -> int:
    from yeollak.storage import figuring

    derive = partial(figuring.derived, view.alias, view.id)
    found = checked(data, view.office, derive=derive).differences
    out.result({"differences": [_difference(one) for one in found], "equal": not found})
    if not found:
        out.say("These are the figures that the record here gives: they may be countersigned.", "green")
        return 0
    out.say(
        "These are not the figures that the record here gives. Differences: {count}", "red", count=len(found)
    )
    out.tabulate(
        [(" / ".join(one.place), _cell(one.stated), _cell(one.found)) for one in found],
        "place",
        "stated",
        "derived here",
    )
    return 1


def _difference(one: Difference) -> dict[str, Any]:
    return {"found": one.found, "place": list(one.place), "stated": one.stated}


def _cell(value: int | str | None) -> str:
    return "" if value is None else str(value)


def _sheets(found: Figures) -> tuple[tuple[str, Mapping[str, Figure]], tuple[str, Mapping[str, Figure]]]:
    return ("own", found.own), ("told", found.told)


def _links(sheet: Mapping[str, Figure]) -> dict[str, list[Any]]:
    """The matters of every cell, beside its values: the cells are in the order of the instrument."""
    return {
        name: [{"cell": list(cell), "matters": list(figure.matters[cell])} for cell in figure.cells]
        for name, figure in sheet.items()
    }


def _show(out: Output, found: Figures, *, matter_links: bool) -> None:
    frontier = ", ".join(f"{side} {size}" for side, (size, _) in found.frontier.items())
    out.say(
        "From {since} to before {until} ({zone}), as of {frontier}",
        "bold",
        since=found.period.since.isoformat(),
        until=found.period.until.isoformat(),
        zone=found.period.zone,
        frontier=frontier,
    )
    if matter_links:
        _by_matter(out, found)
    else:
        _by_part(out, found)
    _streaks(out, found)
    _firsts(out, found)


def _by_part(out: Output, found: Figures) -> None:
    """Totals and, below each, its parts by every dimension: both sheets side by side."""
    rows: list[tuple[str, ...]] = []
    for name in sorted(found.own.keys() | found.told.keys()):
        figure = found.own.get(name) or found.told[name]
        own, told = found.own.get(name), found.told.get(name)
        if not (own and own.cells) and not (told and told.cells):
            continue
        rows.append((figure_word(out.lang, name), "", "", _total(own), _total(told)))
        for by in figure.by:
            parts = [one.parts(by) if one else {} for one in (own, told)]
            for value in sorted(parts[0].keys() | parts[1].keys()):
                numbers = (f"{part[value]:,}" if value in part else "" for part in parts)
                rows.append(
                    ("", dimension_word(out.lang, by), part_word(out.lang, by, value, name), *numbers)
                )
    out.tabulate(rows, "figure", "by", "part", "own word", "told by others")


def _by_matter(out: Output, found: Figures) -> None:
    rows = [
        (
            figure_word(out.lang, name),
            ", ".join(
                part_word(out.lang, by, value, name) for by, value in zip(figure.by, cell, strict=True)
            ),
            f"{number:,}",
            sheet_word(out.lang, sheet),
            " ".join(figure.matters[cell]),
        )
        for sheet, figures_ in _sheets(found)
        for name, figure in figures_.items()
        for cell, number in figure.cells.items()
    ]
    out.tabulate(rows, "figure", "part", "number", "rests on", "matters")


def _streaks(out: Output, found: Figures) -> None:
    rows = []
    for streak in found.streaks:
        for sort in ("longest", "standing"):
            if sort in streak:
                run = streak[sort]
                named = (part_word(out.lang, name, streak[name]) for name in ("line", "seen_by", "streak"))
                which = sheet_word(out.lang, "longest" if sort == "longest" else "standing streak")
                rows.append((*named, which, str(run["calls"]), run["since"], run["until"]))
    if rows:
        out.tabulate(rows, "line", "seen by", "streak", "which", "calls", "since", "until")


def _firsts(out: Output, found: Figures) -> None:
    lang, rows = out.lang, []
    for first in found.firsts:
        what = (
            f"{part_word(lang, 'line', first['line'])}: {part_word(lang, 'outcome', first['outcome'])}"
            if first["what"] == "call"
            else f"{figure_word(lang, 'contacts')}: {part_word(lang, 'level', first['level'])}"
        )
        waited = (str(first[name]) if name in first else "" for name in ("months", "days", "since"))
        rows.append((what, first["day"], *waited))
    if rows:
        out.tabulate(rows, "first", "day", "months since", "days since", "since")


def _total(figure: Figure | None) -> str:
    return f"{figure.total:,}" if figure is not None and figure.cells else ""
