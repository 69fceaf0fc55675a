"""What a table is made of: rows, writes, joint steps, keys, and the acts and states that it speaks of.

These are values and nothing else: they name what may be done and where it leads, and carry out nothing. The
one step that carries a row out is `machine.step`; how a table is read is told in docs/spec/20-procedures.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from yeollak.procedures.kinds import COMMON, Kind

#: The phase of a matter that nobody has opened.
NONE = "none"


class Void(Exception):
    """The act has no place in the table, or a guard refuses it; `code` is the reason recorded."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Role(StrEnum):
    """Who does an act, seen from the matter and never from a node: design §4."""

    OPENER = "opener"
    COUNTERPART = "counterpart"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Move:
    """What a table may know of an act: no claimed order, no register, no key.

    `function` is the function of the officer who signed (`authority` for the authority key). `due` and `at`
    are instants as the act document writes them, so they compare as strings.
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
    #: digest -> media type of every enclosure whose type the act states
    types: Mapping[str, str] = field(default_factory=dict)


class Past(Protocol):
    """What a guard may ask about everything else: only what lies in the past of the act that it judges (rule
    4).
    """

    @property
    def office(self) -> str:
        """The office id: 64 hex digits."""

    @property
    def terms(self) -> Mapping[str, Any]:
        """The terms of the charter as amended in this past."""

    @property
    def parties(self) -> Sequence[str]:
        """The parties in the charter's order."""

    def state(self, matter: str, *tables: str) -> State:
        """The state of another matter in this past; phase `none` when nothing opened it, or when it falls
        under none of `tables`. Without any table named it may be of any: phases of different tables share
        names, so whoever asks for a phase names the table too.
        """

    def seen(self, matter: str, side: str) -> str | None:
        """The instant that `side` claims for the first entry of its register, in this past, that had seen an
        act of the matter; None while it has none.
        """

    def knows(self, side: str, act: str, by: str) -> bool:
        """Whether the register of `side`, in this past, has seen the act `act` of the side `by`."""

    def said(self, matter: str, side: str) -> Collection[str]:
        """The kinds of what `side` has signed in the matter in this past, overtaken or not."""

    def natural(self, procedure: str, key: str) -> str:
        """The matter id of a natural key of `procedure`."""

    def check_terms(self, changes: Mapping[str, Any]) -> None:
        """Whether the charter may have these terms. Raises Void(`terms`)."""

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
#: Where a slot's value comes from; see `Write`.
Source = Literal["id", "due", "side", "at", "digests"] | str


@dataclass(frozen=True, slots=True)
class Write:
    """One slot that an act fills.

    `value` is `id`, `due`, `side` or `at` of the act, `digests` of its enclosures, `fact:NAME`, or `=TEXT`
    for a constant. `keyed` names a fact that says which slot: `answer/ITEM`; a fact that is a list writes
    one slot for each. `each` gives every side a slot of its own: `view/SIDE`, or `answer/ITEM/SIDE`. `once`
    slots refuse a second writing (void `written`; a correction is a reservation); others keep the latest.
    """

    slot: str
    value: Source = "id"
    each: bool = False
    once: bool = False
    keyed: str | None = None

    def names(self, move: Move) -> list[str]:
        """The keys of the slots that `move` writes; empty when it lacks the fact that keys them."""
        owner = f"/{move.side}" if self.each else ""
        if self.keyed is None:
            return [self.slot + owner]
        keys = move.facts.get(self.keyed, ())
        return [f"{self.slot}/{key}{owner}" for key in ([keys] if isinstance(keys, str) else keys)]

    def take(self, move: Move) -> Any:
        """The value that `move` writes; None writes nothing."""
        if self.value.startswith("fact:"):
            return move.facts.get(self.value[5:])
        if self.value.startswith("="):
            return self.value[1:]
        if self.value == "digests":
            return sorted(move.enclosures)
        return getattr(move, self.value)


