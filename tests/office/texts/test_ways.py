"""A number and a date are one number and one date in every way in which the three languages write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office.texts.samples import parallel
from yeollak.office.texts.compare import compare
from yeollak.office.texts.names import Glossary

EN_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
)
EN_WORDS = [*EN_ONES.split(), "seventeen", "eighteen", "nineteen"]
EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def english(value: int) -> str:
    """A whole number below a thousand in English words."""
    if value >= 100:
        rest = f" and {english(value % 100)}" if value % 100 else ""
        return f"{EN_WORDS[value // 100]} hundred{rest}"
    if value >= 20:
        return EN_TENS[value // 10 - 2] + (f"-{EN_WORDS[value % 10]}" if value % 10 else "")
    return EN_WORDS[value]


def korean(value: int) -> str:
    """The same in Sino-Korean syllables."""
    digits, made = "영일이삼사오육칠팔구", ""
    for size, unit in ((100, "백"), (10, "십")):
        if many := value // size % 10:
            made += (digits[many] if many > 1 else "") + unit
    return made + (digits[value % 10] if value % 10 else "")


AR_UNITS = ["صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"]
AR_TENS = ["عشرة", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"]
AR_HUNDREDS = ["مئة", "مئتان", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة", "تسعمئة"]


def arabic(value: int) -> str:
    """The same in Arabic words, masculine, nominative."""
    parts = [AR_HUNDREDS[value // 100 - 1]] if value >= 100 else []
    rest = value % 100
    if 11 <= rest <= 19:
        teens = {1: "أحد", 2: "اثنا"}
        parts.append(f"{teens.get(rest - 10, AR_UNITS[rest - 10])} عشر")
    else:
        if rest % 10:
            parts.append(AR_UNITS[rest % 10])
        if rest >= 10:
            parts.append(AR_TENS[rest // 10 - 1])
    return " و".join(parts)


def indic(value: int | str) -> str:
    return str(value).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


WAYS: Mapping[str, tuple[Callable[[int], str], ...]] = {
    "en": (lambda n: f"The sides post {english(n)} officers.", lambda n: f"The sides post {n} officers."),
    "ko": (lambda n: f"각측은 {korean(n)} 명을 둔다.", lambda n: f"각측은 {n}명을 둔다."),
    "ar": (
        lambda n: f"يعيّن الجانبان {arabic(n)} موظفاً.",
        lambda n: f"يعيّن الجانبان {indic(n)} موظفاً.",
        lambda n: f"يعيّن الجانبان {n} موظفاً.",
    ),
}


@given(
    st.integers(10, 999),
    st.integers(10, 999),
    st.sampled_from(sorted(WAYS)),
    st.tuples(*(st.integers(0, len(WAYS[lang]) - 1) for lang in sorted(WAYS))),
)
@settings(max_examples=300, deadline=None)
def test_a_number_in_any_way_of_writing(value: int, other: int, lang: str, ways: tuple[int, ...]) -> None:
    write = {key: WAYS[key][way] for key, way in zip(sorted(WAYS), ways, strict=True)}
    lines = {key: make(value) for key, make in write.items()}
    assert compare(parallel(lines), Glossary()) == ()
    found = compare(parallel({**lines, lang: write[lang](other)}), Glossary())
    assert [item.code for item in found] == ([] if other == value else ["numbers-differ"])
    if found:
        assert [token.value for token in found[0].tokens[lang]] == [str(other)]


EN_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
AR_MONTHS = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]
LEVANTINE = [
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
]
DATES: Mapping[str, tuple[Callable[[date], str], ...]] = {
    "en": (
        lambda d: f"It begins on {d.day} {EN_MONTHS[d.month - 1]} {d.year}.",
        lambda d: f"It begins on {EN_MONTHS[d.month - 1]} {d.day}, {d.year}, at last.",
        lambda d: f"It begins on {d.isoformat()}.",
    ),
    "ko": (
        lambda d: f"{d.year}년 {d.month}월 {d.day}일부터 시작한다.",
        lambda d: f"{d.year}. {d.month}. {d.day}.부터 시작한다.",
        lambda d: f"{d.year}년 {d.month}월 {d.day}일({'월화수목금토일'[d.weekday()]})에 시작한다.",
    ),
    "ar": (
        lambda d: f"يبدأ في {d.day} {AR_MONTHS[d.month - 1]} {d.year}.",
        lambda d: f"يبدأ في {indic(d.day)} {AR_MONTHS[d.month - 1]} {indic(d.year)}.",
        lambda d: f"يبدأ في {d.day} {LEVANTINE[d.month - 1]}/{AR_MONTHS[d.month - 1]} {d.year}.",
    ),
}
DAYS = st.dates(min_value=date(1945, 1, 1), max_value=date(2099, 1, 1))


@given(DAYS, DAYS, st.sampled_from(sorted(DATES)), st.tuples(*[st.integers(0, 2)] * 3))
@settings(max_examples=300, deadline=None)
def test_a_date_in_any_way_of_writing(value: date, other: date, lang: str, ways: tuple[int, ...]) -> None:
    write = {key: DATES[key][way] for key, way in zip(sorted(DATES), ways, strict=True)}
    lines = {key: make(value) for key, make in write.items()}
    assert compare(parallel(lines), Glossary()) == ()
    found = compare(parallel({**lines, lang: write[lang](other)}), Glossary())
    assert [item.code for item in found] == ([] if other == value else ["dates-differ"])
