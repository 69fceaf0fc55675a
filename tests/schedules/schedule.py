"""One schedule: from a seed to acts, deliveries, cuts and starts, and to nodes that all hold the same at the end.

A schedule depends on its number, on how many parties there are and on the tables alone: no set is walked in the
order of its hashes, no clock is read, and nothing is remembered from one schedule to the next.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from tests.office.world import START
from tests.schedules import faults
from tests.schedules.acts import Wish, entry_of, wish_of
from tests.schedules.aims import Aim, aims_of, distances, turn, weight
from tests.schedules.checks import check_end
from tests.schedules.coverage import Coverage
from tests.schedules.facts import Known, TEXTS
from tests.schedules.nodes import Findings, Node
from tests.schedules.people import FIRST_POSTS, Pen, authority_key, charter_of, officer_key
from yeollak.errors import RecordFault
from yeollak.office import officers as posts
from yeollak.office.ledger import Counted, Entry
from yeollak.office.officers import AUTHORITY, NODE
from yeollak.procedures.catalogue import PROCEDURES, of_kind, table
from yeollak.procedures.machine import COMMON, NONE, Kind, Procedure, Row, State, possible, roles
from yeollak.record import statement
from yeollak.record.keys import SigningKey

Tell = Callable[[str, str], None]
#: How often an officer thinks again when what he wrote would be void.
THOUGHTS = 5
#: How many acts an aim may take before the next one is turned to.
PATIENCE = 12


@dataclass
class Person:
    """What one side of a schedule knows of its own keys."""

    side: str
    place: int
    appointed: int = 0
    keys: dict[str, SigningKey] = field(default_factory=dict)
    blind: bool = False

    def next_key(self) -> SigningKey:
        """The key of the officer that will be posted next."""
        return officer_key(self.side, self.appointed)


class Schedule:
    """A run of one office. `tell(side, sentence)` is told everything that happens, in order."""

    def __init__(self, number: int, parties: int, tell: Tell | None = None) -> None:
        self.number, self.parties = number, parties
        self.chance = random.Random(f"schedule {number} of {parties}")
        self.tell: Tell = tell or (lambda side, sentence: None)
        self.telling = tell is not None
        self.pen = Pen(real=self.chance.random() < 0.06)
        self.raw = self.chance.random() < 0.1
        self.charter = charter_of(parties)
        self.sides = self.charter.sides
        self.findings: Findings = {}
        self.observer = Node("observer", self.charter, self.findings)
        self.nodes = [Node(side, self.charter, self.findings, place) for place, side in enumerate(self.sides)]
        self.people = [Person(side, place) for place, side in enumerate(self.sides)]
        self.coverage = Coverage()
        self.appended: list[list[Entry]] = [[] for _ in self.sides]
        self.now: datetime = START
        self.aims = aims_of(number)
        self.matter: str | None = None
        self.pursued = 0
        self.natural: dict[str, dict[str, Any]] = {}
        self.enclosures: list[str] = []
        self.groups: list[frozenset[int]] = []

    # the run

    def run(self) -> Coverage:
        """Carry the schedule out. Raises Broken where a property does not hold."""
        with self.pen.checked():
            if self.raw:
                self.coverage.happened["founded in the open"] += 1
            else:
                self._prelude()
            for _ in range(self.chance.randint(18, 34)):
                self._pass_time()
                self._happen()
            self._quiesce()
            check_end(self)
        self.coverage.happened["schedules"] += 1
        self.coverage.happened["real signatures"] += self.pen.real
        return self.coverage

    def _prelude(self) -> None:
        """The founding and the first posts, which every node holds when the schedule begins."""
        acts = prelude(self.parties, self.pen.real)
        for node in (self.observer, *self.nodes):
            for entry, found in acts:
                node.ledger.append(found.place, entry)
                if node is self.observer:
                    self.appended[found.place].append(entry)
                node.ledger.add(found)
                self.findings[found.place, found.index] = found
        for person in self.people:
            for number, _function in enumerate(FIRST_POSTS):
                key = officer_key(person.side, number)
                person.keys[key.kid] = key
            person.appointed = len(FIRST_POSTS)

    def _pass_time(self) -> None:
        self.now += timedelta(minutes=self.chance.choice((1, 10, 600)))
        if self.groups and self.chance.random() < 0.2:
            self.groups = []
            self.tell("", "the line is whole again")
        elif not self.groups and self.chance.random() < 0.04:
            places = list(range(self.parties))
            self.chance.shuffle(places)
            cut = self.chance.randint(1, self.parties - 1)
            self.groups = [frozenset(places[:cut]), frozenset(places[cut:])]
            self.coverage.happened["cut"] += 1
            names = [" and ".join(self.sides[place] for place in sorted(group)) for group in self.groups]
            self.tell("", f"the line is cut between {names[0]} and {names[1]}")
        while self.chance.random() < 0.4:
            to, place = self.chance.randrange(self.parties), self.chance.randrange(self.parties)
            held = self.nodes[to].ledger.held(place)
            self.deliver(to, place, self.chance.randint(held, max(held, self._reach(to, place))))
        if self.chance.random() < 0.03:
            node = self.chance.choice(self.nodes)
            bare = self.chance.random() < 0.5
            node.restart(bare=bare)
            node.check_settled()
            self.coverage.happened["started again"] += 1
            self.tell(node.name, "starts again" + (" from the bytes alone" if bare else ""))

    def _happen(self) -> None:
        draw = self.chance.random()
        if self.raw and self._found():
            return
        if draw < 0.6 and self._pursue():
            return
        person = self.chance.choice(self.people)
        if self._waits(person) and self.chance.random() < 0.8:
            return
        if draw < 0.84:
            self._honest(person)
        elif draw < 0.91:
            self._careless(person)
        elif draw < 0.995:
            self._wrong(person)
        else:
            self._invent(person)

    # delivery

    def _reach(self, to: int, place: int) -> int:
        """How much of a register lies with nodes that a node is not cut off from."""
        group = next((group for group in self.groups if to in group), range(self.parties))
        return max(self.nodes[other].ledger.held(place) for other in group)

    def deliver(self, to: int, place: int, size: int) -> None:
        """Let a node have a register up to `size`, now and then from further down than it holds."""
        node = self.nodes[to]
        held = node.ledger.held(place)
        start = held
        if held and self.chance.random() < 0.15:
            start = self.chance.randrange(held)
            self.coverage.happened["delivered again"] += 1
        if size <= start:
            return
        batch = [self.observer.ledger.entry(place, index) for index in range(start, size)]
        result = node.receive(place, start, batch)
        if self.telling and to != place:
            counted = "" if node.ledger.counted(place) == size else f", counts {node.ledger.counted(place)}"
            self.tell(node.name, f"<- {self.sides[place]} {start}..{size}{counted}")
            if result.evidence:
                self.tell(node.name, f"   evidence against {result.evidence[0].side}")

    def _synchronise(self) -> bool:
        """Bring every party to what all hold; False where the line is cut."""
        if self.groups:
            return False
        for to in range(self.parties):
            for place in range(self.parties):
                if self.nodes[to].ledger.held(place) < self.nodes[place].ledger.held(place):
                    self.deliver(to, place, self.nodes[place].ledger.held(place))
        return True

    def _quiesce(self) -> None:
        self.groups = []
        self.tell("", "everything is delivered")
        for to in self.chance.sample(range(self.parties), self.parties):
            for place in self.chance.sample(range(self.parties), self.parties):
                self.deliver(to, place, self.observer.ledger.held(place))

    # acts

    def put(self, person: Person, entry: Entry, why: str = "") -> Counted | None:
        """Append an entry to its register and let everybody's observer and its own node hold it. Returns its
        finding, where it counts already.
        """
        place, index = person.place, self.observer.ledger.held(person.place)
        self.appended[place].append(entry)
        result = self.observer.receive(place, index, [entry])
        self.nodes[place].receive(place, index, [entry])
        for found in result.found:
            self._note(found)
        found = self.findings.get((place, index))
        if self.telling:
            self._tell_act(person, entry, index, found, why)
        return found

    def _note(self, found: Counted) -> None:
        """Keep what an act says about coverage, and what an allowed one changes for its side."""
        self.coverage.voids[found.void] += 1
        if found.void or found.move is None:
            return
        state = self.observer.office.state(found.matter, found.vector).state
        self.coverage.rows[found.procedure, state.phase, found.move.kind] += 1
        procedure, person = table(found.procedure), self.people[found.place]
        if procedure.key is not None and found.move.kind not in COMMON:
            parts = {part: found.move.facts[part] for part in procedure.key.parts if part != "side"}
            self.natural[found.matter] = parts
        if found.key:
            key = person.next_key()
            if key.public == found.key:
                person.keys[key.kid] = key
                person.appointed += 1

    def _tell_act(self, person: Person, entry: Entry, index: int, found: Counted | None, why: str) -> None:
        if found is None:
            self.tell(person.side, f"{index} waits{why}")
            return
        kind = found.move.kind if found.move is not None else "?"
        then = ""
        if found.void:
            then = f" VOID {found.void}"
        elif found.matter:
            then = f" -> {self.observer.office.state(found.matter).state.phase}"
        self.tell(person.side, f"{index} {kind} {found.matter[:4]}{then}{why}")

    def known(self, person: Person) -> Known:
        """What a side's officers may draw on when they write."""
        node = self.nodes[person.place]
        every = [
            found.id for found in self.findings.values() if found.index < node.ledger.counted(found.place)
        ]
        return Known(
            side=person.side,
            parties=self.sides,
            office=self.charter.office,
            terms=self.charter.terms,
            matters=list(node.ledger.matters()),
            acts=list(dict.fromkeys(every))[-40:],
            officers=list(person.keys),
            fresh_key=person.next_key().public.hex(),
            used_keys=[key.public.hex() for key in person.keys.values()],
            enclosures=self.enclosures,
        )

    def _seen(self, person: Person, *, stale: bool = False) -> dict[str, tuple[int, str]]:
        """What a node names as counted: nothing in its first act, now and then less than it has."""
        ledger = self.nodes[person.place].ledger
        seen = {}
        for place, side in enumerate(self.sides):
            if place != person.place:
                size = ledger.counted(place) if ledger.held(person.place) else 0
                if stale and self.chance.random() < 0.5:
                    size = self.chance.randint(0, size)
                seen[side] = (size, ledger.root(place, size).hex())
        return seen

    def _signer(self, person: Person, kind: Kind) -> SigningKey | None:
        """Somebody of a side who may sign this kind."""
        office = self.nodes[person.place].office
        able = [
            officer.kid
            for officer in office.officers(person.place).values()
            if posts.may_sign(officer.function, kind.name, kind.functions)
            and not (kind.name in COMMON and officer.function in (AUTHORITY, NODE))
        ]
        return self.key(person, self.chance.choice(able)) if able else None

    def key(self, person: Person, kid: str) -> SigningKey | None:
        """The private key of this key id."""
        own = authority_key(person.side)
        return own if kid == own.kid else person.keys.get(kid)

    def _wish(
        self,
        person: Person,
        procedure: Procedure | None,
        kind: Kind,
        matter: str | None,
        key: SigningKey,
        *,
        fixed: dict[str, Any] | None = None,
        stale: bool = False,
    ) -> Wish:
        office = self.nodes[person.place].office
        state = office.state(matter).state if matter is not None else State()
        row = procedure.rows.get(state.phase, {}).get(kind.name) if procedure is not None else None
        known = self.known(person)
        if any(fact.name == "state" and fact.type == "digest" for fact in kind.facts):
            known.state_digest = office.digest()
        natural = self.natural.get(matter or "", {}) if kind.name not in COMMON else {}
        return wish_of(
            self.chance,
            self.charter,
            procedure,
            kind,
            row,
            state,
            known,
            key=key,
            now=self.now,
            seen=self._seen(person, stale=stale),
            matter=matter,
            fixed={**natural, **(fixed or {})},
        )

    def attempt(
        self,
        person: Person,
        procedure: Procedure,
        kind: Kind,
        matter: str | None,
        *,
        fixed: dict[str, Any] | None = None,
        stale: bool = False,
        why: str = "",
    ) -> Counted | None:
        """Let an officer write an act that his own node would allow, think again where it would not, and append
        it. Returns the finding of an allowed act.
        """
        key = self._signer(person, kind)
        if key is None:
            return None
        node = self.nodes[person.place]
        for thought in range(THOUGHTS):
            wish = self._wish(person, procedure, kind, matter, key, fixed=fixed, stale=stale)
            data = wish.document(self.charter.office)
            entry = entry_of(self.charter, person.side, data, key, None, matter=wish.matter)
            judged = node.office.judge(person.place, entry, signed=False)
            if judged.void and (thought + 1 < THOUGHTS or self.chance.random() < 0.9):
                continue
            found = self.put(
                person, entry_of(self.charter, person.side, data, key, self.pen, matter=wish.matter), why
            )
            return found if found is not None and not found.void else None
        return None

    def authority_at(self, place: int, index: int) -> SigningKey:
        """The authority key of a side at a position of its register."""
        return authority_key(self.sides[place])

    def _waits(self, person: Person) -> bool:
        """Whether a side's own register waits for something, so that nothing more of it can count."""
        ledger = self.nodes[person.place].ledger
        return ledger.counted(person.place) < ledger.held(person.place)

    # what happens

    def _found(self) -> bool:
        """Before the founding is complete: sign, act too early, or sign another charter. False once it is."""
        person = self.chance.choice(self.people)
        ledger = self.nodes[person.place].ledger
        kinds = {kind.name: (procedure, kind) for procedure in PROCEDURES for kind in procedure.kinds}
        if not ledger.held(person.place):
            name = "charter.sign" if self.chance.random() < 0.95 else "posting.appoint"
            return self._append(person, *kinds[name], None, authority_key(person.side))
        if not person.keys and not self._waits(person):
            if self.chance.random() < 0.5:
                for place in range(self.parties):
                    if place != person.place:
                        self.deliver(
                            person.place, place, max(self._reach(person.place, place), ledger.held(place))
                        )
            for function in FIRST_POSTS:
                self.attempt(person, *kinds["posting.appoint"], None, fixed={"function": function})
            if not person.keys:
                return self._append(person, *kinds["posting.appoint"], None, authority_key(person.side))
            return True
        return False

    def _append(
        self, person: Person, procedure: Procedure | None, kind: Kind, matter: str | None, key: SigningKey
    ) -> bool:
        """Append an act without asking whether it would be allowed."""
        wish = self._wish(person, procedure, kind, matter, key, stale=self.chance.random() < 0.2)
        try:
            data = wish.document(self.charter.office)
        except RecordFault:
            return False
        self.put(person, entry_of(self.charter, person.side, data, key, self.pen, matter=wish.matter))
        return True

    def _honest(self, person: Person) -> None:
        """Something that may be done in a matter that a side knows of, or a new matter."""
        office = self.nodes[person.place].office
        matters = [matter for matter in office.ledger.matters() if office.state(matter).state.phase != NONE]
        matter = self.chance.choice(matters) if matters and self.chance.random() < 0.75 else None
        procedure = self.chance.choice(PROCEDURES) if matter is None else office.folds(matter).procedure
        state = office.state(matter).state if matter is not None else State()
        kinds = [kind for kind, _row in possible(procedure, state, person.side, self.sides)]
        if matter is not None and (not kinds or self.chance.random() < 0.1):
            kinds = list(COMMON.values())
        if kinds:
            self.attempt(
                person, procedure, self.chance.choice(kinds), matter, stale=self.chance.random() < 0.2
            )

    def _careless(self, person: Person) -> None:
        """Any kind, in whatever matter comes to hand, without asking whether it is offered."""
        office = self.nodes[person.place].office
        procedure = self.chance.choice(PROCEDURES)
        kind = self.chance.choice([*procedure.kinds, *procedure.kinds, *COMMON.values()])
        matters = list(office.ledger.matters())
        fit = [matter for matter in matters if office.folds(matter).procedure is procedure]
        matter = self.chance.choice(fit or matters or [None])  # type: ignore[arg-type]  # None is a choice
        key = self._signer(person, kind)
        if key is not None:
            self._append(person, procedure, kind, matter, key)

    def _wrong(self, person: Person) -> None:
        """One of the ways of being wrong, about an act that could have stood."""
        office = self.nodes[person.place].office
        options: list[tuple[Procedure, Kind, str | None]] = []
        for matter in self.chance.sample(
            list(office.ledger.matters()), min(2, len(list(office.ledger.matters())))
        ):
            procedure, state = office.folds(matter).procedure, office.state(matter).state
            options += [
                (procedure, kind, matter) for kind, _ in possible(procedure, state, person.side, self.sides)
            ]
        if not options or self.chance.random() < 0.3:
            procedure = self.chance.choice(PROCEDURES)
            options = [(procedure, k, None) for k, _ in possible(procedure, State(), person.side, self.sides)]
        procedure, kind, matter = self.chance.choice(options)
        key = self._signer(person, kind)
        if key is None or not self.nodes[person.place].ledger.held(person.place):
            return
        officers = office.officers(person.place).values()
        node_key = next((self.key(person, one.kid) for one in officers if one.function == NODE), None)
        posted = {one.kid for one in officers}
        bench = faults.Bench(
            chance=self.chance,
            charter=self.charter,
            pen=self.pen,
            whole=self.observer.ledger,
            place=person.place,
            kind=kind,
            wish=self._wish(person, procedure, kind, matter, key),
            retired=[one for kid, one in person.keys.items() if kid not in posted],
            node_key=node_key,
        )
        name = self.chance.choice(list(faults.WAYS))
        try:
            entry = faults.WAYS[name](bench)
        except RecordFault:
            return  # what no document can hold cannot be appended either
        self.put(person, entry, f" ({name})")

    def _invent(self, person: Person) -> None:
        """A `seen` that names what is not there, another root, or what the author's node has not counted."""
        office = self.nodes[person.place].office
        kinds = [(p, kind) for p in PROCEDURES for kind, _ in possible(p, State(), person.side, self.sides)]
        procedure, kind = self.chance.choice(kinds)
        key = self._signer(person, kind)
        if key is None or not self.nodes[person.place].ledger.held(person.place):
            return
        wish = self._wish(person, procedure, kind, None, key)
        side = self.chance.choice([side for side in self.sides if side != person.side])
        place = self.charter.places[side]
        counted, held = office.ledger.counted(place), self.observer.ledger.held(place)
        size, root = self.chance.choice(
            [
                (counted, TEXTS[0]),
                (self.chance.randint(0, held), TEXTS[1]),
                (held + self.chance.choice((1, 2, 10**9)), TEXTS[2]),
                (held, self.observer.ledger.root(place, held).hex()),
            ]
        )
        wish.seen = {**wish.seen, side: (size, root)}
        data = wish.document(self.charter.office)
        self.put(
            person,
            entry_of(self.charter, person.side, data, key, self.pen, matter=wish.matter),
            " (invented)",
        )
        self.coverage.happened["invented seen"] += 1

    # aims

    def _pursue(self) -> bool:
        """Bring the matter of the present aim one act on; False where nothing could be done."""
        if not self.aims or not self._synchronise():
            return False
        aim = self.aims[0]
        self.pursued += 1
        if self.pursued > PATIENCE:
            return self._next_aim()
        procedure, office = table(aim.procedure), self.observer.office
        if self.matter is None and aim.phase != NONE and self.chance.random() < 0.6:
            self.matter = self._fitting(procedure, aim)
        state = office.state(self.matter).state if self.matter is not None else State()
        if state.phase == aim.phase and self._hit(procedure, aim, state):
            self._next_aim()
            return True
        steps = [
            (person, kind, row)
            for person in self.people
            if not self._waits(person)
            for kind, row in possible(procedure, state, person.side, self.sides)
        ]
        if not steps or aim.phase not in distances(procedure.name, aim.phase):
            self.matter = None
            return False
        weights = [weight(procedure, state.phase, row, aim.phase) for _, _, row in steps]
        if not any(weight > 0.05 for weight in weights):
            self.matter = None  # it has come to where nothing leads to the aim
            return False
        person, kind, row = self.chance.choices(steps, weights)[0]
        value = turn(procedure, row, aim.phase)
        fixed = {row.turns[0]: value} if row.turns is not None and self.chance.random() < 0.8 else {}
        found = self.attempt(person, procedure, kind, self.matter, fixed=fixed)
        if found is not None:
            self.matter = found.matter
        return True

    def _next_aim(self) -> bool:
        self.aims.pop(0)
        self.matter, self.pursued = None, 0
        return False

    def _fitting(self, procedure: Procedure, aim: Aim) -> str | None:
        """A matter of this table that can still come to the aim."""
        office, far = self.observer.office, distances(procedure.name, aim.phase)
        fit = [
            matter
            for matter in office.ledger.matters()
            if office.folds(matter).procedure is procedure and office.state(matter).state.phase in far
        ]
        return self.chance.choice(fit) if fit else None

    def _hit(self, procedure: Procedure, aim: Aim, state: State) -> bool:
        """Do what the aim asks for, where the matter has come to its phase."""
        people = [person for person in self.people if not self._waits(person)]
        self.chance.shuffle(people)
        if len(aim.kinds) == 1:
            kind = procedure.kind(aim.kinds[0])
            assert kind is not None
            return any(self._does(person, procedure, kind, state) for person in people)
        for one in people:
            for other in people:
                if one is not other and self._crosses(procedure, aim, state, one, other):
                    return True
        return False

    def _does(self, person: Person, procedure: Procedure, kind: Kind, state: State) -> bool:
        if kind.name not in COMMON:
            offered = [name.name for name, _ in possible(procedure, state, person.side, self.sides)]
            if kind.name not in offered:
                return False
        return self.attempt(person, procedure, kind, self.matter, why=" *") is not None

    def _crosses(self, procedure: Procedure, aim: Aim, state: State, one: Person, other: Person) -> bool:
        """The two kinds of a pair by two sides, neither having seen the other's."""
        # Before the matter is open its roles are those that the opening act will give.
        held = [roles(procedure, state, person.side, self.sides) for person in (one, other)]
        if aim.roles[0] not in held[0] or aim.roles[1] not in held[1]:
            return False
        kinds = [procedure.kind(name) for name in aim.kinds]
        offered = [
            {kind.name for kind, _ in possible(procedure, state, person.side, self.sides)}
            for person in (one, other)
        ]
        if any(kind is None or kind.name not in names for kind, names in zip(kinds, offered, strict=True)):
            return False
        first, second = kinds
        assert first is not None and second is not None
        if self.attempt(one, procedure, first, self.matter, why=" x") is None:
            return False
        return self.attempt(other, procedure, second, self.matter, why=" x") is not None


