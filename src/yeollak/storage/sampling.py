"""Samples of what the store has counted, held against what the record gives when it is derived afresh.

What is stored follows from the record, and pages and the digest of the state rest on it. What a disk has
lost, or another program or a fault of this one has left, is seen before somebody is shown what is not so.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from yeollak.office.folds import MatterFolds
from yeollak.office.ledger import together
from yeollak.office.office import Office
from yeollak.office.statistics import Period
from yeollak.office.statistics.counts import Counts, Sums
from yeollak.storage import models, plain, state_lines, tallies, tallying
from yeollak.storage.reading import OfficeView

#: How many matters are folded for their lines.
MATTERS: Final = 32
#: How often a month is read again because what is stored has moved meanwhile.
_TRIES: Final = 5
_CELL: Final = models.TallyCell._meta.db_table
_EVENT: Final = models.TallyEvent._meta.db_table
_MONTHS: Final = (
    f"SELECT DISTINCT span FROM {_CELL} WHERE office_id = %s AND zone = 0 AND LENGTH(span) = 7 ORDER BY span"  # noqa: S608 (no value is in it)
)
_CELLS: Final = (
    f"SELECT span, own, figure, cell, many, low, high FROM {_CELL} "  # noqa: S608 (no value is in it)
    "WHERE office_id = %s AND zone = %s AND span IN {}"
)
_EVENTS: Final = (
    "SELECT matter, day, turn, place, hour, sort, outcome, own, views "  # noqa: S608 (no value is in it)
    f"FROM {_EVENT} WHERE office_id = %s AND zone = %s AND what = %s AND day >= %s AND day <= %s"
)

_Row = tuple[Any, ...]


def unequal(view: OfficeView, chance: Random, *, everything: bool = False) -> Iterator[str]:
    """Look at one of the months that were counted and at some matters, or with `everything` at all months;
    gives each month, as 2018-09, and the id of each matter of which something else is stored than the record
    gives.
    """
    months = [month for (month,) in plain.rows(view.alias, _MONTHS, view.id)]
    for month in months if everything else chance.sample(months, min(1, len(months))):
        if not _fits(view, month):
            yield month
    yield from _lines(view, chance)


def _fits(view: OfficeView, month: str) -> bool:
    for _ in range(_TRIES):
        base = tallies.frontier(view)
        same = all(
            _same(view, base, number, zone, month) for number, zone in enumerate(tallies.zones(view.office))
        )
        if tallies.frontier(view) == base:
            return same or not any(base)
        view.refresh()
    return True  # a store that counts without a pause: it is looked at another time


def _same(view: OfficeView, base: Sequence[int], number: int, zone: str, month: str) -> bool:
    """Whether the cells of a month and of its days are what its matters count, those of its year what its
    months come to, and calls and contacts what they were.
    """
    first = date.fromisoformat(f"{month}-01")
    period = Period(first, (first + timedelta(days=31)).replace(day=1), zone)
    # An office of its own: what it remembers of folds is let go with it.
    counts = Counts(Office(view.charter, view.ledger), base, zone)
    counts.take(sorted(tallies.linked(view, tallies.speaking(view, period), {})))
    days = [str(first + timedelta(days=at)) for at in range((period.until - first).days)]
    afresh: defaultdict[str, Sums] = defaultdict(Sums)
    for several in counts.counted.values():
        for one in several:
            if period.holds(one.day):
                for span in (month, str(one.day)):
                    afresh[span].add((one.own, one.figure, one.cell), 1, one.number)
    stored = _stored(view, number, [month, *days])
    if any(stored[span].held() != afresh[span].held() for span in (month, *days)):
        return False
    year, months = month[:4], [f"{month[:4]}-{at:02}" for at in range(1, 13)]
    if _stored(view, number, [year])[year].held() != _stored(view, number, months, year)[year].held():
        return False
    whats = [("contact", tallying.met(counts))]
    if not number:
        whats.append(("call", tallying.called(counts)))
    return all(_events(view, number, what, days) == _within(rows, days) for what, rows in whats)


def _stored(view: OfficeView, number: int, spans: Sequence[str], into: str = "") -> dict[str, Sums]:
    """The cells of some spans, or all of them `into` one."""
    found: defaultdict[str, Sums] = defaultdict(Sums)
    for span, own, figure, cell, many, low, high in plain.within(view.alias, _CELLS, spans, view.id, number):
        place = bool(own), figure, tuple(json.loads(cell))
        found[into or span].add(place, many, low + high * tallies.RADIX)
    return found


def _events(view: OfficeView, number: int, what: str, days: Sequence[str]) -> dict[str, _Row]:
    asked = view.id, number, what, days[0], days[-1]
    rows = plain.rows(view.alias, _EVENTS, *asked)
    return {matter: (*row[:6], bool(row[6]), row[7]) for matter, *row in rows}


def _within(rows: Mapping[str, _Row], days: Sequence[str]) -> dict[str, _Row]:
    return {matter: row for matter, row in rows.items() if days[0] <= row[0] <= days[-1]}


def _lines(view: OfficeView, chance: Random) -> Iterator[str]:
    """Matters whose line is said to rest on the acts that they have, and says something else."""
    after = f"{chance.getrandbits(64):016x}"
    rows = plain.rows(view.alias, state_lines.ROWS, view.id, after, MATTERS)
    if len(rows) < MATTERS:
        rows = plain.rows(view.alias, state_lines.ROWS, view.id, "", MATTERS)
    said = {matter: found for matter, acts, line, _ in rows if (found := state_lines.read(line, acts))}
    over = {matter: acts for matter, acts, _, _ in rows}
    for matter in together(view.ledger, sorted(said)):
        folds = MatterFolds(view.charter.sides)
        folds.read(view.ledger.matter(matter))
        # One that has had another act since is looked at another time.
        if sum(folds.sizes()) == over[matter] and state_lines.written(folds).split(" ")[2] != said[matter]:
            yield matter
