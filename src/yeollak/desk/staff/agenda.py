"""What stands in the calendar of an office between two dates: calls, meetings and series, crossings, times
that acts have set, lapses that were declared, and duties of obligations.

Everything is read from projections that are bounded by dates or by a number, so that a month costs no more in
a long record than in a short one; where a bound is reached, `Agenda.cut` says so. Nothing is worded here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from yeollak.desk.staff import dayof
from yeollak.office.calendar import Calendar
from yeollak.office.counting import parse
from yeollak.office.duties import Occurrence, duties
from yeollak.office.ledger import Counted
from yeollak.office.periods import WEEKDAYS, minute_of
from yeollak.office.zones import first_at, later
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.obligation import DUTY, OBLIGATION
from yeollak.procedures.recurrence import Recurrence
from yeollak.procedures.table import Move
from yeollak.record.canon import format_instant, parse_instant
from yeollak.storage import models
from yeollak.storage.opened import opened_of
from yeollak.storage.reading import OfficeView

Sort = Literal["call", "meeting", "series", "crossing", "due", "lapse", "duty"]
#: The sorts of entries, in the order in which a filter lists them.
SORTS: Final[tuple[Sort, ...]] = ("call", "meeting", "series", "crossing", "due", "lapse", "duty")
#: The longest stretch of days that is asked for at once.
MOST_DAYS: Final = 500
#: How many matters of one sort are looked at.
_MOST: Final = 300
#: How many acts of one matter are looked through for the day that it is about.
_ACTS: Final = 50
#: How long after it was asked for or last answered a crossing may be.
_AHEAD: Final = timedelta(days=90)
_OPEN_TALKS: Final = ("agreed", "planned", "proposed")
_PAST_TALKS: Final = ("cancelled", "minuted", "reported", "signed")
#: Facts by which a meeting says when it is or was: as it stands agreed, else as it was reported.
STATED: Final = ("start", "when")
_LAPSES: Final = sorted(
    {
        kind
        for procedure in PROCEDURES
        for rows in procedure.rows.values()
        for kind, row in rows.items()
        if row.lapses
    }
)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the calendar, in no language.

    day     on the office's clock; `at` and `until` the instants, None where only a day is known
    matter  its matter, whether or not anybody has opened it; `key` tells it apart from others of its matter
    phase   how it stands, as a code of its sort: a phase, an answer, what the record holds of a duty
    sides   whose it is: who is waited for, whose duty it is, who has declared the lapse
    duty    the time of the obligation that falls due
    """

    sort: Sort
    day: date
    at: datetime | None
    until: datetime | None
    matter: str
    key: str
    phase: str
    sides: tuple[str, ...] = ()
    duty: Occurrence | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """The entries between two dates in their order; `cut` where not all matters were looked at."""

    items: tuple[Item, ...]
    cut: bool


def agenda(
    view: OfficeView,
    calendar: Calendar,
    first: date,
    last: date,
    now: datetime,
    sorts: Sequence[str] = SORTS,
) -> Agenda:
    """The entries from `first` up to and with `last`, at most `MOST_DAYS` of them."""
    last = min(last, later(first, MOST_DAYS - 1))
    found: list[Item] = []
    cut = False
    for sort, read in (
        ("call", _calls),
        ("meeting", _meetings),
        ("series", _series),
        ("crossing", _crossings),
        ("due", _dues),
        ("lapse", _lapses),
        ("duty", _duties),
    ):
        if sort in sorts:
            several, more = read(view, calendar, first, last, now)
            found += several
            cut |= more
    return Agenda(tuple(sorted(found, key=_order)), cut)


def _order(one: Item) -> tuple[date, bool, str, int, str]:
    # What has no hour stands at the head of its day.
    hour = format_instant(one.at) if one.at is not None else ""
    return one.day, one.at is not None, hour, SORTS.index(one.sort), one.key


_Found = tuple[list[Item], bool]


def _calls(view: OfficeView, calendar: Calendar, first: date, last: date, now: datetime) -> _Found:
    began, found, day = dayof.founded(view), list[Item](), first
    if began is None:
        return [], False
    while day <= last:
        for one in dayof.calls_of(view.office, calendar, day, now):
            if one.at >= began:
                until = one.at + calendar.slot_length
                found.append(Item("call", day, one.at, until, one.matter, one.name, one.answer))
        if day == date.max:
            break
        day = later(day, 1)
    return found, False


