"""Obligations: what the clauses of an agreement ask for, and each time that it is due.

An obligation is read out of a clause by every side together; each time that it falls due it is a matter of
its own, where each side says whether it was done or missed, and all together may waive it. What is owed, by
whom, when, and by which clause of which agreement stands in the slots of the obligation, so that the times
are reckoned from its state alone (`office/duties.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.recurrence import EVERY, Recurrence, day_of
from yeollak.procedures.shared import (
    ABOUT,
    PARENT,
    REASON,
    SUBJECT,
    TO_MANY,
    WHEN,
    in_force,
)
from yeollak.procedures.skeletons import merge, offer
from yeollak.procedures.table import NONE, Join, Key, Move, Past, Procedure, Role, Row, State, Void, Write

#: A hundred years in days: more of no unit may a notice period have.
MOST_NOTICE: Final = 36525
#: How far a date on which the office is closed may give way to one on which it works, in days. Where none is
#: found so near, the duty is due on the date itself.
MOST_SHIFT: Final = 60
#: Events of which notice is owed that the record itself holds: the act that brings one is its name.
STAFF: Final = "staff"
HOLIDAYS: Final = "holidays"
#: The units of a notice period.
UNITS: Final = ("days", "hours", "working-days", "working-hours")

#: Shape -> the facts that it needs, and those that it may have besides. Others it may not have.
SHAPES: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "dated": (frozenset({"by"}), frozenset()),
    "notice-period": (frozenset({"notice", "unit", "before"}), frozenset()),
    "recurring": (frozenset({"every", "first"}), frozenset({"closed", "hour", "last"})),
    "standing": (frozenset(), frozenset()),
}
#: The facts that give a shape: which of them, `SHAPES` says.
SHAPING: Final = (
    Fact("by", "moment", required=False, purpose="Dated: the day by whose end it is due, or the instant."),
    Fact("notice", "whole", required=False, purpose="Notice period: how long before the event."),
    Fact("unit", "token", required=False, choices=UNITS, purpose="Notice period: what it is counted in."),
    Fact(
        "before",
        "token",
        required=False,
        purpose="Notice period: of what; `staff` and `holidays` are read off the record, others are named.",
    ),
    Fact("every", "token", required=False, choices=EVERY, purpose="Recurring: how often."),
    Fact("first", "date", required=False, purpose="Recurring: the first date, which gives the day."),
    Fact("last", "date", required=False, purpose="Recurring: the last date, where there is one."),
    Fact(
        "hour",
        "time",
        required=False,
        purpose="Recurring: by when on the clock of the office; by the end of the date if absent.",
    ),
    Fact(
        "closed",
        "token",
        required=False,
        choices=("kept", "next", "before", "skipped"),
        purpose="Recurring, but by working days: what a date on which the office is closed gives way to.",
    ),
)
CLAUSE = Fact("clause", "token", purpose="The article and paragraph, as 3.2.")
BEARERS = Fact("bearers", "side", many=True, purpose="Whose duty it is.")
SHAPE = Fact(
    "shape",
    "token",
    choices=tuple(SHAPES),
    purpose="Once by a date, so long before something else, again and again, or always.",
)
_TERMS = (CLAUSE, BEARERS, SHAPE, *SHAPING, SUBJECT)
#: The terms as the state keeps them: all of the reading that stands, and nothing of an earlier one.
TERMS: Final = tuple(fact.name for fact in _TERMS)


def recurrence(terms: Mapping[str, Any]) -> Recurrence:
    """The dates of a recurring obligation, from its slots or from the facts that gave them."""
    last = terms.get("last")
    return Recurrence(
        str(terms["every"]),
        date.fromisoformat(str(terms["first"])),
        None if last is None else date.fromisoformat(str(last)),
    )


def fits_shape(facts: Mapping[str, Any]) -> bool:
    """Whether terms are those of their shape, all of them and no others, and make sense together."""
    needed, may = SHAPES[str(facts["shape"])]
    if facts.get("every", "working-day") != "working-day":
        needed |= {"closed"}
    elif "closed" in facts:
        return False
    given = {fact.name for fact in SHAPING if fact.name in facts}
    if not needed <= given <= needed | may:
        return False
    if "notice" in facts and not 1 <= int(facts["notice"]) <= MOST_NOTICE:
        return False
    return "last" not in facts or str(facts["first"]) <= str(facts["last"])


def sides_of(state: State) -> frozenset[str]:
    """The sides of a matter: who opened it and those to whom it goes."""
    return frozenset(side for side in (state.opener, *state.counterparts) if side)


def _shaped(move: Move, sides: frozenset[str]) -> None:
    if not sides.issuperset(move.facts["bearers"]):
        raise Void("other-sides")
    if not fits_shape(move.facts):
        raise Void("not-its-shape")


def shaped(state: State, move: Move, past: Past) -> None:
    """Whose duty it is must be sides of the obligation (void `other-sides`), and its facts exactly those of
    its shape (void `not-its-shape`).
    """
    _shaped(move, sides_of(state))


def read_out(state: State, move: Move, past: Past) -> None:
    """Its parent must be an agreement in force (void `not-in-force`). The sides of that must be the one that
    reads it out and those to whom it goes, and among them those whose duty it is: what two have signed binds
    no third (void `other-sides`). Its facts must be exactly those of its shape (void `not-its-shape`).
    """
    in_force(state, move, past)
    sides = sides_of(past.state(str(move.facts["parent"]), "agreement"))
    if sides != {move.side, *move.facts.get("to", past.parties)}:
        raise Void("other-sides")
    _shaped(move, sides)


def still_in_force(state: State, move: Move, past: Past) -> None:
    """The agreement that it was read out of must still be in force (void `not-in-force`)."""
    if past.state(str(state.slots["agreement"]), "agreement").phase != "in-force":
        raise Void("not-in-force")


def _obligation(move: Move, past: Past) -> State:
    """The obligation of a duty: agreed to, and between the sides that the act names. Raises Void."""
    obligation = past.state(str(move.facts["parent"]), "obligation")
    if obligation.phase not in ("running", "released"):
        raise Void("no-obligation")
    sides = sides_of(obligation)
    if move.side not in sides or sides != set(move.facts.get("sides", past.parties)):
        raise Void("other-sides")
    return obligation


def _until(obligation: State, state: State, past: Past) -> date | None:
    """The last date of which a duty may still be stated; None where nothing has ended.

    The end of an obligation is the latest that a side claims for its release; that of the office, which opens
    no more matters, the due by which it was to be signed. A day is added, for the zone of the office.
    """
    ends = []
    if obligation.phase == "released":
        ends.append(max(str(at) for name, at in obligation.slots.items() if name.startswith("ended/")))
    if state.phase == NONE:
        dissolution = past.state(past.natural("dissolution", "dissolution"), "dissolution")
        if dissolution.phase == "dissolved":
            ends.append(str(dissolution.slots.get("due", date.max)))
    if not ends:
        return None
    return _later(date.fromisoformat(min(ends)[:10]), 1)


def _later(day: date, days: int) -> date:
    """So many days later; the end of the calendar where that lies beyond it."""
    return day + timedelta(days=days) if timedelta(days=days) <= date.max - day else date.max


def _time_of(terms: Mapping[str, Any], name: str) -> date | None:
    """The date of one of the times of an obligation that is no notice period, or None."""
    match terms["shape"]:
        case "recurring":
            return recurrence(terms).date_of(name)
        case "dated":
            by = str(terms["by"])[:10]
            return date.fromisoformat(by) if name == by else None
        case _:
            return day_of(name)


def names_its_time(state: State, move: Move, past: Past) -> None:
    """Its parent must be an obligation that every side of it has agreed to (void `no-obligation`), the act
    be by one of these sides and name all of them where they are not all parties (void `other-sides`), and its
    name that of one of the obligation's times (void `no-such-occurrence`). Once the obligation is released,
    or the office dissolved, that must be a time up to the end, and an event be named already (void
    `no-obligation`).
    """
    obligation = _obligation(move, past)
    terms, name, until = obligation.slots, str(move.facts["occurrence"]), _until(obligation, state, past)
    if terms["shape"] == "notice-period":
        # An event has the name that somebody gives it, and those of the record that of an act.
        if until is not None and terms["before"] not in (STAFF, HOLIDAYS) and not _named(state, past):
            raise Void("no-obligation")
        return
    day = _time_of(terms, name)
    if day is None:
        raise Void("no-such-occurrence")
    if until is not None and day > _later(until, MOST_SHIFT if terms.get("closed") == "before" else 0):
        raise Void("no-obligation")


def _named(state: State, past: Past) -> bool:
    return any(state.of("event", side) is not None for side in past.parties)


def names_event(state: State, move: Move, past: Past) -> None:
    """Its parent must be an obligation that every side of it has agreed to (void `no-obligation`), the act
    be by one of these sides and name all of them where they are not all parties (void `other-sides`), and the
    obligation one to give notice of such events (void `not-its-shape`). Once the obligation is released, or
    the office dissolved, the event must have begun up to the end (void `no-obligation`).
    """
    obligation = _obligation(move, past)
    if obligation.slots["shape"] != "notice-period":
        raise Void("not-its-shape")
    until = _until(obligation, state, past)
    if until is not None and str(move.facts["begins"])[:10] > until.isoformat():
        raise Void("no-obligation")


_OFFER = offer("obligation.", agreed="running")
#: The reading that stands, whole.
_READ = tuple(Write(name, f"fact:{name}") for name in TERMS)
_PROPOSE = _OFFER.rows[NONE]["obligation.propose"]
_COUNTER = _OFFER.rows["proposed"]["obligation.counter"]
_AGREE = _OFFER.rows["proposed"]["obligation.agree"]

OBLIGATION = Procedure(
    name="obligation",
    family="agreement",
    skeleton="ask/answer",
    purpose="A duty that a clause of an agreement puts on a side, as every side reads it.",
    kinds=(
        Kind(
            "obligation.propose",
            "Reads a duty out of a clause and proposes to keep it as one.",
            facts=(PARENT, TO_MANY, *_TERMS),
            due=Due.MUST,
        ),
        Kind("obligation.counter", "Reads the clause otherwise.", facts=_TERMS, due=Due.MUST),
        Kind("obligation.agree", "Agrees to the reading that stands.", facts=(WHEN,)),
        Kind("obligation.decline", "Declines the reading that stands.", facts=(REASON,)),
        Kind("obligation.withdraw", "Withdraws one's own reading.", facts=(REASON,)),
        Kind("obligation.lapse", "States that the time for agreeing is over.", facts=(ABOUT,)),
        Kind("obligation.release", "Agrees that the duty ends.", facts=(REASON, WHEN)),
    ),
    rows=merge(
        {
            NONE: {
                "obligation.propose": replace(
                    _PROPOSE,
                    writes=(*_PROPOSE.writes, Write("agreement", "fact:parent"), *_READ),
                    guard=read_out,
                )
            },
            **{phase: rows for phase, rows in _OFFER.rows.items() if phase not in (NONE, "proposed")},
            "proposed": {
                **_OFFER.rows["proposed"],
                "obligation.counter": replace(
                    _COUNTER,
                    clears=(*_COUNTER.clears, *TERMS),
                    writes=(*_COUNTER.writes, *_READ),
                    guard=shaped,
                ),
                "obligation.agree": replace(_AGREE, guard=still_in_force),
            },
        },
        {
            "running": {
                "obligation.release": Row(
                    Role.EITHER,
                    writes=(
                        Write("released", each=True, once=True),
                        Write("ended", "at", each=True, once=True),
                    ),
                )
            },
            "released": {},
        },
    ),
    pairs=_OFFER.pairs,
    joins=(*_OFFER.joins, Join("running", "released", "released", optional=True)),
)

_OCCURRENCE = Fact(
    "occurrence",
    "token",
    purpose="Which time: 2019-03-01, 2019-w09, 2019-03, 2019-q1, 2019, or the name of an event.",
)
_SIDES = Fact(
    "sides",
    "side",
    required=False,
    many=True,
    purpose="The sides of the obligation; needed where they are not all parties.",
)
_KEYED = (PARENT, _OCCURRENCE, _SIDES)
#: A duty has no opener, since each side may open it; its sides are those of the obligation, and none else.
_ITS_SIDES = Write("to", "fact:sides")
_SAY = {
    f"duty.{view}": Row(
        Role.EITHER,
        to="stated",
        writes=(_ITS_SIDES, Write("view", f"={view}", each=True, once=True)),
        guard=names_its_time,
    )
    for view in ("done", "missed")
}
_WAIVE = Row(
    Role.EITHER,
    to="stated",
    writes=(_ITS_SIDES, Write("waived", each=True, once=True)),
    guard=names_its_time,
)
#: Whoever bears the duty gives notice by naming the event; it may name another time, and then that counts.
_EVENT = Row(
    Role.EITHER,
    to="stated",
    writes=(_ITS_SIDES, Write("event", "fact:begins", each=True)),
    guard=names_event,
)

DUTY = Procedure(
    name="duty",
    family="agreement",
    skeleton="joint observation",
    purpose="One time that an obligation fell due: done or missed as each side saw it, or waived by all.",
    kinds=(
        Kind("duty.done", "States that it was done.", facts=(*_KEYED, ABOUT, WHEN)),
        Kind("duty.missed", "States that it was missed.", facts=(*_KEYED, REASON, WHEN)),
        Kind("duty.waive", "Does without it this time; it is waived when every side has.", (*_KEYED, REASON)),
        Kind(
            "duty.event",
            "Names an event of which notice is owed, and when it is to begin.",
            facts=(*_KEYED, Fact("begins", "moment", purpose="When the event begins."), ABOUT),
        ),
    ),
    rows={
        NONE: {**_SAY, "duty.waive": _WAIVE, "duty.event": _EVENT},
        "stated": {**_SAY, "duty.waive": _WAIVE, "duty.event": _EVENT},
        "waived": {kind: replace(row, to=None) for kind, row in {**_SAY, "duty.event": _EVENT}.items()},
    },
    joins=(Join("stated", "waived", "waived", optional=True),),
    key=Key(parts=("parent", "occurrence"), prefix="duty/"),
)

TABLES = (OBLIGATION, DUTY)
