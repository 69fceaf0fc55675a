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

from yeollak.office.calendar import Calendar
from yeollak.office.fold import order
from yeollak.office.matter import natural_id
from yeollak.office.notices import earliest, moment_of
from yeollak.office.office import Office
from yeollak.office.periods import Period
from yeollak.office.zones import first_at, later, whole
from yeollak.procedures.machine import Move, State, step
from yeollak.procedures.obligation import DUTY, OBLIGATION, recurrence
from yeollak.record.canon import format_instant, parse_instant

#: How far a date on which the office is closed may give way to one on which it works, in days. Where none is
#: found so near, the duty is due on the date itself.
MOST_SHIFT: Final = 60


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
    bearers     whose duty it is, in the charter's order
    views       what each side has said of it, `done` or `missed`; `waivers` the sides that do without it
    subject     what is owed in a few words, as pairs of a language and the words in it
    begins      for a notice period: when the event begins; `told` when a bearer named it, or the empty string
    """

    matter: str
    obligation: str
    agreement: str
    clause: str
    shape: str
    key: str
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
    found = [
        one
        for obligation in (
            list(office.ledger.matters(OBLIGATION.name)) if obligations is None else obligations
        )
        for one in occurrences(office, obligation, now, calendar, first, last, events=events)
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
    obligation that not all sides have agreed to, nor after all have agreed that it ends.
    """
    state = _state(office, obligation)
    if (
        state.phase not in ("running", "released")
        or office.folds(obligation).procedure.name != OBLIGATION.name
    ):
        return
    terms, moment, begin = state.slots, whole(now), whole(first)
    end = min(whole(last), _ended(state) or whole(last))
    relieved = _relieved(office, str(terms["agreement"]), calendar)
    match terms["shape"]:
        case "recurring":
            times = _recurring(office, terms, calendar, begin, end)
        case "dated":
            times = iter((_dated(office, terms, calendar),))
        case "notice-period":
            times = _notices(office, obligation, terms, calendar, events)
        case _:
            times = iter(())  # what is owed always falls due at no time
    for time in times:
        if begin <= time.due <= end:
            yield _held(office, obligation, terms, time, moment, relieved(time.due))


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
    events: Iterable[str] | None,
) -> Iterator[_Time]:
    """One for every event of which notice is owed: those that the record holds, and those that a side has
    named.
    """
    period = Period(str(terms["unit"]).replace("-", "_"), int(terms["notice"]))
    bearers = _in_order(office, terms["bearers"])
    for act, begins in earliest(office, str(terms["before"]), bearers):
        # Nothing reaches back: who had not seen that the obligation runs owed no notice (rule 4).
        if act.move is not None and _state(office, obligation, act.vector).phase == "running":
            yield _Time(act.id, calendar.before(period, moment_of(begins)), (act.side,), begins, act.move.at)
    for matter in list(office.ledger.matters(DUTY.name)) if events is None else events:
        key, state = _named(office, matter, obligation), _state(office, matter)
        said = [str(state.of("event", side)) for side in office.parties if state.of("event", side)]
        if key is None or not said:
            continue
        # Where the sides say different times of one event, notice is owed before the earliest.
        begins = min(said, key=lambda one: calendar.begins(moment_of(one)))
        told = [str(at) for side in bearers if (at := state.of("told", side)) is not None]
        due = calendar.before(period, moment_of(begins))
        yield _Time(key, due, bearers, begins, min(told, default=""))


def _named(office: Office, matter: str, obligation: str) -> str | None:
    """The name of the event that a duty's matter is of, where it is one of this obligation."""
    act = next((act for act in office.ledger.matter(matter) if not act.void), None)
    if act is None or act.move is None or act.move.facts.get("parent") != obligation:
        return None
    return str(act.move.facts["occurrence"])


def _held(
    office: Office, obligation: str, terms: Mapping[str, Any], time: _Time, now: datetime, relieved: bool
) -> Occurrence:
    matter = duty_matter(office, obligation, time.key)
    state = _state(office, matter)
    views = tuple((side, str(view)) for side in office.parties if (view := state.of("view", side)))
    return Occurrence(
        matter=matter,
        obligation=obligation,
        agreement=str(terms["agreement"]),
        clause=str(terms["clause"]),
        shape=str(terms["shape"]),
        key=time.key,
        bearers=time.bearers,
        due=format_instant(time.due),
        held=_word(state, {view for _, view in views}, time, now, relieved),
        views=views,
        waivers=tuple(side for side in office.parties if state.of("waived", side)),
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
    if time.told:
        return Held.TOLD if parse_instant(time.told) <= time.due else Held.TOLD_LATE
    return Held.WAITING if now < time.due else Held.SILENT


def duty_matter(office: Office, obligation: str, key: str) -> str:
    """The matter id of one time of an obligation: its natural key, known before anybody has said anything."""
    facts = {"parent": obligation, "occurrence": key}
    assert DUTY.key is not None, "a duty has a natural key"
    return natural_id(office.charter.office, DUTY.family, DUTY.key.of(Move("", "", "", "", facts)))


def _ended(state: State) -> datetime | None:
    """The claimed time of the act with which all had agreed that the obligation ends."""
    if state.phase != "released":
        return None
    return max(parse_instant(str(at)) for name, at in state.slots.items() if name.startswith("ended/"))


def _relieved(office: Office, agreement: str, calendar: Calendar) -> Callable[[datetime], bool]:
    """Whether an agreement was suspended or denounced at an instant, by the times that its acts state for
    that, or claim: what is not applied asks for nothing.
    """
    folds, marks = office.folds(agreement), office.state(agreement).marks
    acts = (act for act in office.ledger.matter(agreement) if not act.void and act.id not in marks)
    state, turns = State(), list[tuple[datetime, str]]()
    for act in sorted(acts, key=order):
        if act.move is not None:
            after = step(folds.procedure, state, act.move, office.parties)
            if after.phase != state.phase:
                turns.append(
                    (calendar.begins(moment_of(str(act.move.facts.get("start", act.move.at)))), after.phase)
                )
            state = after

    def relieved(moment: datetime) -> bool:
        phases = [phase for start, phase in turns if start <= moment]
        return bool(phases) and phases[-1] in ("suspended", "denounced")

    return relieved


def _state(office: Office, matter: str, frontier: Sequence[int] | None = None) -> State:
    """The state of a matter; no fold is made for one that nobody has opened."""
    return office.state(matter, frontier).state if office.ledger.matter(matter) else State()


def _in_order(office: Office, sides: Iterable[str]) -> tuple[str, ...]:
    named = set(sides)
    return tuple(side for side in office.parties if side in named)
