"""What is known of an act that is not done yet: its facts, what it delivers, and what its guard makes of it.

Everything is read from the table, the state of the matter and a past: nothing here knows registers, clocks or
one procedure from another. What follows from the act is worked out in `outcomes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import COMMON, Kind
from yeollak.procedures.machine import possible
from yeollak.procedures.table import NONE, Move, Past, Procedure, Role, Row, State, Void

#: Stands in a condition for what an act encloses.
ENCLOSURES = "enclosures"
DIGEST = Fact("digest", "digest")
#: Stands where a value is that only the act itself will bring.
UNKNOWN = "?"
#: Facts whose values the charter lists -> the term that does.
_IN_TERMS: Mapping[str, str] = {"class": "as_of_right", "form": "forms"}
#: What the machine reads for a remark or a reservation, which no table lists.
COMMON_ROW = Row(Role.EITHER)


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
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def doable_by(self, other: str) -> list[tuple[Kind, Row]]:
        """What another side may be doing unseen, in any of the states in which it may be acting."""
        if (name := f"side/{other}") not in self.kept:
            self.kept[name] = [
                one
                for state in self.elsewhere.get(other, (self.state,))
                for one in possible(self.procedure, state, other, self.parties)
            ]
        found: list[tuple[Kind, Row]] = self.kept[name]
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

    def values(self) -> Any:
        self._look()
        return super().values()

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
        id=UNKNOWN,
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
    typed = _Read({}, ENCLOSURES)
    act = Move(
        UNKNOWN,
        scene.side,
        kind.name,
        scene.at,
        read,
        draft(scene, kind, row, facts).re,
        function=scene.function,
        enclosures=enclosed,
        types=typed,
    )
    try:
        row.guard(scene.state, act, scene.past)
    except Void as refusal:
        return Condition(refusal.code, _missed(kind, read, enclosed, typed))
    except KeyError:
        if not read.missed:
            raise
        return Condition("facts", _missed(kind, read, enclosed, typed))
    return None


def _missed(kind: Kind, read: _Read, *enclosed: _Read) -> tuple[str, ...]:
    may_state = {fact.name for fact in kind.takes}
    open_still = any(ENCLOSURES in each.missed for each in enclosed)
    return (*sorted(read.missed & may_state), *((ENCLOSURES,) if open_still else ()))


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
        left = choices(scene, kind, row, fact, found) if _listed(scene, row, fact) else (UNKNOWN, UNKNOWN)
        if not left:
            return None
        if len(left) == 1:
            found[fact.name] = left[0]
    return found


def _may_pass(condition: Condition | None) -> bool:
    return condition is None or bool(condition.facts)
