from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.office.calendar import Calendar, check_terms
from yeollak.office.periods import MOST_DAYS

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


@pytest.mark.parametrize(
    "terms",
    [
        {"calendar": []},
        {"calendar": {"zone": "../etc"}},
        {"calendar": {"zone": 9}},
        {"calendar": {"working_days": []}},
        {"calendar": {"working_days": ["mon", "mon"]}},
        {"calendar": {"working_days": "mon"}},
        {"calendar": {"open": "17:00", "close": "09:00"}},
        {"calendar": {"open": "17:00", "close": "17:00"}},
        {"calendar": {"open": "9:00"}},
        {"calendar": {"close": "24:01"}},
        {"calendar": {"hours": {"sat": {"open": "12:00"}}}},
        {"calendar": {"hours": {"xyz": {"open": "09:00", "close": "12:00"}}}},
        {"calendar": {"slots": {"Opening": "09:00"}}},
        {"calendar": {"slots": {"opening": {"at": "09:00"}}}},
        {"calendar": {"slots": {"opening": 9}}},
        {"calendar": {"slot_minutes": 0}},
        {"calendar": {"slot_minutes": True}},
        {"calendar": {"lines": [1]}},
        {"calendar": {"holidays": []}},
        {"holidays": {"south": "2018-10-09"}},
        {"holidays": {"south": ["20181009"]}},
        {"holidays": {"south": ["2018-02-30"]}},
        {"holidays": {"south": [20181009]}},
        {"holidays": {"": ["2018-10-09"]}},
        {"deadlines": {"note.tender": {"hours": 1, "days": 1}}},
        {"deadlines": {"note.tender": {"hours": 0}}},
        {"deadlines": {"note.tender": {"hours": True}}},
        {"deadlines": {"note.tender": {"weeks": 1}}},
        {"deadlines": {"note.tender": 48}},
        {"deadlines": {"note.tender/": {"hours": 1}}},
        {"deadlines": {"note.tender": {"days": MOST_DAYS + 1}}},
        {"handling": {"urgent": {"hours": 1}}},
        {"notice": {"Staff": {"days": 7}}},
        {"notice": ["staff"]},
    ],
)
def test_terms_that_make_no_calendar_are_refused_with_a_reason(terms: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^[a-zA-Z].{10,}"):
        check_terms(terms)
    with pytest.raises(ValueError):
        Calendar.make(terms, SIDES)


def test_terms_that_leave_everything_unsaid_are_a_calendar() -> None:
    check_terms({})
    calendar = Calendar.make({}, SIDES)
    assert calendar.opening(date(2018, 9, 14)) == (at("2018-09-14T09:00:00"), at("2018-09-14T17:00:00"))
    assert calendar.due(at("2018-09-14T09:00:00"), "note.tender") == at("2018-09-16T09:00:00")


def test_holidays_are_those_of_parties() -> None:
    check_terms(TERMS, list(SIDES))
    with pytest.raises(ValueError, match="no party"):
        check_terms({"holidays": {"west": []}}, list(SIDES))


def test_no_zone_is_looked_up_when_terms_are_checked() -> None:
    check_terms({"calendar": {"zone": "Moon/Tranquility"}})


def test_the_terms_that_the_specification_shows_are_terms() -> None:
    page = Path(__file__).parents[2] / "docs" / "spec" / "13-calendar-and-silence.md"
    shown = [line[4:] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("    ")]
    terms = tomllib.loads("\n".join(shown))
    assert set(terms) == {"calendar", "deadlines", "handling", "notice"}
    check_terms(terms)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["mon", "09:00", "2018-10-09"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "zone",
                    "open",
                    "close",
                    "hours",
                    "slots",
                    "days",
                    "at",
                    "sat",
                    "note.tender",
                    "south",
                    "flash",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["calendar", "holidays", "deadlines", "handling", "notice"]), JSON, max_size=5
    )
)
def test_any_terms_make_a_calendar_or_are_refused(terms: dict[str, Any]) -> None:
    try:
        check_terms(terms)
    except ValueError:
        return
    calendar = Calendar.make(terms, SIDES)
    assert calendar.due(at("2018-09-14T09:00:00"), "note.tender") > at("2018-09-14T09:00:00")
