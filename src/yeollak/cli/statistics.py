"""`yeollak statistics`: the figures of a period, derived from the record that this node holds, or the other
side's figures held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yeollak.cli.opened import chosen, node_option, office_option, opened
from yeollak.cli.options import read_file, shared, write_file
from yeollak.cli.output import Output
from yeollak.errors import RecordFault
from yeollak.office.statistics import Difference, Figure, Figures, Period, check, figures, zones_of
from yeollak.office.statistics.checking import MAX_FIGURES
from yeollak.words import has_term, term
from yeollak.words.acts import kind_word
from yeollak.words.labels import procedure_word, state, state_word

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
        raise click.UsageError("Give both --since and --until, or --check with a file.")
    if stated is not None and (since, until, zone, save) != (None, None, None, None):
        raise click.UsageError("--check takes the days and the zone from its file, and writes none.")
    node = opened(folder)
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    if stated is not None:
        return _check(out, view, read_file(stated, MAX_FIGURES))
    assert since is not None, "asked for above"
    assert until is not None, "asked for above"
    found = figures(view.office, None, _period(view, since.date(), until.date(), zone))
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
        raise click.UsageError(f"--zone {zone!a} is none of the charter's: {', '.join(zones)}.")
    try:
        return Period(since, until, zone)
    except RecordFault:
        raise click.UsageError("--until is not after --since, or a day is out of 1900 to 9000.") from None


def _check(out: Output, view: OfficeView, data: bytes) -> int:
    found = check(data, view.office)
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
    words = _words(out)
    if matter_links:
        _by_matter(out, found, words)
    else:
        _by_part(out, found, words)
    _streaks(out, found)
    _firsts(out, found)


def _by_part(out: Output, found: Figures, words: Mapping[str, str]) -> None:
    """Totals and, below each, its parts by every dimension: both sheets side by side."""
    rows: list[tuple[str, ...]] = []
    for name in sorted(found.own.keys() | found.told.keys()):
        figure = found.own.get(name) or found.told[name]
        own, told = found.own.get(name), found.told.get(name)
        if not (own and own.cells) and not (told and told.cells):
            continue
        rows.append((_name(words, name), "", "", _total(own), _total(told)))
        for by in figure.by:
            parts = [one.parts(by) if one else {} for one in (own, told)]
            for value in sorted(parts[0].keys() | parts[1].keys()):
                numbers = (f"{part[value]:,}" if value in part else "" for part in parts)
                rows.append(("", words.get(by, by), _value(out, words, by, value, name), *numbers))
    out.tabulate(rows, "figure", "by", "part", "own word", "told by others")


def _by_matter(out: Output, found: Figures, words: Mapping[str, str]) -> None:
    rows = [
        (
            _name(words, name),
            ", ".join(_value(out, words, by, value, name) for by, value in zip(figure.by, cell, strict=True)),
            f"{number:,}",
            words[sheet],
            " ".join(figure.matters[cell]),
        )
        for sheet, figures_ in _sheets(found)
        for name, figure in figures_.items()
        for cell, number in figure.cells.items()
    ]
    out.tabulate(rows, "figure", "part", "number", "rests on", "matters")


def _streaks(out: Output, found: Figures) -> None:
    words, rows = _words(out), []
    for streak in found.streaks:
        for sort in ("longest", "standing"):
            if sort in streak:
                run = streak[sort]
                named = (_value(out, words, name, streak[name]) for name in ("line", "seen_by", "streak"))
                which = words["longest"] if sort == "longest" else words["standing streak"]
                rows.append((*named, which, str(run["calls"]), run["since"], run["until"]))
    if rows:
        out.tabulate(rows, "line", "seen by", "streak", "which", "calls", "since", "until")


def _firsts(out: Output, found: Figures) -> None:
    words, rows = _words(out), []
    for first in found.firsts:
        what = (
            f"{_value(out, words, 'line', first['line'])}: {_value(out, words, 'outcome', first['outcome'])}"
            if first["what"] == "call"
            else f"{words['contacts']}: {_value(out, words, 'level', first['level'])}"
        )
        waited = (str(first[name]) if name in first else "" for name in ("months", "days", "since"))
        rows.append((what, first["day"], *waited))
    if rows:
        out.tabulate(rows, "first", "day", "months since", "days since", "since")


def _total(figure: Figure | None) -> str:
    return f"{figure.total:,}" if figure is not None and figure.cells else ""


def _name(words: Mapping[str, str], name: str) -> str:
    figure, _, currency = name.partition("/")
    return f"{words.get(figure, figure)} {currency}".rstrip()


#: (dimension, value) -> the glossary's term for it, where the name of the term is not the value.
_TERMS: Final[Mapping[tuple[str, str], str]] = {
    ("function", "duty"): "duty-officer",
    ("function", "liaison"): "liaison-officer",
    ("ground", "channel"): "ground-channel",
    ("ground", "content"): "ground-content",
    ("ground", "name"): "ground-name",
    ("ground", "no-instruction"): "ground-no-instruction",
    ("ground", "rank"): "ground-rank",
    ("outcome", "answered"): "answered-call",
    ("outcome", "differing"): "differing-accounts",
    ("outcome", "late"): "late-call",
    ("outcome", "unanswered"): "unanswered-call",
    ("state", "differing"): "differing-accounts",
    ("streak", "answered"): "answered-call",
    ("streak", "unanswered"): "unanswered-call",
    ("view", "answered"): "answered-call",
    ("view", "late"): "late-call",
    ("view", "unanswered"): "unanswered-call",
    ("way", "consent"): "by-consent",
    ("way", "right"): "as-of-right",
    ("way", "route"): "other-route",
}
#: (figure, dimension) whose values are kinds of act without the name before the dot -> the names tried.
_STEPS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("document-steps", "step"): ("note", "request"),
    ("postings", "step"): ("posting",),
    ("projects", "opened"): ("project",),
    ("standing", "step"): ("standing",),
}
#: Dimensions whose values are the glossary's own ids.
_NAMED: Final = frozenset({"account", "decision", "function", "outcome", "state", "view", "way", "what"})


def _value(out: Output, words: Mapping[str, str], by: str, value: str, figure: str = "") -> str:
    """A value of a dimension in the reader's words; one that has none, as a side or a class, as it is."""
    if figure == "offers" and by == "outcome":
        return state(out.lang, "note", value, {}) or state_word(out.lang, "request", value, {})
    for procedure in _STEPS.get((figure, by), ()):
        if (said := kind_word(out.lang, f"{procedure}.{value}")) != f"{procedure}.{value}":
            return said
    if figure == "projects" and by == "state":
        return state_word(out.lang, "project", value, {})
    if by == "kind":
        return kind_word(out.lang, value)
    if by == "procedure":
        return procedure_word(out.lang, value)
    named = _TERMS.get((by, value)) or (value if by in _NAMED and has_term(value) else None)
    if named is not None:
        return term(named, out.lang)
    return words.get(f"{by} {value}") or (words["unstated"] if value == "-" else value)


