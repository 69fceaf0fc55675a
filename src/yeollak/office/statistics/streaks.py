"""Streaks and firsts: what runs through days and looks back before a period, so that it has no sum.

They are views of the record at the frontier, like every figure, but those of two adjoining periods do not add
up to those of both. They rest on the sides' own word alone: what somebody tells of others breaks no streak.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from yeollak.office.statistics.calls import Called
from yeollak.office.statistics.period import Period


class Met(Protocol):
    """What firsts ask of a contact: see `contacts.Contact`."""

    @property
    def matter(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def level(self) -> str: ...
    @property
    def own(self) -> bool: ...


#: All lines, or all levels, together.
ALL: Final = "all"
#: What the sides together saw.
JOINTLY: Final = "jointly"


@dataclass(frozen=True, slots=True)
class _Sort:
    """A sort of streak: the views of a call that make it, and those that it goes on over without growing."""

    views: tuple[str, ...]
    over: tuple[str, ...]


#: A call that was excused is neither answered nor silence. A dead line is no answer, so that it ends a streak
#: of answers; it is no silence of a side either, and does not end one.
_STREAKS: Final = {
    "answered": _Sort(("answered", "late"), ("excused",)),
    "unanswered": _Sort(("unanswered",), ("excused", "line-dead")),
}


@dataclass(frozen=True, slots=True)
class Streak:
    """A run of calls of which the same came: how many, and the days of the first and the last."""

    calls: int
    since: date
    until: date

    def to_json(self) -> dict[str, Any]:
        """The run as a value."""
        return {"calls": self.calls, "since": self.since.isoformat(), "until": self.until.isoformat()}


def streaks(calls: Iterable[Called], period: Period, parties: Sequence[str]) -> list[dict[str, Any]]:
    """For every line and for all together, jointly and as each side saw it: the longest streaks among the
    calls of the period, and those that stood at its end, which may have begun before it.
    """
    before = [call for call in calls if call.own and call.day < period.until]
    lines = sorted({call.line for call in before if period.holds(call.day)})
    seen = [(call.line, call.day, {JOINTLY: call.outcome, **call.views}) for call in before]
    found = []
    for line in [ALL, *lines] if lines else []:
        of_line = [(day, views) for on, day, views in seen if line in (ALL, on)]
        for sees in (JOINTLY, *parties):
            views = [(day, views.get(sees)) for day, views in of_line]
            held = [(day, view) for day, view in views if period.holds(day)]
            for name, sort in _STREAKS.items():
                runs, inside = _runs(views, sort), _runs(held, sort)
                entry: dict[str, Any] = {"line": line, "seen_by": sees, "streak": name}
                longest = max((run for run, _ in inside), key=lambda run: run.calls, default=None)
                if longest is not None:
                    entry["longest"] = longest.to_json()
                if runs and runs[-1][1]:
                    entry["standing"] = runs[-1][0].to_json()
                if len(entry) > 3:
                    found.append(entry)
    return found


def _runs(seen: Iterable[tuple[date, str | None]], sort: _Sort) -> list[tuple[Streak, bool]]:
    """The runs in their order; the last with whether it still stands at the end."""
    found: list[tuple[Streak, bool]] = []
    calls, since, until = 0, date.min, date.min
    for day, view in seen:
        if view in sort.views:
            since = since if calls else day
            calls, until = calls + 1, day
        elif calls and view is not None and view not in sort.over:
            found.append((Streak(calls, since, until), False))
            calls = 0
    return [*found, (Streak(calls, since, until), True)] if calls else found


def firsts(calls: Sequence[Called], contacts: Sequence[Met], period: Period) -> list[dict[str, Any]]:
    """The first of each sort in the period, with how long there had been none: since the one before it or,
    where it is the first ever (`ever`), since the first regular call or contact of any outcome on that line.

    Months are calendar months: from September 2018 to June 2020 there are 21 (domain §1.5).
    """
    found = []
    own = [call for call in calls if call.own]
    for line in [ALL, *sorted({call.line for call in own})]:
        of_line = [call for call in own if line in (ALL, call.line)]
        for outcome in sorted({call.outcome for call in of_line}):
            days = [(call.day, call.matter) for call in of_line if call.outcome == outcome]
            found += _first(days, period, of_line[0].day, {"line": line, "outcome": outcome, "what": "call"})
    met = [contact for contact in contacts if contact.own]
    for level in [ALL, *sorted({contact.level for contact in met})] if met else []:
        days = [(contact.day, contact.matter) for contact in met if level in (ALL, contact.level)]
        found += _first(days, period, None, {"level": level, "what": "contact"})
    return found


def _first(
    days: Sequence[tuple[date, str]], period: Period, base: date | None, what: dict[str, Any]
) -> list[dict[str, Any]]:
    at = next((at for at, (day, _) in enumerate(days) if period.holds(day)), None)
    if at is None:
        return []
    day, matter = days[at]
    entry = {**what, "day": day.isoformat(), "ever": at == 0, "matter": matter}
    previous = days[at - 1][0] if at else base
    if previous is not None:
        months = 12 * (day.year - previous.year) + day.month - previous.month
        entry |= {"days": (day - previous).days, "months": months, "since": previous.isoformat()}
    return [entry]
