"""Runs schedules, one or a million: what they have reached, and which of them broke a property."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.schedules.aims import TRIES, Aim, directed
from tests.schedules.coverage import (
    Coverage,
    every_common,
    every_join,
    every_pair,
    every_reason,
    every_row,
    guard_reasons,
)
from tests.schedules.nodes import Broken
from tests.schedules.schedule import Schedule
from yeollak.procedures.catalogue import table

#: How many schedules one process is handed at a time.
BATCH = 50


@dataclass
class Results:
    """What schedules came to. `broken` maps (number, parties) to what does not hold."""

    coverage: Coverage = field(default_factory=Coverage)
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    run: int = 0

    def add(self, other: Results) -> None:
        """Take over the results of further schedules."""
        self.coverage.add(other.coverage)
        self.broken |= other.broken
        self.run += other.run


def parties_of(number: int) -> int:
    """How many parties the schedule of a number has where nobody says: three in every third."""
    return 3 if number % 3 == 2 else 2


def run_these(numbers: Iterable[int], parties: int | None = None) -> Results:
    """Run the schedules of these numbers, one after the other."""
    results = Results()
    for number in numbers:
        many = parties or parties_of(number)
        schedule = Schedule(number, many)
        try:
            schedule.run()
        except Broken as broken:
            results.broken[number, many] = str(broken)
        except Exception:  # noqa: BLE001 - whatever is raised, the schedule is named and the others go on
            results.broken[number, many] = traceback.format_exc()
        results.coverage.add(schedule.coverage)
        results.run += 1
    return results


def run_all(count: int, first: int = 0, parties: int | None = None, jobs: int = 1) -> Iterator[Results]:
    """Run `count` schedules from the number `first` on in so many processes; yields the results batch by
    batch.
    """
    batches = (range(at, min(at + BATCH, first + count)) for at in range(first, first + count, BATCH))
    if jobs == 1:
        yield from (run_these(batch, parties) for batch in batches)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [
            pool.submit(run_these, batch, parties) for _, batch in zip(range(jobs * 2), batches, strict=False)
        ]
        while waiting:
            yield waiting.pop(0).result()
            waiting += [
                pool.submit(run_these, batch, parties) for _, batch in zip(range(1), batches, strict=False)
            ]


def missing(coverage: Coverage) -> list[str]:
    """What no schedule has reached yet, as text."""
    reached = {(table, kind) for table, _phase, kind in coverage.rows}
    return sorted(
        " ".join(one)
        for one in (
            *(every_row() - set(coverage.rows)),
            *(every_pair() - set(coverage.pairs)),
            *(every_common() - reached),
            *(("join", *join) for join in every_join() - set(coverage.joins)),
            *(("void", reason) for reason in every_reason() - set(coverage.voids)),
        )
    )


def reach(results: Results, tries: int = TRIES) -> Results:
    """Run schedules that are directed at what `results` have not reached, until everything has been or all
    tries are used, and add them. A guard that has refused nothing for a reason that it names is such a
    thing too.
    """
    for attempt in range(tries):
        numbers = directed(_lacks(results.coverage))
        if not numbers:
            break
        results.add(run_these(number + attempt for number in numbers))
    return results


def _lacks(coverage: Coverage) -> Callable[[Aim], bool]:
    """Whether an aim is a row, a pair or a common kind that nothing has reached, or has a guard with a
    reason that has not occurred; of several such aims for one thing the first will do.
    """
    reached = {(table, kind) for table, _phase, kind in coverage.rows}
    lacking: set[tuple[str, ...]] = {
        *(every_row() - set(coverage.rows)),
        *(every_pair() - set(coverage.pairs)),
        *(every_common() - reached),
        *(("join", *join) for join in every_join() - set(coverage.joins)),
        *((reason,) for reason in every_reason() - set(coverage.voids)),
    }

    def lacks(aim: Aim) -> bool:
        found = [one for one in _things(aim) if one in lacking]
        lacking.difference_update(found)
        return bool(found)

    return lacks


def _things(aim: Aim) -> list[tuple[str, ...]]:
    """What an aim may reach, as coverage names it."""
    if aim.roles:
        (first, second), (one, other) = aim.kinds, aim.roles
        return [(aim.procedure, first, one.value, second, other.value)]
    if aim.slot:
        joins = table(aim.procedure).joins
        return [
            ("join", aim.procedure, join.phase, join.to)
            for join in joins
            if (join.phase, join.slot) == (aim.phase, aim.slot)
        ]
    row = table(aim.procedure).rows[aim.phase].get(aim.kinds[0])
    reasons = [(reason,) for reason in guard_reasons(row)] if row is not None else []
    return [(aim.procedure, aim.phase, aim.kinds[0]), (aim.procedure, aim.kinds[0]), *reasons]
