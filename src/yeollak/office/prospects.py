"""What follows from an act that is not done yet: known facts, the guard, the outcome, what may cross it.

Everything is read from the table, the state of the matter and a past: nothing here knows registers, clocks or
one procedure from another. Facts that nobody knows yet stand as placeholders, which a step carries through
without looking at them. What is found is data; words are made of it in `words/consequences.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yeollak.procedures.facts import Fact
from yeollak.procedures.machine import (
    COMMON,
    NONE,
    Join,
    Kind,
    Move,
    Past,
    Procedure,
    Role,
    Row,
    State,
    Void,
    beats,
    possible,
    step,
)

#: Stands in a condition for what an act encloses.
ENCLOSURES = "enclosures"
DIGEST = Fact("digest", "digest")
#: Stands where a value is that only the act itself will bring.
_UNKNOWN = "?"
#: The last word of kinds that take back what their own side has done.
_TAKES_BACK = frozenset({"retract", "withdraw", "end-withdraw"})
#: Facts whose values the charter lists -> the term that does.
_IN_TERMS: Mapping[str, str] = {"class": "as_of_right", "form": "forms"}
#: After every time that can be written.
NEVER = "9999-12-31T23:59:59Z"
#: What the machine reads for a remark or a reservation, which no table lists.
COMMON_ROW = Row(Role.EITHER)


@dataclass(frozen=True, slots=True)
class Wait:
    """`side` is waited for by the sides `by`, who may declare a lapse after the instant `until`. `own` says
    that the time is the one which the act itself will set.
    """

    side: str
    by: tuple[str, ...]
    until: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint step that the act takes part in: where it leads, and what it still lacks after the act."""

    to: str
    sides: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the act completes it."""
        return not self.sides and not self.items


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the act leads to. `when` says for which values of facts, where they decide; `{"items": []}` means
    fewer items than all that are left. `ends`: no later act leads out of the phase.
    """

    phase: str
    ends: bool
    when: Mapping[str, Any] = field(default_factory=dict)
    joint: Joint | None = None
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True)
class Crossing:
    """Acts of another side that this one may cross, neither having seen the other: those that stand before
    it, and those before which it stands. `place`: of two of this kind the earlier turn stands, at equal turns
    that of `first`. `same`: a second of this kind is without effect and does no harm.
    """

    side: str
    overtaken_by: tuple[str, ...] = ()
    stands_before: tuple[str, ...] = ()
    place: bool = False
    same: bool = False
    first: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A guard that unknown facts decide: the act is void `code` unless `facts` are as it asks."""

    code: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where an act would be done: one matter as one side knows it now.

    `opening` are the facts of the matter's first act, which hold its natural key; `elsewhere` the states in
    which every other side may be acting unseen (the present one, where nothing else is said).
    """

    procedure: Procedure
    state: State
    side: str
    past: Past
    at: str
    function: str = "duty"
    officer: str = ""
    opening: Mapping[str, Any] = field(default_factory=dict)
    elsewhere: Mapping[str, Sequence[State]] = field(default_factory=dict)
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def waiting(self) -> tuple[Wait, ...]:
        """Who waits for whom now, worked out once."""
        if "waiting" not in self._kept:
            self._kept["waiting"] = waits(self.procedure, self.state, self.parties)
        found: tuple[Wait, ...] = self._kept["waiting"]
        return found

    def doable_by(self, other: str) -> list[tuple[Kind, Row]]:
        """What another side may be doing unseen, in any of the states in which it may be acting."""
        if other not in self._kept:
            self._kept[other] = [
                one
                for state in self.elsewhere.get(other, (self.state,))
                for one in possible(self.procedure, state, other, self.parties)
            ]
        found: list[tuple[Kind, Row]] = self._kept[other]
        return found

    @property
    def parties(self) -> Sequence[str]:
        """The parties in the charter's order."""
        return self.past.parties


