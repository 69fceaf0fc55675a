"""Every seeded difference between languages is found, at its place, as the warning that it is, and once."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office.texts.samples import AGREEMENT, ARABIC, ENGLISH, GLOSSARY, NORTH, SOUTH, parallel
from yeollak.office.texts.compare import Spot, TextWarning, compare, tokens
from yeollak.office.texts.instrument import Article, Instrument, Version, read
from yeollak.office.texts.names import Glossary


class Seed(NamedTuple):
    """One change in one language, and the warning that it must make."""

    lang: str
    article: str
    paragraph: int
    old: str
    new: str
    code: str


SEEDS = [
    # numbers, in digits and words
    Seed("ko-KR", "3", 1, "15~20명", "15~25명", "numbers-differ"),
    Seed("ko-KR", "3", 2, "7일", "8일", "numbers-differ"),
    Seed("ko-KP", "3", 2, "7일전", "열흘 전", "numbers-differ"),
    Seed("ko-KR", "3", 2, "7일", "삼십 일", "numbers-differ"),
    Seed("en", "3", 1, "fifteen", "fifty", "numbers-differ"),
    Seed("en", "3", 1, "fifteen to twenty", "fifteen", "numbers-differ"),
    Seed("en", "3", 2, "seven days", "seventeen days", "numbers-differ"),
    Seed("ar", "3", 1, "عشرين", "ثلاثين", "numbers-differ"),
    Seed("ar", "3", 1, "خمسة عشر", "خمسة", "numbers-differ"),
    Seed("ar", "3", 2, "سبعة أيام", "تسعة أيام", "numbers-differ"),
    Seed("ar", "3", 2, "سبعة أيام", "أيام", "numbers-differ"),
    Seed("ko-KR", "4", 2, "주 1회", "주 2회", "numbers-differ"),
    Seed("en", "4", 2, "once a week", "three times a week", "numbers-differ"),
    Seed("en", "5", 1, "thirty per cent", "forty per cent", "numbers-differ"),
    Seed("ar", "5", 1, "ثلاثون في المئة", "ثلاثة في المئة", "numbers-differ"),
    Seed("ko-KP", "5", 1, "30프로", "13프로", "numbers-differ"),
    # units
    Seed("en", "3", 2, "seven days", "seven weeks", "units-differ"),
    Seed("ko-KR", "3", 2, "7일", "7개월", "units-differ"),
    Seed("ar", "3", 2, "سبعة أيام", "سبعة أشهر", "units-differ"),
    Seed("en", "3", 2, "seven days", "seven working days", "units-differ"),
    Seed("en", "5", 1, "thirty per cent", "thirty days", "units-differ"),
    # money
    Seed("ko-KR", "5", 1, "97억", "79억", "amounts-differ"),
    Seed("ko-KP", "5", 1, "9,780,000,000원", "978,000,000원", "amounts-differ"),
    Seed("en", "5", 1, "9.78 billion", "9.78 million", "amounts-differ"),
    Seed("en", "5", 1, "KRW", "USD", "amounts-differ"),
    Seed("ar", "5", 1, "٩٫٧٨", "٩٫٨٧", "amounts-differ"),
    Seed("ar", "5", 1, "وون", "دولار", "amounts-differ"),
    # dates and times
    Seed("ko-KR", "6", 1, "9월 14일(금)", "9월 15일", "dates-differ"),
    Seed("ko-KP", "6", 1, "2018년 9월", "2019년 9월", "dates-differ"),
    Seed("en", "6", 1, "14 September", "14 October", "dates-differ"),
    Seed("en", "6", 1, "14 September 2018", "September 2018", "dates-differ"),
    Seed("ar", "6", 1, "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "dates-differ"),
    Seed("ar", "6", 1, "٢٠١٨", "٢٠٢٨", "dates-differ"),
    Seed("ar", "", 1, "٢٧", "٢٦", "dates-differ"),
    Seed("ko-KR", "4", 1, "17:00", "18:00", "times-differ"),
    Seed("ko-KP", "4", 1, "17시", "16시", "times-differ"),
    Seed("en", "4", 1, "5 p.m.", "5 a.m.", "times-differ"),
    Seed("ar", "4", 2, "العاشرة", "التاسعة", "times-differ"),
    Seed("ko-KR", "4", 2, "오전 10시", "오후 10시", "times-differ"),
    Seed("en", "4", 1, "to Friday", "to Saturday", "weekdays-differ"),
    Seed("ko-KR", "4", 2, "금요일", "목요일", "weekdays-differ"),
    Seed("ar", "4", 1, "الاثنين", "الأحد", "weekdays-differ"),
    # names
    Seed("en", "1", 1, "Kaesong Industrial Zone", "city of Pyongyang", "names-differ"),
    Seed("ko-KR", "1", 1, "개성공업지구", "서울", "names-differ"),
    Seed("ar", "5", 1, "الجانب الجنوبي", "الجانب الشمالي", "names-differ"),
    Seed("en", "5", 1, "Southern", "Northern", "names-differ"),
    Seed("ko-KP", "", 1, "판문점", "평양", "names-differ"),
]


def seeded(seed: Seed) -> Instrument:
    """The agreement with the one change."""
    whole = read(AGREEMENT)
    version = whole.version(seed.lang)

    def line(text: str, at: int) -> str:
        if at != seed.paragraph:
            return text
        assert text.count(seed.old) == 1, (text, seed.old)
        return text.replace(seed.old, seed.new)

    if seed.article:
        articles = tuple(
            replace(
                article,
                paragraphs=tuple(line(text, at) for at, text in enumerate(article.paragraphs, start=1)),
            )
            if article.number == seed.article
            else article
            for article in version.articles
        )
        version = replace(version, articles=articles)
    else:
        version = replace(
            version, preamble=tuple(line(text, at) for at, text in enumerate(version.preamble, start=1))
        )
    versions = tuple(version if item.lang == seed.lang else item for item in whole.versions)
    return replace(whole, versions=versions)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed.lang} {seed.old} {seed.new}")
def test_a_seeded_difference_is_found_once_and_at_its_place(seed: Seed) -> None:
    changed = seeded(seed)
    found = compare(changed, GLOSSARY)
    assert [warning.code for warning in found] == [seed.code]
    spot = Spot("paragraph", seed.article, seed.paragraph) if seed.article else Spot("preamble", "", 1)
    assert found[0].spot == spot
    assert seed.lang in found[0].languages
    assert set(found[0].tokens) == set(found[0].languages) == {"ko-KR", "ko-KP", "en", "ar"}
    check_tokens(changed, found[0])


def check_tokens(instrument: Instrument, warning: TextWarning) -> None:
    """What a warning shows stands in the text at the offsets that it gives."""
    for lang, row in warning.tokens.items():
        version = instrument.version(lang)
        lines = version.preamble
        if warning.spot.article:
            (lines,) = (item.paragraphs for item in version.articles if item.number == warning.spot.article)
        line = lines[warning.spot.paragraph - 1]
        for token in row:
            assert line[token.start : token.end] == token.text


def test_it_is_grave_between_authentic_languages_and_less_with_a_reference() -> None:
    assert compare(seeded(SEEDS[0]), GLOSSARY)[0].severity == "grave"
    whole = read(AGREEMENT)
    only = replace(whole, versions=tuple(item for item in whole.versions if item.lang in ("ko-KR", "en")))
    english = replace(
        only.versions[1],
        articles=tuple(
            replace(article, paragraphs=tuple(text.replace("seven", "nine") for text in article.paragraphs))
            for article in only.versions[1].articles
        ),
    )
    (warning,) = compare(
        replace(only, versions=(only.versions[0], english), places=(), orders={}, annexes=()), GLOSSARY
    )
    assert warning.severity == "check"


def test_one_and_two_may_be_said_by_grammar() -> None:
    assert (
        compare(
            parallel(
                {
                    "en": "Two calls each working day; a committee meets once.",
                    "ko": "근무일마다 두 차례 통화하고 위원회를 1회 연다.",
                    "ar": "مكالمتان كل يوم عمل، وتجتمع لجنة مرة.",
                }
            ),
            Glossary(),
        )
        == ()
    )
    (warning,) = compare(parallel({"en": "Two sessions.", "ko": "전체회의 한 차례."}), Glossary())
    assert warning.code == "numbers-differ"


def test_counts_of_articles_and_paragraphs() -> None:
    whole = read(AGREEMENT)
    fewer = replace(ENGLISH, articles=ENGLISH.articles[:-1])
    found = compare(replace(whole, versions=(SOUTH, NORTH, fewer, ARABIC)), GLOSSARY)
    assert [(item.code, item.spot) for item in found] == [("articles-differ", Spot("text"))]
    split = replace(
        ENGLISH,
        articles=(Article("1", ("The office.", *ENGLISH.articles[0].paragraphs)), *ENGLISH.articles[1:]),
    )
    found = compare(replace(whole, versions=(SOUTH, NORTH, split, ARABIC)), GLOSSARY)
    assert [(item.code, item.spot) for item in found] == [
        ("paragraphs-differ", Spot("paragraph", "1")),
        ("heading-missing", Spot("heading", "1")),
    ]
    longer = replace(ARABIC, preamble=(*ARABIC.preamble, "وبعد."))
    found = compare(replace(whole, versions=(SOUTH, NORTH, ENGLISH, longer)), GLOSSARY)
    assert [(item.code, item.spot) for item in found] == [("paragraphs-differ", Spot("preamble"))]


def test_where_counts_differ_the_whole_article_is_still_read() -> None:
    joined = replace(
        ENGLISH,
        articles=tuple(
            replace(item, paragraphs=(" ".join(item.paragraphs).replace("seven", "six"),))
            if item.number == "3"
            else item
            for item in ENGLISH.articles
        ),
    )
    found = compare(replace(read(AGREEMENT), versions=(SOUTH, NORTH, joined, ARABIC)), GLOSSARY)
    assert [item.code for item in found] == ["paragraphs-differ", "numbers-differ"]
    assert found[1].spot == Spot("paragraph", "3")


def test_the_order_of_the_sides_is_each_sides_own() -> None:
    def in_korean(one: str, two: str, sides: tuple[str, str]) -> tuple[str, ...]:
        versions = tuple(
            Version(tag, "authentic", "합의서", (Article("1", (line,)),), side=side)
            for tag, line, side in (("ko-KR", one, sides[0]), ("ko-KP", two, sides[1]))
        )
        return tuple(item.code for item in compare(Instrument(versions), GLOSSARY))

    assert in_korean("남북 회담", "북남 회담", ("south", "north")) == ()
    assert in_korean("남북 회담", "북남 회담", ("", "")) == ("order-differs",)
    assert in_korean("남북 회담", "북남 회담", ("south", "south")) == ("order-differs",)
    assert in_korean("남북 회담", "남북 회담", ("", "")) == ()
    crossed = parallel({"ko": "북남 회담", "en": "South-North talks"})
    assert compare(crossed, GLOSSARY) == ()


def test_a_day_of_the_week_that_is_not_the_day_of_its_date() -> None:
    (warning,) = compare(
        parallel({"ko": "2018년 9월 14일(목)에 연다.", "en": "On 14 September 2018."}), Glossary()
    )
    assert warning.code == "weekday-wrong"
    assert [token.text for token in warning.tokens["ko"]] == ["2018년 9월 14일", "목"]


def test_a_language_that_is_not_read_is_named_and_its_digits_still_count() -> None:
    lines = {"en": "Seven days before 14 September 2018, 15 officers.", "fr": "Sept jours avant, 15 agents."}
    found = compare(parallel(lines), Glossary())
    assert [item.code for item in found] == ["language-unread", "dates-differ"]
    found = compare(parallel({**lines, "fr": "Sept jours avant le 2018-09-14, 16 agents."}), Glossary())
    assert [item.code for item in found] == ["language-unread", "numbers-differ"]


def test_names_in_their_places_and_offsets() -> None:
    line = "في كيسونگ وبپانمونجوم للجانب الجنوبي"
    found = tokens(line, "ar", GLOSSARY)
    assert [(token.value, line[token.start : token.end]) for token in found] == [
        ("kaesong", "كيسونگ"),
        ("panmunjom", "پانمونجوم"),
        ("south", "الجنوبي"),
    ]


@given(st.text(max_size=120), st.sampled_from(["en", "ko", "ar", "fr", "ko-KP"]))
@settings(max_examples=300, deadline=None)
def test_any_line_is_read_and_every_token_stands_where_it_says(line: str, lang: str) -> None:
    for token in tokens(line, lang, GLOSSARY):
        assert line[token.start : token.end] == token.text != ""


ALPHABET = (
    "일이삼십백천만억조년월일시분제조항 0123456789,.:/-~·٠١٢٣ثلاثة وعشرون مئة ألف twenty one hundred and May"
)


@given(st.text(ALPHABET, max_size=60), st.sampled_from(["en", "ko", "ar"]))
@settings(max_examples=500, deadline=None)
def test_lines_full_of_numbers_are_read_and_equal_to_themselves(line: str, lang: str) -> None:
    for token in tokens(line, lang, GLOSSARY):
        assert line[token.start : token.end] == token.text
    if line == line.strip() != "":
        twice = Instrument(
            tuple(
                Version(tag, "authentic", "x", (Article("1", (line,)),))
                for tag in (f"{lang}-AA", f"{lang}-BB")
            )
        )
        assert [item for item in compare(twice, GLOSSARY) if item.code != "weekday-wrong"] == []


def test_a_line_with_more_numbers_than_anybody_reads_is_said_to_be_left_out() -> None:
    lines = {"en": "3 " * 4000 + "3", "ko": "3 " * 4000 + "4", "ar": "ثلاثة."}
    found = compare(parallel(lines), Glossary())
    assert [(item.code, item.languages) for item in found] == [("not-compared", ("en", "ko"))]
