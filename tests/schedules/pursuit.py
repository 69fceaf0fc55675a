"""How a schedule comes to its aims: all sides know of everything, and each act leads nearer, until they
cross.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.schedules.aims import Aim, aims_of, distances, turn, weight
from tests.schedules.desk import Person
from tests.schedules.hints import rest_of
from yeollak.procedures.catalogue import table
from yeollak.procedures.kinds import COMMON, Kind
from yeollak.procedures.machine import possible, roles
from yeollak.procedures.table import NONE, Procedure, Row, State

if TYPE_CHECKING:
    from tests.schedules.schedule import Schedule

#: How many acts an aim may take before the next one is turned to.
PATIENCE = 14
#: How many aims may rest on each other.
DEEP = 7


#: What may be wrong about an act just before it is done as it should be, where its row looks at it.
_WAYS: Mapping[str, Callable[[Row], bool]] = {
    "unguarded": lambda row: row.guard is not None,
    "stale": lambda row: row.answers is not None,
    "early": lambda row: row.lapses,
}


class Pursuit:
    """The aims of one schedule, the matter in which the present one is pursued, and the patience left for
    it.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._schedule, self._chance, self._desk = schedule, schedule.chance, schedule.desk
        self._aims = aims_of(schedule.number)
        self._matter: str | None = None
        self._spent = 0

    def act(self) -> bool:
        """Bring the matter of the present aim one act on; False where nothing could be done."""
        if not self._aims or not self._schedule.synchronise():
            return False
        aim = self._aims[0]
        procedure, office = table(aim.procedure), self._schedule.observer.office
        self._spent += 1
        if self._spent > PATIENCE or aim.phase not in distances(procedure.name, aim.phase):
            self._schedule.coverage.happened["aims given up"] += bool(aim.kinds or aim.slot)
            return self._next()
        if self._matter is None and aim.phase != NONE and self._chance.random() < 0.6:
            self._matter = self._fitting(procedure, aim)
        state = office.state(self._matter).state if self._matter is not None else State()
        if state.phase == aim.phase:
            if self._rests(procedure.rows[aim.phase].get(aim.kinds[0]) if aim.kinds else None):
                return True
            if self._hit(procedure, aim, state):
                self._schedule.coverage.happened["aims reached"] += bool(aim.kinds or aim.slot)
                self._next()
                return True
        return self._approach(procedure, aim, state)

    def _approach(self, procedure: Procedure, aim: Aim, state: State) -> bool:
        steps = [
            (person, kind, row)
            for person in self._people()
            for kind, row in possible(procedure, state, person.side, self._schedule.sides)
        ]
        weights = [weight(procedure, state.phase, row, aim.phase) for _, _, row in steps]
        if not any(weight > 0.05 for weight in weights):
            self._matter = None  # it has come to where nothing leads to the aim
            return False
        person, kind, row = self._chance.choices(steps, weights)[0]
        if self._rests(row):
            return True
        fixed = {}
        if row.turns is not None and self._chance.random() < 0.8:
            fixed = {row.turns[0]: turn(row.turns, procedure.name, aim.phase)}
        found = self._desk.attempt(person, procedure, kind, self._matter, fixed=fixed)
        if found is not None:
            self._matter = found.matter
        return True

    def _rests(self, row: Row | None) -> bool:
        """Where an act by this row needs another matter that nobody has yet, make that the present aim."""
        rest = rest_of(row)
        if rest is None or not rest.needed or len(self._aims) >= DEEP:
            return False
        if any(self._desk.fitting(person, row) for person in self._people()):
            return False
        self._aims.insert(0, Aim(rest.procedure, rest.phase, ()))
        self._matter, self._spent = None, 0
        return True

    def _next(self) -> bool:
        self._aims.pop(0)
        self._matter, self._spent = None, 0
        return False

    def _people(self) -> list[Person]:
        return [person for person in self._schedule.people if not self._desk.waits(person)]

    def _fitting(self, procedure: Procedure, aim: Aim) -> str | None:
        """A matter of this table that can still come to the aim."""
        office, far = self._schedule.observer.office, distances(procedure.name, aim.phase)
        fit = [
            matter
            for matter in office.ledger.matters()
            if office.folds(matter).procedure is procedure and office.state(matter).state.phase in far
        ]
        return self._chance.choice(fit) if fit else None

    def _hit(self, procedure: Procedure, aim: Aim, state: State) -> bool:
        """Do what the aim asks for, where the matter has come to its phase."""
        if aim.slot:
            return self._join(procedure, aim)
        if not aim.kinds:
            return True
        people = self._people()
        self._chance.shuffle(people)
        if len(aim.kinds) == 1:
            kind = procedure.kind(aim.kinds[0])
            assert kind is not None
            return any(self._does(person, procedure, kind, state) for person in people)
        return any(
            self._crosses(procedure, aim, state, one, other)
            for one in people
            for other in people
            if one is not other
        )

    def _does(self, person: Person, procedure: Procedure, kind: Kind, state: State) -> bool:
        if kind.name not in COMMON and kind.name not in self._offered(person, procedure, state):
            return False
        row = procedure.rows[state.phase].get(kind.name)
        ways = [way for way, wrong in _WAYS.items() if row is not None and wrong(row)]
        if ways and self._chance.random() < 0.3 and (key := self._desk.signer(person, kind)) is not None:
            way = self._chance.choice(ways)
            self._schedule.conduct.spoil(person, procedure, kind, self._matter, key, way=way)
        if row is not None and row.lacking is not None and self._chance.random() < 0.3:
            return self._names_nobody(person, procedure, kind, row.lacking)
        found = self._desk.attempt(person, procedure, kind, self._matter, why=" *")
        if found is not None and self._chance.random() < 0.1:
            self._desk.attempt(person, procedure, kind, found.matter, careless=True, why=" (again)")
        return found is not None

    def _names_nobody(self, person: Person, procedure: Procedure, kind: Kind, slot: str) -> bool:
        """A lapse that says who has kept something back, by the one side that has: all others give first."""
        office, matter = self._schedule.observer.office, self._matter
        for other in [one for one in self._people() if one is not person]:
            kinds = self._filling(other, procedure, office.state(matter).state if matter else State(), slot)
            if kinds:
                self._desk.attempt(other, procedure, self._chance.choice(kinds), matter, why=" &")
            if not self._schedule.synchronise():
                return False
        self._desk.attempt(person, procedure, kind, matter, careless=True, why=" (names nobody)")
        return True

    def _filling(self, person: Person, procedure: Procedure, state: State, slot: str) -> list[Kind]:
        """The kinds with which a side may fill a slot of its own that it has not filled."""
        if state.of(slot, person.side) is not None:
            return []
        offered = possible(procedure, state, person.side, self._schedule.sides)
        return [kind for kind, row in offered if any(write.slot == slot for write in row.writes)]

    def _join(self, procedure: Procedure, aim: Aim) -> bool:
        """Every side fills its own slot, one after the other, until the matter moves."""
        office, matter = self._schedule.observer.office, self._matter
        for person in self._people() * 2:
            state = office.state(matter).state if matter is not None else State()
            kinds = self._filling(person, procedure, state, aim.slot)
            if not kinds:
                continue
            found = self._desk.attempt(person, procedure, self._chance.choice(kinds), matter, why=" &")
            matter = found.matter if found is not None else matter
            if not self._schedule.synchronise() or matter is None:
                return False
            if office.state(matter).state.phase != aim.phase:
                return True
        return False

    def _offered(self, person: Person, procedure: Procedure, state: State) -> set[str]:
        return {kind.name for kind, _ in possible(procedure, state, person.side, self._schedule.sides)}

    def _crosses(self, procedure: Procedure, aim: Aim, state: State, one: Person, other: Person) -> bool:
        """The two kinds of a pair by two sides, neither having seen the other's."""
        for person, role, name in zip((one, other), aim.roles, aim.kinds, strict=True):
            held = roles(procedure, state, person.side, self._schedule.sides)
            if role not in held or name not in self._offered(person, procedure, state):
                return False
        kinds = [kind for name in aim.kinds if (kind := procedure.kind(name)) is not None]
        for person, kind in zip((one, other), kinds, strict=True):
            found = self._desk.attempt(person, procedure, kind, self._matter, why=" x")
            if found is None:
                return False
            self._go_on(person, found.matter)
        return True

    def _go_on(self, person: Person, matter: str) -> None:
        """Go on in a matter before anything of the other side has arrived, and be overtaken with it."""
        while self._chance.random() < 0.3:
            office = self._schedule.nodes[person.place].office
            procedure, state = office.folds(matter).procedure, office.state(matter).state
            kinds = [kind for kind, _ in possible(procedure, state, person.side, self._schedule.sides)]
            if kinds:
                self._desk.attempt(person, procedure, self._chance.choice(kinds), matter, why=" +")
