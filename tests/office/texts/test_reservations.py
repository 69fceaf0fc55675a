"""A reservation hangs where its facts say, and on the whole text where they do not say it clearly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.office.texts.samples import AGREEMENT
from yeollak.office.texts.instrument import read
from yeollak.office.texts.reservations import Hanging, at_article, reservations
from yeollak.procedures.table import Move

TEXT, OTHER = "1" * 64, "2" * 64
DRAFT, SIGNED = "a" * 64, "b" * 64
LANGUAGES = ("ko-KR", "ko-KP", "en", "ar")
MATTER = (
    Move(DRAFT, "south", "agreement.draft", "2018-09-13T00:00:00Z", {"text": TEXT}),
    Move(SIGNED, "north", "agreement.sign", "2018-09-14T00:00:00Z", {"text": TEXT}),
)


def hanging(facts: dict[str, Any], re: tuple[str, ...] = (), *, known: bool = True) -> Hanging:
    move = Move(
        "c" * 64, "north", "reservation", "2018-09-14T01:00:00Z", facts, re, enclosures={"e" * 64: "right"}
    )
    (found,) = reservations((*MATTER, move), {TEXT: read(AGREEMENT)} if known else {})
    return found


@pytest.mark.parametrize(
    ("subject", "article", "paragraph"),
    [
        ({"en": "Reservation to Article 3"}, "3", 0),
        ({"en": "Article 3, paragraph 2: staff"}, "3", 2),
        ({"ko": "제3조 제2항에 대한 유보"}, "3", 2),
        ({"ko": "제삼조에 대한 유보"}, "3", 0),
        ({"ar": "تحفظ على المادة ٣، الفقرة ٢"}, "3", 2),
        ({"en": "Article 3", "ko": "제3조", "ar": "المادة 3"}, "3", 0),
        ({"en": "Article 3", "ko": "제4조"}, "", 0),  # the languages do not agree
        ({"en": "Articles of trade"}, "", 0),
        ({"en": "Article 3 and Article 4"}, "", 0),
        ({"en": "Article 99"}, "", 0),  # there is none
        ({"en": "Article 3, paragraph 9"}, "3", 0),
        ({"ko": "제4조의2"}, "", 0),
        ({}, "", 0),
    ],
)
def test_the_article_is_read_out_of_the_subject(
    subject: dict[str, str], article: str, paragraph: int
) -> None:
    found = hanging({"text": TEXT, **({"subject": subject} if subject else {})})
    assert (found.text, found.article, found.paragraph) == (TEXT, article, paragraph)
    assert found.enclosures == ("e" * 64,)


def test_an_act_that_put_or_signed_the_text_names_it_too() -> None:
    assert hanging({"subject": {"en": "Article 2"}}, (DRAFT,)).article == "2"
    assert hanging({}, (DRAFT, SIGNED)).text == TEXT
    assert hanging({}, ("9" * 64,)).text == ""
    assert hanging({"subject": {"en": "Article 2"}}, ("9" * 64,)).article == ""
    assert hanging({"text": OTHER}, (DRAFT,)).text == OTHER


@pytest.mark.parametrize(
    ("subject", "languages"),
    [
        ({"en": "The Korean text of Article 2"}, ("ko-KR", "ko-KP")),
        ({"en": "The Arabic text"}, ("ar",)),
        ({"ko": "아랍어본 제2조"}, ("ar",)),
        ({"ar": "النص الكوري للمادة 2"}, ("ko-KR", "ko-KP")),
        ({"ar": "باللغة الإنجليزية"}, ("en",)),
        ({"en": "Article 2"}, LANGUAGES),
        ({"xx": "?"}, LANGUAGES),
    ],
)
def test_it_hangs_on_the_languages_that_it_names(subject: dict[str, str], languages: tuple[str, ...]) -> None:
    assert hanging({"text": TEXT, "subject": subject}).languages == languages


def test_without_the_text_an_article_is_taken_as_named() -> None:
    found = hanging({"text": OTHER, "subject": {"ko": "제4조의2 제1항"}}, known=False)
    assert (found.article, found.paragraph, found.languages) == ("4.2", 1, ())


def test_what_a_screen_shows_beside_an_article() -> None:
    on_article = hanging({"text": TEXT, "subject": {"en": "Article 2, in the Arabic text"}})
    on_text = hanging({"text": TEXT, "subject": {"en": "All of it"}})
    both = (on_article, on_text)
    assert at_article(both, TEXT, "ar", "2") == (on_article,)
    assert at_article(both, TEXT, "en", "2") == ()
    assert at_article(both, TEXT, "en") == (on_text,)
    assert at_article(both, OTHER, "en") == ()


def test_nothing_else_hangs() -> None:
    remark = Move("d" * 64, "north", "remark", "2018-09-14T01:00:00Z", {"subject": {"en": "Article 3"}})
    assert reservations((*MATTER, remark)) == ()
