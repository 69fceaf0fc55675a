"""Duties: each time that an obligation falls due, and what the record holds of it.

An obligation says in its slots what is owed, by whom, when and by which clause. Here its times become
instants on the calendar of the office, and each is held against the record: done or missed as the sides
state it, waived by all, still to come, or passed in silence. Like every silence that is a word of the view
(rule 6): it is computed at reading from the record and `now`, is never stored and guards nothing. Only what
is asked for is reckoned: what a window costs does not grow with how long an obligation has run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from yeollak.office.applied import ended, relieved, signed_at, standing
from yeollak.office.calendar import Calendar
from yeollak.office.matter import natural_id
from yeollak.office.notices import earliest, moment_of
from yeollak.office.office import Office
from yeollak.office.periods import Period
from yeollak.office.worked import Worked
from yeollak.office.zones import first_at, later, whole
from yeollak.procedures.obligation import DUTY, MOST_SHIFT, OBLIGATION, recurrence, sides_of
from yeollak.procedures.table import Move, State
from yeollak.record.canon import format_instant, parse_instant


class Held(StrEnum):
    """What the record holds of one duty at `now`."""

    WAITING = "waiting"
    SILENT = "passed-in-silence"
    DONE = "done"
    MISSED = "missed"
    DIFFERING = "differing"
    WAIVED = "waived"
    TOLD = "told-in-time"
    TOLD_LATE = "told-late"
    NOT_IN_FORCE = "not-in-force"


#: What a docket has to tell of: what is still to be done, and what nobody has said anything of.
OPEN: Final = frozenset({Held.WAITING, Held.SILENT, Held.TOLD_LATE})


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an obligation falls due. Instants are written as in act documents.

    matter      the duty's own matter, whether or not anybody has opened it
    key         its name, as `occurrence` states it; for an event that the record holds, the act that makes it
    sides       those of the obligation, and `bearers` whose duty it is, in the charter's order
    views       what each side has said of it, `done` or `missed`; `waivers` the sides that do without it
    subject     what is owed in a few words, as pairs of a language and the words in it
    begins      for a notice period: when the event begins; `told` when a bearer named it, or empty.
    Of an event for which sides say different times there is one for each of these, `differing`
    """

    matter: str
    obligation: str
    agreement: str
    clause: str
    shape: str
    key: str
    sides: tuple[str, ...]
    bearers: tuple[str, ...]
    due: str
    held: Held
    views: tuple[tuple[str, str], ...] = ()
    waivers: tuple[str, ...] = ()
    subject: tuple[tuple[str, str], ...] = ()
    begins: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class _Time:
    """When something is owed, by whom, and for an event when it begins and was told of."""

    key: str
    due: datetime
    bearers: tuple[str, ...]
    begins: str = ""
    told: str = ""
    differing: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """An event that sides have named: its name, and when it begins as each of them says, in order."""

    matter: str
    key: str
    begins: tuple[tuple[str, str], ...]


def duties(
    office: Office,
    now: datetime,
    calendar: Calendar,
    first: datetime,
    last: datetime,
    *,
    obligations: Iterable[str] | None = None,
    events: Iterable[str] | None = None,
) -> tuple[Occurrence, ...]:
    """Every duty that falls due from `first` up to and with `last`, in the order in which they do.

    `obligations` are the matters of obligations to look at, and `events` those of duties among which events
    were named (all of either, where none are given).
    """
    owing = list(office.ledger.matters(OBLIGATION.name)) if obligations is None else obligations
    named = _named(office, calendar, first, events)
    found = [
        one
        for obligation in owing
        for one in _occurrences(office, obligation, now, calendar, first, last, named.get(obligation, ()))
    ]
    return tuple(sorted(found, key=lambda one: (one.due, one.obligation, one.key)))


def occurrences(
    office: Office,
    obligation: str,
    now: datetime,
    calendar: Calendar,
    first: datetime,
    last: datetime,
    *,
    events: Iterable[str] | None = None,
) -> Iterator[Occurrence]:
    """The times of one obligation that fall due from `first` up to and with `last`, one after another: what
    nobody takes is not reckoned. Dates come in their order, events in that of the record. None for an
    obligation that not all sides have agreed to, nor after it has ended.
    """
    named = _named(office, calendar, first, events).get(obligation, ())
    yield from _occurrences(office, obligation, now, calendar, first, last, named)