class _Read(dict[str, Any]):
    """A mapping that remembers which of the keys that it lacks were asked for."""

    def __init__(self, held: Mapping[str, Any], name: str = "") -> None:
        super().__init__(held)
        self.missed: set[str] = set()
        self._name = name

    def _miss(self, key: object) -> None:
        if not dict.__contains__(self, key):
            self.missed.add(self._name or str(key))

    def __getitem__(self, key: str) -> Any:
        self._miss(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._miss(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._miss(key)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._look()
        return super().__iter__()

    def __len__(self) -> int:
        self._look()
        return super().__len__()

    def _look(self) -> None:
        if self._name:
            self.missed.add(self._name)


def kinds_of(scene: Scene) -> Iterator[tuple[Kind, Row]]:
    """The kinds that have a place in this state for this side, the common ones of an open matter included."""
    for kind, row in possible(scene.procedure, scene.state, scene.side, scene.parties):
        if (row.answers is None or row.answers in scene.state.slots) and not _all_said(scene, kind, row):
            yield kind, row
    if scene.state.phase != NONE and scene.side in scene.parties:
        for kind in COMMON.values():
            yield kind, COMMON_ROW


def known_facts(scene: Scene, kind: Kind, row: Row) -> dict[str, Any]:
    """What the record already knows of the facts of an act: natural key, addressee, standing text, items."""
    found: dict[str, Any] = {}
    for fact in kind.takes:
        value = _known(scene, kind, row, fact)
        if value is not None and fact.holds(value):
            found[fact.name] = value
    return found


def _known(scene: Scene, kind: Kind, row: Row, fact: Fact) -> Any:
    slots, key = scene.state.slots, scene.procedure.key
    if key is not None and fact.name in key.parts and kind.name not in COMMON:
        return scene.opening.get(fact.name)
    if fact.name == "to" and fact.type == "side":
        others = addressees(scene)
        return list(others) if fact.many else others[0] if len(others) == 1 else None
    if fact.name == "charter":
        return scene.past.office
    if fact.name == "officer":
        return scene.officer or None
    if fact.name in items_of(row):
        return items_left(scene, row, fact.name) or None
    if fact.required or fact.type in ("digest", "key"):
        written = any(write.slot == fact.name for write in row.writes)
        return None if written or kind.name in COMMON else slots.get(fact.name)
    return None


def addressees(scene: Scene) -> tuple[str, ...]:
    """The sides that an act of this side may go to: the others of the matter, or of the office."""
    held = (scene.state.opener, *scene.state.counterparts)
    inside = scene.parties if scene.state.phase == NONE else held
    return tuple(side for side in scene.parties if side != scene.side and side in inside)


def items_of(row: Row) -> set[str]:
    """The facts that say which slots a row fills, each once."""
    return {write.keyed for write in row.writes if write.keyed is not None and write.once}


def items_left(scene: Scene, row: Row, name: str) -> list[str]:
    """Those of the items which the matter lists under `name` that this row has not filled yet."""
    listed = scene.state.slots.get(name, ())
    if isinstance(listed, str):
        return []
    taken = {
        f"{write.slot}/{item}" + (f"/{scene.side}" if write.each else "")
        for write in row.writes
        if write.keyed == name and write.once
        for item in listed
    } & set(scene.state.slots)
    return [item for item in listed if not any(said.split("/")[1] == item for said in taken)]


def _all_said(scene: Scene, kind: Kind, row: Row) -> bool:
    return any(
        scene.state.slots.get(name) and not items_left(scene, row, name)
        for name in items_of(row)
        if any(fact.name == name and fact.required for fact in kind.facts)
    )


def draft(
    scene: Scene,
    kind: Kind,
    row: Row,
    facts: Mapping[str, Any],
    due: str | None = None,
    enclosures: Mapping[str, str] | None = None,
) -> Move:
    """The act as far as it is known, with what it answers."""
    answered = scene.state.slots.get(row.answers) if row.answers is not None else None
    return Move(
        id=_UNKNOWN,
        side=scene.side,
        kind=kind.name,
        at=scene.at,
        facts=facts,
        re=(str(answered),) if answered is not None else (),
        due=due,
        function=scene.function,
        enclosures=enclosures or {},
    )


def delivered(scene: Scene, kind: Kind, row: Row, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The digests of the enclosures that an act must release: those that the matter, or this side in it, has
    committed to, where the guard lets no others pass.
    """
    if not kind.releases & {"right", "large"}:
        return ()
    condition = guarded(scene, kind, row, facts)
    if condition is None or ENCLOSURES not in condition.facts:
        return ()
    for slot, value in scene.state.slots.items():
        mine = "/" not in slot or slot.endswith(f"/{scene.side}")
        if mine and isinstance(value, list) and value and all(DIGEST.holds(item) for item in value):
            digests = tuple(value)
            if _may_pass(guarded(scene, kind, row, facts, digests)):
                return digests
    return ()


def guarded(
    scene: Scene, kind: Kind, row: Row, facts: Mapping[str, Any], digests: Sequence[str] = ()
) -> Condition | None:
    """What the guard of a row makes of an act with these facts and enclosures: None where it lets it pass.

    A condition without facts is certain: all that the guard looked at is known, and nothing that the act may
    still say can change its answer. `enclosures` among its facts stands for what the act encloses.
    """
    if row.guard is None:
        return None
    release = sorted(kind.releases)[0]
    read = _Read(facts)
    enclosed = _Read(dict.fromkeys(digests, release), "" if digests else ENCLOSURES)
    act = Move(
        _UNKNOWN,
        scene.side,
        kind.name,
        scene.at,
        read,
        draft(scene, kind, row, facts).re,
        function=scene.function,
        enclosures=enclosed,
    )
    try:
        row.guard(scene.state, act, scene.past)
    except Void as refusal:
        return Condition(refusal.code, _missed(kind, read, enclosed))
    except KeyError:
        if not read.missed:
            raise
        return Condition("facts", _missed(kind, read, enclosed))
    return None


def _missed(kind: Kind, read: _Read, enclosed: _Read) -> tuple[str, ...]:
    may_state = {fact.name for fact in kind.takes}
    return (*sorted(read.missed & may_state), *sorted(enclosed.missed & {ENCLOSURES}))


def choices(scene: Scene, kind: Kind, row: Row, fact: Fact, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The values that a fact may have, where they can be listed: those that the guard lets pass."""
    found = _listed(scene, row, fact)
    if not found and fact.name in _IN_TERMS:
        condition = guarded(scene, kind, row, facts)
        if condition is not None and fact.name in condition.facts:
            found = tuple(scene.past.terms.get(_IN_TERMS[fact.name], ()))
    if row.guard is None or fact.many:
        return found
    tried = {value: guarded(scene, kind, row, {**facts, fact.name: value}) for value in found}
    return tuple(value for value, condition in tried.items() if _may_pass(condition))


def _listed(scene: Scene, row: Row, fact: Fact) -> tuple[str, ...]:
    """All the values that a fact may have, the guard apart; empty where they cannot be listed."""
    if fact.type == "side":
        return addressees(scene) if fact.name == "to" else tuple(scene.parties)
    if fact.name in items_of(row):
        return tuple(items_left(scene, row, fact.name))
    if row.turns is not None and fact.name == row.turns[0]:
        return tuple(value for value in fact.choices if value in row.turns[1]) or tuple(row.turns[1])
    return fact.choices


def decided(scene: Scene, kind: Kind, row: Row, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """`facts` with those for which the guard leaves one value alone; None where it leaves none for a fact
    that must be stated, and all of them could be tried.
    """
    found = dict(facts)
    condition = guarded(scene, kind, row, found)
    for fact in kind.takes if condition is not None else ():
        if condition is None or fact.name not in condition.facts or fact.many or not fact.required:
            continue
        left = choices(scene, kind, row, fact, found) if _listed(scene, row, fact) else (_UNKNOWN, _UNKNOWN)
        if not left:
            return None
        if len(left) == 1:
            found[fact.name] = left[0]
    return found


def _may_pass(condition: Condition | None) -> bool:
    return condition is None or bool(condition.facts)


def outcomes(
    scene: Scene, kind: Kind, row: Row, facts: Mapping[str, Any], due: str | None, digests: Sequence[str]
) -> list[tuple[Outcome, State]]:
    """What the act leads to, for each value of a fact that decides it, with the state as far as it is known.

    Empty where no values let the act stand.
    """
    found: list[tuple[Outcome, State]] = []
    supposed = {**_placeholders(scene, kind, row), **facts}
    enclosed = dict.fromkeys(digests or (_UNKNOWN,), "right")
    for when in _cases(scene, row, facts):
        tried = {**supposed, **when}
        left = [name for name in when if not when[name]]
        for name in left:
            tried[name] = facts[name][:1]
        try:
            after = step(
                scene.procedure, scene.state, draft(scene, kind, row, tried, due, enclosed), scene.parties
            )
        except Void:
            continue
        found.append((_outcome(scene, row, after, when, tried, due), after))
    return found


def _cases(scene: Scene, row: Row, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if row.turns is not None:
        yield from ({row.turns[0]: value} for value in row.turns[1])
        return
    yield {}
    # Fewer than all that are left: the joint step waits for the others.
    joined = {join.items for join in scene.procedure.joins if join.phase == scene.state.phase and join.items}
    for name in sorted(items_of(row) & joined):
        if len(facts.get(name, ())) > 1:
            yield {name: []}


def _placeholders(scene: Scene, kind: Kind, row: Row) -> dict[str, Any]:
    needed = {write.keyed for write in row.writes} | {
        write.value[5:] for write in row.writes if write.value.startswith("fact:")
    }
    found: dict[str, Any] = {}
    for fact in kind.takes:
        if fact.required or fact.name in needed:
            found[fact.name] = [_UNKNOWN] if fact.many else _UNKNOWN
    if any(fact.name == "to" for fact in kind.takes) and scene.state.phase == NONE and addressees(scene):
        many = next(fact.many for fact in kind.takes if fact.name == "to")
        found["to"] = list(addressees(scene)) if many else addressees(scene)[0]
    return found


def _outcome(
    scene: Scene, row: Row, after: State, when: Mapping[str, Any], facts: Mapping[str, Any], due: str | None
) -> Outcome:
    procedure = scene.procedure
    alone = row.turns[1][str(facts[row.turns[0]])] if row.turns is not None else row.to or scene.state.phase
    joint = Joint(after.phase) if after.phase != alone else _lacking(procedure, scene, row, after)
    told = tuple(
        Wait(wait.side, wait.by, wait.until, due is not None and wait.until == due)
        for wait in waits(procedure, after, scene.parties)
    )
    return Outcome(after.phase, after.phase in procedure.terminal, when, joint, told)


def _lacking(procedure: Procedure, scene: Scene, row: Row, after: State) -> Joint | None:
    written = {write.slot for write in row.writes}
    for join in procedure.joins:
        if join.phase == after.phase and join.slot in written and join.wanted(after):
            missing = [name.removeprefix(f"{join.slot}/") for name in join.missing(after)]
            if join.items is not None:
                return Joint(join.to, items=tuple(missing))
            if scene.side not in missing:
                return Joint(join.to, sides=tuple(missing))
    return None


def waits(procedure: Procedure, state: State, parties: Sequence[str]) -> tuple[Wait, ...]:
    """Who waits for whom in a state, and until when: whoever may declare a lapse waits for the sides that
    have something to do which would end the waiting.
    """
    if not any(row.lapses for row in procedure.rows.get(state.phase, {}).values()):
        return ()
    found: dict[tuple[str, str], list[str]] = {}
    sides = [side for side in parties if side == state.opener or side in state.counterparts]
    doable = {side: list(possible(procedure, state, side, parties)) for side in sides}
    for waiter in sides:
        for _, lapse in doable[waiter]:
            until = state.of("due", waiter) or state.slots.get("due")
            if not lapse.lapses or until is None or (lapse.answers and lapse.answers not in state.slots):
                continue
            for side in sides:
                if side != waiter and _owes(procedure, state, side, [row for _, row in doable[side]], lapse):
                    by = found.setdefault((side, str(until)), [])
                    by.extend([waiter] if waiter not in by else [])
    return tuple(Wait(side, tuple(by), until) for (side, until), by in found.items())


def _owes(procedure: Procedure, state: State, side: str, rows: Sequence[Row], lapse: Row) -> bool:
    joins = [join for join in procedure.joins if join.phase == state.phase and join.items is None]
    if joins:
        return any(_can_fill(join, state, side, rows) for join in joins)
    return any(_ends_wait(state.phase, row, lapse) for row in rows)


def _can_fill(join: Join, state: State, side: str, rows: Sequence[Row]) -> bool:
    wanted = f"{join.slot}/{side}" in join.missing(state)
    return wanted and any(write.slot == join.slot for row in rows for write in row.writes)


def _ends_wait(phase: str, row: Row, lapse: Row) -> bool:
    renewed = {lapse.answers, "due"} & {write.slot for write in row.writes}
    items = any(write.once and write.keyed is not None for write in row.writes)
    return not row.lapses and (row.targets(phase) != {phase} or bool(renewed) or items)


def in_time(scene: Scene, row: Row, after: Outcome) -> tuple[str | None, str | None]:
    """(by when, not before when) an act must be done: the time until which others wait for what it does, and
    for a lapse the time that must be over.
    """
    if row.lapses:
        due = scene.state.of("due", scene.side) or scene.state.slots.get("due")
        return None, str(due) if due is not None else NEVER
    still = {wait.until for wait in after.waits if wait.side == scene.side and not wait.own}
    owed = [wait.until for wait in scene.waiting if wait.side == scene.side and wait.until not in still]
    return min(owed, default=None), None


def crossings(scene: Scene, kind: Kind, row: Row, after: State) -> list[Crossing]:
    """What other sides may do now without having seen this act, and which of the two then stands."""
    procedure, parties = scene.procedure, scene.parties
    if kind.name in COMMON or not _may_cross(scene):
        return []
    mine, found = Move(_UNKNOWN, scene.side, kind.name, scene.at), []
    for other in parties:
        if other == scene.side:
            continue
        over, under, place, same = [], [], False, False
        for theirs, their_row in scene.doable_by(other):
            act = Move(_UNKNOWN, other, theirs.name, scene.at)
            if beats(procedure, after, act, mine, parties):
                over.append(theirs.name)
            elif beats(procedure, after, mine, act, parties):
                under.append(theirs.name)
            elif theirs.name == kind.name:
                place = place or their_row.cross == "first"
                same = same or their_row.cross == "same"
        if over or under or place or same:
            first = min(scene.side, other, key=list(parties).index) if place else ""
            found.append(
                Crossing(other, tuple(dict.fromkeys(over)), tuple(dict.fromkeys(under)), place, same, first)
            )
    return found


def _may_cross(scene: Scene) -> bool:
    key = scene.procedure.key
    return scene.state.phase != NONE or (key is not None and not key.owned)


def taken_back_by(scene: Scene, kind: Kind, row: Row, after: State) -> tuple[str, ...]:
    """The kinds by which this side may afterwards take back what the act did, while it stands."""
    if kind.name in COMMON or row.lapses or kind.name.rpartition(".")[2] in _TAKES_BACK:
        return ()
    rows = scene.procedure.rows.get(after.phase, {})
    if not any(name.rpartition(".")[2] in _TAKES_BACK for name in rows):
        return ()
    before = {name.name for name, _ in possible(scene.procedure, scene.state, scene.side, scene.parties)}
    own = {write.slot for write in row.writes if write.each}
    held = {name for name, value in after.slots.items() if value == _UNKNOWN}
    found = []
    for back, its in possible(scene.procedure, after, scene.side, scene.parties):
        verb = back.name.rpartition(".")[2]
        undoes = scene.state.phase == NONE or its.own in own or its.answers in held or back.name not in before
        if verb in _TAKES_BACK and not its.writes and undoes:
            found.append(back.name)
    return tuple(found)
