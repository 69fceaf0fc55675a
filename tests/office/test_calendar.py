from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.test_zones import CHANGES, DAYS, ZONES
from tests.office.world import World
from yeollak.errors import RecordFault
from yeollak.office.calendar import Calendar, Declared, calendar_of
from yeollak.office.days import declared
from yeollak.office.periods import MOST_DAYS, Period
from yeollak.office.zones import FIRST, LAST, first_at, later

SEOUL, PYONGYANG = "Asia/Seoul", "Asia/Pyongyang"
SIDES = {"south": SEOUL, "north": PYONGYANG}
TERMS: dict[str, Any] = {
    "calendar": {"zone": SEOUL},
    "deadline": {"default_hours": 48, "most_hours": 24 * 30},
    "deadlines": {
        "note.tender": {"working_days": 2},
        "note.tender/flood": {"hours": 6},
        "request.ask": {"days": 7},
        "note.take": {"working_hours": 12},
    },
    "handling": {"flash": {"minutes": 30}, "immediate": {"working_hours": 4}},
    "holidays": {"south": ["2018-10-09"], "north": ["2018-09-10"]},
    "notice": {
        "staff": {"days": 7},
        "crossing": {"hours": 24},
        "visit": {"working_days": 3},
        "works": {"working_hours": 10},
    },
}


def at(text: str, where: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(where)).astimezone(UTC)


def made(declared: Mapping[str, Mapping[str, str | Declared]] | None = None, **terms: Any) -> Calendar:
    return Calendar.make({**TERMS, **terms}, SIDES, declared)


# zones and their history


@pytest.mark.parametrize(
    ("day", "hour", "offset"),
    [
        ("2015-08-14", "09:00", 540),
        ("2015-08-15", "09:00", 510),
        ("2018-05-04", "09:00", 510),
        ("2018-05-05", "09:00", 540),
    ],
)
def test_pyongyang_was_half_an_hour_behind_for_a_time(day: str, hour: str, offset: int) -> None:
    calendar = made(calendar={"zone": PYONGYANG, "slots": {"opening": hour}})
    moment = calendar.slot(date.fromisoformat(day), "opening")
    assert moment is not None
    assert moment == datetime.fromisoformat(f"{day}T{hour}:00Z") - timedelta(minutes=offset)
    assert calendar.local(moment, "north").utcoffset() == timedelta(minutes=offset)


def test_the_same_instant_is_shown_to_each_side_on_its_own_clock() -> None:
    moment = at("2018-04-27T09:30:00", SEOUL)
    assert made().local(moment, "north").strftime("%H:%M") == "09:00"
    assert made().local(moment, "south").strftime("%H:%M") == "09:30"
    after = at("2018-05-05T09:30:00", SEOUL)
    assert made().local(after, "north").strftime("%H:%M") == "09:30"


def test_a_day_that_never_was_is_no_working_day() -> None:
    calendar = made(calendar={"zone": "Pacific/Apia"})  # it had no 30 December 2011, a Friday
    assert calendar.working(date(2011, 12, 30))
    assert calendar.opening(date(2011, 12, 30)) is None
    friday = at("2011-12-29T12:00:00", "Pacific/Apia")
    ends = calendar.after(friday, Period("working_days", 1))
    assert ends.astimezone(ZoneInfo("Pacific/Apia")) == datetime(
        2012, 1, 2, 17, tzinfo=ZoneInfo("Pacific/Apia")
    )


def test_a_zone_that_the_database_lacks_is_read_as_utc_and_named() -> None:
    calendar = Calendar.make(
        {"calendar": {"zone": "Moon/Tranquility"}}, {"south": SEOUL, "north": "Moon/Tranquility"}
    )
    assert calendar.missing_zones == ("Moon/Tranquility",)
    assert calendar.slot(date(2018, 9, 14), "opening") == at("2018-09-14T09:00:00")


# days


