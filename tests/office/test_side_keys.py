"""Register, receipt and seal keys by generation: which are in force where, and who signs with which."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.office.test_amended import enrolled, following, said_with, void
from tests.office.world import World, keys_of, seed
from yeollak.errors import OurFault
from yeollak.office import keyed, side_keys
from yeollak.office.admit import Arrival
from yeollak.office.judge import Judge
from yeollak.office.ledger import MemoryLedger
from yeollak.office.matter import natural_id
from yeollak.office.office import Office
from yeollak.record import generations
from yeollak.record.generations import (
    MAX_GENERATIONS,
    ROLES,
    Generation,
    Replacement,
    first,
    key_matter,
    replacements,
    succeed,
)
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey
from yeollak.storage.signer import KeyPair

FORESTRY = {"subject": {"en": "Forestry"}, "when": "2018-10-22", "source": "own"}


def new_pair(side: str, role: str, number: int = 1) -> KeyPair:
    label = seed("generation", side, role, number)
    return KeyPair(SigningKey(label), PostQuantumKey(label))


def facts_of(side: str, role: str, number: int = 1) -> dict[str, Any]:
    if role == "seal":
        return {"role": role, "key": SealKey(seed("generation", side, role, number)).public.hex()}
    made = new_pair(side, role, number)
    return {"role": role, "key": made.key.public.hex(), "key_pq": made.key_pq.public.hex()}


def replaced(world: World, side: str, role: str, number: int = 1, **of: Any) -> int:
    """The authority replaces a key; returns the position of its act."""
    world.say(side, "key.replace", "authority", facts=facts_of(side, role, number), **of)
    return world.whole.held(world.charter.places[side]) - 1


def numbers(found: tuple[Generation, ...]) -> list[tuple[int, int]]:
    return [(one.number, one.since) for one in found]


def test_a_generation_is_in_force_from_the_first_size_that_covers_its_act() -> None:
    world = World().found()
    one, two = replaced(world, "south", "register"), replaced(world, "south", "register", 2)
    world.meet()
    for office in world.offices:
        assert numbers(side_keys.generations(office, "south", "register")) == [(0, -1), (1, one), (2, two)]
        at = [side_keys.in_force(office, "south", "register", size).number for size in (1, one, one + 1, two)]
        assert at == [0, 0, 1, 1]
        assert side_keys.in_force(office, "south", "register", two + 1).number == 2
        assert [len(side_keys.generations(office, "south", role)) for role in ROLES] == [3, 1, 1]
        before = side_keys.generations(office, "south", "register")[1:]
        assert side_keys.header_keys(office, "south") == (before[1].key, before[0].key)
        assert side_keys.header_keys(office, "north") == (keys_of("north").register.public,)


def test_a_side_signs_with_the_old_keys_too_until_every_party_has_seen_that_they_were_replaced() -> None:
    world = World(("south", "north", "west")).found()
    at = replaced(world, "south", "register")
    office = world.offices[0]

    def due() -> list[int]:
        return [one.number for one in side_keys.signing(office, "south", "register")]

    assert due() == [0, 1]
    assert [one.number for one in side_keys.signing(office, "south", "register", at)] == [0]
    assert side_keys.unseen_by(office, "south", at) == ("north", "west")
    world.meet()
    world.say("north", "line.seen", "node")
    world.deliver(0, 1)
    assert due() == [0, 1]
    assert side_keys.unseen_by(office, "south", at) == ("west",)
    # A second one before the first was seen: all three sign.
    replaced(world, "south", "register", 2)
    assert due() == [0, 1, 2]
    world.say("west", "line.seen", "node")
    world.deliver(0, 2)
    assert due() == [1, 2]
    assert side_keys.unseen_by(office, "south", -1) == ()


def standings(office: Office) -> list[tuple[int | None, int | None]]:
    """Of South's receipt keys for North's register: to how much they own, and up to where they count."""
    found = side_keys.receipt_standings(office, "south", "north")
    return [(one.acknowledged, one.most) for one in found]


def test_a_retired_receipt_key_counts_up_to_where_its_retirement_is_in_the_past() -> None:
    world = World().found()
    seen = world.whole.held(1)
    replaced(world, "south", "receipt")
    # North goes on before it knows: receipts for these entries may be older than the act.
    world.say("north", "account.enter", facts=FORESTRY)
    world.meet()
    for office in world.offices:
        assert standings(office) == [(seen, None), (None, None)]
        assert len(side_keys.receipt_pairs(office, "south", "north", seen + 99)) == 2
    knows = world.whole.held(1)
    world.say("north", "account.enter", facts=FORESTRY)
    world.say("north", "account.enter", facts=FORESTRY)
    world.meet()
    for office in world.offices:
        assert standings(office) == [(seen, knows), (None, None)]
        assert len(side_keys.receipt_pairs(office, "south", "north", knows)) == 2
        (only,) = side_keys.receipt_pairs(office, "south", "north", knows + 1)
        assert only[0].raw == new_pair("south", "receipt").key.public
        assert len(side_keys.own_receipt_pairs(office, "south")) == 2


def test_a_void_replacement_brings_nothing() -> None:
    world = World().found()
    world.say("south", "key.replace", "duty", facts=facts_of("south", "register"), checked=False)
    own = {**facts_of("south", "receipt"), "key": keys_of("south").receipt.public.hex()}
    world.say("south", "key.replace", "authority", facts=own, checked=False)
    world.meet()
    assert [len(side_keys.generations(world.offices[1], "south", role)) for role in ROLES[:1]] == [1]
    assert len(side_keys.generations(world.offices[1], "south", "receipt")) == 1


def test_an_old_post_quantum_key_makes_no_new_generation() -> None:
    world = World().found()
    mixed = {**facts_of("south", "register"), "key_pq": keys_of("north").register_pq.public.hex()}
    world.say("south", "key.replace", "authority", facts=mixed, checked=False)
    world.meet()
    assert len(side_keys.generations(world.offices[0], "south", "register")) == 1
    good = replaced(world, "south", "register", 2)
    assert numbers(side_keys.generations(world.offices[0], "south", "register"))[1:] == [(1, good)]


def test_generations_are_bounded_and_never_share_a_key() -> None:
    start = Generation(0, -1, b"a" * 32, b"b" * 1312)
    acts = [Replacement(i, "register", bytes([i]) * 32, bytes([i]) * 1312) for i in range(120)]
    assert len(succeed(start, "register", [], acts)) == MAX_GENERATIONS
    assert len(succeed(start, "receipt", [], acts)) == 1
    assert len(succeed(start, "register", [acts[0].key], [acts[0], acts[1], acts[1]])) == 2


def test_what_is_held_and_does_not_count_yet_is_known_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World().found()
    held = world.whole.held(0)
    # It names an entry of North's that North has and West… nobody else holds yet.
    world.say("north", "account.enter", facts=FORESTRY)
    world.deliver(0, 1)
    at = replaced(world, "south", "register")
    office = world.fresh((at + 1, world.whole.held(1) - 1))
    assert office.ledger.counted(0) == held
    assert numbers(side_keys.coming(office, "south", "register")) == [(1, at)]
    assert numbers(side_keys.generations(office, "south", "register")) == [(0, -1)]
    assert [len(side_keys.coming_pairs(office, "south", size)[0]) for size in (at, at + 1)] == [0, 1]
    assert side_keys.covered_by(office, "south", at + 1) == at
    # Appended by another process since the ledger was read: nothing is signed beyond it all the same.
    monkeypatch.setattr(office.ledger, "held", lambda place: at if place == 0 else world.whole.held(1) - 1)
    assert side_keys.covered_by(office, "south", at + 1) == at
    bare = world.fresh((held, world.whole.held(1)))
    entry = world.whole.entry(0, at)
    batch = [Arrival(entry.statement, entry.document)]
    assert side_keys.brings_keys(bare, "south", batch)
    assert not side_keys.brings_keys(bare, "north", batch)
    assert [len(some) for some in side_keys.coming_pairs(bare, "south", at + 1, batch)] == [0, 1]


def test_the_bytes_alone_bring_what_the_fold_allows() -> None:
    world = World().found()
    for number, role in enumerate(ROLES * 2, start=1):
        replaced(world, "south", role, number)
        world.say("south", "account.enter", facts=FORESTRY)
    world.say("south", "key.replace", "duty", facts=facts_of("south", "seal", 9), checked=False)
    keys = world.charter.party("south").keys
    entries = [(index, world.whole.entry(0, index).statement) for index in range(world.whole.held(0))]
    found = list(
        replacements(
            world.charter.office,
            "south",
            keys["authority"],
            keys["authority_next"].hex(),
            entries,
            lambda index, _: world.whole.entry(0, index).document,
        )
    )
    taken = [raw for party in world.charter.parties for raw in party.keys.values()]
    for role in ROLES:
        assert succeed(first(role, keys), role, taken, found) == side_keys.generations(
            world.offices[0], "south", role
        )
    assert key_matter(world.charter.office, "south") == natural_id(
        world.charter.office, "charter", "keys/south"
    )


def test_seal_keys_are_the_newest_that_was_counted() -> None:
    world = World().found()
    replaced(world, "south", "seal")
    old, new = keys_of("south").seal.public, SealKey(seed("generation", "south", "seal", 1)).public
    assert [side_keys.seal_key(office, "south") for office in world.offices] == [new, old]
    world.meet()
    assert side_keys.seal_key(world.offices[1], "south") == new


@pytest.mark.parametrize("role", ROLES)
def test_nobody_but_the_authority_replaces_a_key(role: str) -> None:
    world = World().found()
    assert void(world, "south", "key.replace", "co-head", facts=facts_of("south", role)) == "unauthorised"


class Reads:
    """How often an entry was looked at, by what it was looked at for, since it was last asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.many = 0
        for owner, name in (
            (keyed, "names_keys"),
            (side_keys, "names_keys"),
            (generations, "names_keys"),
            (Judge, "reopens"),
            (Judge, "judge"),
        ):
            monkeypatch.setattr(owner, name, self.counted(getattr(owner, name)))

    def counted(self, read: Callable[..., Any]) -> Callable[..., Any]:
        def one(*of: Any, **named: Any) -> Any:
            self.many += 1
            return read(*of, **named)

        return one

    def since(self) -> int:
        many, self.many = self.many, 0
        return many


