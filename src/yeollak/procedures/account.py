"""Account: statements and facts under the name of the side that enters them.

What one side or the press says never becomes joint by being entered: the other may confirm, contest or
annotate it, or leave it alone (domain §1.6, 11). Nobody's account can be altered; the side that entered it
may take it back.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.shared import ABOUT, REASON, SUBJECT, UNTIL
from yeollak.procedures.skeletons import everywhere, merge
from yeollak.procedures.table import NONE, SOURCES, Kind, Procedure, Role, Row, Write

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
                Fact("embargo", "instant", required=False, purpose="Not to be published before."),
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

TABLES = (ACCOUNT,)
