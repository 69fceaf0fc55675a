"""The fold, every node and the audit of an export name the same keys in force at every position, whatever
rotations and replacements a side signs, allowed ones and void ones.

What must come out is known by construction: each step says itself what it brings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from random import Random
from typing import Any

import pytest

from tests.office.world import World, card_of, keys_of, rng, seed
from tests.record.world import Exported, export_files, of_export
from yeollak.office import officers as posts
from yeollak.office import side_keys
from yeollak.office.admit import Arrival
from yeollak.office.audit import audit, brought
from yeollak.office.charter import Charter, draft
from yeollak.office.ledger import MemoryLedger
from yeollak.office.office import Office
from yeollak.office.propose import Draft, document, sign
from yeollak.record.audit import read_parties
from yeollak.record.checkpoint import Checkpoint, add_lines
from yeollak.record.checkpoint import sign as signed
from yeollak.record.cosign import cosign, receipt_name
from yeollak.record.document import Act, act_id
from yeollak.record.folder import MemoryFiles
from yeollak.record.generations import ROLES, first, receipt_pair, register_pair
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey
from yeollak.storage.signer import KeyPair

NOW = 1_540_170_000
SIDES = ("south", "north")


@lru_cache(maxsize=64)
def authority(side: str, number: int) -> SigningKey:
    return SigningKey(seed(side, "following", number)) if number else keys_of(side).authority


def digest(key: SigningKey) -> str:
    return hashlib.sha256(key.public).hexdigest()


@lru_cache(maxsize=256)
def made(side: str, role: str, number: int) -> tuple[dict[str, Any], KeyPair | None]:
    """The facts of the keys that one step brings, and these keys where they sign."""
    label = seed("keys", side, role, number)
    if role == "seal":
        return {"role": role, "key": SealKey(label).public.hex()}, None
    pair = KeyPair(SigningKey(label), PostQuantumKey(label))
    return {"role": role, "key": pair.key.public.hex(), "key_pq": pair.key_pq.public.hex()}, pair


@lru_cache(maxsize=1)
def charter() -> Charter:
    cards = []
    for side in SIDES:
        card = card_of(side)
        keys = {**card.keys, "authority_next": bytes.fromhex(digest(authority(side, 1)))}
        cards.append(replace(card, keys=keys, signature=b"").signed(authority(side, 0)))
    return Charter.parse(draft(cards, {"name": {"en": "Test office"}}, {}))


@dataclass
class Expected:
    """What the steps of one side must have brought: the authority's number, and by role (since, key)."""

    authority: int = 0
    brought: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    pairs: dict[bytes, KeyPair] = field(default_factory=dict)


