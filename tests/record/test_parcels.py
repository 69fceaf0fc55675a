"""Cards, parcels and manifests: nothing in them can be changed, replaced or passed on as said to another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.record.world import keys_of, seed
from yeollak.errors import RecordFault
from yeollak.record import canon, keys, parcel
from yeollak.record.card import Address, Card
from yeollak.record.checkpoint import Checkpoint, origin_of
from yeollak.record.keys import SigningKey
from yeollak.record.manifest import File, Kind, Manifest
from yeollak.record.note import VerifierKey
from yeollak.record.parcel import Header

OFFICE = "ab" * 32
TIME = "2018-10-22T01:00:00Z"
NONCE = "01" * 16
SOUTH, NORTH = keys_of("south"), keys_of("north")


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(RecordFault) as caught:
        act()
    return caught.value.code


def card_of(side: str, **other: Any) -> Card:
    values: dict[str, Any] = {
        "side": side,
        "names": {"en": side.title(), "ko": "남측", "ar": "الجنوب"},
        "keys": keys_of(side).public(),
        "nonce": seed(side, "nonce").hex(),
        "issued": TIME,
        "address": Address(f"https://{side}.example:8443/line", "cd" * 32),
        "short": {"en": side[:1].upper()},
        "time_zone": "Asia/Seoul",
        **other,
    }
    return Card(**values)


CARD = card_of("south").signed(SOUTH.authority)


def lookup(header: Header) -> list[bytes]:
    return [keys_of(header.sender).register.public]


def sealed(body: bytes = b"body", **other: Any) -> bytes:
    values: dict[str, Any] = {
        "sender": "south",
        "to": "north",
        "office": OFFICE,
        "purpose": "push",
        "time": TIME,
        "nonce": NONCE,
        "signers": [SOUTH.register],
        "recipient": NORTH.seal.public,
        **other,
    }
    return parcel.seal(body, **values)


def test_a_card_comes_back_with_and_without_what_may_be_unsaid() -> None:
    for card in (CARD, card_of("north", address=None, short={}).signed(NORTH.authority)):
        assert Card.parse(card.to_bytes()) == card
        assert Card.parse(card.to_bytes()).to_bytes() == card.to_bytes()
    assert code_of(partial(card_of("south").to_bytes)) == "signature-missing"
    assert code_of(partial(card_of("south").signed, NORTH.authority)) == "key-refused"


def test_every_flipped_byte_of_a_card_is_refused() -> None:
    data = CARD.to_bytes()
    for at in range(len(data)):
        flipped = data[:at] + bytes((data[at] ^ (1 << at % 8),)) + data[at + 1 :]
        with pytest.raises(RecordFault):
            Card.parse(flipped)


@pytest.mark.parametrize(
    "change",
    [
        {"side": "South"},
        {"names": {}},
        {"names": {"en": ""}},
        {"names": {"en": "a\u202eb"}},
        {"names": {"!": "x"}},
        {"names": {"en": "x" * 201}},
        {"names": {"en": "a\nb"}},
        {"nonce": "00"},
        {"issued": "now"},
        {"time_zone": "../etc"},
        {"keys": {}},
        {"keys": {**SOUTH.public(), "receipt": SOUTH.register.public}},
        {"keys": {**SOUTH.public(), "register": bytes(32)}},
        {"keys": {**SOUTH.public(), "more": bytes(32)}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_card_of_another_form_is_refused(change: dict[str, Any]) -> None:
    assert code_of(partial(replace, card_of("south"), **change)) in {"malformed", "key-refused"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://x",
        "https://",
        "https://a b",
        "https://user@host/",
        "javascript:alert(1)",
        "https://x/?q",
        "https://x\n",
        "https://" + "x" * 600,
    ],
)
def test_an_address_is_a_plain_url(url: str) -> None:
    assert code_of(partial(Address, url)) == "malformed"


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"extra": 1},
        {"short": {}},
        {"short": []},
        {"address": {}},
        {"address": {"url": 5}},
        {"address": {"url": "https://x/", "tls": "00"}},
        {"keys": []},
        {"names": []},
        {"names": {"en": 5}},
        {"time_zone": 5},
        {"nonce": 5},
        {"side": 5},
        {"issued": 5},
    ],
    ids=str,
)
def test_a_card_of_another_form_is_refused_even_when_it_is_signed(change: dict[str, Any]) -> None:
    value = {**CARD.to_json(), **change}
    value["signature"] = SOUTH.authority.sign(b"yeollak/card/1\0" + canon.encode(value)).hex()
    assert code_of(partial(Card.parse, canon.encode(value))) == "malformed"


def test_the_signature_of_a_card_is_over_its_own_canonical_form() -> None:
    value = CARD.to_json()
    value["signature"] = SOUTH.authority.sign(b"yeollak/card/1\0" + canon.encode(value)).hex()
    assert canon.encode(value) == CARD.to_bytes()
    value["signature"] = NORTH.authority.sign(b"yeollak/card/1\0" + canon.encode(CARD.to_json())).hex()
    assert code_of(partial(Card.parse, canon.encode(value))) == "signature-wrong"


@settings(max_examples=20)
@given(st.binary(max_size=300))
def test_a_parcel_opens_to_what_was_said(body: bytes) -> None:
    found = parcel.open_parcel(sealed(body), [NORTH.seal], lookup, to="north", office=OFFICE)
    assert found.body == body
    digest = hashlib.sha256(body).hexdigest()
    assert found.header == Header(digest, "south", NONCE, OFFICE, "push", TIME, "north")


def test_every_flipped_byte_of_a_parcel_is_refused() -> None:
    data = sealed()
    for at in range(len(data)):
        flipped = data[:at] + bytes((data[at] ^ (1 << at % 8),)) + data[at + 1 :]
        assert code_of(partial(parcel.open_parcel, flipped, [NORTH.seal], lookup)) == "sealed-otherwise"


@pytest.mark.parametrize("size", [0, 1, 31, 1119, 1120, 1136, 1137, 1400])
def test_a_truncated_parcel_is_refused(size: int) -> None:
    assert code_of(partial(parcel.open_parcel, sealed()[:size], [NORTH.seal], lookup)) == "sealed-otherwise"


def test_a_parcel_is_for_one_reader_in_one_office() -> None:
    data = sealed()
    assert code_of(partial(parcel.open_parcel, data, [SOUTH.seal], lookup)) == "sealed-otherwise"
    assert code_of(partial(parcel.open_parcel, data, [NORTH.seal], lookup, to="west")) == "origin-mismatch"
    assert (
        code_of(partial(parcel.open_parcel, data, [NORTH.seal], lookup, office="cd" * 32))
        == "origin-mismatch"
    )
    without = sealed(office=None)
    assert (
        code_of(partial(parcel.open_parcel, without, [NORTH.seal], lookup, office=OFFICE))
        == "origin-mismatch"
    )


def test_only_the_register_key_of_the_sender_speaks_for_it() -> None:
    forged = sealed(signers=[keys_of("west").register])
    assert code_of(partial(parcel.open_parcel, forged, [NORTH.seal], lookup)) == "signature-wrong"


def test_any_generation_that_the_reader_knows_speaks_for_the_sender() -> None:
    new, old, other = keys_of("west").register, SOUTH.register, NORTH.register
    both = sealed(signers=[new, old])
    for known in ([old.public], [new.public], [other.public, old.public], [new.public, old.public]):
        assert parcel.open_parcel(both, [NORTH.seal], lambda _: known).body == b"body"  # noqa: B023 (called at once)
    for known in ([other.public], []):
        nobody = partial(parcel.open_parcel, both, [NORTH.seal], lambda _: known)  # noqa: B023 (called at once)
        assert code_of(nobody) == "signature-wrong"
    many = sealed(signers=[SigningKey(seed("many", str(number))) for number in range(20)])
    assert code_of(partial(parcel.open_parcel, many, [NORTH.seal], lookup)) == "signature-wrong"


def test_a_parcel_is_opened_with_any_seal_key_that_the_reader_has_had() -> None:
    keys = [SOUTH.seal, keys_of("west").seal, NORTH.seal]
    assert parcel.open_parcel(sealed(), keys, lookup).body == b"body"
    assert code_of(partial(parcel.open_parcel, sealed(), keys[:2], lookup)) == "sealed-otherwise"


def test_the_inside_is_what_the_specification_says() -> None:
    inner = parcel.SUITE.decrypt(sealed(b"body"), NORTH.seal.secret, info=b"yeollak/parcel/1")
    header = Header(
        hashlib.sha256(b"body").hexdigest(), "south", NONCE, OFFICE, "push", TIME, "north"
    ).encode()
    signature = SOUTH.register.sign(b"yeollak/parcel/1\0" + header)
    assert inner == b"\x82\x59" + len(header).to_bytes(2, "big") + header + b"\x58\x40" + signature + b"body"
    assert list(json.loads(header)) == ["body", "from", "nonce", "office", "purpose", "time", "to"]


def resealed(inner: bytes) -> bytes:
    """A parcel around bytes of an attacker's choice, who needs only the public key for it."""
    return parcel.SUITE.encrypt(inner, keys.xwing_public(NORTH.seal.public), info=b"yeollak/parcel/1")


