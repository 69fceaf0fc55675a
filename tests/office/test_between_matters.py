"""What an act asks of other matters than its own: of the right table, of every side, and only of its past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.office.test_amended import amend, due, text, void
from tests.office.world import World, card_of, keys_of, seed
from yeollak.office.calendar import calendar_of
from yeollak.office.charter import Charter, draft
from yeollak.office.matter import natural_id
from yeollak.office.office import Office
from yeollak.office.waiting import waiting
from yeollak.record.enclosure import Enclosed
from yeollak.record.keys import SigningKey

SUBJECT = {"subject": {"en": "Forestry"}}
SEALED = Enclosed("aa" * 32, "application/octet-stream", None, "consent", size_class=4096)


def founded(terms: dict[str, Any]) -> World:
    """An office of these terms, founded."""
    world = World()
    cards = [card_of(side) for side in world.sides]
    world.charter = Charter.parse(draft(cards, {"name": {"en": "Joint office"}}, terms))
    world.offices = [Office(world.charter, ledger) for ledger in world.ledgers]
    for side in world.sides:
        facts = {"charter": world.charter.office, "checked": "in-person"}
        world.say(side, "charter.sign", "authority", facts=facts)
    world.meet()
    for side in world.sides:
        node = {"function": "node", "key": keys_of(side).officers["node"].public.hex()}
        world.say(side, "posting.appoint", "authority", facts=node)
    world.meet()
    return world


def phase(world: World, matter: str) -> set[str]:
    """The phase of a matter on every node."""
    return {office.state(matter).state.phase for office in world.offices}


# the right table: phases of different tables share names


def test_a_duty_is_read_out_of_an_agreement_and_not_out_of_an_amendment() -> None:
    world = World().found()
    amendment = amend(world, 1, {"seen_seconds": 20})
    assert phase(world, amendment) == {"in-force"}
    facts = {"parent": amendment, "clause": "3", "bearers": ["north"], "shape": "standing", **SUBJECT}
    assert void(world, "south", "obligation.propose", facts=facts, due=due(world)) == "not-in-force"
    amending = {"amends": amendment, "text": text("t"), **SUBJECT}
    assert void(world, "south", "agreement.draft", facts=amending, due=due(world)) == "not-in-force"


def test_what_is_tendered_again_was_tendered_and_not_withdrawn_elsewhere() -> None:
    world = World().found()
    key = SigningKey(seed("nominee")).public.hex()
    facts = {"function": "duty", "key": key}
    nomination = world.say("south", "posting.nominate", "co-head", facts=facts, due=due(world))
    world.say("south", "posting.unname", "co-head", matter=nomination)
    again = {**SUBJECT, "retender": nomination}
    refused = void(world, "south", "note.tender", facts=again, due=due(world), enclosures=(SEALED,))
    assert refused == "no-such-tender"
    first = world.say("south", "note.tender", facts=SUBJECT, due=due(world), enclosures=(SEALED,))
    world.say("south", "note.withdraw", matter=first, re=(first,))
    again = {**SUBJECT, "retender": first}
    world.say("south", "note.tender", facts=again, due=due(world), enclosures=(SEALED,))


def test_a_side_that_is_no_party_is_named_in_no_fact() -> None:
    world = World().found()
    for bearers in (["mars"], ["north", "mars"]):
        facts = {"parent": "00" * 32, "clause": "3", "bearers": bearers, "shape": "standing", **SUBJECT}
        assert void(world, "south", "obligation.propose", facts=facts, due=due(world)) == "facts"


# amendments that cross


def test_an_amendment_whose_ground_a_crossing_lapse_took_away_takes_no_effect_and_stops_nothing() -> None:
    """The North completes the first amendment and signs a second over it, which names a guarantor that the
    first brought in; the South has let the first lapse meanwhile, and the lapse stands.
    """
    world = World().found()
    seal = keys_of("west").seal.public.hex()
    guarantor = {"guarantors": {"un": {"names": {"en": "The UN"}, "keys": {"seal": seal}}}}
    first, second = (natural_id(world.charter.office, "charter", f"amendment/{n}") for n in (1, 2))
    stated = {"number": 1, "text": text("1")}
    drafted = world.say(
        "south",
        "amendment.draft",
        "authority",
        facts={**stated, "terms": guarantor},
        due=world.now + timedelta(hours=1),
    )
    world.meet()
    world.say("south", "amendment.sign", "authority", facts=stated, re=(drafted,))
    world.meet()
    world.say("north", "amendment.sign", "authority", facts=stated, re=(drafted,))
    escrow = {"number": 2, "text": text("2"), "terms": {"escrow": "un"}}
    further = world.say("north", "amendment.draft", "authority", facts=escrow, due=due(world))
    signed = {"number": 2, "text": text("2")}
    world.say("north", "amendment.sign", "authority", facts=signed, re=(further,))
    world.now += timedelta(hours=2)
    world.say("south", "amendment.lapse", "authority", facts={"number": 1}, re=(drafted,))
    world.meet()
    assert phase(world, first) == {"lapsed"}
    # The South cannot complete what no longer has its ground.
    refused = void(world, "south", "amendment.sign", "authority", facts=signed, re=(further,))
    assert refused == "out-of-turn"
    # With another first amendment the second rests on terms that it does not fit.
    amend(world, 1, {"seen_seconds": 20})
    assert phase(world, first) == {"in-force"}
    refused = void(world, "south", "amendment.sign", "authority", facts=signed, re=(further,))
    assert refused == "terms"
    assert phase(world, second) == {"drafted"}
    for side in world.sides:
        world.say(side, "meeting.propose", facts={"level": "working"}, due=due(world))
    world.meet()
    for office in world.offices:
        assert (office.terms()["seen_seconds"], office.terms().get("escrow")) == (20, None)


def test_terms_that_do_not_fit_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should an amendment be in force whose terms do not fit, the office goes on with those before it."""
    world = World().found()
    amend(world, 1, {"seen_seconds": 20})
    amend(world, 2, {"seen_seconds": 25})
    real = Charter.amended

    def fits_not(charter: Charter, changes: Any, before: Any) -> Any:
        if changes == {"seen_seconds": 20}:
            raise ValueError("the terms do not fit")
        return real(charter, changes, before)

    monkeypatch.setattr(Charter, "amended", fits_not)
    office = Office(world.charter, world.ledgers[0])
    assert office.terms()["seen_seconds"] == 25
    with monkeypatch.context() as patch:
        patch.setattr(Charter, "amended", lambda *_: (_ for _ in ()).throw(ValueError("no terms fit")))
        office = Office(world.charter, world.ledgers[0])
        assert office.terms() == world.charter.terms


