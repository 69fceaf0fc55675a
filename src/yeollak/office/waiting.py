"""The docket: what waits now, for whom, since when and until when, and which word holds of it.

*View* = (state, now): the words here are computed at reading and never stored, guard nothing, and order
nothing (rule 6). What binds is a signed lapse. Everything comes back as data, codes and instants, and no
sentence; the cost grows with the matters asked for and not with their acts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from yeollak.office.calendar import Calendar
from yeollak.office.expected import Default, Expectation, default_of
from yeollak.office.ledger import Counted, together
from yeollak.office.office import Office
from yeollak.office.outages import Down, Outages
from yeollak.office.zones import FIRST, moved, whole
from yeollak.record.canon import format_instant, parse_instant
from yeollak.record.document import PRECEDENCES

#: Long enough ago that the office has closed since, holidays or not.
_AGO: Final = timedelta(days=21)


class Word(StrEnum):
    """What holds of an expectation now. docs/glossary.md has each in words."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    UNANSWERED = "unanswered"
    EXCUSED = "excused"
    LINE_DOWN = "line-down"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a word holds: a code of docs/spec/13-calendar-and-silence.md, the sides whose word or day it
    rests on, and the instant from which it does not hold any more, where one is known.
    """

    code: str
    by: tuple[str, ...] = ()
    until: str | None = None


@dataclass(frozen=True, slots=True)
class MayLapse:
    """What a side that waits may sign: this kind, with `re` naming that act, from that instant on."""

    kind: str
    by: tuple[str, ...]
    re: str
    start: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One side that is waited for, in one matter. Instants are written as in act documents.

    since    the claimed time of the act that set the time; `until` its due
    opened   that act; empty where its place in the record is not known
    answers  the kinds with which the side may end it
    default  what its silence will be taken for, where the act that asked says so
    """

    matter: str
    procedure: str
    phase: str
    waiting: tuple[str, ...]
    awaited: str
    since: str
    until: str
    precedence: str
    word: Word
    why: tuple[Reason, ...]
    opened: str = ""
    lapse: MayLapse | None = None
    answers: tuple[str, ...] = ()
    default: Default | None = None


def waiting(
    office: Office,
    now: datetime,
    calendar: Calendar,
    *,
    outages: Outages | None = None,
    matters: Iterable[str] | None = None,
) -> tuple[Waiting, ...]:
    """The docket at `now`: every side that some matter waits for, the most urgent first (by precedence,
    then by due).

    `matters` are those to look at (all that have an allowed act, where none are given); one that waits for
    nobody yields nothing. `outages` are kept by the caller from one reading to the next, or made here.
    """
    moment, known = whole(now), (outages or Outages(calendar)).read(office)
    found = [
        item
        for matter in together(office.ledger, office.ledger.matters() if matters is None else matters)
        for item in _of_matter(office, matter, moment, calendar, known)
    ]
    return tuple(sorted(found, key=urgency))


def late(
    due: str, side: str, others: Iterable[str], now: datetime, calendar: Calendar, outages: Outages
) -> bool:
    """Whether a side for which `others` wait is overdue or unanswered at `now`: what its word says of it, for
    those who only count.
    """
    until = parse_instant(due)
    return now >= until and _excuse(until, side, others, now, calendar, outages) is None


def certain(now: datetime, calendar: Calendar, outages: Outages) -> datetime:
    """The instant up to which whoever has let a due pass is late at `now`, whoever it is: of later ones it
    must be asked (`late`).
    """
    ago = moved(now, -_AGO)
    return ago if outages.quiet(now) and calendar.next_close(ago) <= now else FIRST


def urgency(item: Waiting) -> tuple[int, str, str, str]:
    """The order of the docket."""
    return -PRECEDENCES.index(item.precedence), item.until, item.matter, item.awaited


def told(down: Down, until: datetime | None) -> Reason:
    """An outage as the reason of a word."""
    return Reason(down.code, (down.by,), None if until is None else format_instant(until))


def _of_matter(
    office: Office, matter: str, now: datetime, calendar: Calendar, outages: Outages
) -> Iterable[Waiting]:
    procedure = office.known(matter, office.frontier())
    if procedure is None:
        return
    state = office.state(matter).state
    for expected in office.folds(matter).expectations():
        opened = _find(office, matter, expected)
        for side in expected.awaited:
            word, why = _word(office, matter, expected, opened, side, now, calendar, outages)
            yield Waiting(
                matter=matter,
                procedure=procedure.name,
                phase=state.phase,
                waiting=tuple(other for other in expected.waiting if other != side),
                awaited=side,
                since=opened.move.at if opened is not None and opened.move is not None else "",
                until=expected.due,
                precedence=PRECEDENCES[0] if opened is None else office.precedence(opened),
                word=word,
                why=why,
                opened=expected.opened,
                lapse=MayLapse(expected.lapse, expected.signers, expected.opened, expected.due),
                answers=expected.answers,
                # Only the silence of those who were asked is taken for something.
                default=default_of(state, office.terms()) if state.opener in expected.signers else None,
            )


def _word(
    office: Office,
    matter: str,
    expected: Expectation,
    opened: Counted | None,
    side: str,
    now: datetime,
    calendar: Calendar,
    outages: Outages,
) -> tuple[Word, tuple[Reason, ...]]:
    due = parse_instant(expected.due)
    day = calendar.day(due)
    if now < due:
        return Word.WAITING, (Reason("holiday-at-due", (side,)),) if calendar.excused(day, side) else ()
    others = [other for other in expected.waiting if other != side]
    excuse = _excuse(due, side, others, now, calendar, outages)
    if excuse is not None:
        return excuse
    silent = not _has_acted(office, matter, opened, side)
    why = [Reason("nothing-since" if silent else "acted-since", (side,))]
    if outages.claimed(due, now, side):
        why.append(Reason("line-claimed", (side,)))
    if calendar.declared_late(day, side):
        why.append(Reason("declared-late", (side,)))
    return Word.UNANSWERED if silent else Word.OVERDUE, tuple(why)


def _excuse(
    due: datetime, side: str, others: Iterable[str], now: datetime, calendar: Calendar, outages: Outages
) -> tuple[Word, tuple[Reason, ...]] | None:
    """Why a due that has passed makes nobody late, or None."""
    outage = outages.down(due, now, side, others)
    if outage is not None:
        return Word.LINE_DOWN, (told(*outage),)
    if calendar.excused(calendar.day(due), side) and now < (again := calendar.next_close(due)):
        return Word.EXCUSED, (Reason("holiday", (side,), format_instant(again)),)
    return None


def _find(office: Office, matter: str, expected: Expectation) -> Counted | None:
    """The act of the matter that set the time, in a waiting side's register first. It is found among what was
    folded: nothing is read for it.
    """
    if not expected.opened:
        return None
    folds = office.folds(matter)
    sides = dict.fromkeys((*expected.signers, *expected.waiting, *office.parties))
    named = (folds.named(office.charter.places[side], expected.opened) for side in sides)
    return next((one for one in named if one is not None), None)


def _has_acted(office: Office, matter: str, opened: Counted | None, side: str) -> bool:
    """Whether a side has signed anything in the matter that had seen the act which set the time."""
    newest = office.folds(matter).last(office.charter.places[side])
    return newest is not None and opened is not None and newest.has_seen(opened)
