"""The fold of one matter: from its allowed acts to its state and to what was overtaken.

Which acts are given is the caller's business; what they come to is decided here, by the procedure's table,
the order (turn, side's place in the charter) and the crossing pairs alone (rule 3; clarifications 20 to
22). Claimed times and digests order nothing, and the order in which acts arrived is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from yeollak.office.ledger import Counted
from yeollak.procedures.machine import NONE, Procedure, State, Void, beats, step

#: Why an allowed act has no effect: a crossing act stands before it, or its transition was gone when its
#: turn came.
BEATEN = "beaten"
SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Folded:
    """What a matter has come to. `marks` holds the acts that were overtaken; every other act of the fold
    stands.
    """

    state: State = field(default_factory=State)
    marks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def order(act: Counted) -> tuple[int, int]:
    """The key of the one order in which acts apply. It is total: no side has two acts of one turn."""
    return act.turn, act.place


def fold(procedure: Procedure, acts: Sequence[Counted], parties: Sequence[str]) -> Folded:
    """Fold the allowed acts of one matter, in any order of the sequence."""
    ordered = sorted(acts, key=order)
    beaten = _beaten(procedure, ordered, parties)
    folded = Folded(State(), {act.id: BEATEN for act in ordered if act.id in beaten})
    for act in ordered:
        if act.id not in beaten:
            folded = extend(procedure, folded, act, parties)
    return folded


def extend(procedure: Procedure, folded: Folded, act: Counted, parties: Sequence[str]) -> Folded:
    """The fold with one more act that comes after all others and crossed none of them, or is not beaten."""
    assert act.move is not None, "an allowed act has been parsed"
    try:
        return Folded(step(procedure, folded.state, act.move, parties), folded.marks)
    except Void:
        return Folded(folded.state, {**folded.marks, act.id: SUPERSEDED})


def _beaten(procedure: Procedure, ordered: Sequence[Counted], parties: Sequence[str]) -> set[str]:
    if not procedure.pairs or len({act.place for act in ordered}) < 2:
        return set()
    opened = _opened(procedure, ordered, parties)
    verdicts: dict[str, bool] = {}

    def is_beaten(act: Counted) -> bool:
        if act.id not in verdicts:
            verdicts[act.id] = False  # pairs are acyclic: a chain of beaten acts never comes back to this one
            verdicts[act.id] = any(
                other.place != act.place
                and not act.has_seen(other)
                and not other.has_seen(act)
                and _first(procedure, opened, other, act, parties)
                and not is_beaten(other)
                for other in ordered
            )
        return verdicts[act.id]

    return {act.id for act in ordered if is_beaten(act)}


def _opened(procedure: Procedure, ordered: Sequence[Counted], parties: Sequence[str]) -> State:
    for act in ordered:
        opened = extend(procedure, Folded(), act, parties).state
        if opened.phase != NONE:
            return opened
    return State()


def _first(
    procedure: Procedure, opened: State, winner: Counted, loser: Counted, parties: Sequence[str]
) -> bool:
    if winner.move is None or loser.move is None:
        return False
    return beats(procedure, opened, winner.move, loser.move, parties)