class Keys(World):
    """A world whose sides rotate and replace their keys, well and badly."""

    def __init__(self, random: Random) -> None:
        super().__init__(SIDES)
        self.charter = charter()
        self.ledgers = [MemoryLedger(len(SIDES)) for _ in SIDES]
        self.offices = [Office(self.charter, ledger) for ledger in self.ledgers]
        self.random, self.number = random, 0
        self.expected = {side: Expected() for side in SIDES}
        for side in SIDES:
            party, own = self.charter.party(side), keys_of(side)
            expected = self.expected[side]
            expected.brought = {role: [(-1, party.keys[role])] for role in ROLES}
            expected.pairs = {
                own.register.public: KeyPair(own.register, own.register_pq),
                own.receipt.public: KeyPair(own.receipt, own.receipt_pq),
            }
        self.found()

    def sign(self, side: str, key: SigningKey, kind: str, **of: Any) -> int:
        """An act signed by any key at all, judged by nobody; returns its position."""
        place = self.charter.places[side]
        self.salt += 1
        self.now += timedelta(minutes=1)
        seen = of.pop("seen", None)
        data = document(
            self.offices[place], side, key.kid, Draft(kind, **of), self.now, seed("salt", self.salt)[:16]
        )
        if seen is not None:
            data = replace(Act.parse(data), seen=seen).encode()
        self.put(place, sign(self.offices[place], side, data, key))
        return self.whole.held(place) - 1

    def step(self, side: str) -> None:
        """One step of a side, or something of the other's under way."""
        steps: list[Callable[[str], None]] = [
            *[self.replaces, self.rotates] * 3,
            self.replaces_late,
            self.rotates_late,
            self.rotates_unasked,
            self.replaces_as_before,
            self.replaces_by_another,
            self.replaces_by_a_lost_root,
            self.brings_again,
            self.brings_half,
            self.brings_weak,
            *[self.speaks, self.meets] * 3,
        ]
        self.number += 1
        self.random.choice(steps)(side)

    # what brings keys

    def replaces(self, side: str) -> None:
        facts, pair = made(side, self.random.choice(ROLES), self.number)
        at = self.sign(side, self.current(side), "key.replace", facts=facts)
        key = bytes.fromhex(facts["key"])
        self.expected[side].brought[facts["role"]].append((at, key))
        if pair is not None:
            self.expected[side].pairs[key] = pair

    def rotates(self, side: str) -> None:
        number = self.expected[side].authority + 1
        new, after = authority(side, number), authority(side, number + 1)
        facts = {"key": new.public.hex(), "next": digest(after)}
        self.sign(side, new, "key.rotate", facts=facts)
        self.expected[side].authority = number

    # what is void

    def replaces_late(self, side: str) -> None:
        """In due form but for a due, which no replacement may set."""
        facts, _ = made(side, self.random.choice(ROLES), self.number)
        due = self.now + timedelta(hours=3)
        self.void(side, self.sign(side, self.current(side), "key.replace", facts=facts, due=due), "due")

    def rotates_late(self, side: str) -> None:
        number = self.expected[side].authority + 1
        new = authority(side, number)
        facts = {"key": new.public.hex(), "next": digest(authority(side, 900 + self.number))}
        due = self.now + timedelta(hours=3)
        self.void(side, self.sign(side, new, "key.rotate", facts=facts, due=due), "due")

    def rotates_unasked(self, side: str) -> None:
        thief = authority(side, 800 + self.number)
        facts = {"key": thief.public.hex(), "next": digest(thief)}
        self.void(side, self.sign(side, thief, "key.rotate", facts=facts), "unposted")
        self.void(side, self.sign(side, self.current(side), "key.rotate", facts=facts), "unposted")

    def replaces_as_before(self, side: str) -> None:
        """By an authority key that has been rotated away."""
        if (number := self.expected[side].authority) > 0:
            facts, _ = made(side, self.random.choice(ROLES), self.number)
            self.void(
                side, self.sign(side, authority(side, number - 1), "key.replace", facts=facts), "unposted"
            )

    def replaces_by_another(self, side: str) -> None:
        facts, _ = made(side, self.random.choice(ROLES), self.number)
        duty = keys_of(side).officers["duty"]
        self.void(side, self.sign(side, duty, "key.replace", facts=facts), "unauthorised")

    def replaces_by_a_lost_root(self, side: str) -> None:
        """Over a root that the other register does not have, and the register taken up again."""
        (other,) = {*SIDES} - {side}
        place, there = self.charter.places[side], self.charter.places[other]
        facts, _ = made(side, self.random.choice(ROLES), self.number)
        false = {other: (self.offices[place].ledger.counted(there), "ab" * 32)}
        at = self.sign(side, self.current(side), "key.replace", facts=facts, seen=false)
        data = document(
            self.offices[place],
            side,
            self.current(side).kid,
            Draft("register.reopen", facts={"at": at}),
            self.now,
            seed("salt", side, at)[:16],
        )
        self.put(place, sign(self.offices[place], side, data, self.current(side)))
        self.void(side, at, "abandoned")

    def brings_again(self, side: str) -> None:
        role = self.random.choice(ROLES)
        facts, _ = made(side, role, self.number)
        old = self.random.choice(self.expected[side].brought[role])[1]
        again = {**facts, "key": old.hex()}
        self.void(side, self.sign(side, self.current(side), "key.replace", facts=again), "key-used")

    def brings_half(self, side: str) -> None:
        facts, _ = made(side, "receipt", self.number)
        half = {"role": "receipt", "key": facts["key"]}
        self.void(side, self.sign(side, self.current(side), "key.replace", facts=half), "key")

    def brings_weak(self, side: str) -> None:
        facts, _ = made(side, "register", self.number)
        weak = {**facts, "key": "00" * 32}
        self.void(side, self.sign(side, self.current(side), "key.replace", facts=weak), "key")

    # what else happens

    def speaks(self, side: str) -> None:
        self.say(side, "line.seen", "node")

    def meets(self, side: str) -> None:
        place = self.charter.places[side]
        for other in range(len(SIDES)):
            if other != place:
                self.deliver(place, other)

    # what must come out

    def current(self, side: str) -> SigningKey:
        return authority(side, self.expected[side].authority)

    def void(self, side: str, index: int, why: str) -> None:
        place = self.charter.places[side]
        assert self.ledgers[place].finding(place, index).void == why

    def due(self, side: str, role: str, size: int) -> tuple[int, bytes]:
        """Since when, and which key is in force at a size."""
        return [one for one in self.expected[side].brought[role] if one[0] < size][-1]

    def note(self, side: str) -> bytes:
        """The newest checkpoint of a side, by the keys that must be in force, receipted by the other's."""
        place, size = self.charter.places[side], self.whole.held(self.charter.places[side])
        head = Checkpoint(self.charter.origin(side), size, self.whole.root(place, size))
        own = self.expected[side].pairs[self.due(side, "register", size)[1]]
        data = signed(head, own.key, own.key_pq, NOW)
        (other,) = {*SIDES} - {side}
        theirs = self.expected[other].pairs[self.expected[other].brought["receipt"][-1][1]]
        name = receipt_name(self.charter.origin(other))
        return add_lines(data, cosign(head, name, theirs.key, theirs.key_pq, NOW))

    def exported(self) -> dict[str, bytes]:
        registers, blobs = {}, {}
        for place, side in enumerate(SIDES):
            rows = [self.whole.entry(place, index) for index in range(self.whole.held(place))]
            registers[side] = Exported(self.note(side), [row.statement for row in rows])
            blobs.update({act_id(row.document): row.document for row in rows})
        key = self.expected["south"].pairs[self.due("south", "register", self.whole.held(0))[1]].key
        return export_files(
            self.charter.raw, registers, blobs, side="south", kind="full", signer=key, brought=brought
        )


