"""What fills a fault's sentence is said in the reader's language, and costs little whatever it holds."""

from __future__ import annotations

import errno
import os
import re
import time
from importlib.resources import files

import pytest

from yeollak.errors import CODES, OurFault, RecordFault, TheirFault
from yeollak.errors.reasons import FILLINGS, REFUSALS, SYSTEM
from yeollak.words.catalogue import LANGUAGES, speaking_korean
from yeollak.words.faults import sentence
from yeollak.words.fillings import LONGEST, Template, filling, found

FSI, PDI = "\u2068", "\u2069"
#: What the fields of a phrase are filled with where the phrase asks for another phrase.
_INNER = {"what": "the pouch", "why": "it ends too early", "role": "seal"}
_EVERY = [(field, phrase) for field, phrases in FILLINGS.items() for phrase in phrases]


def _filled(phrase: str) -> tuple[str, dict[str, str]]:
    """A phrase as a call site fills it, and with what."""
    values = {name: _INNER.get(name, f"{7 + place}") for place, name in enumerate(Template.of(phrase).fields)}
    return phrase.format_map(values), values


@pytest.mark.parametrize(("field", "phrase"), _EVERY)
def test_every_phrase_is_found_again_in_what_it_makes(field: str, phrase: str) -> None:
    text, values = _filled(phrase)
    again = found(field, text)
    assert again is not None
    # Another template may fit as well: then it is one that says the same in the same fields' places.
    assert again == (phrase, values) or again[0].format_map(again[1]) == text
    assert filling("en", field, text) == text


@pytest.mark.parametrize("lang", ["ko", "ar"])
def test_no_phrase_is_left_in_english(lang: str) -> None:
    for field, phrase in _EVERY:
        text, _ = _filled(phrase)
        said = filling(lang, field, text)
        # What English is left are names: of exceptions, fields, formats.
        assert not re.search(r"[a-z]+(?: [a-z]+){2,}", said), (phrase, said)
        assert said != text


def test_northern_korean_has_them_all() -> None:
    with speaking_korean("ko-kp"):
        for field, phrase in _EVERY:
            text, _ = _filled(phrase)
            assert filling("ko", field, text) != text


@pytest.mark.parametrize(
    ("text", "phrase", "values"),
    [
        ("the pouch", "the pouch", {}),
        ("the checkpoint of the proof", "the checkpoint of {what}", {"what": "the proof"}),
        ("the key of a key of", "the key of {name}", {"name": "a key of"}),
        ("the seal key of the card", "the {role} key of {what}", {"role": "seal", "what": "the card"}),
        ("the key of ", "the key of {name}", {"name": ""}),
    ],
)
def test_a_text_is_the_phrase_with_the_most_words(text: str, phrase: str, values: dict[str, str]) -> None:
    assert found("what", text) == (phrase, values)


def test_a_reason_that_begins_with_a_word_goes_before_one_that_begins_with_a_field() -> None:
    again = found("why", "ValueError: the hours of monday is not an hour written HH:MM")
    assert again == ("ValueError: {why}", {"why": "the hours of monday is not an hour written HH:MM"})


@pytest.mark.parametrize(
    "name", ["charter", "south/checkpoint", "/srv/the pouch", "the pouch ", "The pouch", "", "--due"]
)
def test_names_are_left_as_they_are(name: str) -> None:
    assert found("what", name) is None
    assert filling("ko", "what", name) == name.strip()


def test_what_is_no_datum_of_words_is_never_looked_up() -> None:
    assert found("file", "the pouch") is None
    assert "the pouch" in sentence(OurFault("file-exists", file="the pouch"), "ko").sentence


