"""Every state that a table can reach with two or three parties, with abstract acts in place of real ones.

An abstract act is named by kind and side, so that the states stay finite, and it carries the least facts
that its kind asks for. Rows that change no phase and write only slots that nothing in the table reads are
tried in every state but not followed: they multiply the states without leading anywhere.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from yeollak.procedures.catalogue import table
from yeollak.procedures.facts import Fact
from yeollak.procedures.machine import admit, roles, step
from yeollak.procedures.obligation import SHAPES, SHAPING
from yeollak.procedures.shared import FILLED_FORM
from yeollak.procedures.table import NONE, Move, Procedure, Row, State, Void

TWO = ("north", "south")
THREE = ("east", "north", "south")
#: After every due that an abstract act can write.
LATE = "2099-01-01T00:00:00Z"


@cache
def digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


#: What the parents of the kinds that ask for one are, in a past in which they may be done.
PARENTS = {
    **{digest("amends", side): State("in-force") for side in ("east", "north", "south")},
    digest("parent", "obligation.propose"): State("in-force"),
    digest("parent", "duty"): State("running", {"shape": "notice-period"}),
}


@dataclass
class Elsewhere:
    """A past in which nothing else happened but what the kinds ask for: agreements in force, an obligation
    that runs, and other sides that have withdrawn.
    """

    parties: Sequence[str]
    office: str = digest("office")
    terms: Mapping[str, Any] = field(
        default_factory=lambda: {
            "as_of_right": ["life"],
            "escrow": "guarantor",
            "forms": {"form.1": "00" * 32, "token": "00" * 32},
        }
    )
    matters: Mapping[str, State] = field(default_factory=lambda: dict(PARENTS))
    #: side -> when it first had seen any other matter
    had: Mapping[str, str] = field(default_factory=dict)
    #: what any side has said in any other matter
    spoken: Collection[str] = ()

    def state(self, matter: str, *tables: str) -> State:
        standings = [self.natural("standing", party) for party in self.parties]
        found = self.matters.get(matter, State("withdrawn") if matter in standings else State())
        # What says nothing of its sides is between all of them.
        sides = {"opener": self.parties[0], "to": list(self.parties[1:])}
        return State(found.phase, {**sides, **found.slots}) if found.phase != NONE else found

    def seen(self, matter: str, side: str) -> str | None:
        return self.had.get(side)

    def check_terms(self, changes: Mapping[str, Any]) -> None:
        return None

    def natural(self, procedure: str, key: str) -> str:
        return digest("natural", procedure, key)

    def knows(self, side: str, act: str, by: str) -> bool:
        return True

    def said(self, matter: str, side: str) -> Collection[str]:
        return self.spoken

    def posted(self, side: str, kid: str) -> str | None:
        return "duty"


SAMPLES: Mapping[str, Any] = {
    "amount": {"currency": "KRW", "value": 1},
    "date": "2020-06-09",
    "flag": True,
    "hex": "00",
    "instant": "2020-06-09T03:00:00Z",
    "terms": {"seen_seconds": 30},
    "moment": "2020-06-09",
    "text": "text",
    "time": "09:00",
    "token": "token",
    "whole": 1,
    "words": {"en": "words"},
}


def sample(fact: Fact, side: str, parties: Sequence[str]) -> Any:
    """One value that the fact may have."""
    if fact.type == "side":
        value: Any = next(party for party in parties if party != side)
    elif fact.type in ("digest", "key"):
        value = digest(fact.name, side)
    else:
        value = fact.choices[0] if fact.choices else SAMPLES[fact.type]
    return [value] if fact.many else value


def fresh(state: State, *parts: object) -> str:
    """A digest that no slot holds yet: of two names in turn."""
    held = json.dumps(dict(state.slots), default=str)
    first = digest(*parts)
    return digest(*parts, "again") if first in held else first


def variants(
    procedure: Procedure, state: State, kind: str, side: str, parties: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """The facts with which an act of this kind is tried."""
    said = procedure.kind(kind)
    assert said is not None
    row = procedure.rows.get(state.phase, {}).get(kind)
    facts = {fact.name: sample(fact, side, parties) for fact in said.facts if fact.required}
    names = {fact.name: fact for fact in said.facts}
    if "charter" in facts:
        facts["charter"] = digest("office")
    if "subject" in names:
        facts["subject"] = SAMPLES["words"]
    if "class" in names and not names["class"].choices:
        facts["class"] = "life"
    if names.get("copy") is not None:
        facts["text"] = (state.slots.get("text") or [digest("text", side)])[0]
    if "parent" in facts:
        facts["parent"] = digest("parent", kind if kind == "obligation.propose" else "duty")
    if "key" in facts and "key" in state.slots:
        facts["key"] = state.slots["key"]
    if len(parties) > 2 and "to" in names and not names["to"].many and state.phase == NONE:
        facts["to"] = next(party for party in parties if party != side)
    if "text" in facts and "copy" not in names:
        rewrites = row is not None and any(write.slot == "text" for write in row.writes)
        facts["text"] = (
            fresh(state, "text", side) if rewrites else state.slots.get("text", digest("text", side))
        )
    for write in row.writes if row is not None else ():
        if write.keyed in names and write.keyed not in facts and write.keyed != "items":
            facts[write.keyed] = sample(names[write.keyed], side, parties)
        if write.value.startswith("fact:") and write.value[5:] in names and write.value[5:] not in facts:
            name = write.value[5:]
            facts[name] = ["1", "2"] if name == "items" else sample(names[name], side, parties)
    if "sides" in names:
        facts["sides"] = list(parties)
    if "touches" in facts:
        facts["touches"] = [digest("parent", "obligation.propose")]
    if "shape" in facts:
        for shape, (needed, _) in SHAPES.items():
            given = {name: sample(names[name], side, parties) for name in needed}
            given |= {"closed": "next"} if shape == "recurring" else {}
            terms = {name: value for name, value in facts.items() if names[name] not in SHAPING}
            yield {**terms, **given, "shape": shape}
    elif row is not None and row.turns is not None:
        for value in row.turns[1]:
            yield {**facts, row.turns[0]: value}
    elif "items" in facts:
        keyed = row is not None and any(write.keyed == "items" for write in row.writes)
        for items in (["1"], ["2"], ["1", "2"]) if keyed else (["1", "2"],):
            yield {**facts, "items": items}
    else:
        yield facts


def moves(
    procedure: Procedure, state: State, parties: Sequence[str], *, all_kinds: bool = False
) -> Iterator[Move]:
    """Every act that has a row in this phase, by every side; with `all_kinds` those that have none, too."""
    for side, kind in itertools.product(parties, procedure.kinds):
        row = procedure.rows.get(state.phase, {}).get(kind.name)
        if row is None and not all_kinds:
            continue
        for facts in variants(procedure, state, kind.name, side, parties):
            act = fresh(state, kind.name, side)
            answered = state.slots.get(row.answers) if row is not None and row.answers else None
            release = sorted(kind.releases)[0]
            delivers = row is not None and "withheld" in row.clears
            sealed = state.slots["withheld"] if delivers else [digest("enclosure", side)]
            if not delivers and set(sealed) & set(state.slots.get("withheld", ())):
                sealed = [digest("another enclosure", side)]
            yield Move(
                id=act,
                side=side,
                kind=kind.name,
                at=LATE,
                facts=facts,
                re=(str(answered),) if answered else (),
                due=None if kind.due == "no" else f"2030-01-01T00:00:{int(act[:4], 16) % 60:02}Z",
                enclosures=dict.fromkeys(sealed, release),
                types=dict.fromkeys(sealed, FILLED_FORM),
            )


#: The slots that guards read.
GUARDED = {"commitment", "deposited", "items", "key", "revealed", "text", "withheld"}


def reads_of(procedure: Procedure, phase: str) -> set[str]:
    """The names of the slots that rows and joint steps of this phase read; `due` and the like by lapses and
    guards.
    """
    read: set[str] = set()
    for row in procedure.rows[phase].values():
        read |= {name for name in (row.answers, row.own, row.free) if name}
        read |= {write.slot for write in row.writes if write.once}
        read |= {"due"} if row.lapses else set()
        read |= GUARDED if row.guard is not None else set()
    for join in procedure.joins:
        if join.phase == phase:
            read |= {name for name in (join.slot, join.equal_to, join.items) if name}
    return read


@cache
def live_slots(name: str) -> Mapping[str, frozenset[str]]:
    """For each phase the slots that it or a phase that may follow reads: the others tell no state from
    another.
    """
    procedure = table(name)
    following = {phase: {phase} for phase in procedure.rows}
    for phase, rows in procedure.rows.items():
        following[phase] |= {target for row in rows.values() for target in row.targets(phase)}
        following[phase] |= {join.to for join in procedure.joins if join.phase == phase}
    for _ in procedure.rows:
        following = {
            phase: set().union(*(following[after] for after in afters)) for phase, afters in following.items()
        }
    return {
        phase: frozenset(set().union(*(reads_of(procedure, after) for after in afters)))
        for phase, afters in following.items()
    }


@cache
def shared_slots(name: str) -> frozenset[str]:
    """The slots that more than their own row reads, or a joint step: acts that write them are followed."""
    procedure = table(name)
    read: set[str] = {"due", *GUARDED}
    for rows in procedure.rows.values():
        for row in rows.values():
            read |= {slot for slot in (row.answers, row.own, row.free) if slot}
            read |= {slot.split("/")[0] for slot in row.clears}
    for join in procedure.joins:
        read |= {slot for slot in (join.slot, join.equal_to, join.items) if slot}
    return frozenset(read)


@cache
def compared_slots(name: str) -> frozenset[str]:
    """The slots whose value is compared, and not only whether they are filled."""
    procedure = table(name)
    compared = {"opener", "to", "text", "items", "key", "commitment"}
    for rows in procedure.rows.values():
        compared |= {row.answers for row in rows.values() if row.answers}
    for join in procedure.joins:
        compared |= {join.slot, join.equal_to} if join.equal_to else set()
    return frozenset(compared)


def leads_nowhere(procedure: Procedure, phase: str, row: Row) -> bool:
    shared = shared_slots(procedure.name)
    return row.targets(phase) == {phase} and not row.clears and all(w.slot not in shared for w in row.writes)


def key_of(procedure: Procedure, state: State) -> str:
    """What tells this state from others."""
    live = live_slots(procedure.name)[state.phase] | {"opener", "to"}
    compared = compared_slots(procedure.name)
    slots = [
        (name, value if name.split("/")[0] in compared else True)
        for name, value in sorted(state.slots.items())
        if name.split("/")[0] in live
    ]
    return json.dumps([state.phase, slots], default=list)


@dataclass
class World:
    """The reachable states with the acts that lead from each to the next."""

    procedure: Procedure
    parties: Sequence[str]
    states: dict[str, State] = field(default_factory=dict)
    edges: dict[str, set[str]] = field(default_factory=dict)
    known: dict[str, list[tuple[Move, State]]] = field(default_factory=dict)

    def possible(self, state: State) -> list[tuple[Move, State]]:
        """The acts that stand in this state, each with the state that it leads to."""
        here = key_of(self.procedure, state)
        if self.states.get(here) is state:
            if here not in self.known:
                self.known[here] = self._possible(state)
            return self.known[here]
        return self._possible(state)

    def _possible(self, state: State) -> list[tuple[Move, State]]:
        past = Elsewhere(self.parties)
        found = []
        for move in moves(self.procedure, state, self.parties):
            try:
                found.append((move, admit(self.procedure, state, move, past)))
            except Void:
                continue
        return found

    @property
    def phases(self) -> set[str]:
        return {state.phase for state in self.states.values()}


def explore(procedure: Procedure, parties: Sequence[str], silent: Iterable[str] = ()) -> World:
    """Every reachable state; the sides in `silent` never act."""
    world = World(procedure, parties)
    quiet = set(silent)
    waiting = [State()]
    while waiting:
        state = waiting.pop()
        here = key_of(procedure, state)
        if here in world.states:
            continue
        world.states[here] = state
        world.edges[here] = set()
        for move, after in world.possible(state):
            row = procedure.rows[state.phase][move.kind]
            if move.side in quiet or leads_nowhere(procedure, state.phase, row):
                continue
            world.edges[here].add(key_of(procedure, after))
            waiting.append(after)
    return world


def applied(
    procedure: Procedure, state: State, order: Sequence[Move], parties: Sequence[str]
) -> tuple[State, frozenset[str]]:
    """The state after acts in this order, and the ids of those that found no transition left."""
    lost = set()
    for move in order:
        try:
            state = step(procedure, state, move, parties)
        except Void:
            lost.add(move.id)
    return state, frozenset(lost)


def role_name(procedure: Procedure, state: State, side: str, parties: Sequence[str]) -> str:
    """The most telling role of a side: opener, counterpart or either."""
    if state.phase != NONE and not state.opener:
        return "either"
    held = roles(procedure, state, side, parties)
    return min(
        (role.value for role in held), key=["opener", "counterpart", "either"].index, default="outside"
    )
