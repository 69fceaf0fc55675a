"""Two nodes that no line joins come to one record by what is carried by hand."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.line.carried import PAPER, Dead, carry, clean, cut_off, equal, joined, opened, packed
from tests.line.test_generations import replaced
from tests.line.test_large import BIG, call
from tests.line.test_restored import CALL
from tests.line.world import World
from tests.storage.setup import migrated
from yeollak.node.pouch_status import incomplete, status
from yeollak.node.pouches import Wish, shelf_of
from yeollak.office.admit import Quota
from yeollak.record.enclosure import SALT
from yeollak.storage import reading
from yeollak.storage.pouches import PouchHoldings


def test_a_month_without_a_line(stored: World) -> None:
    """All that the line would have done: acts, receipts, what was seen, and a large enclosure."""
    south, north = cut_off(stored)
    rng = random.Random(1)
    (large,) = call(south, BIG).enclosures
    said = [south.say() for _ in range(3)]
    first = carry(south, north, Wish(upper=40_000), rng)
    assert first.taken is not None
    assert (first.taken.entries, first.taken.enclosures, first.missing) == (4, 1, ())
    kept = reading.blob(north.view, large.digest)
    assert kept is not None
    assert kept[SALT:] == BIG
    said.append(north.say("checkin.observe", "duty", facts=CALL))
    stored.clock.pass_by(86_400)
    second = carry(north, south, PAPER)
    assert second.taken is not None
    assert second.taken.newly == 4
    carry(south, north)
    carry(north, south)
    assert equal(stored)
    assert clean(stored)
    assert all(reading.document(node.view, act) for node in (south, north) for act in said)
    assert stored.quiet()
    (told,) = status(south.open, stored.charter.office)
    assert (told["not_receipted"], told["not_left"], told["enclosures_owed"]) == (0, 0, 0)
    assert [row["receipted"] for row in told["out"]] == [True, True]
    assert reading.large(south.view, "done")
    joined(stored)
    stored.settle()
    assert equal(stored)


def test_an_office_is_founded_without_a_line(tmp_path: Path) -> None:
    world = World(tmp_path, line=lambda *_: Dead())
    for node in world.nodes.values():
        migrated(node.alias)
        node.journal.found(world.charter.raw, node.side)
        facts = {"charter": world.charter.office, "checked": "in-person"}
        node.say("charter.sign", "authority", facts=facts)
    south, north = world["south"], world["north"]
    for _ in range(2):
        carry(south, north)
        carry(north, south)
    assert equal(world)
    assert world.quiet()
    world.close()


def test_newer_pouches_first_older_ones_later_all_of_them_twice(world: World) -> None:
    south, north = cut_off(world)
    pouches = []
    for _ in range(3):
        south.say()
        pouches.append(packed(south, Wish(upper=8192))[1])
    for paths in (*reversed(pouches), *pouches):
        (found,) = opened(north, *reversed(paths)).pouches
        assert found.taken is not None
        assert not found.taken.refused
        assert not found.taken.passed
    carry(north, south)
    assert (north.sizes(), reading.receipted(south.view, "north")) == (south.sizes(), 8)
    assert clean(world)
    (told,) = status(north.open, world.charter.office)
    assert [row["times"] for row in told["in"]] == [2, 2, 2]


def test_a_pouch_that_reaches_less_far_than_what_has_come_is_gone_on_from(world: World) -> None:
    """A later pouch begins where an earlier one did, since no receipt has come back: it is taken from the end
    of what is held."""
    south, north = cut_off(world)
    south.say()
    early = packed(south)[1]
    south.say()
    late = packed(south)[1]
    (first,) = opened(north, *early).pouches
    (second,) = opened(north, *late).pouches
    assert first.taken is not None
    assert second.taken is not None
    assert (first.taken.entries, second.taken.entries, second.taken.refused) == (1, 1, {})


def test_the_line_has_gone_ahead_of_a_pouch_and_of_its_receipts(world: World) -> None:
    south, north = cut_off(world)
    south.say()
    pouch = packed(south)[1]
    south.say()
    joined(world)
    world.settle()
    before = north.sizes()
    opened(north, *pouch)
    assert north.sizes() == before
    back = packed(north)[1]
    north.say("checkin.observe", "duty", facts=CALL)
    world.settle()
    opened(south, *back)
    assert equal(world)
    assert clean(world)
    assert world.quiet()


def test_parts_wait_for_the_missing_ones_and_a_damaged_one_is_named(world: World) -> None:
    south, north = cut_off(world)
    south.say()
    done, paths = packed(south, Wish(upper=4096))
    spoilt = bytearray(paths[1].read_bytes())
    spoilt[-1] ^= 1
    other = paths[1].with_name("copy")
    other.write_bytes(spoilt)
    opening = opened(north, paths[0], other, *paths[3:])
    assert [(one.file, one.number) for one in opening.damaged] == [(str(other), 2)]
    (found,) = opening.pouches
    assert (found.of, found.missing, found.taken) == (done.parts, (2, 3), None)
    assert incomplete(north.open) == [{"missing": [2, 3], "parts": done.parts, "pouch": done.pouch}]
    (again,) = opened(north, paths[2]).pouches
    assert again.missing == (2,)
    (whole,) = opened(north, paths[1], paths[1]).pouches
    assert whole.taken is not None
    assert whole.taken.entries == 1
    assert incomplete(north.open) == []


def test_the_quota_of_the_day_holds_and_the_rest_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    south, north = cut_off(world)
    for _ in range(4):
        south.say()
        south.keeper.step()
        monkeypatch.setattr("yeollak.storage.batches.BATCH_STATEMENTS", 1)
    _, paths = packed(south)
    left = 2

    def quota(_self: PouchHoldings, side: str, now: object) -> Quota:
        return Quota(left - (north.sizes()[0] - 5), 10**9, 3600)

    monkeypatch.setattr(PouchHoldings, "quota", quota)
    (found,) = opened(north, *paths).pouches
    assert found.taken is not None
    # What comes behind is not refused for what waits before it, which would be told to its sender.
    assert (found.taken.entries, found.taken.waits, found.taken.refused) == (2, True, {"quota": 1})
    assert PouchHoldings(north.journal, world.charter.office).dues("south").refusal == b""
    assert shelf_of(north.open).pouches() == [found.pouch]
    (told,) = status(north.open, world.charter.office)
    assert [row["waits"] for row in told["in"]] == [True]
    left = 10
    (again,) = opened(north).pouches
    assert again.taken is not None
    assert (again.taken.entries, again.taken.waits) == (2, False)
    assert opened(north).pouches == []


@pytest.mark.parametrize("role", ["seal", "register", "receipt"])
def test_keys_are_replaced_while_a_pouch_is_on_its_way(world: World, role: str) -> None:
    """What was sealed to, signed by and receipted with the old keys, and what comes after."""
    south, north = cut_off(world)
    south.say()
    early = packed(south)[1]
    replaced(north, role)
    replaced(south, role)
    back = packed(north)[1]
    (first,) = opened(north, *early).pouches
    (second,) = opened(south, *back).pouches
    assert first.taken is not None
    assert second.taken is not None
    assert (first.taken.passed, second.taken.passed) == ({}, {})
    for _ in range(3):
        carry(south, north)
        carry(north, south)
    for found in (*opened(north, *early).pouches, *opened(south, *back).pouches):
        assert found.taken is not None
        assert found.taken.passed.keys() <= {"receipt-retired"}
    assert equal(world)
    assert clean(world)
    assert world.quiet()
