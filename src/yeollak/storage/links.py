"""Which matters name which: a projection that grows with the fold, so that a page finds both ends of a link.

The caller of what writes holds the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yeollak.office.ledger import Counted
from yeollak.record.document import Act
from yeollak.storage import models, plain
from yeollak.storage.reading import OfficeView

#: Facts that name a matter: it belongs to it, was tendered there before, touches, amends or answers it.
RELATIONS: Final = ("parent", "retender", "touches", "amends", "nomination")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a matter with another: by which fact, and whether this one names the other (`out`)."""

    matter: str
    relation: str
    out: bool


def index(view: OfficeView, acts: Sequence[tuple[Counted, Act]]) -> None:
    """Keep the links of acts that have newly been counted and are allowed."""
    rows = (
        (view.id, found.matter, target, relation)
        for found, act in acts
        for relation, target in _named(act.facts)
    )
    plain.insert(view.alias, models.Linked, ("office_id", "matter", "target", "relation"), rows, once=True)


def forget(view: OfficeView) -> None:
    """Throw the links of an office away."""
    view.rows(models.Linked).delete()


def links(view: OfficeView, matter: str, most: int) -> list[Link]:
    """The links of a matter with others, those that it names first; at most so many of either end."""
    out = view.rows(models.Linked).filter(matter=matter).order_by("id")
    back = view.rows(models.Linked).filter(target=matter).order_by("-id")
    return [
        *(Link(row.target, row.relation, True) for row in out[:most]),
        *(Link(row.matter, row.relation, False) for row in back[:most]),
    ]


def _named(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for relation in RELATIONS:
        value = facts.get(relation)
        for one in value if isinstance(value, list | tuple) else [value]:
            if isinstance(one, str):
                yield relation, one
