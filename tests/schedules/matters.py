"""What must hold of every matter: it folds as the rule says, and nobody is bound without his own word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from unittest import mock

from tests.office.reference import crossed, folded
from tests.schedules.nodes import require
from yeollak.office import fold as fold_module
from yeollak.office.fold import BEATEN, SUPERSEDED, Folded, fold, order
from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.procedures.machine import beats, roles, row_for, step
from yeollak.procedures.table import Procedure, State

if TYPE_CHECKING:
    from tests.schedules.schedule import Schedule


def allowed(office: Office, matter: str) -> list[Counted]:
    """The allowed acts of a matter, in the order in which they were counted."""
    return [act for act in office.ledger.matter(matter) if not act.void]


def folds_as_the_rule_says(schedule: Schedule) -> None:
    """Every matter is what the plain fold makes of it, joint steps have every party's own statement, and
    neither claimed times nor, where the tables do not say so, the places of the sides decide anything.
    """
    office = schedule.observer.office
    for matter in sorted(office.ledger.matters()):
        acts, found = allowed(office, matter), office.state(matter)
        procedure = office.folds(matter).procedure
        state, marks = folded(procedure, acts, office.parties)
        require(
            (found.state, dict(found.marks)) == (state, marks), "every matter folds as the rule says", matter
        )
        _note_pairs(schedule, procedure, acts, found)
        joint_steps(schedule, procedure, acts, found)
        lied = [
            replace(act, move=replace(act.move, at=f"20{schedule.chance.randint(10, 99)}-01-01T00:00:00Z"))
            for act in acts
            if act.move is not None
        ]
        schedule.chance.shuffle(lied)
        again = fold(procedure, lied, office.parties)
        require(
            (again.state.phase, dict(again.marks)) == (found.state.phase, dict(found.marks)),
            "claimed times decide nothing once acts are allowed",
            matter,
        )
        places_decide_nothing(schedule, procedure, acts, found)
        schedule.coverage.happened["settled"] += office.settled(matter)


def places_decide_nothing(
    schedule: Schedule, procedure: Procedure, acts: list[Counted], found: Folded
) -> None:
    """Which side stands first in the charter changes no state, but where two acts of one turn crossed of
    which the table says that the first stands (clarifications 22), or which their sides did not do from one
    state, as one of them had gone on unseen: the tables are proved for two acts that cross, and not for more.
    """
    ties = [(a, b) for a in acts for b in acts if a.place < b.place and a.turn == b.turn and crossed(a, b)]
    if not ties:
        return
    with mock.patch.object(fold_module, "order", lambda act: (act.turn, -act.place)):
        backward = fold(procedure, acts, schedule.sides)
    if backward.state == found.state:
        return
    rivals = {kind for rows in procedure.rows.values() for kind, row in rows.items() if row.cross == "first"}
    said = any(a.move and b.move and {a.move.kind, b.move.kind} <= rivals for a, b in ties)
    deep = any(a.has_seen(act) != b.has_seen(act) for a, b in ties for act in acts if act not in (a, b))
    require(said or deep, "places decide nothing", procedure.name, backward.state, found.state)
    schedule.coverage.happened["place decided as the table says" if said else "place decided otherwise"] += 1


def _note_pairs(schedule: Schedule, procedure: Procedure, acts: list[Counted], found: Folded) -> None:
    """Which crossing pairs decided something: the first of each is not beaten, and the second is by it."""
    values = list(found.marks.values())
    schedule.coverage.happened[BEATEN] += values.count(BEATEN)
    schedule.coverage.happened[SUPERSEDED] += values.count(SUPERSEDED)
    if BEATEN not in values:
        return
    for loser in acts:
        if found.marks.get(loser.id) != BEATEN:
            continue
        for winner in acts:
            if winner.move is None or loser.move is None or not crossed(winner, loser):
                continue
            if found.marks.get(winner.id) != BEATEN and beats(
                procedure, found.state, winner.move, loser.move, schedule.sides
            ):
                won = roles(procedure, found.state, winner.side, schedule.sides)
                lost = roles(procedure, found.state, loser.side, schedule.sides)
                schedule.coverage.pairs.update(
                    (procedure.name, first[0], first[1].value, second[0], second[1].value)
                    for first, second in procedure.pairs
                    if (first[0], second[0]) == (winner.move.kind, loser.move.kind)
                    and first[1] in won
                    and second[1] in lost
                )


def joint_steps(schedule: Schedule, procedure: Procedure, acts: list[Counted], found: Folded) -> None:
    """Whatever every side must have said was said by every side itself, of one text, in an act that stands.

    The acts that stand are applied one by one; who wrote each slot is kept beside. Where the phase that
    follows is not the one that the row leads to, a joint step was taken: what it wants is looked up among
    the writers.
    """
    state, writers = State(), dict[str, Counted]()
    for act in sorted((act for act in acts if act.id not in found.marks), key=order):
        assert act.move is not None
        row = row_for(procedure, state, act.move, schedule.sides)
        after = step(procedure, state, act.move, schedule.sides)
        writers = {name: one for name, one in writers.items() if name in after.slots}
        for write in row.writes:
            if write.take(act.move) is not None:
                writers |= dict.fromkeys(write.names(act.move), act)
        phase = row.leads(state.phase, act.move)
        while phase != after.phase:
            join = next(
                (join for join in procedure.joins if join.phase == phase and not join.missing(after)), None
            )
            require(join is not None, "a phase is entered by a row or by a joint step", act, after)
            assert join is not None
            schedule.coverage.joins[procedure.name, join.phase, join.to] += 1
            sides = [side for side in (after.opener, *after.counterparts) if side]
            if join.items is None:
                require(len(sides) > 1, "a joint step has more than one party", act)
                texts = {str(after.slots[f"{join.slot}/{side}"]) for side in sides} if join.equal_to else {""}
                require(len(texts) == 1, "all have said it of one text", act, texts)
                for side in sides:
                    _own_word(schedule, found, writers.get(f"{join.slot}/{side}"), side, act)
            else:
                for item in after.slots[join.items]:
                    _own_word(schedule, found, writers.get(f"{join.slot}/{item}"), None, act)
            phase = join.to
        state = after
    require(state == found.state, "the acts that stand make the state", found.state)


def _own_word(
    schedule: Schedule, found: Folded, word: Counted | None, side: str | None, act: Counted
) -> None:
    """An act that stands, by `side` where it is given, in its own register."""
    require(word is not None, "no joint state without every side's own statement", act, side)
    assert word is not None
    require(side is None or word.side == side, "nobody speaks for another side", word, side)
    require(not word.void and word.id not in found.marks, "what is void or overtaken binds nobody", word)
    held = schedule.findings[word.place, word.index]
    require(
        held.id == word.id and schedule.sides[word.place] == word.side,
        "it stands in the side's register",
        word,
    )
