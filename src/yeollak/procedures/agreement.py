"""Agreement: a joint text from the first draft to its end, in parallel languages over one digest.

Drafted and redrafted, frozen when every side has initialled it, in force when every side has signed it. No
side is bound without its own signature; one side may suspend or denounce, as it always could, and only all
together resume.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.shared import (
    ABOUT,
    EMBARGO,
    PLACE,
    REASON,
    START,
    SUBJECT,
    TEXT,
    TO_MANY,
    TRANSLATION,
    WHEN,
    standing_text,
    translated,
)
from yeollak.procedures.skeletons import everywhere, joint_text, merge, over
from yeollak.procedures.table import NONE, Join, Move, Past, Procedure, Role, Row, State, Void, Write


def amends_in_force(state: State, move: Move, past: Past) -> None:
    """Where it would amend an agreement, that must be in force or suspended (void `not-in-force`): when it is
    drafted, redrafted and signed.
    """
    amended = move.facts.get("amends", state.slots.get("amends"))
    if amended is not None and past.state(str(amended), "agreement").phase not in ("in-force", "suspended"):
        raise Void("not-in-force")


def signed_in_force(state: State, move: Move, past: Past) -> None:
    """The text that it signs must be the one that stands (void `other-text`), and the agreement that it
    amends be in force or suspended (void `not-in-force`).
    """
    standing_text(state, move, past)
    amends_in_force(state, move, past)


_TEXT = joint_text(
    "agreement.",
    draft="agreement.draft",
    signed="in-force",
    frozen="frozen",
    draft_guard=amends_in_force,
    sign_guard=signed_in_force,
    opening=(Write("amends", "fact:amends"),),
)
_CLASS = Fact(
    "class",
    "token",
    required=False,
    choices=("agreement", "statement", "arrangement"),
    purpose="What kind of text.",
)
_REPORT = Write("report", each=True, once=True)
_DENOUNCE = Row(Role.EITHER, to="denounced", cross="same")

AGREEMENT = Procedure(
    name="agreement",
    family="agreement",
    skeleton="joint text",
    purpose="A text that binds the sides that sign it: an agreement, a joint statement.",
    kinds=(
        Kind(
            "agreement.draft",
            "Puts a draft on the table.",
            facts=(
                TO_MANY,
                SUBJECT,
                TEXT,
                _CLASS,
                Fact("amends", "digest", required=False, purpose="The agreement that it would amend."),
                PLACE,
                START,
                EMBARGO,
                WHEN,
            ),
            due=Due.MUST,
        ),
        Kind(
            "agreement.redraft",
            "Puts another draft in its place.",
            facts=(TEXT, ABOUT, EMBARGO, WHEN),
            due=Due.MUST,
        ),
        Kind("agreement.initial", "Initials the text, which freezes it once all have.", facts=(TEXT, WHEN)),
        Kind("agreement.sign", "Signs the text.", facts=(TEXT, PLACE, WHEN)),
        Kind("agreement.retract", "Takes one's own signature back before the text is in force.", (REASON,)),
        Kind("agreement.withdraw", "Takes the draft off the table.", facts=(REASON,)),
        Kind("agreement.lapse", "States that the time for signing is over.", facts=(ABOUT,)),
        Kind(
            "agreement.report",
            "States, as one's own account, what was agreed without a text in this record; it binds nobody.",
            facts=(TO_MANY, SUBJECT, _CLASS, PLACE, START, WHEN),
        ),
        translated("agreement."),
        Kind("agreement.suspend", "Suspends the agreement for one's own side.", facts=(REASON, START, WHEN)),
        Kind("agreement.resume", "Agrees that the agreement is applied again.", facts=(START, WHEN)),
        Kind("agreement.denounce", "Ends the agreement for one's own side.", facts=(REASON, START, WHEN)),
    ),
    rows=merge(
        _TEXT.rows,
        {
            NONE: {"agreement.report": Row(Role.OPENER, to="reported", writes=(_REPORT,))},
            "reported": {"agreement.report": Row(Role.COUNTERPART, writes=(_REPORT,))},
            "in-force": {
                "agreement.suspend": Row(Role.EITHER, to="suspended", clears=("resumed/*",), cross="same"),
                "agreement.denounce": _DENOUNCE,
            },
            "suspended": {
                "agreement.resume": Row(Role.EITHER, writes=(Write("resumed", each=True, once=True),)),
                "agreement.denounce": _DENOUNCE,
            },
            "denounced": {},
        },
        everywhere(
            ("drafted", "frozen", "in-force", "suspended", "denounced", "lapsed", "withdrawn"),
            {"agreement.translated": TRANSLATION},
        ),
    ),
    pairs=(
        *_TEXT.pairs,
        *over(("agreement.denounce",), Role.EITHER, ("agreement.suspend", "agreement.resume"), Role.EITHER),
    ),
    joins=(*_TEXT.joins, Join("suspended", "resumed", "in-force", optional=True)),
)

TABLES = (AGREEMENT,)
