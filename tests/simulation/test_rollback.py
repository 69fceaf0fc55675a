"""A node whose past is older than what has left it: rule 9 in every combination.

What was put back, what became of the anchor, where lies what has left, and whom the node can reach: in each
case it either takes its own entries back and goes on, or appends nothing and says why. It never forks.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.line.carried import opened, packed
from tests.line.conftest import Making, founded, make, no_power_is_lost
from tests.line.world import Direct, Node, World
from yeollak.errors import LineFault, OurFault
from yeollak.node.pouches import Wish
from yeollak.storage import models, reading

__all__ = ["founded", "make", "no_power_is_lost"]
pytestmark = pytest.mark.slow

#: What stands where the database was: a backup from before some acts, or one from before any.
BACKUPS = ("recent", "ancient")
#: The anchor: as it is now, as old as the backup (a restored snapshot), gone, or not to be read.
ANCHORS = ("kept", "old", "lost", "unreadable")
#: Where what has left lies: receipted there; there, but its receipt was lost; in a pouch under way.
LEFT = ("receipted", "held", "pouch")
#: What reaches the peer: the line; pouches alone; nothing.
WAYS = ("line", "pouch", "none")


class Dead:
    """A line on which nobody answers."""

    def exchange(self, office: str, data: bytes) -> bytes:
        raise LineFault("unreachable", url="x", why="dead")


class NoAnswer:
    """A line whose answers are lost."""

    def __init__(self, world: World) -> None:
        self.world = world

    def exchange(self, office: str, data: bytes) -> bytes:
        self.world["north"].endpoint.answer(data)
        raise LineFault("unreachable", url="x", why="the answer is lost")


def leave(world: World, left: str) -> tuple[list[str], list[Path]]:
    """South says two things, which leave it; returns them, and the pouch where they left by one."""
    south = world["south"]
    said = [south.say() for _ in range(2)]
    south.keeper.step()
    if left == "pouch":
        return said, packed(south)[1]
    if left == "held":
        south.lines["north"] = NoAnswer(world)
        south.start()
        south.couriers["north"].answered = True
        assert not south.couriers["north"].step()
        assert reading.receipted(south.view, "north") < south.view.ledger.held(0)
    else:
        world.settle()
    assert world["north"].view.ledger.held(0) >= south.view.ledger.held(0) - 1
    return said, []


def put_back(south: Node, backup: str, anchor: str, before: bytes) -> None:
    """The operator restores, with this anchor."""
    south.restore(backup)
    path = south.anchor.path
    if anchor == "old":
        path.write_bytes(before)
    elif anchor == "unreadable":
        assert path.write_bytes(b'{"half of') > 0
    elif anchor == "lost":
        path.unlink()


def says(south: Node) -> str:
    """What an officer who acts now is told, or empty where the act is appended."""
    try:
        south.say()
    except OurFault as fault:
        return fault.code
    return ""


def by_line(world: World) -> None:
    south = world["south"]
    south.lines["north"] = Direct(world.nodes, "north")
    south.start()
    if not readable(south):
        south.anchor.set_aside()
    for _ in range(4):
        south.couriers["north"].step()
        world.clock.pass_by(400)
    if south.couriers["north"].answered and south.anchor.read(south.charter.office) is None:
        south.journal.anchor_again(south.charter.office)


def readable(south: Node) -> bool:
    try:
        south.anchor.read(south.charter.office)
    except OurFault:
        return False
    return True


def by_pouch(world: World) -> None:
    """Questions there, answers back."""
    south, north = world["south"], world["north"]
    if not readable(south):
        south.anchor.set_aside()
    # Twice: a node whose anchor is as old as its database learns from the first that it lacks something.
    for _ in range(2):
        opened(north, *packed(south, Wish(ask=True))[1])
        opened(south, *packed(north)[1])


CASES = list(itertools.product(BACKUPS, ANCHORS, LEFT, WAYS))


@pytest.mark.parametrize(("backup", "anchor", "left", "way"), CASES, ids=["-".join(case) for case in CASES])
def test_rule_9(make: Making, backup: str, anchor: str, left: str, way: str) -> None:
    world = make()
    south, north = world["south"], world["north"]
    south.save("ancient")
    before = south.anchor.path.read_bytes()
    if backup == "recent":
        south.say()
        world.settle()
        south.save("recent")
        before = south.anchor.path.read_bytes()
    said, pouch = leave(world, left)
    put_back(south, backup, anchor, before)
    south.lines["north"] = Dead()
    south.start()
    expected = {"kept": "behind-anchor", "lost": "anchor-missing", "unreadable": "anchor-unreadable"}
    if anchor in expected:
        assert says(south) == expected[anchor]
    if way == "none":
        if anchor == "old":
            # Nothing on this machine tells, and nobody else can: see docs/reliability.md, "what this is not".
            return
        world.clock.pass_by(400)
        assert not south.couriers["north"].step()
        assert says(south) in expected.values()
        return
    if pouch and anchor != "kept":
        # What told that it had left is gone with the anchor: it must arrive before the node goes on.
        opened(north, *pouch)
    (by_line if way == "line" else by_pouch)(world)
    if pouch and anchor == "kept":
        # The peer has not got it yet: it gives nothing back, and the node goes on keeping silent.
        assert says(south) == "behind-anchor"
        opened(north, *pouch)
        south.start()
        (by_line if way == "line" else by_pouch)(world)
    assert says(south) == ""
    by_line(world)
    world.settle()
    whole(world, said)


def whole(world: World, said: list[str]) -> None:
    heads = [reading.heads(node.view) for node in world.nodes.values()]
    assert heads[0] == heads[1]
    for node in world.nodes.values():
        acts = list(node.view.rows(models.Entry).values_list("act", flat=True))
        assert set(said) <= set(acts)
        assert len(acts) == len(set(acts))
        assert not node.view.rows(models.Evidence).exists()
        assert not node.view.rows(models.Finding).exclude(void="").exists()
        assert "forked-register" not in node.alarms()
    assert len({node.view.office.digest() for node in world.nodes.values()}) == 1


def test_the_peer_that_holds_less_answers_first(make: Making) -> None:
    """Of three sides one holds what has left: until it is asked, the anchor keeps the node silent."""
    world = make(3)
    south = world["south"]
    south.save("backup")
    south.lines["west"] = Dead()
    south.start()
    said = [south.say(), south.say()]
    south.keeper.step()
    for _ in range(4):
        south.couriers["north"].step()
    assert world["north"].view.ledger.held(0) > world["west"].view.ledger.held(0)
    south.restore("backup")
    south.lines = {"west": Direct(world.nodes, "west"), "north": Dead()}
    south.start()
    assert south.couriers["west"].step()
    assert says(south) == "behind-anchor"
    south.lines["north"] = Direct(world.nodes, "north")
    south.start()
    assert south.couriers["north"].step()
    assert says(south) == ""
    world.settle()
    for node in world.nodes.values():
        assert all(reading.document(node.view, act) is not None for act in said)
        assert not node.view.rows(models.Evidence).exists()


def test_both_sides_are_restored_at_once(make: Making) -> None:
    """Each lacks its own and holds the other's: they ask each other."""
    world = make()
    for node in world.nodes.values():
        node.save("backup")
    said = [world["south"].say(), world["north"].say("checkin.observe", "duty", facts=_CALL)]
    for node in world.nodes.values():
        node.keeper.step()
    world["south"].couriers["north"].step()
    world["south"].couriers["north"].step()
    # North's own act never left: it is lost with its disk, and nothing else is.
    south_size = world["south"].view.ledger.held(0)
    world["north"].save("after")
    world["south"].restore("backup")
    world["south"].start()
    world["south"].couriers["north"].step()
    assert world["south"].view.ledger.held(0) == south_size
    world["north"].restore("after")
    world["north"].start()
    world.settle()
    whole(world, said)


_CALL = {"date": "2018-09-14", "slot": "opening", "view": "answered"}