def may_be_ahead(slots: Mapping[str, Any], calendar: Calendar, first: datetime) -> bool:
    """Whether a duty of these slots is of an event that begins at `first` or later, as some side says: notice
    of one that has begun before was due before.
    """
    said = (str(begins) for name, begins in slots.items() if name.startswith("event/"))
    return any(calendar.begins(moment_of(begins)) >= first for begins in said)


def _occurrences(
    office: Office,
    obligation: str,
    now: datetime,
    calendar: Calendar,
    first: datetime,
    last: datetime,
    events: Sequence[Event],
) -> Iterator[Occurrence]:
    state = _state(office, obligation)
    if (
        state.phase not in ("running", "released")
        or office.folds(obligation).procedure.name != OBLIGATION.name
    ):
        return
    terms, moment, begin = state.slots, whole(now), whole(first)
    end = min(whole(last), ended(office, obligation, moment, calendar) or whole(last))
    is_relieved: Callable[[datetime], bool] | None = None
    match terms["shape"]:
        case "recurring":
            times = _recurring(office, terms, calendar, begin, end)
        case "dated":
            times = iter((_dated(office, terms, calendar),))
        case "notice-period":
            times = _notices(office, obligation, terms, calendar, begin, end, events)
        case _:
            times = iter(())  # what is owed always falls due at no time
    for time in times:
        if begin <= time.due <= end:
            # Only of what falls due is it asked whether its agreement was applied.
            is_relieved = is_relieved or relieved(office, str(terms["agreement"]), obligation, calendar)
            yield _held(office, obligation, state, time, moment, is_relieved(time.due))


def _recurring(
    office: Office, terms: Mapping[str, Any], calendar: Calendar, begin: datetime, end: datetime
) -> Iterator[_Time]:
    said, rule, hour = recurrence(terms), str(terms.get("closed", "skipped")), terms.get("hour")
    bearers = _in_order(office, terms["bearers"])
    start, stop = calendar.day(begin), calendar.day(end)
    # A date may give way to one that lies in the window, from either side of it.
    for day in said.dates(later(start, -MOST_SHIFT - 1), later(stop, MOST_SHIFT + 1)):
        on = _worked(calendar, day, rule)
        if on is not None:
            minute = None if hour is None else int(hour[:2]) * 60 + int(hour[3:])
            due = calendar.end(on) if minute is None else first_at(on, minute, calendar.where)
            yield _Time(said.name(day), due, bearers)


def _worked(calendar: Calendar, day: date, rule: str) -> date | None:
    """The date on which what falls on `day` is due, or None where it is not."""
    if rule == "kept" or calendar.working(day):
        return day
    if rule == "skipped":
        return None
    way = 1 if rule == "next" else -1
    near = (later(day, way * ahead) for ahead in range(1, MOST_SHIFT + 1))
    return next((one for one in near if calendar.working(one)), day)


def _dated(office: Office, terms: Mapping[str, Any], calendar: Calendar) -> _Time:
    by = str(terms["by"])
    due = parse_instant(by) if "T" in by else calendar.end(date.fromisoformat(by))
    return _Time(by[:10], due, _in_order(office, terms["bearers"]))


def _notices(
    office: Office,
    obligation: str,
    terms: Mapping[str, Any],
    calendar: Calendar,
    begin: datetime,
    end: datetime,
    events: Sequence[Event],
) -> Iterator[_Time]:
    """One for every event of which notice is owed: those that the record holds, and those that a side has
    named. Those that begin before the window are left out unreckoned.
    """
    period = Period(str(terms["unit"]).replace("-", "_"), int(terms["notice"]))
    bearers = _in_order(office, terms["bearers"])
    held = [
        (act, said)
        for act, said in earliest(office, str(terms["before"]), bearers)
        # Nothing reaches back: who had not seen that the obligation runs owed no notice (rule 4).
        if calendar.begins(moment_of(said)) >= begin
        and _state(office, obligation, act.vector).phase == "running"
    ]
    named = [(event, said) for event in events for said in dict.fromkeys(said for _, said in event.begins)]
    moments = {said: calendar.begins(moment_of(said)) for _, said in (*held, *named)}
    ahead = [moment for moment in moments.values() if moment >= begin]
    if not ahead:
        return
    worked = Worked(calendar, begin, end, min(ahead))
    for act, said in held:
        if (due := worked.before(period, moment_of(said))) is not None:
            yield _Time(act.id, due, (act.side,), said, format_instant(signed_at(office, act)))
    for event, said in named:
        due = worked.before(period, moment_of(said)) if moments[said] >= begin else None
        if due is not None and begin <= due <= end:
            told = _told(office, event, said, bearers)
            differing = any(other != said for _, other in event.begins)
            yield _Time(event.key, due, bearers, said, told, differing)