# agrément

AGREMENT = {"agrement": ["co-head"], "agrement_silence": "consent"}


def nominated(
    world: World, label: str, *, wait: timedelta, late: timedelta = timedelta(), heard: bool = True
) -> dict[str, Any]:
    """South nominates, North hears of it after `late` and says nothing, South lets it lapse, and with `heard`
    North hears of that too; the facts of the appointment.
    """
    key = SigningKey(seed(label)).public.hex()
    facts = {"function": "co-head", "key": key}
    end = world.now + timedelta(minutes=1) + wait
    nomination = world.say("south", "posting.nominate", "authority", facts=facts, due=end)
    if late < wait:
        world.now += late
        world.meet()
        world.say("north", "line.seen", "node")
        world.meet()
    world.now = max(world.now, end)
    world.say("south", "posting.lapse", "authority", matter=nomination, re=(nomination,))
    if heard:
        world.meet()
        world.say("north", "line.seen", "node")
        world.meet()
    return {**facts, "nomination": nomination}


def test_silence_consents_only_where_the_side_says_that_it_was_asked_in_time() -> None:
    world = founded(AGREMENT)
    asked = nominated(world, "in time", wait=timedelta(hours=50))
    world.say("south", "posting.appoint", "authority", facts=asked)
    never = nominated(world, "never", wait=timedelta(hours=50), late=timedelta(hours=60))
    assert void(world, "south", "posting.appoint", "authority", facts=never) == "no-agrement"
    short = nominated(world, "short", wait=timedelta(seconds=1))
    assert void(world, "south", "posting.appoint", "authority", facts=short) == "no-agrement"
    unheard = nominated(world, "unheard", wait=timedelta(hours=50), heard=False)
    assert void(world, "south", "posting.appoint", "authority", facts=unheard) == "no-agrement"
    world.meet()
    world.say("north", "line.seen", "node")
    world.meet()
    world.say("south", "posting.appoint", "authority", facts=unheard)
    late = nominated(world, "late", wait=timedelta(hours=50), late=timedelta(hours=3))
    assert void(world, "south", "posting.appoint", "authority", facts=late) == "no-agrement"


