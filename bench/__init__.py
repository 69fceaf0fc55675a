"""Measurements of what the documents promise: what an act costs, and how that grows with the record.

Every figure is CPU time of this process, the median of several rounds, and is given as a ratio within the
same run: to one Ed25519 verification, or to the same step on a small record. Absolute figures from a machine
that others share mean little, so nothing here passes or fails by time. Run it with `make bench`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

#: What is measured, once it has been made ready outside the clock.
Run = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be measured. `ready` is called before each round, unmeasured, and gives what is run;
    one run does the work of `units` acts.
    """

    name: str
    units: int
    ready: Callable[[], Run]


def measure(steps: list[Step], rounds: int) -> dict[str, float]:
    """The median CPU time of each step over the rounds, in microseconds a unit.

    Each round runs every step once, so that a slow spell of the machine does not fall on one step alone.
    """
    spent: dict[str, list[float]] = {step.name: [] for step in steps}
    for _ in range(rounds):
        for step in steps:
            run = step.ready()
            started = time.process_time_ns()
            run()
            spent[step.name].append((time.process_time_ns() - started) / 1000 / step.units)
    return {name: median(costs) for name, costs in spent.items()}


def fixed(run: Run) -> Callable[[], Run]:
    """For a step that needs nothing made ready: the same run in every round."""
    return lambda: run
