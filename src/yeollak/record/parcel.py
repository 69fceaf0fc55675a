"""Parcels: what travels between two nodes, by line or by pouch.

A parcel is a signed header and a body inside one HPKE seal to the receiving side. The seal hides and the
header's signature says who speaks; the seal alone would not (HPKE base mode authenticates nobody). A parcel
that opens may be a replay: the header names sender, addressee, office, purpose, time and nonce so that the
protocol can tell. Bodies are opaque here. Source: docs/spec/08-parcel.md, RFC 9180,
draft-connolly-cfrg-xwing-kem.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from yeollak.errors import RecordFault
from yeollak.record import canon, keys
from yeollak.record.card import Card
from yeollak.record.cbor import Cursor, byte_string

MAX_BODY: Final = 8 * 1024 * 1024
#: What may arrive at all; more is refused before it is opened.
MAX_PARCEL: Final = MAX_BODY + 64 * 1024
MAX_HEADER: Final = 2048
#: How many generations of a register key may sign one header.
MAX_SIGNERS: Final = 16
CARD: Final = "card"

_INFO: Final = b"yeollak/parcel/1"
_DOMAIN: Final = b"yeollak/parcel/1\0"
#: The HPKE suite of everything that is sealed: X-Wing, HKDF-SHA256, ChaCha20-Poly1305.
SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_PURPOSE: Final = re.compile(r"[a-z](?:[a-z-]{0,30}[a-z])?")
_WHAT: Final = "the parcel"


@dataclass(frozen=True, slots=True)
class Header:
    """Who says what to whom. `sender` ("from") and `to` are sides' names; `body` is the SHA-256 of the body,
    64 hex.

    `office` 64 hex, or None before there is one; `nonce` 32 hex, in an answer the request's; `purpose` a
    word; `time` a UTC instant, which is claimed and refuses nothing.
    """

    body: str
    sender: str
    nonce: str
    office: str | None
    purpose: str
    time: str
    to: str

    def __post_init__(self) -> None:
        canon.hexadecimal(self.body, 64, "the body's digest in the parcel")
        canon.side_name(self.sender, "the sender of the parcel")
        canon.side_name(self.to, "the addressee of the parcel")
        canon.hexadecimal(self.nonce, 32, "the nonce of the parcel")
        if self.office is not None:
            canon.hexadecimal(self.office, 64, "the office of the parcel")
        if not _PURPOSE.fullmatch(self.purpose):
            raise RecordFault("malformed", what=_WHAT, why="its purpose is not a word")
        canon.parse_instant(self.time, "the time of the parcel")

    def encode(self) -> bytes:
        """The header's bytes, which are signed."""
        value = {
            "body": self.body,
            "from": self.sender,
            "nonce": self.nonce,
            "purpose": self.purpose,
            "time": self.time,
            "to": self.to,
        }
        if self.office is not None:
            value["office"] = self.office
        return canon.encode(value)

    @classmethod
    def parse(cls, data: bytes) -> Header:
        """The header in `data`. Raises RecordFault(`malformed`)."""
        value = canon.fields(
            canon.decode(data, limit=MAX_HEADER, what="the header of the parcel"),
            {"body", "from", "nonce", "purpose", "time", "to"},
            {"office"},
            "the header of the parcel",
        )
        if not isinstance(value["purpose"], str):
            raise RecordFault("malformed", what=_WHAT, why="its purpose is not a word")
        return cls(
            body=value["body"],
            sender=value["from"],
            nonce=value["nonce"],
            office=value.get("office"),
            purpose=value["purpose"],
            time=value["time"],
            to=value["to"],
        )


@dataclass(frozen=True, slots=True)
class Parcel:
    """An opened parcel: the header, verified, and the body that it covers."""

    header: Header
    body: bytes


def seal(
    body: bytes,
    *,
    sender: str,
    to: str,
    office: str | None,
    purpose: str,
    time: str,
    nonce: str,
    signers: Sequence[keys.SigningKey],
    recipient: bytes,
) -> bytes:
    """The parcel by which `sender` says `body` to the side whose seal key is `recipient`.

    `signers` are the generations of its register key, the newest first: a reader that has not heard of the
    newest knows one of the others. Raises RecordFault(`too-large`) for a body over 8 MiB, (`malformed`) or
    (`key-refused`) for the rest.
    """
    if len(body) > MAX_BODY:
        raise RecordFault("too-large", what="the body of the parcel", limit=MAX_BODY)
    digest = hashlib.sha256(body).hexdigest()
    header = Header(digest, sender, nonce, office, purpose, time, to).encode()
    signatures = b"".join(signer.sign(_DOMAIN + header) for signer in signers[:MAX_SIGNERS])
    inner = b"\x82" + byte_string(header) + byte_string(signatures) + body
    return SUITE.encrypt(inner, keys.xwing_public(recipient), info=_INFO)


