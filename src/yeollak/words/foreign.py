"""Text that somebody else wrote, made harmless to stand in a line of ours.

It removes what can reorder, hide or fake the text around it, and bounds the length. It is no substitute for a
template's escaping: markup is left as it is.
"""

from __future__ import annotations

import unicodedata
from typing import Final

#: Explicit directional formatting characters (UAX #9 §2): they could reorder the words of ours around them.
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: The most marks on one letter: Vietnamese and vowelled Arabic have two or three, pointed Hebrew four.
_MARKS: Final = 4
_KEPT_FORMAT: Final = frozenset("\u200c\u200d\u200e\u200f")


def clean(text: str, *, longest: int, lines: bool = False) -> str:
    """`text` in NFC without control, bidi-formatting, private-use or unpaired characters, at most `longest`
    long.

    Joiners and the two direction marks stay, since Persian, Hindi and mixed lines need them. Runs of white
    space become one space; with `lines`, line feeds stay. A text that was cut ends in an ellipsis.
    """
    head = text[: longest * 2 + 2]
    # What can be printed has no white space but the space, and nothing that is taken out: most texts.
    plain = (head.replace("\n", "") if lines else head).isprintable()
    joined = unicodedata.normalize("NFC", head if plain else _kept(head, lines=lines))
    tidy = "\n".join(" ".join(part.split(" ")).strip() for part in joined.split("\n"))
    while "  " in tidy:
        tidy = tidy.replace("  ", " ")
    return tidy if len(tidy) <= longest else tidy[: longest - 1] + "…"


def brief(text: str, *, longest: int) -> str:
    """`clean`, for a line or two of ours: no letter has more marks above and below it than any language
    writes, so that a tower of them covers no other line.
    """
    kept: list[str] = []
    marks = 0
    for char in clean(text, longest=longest * 4):
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks <= _MARKS:
            kept.append(char)
    return clean("".join(kept), longest=longest)


def _kept(text: str, *, lines: bool) -> str:
    kept = []
    for char in text:
        if char in _BIDI:
            continue
        if char == "\n" and lines:
            kept.append(char)
        elif char.isspace():
            kept.append(" ")
        elif unicodedata.category(char)[0] != "C" or char in _KEPT_FORMAT:
            kept.append(char)
    return "".join(kept)
