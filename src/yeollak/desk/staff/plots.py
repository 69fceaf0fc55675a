"""Plots: how something went on through days, and how much fell to whom, drawn on the server.

Ours is a whole stroke, theirs a ticked one, what both say is ink, and what nobody has stated is hollow: a
plot is read without its hues. Every plot has its words in a table beside it and a sentence as its name;
nothing in it is seen there alone. Drawn and mirrored here for languages that run from right to left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal
from unicodedata import category, east_asian_width

from yeollak.desk.staff.dayline import Drawing, Stroke, Word

_WIDE, _SLIM = 860, 356
#: The drawing beside a table of its own.
_HALF = 640
#: Where the axis of a course begins, and what is left for figures behind its end.
_FIRST, _LAST = 52, 64
_TOP, _HEIGHT = 14, 150
#: How high the row of milestones and the row of days are below the axis.
_MARKS, _DAYS = 34, 24
#: How many days are named below a course.
_NAMED: Final = {_WIDE: 6, _SLIM: 3}
_LINE = 16
#: How wide letters are drawn, about: those of Korean and Chinese, and all others; and what stays free between
#: words and a figure.
_BROAD, _NARROW, _APART = 13, 7, 12
#: A row of bars: its words, then its stroke.
_ROW, _BAR = 44, 12

Hue = Literal["us", "them", "both", "none"]
Reached = Literal["planned", "begun", "reached", "missed", "differ"]
_INK: Final = {"us": "s-us", "them": "s-them", "both": "s-ink", "none": "s-edge"}


@dataclass(frozen=True, slots=True)
class Series:
    """What one side has stated, in the order of the days: on which day how many hundredths of the whole."""

    hue: Hue
    points: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone on its day, by the number under which the table names it."""

    number: int
    day: date
    reached: Reached