def test_a_working_day_is_one_of_the_charters_week_and_nobodys_holiday() -> None:
    calendar = made()
    assert calendar.working(date(2018, 10, 8))
    assert not calendar.working(date(2018, 10, 9))
    assert not calendar.working(date(2018, 9, 10))
    assert not calendar.working(date(2018, 10, 6))
    assert calendar.excused(date(2018, 10, 9), "south")
    assert not calendar.excused(date(2018, 10, 9), "north")
    assert calendar.closed_by(date(2018, 10, 9)) == ("south",)


def test_a_side_takes_its_own_holiday_away_and_nobody_elses() -> None:
    mine = made({"south": {"2018-10-09": "working"}})
    assert mine.working(date(2018, 10, 9))
    assert not made({"north": {"2018-10-09": "working"}}).working(date(2018, 10, 9))


def test_a_day_outside_the_week_is_worked_when_every_party_says_so() -> None:
    saturday = date(2018, 10, 6)
    assert not made({"south": {"2018-10-06": "working"}}).working(saturday)
    both = made({side: {"2018-10-06": "working"} for side in SIDES})
    assert both.working(saturday)
    assert both.expected(saturday, "opening")
    broken = made({"south": {"2018-10-06": "working"}, "north": {"2018-10-06": "holiday"}})
    assert not broken.working(saturday)


def test_a_holiday_that_is_declared_once_it_has_begun_excuses_nobody() -> None:
    day, begins = date(2018, 10, 10), at("2018-10-10T00:00:00", SEOUL)
    timely = made({"north": {"2018-10-10": Declared("holiday", begins)}})
    assert timely.excused(day, "north")
    late = made({"north": {"2018-10-10": Declared("holiday", begins + timedelta(seconds=1))}})
    assert not late.excused(day, "north")
    assert late.declared_late(day, "north")
    assert late.working(day)
    # What the charter says already cannot be too late.
    agreed = made({"south": {"2018-10-09": Declared("holiday", at("2018-10-09T12:00:00"))}})
    assert agreed.excused(date(2018, 10, 9), "south")


def test_what_is_declared_of_no_date_or_by_no_party_says_nothing() -> None:
    calendar = made(
        {"south": {"tomorrow": "holiday", "2018-10-10": "maybe"}, "west": {"2018-10-10": "holiday"}}
    )
    assert calendar.working(date(2018, 10, 10))


def test_declared_days_are_read_from_the_standings() -> None:
    world = World().found()
    for side in world.sides:
        world.say(side, "standing.open")
    said = world.now + timedelta(minutes=1)
    world.say("north", "standing.days", facts={"dates": ["2018-10-10", "2018-10-11"], "state": "holiday"})
    world.say("north", "standing.days", facts={"dates": ["2018-10-11"], "state": "working"})
    # Said again after the day has begun: what stood before makes it none the later.
    late = at("2018-10-10T09:00:00")
    world.say("north", "standing.days", facts={"dates": ["2018-10-10"], "state": "holiday"}, at=late)
    world.say("north", "standing.days", facts={"dates": ["2018-10-09"], "state": "holiday"}, at=late)
    world.meet()
    for office in world.offices:
        calendar = calendar_of(office, TERMS)
        assert declared(office)["north"]["2018-10-10"] == Declared("holiday", said)
        assert calendar.closed_by(date(2018, 10, 10)) == ("north",)
        assert calendar.working(date(2018, 10, 11))
        assert calendar.declared_late(date(2018, 10, 9), "north")
        assert calendar.missing_zones == ()


def test_hours_may_differ_by_day_of_the_week() -> None:
    # The liaison offices of 1992: 09:00 to 16:00, on Saturdays 09:00 to 12:00.
    calendar = made(
        calendar={
            "zone": SEOUL,
            "working_days": ["mon", "tue", "wed", "thu", "fri", "sat"],
            "close": "16:00",
            "hours": {"sat": {"open": "09:00", "close": "12:00"}},
        }
    )
    assert calendar.opening(date(2018, 9, 15)) == (at("2018-09-15T00:00:00"), at("2018-09-15T03:00:00"))
    friday = at("2018-09-14T15:00:00", SEOUL)
    assert calendar.after(friday, Period("working_hours", 4)) == at("2018-09-15T12:00:00", SEOUL)


