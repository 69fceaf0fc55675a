"""Completing: what an act must name although nobody is asked for it, since it follows from its obligation."""

from __future__ import annotations

from dataclasses import replace

from yeollak.desk.staff.hands import Wish
from yeollak.procedures.catalogue import of_kind
from yeollak.procedures.obligation import sides_of
from yeollak.storage.reading import OfficeView


def completed(view: OfficeView, wish: Wish) -> Wish:
    """The wish with the sides of the obligation that it is about, where these are not all parties: an act on
    a duty must name them then, and whoever has chosen the obligation has said who they are.
    """
    procedure = of_kind(wish.kind)
    kind = procedure.kind(wish.kind) if procedure is not None else None
    parent = wish.facts.get("parent")
    takes = kind is not None and any(fact.name == "sides" for fact in kind.facts)
    if not takes or not isinstance(parent, str) or wish.facts.get("sides"):
        return wish
    if not any(not act.void for act in view.ledger.matter(parent)):
        return wish
    sides = sides_of(view.office.state(parent).state)
    if not sides or sides == set(view.charter.sides):
        return wish
    return replace(wish, facts={**wish.facts, "sides": [one for one in view.charter.sides if one in sides]})
