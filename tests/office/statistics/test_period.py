"""Days in the zones of the charter, with their history, and periods that are none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.world import World
from yeollak.errors import RecordFault
from yeollak.office.statistics import Period, figures, zones_of
from yeollak.office.statistics.period import local_day, stated
from yeollak.procedures.table import Move

SEOUL, PYONGYANG = "Asia/Seoul", "Asia/Pyongyang"


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        # Pyongyang was half an hour behind until 4 May 2018, 23:30.
        ("2018-05-03T15:10:00Z", SEOUL, "2018-05-04"),
        ("2018-05-03T15:10:00Z", PYONGYANG, "2018-05-03"),
        ("2018-05-05T15:10:00Z", SEOUL, "2018-05-06"),
        ("2018-05-05T15:10:00Z", PYONGYANG, "2018-05-06"),
        ("2018-05-03", PYONGYANG, "2018-05-03"),
        ("0001-01-01T00:00:00Z", "America/New_York", "0001-01-01"),
        ("9999-12-31T23:59:59Z", SEOUL, "9999-12-31"),
    ],
)
def test_the_day_of_a_moment(moment: str, zone: str, day: str) -> None:
    assert local_day(moment, zone) == date.fromisoformat(day)


def test_a_period_names_the_instants_of_its_midnights() -> None:
    whole = Period(date(2018, 5, 4), date(2018, 5, 6), PYONGYANG).to_json()
    assert (whole["begins"], whole["ends"]) == ("2018-05-03T15:30:00Z", "2018-05-05T15:00:00Z")
    assert Period.read(whole) == Period(date(2018, 5, 4), date(2018, 5, 6), PYONGYANG)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(1, 400), st.sampled_from([SEOUL, PYONGYANG]))
def test_a_day_is_in_one_of_two_adjoining_periods(since: date, days: int, zone: str) -> None:
    cut = date.fromordinal(since.toordinal() + days)
    one, other = Period(since, cut, zone), Period(cut, date(2300, 1, 1), zone)
    for ordinal in (since.toordinal(), cut.toordinal() - 1, cut.toordinal(), cut.toordinal() + 1):
        day = date.fromordinal(ordinal)
        assert one.holds(day) != other.holds(day)


@pytest.mark.parametrize(
    ("since", "until", "zone"),
    [
        (date(2018, 1, 2), date(2018, 1, 2), SEOUL),
        (date(2018, 1, 2), date(2018, 1, 1), SEOUL),
        (date(1, 1, 1), date(2018, 1, 1), SEOUL),
        (date(2018, 1, 1), date(9999, 1, 1), SEOUL),
        (date(2018, 1, 1), date(2018, 2, 1), "Nowhere/At_All"),
        (date(2018, 1, 1), date(2018, 2, 1), "../../etc/passwd"),
        (date(2018, 1, 1), date(2018, 2, 1), "Asia"),
        (date(2018, 1, 1), date(2018, 2, 1), ""),
    ],
)
def test_what_is_no_period_is_refused(since: date, until: date, zone: str) -> None:
    with pytest.raises(RecordFault, match="malformed"):
        Period(since, until, zone)


def test_a_zone_that_is_not_the_charter_s_is_refused() -> None:
    office = World().found().offices[0]
    assert SEOUL in zones_of(office)
    with pytest.raises(RecordFault, match="zone"):
        figures(office, None, Period(date(2018, 1, 1), date(2019, 1, 1), PYONGYANG))


def test_a_call_is_of_the_day_in_its_name_whatever_else_it_states() -> None:
    facts = {"date": "2018-10-01", "when": "2018-10-02T00:00:00Z"}
    assert stated(Move("", "south", "checkin.observe", "2018-10-03T00:00:00Z", facts)) == "2018-10-01"
    assert stated(Move("", "south", "meeting.held", "2018-10-03T00:00:00Z", {"from": "north"})).startswith(
        "2018-10-03"
    )