@dataclass(frozen=True, slots=True)
class Course:
    """How a work went on from a day to another. `told` says it in a sentence."""

    since: date
    until: date
    series: tuple[Series, ...]
    marks: tuple[Mark, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: how much, and whose it is."""

    number: int
    hue: Hue


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of bars: its words, its parts from the reading start, and its figure as it is written."""

    label: str
    pieces: tuple[Piece, ...]
    figure: str

    @property
    def total(self) -> int:
        """The sum of its parts."""
        return sum(piece.number for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Bars:
    """Rows of bars to one scale, which begins at nought. `told` says them in a sentence."""

    rows: tuple[Bar, ...]
    told: str


Drawn = tuple[tuple[str, Drawing], ...]


def course(plot: Course, named: Callable[[date], str], *, mirrored: bool = False) -> Drawn:
    """The drawings of a course for a wide and a narrow window, with the class that each is shown under.
    `named` writes a day shortly.
    """
    return (
        ("only-wide", _Sheet(_WIDE, mirrored).course(plot, named)),
        ("only-slim", _Sheet(_SLIM, mirrored).course(plot, named)),
    )


def bars(plot: Bars, *, beside: bool = False, mirrored: bool = False) -> Drawn:
    """The drawings of bars for a wide and a narrow window, with the class that each is shown under; `beside`
    makes the wide one for half the width of the page.
    """
    return (
        ("only-wide", _Sheet(_HALF if beside else _WIDE, mirrored).bars(plot)),
        ("only-slim", _Sheet(_SLIM, mirrored).bars(plot)),
    )


def wide_bars(plot: Bars, *, mirrored: bool = False) -> Drawing:
    """The wide drawing of bars alone, for a file."""
    return _Sheet(_WIDE, mirrored).bars(plot)


def reach(series: Sequence[Series], told: str, *, mirrored: bool = False) -> Drawing:
    """A small drawing for a row of a list: how far a work has come, by each side that says so."""
    sheet = _Sheet(132, mirrored)
    for at, one in enumerate(series):
        y = 6 + at * 10
        sheet.path(f"M{sheet.x(1)} {y - 4}v8M{sheet.x(131)} {y - 4}v8", "s-edge")
        sheet.path(f"M{sheet.x(1)} {y}H{sheet.x(131)}", "s-hair")
        share = min(100, max(0, one.points[-1][1])) if one.points else 0
        if share:
            sheet.stroke(1, 1 + 130 * share / 100, y, one.hue, 6)
    return sheet.drawing(max(12, len(series) * 10 + 2), told)


def ticks(since: date, until: date, most: int) -> tuple[date, ...]:
    """Days to be named on an axis: both ends, and days between them at even distances, at most so many."""
    days = (until - since).days
    many = max(1, min(most - 1, days))
    return tuple(dict.fromkeys(since + timedelta(days=days * at // many) for at in range(many + 1)))


@dataclass(slots=True)
class _Sheet:
    width: int
    mirrored: bool
    strokes: list[Stroke] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)

    # a course

    def course(self, plot: Course, named: Callable[[date], str]) -> Drawing:
        right = self.width - _LAST
        foot = _TOP + _HEIGHT
        for share in (0, 50, 100):
            y = foot - _HEIGHT * share // 100
            self.path(f"M{self.x(_FIRST)} {y}.5H{self.x(right)}", "s-ink" if share == 0 else "s-hair")
            self.word(0, y + 5, "start", "tx3", f"{share}%")
        span = max(1, (plot.until - plot.since).days)

        def place(day: date) -> float:
            part = min(1.0, max(0.0, (day - plot.since).days / span))
            return _FIRST + (right - _FIRST) * part

        below = foot + (_MARKS if plot.marks else 0)
        for at, day in enumerate(days := ticks(plot.since, plot.until, _NAMED[self.width])):
            x = place(day)
            self.path(f"M{self.x(x)} {foot}v6", "s-ink")
            anchor = "start" if at == 0 else "end" if at == len(days) - 1 and len(days) > 1 else "middle"
            self.word(x if at else _FIRST, below + 20, anchor, "tx2", named(day))
        for y, one in self._apart(plot.series, foot):
            self._steps(one, place, right, foot)
            share = one.points[-1][1]
            self.word(
                right + 8, y, "start", f"b f-{one.hue}" if one.hue in ("us", "them") else "b", f"{share}%"
            )
        for mark in plot.marks:
            self._mark(mark, place(mark.day), foot + 17)
        return self.drawing(below + _DAYS + 4, plot.told)

    def _steps(self, one: Series, place: Callable[[date], float], right: float, foot: float) -> None:
        """What was stated holds until something else is."""
        y = foot - _HEIGHT * one.points[0][1] / 100
        d = f"M{self.x(place(one.points[0][0]))} {y:.1f}"
        for day, share in one.points[1:]:
            y = foot - _HEIGHT * share / 100
            d += f"H{self.x(place(day))}V{y:.1f}"
        self.path(f"{d}H{self.x(right)}", _INK[one.hue], *_pen(one.hue, 3))
        for day, share in one.points:
            x, y = self.x(place(day)), foot - _HEIGHT * share / 100
            self.path(f"M{x - 3:.1f} {y - 3:.1f}h6v6h-6z", f"f-paper {_INK[one.hue]}", 2)

    def _apart(self, series: Sequence[Series], foot: int) -> Iterator[tuple[int, Series]]:
        """The series that have points, each with the height of its figure, so that none covers another."""
        some = sorted((one for one in series if one.points), key=lambda one: -one.points[-1][1])
        lowest = 0
        for one in some:
            y = max(lowest + _LINE, round(foot - _HEIGHT * one.points[-1][1] / 100) + 5)
            lowest = y
            yield y, one

    def _mark(self, mark: Mark, x: float, y: int) -> None:
        at = self.x(x)
        ring = f"M{at - 6:.1f} {y}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z"
        match mark.reached:
            case "missed":
                self.path(f"M{at - 5:.1f} {y - 5}l10 10m0 -10l-10 10", "s-ink", 2)
            case "reached":
                self.path(ring, "f-ink s-ink", 1)
            case _:
                self.path(ring, "f-paper s-ink", 2)
                if mark.reached == "begun":
                    self.path(f"M{at - 6:.1f} {y}a6 6 0 0 0 12 0z", "f-ink", 0)
                elif mark.reached == "differ":
                    self.path(f"M{at} {y - 6}v12", "s-ink", 2)
        self.word(x + 10, y + 5, "start", "tx2", str(mark.number))

    # bars

    def bars(self, plot: Bars) -> Drawing:
        most = max((row.total for row in plot.rows), default=0) or 1
        for at, row in enumerate(plot.rows):
            top = at * _ROW
            # Whole in the table beside it: here the figure may not be covered.
            self.word(
                0, top + 15, "start", "", _fitting(row.label, self.width - _length(row.figure) - _APART)
            )
            self.word(self.width, top + 15, "end", "b", row.figure)
            y = top + 15 + 8 + _BAR // 2
            self.path(f"M{self.x(0)} {y}H{self.x(self.width)}", "s-hair")
            start = 0.0
            for piece in row.pieces:
                end = start + self.width * piece.number / most
                if piece.number > 0:
                    self.stroke(start, max(end, start + 2), y, piece.hue, _BAR)
                start = end
        return self.drawing(len(plot.rows) * _ROW, plot.told)

    def stroke(self, start: float, end: float, y: int, hue: Hue, thick: int) -> None:
        """A bar from the reading start, in the pattern of whoever it belongs to."""
        if hue == "none":
            half = thick // 2 - 1
            self.path(
                f"M{self.x(start)} {y - half}H{self.x(end)}V{y + half}H{self.x(start)}z", "f-paper s-edge", 2
            )
            return
        self.path(f"M{self.x(start)} {y}H{self.x(end)}", _INK[hue], *_pen(hue, thick))

    # the sheet

    def drawing(self, height: int, told: str) -> Drawing:
        direction = "rtl" if self.mirrored else "ltr"
        return Drawing(self.width, height, direction, told, tuple(self.strokes), tuple(self.words))

    def x(self, x: float) -> float:
        return round(self.width - x if self.mirrored else x, 1)

    def path(self, d: str, style: str, width: int = 1, dash: str = "") -> None:
        self.strokes.append(Stroke(d, style, width, dash))

    def word(self, x: float, y: int, anchor: str, style: str, text: str) -> None:
        self.words.append(Word(self.x(x), y, anchor, style, text))


def _length(text: str) -> int:
    """How much room a text takes, about."""
    return sum(
        0 if category(one)[0] == "M" else _BROAD if east_asian_width(one) in "WF" else _NARROW for one in text
    )


def _fitting(text: str, room: int) -> str:
    """A text, cut to what fits."""
    if _length(text) <= room:
        return text
    while text and _length(text) + _BROAD > room:
        text = text[:-1]
    return text.rstrip() + "…"


def _pen(hue: Hue, thick: int) -> tuple[int, str]:
    """How thick a stroke is, and how it is broken: theirs is ticked."""
    return (thick, "2 3") if hue == "them" else (thick, "")
