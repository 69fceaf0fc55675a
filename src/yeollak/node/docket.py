"""The docket as one node sees it now: what waits, which duties fall due or have passed in silence, which
calls nobody has entered, and whose notice came late.

Everything here is a view of the record and of a clock (rule 6): nothing is stored, and nothing guards an act.
The calendar and what the sides have signed of their lines are kept from one reading to the next, so that a
page that is drawn every minute reads only what is new.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import local
from typing import Final

from yeollak.office.calendar import Calendar, calendar_of
from yeollak.office.calls import MOST_DAYS, calls
from yeollak.office.duties import OPEN, Occurrence, duties, may_be_ahead
from yeollak.office.matter import natural_id
from yeollak.office.notices import moment_of, told_ahead
from yeollak.office.office import Office
from yeollak.office.outages import Outages
from yeollak.office.silence import Silence, silences
from yeollak.office.waiting import Waiting, waiting
from yeollak.office.zones import later, moved
from yeollak.procedures.obligation import DUTY, HOLIDAYS, OBLIGATION, STAFF
from yeollak.procedures.table import Move
from yeollak.record.canon import format_instant, parse_instant
from yeollak.storage import models, waits
from yeollak.storage.lines import outages
from yeollak.storage.reading import OfficeView
from yeollak.storage.receipts import receipts_by_side

#: How far back calls and notices are looked for, in days, where nobody asks for more.
DAYS_BACK: Final = 7
#: How far ahead duties are told of.
AHEAD: Final = timedelta(days=7)

#: How many matters of a sort and a side a docket looks at, where nobody asks for all.
MOST: Final = 50

_kept = local()


@dataclass(frozen=True, slots=True)
class LateNotice:
    """Something that was told later than the charter asks: the act and its side, which term of `notice` it
    should have kept, the day or instant that it is for, when it was signed and by when it should have been.
    """

    act: str
    matter: str
    kind: str
    side: str
    what: str
    day: str
    given: str
    latest: str


@dataclass(frozen=True, slots=True)
class Docket:
    """What `docket` found. `waiting` has the most urgent first, `calls` and `notices` go by their day, and
    `duties`, of both sides, by their due. `beyond` says how many matters more wait, by the side that they
    wait for.
    """

    now: datetime
    since: date
    calendar: Calendar
    waiting: tuple[Waiting, ...]
    duties: tuple[Occurrence, ...]
    calls: tuple[Waiting, ...]
    notices: tuple[LateNotice, ...]
    beyond: Mapping[str, int]


def docket(view: OfficeView, now: datetime, since: date | None = None, most: int | None = MOST) -> Docket:
    """The docket of an office at `now`; calls not entered, late notices and duties passed in silence from the
    date `since` on, a week back where none is given, and never before the office was founded; duties that
    fall due within a week. Of the matters that wait at most so many are looked at for each side that ring, of
    which the due has passed, and that come next; all of them, where `most` is None.
    """
    calendar, outages = kept(view)
    office, today = view.office, calendar.day(now)
    first = max(since or later(today, -DAYS_BACK), later(today, -MOST_DAYS))
    begun = _founded(office, calendar)
    missed: tuple[Waiting, ...] = ()
    owed: tuple[Occurrence, ...] = ()
    if begun is not None and not office.dissolved():
        since = max(first, begun)
        missed = calls(office, now, calendar, since, outages=outages)
        fallen = duties_between(view, now, calendar, calendar.begins(since), moved(now, AHEAD))
        owed = tuple(one for one in fallen if one.held in OPEN)
    looked_at, beyond = _that_may_wait(view, now, most)
    return Docket(
        now=now,
        since=first,
        calendar=calendar,
        waiting=waiting(office, now, calendar, outages=outages, matters=looked_at),
        duties=owed,
        calls=missed,
        notices=tuple(sorted(_notices(office, calendar, first), key=lambda one: (one.day, one.act))),
        beyond=beyond,
    )


def _that_may_wait(view: OfficeView, now: datetime, most: int | None) -> tuple[list[str], dict[str, int]]:
    """The matters that are known to wait, the foremost of them, and those that pages have not been told of
    yet: what is at rest is not folded to find that it is. Beside them, how many more wait, by side.
    """
    known: Iterable[str] = view.rows(models.Awaited).order_by("id").values_list("matter", flat=True)
    beyond: dict[str, int] = {}
    if most is not None:
        first = waits.foremost(view, now, most)
        many = {side: first.many(side) for side in view.charter.sides}
        known, beyond = first.matters, {side: number for side, number in many.items() if number}
    untold = (
        view.ledger.finding(place, index)
        for place, shown in enumerate(view.ledger.shown)
        for index in range(shown, view.ledger.counted(place))
    )
    return list(dict.fromkeys((*known, *(found.matter for found in untold if not found.void)))), beyond


def duties_between(
    view: OfficeView, now: datetime, calendar: Calendar, first: datetime, last: datetime
) -> tuple[Occurrence, ...]:
    """Every duty that falls due between two instants, and what the record holds of it at `now`."""
    rows = view.rows(models.Matter).order_by("opened", "matter")
    named = rows.filter(procedure=DUTY.name, slots__contains='"event/').values_list("matter", "slots")
    return duties(
        view.office,
        now,
        calendar,
        first,
        last,
        obligations=list(rows.filter(procedure=OBLIGATION.name).values_list("matter", flat=True)),
        # Read off the projection, so that what is long past is not folded again for every page.
        events=[matter for matter, slots in named if may_be_ahead(json.loads(slots), calendar, first)],
    )


def kept(view: OfficeView) -> tuple[Calendar, Outages]:
    """The calendar of an office as amended and declared, with what the sides have signed of their lines.

    They belong to the thread that asks, like the view. Another calendar makes both anew: an outage is placed
    by the calls of its calendar.
    """
    held: dict[tuple[str, str], tuple[Office, Calendar, Outages]] = _kept.__dict__.setdefault("held", {})
    place, calendar = (view.alias, view.id), calendar_of(view.office, view.office.terms())
    known = held.get(place)
    if known is None or known[0] is not view.office or known[1] != calendar:
        known = (view.office, calendar, outages(view, calendar))
    held[place] = (view.office, known[1], outages(view, known[1], known[2]))
    return held[place][1:]


def silences_of(view: OfficeView, matter: str) -> tuple[Silence, ...]:
    """The lapses of a matter with what the receipts held here say for and against each."""
    return silences(view.office, matter, receipts_by_side(view))


def _founded(office: Office, calendar: Calendar) -> date | None:
    """The day on which the last party signed the charter; None before."""
    matter = natural_id(office.charter.office, "charter", "founding")
    signed = [act.move.at for act in office.ledger.matter(matter) if not act.void and act.move is not None]
    if not signed or office.state(matter).state.phase != "founded":
        return None
    return calendar.day(parse_instant(max(signed)))


def _notices(office: Office, calendar: Calendar, since: date) -> Iterator[LateNotice]:
    for what in (STAFF, HOLIDAYS):
        if what in calendar.notices:
            for act, day in told_ahead(office, what, office.parties):
                if act.move is not None:
                    yield from _late(calendar, act.move, act.matter, what, day, since)


def _late(
    calendar: Calendar, move: Move, matter: str, what: str, day: str, since: date
) -> Iterator[LateNotice]:
    when = moment_of(day)
    latest = calendar.notice(what, when)
    on = calendar.day(when) if isinstance(when, datetime) else when
    if latest is not None and on >= since and parse_instant(move.at) > latest:
        yield LateNotice(move.id, matter, move.kind, move.side, what, day, move.at, format_instant(latest))