def test_a_slot_may_have_days_of_its_own() -> None:
    # The military line was tested at weekends too, at 09:00 and 16:00.
    slots = {"opening": "09:00", "military": {"at": "16:00", "days": ["sat", "sun", "mon"]}}
    calendar = made(calendar={"zone": SEOUL, "slots": slots})
    assert calendar.expected(date(2018, 9, 15), "military")
    assert not calendar.expected(date(2018, 9, 15), "opening")
    assert not calendar.expected(date(2018, 9, 14), "military")
    assert not calendar.expected(date(2018, 9, 14), "evening")
    assert calendar.slot(date(2018, 9, 14), "evening") is None


# deadlines


@pytest.mark.parametrize(
    ("start", "kind", "subject_class", "precedence", "due"),
    [
        # Thursday; Friday and Monday are the two working days.
        ("2018-09-13T10:00:00", "note.tender", None, "routine", "2018-09-17T17:00:00"),
        ("2018-09-13T10:00:00", "note.tender", "disease", "routine", "2018-09-17T17:00:00"),
        ("2018-09-13T10:00:00", "note.tender", "flood", "routine", "2018-09-13T16:00:00"),
        ("2018-09-13T10:00:00", "note.tender", None, "flash", "2018-09-13T10:30:00"),
        ("2018-09-13T16:00:00", "note.tender", None, "immediate", "2018-09-14T12:00:00"),
        # A handling time only shortens: four working hours would end later than six hours.
        ("2018-09-13T16:00:00", "note.tender", "flood", "immediate", "2018-09-13T22:00:00"),
        ("2018-09-13T10:00:00", "meeting.propose", None, "routine", "2018-09-15T10:00:00"),
        # Over the South's holiday of Tuesday the 9th.
        ("2018-10-08T10:00:00", "note.tender", None, "routine", "2018-10-11T17:00:00"),
        # The seventh day is a Sunday: it ends with the next working day.
        ("2018-09-16T10:00:00", "request.ask", None, "routine", "2018-09-24T17:00:00"),
        ("2018-09-14T10:00:00", "request.ask", None, "routine", "2018-09-21T17:00:00"),
        # Twelve hours of opening: five left on Friday, seven on Monday.
        ("2018-09-14T12:00:00", "note.take", None, "routine", "2018-09-17T16:00:00"),
        ("2018-09-15T12:00:00", "note.take", None, "routine", "2018-09-18T13:00:00"),
        # Ends exactly when the office closes, and not when it next opens.
        ("2018-09-13T13:00:00", "note.take", None, "routine", "2018-09-14T17:00:00"),
    ],
)
def test_the_due_that_is_proposed(
    start: str, kind: str, subject_class: str | None, precedence: str, due: str
) -> None:
    assert made().due(at(start, SEOUL), kind, subject_class, precedence) == at(due, SEOUL)


def test_working_hours_across_the_change_of_a_zone_are_hours_that_passed() -> None:
    hours = {"zone": PYONGYANG, "open": "00:00", "close": "24:00", "working_days": ["fri", "sat"]}
    calendar = made(calendar=hours)
    opens, closes = calendar.opening(date(2018, 5, 4)) or (FIRST, LAST)
    assert closes - opens == timedelta(hours=23, minutes=30)
    noon = at("2018-05-04T12:00:00", PYONGYANG)
    assert calendar.after(noon, Period("working_hours", 12)) - noon == timedelta(hours=12)
    longer = made(calendar={**hours, "working_days": ["fri"]})
    opens, closes = longer.opening(date(2015, 8, 14)) or (FIRST, LAST)
    assert closes - opens == timedelta(hours=24, minutes=30)


def test_the_next_closing_lies_after_the_one_that_is_now() -> None:
    closes = at("2018-09-13T17:00:00", SEOUL)
    assert made().next_close(closes - timedelta(seconds=1)) == closes
    assert made().next_close(closes) == at("2018-09-14T17:00:00", SEOUL)


