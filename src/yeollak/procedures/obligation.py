"""Obligations: what the clauses of an agreement ask for, and each time that it is due.

An obligation is read out of a clause by every side together; each time that it falls due it is a matter of
its own, where each side says whether it was done or missed, and all together may waive it. What is owed, by
whom, when, and by which clause of which agreement stands in the slots of the obligation, so that the times
are reckoned from its state alone (`office/duties.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from yeollak.procedures.facts import Fact
from yeollak.procedures.recurrence import EVERY, Recurrence, day_of
from yeollak.procedures.shared import (
    ABOUT,
    PARENT,
    REASON,
    SUBJECT,
    WHEN,
    in_force,
)
from yeollak.procedures.skeletons import merge, offer
from yeollak.procedures.table import (
    NONE,
    Due,
    Join,
    Key,
    Kind,
    Move,
    Past,
    Procedure,
    Role,
    Row,
    State,
    Void,
    Write,
)

#: A hundred years in days: more of no unit may a notice period have.
MOST_NOTICE: Final = 36525
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


def shaped(state: State, move: Move, past: Past) -> None:
    """Its facts must be exactly those of its shape (void `not-its-shape`), and whose duty it is parties (void
    `facts`).
    """
    if any(bearer not in past.parties for bearer in move.facts["bearers"]):
        raise Void("facts")
    if not fits_shape(move.facts):
        raise Void("not-its-shape")


def read_out(state: State, move: Move, past: Past) -> None:
    """Its parent must be an agreement in force (void `not-in-force`), its facts exactly those of its shape
    (void `not-its-shape`), and whose duty it is parties (void `facts`).
    """
    in_force(state, move, past)
    shaped(state, move, past)


def _obligation(move: Move, past: Past) -> Mapping[str, Any]:
    obligation = past.state(str(move.facts["parent"]), "obligation")
    if obligation.phase != "running":
        raise Void("no-obligation")
    return obligation.slots


def names_its_time(state: State, move: Move, past: Past) -> None:
    """Its parent must be an obligation that every side has agreed to (void `no-obligation`), and one of whose
    times has this name (void `no-such-occurrence`).
    """
    terms, name = _obligation(move, past), str(move.facts["occurrence"])
    match terms["shape"]:
        case "recurring":
            known = recurrence(terms).date_of(name) is not None
        case "dated":
            known = name == str(terms["by"])[:10]
        case "standing":
            known = day_of(name) is not None
        case _:
            known = True  # an event has the name that somebody gives it
    if not known:
        raise Void("no-such-occurrence")


def names_event(state: State, move: Move, past: Past) -> None:
    """Its parent must be an obligation that every side has agreed to (void `no-obligation`), and one to give
    notice of such events (void `not-its-shape`).
    """
    if _obligation(move, past)["shape"] != "notice-period":
        raise Void("not-its-shape")


_OFFER = offer("obligation.", agreed="running")
#: The reading that stands, whole.
_READ = tuple(Write(name, f"fact:{name}") for name in TERMS)
_PROPOSE = _OFFER.rows[NONE]["obligation.propose"]
_COUNTER = _OFFER.rows["proposed"]["obligation.counter"]

OBLIGATION = Procedure(
    name="obligation",
    family="agreement",
    skeleton="ask/answer",
    purpose="A duty that a clause of an agreement puts on a side, as every side reads it.",
    kinds=(
        Kind(
            "obligation.propose",
            "Reads a duty out of a clause and proposes to keep it as one.",
            facts=(PARENT, *_TERMS),
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
_KEYED = (PARENT, _OCCURRENCE)
_SAY = {
    f"duty.{view}": Row(Role.EITHER, to="stated", writes=(Write("view", f"={view}", each=True, once=True),))
    for view in ("done", "missed")
}
_GUARDED = {
    kind: Row(row.by, to=row.to, writes=row.writes, guard=names_its_time) for kind, row in _SAY.items()
}
_WAIVE = Row(Role.EITHER, to="stated", writes=(Write("waived", each=True, once=True),), guard=names_its_time)
#: Whoever bears the duty gives notice by naming the event; it may name another time, and then that counts.
_EVENT = Row(
    Role.EITHER,
    to="stated",
    writes=(Write("event", "fact:begins", each=True), Write("told", "at", each=True)),
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
        NONE: {**_GUARDED, "duty.waive": _WAIVE, "duty.event": _EVENT},
        "stated": {**_GUARDED, "duty.waive": _WAIVE, "duty.event": _EVENT},
        "waived": {
            **{kind: Row(row.by, writes=row.writes) for kind, row in _SAY.items()},
            "duty.event": Row(Role.EITHER, writes=_EVENT.writes),
        },
    },
    joins=(Join("stated", "waived", "waived", optional=True),),
    key=Key(parts=("parent", "occurrence"), prefix="duty/"),
)

TABLES = (OBLIGATION, DUTY)
