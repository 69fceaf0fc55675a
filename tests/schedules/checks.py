"""What must hold when everything is delivered, held against the rules without any care for their cost."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.office.reference import folded
from tests.schedules.matters import allowed, folds_as_the_rule_says
from tests.schedules.model import Model, model, state_digest
from tests.schedules.nodes import Node, outcome, require
from yeollak.errors import RecordFault
from yeollak.office.fold import Folded, order
from yeollak.office.judge import PastView
from yeollak.office.ledger import Counted, Entry
from yeollak.office.office import Office
from yeollak.procedures.catalogue import table
from yeollak.procedures.machine import admit
from yeollak.procedures.table import State, Void
from yeollak.record import canon, statement
from yeollak.record.document import Act

if TYPE_CHECKING:
    from tests.schedules.schedule import Schedule

#: How many acts of a schedule have their own past looked at.
PASTS = 2
#: How many acts of a schedule have their verdict looked at.
VERDICTS = 8
#: Reasons for which the office refuses an act before it asks the table, and after.
BEFORE = ("dissolved", "matter")
BEHIND = ("due", "key", "key-used", "reopened")


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
    """Nothing is lost: every entry that was ever appended lies where it was, and every one that counts is
    found under its id and, where it is allowed, in its matter.
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
    """Registers count as far as they can, evidence is that of invented roots, and no honest digest is in
    doubt.
    """
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
    """States, marks and the digest are equal, and the digest is the one that the rule makes of the plain
    folds.
    """
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
    office = schedule.observer.office
    acts = list(schedule.findings.values())
    for act in schedule.chance.sample(acts, min(VERDICTS, len(acts))):
        same_verdict(office, act)
    for act in schedule.chance.sample(acts, min(PASTS, len(acts))):
        digests = {node.office.digest(act.vector) for node in nodes}
        require(len(digests) == 1, "at an act's own past every node finds the same state digest", act)
        for matter in office.ledger.matters():
            below = [one for one in allowed(office, matter) if one.index < act.vector[one.place]]
            state, marks = folded(office.folds(matter).procedure, below, office.parties)
            found = office.state(matter, act.vector)
            require(
                (found.state, dict(found.marks)) == (state, marks),
                "every past folds as the rule says",
                matter,
            )


def same_verdict(office: Office, act: Counted) -> None:
    """The verdict is that of the table over the plain fold of the act's own past, and where the office
    refuses more than the table does, it is for one of the reasons that are its own (page 11).
    """
    if act.move is None or not act.procedure:
        return
    below = [one for one in allowed(office, act.matter) if one.index < act.vector[one.place]]
    procedure = table(act.procedure)
    state = folded(procedure, below, office.parties)[0] if below else State()
    try:
        admit(procedure, state, act.move, PastView(office, act.vector))
        said = {"", *BEFORE, *BEHIND}
    except Void as refusal:
        said = {refusal.code, *BEFORE}
    require(act.void in said, "the verdict is the table's over the plain fold of the past", act, said)
