"""A year of calls as a drawing: a row a month, a column a day, the calls of a day below one another.

A stroke is a call that was answered, an open box one that nobody took; where accounts differ the sign is
parted, ours at the reading start. Drawn here and mirrored here for languages that run from right to left. The
same signs stand in the table of a month, each in a drawing of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from yeollak.desk.staff.callcells import Cell
from yeollak.desk.staff.dayline import Drawing, Stroke, Word

_WIDE, _SLIM = 1344, 356
#: Where the first day stands, how wide a day and how high a row is, how high its signs are, and which days
#: are named at the head.
_FIRST: Final = {_WIDE: 104, _SLIM: 46}
_DAY: Final = {_WIDE: 40, _SLIM: 10}
_ROW: Final = {_WIDE: 35, _SLIM: 21}
_SIGNS: Final = {_WIDE: 28, _SLIM: 16}
_NAMED: Final = {_WIDE: range(1, 32), _SLIM: (1, 5, 10, 15, 20, 25, 30)}
_HEAD: Final = 18
#: The most calls of one day that have room.
_MOST: Final = 4
#: The box of a sign that stands by itself.
SIGN_WIDTH, SIGN_HEIGHT = 28, 14


def wide(
    cells: Mapping[date, Sequence[Cell]],
    year: int,
    told: str,
    month: Callable[[int], str],
    *,
    mirrored: bool = False,
) -> Drawing:
    """The drawing for a screen."""
    return _Sheet(_WIDE, mirrored).year(cells, year, told, month)


def slim(
    cells: Mapping[date, Sequence[Cell]],
    year: int,
    told: str,
    month: Callable[[int], str],
    *,
    mirrored: bool = False,
) -> Drawing:
    """The drawing for a narrow window."""
    return _Sheet(_SLIM, mirrored).year(cells, year, told, month)


def sign(cell: Cell, *, mirrored: bool = False, label: str = "") -> Drawing:
    """One call's sign by itself."""
    sheet = _Sheet(SIGN_WIDTH, mirrored)
    sheet.sign(cell, 0, 0, SIGN_WIDTH, SIGN_HEIGHT)
    direction = "rtl" if mirrored else "ltr"
    return Drawing(SIGN_WIDTH, SIGN_HEIGHT, direction, label, tuple(sheet.strokes), ())


@dataclass(slots=True)
class _Sheet:
    width: int
    mirrored: bool
    strokes: list[Stroke] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)

    def year(
        self,
        cells: Mapping[date, Sequence[Cell]],
        year: int,
        told: str,
        month: Callable[[int], str],
    ) -> Drawing:
        """Twelve rows. Raises nothing: days that have no call are empty."""
        first, step, row = _FIRST[self.width], _DAY[self.width], _ROW[self.width]
        for day in _NAMED[self.width]:
            self._word(first + (day - 0.5) * step, 12, "middle", "tx3", str(day))
        self._path(f"M{self._x(0)} {_HEAD}H{self._x(self.width)}", "s-ink", 2)
        for number in range(1, 13):
            top = _HEAD + (number - 1) * row
            self._word(0, round(top + row / 2 + 4), "start", "b", month(number))
            for of_day in (cells[day] for day in cells if (day.year, day.month) == (year, number)):
                x = first + (of_day[0].day.day - 1) * step
                high = _SIGNS[self.width] / max(2, min(_MOST, len(of_day)))
                for at, cell in enumerate(of_day[:_MOST]):
                    self.sign(cell, x, top + 3 + at * high, step, high)
        direction = "rtl" if self.mirrored else "ltr"
        height = _HEAD + 12 * row
        return Drawing(self.width, height, direction, told, tuple(self.strokes), tuple(self.words))

    def sign(self, cell: Cell, x: float, y: float, wide: float, high: float) -> None:
        """What came of a call, within a box."""
        gap = 1.0 if wide < 20 else 1.5
        if cell.mark == "differ":
            views = list(dict.fromkeys(view for view in cell.views if view)) or ["unanswered"]
            each = wide / len(views)
            ours = cell.views[cell.ours] if cell.views else ""
            for at, view in enumerate(views):
                ink = "s-us" if view == ours or (not ours and at == 0) else "s-them"
                self._sign(view, x + at * each, y, each, high, gap, ink)
                if at:
                    self._path(f"M{self._x(x + at * each)} {y + 1:.1f}V{y + high - 1:.1f}", "s-ink")
            return
        self._sign(cell.mark, x, y, wide, high, gap, "s-ink")

    def _sign(self, mark: str, x: float, y: float, wide: float, high: float, gap: float, ink: str) -> None:
        left, right, middle = x + gap, x + wide - gap, y + high / 2
        top, foot = y + high * 0.16 + 0.5, y + high * 0.84 - 0.5
        a, b = self._x(left), self._x(right)
        box = f"M{a} {top:.1f}H{b}V{foot:.1f}H{a}z"
        match mark:
            case "answered":
                self._path(f"M{a} {middle:.1f}H{b}", ink, 4 if high > 9 else 2)
            case "late":
                self._path(box, f"f-paper {ink}", 1)
                self._path(f"M{a} {foot:.1f}H{b}V{top:.1f}z", ink.replace("s-", "f-"), 0)
            case "unanswered":
                self._path(box, f"f-paper {ink}", 2 if high > 9 else 1)
            case "line-dead":
                self._path(
                    f"M{a} {top:.1f}L{b} {foot:.1f}M{b} {top:.1f}L{a} {foot:.1f}", ink, 2 if high > 9 else 1
                )
            case "excused":
                inner = (right - left) / 4
                self._path(f"M{self._x(left + inner)} {middle:.1f}H{self._x(right - inner)}", "s-edge", 2)
            case "cut":
                self._path(f"M{a} {middle:.1f}H{b}", "s-edge", 1, "2 3")
            case "missing":
                centre = self._x((left + right) / 2)
                self._path(f"M{centre - 1:.1f} {middle - 1:.1f}h2v2h-2z", "f-ink", 0)

    def _word(self, x: float, y: int, anchor: str, style: str, text: str) -> None:
        self.words.append(Word(self._x(x), y, anchor, style, text))

    def _x(self, x: float) -> float:
        return round(self.width - x if self.mirrored else x, 1)

    def _path(self, d: str, style: str, width: int = 1, dash: str = "") -> None:
        self.strokes.append(Stroke(d, style, width, dash))
