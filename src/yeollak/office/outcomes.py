"""What follows from an act that is not done yet: the phase, who then waits, what may cross it, the way back.

It is worked out by the same step that applies the act once it is done. Facts that nobody knows yet stand as
placeholders, which a step carries through without looking at them. What is found is data; words are made of
it in `words/consequences.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yeollak.office.prospects import UNKNOWN, Scene, addressees, draft, items_of
from yeollak.procedures.kinds import COMMON, Kind
from yeollak.procedures.machine import beats, possible, step
from yeollak.procedures.table import NONE, Join, Move, Procedure, Row, State, Void

#: The last word of kinds that take back what their own side has done.
_TAKES_BACK = frozenset({"retract", "withdraw", "end-withdraw"})
#: After every time that can be written.
NEVER = "9999-12-31T23:59:59Z"


@dataclass(frozen=True, slots=True)
class Wait:
    """`side` is waited for by the sides `by`, who may declare a lapse after the instant `until`. `own` says
    that the time is the one which the act itself will set.
    """

    side: str
    by: tuple[str, ...]
    until: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint step that the act takes part in: where it leads, and what it still lacks after the act."""

    to: str
    sides: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the act completes it."""
        return not self.sides and not self.items


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the act leads to. `when` says for which values of facts, where they decide; `{"items": []}` means
    fewer items than all that are left. `ends`: no later act leads out of the phase.
    """

    phase: str
    ends: bool
    when: Mapping[str, Any] = field(default_factory=dict)
    joint: Joint | None = None
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True)
class Crossing:
    """Acts of another side that this one may cross, neither having seen the other: those that stand before
    it, and those before which it stands. `place`: of two of this kind the earlier turn stands, at equal turns
    that of `first`. `same`: a second of this kind is without effect and does no harm.
    """

    side: str
    overtaken_by: tuple[str, ...] = ()
    stands_before: tuple[str, ...] = ()
    place: bool = False
    same: bool = False
    first: str = ""


def outcomes(
    scene: Scene, kind: Kind, row: Row, facts: Mapping[str, Any], due: str | None, digests: Sequence[str]
) -> list[tuple[Outcome, State]]:
    """What the act leads to, for each value of a fact that decides it, with the state as far as it is known.

    Empty where no values let the act stand.
    """
    found: list[tuple[Outcome, State]] = []
    supposed = {**_placeholders(scene, kind, row), **facts}
    enclosed = dict.fromkeys(digests or (UNKNOWN,), "right")
    for when in _cases(scene, row, facts):
        tried = {**supposed, **when}
        left = [name for name in when if not when[name]]
        for name in left:
            tried[name] = facts[name][:1]
        try:
            after = step(
                scene.procedure, scene.state, draft(scene, kind, row, tried, due, enclosed), scene.parties
            )
        except Void:
            continue
        found.append((_outcome(scene, row, after, when, tried, due), after))
    return found


