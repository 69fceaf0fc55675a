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
    ("facts", "article", "paragraph"),
    [
        ({"article": "3"}, "3", 0),
        ({"article": "3", "paragraph": 2}, "3", 2),
        ({"article": "99"}, "", 0),  # there is none
        ({"article": "3", "paragraph": 9}, "3", 0),
        ({"paragraph": 2}, "", 0),
        ({}, "", 0),
    ],
)
def test_it_hangs_on_the_article_that_it_names(facts: dict[str, Any], article: str, paragraph: int) -> None:
    found = hanging({"text": TEXT, **facts})
    assert (found.text, found.article, found.paragraph) == (TEXT, article, paragraph)
    assert found.enclosures == ("e" * 64,)


def test_an_act_that_put_or_signed_the_text_names_it_too() -> None:
    assert hanging({"article": "2"}, (DRAFT,)).article == "2"
    assert hanging({}, (DRAFT, SIGNED)).text == TEXT
    assert hanging({}, ("9" * 64,)).text == ""
    assert hanging({"article": "2"}, ("9" * 64,)).article == ""
    assert hanging({"text": OTHER}, (DRAFT,)).text == OTHER


@pytest.mark.parametrize(
    ("language", "languages"),
    [("ko", ("ko-KR", "ko-KP")), ("ko-kp", ("ko-KP",)), ("ar", ("ar",)), ("xx", LANGUAGES), ("", LANGUAGES)],
)
def test_it_hangs_on_the_languages_that_it_names(language: str, languages: tuple[str, ...]) -> None:
    facts = {"text": TEXT, **({"language": language} if language else {})}
    assert hanging(facts).languages == languages


def test_without_the_text_an_article_is_taken_as_named() -> None:
    found = hanging({"text": OTHER, "article": "4.2", "paragraph": 1}, known=False)
    assert (found.article, found.paragraph, found.languages) == ("4.2", 1, ())


def test_what_a_screen_shows_beside_an_article() -> None:
    on_article = hanging({"text": TEXT, "article": "2", "language": "ar"})
    on_text = hanging({"text": TEXT, "subject": {"en": "All of it"}})
    both = (on_article, on_text)
    assert at_article(both, TEXT, "ar", "2") == (on_article,)
    assert at_article(both, TEXT, "en", "2") == ()
    assert at_article(both, TEXT, "en") == (on_text,)
    assert at_article(both, OTHER, "en") == ()


def test_nothing_else_hangs() -> None:
    remark = Move("d" * 64, "north", "remark", "2018-09-14T01:00:00Z", {"subject": {"en": "Article 3"}})
    assert reservations((*MATTER, remark)) == ()
