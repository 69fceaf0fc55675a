"""Units and currencies that stand beside a number, in the words of each language.

Only what treaties and notices count with: time, length, area, volume, weight, per cent, money. A number
without a known unit has none, and is held against one that has. Words are written as `folding` folds them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from babel.core import Locale, get_global

from yeollak.office.texts.folding import folded

#: unit -> words by language, as patterns; the first that fits stands, so longer ones come first.
_UNITS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "working-day": r"(?:working|business)[ -]days?",
        "day": r"(?:calendar )?days?",
        "week": r"weeks?",
        "month": r"months?",
        "year": r"years?",
        "hour": r"hours?",
        "minute": r"minutes?",
        "square-metre": r"square (?:metres?|meters?)|sq\.? ?m|m2|m²|㎡",
        "cubic-metre": r"cubic (?:metres?|meters?)|m3|m³|㎥",
        "kilometre": r"kilomet(?:re|er)s?|km",
        "metre": r"met(?:re|er)s?|m",
        "hectare": r"hectares?|ha",
        "nautical-mile": r"nautical miles?|nm",
        "tonne": r"(?:metric )?(?:tonnes?|tons?)|t",
        "kilogram": r"kilogram(?:me)?s?|kg",
        "litre": r"lit(?:re|er)s?",
        "percent": r"per ?cent|%",
        "money:KRW": r"(?:south )?korean won|krw",
        "money:won": r"won",
        "money:dollar": r"(?:us|united states|american) dollars?|dollars?",
        "money:EUR": r"euros?",
        "money:JPY": r"(?:japanese )?yen",
        "money:CNY": r"(?:chinese )?yuan|renminbi",
    },
    "ko": {
        "working-day": r"근무일|영업일|로동일",
        "hour": r"시간",
        "week": r"주일|주간|주",
        "month": r"개월|달(?!러)",
        "year": r"년|해",
        "day": r"일간|일",
        "minute": r"분",
        "square-metre": r"제곱미터|평방미터|㎡|m²|m2",
        "cubic-metre": r"세제곱미터|립방미터|입방미터|㎥|m³|m3",
        "kilometre": r"킬로미터|㎞|km",
        "metre": r"미터|m(?![a-z])",
        "hectare": r"헥타르|정보|ha",
        "nautical-mile": r"해리",
        "tonne": r"톤|t(?![a-z])",
        "kilogram": r"킬로그램|㎏|kg",
        "litre": r"리터",
        "percent": r"퍼센트|프로|%",
        "money:won": r"원",
        "money:dollar": r"(?:미국 ?|미)?(?:달러|딸라|불)",
        "money:EUR": r"유로",
        "money:JPY": r"엔",
        "money:CNY": r"위안",
    },
    "ar": {
        "working-day": r"(?:ايام|يوم|يوما) عمل",
        "day": r"(?:ال)?(?:يوما|يومين|يوم|ايام)",
        "week": r"(?:ال)?(?:اسبوعا|اسبوعين|اسبوع|اسابيع)",
        "month": r"(?:ال)?(?:شهرا|شهرين|شهر|اشهر|شهور)",
        "year": r"(?:ال)?(?:سنوات|سنين|سنه|اعوام|عاما|عامين|عام)",
        "hour": r"(?:ال)?(?:ساعات|ساعتين|ساعه)",
        "minute": r"(?:دقائق|دقيقتين|دقيقه)",
        "square-metre": r"(?:متر|مترا|امتار) (?:مربعا|مربعه|مربع)|م²|م2",
        "cubic-metre": r"(?:متر|مترا|امتار) (?:مكعبا|مكعبه|مكعب)|م³|م3",
        "kilometre": r"كيلومترات|كيلومترا|كيلومتر|كم",
        "nautical-mile": r"(?:ميل|ميلا|اميال) (?:بحريا|بحريه|بحري)",
        "metre": r"امتار|مترا|متر",
        "hectare": r"هكتارات|هكتارا|هكتار",
        "tonne": r"اطنان|طنا|طن",
        "kilogram": r"كيلوغرامات|كيلوغراما|كيلوغرام|كيلوجرام|كغم|كغ",
        "litre": r"لترات|لترا|لتر",
        "percent": r"(?:في |ب)ال(?:مئه|مائه)|%",
        "money:KRW": r"وون كوري(?: جنوبي)?",
        "money:won": r"وون",
        "money:dollar": r"(?:دولارات|دولارا|دولار)(?: امريكيا?| امريكيه)?",
        "money:EUR": r"يورو",
        "money:JPY": r"ينا|ين",
        "money:CNY": r"يوانا|يوان",
    },
}
_EVERYWHERE: Final = {"percent": "%", "square-metre": "㎡|m²", "cubic-metre": "㎥|m³", "kilometre": "km|㎞"}
_SIGNS: Final = {
    "$": "money:dollar",
    "us$": "money:USD",
    "€": "money:EUR",
    "₩": "money:won",
    "£": "money:GBP",
    "¥": "money:yen",
}
#: Currencies by a word that several of them share.
_SHARED: Final = {
    "money:won": frozenset({"money:KRW", "money:KPW"}),
    "money:yen": frozenset({"money:JPY", "money:CNY"}),
}


@lru_cache(maxsize=32)
def _after(lang: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    listed = {**_currencies(lang), **_UNITS.get(lang, _EVERYWHERE)}
    pairs = [*listed.items(), ("", "|".join(_codes()))]
    groups = "|".join(f"(?P<u{place}>{words})" for place, (_, words) in enumerate(pairs))
    end = "" if lang == "ko" else r"(?!\w)"
    return re.compile(rf"[ -]?(?:{groups}){end}"), tuple(name for name, _ in pairs)


def _currencies(lang: str) -> dict[str, str]:
    """The full names of currencies, from CLDR: what tells one dollar, one won from another."""
    if lang not in _UNITS:
        return {}
    names = Locale(lang).currencies
    plural = "s?" if lang == "en" else ""
    return {
        f"money:{code.upper()}": re.escape(folded(names[code.upper()])) + plural
        for code in _codes()
        if " " in names.get(code.upper(), "")
    }


@lru_cache(maxsize=1)
def _codes() -> tuple[str, ...]:
    """The codes of ISO 4217, from CLDR, in small letters."""
    return tuple(sorted(code.lower() for code in get_global("all_currencies")))


@lru_cache(maxsize=1)
def _before() -> re.Pattern[str]:
    signs = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
    return re.compile(rf"(?:(?P<sign>{signs})|(?<!\w)(?P<code>{'|'.join(_codes())})) ?$")


def unit_after(text: str, end: int, lang: str) -> tuple[str, int]:
    """The unit that follows a number in a folded text, and where it ends; empty and `end` where none does."""
    pattern, names = _after(lang)
    match = pattern.match(text, end)
    if match is None or match.lastgroup is None:
        return "", end
    name = names[int(match.lastgroup[1:])]
    return name or f"money:{match[0].strip(' -').upper()}", match.end()


def unit_before(text: str, start: int) -> tuple[str, int]:
    """The currency that stands before a number, and where it begins; empty and `start` where none does."""
    match = _before().search(text, max(0, start - 5), start)
    if match is None:
        return "", start
    unit = _SIGNS[match["sign"]] if match["sign"] else f"money:{match['code'].upper()}"
    return unit, match.start()


def same_unit(first: str, second: str) -> bool:
    """Whether two units may be one: equal, unsaid on a side, or a currency by a word that several share."""
    if first == second:
        return True
    if not first or not second:
        return not (first or second).startswith("money:")
    for word, other in ((first, second), (second, first)):
        if word == "money:dollar" and re.fullmatch("money:[A-Z]{2}D", other):
            return True
        if other in _SHARED.get(word, ()):
            return True
    return False