def _cases(scene: Scene, row: Row, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if row.turns is not None:
        yield from ({row.turns[0]: value} for value in row.turns[1])
        return
    yield {}
    # Fewer than all that are left: the joint step waits for the others.
    joined = {join.items for join in scene.procedure.joins if join.phase == scene.state.phase and join.items}
    for name in sorted(items_of(row) & joined):
        if len(facts.get(name, ())) > 1:
            yield {name: []}


def _placeholders(scene: Scene, kind: Kind, row: Row) -> dict[str, Any]:
    needed = {write.keyed for write in row.writes} | {
        # Whose matter it is stands as it is where the act says nothing of it.
        write.value[5:]
        for write in row.writes
        if write.value.startswith("fact:") and write.slot != "to"
    }
    found: dict[str, Any] = {}
    for fact in kind.takes:
        if fact.required or fact.name in needed:
            found[fact.name] = [UNKNOWN] if fact.many else UNKNOWN
    if any(fact.name == "to" for fact in kind.takes) and scene.state.phase == NONE and addressees(scene):
        many = next(fact.many for fact in kind.takes if fact.name == "to")
        found["to"] = list(addressees(scene)) if many else addressees(scene)[0]
    return found


def _outcome(
    scene: Scene, row: Row, after: State, when: Mapping[str, Any], facts: Mapping[str, Any], due: str | None
) -> Outcome:
    procedure = scene.procedure
    alone = row.turns[1][str(facts[row.turns[0]])] if row.turns is not None else row.to or scene.state.phase
    joint = Joint(after.phase) if after.phase != alone else _lacking(procedure, scene, row, after)
    told = tuple(
        Wait(wait.side, wait.by, wait.until, due is not None and wait.until == due)
        for wait in waits(procedure, after, scene.parties)
    )
    return Outcome(after.phase, after.phase in procedure.terminal, when, joint, told)


def _lacking(procedure: Procedure, scene: Scene, row: Row, after: State) -> Joint | None:
    written = {write.slot for write in row.writes}
    for join in procedure.joins:
        if join.phase == after.phase and join.slot in written and join.wanted(after):
            missing = [name.removeprefix(f"{join.slot}/") for name in join.missing(after)]
            if join.items is not None:
                return Joint(join.to, items=tuple(missing))
            if scene.side not in missing:
                return Joint(join.to, sides=tuple(missing))
    return None


def waiting(scene: Scene) -> tuple[Wait, ...]:
    """Who waits for whom now, worked out once for a scene."""
    if "waiting" not in scene.kept:
        scene.kept["waiting"] = waits(scene.procedure, scene.state, scene.parties)
    found: tuple[Wait, ...] = scene.kept["waiting"]
    return found


def waits(procedure: Procedure, state: State, parties: Sequence[str]) -> tuple[Wait, ...]:
    """Who waits for whom in a state, and until when: whoever may declare a lapse waits for the sides that
    have something to do which would end the waiting.
    """
    if not any(row.lapses for row in procedure.rows.get(state.phase, {}).values()):
        return ()
    found: dict[tuple[str, str], list[str]] = {}
    sides = [side for side in parties if side == state.opener or side in state.counterparts]
    doable = {side: list(possible(procedure, state, side, parties)) for side in sides}
    for waiter in sides:
        for _, lapse in doable[waiter]:
            until = lapse.due(state, waiter)
            if not lapse.lapses or until is None or lapse.names_nobody(state, waiter):
                continue
            if lapse.answers and lapse.answers not in state.slots:
                continue
            for side in sides:
                if side != waiter and _owes(procedure, state, side, [row for _, row in doable[side]], lapse):
                    by = found.setdefault((side, until), [])
                    by.extend([waiter] if waiter not in by else [])
    return tuple(Wait(side, tuple(by), until) for (side, until), by in found.items())


def _owes(procedure: Procedure, state: State, side: str, rows: Sequence[Row], lapse: Row) -> bool:
    joins = [join for join in procedure.joins if join.phase == state.phase and join.items is None]
    if joins:
        return any(_can_fill(join, state, side, rows) for join in joins)
    return any(_ends_wait(state.phase, row, lapse) for row in rows)


def _can_fill(join: Join, state: State, side: str, rows: Sequence[Row]) -> bool:
    wanted = f"{join.slot}/{side}" in join.missing(state)
    return wanted and any(write.slot == join.slot for row in rows for write in row.writes)


def _ends_wait(phase: str, row: Row, lapse: Row) -> bool:
    renewed = {lapse.answers, "due"} & {write.slot for write in row.writes}
    items = any(write.once and write.keyed is not None for write in row.writes)
    return not row.lapses and (row.targets(phase) != {phase} or bool(renewed) or items)


def in_time(scene: Scene, row: Row, after: Outcome) -> tuple[str | None, str | None]:
    """(by when, not before when) an act must be done: the time until which others wait for what it does, and
    for a lapse the time that must be over.
    """
    if row.lapses:
        return None, row.due(scene.state, scene.side) or NEVER
    still = {wait.until for wait in after.waits if wait.side == scene.side and not wait.own}
    owed = [wait.until for wait in waiting(scene) if wait.side == scene.side and wait.until not in still]
    return min(owed, default=None), None


def crossings(scene: Scene, kind: Kind, row: Row, after: State) -> list[Crossing]:
    """What other sides may do now without having seen this act, and which of the two then stands."""
    procedure, parties = scene.procedure, scene.parties
    if kind.name in COMMON or not _may_cross(scene):
        return []
    mine, found = Move(UNKNOWN, scene.side, kind.name, scene.at), []
    for other in parties:
        if other == scene.side:
            continue
        over, under, place, same = [], [], False, False
        for theirs, their_row in scene.doable_by(other):
            act = Move(UNKNOWN, other, theirs.name, scene.at)
            if beats(procedure, after, act, mine, parties):
                over.append(theirs.name)
            elif beats(procedure, after, mine, act, parties):
                under.append(theirs.name)
            elif theirs.name == kind.name:
                place = place or their_row.cross == "first"
                same = same or their_row.cross == "same"
        if over or under or place or same:
            first = min(scene.side, other, key=list(parties).index) if place else ""
            found.append(
                Crossing(other, tuple(dict.fromkeys(over)), tuple(dict.fromkeys(under)), place, same, first)
            )
    return found


def _may_cross(scene: Scene) -> bool:
    key = scene.procedure.key
    return scene.state.phase != NONE or (key is not None and not key.owned)


def taken_back_by(scene: Scene, kind: Kind, row: Row, after: State) -> tuple[str, ...]:
    """The kinds by which this side may afterwards take back what the act did, while it stands."""
    if kind.name in COMMON or row.lapses or kind.name.rpartition(".")[2] in _TAKES_BACK:
        return ()
    rows = scene.procedure.rows.get(after.phase, {})
    if not any(name.rpartition(".")[2] in _TAKES_BACK for name in rows):
        return ()
    before = {name.name for name, _ in possible(scene.procedure, scene.state, scene.side, scene.parties)}
    own = {write.slot for write in row.writes if write.each}
    held = {name for name, value in after.slots.items() if value == UNKNOWN}
    found = []
    for back, its in possible(scene.procedure, after, scene.side, scene.parties):
        verb = back.name.rpartition(".")[2]
        undoes = scene.state.phase == NONE or its.own in own or its.answers in held or back.name not in before
        if verb in _TAKES_BACK and not its.writes and undoes:
            found.append(back.name)
    return tuple(found)
