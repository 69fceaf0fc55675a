"""A paper as data: what a sheet of minutes, an agreement, a note or a roster says, before it is set.

Pure: nothing here knows how paper is made. Every text has the language in which it is to be read; a word that
no line could hold can be broken, and nothing of another side is more than text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from unicodedata import category, east_asian_width

from yeollak.desk.staff.texts import Parallel
from yeollak.words import clean, direction

#: How many languages stand side by side; more stand below one another.
SIDE_BY_SIDE: Final = 4
#: So many letters without a space and no line of a column may hold them.
_UNBROKEN: Final = 20
#: Letters that are whole sentences in one sign count for so many. Of the marks on one letter, those beyond
#: the fourth count as letters, since some faces set them side by side.
_SENTENCE: Final = range(0xFDF0, 0xFE00)
_SENTENCE_COUNTS: Final = 10
_MARKS: Final = 4
_LONGEST: Final = 20_000
_PRIMARY: Final = re.compile(r"[a-z]{2,3}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Line:
    """A text in one language. `mono` where it is bytes for people to compare; `ours` where it is a sentence
    of our own, in which names of others are cleaned and set apart already.
    """

    text: str
    lang: str
    mono: bool = False
    ours: bool = False

    def plain(self, *, apart: bool = False) -> dict[str, Any]:
        """It as plain values, cleaned, and with places where a giant word may be broken; `apart` makes it a
        run of its own in a line with others (UAX #9).
        """
        said = broken(self.text if self.ours else clean(self.text, longest=_LONGEST))
        return {
            "text": f"\u2068{said}\u2069" if apart else said,
            "lang": primary(self.lang),
            "mono": self.mono,
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text of a paper: under a head, with lines before it and after it, and digests in 64 hex digits with
    what each is called. Where the paper is `titled` by it, its titles do not come again.
    """

    head: Line | None
    parallel: Parallel | None = None
    lines: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    digests: tuple[tuple[Line, str], ...] = ()
    titled: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature: whose, and what is said of it. `ticked` marks every side but the first."""

    name: Line
    lines: tuple[Line, ...]
    ticked: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `columns` are the widths to one another, a cell is some lines."""

    head: Line
    columns: tuple[int, ...]
    names: tuple[Line, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in the language `lang`. `running` heads every page beside `page` (with `{page}` and `{pages}`),
    `foot` ends it; a fact is its label and its values.
    """

    lang: str
    office: Line
    title: Line
    page: str
    titles: tuple[Line, ...] = ()
    stamp: Line | None = None
    running: tuple[Line, ...] = ()
    foot: tuple[tuple[Line, ...], ...] = ()
    facts: tuple[tuple[Line, ...], ...] = ()
    texts: tuple[Sheet, ...] = ()
    signed: Line | None = None
    signatures: tuple[Signed, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Line, ...] = ()
    wide: bool = field(default=False)

    def plain(self) -> dict[str, Any]:
        """The paper as plain values for the one who sets it."""
        apart = direction(self.lang) == "rtl"
        return {
            "lang": primary(self.lang),
            "rtl": direction(self.lang) == "rtl",
            "office": self.office.plain(),
            "title": self.title.plain(),
            "titles": _plain(self.titles),
            "stamp": self.stamp.plain() if self.stamp else None,
            "running": _plain(self.running, apart=apart),
            "foot": [_plain(row, apart=apart) for row in self.foot],
            "page": self.page,
            "facts": [_plain(row, apart=apart) for row in self.facts],
            "texts": [_sheet(one, self.lang) for one in self.texts],
            "signed": self.signed.plain() if self.signed else None,
            "signatures": [
                {"name": one.name.plain(), "lines": _plain(one.lines), "ticked": one.ticked}
                for one in self.signatures
            ],
            "tables": [
                {
                    "head": one.head.plain(),
                    "columns": list(one.columns),
                    "names": _plain(one.names),
                    "rows": [[_plain(cell) for cell in row] for row in one.rows],
                }
                for one in self.tables
            ],
            "notes": _plain(self.notes),
            "wide": self.wide,
        }


def primary(lang: str) -> str:
    """The language of a tag without its script and country: what hyphenation and shaping go by."""
    found = _PRIMARY.match(lang)
    return found[0] if found else "und"


def broken(text: str) -> str:
    """A text in which words of more than twenty letters, which no column may hold, have places to break: in
    every script, and never between a letter and its marks.
    """
    made: list[str] = []
    run = marks = 0
    for letter in text:
        if letter.isspace() or letter == "\u200b" or east_asian_width(letter) in "WF":
            run = marks = 0  # here a line may end anyhow
            made.append(letter)
            continue
        marks = marks + 1 if category(letter)[0] in "MC" else 0
        weight = _SENTENCE_COUNTS if ord(letter) in _SENTENCE else 1 if not marks or marks > _MARKS else 0
        if run + weight > _UNBROKEN and weight:
            made.append("\u200b")
            run = 0
        run += weight
        made.append(letter)
    return "".join(made)


def groups(digest: str) -> list[str]:
    """A digest in eight groups of eight digits."""
    return [digest[at : at + 8] for at in range(0, len(digest), 8)]


def letters(value: Any) -> Iterator[str]:
    """Every text in plain values, for whoever must know in which scripts a paper is."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from letters(item)
    elif isinstance(value, list):
        for item in value:
            yield from letters(item)


def _plain(lines: Sequence[Line], *, apart: bool = False) -> list[dict[str, Any]]:
    return [line.plain(apart=apart) for line in lines]


def _sheet(one: Sheet, lang: str) -> dict[str, Any]:
    return {
        "head": one.head.plain() if one.head else None,
        "lines": _plain(one.lines),
        "notes": _plain(one.notes),
        "parts": list(_parts(one.parallel, titled=one.titled, lang=lang)) if one.parallel else [],
        "digests": [{"label": label.plain(), "groups": groups(digest)} for label, digest in one.digests],
    }


def _parts(text: Parallel, *, titled: bool, lang: str) -> Iterator[dict[str, Any]]:
    """A text with at most so many languages side by side at a time."""
    rows = text.rows[1:] if titled else text.rows
    for start in range(0, len(text.columns), SIDE_BY_SIDE):
        columns = text.columns[start : start + SIDE_BY_SIDE]
        yield {
            "columns": [
                {
                    "name": Line(column.native, column.lang).plain(),
                    "force": Line(column.force, lang).plain() if column.force else None,
                    "rtl": column.dir == "rtl",
                }
                for column in columns
            ],
            "rows": [
                {
                    "heading": row.heading,
                    "place": Line(row.place, lang).plain(),
                    "cells": [
                        Line("".join(run.text for run in cell.runs), cell.lang).plain()
                        for cell in row.cells[start : start + SIDE_BY_SIDE]
                    ],
                }
                for row in rows
            ],
        }
