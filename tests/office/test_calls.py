from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.office.dockets import (
    CALENDAR,
    DUE,
    HOUR,
    SIDES,
    docket,
    observe,
    office_of,
    only,
    tender,
    with_holiday,
)
from tests.office.world import World
from yeollak.office.calendar import Calendar
from yeollak.office.calls import call_matter, calls
from yeollak.office.outages import Outages
from yeollak.office.waiting import Reason, Word, waiting
from yeollak.record.canon import format_instant

# holidays and lines


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
    world.say(
        "north",
        "standing.line",
        facts={**cut, "lines": ["military-east"], "state": "restored"},
        at=back + 48 * HOUR,
    )
    assert only(docket(world, CALENDAR.next_close(back))).word is Word.UNANSWERED
    assert only(docket(world, back + 48 * HOUR)).word is Word.UNANSWERED
    named = Calendar.make({"calendar": {"zone": "Asia/Seoul", "lines": ["trial"]}}, SIDES)
    assert only(docket(world, DUE, named)).word is Word.UNANSWERED


def test_a_side_that_can_be_heard_on_one_line_is_not_cut_off() -> None:
    world = office_of()
    tender(world)
    world.say("north", "standing.open")
    world.say("north", "standing.line", facts={"lines": ["liaison"], "state": "cut"})
    assert only(docket(world, DUE)).word is Word.LINE_DOWN
    world.say("north", "standing.line", facts={"lines": ["trial"], "state": "restored"})
    assert only(docket(world, DUE)).word is Word.UNANSWERED
    named = Calendar.make({"calendar": {"zone": "Asia/Seoul", "lines": ["liaison"]}}, SIDES)
    assert only(docket(world, DUE, named)).word is Word.LINE_DOWN


def test_one_outage_that_is_over_does_not_hide_another() -> None:
    world = office_of()
    tender(world)
    world.say("north", "standing.open")
    world.say("north", "standing.line", facts={"lines": ["liaison"], "state": "cut"})
    observe(world, "south", "2018-09-18", "closing", "line-dead")
    back = DUE + HOUR
    world.say("north", "standing.line", facts={"lines": ["liaison"], "state": "restored"}, at=back)
    item = only(docket(world, CALENDAR.next_close(back)))
    assert (item.word, item.why) == (Word.LINE_DOWN, (Reason("line-dead", ("south",)),))


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
    waits = {item.awaited: item.waiting for item in calls(office, late, CALENDAR, date(2018, 9, 18))}
    assert waits == {"south": ("north",), "north": ("south",)}
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