@lru_cache(maxsize=8)
def prelude(parties: int, real: bool) -> Sequence[tuple[Entry, Counted]]:
    """The founding and the first posts of every side, in the order in which they are counted."""
    schedule = Schedule(0, parties)
    schedule.pen = Pen(real)
    kinds = {kind.name: (of_kind(kind.name), kind) for procedure in PROCEDURES for kind in procedure.kinds}
    acts: list[tuple[Entry, Counted]] = []
    with schedule.pen.checked():
        for person in schedule.people:
            _sign(schedule, person, kinds["charter.sign"], {"charter": schedule.charter.office}, acts)
        schedule._synchronise()
        for function in FIRST_POSTS:
            for person in schedule.people:
                facts = {"key": person.next_key().public.hex(), "function": function}
                _sign(schedule, person, kinds["posting.appoint"], facts, acts)
        schedule._synchronise()
    return tuple(acts)


def _sign(schedule: Schedule, person: Person, kind: Any, facts: dict[str, Any], acts: list[Any]) -> None:
    key = authority_key(person.side)
    schedule.now += timedelta(minutes=1)
    wish = schedule._wish(person, *kind, None, key, fixed=facts)
    wish.at, wish.re, wish.facts = (
        schedule.now,
        [],
        {"checked": "in-person", **facts} if "charter" in facts else facts,
    )
    data = wish.document(schedule.charter.office)
    entry = entry_of(schedule.charter, person.side, data, key, schedule.pen, matter=wish.matter)
    found = schedule.put(person, entry)
    assert found is not None and not found.void, found
    acts.append((entry, found))
