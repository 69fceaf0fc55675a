"""Act documents: what may stand in one, in one encoding, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.errors import RecordFault
from yeollak.record import canon
from yeollak.record.document import MAX_DOCUMENT, PRECEDENCES, Act, act_id
from yeollak.record.enclosure import Enclosed, size_class

HEX64 = st.binary(min_size=32, max_size=32).map(bytes.hex)
INSTANTS = st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z")
SIDES = st.from_regex(r"\A[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?\Z")
TYPES = st.sampled_from(["text/plain", "application/pdf", "image/svg+xml"])
LANGS = st.none() | st.sampled_from(["ko", "en", "ar", "zh-Hant"])
TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs")), min_size=1, max_size=12).filter(
    lambda text: not json.dumps(text).startswith('"\\u03')
)
OPEN = st.builds(
    Enclosed,
    HEX64,
    TYPES,
    LANGS,
    st.sampled_from(["right", "large", "named"]),
    size=st.integers(0, 2**40),
    name=st.none() | st.sampled_from(["통지문.pdf", "note.txt", "a b"]),
)
CLOSED = st.builds(
    Enclosed,
    HEX64,
    TYPES,
    LANGS,
    st.sampled_from(["consent", "reveal"]),
    size_class=st.integers(0, 10**6).map(size_class),
)
FACTS = st.dictionaries(
    st.sampled_from(["to", "subject", "items"]), st.integers(0, 9) | st.just("산림협력"), max_size=3
)
ACTS = st.builds(
    Act,
    office=HEX64,
    side=SIDES,
    officer=st.binary(min_size=8, max_size=8).map(bytes.hex),
    kind=st.sampled_from(["note.tender", "reservation", "check-in.held", "line.seen"]),
    at=INSTANTS,
    seen=st.dictionaries(SIDES, st.tuples(st.integers(0, 2**53 - 1), HEX64), max_size=3),
    salt=st.binary(min_size=16, max_size=16).map(bytes.hex),
    matter=st.none() | HEX64,
    due=st.none() | INSTANTS,
    precedence=st.sampled_from(PRECEDENCES),
    re=st.lists(HEX64, max_size=4, unique=True).map(tuple),
    facts=FACTS,
    enclosures=st.lists(OPEN | CLOSED, max_size=4, unique_by=lambda item: item.digest).map(tuple),
)
GOOD = Act(
    office="ab" * 32,
    side="south",
    officer="cd" * 8,
    kind="note.tender",
    at="2018-10-22T01:00:00Z",
    seen={"north": (12, "ef" * 32)},
    salt="01" * 16,
    matter="02" * 32,
    due="2018-10-23T01:00:00Z",
    re=("03" * 32,),
    facts={"to": "북측 소장"},
    enclosures=(Enclosed("04" * 32, "text/plain", "ko", "right", size=5, name="통지문.txt"),),
)


@given(ACTS)
def test_an_act_comes_back_from_its_document(act: Act) -> None:
    data = act.encode()
    assert Act.parse(data) == act
    assert Act.parse(data).encode() == data
    assert len(act_id(data)) == 64


def changed(**fields: Any) -> bytes:
    value = json.loads(GOOD.encode())
    for name, item in fields.items():
        if item is ...:
            del value[name]
        else:
            value[name] = item
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def enclosed(**fields: Any) -> dict[str, Any]:
    value: dict[str, Any] = {
        "digest": "04" * 32,
        "release": "right",
        "size": 5,
        "type": "text/plain",
        **fields,
    }
    return {"enclosures": [{name: item for name, item in value.items() if item is not ...}]}


def test_the_helper_of_the_next_test_changes_nothing_by_itself() -> None:
    assert changed() == GOOD.encode()
    assert Act.parse(changed(**enclosed())).enclosures[0].size == 5


@pytest.mark.parametrize(
    "name", sorted({"v", "office", "side", "officer", "kind", "at", "seen", "precedence", "salt"})
)
def test_every_required_field_is_required(name: str) -> None:
    with pytest.raises(RecordFault) as caught:
        Act.parse(changed(**{name: ...}))
    assert caught.value.code == "malformed"


@pytest.mark.parametrize(
    "fields",
    [
        {"v": 2},
        {"v": True},
        {"v": "1"},
        {"office": "AB" * 32},
        {"office": "ab" * 31},
        {"side": "South"},
        {"side": 1},
        {"officer": "cd" * 7},
        {"kind": ""},
        {"kind": "Note"},
        {"kind": "note."},
        {"kind": "a" * 65},
        {"kind": 5},
        {"at": "2018-10-22"},
        {"at": 1540170000},
        {"due": "soon"},
        {"due": ""},
        {"matter": ""},
        {"matter": "02"},
        {"precedence": "urgent"},
        {"precedence": ["routine"]},
        {"salt": "01"},
        {"unknown": 1},
        {"facts": {}},
        {"facts": []},
        {"facts": "x"},
        {"facts": [1]},
        {"re": []},
        {"re": "03"},
        {"re": ["x"]},
        {"re": [["03" * 32]]},
        {"re": ["03" * 32] * 2},
        {"re": [f"{n:064x}" for n in range(33)]},
        {"enclosures": []},
        {"enclosures": {}},
        {"enclosures": [7]},
        {"enclosures": enclosed()["enclosures"] * 2},
        {"enclosures": [{**enclosed()["enclosures"][0], "digest": f"{n:064x}"} for n in range(33)]},
        {"seen": []},
        {"seen": {"north": 12}},
        {"seen": {"north": [12]}},
        {"seen": {"north": [-1, "ef" * 32]}},
        {"seen": {"north": [True, "ef" * 32]}},
        {"seen": {"north": [12, "ef"]}},
        {"seen": {"North": [12, "ef" * 32]}},
        {"seen": {f"n{n}": [0, "ef" * 32] for n in range(65)}},
        enclosed(size=...),
        enclosed(size=-1),
        enclosed(size="5"),
        enclosed(release="gift"),
        enclosed(release=[]),
        enclosed(type="text"),
        enclosed(type="text/plain; x=1"),
        enclosed(type="TEXT/PLAIN"),
        enclosed(lang="!"),
        enclosed(name=""),
        enclosed(name="../etc"),
        enclosed(name=".."),
        enclosed(name="a\nb"),
        enclosed(name="a\u202eb"),
        enclosed(name="a\\b"),
        enclosed(name="a" * 256),
        enclosed(**{"class": 4096}),
        enclosed(extra=1),
        enclosed(release="consent"),
        enclosed(release="consent", size=..., **{"class": 5000}),
        enclosed(release="consent", size=..., name="x", **{"class": 4096}),
        enclosed(release="reveal", size=...),
        enclosed(digest="04"),
        enclosed(digest=...),
    ],
    ids=lambda fields: json.dumps(fields)[:50],
)
def test_a_field_in_another_form_is_malformed(fields: dict[str, Any]) -> None:
    with pytest.raises(RecordFault) as caught:
        Act.parse(changed(**fields))
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("data", [b"", b"[]", b"5", b'"x"', b"{}", b"null", b"[" * 16000, b'{"a":' * 5000])
def test_what_is_no_object_is_malformed(data: bytes) -> None:
    with pytest.raises(RecordFault) as caught:
        Act.parse(data)
    assert caught.value.code == "malformed"


def test_a_document_has_at_most_32_kib() -> None:
    room = MAX_DOCUMENT - len(changed(facts={"a": "", "b": "", "c": "", "d": ""}))
    sizes = [8192, 8192, 8192, room - 3 * 8192]
    facts = {name: "x" * size for name, size in zip("abcd", sizes, strict=True)}
    assert len(changed(facts=facts)) == MAX_DOCUMENT
    assert Act.parse(changed(facts=facts)).encode() == changed(facts=facts)
    with pytest.raises(RecordFault) as caught:
        Act.parse(changed(facts={**facts, "d": facts["d"] + "x"}))
    assert caught.value.code == "too-large"


def test_a_document_in_another_encoding_is_malformed() -> None:
    for other in (json.dumps(json.loads(GOOD.encode())).encode(), GOOD.encode() + b"\n", canon.encode([1])):
        with pytest.raises(RecordFault):
            Act.parse(other)


@given(st.binary(max_size=80))
def test_any_bytes_are_an_act_or_a_fault(data: bytes) -> None:
    with pytest.raises(RecordFault):
        Act.parse(data)
