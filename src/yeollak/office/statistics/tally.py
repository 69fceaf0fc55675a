"""Tally: counts in cells, and figures that are the sums of their cells by construction.

A figure has dimensions, cells (one value of each dimension, and a number), and nothing else: its total and
its parts are computed whenever they are asked for, so that no total can differ from the sum of its parts. Two
sheets keep what rests on the signer's own word apart from what rests on the telling of others. Everything is
counted on its day, so that a period is the sum of its days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from yeollak.record.canon import MAX_INTEGER

#: What stands in a cell where nothing is stated: no token is written so.
UNSTATED: Final = "-"
#: Between the sides that say one thing: no side's name holds it.
AND: Final = "+"

Cell = tuple[str, ...]

#: Every figure and its dimensions. `costs` stands for one figure a currency, since currencies have no sum.
DIMENSIONS: Final[Mapping[str, Cell]] = {
    "absences": ("side", "level", "notified", "says"),
    "acts": ("side", "procedure", "kind"),
    "calls": ("line", "outcome", "says"),
    "contacts": ("level", "sat", "says"),
    "costs": ("bearer", "side"),
    "decisions": ("side", "procedure", "class", "decision"),
    "differing": ("what", "says"),
    "document-steps": ("side", "procedure", "step", "detail"),
    "documents": ("side", "procedure", "class", "way"),
    "items": ("side", "class", "decision", "default"),
    "lapses": ("side", "procedure"),
    "late-minutes": ("line", "says"),
    "milestones": ("state", "says"),
    "not-held": ("level", "account", "says"),
    "observations": ("side", "line", "view"),
    "offers": ("side", "procedure", "class", "way", "outcome", "ground"),
    "postings": ("side", "step", "function"),
    "presence": ("side", "state"),
    "projects": ("side", "class", "opened", "state"),
    "seats": ("level", "side", "function", "stand-in"),
    "standing": ("side", "step", "detail"),
    "suspensions": ("how", "says"),
    "texts": ("what", "class", "how", "says"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its dimensions, and its cells in their order. `rests` gives those matters that each cell
    rests on; they are no part of what is signed.
    """

    by: Cell
    cells: Mapping[Cell, int]
    rests: Callable[[], Mapping[Cell, tuple[str, ...]]] = field(default=dict, compare=False, repr=False)

    @property
    def matters(self) -> Mapping[Cell, tuple[str, ...]]:
        """The matters that each cell rests on, for readers."""
        return self.rests()

    @property
    def total(self) -> int:
        """The sum of its cells."""
        return sum(self.cells.values())

    def parts(self, dimension: str) -> dict[str, int]:
        """The sum of its cells for each value of a dimension. Raises ValueError for one that it lacks."""
        place, found = self.by.index(dimension), defaultdict[str, int](int)
        for cell, number in self.cells.items():
            found[cell[place]] += number
        return dict(sorted(found.items()))

    def where(self, **values: str) -> int:
        """The sum of the cells that have these values; `stand_in` names the dimension `stand-in`. Raises
        ValueError for a dimension that it lacks.
        """
        wanted = [(self.by.index(name.replace("_", "-")), value) for name, value in values.items()]
        return sum(
            number
            for cell, number in self.cells.items()
            if all(cell[place] == value for place, value in wanted)
        )

    def said_by(self, side: str) -> int:
        """The sum of the cells that a side says, alone or with others. Raises ValueError where nobody says
        them.
        """
        place = self.by.index("says")
        return sum(number for cell, number in self.cells.items() if side in cell[place].split(AND))

    def to_json(self) -> dict[str, Any]:
        """Cells, the parts by each dimension, and the total."""
        return {
            "by": list(self.by),
            "cells": [[*cell, whole(number)] for cell, number in self.cells.items()],
            "parts": {
                name: {value: whole(number) for value, number in self.parts(name).items()} for name in self.by
            },
            "total": whole(self.total),
        }


def whole(number: int) -> int | str:
    """A whole number as deterministic JSON can hold it: beyond 2^53-1, which sums of money may reach, in
    decimal digits.
    """
    return number if number <= MAX_INTEGER else str(number)


def says(sides: Iterable[str], parties: Iterable[str]) -> str:
    """Who says a thing, in the charter's order: `south`, `south+north`."""
    told = set(sides)
    return AND.join(side for side in parties if side in told)


class Counted(NamedTuple):
    """One addition to a cell: on which sheet and on which day it counts, and the matter that it rests on."""

    own: bool
    day: date
    figure: str
    matter: str
    cell: Cell
    number: int


class Book:
    """What is counted, each thing on its day, on two sheets: what rests on the word of whoever signed it, and
    what rests on the telling of others.
    """

    def __init__(self) -> None:
        self.counted: list[Counted] = []

    def sheet(self, own: bool, day: date) -> Sheet:
        """The sheet, at a day, for a thing that rests on one's own word, or on another's telling."""
        return Sheet(self.counted, own, day)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a book, open at a day."""

    _counted: list[Counted]
    _own: bool
    _day: date

    def add(self, figure: str, matter: str, *cell: str, number: int = 1) -> None:
        """Add to a cell of a figure."""
        self._counted.append(Counted(self._own, self._day, figure, matter, cell, number))
