from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.world import World
from tests.procedures.explore import THREE, TWO, Elsewhere, digest, explore, sample
from yeollak.office.calendar import Calendar, Declared
from yeollak.office.calls import call_matter, calls
from yeollak.office.expected import Default, default_of, ended_in_silence, expectations, lapsing
from yeollak.office.outages import Outages
from yeollak.office.silence import (
    FALSE_ON_ITS_FACE,
    RECEIPTED,
    UNRECEIPTED,
    Receipt,
    held_since,
    in_time,
    mark_of,
    silences,
)
from yeollak.office.waiting import Reason, Waiting, Word, waiting
from yeollak.office.zones import LAST
from yeollak.procedures.catalogue import PROCEDURES, table
from yeollak.procedures.machine import Move, Procedure, Role, State, Void, admit, awaited, possible
from yeollak.record.canon import format_instant

SIDES = {"south": "Asia/Seoul", "north": "Asia/Pyongyang", "west": "UTC"}
CALENDAR = Calendar.make({"calendar": {"zone": "Asia/Seoul"}}, SIDES)
NOTE = {"class": "general", "subject": {"en": "Forestry"}}
ASK = {"class": "life", "subject": {"en": "Crossing"}, "items": ["one", "two"], "default": "denied"}
#: A Tuesday, 18:00 in Seoul: the next closing of the office is on Wednesday at 08:00 UTC.
DUE = datetime(2018, 9, 18, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def office_of(*sides: str) -> World:
    return World(sides or ("south", "north")).found()


def docket(world: World, now: datetime, calendar: Calendar = CALENDAR) -> tuple[Waiting, ...]:
    """The docket, which every node that holds the same must find the same."""
    world.meet()
    found = {waiting(office, now, calendar) for office in world.offices}
    assert len(found) == 1
    return found.pop()


def only(items: Sequence[Waiting]) -> Waiting:
    (item,) = items
    return item


def tender(world: World, side: str = "south", due: datetime = DUE, **of: Any) -> str:
    act = world.say(side, "note.tender", facts=of.pop("facts", NOTE), due=due, **of)
    world.meet()
    return act


# what a state waits for, over every table


@pytest.mark.parametrize(
    ("name", "parties"),
    [
        *((procedure.name, TWO) for procedure in PROCEDURES),
        *((name, THREE) for name in ("exchange", "note", "request", "suspension")),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_what_is_expected_may_be_let_lapse_from_its_due_and_not_before(
    name: str, parties: tuple[str, ...]
) -> None:
    procedure = table(name)
    for state in explore(procedure, parties).states.values():
        for expected in expectations(procedure, state, parties):
            assert set(expected.awaited).isdisjoint(expected.waiting) or expected.waiting == expected.signers
            assert expected.awaited
            assert expected.waiting
            for side in expected.signers:
                assert (
                    verdict(procedure, state, side, expected.lapse, expected.opened, expected.due, parties)
                    == ""
                )
                early = format_instant(datetime.fromisoformat(expected.due) - timedelta(seconds=1))
                code = verdict(procedure, state, side, expected.lapse, expected.opened, early, parties)
                assert code == "early"
                assert lapsing(procedure, state, expected.lapse, side, parties) == (
                    expected.due,
                    expected.opened,
                )
            for side in expected.awaited:
                may = {kind.name for kind, _ in possible(procedure, state, side, parties)}
                assert may & set(expected.answers)


def verdict(
    procedure: Procedure, state: State, side: str, kind: str, opened: str, at: str, parties: tuple[str, ...]
) -> str:
    said = procedure.kind(kind)
    assert said is not None
    facts: dict[str, Any] = {fact.name: sample(fact, side, parties) for fact in said.facts if fact.required}
    move = Move(digest("lapse", side), side, kind, at, facts, re=(opened,) if opened else ())
    try:
        admit(procedure, state, move, Elsewhere(parties))
    except Void as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("name", [procedure.name for procedure in PROCEDURES])
def test_whoever_may_let_something_lapse_waits_for_somebody_or_the_offer_was_withdrawn(name: str) -> None:
    procedure = table(name)
    for state in explore(procedure, TWO).states.values():
        lapses = [
            (kind.name, side)
            for side in TWO
            for kind, row in possible(procedure, state, side, TWO)
            if row.lapses and (state.of("due", side) or state.slots.get("due"))
        ]
        told = {(one.lapse, side) for one in expectations(procedure, state, TWO) for side in one.signers}
        if state.phase != "withdrawn":
            assert told == set(lapses)
            assert {side for one in expectations(procedure, state, TWO) for side in one.awaited} <= set(
                awaited(procedure, state, TWO)
            )
        else:
            assert not told


def test_the_phases_that_only_a_lapse_leads_to() -> None:
    silent = {
        (procedure.name, phase): ended_in_silence(procedure, State(phase))
        for procedure in PROCEDURES
        for phase in procedure.rows
        if ended_in_silence(procedure, State(phase)) is not None
    }
    for key, role in {
        ("note", "lapsed"): Role.OPENER,
        ("note", "undelivered"): Role.COUNTERPART,
        ("note", "unanswered"): Role.OPENER,
        ("request", "unanswered"): Role.OPENER,
        ("request", "unsupplied"): Role.COUNTERPART,
        ("meeting", "lapsed"): Role.EITHER,
        ("agreement", "lapsed"): Role.EITHER,
    }.items():
        assert silent[key] is role
    assert ("meeting", "reported") not in silent
    assert ended_in_silence(table("note"), State("answered")) is None


# the docket


def test_a_tender_waits_and_its_silence_is_told_apart_from_its_lapse() -> None:
    world = office_of()
    act = tender(world, precedence="immediate")
    signed = format_instant(world.now)
    before = only(docket(world, DUE - timedelta(seconds=1)))
    assert before.word is Word.WAITING
    assert (before.waiting, before.awaited, before.since, before.until) == (
        ("south",),
        "north",
        signed,
        format_instant(DUE),
    )
    assert (before.precedence, before.opened, before.procedure, before.phase) == (
        "immediate",
        act,
        "note",
        "tendered",
    )
    assert set(before.answers) == {"note.take", "note.refuse"}
    assert before.lapse is not None
    assert (before.lapse.kind, before.lapse.by, before.lapse.re, before.lapse.start) == (
        "note.lapse",
        ("south",),
        act,
        format_instant(DUE),
    )
    after = only(docket(world, DUE))
    assert (after.word, after.why) == (Word.UNANSWERED, (Reason("nothing-since", ("north",)),))
    # Reading the docket has changed nothing, and what it says may be signed is allowed.
    world.say("south", "note.lapse", matter=act, re=(before.lapse.re,), at=DUE)
    assert docket(world, DUE + HOUR) == ()
    world.meet()
    assert ended_in_silence(table("note"), world.offices[1].state(act).state) is Role.OPENER


def test_what_was_begun_and_not_ended_is_overdue_and_not_unanswered() -> None:
    world = office_of()
    act = tender(world)
    world.say("north", "remark", matter=act)
    item = only(docket(world, DUE))
    assert (item.word, item.why) == (Word.OVERDUE, (Reason("acted-since", ("north",)),))


def test_an_act_that_had_not_seen_the_question_is_no_sign_of_an_answer() -> None:
    world = office_of()
    act = tender(world)
    world.say("north", "remark", matter=act)
    world.meet()
    # Asked again: the remark had not seen this.
    world.say("south", "note.urge", matter=act, due=DUE + HOUR)
    item = only(docket(world, DUE + HOUR))
    assert item.word is Word.UNANSWERED
    assert item.until == format_instant(DUE + HOUR)
    world.meet()
    assert only(docket(world, DUE)).word is Word.WAITING


def test_after_a_take_up_the_other_side_waits() -> None:
    world = office_of()
    act = tender(world)
    take = world.say("north", "note.take", matter=act, re=(act,), due=DUE)
    item = only(docket(world, DUE))
    assert (item.waiting, item.awaited, item.opened) == (("north",), "south", take)
    assert item.lapse is not None
    assert item.lapse.by == ("north",)


def test_an_act_without_a_due_opens_no_expectation() -> None:
    world = office_of()
    world.say("south", "note.send", facts={"class": "flood", "subject": {"en": "Dam"}})
    assert docket(world, DUE) == ()


def test_a_withdrawn_offer_waits_for_nobody() -> None:
    world = office_of()
    act = tender(world)
    world.say("south", "note.withdraw", matter=act, re=(act,))
    assert docket(world, DUE) == ()


def test_of_three_parties_each_that_has_not_agreed_is_waited_for() -> None:
    world = office_of("south", "north", "west")
    facts = {"level": "heads", "topic": {"en": "Rail"}}
    act = world.say("south", "meeting.propose", facts=facts, due=DUE)
    world.meet()
    assert [item.awaited for item in docket(world, DUE)] == ["north", "west"]
    world.say("north", "meeting.agree", matter=act, re=(act,))
    item = only(docket(world, DUE))
    assert (item.waiting, item.awaited) == (("south", "north"), "west")
    assert item.lapse is not None
    assert item.lapse.by == ("south",)


def test_a_text_waits_for_those_who_have_not_signed() -> None:
    world = office_of()
    text = digest("text")
    draft = world.say("south", "agreement.draft", facts={"text": text, "subject": {"en": "Text"}}, due=DUE)
    world.meet()
    assert world.offices[0].state(draft).state.phase == "drafted", "the facts of this kind have changed"
    assert {item.awaited for item in docket(world, DUE)} == {"south", "north"}
    world.say("south", "agreement.initial", matter=draft, re=(draft,), facts={"text": text})
    # Whoever has initialled waits, and need not first sign.
    item = only(docket(world, DUE))
    assert (item.waiting, item.awaited) == (("south",), "north")


def test_the_docket_puts_what_presses_first() -> None:
    world = office_of()
    routine = tender(world)
    sooner = tender(world, due=DUE - HOUR)
    flash = tender(world, precedence="flash", due=DUE + HOUR)
    found = docket(world, DUE - 2 * HOUR)
    assert [item.matter for item in found] == [flash, sooner, routine]
    world.meet()
    chosen = waiting(world.offices[0], DUE, CALENDAR, matters=[routine])
    assert [item.matter for item in chosen] == [routine]


def test_a_request_says_what_silence_will_be_taken_for_and_was() -> None:
    world = office_of()
    ask = world.say("south", "request.ask", facts=ASK, due=DUE)
    world.meet()
    assert only(docket(world, DUE - HOUR)).default == Default("denied", ("one", "two"))
    world.say("north", "request.answer", matter=ask, facts={"items": ["one"], "decision": "approved"})
    item = only(docket(world, DUE))
    assert (item.word, item.default) == (Word.OVERDUE, Default("denied", ("two",)))
    lapse = world.say("south", "request.lapse", matter=ask, re=(ask,), at=DUE)
    world.meet()
    state = world.offices[1].state(ask).state
    assert (state.phase, default_of(state)) == ("unanswered", Default("denied", ("two",)))
    (silence,) = silences(world.offices[1], ask, {})
    assert (silence.act, silence.default) == (lapse, Default("denied", ("two",)))
    assert (silence.awaited, silence.mark, silence.overtaken) == (("north",), UNRECEIPTED, False)


def test_the_silence_of_who_asked_is_taken_for_nothing() -> None:
    world = office_of()
    ask = world.say("south", "request.ask", facts=ASK, due=DUE)
    world.meet()
    inquiry = world.say("north", "request.inquire", matter=ask, due=DUE + HOUR)
    item = only(docket(world, DUE + HOUR))
    assert (item.awaited, item.default) == ("south", None)
    world.say("north", "request.lapse", matter=ask, re=(inquiry,), at=DUE + HOUR)
    world.meet()
    (silence,) = silences(world.offices[0], ask, {})
    assert (silence.default, silence.awaited) == (None, ("south",))


# holidays and lines


def with_holiday(*, at: datetime | None = None) -> Calendar:
    declared = {"north": {"2018-09-18": Declared("holiday", at)}}
    return Calendar.make({"calendar": {"zone": "Asia/Seoul"}}, SIDES, declared)


def test_a_side_with_a_holiday_at_the_due_is_excused_until_the_office_has_next_closed() -> None:
    world = office_of()
    tender(world)
    calendar = with_holiday()
    closes = datetime(2018, 9, 19, 8, 0, tzinfo=UTC)
    early = only(docket(world, DUE - HOUR, calendar))
    assert (early.word, early.why) == (Word.WAITING, (Reason("holiday-at-due", ("north",)),))
    item = only(docket(world, DUE, calendar))
    assert (item.word, item.why) == (Word.EXCUSED, (Reason("holiday", ("north",), format_instant(closes)),))
    assert only(docket(world, closes - timedelta(seconds=1), calendar)).word is Word.EXCUSED
    assert only(docket(world, closes, calendar)).word is Word.UNANSWERED
    # It is a word of the view: the lapse may be signed from the due all the same.
    assert item.lapse is not None
    assert item.lapse.start == format_instant(DUE)


def test_only_the_holiday_of_who_is_waited_for_excuses() -> None:
    world = office_of()
    tender(world)
    calendar = Calendar.make(
        {"calendar": {"zone": "Asia/Seoul"}}, SIDES, {"south": {"2018-09-18": "holiday"}}
    )
    assert only(docket(world, DUE, calendar)).word is Word.UNANSWERED


def test_a_holiday_that_is_declared_once_it_has_begun_is_told_and_excuses_nobody() -> None:
    world = office_of()
    tender(world)
    item = only(docket(world, DUE, with_holiday(at=DUE - HOUR)))
    assert item.word is Word.UNANSWERED
    assert item.why == (Reason("nothing-since", ("north",)), Reason("declared-late", ("north",)))


def observe(world: World, side: str, day: str, slot: str, view: str) -> None:
    facts = {"date": day, "slot": slot, "view": view}
    world.say(side, "checkin.observe", facts=facts)
    world.meet()


def test_a_line_that_the_waiting_side_saw_dead_is_told_from_silence() -> None:
    world = office_of()
    tender(world)
    observe(world, "south", "2018-09-18", "closing", "line-dead")
    item = only(docket(world, DUE))
    assert (item.word, item.why) == (Word.LINE_DOWN, (Reason("line-dead", ("south",)),))
    # Alive again on Thursday morning: from the closing of Thursday on, silence is silence.
    observe(world, "south", "2018-09-20", "opening", "unanswered")
    thursday = datetime(2018, 9, 20, 8, 0, tzinfo=UTC)
    item = only(docket(world, thursday - timedelta(seconds=1)))
    assert (item.word, item.why) == (
        Word.LINE_DOWN,
        (Reason("line-dead", ("south",), format_instant(thursday)),),
    )
    assert only(docket(world, thursday)).word is Word.UNANSWERED
    # And before the line was back, nobody could have known that it would be.
    assert only(docket(world, DUE)).why == (Reason("line-dead", ("south",)),)


def test_what_a_side_says_of_its_own_line_excuses_it_not() -> None:
    world = office_of()
    tender(world)
    observe(world, "north", "2018-09-18", "closing", "line-dead")
    item = only(docket(world, DUE))
    assert item.word is Word.UNANSWERED
    assert Reason("line-claimed", ("north",)) in item.why


def test_a_line_that_died_after_the_due_changes_nothing() -> None:
    world = office_of()
    tender(world)
    observe(world, "south", "2018-09-18", "closing", "answered")
    observe(world, "south", "2018-09-19", "opening", "line-dead")
    assert only(docket(world, DUE + 48 * HOUR)).word is Word.UNANSWERED


def test_a_line_that_is_cut_is_down_whoever_cut_it() -> None:
    world = office_of()
    tender(world)
    world.say("north", "standing.open")
    cut = {"lines": ["liaison", "military-east"], "state": "cut"}
    world.say("north", "standing.line", facts=cut)
    item = only(docket(world, DUE))
    assert (item.word, item.why) == (Word.LINE_DOWN, (Reason("line-cut", ("north",)),))
    # One line of those it had cut is enough to be heard again.
    back = DUE + 24 * HOUR
    world.say("north", "standing.line", facts={"lines": ["liaison"], "state": "restored"}, at=back)
    assert only(docket(world, back)).word is Word.LINE_DOWN
    assert only(docket(world, CALENDAR.next_close(back))).word is Word.UNANSWERED
    named = Calendar.make({"calendar": {"zone": "Asia/Seoul", "lines": ["trial"]}}, SIDES)
    assert only(docket(world, DUE, named)).word is Word.UNANSWERED


def test_a_cut_that_is_told_after_the_due_reaches_no_due_before_it() -> None:
    world = office_of()
    tender(world)
    world.say("north", "standing.open")
    facts = {"lines": ["liaison"], "state": "cut", "when": "2018-09-15"}
    world.say("north", "standing.line", facts=facts, at=DUE + HOUR)
    assert only(docket(world, DUE + 2 * HOUR)).word is Word.UNANSWERED


def test_a_report_of_a_node_that_found_no_line_at_all_is_an_observation() -> None:
    world = office_of()
    tender(world)
    since, until = format_instant(DUE - 3 * HOUR), format_instant(DUE - 2 * HOUR)
    facts = {"attempts": 9, "refusals": 0, "failures": 9, "since": since, "until": until}
    world.say("south", "line.report", "node", facts=facts, at=DUE - HOUR)
    assert only(docket(world, DUE)).why == (Reason("line-dead", ("south",)),)
    later = {**facts, "failures": 8, "since": until, "until": format_instant(DUE - HOUR)}
    world.say("south", "line.report", "node", facts=later, at=DUE - HOUR)
    assert only(docket(world, DUE)).word is Word.UNANSWERED


def test_outages_are_read_once_and_come_to_the_same() -> None:
    world = office_of()
    tender(world)
    kept = Outages(CALENDAR)
    for number, view in enumerate(["answered", "line-dead", "line-dead", "late", "line-dead"]):
        observe(world, "south", f"2018-09-{17 + number}", "opening", view)
        moment = DUE + number * 24 * HOUR
        assert waiting(world.offices[0], moment, CALENDAR, outages=kept) == waiting(
            world.offices[0], moment, CALENDAR
        )


# calls


def call_words(world: World, now: datetime, calendar: Calendar = CALENDAR) -> dict[tuple[str, str], Word]:
    world.meet()
    found = {calls(office, now, calendar, date(2018, 9, 18)) for office in world.offices}
    assert len(found) == 1
    return {(item.matter, item.awaited): item.word for item in found.pop()}


def test_a_call_that_nobody_has_entered_becomes_overdue_by_the_calendar() -> None:
    world = office_of()
    begins = datetime(2018, 9, 18, 0, 0, tzinfo=UTC)
    office = world.offices[0]
    matter = call_matter(office, date(2018, 9, 18), "opening")
    assert call_words(world, begins - timedelta(seconds=1)) == {}
    both = {(matter, side): Word.WAITING for side in world.sides}
    assert call_words(world, begins) == both
    assert call_words(world, begins + timedelta(minutes=29, seconds=59)) == both
    late = begins + timedelta(minutes=30)
    assert call_words(world, late) == dict.fromkeys(both, Word.OVERDUE)
    observe(world, "south", "2018-09-18", "opening", "unanswered")
    assert call_words(world, late) == {(matter, "north"): Word.UNANSWERED}
    assert office.state(matter).state.of("view", "south") == "unanswered"
    observe(world, "north", "2018-09-18", "opening", "answered")
    assert call_words(world, late) == {}


@pytest.mark.parametrize(
    ("view", "word", "code"),
    [
        ("answered", Word.OVERDUE, "not-entered"),
        ("late", Word.OVERDUE, "not-entered"),
        ("unanswered", Word.UNANSWERED, "observed"),
        ("line-dead", Word.LINE_DOWN, "line-dead"),
    ],
)
def test_what_one_side_saw_says_what_the_others_silence_is(view: str, word: Word, code: str) -> None:
    world = office_of()
    observe(world, "south", "2018-09-18", "opening", view)
    now = datetime(2018, 9, 18, 1, 0, tzinfo=UTC)
    item = only(calls(world.offices[0], now, CALENDAR, date(2018, 9, 18)))
    assert (item.awaited, item.waiting, item.word, item.why[0].code) == ("north", ("south",), word, code)
    assert (item.since, item.until) == ("2018-09-18T00:00:00Z", "2018-09-18T00:30:00Z")
    assert item.lapse is None
    assert item.answers == ("checkin.observe",)


def test_on_a_holiday_no_call_is_due_by_anybody() -> None:
    world = office_of()
    now = datetime(2018, 9, 18, 9, 0, tzinfo=UTC)
    words = call_words(world, now, with_holiday())
    assert set(words.values()) == {Word.EXCUSED}
    assert len(words) == 4
    late = with_holiday(at=datetime(2018, 9, 18, 1, 0, tzinfo=UTC))
    assert set(call_words(world, now, late).values()) == {Word.OVERDUE}
    north = [
        item for item in calls(world.offices[0], now, late, date(2018, 9, 18)) if item.awaited == "north"
    ]
    assert {reason.code for item in north for reason in item.why} == {"not-entered", "declared-late"}


def test_a_cut_line_is_told_from_calls_that_were_not_entered() -> None:
    world = office_of()
    world.say("north", "standing.open")
    world.say("north", "standing.line", facts={"lines": ["liaison"], "state": "cut"})
    words = call_words(world, datetime(2018, 9, 18, 9, 0, tzinfo=UTC))
    assert set(words.values()) == {Word.LINE_DOWN}


def test_calls_fall_on_working_days_and_no_more_than_ten_years_are_looked_through() -> None:
    world = office_of()
    monday = datetime(2018, 9, 24, 9, 0, tzinfo=UTC)
    found = calls(world.offices[0], monday, CALENDAR, date(2018, 9, 21))
    days = sorted({item.since[:10] for item in found})
    assert days == ["2018-09-21", "2018-09-24"]
    empty = Calendar.make({"calendar": {"slots": {}}}, SIDES)
    assert calls(world.offices[0], monday, empty, date.min) == ()


# receipts

MOMENTS = st.integers(-5, 5).map(lambda minutes: DUE + timedelta(minutes=minutes))
RECEIPTS = st.lists(
    st.builds(Receipt, st.sampled_from(["south", "north", "guarantor"]), st.integers(0, 8), MOMENTS),
    max_size=12,
)


def test_a_lapse_that_another_held_before_the_due_is_false_on_its_face() -> None:
    early = Receipt("north", 6, DUE - timedelta(seconds=1))
    assert mark_of(5, "south", DUE, [early]) == (FALSE_ON_ITS_FACE, (early,))
    in_good_time = replace(early, time=DUE)
    assert mark_of(5, "south", DUE, [in_good_time]) == (RECEIPTED, (in_good_time,))
    below = replace(early, size=5)
    assert mark_of(5, "south", DUE, [below]) == (UNRECEIPTED, ())
    own = replace(early, cosigner="south")
    assert mark_of(5, "south", DUE, [own]) == (UNRECEIPTED, ())
    # One is enough, whatever the other says.
    guarantor = Receipt("guarantor", 9, DUE + HOUR)
    assert mark_of(5, "south", DUE, [guarantor, early]) == (FALSE_ON_ITS_FACE, (early,))


def test_a_receipt_that_contradicts_its_cosigners_earlier_ones_proves_nothing() -> None:
    honest = Receipt("north", 4, DUE + HOUR)
    back = Receipt("north", 6, DUE - HOUR)
    assert mark_of(5, "south", DUE, [back, honest]) == (UNRECEIPTED, ())
    later = Receipt("north", 7, DUE + 2 * HOUR)
    assert mark_of(5, "south", DUE, [back, honest, later]) == (RECEIPTED, (later,))


@given(RECEIPTS, st.integers(0, 7))
def test_what_receipts_say_of_a_lapse(receipts: list[Receipt], index: int) -> None:
    mark, proof = mark_of(index, "south", DUE, receipts)
    stands = [
        one
        for one in receipts
        if one.cosigner != "south"
        and one.size > index
        and not any(
            other.cosigner == one.cosigner and other.size < one.size and other.time > one.time
            for other in receipts
        )
    ]
    if any(one.time < DUE for one in stands):
        assert mark == FALSE_ON_ITS_FACE
        assert all(one.time < DUE for one in proof)
    else:
        assert mark == (RECEIPTED if stands else UNRECEIPTED)
    assert bool(proof) == bool(stands)
    assert set(proof) <= set(stands)
    assert len({one.cosigner for one in proof}) == len(proof)
    # The order in which receipts came is nothing.
    assert held_since(index, "south", receipts) == held_since(index, "south", receipts[::-1])


def crossed_acceptance(world: World) -> tuple[str, str, str]:
    """North takes in time, South lets it lapse without having seen that: the lapse stands."""
    act = tender(world)
    take = world.say("north", "note.take", matter=act, re=(act,), due=DUE + 48 * HOUR)
    lapse = world.say("south", "note.lapse", matter=act, re=(act,), at=DUE)
    world.meet()
    assert world.offices[0].state(act).state.phase == "lapsed"
    return act, take, lapse


def test_an_acceptance_that_the_lapsing_side_had_receipted_in_time_speaks_against_the_lapse() -> None:
    world = office_of()
    act, take, lapse = crossed_acceptance(world)
    office = world.offices[0]
    size = office.ledger.counted(1)
    held = Receipt("south", size, DUE - HOUR)
    for given_receipts, expected in [
        ([held], [(take, held)]),
        ([replace(held, time=DUE)], []),
        ([replace(held, size=size - 1)], []),
        # Another's receipt says nothing of what the lapsing side had.
        ([replace(held, cosigner="guarantor")], []),
        # It cannot take its own word back by having claimed a later time first.
        ([Receipt("south", 1, DUE + 99 * HOUR), held], [(take, held)]),
    ]:
        (silence,) = silences(office, act, {"north": given_receipts})
        assert (silence.act, silence.side, silence.overtaken) == (lapse, "south", False)
        assert [(one.act, one.receipt) for one in silence.against] == expected
    # Evidence is no input: the fold is what it was.
    assert office.state(act).state.phase == "lapsed"


def test_a_lapse_of_a_withdrawn_offer_is_held_against_the_same_due() -> None:
    world = office_of()
    act = tender(world)
    take = world.say("north", "note.take", matter=act, re=(act,), due=DUE + 48 * HOUR)
    world.say("south", "note.withdraw", matter=act, re=(act,))
    lapse = world.say("south", "note.lapse", matter=act, re=(act,), at=DUE)
    world.meet()
    office = world.offices[1]
    place = office.charter.places["south"]
    index = office.ledger.first(place, lapse)
    assert index is not None
    early = Receipt("north", index + 1, DUE - HOUR)
    held = Receipt("south", office.ledger.counted(1), DUE - HOUR)
    (silence,) = silences(office, act, {"south": [early], "north": [held]})
    assert (silence.mark, silence.proof, silence.due) == (FALSE_ON_ITS_FACE, (early,), format_instant(DUE))
    assert [one.act for one in silence.against] == [take]
    assert silence.awaited == ()


def test_an_answer_that_the_lapse_had_seen_needs_no_evidence() -> None:
    world = office_of()
    act = tender(world)
    lapse = world.say("south", "note.lapse", matter=act, re=(act,), at=DUE)
    world.meet()
    world.say("north", "remark", matter=act)
    world.meet()
    (silence,) = silences(world.offices[0], act, {"north": [Receipt("south", 99, DUE - HOUR)]})
    assert (silence.act, silence.against) == (lapse, ())
    found = world.offices[0].ledger.finding(1, world.offices[0].ledger.counted(1) - 1)
    assert in_time(found, "south", DUE, []) is None


# cost


def test_the_docket_grows_with_open_matters_and_not_with_their_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    world = office_of()
    matters = [tender(world) for _ in range(10)]
    office = world.offices[0]
    outages = Outages(CALENDAR)
    asked = Counter[str]()
    for name in ("entry", "finding", "first"):
        monkeypatch.setattr(office.ledger, name, counted(asked, name, getattr(office.ledger, name)))

    def cost(many: int) -> int:
        outages.read(office)
        asked.clear()
        assert len(waiting(office, DUE, CALENDAR, outages=outages)) == many
        return asked.total()

    few = cost(10)
    assert 0 < few <= 10 * 6
    for number in range(100):
        world.say("north", "remark", matter=matters[number % 10], checked=False)
    world.meet()
    assert cost(10) <= few + 10  # whether the side has acted is asked of its newest act alone
    for _ in range(10):
        tender(world)
    assert cost(20) <= 2 * (few + 10)


def counted(asked: Counter[str], name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
    def asking(*args: Any) -> Any:
        asked[name] += 1
        return ask(*args)

    return asking


def test_at_the_end_of_the_calendar_the_docket_is_still_read() -> None:
    world = office_of()
    tender(world, due=LAST, at=LAST - HOUR)
    item = only(docket(world, LAST))
    assert (item.word, item.until) == (Word.UNANSWERED, format_instant(LAST))
    observe(world, "south", "9999-12-31", "closing", "line-dead")
    observe(world, "south", "0001-01-01", "opening", "line-dead")
    assert only(docket(world, LAST)).word is Word.LINE_DOWN
