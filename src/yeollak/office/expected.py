"""What a matter waits for, read from its table and its state alone: who waits, for whom, until when, what the
waiting side may sign then, and what silence is taken for.

An expectation is there where somebody may let it lapse (`Row.lapses`), a due is set, and a side that is
waited for has an act that would end it. An act without a due opens none. Nothing here knows the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.machine import possible, roles
from yeollak.procedures.table import Procedure, Role, Row, State


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that a matter waits for.

    waiting   the sides that wait; `awaited` those whose act is missing, in the charter's order
    opened    the act that set the time, which the lapse names in `re`; empty where its row names none
    due       the instant, as the act wrote it
    lapse     the kind that ends it in silence, and `signers`, the sides that may sign it from `due` on
    answers   the kinds that the sides waited for may end it with
    """

    waiting: tuple[str, ...]
    awaited: tuple[str, ...]
    opened: str
    due: str
    lapse: str
    signers: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Default:
    """What silence is taken for (fact `default` of a request), and the items that it decides."""

    means: str
    items: tuple[str, ...]


def expectations(procedure: Procedure, state: State, parties: Sequence[str]) -> tuple[Expectation, ...]:
    """Everything that a matter in this state waits for: one for each kind of lapse and due."""
    if not any(name == "due" or name.startswith("due/") for name in state.slots):
        return ()
    sides = [side for side in parties if roles(procedure, state, side, parties)]
    open_rows = {side: list(possible(procedure, state, side, parties)) for side in sides}
    signers: dict[tuple[str, str, str], list[str]] = {}
    rows: dict[str, Row] = {}
    for side in sides:
        for kind, row in open_rows[side]:
            timed = _clock(state, row, side)
            if timed is not None:
                signers.setdefault((kind.name, *timed), []).append(side)
                rows[kind.name] = row
    missing, slots = _missing(procedure, state)
    found = []
    for (lapse, due, opened), may in signers.items():
        held = {side: roles(procedure, state, side, parties) for side in sides}
        others = missing if missing else {side for side in sides if rows[lapse].by not in held[side]}
        ends = {side: _ends(open_rows[side], state.phase, slots) for side in sides if side in others}
        awaited = tuple(side for side, kinds in ends.items() if kinds)
        if not awaited:
            continue
        # Where all must act, whoever has done so waits, and not only who may end it.
        done = tuple(side for side in (sides if missing else may) if side not in others)
        answers = tuple(dict.fromkeys(kind for side in awaited for kind in ends[side]))
        found.append(Expectation(done or tuple(may), awaited, opened, due, lapse, tuple(may), answers))
    return tuple(found)


def lapsing(
    procedure: Procedure, state: State, kind: str, side: str, parties: Sequence[str]
) -> tuple[str, str] | None:
    """The due, and the act that set it, of a lapse of this kind that a side may sign in this state,
    whether or not anybody is still waited for: even a withdrawn offer may lapse. None where it may sign none.
    """
    for one, row in possible(procedure, state, side, parties):
        if one.name == kind:
            return _clock(state, row, side)
    return None


def default_of(state: State, terms: Mapping[str, Any]) -> Default | None:
    """What silence will be taken for in this state, or was taken for once the opener has let it lapse: the
    opener's stated default, for the items that nobody has decided; on a nomination to a post for which the
    charter asks for agrément, what its terms say. None where none was stated.
    """
    if state.slots.get("nominated") in terms.get("agrement", ()):
        return Default(str(terms.get("agrement_silence", "refusal")), ())
    means = state.slots.get("default")
    if means is None:
        return None
    undecided = (item for item in state.slots.get("items", ()) if f"decision/{item}" not in state.slots)
    return Default(str(means), tuple(undecided))


def ended_in_silence(procedure: Procedure, state: State) -> Role | None:
    """The role whose lapse brought the matter to where it is, or None where another act could have."""
    return _silent(procedure.name).get(state.phase)


@lru_cache(maxsize=1)
def _all_silent() -> dict[str, dict[str, Role]]:
    found = {}
    for procedure in PROCEDURES:
        lapsed: dict[str, Role] = {}
        otherwise: set[str] = {join.to for join in procedure.joins}
        for phase, rows in procedure.rows.items():
            for row in rows.values():
                to = row.targets(phase) - {phase}
                if row.lapses:
                    lapsed |= dict.fromkeys(to, row.by)
                else:
                    otherwise |= to
        found[procedure.name] = {phase: by for phase, by in lapsed.items() if phase not in otherwise}
    return found


def _silent(name: str) -> dict[str, Role]:
    return _all_silent().get(name, {})


def _clock(state: State, row: Row, side: str) -> tuple[str, str] | None:
    due = row.due(state, side) if row.lapses and not row.names_nobody(state, side) else None
    if due is None:
        return None
    if row.answers:
        return due, str(state.slots.get(row.answers) or "")
    setters = state.counterparts if row.lacking else (side,)
    setter = next((other for other in setters if state.of("due", other) == due), side)
    return due, str(state.of("waits", setter) or state.slots.get("waits") or "")


def _missing(procedure: Procedure, state: State) -> tuple[set[str], set[str]]:
    """The sides that the nearest joint step of this phase lacks, and the slots that its joint steps read.

    A text that may be initialled or signed waits for those who keep it from the step that lacks fewest.
    """
    lacking, slots = [], set()
    for join in procedure.joins:
        if join.phase == state.phase:
            slots.add(join.slot)
            if join.items is None:
                lacking.append({name.removeprefix(f"{join.slot}/") for name in join.missing(state)})
    fewest = min(map(len, lacking), default=0)
    return {side for sides in lacking if len(sides) == fewest for side in sides}, slots


def _ends(rows: Iterable[tuple[Any, Row]], phase: str, slots: set[str]) -> list[str]:
    """The kinds that would answer: those that lead on, or fill what a joint step reads."""
    return [
        kind.name
        for kind, row in rows
        if not row.lapses
        and (row.targets(phase) != {phase} or any(write.slot in slots for write in row.writes))
    ]
