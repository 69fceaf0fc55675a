"""The line when nothing goes wrong: what is appended arrives, is receipted, and is known to all."""

from __future__ import annotations

import pytest

from tests.line.conftest import Making
from tests.line.world import Direct, World
from yeollak.errors import Fault, LineFault, TheirFault
from yeollak.line.courier import FIRST_PAUSE, LONGEST_OWN
from yeollak.line.post import Post
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


@pytest.mark.parametrize(
    ("fault", "at_once"),
    [
        (LineFault("unreachable", url="x", why="dead"), True),
        (LineFault("line-refused", url="x", status=503), True),
        (LineFault("line-refused", url="x", status=404), False),
        (TheirFault("answer-otherwise", side="north"), False),
    ],
)
def test_peer_that_is_heard_again_is_served_at_once(make: Making, fault: Fault, at_once: bool) -> None:
    """What was dead for long, the line or the server of the other end, is not waited for once that end has
    spoken; who has refused or lied is not asked again because it speaks.
    """

    class Line(Direct):
        dead = True

        def exchange(self, office: str, data: bytes) -> bytes:
            if self.dead and self.peer == "north":
                raise fault
            return super().exchange(office, data)

    world = make(line=lambda nodes, _side, peer: Line(nodes, peer))
    courier = world["south"].couriers["north"]
    for _ in range(8):
        world.clock.pass_by(400)
        assert not courier.step()
    assert courier.not_before > world.clock.elapsed + 10
    Line.dead = False
    courier.heard()
    assert not courier.step()  # it has just failed: who speaks and answers nothing is not asked for ever
    world.clock.pass_by(FIRST_PAUSE)
    assert courier.step() is at_once


def test_own_failure_is_tried_again_soon(make: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long this node's own database was away, the line goes on within seconds of its return."""
    world = make()
    courier = world["south"].couriers["north"]
    with monkeypatch.context() as patch:
        patch.setattr(Post, "seal", lambda *_: 1 // 0)
        for _ in range(20):
            with pytest.raises(ZeroDivisionError):
                courier.step()
            assert not courier.step()  # it waits
            assert 0 < courier.not_before - world.clock.elapsed <= 1.5 * LONGEST_OWN
            world.clock.pass_by(1.5 * LONGEST_OWN)
    assert courier.step()