def _meetings(view: OfficeView, calendar: Calendar, first: date, last: date, now: datetime) -> _Found:
    rows, found = view.rows(models.Matter).filter(procedure="meeting"), list[Item]()
    planned = list(rows.filter(phase__in=_OPEN_TALKS).order_by("-updated", "-id")[: _MOST + 1])
    # What is over was told of after it had begun: what was moved last before the first date was not in it.
    since = format_instant(first_at(first, 0, calendar.where))
    past = rows.filter(phase__in=_PAST_TALKS, moved_at__gte=since)
    told = list(past.order_by("moved_at", "id")[: _MOST + 1])
    for row in (*planned[:_MOST], *told[:_MOST]):
        stands = stated_of(view, row.matter, STATED)
        begins = dayof.moment(stands[1], calendar) if stands is not None else None
        if stands is None or begins is None or not first <= begins[0] <= last:
            continue
        ends = dayof.moment(stands[0].facts.get("until"), calendar)
        until = ends[1] if ends is not None and begins[1] is not None and ends[1] is not None else None
        until = until if until is not None and begins[1] is not None and until > begins[1] else None
        found.append(Item("meeting", begins[0], begins[1], until, row.matter, "", row.phase))
    return found, len(planned) > _MOST or len(told) > _MOST


def _series(view: OfficeView, calendar: Calendar, first: date, last: date, now: datetime) -> _Found:
    rows = view.rows(models.Matter).filter(procedure="series", phase="standing").order_by("-updated", "-id")
    held = list(rows[: _MOST + 1])
    found = list[Item]()
    for row in held[:_MOST]:
        stands = stated_of(view, row.matter, ("every",))
        if stands is None:
            continue
        minute = _minute(stands[0].facts.get("time"))
        for day in cadence(stands[0], calendar, first, last):
            at = None if minute is None else first_at(day, minute, calendar.where)
            found.append(Item("series", day, at, None, row.matter, day.isoformat(), row.phase))
    return found, len(held) > _MOST


def cadence(move: Move, calendar: Calendar, first: date, last: date) -> Iterator[date]:
    """The dates of a series from `first` to `last`, by the act that says how often it meets: every day on
    which the office works, on its day of the week, or on the day of the month on which it began. None where
    the act does not say enough.
    """
    facts = move.facts
    begins = dayof.moment(facts.get("start"), calendar)
    ends = dayof.moment(facts.get("until"), calendar)
    every, name = str(facts.get("every")), facts.get("weekday")
    start = begins[0] if begins is not None else calendar.day(parse_instant(move.at))
    if every == "week" and name in WEEKDAYS:
        start = later(start, (WEEKDAYS.index(str(name)) - start.weekday()) % 7)
    elif every != "day" and begins is None:
        return
    stop = ends[0] if ends is not None else None
    if every not in ("day", "week", "month", "quarter") or (stop is not None and stop < start):
        return
    for day in Recurrence(every, start, stop).dates(first, last):
        if every != "day" or calendar.working(day):
            yield day


def _crossings(view: OfficeView, calendar: Calendar, first: date, last: date, now: datetime) -> _Found:
    rows = view.rows(models.Matter).filter(
        procedure="request",
        phase__in=("asked", "routed", "answered"),
        opened_at__lte=format_instant(calendar.end(last)),
        moved_at__gte=format_instant(first_at(first, 0, calendar.where) - _AHEAD),
    )
    held = list(rows.order_by("-updated", "-id").values_list("matter", "phase")[: _MOST + 1])
    asked: dict[tuple[str, str], tuple[str, str]] = {}
    for matter, phase in held[:_MOST]:
        for act in reversed(view.ledger.matter(matter)[-_ACTS:]):
            form = act.move.facts.get("form") if act.move is not None and not act.void else None
            if isinstance(form, str) and form.startswith("crossing-"):
                document = parse(view.ledger.entry(act.place, act.index))
                enclosed = document.enclosures if document is not None else ()
                asked |= {(act.side, item.digest): (matter, phase) for item in enclosed}
                break
    found = list[Item]()
    for digest, one in opened_of(view, asked).items():
        matter, phase = asked[one.side, digest]
        for way in ("goes", "returns"):
            begins = dayof.moment(dayof.crosses(one.content, way), calendar)
            if begins is not None and first <= begins[0] <= last:
                found.append(Item("crossing", *begins, None, matter, way, phase, (one.side,)))
    return found, len(held) > _MOST


