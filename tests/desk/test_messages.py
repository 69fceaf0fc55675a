"""The catalogues hold every message, whole, in the glossary's plural forms and within its style."""

from __future__ import annotations

import pytest

from tools import messages
from yeollak.words import LANGUAGES


def test_the_catalogues_are_complete() -> None:
    assert messages.check() == []


def test_templates_code_and_faults_are_all_collected() -> None:
    found = messages.collect()
    assert (None, "Timeline") in found
    assert ("account", "Account: the press") in found
    assert (None, ("%(n)s entry", "%(n)s entries")) in found
    assert ("error", "The passphrase does not open {what}.") in found
    assert ("duration", ("{n} day", "{n} days")) in found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_word_that_is_never_used_is_found(lang: str) -> None:
    from babel.messages.catalog import Message

    banned = {"en": "The enemy answered.", "ko": "국경에서 만났습니다.", "ar": "وصل العدو."}
    good = {"en": "The other side answered.", "ko": "상대측이 응답하였습니다.", "ar": "رد الجانب الآخر."}
    assert list(messages._wrong(lang, Message("x", banned[lang])))
    assert not list(messages._wrong(lang, Message("x", good[lang])))


def test_faults_in_a_message_are_found() -> None:
    from babel.messages.catalog import Message

    def wrong(identity: object, text: object, **more: object) -> list[str]:
        return list(messages._wrong("ar", Message(identity, text, **more)))  # type: ignore[arg-type]  # wrong on purpose

    assert wrong("{a} b", "ب") == ["other fields than ['a']"]
    assert wrong("a", "") == ["missing"]
    assert wrong("a", "ب", flags=["fuzzy"]) == ["fuzzy"]
    assert wrong(("{n} a", "{n} b"), ("ب", "ت")) == ["2 plural forms where there are 6"]
    assert wrong(("{n} a", "{n} b"), ("ا", "ب", "ت", "{n}", "{n}", "{n}")) == []
