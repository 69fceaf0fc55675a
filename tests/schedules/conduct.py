"""How sides behave when they pursue nothing: honestly, carelessly, wrongly, and with an invented `seen`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.schedules import faults
from tests.schedules.desk import Person
from tests.schedules.facts import TEXTS, digests_in
from tests.schedules.people import FIRST_POSTS, authority_key
from yeollak.errors import RecordFault
from yeollak.office.officers import NODE
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.kinds import COMMON, Kind
from yeollak.procedures.machine import possible
from yeollak.procedures.table import NONE, Procedure, State
from yeollak.record.keys import SigningKey

if TYPE_CHECKING:
    from tests.schedules.schedule import Schedule

KINDS = {kind.name: (procedure, kind) for procedure in PROCEDURES for kind in procedure.kinds}


class Conduct:
    """What the sides of one schedule do beside what it aims at."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule, self._chance, self._desk = schedule, schedule.chance, schedule.desk

    def found(self, person: Person) -> bool:
        """Before a side has officers: sign the charter, or another, or act too early. False once it has."""
        schedule = self._schedule
        ledger = schedule.nodes[person.place].ledger
        if not ledger.held(person.place):
            name = "charter.sign" if self._chance.random() < 0.95 else "posting.appoint"
            return self._desk.append(person, *KINDS[name], None, authority_key(person.side))
        if person.keys or self._desk.waits(person):
            return False
        if self._chance.random() < 0.5:
            for place in range(schedule.parties):
                if place != person.place:
                    size = max(schedule.reach(person.place, place), ledger.held(place))
                    schedule.deliver(person.place, place, size)
        for function in FIRST_POSTS:
            if not self._desk.attempt(person, *KINDS["posting.appoint"], None, fixed={"function": function}):
                break
        if not person.keys and self._chance.random() < 0.5:
            return self._desk.append(person, *KINDS["posting.appoint"], None, authority_key(person.side))
        return True

    def honest(self, person: Person) -> None:
        """Something that may be done in a matter that a side knows of, or a new matter."""
        office = self._schedule.nodes[person.place].office
        tables: dict[str, list[str]] = {}
        for one in office.ledger.matters():
            tables.setdefault(office.folds(one).procedure.name, []).append(one)
        matter = None
        if tables and self._chance.random() < 0.75:
            matter = self._chance.choice(tables[self._chance.choice(list(tables))])
        procedure = self._chance.choice(PROCEDURES) if matter is None else office.folds(matter).procedure
        kinds = self._offered(person, procedure, matter)
        if matter is not None and (not kinds or self._chance.random() < 0.1):
            kinds = list(COMMON.values())
        if kinds:
            stale = self._chance.random() < 0.2
            self._desk.attempt(person, procedure, self._chance.choice(kinds), matter, stale=stale)

    def careless(self, person: Person) -> None:
        """Any kind, in whatever matter comes to hand, without asking whether it is offered."""
        office = self._schedule.nodes[person.place].office
        matters = list(office.ledger.matters())
        procedure = self._chance.choice(PROCEDURES)
        if matters and self._chance.random() < 0.6:
            procedure = office.folds(self._chance.choice(matters)).procedure
        kind = self._chance.choice([*procedure.kinds, *procedure.kinds, *COMMON.values()])
        fit = [matter for matter in matters if office.folds(matter).procedure is procedure]
        choices: list[str | None] = [*(fit or matters)]
        key = self._desk.signer(person, kind)
        if key is not None:
            self._desk.append(person, procedure, kind, self._chance.choice(choices or [None]), key)

    def wrong(self, person: Person) -> None:
        """One of the ways of being wrong, about an act that could have stood."""
        way = self._chance.choice([*faults.WAYS, "unguarded"])
        drawn = self._drawn(person, guarded=way == "unguarded")
        if drawn is not None:
            self.spoil(person, *drawn, way=way)

    def spoil(
        self,
        person: Person,
        procedure: Procedure,
        kind: Kind,
        matter: str | None,
        key: SigningKey,
        *,
        way: str,
    ) -> None:
        """Append an act of this kind that is wrong in this way."""
        schedule = self._schedule
        officers = schedule.nodes[person.place].office.officers(person.place).values()
        posted = {one.kid for one in officers}
        bench = faults.Bench(
            chance=self._chance,
            charter=schedule.charter,
            pen=schedule.pen,
            whole=schedule.observer.ledger,
            place=person.place,
            kind=kind,
            wish=self._desk.wish(person, procedure, kind, matter, key),
            retired=[one for kid, one in person.keys.items() if kid not in posted],
            enclosures=self._digests(person, matter) or schedule.enclosures[-2:],
            node_key=next((person.key(one.kid) for one in officers if one.function == NODE), None),
        )
        try:
            entry = faults.WAYS[way](bench)
        except RecordFault:
            return  # what no document can hold cannot be appended either
        schedule.put(person, entry, f" ({way})")

    def _digests(self, person: Person, matter: str | None) -> list[str]:
        office = self._schedule.nodes[person.place].office
        return digests_in(office.state(matter).state, person.side) if matter is not None else []

    def invent(self, person: Person) -> None:
        """A `seen` that names what is not there, another root, or what the author's node has not counted."""
        schedule = self._schedule
        drawn = self._drawn(person)
        if drawn is None:
            return
        procedure, kind, matter, key = drawn
        wish = self._desk.wish(person, procedure, kind, matter, key)
        side = self._chance.choice([side for side in schedule.sides if side != person.side])
        place = schedule.charter.places[side]
        counted, held = (
            schedule.nodes[person.place].ledger.counted(place),
            schedule.observer.ledger.held(place),
        )
        size, root = self._chance.choice(
            [
                (counted, TEXTS[0]),
                (self._chance.randint(0, held), TEXTS[1]),
                (held + self._chance.choice((1, 2, 10**9)), TEXTS[2]),
                (held, schedule.observer.ledger.root(place, held).hex()),
            ]
        )
        wish.seen = {**wish.seen, side: (size, root)}
        if self._desk.append_wish(person, wish, " (invented)"):
            schedule.coverage.happened["invented seen"] += 1

    def reopen(self, person: Person) -> None:
        """Take up the side's register again behind what cannot count, now and then at a position that is
        none.
        """
        if "register.reopen" not in KINDS:
            return
        procedure, kind = KINDS["register.reopen"]
        key = authority_key(person.side, person.rotations)
        at = self._schedule.nodes[person.place].ledger.counted(person.place)
        if self._chance.random() < 0.1:
            at = self._chance.randint(0, at + 1)
        wish = self._desk.wish(person, procedure, kind, None, key, fixed={"at": at})
        if self._desk.append_wish(person, wish, f" (at {at})"):
            self._schedule.coverage.happened["reopened"] += 1

    def _offered(self, person: Person, procedure: Procedure, matter: str | None) -> list[Kind]:
        office = self._schedule.nodes[person.place].office
        state = office.state(matter).state if matter is not None else State()
        return [kind for kind, _row in possible(procedure, state, person.side, self._schedule.sides)]

    def _drawn(
        self, person: Person, *, guarded: bool = False
    ) -> tuple[Procedure, Kind, str | None, SigningKey] | None:
        """An act that could stand, with somebody to sign it; where `guarded` one that a guard looks at, each
        guard as likely as another.
        """
        office = self._schedule.nodes[person.place].office
        matters = list(office.ledger.matters())
        options: list[tuple[Procedure, Kind, str | None]] = []
        for matter in matters if guarded else self._chance.sample(matters, min(2, len(matters))):
            procedure = office.folds(matter).procedure
            options += [(procedure, kind, matter) for kind in self._offered(person, procedure, matter)]
        if guarded:
            options += [(one, kind, None) for one in PROCEDURES for kind in self._offered(person, one, None)]
            options = self._guarded(person, options)
        elif not options or self._chance.random() < 0.3:
            procedure = self._chance.choice(PROCEDURES)
            options = [(procedure, kind, None) for kind in self._offered(person, procedure, None)]
        procedure, kind, named = self._chance.choice(options)
        key = self._desk.signer(person, kind)
        if key is None or not self._schedule.nodes[person.place].ledger.held(person.place):
            return None
        return procedure, kind, named, key

    def _guarded(
        self, person: Person, options: list[tuple[Procedure, Kind, str | None]]
    ) -> list[tuple[Procedure, Kind, str | None]]:
        office = self._schedule.nodes[person.place].office
        by_guard: dict[str, list[tuple[Procedure, Kind, str | None]]] = {}
        for procedure, kind, matter in options:
            phase = office.state(matter).state.phase if matter is not None else NONE
            row = procedure.rows[phase][kind.name]
            if row.guard is not None:
                by_guard.setdefault(row.guard.__name__, []).append((procedure, kind, matter))
        return by_guard[self._chance.choice(sorted(by_guard))]