def _dues(view: OfficeView, calendar: Calendar, first: date, last: date, now: datetime) -> _Found:
    begin, end = format_instant(first_at(first, 0, calendar.where)), format_instant(calendar.end(last))
    rows = view.rows(models.Awaited).filter(due__gte=begin, due__lte=end).order_by("due", "id")
    held = list(rows.values_list("matter", "place", "due")[: _MOST + 1])
    found = list[Item]()
    for matter, place, due in held[:_MOST]:
        at, side = parse_instant(due), view.charter.sides[place]
        phase = "late" if at < now else "open"
        found.append(Item("due", calendar.day(at), at, None, matter, side, phase, (side,)))
    return found, len(held) > _MOST


def _lapses(view: OfficeView, calendar: Calendar, first: date, last: date, now: datetime) -> _Found:
    begin, end = format_instant(first_at(first, 0, calendar.where)), format_instant(calendar.end(last))
    rows = view.rows(models.Rung).filter(kind__in=_LAPSES, at__gte=begin, at__lte=end)
    held = list(rows.order_by("at", "turn", "place").values_list("place", "index")[: _MOST + 1])
    found = list[Item]()
    for place, index in held[:_MOST]:
        act = view.ledger.finding(place, index)
        if act.move is not None and _stands(view, act):
            at = parse_instant(act.move.at)
            found.append(
                Item("lapse", calendar.day(at), at, None, act.matter, act.id, act.move.kind, (act.side,))
            )
    return found, len(held) > _MOST


def _duties(view: OfficeView, calendar: Calendar, first: date, last: date, now: datetime) -> _Found:
    begin, end = first_at(first, 0, calendar.where), calendar.end(last)
    several, more = fallen(view, calendar, begin, end, now)
    found = []
    for one in several:
        at = parse_instant(one.due)
        day = calendar.day(at)
        # What is due by the end of a date has no hour of its own.
        hour = None if at == calendar.end(day) else at
        found.append(Item("duty", day, hour, None, one.matter, one.key, one.held, one.bearers, one))
    return found, more


def fallen(
    view: OfficeView,
    calendar: Calendar,
    begin: datetime,
    end: datetime,
    now: datetime,
    obligations: Sequence[str] | None = None,
) -> tuple[tuple[Occurrence, ...], bool]:
    """The duties that fall due between two instants (of some obligations, where they are given), and whether
    there are more obligations or events than are looked at.
    """
    rows = view.rows(models.Matter).order_by("-updated", "-id")
    known = obligations
    if known is None:
        running = rows.filter(procedure=OBLIGATION.name, phase__in=("running", "released"))
        known = list(running.values_list("matter", flat=True)[: _MOST + 1])
    named = rows.filter(procedure=DUTY.name, slots__contains='"event/')
    events = list(named.values_list("matter", flat=True)[: _MOST + 1])
    several = duties(view.office, now, calendar, begin, end, obligations=known[:_MOST], events=events[:_MOST])
    return several, len(known) > _MOST or len(events) > _MOST


def stated_of(view: OfficeView, matter: str, names: Sequence[str]) -> tuple[Move, Any] | None:
    """The act of a matter that stands and states one of some facts, the first that any states, with its
    value: the offer that stands before others, then the newest.
    """
    state = view.office.state(matter)
    offer = state.state.slots.get("offer")
    acts = [act for act in reversed(view.ledger.matter(matter)[-_ACTS:]) if _stands(view, act)]
    moves = [act.move for act in sorted(acts, key=lambda act: act.id != offer) if act.move is not None]
    for name in names:
        for move in moves:
            if name in move.facts:
                return _with(move, moves), move.facts[name]
    return None


def _with(move: Move, moves: Sequence[Move]) -> Move:
    """An act with what earlier offers said and it does not: a counter-offer names what it changes."""
    facts = dict[str, Any]()
    for one in reversed(moves):
        if one.kind.rpartition(".")[2] in ("propose", "counter", "planned"):
            facts.update(one.facts)
    return replace(move, facts={**facts, **move.facts})


def _stands(view: OfficeView, act: Counted) -> bool:
    return not act.void and act.id not in view.office.state(act.matter).marks


def _minute(value: object) -> int | None:
    try:
        return minute_of(value, "the time of a series")
    except ValueError:
        return None
