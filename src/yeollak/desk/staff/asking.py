"""What nobody waits for and Today still asks: what was delivered to us and nobody has signed to have read,
and meetings whose hour has passed and of which our side has not said whether they were held.

Both are views. No procedure knows a duty to read or to report, and nothing here makes one: the strips say
what our side may sign, and have no time by which.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.utils.text import capfirst

from yeollak.desk.staff import dayof
from yeollak.desk.staff.agenda import STATED, stated_of
from yeollak.desk.staff.bridge import brief
from yeollak.desk.staff.docket import MARKS, Strip, Stripped, rank
from yeollak.desk.staff.titles import Title
from yeollak.office.calendar import Calendar
from yeollak.office.ledger import Counted, together
from yeollak.office.unread import DELIVERIES
from yeollak.record.canon import format_instant, parse_instant
from yeollak.record.document import PRECEDENCES
from yeollak.storage import matters, models
from yeollak.storage.reading import OfficeView
from yeollak.words import say, term
from yeollak.words.naming import Reader

#: How many matters of a sort are looked at, those that moved last first.
_MOST: Final = 60
#: How long our side is asked for its own account of a meeting that another side has reported.
_OURS_TOO: Final = timedelta(days=7)

_Named = Callable[[str], Title]
_Placed = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Delivered:
    """A text that was delivered to us: its matter, the act that delivered it, and its precedence."""

    matter: str
    act: Counted
    precedence: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A meeting whose hour, or whose day where it has no hour, is over; `reported` by another side."""

    matter: str
    at: datetime
    whole_day: bool
    reported: bool


def delivered(view: OfficeView, besides: Collection[str]) -> list[Delivered]:
    """What was delivered to our side and not read, but for the matters and acts of `besides`, which stand on
    the page already.
    """
    found = []
    for matter in together(view.ledger, matters.delivered(view, view.side, _MOST)):
        acts = (act for act in reversed(view.ledger.matter(matter)) if not act.void and act.move is not None)
        act = next((one for one in acts if one.move is not None and one.move.kind in DELIVERIES), None)
        if act is not None and not {matter, act.id} & set(besides):
            found.append(Delivered(matter, act, view.office.precedence(act)))
    return found


def passed(view: OfficeView, calendar: Calendar, now: datetime) -> list[Passed]:
    """The meetings that were agreed or planned for an hour that has passed, and of which our side has not
    said whether they were held.
    """
    rows = view.rows(models.Matter).filter(procedure="meeting").order_by("-updated", "-id")
    asked = list(rows.filter(phase__in=("agreed", "planned")).values_list("matter", flat=True)[:_MOST])
    told = rows.filter(phase="reported", moved_at__gte=format_instant(now - _OURS_TOO))
    reported = list(told.values_list("matter", flat=True)[:_MOST])
    found = []
    for matter in together(view.ledger, (*asked, *reported)):
        if view.office.state(matter).state.of("account", view.side) is not None:
            continue
        stands = stated_of(view, matter, STATED)
        begins = dayof.moment(stands[1], calendar) if stands is not None else None
        if begins is None:
            continue
        day, at = begins
        over = at if at is not None else calendar.end(day)
        if over <= now:
            found.append(Passed(matter, over, at is None, matter in reported))
    return found


def delivered_strip(
    one: Delivered, reader: Reader, now: datetime, named: _Named, placed: _Placed
) -> Stripped:
    """A text that nobody has signed to have read, after what has an hour; an urgent one before."""
    at = one.act.move.at if one.act.move is not None else ""
    return Stripped(
        (0, rank(one.precedence), f"~{at}"),
        "",
        False,
        str,
        partial(_unread, one, parse_instant(at), reader, now, named, placed),
    )


def passed_strip(one: Passed, reader: Reader, now: datetime, named: _Named, placed: _Placed) -> Stripped:
    """A meeting that may be reported, after what has an hour."""
    return Stripped(
        (0, 0, f"~{one.at.isoformat()}"),
        "",
        False,
        str,
        partial(_report, one, reader, now, named, placed),
    )


def _unread(
    one: Delivered, at: datetime, reader: Reader, now: datetime, named: _Named, placed: _Placed
) -> Strip:
    lang, (clock, day) = reader.lang, brief(at, now, reader.zone, reader.lang)
    return Strip(
        precedence=one.precedence,
        mark=MARKS[one.precedence],
        word=capfirst(term(one.precedence, lang)),
        until=at.isoformat(),
        clock=clock,
        under=day,
        late=False,
        title=named(one.matter),
        href=placed(one.matter),
        why=say(
            lang,
            "Delivered by {side}; nobody here has signed that it was read.",
            side=reader.name(one.act.side),
        ),
        consequence="",
        action=say(lang, "Open"),
        go=placed(one.matter),
    )


def _report(one: Passed, reader: Reader, now: datetime, named: _Named, placed: _Placed) -> Strip:
    lang, (clock, day) = reader.lang, brief(one.at, now, reader.zone, reader.lang)
    if one.reported:
        why = say(lang, "Another side has said what came of it; ours has not.")
    elif one.whole_day:
        why = say(lang, "Its day is over; nobody has said whether it was held.")
    else:
        why = say(lang, "Its hour has passed; nobody has said whether it was held.")
    return Strip(
        precedence=PRECEDENCES[0],
        mark=MARKS[PRECEDENCES[0]],
        word=capfirst(term(PRECEDENCES[0], lang)),
        until=one.at.isoformat(),
        clock=clock,
        under=day,
        late=False,
        title=named(one.matter),
        href=placed(one.matter),
        why=why,
        consequence="",
        action=say(lang, "Held or not held"),
        go=placed(one.matter),
    )
