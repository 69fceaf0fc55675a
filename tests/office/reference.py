"""The fold as clarifications 20 to 22 say it, word for word and without any care for its cost.

`yeollak.office.fold` is held against this: every act against every other, from nothing, each time.
"""

from __future__ import annotations

from collections.abc import Sequence

from yeollak.office.ledger import Counted
from yeollak.procedures.machine import beats, step
from yeollak.procedures.table import NONE, Procedure, State, Void


def crossed(one: Counted, other: Counted) -> bool:
    """Whether neither act lies in the past of the other."""
    return one.place != other.place and not one.has_seen(other) and not other.has_seen(one)


def folded(
    procedure: Procedure, acts: Sequence[Counted], parties: Sequence[str]
) -> tuple[State, dict[str, str]]:
    """The state of a matter and what became of the acts that are without effect."""
    ordered = sorted(acts, key=lambda act: (act.turn, act.place))
    opened = State()
    for act in ordered:
        if opened.phase == NONE:
            opened = _after(procedure, State(), act, parties) or opened

    def is_beaten(act: Counted) -> bool:
        return any(
            crossed(other, act)
            and other.move is not None
            and act.move is not None
            and beats(procedure, opened, other.move, act.move, parties)
            and not is_beaten(other)
            for other in ordered
        )

    state, marks = State(), {}
    for act in ordered:
        after = None if is_beaten(act) else _after(procedure, state, act, parties)
        if after is None:
            marks[act.id] = "beaten" if is_beaten(act) else "superseded"
        else:
            state = after
    return state, marks


def _after(procedure: Procedure, state: State, act: Counted, parties: Sequence[str]) -> State | None:
    assert act.move is not None
    try:
        return step(procedure, state, act.move, parties)
    except Void:
        return None
