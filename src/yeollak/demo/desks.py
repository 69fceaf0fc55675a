"""Accounts at the demonstration's desks, so that whoever has run it can sit down at either side.

The passphrase is printed for everybody: it protects nothing, as the keys do not, and the desks listen on
loopback alone.
"""

from __future__ import annotations

from typing import Final

from yeollak.demo.cast import members
from yeollak.node.open import Node
from yeollak.storage import reading
from yeollak.storage.staffing import Staffing

#: Of every account at either desk.
DESK_PASSPHRASE: Final = "one record between two sides"  # noqa: S105 (printed for everybody)


def make_accounts(node: Node, office: str, side: str) -> list[str]:
    """Make what is not made yet: an account for every officer of the cast who is posted now, called by the
    function. Returns the names of all accounts.
    """
    people, view = Staffing(node.alias), reading.office_view(node.alias, office)
    posted = view.office.officers(view.place)
    there = {person.name for person in people.people(disabled=True)}
    for member in members()[side].values():
        if member.key.kid in posted and member.function not in there:
            there.add(member.function)
            people.make_account(
                member.function,
                member.function,
                DESK_PASSPHRASE,
                node.clock.now(),
                shown=(member.name or member.title)["en"],
                officers={office: member.key.kid},
            )
    return sorted(there)
