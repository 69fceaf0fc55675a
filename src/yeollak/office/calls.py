"""The calls that the calendar asks for: the part of the docket that no act opens.

A call is expected because the calendar says so. Which view a side has entered is in the record; that it
has entered none is a word of the view, like every other silence (rule 6), and its cause is nobody's to
guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from yeollak.office.calendar import Calendar
from yeollak.office.matter import natural_id
from yeollak.office.office import Office
from yeollak.office.outages import Outages
from yeollak.office.waiting import Reason, Waiting, Word, told
from yeollak.office.zones import later, moved, whole
from yeollak.procedures.checkin import CHECK_IN
from yeollak.procedures.table import Move, State
from yeollak.record.canon import format_instant

#: The most days that are looked through at once: ten years.
MOST_DAYS = 3660


def calls(
    office: Office, now: datetime, calendar: Calendar, first: date, *, outages: Outages | None = None
) -> tuple[Waiting, ...]:
    """Every side's missing view of a call that has begun, from the date `first` to `now`, in their order.

    From the beginning of a call it is `waiting`, and after `slot_minutes` one of the other words. A side that
    has entered its view yields nothing. At most the last ten years are looked through.
    """
    moment, known = whole(now), (outages or Outages(calendar)).read(office)
    today = calendar.day(moment)
    day = max(first, later(today, -MOST_DAYS))
    found: list[Waiting] = []
    while day <= today:
        for name, begins in _slots(calendar, day):
            if begins <= moment:
                found += _of_call(office, moment, calendar, known, day, name, begins)
        if day == date.max:
            break
        day = later(day, 1)
    return tuple(found)


def call_matter(office: Office, day: date, slot: str) -> str:
    """The matter id of a call: it has a natural key, so it is known before anybody has entered anything."""
    facts = {"date": day.isoformat(), "slot": slot}
    key = CHECK_IN.key
    assert key is not None, "a call has a natural key"
    return natural_id(office.charter.office, CHECK_IN.family, key.of(Move("", "", "", "", facts)))


def _slots(calendar: Calendar, day: date) -> list[tuple[str, datetime]]:
    named = ((name, calendar.slot(day, name)) for name in calendar.slots if calendar.expected(day, name))
    return sorted(((name, at) for name, at in named if at is not None), key=lambda one: (one[1], one[0]))


def _of_call(
    office: Office,
    now: datetime,
    calendar: Calendar,
    outages: Outages,
    day: date,
    slot: str,
    begins: datetime,
) -> Iterator[Waiting]:
    matter = call_matter(office, day, slot)
    state = office.state(matter).state
    entered = tuple(side for side in office.parties if state.of("view", side) is not None)
    until = moved(begins, calendar.slot_length)
    for side in office.parties:
        if side not in entered:
            word, why = _word(office, now, calendar, outages, state, day, begins, until, side)
            yield Waiting(
                matter=matter,
                procedure=CHECK_IN.name,
                phase=state.phase,
                waiting=entered or tuple(other for other in office.parties if other != side),
                awaited=side,
                since=format_instant(begins),
                until=format_instant(until),
                precedence="routine",
                word=word,
                why=why,
                answers=("checkin.observe",),
            )


def _word(
    office: Office,
    now: datetime,
    calendar: Calendar,
    outages: Outages,
    state: State,
    day: date,
    begins: datetime,
    until: datetime,
    side: str,
) -> tuple[Word, tuple[Reason, ...]]:
    closed = calendar.closed_by(day)
    if closed:
        return Word.EXCUSED, (Reason("holiday", closed),)
    if now < until:
        return Word.WAITING, ()
    others = [other for other in office.parties if other != side]
    dead = tuple(other for other in others if state.of("view", other) == "line-dead")
    if dead:
        return Word.LINE_DOWN, (Reason("line-dead", dead),)
    outage = outages.down(begins, now, side, others)
    if outage is not None:
        return Word.LINE_DOWN, (told(*outage),)
    late = (Reason("declared-late", (side,)),) if calendar.declared_late(day, side) else ()
    rang = tuple(other for other in others if state.of("view", other) == "unanswered")
    if rang:
        return Word.UNANSWERED, (Reason("observed", rang), *late)
    return Word.OVERDUE, (Reason("not-entered", (side,)), *late)
