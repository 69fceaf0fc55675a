"""The ladder: lanes of the sides from top to bottom, and what passed between them as arrows that fall.

The lanes stand in the reader's order, the first at the reading start. A row is a day, an act or a silence,
and has the height that its words have beside the drawing; the page sets the words, this module the strokes.
Two drawings are made, a wide and a slim one, and mirrored here for languages that run from right to left.

An arrow that crossed others lands below them: its receiver had not seen it when he signed his own. So lines
between two sides meet where acts crossed and nowhere else, whatever times the acts claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from yeollak.desk.staff.dayline import Drawing, Stroke

_WIDE, _SLIM = 380, 112
#: Where the outermost lanes stand.
_EDGE: Final = {_WIDE: 26, _SLIM: 20}
#: Heights of rows, wide and slim; the style sheet has the same.
HEIGHTS: Final = {
    _WIDE: {"day": 36, "act": 64, "silence": 128},
    _SLIM: {"day": 36, "act": 92, "silence": 138},
}
#: How many rows below its own an arrow lands at most: of what crossed more, the words tell.
FAR: Final = 6
#: How far above the middle of its row a way begins that an earlier one lands below, and how far below the
#: middle such a one lands.
_ABOVE: Final = {_WIDE: 26, _SLIM: 36}
_BELOW: Final = {_WIDE: 18, _SLIM: 28}
#: How much of a way the head of its arrow takes.
_HEAD: Final = 8.0
#: How far from a lane a stroke begins, and where an arrow ends.
_OFF: Final = 5

Stance = Literal["unknown", "present", "partial", "withdrawn"]
View = Literal["answered", "late", "unanswered", "line-dead", "excused", "differ", "half"]
Mark = Literal["", "void", "overtaken"]


@dataclass(frozen=True, slots=True)
class Row:
    """What every row has: how each lane's side stands after it."""

    stances: tuple[Stance, ...]


@dataclass(frozen=True, slots=True)
class Day(Row):
    """A new day begins."""


