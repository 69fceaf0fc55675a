"""Texts and projects: what the sides have signed together, and the common undertakings and their milestones.

A text counts on the day of the signature that made it complete, and only while every side's signature stands
under one digest. What a side reports of a text that the record does not hold is counted as a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from yeollak.office.statistics.reading import MatterRead, Said, own_word
from yeollak.office.statistics.tally import UNSTATED, Book, says

#: Table -> what its joint text is called.
_TEXTS: Final = {"agreement": "agreement", "meeting": "minutes"}
_DIFFERING: Final = "differing"


def count_texts(book: Book, matter: MatterRead, parties: Sequence[str]) -> None:
    """Count the joint text of a matter, or what sides report of one."""
    name = _TEXTS.get(matter.procedure.name)
    if name is None:
        return
    subject = next((one for said in matter.said if (one := said.fact("class")) != UNSTATED), UNSTATED)
    signatures = _complete(matter)
    if signatures:
        last = max(signatures, key=lambda said: said.order)
        own = all(said.own for said in signatures)
        sides = says((said.side for said in signatures), parties)
        book.sheet(own, last.day).add("texts", matter.id, name, subject, "signed", sides)
    reports = list(matter.of("agreement.report"))
    if reports:
        own, told = own_word(reports)
        sides = says((said.side for said in told), parties)
        book.sheet(own, told[0].day).add("texts", matter.id, name, subject, "reported", sides)


def _complete(matter: MatterRead) -> list[Said]:
    """The signatures that make the text binding, one a side, or nothing where one is lacking."""
    text, slots = matter.state.slots.get("text"), matter.state.slots
    if text is None or not matter.sides:
        return []
    if any(slots.get(f"signed/{side}") != text for side in matter.sides):
        return []
    last = {
        said.side: said for said in matter.said if said.step == "sign" and said.move.facts.get("text") == text
    }
    return list(last.values()) if set(last) == set(matter.sides) else []


def count_projects(book: Book, matter: MatterRead, parties: Sequence[str]) -> None:
    """Count an undertaking, on the day on which it was opened, and its milestones."""
    if matter.procedure.name != "project":
        return
    opening = matter.opening
    sheet, state = book.sheet(opening.own, opening.day), matter.state.phase
    sheet.add("projects", matter.id, opening.side, opening.fact("class"), opening.step, state)
    _count_milestones(book, matter, parties)


def _count_milestones(book: Book, matter: MatterRead, parties: Sequence[str]) -> None:
    """Each milestone once, with what the sides last said of it, on the day that the first of those states."""
    last: dict[str, dict[str, Said]] = {}
    for said in matter.of("project.report"):
        if said.fact("milestone") != UNSTATED and said.fact("state") != UNSTATED:
            last.setdefault(said.fact("milestone"), {})[said.side] = said
    for reports in last.values():
        own, told = own_word(sorted(reports.values(), key=lambda said: said.order))
        states = {said.fact("state") for said in told}
        state = states.pop() if len(states) == 1 else _DIFFERING
        sides = says((said.side for said in told), parties)
        book.sheet(own, told[0].day).add("milestones", matter.id, state, sides)
