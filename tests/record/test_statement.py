"""Statements: one encoding, one key, one digest; everything around them refused."""

from __future__ import annotations

import hashlib

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.record.world import seed
from yeollak.errors import RecordFault
from yeollak.record import cosign, statement
from yeollak.record.checkpoint import origin_of
from yeollak.record.keys import PostQuantumKey, SigningKey
from yeollak.record.proven import Proven
from yeollak.record.treehead import Checkpoint

KEY = SigningKey(seed("officer"))
ORIGIN = origin_of("south", "ab" * 32)
MATTER = "cd" * 32
DIGEST = hashlib.sha256(b"document").digest()
RAW = statement.sign(KEY, ORIGIN, MATTER, DIGEST)


def code_of(data: bytes) -> str:
    with pytest.raises(RecordFault) as caught:
        statement.parse(data)
    return caught.value.code


@given(
    st.text(min_size=1, max_size=60).filter(lambda t: len(t.encode("utf-8", "replace")) <= 255),
    st.binary(min_size=32, max_size=32),
)
def test_a_statement_is_what_a_general_encoder_writes(origin: str, digest: bytes) -> None:
    try:
        origin.encode()
    except UnicodeEncodeError:
        return
    raw = statement.sign(KEY, origin, MATTER, digest)
    claims = {1: origin, 2: f"matter/{MATTER}"}
    header = {1: -8, 4: bytes.fromhex(KEY.kid), 15: claims, 258: -16, 259: "application/json"}
    found = statement.parse(raw)
    assert found.protected == cbor2.dumps(header)
    assert raw == cbor2.dumps(cbor2.CBORTag(18, [found.protected, {}, digest, found.signature]))
    assert statement.to_be_signed(found.protected, digest) == cbor2.dumps(
        ["Signature1", found.protected, b"", digest]
    )
    assert (found.iss, found.sub, found.matter, found.payload) == (origin, f"matter/{MATTER}", MATTER, digest)
    statement.verify(found, KEY.public)


def variants() -> dict[str, bytes]:
    """The same statement as other encoders would have it, or a little otherwise."""
    found = statement.parse(RAW)
    header = cbor2.loads(found.protected)
    protected, sign = found.protected, found.signature

    def whole(
        inner: bytes, unprotected: object = None, payload: object = DIGEST, signature: bytes = sign
    ) -> bytes:
        return cbor2.dumps(
            cbor2.CBORTag(18, [inner, unprotected if unprotected is not None else {}, payload, signature])
        )

    assert whole(protected) == RAW
    return {
        "no tag": RAW[1:],
        "other tag": b"\xd1" + RAW[1:],
        "long tag": b"\xd8\x12" + RAW[1:],
        "indefinite array": RAW[:1] + b"\x9f" + RAW[2:] + b"\xff",
        "trailing byte": RAW + b"\0",
        "twice": RAW + RAW,
        "unprotected": whole(protected, {4: b"kid"}),
        "detached": whole(protected, payload=None),
        "text payload": whole(protected, payload="x" * 32),
        "short payload": whole(protected, payload=DIGEST[:31]),
        "long signature": whole(protected, signature=sign + b"\0"),
        "other order": whole(cbor2.dumps(dict(reversed(header.items())))),
        "other algorithm": whole(cbor2.dumps({**header, 1: -19})),
        "long length": RAW[:2] + b"\x59\x00" + RAW[3:],
        "no content type": whole(cbor2.dumps({k: v for k, v in header.items() if k != 259})),
        "further header": whole(cbor2.dumps({**header, 260: "x"})),
        "key id": whole(cbor2.dumps({**header, 4: b"1234567"})),
        "no matter": whole(cbor2.dumps({**header, 15: {1: ORIGIN, 2: "matter/"}})),
        "upper case matter": whole(cbor2.dumps({**header, 15: {1: ORIGIN, 2: "matter/" + "CD" * 32}})),
        "no issuer": whole(cbor2.dumps({**header, 15: {1: "", 2: f"matter/{MATTER}"}})),
        "long issuer": whole(cbor2.dumps({**header, 15: {1: "x" * 256, 2: f"matter/{MATTER}"}})),
        "issuer in no UTF-8": RAW.replace(b"south/", b"\xff\xffuth/"),
        "brackets": b"\xd2" + b"\x84" * 900,
    }


