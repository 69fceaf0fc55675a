"""Numbers in English, in digits and in words: twenty-one, the third, two thirds, 9.78 billion, once."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from yeollak.office.texts.tokens import Numeral, digits, strength_of

_SMALL: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES: Final = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_CARDINAL: Final = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
_ORDINAL: Final = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fifth": 5,
    "eighth": 8,
    "ninth": 9,
    "twelfth": 12,
    **{f"{word}th": value for word, value in _CARDINAL.items() if word not in ("five", "eight", "nine")},
    **{f"{word[:-1]}ieth": value for word, value in _CARDINAL.items() if word.endswith("y")},
}
_OTHER: Final = {"once": 1, "twice": 2, "thrice": 3, "dozen": 12}
_PARTS: Final = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
}
_SHADOWS: Final = {"both": 2, "pair": 2, "couple": 2}
_HALF_HOUR: Final = re.compile(r"\bhalf(?: an|-an|-)? ?hour\b")
_WORD: Final = re.compile(r"[a-z]+")
_SCALED: Final = re.compile(r" ?(hundred|thousand|million|billion|trillion|bn)(?![a-z])")


def numerals(text: str) -> list[Numeral]:
    """The numbers of a folded English text, in order."""
    found: list[Numeral] = []
    taken = 0
    for start, end, value in digits(text):
        if scaled := _SCALED.match(text, end):
            value, end = value * _SCALES.get(scaled[1], 10**9), scaled.end()
        found.append(Numeral(start, end, value))
    for match in _HALF_HOUR.finditer(text):
        found.append(Numeral(match.start(), match.end(), Fraction(30), unit="minute"))
    words = list(_WORD.finditer(text))
    while taken < len(words):
        many, numeral = _read(text, words, taken)
        if numeral is not None:
            found.append(numeral)
        taken += max(many, 1)
    return sorted(found, key=lambda numeral: numeral.start)


def _read(text: str, words: list[re.Match[str]], at: int) -> tuple[int, Numeral | None]:
    """How many words from `at` on make a number, and the number."""
    first = words[at]
    if any(char.isdecimal() for char in text[max(0, first.start() - 1) : first.start()]):
        return 0, None  # 21st, and the scale of digits: read with the digits
    if text[max(0, first.start() - 2) : first.start()].rstrip()[-1:].isdecimal() and first[0] in _SCALES:
        return 0, None
    if first[0] in _SHADOWS:
        return 1, Numeral(first.start(), first.end(), Fraction(_SHADOWS[first[0]]), "shadow")
    if first[0] in _OTHER:
        value = Fraction(_OTHER[first[0]])
        return 1, Numeral(first.start(), first.end(), value, strength_of(value))
    total, section, many, ended = 0, -1, 0, False
    last = 10**15
    for place in range(at, len(words)):
        word = words[place][0]
        if place > at:
            between = text[words[place - 1].end() : words[place].start()]
            if ended or between not in ("-", " "):
                break
            if word == "and" and many and words[place - 1][0] in _SCALES:
                continue  # a hundred and five: counted once a number follows it
        step = _CARDINAL.get(word, _ORDINAL.get(word))
        if step is not None:
            if section >= 0 and not _adds(section, step):
                break
            section, ended = max(section, 0) + step, word in _ORDINAL
        elif word in _SCALES and (section >= 0 or place == at):
            scale = _SCALES[word]
            if scale == 100:
                if section > 99:
                    break
                section = max(section, 1) * 100
            elif scale < last:
                total, section, last = total + max(section, 1) * scale, -1, scale
            else:
                break
        else:
            break
        many = place - at + 1
    if not many:
        return 0, None
    end = words[at + many - 1].end()
    value = Fraction(total + max(section, 0))
    if parts := _part(text, words, at + many, value):
        return many + 1, Numeral(first.start(), words[at + many].end(), parts)
    return many, Numeral(first.start(), end, value, strength_of(value))


def _adds(section: int, step: int) -> bool:
    """Whether a number below a hundred may follow: twenty-one, a hundred and five; never five six."""
    rest = section % 100
    return (rest == 0 and section >= 100) or (rest >= 20 and rest % 10 == 0 and 1 <= step <= 9)


def _part(text: str, words: list[re.Match[str]], at: int, value: Fraction) -> Fraction | None:
    """The fraction that `value` and the word at `at` make: two thirds."""
    if at >= len(words) or text[words[at - 1].end() : words[at].start()] not in ("-", " "):
        return None
    word = words[at][0]
    parts = _PARTS.get(word.removesuffix("s"))
    plural = word.endswith("s")
    if parts is None or value == 0 or plural == (value == 1) or value >= parts:
        return None
    return value / parts
