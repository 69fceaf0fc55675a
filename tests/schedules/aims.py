"""What schedules aim at: every row, joint step and crossing pair of every table, from the tables alone.

An aim is a phase of a table and what is to be done there: one kind by anybody, or the two kinds of a
crossing pair by two sides that have not seen each other. The list is fixed by the tables and each seed has
its own stretch of it, so that a seed does the same whatever ran before it. How far a phase lies from an aim
is read off the table too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from yeollak.procedures.catalogue import PROCEDURES, table
from yeollak.procedures.kinds import COMMON
from yeollak.procedures.table import NONE, Procedure, Role, Row

#: How many aims a schedule may come to, and so how far the stretches of two seeds lie apart.
STRETCH = 4
FAR = 10**6
#: From this number on a schedule has one aim alone, which its number names, and so many numbers go for each.
DIRECTED = 10**9
TRIES = 64


@dataclass(frozen=True)
class Aim:
    """In `phase` of the table `procedure`, an act of `kinds`; with two kinds by the two `roles`, unseen by
    each other.
    """

    procedure: str
    phase: str
    kinds: tuple[str, ...]
    roles: tuple[Role, ...] = ()
    slot: str = ""


@lru_cache(maxsize=1)
def all_aims() -> tuple[Aim, ...]:
    """Every row, every joint step, and every crossing pair in every phase that has rows for both of its
    kinds.
    """
    rows = [
        Aim(procedure.name, phase, (kind,))
        for procedure in PROCEDURES
        for phase, kinds in procedure.rows.items()
        for kind in kinds
    ]
    rows += [
        Aim(procedure.name, phase, (kind,))
        for procedure in PROCEDURES
        for phase in sorted(set(procedure.rows) - {NONE})[:1]
        for kind in COMMON
    ]
    joins = [
        Aim(procedure.name, join.phase, (), slot=join.slot)
        for procedure in PROCEDURES
        for join in procedure.joins
    ]
    pairs = [
        Aim(procedure.name, phase, (first[0], second[0]), (first[1], second[1]))
        for procedure in PROCEDURES
        for first, second in procedure.pairs
        for phase, kinds in procedure.rows.items()
        if first[0] in kinds and second[0] in kinds
    ]
    return (*rows, *joins, *pairs, *pairs)


def aims_of(number: int) -> list[Aim]:
    """The aims of the schedule of this number: lap after lap through the whole list, each in an order of its
    own; or one aim again and again for a number from `DIRECTED` on.
    """
    aims = all_aims()
    if number >= DIRECTED:
        return [aims[(number - DIRECTED) // TRIES]] * STRETCH
    found = []
    for at in range(number * STRETCH, (number + 1) * STRETCH):
        lap, place = divmod(at, len(aims))
        found.append(aims[_lap(lap)[place]])
    return found


def directed(wanted: Callable[[Aim], bool]) -> list[int]:
    """The first of the numbers of every aim that is wanted."""
    return [DIRECTED + at * TRIES for at, aim in enumerate(all_aims()) if wanted(aim)]


@lru_cache(maxsize=8)
def _lap(lap: int) -> tuple[int, ...]:
    order = list(range(len(all_aims())))
    random.Random(f"lap {lap}").shuffle(order)
    return tuple(order)


@lru_cache(maxsize=4096)
def distances(name: str, phase: str) -> dict[str, int]:
    """How many acts, or joint steps, every phase of a table lies away from `phase` at the least."""
    procedure = table(name)
    found, reached = {phase: 0}, [phase]
    while reached:
        nearer = reached.pop(0)
        for before, following in _edges(procedure).items():
            if nearer in following and before not in found:
                found[before] = found[nearer] + 1
                reached.append(before)
    return found


@lru_cache(maxsize=256)
def _edges_of(name: str) -> dict[str, frozenset[str]]:
    procedure = table(name)
    return {
        phase: frozenset(
            {target for row in rows.values() for target in row.targets(phase)}
            | {join.to for join in procedure.joins if join.phase == phase}
        )
        for phase, rows in procedure.rows.items()
    }


def _edges(procedure: Procedure) -> dict[str, frozenset[str]]:
    return _edges_of(procedure.name)


def weight(procedure: Procedure, phase: str, row: Row, aim: str) -> float:
    """How much an act by this row in `phase` brings a matter on to the phase `aim`."""
    far = distances(procedure.name, aim)
    here = far.get(phase, FAR)
    there = min(far.get(target, FAR) for target in row.targets(phase))
    written = {write.slot for write in row.writes}
    if there < here:
        return 8.0
    for join in procedure.joins:
        if join.slot in written and far.get(join.to, FAR) < here and join.phase in row.targets(phase):
            return 8.0
    if row.targets(phase) == {phase}:
        return 1.0
    return 0.2 if there < FAR else 0.02


def turn(turns: tuple[str, Mapping[str, str]], name: str, aim: str) -> str:
    """Of the values of the fact that says how far an act goes, the one that leads nearest to the phase
    `aim`.
    """
    far, (_fact, phases) = distances(name, aim), turns
    return min(sorted(phases), key=lambda value: far.get(phases[value], FAR))
