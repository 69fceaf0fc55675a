"""Stating: what a side puts into `figures.state`, and what the other has to answer.

The figures travel as a `right` enclosure, which the act names as its text. An answer follows from the record
alone: who derives the same countersigns, who does not contests, and encloses what the record gives. Whether
an officer does either is the officer's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.office.statistics.checking import Checked, Derive, Difference, checked
from yeollak.office.statistics.figures import Figures
from yeollak.office.statistics.reading import Index


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is to answer to figures that were stated: the kind of act, the places in which they differ
    from the record, and the bytes of our own figures where a contest may enclose them.
    """

    kind: Literal["figures.countersign", "figures.contest"]
    differences: tuple[Difference, ...]
    own: bytes | None


def facts_of(figures: Figures) -> dict[str, str]:
    """The facts of `figures.state` for these figures, apart from `text`: the days that they are about."""
    return {"since": figures.period.since.isoformat(), "until": figures.period.until.isoformat()}


def answer(
    stated: Counted,
    data: bytes,
    office: Office,
    index: Index | None = None,
    *,
    derive: Derive | None = None,
) -> Answer:
    """What to answer to the act `stated`, whose text are the bytes `data`.

    Beside the figures themselves its facts must name the period of its text, and its text no more of any
    register than its author had counted: figures of what nobody could know yet are nobody's. Raises
    RecordFault(`too-large`, `malformed`) for a text that is no figures.
    """
    found = checked(data, office, index, derive=derive)
    differences = (*found.differences, *_of_the_act(stated, found, office))
    if not differences:
        return Answer("figures.countersign", (), None)
    own = found.ours.encode() if found.ours is not None else None
    return Answer("figures.contest", differences, own if own != data else None)


def _of_the_act(stated: Counted, found: Checked, office: Office) -> list[Difference]:
    facts = stated.move.facts if stated.move is not None else {}
    days = {"since": found.period.since.isoformat(), "until": found.period.until.isoformat()}
    differences = [
        Difference(("act", name), str(facts.get(name, "")), day)
        for name, day in days.items()
        if facts.get(name) != day
    ]
    differences += [
        Difference(("act", "seen", side), size, seen)
        for side, size, seen in zip(office.parties, found.frontier, stated.vector, strict=True)
        if size > seen
    ]
    return differences
