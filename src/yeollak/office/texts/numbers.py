"""Numbers in a folded text: digits in any script, and words of the languages that have a reader of their own.

A reader gives numerals with their places; here they are joined with their units. A language without a reader
has its digits read alone, and whoever compares is told so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from yeollak.office.texts import numerals_ar, numerals_en, numerals_ko
from yeollak.office.texts.folding import Folded
from yeollak.office.texts.tokens import Numeral, Strength, Token, digits
from yeollak.office.texts.units import unit_after, unit_before

Reader = Callable[[str], list[Numeral]]
#: The languages whose numbers in words are read.
READERS: Final[Mapping[str, Reader]] = {
    "ar": numerals_ar.numerals,
    "en": numerals_en.numerals,
    "ko": numerals_ko.numerals,
}
#: What is read of one line; whoever compares says where a line has more. No clause that people read has as
#: many.
MOST_READ: Final = 256
#: Letters that stand joined before a number in running Korean and Arabic: every, about, first; and, by, to.
_JOINED: Final = re.compile(r"(?:[제약총매각주월연단만쪽]|(?<!\w)[وف]?[بلك]?(?:ال|ل)?)$")


def numbers(paragraph: str, read: Folded, lang: str) -> list[Token]:
    """The numbers of a paragraph in the order in which they stand, each with the unit that stands beside
    it.
    """
    found: list[Token] = []
    reached = 0
    for numeral in READERS.get(lang, _digits)(read.text):
        if len(found) > MOST_READ:
            break
        if numeral.start < reached:
            continue  # a word of the unit: in the hundred
        strength = _strength(read.text, numeral)
        unit, start, end = numeral.unit, numeral.start, numeral.end
        if not unit:
            unit, end = unit_after(read.text, end, lang)
        if not unit or not unit.startswith("money:"):
            before, begins = unit_before(read.text, start)
            if before:
                unit, start = before, begins
        reached = end
        start, end = read.span(start, end)
        found.append(Token("number", str(numeral.value), start, end, paragraph[start:end], unit, strength))
    return found


def _digits(text: str) -> list[Numeral]:
    return [Numeral(start, end, value) for start, end, value in digits(text)]


def _strength(text: str, numeral: Numeral) -> Strength:
    """A number joined to letters is as a rule part of a name (COVID-19), which another language may write
    otherwise.
    """
    if numeral.strength != "strong" or not text[numeral.start].isdecimal():
        return numeral.strength
    before = text[max(0, numeral.start - 6) : numeral.start]
    if re.search(r"[^\W\d]-$", before):
        return "shadow"
    if not before[-1:].isalpha() or _JOINED.search(before) or unit_before(text, numeral.start)[0]:
        return "strong"
    return "shadow"