def test_another_inside_is_refused_before_the_signature_is_asked_for() -> None:
    header = Header(
        hashlib.sha256(b"body").hexdigest(), "south", NONCE, OFFICE, "push", TIME, "north"
    ).encode()
    signed = b"\x58\x40" + SOUTH.register.sign(b"yeollak/parcel/1\0" + header)
    head = b"\x82\x59" + len(header).to_bytes(2, "big")
    assert (
        parcel.open_parcel(resealed(head + header + signed + b"body"), [NORTH.seal], lookup).body == b"body"
    )
    for inner in (
        b"",
        b"\x82",
        b"\x83" + head[1:] + header + signed + b"body",
        head + header + signed[:-1],
        head + header + b"\x58\x41" + signed[2:] + b"\0body",
        head + header + b"\x40" + b"body",
        head + header + b"\x59\x04\x40" + signed[2:] * 17 + b"body",
        b"\x82\x40" + signed,
        b"\x82" + b"[" * 16000,
        head + header[:-1] + b"]" + signed + b"body",
        b"\x82\x59\x40\x00" + b"[" * 0x4000 + signed,
    ):
        assert code_of(partial(parcel.open_parcel, resealed(inner), [NORTH.seal], lookup)) in {
            "malformed",
            "too-large",
        }
    swapped = resealed(head + header + signed + b"other")
    assert code_of(partial(parcel.open_parcel, swapped, [NORTH.seal], lookup)) == "digest-mismatch"


