"""The calendar without a server: weeks of a month, dates of a series, hours beside the office's, and the feed
as a calendar program reads it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tests.staff.desks  # noqa: F401 (Django is configured by what a node needs)
from yeollak.desk.staff.agenda import Item, cadence
from yeollak.desk.staff.calendarof import days_of, fitting, month_days, week_days, zones_of
from yeollak.desk.staff.feedof import Shown, feed, uid
from yeollak.desk.staff.values import Voice
from yeollak.office.calendar import Calendar
from yeollak.procedures.table import Move

NOW = datetime(2018, 5, 4, 1, 2, 3, tzinfo=UTC)
ZONES = {"south": "Asia/Seoul", "north": "Asia/Pyongyang"}
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
VOICE = Voice("en", "south", ZoneInfo("Asia/Seoul"), str.title, lambda _: None, ("south", "north"))


def calendar(**terms: Any) -> Calendar:
    """A calendar on the clock of Seoul."""
    return Calendar.make({"calendar": {"zone": "Asia/Seoul", **terms}}, ZONES)


def series(**facts: Any) -> Move:
    """An act that proposes a series."""
    return Move("a" * 64, "south", "series.propose", "2018-05-01T00:00:00Z", facts)


@given(DAYS)
def test_a_month_is_whole_weeks_around_its_days(day: date) -> None:
    first, last = month_days(day)
    assert first.weekday() == 0
    assert last.weekday() == 6
    span = (last - first).days + 1
    assert span % 7 == 0
    assert 28 <= span <= 42
    assert first <= day.replace(day=1) <= first + timedelta(days=6)
    within = [first + timedelta(days=ahead) for ahead in range(span)]
    assert (
        sum((one.year, one.month) == (day.year, day.month) for one in within)
        == ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - day.replace(day=1)).days
    )
    begin, end = week_days(day)
    assert begin <= day <= end
    assert (end - begin).days == 6


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@given(
    st.sampled_from(("day", "week", "month", "quarter")),
    st.sampled_from((None, *WEEKDAYS)),
    st.none() | DAYS,
    st.none() | st.integers(0, 400),
    DAYS,
)
def test_a_series_meets_on_its_days_and_no_others(
    every: str, weekday: str | None, start: date | None, length: int | None, first: date
) -> None:
    facts: dict[str, Any] = {"every": every}
    if weekday is not None:
        facts["weekday"] = weekday
    if start is not None:
        facts["start"] = start.isoformat()
        if length is not None:
            facts["until"] = (start + timedelta(days=length)).isoformat()
    held = calendar(working_days=["mon", "tue", "thu"])
    last = first + timedelta(days=200)
    found = list(cadence(series(**facts), held, first, last))
    assert found == sorted(set(found))
    for day in found:
        assert first <= day <= last
        assert start is None or day >= start
        assert start is None or length is None or day <= start + timedelta(days=length)
        if every == "day":
            assert held.working(day)
        if every == "week" and weekday is not None:
            assert WEEKDAYS[day.weekday()] == weekday
        if every in ("month", "quarter"):
            assert start is not None
            assert day.day == start.day or day.day >= 28
    if every == "week" and weekday is not None and (start is None or length is None):
        begins = max(first, start or date(2018, 5, 1))
        between = (begins + timedelta(days=ahead) for ahead in range((last - begins).days + 1))
        assert found == [day for day in between if WEEKDAYS[day.weekday()] == weekday]


def test_a_series_that_does_not_say_its_day_has_none() -> None:
    for facts in (
        {"every": "month"},
        {"every": "quarter", "weekday": "mon"},
        {"every": "week"},
        {"every": "x"},
    ):
        found = list(cadence(series(**facts), calendar(), date(2018, 5, 1), date(2018, 12, 31)))
        assert found == [], facts


def test_the_change_of_a_clock_stands_in_the_zones() -> None:
    """Pyongyang went from UTC+8:30 to UTC+9 on the night to 5 May 2018."""
    shown = zones_of(calendar(), *month_days(date(2018, 5, 1)), VOICE)
    assert [one.side.text if one.side else "" for one in shown] == ["", "South", "North"]
    assert shown[1].offsets == "UTC+9"
    assert shown[2].offsets == "UTC+8:30; from 5 May 2018 UTC+9"
    later = zones_of(calendar(), *month_days(date(2019, 5, 1)), VOICE)
    assert [one.offsets for one in later] == ["UTC+9", "UTC+9", "UTC+9"]


def test_a_holiday_closes_the_office_and_is_whose_it_is() -> None:
    terms = {"calendar": {"zone": "Asia/Seoul"}, "holidays": {"north": ["2018-05-01"]}}
    days = days_of(
        Calendar.make(terms, ZONES),
        [],
        date(2018, 4, 30),
        date(2018, 5, 6),
        date(2018, 5, 2),
        5,
        {},
        VOICE,
        "?",
    )
    assert [one.works for one in days] == [True, False, True, True, True, False, False]
    assert [one.text for one in days[1].holidays] == ["North"]
    assert days[1].hours == ""
    assert days[2].here
    assert days[2].hours == "09:00 – 17:00"
    assert not days[0].inside


@given(st.lists(st.dates(date(2018, 5, 1), date(2018, 5, 9)), max_size=40), st.integers(1, 6))
def test_what_fits_a_day_is_its_first_entries_and_nothing_is_lost(days: list[date], most: int) -> None:
    items = [Item("due", day, None, None, "", str(at), "open") for at, day in enumerate(sorted(days))]
    shown, more = fitting(items, most)
    for day in set(days):
        here = [one for one in items if one.day == day]
        kept = [one for one in shown if one.day == day]
        assert kept == here[: len(kept)]
        assert len(kept) + more.get(day, 0) == len(here)
        assert len(kept) in (most, most + 1, len(here))
        assert more.get(day, 0) != 1
    assert set(more) <= set(days)


WORDS = st.text(max_size=300)


@given(
    st.lists(
        st.tuples(
            WORDS,
            WORDS,
            st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)) | DAYS,  # noqa: DTZ001 (bounds carry no zone)
            st.booleans(),
        ),
        max_size=4,
    ),
    WORDS,
)
def test_a_feed_is_read_back_whatever_is_said_in_it(
    several: list[tuple[str, str, datetime | date, bool]], name: str
) -> None:
    entries = [
        Shown(
            f"due/{number}/",
            at.replace(microsecond=0) if isinstance(at, datetime) else at,
            at.replace(microsecond=0) + timedelta(hours=1) if isinstance(at, datetime) else None,
            summary,
            [line],
            "http://127.0.0.1/1/matters/",
            "Time set by an act",
            "TENTATIVE" if tentative else "CONFIRMED",
            busy=tentative,
        )
        for number, (summary, line, at, tentative) in enumerate(several)
    ]
    data = feed(entries, "f" * 64, name, "What the record says", NOW)
    assert all(len(line) <= 75 for line in data.split(b"\r\n")), "RFC 5545 §3.1"
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert data.count(b"BEGIN:VEVENT") == data.count(b"END:VEVENT") == len(several)
    read = icalendar.Calendar.from_ical(data)
    assert not read.errors
    assert not set(",;\\\n") & set(str(read["name"]))
    events = read.walk("VEVENT")
    assert [str(event["uid"]) for event in events] == [uid("f" * 64, one.key) for one in entries]
    for event, one in zip(events, entries, strict=True):
        assert not event.errors
        assert event.decoded("dtstart") == one.starts
        assert (event.decoded("dtend") > event.decoded("dtstart")) is True
        shown = str(event["summary"])
        assert len(shown) <= 200
        assert all(char.isprintable() for char in shown)
        assert event.decoded("dtstamp") == NOW
        assert str(event["status"]) == one.status


def test_ids_of_entries_last_and_differ() -> None:
    keys = [f"{sort}/{matter}/{key}" for sort in ("due", "lapse") for matter in "ab" for key in ("", "x")]
    made = {uid("f" * 64, key) for key in keys} | {uid("e" * 64, key) for key in keys}
    assert len(made) == 2 * len(keys)
    assert uid("f" * 64, keys[0]) == uid("f" * 64, keys[0])


@pytest.mark.parametrize("lang", ["en", "ko", "ar"])
def test_the_hour_of_another_day_says_which(lang: str) -> None:
    from yeollak.desk.staff import calendarof

    at = datetime(2018, 5, 3, 15, 10, tzinfo=UTC)
    voice = Voice(lang, "south", UTC, str.title, lambda _: None, ("south", "north"))
    held = Calendar.make({"calendar": {"zone": "UTC"}}, ZONES)
    beside = calendarof._beside(held, at, voice)
    assert len(beside) == 2
    assert [clock.endswith(hour) for (_, clock), hour in zip(beside, ("00:10", "23:40"), strict=True)] == [
        True,
        True,
    ]
    assert beside[0][1] != "00:10"
    assert beside[1][1] == "23:40"
