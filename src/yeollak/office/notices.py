"""Events that must be told ahead and that the record itself holds: changes of staff, and holidays.

The act that brings such an event is its notice, given when it was signed. The charter's terms of `notice`
and obligations of the shape `notice-period` name these events alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime

from yeollak.office.days import HOLIDAY
from yeollak.office.ledger import Counted
from yeollak.office.matter import natural_id
from yeollak.office.office import Office
from yeollak.procedures.obligation import HOLIDAYS, STAFF
from yeollak.procedures.table import Move
from yeollak.record.canon import parse_instant


def told_ahead(office: Office, what: str, sides: Collection[str]) -> Iterator[tuple[Counted, str]]:
    """The acts of these sides that bring something of this name, each with the day or the instant from which
    it does; an act that declares several holidays comes with each. None for what the record does not hold.
    """
    for place, side in enumerate(office.parties):
        if side not in sides:
            continue
        if what == STAFF:
            for act in office.ledger.postings(place):
                if act.move is not None and (day := _change(act.move)) is not None:
                    yield act, day
        elif what == HOLIDAYS:
            for act in office.ledger.matter(natural_id(office.charter.office, "standing", side)):
                if not act.void and act.move is not None and act.move.kind == "standing.days":
                    days = act.move.facts["dates"] if act.move.facts["state"] == HOLIDAY else ()
                    yield from ((act, str(day)) for day in days)


def earliest(office: Office, what: str, sides: Collection[str]) -> Iterator[tuple[Counted, str]]:
    """The same, each act once, with the earliest of its days: one notice is in time for all or for none."""
    found: dict[str, tuple[Counted, str]] = {}
    for act, day in told_ahead(office, what, sides):
        if act.id not in found or day < found[act.id][1]:
            found[act.id] = (act, day)
    yield from found.values()


def moment_of(text: str) -> date | datetime:
    """The day or the instant that a fact of the type `moment` states."""
    return parse_instant(text) if "T" in text else date.fromisoformat(text)


def _change(move: Move) -> str | None:
    """The day or instant from which a posting changes the staff: the one it states, else that of signing
    where it says whom it replaces. A first posting that states no day changes nothing.
    """
    if move.kind != "posting.appoint" or move.facts.get("function") == "node":
        return None
    stated = move.facts.get("from") or (move.at if "replaces" in move.facts else None)
    return None if stated is None else str(stated)
