"""Each reason for which an act is void, and each way in which a register waits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.office.world import NAMES, World, keys_of, seed
from yeollak.office import claims
from yeollak.office.ledger import Entry
from yeollak.office.matter import natural_id
from yeollak.office.propose import Draft, document, sign
from yeollak.record import statement
from yeollak.record.document import Act, act_id
from yeollak.record.merkle import EMPTY_ROOT

NOTE = {"class": "general", "subject": {"en": "Forestry"}}


def tender(world: World, side: str = "south", **of: Any) -> str:
    of.setdefault("due", world.now + timedelta(hours=5))
    return world.say(side, "note.tender", checked=False, facts=of.pop("facts", NOTE), **of)


def verdict(world: World, side: str = "south") -> str:
    """The verdict on the newest act of a side, which every node must share."""
    world.meet()
    place = world.charter.places[side]
    verdicts = {
        office.ledger.finding(place, office.ledger.counted(place) - 1).void for office in world.offices
    }
    assert len(verdicts) == 1
    return verdicts.pop()


def raw(world: World, change: Callable[[Act], Act], side: str = "south") -> Act:
    """A tender that has been tampered with before it was signed, and nothing else."""
    office = world.offices[world.charter.places[side]]
    key = keys_of(side).officers["duty"]
    draft = Draft("note.tender", facts=NOTE, due=world.now + timedelta(hours=5))
    act = change(Act.parse(document(office, side, key.kid, draft, world.now, seed("raw")[:16])))
    data = act.encode()
    header = statement.protected_header(
        bytes.fromhex(act.officer), world.charter.origin(side), act.matter or act_id(data)
    )
    digest = bytes.fromhex(act_id(data))
    signature = key.sign(statement.to_be_signed(header, digest))
    world.put(world.charter.places[side], Entry(statement.assemble(header, digest, signature), data))
    return act


def test_an_allowed_act() -> None:
    world = World().found()
    tender(world)
    assert verdict(world) == ""


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("foreign", lambda act: replace(act, office="0" * 64)),
        ("foreign", lambda act: replace(act, side="north")),
        ("unposted", lambda act: replace(act, officer="0" * 16)),
        ("unknown", lambda act: replace(act, kind="note.shred")),
        ("matter", lambda act: replace(act, matter="0" * 64)),
        ("facts", lambda act: replace(act, facts={**act.facts, "surplus": "x"})),
        ("facts", lambda act: replace(act, facts={})),
        ("due", lambda act: replace(act, due=None)),
        ("due", lambda act: replace(act, due=act.at)),
        ("due", lambda act: replace(act, due="2030-01-01T00:00:00Z")),
        ("due", lambda act: replace(act, at="9999-12-31T23:59:58Z")),
        ("due", lambda act: replace(act, at="0001-01-01T00:00:00Z", due="9999-12-31T23:59:59Z")),
        ("", lambda act: replace(act, at="9999-12-31T23:59:58Z", due="9999-12-31T23:59:59Z")),
        ("malformed", lambda act: replace(act, seen={})),
        ("malformed", lambda act: replace(act, seen={**act.seen, "guarantor": (0, EMPTY_ROOT.hex())})),
        ("malformed", lambda act: replace(act, seen={**act.seen, "south": (0, EMPTY_ROOT.hex())})),
        ("malformed", lambda act: replace(act, seen={"north": (99, "0" * 64), "east": (1, "0" * 64)})),
        ("unauthorised", lambda act: replace(act, kind="line.seen")),
    ],
)
def test_void(code: str, change: Callable[[Act], Act]) -> None:
    world = World().found()
    raw(world, change)
    assert verdict(world) == code


def test_a_signature_by_another_key() -> None:
    world = World().found()
    office, place = world.offices[0], 0
    honest = keys_of("south").officers["duty"]
    draft = Draft("note.tender", facts=NOTE, due=world.now + timedelta(hours=5))
    data = document(office, "south", honest.kid, draft, world.now, seed("raw")[:16])
    world.put(place, sign(office, "south", data, keys_of("north").officers["duty"]))
    assert verdict(world) == "signature"


def test_a_document_counts_once() -> None:
    world = World().found()
    tender(world)
    world.put(0, world.whole.entry(0, world.whole.held(0) - 1))
    assert verdict(world) == "duplicate"


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 16000, b'{"v":1,"v":1}', "é".encode("latin-1")])
def test_a_document_that_does_not_parse_is_void_and_holds_nobody_up(data: bytes) -> None:
    world = World().found()
    digest = bytes.fromhex(act_id(data))
    header = statement.protected_header(b"12345678", world.charter.origin("south"), "0" * 64)
    world.put(0, Entry(statement.assemble(header, digest, bytes(64)), data))
    assert verdict(world) == "malformed"
    tender(world)
    assert verdict(world) == ""


def test_nothing_but_the_charter_is_signed_before_all_have_signed() -> None:
    world = World()
    facts = {"charter": world.charter.office, "checked": "in-person"}
    world.say("south", "charter.sign", "authority", facts=facts)
    posting = {"key": keys_of("south").officers["duty"].public.hex(), "function": "duty"}
    world.say("south", "posting.appoint", "authority", checked=False, facts=posting)
    world.say("north", "charter.sign", "authority", facts=facts)
    world.meet()
    assert world.offices[1].ledger.finding(0, 1).void == "unfounded"


def test_what_a_side_signs_first_has_seen_nothing() -> None:
    world = World()
    facts = {"charter": world.charter.office, "checked": "in-person"}
    world.say("south", "charter.sign", "authority", facts=facts)
    world.meet()
    world.say("north", "charter.sign", "authority", facts=facts)
    assert Act.parse(world.whole.entry(1, 0).document).seen == {"south": (0, EMPTY_ROOT.hex())}
    world.meet()
    assert {office.state(office.ledger.finding(0, 0).matter).state.phase for office in world.offices} == {
        "founded"
    }


def test_a_side_that_has_not_signed_the_charter_first_has_founded_nothing() -> None:
    world = World()
    world.say("south", "charter.sign", "authority", checked=False, facts={"charter": "0" * 64})
    facts = {"charter": world.charter.office, "checked": "in-person"}
    world.say("north", "charter.sign", "authority", facts=facts)
    world.meet()
    posting = {"key": keys_of("north").officers["duty"].public.hex(), "function": "duty"}
    world.say("north", "posting.appoint", "authority", checked=False, facts=posting)
    assert verdict(world, "north") == "unfounded"
    world.say("south", "charter.sign", "authority", checked=False, facts=facts)
    assert verdict(world) == "unfounded"


def test_the_charter_signed_is_this_one() -> None:
    world = World()
    facts = {"charter": "0" * 64, "checked": "in-person"}
    world.say("south", "charter.sign", "authority", checked=False, facts=facts)
    assert verdict(world) == "other-charter"


def test_a_key_counts_from_the_position_after_its_posting_to_its_recall() -> None:
    world = World().found()
    office = world.offices[0]
    duty = next(o for o in office.officers(0).values() if o.function == "duty")
    world.say("south", "posting.recall", "authority", matter=duty.matter, checked=False)
    assert verdict(world) == ""
    tender(world)
    assert verdict(world) == "unposted"


@pytest.mark.parametrize(
    ("officer", "kind", "facts", "code"),
    [
        ("node", "note.tender", NOTE, "unauthorised"),
        ("node", "account.enter", {"when": "2018-10-22", "source": "own"}, "unauthorised"),
        ("authority", "account.enter", {"when": "2018-10-22", "source": "own"}, "unauthorised"),
        ("duty", "line.report", {}, "unauthorised"),
        ("duty", "posting.appoint", {"key": seed("new").hex(), "function": "duty"}, "unauthorised"),
        ("duty", "charter.sign", {"charter": "0" * 64, "checked": "in-person"}, "unauthorised"),
        ("co-head", "posting.appoint", {"key": keys_of("west").officers["duty"].public.hex(),
                                        "function": "duty"}, ""),
    ],
)  # fmt: skip
def test_what_a_function_may_sign(officer: str, kind: str, facts: dict[str, Any], code: str) -> None:
    world = World().found()
    matter = natural_id(world.charter.office, "check-in", "line/south") if kind == "line.report" else None
    world.say("south", kind, officer, checked=False, matter=matter, facts=facts,
              due=world.now + timedelta(hours=5) if kind == "note.tender" else None)  # fmt: skip
    assert verdict(world) == code


@pytest.mark.parametrize("named", [None, "0" * 64])
def test_an_act_of_a_natural_key_names_the_matter_that_its_key_makes(named: str | None) -> None:
    world = World().found()
    office, key = world.offices[0], keys_of("south").officers["duty"]
    facts = {"date": "2018-10-22", "slot": "opening", "view": "answered"}
    honest = Act.parse(
        document(office, "south", key.kid, Draft("checkin.observe", facts=facts), world.now, seed("raw")[:16])
    )
    assert honest.matter == natural_id(world.charter.office, "check-in", "2018-10-22/opening")
    data = replace(honest, matter=named).encode()
    digest = bytes.fromhex(act_id(data))
    raw_statement = statement.sign(key, world.charter.origin("south"), honest.matter or "", digest)
    world.put(0, Entry(raw_statement, data))
    assert verdict(world) == "matter"


def test_both_sides_may_open_a_call_and_a_crossing_opening_is_an_ordinary_first_act() -> None:
    world = World().found()
    facts = {"date": "2018-10-22", "slot": "opening"}
    world.say("south", "checkin.observe", facts={**facts, "view": "unanswered"})
    world.say("north", "checkin.observe", facts={**facts, "view": "line-dead"})
    world.meet()
    matter = natural_id(world.charter.office, "check-in", "2018-10-22/opening")
    for office in world.offices:
        folded = office.state(matter)
        assert (folded.state.phase, dict(folded.marks)) == ("observed", {})
        assert folded.state.of("view", "south") == "unanswered"


def test_a_statement_of_another_matter_is_foreign() -> None:
    world = World().found()
    office, key = world.offices[0], keys_of("south").officers["duty"]
    draft = Draft("note.tender", facts=NOTE, due=world.now + timedelta(hours=5))
    data = document(office, "south", key.kid, draft, world.now, seed("raw")[:16])
    digest = bytes.fromhex(act_id(data))
    for matter, origin in (("0" * 64, "south"), (act_id(data), "north")):
        world.put(0, Entry(statement.sign(key, world.charter.origin(origin), matter, digest), data))
        assert verdict(world) == "foreign"


def test_a_reservation_hangs_on_any_matter_and_changes_nothing() -> None:
    world = World().found()
    act = tender(world)
    world.meet()
    before = world.offices[0].state(act)
    world.say("north", "reservation", matter=act, re=(act,), facts={"subject": {"en": "The date"}})
    assert verdict(world, "north") == ""
    assert world.offices[0].state(act) == before
    world.say("north", "reservation", checked=False, matter="0" * 64)
    assert verdict(world, "north") == "matter"


def test_a_recall_does_not_reach_back() -> None:
    world = World().found()
    act = tender(world)
    office = world.offices[0]
    duty = next(o for o in office.officers(0).values() if o.function == "duty")
    world.say("south", "posting.recall", "authority", matter=duty.matter)
    world.meet()
    assert world.offices[1].state(act).state.phase == "tendered"


def test_no_key_is_posted_twice() -> None:
    world = World().found()
    facts = {"key": keys_of("south").officers["duty"].public.hex(), "function": "duty"}
    world.say("south", "posting.appoint", "authority", checked=False, facts=facts)
    assert verdict(world) == "key-used"


def test_a_small_order_key_is_not_posted() -> None:
    world = World().found()
    facts = {"key": (bytes([1]) + bytes(31)).hex(), "function": "duty"}
    world.say("south", "posting.appoint", "authority", checked=False, facts=facts)
    assert verdict(world) == "key"


@pytest.mark.parametrize("seen", [{"north": (99, "0" * 64)}, {"north": (5, "0" * 64)}])
def test_an_invented_seen_holds_up_its_own_register_only(seen: dict[str, tuple[int, str]]) -> None:
    world = World().found()
    tender(world, seen=seen)
    tender(world, "north")
    world.meet()
    for office in world.offices:
        assert office.ledger.counted(0) == world.whole.held(0) - 1
        assert office.ledger.counted(1) == world.whole.held(1)


def test_a_root_that_is_not_ours_is_evidence() -> None:
    world = World().found()
    tender(world, seen={"north": (2, "0" * 64)})
    office = world.offices[1]
    world.whole.held(0)
    office.ledger.append(0, world.whole.entry(0, world.whole.held(0) - 1))  # type: ignore[attr-defined]  # a ledger in memory
    (evidence,) = office.count().evidence
    assert (evidence.side, evidence.about, evidence.size) == ("south", "north", 2)
    assert office.ledger.counted(0) == world.whole.held(0) - 1
    tender(world, "north")
    assert office.ledger.counted(1) == world.whole.held(1), "only the register that names it waits"


def test_a_stale_acceptance_loses_to_a_lapse_and_a_withdrawal_to_a_crossing_acceptance() -> None:
    """attacks 1.5: who withdraws may still be bound by an acceptance that crossed; a lapse ends that."""
    world = World().found()
    act = tender(world)
    world.deliver(1, 0)
    world.say("south", "note.withdraw", matter=act, re=(act,))
    world.say("north", "note.take", matter=act, re=(act,), due=world.now + timedelta(hours=4))
    world.meet()
    assert {office.state(act).state.phase for office in world.offices} == {"taken"}

    world = World().found()
    act = tender(world)
    world.deliver(1, 0)
    world.say("south", "note.lapse", matter=act, re=(act,), at=world.now + timedelta(days=2))
    world.say("north", "note.take", matter=act, re=(act,), due=world.now + timedelta(hours=4))
    world.meet()
    assert {office.state(act).state.phase for office in world.offices} == {"lapsed"}


def test_a_lapse_before_the_due_is_void() -> None:
    world = World().found()
    act = tender(world)
    world.say("south", "note.lapse", checked=False, matter=act, re=(act,))
    assert verdict(world) == "early"


def test_settled_once_every_other_party_has_seen() -> None:
    world = World(NAMES).found()
    act = tender(world, facts={**NOTE, "to": "north"})
    world.meet()
    assert not world.offices[0].settled(act)
    world.say("north", "line.seen", "node")
    world.meet()
    assert world.offices[0].unsettled(act) == {"west"}
    world.say("west", "line.seen", "node")
    world.meet()
    assert all(office.settled(act) for office in world.offices)


def test_a_line_seen_calls_for_none_in_return() -> None:
    world = World().found()
    tender(world)
    world.meet()
    assert kind_unseen(world, 1) == "posting.appoint"
    world.say("north", "line.seen", "node")
    tender(world)
    world.meet()
    assert kind_unseen(world, 1) == "note.tender"
    world.say("north", "line.seen", "node")
    world.meet()
    assert kind_unseen(world, 1) is None
    assert kind_unseen(world, 0) != "line.seen"
    world.say("south", "line.seen", "node")
    world.meet()
    assert kind_unseen(world, 0) is None
    line = world.offices[0].ledger.finding(1, world.whole.held(1) - 1).matter
    world.say("north", "remark", matter=line)
    world.meet()
    assert kind_unseen(world, 0) == "remark"


def kind_unseen(world: World, place: int) -> str | None:
    """The kind of the first act for which a side owes a `line.seen`."""
    found = world.offices[place].unseen(place)
    return None if found is None or found.move is None else found.move.kind


def test_the_state_digest_is_that_of_the_clarifications() -> None:
    """Item 34, made here from nothing but the folds and the standard library."""
    world = World().found()
    act = tender(world)
    world.deliver(1, 0)
    world.say("south", "note.withdraw", matter=act, re=(act,))
    world.say("north", "note.take", matter=act, re=(act,), due=world.now + timedelta(hours=4))
    world.meet()
    office = world.offices[0]
    for frontier in (office.frontier(), office.ledger.finding(1, world.whole.held(1) - 1).vector, (3, 1)):
        lines = []
        for matter in office.ledger.matters():
            folded = office.state(matter, frontier)
            value = {"marks": folded.marks, "phase": folded.state.phase, "slots": folded.state.slots}
            text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=dict)
            if any(one.index < frontier[one.place] for one in office.ledger.matter(matter) if not one.void):
                lines.append(f"{matter} {hashlib.sha256(text.encode()).hexdigest()}\n")
        assert lines
        assert office.digest(frontier) == hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()
    assert office.state(act).marks, "an overtaken act is in it"


def test_a_draft_with_the_state_carries_what_its_own_past_comes_to() -> None:
    world = World().found()
    tender(world)
    world.meet()
    tender(world, "north")
    world.say("north", "line.seen", "node", with_state=True)
    world.meet()
    found = world.offices[0].ledger.finding(1, world.whole.held(1) - 1)
    assert found.move is not None
    assert found.move.facts["state"] == world.offices[0].digest(found.vector)


def test_presence_and_watches_are_no_postings() -> None:
    world = World().found()
    office, kid = world.offices[0], keys_of("south").officers["duty"].kid
    before = len(office.ledger.postings(0))
    matter = natural_id(office.charter.office, "posting", f"presence/south/{kid}")
    facts = {"officer": kid, "date": "2018-10-22", "state": "present"}
    world.say("south", "posting.presence", matter=matter, facts=facts)
    assert verdict(world) == ""
    assert len(office.ledger.postings(0)) == before


def test_views_that_differ_are_told_apart() -> None:
    world = World().found()
    honest = world.offices[1].digest()
    world.say("north", "line.seen", "node", facts={"state": honest})
    world.meet()
    world.say("north", "line.seen", "node", facts={"state": "0" * 64})
    ledger = world.ledgers[0]
    ledger.append(1, world.whole.entry(1, world.whole.held(1) - 1))
    (found,) = world.offices[0].count().found
    assert found.void == "", "a claim is its author's word, and decides nothing"
    assert not claims.agrees(world.offices[0], found)
    assert claims.newest(ledger, 1) == found
    assert claims.agrees(world.offices[0], ledger.finding(1, found.index - 1))
