"""Figures: everything that the record says of a period, as of a named frontier, as one instrument.

It names the frontier by the size and root of every register, the period, the zone and the rules, and gives
every figure with its parts, so that any side can compute the same bytes from its own copy and countersign
them. Nothing is entered by hand, nothing is rounded, and what is not in the record is not in a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.office.office import Office
from yeollak.office.statistics.days import Days
from yeollak.office.statistics.period import Period
from yeollak.office.statistics.reading import Index
from yeollak.office.statistics.tally import Figure
from yeollak.record import canon

FORM: Final = "figures/1"
#: How many figures an index keeps.
_MOST: Final = 16
_WHAT: Final = "the figures"


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one office for one period as of one frontier.

    frontier  side -> (size, root in hex) of every party's register
    rules     the rules version by which the acts were judged and folded
    own       figure by name: what rests on the word of whoever signed it
    told      the same figures of what rests on the telling of others (`source`: press, other, outside)
    streaks, firsts  views that look back before the period and have no sum
    """

    office: str
    frontier: Mapping[str, tuple[int, str]]
    period: Period
    rules: str
    own: Mapping[str, Figure]
    told: Mapping[str, Figure]
    streaks: Sequence[Mapping[str, Any]]
    firsts: Sequence[Mapping[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """The instrument as a value: integers, and words of the record."""
        return {
            "firsts": [dict(first) for first in self.firsts],
            "form": FORM,
            "frontier": {side: [size, root] for side, (size, root) in self.frontier.items()},
            "office": self.office,
            "own": {name: figure.to_json() for name, figure in self.own.items()},
            "period": self.period.to_json(),
            "rules": self.rules,
            "streaks": [dict(streak) for streak in self.streaks],
            "told": {name: figure.to_json() for name, figure in self.told.items()},
        }

    def encode(self) -> bytes:
        """The instrument's bytes: deterministic JSON, the same on every node that holds the record."""
        return canon.encode(self.to_json(), what=_WHAT)


def zones_of(office: Office) -> tuple[str, ...]:
    """The time zones of the charter, in which a period may be counted: its parties', then its calendar's."""
    charter = office.charter
    calendar = charter.terms.get("calendar", {})
    named = [*(party.time_zone for party in charter.parties), calendar.get("zone", "")]
    return tuple(dict.fromkeys(zone for zone in named if isinstance(zone, str) and zone))


def figures(
    office: Office,
    frontier: Sequence[int] | None,
    period: Period,
    index: Index | None = None,
    *,
    looking_back: bool = True,
) -> Figures:
    """The figures of a period, as of a frontier: sizes of every register in the charter's order, or what is
    counted now where it is None.

    `index` may be kept by whoever asks often, so that what was counted is not counted again. Without
    `looking_back` streaks and firsts are left out, so that it is no instrument that could be stated. Raises
    RecordFault(`malformed`) for a zone that is not the charter's, and for a frontier that is beyond what is
    counted here or leaves out what an act below it has seen.
    """
    at = tuple(office.frontier() if frontier is None else frontier)
    check_frontier(office, at)
    if period.zone not in zones_of(office):
        raise RecordFault("malformed", what=_WHAT, why="their time zone is none of the charter's")
    if index is None or index.office is not office:
        index = Index(office)
    past = at, period, looking_back
    if past in index.past:
        # What lies below a frontier does not change; the newest is asked for again and again.
        known: Figures = index.past[past]
        return known
    index.refresh()
    days = _days(index, period.zone)
    days.refresh(period)
    if at != office.frontier():
        days = Days(index, period.zone, at, days)
        days.refresh(period)
    back = days.looking_back(period) if looking_back else ((), ())
    found = index.past[past] = as_of(office, at, period, days.figures(period), back)
    while len(index.past) > _MOST:
        del index.past[next(iter(index.past))]
    return found


def as_of(
    office: Office,
    frontier: Sequence[int],
    period: Period,
    sheets: tuple[Mapping[str, Figure], Mapping[str, Figure]],
    back: tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]],
) -> Figures:
    """Figures that were derived, as one instrument: both sheets, and streaks with firsts."""
    return Figures(
        office=office.charter.office,
        frontier={
            side: (size, office.ledger.root(place, size).hex())
            for place, (side, size) in enumerate(zip(office.parties, frontier, strict=True))
        },
        period=period,
        rules=office.charter.rules,
        own=sheets[0],
        told=sheets[1],
        streaks=back[0],
        firsts=back[1],
    )


def _days(index: Index, zone: str) -> Days:
    """The days of an index in a zone, which go on with it."""
    found = index.days.get(zone)
    if not isinstance(found, Days):
        found = index.days[zone] = Days(index, zone)
    return found


def check_frontier(office: Office, frontier: Sequence[int]) -> None:
    """Refuse what is no past of anything that can be counted here. Raises RecordFault(`malformed`)."""
    ledger = office.ledger
    if len(frontier) != len(office.parties):
        raise RecordFault("malformed", what=_WHAT, why="their frontier does not name every register")
    for place, size in enumerate(frontier):
        if not 0 <= size <= ledger.counted(place):
            raise RecordFault("malformed", what=_WHAT, why="their frontier is beyond what is counted here")
        last = ledger.finding(place, size - 1).after if size else ()
        if any(seen > named for seen, named in zip(last, frontier, strict=False)):
            raise RecordFault("malformed", what=_WHAT, why="their frontier leaves out what it has seen")
