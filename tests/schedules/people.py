"""The charter and the officers of a schedule, and signatures that cost nothing where no verdict rests on
them.

Public keys are real points in every schedule, since a posting is judged by them. In most schedules a
signature is a digest over the public key and the message in place of Ed25519, which leaves everything else
as it is: one that was altered, or made with another key, is still refused.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from unittest import mock

from tests.office.world import NAMES, card_of, keys_of, seed
from yeollak.errors import RecordFault
from yeollak.office.charter import Charter, draft
from yeollak.record import keys, statement
from yeollak.record.document import Act
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey

#: Forms that the charter of a schedule names.
FORMS = ("form.1", "form.2")
#: The officers that every side posts before anything else, where a schedule does not begin with the founding.
FIRST_POSTS = ("co-head", "duty", "node", "technical", "liaison")


#: The guarantor that the charter names as escrow: it holds everything and is an input to nothing.
GUARANTOR = "island"
#: What the charter of a schedule says beyond what every charter says.
TERMS: dict[str, Any] = {
    "agrement": ["interpreter"],
    "escrow": GUARANTOR,
    "forms": dict.fromkeys(FORMS, "00" * 32),
    "guarantors": {
        GUARANTOR: {
            "names": {"en": "Island"},
            "keys": {"seal": SealKey(seed(GUARANTOR, "seal")).public.hex()},
        }
    },
}


@lru_cache(maxsize=2)
def charter_of(parties: int) -> Charter:
    """The charter between the first so many sides."""
    cards = []
    for side in NAMES[:parties]:
        card = card_of(side)
        keys_named = {**card.keys, "authority_next": hashlib.sha256(authority_key(side, 1).public).digest()}
        cards.append(replace(card, keys=keys_named).signed(authority_key(side)))
    return Charter.parse(draft(cards, {"name": {"en": "Office of a schedule"}}, TERMS))


@lru_cache(maxsize=1024)
def officer_key(side: str, number: int) -> SigningKey:
    """The key of the officer of this number of a side."""
    return SigningKey(seed(side, "schedule", number))


@lru_cache(maxsize=256)
def authority_key(side: str, rotations: int = 0) -> SigningKey:
    """The authority key of a side after so many rotations: the first is that of its card."""
    return SigningKey(seed(side, "authority", rotations)) if rotations else keys_of(side).authority


@lru_cache(maxsize=64)
def replacements(side: str, number: int) -> tuple[dict[str, str], ...]:
    """Facts with which the keys of a side's node may be replaced, for each of their roles."""
    pairs = [
        {
            "role": role,
            "key": SigningKey(seed(side, role, number)).public.hex(),
            "key_pq": PostQuantumKey(seed(side, role, "pq", number)).public.hex(),
        }
        for role in ("register", "receipt")
    ]
    return (*pairs, {"role": "seal", "key": SealKey(seed(side, "seal", number)).public.hex()})


@dataclass(frozen=True)
class Pen:
    """What signs: Ed25519 where `real`, else a digest that `cheap_signatures` accepts."""

    real: bool

    def sign(self, key: SigningKey, message: bytes) -> bytes:
        """64 bytes over `message`."""
        return key.sign(message) if self.real else _cheap(key.public, message)

    def checked(self) -> contextlib.AbstractContextManager[None]:
        """Within this, signatures of this pen are the ones that count."""
        return contextlib.nullcontext() if self.real else cheap_signatures()


def _cheap(public: bytes, message: bytes) -> bytes:
    return hashlib.blake2b(public + message, digest_size=keys.ED25519_SIGNATURE).digest()


def _verify_cheap(public: bytes, message: bytes, signature: bytes, *, what: str, key: str = "") -> None:
    if signature != _cheap(public, message):
        raise RecordFault("signature-wrong", what=what, key=key or keys.kid(public))


@contextlib.contextmanager
def cheap_signatures() -> Iterator[None]:
    """Let the cheap signatures stand for Ed25519 within, and bytes that were read once be read no second
    time: every node reads the same ones.
    """
    acts: dict[bytes, Act] = {}
    statements: dict[bytes, statement.Statement] = {}
    read_act, read_statement = Act.parse, statement.parse

    def act(data: bytes) -> Act:
        if data not in acts:
            acts[data] = read_act(data)
        return acts[data]

    def stated(data: bytes, what: str = "the statement") -> statement.Statement:
        if data not in statements:
            statements[data] = read_statement(data, what)
        return statements[data]

    with (
        mock.patch.object(keys, "verify_ed25519", _verify_cheap),
        mock.patch.object(Act, "parse", act),
        mock.patch.object(statement, "parse", stated),
    ):
        yield
