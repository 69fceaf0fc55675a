"""Numbers in Korean: digits with 만 and 억, Sino-Korean words (삼십, 제삼조) and native ones (두 차례, 열흘).

Most syllables that can be a digit are common words too (이, 일, 사), so a number in words is only read where
it cannot be anything else: behind 제, before a counter, or as a number of two tens and more.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from yeollak.office.texts.tokens import Numeral, digits, strength_of

_DIGIT: Final = {
    **{char: value for value, char in enumerate("영일이삼사오육칠팔구")},
    "공": 0,
    "륙": 6,
}
_SMALL: Final = {"십": 10, "백": 100, "천": 1000}
_LARGE: Final = {"만": 10**4, "억": 10**8, "조": 10**12}
_PART_OF_LARGE: Final = r"[\d,.영일이삼사오육륙칠팔구십백천]+"
#: What may follow a large unit behind a space: a group of a smaller one, 97억 8천만.
_SMALLER: Final = {
    10**12: re.compile(rf"{_PART_OF_LARGE}억"),
    10**8: re.compile(rf"{_PART_OF_LARGE}만"),
    10**4: re.compile(r"\d,?\d{3}(?![\d만억])|[\d일이삼사오육륙칠팔구]?[천백](?![만억가-힣])"),
}
_WON: Final = re.compile(r" ?(?:[\d영일이삼사오육칠팔구십백천,.]+ ?[억만]|원|달러|딸라|유로|엔|위안|불)")
_SINO: Final = re.compile(r"[영공일이삼사오육륙칠팔구십백천만억조]+")
#: Counters before which a Sino-Korean word is a number.
_COUNTER: Final = (
    r"근무일|개월|개국|시간|주일|주간|퍼센트|프로|킬로|미터|제곱|달러|유로|위안|차례|번째|헥타르|톤|사람"
    r"|가지|가구|세대|분의|년|월|일|주|명|인|개|건|회|차|번|곳|대|척|구|부|쪽|권|장|층|조|항|호|원|엔|분|초|세|살|도"
)
_AFTER: Final = re.compile(rf" ?(?:{_COUNTER})")
_ORDERED: Final = re.compile(r"[조항호장절차회번편기부권관목]")
#: Words that begin like a number before a counter and are none.
_NONE: Final = re.compile(r"만일|천일염|백일장|백분|천명(?:하|을 받)|만인|만년필|만회|만조|만물")
_NATIVE_TEN: Final = {
    "열": 10,
    "스물": 20,
    "스무": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_NATIVE_ONE: Final = {
    "하나": 1,
    "한": 1,
    "둘": 2,
    "두": 2,
    "셋": 3,
    "세": 3,
    "석": 3,
    "넷": 4,
    "네": 4,
    "넉": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
}
_NATIVE: Final = re.compile(
    rf"(?<![가-힣])(?P<ten>{'|'.join(_NATIVE_TEN)})?(?P<one>{'|'.join(_NATIVE_ONE)})?"
    r"(?P<after>째| ?(?:번째|차례|사람|가지|시간|나라|군데|조항|마리"
    r"|달|명|번|개|곳|대|척|구|부|쪽|권|장|채|살|팀|주|건|시|분|배))?"
)
_CERTAIN: Final = frozenset({"다섯", "여섯", "일곱", "여덟", "아홉", "서른", "마흔", "예순", "일흔", "여든"})
_DAYS: Final = {
    "하루": 1,
    "이틀": 2,
    "사흘": 3,
    "나흘": 4,
    "닷새": 5,
    "엿새": 6,
    "이레": 7,
    "여드레": 8,
    "아흐레": 9,
    "열흘": 10,
    "보름": 15,
}
_DAY: Final = re.compile(rf"(?<![가-힣])(?:{'|'.join(_DAYS)})(?!살)")
_FIRST: Final = re.compile(r"(?<![가-힣])첫(?:째|번째| 번째)?|(?<![가-힣])처음")
_BOTH: Final = re.compile(r"양측|쌍방|(?<![가-힣])양(?= ?(?:정상|수석|대표|소장|위원))|둘 다|모두")
_PART: Final = re.compile(r"분의 ?")


def numerals(text: str) -> list[Numeral]:
    """The numbers of a folded Korean text, in order."""
    found = [*_with_digits(text), *_days(text)]
    taken = [False] * (len(text) + 1)
    for numeral in found:
        taken[numeral.start : numeral.end] = [True] * (numeral.end - numeral.start)
    for numeral in (*_sino(text), *_native(text)):
        if not any(taken[numeral.start : numeral.end]):
            found.append(numeral)
            taken[numeral.start : numeral.end] = [True] * (numeral.end - numeral.start)
    for match in _FIRST.finditer(text):
        found.append(Numeral(match.start(), match.end(), Fraction(1), "weak"))
    for match in _BOTH.finditer(text):
        found.append(Numeral(match.start(), match.end(), Fraction(2), "shadow"))
    return _fractions(text, sorted(found, key=lambda numeral: numeral.start))


def sino(text: str) -> int | None:
    """The whole number that Sino-Korean syllables make, digit by digit (이공일팔) or by value (이천십팔)."""
    if not text:
        return None
    if all(char in _DIGIT for char in text):
        return int("".join(str(_DIGIT[char]) for char in text))
    read = _value(text, 0)
    return int(read[0]) if read is not None and read[1] == len(text) else None


def _with_digits(text: str) -> list[Numeral]:
    found: list[Numeral] = []
    reached = -1
    for start, end, value in digits(text):
        if start < reached:
            continue
        read = _value(text, start)
        if read is not None and read[1] > end:
            value, end = read
        found.append(Numeral(start, end, value))
        reached = end
    return found


def _value(text: str, start: int) -> tuple[Fraction, int] | None:
    """The number that begins at `start`, of digits, syllables or both, and where it ends."""
    places = {begin: (end, value) for begin, end, value in digits(text[start : start + 40])}
    at, total, section, last = start, Fraction(0), Fraction(0), 10**16
    pending: Fraction | None = None
    small = 10**4
    ended: int | None = None
    while at < len(text):
        char = text[at]
        if at - start in places and pending is None:
            end, value = places[at - start]
            if section and value >= small:
                break
            pending, at = value, start + end
        elif char in _DIGIT and pending is None:
            pending, at = Fraction(_DIGIT[char]), at + 1
        elif char in _SMALL and _SMALL[char] < small:
            small = _SMALL[char]
            section += (pending if pending is not None else 1) * small
            pending, at = None, at + 1
        elif char in _LARGE and _LARGE[char] < last and (char != "조" or _WON.match(text, at + 1)):
            section += pending or 0
            last = _LARGE[char]
            total += (section or 1) * last
            section, pending, small, at = Fraction(0), None, 10**4, at + 1
        elif char == " " and ended == at and total and at + 1 < len(text):
            if not _SMALLER[last].match(text, at + 1):
                break
            at += 1
            continue
        else:
            break
        ended = at
    if ended is None:
        return None
    return total + section + (pending or 0), ended


def _sino(text: str) -> list[Numeral]:
    found: list[Numeral] = []
    for match in _SINO.finditer(text):
        read = _value(text, match.start())
        if read is None or not _plain(text, match.start(), read[1]):
            continue
        found.append(Numeral(match.start(), read[1], read[0], strength_of(read[0])))
    return found


def _plain(text: str, start: int, end: int) -> bool:
    """Whether these syllables are a number and nothing else."""
    word = text[start:end]
    before = text[start - 1 : start]
    if before == "제" and not _hangul(text[start - 2 : start - 1]):
        return bool(_ORDERED.match(text, end))
    if _hangul(before) and before not in "약총매각":
        return False
    if _NONE.match(text, start):
        return False
    if len(word) == 1:
        return word in "십백천만억" and bool(_AFTER.match(text, end))
    if not any(char in "십백천만억조" for char in word):
        return False
    if _AFTER.match(text, end):
        return True
    return word[1:2] == "십" and word[0] in _DIGIT and not _hangul(text[end : end + 1])


def _native(text: str) -> list[Numeral]:
    found: list[Numeral] = []
    for match in _NATIVE.finditer(text):
        ten, one = match["ten"], match["one"]
        if not ten and not one:
            continue
        certain = one in _CERTAIN or ten in _CERTAIN or (ten and one)
        if not match["after"] and not certain:
            continue
        value = Fraction(_NATIVE_TEN.get(ten or "", 0) + _NATIVE_ONE.get(one or "", 0))
        end = match.end("one") if one else match.end("ten")
        if match["after"] == "째":
            end = match.end()
        found.append(Numeral(match.start(), end, value, strength_of(value)))
    return found


def _days(text: str) -> list[Numeral]:
    return [
        Numeral(
            match.start(),
            match.end(),
            Fraction(_DAYS[match[0]]),
            strength_of(Fraction(_DAYS[match[0]])),
            "day",
        )
        for match in _DAY.finditer(text)
    ]


def _fractions(text: str, found: list[Numeral]) -> list[Numeral]:
    """Three 분의 two is two thirds."""
    joined: list[Numeral] = []
    for numeral in found:
        last = joined[-1] if joined else None
        match = _PART.match(text, last.end) if last is not None else None
        if last is not None and match is not None and match.end() == numeral.start and last.value:
            joined[-1] = Numeral(last.start, numeral.end, numeral.value / last.value)
        else:
            joined.append(numeral)
    return joined


def _hangul(char: str) -> bool:
    return "가" <= char <= "힣"
