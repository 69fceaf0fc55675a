"""The fold of one matter: from its allowed acts to its state and to what was overtaken.

Which acts are given is the caller's business; what they come to is decided here, by the procedure's table,
the order (turn, side's place in the charter) and the crossing pairs alone (rule 3; clarifications 20 to
22). Claimed times and digests order nothing, and the order in which acts arrived is not known here. The cost
grows with the acts given and not with their square, whatever a side does to make them cross.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from yeollak.office.ledger import Counted
from yeollak.procedures.machine import roles, step
from yeollak.procedures.table import NONE, Procedure, Role, State, Void

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


#: What a matter is that nobody has opened.
NOTHING = Folded()


def order(act: Counted) -> tuple[int, int]:
    """The key of the one order in which acts apply. It is total: no side has two acts of one turn."""
    return act.turn, act.place


def apply_after(further: Iterable[Counted], below: Iterable[Counted]) -> bool:
    """Whether every one of some acts, of which there are any, applies after every one of others."""
    return max(map(order, below), default=(0, 0)) < min(map(order, further))


def fold(
    procedure: Procedure, acts: Sequence[Counted], parties: Sequence[str], base: Folded = NOTHING
) -> Folded:
    """Fold the allowed acts of one matter, in any order of the sequence.

    `base` is the fold of further acts of the matter which every one of `acts` has seen: they lie below all of
    them and cross none of them, so that what they came to can be gone on from. So it can where some cross
    them, as long as all of `acts` apply after all of those and no pair of the table ties any two that cross.
    """
    ordered = sorted(acts, key=order)
    beaten = _beaten(procedure, ordered, parties, base)
    state, marks = base.state, dict.fromkeys(beaten, BEATEN)
    for act in ordered:
        if act.id in beaten:
            continue
        assert act.move is not None, "an allowed act has been parsed"
        try:
            state = step(procedure, state, act.move, parties)
        except Void:
            marks[act.id] = SUPERSEDED
    return Folded(state, {**base.marks, **marks} if marks else base.marks)


def _beaten(
    procedure: Procedure, ordered: Sequence[Counted], parties: Sequence[str], base: Folded
) -> list[str]:
    if not procedure.pairs or len({act.place for act in ordered}) < 2:
        return []
    opened = base.state if base.state.phase != NONE else _opened(procedure, ordered, parties)
    crossings = _Crossings(procedure, ordered, [roles(procedure, opened, side, parties) for side in parties])
    return [act.id for act in ordered if crossings.is_beaten(act)]


def _opened(procedure: Procedure, ordered: Sequence[Counted], parties: Sequence[str]) -> State:
    """The state that says who opened the matter: after the first act that opens it."""
    for act in ordered:
        opened = fold(procedure, (act,), parties).state
        if opened.phase != NONE:
            return opened
    return State()


class _Crossings:
    """Which acts are beaten, kind by kind and side by side.

    The acts of one side that crossed a given act lie together in its register: past what that act had seen,
    and before the first that had seen it. So it is enough to know, for each kind that stands before it,
    whether one that is not itself beaten lies in that stretch. Pairs are acyclic, and so is this recursion.
    """

    def __init__(
        self, procedure: Procedure, ordered: Sequence[Counted], held: Sequence[frozenset[Role]]
    ) -> None:
        self._pairs, self._held = procedure.pairs, held
        self._acts: dict[tuple[str, int], list[Counted]] = {}
        for act in ordered:
            if act.move is not None:
                self._acts.setdefault((act.move.kind, act.place), []).append(act)
        self._standing: dict[tuple[str, int], list[Counted]] = {}
        self._over: dict[tuple[str, int], list[tuple[str, int]]] = {}

    def is_beaten(self, act: Counted) -> bool:
        """Whether an act that crossed this one, stands before it and is not itself beaten is there."""
        if act.move is None:
            return False
        return any(self._crossed(winner, act) for winner in self._winners(act.move.kind, act.place))

    def _crossed(self, winner: tuple[str, int], act: Counted) -> bool:
        standing, place = self._unbeaten(winner), act.place
        start = bisect_left(standing, act.vector[winner[1]], key=lambda one: one.index)
        end = bisect_right(standing, act.index, key=lambda one: one.vector[place])
        return start < end

    def _unbeaten(self, node: tuple[str, int]) -> list[Counted]:
        if node not in self._standing:
            self._standing[node] = [act for act in self._acts.get(node, ()) if not self.is_beaten(act)]
        return self._standing[node]

    def _winners(self, kind: str, place: int) -> list[tuple[str, int]]:
        """The kinds, each by a side, that the table lists before this kind by this side."""
        node = (kind, place)
        if node not in self._over:
            found = dict.fromkeys(
                (first[0], other)
                for first, second in self._pairs
                if second[0] == kind and second[1] in self._held[place]
                for other, held in enumerate(self._held)
                if other != place and first[1] in held
            )
            self._over[node] = [winner for winner in found if winner in self._acts]
        return self._over[node]
