"""The line when nothing goes wrong: what is appended arrives, is receipted, and is known to all."""

from __future__ import annotations

import pytest

from tests.line.conftest import Making
from tests.line.world import Direct, World
from yeollak.errors import LineFault
from yeollak.record.note import Note
from yeollak.storage import reading


@pytest.mark.parametrize("sides", [2, 3])
def test_acts_arrive_and_are_receipted(make: Making, sides: int) -> None:
    world = make(sides)
    said = [world[side].say(officer="node") for side in world.charter.sides for _ in range(3)]
    world.settle()
    digests = {node.view.office.digest() for node in world.nodes.values()}
    assert len(digests) == 1
    for node in world.nodes.values():
        assert all(reading.document(node.view, act) is not None for act in said)
        assert node.alarms() == []


def test_receipts_that_others_gave_each_other_become_known(make: Making) -> None:
    world = make(3)
    south, north, west = (world[side] for side in ("south", "north", "west"))
    south.say()
    world.settle()
    size = south.view.ledger.held(0)
    for node in (north, west):
        world.clock.pass_by(61)
        while node.couriers["south"].step():
            pass
        held = {row.cosigner for row in reading.receipts(node.view, "south") if row.size == size}
        assert held == {"north", "west"}
    (note,) = [
        row.note
        for row in reading.receipts(west.view, "south")
        if (row.size, row.cosigner) == (size, "north")
    ]
    assert {line.name.rpartition("/")[2] for line in Note.parse(note).signatures} >= {"receipt"}


def test_idle_office_asks_nothing(world: World) -> None:
    for node in world.nodes.values():
        for courier in node.couriers.values():
            assert courier.step()  # the question of the start
            assert not courier.step()
            world.clock.pass_by(3600)
            assert not courier.step()


def test_peer_that_is_heard_again_is_served_at_once(make: Making) -> None:
    """A line that was dead for long is not waited for once the other end has spoken."""

    class Line(Direct):
        dead = True

        def exchange(self, office: str, data: bytes) -> bytes:
            if self.dead and self.peer == "north":
                raise LineFault("unreachable", url="x", why="dead")
            return super().exchange(office, data)

    world = make(line=lambda nodes, _side, peer: Line(nodes, peer))
    courier = world["south"].couriers["north"]
    for _ in range(8):
        world.clock.pass_by(400)
        assert not courier.step()
    assert courier.not_before > world.clock.elapsed + 10
    Line.dead = False
    assert not courier.step()
    courier.heard()
    assert courier.step()