@pytest.mark.parametrize("name", sorted(variants()))
def test_another_encoding_is_outside_the_profile(name: str) -> None:
    assert code_of(variants()[name]) == "malformed"


def test_a_statement_has_at_most_1024_bytes() -> None:
    assert code_of(RAW + bytes(1025 - len(RAW))) == "too-large"
    longest = statement.sign(KEY, "x" * 255, MATTER, DIGEST)
    assert len(longest) < statement.MAX_STATEMENT


def test_every_flipped_bit_is_refused() -> None:
    for at in range(len(RAW)):
        for bit in range(8):
            data = RAW[:at] + bytes((RAW[at] ^ (1 << bit),)) + RAW[at + 1 :]
            with pytest.raises(RecordFault):
                statement.verify(statement.parse(data), KEY.public)


def test_only_the_key_that_is_named_verifies() -> None:
    other = SigningKey(seed("other"))
    with pytest.raises(RecordFault) as caught:
        statement.verify(statement.parse(RAW), other.public)
    assert caught.value.code == "signature-wrong"


def test_a_header_of_other_parts_is_refused() -> None:
    for kid, origin, matter in (
        (b"short", ORIGIN, MATTER),
        (bytes(8), "", MATTER),
        (bytes(8), "x" * 256, MATTER),
        (bytes(8), ORIGIN, "cd"),
        (bytes(8), ORIGIN, MATTER.upper()),
    ):
        with pytest.raises(RecordFault):
            statement.protected_header(kid, origin, matter)
    header = statement.protected_header(bytes(8), ORIGIN, MATTER)
    for digest, signature in ((b"", bytes(64)), (bytes(33), bytes(64)), (bytes(32), bytes(63))):
        with pytest.raises(RecordFault):
            statement.assemble(header, digest, signature)


@given(st.binary(max_size=300) | st.binary(max_size=40).map(lambda tail: RAW[:150] + tail))
def test_any_bytes_are_a_statement_or_malformed(data: bytes) -> None:
    with pytest.raises(RecordFault):
        statement.parse(data)


@given(st.data(), st.sampled_from(["south", "n" * 64]))
def test_what_the_pattern_takes_is_what_the_reader_takes(data: st.DataObject, side: str) -> None:
    raw = bytearray(statement.sign(KEY, origin_of(side, "ab" * 32), MATTER, DIGEST))
    for _ in range(data.draw(st.integers(0, 2))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    changed = bytes(raw)
    usual = statement._usual(changed)
    if usual is not None:
        assert usual == statement._read(changed, "the statement")
        return
    try:
        found = statement._read(changed, "the statement")
    except RecordFault:
        return
    # Nothing that has the form of nearly all is left to the slower reader.
    assert not all("!" <= letter <= "~" for letter in found.iss)


def test_what_is_remembered_is_compared_without_python() -> None:
    """Else threads break the table: another one is let in while it is half changed."""
    statement.verify(statement.parse(RAW), KEY.public)
    point = Checkpoint("south/" + "0" * 64, 1, bytes(32))
    cosign.cosign(point, "north/receipt", KEY, PostQuantumKey(bytes(32)), 1)
    for proven in (statement._good, cosign._good):
        assert proven._held
        assert {type(part) for value in proven._held for part in value} <= {bytes, str, int}


def test_what_is_remembered_as_good_is_every_byte_of_it() -> None:
    statement.verify(statement.parse(RAW), KEY.public)
    for at in (-1, -64, 60):
        changed = RAW[:at] + bytes([RAW[at] ^ 1]) + (RAW[at + 1 :] if at != -1 else b"")
        for _ in range(2):
            with pytest.raises(RecordFault):
                statement.verify(statement.parse(changed), KEY.public)
    with pytest.raises(RecordFault):
        statement.verify(statement.parse(RAW), SigningKey(seed("another officer")).public)
    held = Proven(2)
    for number in range(3):
        held.add((number,))
    assert [(number,) in held for number in range(3)] == [False, True, True]
