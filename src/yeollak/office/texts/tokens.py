"""What is read out of a paragraph to be held against another language: numbers, dates, times, days, names.

A token says how sure its reading is. `strong`: it must have its equal in the other language. `weak`: a one
or a two in words, which another language may say by grammar; it is only held against another weak or strong
one. `shadow`: it may answer for a token of the other language and asks for nothing itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

Kind = Literal["number", "date", "time", "weekday", "name", "order"]
Strength = Literal["strong", "weak", "shadow"]

_DIGITS: Final = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
#: Longer ones are not numbers that anybody agrees on, and are left alone.
_LONGEST: Final = 24


@dataclass(frozen=True, slots=True)
class Token:
    """One thing found in one paragraph.

    value     number: a fraction such as `7` or `29/10`; date: `2018-09-14`, `????-09-14`, `2018-03-??`; time:
              `17:00`; weekday: 1 (Monday) to 7; name: the id of the glossary; order: the sides, with commas
    unit      of a number: `day`, `percent`, `money:KRW` …, or empty; of a time: `half` where morning or
              afternoon is unsaid
    start, end  the characters of the paragraph, as it was signed
    """

    kind: Kind
    value: str
    start: int
    end: int
    text: str
    unit: str = ""
    strength: Strength = "strong"

    @property
    def money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit.startswith("money:")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it stands in a folded text: where, how much, how sure. Its unit is not yet looked for.

    `unit` is what the word itself says of it (the Korean word for ten days).
    """

    start: int
    end: int
    value: Fraction
    strength: Strength = "strong"
    unit: str = ""


def strength_of(value: Fraction) -> Strength:
    """How sure a number in words is: languages say one and two by grammar as often as by a word."""
    return "weak" if value in (1, 2) else "strong"


def digits(text: str) -> list[tuple[int, int, Fraction]]:
    """The numbers in digits of a folded text: where they stand, and how much they are."""
    return [
        (match.start(), match.end(), Fraction(match[0].replace(",", "")))
        for match in _DIGITS.finditer(text)
        if len(match[0]) <= _LONGEST
    ]
