"""What must hold when everything is delivered, held against the rules without any care for their cost."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest import mock

from tests.office.reference import crossed, folded
from tests.schedules.model import Model, model, state_digest
from tests.schedules.nodes import Node, outcome, require
from yeollak.errors import RecordFault
from yeollak.office import fold as fold_module
from yeollak.office.fold import BEATEN, SUPERSEDED, Folded, fold, order
from yeollak.office.ledger import Counted, Entry
from yeollak.office.office import Office
from yeollak.procedures.machine import Procedure, State, beats, roles, row_for, step
from yeollak.record import canon, statement
from yeollak.record.document import Act

if TYPE_CHECKING:
    from tests.schedules.schedule import Schedule

#: How many acts of a schedule have their own past looked at.
PASTS = 2


def check_end(schedule: Schedule) -> None:
    """Raise Broken unless every node has come to what the rules say, and to the same."""
    expected = counted_as_the_rule_says(schedule)
    late = latecomer(schedule)
    nodes = [schedule.observer, late, *schedule.nodes]
    for node in nodes:
        same_bytes(schedule, node)
        same_counting(schedule, node, expected)
        node.check_settled()
    folds_as_the_rule_says(schedule)
    same_states(schedule, nodes)
    same_pasts(schedule, nodes)


def latecomer(schedule: Schedule) -> Node:
    """A node that is given everything at once, register by register."""
    node = Node("latecomer", schedule.charter, schedule.findings)
    for place in schedule.chance.sample(range(schedule.parties), schedule.parties):
        for index in range(schedule.observer.ledger.held(place)):
            node.ledger.append(place, schedule.observer.ledger.entry(place, index))
    node.count()
    return node


def same_bytes(schedule: Schedule, node: Node) -> None:
    """Nothing is lost: every entry that was ever appended lies where it was, and every one that counts is found
    under its id and, where it is allowed, in its matter.
    """
    whole = schedule.observer.ledger
    for place, appended in enumerate(schedule.appended):
        require(
            node.ledger.held(place) == len(appended),
            "every node holds every register whole",
            node.name,
            place,
        )
        require(
            all(node.ledger.entry(place, at) == entry for at, entry in enumerate(appended)),
            "what was appended is still in the register",
            node.name,
            place,
        )
        require(node.ledger.root(place, len(appended)) == whole.root(place, len(appended)), "roots are equal")
        for index in range(node.ledger.counted(place)):
            found = node.ledger.finding(place, index)
            first = node.ledger.first(place, found.id)
            require(first is not None and first <= index, "an act is found by its id", node.name, found)
            if not found.void:
                held = [one.index for one in node.ledger.matter(found.matter) if one.place == place]
                require(held.count(index) == 1, "an allowed act stands once in its matter", node.name, found)


def counted_as_the_rule_says(schedule: Schedule) -> Model:
    """What the plain model of counting makes of the registers, held against what was found."""
    expected = model(schedule.charter, schedule.appended, lambda *asked: reopens(schedule, *asked))
    for (place, index), past in expected.past.items():
        found = schedule.findings.get((place, index))
        require(found is not None, "everything that can count does", place, index)
        assert found is not None
        vector = tuple(sum(at[0] == other for at in past) for other in range(schedule.parties))
        require(
            found.vector == vector, "the past is what is below and what was seen, transitively", found, vector
        )
        require(
            past == {(other, at) for other, size in enumerate(vector) for at in range(size)},
            "the past of an act is a prefix of each register",
            found,
        )
        require(
            found.turn == expected.turn[place, index], "the turn is one more than the highest below", found
        )
        given_up = (place, index) in expected.given_up
        require(
            (found.void == "abandoned") == given_up, "what is given up is void, and nothing else is", found
        )
    require(len(schedule.findings) == len(expected.past), "nothing counts that cannot")
    for (place, _index), found in schedule.findings.items():
        require(found.place == place and order(found) == (found.turn, place), "the order is turn, then place")
    require(
        len({order(found) for found in schedule.findings.values()}) == len(expected.past), "there are no ties"
    )
    schedule.coverage.happened["evidence"] += len(expected.evidence)
    schedule.coverage.happened["waiting registers"] += sum(
        counted < len(register) for counted, register in zip(expected.counted, schedule.appended, strict=True)
    )
    return expected


def reopens(schedule: Schedule, place: int, at: int, entry: Entry) -> bool:
    """Whether an entry is the act of the side's authority that gives up its register from `at` on."""
    try:
        act, stated = Act.parse(entry.document), statement.parse(entry.statement)
    except RecordFault:
        return False
    if act.kind != "register.reopen" or act.facts.get("at") != at or act.side != schedule.sides[place]:
        return False
    key = schedule.authority_at(place, at)
    message = statement.to_be_signed(stated.protected, stated.payload)
    ours = act.office == schedule.charter.office and stated.iss == schedule.charter.origin(act.side)
    return (
        ours and act.officer == stated.kid == key.kid and stated.signature == schedule.pen.sign(key, message)
    )