def test_no_due_is_further_than_the_charter_allows() -> None:
    start = at("2018-09-13T10:00:00")
    calendar = made(deadlines={"note.tender": {"working_days": 300}, "note.take": {"hours": 10000}})
    assert calendar.due(start, "note.tender") == start + timedelta(days=30)
    assert calendar.due(start, "note.take") == start + timedelta(days=30)


@pytest.mark.parametrize("unit", ["working_days", "working_hours", "days"])
def test_a_side_that_always_has_a_holiday_stops_no_clock(unit: str) -> None:
    first = date(2018, 1, 1)
    every = {(first + timedelta(days=day)).isoformat(): "holiday" for day in range(MOST_DAYS + 400)}
    terms = {
        "deadline": {"default_hours": 48, "most_hours": MOST_DAYS * 24},
        "deadlines": {"note.tender": {unit: 1}},
    }
    calendar = made({"north": every}, **terms)
    start = at("2018-09-13T10:00:00")
    assert calendar.due(start, "note.tender") == start + timedelta(days=MOST_DAYS)
    assert calendar.next_close(start) == start + timedelta(days=MOST_DAYS)
    notice = made({"north": every}, notice={"staff": {unit: 10}})
    assert notice.notice("staff", date(2118, 1, 1)) is not None


def test_a_fraction_of_a_second_is_cut_off_and_an_instant_without_a_zone_is_refused() -> None:
    start = at("2018-09-13T10:00:00.9")
    assert made().due(start, "meeting.propose") == at("2018-09-15T10:00:00")
    with pytest.raises(RecordFault) as fault:
        made().due(start.replace(tzinfo=None), "meeting.propose")
    assert fault.value.code == "malformed"


@pytest.mark.parametrize("start", [FIRST, LAST, LAST - timedelta(hours=1), FIRST + timedelta(hours=1)])
@pytest.mark.parametrize("kind", ["note.tender", "note.tender/flood", "request.ask", "note.take"])
@pytest.mark.parametrize("where", [SEOUL, "America/St_Johns", "UTC"])
def test_at_the_ends_of_the_calendar_nothing_is_raised(start: datetime, kind: str, where: str) -> None:
    calendar = made(calendar={"zone": where})
    name, _, subject_class = kind.partition("/")
    assert start <= calendar.due(start, name, subject_class or None) <= LAST
    for what in TERMS["notice"]:
        notice = calendar.notice(what, start)
        assert notice is not None
        assert FIRST <= notice <= LAST
    calendar.local(start, "south")
    calendar.next_close(start)


INSTANTS = st.integers(0, 2**31).map(lambda second: datetime.fromtimestamp(second, UTC)) | (
    st.builds(
        lambda change, hours: datetime(change.year, change.month, change.day, tzinfo=UTC) + hours,
        CHANGES,
        st.timedeltas(timedelta(hours=-72), timedelta(hours=72)),
    )
)
PERIODS = st.builds(
    Period,
    st.sampled_from(["minutes", "hours", "days", "working_hours", "working_days"]),
    st.integers(1, 60),
)
CALENDARS = st.builds(
    lambda where, opens, length, week, south, north, most: Calendar.make(
        {
            "calendar": {
                "zone": where,
                "open": f"{opens:02}:00",
                "close": f"{min(24, opens + length):02}:00",
                "working_days": sorted(week),
            },
            "deadline": {"default_hours": 1, "most_hours": most},
        },
        SIDES,
        {"south": dict.fromkeys(south, "holiday"), "north": dict.fromkeys(north, "working")},
    ),
    ZONES,
    st.integers(0, 23),
    st.integers(1, 24),
    st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1),
    st.lists((DAYS | CHANGES).map(date.isoformat), max_size=8),
    st.lists((DAYS | CHANGES).map(date.isoformat), max_size=8),
    st.sampled_from([1, 24, 24 * 40, 24 * 366]),
)


