"""How officers of a side write acts: who may sign, what is known, what is named as seen, and thinking
again.

An honest officer asks his own node before he signs, as a desk does, and tries otherwise where the act would
be void.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.schedules.acts import Wish, entry_of, wish_of
from tests.schedules.facts import Known
from tests.schedules.hints import between, fitting_facts, rest_of
from tests.schedules.people import authority_key, officer_key
from yeollak.errors import RecordFault
from yeollak.office import officers as posts
from yeollak.office.ledger import Counted
from yeollak.office.officers import AUTHORITY, NODE
from yeollak.procedures.kinds import COMMON, Kind
from yeollak.procedures.table import Procedure, Row, State
from yeollak.record.keys import SigningKey

if TYPE_CHECKING:
    from tests.schedules.schedule import Schedule

#: How often an officer thinks again when what he wrote would be void.
THOUGHTS = 5


@dataclass
class Person:
    """One side of a schedule with its own keys: how many officers it has posted, and how often it has
    rotated.
    """

    side: str
    place: int
    appointed: int = 0
    rotations: int = 0
    keys: dict[str, SigningKey] = field(default_factory=dict)

    def next_key(self) -> SigningKey:
        """The key of the officer that will be posted next."""
        return officer_key(self.side, self.appointed)

    def key(self, kid: str) -> SigningKey | None:
        """The private key of this key id."""
        own = (authority_key(self.side, number) for number in range(self.rotations + 1))
        return self.keys.get(kid) or next((key for key in own if key.kid == kid), None)


class Desk:
    """The desks of all sides of one schedule."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule, self._chance = schedule, schedule.chance

    def waits(self, person: Person) -> bool:
        """Whether a side's own register waits for something, so that nothing more of it can count."""
        ledger = self._schedule.nodes[person.place].ledger
        return ledger.counted(person.place) < ledger.held(person.place)

    def signer(self, person: Person, kind: Kind) -> SigningKey | None:
        """Somebody of a side who may sign this kind."""
        if kind.name == "key.rotate" and self._chance.random() < 0.9:
            return authority_key(person.side, person.rotations + 1)
        office = self._schedule.nodes[person.place].office
        able = [
            officer.kid
            for officer in office.officers(person.place).values()
            if posts.may_sign(officer.function, kind.name, kind.functions)
            and not (kind.name in COMMON and officer.function in (AUTHORITY, NODE))
        ]
        return person.key(self._chance.choice(able)) if able else None

    def fitting(self, person: Person, row: Row | None) -> list[str]:
        """The matters that what a row rests on may be."""
        rest, office = rest_of(row), self._schedule.nodes[person.place].office
        if rest is None:
            return []
        return [
            matter
            for matter in office.ledger.matters()
            if office.folds(matter).procedure.name == rest.procedure
            and (state := office.state(matter).state).phase == rest.phase
            and (rest.fact or state.opener != person.side)
        ]

    def known(self, person: Person) -> Known:
        """What a side's officers may draw on when they write."""
        schedule = self._schedule
        node = schedule.nodes[person.place]
        counted = node.office.frontier()
        acts = [found.id for found in schedule.findings.values() if found.index < counted[found.place]]
        return Known(
            side=person.side,
            parties=schedule.sides,
            office=schedule.charter.office,
            terms=schedule.charter.terms,
            matters=list(node.ledger.matters()),
            acts=list(dict.fromkeys(acts))[-40:],
            officers=list(person.keys),
            fresh_key=person.next_key().public.hex(),
            used_keys=[key.public.hex() for key in person.keys.values()],
            enclosures=schedule.enclosures,
        )

    def seen(self, person: Person, *, stale: bool = False) -> dict[str, tuple[int, str]]:
        """What a node names as counted: nothing in its first act, and where `stale` less than it has."""
        ledger = self._schedule.nodes[person.place].ledger
        seen = {}
        for place, side in enumerate(self._schedule.sides):
            if place != person.place:
                # A first act has seen nothing, by custom and not by rule.
                first = not ledger.held(person.place) and self._chance.random() < 0.7
                size = 0 if first else ledger.counted(place)
                if stale and self._chance.random() < 0.5:
                    size = self._chance.randint(0, size)
                seen[side] = (size, ledger.root(place, size).hex())
        return seen

    def wish(
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
        """An act of this kind as an officer of this side would write it, as his node sees the record."""
        schedule = self._schedule
        office = schedule.nodes[person.place].office
        state = office.state(matter).state if matter is not None else State()
        row = procedure.rows.get(state.phase, {}).get(kind.name) if procedure is not None else None
        known = self.known(person)
        rest = rest_of(row)
        if rest is not None:
            known.rest, known.fitting = rest.fact, self.fitting(person, row)
        named: dict[str, Any] = {}
        if known.rest == "nomination" and known.fitting and self._chance.random() < 0.7:
            nomination = self._chance.choice(known.fitting)
            slots = office.state(nomination).state.slots
            named = {"nomination": nomination, "function": slots["nominated"], "key": slots["key"]}
        parent = schedule.natural.get(matter or "", {}).get("parent")
        if known.rest == "parent" and (parent or known.fitting) and self._chance.random() < 0.9:
            parent = str(parent or self._chance.choice(known.fitting))
            whose = office.state(parent).state
            sides = [side for side in schedule.sides if side == whose.opener or side in whose.counterparts]
            named = between(kind, parent, person.side, sides)
        if any(fact.name == "state" and fact.type == "digest" for fact in kind.facts):
            known.state_digest = office.digest()
        facts = dict(schedule.natural.get(matter or "", {})) if kind.name not in COMMON else {}
        facts |= named
        if self._chance.random() < 0.95:
            number = schedule.number + len(schedule.findings)
            facts |= fitting_facts(self._chance, kind, person.side, person.rotations, number)
        return wish_of(
            self._chance,
            schedule.charter,
            procedure,
            kind,
            row,
            state,
            known,
            key=key,
            now=schedule.now,
            seen=self.seen(person, stale=stale),
            matter=matter,
            fixed={**facts, **(fixed or {})},
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
        careless: bool = False,
        why: str = "",
    ) -> Counted | None:
        """Let an officer write an act that his own node would allow, think again where it would not, and
        append it; a `careless` one does not ask. Returns the finding of an allowed act.
        """
        schedule = self._schedule
        node = schedule.nodes[person.place]
        for thought in range(THOUGHTS):
            key = self.signer(person, kind)
            if key is None:
                return None
            wish = self.wish(person, procedure, kind, matter, key, fixed=fixed, stale=stale)
            data = wish.document(schedule.charter.office)
            entry = entry_of(schedule.charter, person.side, data, key, None, matter=wish.matter)
            judged = node.office.judge(person.place, entry, signed=False)
            if judged.void and not careless and (thought + 1 < THOUGHTS or self._chance.random() < 0.9):
                continue
            signed = entry_of(schedule.charter, person.side, data, key, schedule.pen, matter=wish.matter)
            found = schedule.put(person, signed, why)
            return found if found is not None and not found.void else None
        return None

    def append(
        self, person: Person, procedure: Procedure | None, kind: Kind, matter: str | None, key: SigningKey
    ) -> bool:
        """Append an act without asking whether it would be allowed; False where no document can hold it."""
        wish = self.wish(person, procedure, kind, matter, key, stale=self._chance.random() < 0.2)
        return self.append_wish(person, wish)

    def append_wish(self, person: Person, wish: Wish, why: str = "") -> bool:
        """Sign and append whatever is wished; False where no document can hold it."""
        schedule = self._schedule
        try:
            data = wish.document(schedule.charter.office)
        except RecordFault:
            return False
        entry = entry_of(schedule.charter, person.side, data, wish.key, schedule.pen, matter=wish.matter)
        schedule.put(person, entry, why)
        return True
