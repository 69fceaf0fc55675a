"""The outcome of every kind in every phase for every role, written out for review.

`python -m tests.procedures.outcomes` writes the list. A line says what the kind comes to in the reachable
states of that phase: the phases that it may lead to, and the codes with which it may be void there. Kinds
that are void `forbidden` in every state of the phase are gathered in one line, so that everything that can be
tried is stated once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.procedures.explore import TWO, Elsewhere, explore, moves, role_name
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.machine import admit
from yeollak.procedures.table import Procedure, Void

GOLDEN = Path(__file__).with_name("outcomes.txt")


def outcomes(procedure: Procedure) -> dict[tuple[str, str, str], set[str]]:
    """(phase, role, kind) -> the phases and the codes that it comes to."""
    found: dict[tuple[str, str, str], set[str]] = {}
    world = explore(procedure, TWO)
    past = Elsewhere(TWO)
    for state in world.states.values():
        for move in moves(procedure, state, TWO, all_kinds=True):
            role = role_name(procedure, state, move.side, TWO)
            try:
                said = "-> " + admit(procedure, state, move, past).phase
            except Void as refused:
                said = "void " + refused.code
            found.setdefault((state.phase, role, move.kind), set()).add(said)
    return found


def lines() -> Iterator[str]:
    """The whole list, table by table in the order of the catalogue."""
    for procedure in PROCEDURES:
        yield f"# {procedure.name}"
        found = outcomes(procedure)
        places = dict.fromkeys((phase, role) for phase, role, _ in found)
        order = list(procedure.rows)
        for phase, role in sorted(places, key=lambda place: (order.index(place[0]), place[1])):
            here = {kind: said for (p, r, kind), said in found.items() if (p, r) == (phase, role)}
            for kind, said in sorted(here.items()):
                if said != {"void forbidden"}:
                    yield f"{phase} | {role} | {kind} | {', '.join(sorted(said))}"
            never = sorted(
                kind.partition(".")[2] for kind, said in here.items() if said == {"void forbidden"}
            )
            if never:
                yield f"{phase} | {role} | void forbidden: {' '.join(never)}"
        yield ""


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(lines()), encoding="utf-8")
