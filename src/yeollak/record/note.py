"""Signed notes and the keys that verify them.

A note is text, an empty line, and signature lines. Reading one says nothing about who signed: `verify_text`
checks signatures over the text itself (type 01); tree heads and cosignatures (04, 06) are checkpoint's and
cosign's. Bytes that have a second form, such as base64 with stray bits, are refused. Source: C2SP signed-note
v1.0.0, commit 5ba5ee8.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record import keys

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
MLDSA44: Final = 0x06
KEY_LENGTHS: Final = {
    ED25519: keys.ED25519_PUBLIC,
    COSIGNATURE: keys.ED25519_PUBLIC,
    MLDSA44: keys.MLDSA44_PUBLIC,
}
#: Type 06 has one length byte for a name (C2SP tlog-cosignature).
MAX_NAME: Final = 255
MAX_NOTE: Final = 1024 * 1024
MAX_SIGNATURES: Final = 100
_MAX_SIGNATURE: Final = 8192

_MARK: Final = "— "
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f]")
_NOT_IN_NAMES: Final = re.compile(r"[\s+\x00-\x1f]")
#: The longest note that is remembered once it has been read, in bytes.
_REMEMBERED: Final = 65536


def check_name(name: str, what: str = "the name of a key") -> str:
    """`name` when it may name a key: 1 to 255 bytes, no Unicode space, no control character, no plus sign."""
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        length = 0
    if not 1 <= length <= MAX_NAME or _NOT_IN_NAMES.search(name):
        raise RecordFault(
            "malformed", what=what, why="it is not a name of 1 to 255 bytes without spaces and plus signs"
        )
    return name


def decode_base64(text: str, what: str) -> bytes:
    """The bytes that `text` is the one standard base64 encoding of. Raises RecordFault(`malformed`)."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise RecordFault("malformed", what=what, why="it is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise RecordFault("malformed", what=what, why="its base64 has a second form")
    return raw


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A named public key as notes know it: `type` 01, 04 or 06, `raw` the public key's bytes."""

    name: str
    type: int
    raw: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.type not in KEY_LENGTHS:
            raise RecordFault(
                "key-refused", what=f"the key of {self.name}", why=f"type {self.type} is not known"
            )
        if self.type == MLDSA44:
            keys.check_mldsa44(self.raw, f"the key of {self.name}")
        else:
            keys.check_ed25519(self.raw, f"the key of {self.name}")

    @classmethod
    def make(cls, name: str, type: int, raw: bytes) -> VerifierKey:  # noqa: A002 - the word of signed-note
        """The key of these parts. Raises RecordFault(`key-refused`) or (`malformed`)."""
        return cls(name, type, raw)

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key written as `name+keyid+base64(type ‖ key)`.

        Raises RecordFault(`malformed`) or (`key-refused`).
        """
        what = "the verifier key"
        name, plus, rest = text.partition("+")
        identity, second, encoded = rest.partition("+")
        if not plus or not second:
            raise RecordFault("malformed", what=what, why="it is not name+id+key")
        raw = decode_base64(encoded, what)
        if not raw:
            raise RecordFault("malformed", what=what, why="it has no key")
        key = cls(name, raw[0], raw[1:])
        if identity != key.key_id.hex():
            raise RecordFault("malformed", what=what, why="its id is not that of its name and key")
        return key

    def format(self) -> str:
        """The vkey line, without a newline."""
        encoded = base64.b64encode(bytes((self.type,)) + self.raw).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @property
    def key_id(self) -> bytes:
        """The four bytes that name this key in a signature line: SHA-256(name ‖ LF ‖ type ‖ key)[:4]."""
        return key_id(self.name, self.type, self.raw)


@lru_cache(maxsize=512)
def key_id(name: str, type: int, raw: bytes) -> bytes:  # noqa: A002 - the word of signed-note
    """The four-byte key id of signed-note."""
    return hashlib.sha256(name.encode() + b"\n" + bytes((type,)) + raw).digest()[:4]


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the signer's name, four bytes of key id, and the rest as the key's type has it."""

    name: str
    key_id: bytes
    blob: bytes

    @classmethod
    def parse(cls, line: str) -> Signature:
        """A line without its newline. Raises RecordFault(`malformed`)."""
        what = "a signature line"
        if not line.startswith(_MARK):
            raise RecordFault("malformed", what=what, why="it does not begin with an em dash and a space")
        name, space, encoded = line[len(_MARK) :].partition(" ")
        if not space:
            raise RecordFault("malformed", what=what, why="it has no signature")
        raw = decode_base64(encoded, what)
        if not 5 <= len(raw) <= _MAX_SIGNATURE:
            raise RecordFault("malformed", what=what, why="its signature has no possible length")
        return cls(check_name(name, "the name in a signature line"), raw[:4], raw[4:])

    def format(self) -> str:
        """The line, without its newline."""
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.blob).decode()}"

    def is_by(self, key: VerifierKey) -> bool:
        """Whether the line claims to be `key`'s: same name, same id. It says nothing about the signature."""
        return self.name == key.name and self.key_id == key.key_id


