"""One schedule: from a seed to acts, deliveries, cuts and starts, and to nodes that hold the same at the end.

A schedule depends on its number, on how many parties there are and on the tables alone: no set is walked in
the order of its hashes, no clock is read, and nothing is remembered from one schedule to the next.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.office.world import START
from tests.schedules.aims import aims_of
from tests.schedules.checks import check_end
from tests.schedules.conduct import Conduct
from tests.schedules.coverage import Coverage
from tests.schedules.desk import Desk, Person
from tests.schedules.nodes import Findings, Node
from tests.schedules.people import Pen, authority_key, charter_of
from tests.schedules.prelude import begin, prelude
from tests.schedules.pursuit import Pursuit
from yeollak.office.ledger import Counted, Entry
from yeollak.procedures.catalogue import table
from yeollak.procedures.charter import FOUNDING
from yeollak.procedures.kinds import COMMON
from yeollak.record.keys import SigningKey

#: Told everything that happens, in order: the name of a side or node, or the empty string, and a sentence.
Tell = Callable[[str, str], None]


class Schedule:
    """A run of one office. Everything in it is drawn from `chance`, which its number and parties seed."""

    def __init__(self, number: int, parties: int, tell: Tell | None = None) -> None:
        self.number, self.parties = number, parties
        self.chance = random.Random(f"schedule {number} of {parties}")
        self.tell: Tell = tell or (lambda side, sentence: None)
        self.telling = tell is not None
        self.pen = Pen(real=self.chance.random() < 0.05)
        founding = any(aim.procedure == FOUNDING.name for aim in aims_of(number))
        self.raw = self.chance.random() < (0.5 if founding else 0.1)
        self.charter = charter_of(parties)
        self.sides = self.charter.sides
        self.findings: Findings = {}
        self.observer = Node("observer", self.charter, self.findings)
        self.nodes = [Node(side, self.charter, self.findings, place) for place, side in enumerate(self.sides)]
        self.people = [Person(side, place) for place, side in enumerate(self.sides)]
        self.coverage = Coverage()
        self.appended: list[list[Entry]] = [[] for _ in self.sides]
        self.now: datetime = START
        #: the facts that make up the natural key of a matter
        self.natural: dict[str, dict[str, Any]] = {}
        self.enclosures: list[str] = []
        self.desk = Desk(self)
        self.conduct, self._pursuit = Conduct(self), Pursuit(self)
        self._groups: list[frozenset[int]] = []

    def run(self) -> Coverage:
        """Carry the schedule out. Raises Broken where a property does not hold."""
        happened = self.coverage.happened
        with self.pen.checked():
            if not self.raw:
                begin(self, prelude(self.parties, self.pen.real))
            for _ in range(self.chance.randint(18, 32)):
                self._pass_time()
                self._happen()
            self._quiesce()
            check_end(self)
        happened["schedules"] += 1
        happened["founded in the open"] += self.raw
        happened["real signatures"] += self.pen.real
        return self.coverage

    def _happen(self) -> None:
        """One thing that a side does."""
        person, draw = self.chance.choice(self.people), self.chance.random()
        if self.raw and self.conduct.found(person):
            return
        if self.desk.waits(person) and self.chance.random() < 0.5:
            self.conduct.reopen(person)
        elif draw < 0.6 and self._pursuit.act():
            return
        elif draw < 0.83:
            self.conduct.honest(person)
        elif draw < 0.91:
            self.conduct.careless(person)
        elif draw < 0.99:
            self.conduct.wrong(person)
        else:
            self.conduct.invent(person)

    # the line

    def _pass_time(self) -> None:
        """Time passes: the line is cut or whole again, registers arrive in part and out of order, nodes start
        again.
        """
        self.now += timedelta(minutes=self.chance.choice((1, 10, 600)))
        if self._groups and self.chance.random() < 0.2:
            self._groups = []
            self.tell("", "the line is whole again")
        elif not self._groups and self.chance.random() < 0.04:
            self._cut()
        while self.chance.random() < 0.4:
            to, place = self.chance.randrange(self.parties), self.chance.randrange(self.parties)
            held = self.nodes[to].ledger.held(place)
            self.deliver(to, place, self.chance.randint(held, max(held, self.reach(to, place))))
        if self.chance.random() < 0.03:
            node, bare = self.chance.choice(self.nodes), self.chance.random() < 0.5
            self.tell(node.name, "starts again" + (" from the bytes alone" if bare else ""))
            node.restart(bare=bare)
            node.check_settled()
            self.coverage.happened["started again"] += 1

    def _cut(self) -> None:
        places = self.chance.sample(range(self.parties), self.parties)
        at = self.chance.randint(1, self.parties - 1)
        self._groups = [frozenset(places[:at]), frozenset(places[at:])]
        self.coverage.happened["cut"] += 1
        names = [" and ".join(self.sides[place] for place in sorted(group)) for group in self._groups]
        self.tell("", f"the line is cut between {names[0]} and {names[1]}")

    def reach(self, to: int, place: int) -> int:
        """How much of a register lies with nodes that a node is not cut off from."""
        group = next((group for group in self._groups if to in group), range(self.parties))
        return max(self.nodes[other].ledger.held(place) for other in group)

    def deliver(self, to: int, place: int, size: int) -> None:
        """Let a node have a register up to `size`, now and then from further down than it holds."""
        node = self.nodes[to]
        start = held = node.ledger.held(place)
        if held and self.chance.random() < 0.15:
            start = self.chance.randrange(held)
            self.coverage.happened["delivered again"] += 1
        if size <= start:
            return
        result = node.receive(place, start, self.appended[place][start:size])
        if self.telling and to != place:
            counted = node.ledger.counted(place)
            self.tell(
                node.name,
                f"<- {self.sides[place]} {start}..{size}" + f", counts {counted}" * (counted < size),
            )
            for one in result.evidence:
                self.tell(node.name, f"   evidence against {one.side} at {one.index}")

    def synchronise(self) -> bool:
        """Bring every party to what all hold; False where the line is cut."""
        if self._groups:
            return False
        for to in range(self.parties):
            for place in range(self.parties):
                if self.nodes[to].ledger.held(place) < len(self.appended[place]):
                    self.deliver(to, place, len(self.appended[place]))
        return True

    def _quiesce(self) -> None:
        self._groups = []
        self.tell("", "everything is delivered")
        for to in self.chance.sample(range(self.parties), self.parties):
            for place in self.chance.sample(range(self.parties), self.parties):
                self.deliver(to, place, len(self.appended[place]))

    # registers

    def put(self, person: Person, entry: Entry, why: str = "") -> Counted | None:
        """Append an entry to its register; its own node and the observer hold it at once. Returns its
        finding, where it counts already.
        """
        place, index = person.place, len(self.appended[person.place])
        self.appended[place].append(entry)
        result = self.observer.receive(place, index, [entry])
        self.nodes[place].receive(place, index, [entry])
        for one in result.found:
            self._note(one)
        found = self.findings.get((place, index))
        if self.telling:
            self._tell_act(person, index, found, why)
        return found

    def _note(self, found: Counted) -> None:
        """Keep what an act says about coverage, and what an allowed one changes for its side."""
        self.coverage.voids[found.void] += 1
        if found.void or found.move is None:
            return
        state = self.observer.office.state(found.matter, found.vector).state
        self.coverage.rows[found.procedure, state.phase, found.move.kind] += 1
        procedure, person, kind = table(found.procedure), self.people[found.place], found.move.kind
        if procedure.key is not None and kind not in COMMON:
            parts = {part: found.move.facts[part] for part in procedure.key.parts if part != "side"}
            self.natural[found.matter] = parts
        person.rotations += kind == "key.rotate"
        if kind == "posting.appoint" and (key := person.next_key()).public == found.key:
            person.keys[key.kid] = key
            person.appointed += 1

    def authority_at(self, place: int, index: int) -> SigningKey:
        """The authority key of a side at a position of its register."""
        rotated = sum(
            one.place == place
            and one.index < index
            and not one.void
            and one.move is not None
            and one.move.kind == "key.rotate"
            for one in self.findings.values()
        )
        return authority_key(self.sides[place], rotated)

    def _tell_act(self, person: Person, index: int, found: Counted | None, why: str) -> None:
        if found is None:
            self.tell(person.side, f"{index} waits{why}")
            return
        kind = found.move.kind if found.move is not None else "?"
        phase = self.observer.office.state(found.matter).state.phase if not found.void else ""
        then = f" void: {found.void}" if found.void else f" -> {phase}"
        self.tell(person.side, f"{index} {kind} {found.matter[:4]}{then}{why}")
