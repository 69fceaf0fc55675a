"""What comes after founding: keys that rotate, a register that counts again, and the end of the office."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.office.world import World, card_of, keys_of, seed
from yeollak.errors import OurFault
from yeollak.office.charter import Charter, Predecessor, draft
from yeollak.office.matter import natural_id
from yeollak.office.propose import Draft, check, document, sign
from yeollak.office.zones import LAST, of_second
from yeollak.record.document import Act
from yeollak.record.keys import SealKey, SigningKey

THREE = ("south", "north", "west")
SUBJECT = {"subject": {"en": "Forestry"}, "when": "2018-10-22", "source": "own"}


def due(world: World) -> Any:
    return world.now + timedelta(days=2)


def text(label: str) -> str:
    return hashlib.sha256(label.encode()).hexdigest()


def amend(world: World, number: int, terms: dict[str, Any], *, sides: tuple[str, ...] | None = None) -> str:
    """South drafts, the sides sign; returns the matter."""
    facts = {"number": number, "terms": terms, "text": text(f"amendment {number}")}
    drafted = world.say("south", "amendment.draft", "co-head", facts=facts, due=due(world))
    world.meet()
    for side in sides or world.sides:
        signed = {"number": number, "text": facts["text"]}
        world.say(side, "amendment.sign", "authority", facts=signed, re=(drafted,))
    world.meet()
    return natural_id(world.charter.office, "charter", f"amendment/{number}")


def void(world: World, side: str, kind: str, officer: str = "duty", **of: Any) -> str:
    with pytest.raises(OurFault) as caught:
        world.say(side, kind, officer, **of)
    return str(caught.value.data["why"])


def said_with(world: World, side: str, key: SigningKey, kind: str, **of: Any) -> str:
    """An act signed with any key, judged before it is signed."""
    office = world.offices[world.charter.places[side]]
    world.salt += 1
    world.now += timedelta(minutes=1)
    data = document(office, side, key.kid, Draft(kind, **of), world.now, seed("salt", world.salt)[:16])
    check(office, side, data)
    world.put(world.charter.places[side], sign(office, side, data, key))
    return hashlib.sha256(data).hexdigest()


def why(found: OurFault) -> str:
    return str(found.data["why"])


# amendment


def test_terms_apply_to_acts_that_have_seen_the_amendment_whole() -> None:
    world = World().found()
    facts = {"class": "disease", "subject": {"en": "Fever"}}
    world.say("north", "note.send", facts=facts)
    amend(world, 1, {"as_of_right": ["flood"]}, sides=("south",))
    assert world.offices[0].terms()["as_of_right"] != ["flood"]
    drafted = world.offices[0].ledger.matter(natural_id(world.charter.office, "charter", "amendment/1"))[0].id
    signed = {"number": 1, "text": text("amendment 1")}
    world.say("north", "amendment.sign", "authority", facts=signed, re=(drafted,))
    # North has seen it whole and South has not: each is judged by what it had seen.
    assert void(world, "north", "note.send", facts=facts) == "not-as-of-right"
    crossing = world.say("south", "note.send", facts=facts)
    world.meet()
    assert void(world, "south", "note.send", facts=facts) == "not-as-of-right"
    for office in world.offices:
        (found,) = office.ledger.matter(crossing)
        assert not found.void
        assert office.terms()["as_of_right"] == ["flood"]
        assert office.terms(found.vector)["as_of_right"] != ["flood"]


def test_amendments_come_one_after_the_other_and_only_with_terms_that_a_charter_may_have() -> None:
    world = World().found()

    def drafted(number: int, terms: dict[str, Any]) -> str:
        facts = {"number": number, "terms": terms, "text": text("x")}
        return void(world, "south", "amendment.draft", "co-head", facts=facts, due=due(world))

    assert drafted(2, {"seen_seconds": 5}) == "out-of-turn"
    assert drafted(0, {"seen_seconds": 5}) == "out-of-turn"
    unfit: tuple[dict[str, Any], ...] = (
        {"seen_seconds": 0},
        {"deadline": {"default_hours": 9, "most_hours": 1}},
        {"deadline": {}},
        {"escrow": "un"},
        {"guarantors": {"north": {"names": {"en": "North"}}}},
        {"guarantors": {"un": {"names": {}}}},
        {"guarantors": {"un": {"names": {"en": "UN"}, "keys": {"receipt": "00" * 32}}}},
        {"as_of_right": "flood"},
        {"calendar": {"working_days": ["day"]}},
    )
    for terms in unfit:
        assert drafted(1, terms) == "terms", terms
    amend(world, 1, {"seen_seconds": 5})
    assert drafted(1, {"seen_seconds": 6}) == "forbidden"
    amend(world, 2, {"seen_seconds": 6, "guarantors": {"un": {"names": {"en": "United Nations"}}}})
    amend(world, 3, {"guarantors": {}})
    for office in world.offices:
        assert office.terms()["seen_seconds"] == 6
        assert office.terms()["guarantors"] == {}


def test_no_officer_signs_an_amendment_for_the_authority() -> None:
    world = World().found()
    facts = {"number": 1, "terms": {"seen_seconds": 5}, "text": text("x")}
    drafted = world.say("south", "amendment.draft", "co-head", facts=facts, due=due(world))
    signed = {"number": 1, "text": text("x")}
    assert void(world, "south", "amendment.sign", "co-head", facts=signed, re=(drafted,)) == "unauthorised"


# keys


def following(side: str, number: int) -> SigningKey:
    return SigningKey(seed(side, "next" if number == 1 else f"next {number}"))


def enrolled() -> World:
    """An office whose authorities have the keys that are to follow theirs."""
    sides = ("south", "north")
    cards = []
    for side in sides:
        card = card_of(side)
        keys = {**card.keys, "authority_next": hashlib.sha256(following(side, 1).public).digest()}
        cards.append(replace(card, keys=keys, signature=b"").signed(keys_of(side).authority))
    world = World(sides)
    world.charter = Charter.parse(draft(cards, {"name": {"en": "Test office"}}, {}))
    return _founded(world)


def test_only_the_enrolled_next_key_replaces_the_authority_key() -> None:
    world = enrolled()
    one, two, thief = following("south", 1), following("south", 2), SigningKey(seed("thief"))
    facts = {"key": one.public.hex(), "next": hashlib.sha256(two.public).hexdigest()}
    with pytest.raises(OurFault) as caught:
        said_with(world, "south", keys_of("south").authority, "key.rotate", facts=facts)
    assert why(caught.value) == "unposted"
    stolen = {"key": thief.public.hex(), "next": "00" * 32}
    for key in (thief, keys_of("south").authority):
        with pytest.raises(OurFault) as caught:
            said_with(world, "south", key, "key.rotate", facts=stolen)
        assert why(caught.value) == "unposted"
    said_with(world, "south", one, "key.rotate", facts=facts)
    officer = SigningKey(seed("officer"))
    posting = {"key": officer.public.hex(), "function": "duty"}
    assert void(world, "south", "posting.appoint", "authority", facts=posting) == "unposted"
    said_with(world, "south", one, "posting.appoint", facts=posting)
    said_with(world, "south", officer, "account.enter", facts=SUBJECT)
    again = {"key": two.public.hex(), "next": facts["next"]}
    said_with(world, "south", two, "key.rotate", facts=again)
    with pytest.raises(OurFault) as caught:
        said_with(world, "south", two, "key.rotate", facts=again)
    assert why(caught.value) == "key-used"
    world.meet()
    assert world.offices[1].digest() == world.offices[0].digest()


def _founded(world: World) -> World:
    from yeollak.office.ledger import MemoryLedger
    from yeollak.office.office import Office

    world.ledgers = [MemoryLedger(len(world.sides)) for _ in world.sides]
    world.offices = [Office(world.charter, ledger) for ledger in world.ledgers]
    return world.found()


def test_a_posted_key_is_never_posted_again_nor_one_that_the_side_has_elsewhere() -> None:
    world = World().found()
    duty, register = keys_of("south").officers["duty"], keys_of("south").register
    for key in (duty, register):
        facts = {"key": key.public.hex(), "function": "duty"}
        assert void(world, "south", "posting.appoint", "authority", facts=facts) == "key-used"
    weak = {"role": "register", "key": "00" * 32, "key_pq": keys_of("west").register_pq.public.hex()}
    assert void(world, "south", "key.replace", "authority", facts=weak) == "key"
    used = keys_of("south").receipt_pq.public.hex()
    again = {"role": "receipt", "key": SigningKey(seed("new")).public.hex(), "key_pq": used}
    assert void(world, "south", "key.replace", "authority", facts=again) == "key-used"
    lacking = {"role": "receipt", "key": SigningKey(seed("new")).public.hex()}
    assert void(world, "south", "key.replace", "authority", facts=lacking) == "key"


# a register that is taken up again


def stalled() -> tuple[World, int]:
    """South has signed an act that names a root of North's register which is none; its place is returned."""
    world = World().found()
    at = world.whole.held(0)
    false = {"north": (world.whole.held(1), "ab" * 32)}
    world.say("south", "account.enter", facts=SUBJECT, checked=False, seen=false)
    world.meet()
    return world, at