def test_an_objection_that_a_lapse_had_not_seen_is_an_objection_all_the_same() -> None:
    world = founded(AGREMENT)
    facts = {"function": "co-head", "key": SigningKey(seed("nominee")).public.hex()}
    end = world.now + timedelta(hours=60)
    nomination = world.say("south", "posting.nominate", "authority", facts=facts, due=end)
    world.meet()
    world.say("north", "posting.object", "authority", matter=nomination)
    world.now = end
    # The South keeps what it has heard out of its sight.
    world.say("south", "posting.lapse", "authority", matter=nomination, re=(nomination,))
    world.meet()
    world.say("north", "line.seen", "node")
    world.meet()
    assert phase(world, nomination) == {"lapsed"}
    stated = {**facts, "nomination": nomination}
    assert void(world, "south", "posting.appoint", "authority", facts=stated) == "no-agrement"


def test_a_nomination_that_was_taken_back_asks_nobody() -> None:
    world = founded(AGREMENT)
    facts = {"function": "co-head", "key": SigningKey(seed("nominee")).public.hex()}
    end = world.now + timedelta(hours=60)
    nomination = world.say("south", "posting.nominate", "authority", facts=facts, due=end)
    world.say("south", "posting.unname", "authority", matter=nomination)
    for _ in range(2):
        world.meet()
        world.say("north", "line.seen", "node")
        world.now = max(world.now, end)
        if phase(world, nomination) == {"withdrawn"}:
            world.say("south", "posting.lapse", "authority", matter=nomination, re=(nomination,))
    world.meet()
    stated = {**facts, "nomination": nomination}
    assert void(world, "south", "posting.appoint", "authority", facts=stated) == "no-agrement"


def test_what_silence_on_a_nomination_is_taken_for_is_on_the_docket() -> None:
    for terms, means in ((AGREMENT, "consent"), ({"agrement": ["co-head"]}, "refusal")):
        world = founded(terms)
        facts = {"function": "co-head", "key": SigningKey(seed("nominee")).public.hex()}
        world.say("south", "posting.nominate", "authority", facts=facts, due=due(world))
        world.meet()
        office = world.offices[1]
        (waits,) = waiting(office, world.now, calendar_of(office, office.terms()))
        assert waits.default is not None
        assert (waits.awaited, waits.default.means) == ("north", means)


def test_an_officer_who_is_named_is_one_of_the_side_that_names_him() -> None:
    world = World().found()
    ours, theirs = keys_of("south").officers["duty"].kid, keys_of("north").officers["duty"].kid
    for kind, more in (
        ("posting.watch", {}),
        ("posting.presence", {"date": "2018-10-01", "state": "present"}),
    ):
        for officer in (theirs, "0" * 16, "the-king"):
            facts = {"officer": officer, **more}
            assert void(world, "south", kind, facts=facts) == "no-such-officer"
        world.say("south", kind, facts={"officer": ours, **more})
    assert void(world, "south", "posting.handover", facts={"next": theirs}) == "no-such-officer"
    world.say("south", "posting.handover", facts={"next": ours})


def test_an_amendment_of_an_agreement_that_has_ended_is_not_signed() -> None:
    world = World().found()
    first = world.say("south", "agreement.draft", facts={"text": text("a"), **SUBJECT}, due=due(world))
    world.meet()
    for side in world.sides:
        world.say(side, "agreement.sign", "co-head", matter=first, facts={"text": text("a")}, re=(first,))
        world.meet()
    assert phase(world, first) == {"in-force"}
    facts = {"text": text("b"), "amends": first, **SUBJECT}
    second = world.say("south", "agreement.draft", facts=facts, due=due(world))
    world.say("south", "agreement.denounce", "co-head", matter=first)
    world.meet()
    signed: dict[str, Any] = {"matter": second, "facts": {"text": text("b")}, "re": (second,)}
    for side in world.sides:
        assert void(world, side, "agreement.sign", "co-head", **signed) == "not-in-force"
    again: dict[str, Any] = {"matter": second, "facts": {"text": text("c")}, "re": (second,)}
    assert void(world, "north", "agreement.redraft", **again, due=due(world)) == "not-in-force"


