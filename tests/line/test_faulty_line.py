"""Whatever the line and the machines do, both ends come to the same record and nothing is lost or said twice.

Each seed is a schedule of acts, deliveries, faults, crashes, restarts and restores; afterwards the weather is
calm and the nodes must come to rest. A failing seed is in the test's name.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.line.faulty import Crash, Faulty, Weather, deliver_late, fragile
from tests.line.world import Node, World, copied
from yeollak.storage import models, reading

#: Seeds are run in blocks, so that a run of the suite shows how far it is.
#: More schedules, with machines that fail besides, are in tests/simulation.
BLOCKS = [range(start, start + 10) for start in range(0, 30, 10)]


def run(folder: Path, sides: int, seed: int) -> Weather:
    rng = random.Random(seed)
    weather = Weather(rng)
    world = World(
        folder,
        sides,
        line=lambda nodes, _side, peer: Faulty(nodes, peer, weather),
        port_of=fragile(weather),
    )
    try:
        said = schedule(world, weather)
        weather.bad = 0.0
        while weather.late:
            deliver_late(world.nodes, weather)
        world.clock.pass_by(4000)
        world.settle()
        check(world, said)
    finally:
        world.close()
    return weather


def schedule(world: World, weather: Weather) -> list[str]:
    """Some two dozen things that happen; returns the acts that were appended and have not been lost with a
    machine before they left it.
    """
    rng, said = weather.rng, []
    for number in range(24):
        node = world[rng.choice(world.charter.sides)]
        choice = rng.random()
        if choice < 0.25:
            said.append(node.say())
        elif choice < 0.35:
            node.start()
        elif choice < 0.45:
            deliver_late(world.nodes, weather)
        elif choice < 0.5:
            said = restored(world, node, said)
        elif choice < 0.6:
            node.keeper.step()
        else:
            node.keeper.step()
            courier = node.couriers[rng.choice(list(node.couriers))]
            try:
                courier.step()
            except Crash:
                node.start()
        if number % 8 == 3:
            node.save("backup")
        world.clock.pass_by(rng.choice((0.1, 1, 2, 40)))
    return said


def restored(world: World, node: Node, said: list[str]) -> list[str]:
    """Restore a node, if a peer holds all that has left it; what never left is lost with the machine."""
    left = node.anchor.read(world.charter.office)
    held = [other.view.ledger.held(node.view.place) for other in world.nodes.values() if other is not node]
    if not (node.folder / "backup").exists() or left is None or max(held) < left[0]:
        return said
    before = [act for act in said if reading.document(node.view, act) is not None]
    node.restore("backup")
    # Nothing is appended before it is back.
    for courier in node.couriers.values():
        for _ in range(60):
            if courier.answered:
                break
            world.clock.pass_by(200)
            try:
                courier.step()
            except Crash:
                node.start()
                courier = node.couriers[courier.peer]
    gone = {act for act in before if reading.document(node.view, act) is None}
    own = {row.act for other in world.nodes.values() for row in other.view.rows(models.Entry)}
    return [act for act in said if act not in gone or act in own]


def check(world: World, said: list[str]) -> None:
    views = [node.view for node in world.nodes.values()]
    heads = [reading.heads(view) for view in views]
    assert all(head == heads[0] for head in heads)
    for place, head in enumerate(heads[0]):
        registers = [view.ledger.entries(place, 0, head.size) for view in views]
        assert all(register == registers[0] for register in registers)
    assert len({view.office.digest() for view in views}) == 1
    for view in views:
        acts = [row.act for row in view.rows(models.Entry)]
        assert len(acts) == len(set(acts))
        assert set(said) <= set(acts)
        assert not view.rows(models.Evidence).exists()
        assert not view.rows(models.Finding).exclude(void="").exists()
    assert {code for node in world.nodes.values() for code in node.alarms()} <= {"behind-anchor"}


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda block: f"{block.start}-{block.stop - 1}")
def test_two_nodes_agree(founded: Callable[[int], Path], tmp_path: Path, seeds: range) -> None:
    happened: set[str] = set()
    for seed in seeds:
        try:
            happened |= run(copied(founded(2), tmp_path / str(seed)), 2, seed).happened.keys()
        except Exception as problem:
            raise AssertionError(f"seed {seed}") from problem
    assert {"lost", "answer lost", "late", "twice", "cut", "altered"} <= happened


@pytest.mark.parametrize("seed", range(12))
def test_three_nodes_agree(founded: Callable[[int], Path], tmp_path: Path, seed: int) -> None:
    run(copied(founded(3), tmp_path / "world"), 3, seed)
