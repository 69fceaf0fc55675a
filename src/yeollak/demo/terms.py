"""The terms of the demonstration's charter, and the calendar that they make of the history's dates.

What the founding agreement says of days and hours, of calls and of notice is taken from the history. How long
an answer is waited for no source says: those terms are the demonstration's own (docs/demonstration.md).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from yeollak.demo.history import SIDES, history
from yeollak.forms.form import shipped
from yeollak.office.calendar import Calendar, Declared

#: How long an answer is waited for, by kind of act. No source names a time.
_DEADLINES: Final = {
    **{
        kind: {"working_days": 2}
        for kind in (
            "note.tender",
            "note.take",
            "note.send",
            "note.urge",
            "request.tender",
            "request.take",
            "request.ask",
            "request.urge",
            "request.route",
        )
    },
    "agreement.draft": {"working_days": 5},
    "incident.report": {"working_days": 5},
    "meeting.minutes": {"working_days": 5},
}
_HANDLING: Final = {"flash": {"minutes": 30}, "immediate": {"hours": 24}, "priority": {"working_hours": 8}}


@dataclass(frozen=True, slots=True)
class Statement:
    """A side's statement of its holidays of a year: `days` are (date, name by language)."""

    side: str
    year: int
    at: datetime
    days: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def dates(self) -> list[str]:
        """The dates alone."""
        return [day for day, _ in self.days]


def terms() -> dict[str, Any]:
    """The terms that the charter adds to those by default."""
    office = history()["office"]
    operation, calls = office["operation"], office["check_in"]
    hours = operation["working_hours"]
    return {
        "calendar": {
            "zone": office["time_zones"]["south"],
            "working_days": [day.lower() for day in operation["working_days"]],
            "open": hours["from"],
            "close": hours["to"],
            "slots": dict(zip(calls["telephone_names"], calls["telephone"], strict=True)),
            "lines": ["liaison"],
        },
        "deadlines": _DEADLINES,
        "forms": {name: form.digest for name, form in shipped().items()},
        "handling": _HANDLING,
        "notice": {"staff": {"days": operation["staff_change_notice_days"]}},
    }


@lru_cache(maxsize=1)
def statements() -> tuple[Statement, ...]:
    """What the sides state of their holidays, in the order of the file."""
    found = tomllib.loads(files("yeollak.demo").joinpath("days.toml").read_text(encoding="utf-8"))
    return tuple(
        Statement(
            year["side"],
            year["year"],
            datetime.fromisoformat(year["stated"]).astimezone(UTC),
            tuple((day.pop("day"), day) for day in year["days"]),
        )
        for year in found["year"]
    )


def calendar_at(at: datetime) -> Calendar:
    """The office's calendar as the charter makes it and the sides have declared their days by `at`."""
    return _calendar(sum(statement.at <= at for statement in statements()))


@lru_cache(maxsize=16)
def _calendar(stated: int) -> Calendar:
    said: dict[str, dict[str, str | Declared]] = {side: {} for side in SIDES}
    for statement in sorted(statements(), key=lambda one: one.at)[:stated]:
        said[statement.side] |= {day: Declared("holiday", statement.at) for day in statement.dates}
    return Calendar.make(terms(), history()["office"]["time_zones"], said)
