"""The model of the ordering rule, asked of the real code: many procedures, stale and invented `seen`, lying
clocks, two and three parties.

The properties are those of `convergence.py` (P1 to P7) with roles and slots, as clarifications 20 to 22 have
them. That every two kinds commute or are listed (P8) is proved table by table in `tests/procedures`.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

import pytest

from tests.office.reference import crossed, folded
from tests.office.test_worlds import arrivals, everything, marked, outcome
from tests.office.world import NAMES, World, rng, seed
from tests.procedures.explore import sample
from yeollak.office import fold as module
from yeollak.office.fold import fold, order
from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.machine import Due, Kind, Row

RUNS = 80
EACH = pytest.mark.parametrize("number", range(RUNS))
WORDS = {"en": "Forestry"}
TEXTS = [seed("text", number).hex() for number in range(3)]
#: What may be opened, with the facts that the samples do not give.
OPENINGS: dict[str, dict[str, Any]] = {
    "account.enter": {"source": "own"},
    "agreement.draft": {},
    "checkin.observe": {"date": "2018-10-22", "slot": "opening", "view": "answered"},
    "meeting.held": {},
    "meeting.propose": {},
    "note.send": {"class": "life"},
    "note.tender": {"subject": WORDS},
    "project.begin": {"class": "works"},
    "project.propose": {"class": "project"},
    "request.ask": {"class": "life", "subject": WORDS, "items": ["1", "2"]},
    "standing.open": {},
    "suspension.propose": {},
}
KINDS = {kind.name: (procedure, kind) for procedure in PROCEDURES for kind in procedure.kinds}


@lru_cache(maxsize=RUNS)
def hostile_world(number: int) -> World:
    """Sides that act on stale knowledge, name less than they know, and now and then what nobody can show."""
    chance = rng(7000 + number)
    world = World(NAMES[: 2 + number % 2]).found()
    for _ in range(chance.randint(10, 26)):
        side = chance.choice(world.sides)
        place = world.charter.places[side]
        if chance.random() < 0.5:
            other = chance.randrange(len(world.sides))
            held = world.ledgers[place].held(other)
            world.deliver(place, other, chance.randint(held, world.whole.held(other)))
        _act(world, chance, side)
    return world


def _act(world: World, chance: random.Random, side: str) -> None:
    office = world.offices[world.charter.places[side]]
    mine = [
        m for m in office.ledger.matters() if office.folds(m).procedure.name not in ("founding", "posting")
    ]
    options: list[tuple[str | None, Kind, Row]] = []
    for known in chance.sample(mine, min(2, len(mine))):
        options += [(known, kind, row) for _, kind, row in office.offers(side, "duty", known)]
    if not options or chance.random() < 0.25:
        kind = KINDS[chance.choice(list(OPENINGS))][1]
        options = [(None, kind, KINDS[kind.name][0].rows["none"][kind.name])]
    matter: str | None
    matter, kind, row = chance.choice(options)
    slots = office.state(matter).state.slots if matter is not None else {}
    facts = {fact.name: sample(fact, side, world.sides) for fact in kind.facts if fact.required}
    for fact in kind.facts:
        if fact.name in facts and fact.choices and not fact.many:
            facts[fact.name] = chance.choice(fact.choices)
    if "text" in facts:
        facts["text"] = (
            slots.get("text", TEXTS[0]) if row.guard and chance.random() < 0.9 else chance.choice(TEXTS)
        )
    facts |= OPENINGS.get(kind.name, {}) if matter is None or kind.name in ("checkin.observe",) else {}
    if matter is None and len(world.sides) > 2 and any(f.name == "to" and not f.many for f in kind.facts):
        facts["to"] = chance.choice([other for other in world.sides if other != side])
    if "items" in facts and matter is not None:
        facts["items"] = chance.choice([["1"], ["2"], ["1", "2"]])
    answered = slots.get(row.answers) if row.answers else None
    lie = timedelta(
        days=chance.choice([0, 0, 30, -30]) + (300 if row.lapses and chance.random() < 0.9 else 0)
    )
    at = world.now + lie
    due = at + timedelta(hours=8) if kind.due is Due.MUST else None
    re = (str(answered),) if answered and chance.random() > 0.08 else ()
    world.say(side, kind.name, checked=False, matter=matter, facts=facts, due=due, at=at, re=re,
              seen=_seen(world, chance, side))  # fmt: skip


def _seen(world: World, chance: random.Random, side: str) -> dict[str, tuple[int, str]]:
    """Less than what was counted in four acts of ten, and in one of a hundred what is not there."""
    office, seen = world.offices[world.charter.places[side]], {}
    for other, place in world.charter.places.items():
        size = office.ledger.counted(place)
        if other == side or not size:
            continue
        if chance.random() < 0.4:
            size = chance.randint(0, size)
        root = office.ledger.root(place, size).hex()
        if chance.random() < 0.01:
            size, root = size + chance.randint(1, 3), "0" * 64
        seen[other] = (size, root)
    return seen


def whole(number: int) -> Office:
    world = hostile_world(number)
    return world.fresh(world.sizes())


@EACH
def test_every_node_finds_the_same_whatever_arrives_when(number: int) -> None:
    world = hostile_world(number)
    final = whole(number)
    found = {one.id + one.side: one for one in everything(final)}
    for node in range(2):
        chance = rng(100 * number + node)
        office = world.fresh((0,) * len(world.sides))
        settled: dict[str, list[tuple[str, str]]] = {}
        for have in arrivals(chance, world.sizes()):
            for place, size in enumerate(have):
                for index in range(office.ledger.held(place), size):
                    office.ledger.append(place, world.whole.entry(place, index))  # type: ignore[attr-defined]  # a ledger in memory
            office.count()
            for one in everything(office):
                assert one == found[one.id + one.side], "past, turn and verdict are final once computed"
            now = {matter: marked(office, matter) for matter in office.ledger.matters()}
            for matter, before in settled.items():
                assert now[matter][: len(before)] == before, "what is settled never changes"
            settled = {matter: now[matter] for matter in now if office.settled(matter)}
        assert office.frontier() == final.frontier()
        assert outcome(office) == outcome(final)
        assert office.digest() == final.digest()


@EACH
def test_every_fold_is_that_of_the_rule_at_every_frontier(number: int) -> None:
    """What is gone on from, kept and thrown away is never seen in what comes out."""
    office, chance = whole(number), rng(number)
    frontiers = [one.after for one in everything(office)] + [one.vector for one in everything(office)]
    chance.shuffle(frontiers)
    for matter in office.ledger.matters():
        acts = [act for act in office.ledger.matter(matter) if not act.void]
        for frontier in [office.frontier(), *frontiers[:25]]:
            below = [act for act in acts if act.index < frontier[act.place]]
            found = office.state(matter, frontier)
            expected = folded(office.folds(matter).procedure, below, office.parties)
            assert (found.state, dict(found.marks)) == expected


@EACH
def test_the_order_extends_causality_and_the_past_is_transitive(number: int) -> None:
    acts = everything(whole(number))
    assert len({order(act) for act in acts}) == len(acts)
    for at, act in enumerate(acts):
        assert not any(act.has_seen(later) for later in acts[at + 1 :])
        for earlier in acts[:at]:
            if act.has_seen(earlier):
                assert all(a <= b for a, b in zip(earlier.after, act.vector, strict=True))


@EACH
def test_claimed_time_decides_nothing_once_an_act_is_allowed(number: int) -> None:
    office, chance = whole(number), rng(number)
    for matter in office.ledger.matters():
        acts = [act for act in office.ledger.matter(matter) if not act.void]
        lied = [replace(act, move=replace(act.move, at=f"20{chance.randint(10, 99)}-01-01T00:00:00Z"))
                for act in acts if act.move is not None]  # fmt: skip
        chance.shuffle(lied)
        procedure = office.folds(matter).procedure
        found, honest = fold(procedure, lied, office.parties), office.state(matter)
        assert (found.state.phase, found.marks) == (honest.state.phase, honest.marks)


def placed(acts: list[Counted], office: Office) -> bool:
    """Whether two crossing acts are of a kind where the table lets place decide (clarifications 22)."""
    rows = office.folds(acts[0].matter).procedure.rows.values()
    first = {kind for row in rows for kind, one in row.items() if one.cross == "first"}
    return any(
        crossed(one, other) and one.move and other.move and {one.move.kind, other.move.kind} <= first
        for one in acts
        for other in acts
    )


@EACH
def test_the_tie_break_between_sides_changes_no_outcome(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    forward = whole(number)
    monkeypatch.setattr(module, "order", lambda act: (act.turn, -act.place))
    backward = whole(number)
    for matter in forward.ledger.matters():
        acts = [act for act in forward.ledger.matter(matter) if not act.void]
        if not placed(acts, forward):
            assert backward.state(matter).state == forward.state(matter).state


def test_worlds_are_hostile() -> None:
    """The properties above would hold of nothing."""
    beaten = superseded = stalled = stale = 0
    codes, procedures, rivals = set(), set(), 0
    for number in range(RUNS):
        office, world = whole(number), hostile_world(number)
        stalled += office.frontier() != world.sizes()
        for one in everything(office):
            codes.add(one.void)
        for matter in office.ledger.matters():
            acts = [act for act in office.ledger.matter(matter) if not act.void]
            marks = list(office.state(matter).marks.values())
            beaten, superseded = beaten + marks.count("beaten"), superseded + marks.count("superseded")
            stale += any(crossed(one, other) for one in acts for other in acts)
            rivals += placed(acts, office)
            procedures.add(office.folds(matter).procedure.name)
    assert beaten > 20
    assert superseded > 5
    assert stalled > 3
    assert stale > 50
    assert rivals > 0
    assert {"", "early", "forbidden", "stale", "written"} <= codes
    assert len(procedures) > 9