@dataclass(frozen=True, slots=True)
class Note:
    """A note: `text` ends in a newline; `signatures` in the order of their lines, none of them verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n") or _CONTROL.search(self.text):
            raise RecordFault(
                "malformed", what="the note", why="its text has a control character or no end of line"
            )

    @classmethod
    def parse(cls, data: bytes, what: str = "the note", *, limit: int = MAX_NOTE) -> Note:
        """The note in `data`, split at the last empty line.

        Raises RecordFault(`too-large`) or (`malformed`).
        """
        if len(data) > limit:
            raise RecordFault("too-large", what=what, limit=limit)
        if len(data) <= _REMEMBERED:
            # Whatever it is called: a note that is good is the same under every name.
            with suppress(RecordFault):
                return _remembered(data)
        return cls._parsed(data, what)

    @classmethod
    def _parsed(cls, data: bytes, what: str = "the note") -> Note:
        try:
            whole = data.decode("utf-8")
        except UnicodeDecodeError:
            raise RecordFault("malformed", what=what, why="it is not UTF-8") from None
        split = whole.rfind("\n\n")
        if split < 0 or not whole.endswith("\n") or split + 2 >= len(whole):
            raise RecordFault("malformed", what=what, why="it has no signatures")
        lines = whole[split + 2 : -1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise RecordFault("malformed", what=what, why=f"it has more than {MAX_SIGNATURES} signatures")
        return cls(whole[: split + 1], tuple(Signature.parse(line) for line in lines))

    def format(self) -> bytes:
        """The note's bytes."""
        lines = "".join(signature.format() + "\n" for signature in self.signatures)
        return f"{self.text}\n{lines}".encode()

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """The note with further signature lines; one that it has already is not repeated."""
        new = [item for item in dict.fromkeys(more) if item not in self.signatures]
        return Note(self.text, (*self.signatures, *new))


# The note of a checkpoint is read at every step on its way; neither its bytes nor what they say ever change.
_remembered = lru_cache(maxsize=128)(Note._parsed)


def sign_text(text: str, name: str, key: keys.SigningKey) -> Signature:
    """The type 01 signature line of `key`, under `name`, over `text`."""
    return Signature(check_name(name), key_id(name, ED25519, key.public), key.sign(text.encode()))


def verify_text(note: Note, key: VerifierKey, what: str = "the note") -> None:
    """Raises RecordFault unless `key` (type 01) has signed the text:

    `signature-missing`, or `signature-wrong` for any line of its.
    """
    if key.type != ED25519:
        raise RecordFault("key-refused", what=f"the key of {key.name}", why="it does not sign texts")
    lines = [signature for signature in note.signatures if signature.is_by(key)]
    if not lines:
        raise RecordFault("signature-missing", what=what, key=key.name)
    for line in lines:
        keys.verify_ed25519(key.raw, note.text.encode(), line.blob, what=what, key=key.name)
