"""The machine: the one step that carries a row of a table out.

A procedure is a table (`table`): in which phase which kind of act may be done by whom, what it writes, and
where it leads. This module applies one act to one state. It does not know which side it runs for, holds no
state of its own, reads no clock, and knows nothing of registers, keys or order: `office/` decides what an
act may see and in which order acts apply. The idea of a table plus a pure step is that of h11's
`_state.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yeollak.procedures.facts import fits
from yeollak.procedures.kinds import COMMON, Due, Kind
from yeollak.procedures.shared import decided
from yeollak.procedures.table import (
    NONE,
    Move,
    Past,
    Procedure,
    Role,
    Row,
    State,
    Void,
)

#: The most slots that one matter may have: the days of four decades, or every parcel of a large estate.
MAX_SLOTS = 16384


def roles(procedure: Procedure, state: State, side: str, parties: Sequence[str]) -> frozenset[Role]:
    """The roles that `side` has in a matter of this state; empty for a side that is no party."""
    if side not in parties:
        return frozenset()
    if state.phase == NONE:
        return frozenset({Role.OPENER, Role.EITHER})
    held = set()
    if side == state.opener:
        held |= {Role.OPENER, Role.EITHER}
    if side in state.counterparts:
        held |= {Role.COUNTERPART, Role.EITHER}
    if procedure.key is not None and not procedure.key.owned:
        held.add(Role.EITHER)
    return frozenset(held)


def beats(procedure: Procedure, state: State, winner: Move, loser: Move, parties: Sequence[str]) -> bool:
    """Whether the table lists `winner` before `loser` where the two crossed (rule 3).

    `state` is any state of the matter once it is open: it says who opened it. A role of a pair is held by
    every side that may act in it, so that `either` means any side of the matter.
    """
    first = roles(procedure, state, winner.side, parties)
    second = roles(procedure, state, loser.side, parties)
    return any(
        pair[0][0] == winner.kind
        and pair[1][0] == loser.kind
        and pair[0][1] in first
        and pair[1][1] in second
        for pair in procedure.pairs
    )


def row_for(procedure: Procedure, state: State, move: Move, parties: Sequence[str]) -> Row:
    """The row that `move` falls under. Raises Void(`forbidden`) when this phase and role have none."""
    if move.kind in COMMON and state.phase != NONE and move.side in parties:
        return Row(Role.EITHER)
    row = procedure.rows.get(state.phase, {}).get(move.kind)
    if (
        row is None
        or row.by not in roles(procedure, state, move.side, parties)
        or not _owned(state, row, move.side)
    ):
        raise Void("forbidden")
    return row


def step(procedure: Procedure, state: State, move: Move, parties: Sequence[str]) -> State:
    """Apply one act to one state. Depends on nothing else, so every node computes the same.

    Raises Void: `forbidden` (no row for phase, kind and role), `stale` (answers an act that does not stand),
    `written` (a slot that is written once).
    """
    return _applied(procedure, row_for(procedure, state, move, parties), state, move, parties)


def _applied(procedure: Procedure, row: Row, state: State, move: Move, parties: Sequence[str]) -> State:
    slots = dict(state.slots)
    if state.phase == NONE:
        # A matter that either side may open has no opener: crossing openings are each side's ordinary first
        # act.
        shared = procedure.key is not None and not procedure.key.owned
        slots["opener"] = "" if shared else move.side
        slots["to"] = list(parties if shared else _addressees(procedure, move, parties))
    if row.answers is not None and slots.get(row.answers) not in move.re:
        raise Void("stale")
    for slot in row.clears:
        for name in _matching(slot, slots, move.side):
            del slots[name]
    for write in row.writes:
        value = write.take(move)
        for name in write.names(move) if value is not None else ():
            if write.once and name in slots:
                raise Void("written")
            slots[name] = value
    return _joined(procedure, State(row.leads(state.phase, move), slots))


def admit(procedure: Procedure, state: State, move: Move, past: Past) -> State:
    """Judge an act by its past and apply it: `step` with the guards, which only the verdict asks.

    Raises Void with the reason code that makes the act void.
    """
    kind = procedure.kind(move.kind)
    if kind is None:
        raise Void("unknown")
    _check_kind(kind, move, past.parties)
    row = row_for(procedure, state, move, past.parties)
    after = _applied(procedure, row, state, move, past.parties)
    if len(after.slots) > max(MAX_SLOTS, len(state.slots)):
        raise Void("full")
    if "withheld" not in row.clears and _releases(state.slots.get("withheld", ()), move):
        raise Void("withheld")
    if row.lapses:
        due = row.due(state, move.side)
        # Where nobody was given a time, none can be over.
        if due is None or move.at < due:
            raise Void("early")
    if row.guard is not None:
        row.guard(state, move, past)
    if "outcome" in move.facts:
        decided(after, move, past)
    return after


def possible(
    procedure: Procedure, state: State, side: str, parties: Sequence[str]
) -> Iterable[tuple[Kind, Row]]:
    """The kinds that `side` may do in this state with the row of each, for desks, the API, the CLI and the
    docs.
    """
    held = roles(procedure, state, side, parties)
    for name, row in procedure.rows.get(state.phase, {}).items():
        kind = procedure.kind(name)
        mine = row.by in held and _owned(state, row, side) and not row.names_nobody(state, side)
        if kind is not None and mine and not _spent(state, row, side):
            yield kind, row


def awaited(procedure: Procedure, state: State, parties: Sequence[str]) -> frozenset[str]:
    """The sides that this state waits for: whose slot a joint step lacks, or who may answer what another may
    lapse.
    """
    sides = {side for side in (state.opener, *state.counterparts) if side}
    waits: set[str] = set()
    for join in procedure.joins:
        if join.phase == state.phase and join.items is None and not join.optional:
            waits |= {name.removeprefix(f"{join.slot}/") for name in join.missing(state)}
    for row in procedure.rows.get(state.phase, {}).values():
        if row.lapses and row.by is not Role.EITHER:
            waits |= {side for side in sides if row.by not in roles(procedure, state, side, parties)}
    return frozenset(waits)


def _owned(state: State, row: Row, side: str) -> bool:
    mine = row.own is None or state.of(row.own, side) is not None
    return mine and (row.free is None or state.of(row.free, side) is None)


def _spent(state: State, row: Row, side: str) -> bool:
    names = [f"{w.slot}/{side}" if w.each else w.slot for w in row.writes if w.once and w.keyed is None]
    written = [name for name in names if name in state.slots]
    if not written:
        return False
    cleared = {name for slot in row.clears for name in _matching(slot, state.slots, side)}
    return any(name not in cleared for name in written)


def _matching(slot: str, slots: Mapping[str, Any], side: str) -> list[str]:
    if slot.endswith("/*"):
        return [name for name in slots if name.startswith(slot[:-1])]
    name = f"{slot[:-1]}{side}" if slot.endswith("/@") else slot
    return [name] if name in slots else []


def _addressees(procedure: Procedure, move: Move, parties: Sequence[str]) -> tuple[str, ...]:
    others = [party for party in parties if party != move.side]
    named = move.facts.get("to")
    if named is None:
        kind = procedure.kind(move.kind)
        if len(others) > 1 and kind is not None and any(f.name == "to" and not f.many for f in kind.facts):
            raise Void("facts")
        return tuple(others)
    listed = [named] if isinstance(named, str) else list(named)
    if not listed or len(set(listed)) != len(listed) or any(side not in others for side in listed):
        raise Void("facts")
    return tuple(sorted(listed, key=others.index))


def _releases(withheld: Sequence[str], move: Move) -> bool:
    """Whether the act hands over one of the enclosures that wait for take-up, in place of committing to
    it.
    """
    return any(move.enclosures.get(digest, "consent") != "consent" for digest in withheld)


def _check_kind(kind: Kind, move: Move, parties: Sequence[str]) -> None:
    if not fits(kind.named, move.facts) or not _of_parties(kind, move, parties):
        raise Void("facts")
    if (kind.due is Due.MUST and move.due is None) or (kind.due is Due.NO and move.due is not None):
        raise Void("due")
    if any(release not in kind.releases for release in move.enclosures.values()):
        raise Void("enclosures")


def _of_parties(kind: Kind, move: Move, parties: Sequence[str]) -> bool:
    """Whether every side that the act names is a party: of no other does the record hold anything."""
    named = (move.facts[name] for name in kind.sides if name in move.facts)
    return all(side in parties for value in named for side in ([value] if isinstance(value, str) else value))


def _joined(procedure: Procedure, state: State) -> State:
    for join in procedure.joins:
        if join.phase == state.phase and join.wanted(state) and not join.missing(state):
            return _joined(procedure, State(join.to, state.slots))
    return state