def lie(world: World, side: str) -> int:
    """An act that names a root which nobody has: its register waits there. Returns its position."""
    place = world.charter.places[side]
    of = world.sides[1 - place]
    size = world.ledgers[place].counted(1 - place)
    world.say(side, "account.enter", facts=FORESTRY, checked=False, seen={of: (size, "00" * 32)})
    return world.whole.held(place) - 1


def test_what_waits_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a count, or a parcel with a line by a strange key, costs does not grow with what waits."""
    world = World().found()
    starts = {side: lie(world, side) for side in world.sides}
    for side in world.sides:
        for number in range(1, 13):
            replaced(world, side, "register", number, checked=False)
            world.say(side, "account.enter", facts=FORESTRY, checked=False)
    world.meet()
    office = world.offices[0]
    reads = Reads(monkeypatch)
    asked = {side: side_keys.coming(office, side, "register") for side in world.sides}
    assert {side: len(one) for side, one in asked.items()} == dict.fromkeys(world.sides, 12)
    assert reads.since() >= 24 * 2
    for _ in range(3):
        assert office.count().found == []
        assert reads.since() == 0
        batch = [Arrival(b"", b"")]
        for side in world.sides:
            assert side_keys.coming(office, side, "register") == asked[side]
            assert reads.since() == 0
            size = world.sizes()[world.charter.places[side]] + 1
            held, arriving = side_keys.coming_pairs(office, side, size, batch)
            assert (len(held), len(arriving)) == (12, 0)
            assert reads.since() <= 2, "what arrives is looked at, for keys and for a reopening"
    for side, start in starts.items():
        world.say(side, "register.reopen", "authority", facts={"at": start}, checked=False)
    world.meet()
    assert [side_keys.coming(office, side, "register") for side in world.sides] == [(), ()]


STEPS = ("lie", "replace", "rotate", "by the next", "void", "say", "reopen", "count")


def test_what_is_kept_in_mind_of_what_waits_is_what_is_found_anew() -> None:
    chance = random.Random(2018)
    for _ in range(12):
        world, after = enrolled(), following("south", 1)
        office, start, number = world.offices[1], -1, 0
        for _ in range(60):
            match chance.choice(STEPS):
                case "lie" if start < 0:
                    start = lie(world, "south")
                case "replace":
                    number += 1
                    replaced(world, "south", chance.choice(ROLES), number, checked=False)
                case "rotate":
                    facts = {"key": after.public.hex(), "next": "ab" * 32}
                    with suppress(OurFault):  # once
                        said_with(world, "south", after, "key.rotate", facts=facts)
                case "by the next":
                    number += 1
                    facts = facts_of("south", chance.choice(ROLES), number)
                    with suppress(OurFault):
                        said_with(world, "south", after, "key.replace", facts=facts)
                case "void":
                    facts = facts_of("south", "seal", 40)
                    world.say("south", "key.replace", "duty", facts=facts, checked=False)
                case "reopen" if start >= 0:
                    world.say("south", "register.reopen", "authority", facts={"at": start}, checked=False)
                    start = -1
                case "count":
                    world.deliver(1, 0)
                case _:
                    world.say("south", "account.enter", facts=FORESTRY, checked=False)
            # Held, and counted or not.
            ledger = office.ledger
            assert isinstance(ledger, MemoryLedger)
            while chance.random() < 0.7 and ledger.held(0) < world.whole.held(0):
                ledger.append(0, world.whole.entry(0, ledger.held(0)))
            further = [world.whole.entry(0, at) for at in range(ledger.held(0), world.whole.held(0))]
            batch = [Arrival(entry.statement, entry.document) for entry in further]
            for role in ROLES:
                known = side_keys.coming(office, "south", role, batch)
                assert known == side_keys.coming(Office(office.charter, ledger), "south", role, batch)
            some = chance.randrange(ledger.held(0) + 1)
            assert side_keys.covered_by(office, "south", some) == side_keys.covered_by(
                Office(office.charter, ledger), "south", some
            )
