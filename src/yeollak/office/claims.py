"""What sides claim of the state (rule 11): acts that carry the digest of the office's state at their past.

A claim is its author's word and decides nothing, so that nobody compares it while entries are counted: the
digest folds what the act had not seen and hashes a line for every matter, and a side may claim as often as it
likes. Whoever compares takes the newest claim of a side, which overtakes those before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from yeollak.office.ledger import Counted, Ledger

if TYPE_CHECKING:
    from yeollak.office.office import Office

#: The tables whose acts may carry a claim.
TABLES: Final = ("check-in", "line")


def claimed(found: Counted) -> str | None:
    """The digest that an allowed act claims the state at its past to have; None where it claims none."""
    if found.void or found.move is None or found.procedure not in TABLES:
        return None
    claim = found.move.facts.get("state")
    return None if claim is None else str(claim)


def newest(ledger: Ledger, place: int, since: int = 0) -> Counted | None:
    """The newest act that claims a state among those of a side that count, from a position of its register
    on; None where there is none.
    """
    found = None
    for one in ledger.under(TABLES, place, since):
        if claimed(one) is not None:
            found = one
    return found


def agrees(office: Office, found: Counted, pause: Callable[[], None] = lambda: None) -> bool:
    """Whether the state that an act claims, if any, is the one found here at its own past. What that takes
    grows with the office; `pause` is called between pieces of it, while what is read stands still.
    """
    claim = claimed(found)
    return claim is None or claim == office.digest(found.vector, pause)
