"""Plots of how figures grow, as SVG: both axes by powers of ten, so that a straight line is a power.

Drawn without a library, as the desk draws its own (`desk.staff.plots`). Lines are told apart by their marks,
and by their names at the end, not by hue alone; the figures stand in tables beside every plot.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

#: A line: by size of the record, what was measured. Sizes that were not measured are left out.
Line = Mapping[int, float]

_WIDE, _HIGH = 760, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 206, 40, 42
#: Hue and mark of each line, in their order; the hues keep apart for readers who see few.
_STYLES = (
    ("#0b6e99", "circle"),
    ("#b3541e", "square"),
    ("#4c7a34", "diamond"),
    ("#7a4b9a", "triangle"),
    ("#8a6d1f", "cross"),
    ("#5b6470", "ring"),
)
_LINE = 15


def plot(title: str, unit: str, lines: Mapping[str, Line]) -> str:
    """The plot of lines by their names, as the text of an SVG file. Raises ValueError without any figure."""
    known = {name: {x: y for x, y in sorted(line.items()) if y > 0} for name, line in lines.items()}
    known = {name: line for name, line in known.items() if line}
    if not known:
        raise ValueError("there is nothing to plot")
    xs = [math.log10(x) for line in known.values() for x in line]
    ys = [math.log10(y) for line in known.values() for y in line.values()]
    across = _Axis(math.floor(min(xs)), math.ceil(max(xs)), _LEFT, _WIDE - _RIGHT)
    up = _Axis(math.floor(min(ys)), math.ceil(max(ys)), _HIGH - _BOTTOM, _TOP)
    style = (
        "text{font:12px sans-serif;fill:#20262c}.t{font-size:14px;font-weight:600}"
        ".g{stroke:#d5d9dd;stroke-width:1}.l{fill:none;stroke-width:2}"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{style}</style>",
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>',
        f'<text class="t" x="{_LEFT}" y="20">{escape(title)}</text>',
        *_grid(across, up, unit),
        *_drawn(known, across, up),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Axis:
    """Powers of ten from one to another, between two places on the page."""

    def __init__(self, low: int, high: int, start: float, end: float) -> None:
        self.low, self.high = low, max(high, low + 1)
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        """Where a value stands."""
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self._start + part * (self._end - self._start), 1)

    @property
    def marks(self) -> range:
        """The powers that are named."""
        return range(self.low, self.high + 1)


def _grid(across: _Axis, up: _Axis, unit: str) -> Iterator[str]:
    for power in across.marks:
        x = across.at(10**power)
        yield f'<line class="g" x1="{x}" y1="{_TOP}" x2="{x}" y2="{_HIGH - _BOTTOM}"/>'
        yield f'<text x="{x}" y="{_HIGH - _BOTTOM + 18}" text-anchor="middle">{10**power:,}</text>'
    for power in up.marks:
        y = up.at(10**power)
        yield f'<line class="g" x1="{_LEFT}" y1="{y}" x2="{_WIDE - _RIGHT}" y2="{y}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{_number(10.0**power)}</text>'
    yield f'<text x="{_LEFT - 8}" y="{_TOP - 10}" text-anchor="end">{escape(unit)}</text>'
    middle = (_LEFT + _WIDE - _RIGHT) / 2
    yield f'<text x="{middle}" y="{_HIGH - 8}" text-anchor="middle">acts in the record</text>'


def _drawn(lines: Mapping[str, Line], across: _Axis, up: _Axis) -> Iterator[str]:
    ends = {name: up.at(line[max(line)]) for name, line in lines.items()}
    labels = _apart(ends)
    for number, (name, line) in enumerate(lines.items()):
        hue, mark = _STYLES[number % len(_STYLES)]
        points = [(across.at(x), up.at(y)) for x, y in line.items()]
        yield f'<polyline class="l" stroke="{hue}" points="{" ".join(f"{x},{y}" for x, y in points)}"/>'
        for x, y in points:
            yield _mark(mark, x, y, hue)
        x = _WIDE - _RIGHT + 14
        yield _mark(mark, x, labels[name] - 4, hue)
        yield f'<text x="{x + 10}" y="{labels[name]}">{escape(name)}</text>'


def _apart(ends: Mapping[str, float]) -> dict[str, float]:
    """Where the names of lines stand, by where the lines end: in the same order, and none on another."""
    placed: dict[str, float] = {}
    last = -math.inf
    for name, y in sorted(ends.items(), key=lambda item: item[1]):
        last = max(y + 4, last + _LINE)
        placed[name] = last
    over = max(0.0, last - (_HIGH - _BOTTOM + 4))
    return {name: y - over for name, y in placed.items()}


def _mark(mark: str, x: float, y: float, hue: str) -> str:
    shapes = {
        "circle": f'<circle cx="{x}" cy="{y}" r="4" fill="{hue}"/>',
        "ring": f'<circle cx="{x}" cy="{y}" r="4" fill="#fff" stroke="{hue}" stroke-width="2"/>',
        "square": f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8" fill="{hue}"/>',
        "diamond": _polygon([(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)], hue),
        "triangle": _polygon([(x, y - 5), (x + 5, y + 4), (x - 5, y + 4)], hue),
        "cross": f'<path d="M{x - 4} {y - 4}l8 8m0 -8l-8 8" stroke="{hue}" stroke-width="2.5"/>',
    }
    return shapes[mark]


def _polygon(points: Sequence[tuple[float, float]], hue: str) -> str:
    return f'<polygon points="{" ".join(f"{x},{y}" for x, y in points)}" fill="{hue}"/>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
