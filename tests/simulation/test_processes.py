"""Real processes, real databases: killed under load, on a full disk, over a server that is restarted or lost.

`YEOLLAK_TEST_KILLS=100` kills a hundred times on each kind of database (docs/reliability.md).
"""

from __future__ import annotations

import multiprocessing
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tests.node.offices import SECRET, SIDES, Offices
from tests.simulation.alarms import AWAY, UNFORESEEN, strange
from tests.simulation.clusters import Cluster
from tests.simulation.process import node, told
from yeollak.node.config import NodeConfig
from yeollak.storage import models, reading

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("YEOLLAK_TEST_KILLS", "4"))
#: What may be raised while a machine or its database is away.
ALARMS = {"store-failed", "disk-full"}
REASONS = dict.fromkeys(UNFORESEEN, AWAY)
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.simulation.process"])


class Load:
    """Two nodes in processes of their own, and the logs of their officers."""

    def __init__(
        self, folder: Path, addresses: dict[str, str] | None = None, notes: Path | None = None
    ) -> None:
        def config(place: Path, side: str, *more: Any, **of: Any) -> NodeConfig:
            stored = {} if addresses is None else {"database": addresses[side]}
            make: Any = NodeConfig
            found: NodeConfig = make(place, side, *more, **of, **stored)
            return found

        with mock.patch("tests.node.offices.NodeConfig", config):
            self.offices = Offices(folder).make()
        self.folder, self.notes = folder, notes or folder
        for side in SIDES:
            self.offices.stop(side)
        self.processes: dict[str, Any] = {}

    def log(self, side: str) -> Path:
        return self.notes / f"{side}.log"

    def start(self, *sides: str) -> None:
        for side in sides:
            seed = self.offices.keys[side].seed
            words = (self.folder / side, self.offices.office, seed, SECRET, self.log(side))
            self.processes[side] = _context.Process(target=node, args=words, daemon=True)
            self.processes[side].start()

    def kill(self, side: str) -> None:
        self.processes[side].kill()
        self.processes[side].join(30)

    def lines(self, side: str, what: str) -> list[Any]:
        return [line[what] for line in told(self.log(side)) if what in line]

    def until(self, true: Callable[[], object], seconds: float = 150.0) -> None:
        ends = time.monotonic() + seconds
        while not true():
            if time.monotonic() > ends:
                pytest.fail(
                    str({side: (self.offices.sizes(side), told(self.log(side))[-3:]) for side in SIDES})
                )
            time.sleep(0.02)

    def busy(self, more: int = 5) -> None:
        """Wait until officers on both sides were told of so many further acts."""
        wanted = {side: len(self.lines(side, "act")) + more for side in SIDES}
        self.until(lambda: all(len(self.lines(side, "act")) >= wanted[side] for side in SIDES))

    def settle(self) -> None:
        """No more acts; wait until both nodes come to rest, then end them."""
        (self.folder / "quiet").touch()
        for side in SIDES:
            if not self.processes[side].is_alive():
                self.start(side)
        for side in SIDES:
            self.offices.open(side)
        self.until(self.offices.settled)
        self.close()

    def close(self) -> None:
        for side in self.processes:
            self.kill(side)

    def check(self) -> None:
        """Nothing that was acknowledged or receipted is lost, and no register has two courses."""
        views = {side: self.offices.view(side) for side in SIDES}
        for place, side in enumerate(SIDES):
            registers = [view.ledger.entries(place, 0, view.ledger.held(place)) for view in views.values()]
            assert registers[0] == registers[1]
            own = list(views[side].rows(models.Entry).filter(place=place).values_list("act", flat=True))
            assert len(own) == len(set(own))
            said = self.lines(side, "act")
            assert len(said) == len(set(said)) > 0
            assert set(said) <= set(own)
            receipts = [line for line in told(self.log(side)) if "receipted" in line]
            assert receipts
            for line in receipts:
                assert views[side].ledger.root(place, int(str(line["receipted"]))).hex() == line["root"]
            assert not views[side].rows(models.Evidence).exists()
            assert not views[side].rows(models.Finding).exclude(void="").exists()
            assert strange(reading.alarms(views[side]), ALARMS, REASONS) == []
            assert set(self.lines(side, "fault")) <= ALARMS | AWAY
            assert self.lines(side, "died") == []


@pytest.fixture
def clusters() -> Iterator[list[Cluster]]:
    made: list[Cluster] = []
    yield made
    for one in reversed(made):
        one.remove()


@pytest.fixture
def loads() -> Iterator[list[Load]]:
    made: list[Load] = []
    yield made
    for one in made:
        one.close()


def on_server(folder: Path, clusters: list[Cluster], *others: Cluster) -> Load:
    """Two nodes whose databases are on the first server, or on what takes its place."""
    for side in SIDES:
        clusters[0].ask(f"CREATE DATABASE {side}")
    return Load(folder, {side: clusters[0].address(side, *others) for side in SIDES})


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_kill_9_under_load(tmp_path: Path, clusters: list[Cluster], loads: list[Load], kind: str) -> None:
    if kind == "postgresql":
        clusters.append(Cluster.make("kills"))
    loads.append(on_server(tmp_path, clusters) if clusters else Load(tmp_path))
    (load,) = loads
    rng = random.Random(kind)
    load.start(*SIDES)
    load.busy()
    for _ in range(KILLS):
        sides = rng.choice((SIDES[:1], SIDES[1:], SIDES))
        time.sleep(rng.random() * 0.6)
        for side in sides:
            load.kill(side)
        load.start(*sides)
        if rng.random() < 0.7:
            load.busy(1)
    load.busy()
    load.settle()
    load.check()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system with little room."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_file_system_without_room(small: Path, tmp_path: Path, loads: list[Load]) -> None:
    """Both nodes run out of room under load, say so, are killed, and go on once there is some."""
    loads.append(Load(small, notes=tmp_path))
    (load,) = loads
    load.start(*SIDES)
    load.busy()
    filler = small / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    seen = {side: len(load.lines(side, "fault")) for side in SIDES}
    load.until(lambda: any(len(load.lines(side, "fault")) > seen[side] for side in SIDES))
    assert {code for side in SIDES for code in load.lines(side, "fault")} <= {"disk-full", "store-failed"}
    load.kill("south")
    subprocess.run(["mount", "-o", "remount,size=200m", str(small)], check=True)
    load.start("south")
    load.busy()
    load.settle()
    load.check()


@pytest.mark.postgresql
def test_a_database_server_is_restarted_under_load(
    tmp_path: Path, clusters: list[Cluster], loads: list[Load]
) -> None:
    """The nodes are not started again: they find their database when it is there."""
    clusters.append(Cluster.make("restarts"))
    loads.append(on_server(tmp_path, clusters))
    (load,) = loads
    load.start(*SIDES)
    load.busy()
    for _ in range(2):
        clusters[0].restart()
        load.busy()
    load.settle()
    load.check()


@pytest.mark.postgresql
def test_a_primary_is_lost_and_its_synchronous_standby_takes_over(
    tmp_path: Path, clusters: list[Cluster], loads: list[Load]
) -> None:
    clusters.append(Cluster.make("primary"))
    clusters.append(clusters[0].standby("standby"))
    primary, standby = clusters
    loads.append(on_server(tmp_path, clusters, standby))
    (load,) = loads
    assert primary.ask("SELECT sync_state FROM pg_stat_replication") == "sync"
    load.start(*SIDES)
    load.busy()
    primary.kill()
    standby.promote()
    load.busy()
    load.settle()
    load.check()