def in_force(office: Office, side: str, role: str, size: int) -> tuple[int, bytes]:
    found = side_keys.in_force(office, side, role, size)
    return found.since, found.key


@pytest.mark.parametrize("number", range(40))
def test_fold_nodes_and_audit_name_the_same_keys_at_every_position(number: int) -> None:
    random = rng(number)
    world = Keys(random)
    for _ in range(24):
        world.step(random.choice(SIDES))
    ends = world.sizes()
    # Before the nodes meet, each knows its own register whole and the other's as far as it has come.
    for office in world.offices:
        for place, side in enumerate(SIDES):
            for size in range(1, office.ledger.counted(place) + 1):
                for role in ROLES:
                    assert in_force(office, side, role, size) == world.due(side, role, size)
    # What a node is sent and has not counted: it knows what each act will bring before it has it.
    for place, side in enumerate(SIDES):
        bare = world.offices[1 - place]
        held = bare.ledger.held(place)
        rows = [world.whole.entry(place, index) for index in range(held, ends[place])]
        batch = [Arrival(row.statement, row.document) for row in rows]
        for role in ROLES:
            known = [(one.since, one.key) for one in side_keys.coming(bare, side, role, batch)]
            must = [one for one in world.expected[side].brought[role] if one[0] >= held]
            # Where the batch names what this node has not got it waits, and may bring more than it will.
            waits = any(
                Act.parse(row.document).seen[SIDES[1 - place]][0] > bare.ledger.counted(1 - place)
                for row in rows
            )
            assert known == must if not waits else set(known) >= set(must)
    world.meet()
    files = world.exported()
    report, state = audit(files)
    assert [*report.defects, *state.keys, state.problem, *state.disowned] == [""]
    parties = of_export(MemoryFiles(files), world.charter.raw, read_parties(world.charter.raw), brought)
    fresh = world.fresh(ends)
    for place, side in enumerate(SIDES):
        given = world.charter.party(side).keys
        for office in (*world.offices, fresh):
            current = [one.key for one in office.officers(place).values() if one.function == posts.AUTHORITY]
            assert current == [world.current(side).public]
        for role in ROLES:
            named = [first(role, given), *parties.later.get(side, {}).get(role, ())]
            assert [(one.since, one.key) for one in named] == world.expected[side].brought[role]
            for size in range(1, ends[place] + 1):
                audited = [one for one in named if one.since < size][-1]
                for office in (*world.offices, fresh):
                    assert side_keys.in_force(office, side, role, size) == audited
                if role == "register":
                    pair = register_pair(world.charter.office, side, audited)
                    assert parties.registers(side, size)[-1] == pair
        newest = side_keys.in_force(fresh, side, "receipt")
        assert parties.receipts(side)[-1] == receipt_pair(world.charter.office, side, newest)
    listed = {path for path in files if path.startswith("keys/")}
    many = sum(len(world.expected[side].brought[role]) for side in SIDES for role in ("register", "receipt"))
    assert len(listed) == 2 * many


def test_a_void_rotation_hides_no_replacement_and_a_void_replacement_brings_none() -> None:
    world = Keys(rng(0))
    world.rotates_late("north")
    world.number += 1
    facts, pair = made("north", "register", world.number)
    at = world.sign("north", world.current("north"), "key.replace", facts=facts)
    key = bytes.fromhex(facts["key"])
    world.expected["north"].brought["register"].append((at, key))
    assert pair is not None
    world.expected["north"].pairs[key] = pair
    world.number += 1
    late, _ = made("north", "receipt", world.number)
    due = world.now + timedelta(hours=3)
    world.void(
        "north", world.sign("north", world.current("north"), "key.replace", facts=late, due=due), "due"
    )
    world.meet()
    files = world.exported()
    report, state = audit(files)
    assert [*report.defects, *state.keys] == []
    names = {path for path in files if path.startswith("keys/north.") and path.count(".") == 3}
    assert names == {"keys/north.register.1.vkey", "keys/north.register_pq.1.vkey"}