def test_the_reason_in_a_reason_and_the_thing_in_a_thing_are_said_too() -> None:
    fault = RecordFault("malformed", what="the checkpoint of the proof", why="it ends too early at byte 17")
    assert sentence(fault, "ko").sentence == (
        "증명의 체크포인트 항목이 정해진 유일한 형식이 아닙니다: 내용이 도중에 끝납니다(17번째 바이트)."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_programs_get_stays_english(lang: str) -> None:
    fault = RecordFault("malformed", what="the pouch", why="its parcels do not fill it")
    sentence(fault, lang)
    assert fault.data == {"what": "the pouch", "why": "its parcels do not fill it"}
    assert str(fault) == (
        "the pouch is not in the one form that it may have: its parcels do not fill it. [malformed]"
    )


def test_an_english_sentence_begins_with_a_capital_unless_with_a_name() -> None:
    def said(what: str) -> str:
        return sentence(RecordFault("digest-mismatch", what=what), "en").sentence

    assert said("the pouch") == "The pouch is not what its digest promises."
    assert said("an entry").startswith("An entry ")
    assert said("charter").startswith("charter ")
    assert said("south/checkpoint").startswith("south/checkpoint ")


def test_arabic_sets_each_part_apart() -> None:
    said = sentence(
        RecordFault("key-refused", what="the key of a/b", why="it does not cosign"), "ar"
    ).sentence
    assert f"{FSI}a/b{PDI}" in said
    assert said.count(FSI) == said.count(PDI) == 3


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("hostile", ["\u202e\u2066evil\x00\n\x1b[31m", "\u2069" * 50 + "x", "{what}{0}%(x)s"])
def test_what_stands_in_a_phrase_is_cleaned(lang: str, hostile: str) -> None:
    whole = sentence(RecordFault("digest-mismatch", what=f"the key of {hostile}"), lang).sentence
    assert not set(whole) & set("\u202e\u2066\x00\n\x1b")
    assert whole.count(FSI) == whole.count(PDI)
    assert ("{what}{0}%(x)s" in whole) == (hostile == "{what}{0}%(x)s")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_long_is_cut(lang: str) -> None:
    for size in (LONGEST, 1_500, 100_000):
        said = sentence(RecordFault("digest-mismatch", what=f"the key of {'x' * size}"), lang).sentence
        assert len(said) < LONGEST + 200
    deep = "the keys of " * 100 + "the card"
    assert len(sentence(RecordFault("digest-mismatch", what=deep), lang).sentence) < LONGEST + 200


@pytest.mark.parametrize(
    "hostile",
    [
        "the keys of " * 160,
        "the " + "a key of " * 200 + " key of ",
        " and " * 390 + "cannot be compared",
        " is not a number of " * 95,
        " at byte " * 220,
        "it names a file " * 120,
        "a" * 10_000_000,
    ],
)
def test_no_text_costs_much(hostile: str) -> None:
    begun = time.process_time()
    for field in ("what", "why"):
        filling("ar", field, hostile)
    assert time.process_time() - begun < 0.2


def test_the_system_is_quoted_as_it_speaks() -> None:
    said = {os.strerror(number) for number in errno.errorcode}
    assert set(SYSTEM) <= said
    wanted = (errno.ENOSPC, errno.EACCES, errno.ENOENT, errno.EISDIR, errno.EROFS, errno.ENOTDIR)
    assert {os.strerror(number) for number in wanted} <= set(SYSTEM)


@pytest.mark.parametrize("lang", ["ko", "ar"])
def test_the_refusal_of_the_other_side_is_said_with_its_code(lang: str) -> None:
    for code, english in REFUSALS.items():
        said = sentence(TheirFault("refused", side="north", why=code, retry=0), lang).sentence
        assert code in said
        assert english not in said
    assert sentence(TheirFault("refused", side="north", why="new-code", retry=0), "ko").sentence.endswith(
        ": new-code."
    )
    assert set(REFUSALS) <= set(CODES)


def test_every_code_that_we_refuse_with_has_words() -> None:
    sources = files("yeollak")
    text = "".join(sources.joinpath(name).read_text() for name in ("office/admit.py", "line/protocol.py"))
    codes = set(re.findall(r'Refusal\([^)]*?"([a-z-]+)"', text))
    assert len(codes) > 9
    assert codes <= set(REFUSALS)