@dataclass(frozen=True, slots=True)
class Silence(Row):
    """A stretch in which the sides of these lanes signed nothing."""

    lanes: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sent(Row):
    """An act of the side at `lane`, to all others.

    weight    its precedence: 0 routine to 3 flash
    receipts  the lanes whose sides have receipted it
    open      whether it is a tender that nobody has taken up
    crossed   rows, by their numbers, of acts on the page that it crossed
    """

    lane: int = 0
    weight: int = 0
    receipts: frozenset[int] = frozenset()
    mark: Mark = ""
    open: bool = False
    crossed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Call(Row):
    """A call that sides observed together: what came of it, and the lanes whose views are entered."""

    view: View = "answered"
    lanes: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a ladder shows. `told` says it in a sentence for whoever does not see it; `ours` is our lane."""

    lanes: int
    rows: Sequence[Row] = ()
    before: tuple[Stance, ...] = ()
    told: str = ""
    ours: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """The way of one arrow: from a lane and height to another."""

    start: tuple[float, float]
    end: tuple[float, float]


def wide(ladder: Ladder, *, mirrored: bool = False) -> Drawing:
    """The drawing between words on both sides."""
    return _Sheet(_WIDE, ladder, mirrored).draw()


def slim(ladder: Ladder, *, mirrored: bool = False) -> Drawing:
    """The drawing beside words, for a narrow window."""
    return _Sheet(_SLIM, ladder, mirrored).draw()


@dataclass(slots=True)
class _Sheet:
    width: int
    ladder: Ladder
    mirrored: bool
    strokes: list[Stroke] = field(default_factory=list)
    tops: list[int] = field(default_factory=list)

    def draw(self) -> Drawing:
        heights = HEIGHTS[self.width]
        top = 0
        for row in self.ladder.rows:
            self.tops.append(top)
            top += heights[_sort(row)]
        self._lanes(top)
        ways: dict[int, dict[int, _Line]] = {}
        for number, row in enumerate(self.ladder.rows):
            match row:
                case Day():
                    self._path(f"M0 {self.tops[number]}.5H{self.width}", "s-hair")
                case Silence():
                    self._silence(number, row)
                case Call():
                    self._call(number, row)
                case Sent():
                    ways[number] = self._sent(number, row)
        for one, other in self._crossings():
            self._cross(ways[one], ways[other], one, other)
        direction = "rtl" if self.mirrored else "ltr"
        return Drawing(self.width, top, direction, self.ladder.told, tuple(self.strokes), ())

    # lanes

    def _lanes(self, height: int) -> None:
        """Every lane as strokes by how its side stands, broken where it is silent, with a cap at a change."""
        for lane in range(self.ladder.lanes):
            stance: Stance = self.ladder.before[lane]
            start = 0.0
            for number, row in enumerate(self.ladder.rows):
                top, middle = self.tops[number], self._middle(number)
                if isinstance(row, Silence) and lane in row.lanes:
                    self._lane(lane, start, top, stance)
                    start = top + HEIGHTS[self.width]["silence"]
                    if stance != "withdrawn":
                        for edge in (top, start):
                            self._path(f"M{self._x(self._lane_x(lane) - 10)} {edge}{self._wave()}", "s-ink")
                if row.stances[lane] != stance:
                    at = middle - 4
                    self._lane(lane, start, at, stance)
                    stance, start = row.stances[lane], at
                    reach, thick = (11, 4) if stance == "withdrawn" else (7, 3)
                    x = self._x(self._lane_x(lane))
                    self._path(f"M{x - reach:.1f} {at:.1f}h{2 * reach}", self._ink(lane), thick)
            self._lane(lane, start, height, stance)

    def _lane(self, lane: int, start: float, end: float, stance: Stance) -> None:
        if end <= start:
            return
        thick, dash = (6, "") if lane == self.ladder.ours else (8, "2 3")
        if stance == "withdrawn":
            thick, dash = 1, "1 7"
        elif stance == "partial":
            thick = 3
        self._path(f"M{self._x(self._lane_x(lane))} {start:.1f}V{end:.1f}", self._ink(lane), thick, dash)

    # rows

    def _silence(self, number: int, row: Silence) -> None:
        """A measure over the gap, beside the words that stand in it."""
        top = self.tops[number]
        end = top + HEIGHTS[self.width]["silence"]
        x, room = self._x(self.width / 2), 12 if self.width == _WIDE else 30
        d = f"M{x} {top + 2}v{room}M{x} {end - 2}v-{room}M{x - 7:.1f} {top + 2}h14M{x - 7:.1f} {end - 2}h14"
        self._path(d, "s-ink")

    def _call(self, number: int, row: Call) -> None:
        y, x = self._middle(number), self._x(self.width / 2)
        for lane in range(self.ladder.lanes):
            if lane in row.lanes:
                at = self._lane_x(lane)
                near = at + (_OFF if at < self.width / 2 else -_OFF)
                for rail in (-2.5, 2.5):
                    self._path(f"M{self._x(near)} {y + rail}H{x}", "s-ink")
        ring = f"M{x - 7:.1f} {y}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0z"
        match row.view:
            case "unanswered":
                self._path(f"M{x - 7:.1f} {y - 6}h14v12h-14z", "f-paper s-ink", 2)
            case "line-dead":
                self._path(f"M{x - 9:.1f} {y - 9}h18v18h-18z", "f-paper", 0)
                self._path(f"M{x - 6:.1f} {y - 6}l12 12m0 -12l-12 12", "s-ink", 2)
            case "excused":
                self._path(f"M{x - 9:.1f} {y - 5}h18v10h-18z", "f-paper", 0)
                self._path(f"M{x - 7:.1f} {y}h14", "s-edge", 2)
            case _:
                self._path(ring, "f-paper s-ink", 2)
                if row.view == "answered":
                    self._path(f"M{x - 3:.1f} {y}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z", "f-ink", 0)
                elif row.view == "late":
                    self._path(f"M{x - 7:.1f} {y}a7 7 0 0 0 14 0z", "f-ink", 0)
                elif row.view == "differ":
                    self._path(f"M{x} {y - 7}v14", "s-ink", 2)

    def _sent(self, number: int, row: Sent) -> dict[int, _Line]:
        """The arrows of an act to every other lane, and its receipts; returns their ways by lane."""
        ink, ways = self._ink(row.lane), {}
        thick = (2, 2, 3, 4)[row.weight]
        middle, here = self._middle(number), self._lane_x(row.lane)
        fall = 14 if self.width == _SLIM else 13
        for lane in range(self.ladder.lanes):
            if lane == row.lane:
                continue
            there = self._lane_x(lane)
            way = 1 if there > here else -1
            landing, starts_high = self._landing(number, row, lane)
            y = middle - (_ABOVE[self.width] if starts_high else 7)
            end = landing if landing is not None else (middle + 9 if starts_high else y + fall)
            line = ways[lane] = _Line((here + way * _OFF, y), (there - way * _OFF, end))
            dash = "6 4" if row.mark else ""
            style = "s-edge" if row.mark == "void" else ink
            if row.open:
                self._tendered(line, way, style)
            elif lane not in row.receipts and row.lane == self.ladder.ours:
                self._path(self._part(line, 0.0, 0.55), style, thick, dash)
            else:
                self._path(self._part(line, 0.0, 1.0, short=_HEAD), style, thick, dash)
                self._head(line, "f-edge" if row.mark == "void" else ink.replace("s-", "f-"))
        if row.receipts:
            self._tick(number, row, ways)
        return ways

    def _tendered(self, line: _Line, way: int, style: str) -> None:
        """What nobody has taken up: a ring that stands before a bar."""
        self._path(self._part(line, 0.0, 0.72), style, 2)
        x, y = self._along(line, 0.74)
        x = self._x(x)
        bar = self._x(self._along(line, 0.74)[0] + way * (15 if self.width == _WIDE else 12))
        self._path(f"M{x - 6:.1f} {y:.1f}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z", f"f-paper {style}", 2)
        self._path(f"M{bar} {y - 14:.1f}v28", "s-ink", 2)

    def _tick(self, number: int, row: Sent, ways: dict[int, _Line]) -> None:
        """The receipt: a dotted way back from who gave it, and a tick at the sender's lane."""
        here, middle = self._lane_x(row.lane), self._middle(number)
        lane = min(row.receipts, key=lambda one: abs(self._lane_x(one) - here))
        way = 1 if self._lane_x(lane) > here else -1
        plain = ways[lane].end[1] - ways[lane].start[1] < 20 and not row.crossed
        y = middle + (12 if self.width == _WIDE else 16)
        if plain:
            back = _Line((self._lane_x(lane) - way * (_OFF + 1), y - 5), (here + way * (_OFF + 20), y))
            self._path(self._part(back, 0.0, 1.0), "s-edge", 1, "1 3")
        elif row.crossed:
            # Where its way begins high, another one lands below.
            high = any(other < number for other in row.crossed)
            y = middle - _ABOVE[self.width] + 15 if high else middle + 14
        at = self._x(here + way * (_OFF + 10))
        self._path(f"M{at - 6:.1f} {y - 1:.1f}l4 5l8 -12", "s-ink", 2)

    # crossing acts

    def _landing(self, number: int, row: Sent, lane: int) -> tuple[float | None, bool]:
        """How low an arrow lands on a lane because acts from there crossed it, and whether it begins high
        because an earlier one lands below it.
        """
        later = [
            other for other in row.crossed if number < other <= number + FAR and self._of(other).lane == lane
        ]
        earlier = any(
            number - FAR <= other < number and self._of(other).lane == lane for other in row.crossed
        )
        if not later:
            return None, earlier
        # One below the other, where several land there: ways of one sender never meet.
        last = max(later)
        return self._middle(last) + _BELOW[self.width] + FAR - (last - number), earlier

    def _crossings(self) -> Iterator[tuple[int, int]]:
        """The pairs of rows that are drawn to cross: each act with the nearest later one that it crossed."""
        for number, row in enumerate(self.ladder.rows):
            if isinstance(row, Sent):
                near = [other for other in row.crossed if number < other <= number + FAR]
                if near:
                    yield number, min(near)

    def _cross(self, one: dict[int, _Line], other: dict[int, _Line], first: int, second: int) -> None:
        """A ringed cross where two ways meet."""
        met = _meeting(one[self._of(second).lane], other[self._of(first).lane])
        if met is None:
            return
        x, y = self._x(met[0]), met[1]
        size = 8 if self.width == _WIDE else 7
        self._path(
            f"M{x - size:.1f} {y:.1f}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 -{2 * size} 0z",
            "f-paper s-ink",
            2,
        )
        self._path(f"M{x - 3:.1f} {y - 3:.1f}l6 6m0-6l-6 6", "s-ink", 2)

    # strokes

    def _of(self, number: int) -> Sent:
        row = self.ladder.rows[number]
        assert isinstance(row, Sent), "only what was sent crosses"
        return row

    def _middle(self, number: int) -> float:
        return self.tops[number] + HEIGHTS[self.width][_sort(self.ladder.rows[number])] / 2

    def _lane_x(self, lane: int) -> float:
        edge = _EDGE[self.width]
        return edge + (self.width - 2 * edge) * lane / max(1, self.ladder.lanes - 1)

    def _ink(self, lane: int) -> str:
        return "s-us" if lane == self.ladder.ours else "s-them"

    def _wave(self) -> str:
        return "q-5 -6 -10 0t-10 0" if self.mirrored else "q5 -6 10 0t10 0"

    def _along(self, line: _Line, share: float) -> tuple[float, float]:
        (x, y), (to_x, to_y) = line.start, line.end
        return x + (to_x - x) * share, y + (to_y - y) * share

    def _part(self, line: _Line, start: float, end: float, short: float = 0.0) -> str:
        """The path of a part of a way; `short` leaves so much of its end for the head of an arrow."""
        if short:
            end -= short / max(1.0, abs(line.end[0] - line.start[0]))
        x, y = self._along(line, start)
        to_x, to_y = self._along(line, end)
        return f"M{self._x(x)} {y:.1f}L{self._x(to_x)} {to_y:.1f}"

    def _head(self, line: _Line, style: str) -> None:
        """The head of an arrow, turned as its way goes."""
        (x, y), (to_x, to_y) = line.start, line.end
        long = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5 or 1.0
        dx, dy = (to_x - x) / long, (to_y - y) / long
        points = [(to_x, to_y)]
        points += [(to_x - 11 * dx + side * 5 * dy, to_y - 11 * dy - side * 5 * dx) for side in (1, -1)]
        self._path("M" + "L".join(f"{self._x(px)} {py:.1f}" for px, py in points) + "z", style, 0)

    def _x(self, x: float) -> float:
        return round(self.width - x if self.mirrored else x, 1)

    def _path(self, d: str, style: str, width: int = 1, dash: str = "") -> None:
        self.strokes.append(Stroke(d, style, width, dash))


def _sort(row: Row) -> str:
    return "day" if isinstance(row, Day) else "silence" if isinstance(row, Silence) else "act"


def _meeting(one: _Line, other: _Line) -> tuple[float, float] | None:
    """Where two ways meet, or None where they do not."""
    (ax, ay), (bx, by) = one.start, one.end
    (cx, cy), (dx, dy) = other.start, other.end
    below = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    if not below:
        return None
    first = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / below
    second = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / below
    if not (0 <= first <= 1 and 0 <= second <= 1):
        return None
    return ax + (bx - ax) * first, ay + (by - ay) * first
