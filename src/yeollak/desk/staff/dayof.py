"""The day of the office: its calls, meetings and crossings by the clock, and what passed between the sides.

Days and hours are those of the office's calendar. Acts of the day are placed by the times that they claim,
which order nothing; only a bounded number of the newest is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from yeollak.desk.staff import dayline
from yeollak.desk.staff.dayline import Answer, Call, Event, Gap
from yeollak.desk.staff.titles import Title
from yeollak.errors import RecordFault
from yeollak.office.calendar import Calendar
from yeollak.office.calls import call_matter
from yeollak.office.counting import parse
from yeollak.office.matter import natural_id
from yeollak.office.office import Office
from yeollak.office.zones import first_at, later
from yeollak.procedures.table import Move
from yeollak.record.canon import parse_instant
from yeollak.storage import models, watching
from yeollak.storage.opened import opened_of
from yeollak.storage.reading import OfficeView
from yeollak.words import clean, clock, duration, say
from yeollak.words.acts import kind_word, slot_word, value_word
from yeollak.words.naming import Reader

#: How far ahead the next call is looked for, in days; how many matters and acts the day looks through.
_AHEAD: Final = 60
_MATTERS, _ACTS = 60, 200
#: Acts that a day line leaves out: calls have signs of their own, and nodes speak all the time.
_UNTOLD: Final = ("line.", "enclosure.", "checkin.", "charter.", "key.", "register.")
_TALKS: Final = frozenset({"agreed", "planned", "reported", "minuted", "signed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Met:
    """A call of a day: which, when it begins, what came of it, and its matter."""

    name: str
    at: datetime
    answer: Answer
    matter: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of the schedule: its hour (empty for a whole day), what it is, how it stands, where it is."""

    at: datetime | None
    clock: str
    title: Title
    state: str
    href: str = ""
    next: bool = False


def founded(view: OfficeView) -> datetime | None:
    """When the last party signed the charter; None before that, and once the office is dissolved."""
    matter = natural_id(view.id, "charter", "founding")
    signed = [act.move.at for act in view.ledger.matter(matter) if not act.void and act.move is not None]
    if not signed or view.office.dissolved() or view.office.state(matter).state.phase != "founded":
        return None
    return parse_instant(max(signed))


def calls_of(office: Office, calendar: Calendar, day: date, now: datetime) -> list[Met]:
    """The calls of a day in their order. A call with different views is `differ`; one that has begun and in
    which some view is missing is `open`.
    """
    found = []
    for name in calendar.slots:
        at = calendar.slot(day, name)
        if at is not None and calendar.expected(day, name):
            matter = call_matter(office, day, name)
            found.append(Met(name, at, _answer(office, calendar, day, at, now, matter), matter))
    return sorted(found, key=lambda one: (one.at, one.name))


def next_call(calendar: Calendar, now: datetime) -> tuple[str, datetime] | None:
    """The next call that is not excused by a holiday: its name and when it begins."""
    day = calendar.day(now)
    for ahead in range(_AHEAD):
        that = later(day, ahead)
        if calendar.closed_by(that):
            continue
        slots = (
            (calendar.slot(that, name), name) for name in calendar.slots if calendar.expected(that, name)
        )
        to_come = sorted((at, name) for at, name in slots if at is not None and at > now)
        if to_come:
            return to_come[0][1], to_come[0][0]
    return None


def call_name(lang: str, name: str) -> str:
    """What a call is called, as the beginning of a label."""
    said = slot_word(lang, name)
    return said[:1].upper() + said[1:]


def answer_word(lang: str, met: Met) -> str:
    """What came of a call, in a word or two; nothing for one that is to come."""
    if met.answer == "due":
        return ""
    if met.answer == "open":
        return say(lang, "not entered by all")
    if met.answer == "differ":
        return say(lang, "accounts differ")
    return value_word(lang, "view", met.answer) or met.answer


def meetings(view: OfficeView, calendar: Calendar, day: date) -> Iterator[tuple[str, str, datetime | None]]:
    """The meetings of a day: matter, phase, and the hour where the proposal names one."""
    rows = view.rows(models.Matter).filter(procedure="meeting", phase__in=_TALKS).order_by("-updated", "-id")
    for matter, phase in rows.values_list("matter", "phase")[:_MATTERS]:
        started = next((move.facts["start"] for move in _moves(view, matter) if "start" in move.facts), None)
        begins = moment(started, calendar)
        if begins is not None and begins[0] == day:
            yield matter, phase, begins[1]


def crossings(view: OfficeView, calendar: Calendar, day: date) -> Iterator[tuple[str, str, datetime | None]]:
    """The crossings of persons and vehicles that were asked for a day: matter, phase, and the hour of the
    form where it names one. A form that is not held or cannot be read is passed by.
    """
    rows = view.rows(models.Matter).filter(procedure="request", phase__in=("asked", "routed", "answered"))
    asked: dict[tuple[str, str], tuple[str, str]] = {}
    for matter, phase in rows.order_by("-updated", "-id").values_list("matter", "phase")[:_MATTERS]:
        for act in reversed(view.ledger.matter(matter)):
            form = act.move.facts.get("form") if act.move is not None and not act.void else None
            if isinstance(form, str) and form.startswith("crossing-") and act.move is not None:
                document = parse(view.ledger.entry(act.place, act.index))
                for item in document.enclosures if document is not None else ():
                    asked[act.side, item.digest] = (matter, phase)
                break
    for digest, one in opened_of(view, asked).items():
        begins = moment(crosses(one.content, "goes"), calendar)
        if begins is not None and begins[0] == day:
            yield (*asked[one.side, digest], begins[1])


