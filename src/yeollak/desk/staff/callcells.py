"""The calls of a stretch of days as the call book shows them: those that were entered, each with every side's
account, and those that the calendar asked for and nobody entered.

Pure but for the office that it is given. A call that nobody entered is excused by a holiday, cut where a side
had every line cut or dead, to come, or missing: why, is nobody's to guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Literal, Protocol, cast

from yeollak.office.calendar import Calendar
from yeollak.office.outages import Outages
from yeollak.office.statistics.calls import Call
from yeollak.office.zones import first_at, later


class Book(Protocol):
    """A call book, as far as its days are read from it."""

    def between(self, first: date, last: date) -> Sequence[Call]:
        """The calls of the days from `first` to `last`, in their order."""


Mark = Literal["answered", "late", "unanswered", "line-dead", "excused", "differ", "cut", "missing", "due"]
_VIEWS: Final = ("answered", "late", "unanswered", "line-dead", "excused")


@dataclass(frozen=True, slots=True)
class Account:
    """What one side entered of a call: its view, how many minutes late, the act, and when it was signed; an
    empty view where it has entered nothing. `own` is whether it tells what its own people saw.
    """

    side: str
    view: str = ""
    late: int | None = None
    act: str = ""
    at: str = ""
    own: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """One call of a day: its name, when it was to begin (None where nobody says), what came of it, every
    side's account in the order given, its matter where it has one, and which of the accounts is ours.
    """

    day: date
    name: str
    at: datetime | None
    mark: Mark
    accounts: tuple[Account, ...]
    matter: str = ""
    ours: int = 0

    @property
    def views(self) -> tuple[str, ...]:
        """What the sides saw, one after the other, empty for a side that entered nothing."""
        return tuple(one.view for one in self.accounts)


def cells(
    book: Book,
    calendar: Calendar,
    outages: Outages,
    sides: Sequence[str],
    days: tuple[date, date],
    began: datetime | None,
    now: datetime,
    side: str = "",
) -> dict[date, list[Cell]]:
    """The calls of the days from the first to the last, by day in the order of their hours. `sides` are in
    the order of the reader, who is of `side`, else of the first; nothing is expected before `began`, when the
    office was founded.
    """
    first, last = days
    ours = sides.index(side) if side in sides else 0
    found: dict[date, list[Cell]] = {}
    for call in book.between(first, last):
        name = call.said[0].fact("slot")
        found.setdefault(call.day, []).append(_entered(call, name, calendar, sides, ours))
    day = first
    while day <= last:
        known = {one.name for one in found.get(day, ())}
        for name in calendar.slots:
            at = calendar.slot(day, name)
            if name in known or at is None or began is None or at < began:
                continue
            if calendar.expected(day, name):
                mark = _unentered(calendar, outages, day, at, now, sides)
                empty = tuple(Account(side) for side in sides)
                found.setdefault(day, []).append(Cell(day, name, at, mark, empty, ours=ours))
        if day == date.max:
            break
        day = later(day, 1)
    for of_day in found.values():
        of_day.sort(key=lambda one: (one.at is None, one.at.timestamp() if one.at else 0.0, one.name))
    return dict(sorted(found.items()))


def current(found: Sequence[Cell], side: str, now: datetime) -> Cell | None:
    """The call that a side should enter now: the newest that has begun and that it has not entered."""
    open_to = [
        one
        for one in found
        if one.at is not None
        and one.at <= now
        and one.mark != "excused"
        and any(account.side == side and not account.view for account in one.accounts)
    ]
    return open_to[-1] if open_to else None


def _entered(call: Call, name: str, calendar: Calendar, sides: Sequence[str], ours: int) -> Cell:
    accounts = []
    for side in sides:
        said = next((one for one in call.said if one.side == side), None)
        if said is None:
            accounts.append(Account(side))
            continue
        late = said.move.facts.get("late_minutes")
        accounts.append(
            Account(
                side,
                said.fact("view"),
                late if type(late) is int else None,
                said.move.id,
                said.move.at,
                said.own,
            )
        )
    mark = call.outcome if call.outcome in _VIEWS else "differ"
    at = _hour(call, name, calendar)
    return Cell(call.day, name, at, cast(Mark, mark), tuple(accounts), call.matter, ours)


def _hour(call: Call, name: str, calendar: Calendar) -> datetime | None:
    """When a call was to begin; of one that no calendar names, the hour that a side has stated."""
    at = calendar.slot(call.day, name)
    if at is not None:
        return at
    for one in call.said:
        try:
            stated = time.fromisoformat(one.fact("time"))
        except ValueError:
            continue
        zone = calendar.zones.get(one.side, calendar.where)
        return first_at(call.day, stated.hour * 60 + stated.minute, zone)
    return None


def _unentered(
    calendar: Calendar,
    outages: Outages,
    day: date,
    at: datetime,
    now: datetime,
    sides: Sequence[str],
) -> Mark:
    if calendar.closed_by(day):
        return "excused"
    if at > now:
        return "due"
    for side in sides:
        if outages.down(at, now, side, [other for other in sides if other != side]) is not None:
            return "cut"
    return "missing"
