"""Account: statements and facts under the name of the side that enters them.

What one side or the press says never becomes joint by being entered: the other may confirm, contest or
annotate it, or leave it alone (domain §1.6, 11). Nobody's account can be altered; the side that entered it
may take it back.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import SOURCES, Kind
from yeollak.procedures.shared import (
    ABOUT,
    EMBARGO,
    REASON,
    SUBJECT,
    TEXT,
    TO_MANY,
    UNTIL,
    WHEN,
    standing_text,
)
from yeollak.procedures.skeletons import everywhere, merge, over
from yeollak.procedures.table import NONE, Join, Procedure, Role, Row, Write

ACCOUNT = Procedure(
    name="account",
    family="account",
    skeleton="account",
    purpose="A public statement or a sourced fact, under the side that enters it.",
    kinds=(
        Kind(
            "account.enter",
            "Enters a statement or a fact of the past or of the outside world, with its source.",
            facts=(
                Fact("when", "moment", purpose="When it was said or happened."),
                UNTIL,
                Fact("source", "token", choices=SOURCES, purpose="Whose word it rests on."),
                SUBJECT,
                EMBARGO,
            ),
        ),
        Kind("account.confirm", "Confirms the account as one's own view too.", facts=(ABOUT,)),
        Kind("account.contest", "Contests the account without altering it.", facts=(ABOUT, REASON)),
        Kind("account.annotate", "Adds to the account without confirming or contesting it.", facts=(ABOUT,)),
        Kind("account.retract", "Takes one's own account back; it stays readable.", facts=(REASON,)),
    ),
    rows=merge(
        {
            NONE: {"account.enter": Row(Role.OPENER, to="entered", writes=(Write("source", "fact:source"),))},
            "entered": {"account.retract": Row(Role.OPENER, to="retracted")},
        },
        everywhere(
            ("entered", "retracted"),
            {
                "account.confirm": Row(Role.COUNTERPART, writes=(Write("stance", "=confirmed", each=True),)),
                "account.contest": Row(Role.COUNTERPART, writes=(Write("stance", "=contested", each=True),)),
                "account.annotate": Row(Role.COUNTERPART, writes=(Write("annotation", each=True),)),
            },
        ),
    ),
)

_SIGNED = Write("signed", "fact:text", each=True, once=True)
_CONTEST = Row(Role.COUNTERPART, writes=(Write("contested", each=True),))

FIGURES = Procedure(
    name="figures",
    family="account",
    skeleton="joint text",
    purpose="Figures of the office's work over a time, derived from the record, that every side can check.",
    kinds=(
        Kind(
            "figures.state",
            "States figures that its node has derived from the record up to a named point.",
            facts=(
                TO_MANY,
                Fact("since", "date", purpose="The first day."),
                Fact("until", "date", purpose="The day after the last."),
                TEXT,
                ABOUT,
            ),
        ),
        Kind(
            "figures.countersign",
            "States that the side's own node has derived the same.",
            facts=(TEXT, WHEN),
        ),
        Kind(
            "figures.contest",
            "States that they are not what the record gives; the side's own may be enclosed.",
            facts=(
                Fact("own", "digest", required=False, purpose="The text of the side's own figures."),
                ABOUT,
                REASON,
            ),
        ),
        Kind("figures.withdraw", "Takes the figures back.", facts=(REASON,)),
    ),
    rows={
        NONE: {
            "figures.state": Row(
                Role.OPENER,
                to="stated",
                writes=(Write("text", "fact:text"), Write("signed", "fact:text", each=True)),
            )
        },
        "stated": {
            "figures.countersign": Row(Role.COUNTERPART, writes=(_SIGNED,), guard=standing_text),
            "figures.contest": _CONTEST,
            "figures.withdraw": Row(Role.OPENER, to="withdrawn"),
        },
        "countersigned": {"figures.contest": _CONTEST},
        "withdrawn": {"figures.contest": _CONTEST},
    },
    pairs=over(("figures.countersign",), Role.COUNTERPART, ("figures.withdraw",), Role.OPENER),
    joins=(Join("stated", "signed", "countersigned", equal_to="text"),),
)

TABLES = (ACCOUNT, FIGURES)
