"""Words: languages, catalogues, figures and faults."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak import words
from yeollak.errors import CODES, OurFault
from yeollak.words.acts import fact_word, kind_word, slot_word, value_word
from yeollak.words.catalogue import say_count, translations
from yeollak.words.figures import day, duration, instant, month, offset
from yeollak.words.labels import PROCEDURE_TERMS, known, stand_word, state, state_word
from yeollak.words.states import DUTY_TERMS, MEETING_TERMS, PHASE_TERMS
from yeollak.words.terms import glossary

SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("lang", "written"),
    [("en", "9 June 2020"), ("ko", "2020년 6월 9일(화)"), ("ar", "9 يونيو 2020")],
)
def test_a_day_is_written_as_the_glossary_says(lang: str, written: str) -> None:
    assert day(date(2020, 6, 9), lang) == written


def test_instants_carry_clock_and_offset() -> None:
    at = datetime(2020, 6, 9, 9, 5, tzinfo=SEOUL)
    assert instant(at, "en") == "9 June 2020, 09:05 UTC+9"
    assert instant(at, "ko") == "2020년 6월 9일(화) 09:05 UTC+9"
    assert instant(at, "ar") == "9 يونيو 2020، 09:05 UTC+9"
    assert offset(at.astimezone(UTC)) == "UTC"
    assert offset(at.astimezone(timezone(timedelta(hours=8, minutes=30)))) == "UTC+8:30"
    assert offset(at.astimezone(timezone(-timedelta(hours=3, minutes=30)))) == "UTC-3:30"
    with pytest.raises(ValueError, match="offset"):
        instant(at.replace(tzinfo=None), "en")


def test_official_arabic_dates_give_both_names_of_the_month() -> None:
    assert day(date(2020, 6, 9), "ar", document=True) == "9 حزيران/يونيو 2020"
    assert day(date(2020, 6, 9), "ko", document=True) == "2020년 6월 9일(화)"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)), st.sampled_from(words.LANGUAGES))
def test_digits_are_western_everywhere(value: date, lang: str) -> None:
    for text in (day(value, lang), month(value, lang)):
        assert str(value.year) in text
        assert all(char in "0123456789" for char in text if unicodedata.category(char) == "Nd")


def test_money_puts_the_code_first() -> None:
    assert words.money(9_780_000_000, "KRW") == "KRW 9,780,000,000"


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=5000)), st.sampled_from(words.LANGUAGES))
def test_a_length_of_time_names_at_most_two_units(value: timedelta, lang: str) -> None:
    said = duration(value, lang)
    assert "{" not in said
    assert len(re.findall(r"\d[\d,]*", said)) <= 2


def test_length_of_time_in_arabic_takes_the_six_forms() -> None:
    assert duration(timedelta(days=1), "ar") == "يوم واحد"
    assert duration(timedelta(days=2), "ar") == "يومان"
    assert duration(timedelta(days=5), "ar") == "5 أيام"
    assert duration(timedelta(days=413), "ar") == "413 يوماً"
    assert duration(timedelta(days=413, hours=3), "ko") == "413일 3시간"
    with pytest.raises(ValueError, match="negative"):
        duration(-timedelta(days=1), "en")


@given(st.integers(min_value=0, max_value=100_000))
def test_arabic_chooses_the_form_that_cldr_chooses(n: int) -> None:
    from babel import Locale

    names = glossary()["plural"]["ar"]["categories"]
    forms = ["لا أيام", "يوم واحد", "يومان", "{n} أيام", "{n} يوماً", "{n} يوم"]
    expected = forms[names.index(Locale("ar").plural_form(n))].format(n=f"{n:,}")
    assert say_count("ar", "{n} day", "{n} days", n, context="duration") == expected


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "en"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("fr-FR, ar;q=0.5, en;q=0.4", "ar"),
        ("en;q=0.1, KO-kp;q=0.2", "ko"),
        ("ar;q=0, en;q=0", "en"),
        ("*", "en"),
        ("ko;q=x, ar", "ar"),
    ],
)
def test_the_browser_chooses_the_language(header: str, lang: str) -> None:
    assert words.negotiate(header) == lang


@given(st.text())
def test_no_header_breaks_the_choice(header: str) -> None:
    assert words.negotiate(header) in words.LANGUAGES
    assert words.from_posix(header) in words.LANGUAGES


def test_the_shell_chooses_the_language() -> None:
    assert words.from_posix("ko_KR.UTF-8") == "ko"
    assert words.from_posix("ar_EG@modern") == "ar"
    assert words.from_posix("C") == "en"
    assert words.from_posix(None) == "en"


def test_directions() -> None:
    assert [words.direction(lang) for lang in ("en", "ko", "ar", "ar-EG", "he", "x")] == [
        "ltr",
        "ltr",
        "rtl",
        "rtl",
        "rtl",
        "ltr",
    ]


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_fault_speaks_every_language(code: str) -> None:
    from string import Formatter

    fields = {name for text in CODES[code] for _, name, _, _ in Formatter().parse(text) if name}
    fault = OurFault(code, **dict.fromkeys(fields, "X"))
    said = {lang: words.sentence(fault, lang) for lang in words.LANGUAGES}
    assert said["en"].sentence == fault.sentence
    assert said["en"].next_step == fault.next_step
    for lang in ("ko", "ar"):
        assert said[lang].sentence != fault.sentence, "not translated"
        assert said[lang].next_step != fault.next_step, "not translated"
        assert said[lang].sentence.count("X") >= (1 if "X" in fault.sentence else 0)
        assert said[lang].code == code


@given(st.text(max_size=500))
def test_foreign_text_cannot_reorder_a_sentence(text: str) -> None:
    tidy = words.clean(text, longest=100)
    assert len(tidy) <= 100
    assert not set(tidy) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n\r\t\x00")
    assert words.clean(tidy, longest=100) == tidy
    fault = OurFault("malformed", what=text, why="so")
    assert "\u202e" not in words.sentence(fault, "ar").sentence


def test_terms_and_labels_come_from_the_glossary() -> None:
    assert words.term("unanswered-call", "ko") == "무응답"
    assert words.term("unanswered-call", "xx") == "unanswered"
    with pytest.raises(KeyError):
        words.term("no-such-term", "en")
    for term_id in (
        *PROCEDURE_TERMS.values(),
        *PHASE_TERMS.values(),
        *MEETING_TERMS.values(),
        *DUTY_TERMS.values(),
    ):
        assert words.has_term(term_id), term_id


def test_labels_that_no_catalogue_knows_stay_as_they_are() -> None:
    assert known("en", "role", "Keeper of keys") == "Keeper of keys"
    assert known("ko", "role", "Keeper of keys") is None
    assert known("ko", "role", "Minister of Unification") == "통일부 장관"
    assert translations("xx").gettext("Timeline") == "Timeline"


def test_a_meeting_is_in_the_state_that_its_sides_agree_on() -> None:
    held, missed = {"account/south": "held"}, {"account/north": "not-held"}
    assert state("en", "meeting", "reported", held) == "held"
    assert state("en", "meeting", "reported", {**held, **missed}) == "accounts differ"
    assert state("en", "meeting", "reported", {"account/south": "?"}) is None
    assert state("ko", "note", "refused", {}) == "접수 거부됨"
    assert state("en", "check-in", "observed", {}) is None


def test_a_duty_and_an_asset_are_in_the_state_that_was_entered() -> None:
    done, missed = {"view/south": "done"}, {"view/north": "missed"}
    assert state("en", "duty", "stated", done) == "fulfilled"
    assert state("ko", "duty", "stated", {**done, **missed}) == "양측 기재 다름"
    assert state("en", "duty", "stated", {"waived/south": "ab"}) == "Waived by a side, not by all"
    assert state("en", "duty", "stated", {}) == "Stated by a side"
    assert state("en", "asset", "listed", {"state": "left-behind"}) == "left behind"
    assert state("ko", "asset", "listed", {}) == "등재"


def test_one_fact_has_the_name_that_its_kind_gives_it() -> None:
    assert fact_word("en", "result") == "What happened"
    assert fact_word("en", "result", "project.inspect") == "Finding"
    assert fact_word("en", "stage", "request.translated") == "Translation"
    assert fact_word("en", "stage", "project.enter") == "Stage as told"
    assert fact_word("ko", "decision", "request.answer") == "결정"
    with pytest.raises(KeyError):
        fact_word("en", "nonsense")


def test_what_no_table_lists_stays_as_it_is() -> None:
    assert kind_word("ko", "nonsense.kind") == "nonsense.kind"
    assert value_word("en", "lines", "a-line-of-their-own") is None
    assert value_word("ar", "weekday", "tue") == "الثلاثاء"
    assert value_word("en", "line", "panmunjom") == "Panmunjom"
    assert slot_word("ko", "opening") == "개시통화"
    assert slot_word("en", "noon") == "noon"


def test_where_a_side_stands_is_said_with_one_word() -> None:
    assert state_word("ko", "standing", "present", {}) == stand_word("ko", "present") == "정상 근무"
    assert stand_word("en", "elsewhere") == "elsewhere"


def test_a_state_in_a_list_begins_as_a_label_does() -> None:
    assert state_word("en", "note", "refused", {}) == "Refused"
    assert state_word("en", "duty", "stated", {"view/south": "done"}) == "Fulfilled"
    assert state_word("ar", "note", "refused", {}) == state("ar", "note", "refused", {})
    assert state_word("en", "nonsense", "nowhere", {}) == "nowhere"