def open_parcel(
    data: bytes,
    seal_keys: Sequence[keys.SealKey],
    lookup: Callable[[Header], Sequence[bytes]],
    *,
    to: str | None = None,
    office: str | None = None,
) -> Parcel:
    """The parcel in `data`, opened with one of our seal keys and verified.

    `lookup` gives the raw register keys that the header's sender may use in its office, or raises; one of
    them must have signed. `to` and `office`,
    when given, are the only addressee and office accepted: what was said to another side must not be passed
    on to us as said to us. Raises RecordFault(`too-large`, `sealed-otherwise`, `malformed`,
    `origin-mismatch`, `signature-wrong`, `digest-mismatch`).
    """
    header, signed, signatures, body = _unseal(data, seal_keys)
    if to is not None and header.to != to:
        raise RecordFault("origin-mismatch", what=_WHAT, found=header.to, expected=to)
    if office is not None and header.office != office:
        raise RecordFault("origin-mismatch", what=_WHAT, found=header.office or "no office", expected=office)
    _verify(lookup(header), signed, signatures, header.sender)
    return Parcel(header, body)


def seal_card(
    card: Card, *, to: str, time: str, nonce: str, signer: keys.SigningKey, recipient: bytes
) -> bytes:
    """A parcel that carries the sender's own card, signed by the register key that is on it.

    Raises RecordFault(`key-refused`) when `signer` is another key.
    """
    if signer.public != card.keys["register"]:
        raise RecordFault("key-refused", what="the signing key", why="it is not the register key of the card")
    return seal(
        card.to_bytes(),
        sender=card.side,
        to=to,
        office=None,
        purpose=CARD,
        time=time,
        nonce=nonce,
        signers=[signer],
        recipient=recipient,
    )


def open_card(data: bytes, seal_key: keys.SealKey, *, to: str | None = None) -> tuple[Parcel, Card]:
    """A parcel of purpose `card` and the card in it, verified by the card's own keys: it proves possession,
    not identity.

    Raises RecordFault as `open_parcel` and `Card.parse` do.
    """
    header, signed, signatures, body = _unseal(data, [seal_key])
    if header.purpose != CARD:
        raise RecordFault("malformed", what=_WHAT, why="it does not carry a card")
    if to is not None and header.to != to:
        raise RecordFault("origin-mismatch", what=_WHAT, found=header.to, expected=to)
    card = Card.parse(body)
    if card.side != header.sender:
        raise RecordFault("origin-mismatch", what="the card", found=card.side, expected=header.sender)
    _verify([card.keys["register"]], signed, signatures, header.sender)
    return Parcel(header, body), card


def _verify(known: Sequence[bytes], signed: bytes, signatures: Sequence[bytes], sender: str) -> None:
    """Raise RecordFault(`signature-wrong`) unless one of the keys `known` has signed the header."""
    message, last = _DOMAIN + signed, len(known) * len(signatures)
    for number, (key, signature) in enumerate(((k, s) for k in known for s in signatures), start=1):
        try:
            keys.verify_ed25519(key, message, signature, what=_WHAT, key=sender)
        except RecordFault:
            if number == last:
                raise
            continue
        return
    raise RecordFault("signature-wrong", what=_WHAT, key=sender)


def _unseal(data: bytes, seal_keys: Sequence[keys.SealKey]) -> tuple[Header, bytes, list[bytes], bytes]:
    if len(data) > MAX_PARCEL:
        raise RecordFault("too-large", what=_WHAT, limit=MAX_PARCEL)
    cursor = Cursor(_decrypted(data, seal_keys), _WHAT)
    cursor.literal(b"\x82")
    signed = cursor.byte_string()
    signatures = cursor.byte_string()
    length = keys.ED25519_SIGNATURE
    if len(signatures) % length or not 1 <= len(signatures) // length <= MAX_SIGNERS:
        raise cursor.fail("its signatures have no possible length")
    body = cursor.rest()
    if len(body) > MAX_BODY:
        raise RecordFault("too-large", what="the body of the parcel", limit=MAX_BODY)
    header = Header.parse(signed)
    if hashlib.sha256(body).hexdigest() != header.body:
        raise RecordFault("digest-mismatch", what="the body of the parcel")
    return header, signed, [signatures[at : at + length] for at in range(0, len(signatures), length)], body


def _decrypted(data: bytes, seal_keys: Sequence[keys.SealKey]) -> bytes:
    for seal_key in seal_keys:
        try:
            return SUITE.decrypt(data, seal_key.secret, info=_INFO)
        except (InvalidTag, ValueError):
            continue
    raise RecordFault("sealed-otherwise", what=_WHAT)
