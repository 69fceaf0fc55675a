"""The outages of an office out of what the store has kept for them, so that not every call of a long record
is read to find that the line was alive.

An observation that a line was dead makes an outage, and the first after it by the same side that it was alive
ends it: all others change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Final

from yeollak.office.calendar import Calendar
from yeollak.office.ledger import Counted, together
from yeollak.office.outages import ALIVE, Outages
from yeollak.storage import models, tallies
from yeollak.storage.reading import OfficeView

#: The kinds besides calls that speak of lines.
_KINDS: Final = ("line.report", "standing.line")
_RUNG: Final = models.Rung._meta.db_table


def outages(view: OfficeView, calendar: Calendar, known: Outages | None = None) -> Outages:
    """What the sides have signed of their lines, as far as it makes or ends an outage; `known` is what was
    made for the same office and calendar before.
    """
    if known is not None:
        dead = known.dead
        if known.read(view.office).dead == dead:
            return known
        # A line is told of as dead at an instant that may be long past: what ended that was not read.
    base = tallies.frontier(view)
    found = Outages(calendar, base)
    if any(base):
        found.take(_told(view, base))
        dead_acts = [one for one in tallies.acts(view, tallies.DEAD_ACTS) if one.index < base[one.place]]
        for place, size in enumerate(base):
            new = (one for one in view.ledger.under(("check-in",), place, size) if tallies.dead(one))
            found.take(one for one in dead_acts if one.place == place)
            found.take(_ending(view, calendar, base, place, [*dead_acts, *new]))
    return found.read(view.office)


def _told(view: OfficeView, base: Sequence[int]) -> Iterator[Counted]:
    named = ", ".join(["%s"] * len(_KINDS))
    known = f"(SELECT * FROM {_RUNG} WHERE office_id = %s AND kind IN ({named}))"  # noqa: S608 (no value is in it)
    return (one for one in tallies.acts(view, known, view.id, *_KINDS) if one.index < base[one.place])


def _ending(
    view: OfficeView, calendar: Calendar, base: Sequence[int], place: int, observed: Iterable[Counted]
) -> Iterator[Counted]:
    """What a side has observed alive on the first day on which it has after each call that it has observed
    dead, among what lies below the base.
    """
    dead = [(at, act) for act in observed if act.place == place and (at := _at(act, calendar)) is not None]
    if not dead:
        return
    dead.sort(key=lambda one: one[0])
    days = _days(view, min(_day(act) for _, act in dead))
    ended: datetime | None = None
    alive: list[tuple[datetime, Counted]] = []
    for at, act in dead:
        if ended is not None and at < ended:
            continue
        while not (after := [(when, one) for when, one in alive if when > at]):
            # What lies before the day cannot end it, and is not read.
            matters = next((of_day for day, of_day in days if day >= _day(act)), None)
            if matters is None:
                return
            alive = list(_alive(view, calendar, base, place, matters))
        yield from (one for _, one in after)
        ended = min(when for when, _ in after)


def _days(view: OfficeView, since: str) -> Iterator[tuple[str, list[str]]]:
    """The calls of each day, from one on."""
    for day, of_day in groupby(tallies.call_days(view, since), key=lambda one: one[0]):
        yield day, [matter for _, matter in of_day]


def _alive(
    view: OfficeView, calendar: Calendar, base: Sequence[int], place: int, matters: Iterable[str]
) -> Iterator[tuple[datetime, Counted]]:
    for matter in together(view.ledger, matters):
        for act in view.ledger.matter(matter):
            if act.place == place and act.index < base[place] and not act.void and act.move is not None:
                alive = act.move.kind == tallies.OBSERVE and act.move.facts.get("view") in ALIVE
                if alive and (at := _at(act, calendar)) is not None:
                    yield at, act


def _day(act: Counted) -> str:
    return str(act.move.facts["date"]) if act.move is not None else ""


def _at(act: Counted, calendar: Calendar) -> datetime | None:
    facts = act.move.facts if act.move is not None else {}
    return calendar.slot(date.fromisoformat(_day(act)), str(facts["slot"]))
