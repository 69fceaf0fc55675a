"""A pouch on paper: numbered QR codes on A4 pages, in one HTML document that prints as it is.

Made to be read from a photocopy or a fax: the error correction and the size of a module are stated in
docs/spec/41-pouch.md, with what they were tried against. The document holds no script and fetches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Final

import segno

from yeollak.errors import OurFault
from yeollak.line.pouch import MAGIC, MARK

#: ISO 18004: version 25 has 117 modules a side; with error correction Q a quarter of a code may be lost.
VERSION: Final = 25
ERROR: Final = "q"
#: What such a code holds in alphanumeric mode.
CHARACTERS: Final = 1041
#: The largest part that fits into a code, as `pouch.piece_size` counts it.
UPPER: Final = (CHARACTERS - len(MARK)) * 5 // 8 + len(MAGIC)
MOST_CODES: Final = 120

_SIDE, _QUIET = 17 + 4 * VERSION, 4
_COLUMNS, _ROWS = 2, 3
#: All in millimetres: a code with its quiet zone, the line below it, and where the first begins.
_CODE, _CAPTION, _LEFT, _TOP = 88, 7, 15, 6
_DARK: Final = re.compile(rb"\x01+")
_STYLE: Final = (
    "@page{size:A4;margin:0}body{margin:0}svg{display:block;width:210mm;height:297mm;break-after:page}"
    "text{font:3.2px sans-serif;text-anchor:middle}"
)


def check_count(count: int) -> None:
    """Raises OurFault(`pouch-paper`) where so many codes are too many to be read by hand."""
    if count > MOST_CODES:
        raise OurFault("pouch-paper", count=count, most=MOST_CODES)


def pages(lines: Sequence[str], captions: Sequence[str], title: str, lang: str, direction: str) -> bytes:
    """The HTML document with a code for each of `lines`, and below it its caption."""
    a_page = _COLUMNS * _ROWS
    drawn = [
        _page(lines[start : start + a_page], captions[start : start + a_page])
        for start in range(0, len(lines), a_page)
    ]
    head = f'<!doctype html><html lang="{escape(lang)}" dir="{escape(direction)}"><meta charset="utf-8">'
    return f"{head}<title>{escape(title)}</title><style>{_STYLE}</style>{''.join(drawn)}</html>\n".encode()


def _page(lines: Sequence[str], captions: Sequence[str]) -> str:
    codes = []
    for place, (line, caption) in enumerate(zip(lines, captions, strict=True)):
        row, column = divmod(place, _COLUMNS)
        left, top = _LEFT + column * (_CODE + 4), _TOP + row * (_CODE + _CAPTION)
        scale = _CODE / (_SIDE + 2 * _QUIET)
        codes.append(
            f'<path transform="translate({left} {top}) scale({scale:.4f})" d="{_drawn(line)}"/>'
            f'<text x="{left + _CODE / 2:g}" y="{top + _CODE + 2:g}">{escape(caption)}</text>'
        )
    return f'<svg viewBox="0 0 210 297" shape-rendering="crispEdges">{"".join(codes)}</svg>'


def _drawn(line: str) -> str:
    code = segno.make(line, version=VERSION, error=ERROR, mode="alphanumeric", boost_error=False)
    return "".join(
        f"M{run.start() + _QUIET} {row + _QUIET}h{len(run[0])}v1h-{len(run[0])}z"
        for row, modules in enumerate(code.matrix)
        for run in _DARK.finditer(bytes(modules))
    )
