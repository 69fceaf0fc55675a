"""Random worlds of two and three sides: whatever arrives where and in which order, every node finds the same.

This is `convergence.py`, the model of the ordering rule, asked of the real code with real tables, keys and
documents.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.office.world import NAMES, World, rng
from yeollak.errors import OurFault
from yeollak.office.fold import order
from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.procedures.kinds import Due
from yeollak.procedures.machine import beats

RUNS = 60
OPENINGS = {
    "note.tender": {"class": "general", "subject": {"en": "Forestry"}},
    "account.enter": {"when": "2018-10-22", "source": "own", "subject": {"en": "Talks"}},
}


def random_world(seed: int) -> World:
    """Sides that act on stale knowledge, now and then wrongly, with lying clocks, and seldom tell each
    other.
    """
    chance = rng(seed)
    world = World(NAMES[: 2 + seed % 2]).found()
    for _ in range(chance.randint(8, 20)):
        side = chance.choice(world.sides)
        place = world.charter.places[side]
        if chance.random() < 0.45:
            other = chance.randrange(len(world.sides))
            held = world.ledgers[place].held(other)
            world.deliver(place, other, chance.randint(held, world.whole.held(other)))
        _act(world, chance, side)
    return world


def _act(world: World, chance: random.Random, side: str) -> None:
    office = world.offices[world.charter.places[side]]
    matters = [matter for matter in office.ledger.matters() if office.state(matter).state.slots]
    open_ones = [m for m in matters if office.ledger.matter(m)[0].procedure in ("note", "account")]
    lie = timedelta(days=chance.choice([0, 0, 0, 30, -30]))
    officer = chance.choice(["duty", "duty", "duty", "co-head"])
    if not open_ones or chance.random() < 0.25:
        kind = chance.choice(list(OPENINGS))
        facts = dict(OPENINGS[kind])
        if kind == "note.tender" and len(world.sides) > 2:
            facts["to"] = chance.choice([other for other in world.sides if other != side])
        due = world.now + lie + timedelta(hours=8) if kind == "note.tender" else None
        world.say(side, kind, officer, checked=False, facts=facts, due=due, at=world.now + lie)
        return
    matter = chance.choice(open_ones)
    offers = office.offers(side, "duty", matter)
    if not offers:
        return
    _table, sort, row = chance.choice(offers)
    slots = office.state(matter).state.slots
    facts = {fact.name: fact.choices[0] for fact in sort.facts if fact.required and fact.choices}
    answered = slots.get(row.answers) if row.answers else None
    late = timedelta(days=400) if row.lapses and chance.random() < 0.8 else timedelta()
    at = world.now + lie + late
    due = at + timedelta(hours=8) if sort.due is Due.MUST else None
    re = (str(answered),) if answered and chance.random() > 0.08 else ()
    world.say(side, sort.name, officer, checked=False, matter=matter, facts=facts, due=due, at=at, re=re)


def everything(office: Office) -> list[Counted]:
    """Every finding of an office, in the order in which acts apply."""
    places = range(len(office.parties))
    found = [office.ledger.finding(place, i) for place in places for i in range(office.ledger.counted(place))]
    return sorted(found, key=order)


def marked(office: Office, matter: str) -> list[tuple[str, str]]:
    """The allowed acts of a matter as they apply, each with what became of it."""
    acts = sorted((act for act in office.ledger.matter(matter) if not act.void), key=order)
    marks = office.state(matter).marks
    return [(act.id, marks.get(act.id, "stands")) for act in acts]


def outcome(office: Office) -> dict[str, tuple[object, object]]:
    """What every matter has come to."""
    return {
        matter: (office.state(matter).state, dict(office.state(matter).marks))
        for matter in office.ledger.matters()
    }


def arrivals(chance: random.Random, sizes: Sequence[int]) -> list[tuple[int, ...]]:
    """Growing prefixes in a random order of arrival, from nothing to everything."""
    have = [0] * len(sizes)
    steps = []
    while any(held < size for held, size in zip(have, sizes, strict=True)):
        place = chance.choice([p for p in range(len(sizes)) if have[p] < sizes[p]])
        have[place] = chance.randint(have[place] + 1, sizes[place])
        steps.append(tuple(have))
    return steps


@pytest.mark.parametrize("seed", range(RUNS))
def test_every_node_finds_the_same(seed: int) -> None:
    world = random_world(seed)
    sizes = world.sizes()
    whole = world.fresh(sizes)
    assert whole.frontier() == sizes, "honest sides never stall a register"
    final = {found.id: found for found in everything(whole)}
    for node in range(3):
        chance = rng(1000 * seed + node)
        settled: dict[str, list[tuple[str, str]]] = {}
        for have in arrivals(chance, sizes):
            office = world.fresh(have)
            for found in everything(office):
                assert found == final[found.id], "past, turn and verdict are final once computed"
            now = {matter: marked(office, matter) for matter in office.ledger.matters()}
            for matter, before in settled.items():
                assert now[matter][: len(before)] == before, "what is settled never changes"
            settled = {matter: now[matter] for matter in now if office.settled(matter)}
        assert outcome(office) == outcome(whole)
        assert office.digest() == whole.digest()


@pytest.mark.parametrize("seed", range(RUNS))
def test_the_order_extends_causality_and_has_no_ties(seed: int) -> None:
    office = _whole(seed)
    acts = everything(office)
    assert len({order(act) for act in acts}) == len(acts)
    for at, act in enumerate(acts):
        assert not any(act.has_seen(later) for later in acts[at + 1 :])
        for earlier in acts[:at]:
            if act.has_seen(earlier):
                assert all(a <= b for a, b in zip(earlier.after, act.vector, strict=True)), (
                    "the past is transitive"
                )


@pytest.mark.parametrize("seed", range(RUNS))
def test_the_first_of_a_crossing_pair_stands(seed: int) -> None:
    office = _whole(seed)
    for matter in office.ledger.matters():
        acts = [act for act in office.ledger.matter(matter) if not act.void]
        folded, table = office.state(matter), office.procedure(acts[0])
        for winner in acts:
            for loser in acts:
                crossed = (
                    not winner.has_seen(loser) and not loser.has_seen(winner) and winner.place != loser.place
                )
                if not crossed or winner.move is None or loser.move is None:
                    continue
                first = beats(table, folded.state, winner.move, loser.move, office.parties)
                if first and folded.marks.get(winner.id) != "beaten":
                    assert folded.marks.get(loser.id) == "beaten"


@pytest.mark.parametrize("seed", range(RUNS))
def test_folding_bit_by_bit_is_folding_at_once(seed: int) -> None:
    world = random_world(seed)
    world.meet()
    fresh = world.fresh(world.sizes())
    for office in world.offices:
        assert outcome(office) == outcome(fresh)
        assert office.digest() == fresh.digest()


def _whole(seed: int) -> Office:
    world = random_world(seed)
    return world.fresh(world.sizes())


def test_worlds_are_interesting() -> None:
    """The properties above would hold of nothing: crossings, voids and several procedures do occur."""
    marks, voids, kinds = 0, set(), set()
    for seed in range(RUNS):
        office = _whole(seed)
        marks += sum(len(office.state(matter).marks) for matter in office.ledger.matters())
        for found in everything(office):
            voids.add(found.void)
            kinds.add(found.move.kind if found.move else "")
    assert marks > 5
    assert {"stale", "forbidden"} & voids or len(voids) > 2
    assert len(kinds) > 8


def test_an_act_that_would_be_void_is_not_offered_for_signing() -> None:
    world = World().found()
    with pytest.raises(OurFault) as caught:
        world.say("south", "note.take", matter="0" * 64, due=world.now + timedelta(hours=3))
    assert caught.value.data["why"] == "matter"