def test_no_time_is_over_that_nobody_was_given() -> None:
    world = World().found()
    facts = {"class": "flood", **SUBJECT}
    matter = world.say("south", "note.send", facts=facts)
    late = datetime(9999, 1, 1, tzinfo=UTC)
    of: dict[str, Any] = {"matter": matter, "re": (matter,), "at": late}
    assert void(world, "south", "note.lapse", **of) == "early"


def test_a_request_is_delivered_with_the_default_that_was_tendered() -> None:
    world = World().found()
    facts = {"default": "denied", **SUBJECT}
    matter = world.say("south", "request.tender", facts=facts, due=due(world), enclosures=(SEALED,))
    world.meet()
    world.say("north", "request.take", matter=matter, re=(matter,), due=due(world))
    world.meet()
    delivered = replace(SEALED, release="right", size_class=None, size=4096)
    asked: dict[str, Any] = {"matter": matter, "due": due(world), "enclosures": (delivered,)}
    changed = {"items": ["1"], "default": "approved", **SUBJECT}
    assert void(world, "south", "request.ask", facts=changed, **asked) == "facts"
    world.say("south", "request.ask", facts={"items": ["1"], **SUBJECT}, **asked)
    world.meet()
    assert {office.state(matter).state.slots["default"] for office in world.offices} == {"denied"}


def test_one_consent_is_for_one_key() -> None:
    world = founded(AGREMENT)
    key = SigningKey(seed("agreed")).public.hex()
    facts = {"function": "co-head", "key": key}
    nomination = world.say("south", "posting.nominate", "authority", facts=facts, due=due(world))
    world.meet()
    world.say("north", "posting.consent", "authority", matter=nomination)
    world.meet()
    other = SigningKey(seed("another")).public.hex()
    for named in ({"key": other}, {"function": "deputy-head"}):
        stated = {**facts, "nomination": nomination, **named}
        if stated["function"] == "co-head":
            assert void(world, "south", "posting.appoint", "authority", facts=stated) == "no-agrement"
    world.say("south", "posting.appoint", "authority", facts={**facts, "nomination": nomination})
    again = {**facts, "nomination": nomination}
    assert void(world, "south", "posting.appoint", "authority", facts=again) == "key-used"


def test_when_a_register_had_seen_a_matter_is_what_its_own_first_entry_after_it_claims() -> None:
    world = World().found()
    matter = world.say("south", "note.tender", facts=SUBJECT, due=due(world), enclosures=(SEALED,))
    office = world.offices[0]
    world.meet()
    assert office.seen_at(matter, 1, office.frontier()) is None
    assert office.seen_at("00" * 32, 1, office.frontier()) is None
    seen = world.say("north", "line.seen", "node")
    world.say("north", "note.take", matter=matter, re=(matter,), due=due(world))
    world.meet()
    index = world.ledgers[0].first(1, seen)
    assert index is not None
    found = world.ledgers[0].finding(1, index)
    assert found.move is not None
    assert office.seen_at(matter, 1, office.frontier()) == found.move.at
    before = (office.frontier()[0], found.index)
    assert office.seen_at(matter, 1, before) is None


# bounded


def test_a_matter_holds_so_many_particulars_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yeollak.procedures.machine.MAX_SLOTS", 40)
    world = World().found()
    world.say("south", "standing.open")
    days = [f"2019-01-{day:02}" for day in range(1, 32)]
    world.say("south", "standing.days", facts={"dates": days, "state": "holiday"})
    more = {"dates": [f"2019-03-{day:02}" for day in range(1, 32)], "state": "holiday"}
    assert void(world, "south", "standing.days", facts=more) == "full"
    world.say("south", "standing.days", facts={"dates": days, "state": "working"})


def test_invented_matters_leave_nothing_in_memory() -> None:
    world = World().found()
    office = world.offices[0]
    held = len(office._folds)
    for number in range(50):
        invented = f"{number:064x}"
        assert office.known(invented, office.frontier()) is None
        assert office.state(invented).state.phase == "none"
    assert len(office._folds) == held