def _words(out: Output) -> Mapping[str, str]:
    """The names of figures, dimensions and values that the glossary has no terms for."""
    return {
        "absences": out.phrase("Absences from meetings"),
        "acts": out.phrase("Acts that stand"),
        "calls": out.phrase("Calls by line"),
        "contacts": out.phrase("Contacts face to face"),
        "costs": out.phrase("Costs in"),
        "decisions": out.phrase("Decisions on items"),
        "differing": out.phrase("Accounts that differ"),
        "document-steps": out.phrase("Steps of notes and requests"),
        "documents": out.phrase("Documents that passed"),
        "items": out.phrase("Items asked for"),
        "lapses": out.phrase("Lapses declared"),
        "late-minutes": out.phrase("Minutes late"),
        "milestones": out.phrase("Milestones of projects"),
        "not-held": out.phrase("Contacts not held"),
        "observations": out.phrase("Calls as each side saw them"),
        "offers": out.phrase("Notes and requests by outcome"),
        "postings": out.phrase("Postings and recalls"),
        "presence": out.phrase("Days of presence of officers"),
        "projects": out.phrase("Projects and works"),
        "seats": out.phrase("Who sat at contacts"),
        "standing": out.phrase("Standing of the sides"),
        "suspensions": out.phrase("Suspensions of the work"),
        "texts": out.phrase("Joint texts"),
        # dimensions
        "account": out.phrase("by account"),
        "bearer": out.phrase("by who bears it"),
        "class": out.phrase("by class"),
        "decision": out.phrase("by decision"),
        "default": out.phrase("by what silence is taken for"),
        "detail": out.phrase("by detail"),
        "function": out.phrase("by function"),
        "ground": out.phrase("by ground of refusal"),
        "how": out.phrase("by how it came about"),
        "kind": out.phrase("by kind of act"),
        "level": out.phrase("by level"),
        "line": out.phrase("by line"),
        "notified": out.phrase("by notice of absence"),
        "opened": out.phrase("by opening"),
        "outcome": out.phrase("by outcome"),
        "procedure": out.phrase("by procedure"),
        "sat": out.phrase("by who sat"),
        "says": out.phrase("by who says so"),
        "side": out.phrase("by side"),
        "stand-in": out.phrase("by stand-in"),
        "state": out.phrase("by state"),
        "step": out.phrase("by step"),
        "view": out.phrase("by what was seen"),
        "way": out.phrase("by the way it passed"),
        "what": out.phrase("by subject"),
        # values
        "level ad-hoc": out.phrase("ad hoc contacts"),
        "level all": out.phrase("all levels"),
        "level delegation": out.phrase("delegations"),
        "level deputy-heads": out.phrase("deputy heads"),
        "level heads": out.phrase("heads of the office"),
        "level high-level": out.phrase("high-level talks"),
        "level liaison": out.phrase("regular liaison contacts"),
        "level working": out.phrase("working talks"),
        "line all": out.phrase("all lines"),
        "line face-to-face": out.phrase("face to face"),
        "longest": out.phrase("longest in the period"),
        "own": out.phrase("own word"),
        "sat in-person": out.phrase("heads in person"),
        "sat stand-in": out.phrase("with a stand-in"),
        "seen_by jointly": out.phrase("the sides together"),
        "stand-in no": out.phrase("no stand-in"),
        "stand-in yes": out.phrase("stand-in"),
        "standing streak": out.phrase("standing at the end"),
        "told": out.phrase("told by others"),
        "unstated": out.phrase("not stated"),
    }
