"""A paragraph folded for reading: one kind of digits, dashes and letters, with the way back to its
characters.

What differs in writing and not in meaning is made equal: Arabic-Indic digits and 0 to 9, vowel marks, the
forms of alif, upper and lower case. Every folded character knows which character it stands for, so that
whatever is found can be shown in the text as it was signed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: Stands for what has been read already: no pattern takes it for a letter, a digit or a space.
TAKEN: Final = "\ufffc"

_DROPPED: Final = frozenset("\u0640\u0670\u200c\u200d")
_SAME: Final = str.maketrans(
    {
        "٫": ".",
        "٬": ",",
        "٪": "%",
        "％": "%",
        "：": ":",
        "．": ".",
        "，": ",",
        "（": "(",
        "）": ")",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u3000": " ",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "∼": "~",
        "～": "~",
        "〜": "~",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "’": "'",
    }
)


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is the folded text; `offsets[i]` is the character of the paragraph that its i-th stands for."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded characters from `start` up to `end` stand in the paragraph."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def without(self, parts: Iterable[tuple[int, int]]) -> Folded:
        """The same with these parts taken, so that nothing else reads them."""
        chars = list(self.text)
        for start, end in parts:
            chars[start:end] = TAKEN * (end - start)
        return Folded("".join(chars), self.offsets)


def fold(text: str) -> Folded:
    """`text` folded, character by character."""
    folded: list[str] = []
    offsets: list[int] = []
    for at, char in enumerate(text):
        if char in _DROPPED or "\u064b" <= char <= "\u065f":
            continue
        decimal = unicodedata.decimal(char, None)
        plain = str(decimal) if decimal is not None else char.translate(_SAME)
        lower = plain.lower()
        folded.append(lower if len(lower) == 1 else plain)
        offsets.append(at)
    return Folded("".join(folded), tuple(offsets))


def folded(text: str) -> str:
    """`text` folded, where nobody asks for the way back."""
    return fold(text).text


def primary(lang: str) -> str:
    """The language of a tag without its region or script: `ko` of `ko-KP`."""
    return lang.partition("-")[0].lower()