def same_counting(schedule: Schedule, node: Node, expected: Model) -> None:
    """Registers count as far as they can, evidence is that of invented roots, and no honest digest is in doubt."""
    require(
        list(node.office.frontier()) == expected.counted, "every register counts as far as it can", node.name
    )
    require(
        set(node.evidence) <= expected.evidence
        and {(one.side, one.index) for one in node.evidence}
        == {(one.side, one.index) for one in expected.evidence},
        "evidence is raised for invented roots and nothing else",
        node.name,
        node.evidence,
        expected.evidence,
    )
    lied = {
        (found.side, found.index)
        for found in schedule.findings.values()
        if not found.void
        and found.move is not None
        and found.procedure in ("check-in", "line")
        and found.move.facts.get("state", "") not in ("", schedule.observer.office.digest(found.vector))
    }
    views = node.views & {(one.side, one.index) for one in schedule.findings.values()}
    require(views <= lied, "an honest state digest is never in doubt", node.name, views - lied)
    if node.name == "latecomer":
        require(views == lied, "a state digest that is not so is seen", lied - views)


def same_states(schedule: Schedule, nodes: list[Node]) -> None:
    """States, marks and the digest are equal, and the digest is the one that the rule makes of the plain folds."""
    lines = [
        f"{matter} {hashlib.sha256(canon.encode(_as_json(one))).hexdigest()}\n"
        for matter, one in outcome(schedule.observer.office).items()
    ]
    digest, outcomes = state_digest(lines), outcome(schedule.observer.office)
    for node in nodes:
        require(node.office.digest() == digest, "every node comes to the same state digest", node.name)
        for matter, one in outcome(node.office).items():
            require(
                (one.state, dict(one.marks)) == (outcomes[matter].state, dict(outcomes[matter].marks)),
                "every node comes to the same states and marks",
                node.name,
                matter,
            )


def _as_json(one: Folded) -> dict[str, object]:
    return {"marks": dict(one.marks), "phase": one.state.phase, "slots": dict(one.state.slots)}


def same_pasts(schedule: Schedule, nodes: list[Node]) -> None:
    """At the own past of an act every node finds the same digest and every matter as the rule says."""
    acts = [found for found in schedule.findings.values() if found.place < schedule.parties]
    for act in schedule.chance.sample(acts, min(PASTS, len(acts))):
        digests = {node.office.digest(act.vector) for node in nodes}
        require(len(digests) == 1, "at an act's own past every node finds the same state digest", act)
        office = schedule.observer.office
        for matter in office.ledger.matters():
            below = [one for one in _allowed(office, matter) if one.index < act.vector[one.place]]
            state, marks = folded(office.folds(matter).procedure, below, office.parties)
            found = office.state(matter, act.vector)
            require(
                (found.state, dict(found.marks)) == (state, marks),
                "every past folds as the rule says",
                matter,
            )


def _allowed(office: Office, matter: str) -> list[Counted]:
    return [act for act in office.ledger.matter(matter) if not act.void]


def folds_as_the_rule_says(schedule: Schedule) -> None:
    """Every matter is what the plain fold makes of it, joint steps have every party's own statement, and neither
    claimed times nor, where the tables do not say so, the places of the sides decide anything.
    """
    office = schedule.observer.office
    for matter in sorted(office.ledger.matters()):
        acts, found = _allowed(office, matter), office.state(matter)
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
        places_decide_nothing(procedure, acts, found, schedule.sides)
        schedule.coverage.happened["settled"] += office.settled(matter)


def places_decide_nothing(
    procedure: Procedure, acts: list[Counted], found: Folded, sides: tuple[str, ...]
) -> None:
    """Which side stands first in the charter changes no state, unless two acts crossed of which the table says
    that the first stands (clarifications 22).
    """
    rivals = {kind for rows in procedure.rows.values() for kind, row in rows.items() if row.cross == "first"}
    crossing = [
        (one, other) for one in acts for other in acts if one.place < other.place and crossed(one, other)
    ]
    if not crossing or any(
        one.move and other.move and {one.move.kind, other.move.kind} <= rivals for one, other in crossing
    ):
        return
    with mock.patch.object(fold_module, "order", lambda act: (act.turn, -act.place)):
        backward = fold(procedure, acts, sides)
    require(
        backward.state == found.state, "places decide nothing", procedure.name, backward.state, found.state
    )


def _note_pairs(schedule: Schedule, procedure: Procedure, acts: list[Counted], found: Folded) -> None:
    """Which crossing pairs decided something, and that the first of each stands before the second."""
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

    The acts that stand are applied one by one; who wrote each slot is kept beside. Where the phase that follows is not
    the one that the row leads to, a joint step was taken: what it wants is looked up among the writers.
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
