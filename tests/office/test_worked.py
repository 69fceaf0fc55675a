"""Notice counted in working time: the plain rule of the calendar, and a cost that events do not multiply."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office.dockets import SIDES
from yeollak.office.calendar import Calendar
from yeollak.office.periods import MOST_DAYS, Period
from yeollak.office.worked import Worked
from yeollak.office.zones import LAST, moved

DAY = timedelta(days=1)
#: Days on which no office works: for some weeks, and for longer than anything is looked for.
CLOSED = [str(date(2019, 3, 1) + day * DAY) for day in range(40)]
FOR_EVER = {"south": [str(date(2019, 6, 1) + day * DAY) for day in range(MOST_DAYS + 800)]}
CALENDARS = (
    Calendar.make({"calendar": {"zone": "Asia/Pyongyang"}, "holidays": {"north": CLOSED}}, SIDES),
    Calendar.make(
        {"calendar": {"zone": "America/New_York", "hours": {"sat": {"open": "23:00", "close": "24:00"}}}},
        SIDES,
    ),
    Calendar.make({"calendar": {"working_days": ["sun"], "open": "00:00", "close": "24:00"}}, SIDES),
)
MOMENTS = st.datetimes(datetime(2018, 11, 1), datetime(2019, 12, 31)).map(  # noqa: DTZ001 (made UTC)
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(CALENDARS),
    st.sampled_from(("working_days", "working_hours", "days", "hours")),
    st.integers(1, 60),
    MOMENTS,
    st.integers(0, 60),
    st.lists(st.one_of(MOMENTS, MOMENTS.map(datetime.date)), min_size=1, max_size=8),
)
def test_what_falls_due_in_the_window_does_so_as_the_calendar_says(
    calendar: Calendar, unit: str, count: int, begin: datetime, long: int, events: list[date | datetime]
) -> None:
    end, period = begin + long * DAY, Period(unit, count)
    worked = Worked(calendar, begin, end, min(events, key=calendar.begins))
    for event in events:
        due, found = calendar.before(period, event), worked.before(period, event)
        if begin <= due <= end:
            assert found == due
        else:
            assert found is None or not begin <= found <= end


@pytest.mark.parametrize("unit", ["working_days", "working_hours"])
def test_nothing_is_looked_for_further_back_than_a_hundred_years(unit: str) -> None:
    calendar, period = Calendar.make({"holidays": FOR_EVER}, SIDES), Period(unit, 10)
    far = date(2019, 6, 1) + (MOST_DAYS + 400) * DAY
    begin = datetime(2019, 1, 1, tzinfo=UTC)
    worked = Worked(calendar, begin, LAST, date(2019, 6, 3))
    for event in (date(2019, 6, 3), date(2030, 1, 1), far, far + DAY):
        assert worked.before(period, event) == calendar.before(period, event)


@pytest.mark.parametrize("unit", ["working_days", "working_hours"])
@pytest.mark.parametrize("count", [14, MOST_DAYS])
def test_events_far_off_or_many_ask_for_no_more_days(
    unit: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each day is looked at once, and no more of them than the window and the notice have, whatever is
    named.
    """
    calendar, looked = CALENDARS[2], list[date]()
    plainly = Calendar.opening

    def opening(self: Calendar, day: date) -> tuple[datetime, datetime] | None:
        looked.append(day)
        return plainly(self, day)

    monkeypatch.setattr(Calendar, "opening", opening)
    begin, period = datetime(2019, 1, 1, tzinfo=UTC), Period(unit, count)
    worked = Worked(calendar, begin, begin + 14 * DAY, begin)
    for ahead in (*range(1, 2000), 10**5, 10**6, 2 * 10**6):
        worked.before(period, moved(begin, ahead * DAY))
    assert len(looked) == len(set(looked))
    # Sundays are worked, so that fourteen of them span as many weeks, and a day has twenty-four hours.
    wanted = {("working_days", 14): 14 * 7, ("working_hours", 14): 7}.get((unit, count), MOST_DAYS)
    assert len(looked) <= 14 + wanted + 7
