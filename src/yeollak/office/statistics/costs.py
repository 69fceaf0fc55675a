"""Costs: what was spent, by currency and by who bears it, each cost once however often it is stated.

An act that restates a cost of the same matter, in another currency or by another report, says what is counted
already. Currencies have no sum: each is a figure of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from yeollak.office.statistics.reading import MatterRead, Said
from yeollak.office.statistics.tally import Book


def count_costs(book: Book, matter: MatterRead) -> None:
    """Count the costs that stand in a matter and restate no other that stands in it."""
    stated = {said.move.id: said for said in matter.of("project.cost")}
    for said in stated.values():
        if said.move.facts.get("restates") in stated:
            continue
        value, currency = _amount(said)
        sheet = book.sheet(said.own, said.day)
        sheet.add(f"costs/{currency}", matter.id, said.fact("borne_by"), said.side, number=value)


def _amount(said: Said) -> tuple[int, str]:
    amount = said.move.facts["amount"]
    assert isinstance(amount, Mapping), "an allowed act has facts of its kind"
    return int(amount["value"]), str(amount["currency"])
