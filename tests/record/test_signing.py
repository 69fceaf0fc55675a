"""A signature made elsewhere: the request shows what is signed, and the answer is over that alone."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.errors import RecordFault
from yeollak.record import enclosure, signing, statement
from yeollak.record.document import Act
from yeollak.record.keys import SigningKey

OFFICE = "ab" * 32
KEY = SigningKey(bytes(range(32)))
SALT, TEXT = bytes(16), b'{"texts":[],"v":1}'
NAMED = signing.Named("north", SALT, TEXT)


def document(kind: str = "amendment.sign", matter: str | None = "cd" * 32, officer: str = KEY.kid) -> bytes:
    """An act document that names a text."""
    return Act(
        office=OFFICE,
        side="south",
        officer=officer,
        kind=kind,
        matter=matter,
        at="2026-11-25T09:00:00Z",
        seen={"north": (1, "00" * 32)},
        due=None,
        precedence="routine",
        re=(),
        facts={"number": 1, "text": NAMED.digest(OFFICE)},
        enclosures=(),
        salt="ef" * 16,
    ).encode()


REQUEST = signing.Request(document(), (NAMED,))
FILE = REQUEST.to_bytes()
ANSWER = signing.sign(REQUEST, KEY)


def test_a_request_is_read_as_it_was_written_and_its_answer_is_a_statement() -> None:
    read = signing.Request.parse(FILE)
    assert read == REQUEST
    assert read.id == hashlib.sha256(REQUEST.document).hexdigest()
    raw = signing.read_answer(signing.sign(read, KEY), REQUEST.document, KEY.public)
    found = statement.parse(raw)
    assert (found.act_id, found.kid, found.matter) == (REQUEST.id, KEY.kid, "cd" * 32)


def test_an_act_that_opens_a_matter_has_its_own_id_in_its_statement() -> None:
    opening = document(matter=None)
    raw = signing.read_answer(signing.sign(signing.Request(opening), KEY), opening, KEY.public)
    assert statement.parse(raw).matter == statement.parse(raw).act_id


def test_another_key_signs_nothing_and_its_answer_is_none() -> None:
    other = SigningKey(bytes(32))
    with pytest.raises(RecordFault, match="signature-wrong"):
        signing.sign(REQUEST, other)
    theirs = signing.Request(document(officer=other.kid))
    with pytest.raises(RecordFault, match="signed-other-act"):
        signing.read_answer(signing.sign(theirs, other), REQUEST.document, KEY.public)
    with pytest.raises(RecordFault, match="signature-wrong"):
        signing.read_answer(signing.sign(theirs, other), theirs.document, KEY.public)


def test_a_text_that_the_document_does_not_name_is_refused() -> None:
    for stranger in (
        signing.Named("south", SALT, TEXT),
        signing.Named("north", bytes(15) + b"\1", TEXT),
        signing.Named("north", SALT, TEXT + b" "),
    ):
        with pytest.raises(RecordFault, match="malformed"):
            signing.Request.parse(signing.Request(document(), (stranger,)).to_bytes())


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_flipped_byte_makes_another_act_or_no_request(place: int, flip: int) -> None:
    changed = bytearray(FILE)
    changed[place] ^= flip
    try:
        read = signing.Request.parse(bytes(changed))
        answer = signing.sign(read, KEY)
    except RecordFault:
        return
    if read.document == REQUEST.document:
        assert read.texts != REQUEST.texts or bytes(changed) == FILE
        return
    with pytest.raises(RecordFault):
        signing.read_answer(answer, REQUEST.document, KEY.public)


@given(st.integers(0, len(ANSWER) - 1), st.integers(1, 255))
def test_a_flipped_byte_makes_no_answer(place: int, flip: int) -> None:
    changed = bytearray(ANSWER)
    changed[place] ^= flip
    with pytest.raises(RecordFault):
        signing.read_answer(bytes(changed), REQUEST.document, KEY.public)


@given(st.binary(max_size=400))
def test_whatever_bytes_come_back_the_refusal_is_a_record_fault(data: bytes) -> None:
    for read in (lambda: signing.Request.parse(data), lambda: signing.read_answer(data, FILE, KEY.public)):
        with pytest.raises(RecordFault):
            read()


def test_texts_that_do_not_fit_are_left_out_and_never_cut() -> None:
    large, small = signing.Named("north", SALT, bytes(100)), signing.Named("north", SALT, bytes(10))
    assert signing.texts_within([large, small], 50) == (small,)
    assert signing.texts_within([large, small], 200) == (large, small)
    assert len(SALT) == enclosure.SALT
