"""Documents and decisions: what was offered and what came of it, what passed, and what was decided.

A note or a request is counted three times over, each time as something else: once as an offer, on the day
on which it was opened, with what it has come to at the frontier; once for each text of it that passed, on the
day on which it did; and once for every step, so that stages can be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from yeollak.office.statistics.reading import MatterRead, Said
from yeollak.office.statistics.tally import UNSTATED, Book

PROCEDURES: Final = ("note", "request")
#: How a matter was opened -> the way that its text goes: after take-up, straight, or besides the record.
_WAYS: Final[Mapping[str, str]] = {"ask": "right", "route": "route", "send": "right", "tender": "consent"}
#: Steps in which a text passes, apart from the opening ones.
_PASSING: Final[Mapping[str, str]] = {"answer": "answer", "deliver": "consent", "supply": "supply"}
#: The fact that says more of a step.
_DETAILS: Final[Mapping[str, str]] = {
    "answer": "decision",
    "outcome": "result",
    "refuse": "ground",
    "route": "copy",
    "translated": "stage",
}


def count_documents(book: Book, matter: MatterRead) -> None:
    """Count what a note or a request says."""
    if matter.procedure.name not in PROCEDURES:
        return
    opening = matter.opening
    procedure, subject = matter.procedure.name, opening.fact("class")
    sheet = book.sheet(opening.own, opening.day)
    outcome, ground = matter.state.phase, matter.slot("ground")
    way = _WAYS.get(opening.step, UNSTATED)
    sheet.add("offers", matter.id, opening.side, procedure, subject, way, outcome, ground)
    _count_items(book, matter, opening)
    for said in matter.said:
        if not said.move.kind.startswith(f"{procedure}."):
            continue  # a remark, which is no step
        sheet = book.sheet(said.own, said.day)
        detail = said.fact(_DETAILS.get(said.step, ""), UNSTATED)
        sheet.add("document-steps", matter.id, said.side, procedure, said.step, detail)
        if (passed := _passing(said, opening)) is not None:
            sheet.add("documents", matter.id, said.side, procedure, subject, passed)
        if said.move.kind == "request.answer":
            items = _tokens(said.move.facts.get("items"))
            decision = said.fact("decision")
            sheet.add("decisions", matter.id, said.side, procedure, subject, decision, number=len(items))


def _passing(said: Said, opening: Said) -> str | None:
    """The way in which a text passed in this step, or None. That the same content went by another route too
    is no further document.
    """
    if said.step == "ask":
        return "right" if said is opening else "consent"
    if said is opening:
        return None if said.step == "tender" else _WAYS.get(said.step)
    return _PASSING.get(said.step)


def _count_items(book: Book, matter: MatterRead, opening: Said) -> None:
    """Every item that was asked for, with what was decided of it; what a lapse leaves undecided is
    `unanswered`, and says what silence was to be taken for.
    """
    subject, default = opening.fact("class"), matter.slot("default")
    sheet = book.sheet(opening.own, opening.day)
    silent = "unanswered" if matter.state.phase == "unanswered" else "undecided"
    for item in _tokens(matter.state.slots.get("items")):
        decision = matter.slot(f"decision/{item}")
        decided = silent if decision == UNSTATED else decision
        sheet.add("items", matter.id, opening.side, subject, decided, default)


def _tokens(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
