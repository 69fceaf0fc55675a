"""Which calls the public page is drawn from: the newest, and where the silence begins with which they end.

A line that is called twice a day has thousands of calls after some years, and a page shows hundreds. What the
store has counted of calls (`models.TallyEvent`) says which those are; the others are counted here and not
kept. An act that comes late about one of them brings it back, with what it may end a silence of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from yeollak.office.fold import order
from yeollak.office.ledger import Counted, together
from yeollak.office.statistics.contacts import FACE_TO_FACE
from yeollak.storage import models, plain, tallies
from yeollak.storage.reading import OfficeView

#: The table whose matters are calls.
CALLS: Final = "check-in"
#: So many of the newest calls are kept, and those of their days: more than any page shows.
NEWEST: Final = 1000
_EVENT: Final = models.TallyEvent._meta.db_table
_MATTER: Final = models.Matter._meta.db_table
_OF: Final = f"{_EVENT} WHERE office_id = %s AND zone = 0 AND what = 'call'"
#: How often it is tried to read what the store has counted as of one moment, while it goes on counting.
_TRIES: Final = 5


class Calls:
    """The calls of one office that are kept. Belongs to whoever keeps their acts."""

    def __init__(self) -> None:
        #: How many calls are not kept.
        self.before = 0
        #: Up to where the store had counted calls when they were chosen; nowhere while all of them are kept.
        self.base: Sequence[int] = ()
        #: From which day on all are kept.
        self._since = ""
        self._kept: set[str] = set()

    def begin(self, view: OfficeView) -> set[str] | None:
        """Choose the calls that have to be kept, of those that the store has counted; returns their matters.
        None where it has counted nothing: then all have to be.
        """
        for _ in range(_TRIES):
            base = tallies.frontier(view)
            if not any(base):
                return None
            many, since = _number(view), _since(view)
            found = _from(view, since) | _around(view, _spoken(view))
            if tallies.frontier(view) == base:
                self.before, self.base, self._since = many, base, since
                return found
        return None

    def lacking(self, acts: Iterable[Counted]) -> set[str]:
        """The calls that some acts belong to and that are not kept."""
        return {one.matter for one in acts if one.procedure == CALLS} - self._kept if self.base else set()

    def take(self, view: OfficeView, acts: Collection[Counted]) -> set[str]:
        """Be told of acts of calls, of one that was not kept before all that there are; returns the matters
        of further calls that have to be kept for them.
        """
        if not self.base:
            return set()
        new = {one.matter for one in acts} - self._kept
        self._kept |= new
        self.before -= len({one.matter for one in acts if one.index < self.base[one.place]} & new)
        late = {
            str(one.move.facts["date"])
            for one in acts
            # What only speaks about a call, as everybody may, states no day, and ends no silence.
            if one.index >= self.base[one.place] and one.move is not None and one.move.kind == tallies.OBSERVE
        }
        return _around(view, (day for day in late if day < self._since)) - self._kept


def _number(view: OfficeView) -> int:
    ((many,),) = plain.rows(view.alias, f"SELECT COUNT(*) FROM {_OF}", view.id)  # noqa: S608 (no value is in it)
    return int(many)


def _since(view: OfficeView) -> str:
    """The day of the first of the newest calls; empty where there are no more than are kept."""
    query = f"SELECT day FROM {_OF} ORDER BY day DESC LIMIT 1 OFFSET %s"  # noqa: S608 (no value is in it)
    first = plain.first(view.alias, query, view.id, NEWEST - 1)
    return "" if first is None else str(first[0])


def _from(view: OfficeView, day: str) -> set[str]:
    query = f"SELECT matter FROM {_OF} AND day >= %s"  # noqa: S608 (no value is in it)
    return {matter for (matter,) in plain.rows(view.alias, query, view.id, day)}


def _spoken(view: OfficeView) -> Iterator[str]:
    """The day of the newest call that is part of no silence."""
    query = f"SELECT day FROM {_OF} AND outcome <> 'unanswered' ORDER BY day DESC LIMIT 1"  # noqa: S608 (no value is in it)
    last = plain.first(view.alias, query, view.id)
    # What came of a call is counted by what sides say of their own word, where one does; the page shows what
    # they pass on beside it, so that calls of which more was said are read.
    query = (
        f"SELECT e.matter, e.day FROM {_EVENT} e CROSS JOIN {_MATTER} m "  # noqa: S608 (no value is in it)
        "WHERE m.office_id = e.office_id AND m.matter = e.matter AND (m.acts > 1 OR e.sort = %s) "
        "AND e.office_id = %s AND e.zone = 0 AND e.what = 'call' AND e.day > %s ORDER BY e.day DESC"
    )
    days = dict(plain.rows(view.alias, query, FACE_TO_FACE, view.id, "" if last is None else last[0]))
    broken = next((matter for matter in together(view.ledger, days) if not _silent(view, matter)), None)
    if broken is not None:
        yield days[broken]
    elif last is not None:
        yield last[0]
    # Where there is none the silence is as old as the calls are.
    elif (first := plain.first(view.alias, f"SELECT MIN(day) FROM {_OF}", view.id)) is not None and first[0]:  # noqa: S608
        yield first[0]


def _silent(view: OfficeView, matter: str) -> bool:
    """Whether everybody who has entered a call saw it unanswered, and it was no contact in the building. What
    a side enters of a call is never overtaken.
    """
    acts = (one.move for one in sorted(view.ledger.matter(matter), key=order) if not one.void)
    seen = [move.facts for move in acts if move is not None and move.kind == tallies.OBSERVE]
    line = next((facts.get("line") for facts in seen), None)
    return line != FACE_TO_FACE and all(facts["view"] == "unanswered" for facts in seen)


def _around(view: OfficeView, days: Iterable[str]) -> set[str]:
    """The calls of these days and of the next day of each that has any: a silence begins there that was
    broken on the day.
    """
    found = set[str]()
    after = f"SELECT MIN(day) FROM {_OF} AND day > %s"  # noqa: S608 (no value is in it)
    query = f"SELECT matter FROM {_OF} AND day >= %s AND day <= %s"  # noqa: S608 (no value is in it)
    for day in days:
        ((last,),) = plain.rows(view.alias, after, view.id, day)
        found |= {matter for (matter,) in plain.rows(view.alias, query, view.id, day, last or day)}
    return found
