"""What waits, as far as a page or a list shows it, and how much there is beyond: nothing is folded to be
counted.

Notes that nobody ever answers wait for ever, so that what waits grows with the years; what is looked at first
does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yeollak.office.zones import whole
from yeollak.record.canon import format_instant
from yeollak.record.document import PRECEDENCES
from yeollak.storage import plain
from yeollak.storage.reading import OfficeView

#: From which precedence on a matter rings, whatever its time.
RINGS: Final = PRECEDENCES.index("immediate")
_MATTER = f"JOIN {plain.MATTER} m ON m.office_id = a.office_id AND m.matter = a.matter"


@dataclass(frozen=True, slots=True)
class Beyond:
    """A matter that waits for a side and is not among the foremost, and the earliest due by which it does."""

    side: str
    due: str


@dataclass(frozen=True, slots=True)
class Foremost:
    """The matters that a docket looks at, and those beyond: of which the due has passed each by itself, of
    the others only how many there are, by side.
    """

    matters: tuple[str, ...]
    passed: tuple[Beyond, ...]
    coming: dict[str, int]

    def many(self, side: str) -> int:
        """How many matters beyond the foremost wait for a side."""
        return self.coming.get(side, 0) + sum(one.side == side for one in self.passed)


def foremost(view: OfficeView, now: datetime, most: int) -> Foremost:
    """What waits for each side: at most so many matters that ring, so many of which the due has passed, the
    earliest first, and so many that are due next; all of them, where that is not more.
    """
    at = format_instant(whole(now))
    found = dict[str, None]()
    for place in range(len(view.charter.sides)):
        rings = f"{_MATTER} WHERE a.office_id = %s AND a.place = %s AND m.precedence >= %s"
        found |= _matters(view, rings, "m.precedence DESC, a.due, a.id", most, place, RINGS)
        for time in ("<=", ">"):
            timed = f"WHERE a.office_id = %s AND a.place = %s AND a.due {time} %s"
            found |= _matters(view, timed, "a.due, a.id", most, place, at)
    return Foremost(tuple(found), *_beyond(view, at, found))


def _matters(view: OfficeView, condition: str, order: str, most: int, *values: object) -> dict[str, None]:
    query = f"SELECT a.matter FROM {plain.AWAITED} a {condition} ORDER BY {order} LIMIT %s"  # noqa: S608 (conditions of ours)
    return {matter: None for (matter,) in plain.rows(view.alias, query, view.id, *values, most)}


def _beyond(view: OfficeView, at: str, found: dict[str, None]) -> tuple[tuple[Beyond, ...], dict[str, int]]:
    sides: Sequence[str] = view.charter.sides
    query = f"SELECT matter, place, due FROM {plain.AWAITED} WHERE office_id = %s AND due <= %s"  # noqa: S608 (no value is in it)
    passed = tuple(
        Beyond(sides[place], due)
        for matter, place, due in plain.rows(view.alias, query, view.id, at)
        if matter not in found
    )
    query = f"SELECT place, COUNT(*) FROM {plain.AWAITED} WHERE office_id = %s AND due > %s GROUP BY place"  # noqa: S608 (no value is in it)
    coming = {sides[place]: many for place, many in plain.rows(view.alias, query, view.id, at)}
    query = f"SELECT place, COUNT(*) FROM {plain.AWAITED} WHERE office_id = %s AND due > %s AND matter IN {{}} GROUP BY place"  # noqa: S608, E501 (no value is in it)
    for place, many in plain.within(view.alias, query, list(found), view.id, at):
        coming[sides[place]] -= many
    return passed, {side: many for side, many in coming.items() if many}
