"""The machine: what a procedure's table says, and the one step that carries it out.

A procedure is a table: in which phase which kind of act may be done by whom, what it writes, and where it leads. This
module defines what such a table is made of and applies one act to one state. It does not know which side it runs for,
holds no state of its own, reads no clock, and knows nothing of registers, keys or order: `office/` decides what an act
may see and in which order acts apply. The idea of a table plus a pure step is that of h11's `_state.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from yeollak.procedures.facts import Fact, fits

#: The phase of a matter that nobody has opened.
NONE = "none"
#: Kinds that every procedure has, in every phase but `none`: they speak and change nothing.
REMARK = "remark"
RESERVATION = "reservation"


class Void(Exception):
    """The act has no place in the table, or a guard refuses it; `code` is the reason that the record keeps."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Role(StrEnum):
    """Who does an act, seen from the matter and never from a node: design §4."""

    OPENER = "opener"
    COUNTERPART = "counterpart"
    EITHER = "either"


class Due(StrEnum):
    """Whether a kind opens an expectation, and so writes the instant until which it waits (rule 6)."""

    NO = "no"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, slots=True)
class Move:
    """What a table may know of an act: no claimed order, no register, no key.

    `function` is the function of the officer who signed (`authority` for the authority key). `due` and `at` are
    instants as the act document writes them, so they compare as strings.
    """

    id: str
    side: str
    kind: str
    at: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    re: tuple[str, ...] = ()
    due: str | None = None
    function: str = "duty"
    #: digest -> release of every enclosure that the act commits to
    enclosures: Mapping[str, str] = field(default_factory=dict)


class Past(Protocol):
    """What a guard may ask about everything else: only what lies in the past of the act that it judges (rule 4)."""

    @property
    def terms(self) -> Mapping[str, Any]:
        """The terms of the charter as amended in this past."""

    @property
    def parties(self) -> Sequence[str]:
        """The parties in the charter's order."""

    def state(self, matter: str) -> State:
        """The state of another matter in this past; phase `none` when nothing opened it."""

    def natural(self, procedure: str, key: str) -> str:
        """The matter id of a natural key of `procedure`."""

    def posted(self, side: str, kid: str) -> str | None:
        """The function under which the key `kid` is posted by `side` in this past, or None."""


@dataclass(frozen=True, slots=True)
class State:
    """The state of a matter: its phase and its slots, nothing else (rule 3). Equality is equality of both.

    Slots hold JSON values. A slot of one side has the key `name/side`. `opener` and `to` are slots too.
    """

    phase: str = NONE
    slots: Mapping[str, Any] = field(default_factory=dict)

    @property
    def opener(self) -> str:
        """The side that opened the matter, or the empty string."""
        return str(self.slots.get("opener", ""))

    @property
    def counterparts(self) -> tuple[str, ...]:
        """The sides that the opening act names in `to`: all other parties where it names none."""
        return tuple(self.slots.get("to", ()))

    def of(self, slot: str, side: str) -> Any:
        """What `side` has written in its own slot, or None."""
        return self.slots.get(f"{slot}/{side}")


#: Refuses by raising Void; its docstring is printed in the generated documentation.
Guard = Callable[[State, Move, Past], None]
Source = Literal["id", "due", "side", "at"] | str


@dataclass(frozen=True, slots=True)
class Write:
    """One slot that an act fills.

    `value` is `id`, `due` or `side` of the act, `fact:NAME`, or `=TEXT` for a constant. `each` gives every side a slot of its own.
    `once` slots refuse a second writing (void `written`; a correction is a reservation); others keep the latest.
    """

    slot: str
    value: Source = "id"
    each: bool = False
    once: bool = False

    def name(self, move: Move) -> str:
        """The key of the slot that `move` writes."""
        return f"{self.slot}/{move.side}" if self.each else self.slot

    def take(self, move: Move) -> Any:
        """The value that `move` writes; None writes nothing."""
        if self.value.startswith("fact:"):
            return move.facts.get(self.value[5:])
        if self.value.startswith("="):
            return self.value[1:]
        return getattr(move, self.value)


