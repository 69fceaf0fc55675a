"""Statements: the signed envelopes that enter a register, in exactly one encoding.

A statement is a COSE_Sign1 (RFC 9052) whose payload is the SHA-256 of an act document, announced as such by a
hash envelope (RFC 9995), with issuer and subject as CWT claims (RFC 9597). Everything about it is fixed but
the key id, issuer, matter, digest and signature, so parsing reads those five and refuses bytes that differ
anywhere else. It does not know who may sign: that is judged later, from the register.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record import keys, merkle
from yeollak.record.cbor import Cursor, byte_string, text_string
from yeollak.record.proven import Proven

MAX_STATEMENT: Final = 1024
_SUBJECT: Final = re.compile(r"matter/[0-9a-f]{64}")
_TAG_AND_ARRAY: Final = b"\xd2\x84"  # tag 18, array of four
_ALG_AND_KID: Final = b"\xa5\x01\x27\x04\x48"  # map of five; 1: -8 (EdDSA); 4: eight bytes
_ISSUER: Final = b"\x0f\xa2\x01"  # 15: map of two; 1:
_SUBJECT_KEY: Final = b"\x02"
_ENVELOPE: Final = b"\x19\x01\x02\x2f\x19\x01\x03\x70application/json"  # 258: -16 (SHA-256); 259
_PAYLOAD: Final = b"\xa0\x58\x20"  # the empty unprotected map; 32 bytes
_SIGNATURE: Final = b"\x58\x40"  # 64 bytes
#: A header and an issuer of 24 to 255 bytes, the latter printable: each has one byte for its length.
_USUAL: Final = re.compile(
    _TAG_AND_ARRAY + rb"\x58(.)(" + _ALG_AND_KID + rb"(.{8})" + _ISSUER + rb"\x78(.)([!-~]{24,255})"
    + _SUBJECT_KEY + rb"\x78\x47(matter/[0-9a-f]{64})" + re.escape(_ENVELOPE) + rb")"
    + _PAYLOAD + rb"(.{32})" + _SIGNATURE + rb"(.{64})",
    re.DOTALL,
)  # fmt: skip
#: Statements whose signature is good, with the key; what a side signs itself is not verified on its way out.
_good: Final = Proven(4096)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement within the profile. `kid` is 16 hex digits, `payload` the 32-byte digest of the act
    document.

    Nothing is said about the signature until `verify` has passed.
    """

    kid: str
    iss: str
    sub: str
    payload: bytes
    signature: bytes
    protected: bytes
    raw: bytes

    @property
    def matter(self) -> str:
        """The matter id that `sub` names, 64 hex digits."""
        return self.sub[7:]

    @property
    def act_id(self) -> str:
        """The id of the act: the payload in hex."""
        return self.payload.hex()


def protected_header(kid: bytes, origin: str, matter: str) -> bytes:
    """The protected header for an eight-byte key id, a register's origin (1 to 255 bytes) and a matter id (64
    hex).

    It may be computed once for an officer and a matter. Raises RecordFault(`malformed`).
    """
    subject = f"matter/{matter}"
    issuer = origin.encode()
    if len(kid) != 8 or not 1 <= len(issuer) <= 255 or not _SUBJECT.fullmatch(subject):
        raise RecordFault(
            "malformed", what="the header of the statement", why="its key id, origin or matter is not one"
        )
    return b"".join(
        (
            _ALG_AND_KID,
            kid,
            _ISSUER,
            text_string(issuer),
            _SUBJECT_KEY,
            text_string(subject.encode()),
            _ENVELOPE,
        )
    )


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure that the officer's key signs (RFC 9052 section 4.4), with no external data."""
    return b"".join((b"\x84\x6aSignature1", byte_string(protected), b"\x40", byte_string(payload)))


def assemble(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """The statement's bytes, at most 1,024.

    Raises RecordFault(`malformed`) or (`too-large`) when they are outside the profile.
    """
    statement = b"".join((_TAG_AND_ARRAY, byte_string(protected), _PAYLOAD, payload, _SIGNATURE, signature))
    parse(statement)
    return statement


@lru_cache(maxsize=2048)
def parse(data: bytes, what: str = "the statement") -> Statement:
    """The statement that `data` is. The newest are remembered: each is read several times on its way.

    Raises RecordFault(`too-large`) above 1,024 bytes and (`malformed`) outside the profile.
    """
    if len(data) > MAX_STATEMENT:
        raise RecordFault("too-large", what=what, limit=MAX_STATEMENT)
    return _usual(data) or _read(data, what)


def _usual(data: bytes) -> Statement | None:
    """The statement that `data` is where it has the form of nearly all: looked at by one pattern. What it
    does not take is left to `_read`, which takes all that it takes and says what is wrong with others.
    """
    found = _USUAL.fullmatch(data)
    if found is None:
        return None
    size, protected, kid, length, issuer, subject, payload, signature = found.groups()
    if size[0] != len(protected) or size[0] < 24 or length[0] != len(issuer):
        return None
    return Statement(kid.hex(), issuer.decode(), subject.decode(), payload, signature, protected, data)


def _read(data: bytes, what: str) -> Statement:
    envelope = Cursor(data, what)
    envelope.literal(_TAG_AND_ARRAY)
    protected = envelope.byte_string()
    envelope.literal(_PAYLOAD)
    payload = envelope.take(32)
    envelope.literal(_SIGNATURE)
    signature = envelope.take(keys.ED25519_SIGNATURE)
    envelope.end()
    header = Cursor(protected, what)
    header.literal(_ALG_AND_KID)
    kid = header.take(8)
    header.literal(_ISSUER)
    issuer = header.text()
    header.literal(_SUBJECT_KEY)
    subject = header.text()
    header.literal(_ENVELOPE)
    header.end()
    if not 1 <= len(issuer.encode()) <= 255:
        raise RecordFault("malformed", what=what, why="its issuer is not 1 to 255 bytes long")
    if not _SUBJECT.fullmatch(subject):
        raise RecordFault("malformed", what=what, why="its subject names no matter")
    return Statement(kid.hex(), issuer, subject, payload, signature, protected, data)


def verify(statement: Statement, public: bytes, what: str = "the statement") -> None:
    """Raises RecordFault(`signature-wrong`) unless `public` (32 bytes) is the key that `kid` names and has
    signed.
    """
    if keys.kid(public) != statement.kid:
        raise RecordFault("signature-wrong", what=what, key=statement.kid)
    if (statement.raw, public) in _good:
        return
    message = to_be_signed(statement.protected, statement.payload)
    keys.verify_ed25519(public, message, statement.signature, what=what, key=statement.kid)
    _good.add((statement.raw, public))


def sign(key: keys.SigningKey, origin: str, matter: str, document_digest: bytes) -> bytes:
    """The statement by which `key` puts an act document (its 32-byte digest) into the register `origin`."""
    protected = protected_header(bytes.fromhex(key.kid), origin, matter)
    return signed(key, protected, document_digest)


def signed(key: keys.SigningKey, protected: bytes, payload: bytes) -> bytes:
    """The statement that `key` signs under a protected header that names it."""
    made = assemble(protected, payload, key.sign(to_be_signed(protected, payload)))
    _good.add((made, key.public))
    return made


def leaf_hash(statement: bytes) -> bytes:
    """The leaf that a statement's bytes make in its register."""
    return merkle.leaf_hash(statement)
