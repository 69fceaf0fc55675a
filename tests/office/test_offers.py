"""What an officer may do next: exactly what would be allowed, and with the consequence that it says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.procedures.explore import LATE, SAMPLES, THREE, TWO, Elsewhere, digest, explore
from tests.procedures.explore import World as Reached
from yeollak.office.fold import BEATEN, Folded, fold
from yeollak.office.ledger import Counted
from yeollak.office.offers import Offer, in_scene
from yeollak.office.prospects import Scene, kinds_of, waits
from yeollak.procedures.catalogue import PROCEDURES, table
from yeollak.procedures.machine import COMMON, NONE, Due, Move, Procedure, State, admit

WORLDS = pytest.mark.parametrize(
    ("name", "parties"), [(procedure.name, parties) for procedure in PROCEDURES for parties in (TWO, THREE)]
)


@cache
def reached(name: str, parties: tuple[str, ...]) -> Reached:
    return explore(table(name), parties)


def opening(procedure: Procedure, state: State, found: Reached) -> dict[str, Any]:
    """The facts of the first act of a matter that explored acts opened: samples of its natural key."""
    if state.phase == NONE or procedure.key is None:
        return {}
    first = next(iter(found.possible(State())))[0]
    return {part: first.facts[part] for part in procedure.key.parts if part in first.facts}


Seen = tuple[Scene, dict[str, Offer], list[tuple[Move, State]]]


@cache
def scenes(name: str, parties: tuple[str, ...]) -> list[Seen]:
    """Every reachable state as each side knows it, with its offers and the acts of that side that would be
    allowed.
    """
    return list(_scenes(name, parties))


def _scenes(name: str, parties: tuple[str, ...]) -> Iterator[Seen]:
    procedure, found = table(name), reached(name, parties)
    many = len(found.states) > 400
    for number, state in enumerate(found.states.values()):
        allowed = found.possible(state)
        # Where a table has very many states, each is seen by one side, in turn.
        for side in (parties[number % len(parties)],) if many else parties:
            scene = Scene(
                procedure, state, side, Elsewhere(parties), LATE, opening=opening(procedure, state, found)
            )
            yield scene, offered(scene), [one for one in allowed if one[0].side == side]


def offered(scene: Scene) -> dict[str, Offer]:
    """The offers of a scene, whatever the function of the officer."""
    found = {}
    for kind, row in kinds_of(scene):
        due = "2031-01-01T00:00:00Z"
        offer = in_scene(scene, kind, row, due)
        if offer is not None:
            found[kind.name] = offer
    return found


def act_of(scene: Scene, offer: Offer, when: dict[str, Any], model: Move | None) -> Move:
    """The act of an offer: its known facts, its choices, and for the rest what the explored act says."""
    facts: dict[str, Any] = {}
    for wanted in offer.facts:
        fact = wanted.fact
        if wanted.known is not None:
            facts[fact.name] = wanted.known
        elif model is not None and fact.name in model.facts:
            facts[fact.name] = model.facts[fact.name]
        elif wanted.required:
            value = wanted.choices[0] if wanted.choices else SAMPLES.get(fact.type, digest(fact.name))
            facts[fact.name] = [value] if fact.many else value
        if wanted.choices and fact.name in facts and not fact.many:
            assert facts[fact.name] in wanted.choices or fact.type == "side"
    for name, value in when.items():
        facts[name] = facts[name][:1] if value == [] else value
    enclosures = dict.fromkeys(offer.deliver, sorted(offer.kind.releases)[0])
    if not offer.deliver and model is not None:
        enclosures = dict(model.enclosures)
    return Move(
        id=digest("act", scene.side, offer.kind.name),
        side=scene.side,
        kind=offer.kind.name,
        at=scene.at,
        facts=facts,
        re=offer.re,
        due=offer.due if offer.kind.due is Due.MUST else None,
        enclosures=enclosures,
    )


@WORLDS
def test_exactly_the_kinds_that_would_be_allowed_are_offered(name: str, parties: tuple[str, ...]) -> None:
    for scene, found, allowed in scenes(name, parties):
        # Nothing is left out; that nothing is offered in vain, the next test finds by doing all of it.
        assert {move.kind for move, _ in allowed} <= set(found), (scene.state, scene.side)
        assert (set(COMMON) <= set(found)) == (scene.state.phase != NONE)


@WORLDS
def test_an_offer_leads_where_it_says(name: str, parties: tuple[str, ...]) -> None:
    for scene, found, allowed in scenes(name, parties):
        models = {move.kind: move for move, _ in allowed}
        for kind, offer in found.items():
            assert offer.outcomes
            for outcome in offer.outcomes:
                move = act_of(scene, offer, dict(outcome.when), models.get(kind))
                after = admit(scene.procedure, scene.state, move, scene.past)
                assert after.phase == outcome.phase, (kind, scene.state)
                told = {(wait.side, wait.by, wait.until) for wait in outcome.waits}
                real = waits(scene.procedure, after, parties)
                assert told == {(wait.side, wait.by, wait.until) for wait in real}, (kind, scene.state)
                assert outcome.ends == (after.phase in scene.procedure.terminal)
                if outcome.joint is not None and not outcome.joint.complete:
                    wanted = {*outcome.joint.sides, *outcome.joint.items}
                    joins = [join for join in scene.procedure.joins if join.phase == after.phase]
                    lacked = [{one.split("/", 1)[1] for one in join.missing(after)} for join in joins]
                    assert wanted in lacked, (kind, scene.state)


@WORLDS
def test_what_stands_before_what_is_what_folding_finds(name: str, parties: tuple[str, ...]) -> None:
    procedure, tried = table(name), set()
    for scene, found, allowed in scenes(name, parties):
        key = procedure.key
        if scene.state.phase == NONE and (key is None or key.owned):
            continue
        others = [one for one, _ in reached(name, parties).possible(scene.state) if one.side != scene.side]
        for (move, _), other in itertools.product(allowed, others):
            # What was found of two kinds in a phase holds in all its states: the pairs know no more.
            if (
                pair := (scene.state.phase, scene.state.opener, move.kind, move.side, other.kind, other.side)
            ) in tried:
                continue
            tried.add(pair)
            crossing = {one.side: one for one in found[move.kind].crossing}.get(other.side)
            mine, theirs = (
                Counted(
                    act.side, parties.index(act.side), 0, act.id, "m", name, 1, (0,) * len(parties), "", act
                )
                for act in (move, other)
            )
            marks = fold(procedure, (mine, theirs), parties, Folded(scene.state)).marks
            over, under = marks.get(move.id) == BEATEN, marks.get(other.id) == BEATEN
            assert over == (crossing is not None and other.kind in crossing.overtaken_by), (move, other)
            assert under == (crossing is not None and other.kind in crossing.stands_before), (move, other)
            if move.id in marks and not over:
                # Nothing is overtaken in silence: place decides, or a second does no harm.
                assert crossing is not None
                assert (crossing.place and crossing.first == other.side) or crossing.same, (move, other)


@WORLDS
def test_what_may_be_taken_back_can_be(name: str, parties: tuple[str, ...]) -> None:
    for scene, found, allowed in scenes(name, parties):
        for move, after in allowed:
            later = Scene(scene.procedure, after, scene.side, scene.past, LATE)
            assert set(found[move.kind].taken_back_by) <= set(offered(later)), (move.kind, after)
