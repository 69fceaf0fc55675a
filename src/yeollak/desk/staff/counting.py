"""Figures as a page shows them: which figure by whom and by what, as a table and as bars.

Pure: an instrument of figures in, plain values out. Columns are those by whom a thing is said, borne or done,
each side first by itself and then together; every row and column has its sum, and what has no room in the
drawing stands in the table, what has none in the table in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.text import capfirst

from yeollak.desk.staff.plots import Bar, Bars, Hue, Piece
from yeollak.office.statistics import Figure
from yeollak.office.statistics.tally import AND, UNSTATED
from yeollak.words import clean, number, say
from yeollak.words.counted import dimension_word, figure_word, part_word

_CONTEXT: Final = "statistics"


def pgettext(context: str, message: str) -> str:
    """Mark a message for the catalogues; it is looked up where it is said."""
    return message


#: By which of its dimensions a figure is set in columns: the first that it has.
ACROSS: Final = ("says", "bearer", "side")
#: How many rows stand in a drawing and in a table.
DRAWN: Final = 10
TABLED: Final = 30
#: Figures under the headings of the page, in their order; `costs` stands for every currency.
GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        pgettext("statistics", "Contacts and calls"),
        (
            "contacts",
            "calls",
            "observations",
            "late-minutes",
            "not-held",
            "absences",
            "seats",
            "differing",
        ),
    ),
    (
        pgettext("statistics", "Notes, requests and texts"),
        ("offers", "documents", "document-steps", "items", "decisions", "lapses", "texts"),
    ),
    (pgettext("statistics", "Projects and costs"), ("projects", "milestones", "costs")),
    (pgettext("statistics", "People and standing"), ("postings", "presence", "standing", "suspensions")),
    (pgettext("statistics", "Everything that was signed"), ("acts",)),
)


@dataclass(frozen=True, slots=True)
class Told:
    """In which language figures are told, which side is the reader's, and what sides are called."""

    lang: str
    ours: str
    sides: Sequence[str]
    name: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, and by which pattern it is drawn."""

    word: str
    hue: Hue


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its words, the numbers under the columns (None where there is no cell), and their sum."""

    label: str
    numbers: tuple[int | None, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Pivot:
    """A figure as a table. `rest` is how many rows have no room in it, and what they come to."""

    name: str
    word: str
    by: str
    across: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sums: tuple[int, ...]
    total: int
    rest: tuple[int, int]
    currency: str

    def shown(self, value: int | None) -> str:
        """A number of it as it is written; sums of money stand under their currency."""
        return "" if value is None else number(value)


def pivot(name: str, figure: Figure, told: Told) -> Pivot:
    """A figure with those who say, bear or do a thing in columns, and all else in rows, the largest first."""
    lang = told.lang
    across = next((one for one in ACROSS if one in figure.by), "")
    place = figure.by.index(across) if across else -1
    found = {cell[place] if across else "" for cell in figure.cells}
    heads = sorted(found, key=lambda one: _order(one, told))
    rows: dict[tuple[str, ...], dict[str, int]] = {}
    for cell, value in figure.cells.items():
        key = tuple(part for at, part in enumerate(cell) if at != place)
        head = cell[place] if across else ""
        rows.setdefault(key, {})[head] = rows.get(key, {}).get(head, 0) + value
    dimensions = [one for one in figure.by if one != across]
    made = sorted(
        (
            Row(
                _label(dimensions, key, name, told),
                tuple(numbers.get(head) for head in heads),
                sum(numbers.values()),
            )
            for key, numbers in rows.items()
        ),
        key=lambda row: (-row.total, row.label),
    )
    beyond = made[TABLED:]
    return Pivot(
        name,
        capfirst(figure_word(lang, name)),
        _between(lang).join(dimension_word(lang, one) for one in dimensions),
        dimension_word(lang, across) if across else "",
        tuple(Column(column_word(head, told), _hue(head, told)) for head in heads),
        tuple(made[:TABLED]),
        tuple(sum(row.numbers[at] or 0 for row in made) for at in range(len(heads))),
        figure.total,
        (len(beyond), sum(row.total for row in beyond)),
        name.partition("/")[2],
    )


def over(name: str, several: Sequence[tuple[str, Figure]], told: Told) -> Pivot:
    """A figure through time: a row for each part of the period, in their order, those without a cell too."""
    by = several[0][1].by
    across = next((one for one in ACROSS if one in by), "")
    place = by.index(across) if across else -1
    rows = []
    for _, figure in several:
        sums: dict[str, int] = {}
        for cell, value in figure.cells.items():
            head = cell[place] if across else ""
            sums[head] = sums.get(head, 0) + value
        rows.append(sums)
    heads = sorted({head for sums in rows for head in sums}, key=lambda one: _order(one, told))
    return Pivot(
        name,
        capfirst(figure_word(told.lang, name)),
        say(told.lang, "by time"),
        dimension_word(told.lang, across) if across else "",
        tuple(Column(column_word(head, told), _hue(head, told)) for head in heads),
        tuple(
            Row(label, tuple(sums.get(head) for head in heads), sum(sums.values()))
            for (label, _), sums in zip(several, rows, strict=True)
        ),
        tuple(sum(sums.get(head, 0) for sums in rows) for head in heads),
        sum(figure.total for _, figure in several),
        (0, 0),
        name.partition("/")[2],
    )


def bars_of(table: Pivot, told: Told, most: int = DRAWN) -> Bars:
    """The first rows as bars, each in the patterns of its columns."""
    rows = [
        Bar(
            row.label or table.word,
            tuple(
                Piece(value, column.hue)
                for column, value in zip(table.columns, row.numbers, strict=True)
                if value
            ),
            number(row.total),
        )
        for row in table.rows[:most]
    ]
    parts = _between(told.lang).join(f"{row.label} {row.figure}" for row in rows)
    words = say(
        told.lang, "{figure}: {total}. {parts}.", figure=table.word, total=number(table.total), parts=parts
    )
    return Bars(tuple(rows), words)


def sheet_of(name: str, figure: Figure) -> tuple[list[str], list[tuple[str | int, ...]]]:
    """A figure as a sheet, in the codes of the record: its dimensions as the head, a cell a row."""
    value = f"value {name.partition('/')[2]}".strip()
    return [*figure.by, value], [(*cell, held) for cell, held in figure.cells.items()]


def every_sheet(sheets: Mapping[str, Mapping[str, Figure]]) -> tuple[list[str], list[tuple[str | int, ...]]]:
    """All figures as one sheet: what they rest on, the figure, a cell as `name=value` pairs, the number."""
    rows: list[tuple[str | int, ...]] = [
        (rests, name, "; ".join(f"{by}={part}" for by, part in zip(figure.by, cell, strict=True)), value)
        for rests, figures in sheets.items()
        for name, figure in figures.items()
        for cell, value in figure.cells.items()
    ]
    return ["rests on", "figure", "cell", "value"], rows


def column_word(head: str, told: Told) -> str:
    """What a column is called: a side, several, or nobody that is stated."""
    if head in ("", UNSTATED):
        return say(told.lang, "not stated")
    names = [told.name(one) if one in told.sides else clean(one, longest=64) for one in head.split(AND)]
    if len(names) > 1 and set(head.split(AND)) == set(told.sides):
        return say(told.lang, "all sides") if len(told.sides) > 2 else say(told.lang, "both sides")
    return (" و" if told.lang == "ar" else " + ").join(names)


def groups_of(figures: Mapping[str, Figure], lang: str) -> list[tuple[str, list[str]]]:
    """The names of figures that have cells, under the headings of the page."""
    found = []
    for title, names in GROUPS:
        some = [
            name
            for one in names
            for name in figures
            if (name == one or name.startswith(f"{one}/")) and figures[name].cells
        ]
        if some:
            found.append((say(lang, title, context=_CONTEXT), some))
    return found


def _label(dimensions: Sequence[str], key: Sequence[str], figure: str, told: Told) -> str:
    parts = []
    for by, value in zip(dimensions, key, strict=True):
        if by in ("side", "account") and value in told.sides:
            parts.append(told.name(value))
        elif value == UNSTATED:
            continue
        else:
            parts.append(clean(part_word(told.lang, by, value, figure), longest=80))
    return capfirst(" · ".join(parts)) if parts else say(told.lang, "not stated")


def _between(lang: str) -> str:
    return "، " if lang == "ar" else ", "


def _order(head: str, told: Told) -> tuple[bool, int, bool, str]:
    names = head.split(AND)
    return head in ("", UNSTATED), len(names), told.ours not in names, head


def _hue(head: str, told: Told) -> Hue:
    if AND in head:
        return "both"
    if head == told.ours:
        return "us"
    return "them" if head in told.sides else "none"
