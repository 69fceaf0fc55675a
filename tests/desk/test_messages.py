"""The catalogues hold every message, whole, in the glossary's plural forms and within its style."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


#: A run of Latin letters with what may stand within a command, a path or an address.
_LATIN = re.compile(r"[A-Za-z][\w@:/.-]*", re.ASCII)
_SCRIPTS = {"ko": r"[가-힣]", "ar": r"[\u0621-\u064a]"}
#: Northern names in Arabic keep the letters that their sources write; nothing else has them.
_NOT_ARABIC = re.compile(r"[گچژکی]")


#: No sentences, though they end like one.
_TITLES = {"The building by floors."}


def _texts(lang: str) -> Iterator[tuple[str, str]]:
    """Every form of every message of a catalogue beside its English, fields and commands left out."""
    for message in messages.load(lang):
        if message.id:
            english = message.id if isinstance(message.id, str) else " ".join(message.id)
            forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
            for form in forms:
                yield english, re.sub(r"`[^`]*`|\{\w+\}|%\(\w+\)[sd]", "", form)


@pytest.mark.parametrize("lang", ["ko", "ar"])
def test_a_translation_has_no_latin_but_what_its_english_names(lang: str) -> None:
    for english, text in _texts(lang):
        for run in _LATIN.findall(text):
            assert run.rstrip(".:") in english, (english, text)


@pytest.mark.parametrize(("lang", "other"), [("ko", "ar"), ("ar", "ko")])
def test_no_letter_of_another_language_slipped_in(lang: str, other: str) -> None:
    for english, text in _texts(lang):
        assert not re.search(_SCRIPTS[other], text), (english, text)
    assert not [text for _, text in _texts("ar") if _NOT_ARABIC.search(text)]


def test_punctuation_is_that_of_the_language() -> None:
    for english, text in _texts("ar"):
        assert not re.search(r"[,;?](?!\d)", text), (english, text)
        assert "\u0640" not in text, (english, "tatweel")
    for lang in ("ko", "ar"):
        for english, text in _texts(lang):
            assert not re.search("[\"']", text), (english, text)
            assert english.endswith(".") == text.endswith("."), (english, text)


def test_korean_speaks_formally_and_lists_no_particles() -> None:
    for english, text in _texts("ko"):
        assert not re.search(r"당신|세요|해요|합시다|을\(를\)|이\(가\)|은\(는\)", text), (english, text)
        # A whole sentence ends with its verb; one with fields may end with what fills them.
        if english.endswith(".") and not re.search(r"[{%:]", english) and english not in _TITLES:
            assert re.search(r"(다|시오)\.$", text), (english, text)


def test_arabic_asks_without_an_imperative() -> None:
    """The reader's sex is not known, so that requests are said with «يُرجى» and a verbal noun."""
    imperative = re.compile(
        r"(?<![\u0621-\u0652])(حاول|اضغط|اختر|أدخل|احتفظ|أبلغ|تأكد|انظر|شغّل|اكتب)(?![\u0621-\u0652])"
    )
    assert not [text for _, text in _texts("ar") if imperative.search(text)]
