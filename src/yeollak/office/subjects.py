"""What a matter is about, in the words of the act that opened it, and which matters come about by themselves.

Words are those of the record, in whatever languages the side that opened the matter gave them; nothing is
worded here. A matter without any is called by its procedure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from yeollak.office.ledger import Counted
from yeollak.office.office import Office

#: Facts that say what a matter is about; the first that its opening act has is taken.
SUBJECTS: Final = ("subject", "topic", "title", "condition")
#: Procedures whose matters come about day by day: a list of business leaves them out where nobody asks.
DAILY: Final = frozenset({"check-in", "keys", "line", "presence", "watch"})


def opening(office: Office, matter: str) -> Counted | None:
    """The allowed act that opened a matter: of those that none of it had come before, that of the lowest
    turn, then place. It is the same on every node. None for a matter without an allowed act.
    """
    folds = office.folds(matter)
    return min(folds.firsts, key=lambda act: (act.turn, act.place), default=None)


def newest(office: Office, matter: str) -> Counted | None:
    """The allowed act of the highest turn, then place."""
    folds = office.folds(matter)
    found = (
        office.ledger.finding(place, index)
        for place in range(len(office.parties))
        if (index := folds.newest(place)) >= 0
    )
    return max(found, key=lambda act: (act.turn, act.place), default=None)


def subject(office: Office, matter: str) -> Mapping[str, str]:
    """What a matter is about, by language; empty where its opening says nothing."""
    act = opening(office, matter)
    return subject_of(act.move.facts) if act is not None and act.move is not None else {}


def subject_of(facts: Mapping[str, Any]) -> Mapping[str, str]:
    """The words of the first fact that says what an act is about."""
    for name in SUBJECTS:
        value = facts.get(name)
        if isinstance(value, Mapping) and value:
            return {str(lang): text for lang, text in value.items() if isinstance(text, str)}
    return {}


def subject_class(facts: Iterable[Mapping[str, Any]]) -> str:
    """The class that acts name, or the empty string."""
    return next((str(one["class"]) for one in facts if isinstance(one.get("class"), str)), "")