def test_a_register_that_cannot_count_is_taken_up_again_by_its_own_authority() -> None:
    world, at = stalled()
    lost = world.say("south", "account.enter", facts=SUBJECT, checked=False)
    world.meet()
    assert [office.ledger.counted(0) for office in world.offices] == [at, at]
    world.say("south", "register.reopen", "co-head", facts={"at": at}, checked=False)
    world.meet()
    assert world.offices[1].ledger.counted(0) == at, "no officer can do it"
    world.say("south", "register.reopen", "authority", facts={"at": at}, checked=False)
    world.meet()
    for office in world.offices:
        found = [office.ledger.finding(0, index) for index in range(at, world.whole.held(0))]
        assert [one.void for one in found] == ["abandoned", "abandoned", "abandoned", ""]
        assert found[1].id == lost
        assert office.ledger.counted(0) == world.whole.held(0)
    said = world.say("south", "account.enter", facts=SUBJECT)
    world.meet()
    assert world.offices[0].digest() == world.offices[1].digest()
    assert world.offices[1].state(said).state.phase == "entered"
    assert world.fresh(world.sizes()).digest() == world.offices[0].digest()


def test_a_reopening_gives_up_nothing_that_counts() -> None:
    world = World().found()
    at = world.whole.held(0) - 1
    assert void(world, "south", "register.reopen", "authority", facts={"at": at}) == "reopened"
    assert void(world, "south", "register.reopen", "authority", facts={"at": at + 5}) == "reopened"


