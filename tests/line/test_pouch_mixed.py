"""Whatever comes by the line and whatever by hand, lost, late, twice and in any order, both ends come to one
record: nothing is lost that had left, nothing is said twice, and no register forks.

Each seed is a schedule of acts, deliveries, faults of the line, crashes, pouches in every form, and restores
from backups older than what was packed. In the end the weather is calm and every pouch that was not lost has
arrived. A failing seed is in the message.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.line.carried import FILE, PAPER, opened, packed
from tests.line.faulty import Crash, Faulty, Weather, deliver_late, fragile
from tests.line.test_faulty_line import check
from tests.line.world import Node, World, copied
from yeollak.errors import OurFault
from yeollak.node.pouches import Wish
from yeollak.storage import models, reading

WISHES = (FILE, PAPER, Wish(upper=3000), Wish(upper=20_000), Wish(ask=True), Wish(enclosures=False))
BLOCKS = [range(start, start + 6) for start in range(0, 24, 6)]


@dataclass
class Underway:
    """A pouch that somebody carries: whose, to whom, its files, and how far it reaches."""

    sender: str
    to: str
    files: list[Path]
    last: int


@dataclass
class Schedule:
    """One seed's office, with the pouches under way and what was said and not lost with a machine."""

    world: World
    weather: Weather
    underway: list[Underway] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    happened: set[str] = field(default_factory=set)

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Behind what has left it a node keeps silent: that is the point."""
        try:
            yield
        except OurFault as fault:
            if fault.code not in ("behind-anchor", "register-waits"):
                raise
            self.happened.add(fault.code)

    def run(self, steps: int) -> None:
        rng = self.weather.rng
        for number in range(steps):
            node = self.world[rng.choice(self.world.charter.sides)]
            rng.choices(
                (self.say, self.keep, self.send, self.pack, self.open, self.lose, self.restore, self.restart),
                (5, 2, 6, 5, 6, 1, 1, 1),
            )[0](node)
            if number % 7 == 2:
                node.save("backup")
            self.world.clock.pass_by(rng.choice((0.1, 1, 40)))

    def say(self, node: Node) -> None:
        with self.silence():
            self.said.append(node.say())

    def keep(self, node: Node) -> None:
        with self.silence():
            node.keeper.step()

    def send(self, node: Node) -> None:
        deliver_late(self.world.nodes, self.weather)
        self.keep(node)
        try:
            node.couriers[self.weather.rng.choice(list(node.couriers))].step()
        except Crash:
            node.start()

    def pack(self, node: Node) -> None:
        to = self.weather.rng.choice(list(node.lines))
        done, paths = packed(node, self.weather.rng.choice(WISHES), to)
        self.underway.append(Underway(node.side, to, paths, done.last))
        if done.behind:
            self.happened.add("asked by pouch")

    def open(self, _node: Node) -> None:
        """Some of the parts of one that is under way, in any order; it stays for another time or does not."""
        if not self.underway:
            return
        rng = self.weather.rng
        pouch = rng.choice(self.underway)
        paths = rng.choices(pouch.files, k=len(pouch.files)) if rng.random() < 0.3 else list(pouch.files)
        rng.shuffle(paths)
        self.arrive(pouch, paths)
        if rng.random() < 0.5 and paths != pouch.files:
            self.happened.add("opened again later")
        elif rng.random() < 0.5:
            self.underway.remove(pouch) if set(paths) == set(pouch.files) else None

    def arrive(self, pouch: Underway, paths: list[Path]) -> None:
        for found in opened(self.world[pouch.to], *paths).pouches:
            assert found.fault is None
            assert not (found.taken and found.taken.passed)
            self.happened.add("in parts" if found.missing else "opened")

    def lose(self, _node: Node) -> None:
        """One that nobody will ever open, unless a machine needs it."""
        spare = [pouch for pouch in self.underway if pouch.last <= self.known(self.world[pouch.sender])]
        if spare:
            self.underway.remove(self.weather.rng.choice(spare))
            self.happened.add("a pouch lost")

    def known(self, node: Node) -> int:
        """How much of a node's register some other node holds."""
        return max(o.view.ledger.held(node.view.place) for o in self.world.nodes.values() if o is not node)

    def restart(self, node: Node) -> None:
        node.start()

    def restore(self, node: Node) -> None:
        """From a backup, while what has left it still exists: with another node, or with a carrier."""
        left = node.anchor.read(self.world.charter.office)
        reach = [pouch.last for pouch in self.underway if pouch.sender == node.side]
        if (
            not (node.folder / "backup").exists()
            or left is None
            or max(self.known(node), *reach, 0) < left[0]
        ):
            return
        own = node.view.rows(models.Entry).filter(place=node.view.place, index__gte=left[0])
        gone = set(own.values_list("act", flat=True))
        node.restore("backup")
        self.happened.add("restored")
        if self.known(node) < left[0]:
            self.happened.add("restored with a pouch under way")
        self.said = [act for act in self.said if act not in gone]

    def calm(self) -> None:
        """Everything arrives, in any order; then whoever is behind asks by the line."""
        self.weather.bad = 0.0
        while self.weather.late:
            deliver_late(self.world.nodes, self.weather)
        self.weather.rng.shuffle(self.underway)
        for pouch in self.underway:
            self.arrive(pouch, pouch.files)
        for node in self.world.nodes.values():
            node.start()
        for node in self.world.nodes.values():
            for courier in node.couriers.values():
                assert courier.step()
        self.world.clock.pass_by(4000)
        self.world.settle()


def run(folder: Path, sides: int, seed: int) -> set[str]:
    weather = Weather(random.Random(seed))
    world = World(
        folder,
        sides,
        line=lambda nodes, _side, peer: Faulty(nodes, peer, weather),
        port_of=fragile(weather),
    )
    schedule = Schedule(world, weather)
    try:
        schedule.run(28)
        schedule.calm()
        check(world, schedule.said)
        for node in world.nodes.values():
            left = node.anchor.read(world.charter.office)
            assert left is not None
            assert node.view.ledger.root(node.view.place, left[0]) == left[1]
            for peer in node.lines:
                assert reading.receipted(node.view, peer) >= left[0]
    finally:
        world.close()
    return schedule.happened


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda block: f"{block.start}-{block.stop - 1}")
def test_line_and_pouches_mixed(founded: Callable[[int], Path], tmp_path: Path, seeds: range) -> None:
    happened: set[str] = set()
    for seed in seeds:
        try:
            happened |= run(copied(founded(2), tmp_path / str(seed)), 2, seed)
        except Exception as problem:
            raise AssertionError(f"seed {seed}") from problem
    assert "opened" in happened


@pytest.mark.parametrize("seed", range(2))
def test_three_nodes(founded: Callable[[int], Path], tmp_path: Path, seed: int) -> None:
    run(copied(founded(3), tmp_path / "world"), 3, seed)
