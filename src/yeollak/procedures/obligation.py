"""Obligations: what the clauses of an agreement ask for, each time that it is due, and what touches them.

An obligation is read out of a clause by every side together; each time that it falls due it is a matter of
its own, where each side says whether it was done or missed, and all together may waive it. An incident
touches a notice, a clause or a place, and asks for a reply by a time: what was notified and happened all the
same must not be left without one (domain §2, OCHA).
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.shared import (
    ABOUT,
    PARENT,
    PLACE,
    REASON,
    START,
    SUBJECT,
    TO_ONE,
    UNTIL,
    WHEN,
    in_force,
    known_matters,
)
from yeollak.procedures.skeletons import CLOCK, merge, offer, over
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

CLAUSE = Fact("clause", "token", purpose="The article and paragraph, as 3.2.")
BEARERS = Fact("bearers", "side", many=True, purpose="Whose duty it is.")
SHAPE = Fact(
    "shape",
    "token",
    choices=("dated", "notice-period", "recurring", "standing"),
    purpose="Once by a date, so long before something else, again and again, or always.",
)
EVERY = Fact(
    "every",
    "token",
    required=False,
    choices=("working-day", "week", "month", "quarter", "year"),
    purpose="How often it recurs.",
)
DAYS = Fact("days", "whole", required=False, purpose="How many days before, for a notice period.")
_TERMS = (CLAUSE, BEARERS, SHAPE, EVERY, DAYS, SUBJECT, START, UNTIL)


def running_obligation(state: State, move: Move, past: Past) -> None:
    """Its parent must be an obligation that every side has agreed to (void `no-obligation`)."""
    if past.state(str(move.facts["parent"])).phase != "running":
        raise Void("no-obligation")


_OFFER = offer("obligation.", agreed="running")

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
                "obligation.propose": Row(
                    Role.OPENER,
                    to="proposed",
                    writes=_OFFER.rows[NONE]["obligation.propose"].writes,
                    guard=in_force,
                )
            },
            **{phase: rows for phase, rows in _OFFER.rows.items() if phase != NONE},
        },
        {
            "running": {
                "obligation.release": Row(Role.EITHER, writes=(Write("released", each=True, once=True),))
            },
            "released": {},
        },
    ),
    pairs=_OFFER.pairs,
    joins=(*_OFFER.joins, Join("running", "released", "released", optional=True)),
)

_OCCURRENCE = Fact("occurrence", "token", purpose="Which time: a day, a week as 2019-w09, or a name.")
_KEYED = (PARENT, _OCCURRENCE)
_SAY = {
    f"duty.{view}": Row(Role.EITHER, to="stated", writes=(Write("view", f"={view}", each=True, once=True),))
    for view in ("done", "missed")
}
_GUARDED = {
    kind: Row(row.by, to=row.to, writes=row.writes, guard=running_obligation) for kind, row in _SAY.items()
}
_WAIVE = Row(
    Role.EITHER, to="stated", writes=(Write("waived", each=True, once=True),), guard=running_obligation
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
    ),
    rows={
        NONE: {**_GUARDED, "duty.waive": _WAIVE},
        "stated": {**_GUARDED, "duty.waive": _WAIVE},
        "waived": {kind: Row(row.by, writes=row.writes) for kind, row in _SAY.items()},
    },
    joins=(Join("stated", "waived", "waived", optional=True),),
    key=Key(parts=("parent", "occurrence"), prefix="duty/"),
)

_REPLY = Row(Role.COUNTERPART, to="replied", writes=(Write("stance", "fact:stance"), Write("reply")))
_CLOSE = Row(Role.OPENER, to="closed", writes=(Write("result", "fact:result"),))

INCIDENT = Procedure(
    name="incident",
    family="agreement",
    skeleton="ask/answer",
    purpose="An incident, with what it touches, and a clock for the other side's reply.",
    kinds=(
        Kind(
            "incident.report",
            "Reports an incident and asks for a reply.",
            facts=(
                TO_ONE,
                SUBJECT,
                Fact(
                    "touches",
                    "digest",
                    required=False,
                    many=True,
                    purpose="The notices, agreements, obligations and other matters that it touches.",
                ),
                Fact("clause", "token", required=False, purpose="The article and paragraph that it touches."),
                Fact(
                    "relation",
                    "token",
                    required=False,
                    choices=("breach", "accident", "near-miss", "unclear"),
                    purpose="How it touches them, in the view of the side that reports it.",
                ),
                PLACE,
                WHEN,
            ),
            due=Due.MUST,
        ),
        Kind("incident.hold", "Says that a reply will come, and by when.", facts=(ABOUT,), due=Due.MUST),
        Kind(
            "incident.reply",
            "Replies to the report.",
            facts=(
                Fact(
                    "stance",
                    "token",
                    choices=("accepts", "denies", "explains"),
                    purpose="What the side says to it.",
                ),
                ABOUT,
                WHEN,
            ),
        ),
        Kind("incident.urge", "Asks again and sets a new time.", facts=(ABOUT,), due=Due.MUST),
        Kind("incident.lapse", "States that the time is over without a reply.", facts=(ABOUT,)),
        Kind(
            "incident.close",
            "Closes the incident for the side that reported it.",
            facts=(
                Fact("result", "token", choices=("settled", "unsettled"), purpose="Whether it is settled."),
                ABOUT,
                WHEN,
            ),
        ),
    ),
    rows={
        NONE: {
            "incident.report": Row(Role.OPENER, to="reported", writes=CLOCK, guard=known_matters),
        },
        "reported": {
            "incident.reply": _REPLY,
            "incident.hold": Row(Role.COUNTERPART, writes=CLOCK, answers="waits"),
            "incident.urge": Row(Role.OPENER, writes=CLOCK),
            "incident.lapse": Row(Role.OPENER, to="unanswered", lapses=True, answers="waits"),
            "incident.close": _CLOSE,
        },
        "replied": {"incident.reply": _REPLY, "incident.close": _CLOSE},
        "unanswered": {"incident.reply": _REPLY, "incident.close": _CLOSE},
        "closed": {"incident.reply": Row(Role.COUNTERPART, writes=_REPLY.writes)},
    },
    pairs=(
        *over(("incident.lapse",), Role.OPENER, ("incident.reply", "incident.hold"), Role.COUNTERPART),
        *over(("incident.reply", "incident.hold"), Role.COUNTERPART, ("incident.urge",), Role.OPENER),
        *over(("incident.close",), Role.OPENER, ("incident.hold",), Role.COUNTERPART),
    ),
)

TABLES = (OBLIGATION, DUTY, INCIDENT)
