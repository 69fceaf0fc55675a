"""What waits, as far as a page or a list shows it, and how much there is beyond: nothing is folded to be
counted.

Notes that nobody ever answers wait for ever, so that what waits grows with the years; what is looked at first
does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yeollak.office.zones import FIRST, whole
from yeollak.record.canon import format_instant
from yeollak.record.document import PRECEDENCES
from yeollak.storage import plain
from yeollak.storage.reading import OfficeView

#: From which precedence on a matter rings, whatever its time.
RINGS: Final = PRECEDENCES.index("immediate")
#: Written so that SQLite goes through what waits, and not through all that has ever rung.
_MATTER: Final = f"CROSS JOIN {plain.MATTER} m WHERE m.office_id = a.office_id AND m.matter = a.matter"


@dataclass(frozen=True, slots=True)
class Beyond:
    """A matter that waits for a side and is not among the foremost, and the earliest due by which it does."""

    side: str
    due: str


@dataclass(frozen=True, slots=True)
class Foremost:
    """The matters that a docket looks at, and those beyond: of which the due has passed each by itself, of
    those that were due up to an instant, and of those that are due next, only how many there are, by side.
    """

    matters: tuple[str, ...]
    over: dict[str, int]
    passed: tuple[Beyond, ...]
    coming: dict[str, int]

    def many(self, side: str) -> int:
        """How many matters beyond the foremost wait for a side."""
        counted = self.over.get(side, 0) + self.coming.get(side, 0)
        return counted + sum(one.side == side for one in self.passed)


def foremost(view: OfficeView, now: datetime, most: int, since: datetime = FIRST) -> Foremost:
    """What waits for each side: at most so many matters that ring, so many of which the due has passed, the
    earliest first, and so many that are due next; all of them, where that is not more. Of what was due up to
    `since` no due is told.
    """
    at, first = format_instant(whole(now)), format_instant(whole(since))
    found = _found(view, at, most)
    over, coming = _many(view, first, at, found)
    return Foremost(tuple(found), over, _passed(view, first, at, found), coming)


def _found(view: OfficeView, at: str, most: int) -> dict[str, None]:
    parts, values = list[str](), list[object]()
    for place in range(len(view.charter.sides)):
        rings = f"{_MATTER} AND a.office_id = %s AND a.place = %s AND m.precedence >= %s"
        timed = "WHERE a.office_id = %s AND a.place = %s AND a.due {} %s"
        for condition, order, bound in (
            (rings, "m.precedence DESC, a.due, a.id", RINGS),
            (timed.format("<="), "a.due, a.id", at),
            (timed.format(">"), "a.due, a.id", at),
        ):
            chosen = f"SELECT a.matter FROM {plain.AWAITED} a {condition} ORDER BY {order} LIMIT %s"  # noqa: S608 (conditions of ours)
            parts.append(f"SELECT * FROM ({chosen}) p{len(parts)}")  # noqa: S608 (as above)
            values += [view.id, place, bound, most]
    rows = plain.rows(view.alias, " UNION ALL ".join(parts), *values)
    return {matter: None for (matter,) in rows}


def _passed(view: OfficeView, since: str, at: str, found: Mapping[str, None]) -> tuple[Beyond, ...]:
    query = (
        f"SELECT matter, place, due FROM {plain.AWAITED} "  # noqa: S608 (no value is in it)
        "WHERE office_id = %s AND due > %s AND due <= %s"
    )
    return tuple(
        Beyond(view.charter.sides[place], due)
        for matter, place, due in plain.rows(view.alias, query, view.id, since, at)
        if matter not in found
    )


def _many(
    view: OfficeView, since: str, at: str, found: Mapping[str, None]
) -> tuple[dict[str, int], dict[str, int]]:
    """How many matters are due up to one instant, and how many beyond another, by side, but for those that
    were found.
    """
    many: Counter[tuple[bool, str]] = Counter()
    query = (
        f"SELECT place, CASE WHEN due > %s THEN 1 ELSE 0 END AS comes, COUNT(*) FROM {plain.AWAITED} "  # noqa: S608 (no value is in it)
        "WHERE office_id = %s AND (due <= %s OR due > %s)"
    )
    values = (at, view.id, since, at)
    for place, comes, number in plain.rows(view.alias, f"{query} GROUP BY place, comes", *values):
        many[bool(comes), view.charter.sides[place]] += number
    named = f"{query} AND matter IN {{}} GROUP BY place, comes"
    for place, comes, number in plain.within(view.alias, named, list(found), *values):
        many[bool(comes), view.charter.sides[place]] -= number
    over, coming = (
        {side: number for (comes, side), number in many.items() if number and comes == which}
        for which in (False, True)
    )
    return over, coming