@dataclass(frozen=True, slots=True)
class Row:
    """What one kind of act does in one phase.

    by       who may do it; `to` the phase that follows (None: the same)
    writes   the slots that it fills
    clears   slots that it empties (a standing offer that has been answered)
    answers  the slot whose act it answers: `re` must name that act, or the act is void `stale`
    guard    a further condition over the past
    lapses   True for the act of a side that waited: void `early` when claimed before the slot `due` (rule 6)
    cross    what two sides doing this at once means: `both` (a slot each), `same` (a second is harmless), `first`
             (turn, then place decides; the other is shown as overtaken)
    """

    by: Role
    to: str | None = None
    writes: tuple[Write, ...] = ()
    clears: tuple[str, ...] = ()
    answers: str | None = None
    guard: Guard | None = None
    lapses: bool = False
    cross: Literal["both", "same", "first"] = "both"


@dataclass(frozen=True, slots=True)
class Join:
    """A joint step: in `phase`, once every party's slot `slot` is filled, the matter moves to `to` by itself (rule 5).

    With `equal_to` each must equal that slot of the matter (the digest of the standing text). `only` narrows the
    parties to the opener and the sides in `to`, which is what a matter between some of the parties needs.
    """

    phase: str
    slot: str
    to: str
    equal_to: str | None = None
    only: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act: what it says, what it needs, who may sign it.

    `functions` empty means any posted officer of the desk (not the node key). `releases` are the release rules that its
    enclosures may have. `purpose` is one English sentence for documentation.
    """

    name: str
    purpose: str
    facts: tuple[Fact, ...] = ()
    due: Due = Due.NO
    functions: frozenset[str] = frozenset()
    releases: frozenset[str] = frozenset({"right", "large", "named"})


@dataclass(frozen=True, slots=True)
class Key:
    """A natural key (clarifications 1): the matter's id is a digest of it, and every side may open it.

    `parts` are facts of the act, or `side` for the acting side, joined by `/` behind `prefix`. With `owned` only the
    side that the key names may act, and it is the opener.
    """

    parts: tuple[str, ...] = ()
    prefix: str = ""
    owned: bool = False

    def of(self, move: Move) -> str:
        """The key of the matter that `move` belongs to. Raises Void(`facts`) when a part is missing."""
        values = [move.side if part == "side" else move.facts.get(part) for part in self.parts]
        if any(value is None for value in values):
            raise Void("facts")
        return self.prefix + "/".join(str(value) for value in values)


#: The kinds that every procedure has: any party may add them to an open matter, and they change nothing.
COMMON: Mapping[str, Kind] = {
    REMARK: Kind(
        REMARK,
        "Says something about the matter without changing it.",
        facts=(Fact("subject", "words", required=False),),
        releases=frozenset({"right", "large", "named", "consent"}),
    ),
    RESERVATION: Kind(
        RESERVATION,
        "Hangs a reservation or a correction on an act or a text without altering it.",
        facts=(Fact("subject", "words", required=False),),
    ),
}

Pair = tuple[tuple[str, Role], tuple[str, Role]]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One table, whole: kinds, rows, crossing pairs, joint steps.

    name      of the table, as shown; `family` is the procedure of design §4 that it belongs to
    rows      phase -> kind -> Row; every phase that is reached stands here, a terminal one with an empty mapping
    pairs     crossing pairs: the first stands, the second is overtaken (rule 3); acyclic
    """

    name: str
    family: str
    skeleton: str
    purpose: str
    kinds: tuple[Kind, ...]
    rows: Mapping[str, Mapping[str, Row]]
    pairs: tuple[Pair, ...] = ()
    joins: tuple[Join, ...] = ()
    key: Key | None = None

    def kind(self, name: str) -> Kind | None:
        """The kind of this name, the common ones included, or None."""
        return next((kind for kind in self.kinds if kind.name == name), COMMON.get(name))

    @property
    def terminal(self) -> frozenset[str]:
        """The phases that no act leads out of."""
        return frozenset(
            phase for phase, row in self.rows.items() if all(r.to in (None, phase) for r in row.values())
        )