def _told(office: Office, event: Event, said: str, bearers: Sequence[str]) -> str:
    """When a bearer first said of an event that it begins when it now says so; empty where none has said so.
    Saying it again takes nothing back, and saying another time between does.
    """
    first = dict[str, str]()
    before = dict[str, str]()
    for act in standing(office, event.matter, "duty.event"):
        assert act.move is not None, "an act that stands has been parsed"
        begins = str(act.move.facts["begins"])
        if before.get(act.side) != begins:
            first[act.side] = format_instant(signed_at(office, act))
        before[act.side] = begins
    return min((first[side] for side in bearers if before.get(side) == said), default="")


def _named(
    office: Office, calendar: Calendar, first: datetime, events: Iterable[str] | None
) -> Mapping[str, Sequence[Event]]:
    """The events that sides have named and that begin at `first` or later as some side says, by obligation.
    Each matter is looked at once, however many obligations there are.
    """
    found, begin = dict[str, list[Event]](), whole(first)
    for matter in list(office.ledger.matters(DUTY.name)) if events is None else events:
        state = _state(office, matter)
        if not may_be_ahead(state.slots, calendar, begin):
            continue
        act = next((act for act in office.ledger.matter(matter) if not act.void), None)
        if act is not None and act.move is not None:
            said = ((side, state.of("event", side)) for side in office.parties)
            begins = tuple((side, str(one)) for side, one in said if one is not None)
            event = Event(matter, str(act.move.facts["occurrence"]), begins)
            found.setdefault(str(act.move.facts["parent"]), []).append(event)
    return found


def _held(
    office: Office, obligation: str, owed: State, time: _Time, now: datetime, relieved: bool
) -> Occurrence:
    terms, sides = owed.slots, _in_order(office, sides_of(owed))
    matter = duty_matter(office, obligation, time.key)
    state = _state(office, matter)
    views = tuple((side, str(view)) for side in sides if (view := state.of("view", side)))
    return Occurrence(
        matter=matter,
        obligation=obligation,
        agreement=str(terms["agreement"]),
        clause=str(terms["clause"]),
        shape=str(terms["shape"]),
        key=time.key,
        sides=sides,
        bearers=time.bearers,
        due=format_instant(time.due),
        held=_word(state, {view for _, view in views}, time, now, relieved),
        views=views,
        waivers=tuple(side for side in sides if state.of("waived", side)),
        subject=tuple(sorted(terms["subject"].items())),
        begins=time.begins,
        told=time.told,
    )


def _word(state: State, said: set[str], time: _Time, now: datetime, relieved: bool) -> Held:
    """What sides have signed comes first, then what the record shows by itself, then the clock."""
    if state.phase == "waived":
        return Held.WAIVED
    if said:
        return Held(said.pop()) if len(said) == 1 else Held.DIFFERING
    if relieved:
        return Held.NOT_IN_FORCE
    if time.differing:
        return Held.DIFFERING
    if time.told:
        return Held.TOLD if parse_instant(time.told) <= time.due else Held.TOLD_LATE
    return Held.WAITING if now < time.due else Held.SILENT


def duty_matter(office: Office, obligation: str, key: str) -> str:
    """The matter id of one time of an obligation: its natural key, known before anybody has said anything."""
    facts = {"parent": obligation, "occurrence": key}
    assert DUTY.key is not None, "a duty has a natural key"
    return natural_id(office.charter.office, DUTY.family, DUTY.key.of(Move("", "", "", "", facts)))


def _state(office: Office, matter: str, frontier: Sequence[int] | None = None) -> State:
    """The state of a matter; no fold is made for one that nobody has opened."""
    return office.state(matter, frontier).state if office.ledger.matter(matter) else State()


def _in_order(office: Office, sides: Iterable[str]) -> tuple[str, ...]:
    named = set(sides)
    return tuple(side for side in office.parties if side in named)