@dataclass(frozen=True, slots=True)
class Row:
    """What one kind of act does in one phase.

    by       who may do it; `to` the phase that follows (None: the same)
    turns    a fact and the phase that each of its values leads to, where the act itself says how far it goes
    clears   slots that it empties before it writes: `NAME`, `NAME/*` for every side's, `NAME/@` for the
             acting side's. Only the act that clears `withheld` may release what that slot lists
    writes   the slots that it fills
    answers  the slot whose act it answers: `re` must name that act, or the act is void `stale`
    own      a slot that the acting side must have filled itself (it takes back only its own), else void
             `forbidden`
    free     a slot that the acting side must not have filled (nobody declines his own offer), else void
             `forbidden`
    guard    a further condition over the past
    lapses   True for the act of a side that waited: void `early` when claimed before the slot `due`, its
             own where each side has one (rule 6)
    lacking  for a lapse that says who has kept something back: the slot that another side must lack. It waits
             for the latest `due` of all sides, or one could end the round by the short time that it has set
             itself. The row's guard refuses what departs from this
    cross    what two sides doing this at once means: `both` (a slot each), `same` (a second is harmless),
             `first` (turn, then place decides; the other is shown as overtaken)
    """

    by: Role
    to: str | None = None
    turns: tuple[str, Mapping[str, str]] | None = None
    writes: tuple[Write, ...] = ()
    clears: tuple[str, ...] = ()
    answers: str | None = None
    own: str | None = None
    free: str | None = None
    guard: Guard | None = None
    lapses: bool = False
    lacking: str | None = None
    cross: Literal["both", "same", "first"] = "both"

    def targets(self, phase: str) -> frozenset[str]:
        """The phases that the act may lead to from `phase`, joint steps apart."""
        if self.turns is not None:
            return frozenset(self.turns[1].values())
        return frozenset({self.to or phase})

    def due(self, state: State, side: str) -> str | None:
        """The instant before which a lapse by `side` is void `early`; None where no time is set."""
        if self.lacking is not None:
            dues = (str(due) for name, due in state.slots.items() if name.startswith("due/"))
            return max(dues, default=None)
        due = state.of("due", side) or state.slots.get("due")
        return None if due is None else str(due)

    def names_nobody(self, state: State, side: str) -> bool:
        """Whether it says who has kept something back, and no other side of the matter has."""
        if self.lacking is None:
            return False
        others = [other for other in (state.opener, *state.counterparts) if other not in ("", side)]
        return all(state.of(self.lacking, other) is not None for other in others)

    def leads(self, phase: str, move: Move) -> str:
        """The phase that `move` leads to from `phase`."""
        if self.turns is not None:
            return self.turns[1][str(move.facts[self.turns[0]])]
        return self.to or phase


@dataclass(frozen=True, slots=True)
class Join:
    """A joint step: in `phase`, once every party's slot `slot` is filled, the matter moves to `to` by
    itself (rule 5).

    With `equal_to` each must equal that slot of the matter (the digest of the standing text). The parties
    of a matter are its opener and the sides in `to`. With `items` the slots are not the sides' but
    `slot/ITEM` for every item that the slot of that name lists: a request whose every item has been
    decided. `optional` says that nobody waits for it: an obligation may run on, and need not be released.
    """

    phase: str
    slot: str
    to: str
    equal_to: str | None = None
    items: str | None = None
    optional: bool = False

    def wanted(self, state: State) -> list[str]:
        """The keys of the slots that must be filled."""
        if self.items is not None:
            return [f"{self.slot}/{item}" for item in state.slots.get(self.items, ())]
        return [f"{self.slot}/{side}" for side in (state.opener, *state.counterparts) if side]

    def missing(self, state: State) -> list[str]:
        """Those of the wanted slots that are not filled as they must be."""
        text = state.slots.get(self.equal_to) if self.equal_to else None
        return [
            name
            for name in self.wanted(state)
            if name not in state.slots or (self.equal_to is not None and state.slots[name] != text)
        ]


@dataclass(frozen=True, slots=True)
class Key:
    """A natural key (clarifications 1): the matter's id is a digest of it, and every side may open it.

    `parts` are facts of the act, or `side` for the acting side, joined by `/` behind `prefix`. With `owned`
    only the side that the key names may act, and it is the opener.
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


Pair = tuple[tuple[str, Role], tuple[str, Role]]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One table, whole: kinds, rows, crossing pairs, joint steps.

    name      of the table, as shown; `family` is the procedure of design §4 that it belongs to
    rows      phase -> kind -> Row; every phase that is reached stands here, a terminal one with an empty
              mapping
    pairs     crossing pairs: the first stands, the second is overtaken (rule 3); acyclic
    terminal  the phases that no act leads out of, as the rows and joint steps have it
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
    terminal: frozenset[str] = field(init=False, repr=False, compare=False)
    _by_name: Mapping[str, Kind] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named = {kind.name: kind for kind in reversed(self.kinds)}
        joined = {join.phase for join in self.joins}
        terminal = frozenset(
            phase
            for phase, row in self.rows.items()
            if phase not in joined and all(r.targets(phase) <= {phase} for r in row.values())
        )
        object.__setattr__(self, "_by_name", {**COMMON, **named})
        object.__setattr__(self, "terminal", terminal)

    def kind(self, name: str) -> Kind | None:
        """The kind of this name, the common ones included, or None."""
        return self._by_name.get(name)
