from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.office.zones import day_of, first_at, later, zone

PYONGYANG = "Asia/Pyongyang"

ZONES = st.sampled_from(
    [
        "Asia/Seoul",
        PYONGYANG,
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",
        "Pacific/Apia",
        "Australia/Lord_Howe",
    ]
)
DAYS = st.dates(date(1950, 1, 1), date(2037, 12, 31))
#: Days on which some of those zones changed, so that the property meets them.
CHANGES = st.sampled_from(
    [
        date(2015, 8, 14),
        date(2018, 5, 4),
        date(2018, 3, 25),
        date(2018, 10, 28),
        date(2006, 10, 28),
        date(2011, 12, 29),
        date(2018, 4, 1),
    ]
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_hour_that_was_skipped_is_the_instant_of_the_change() -> None:
    where = ZoneInfo(PYONGYANG)
    change = at("2018-05-04T15:00:00")
    before = first_at(date(2018, 5, 4), 23 * 60 + 29, where)
    assert before == change - timedelta(minutes=1)
    for minute in range(23 * 60 + 30, 24 * 60 + 1):
        assert first_at(date(2018, 5, 4), minute, where) == change
    assert first_at(date(2018, 5, 5), 0, where) == change


def test_an_hour_that_came_twice_is_its_first_coming() -> None:
    where = ZoneInfo(PYONGYANG)
    for minute in range(23 * 60 + 30, 24 * 60):
        moment = first_at(date(2015, 8, 14), minute, where)
        assert moment == at("2015-08-14T00:00:00") + timedelta(minutes=minute - 540)
        again = (moment + timedelta(minutes=30)).astimezone(where)
        assert (again.hour * 60 + again.minute, again.fold) == (minute, 1)
    assert first_at(date(2015, 8, 15), 0, where) == at("2015-08-14T15:30:00")


@given(ZONES, DAYS | CHANGES, st.integers(0, 1440), st.integers(-1, 1), st.integers(0, 1440))
def test_a_later_hour_is_never_an_earlier_instant(
    name: str, day: date, minute: int, days: int, other: int
) -> None:
    where = ZoneInfo(name)
    one, two = sorted([(day, minute), (later(day, days), other)])
    assert first_at(*one, where) <= first_at(*two, where)


@given(ZONES, DAYS | CHANGES, st.integers(0, 1440))
def test_an_hour_is_the_first_instant_at_which_the_clock_shows_it_or_a_later_one(
    name: str, day: date, minute: int
) -> None:
    where = ZoneInfo(name)
    moment = first_at(day, minute, where)
    face = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    assert moment.astimezone(where).replace(tzinfo=UTC) >= face
    for before in (1, 60, 1800, 3600, 7200, 86400):
        assert (moment - timedelta(seconds=before)).astimezone(where).replace(tzinfo=UTC) < face


@given(ZONES, DAYS | CHANGES, st.integers(0, 86399), st.integers(0, 10**5))
def test_the_day_of_an_instant_never_goes_back(name: str, day: date, second: int, span: int) -> None:
    where = ZoneInfo(name)
    moment = first_at(day, 0, where) + timedelta(seconds=second)
    found = day_of(moment, where)
    assert found <= day_of(moment + timedelta(seconds=span), where)
    assert first_at(found, 0, where) <= moment < first_at(later(found, 1), 0, where)


@pytest.mark.parametrize(
    "name", ["Asia", "Asia/Nowhere", "../../passwd", "", "/etc/localtime", "Asia/Seoul\0"]
)
def test_a_zone_that_is_none_is_none(name: str) -> None:
    assert zone(name) is None


def test_a_clock_that_is_put_back_over_midnight_does_not_begin_the_day_again() -> None:
    # At 00:01 of 29 October 2006 the clocks of St. John's went back to 23:01 of the 28th.
    where = ZoneInfo("America/St_Johns")
    midnight = first_at(date(2006, 10, 29), 0, where)
    again = midnight + timedelta(minutes=30)
    assert again.astimezone(where).strftime("%d %H:%M") == "28 23:30"
    assert day_of(midnight - timedelta(seconds=1), where) == date(2006, 10, 28)
    assert day_of(midnight, where) == day_of(again, where) == date(2006, 10, 29)