@given(CALENDARS, INSTANTS, PERIODS)
def test_a_period_ends_after_it_began_and_within_what_the_charter_allows(
    calendar: Calendar, start: datetime, period: Period
) -> None:
    begin = start.replace(microsecond=0)
    end = calendar.after(start, period)
    assert begin < end <= begin + calendar.most
    if end < begin + calendar.most and period.unit in ("days", "working_days", "working_hours"):
        # The day of its last second, for a period may end as its day does.
        opening = calendar.opening(calendar.day(end - timedelta(seconds=1)))
        assert opening is not None
        assert opening[0] < end <= opening[1]


@given(CALENDARS, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=9)), PERIODS)
def test_who_begins_later_never_ends_earlier(
    calendar: Calendar, start: datetime, span: timedelta, period: Period
) -> None:
    assert calendar.after(start, period) <= calendar.after(start + span, period)


@given(CALENDARS, INSTANTS, st.integers(1, 40), st.integers(1, 40))
def test_working_hours_may_be_split_anywhere(calendar: Calendar, start: datetime, one: int, two: int) -> None:
    whole = calendar.after(start, Period("working_hours", one + two))
    between = calendar.after(start, Period("working_hours", one))
    split = calendar.after(between, Period("working_hours", two))
    # The limit is counted from each beginning: the split one may only reach further.
    assert whole == min(split, start.replace(microsecond=0) + calendar.most)


@given(CALENDARS, INSTANTS, st.integers(1, 20))
def test_working_days_are_counted_one_by_one(calendar: Calendar, start: datetime, count: int) -> None:
    end, limit = start, start.replace(microsecond=0) + calendar.most
    for _ in range(count):
        end = calendar.after(end - timedelta(seconds=1) if end > start else end, Period("working_days", 1))
    assert calendar.after(start, Period("working_days", count)) == min(end, limit)


# notice


@pytest.mark.parametrize(
    ("what", "day", "latest"),
    [
        ("staff", "2018-10-12", "2018-10-05T23:59:59"),
        ("crossing", "2018-10-12", "2018-10-11T00:00:00"),
        # Three working days before Friday the 12th: the 11th, the 10th, and not the holiday of the 9th.
        ("visit", "2018-10-12", "2018-10-08T23:59:59"),
        # Ten hours of opening before Friday the 12th begins: the 11th, and the last two of the 10th.
        ("works", "2018-10-12", "2018-10-10T15:00:00"),
    ],
)
def test_the_latest_instant_of_a_notice(what: str, day: str, latest: str) -> None:
    calendar, ends = made(), at(latest, SEOUL)
    assert calendar.notice(what, date.fromisoformat(day)) == ends
    assert calendar.kept(what, date.fromisoformat(day), ends)
    assert calendar.kept(what, date.fromisoformat(day), ends + timedelta(seconds=1)) is False


def test_notice_is_counted_back_from_an_instant_where_one_is_given() -> None:
    crossing = at("2018-10-12T08:30:00", SEOUL)
    assert made().notice("crossing", crossing) == crossing - timedelta(hours=24)
    assert made().notice("staff", crossing) == at("2018-10-05T23:59:59", SEOUL)


def test_no_notice_is_asked_for_where_the_charter_names_none() -> None:
    assert made().notice("party", date(2018, 10, 12)) is None
    assert made().kept("party", date(2018, 10, 12), at("2018-10-12T00:00:00")) is None


@given(ZONES, DAYS | CHANGES, st.integers(0, 9), PERIODS)
def test_notice_for_a_later_day_may_be_given_later(name: str, day: date, days: int, period: Period) -> None:
    terms = {"calendar": {"zone": name}, "notice": {"staff": {period.unit: period.count}}}
    calendar = Calendar.make(terms, SIDES)
    one, two = calendar.notice("staff", day), calendar.notice("staff", later(day, days))
    assert one is not None
    assert two is not None
    assert one <= two < first_at(later(day, days), 0, calendar.where)
