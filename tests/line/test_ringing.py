"""What rings here: an urgent act of another side, whatever else is urgent."""

from __future__ import annotations

import pytest

from tests.line.conftest import Making
from tests.line.test_restored import CALL
from tests.line.world import Node
from yeollak.storage import watching


def ringing(node: Node) -> set[str]:
    return {one.act for one in watching.urgent(node.view, node.clock.now())}


def urgent(node: Node, day: int, precedence: str = "flash") -> str:
    facts = {**CALL, "date": f"2018-10-{day}"}
    return node.say("checkin.observe", "duty", facts=facts, precedence=precedence)


def rings(node: Node, act: str) -> bool:
    """Whether an act rings for a thread that has looked before, and for one that looks for the first time."""
    while node.journal.show(node.charter.office, node.clock.now()):
        pass
    before = act in ringing(node)
    watching._kept.__dict__.clear()
    return before and act in ringing(node)


@pytest.mark.parametrize("loud", ["north", "south"], ids=["another side", "our own"])
def test_nobody_drowns_what_another_side_calls_urgent(
    make: Making, monkeypatch: pytest.MonkeyPatch, loud: str
) -> None:
    monkeypatch.setattr(watching, "_MOST", 4)
    world = make(3)
    south, west = world["south"], world["west"]
    assert ringing(south) == set()
    act = urgent(west, 10)
    world.settle()
    for day in range(11, 19):
        urgent(world[loud], day)
    world.settle()
    assert rings(south, act)
    assert len(ringing(south)) == 1 + (4 if loud == "north" else 0)


def test_a_side_does_not_drown_its_own_flash(make: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_MOST", 4)
    world = make()
    south, north = world["south"], world["north"]
    assert ringing(south) == set()
    act = urgent(north, 10)
    for day in range(11, 19):
        urgent(north, day, "immediate")
    world.settle()
    assert rings(south, act)
