"""Running schedules by their numbers: one, or many in several processes."""

from __future__ import annotations

import multiprocessing
import os
import random
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from tests.line.world import World
from tests.simulation.faults import Faults
from tests.simulation.promises import digest
from tests.simulation.schedule import Schedule, copied
from tests.storage.setup import ready
from yeollak.line import courier, pouch_packing
from yeollak.node import acting
from yeollak.storage.comparing import Comparing

#: Two sides, or three in every fourth schedule.
SIDES = (2, 2, 2, 3)


@dataclass
class Run:
    """What came of one schedule: what broke, or empty, and its registers in the end."""

    seed: int
    broken: str
    digest: str
    happened: Counter[str]
    trace: list[str] = field(default_factory=list)


@contextmanager
def founded() -> Iterator[Callable[[int], Path]]:
    """Founded offices of so many sides, made once in memory where the machine has such a place."""
    ready()
    place = Path("/dev/shm")
    base = Path(tempfile.mkdtemp(dir=place if os.access(place, os.W_OK) else None))
    made: dict[int, Path] = {}

    def template(sides: int) -> Path:
        if sides not in made:
            made[sides] = base / f"founded{sides}"
            World(made[sides], sides).found().close()
        return made[sides]

    try:
        yield template
    finally:
        shutil.rmtree(base)


def sides_of(seed: int) -> int:
    """How many sides the schedule of a number has."""
    return SIDES[seed % len(SIDES)]


def run(template: Path, seed: int, events: int = 26) -> Run:
    """Run the schedule of a number, in a copy of the founded office."""
    faults = Faults(random.Random(seed))
    folder = template.parent / f"run{seed}"
    found = ""
    with seeded(faults.rng):
        schedule = Schedule(copied(template, folder), sides_of(seed), faults)
        try:
            faults.bad = faults.rng.choice((0.3, 0.7, 1.0))
            schedule.run(events)
            schedule.calm()
            # What each has claimed of the state is so: an alarm that views differ is none of those promised.
            for machine in schedule.machines.values():
                Comparing(machine.alias).step([machine.office], machine.clock.now())
            schedule.promises.kept(list(schedule.machines.values()))
            faults.held()
            came = digest(list(schedule.machines.values()))
        except Exception as problem:  # noqa: BLE001 (whatever it is, the number is told)
            found, came = f"{type(problem).__name__}: {problem}", ""
        finally:
            schedule.close()
            shutil.rmtree(folder)
    return Run(seed, found, came, faults.happened, faults.trace)


@contextmanager
def seeded(rng: random.Random) -> Iterator[None]:
    """Have nonces, jitter and salts depend on the seed alone; keys and seals stay as random as they are."""
    own = random.Random(rng.random())
    given = SimpleNamespace(
        token_hex=lambda size: own.randbytes(size).hex(),
        token_bytes=own.randbytes,
        randbelow=own.randrange,
        choice=secrets.choice,
    )
    with ExitStack() as patches:
        for module in (courier, pouch_packing, acting):
            patches.enter_context(mock.patch.object(module, "secrets", given))
        yield


def run_all(count: int, first: int, jobs: int) -> Iterator[Run]:
    """So many schedules from a number on, in so many processes."""
    if jobs == 1:
        yield from run_these(range(first, first + count))
        return
    parts = [range(first + at, first + count, jobs) for at in range(jobs)]
    context = multiprocessing.get_context("spawn")
    queue: Any = context.Queue(64)
    workers = [context.Process(target=partial(_work, queue, part)) for part in parts]
    for worker in workers:
        worker.start()
    try:
        for _ in range(count):
            yield queue.get()
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _work(queue: Any, seeds: range) -> None:
    for one in run_these(seeds):
        queue.put(one)


def run_these(seeds: range) -> Iterator[Run]:
    """The schedules of these numbers."""
    with founded() as template:
        for seed in seeds:
            yield run(template(sides_of(seed)), seed)
