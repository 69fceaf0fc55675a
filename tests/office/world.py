"""Sides in memory with real keys, real documents and real signatures, each holding prefixes of the others'
registers.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from yeollak.office.charter import Charter, draft
from yeollak.office.ledger import Entry, MemoryLedger
from yeollak.office.office import Office
from yeollak.office.propose import Draft, check, document, sign
from yeollak.record.card import Card
from yeollak.record.document import Act
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey

START = datetime(2018, 9, 14, 1, 0, tzinfo=UTC)
NAMES = ("south", "north", "west")


def seed(*label: object) -> bytes:
    """32 bytes that depend on the label alone, so that every run has the same keys."""
    return hashlib.sha256("/".join(map(str, label)).encode()).digest()


@dataclass(frozen=True)
class SideKeys:
    """The private keys of one side of a test."""

    authority: SigningKey
    register: SigningKey
    register_pq: PostQuantumKey
    receipt: SigningKey
    receipt_pq: PostQuantumKey
    seal: SealKey
    officers: Mapping[str, SigningKey]


@lru_cache(maxsize=8)
def keys_of(side: str) -> SideKeys:
    """Keys made from fixed seeds."""
    return SideKeys(
        authority=SigningKey(seed(side, "authority")),
        register=SigningKey(seed(side, "register")),
        register_pq=PostQuantumKey(seed(side, "register_pq")),
        receipt=SigningKey(seed(side, "receipt")),
        receipt_pq=PostQuantumKey(seed(side, "receipt_pq")),
        seal=SealKey(seed(side, "seal")),
        officers={name: SigningKey(seed(side, "officer", name)) for name in ("co-head", "duty", "node")},
    )


def card_of(side: str) -> Card:
    """The signed card of a side."""
    own = keys_of(side)
    keys = {
        "authority": own.authority.public,
        "authority_next": hashlib.sha256(seed(side, "next")).digest(),
        "register": own.register.public,
        "register_pq": own.register_pq.public,
        "receipt": own.receipt.public,
        "receipt_pq": own.receipt_pq.public,
        "seal": own.seal.public,
    }
    card = Card(
        side=side,
        names={"en": side.title()},
        keys=keys,
        nonce=seed(side, "nonce").hex(),
        issued="2018-09-14T00:00:00Z",
        short={"en": side.title()},
        time_zone="Asia/Seoul",
    )
    return card.signed(own.authority)


@lru_cache(maxsize=4)
def charter_of(sides: tuple[str, ...]) -> Charter:
    """A charter between these sides."""
    return Charter.parse(draft([card_of(side) for side in sides], {"name": {"en": "Test office"}}, {}))


class World:
    """Every register whole, and for each node how much of each it holds."""

    def __init__(self, sides: Sequence[str] = NAMES[:2]) -> None:
        self.charter = charter_of(tuple(sides))
        self.sides = self.charter.sides
        self.whole = MemoryLedger(len(self.sides))
        self.ledgers = [MemoryLedger(len(self.sides)) for _ in self.sides]
        self.offices = [Office(self.charter, ledger) for ledger in self.ledgers]
        self.now = START
        self.salt = 0

    def say(self, side: str, kind: str, officer: str = "duty", *, checked: bool = True, **of: Any) -> str:
        """Let an officer of `side` do an act as his node sees the record; returns the id of the act."""
        place = self.charter.places[side]
        office = self.offices[place]
        key = keys_of(side).authority if officer == "authority" else keys_of(side).officers[officer]
        self.salt += 1
        self.now += timedelta(minutes=1)
        at = of.pop("at", self.now)
        seen = of.pop("seen", None)
        data = document(office, side, key.kid, Draft(kind, **of), at, seed("salt", self.salt)[:16])
        if seen is not None:
            data = replace(Act.parse(data), seen={**Act.parse(data).seen, **seen}).encode()
        if checked:
            check(office, side, data)
        entry = sign(office, side, data, key)
        self.put(place, entry)
        return hashlib.sha256(data).hexdigest()

    def put(self, place: int, entry: Entry) -> None:
        """Append an entry to its own register."""
        self.whole.append(place, entry)
        self.deliver(place, place)

    def deliver(self, to: int, place: int, size: int | None = None) -> None:
        """Let a node hold a register up to `size` (all of it, where none is given) and count what it can."""
        ledger = self.ledgers[to]
        for index in range(ledger.held(place), self.whole.held(place) if size is None else size):
            ledger.append(place, self.whole.entry(place, index))
        self.offices[to].count()

    def meet(self) -> None:
        """Let every node hold everything."""
        for to in range(len(self.sides)):
            for place in range(len(self.sides)):
                self.deliver(to, place)

    def found(self) -> World:
        """Sign the charter on every side and post a co-head, a duty officer and a node key."""
        for side in self.sides:
            facts = {"charter": self.charter.office, "checked": "in-person"}
            self.say(side, "charter.sign", "authority", facts=facts)
        self.meet()
        for side in self.sides:
            for function, key in keys_of(side).officers.items():
                facts = {"key": key.public.hex(), "function": function}
                self.say(side, "posting.appoint", "authority", facts=facts)
        self.meet()
        return self

    def fresh(self, sizes: Sequence[int]) -> Office:
        """A new node that holds these prefixes and has counted what it can."""
        ledger = MemoryLedger(len(self.sides))
        for place, size in enumerate(sizes):
            for index in range(size):
                ledger.append(place, self.whole.entry(place, index))
        office = Office(self.charter, ledger)
        office.count()
        return office

    def sizes(self) -> tuple[int, ...]:
        """How long every register is."""
        return tuple(self.whole.held(place) for place in range(len(self.sides)))


def rng(number: int) -> random.Random:
    """A source of choices that a failing run can name."""
    return random.Random(number)
