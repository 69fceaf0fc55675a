"""The day line: the day of the office from 00 to 24 as one stroke, with what passed between the sides.

Ours stands above, theirs below; where the line was dead the stroke has a gap with its length in it, calls are
rings on it, and now is a plumb. Drawn here and mirrored here for languages that run from right to left; the
page only writes the shapes down. Two drawings are made, a wide and a slim one: the slim one has fewer words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

#: Minutes of a day as it is drawn; a day on which clocks change is drawn like any other.
DAY: Final = 24 * 60
_AXIS: Final = 66
_EDGE: Final = 2.0
_WIDE, _SLIM = 1344, 358
_HEIGHTS: Final = {_WIDE: 136, _SLIM: 128}
#: Rows on which words stand: ours, calls and gaps, hours, theirs.
_OURS, _MIDDLE, _HOURS, _THEIRS = 27, 54, 90, 120
_LETTER, _WIDE_LETTER = 7.2, 13.5

Answer = Literal["answered", "late", "unanswered", "line-dead", "excused", "differ", "due", "open"]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the day: its minute, what it is called with its hour, and what came of it (`due`: it has not
    begun; `open`: it has begun and not every view is entered).
    """

    minute: int
    label: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Event:
    """An act of the day, or something that is to come (`ahead`). `weight` decides whose words stand first."""

    minute: int
    label: str
    ours: bool
    weight: int = 0
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Minutes between which the line was dead, with what is written in the gap."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Day:
    """What a day line shows. `now` is a minute of the day, `now_label` what stands at the plumb, `told` the
    day in a sentence for whoever does not see the drawing.
    """

    now: int
    now_label: str
    told: str
    calls: Sequence[Call] = ()
    events: Sequence[Event] = ()
    gaps: Sequence[Gap] = ()


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path: SVG's `d` and its classes; `dash` where it is broken, `width` nought for an area."""

    d: str
    style: str
    width: int = 1
    dash: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """Words at a place. `anchor` is SVG's, for text of the drawing's own direction."""

    x: float
    y: int
    anchor: str
    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing in a box of `width` by `height`; `dir` is the direction of its words."""

    width: int
    height: int
    dir: str
    label: str
    strokes: tuple[Stroke, ...]
    words: tuple[Word, ...]


def wide(day: Day, *, mirrored: bool = False) -> Drawing:
    """The drawing for a screen: every hour, and words wherever there is room."""
    return _Sheet(_WIDE, mirrored).draw(day)


def slim(day: Day, *, mirrored: bool = False) -> Drawing:
    """The drawing for a phone: every third hour, the newest words and the next call."""
    return _Sheet(_SLIM, mirrored).draw(day)


@dataclass(slots=True)
class _Sheet:
    """One drawing on its way. Places are reckoned from the reading start and mirrored when written."""

    width: int
    mirrored: bool
    strokes: list[Stroke] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    _taken: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def draw(self, day: Day) -> Drawing:
        """The whole drawing."""
        self._hours()
        self._stroke(day)
        plumb = self._at(day.now)
        half = _length(day.now_label) / 2
        middle = min(max(plumb, half + _EDGE), self.width - half - _EDGE)
        self.words.append(self._word(middle, 12, "middle", "b", day.now_label))
        # The plumb goes through the rows above the stroke: no words may stand across it.
        for row in (_OURS, _MIDDLE):
            self._taken[row] = [(plumb - 2, plumb + 2)]
        for gap in day.gaps:
            self._put(_MIDDLE, (self._at(gap.start) + self._at(gap.end)) / 2, "middle", "b", gap.label)
        for call in sorted(day.calls, key=lambda one: one.answer not in ("due", "open")):
            self._call(call)
        for event in sorted(day.events, key=lambda one: (-one.weight, -one.minute)):
            self._event(event)
        x = self._x(plumb)
        self._line(f"M{x} 20V80", "s-ink", 2)
        self._line(f"M{x - 6:.1f} 16h12l-6 9z", "f-ink", 0)
        return Drawing(
            self.width,
            _HEIGHTS[self.width],
            "rtl" if self.mirrored else "ltr",
            day.told,
            tuple(self.strokes),
            tuple(self.words),
        )

    # parts

    def _hours(self) -> None:
        for one in range(25):
            big = one % 3 == 0
            if big or self.width == _WIDE:
                self._line(f"M{self._x(self._at(one * 60))} 66v{8 if big else 4}", "s-edge", 1)
            named = big if self.width == _WIDE else one % 6 == 3
            if named and 0 < one < 24:
                self.words.append(self._word(self._at(one * 60), _HOURS, "middle", "tx3", f"{one:02}"))

    def _stroke(self, day: Day) -> None:
        """What has passed as a heavy stroke with gaps, what is to come as a thin one."""
        at = 0
        for gap in sorted(day.gaps, key=lambda one: one.start):
            start, end = max(at, min(gap.start, day.now)), min(gap.end, day.now)
            if start > at:
                self._span(at, start)
            for edge in sorted({gap.start, gap.end} - {0, day.now}):
                self._line(f"M{self._x(self._at(edge))} 57v18", "s-ink", 3)
            at = max(at, end)
        if day.now > at:
            self._span(at, day.now)
        self._line(f"M{self._x(self._at(day.now))} {_AXIS}H{self._x(self._at(DAY))}", "s-edge", 1)

    def _span(self, start: int, end: int) -> None:
        self._line(f"M{self._x(self._at(start))} {_AXIS}H{self._x(self._at(end))}", "s-ink", 3)

    def _call(self, call: Call) -> None:
        x = self._x(self._at(call.minute))
        ring = f"M{x - 7:.1f} {_AXIS}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0"
        match call.answer:
            case "answered":
                self._line(f"M{x} 58v16", "s-ink", 3)
            case "line-dead":
                self._line(f"M{x - 6:.1f} 60l12 12m0 -12l-12 12", "s-ink", 2)
            case "excused":
                self._line(f"M{x - 6:.1f} 66h12", "s-edge", 3)
            case "due":
                self._line(ring, "f-paper s-ink", 2)
            case "late" | "differ":
                self._line(ring, "f-paper s-ink", 2)
                self._line(f"M{x} 59v14a7 7 0 0 0 0 -14z", "f-ink", 0)
            case "unanswered" | "open":
                self._line(f"M{x - 6:.1f} 60h12v12h-12z", "f-paper s-ink", 2)
        if self.width == _WIDE or call.answer in ("due", "open"):
            self._put(_MIDDLE, self._at(call.minute), "beside", "b", call.label, room=12)

    def _event(self, event: Event) -> None:
        x = self._x(self._at(event.minute))
        if event.ours:
            self._line(f"M{x} 58v16" if event.ahead else f"M{x} 63V32", "s-us", 2)
        else:
            self._line(f"M{x} 69V106", "s-them", 3, "2 2")
        style = "tx2" if event.ahead else ""
        self._put(_OURS if event.ours else _THEIRS, self._at(event.minute), "beside", style, event.label)

    # words where there is room

    def _put(self, row: int, x: float, how: str, style: str, text: str, room: int = 4) -> None:
        """Write words on a row where they cover no others; leave them out where there is no room."""
        long = _length(text)
        if how == "middle":
            tries = [(x - long / 2, x + long / 2, x, "middle")]
        else:
            tries = [
                (x + room, x + room + long, x + room, "start"),
                (x - room - long, x - room, x - room, "end"),
            ]
        held = self._taken.setdefault(row, [])
        for start, end, place, anchor in tries:
            inside = start >= 0 and end <= self.width
            if inside and all(end + 3 < one or start - 3 > other for one, other in held):
                held.append((start - 5, end + 5))
                self.words.append(self._word(place, row, anchor, style, text))
                return

    def _word(self, x: float, y: int, anchor: str, style: str, text: str) -> Word:
        # Words run as the drawing does, so their start is the reading start in both.
        return Word(self._x(x), y, anchor, style, text)

    def _line(self, d: str, style: str, width: int, dash: str = "") -> None:
        self.strokes.append(Stroke(d, style, width, dash))

    def _at(self, minute: int) -> float:
        return _EDGE + (self.width - 2 * _EDGE) * min(max(minute, 0), DAY) / DAY

    def _x(self, x: float) -> float:
        return round(self.width - x if self.mirrored else x, 1)


def _length(text: str) -> float:
    """About how wide words are, in pixels: a Hangul or Han letter takes twice the room."""
    wide = sum("\u1100" <= letter <= "\u11ff" or letter >= "\u2e80" for letter in text)
    return wide * _WIDE_LETTER + (len(text) - wide) * _LETTER
