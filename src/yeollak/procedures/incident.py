"""Incidents: what happened all the same, with what it touches, and a clock for the other side's reply.

An incident touches a notice, a clause or a place, and asks for a reply by a time: what was notified and
happened all the same must not be left without one (domain §2, OCHA). What it touches stands in its slots.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.shared import ABOUT, PLACE, SUBJECT, TO_ONE, WHEN, known_matters
from yeollak.procedures.skeletons import CLOCK, over
from yeollak.procedures.table import NONE, Move, Past, Procedure, Role, Row, State, Void, Write


def touching(state: State, move: Move, past: Past) -> None:
    """Every matter that it touches must be open in its past (void `no-such-matter`). A clause must be one of
    an agreement among them, or that of an obligation among them, and how it touches something needs
    something that it touches (void `no-such-clause`).
    """
    known_matters(state, move, past)
    touched = [str(matter) for matter in move.facts.get("touches", ())]
    clause = move.facts.get("clause")
    if clause is None:
        if "relation" in move.facts and not touched:
            raise Void("no-such-clause")
        return
    agreements = (past.state(matter, "agreement").phase for matter in touched)
    read = (past.state(matter, "obligation").slots.get("clause") for matter in touched)
    if not any(phase != NONE for phase in agreements) and clause not in read:
        raise Void("no-such-clause")


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
            "incident.report": Row(
                Role.OPENER,
                to="reported",
                writes=(
                    *CLOCK,
                    *(Write(name, f"fact:{name}") for name in ("touches", "clause", "relation")),
                ),
                guard=touching,
            ),
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

TABLES = (INCIDENT,)