def test_the_size_is_bounded_before_opening_and_before_sealing() -> None:
    over = bytes(parcel.MAX_PARCEL + 1)
    assert code_of(partial(parcel.open_parcel, over, [NORTH.seal], lookup)) == "too-large"
    assert code_of(partial(sealed, bytes(parcel.MAX_BODY + 1))) == "too-large"
    largest = sealed(bytes(parcel.MAX_BODY))
    assert len(largest) <= parcel.MAX_PARCEL
    assert len(parcel.open_parcel(largest, [NORTH.seal], lookup).body) == parcel.MAX_BODY


@pytest.mark.parametrize(
    "change",
    [
        {"sender": "South"},
        {"to": ""},
        {"office": "ab"},
        {"purpose": ""},
        {"purpose": "Push"},
        {"purpose": "a" * 40},
        {"nonce": "01"},
        {"time": "now"},
        {"recipient": b"short"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_header_of_another_form_is_refused(change: dict[str, Any]) -> None:
    assert code_of(partial(sealed, **change)) in {"malformed", "key-refused"}


def test_a_card_travels_under_its_own_register_key() -> None:
    route: dict[str, Any] = {"to": "north", "time": TIME, "nonce": NONCE, "recipient": NORTH.seal.public}
    data = parcel.seal_card(CARD, signer=SOUTH.register, **route)
    found, card = parcel.open_card(data, NORTH.seal, to="north")
    assert card == CARD
    assert found.header.office is None
    assert code_of(partial(parcel.open_card, data, NORTH.seal, to="west")) == "origin-mismatch"
    assert code_of(partial(parcel.seal_card, CARD, signer=NORTH.register, **route)) == "key-refused"
    west = keys_of("west").register
    forged = sealed(CARD.to_bytes(), purpose="card", office=None, signers=[west])
    assert code_of(partial(parcel.open_card, forged, NORTH.seal)) == "signature-wrong"
    renamed = sealed(CARD.to_bytes(), purpose="card", office=None, sender="west")
    assert code_of(partial(parcel.open_card, renamed, NORTH.seal)) == "origin-mismatch"
    assert code_of(partial(parcel.open_card, sealed(CARD.to_bytes()), NORTH.seal)) == "malformed"


FILES = {
    "charter": b"c",
    "south/checkpoint": b"",
    "south/tile/0/000.p/5": b"x" * 160,
    "blobs/" + "ab" * 32: b"d",
}
MANIFEST = Manifest.of(OFFICE, "south", "full", FILES)
REGISTER = VerifierKey(origin_of("south", OFFICE), 1, SOUTH.register.public)


def test_a_manifest_comes_back_and_is_signed_by_its_side() -> None:
    data = MANIFEST.sign(SOUTH.register)
    assert Manifest.open(data, REGISTER) == MANIFEST
    assert [file.path for file in MANIFEST.files] == sorted(FILES)
    other = VerifierKey(origin_of("north", OFFICE), 1, NORTH.register.public)
    assert code_of(partial(Manifest.open, data, other)) == "origin-mismatch"
    assert code_of(partial(Manifest.open, MANIFEST.sign(NORTH.register), REGISTER)) == "signature-missing"


def test_every_flipped_byte_of_a_manifest_is_refused() -> None:
    data = MANIFEST.sign(SOUTH.register)
    for at in range(len(data)):
        flipped = data[:at] + bytes((data[at] ^ (1 << at % 8),)) + data[at + 1 :]
        with pytest.raises(RecordFault):
            Manifest.open(flipped, REGISTER)


def test_a_manifest_is_never_a_checkpoint() -> None:
    for files in ({}, {"a": b""}, FILES):
        manifest = Manifest.of(OFFICE, "south", "log", files)
        assert code_of(partial(Checkpoint.from_text, manifest.text())) == "malformed"


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a/", "a//b", "..", "../a", "a/../b", ".a", "a/.b", "a b", "a\\b", "a:b", "é", "a" * 256],
)
def test_a_path_that_could_climb_or_mean_two_files_is_malformed(path: str) -> None:
    assert code_of(partial(File, path, 0, "00" * 32)) == "malformed"


def test_a_manifest_of_another_form_is_malformed() -> None:
    first, second = MANIFEST.files[:2]
    for files in ((second, first), (first, first), (replace(first, path="manifest"),)):
        assert code_of(partial(Manifest, OFFICE, "south", "full", files)) == "malformed"
    assert code_of(partial(Manifest, OFFICE, "south", cast(Kind, "some"), ())) == "malformed"
    assert code_of(partial(Manifest, "ab", "south", "full", ())) == "malformed"
    stranger = SigningKey(seed("stranger"))
    assert code_of(partial(Manifest.read, stranger.sign(b"x"))) == "malformed"
