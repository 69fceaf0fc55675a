"""What an officer may do next: exactly what would be allowed, and with the consequence that it says."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

import pytest

from tests.office.world import World, keys_of
from tests.procedures.explore import LATE, SAMPLES, THREE, TWO, Elsewhere, digest, explore
from tests.procedures.explore import World as Reached
from tests.work import lines
from yeollak.office.fold import BEATEN, Folded, fold
from yeollak.office.ledger import Counted
from yeollak.office.matter import natural_id
from yeollak.office.offers import Offer, in_scene, offers, refused, why_not
from yeollak.office.outcomes import waits
from yeollak.office.propose import Draft, check, document
from yeollak.office.prospects import Scene, kinds_of
from yeollak.procedures.catalogue import PROCEDURES, table
from yeollak.procedures.kinds import COMMON, Due
from yeollak.procedures.machine import admit
from yeollak.procedures.table import NONE, Move, Procedure, State, Void
from yeollak.record.canon import format_instant, parse_instant
from yeollak.record.enclosure import Enclosed

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


def done(scene: Scene, offer: Offer, when: dict[str, Any], model: Move | None) -> State | None:
    """The state after the act of an offer, with the first of its choices that let it stand."""
    closed = [
        [(wanted.fact.name, choice) for choice in wanted.choices]
        for wanted in offer.facts
        if wanted.required and wanted.known is None and wanted.choices and not wanted.fact.many
    ]
    for chosen in itertools.product(*closed):
        try:
            return admit(
                scene.procedure,
                scene.state,
                act_of(scene, offer, {**dict(chosen), **when}, model),
                scene.past,
            )
        except Void:
            continue
    return None


def act_of(scene: Scene, offer: Offer, when: dict[str, Any], model: Move | None) -> Move:
    """The act of an offer: its known facts, what is chosen, and for the rest what the explored act says."""
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
                after = done(scene, offer, dict(outcome.when), models.get(kind))
                assert after is not None, (kind, scene.state)
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
            if back := set(found[move.kind].taken_back_by):
                later = Scene(scene.procedure, after, scene.side, scene.past, LATE)
                assert back <= {kind.name for kind, _ in kinds_of(later)}, (move.kind, after)


# in an office, with its record


def kinds(found: list[Offer]) -> dict[str, Offer]:
    return {offer.kind.name: offer for offer in found}


def tendered(world: World) -> tuple[str, str]:
    """A note of the South that waits for take-up: the matter and its due."""
    due = world.now + timedelta(hours=8)
    matter = world.say("south", "note.tender", facts={"subject": {"en": "Forestry"}}, due=due)
    world.meet()
    world.say("north", "line.seen", "node")
    world.say("south", "line.seen", "node")
    world.meet()
    return matter, format_instant(due)


def test_a_take_up_names_what_it_answers_its_time_and_what_it_stands_before() -> None:
    world = World().found()
    matter, due = tendered(world)
    take = kinds(offers(world.offices[1], "north", "duty", matter, world.now))["note.take"]
    assert (take.matter, take.phase, take.role, take.re) == (matter, "tendered", "counterpart", (matter,))
    assert (take.by, take.late, take.not_before) == (due, False, None)
    assert take.due == format_instant(world.now + timedelta(hours=48))
    assert "duty" in take.functions
    assert "authority" not in take.functions
    (crossing,) = take.crossing
    assert (crossing.side, crossing.overtaken_by) == ("south", ("note.lapse",))
    assert crossing.stands_before == ("note.withdraw", "note.urge")
    assert [(wait.side, wait.by, wait.own) for wait in take.outcomes[0].waits] == [
        ("south", ("north",), True)
    ]
    proposed = world.now + timedelta(hours=3)
    asked: list[tuple[str, datetime]] = []

    def propose(kind: str, start: datetime) -> datetime:
        asked.append((kind, start))
        return proposed

    again = kinds(offers(world.offices[1], "north", "duty", matter, world.now, propose=propose))
    assert again["note.take"].due == format_instant(proposed)
    assert ("note.take", world.now) in asked


def test_a_lapse_is_offered_from_its_due_on_and_stands_before_what_was_sent_unseen() -> None:
    world = World().found()
    matter, due = tendered(world)
    world.say("south", "note.withdraw", matter=matter, re=(matter,))
    lapse = kinds(offers(world.offices[0], "south", "duty", matter, world.now))["note.lapse"]
    assert (lapse.phase, lapse.not_before, lapse.ready) == ("withdrawn", due, False)
    # Nobody can take up a withdrawn note, but the North may have done so before it heard of the withdrawal.
    assert lapse.crossing[0].stands_before == ("note.take", "note.refuse")
    world.now += timedelta(hours=9)
    assert kinds(offers(world.offices[0], "south", "duty", matter, world.now))["note.lapse"].ready
    world.say("north", "line.seen", "node")
    world.meet()
    world.say("north", "line.seen", "node")
    world.meet()
    lapse = kinds(offers(world.offices[0], "south", "duty", matter, world.now))["note.lapse"]
    assert lapse.crossing == ()


def test_what_is_offered_is_what_can_be_signed() -> None:
    """Each offer of an office, signed with what it knows, is allowed and leads where it says."""
    world = World().found()
    matter, _ = tendered(world)
    office = world.offices[1]
    for kind, offer in kinds(offers(office, "north", "duty", matter, world.now)).items():
        due = parse_instant(offer.due) if offer.kind.due is Due.MUST and offer.due else None
        facts = {
            wanted.fact.name: wanted.choices[0] if wanted.choices else SAMPLES[wanted.fact.type]
            for wanted in offer.facts
            if wanted.required and wanted.known is None
        }
        draft = Draft(kind, matter=matter, facts={**facts, **offer.known}, re=offer.re, due=due)
        data = document(office, "north", keys_of("north").officers["duty"].kid, draft, world.now, bytes(16))
        check(office, "north", data)


def test_delivery_names_the_enclosures_that_were_tendered() -> None:
    world = World().found()
    sealed = Enclosed("e" * 64, "application/octet-stream", None, "consent", size_class=4096)
    due = world.now + timedelta(hours=8)
    matter = world.say(
        "south", "note.tender", facts={"subject": {"en": "Forestry"}}, due=due, enclosures=(sealed,)
    )
    world.meet()
    world.say("north", "note.take", matter=matter, re=(matter,), due=due)
    world.meet()
    deliver = kinds(offers(world.offices[0], "south", "duty", matter, world.now))["note.deliver"]
    assert deliver.deliver == ("e" * 64,)
    assert deliver.condition is None
    assert deliver.by == format_instant(due)


@pytest.mark.parametrize(
    ("side", "function", "kind", "code", "data"),
    [
        ("south", "duty", "note.nothing", "unknown", {"kind": "note.nothing"}),
        ("south", "node", "note.withdraw", "unauthorised", None),
        ("south", "duty", "meeting.agree", "matter", {"procedure": "meeting"}),
        ("south", "duty", "note.answer", "phase", None),
        ("south", "duty", "note.take", "role", {"role": "counterpart"}),
        ("north", "duty", "note.take", None, None),
    ],
)
def test_why_a_kind_is_not_offered(
    side: str, function: str, kind: str, code: str | None, data: dict[str, Any] | None
) -> None:
    world = World().found()
    matter, _ = tendered(world)
    office = world.offices[world.charter.places[side]]
    found = why_not(office, side, function, matter, kind, world.now)
    assert (found and found.code) == code
    if found is not None and data is not None:
        assert found.data == data


@WORLDS
def test_what_is_not_offered_has_a_reason(name: str, parties: tuple[str, ...]) -> None:
    for scene, found, _ in scenes(name, parties):
        for kind in scene.procedure.kinds:
            assert (refused(scene, kind) is None) == (kind.name in found), (scene.state, kind.name)


def test_before_the_founding_only_the_charter_is_offered() -> None:
    world = World()
    office = world.offices[0]
    (sign,) = offers(office, "south", "authority", None, world.now)
    assert (sign.kind.name, sign.known) == ("charter.sign", {"charter": world.charter.office})
    world.say("south", "charter.sign", "authority", facts={"checked": "in-person", **sign.known})
    assert offers(office, "south", "authority", None, world.now) == []
    refusal = why_not(office, "south", "authority", None, "posting.appoint", world.now)
    assert refusal is not None
    assert refusal.code == "unfounded"


def test_a_dissolved_office_opens_no_more_of_its_business() -> None:
    world = World().found()
    draft = {"text": "d" * 64}
    world.say("south", "dissolution.draft", "co-head", facts=draft, due=world.now + timedelta(days=9))
    world.meet()
    matter = natural_id(world.charter.office, "charter", "dissolution")
    for side in world.sides:
        sign = kinds(offers(world.offices[world.charter.places[side]], side, "authority", matter, world.now))
        offer = sign["dissolution.sign"]
        assert offer.known == draft
        world.say(side, "dissolution.sign", "authority", re=offer.re, facts=offer.known)
        world.meet()
    office = world.offices[0]
    assert office.dissolved()
    found = offers(office, "south", "co-head", None, world.now)
    outlasting = {"account", "charter", "check-in", "posting"}
    assert {offer.procedure for offer in found if table(offer.procedure).family not in outlasting} == {"duty"}
    refusal = why_not(office, "south", "duty", None, "note.tender", world.now)
    assert refusal is not None
    assert refusal.code == "dissolved"


def test_a_standing_is_opened_once() -> None:
    world = World().found()
    opened = kinds(offers(world.offices[0], "south", "co-head", None, world.now))
    matter = opened["standing.open"].matter
    assert matter == natural_id(world.charter.office, "standing", "south")
    world.say("south", "standing.open", "co-head")
    assert "standing.open" not in kinds(offers(world.offices[0], "south", "co-head", None, world.now))
    assert "standing.withdraw" in kinds(offers(world.offices[0], "south", "co-head", matter, world.now))
    assert not set(kinds(offers(world.offices[1], "north", "co-head", matter, world.now))) - set(COMMON)


def test_offers_are_plain_values_that_stay_the_same() -> None:
    world = World().found()
    matter, _ = tendered(world)
    told = [one.to_json() for one in offers(world.offices[1], "north", "duty", matter, world.now)]
    assert json.loads(json.dumps(told)) == told
    assert told == [one.to_json() for one in offers(world.offices[1], "north", "duty", matter, world.now)]
    assert {tuple(sorted(one)) for one in told} == {
        (
            "condition",
            "crossing",
            "due",
            "enclosures",
            "facts",
            "functions",
            "kind",
            "matter",
            "outcomes",
            "phase",
            "procedure",
            "purpose",
            "re",
            "role",
            "taken_back_by",
            "time",
            "waiting",
        )
    }


def test_what_offers_cost_does_not_grow_with_their_matter() -> None:
    world = World().found()
    due = world.now + timedelta(days=9)
    matter = world.say("south", "meeting.propose", facts={"level": "working"}, due=due)
    spent = []
    for remarks in (6, 60):
        for _ in range(remarks):
            world.say("south", "remark", matter=matter)
        world.meet()
        offered = partial(offers, world.offices[1], "north", "duty", matter, world.now)
        assert len(offered()) >= 4  # what is known from then on is no longer read
        spent.append(lines(offered))
    assert spent[1] < 1.5 * spent[0], spent
