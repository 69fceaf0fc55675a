"""Periods and the charter's terms of time: how they are written, and which bytes are none.

What is checked here is shape alone: whether a zone exists depends on the database of the machine that asks,
and a charter must not be one on one node and none on another. What a period comes to, the calendar says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from yeollak.record.document import PRECEDENCES

#: Days of the week as the terms name them, in the order of `date.weekday`.
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: A hundred years, in days: the longest that any term may span and the furthest that anything is looked for.
MOST_DAYS: Final = 36525
_MOST: Final = {
    "minutes": MOST_DAYS * 24 * 60,
    "hours": MOST_DAYS * 24,
    "days": MOST_DAYS,
    "working_hours": MOST_DAYS * 24,
    "working_days": MOST_DAYS,
}
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9][A-Za-z0-9_+-]{0,31}){0,2}")
_TOKEN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?")
_DEADLINE: Final = re.compile(rf"{_TOKEN.pattern}(/{_TOKEN.pattern})?")
#: What the term `calendar` may leave unsaid: the hours of the office at Kaesong, in no side's zone.
DEFAULT_CALENDAR: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "zone": "UTC",
        "working_days": list(WEEKDAYS[:5]),
        "open": "09:00",
        "close": "17:00",
        "hours": {},
        "slots": {"opening": "09:00", "closing": "17:00"},
        "slot_minutes": 30,
        "lines": [],
    }
)


@dataclass(frozen=True, slots=True)
class Period:
    """So many of one unit: `minutes` and `hours` of elapsed time, `days` and `working_days` by date,
    `working_hours` of time in which the office is open.
    """

    unit: str
    count: int

    @classmethod
    def parse(cls, value: Any, what: str) -> Period:
        """The period written `{unit: count}`. Raises ValueError for anything else, which `what` names."""
        if not isinstance(value, Mapping) or len(value) != 1:
            raise ValueError(f"{what} is not one unit with its number")
        ((unit, count),) = value.items()
        if unit not in _MOST:
            raise ValueError(f"{what} is not counted in {', '.join(_MOST)}")
        if type(count) is not int or not 1 <= count <= _MOST[unit]:
            raise ValueError(f"{what} is not a number of {unit} from 1 to {_MOST[unit]}")
        return cls(unit, count)


@dataclass(frozen=True, slots=True)
class Slot:
    """A call of the day: the minute of the day at which it begins and, where they are not those of the
    office, its days of the week as 0 (Monday) to 6.
    """

    minute: int
    days: frozenset[int] | None = None

    @classmethod
    def parse(cls, value: Any, what: str) -> Slot:
        """The slot written `"HH:MM"` or `{at, days}`. Raises ValueError."""
        if isinstance(value, str):
            return cls(minute_of(value, what))
        if not isinstance(value, Mapping) or set(value) != {"at", "days"}:
            raise ValueError(f"{what} is neither an hour nor an hour with its days")
        return cls(minute_of(value["at"], what), weekdays_of(value["days"], what))


def check_terms(terms: Mapping[str, Any], sides: Sequence[str] | None = None) -> None:
    """Refuse terms `calendar`, `holidays`, `deadlines`, `handling`, `notice` that make no calendar.

    Where `sides` are given, holidays may be theirs only. Raises ValueError with the reason. It asks no
    time-zone database, so every node finds the same.
    """
    _check_calendar(_mapping(terms.get("calendar", {}), "the calendar"))
    for side, days in _mapping(terms.get("holidays", {}), "the holidays").items():
        if not _TOKEN.fullmatch(side) or (sides is not None and side not in sides):
            raise ValueError("the holidays name somebody who is no party")
        for day in _listed(days, "the holidays of a side"):
            day_of_term(day, "a holiday")
    for name, value in _mapping(terms.get("deadlines", {}), "the deadlines").items():
        if not _DEADLINE.fullmatch(name):
            raise ValueError("a deadline is named by no kind, nor by a kind and a class")
        Period.parse(value, f"the deadline of {name}")
    for name, value in _mapping(terms.get("handling", {}), "the handling times").items():
        if name not in PRECEDENCES:
            raise ValueError("a handling time is for no precedence")
        Period.parse(value, f"the handling time of {name}")
    for name, value in _mapping(terms.get("notice", {}), "the notice periods").items():
        if not _TOKEN.fullmatch(name):
            raise ValueError("a notice period is named by no token")
        Period.parse(value, f"the notice period of {name}")


def minute_of(value: Any, what: str) -> int:
    """The minute of the day of `"HH:MM"`, up to 24:00. Raises ValueError."""
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ValueError(f"{what} is not an hour written HH:MM")
    return int(value[:2]) * 60 + int(value[3:])


def weekdays_of(value: Any, what: str) -> frozenset[int]:
    """The days of the week of a list of their names. Raises ValueError."""
    names = _listed(value, what)
    if not names or any(name not in WEEKDAYS for name in names) or len(set(names)) != len(names):
        raise ValueError(f"{what} are not different days of {', '.join(WEEKDAYS)}")
    return frozenset(WEEKDAYS.index(name) for name in names)


def hours_of(value: Any, what: str) -> tuple[int, int]:
    """The minutes of the day of `{open, close}`. Raises ValueError where it does not close after it opens."""
    if not isinstance(value, Mapping) or set(value) != {"open", "close"}:
        raise ValueError(f"{what} are not an hour of opening and one of closing")
    opens, closes = minute_of(value["open"], what), minute_of(value["close"], what)
    if opens >= closes:
        raise ValueError(f"{what} do not close after they open")
    return opens, closes


def day_of_term(value: Any, what: str) -> date:
    """The date of `"YYYY-MM-DD"`. Raises ValueError for any other form."""
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{what} is no date") from None
    if found.isoformat() != value:
        raise ValueError(f"{what} is not written YYYY-MM-DD")
    return found


def _check_calendar(given: Mapping[str, Any]) -> None:
    if not set(given) <= set(DEFAULT_CALENDAR):
        raise ValueError(f"the calendar has other terms than {', '.join(DEFAULT_CALENDAR)}")
    terms = {**DEFAULT_CALENDAR, **given}
    if not isinstance(terms["zone"], str) or not _ZONE.fullmatch(terms["zone"]):
        raise ValueError("the zone of the calendar is not the name of one")
    weekdays_of(terms["working_days"], "the working days")
    hours_of({"open": terms["open"], "close": terms["close"]}, "the hours of the office")
    for name, hours in _mapping(terms["hours"], "the hours by day").items():
        if name not in WEEKDAYS:
            raise ValueError("the hours by day name no day of the week")
        hours_of(hours, f"the hours of {name}")
    for name, slot in _mapping(terms["slots"], "the slots").items():
        if not _TOKEN.fullmatch(name):
            raise ValueError("a slot is named by no token")
        Slot.parse(slot, f"the slot {name}")
    if type(terms["slot_minutes"]) is not int or not 1 <= terms["slot_minutes"] <= 24 * 60:
        raise ValueError("slot_minutes is not a number from 1 to 1440")
    if not all(
        isinstance(name, str) and _TOKEN.fullmatch(name) for name in _listed(terms["lines"], "the lines")
    ):
        raise ValueError("a line is named by no token")


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"{what} are not named values")
    return value


def _listed(value: Any, what: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{what} are not a list")
    return value