def acts_of(view: OfficeView, calendar: Calendar, day: date, lang: str) -> list[Event]:
    """The acts that say of themselves that they were signed on a day, ours and theirs."""
    start = first_at(day, 0, calendar.where)
    end = start + timedelta(days=1)
    ringing = {one.act for one in watching.urgent(view, end)}
    found = []
    for place, side in enumerate(view.charter.sides):
        newest = view.ledger.counted(place)
        for index in range(newest - 1, max(-1, newest - 1 - _ACTS), -1):
            act = view.ledger.finding(place, index)
            if act.void or act.move is None or act.move.kind.startswith(_UNTOLD):
                continue
            at = parse_instant(act.move.at)
            if start <= at < end:
                what = clean(kind_word(lang, act.move.kind), longest=40)
                said = f"{clock(at.astimezone(calendar.where))} {what}"
                found.append(
                    Event(minute_of(at, calendar), said, side == view.side, 1 if act.id in ringing else 0)
                )
    return found


def gaps_of(view: OfficeView, calendar: Calendar, day: date, now: datetime, lang: str) -> list[Gap]:
    """When no line was up on a day, by this node's own attempts."""
    start = first_at(day, 0, calendar.where)
    peers = [side for side in view.charter.sides if side != view.side]
    dead = [_dead(watching.stretches(view, peer, start, now), now) for peer in peers]
    both = dead[0] if dead else []
    for other in dead[1:]:
        both = [(max(a, c), min(b, d)) for a, b in both for c, d in other if max(a, c) < min(b, d)]
    return [
        Gap(
            minute_of(began, calendar),
            minute_of(ended, calendar),
            say(lang, "dead for {span}", span=duration(ended - began, lang)),
        )
        for began, ended in both
        if ended - began >= timedelta(minutes=1)
    ]


def line_of(
    met: Sequence[Met],
    events: Sequence[Event],
    gaps: Sequence[Gap],
    calendar: Calendar,
    now: datetime,
    place: str,
    reader: Reader,
) -> dayline.Day:
    """What the day line shows, with the day in sentences for whoever does not see it."""
    lang, here = reader.lang, clock(now.astimezone(calendar.where))
    told = [
        say(lang, "The day from 00 to 24 on the clock of {place}; it is now {now}.", place=place, now=here)
    ]
    for gap in gaps:
        told.append(
            say(lang, "The line was dead from {start} to {end}.", start=_face(gap.start), end=_face(gap.end))
        )
    calls = []
    for one in met:
        label = f"{clock(one.at.astimezone(calendar.where))} {call_name(lang, one.name)}"
        calls.append(Call(minute_of(one.at, calendar), label, one.answer))
        told.append(f"{label}: {answer_word(lang, one) or say(lang, 'to come')}.")
    return dayline.Day(
        minute_of(now, calendar),
        say(lang, "now {time}", time=here),
        " ".join(told),
        calls,
        events,
        gaps,
    )


def minute_of(at: datetime, calendar: Calendar) -> int:
    """The minute of the day that the office's clock shows."""
    local = at.astimezone(calendar.where)
    return local.hour * 60 + local.minute


def _face(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _answer(
    office: Office, calendar: Calendar, day: date, at: datetime, now: datetime, matter: str
) -> Answer:
    if calendar.closed_by(day):
        return "excused"
    if at > now:
        return "due"
    state = office.state(matter).state
    views = {side: state.of("view", side) for side in office.parties}
    said = {str(view) for view in views.values() if view is not None}
    if None in views.values():
        return "open"
    if len(said) > 1:
        return "differ"
    match said.pop():
        case "answered":
            return "answered"
        case "late":
            return "late"
        case "line-dead":
            return "line-dead"
        case "excused":
            return "excused"
        case _:
            return "unanswered"


def _dead(stretches: Sequence[watching.Stretch], now: datetime) -> list[tuple[datetime, datetime]]:
    ends = [*(one.since for one in stretches[1:]), now]
    return [(one.since, end) for one, end in zip(stretches, ends, strict=False) if not one.up]


def _moves(view: OfficeView, matter: str) -> Iterator[Move]:
    for act in reversed(view.ledger.matter(matter)[-_ACTS:]):
        if not act.void and act.move is not None:
            yield act.move


def crosses(content: bytes | None, field: str) -> object:
    """When a filled form says that they cross: its field `goes` or `returns`."""
    if content is None:
        return None
    try:
        value: Any = json.loads(content)
    except (ValueError, RecursionError):
        return None
    values = value.get("values") if isinstance(value, Mapping) else None
    return values.get(field) if isinstance(values, Mapping) else None


def moment(value: object, calendar: Calendar) -> tuple[date, datetime | None] | None:
    """A day or an instant as the office's clock has it; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value), None
        at = parse_instant(value) if value.endswith("Z") else datetime.fromisoformat(value)
        if at.tzinfo is None:
            return None
        return calendar.day(at), at
    except (RecordFault, ValueError, OverflowError):
        return None
