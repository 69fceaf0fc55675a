"""Dates, times of day and days of the week, as English, Korean and Arabic write them, and ISO 8601.

What is found is taken out of the text before numbers are read. A date may lack its year or its month, where a
text says it once for several days; it never lacks its day by carelessness without being another date. Names
of months and days come from CLDR. Other calendars than the Gregorian are left as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from babel.dates import get_day_names, get_month_names

from yeollak.office.texts.folding import TAKEN, Folded, folded
from yeollak.office.texts.numerals_ko import sino
from yeollak.office.texts.tokens import Kind, Token

#: kind, value, unit, start, end in the folded text
Found = tuple[Kind, str, str, int, int]

_ISO: Final = re.compile(
    r"(?<![\d.-])(?P<y>[12]\d{3})(?P<sep>[-/.]) ?(?P<m>\d{1,2})(?P=sep) ?(?P<d>\d{1,2})(?!\d)"
    r"(?:t(?P<h>\d{2}):(?P<min>\d{2})(?::\d{2})?z?)?\.?"
)
_DAY_FIRST: Final = re.compile(r"(?<![\d./-])(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>[12]\d{3})(?![\d/])")
_CLOCK: Final = re.compile(r"(?<![\d:])(?P<h>[01]?\d|2[0-4]):(?P<min>[0-5]\d)(?::[0-5]\d)?(?![\d:])")
#: Arabic months are taken from CLDR in the forms of these places; the first two may stand without a day.
_ARABIC: Final = ("ar", "ar_LB", "ar_SA", "ar_MA", "ar_DZ")
#: Month names that are words too: alone they are only read behind a word of time.
_DOUBTFUL: Final = frozenset({"march", "may", "مارس"})
_IN_TIME: Final = re.compile(
    r"(?:\b(?:in|by|until|since|of|from|to|during|before|after|through|early|late|mid|end|next|last|this)[ -]"
    r"|(?:في|شهر|خلال|قبل|بعد|حتي|من|نهايه|بدايه|بحلول|الي) )$"
)
#: Characters before a month that are looked at, and days that one list may share a month with: both bound
#: the work.
_NEAR: Final = 24
_MOST: Final = 12
_SEPARATED: Final = r"(?: ?(?:,|،|~|-|/|·) ?(?:and |or )?| (?:and|or|to|until|through|till) )"
_AR_SEPARATED: Final = r"(?: ?[,،~-] ?و?| و| (?:الي|حتي|او|-) (?:يوم )?)"
_KO_SEPARATED: Final = r"(?: ?(?:,|~|-|·) ?|(?:과|와|부터|에서|,)? ?(?:및 )?)"


def moments(paragraph: str, read: Folded, lang: str) -> tuple[list[Token], Folded]:
    """The dates, times and days of the week of a paragraph, and the text without them."""
    found: list[Token] = []
    for finder in (_iso, *_FINDERS.get(lang, ()), _clock):
        taken: list[tuple[int, int]] = []
        for kind, value, unit, start, end in finder(read.text):
            begins, ends = read.span(start, end)
            found.append(Token(kind, value, begins, ends, paragraph[begins:ends], unit))
            taken.append((start, end))
        read = read.without(taken)
    return sorted(found, key=lambda token: token.start), read


def date_value(year: int | None, month: int | None, day: int | None) -> str | None:
    """`2018-09-14` with question marks for what is unsaid, or None when there is no such date."""
    try:
        date(year or 2000, month or 1, day or 1)
    except ValueError:
        return None
    return f"{year or '????':0>4}-{month or '??':0>2}-{day or '??':0>2}"


def weekday_of(value: str) -> int | None:
    """The day of the week (1 is Monday) of a whole date, else None."""
    return None if "?" in value else date.fromisoformat(value).isoweekday()


def _iso(text: str) -> Iterator[Found]:
    for match in (*_ISO.finditer(text), *_DAY_FIRST.finditer(text)):
        value = date_value(int(match["y"]), int(match["m"]), int(match["d"]))
        if value is None:
            continue
        end = max(match.end("d"), match.end("y"))
        timed = match.re is _ISO and match["h"] is not None
        if timed and (clock := _time(int(match["h"]), int(match["min"]))):
            yield "time", clock, "", end, match.end()
        yield "date", value, "", match.start(), end


def _time(hour: int, minute: int) -> str | None:
    return f"{hour % 24:02}:{minute:02}" if 0 <= hour <= 24 and 0 <= minute <= 59 else None


def _clock(text: str) -> Iterator[Found]:
    for match in _CLOCK.finditer(text):
        if value := _time(int(match["h"]), int(match["min"])):
            yield "time", value, "", match.start(), match.end()


def _half(hour: int, mark: str, morning: str, evening: str) -> tuple[int, str]:
    """The hour of 24, and the unit that says whether it may be twelve hours later."""
    if mark and re.fullmatch(evening, mark):
        return (hour + 12 if hour < 12 else hour), ""
    if mark and re.fullmatch(morning, mark):
        return (0 if hour == 12 else hour), ""
    return hour, "half" if 1 <= hour <= 12 else ""


# English


@lru_cache(maxsize=16)
def _months(locales: tuple[str, ...]) -> Mapping[str, int]:
    names: dict[str, int] = {}
    for locale in locales:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=locale).items():
                names.setdefault(folded(name).strip("."), number)
    return names


@lru_cache(maxsize=16)
def _days(locale: str) -> Mapping[str, int]:
    return {folded(name): number + 1 for number, name in get_day_names("wide", locale=locale).items()}


def _listed(names: Mapping[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@lru_cache(maxsize=1)
def _english() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    months = rf"(?P<month>{_listed({**_months(('en',)), 'sept': 9})})\b\.?"
    day = r"\d{1,2}(?:st|nd|rd|th)?"
    year = r"(?:,? (?P<year>[12]\d{3})(?!\d|,\d))?"
    return (
        re.compile(
            rf"(?<![\d:.,])(?P<days>{day}(?:{_SEPARATED}{day}){{0,{_MOST}}}) (?:of )?{months}{year}", re.ASCII
        ),
        re.compile(
            rf"\b{months} (?P<days>{day}(?:{_SEPARATED}{day}){{0,{_MOST}}})\b(?![:.]\d){year}", re.ASCII
        ),
        re.compile(rf"\b{months}{year}", re.ASCII),
    )


def _english_dates(text: str) -> Iterator[Found]:
    names = {**_months(("en",)), "sept": 9}
    for pattern in _english():
        for match in pattern.finditer(text):
            whole = "days" in pattern.groupindex
            if not whole and not match["year"] and not _alone(text, match.start(), match["month"], {"may"}):
                continue
            found = list(_dated(match, names[match["month"]], "days" if whole else None))
            yield from found
            if found:
                text = text[: match.start()] + TAKEN * len(match[0]) + text[match.end() :]


def _alone(text: str, start: int, month: str, doubtful: set[str]) -> bool:
    if month not in _DOUBTFUL | doubtful:
        return len(month) > 3 or bool(_IN_TIME.search(text[max(0, start - _NEAR) : start]))
    return bool(_IN_TIME.search(text[max(0, start - _NEAR) : start]))


def _dated(match: re.Match[str], month: int, days: str | None) -> Iterator[Found]:
    """A date for each day of a list that shares its month and year."""
    year = int(match["year"]) if match["year"] else None
    if days is None:
        if value := date_value(year, month, None):
            yield "date", value, "", match.start(), match.end()
        return
    places = list(re.finditer(r"\d+", match[days]))
    values = [date_value(year, month, int(place[0])) for place in places]
    if None in values:
        return
    # The last day takes the month and the year with it, wherever they stand.
    first = match.start(days)
    for at, (place, value) in enumerate(zip(places, values, strict=True)):
        start, end = first + place.start(), first + place.end()
        if at == len(places) - 1:
            end = match.end()
        if at == 0 and match.start() < first:
            start = match.start()
        yield "date", str(value), "", start, end


_EN_TIME: Final = re.compile(
    r"(?<![\d:.,])(?P<h>\d{1,2})(?::(?P<min>[0-5]\d))? ?(?P<mark>[ap]\.?m\b\.?|o'clock)"
    r"|\b(?P<word>noon|midnight|midday)\b"
)


def _english_times(text: str) -> Iterator[Found]:
    for match in _EN_TIME.finditer(text):
        if match["word"]:
            yield "time", "00:00" if match["word"] == "midnight" else "12:00", "", match.start(), match.end()
            continue
        hour, unit = _half(int(match["h"]), match["mark"], r"a.*", r"p.*")
        if value := _time(hour, int(match["min"] or 0)):
            yield "time", value, unit, match.start(), match.end()


_EN_SHORT: Final = {
    name[:3]: number
    for number, name in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), start=1
    )
}
_EN_RANGE: Final = re.compile(
    rf"\b(?P<one>{'|'.join(_EN_SHORT)})\.?(?: ?[-~] ?| to )(?P<two>{'|'.join(_EN_SHORT)})\b"
    rf"|\((?P<in>{'|'.join(_EN_SHORT)})\.?\)"
)


def _english_days(text: str) -> Iterator[Found]:
    for match in re.finditer(rf"\b(?P<day>{_listed(_days('en'))})s?\b", text):
        yield "weekday", str(_days("en")[match["day"]]), "", match.start(), match.end()
    yield from _short_days(text, _EN_RANGE, _EN_SHORT)


def _short_days(text: str, pattern: re.Pattern[str], names: Mapping[str, int]) -> Iterator[Found]:
    for match in pattern.finditer(text):
        for group in ("one", "two", "in"):
            if match[group]:
                unit = "aside" if group == "in" else ""
                yield "weekday", str(names[match[group]]), unit, match.start(group), match.end(group)


# Korean

_KO_DATE: Final = re.compile(
    r"(?:(?P<year>[12]\d{3})년 ?)?(?P<month>\d{1,2})월(?: ?(?P<days>\d{1,2}일?"
    rf"(?:{_KO_SEPARATED}\d{{1,2}}일?){{0,{_MOST}}})(?<=일)(?!간))?"
)
_KO_WORDS: Final = re.compile(
    r"(?<![가-힣])(?P<year>[영공일이삼사오육륙칠팔구십백천]{4,7})년"
    r" ?(?P<month>시|십|유|[일이삼사오육륙칠팔구십]{1,2})월"
    r"(?: ?(?P<day>[일이삼사오육륙칠팔구십]{1,3})일)?"
)
#: A day that has become a name: the declaration of 4 October.
_KO_NAMED: Final = re.compile(
    r"(?<![\d.])(?P<month>\d{1,2})·(?P<day>\d{1,2}) ?(?=공동선언|선언|합의|기념|행사|정상)"
)
_KO_MONTHS: Final = {"시": 10, "유": 6}
_KO_TIME: Final = re.compile(
    r"(?:(?P<mark>오전|오후|새벽|아침|낮|저녁|밤) ?)?"
    r"(?:(?<![\d.,])(?P<h>\d{1,2})"
    r"|(?<![가-힣])(?P<word>열한|열두|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열))"
    r"(?: ?시(?!간|범|설|도|민|장|위)"
    r"(?: ?(?P<min>\d{1,2})분(?:(?:부터|에서)? ?[~-]? ?(?P<until>\d{1,2})분(?!간))?| ?(?P<halfway>반))?"
    r"|:(?P<clock>[0-5]\d))"
)
_KO_HOURS: Final = {
    word: value
    for value, word in enumerate(
        ["한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두"], start=1
    )
}
_KO_NOON: Final = re.compile(r"정오|자정")
_KO_SHORT: Final = {name: number for number, name in enumerate("월화수목금토일", start=1)}
_KO_RANGE: Final = re.compile(
    r"(?<![가-힣\d])(?P<one>[월화수목금토일]) ?[~-] ?(?P<two>[월화수목금토일])(?![가-힣])"
    r"|\((?P<in>[월화수목금토일])\)"
)


def _korean_dates(text: str) -> Iterator[Found]:
    for match in _KO_DATE.finditer(text):
        if match["days"] is None and not match["year"] and not 1 <= int(match["month"]) <= 12:
            continue
        yield from _dated(match, int(match["month"]), "days" if match["days"] else None)
    for match in _KO_WORDS.finditer(text):
        month = _KO_MONTHS.get(match["month"]) or sino(match["month"])
        value = date_value(sino(match["year"]), month, sino(match["day"]) if match["day"] else None)
        if value:
            yield "date", value, "", match.start(), match.end()

    for match in _KO_NAMED.finditer(text):
        if value := date_value(None, int(match["month"]), int(match["day"])):
            yield "date", value, "", match.start(), match.end("day")


def _korean_times(text: str) -> Iterator[Found]:
    for match in _KO_TIME.finditer(text):
        if match["clock"] and not match["mark"]:
            continue
        hour = int(match["h"]) if match["h"] else _KO_HOURS[match["word"]]
        hour, unit = _half(hour, match["mark"] or "", "오전|새벽|아침", "오후|낮|저녁|밤")
        if len(match["h"] or "") == 2 and match["h"].startswith("0"):
            unit = ""
        minute = 30 if match["halfway"] else int(match["min"] or match["clock"] or 0)
        end = match.end("min") if match["until"] else match.end()
        if value := _time(hour, minute):
            yield "time", value, unit, match.start(), end
        if match["until"] and (value := _time(hour, int(match["until"]))):
            yield "time", value, unit, match.start("until"), match.end()
    for match in _KO_NOON.finditer(text):
        yield "time", "12:00" if match[0] == "정오" else "00:00", "", match.start(), match.end()


def _korean_days(text: str) -> Iterator[Found]:
    for match in re.finditer(r"(?<![가-힣])(?P<day>[월화수목금토일])요일", text):
        yield "weekday", str(_KO_SHORT[match["day"]]), "", match.start(), match.end()
    yield from _short_days(text, _KO_RANGE, _KO_SHORT)


# Arabic


@lru_cache(maxsize=1)
def _arabic() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = _listed(_months(_ARABIC))
    months = rf"(?P<month>{names})(?: ?/ ?(?:{names}))?(?!\w)"
    year = r"(?:(?: من)?(?: عام| سنه)? (?P<year>[12]\d{3})(?!\d))?"
    return (
        re.compile(
            rf"(?<![\d:.,])(?P<days>\d{{1,2}}(?:{_AR_SEPARATED}\d{{1,2}}){{0,{_MOST}}})"
            rf" (?:من )?(?:شهر )?{months}{year}"
        ),
        re.compile(rf"(?<!\w)(?:[وبل])?{months}{year}"),
    )


def _arabic_dates(text: str) -> Iterator[Found]:
    names = _months(_ARABIC)
    certain = _months(_ARABIC[:2])
    with_day, alone = _arabic()
    for match in with_day.finditer(text):
        found = list(_dated(match, names[match["month"]], "days"))
        yield from found
        if found:
            text = text[: match.start()] + TAKEN * len(match[0]) + text[match.end() :]
    for match in alone.finditer(text):
        sure = match["month"] in certain and match["month"] not in _DOUBTFUL
        if match["year"] or _IN_TIME.search(text[max(0, match.start() - _NEAR) : match.start()]) or sure:
            yield from _dated(match, names[match["month"]], None)


_AR_MARK: Final = r"(?: ?(?P<mark>صباحا|مساء|ظهرا|ليلا|فجرا|بعد الظهر|قبل الظهر|ص|م)(?!\w))"
_AR_HOURS: Final = {
    word: value
    for value, word in enumerate(
        [
            "الواحده",
            "الثانيه",
            "الثالثه",
            "الرابعه",
            "الخامسه",
            "السادسه",
            "السابعه",
            "الثامنه",
            "التاسعه",
            "العاشره",
        ],
        start=1,
    )
} | {"الحاديه عشره": 11, "الثانيه عشره": 12}
_AR_TIME: Final = re.compile(
    rf"(?<!\w)(?:ال)?ساعه (?P<h>\d{{1,2}})(?::(?P<min>[0-5]\d))?(?!\d){_AR_MARK}?"
    rf"|(?<!\w)الساعه (?P<word>{_listed(_AR_HOURS)})(?!\w)(?P<half> والنصف)?"
    rf"{_AR_MARK.replace('mark', 'mark2')}?"
    rf"|(?<![\d:])(?P<h2>\d{{1,2}})(?::(?P<min2>[0-5]\d))?{_AR_MARK.replace('mark', 'mark3')}"
    r"|(?<!\w)(?P<noon>(?<!بعد )(?<!قبل )(?:ال)?ظهرا?|منتصف الليل)(?!\w)"
)


def _arabic_times(text: str) -> Iterator[Found]:
    for match in _AR_TIME.finditer(text):
        if match["noon"]:
            yield "time", "12:00" if "ظهر" in match["noon"] else "00:00", "", match.start(), match.end()
            continue
        mark = match["mark"] or match["mark2"] or match["mark3"] or ""
        hour = _AR_HOURS[match["word"]] if match["word"] else int(match["h"] or match["h2"])
        clock = match["min"] or match["min2"]
        written = match["h"] or match["h2"] or ""
        hour, unit = _half(hour, mark, "صباحا|فجرا|ص|قبل الظهر", "مساء|ليلا|م|بعد الظهر|ظهرا")
        if (clock and not mark) or written.startswith("0"):
            unit = ""
        if value := _time(hour, 30 if match["half"] else int(clock or 0)):
            yield "time", value, unit, match.start(), match.end()


@lru_cache(maxsize=1)
def _arabic_day() -> re.Pattern[str]:
    bare = {name.removeprefix("ال"): number for name, number in _days("ar").items()}
    return re.compile(rf"(?<!\w)[وب]?(?:لل|ال)(?P<day>{_listed(bare)})(?!\w)")


def _arabic_days(text: str) -> Iterator[Found]:
    for match in _arabic_day().finditer(text):
        yield "weekday", str(_days("ar")[f"ال{match['day']}"]), "", match.start("day"), match.end("day")


_FINDERS: Final[Mapping[str, tuple[Callable[[str], Iterator[Found]], ...]]] = {
    "ar": (_arabic_dates, _arabic_times, _arabic_days),
    "en": (_english_dates, _english_times, _english_days),
    "ko": (_korean_dates, _korean_times, _korean_days),
}
