"""The bytes of a joint text are one encoding of it, bounded, and refuse what could hide from a signer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office.texts.samples import AGREEMENT, agreement
from yeollak.errors import RecordFault
from yeollak.office.texts import instrument
from yeollak.office.texts.instrument import Annex, Article, Instrument, Place, Version, draft, read
from yeollak.record import canon, enclosure

DIGEST = "0" * 64


def malformed(data: bytes, *, code: str = "malformed") -> str:
    with pytest.raises(RecordFault) as caught:
        read(data)
    assert caught.value.code == code
    return str(caught.value)


def value() -> dict[str, Any]:
    found = json.loads(AGREEMENT)
    assert isinstance(found, dict)
    return found


def changed(**fields: Any) -> bytes:
    """The sample with other fields; None takes one away."""
    return canon.encode({key: item for key, item in {**value(), **fields}.items() if item is not None})


def text(**fields: Any) -> bytes:
    """The sample with other fields in its first language."""
    texts = value()["texts"]
    texts[0] = {key: item for key, item in {**texts[0], **fields}.items() if item is not None}
    return changed(texts=texts)


def test_a_text_comes_back_as_it_was_drafted() -> None:
    found = read(AGREEMENT)
    assert found.raw == AGREEMENT
    assert found.languages == ("ko-KR", "ko-KP", "en", "ar")
    assert found.authentic == ("ko-KR", "ko-KP")
    again = draft(
        found.versions,
        places=found.places,
        orders=found.orders,
        prevails=found.prevails,
        annexes=found.annexes,
    )
    assert again == AGREEMENT


def test_each_side_sees_itself_first() -> None:
    found = read(AGREEMENT)
    assert [place.side for place in found.signatories("south")] == ["south", "north"]
    assert [place.side for place in found.signatories("north")] == ["north", "south"]
    assert [place.side for place in found.signatories("west")] == ["south", "north"]


def test_the_digest_is_that_of_the_enclosure() -> None:
    office, salt = "ab" * 32, bytes(16)
    expected = enclosure.digest(office, "south", salt, AGREEMENT).hex()
    assert instrument.digest(office, "south", salt, AGREEMENT) == expected
    with pytest.raises(RecordFault):
        instrument.digest(office, "south", salt, b"{}")


def test_versions_by_language() -> None:
    found = read(AGREEMENT)
    assert found.version("en").standing == "reference"
    with pytest.raises(KeyError):
        found.version("fr")


PLACES = [{"function": "co-head", "side": "south"}, {"function": "co-head", "side": "north"}]
BAD_FIELDS: list[dict[str, Any]] = [
    {"v": 2},
    {"v": True},
    {"v": None},
    {"surplus": 1},
    {"texts": []},
    {"texts": None},
    {"texts": {}},
    {"texts": [1]},
    {"texts": value()["texts"][2:]},  # nothing authentic is left
    {"texts": [*value()["texts"], value()["texts"][0]]},
    {"prevails": "en"},  # only for reference
    {"prevails": ""},
    {"prevails": 1},
    {"places": []},
    {"places": [*PLACES, PLACES[0]]},
    {"places": [{"function": "Co-Head", "side": "south"}, PLACES[1]]},
    {"places": [{"function": 1, "side": "south"}, PLACES[1]]},
    {"places": [{"function": "co-head", "side": "South!"}, PLACES[1]]},
    {"places": PLACES * 17},
    {"orders": {"west": [0, 1]}},
    {"orders": {"south": [0]}},
    {"orders": {"south": [0, 0]}},
    {"orders": {"south": [0, -1]}},
    {"orders": {"south": [0, True]}},
    {"orders": []},
    {"orders": [1]},
    {"annexes": []},
    {"annexes": [{"digest": "0" * 63}]},
    {"annexes": [{"digest": DIGEST}, {"digest": DIGEST}]},
    {"annexes": [{"digest": DIGEST, "title": {}}]},
    {"annexes": [{"digest": DIGEST, "title": {"fr": "Carte"}}]},
    {"annexes": [{"digest": DIGEST, "title": ["Map"]}]},
    {"annexes": [{"digest": f"{number:064x}"} for number in range(33)]},
]
BAD_TEXTS: list[dict[str, Any]] = [
    {"lang": "Korean!"},
    {"lang": 1},
    {"standing": "official"},
    {"standing": ["authentic"]},
    {"stage": "rough"},  # of an authentic text
    {"stage": ""},
    {"side": "nobody here"},
    {"title": ""},
    {"title": "a" * 513},
    {"title": 1},
    {"title": None},
    {"surplus": "x"},
    {"preamble": "x"},
    {"preamble": ["x"] * 65},
    {"articles": None, "preamble": None},
    {"articles": [{"number": "1", "paragraphs": ["x"]}] * 2},
    {"articles": [{"number": "2", "paragraphs": ["x"]}, {"number": "1", "paragraphs": ["x"]}]},
    {"articles": [{"number": "0", "paragraphs": ["x"]}]},
    {"articles": [{"number": "01", "paragraphs": ["x"]}]},
    {"articles": [{"number": "٣", "paragraphs": ["x"]}]},
    {"articles": [{"number": 1, "paragraphs": ["x"]}]},
    {"articles": [{"number": "1", "paragraphs": []}]},
    {"articles": [{"number": "1", "paragraphs": [""]}]},
    {"articles": [{"number": "1", "paragraphs": ["x"] * 65}]},
    {"articles": [{"number": "1", "paragraphs": ["x"], "heading": ""}]},
    {"articles": [{"number": str(number), "paragraphs": ["x"]} for number in range(1, 258)]},
]


@pytest.mark.parametrize("fields", BAD_FIELDS, ids=lambda fields: str(fields)[:40])
def test_what_is_no_joint_text(fields: dict[str, Any]) -> None:
    malformed(changed(**fields))


@pytest.mark.parametrize("fields", BAD_TEXTS, ids=lambda fields: str(fields)[:40])
def test_what_is_no_language_of_it(fields: dict[str, Any]) -> None:
    malformed(text(**fields))


HIDING = "\u202e\u2066\u200f\u061c\u200b\u00ad\ufeff\u2028\n\t\x7f\ue000\U000e0041\u3164\u1160"


@pytest.mark.parametrize("char", HIDING, ids=lambda char: f"U+{ord(char):04X}")
@pytest.mark.parametrize("where", ["title", "preamble", "heading", "paragraph"])
def test_nothing_hides_in_a_text(char: str, where: str) -> None:
    line = f"제{char}3조"
    article = {"number": "1", "paragraphs": ["x"]}
    places: dict[str, dict[str, Any]] = {
        "title": {"title": line},
        "preamble": {"preamble": [line]},
        "heading": {"articles": [{**article, "heading": line}]},
        "paragraph": {"articles": [{**article, "paragraphs": [line]}]},
    }
    fields = places[where]
    assert f"U+{ord(char):04X}" in malformed(text(**fields))


@pytest.mark.parametrize("line", [" x", "x ", "x\u00a0", "\u3000x"])
def test_no_white_space_at_an_end(line: str) -> None:
    malformed(text(title=line))


def test_only_one_encoding_is_read() -> None:
    malformed(AGREEMENT + b"\n")
    malformed(json.dumps(value()).encode())
    malformed(b"")
    malformed(b"[]")
    malformed(b" " * (instrument.MAX_INSTRUMENT + 1), code="too-large")


def test_a_text_that_could_not_be_read_is_not_drafted() -> None:
    paragraphs = tuple("가" * 8192 for _ in range(64))
    with pytest.raises(RecordFault) as caught:
        draft([Version("ko", "authentic", "합의서", (Article("1", paragraphs),))])
    assert caught.value.code == "too-large"
    with pytest.raises(RecordFault):
        draft([Version("ko", "authentic", "합의서", (Article("1", ("가",)),))], prevails="en")


def test_values_refuse_what_bytes_may_not_say() -> None:
    for make in (
        lambda: Place("south", "Head"),
        lambda: Annex(DIGEST, {f"a{letter}": "x" for letter in "abcdefghi"}),
        lambda: Annex(DIGEST, {"!": "x"}),
        lambda: Version("en", "authentic", "x"),
        lambda: Instrument(()),
    ):
        with pytest.raises(RecordFault):
            make()


@given(st.binary(max_size=200) | st.integers(0, len(AGREEMENT) - 1))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(given_: bytes | int) -> None:
    data = given_
    if isinstance(data, int):
        data = AGREEMENT[:data] + bytes([AGREEMENT[data] ^ 4]) + AGREEMENT[data + 1 :]
    try:
        found = read(data)
    except RecordFault as fault:
        code = fault.code
    else:
        code = "read" if found.raw == data else "read as something else"
    assert code in ("read", "malformed", "too-large")


def test_the_sample_is_what_its_parts_say() -> None:
    assert agreement() == AGREEMENT