def test_what_waits_for_another_register_is_not_given_up_before_it_is_proved_false() -> None:
    """The size that South's act names does not exist yet: no node may tell a late register from a lie."""
    world = World().found()
    at, far = world.whole.held(0), world.whole.held(1) + 1
    world.say("south", "account.enter", facts=SUBJECT, checked=False, seen={"north": (far, "ab" * 32)})
    world.say("south", "register.reopen", "authority", facts={"at": at}, checked=False)
    world.meet()
    assert world.offices[1].ledger.counted(0) == at
    world.say("north", "account.enter", facts=SUBJECT)
    world.meet()
    assert world.offices[1].ledger.finding(0, at).void == "abandoned"
    assert world.offices[0].digest() == world.offices[1].digest()


# the end, and what comes after


def test_a_dissolved_office_concludes_what_is_open_and_opens_nothing() -> None:
    world = World().found()
    account = world.say("south", "account.enter", facts=SUBJECT)
    offer = world.say("south", "meeting.propose", facts={"level": "working"}, due=due(world))
    world.meet()
    ending = {"text": text("end"), "successor": "cd" * 32}
    drafted = world.say("north", "dissolution.draft", "co-head", facts=ending, due=due(world))
    world.meet()
    for side in world.sides:
        signed = {"text": ending["text"]}
        world.say(side, "dissolution.sign", "authority", facts=signed, re=(drafted,))
    crossing = world.say("south", "meeting.propose", facts={"level": "working"}, due=due(world))
    world.meet()
    for office in world.offices:
        assert office.dissolved()
        assert not office.ledger.matter(crossing)[0].void
    assert void(world, "north", "note.send", facts={"class": "flood", "subject": {"en": "x"}}) == "dissolved"
    world.say("north", "meeting.agree", matter=offer, re=(offer,))
    world.say("north", "account.contest", matter=account)
    world.say("north", "account.enter", facts=SUBJECT)


def test_a_successor_names_the_registers_of_the_office_before_it() -> None:
    world = World(THREE).found()
    registers = {
        side: (world.sizes()[place], world.whole.root(place, world.sizes()[place]).hex())
        for place, side in enumerate(THREE)
    }
    before = Predecessor(world.charter.office, registers)
    cards = [card_of(side) for side in THREE[:2]]
    after = Charter.parse(draft(cards, {"name": {"en": "Second office"}}, {}, predecessor=before))
    assert after.predecessor == before
    assert after.office != world.charter.office
    lone = Predecessor(world.charter.office, {"south": registers["south"]})
    for wrong in (replace(before, office="ab"), lone):
        with pytest.raises(Exception, match="malformed"):
            Charter.parse(draft(cards, {"name": {"en": "x"}}, {}, predecessor=wrong))


def test_act_documents_hold_terms_of_any_shape_that_json_has() -> None:
    world = World().found()
    amend(world, 1, {"notice": {"staff": {"days": 7}}, "own": [1, {"deep": ["x"]}]})
    found = world.offices[1].ledger.matter(natural_id(world.charter.office, "charter", "amendment/1"))[0]
    assert Act.parse(world.offices[1].ledger.entry(0, found.index).document).facts["terms"]["own"]


def test_a_side_has_so_many_keys_of_one_role_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would bring nothing is void, so that no state shows keys that are not in force."""
    monkeypatch.setattr("yeollak.office.judge.MAX_GENERATIONS", 3)
    world = World().found()

    def seal(number: int) -> dict[str, str]:
        return {"role": "seal", "key": SealKey(seed("seal", number)).public.hex()}

    for number in (1, 2):
        world.say("south", "key.replace", "authority", facts=seal(number))
    assert void(world, "south", "key.replace", "authority", facts=seal(3)) == "full"
    world.say(
        "north", "key.replace", "authority", facts={"role": "seal", "key": SealKey(seed("n", 1)).public.hex()}
    )
    theirs = {"role": "seal", "key": keys_of("north").seal.public.hex()}
    monkeypatch.setattr("yeollak.office.judge.MAX_GENERATIONS", 64)
    assert void(world, "south", "key.replace", "authority", facts=theirs) == "key-used"


def test_a_time_that_a_cosigner_has_put_beyond_the_calendar_is_its_end() -> None:
    """Another side states the second of its receipts: no page and no list breaks by it."""
    assert of_second(0).isoformat() == "1970-01-01T00:00:00+00:00"
    for beyond in (2**40, 2**62, 2**64):
        assert of_second(beyond) == LAST
