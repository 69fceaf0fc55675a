"""Standing: each side's relation to the office, and the suspension that only both can declare.

Withdrawal is one side's act, may lack a reason, ends no agreement and evicts nobody; the return may be
partial and gradual. Withdrawal, joint suspension, a line that is cut and the loss of premises are four
different things, and are kept apart (domain §1.6, 5 and 6). A side's standing is its own: nobody else acts
in it.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.shared import ABOUT, PLACE, REASON, START, TO_MANY, WHEN
from yeollak.procedures.skeletons import everywhere, merge, offer
from yeollak.procedures.table import NONE, Key, Move, Past, Procedure, Role, Row, State, Void, Write

LEAST = Fact("staff_least", "whole", required=False, purpose="People, at least.")
MOST = Fact("staff_most", "whole", required=False, purpose="People, at most.")
OFFICIALS = Fact("officials", "whole", required=False, purpose="Officials.")
SUPPORT = Fact("support", "whole", required=False, purpose="Support workers.")

#: What a side may declare to go on although it is away, or although the work is suspended.
IN_FORCE = ("agreements", "calls", "lines", "notes", "obligations", "projects")
KEEPS = Fact(
    "keeps", "token", required=False, many=True, choices=IN_FORCE, purpose="What stays in force meanwhile."
)
FOLLOW_UP = Fact(
    "follow_up", "words", required=False, purpose="Practical matters that are still to be notified."
)


def another_withdrew(state: State, move: Move, past: Past) -> None:
    """Some other side must have withdrawn in the act's past (void `not-withdrawn`)."""
    others = (party for party in past.parties if party != move.side)
    if not any(
        past.state(past.natural("standing", party), "standing").phase == "withdrawn" for party in others
    ):
        raise Void("not-withdrawn")


_STATUS = {
    "standing.stay": Row(Role.OPENER, writes=(Write("stays"),), guard=another_withdrew),
    "standing.days": Row(Role.OPENER, writes=(Write("day", "fact:state", keyed="dates"),)),
    "standing.staff": Row(
        Role.OPENER, writes=(Write("officials", "fact:officials"), Write("support", "fact:support"))
    ),
    "standing.leave": Row(Role.OPENER, clears=("officials", "support"), writes=(Write("left"),)),
    "standing.line": Row(Role.OPENER, writes=(Write("line", "fact:state", keyed="lines"),)),
    "standing.premises": Row(Role.OPENER, writes=(Write("premises", "fact:state"),)),
}
_WITHDRAW = Row(
    Role.OPENER,
    to="withdrawn",
    clears=("keeps",),
    writes=(Write("withdrawal"), Write("others", "fact:others"), Write("keeps", "fact:keeps")),
)
_RETURN = Row(
    Role.OPENER,
    turns=("extent", {"partial": "partial", "full": "present"}),
    clears=("withdrawal", "others", "keeps"),
)

