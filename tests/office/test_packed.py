"""What a ledger packs away it gives back as it was, and an office over it finds what any other finds."""

from __future__ import annotations

import hashlib
import random

import pytest

from tests.office.test_worlds import random_world
from tests.office.world import NAMES, World
from yeollak.errors import RecordFault
from yeollak.office import audit_fold, packed
from yeollak.office.audit_fold import Fold
from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.office.packed import MemorySpool
from yeollak.record.audit_reading import ReadEntry
from yeollak.record.audit_tree import Tree
from yeollak.record.document import Act
from yeollak.record.statement import leaf_hash


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly nothing is remembered, so that nearly everything is read again."""
    monkeypatch.setattr(audit_fold, "_FOLDS", 2)
    monkeypatch.setattr(packed, "_RECENT", 3)


def where(act: Counted) -> tuple[int, int]:
    return act.place, act.index


def read(document: bytes) -> Act | None:
    try:
        return Act.parse(document)
    except RecordFault:
        return None


def folded(world: World, chance: random.Random) -> Fold:
    """Everything of a world, taken in by some entries at a time."""
    sizes = dict(zip(world.sides, world.sizes(), strict=True))
    leaves = {
        side: [leaf_hash(world.whole.entry(place, index).statement) for index in range(sizes[side])]
        for place, side in enumerate(world.sides)
    }
    fold = Fold(
        world.charter.raw, {side: Tree([b"".join(part)] if part else []) for side, part in leaves.items()}
    )
    taken = dict.fromkeys(world.sides, 0)
    while any(taken[side] < sizes[side] for side in world.sides):
        side = chance.choice(world.sides)
        start, end = taken[side], min(sizes[side], taken[side] + chance.randrange(1, 9))
        rows = [world.whole.entry(world.sides.index(side), index) for index in range(start, end)]
        fold.take(side, [ReadEntry(row.statement, None, row.document, read(row.document)) for row in rows])
        taken[side] = end
    return fold


@pytest.mark.parametrize("seed", range(25))
def test_a_packed_ledger_answers_as_one_that_holds_everything(seed: int) -> None:
    chance, world = random.Random(seed), random_world(seed)
    fold, whole = folded(world, chance), world.fresh(world.sizes())
    found, expected = fold.ledger, whole.ledger
    places, matters = range(len(world.sides)), sorted(expected.matters())
    assert [found.held(place) for place in places] == [expected.held(place) for place in places]
    assert [found.counted(place) for place in places] == [expected.counted(place) for place in places]
    for place in places:
        for index in range(expected.counted(place)):
            one = expected.finding(place, index)
            assert found.finding(place, index) == one
            assert found.after(place, index) == one.after
            assert found.first(place, one.id) == expected.first(place, one.id)
        assert found.first(place, hashlib.sha256(b"nothing").hexdigest()) is None
        assert list(found.postings(place)) == list(expected.postings(place))
        for index in range(expected.counted(place), expected.held(place)):
            assert found.entry(place, index).document == expected.entry(place, index).document
        for size in range(expected.held(place) + 1):
            assert found.root(place, size) == expected.root(place, size)
        for procedures in (("note",), ("note", "request"), ("nothing",)):
            start = chance.randrange(expected.counted(place) + 1)
            named = found.under(procedures, place, start)
            assert list(named) == list(expected.under(procedures, place, start))
    assert sorted(found.matters()) == matters
    for procedure in ("note", "charter", "nothing"):
        assert sorted(found.matters(procedure)) == sorted(expected.matters(procedure))
    for matter in [*matters, "0" * 64]:
        acts = expected.matter(matter)
        # Registers have come in another order, and so have the acts of a matter.
        assert sorted(found.matter(matter), key=where) == sorted(acts, key=where)
        assert found.acts(matter) == len(acts)
        assert list(found.matter(matter))[1:] == list(found.matter(matter)[1:])
        allowed = [act for act in acts if not act.void]
        newest = [max((act.index for act in allowed if act.place == place), default=-1) for place in places]
        assert found.newest(matter) == newest
        if allowed:
            assert found.procedure(matter) == allowed[0].procedure
    voids = [
        (place, index, one.id, one.void)
        for place in places
        for index in range(expected.counted(place))
        if (one := expected.finding(place, index)).void
    ]
    assert list(found.voids()) == voids


@pytest.mark.parametrize("seed", range(25))
def test_an_office_that_forgets_folds_finds_what_one_that_remembers_finds(seed: int) -> None:
    chance, world = random.Random(seed), random_world(seed)
    fold, whole = folded(world, chance), world.fresh(world.sizes())
    agree(fold, whole)
    frontier = whole.frontier()
    for _ in range(12):
        # Not every frontier is one that a side has had; what a matter is below it is asked all the same.
        below = tuple(chance.randrange(size + 1) for size in frontier)
        assert fold.office.digest(below) == whole.digest(below)
    agree(fold, whole)


def test_a_claim_of_long_ago_unpacks_nothing_that_came_later(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World().found()
    world.say("south", "note.send", facts={"class": "flood", "subject": {"en": "The first"}})
    world.meet()
    early = tuple(world.sizes())
    for number in range(60):
        world.say("south", "note.send", facts={"class": "flood", "subject": {"en": f"Level {number}"}})
    world.meet()
    fold, whole = folded(world, random.Random(1)), world.fresh(world.sizes())
    unpacked, read = list[int](), packed.PackedLedger._unpacked

    def counted(ledger: packed.PackedLedger, place: int, index: int) -> Counted:
        unpacked.append(index)
        return read(ledger, place, index)

    monkeypatch.setattr(packed.PackedLedger, "_unpacked", counted)
    assert fold.office.digest(early) == whole.digest(early)
    assert len(unpacked) <= sum(early)


def agree(fold: Fold, whole: Office) -> None:
    assert fold.office.digest() == whole.digest()
    for matter in whole.ledger.matters():
        assert fold.office.settled(matter) == whole.settled(matter)
        assert fold.office.closed(matter).marks == len(whole.state(matter).marks)
        assert fold.office.state(matter) == whole.state(matter)


def test_worlds_of_three_sides_are_packed_too() -> None:
    world = World(NAMES).found()
    for number in range(40):
        side = world.sides[number % 3]
        world.say(side, "note.send", facts={"class": "flood", "subject": {"en": f"Level {number}"}})
        if number % 7 == 0:
            world.meet()
    world.meet()
    agree(folded(world, random.Random(3)), world.fresh(world.sizes()))


def test_ids_that_are_many_are_found() -> None:
    register = packed._Register(2)
    ids = [hashlib.sha256(bytes([number % 251, number // 251])).digest() for number in range(5_000)]
    for one in (*ids, *ids[:10]):
        register.add(one)
    assert [register.first(one) for one in ids] == list(range(5_000))
    assert register.first(bytes(32)) is None


def test_what_is_laid_aside_in_memory_comes_back() -> None:
    spool = MemorySpool()
    places = [spool.add(bytes([number]) * number) for number in range(50)]
    assert [spool.get(at) for at in places] == [bytes([number]) * number for number in range(50)]
