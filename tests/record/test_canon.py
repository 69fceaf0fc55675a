"""One value, one encoding: whatever is not exactly it is refused, and nothing but a fault of the record comes
out.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yeollak.errors import RecordFault
from yeollak.record import canon
from yeollak.record.unicode14 import known

LIMIT = 1 << 20
TEXT = st.text(max_size=30).map(lambda text: unicodedata.normalize("NFC", text)).filter(known)
KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
SCALARS = st.booleans() | st.integers(-canon.MAX_INTEGER, canon.MAX_INTEGER) | TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def by_hand(value: Any) -> str:
    """The encoding as docs/spec/01 words it, written without a JSON library."""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return (
            '"'
            + "".join(SHORT.get(ord(c)) or (f"\\u{ord(c):04x}" if ord(c) < 32 else c) for c in value)
            + '"'
        )
    if isinstance(value, list):
        return "[" + ",".join(map(by_hand, value)) + "]"
    items = sorted(value.items(), key=lambda item: item[0].encode())
    return "{" + ",".join(f"{by_hand(key)}:{by_hand(item)}" for key, item in items) + "}"


def code_of(data: bytes, limit: int = LIMIT) -> str:
    with pytest.raises(RecordFault) as caught:
        canon.decode(data, limit=limit)
    return caught.value.code


@given(VALUES)
@example('\x7f\u2028\x1f\\"/\ud7fb\U0010ffff')
@example({"b": [], "B": {}, "a": -1, "": "é"})
def test_the_encoding_is_the_one_of_the_specification_and_of_the_standard_library(value: Any) -> None:
    data = canon.encode(value)
    assert data.decode() == by_hand(value)
    assert json.loads(data) == value
    assert canon.decode(data, limit=LIMIT) == value


@given(VALUES, st.data())
def test_any_other_form_of_the_same_value_is_refused(value: Any, data: st.DataObject) -> None:
    exact = canon.encode(value)
    other = data.draw(
        st.sampled_from(
            [
                json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")),
                json.dumps(value, ensure_ascii=False, sort_keys=True),
                json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), indent=0),
                " " + exact.decode(),
                exact.decode() + "\n",
                "\ufeff" + exact.decode(),
            ]
        )
    ).encode()
    if other == exact:
        assert canon.decode(other, limit=LIMIT) == value
    else:
        assert code_of(other) == "malformed"


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_decode_to_their_own_value_or_are_malformed(data: bytes) -> None:
    try:
        value = canon.decode(data, limit=LIMIT)
    except RecordFault:
        return  # any other exception fails the test
    assert canon.encode(value) == data


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b"1e2",
        b"1.0",
        b"-0",
        b"9007199254740992",
        b"-9007199254740992",
        b"1" * 30,
        b"1" * 6000,
        b"null",
        b"NaN",
        b"Infinity",
        b'"\\ud800"',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b'{"\xc3\xa9":1}',
        '"e\u0301"'.encode(),
        b"[" * 16000,
        b"[" * 16000 + b"]" * 16000,
        b'{"a":' * 16000,
        b"",
        b'"' + b"a" * 8193 + b'"',
        b"[" * 17 + b"]" * 17,
        b"01",
        b"[1,]",
        b'{"b":1,"a":1}',
        b'"\t"',
    ],
    ids=lambda data: repr(data[:24]),
)
def test_what_json_readers_differ_about_is_malformed(data: bytes) -> None:
    assert code_of(data) == "malformed"


def test_the_bounds_themselves_are_allowed() -> None:
    for value in (
        "가" * 8192,
        canon.MAX_INTEGER,
        -canon.MAX_INTEGER,
        "[" * 100,
        json.loads("[" * 16 + "]" * 16),
    ):
        assert canon.decode(canon.encode(value), limit=LIMIT) == value
    assert code_of(b'"aa"', limit=3) == "too-large"
    assert canon.decode(b'"a"', limit=3) == "a"


@pytest.mark.parametrize(
    "value", [None, 1.5, b"x", {1: 2}, {"é": 1}, "e\u0301", "\ud800", 2**53, {"a": None}, float("nan")]
)
def test_a_value_without_an_encoding_is_malformed(value: Any) -> None:
    with pytest.raises(RecordFault) as caught:
        canon.encode(value)
    assert caught.value.code == "malformed"


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_come_back_to_the_second(moment: datetime) -> None:
    text = canon.format_instant(moment)
    assert len(text) == 20
    assert canon.parse_instant(text) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    "text",
    [
        "2018-10-22T01:00:00",
        "2018-10-22 01:00:00Z",
        "2018-02-30T00:00:00Z",
        "2018-10-22T24:00:00Z",
        "",
        5,
        None,
        "2018-10-22T01:00:60Z",
        "0000-01-01T00:00:00Z",
        "2018-10-22T01:00:00z",
        "２018-10-22T01:00:00Z",
        "2018-10-22T01:00:00Z\n",
    ],
)
def test_other_instants_are_malformed(text: Any) -> None:
    with pytest.raises(RecordFault) as caught:
        canon.parse_instant(text)
    assert caught.value.code == "malformed"


@pytest.mark.parametrize(
    "name", ["", "South", "-a", "a-", ".a", "a_b", "a" * 65, "südkorea", "a/b", 7, "a\n"]
)
def test_other_names_of_sides_are_malformed(name: Any) -> None:
    with pytest.raises(RecordFault):
        canon.side_name(name)


def test_names_of_sides() -> None:
    for name in ("a", "0", "south", "south.example", "a-b.c", "a" * 64):
        assert canon.side_name(name) == name


@given(
    st.recursive(
        SCALARS | st.none() | st.floats() | st.integers(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=20,
    ),
    st.integers(0, canon.MAX_DEPTH + 1),
)
@example("a" * canon.MAX_STRING, 1)
@example("a" * (canon.MAX_STRING + 1), 1)
@example(None, 3)
def test_reading_refuses_exactly_what_has_no_encoding(value: Any, deeper: int) -> None:
    """What is read is looked at in a shorter way than what is written, and must come to the same."""
    for _ in range(deeper):
        value = [value]
    data = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        errors="surrogatepass"
    )
    try:
        written = canon.encode(value)
    except RecordFault:
        assert code_of(data) == "malformed"
    else:
        assert written == data
        assert canon.decode(data, limit=LIMIT) == value