STANDING = Procedure(
    name="standing",
    family="standing",
    skeleton="status",
    purpose="Whether a side is present at the office, with how many people, on which lines and premises.",
    kinds=(
        Kind("standing.open", "States that the side is present at the office.", facts=(PLACE, WHEN)),
        Kind(
            "standing.withdraw",
            "Withdraws the side from the office; no reason is needed.",
            facts=(
                Fact(
                    "others",
                    "token",
                    required=False,
                    choices=("may-stay", "must-leave", "unsaid"),
                    purpose="Whether the other sides' people may stay.",
                ),
                KEEPS,
                FOLLOW_UP,
                REASON,
                WHEN,
            ),
        ),
        Kind(
            "standing.stay",
            "States that the side keeps its people at the office although another has withdrawn.",
            facts=(
                Fact("staff", "whole", required=False, purpose="How many people."),
                OFFICIALS,
                SUPPORT,
                REASON,
                WHEN,
            ),
        ),
        Kind(
            "standing.return",
            "States that the side's people are back, all of them or some.",
            facts=(
                Fact("extent", "token", choices=("partial", "full"), purpose="Some or all."),
                LEAST,
                MOST,
                REASON,
                WHEN,
            ),
        ),
        Kind(
            "standing.staff",
            "States how many people the side has at the office.",
            facts=(
                OFFICIALS,
                SUPPORT,
                LEAST,
                MOST,
                WHEN,
            ),
        ),
        Kind(
            "standing.leave",
            "States that the side's people have left, which is no withdrawal of the side.",
            facts=(OFFICIALS, SUPPORT, LEAST, MOST, REASON, WHEN),
        ),
        Kind(
            "standing.days",
            "States which days are holidays of the side, and which it works although they would not be.",
            facts=(
                Fact("dates", "date", many=True, purpose="The days."),
                Fact("state", "token", choices=("holiday", "working"), purpose="Holiday or working."),
                ABOUT,
            ),
        ),
        Kind(
            "standing.line",
            "States that lines are cut or restored.",
            facts=(
                Fact("lines", "token", many=True, purpose="The lines."),
                Fact("state", "token", choices=("cut", "restored"), purpose="Cut or restored."),
                REASON,
                WHEN,
            ),
        ),
        Kind(
            "standing.premises",
            "States what has become of the premises.",
            facts=(
                Fact(
                    "state",
                    "token",
                    choices=("lost", "damaged", "restored"),
                    purpose="What has become of it.",
                ),
                PLACE,
                REASON,
                WHEN,
            ),
        ),
    ),
    rows=merge(
        {
            NONE: {"standing.open": Row(Role.OPENER, to="present", writes=(Write("opened"),))},
            "present": {"standing.withdraw": _WITHDRAW},
            "withdrawn": {"standing.return": _RETURN},
            "partial": {"standing.withdraw": _WITHDRAW, "standing.return": _RETURN},
        },
        everywhere(("present", "withdrawn", "partial"), _STATUS),
    ),
    key=Key(parts=("side",), owned=True),
)

_BEGIN = offer("suspension.", agreed="suspended")
_END = offer("suspension.end-", start="suspended", during="ending", agreed="ended", back=True)
#: One side's account of a suspension that no text in the record declares.
_REPORT = Write("report", each=True, once=True)
_CONDITION = Fact("condition", "words", required=False, purpose="Until when, or on what condition it ends.")


def _kinds(stem: str, what: str) -> tuple[Kind, ...]:
    return (
        Kind(stem + "propose", f"Proposes {what}.", facts=(_CONDITION, KEEPS, START, WHEN), due=Due.MUST),
        Kind(
            stem + "counter",
            f"Proposes {what} on other terms.",
            facts=(_CONDITION, KEEPS, START, WHEN),
            due=Due.MUST,
        ),
        Kind(stem + "agree", "Agrees to the proposal that stands.", facts=(WHEN,)),
        Kind(stem + "decline", "Declines the proposal that stands.", facts=(REASON, WHEN)),
        Kind(stem + "lapse", "States that the time for agreeing is over.", facts=(ABOUT,)),
    )


SUSPENSION = Procedure(
    name="suspension",
    family="standing",
    skeleton="ask/answer",
    purpose="Suspends the work of the office, and ends the suspension, by the act of every side.",
    kinds=(
        Kind(
            "suspension.report",
            "States, as one's own account, that the sides have suspended the work; it binds nobody.",
            facts=(TO_MANY, _CONDITION, START, WHEN),
        ),
        *_kinds("suspension.", "that the work of the office be suspended"),
        Kind("suspension.withdraw", "Withdraws one's own proposal.", facts=(REASON,)),
        *_kinds("suspension.end-", "that the suspension end"),
    ),
    rows=merge(
        _BEGIN.rows,
        _END.rows,
        {
            NONE: {"suspension.report": Row(Role.OPENER, to="reported", writes=(_REPORT,))},
            "reported": {"suspension.report": Row(Role.COUNTERPART, writes=(_REPORT,))},
            "ended": {},
        },
    ),
    pairs=(*_BEGIN.pairs, *_END.pairs),
    joins=(*_BEGIN.joins, *_END.joins),
)

TABLES = (STANDING, SUSPENSION)