def roles(procedure: Procedure, state: State, side: str, parties: Sequence[str]) -> frozenset[Role]:
    """The roles that `side` has in a matter of this state; empty for a side that is no party."""
    if side not in parties:
        return frozenset()
    if state.phase == NONE:
        return frozenset({Role.OPENER, Role.EITHER})
    held = set()
    if side == state.opener:
        held |= {Role.OPENER, Role.EITHER}
    if side in state.counterparts:
        held |= {Role.COUNTERPART, Role.EITHER}
    if procedure.key is not None and not procedure.key.owned:
        held.add(Role.EITHER)
    return frozenset(held)


def row_for(procedure: Procedure, state: State, move: Move, parties: Sequence[str]) -> Row:
    """The row that `move` falls under. Raises Void(`forbidden`) when there is none for this phase and role."""
    if move.kind in COMMON and state.phase != NONE and move.side in parties:
        return Row(Role.EITHER)
    row = procedure.rows.get(state.phase, {}).get(move.kind)
    if row is None or row.by not in roles(procedure, state, move.side, parties):
        raise Void("forbidden")
    return row


def step(procedure: Procedure, state: State, move: Move, parties: Sequence[str]) -> State:
    """Apply one act to one state. Depends on nothing else, so every node computes the same.

    Raises Void: `forbidden` (no row for phase, kind and role), `stale` (answers an act that does not stand),
    `written` (a slot that is written once).
    """
    row = row_for(procedure, state, move, parties)
    slots = dict(state.slots)
    if state.phase == NONE:
        slots["opener"] = move.side
        slots["to"] = list(_addressees(procedure, move, parties))
    if row.answers is not None and slots.get(row.answers) not in move.re:
        raise Void("stale")
    for write in row.writes:
        name, value = write.name(move), write.take(move)
        if value is None:
            continue
        if write.once and name in slots:
            raise Void("written")
        slots[name] = value
    for slot in row.clears:
        slots.pop(slot, None)
    return _joined(procedure, State(row.to or state.phase, slots))


def admit(procedure: Procedure, state: State, move: Move, past: Past) -> State:
    """Judge an act by its past and apply it: `step` with the guards, which only the verdict asks.

    Raises Void with the reason code that makes the act void.
    """
    kind = procedure.kind(move.kind)
    if kind is None:
        raise Void("unknown")
    _check_kind(kind, move)
    row = row_for(procedure, state, move, past.parties)
    after = step(procedure, state, move, past.parties)
    if row.lapses and move.at < str(state.slots.get("due", "9999")):
        raise Void("early")
    if row.guard is not None:
        row.guard(state, move, past)
    return after


def possible(procedure: Procedure, state: State, side: str, parties: Sequence[str]) -> Iterable[tuple[Kind, Row]]:
    """The kinds that `side` may do in this state with the row of each, for desks, the API, the CLI and the docs."""
    held = roles(procedure, state, side, parties)
    for name, row in procedure.rows.get(state.phase, {}).items():
        kind = procedure.kind(name)
        if kind is not None and row.by in held and not _spent(state, row, side):
            yield kind, row


def _spent(state: State, row: Row, side: str) -> bool:
    names = (f"{w.slot}/{side}" if w.each else w.slot for w in row.writes if w.once)
    return any(name in state.slots for name in names)


def _addressees(procedure: Procedure, move: Move, parties: Sequence[str]) -> tuple[str, ...]:
    others = [party for party in parties if party != move.side]
    named = move.facts.get("to")
    if named is None:
        return tuple(others)
    listed = [named] if isinstance(named, str) else list(named)
    if not listed or len(set(listed)) != len(listed) or any(side not in others for side in listed):
        raise Void("facts")
    return tuple(sorted(listed, key=others.index))


def _check_kind(kind: Kind, move: Move) -> None:
    if not fits(kind.facts, move.facts):
        raise Void("facts")
    if (kind.due is Due.MUST and move.due is None) or (kind.due is Due.NO and move.due is not None):
        raise Void("due")
    if any(release not in kind.releases for release in move.enclosures.values()):
        raise Void("enclosures")


def _joined(procedure: Procedure, state: State) -> State:
    for join in procedure.joins:
        if join.phase != state.phase:
            continue
        sides = (state.opener, *state.counterparts)
        filled = [state.of(join.slot, side) for side in sides]
        wanted = state.slots.get(join.equal_to) if join.equal_to else None
        if all(value is not None and (join.equal_to is None or value == wanted) for value in filled):
            return _joined(procedure, State(join.to, state.slots))
    return state
