"""Counting for figures and call books what has been told to pages, portion by portion, and storing it.

What a portion costs is what the matters of its acts cost, however long the record is; nothing is kept in
memory from one to the next. A portion is derived while others may write, and stored by compare-and-swap:
whoever has counted the same meanwhile has stored the same. Where a late act changes what a matter counted on
a day long past, the difference is stored there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from yeollak.office.ledger import TOGETHER, Counted
from yeollak.office.statistics.counts import Counts, Place, moved
from yeollak.office.statistics.period import stated
from yeollak.storage import models, plain, reading, tallies
from yeollak.storage.public import marked
from yeollak.storage.reading import OfficeView
from yeollak.storage.writer import Writer, as_json

#: How many acts of each register a portion has at most, and how many rows are thrown away at once.
PORTION: Final = 4096
_DROPPED: Final = 4096
_TABLES: Final = (
    models.TallyCell,
    models.TallyEvent,
    models.TallyLink,
    models.TallyDay,
    models.TallyMark,
    models.TallyDead,
)
_CELL: Final = ("office_id", "zone", "span", "own", "figure", "cell", "many", "low", "high")
_EVENT: Final = (
    "office_id", "zone", "what", "matter", "day", "turn", "place", "hour", "sort", "outcome", "own", "views",
)  # fmt: skip

_Row = tuple[Any, ...]


class Tallying(Writer):
    """Stores what figures and call books count. May be used from several threads and processes at once;
    `pause` is called between pieces of the work, never within a transaction.
    """

    def __init__(self, alias: str = "default", pause: Callable[[], None] = lambda: None) -> None:
        super().__init__(alias)
        self._pause = pause

    def tally(self, office: str, most: int = PORTION) -> bool:
        """Count and store the next acts that pages know, at most so many of each register; returns whether
        there is more. Raises OurFault(`no-such-office`, `store-failed`).
        """
        # A view of its own: what it remembers of a portion ends with it.
        view = reading.own_view(self.alias, office)
        view.refresh()
        by = tallies.rule(view.office)
        row = view.rows(models.Tally).values_list("rule", "frontier").first()
        if row is None:
            with self.atomic():
                nothing = (view.id, by, json.dumps([0] * len(view.charter.sides)), 0)
                columns = ("office_id", "rule", "frontier", "total")
                plain.insert(self.alias, models.Tally, columns, [nothing], once=True)
            return True
        if row[0] != by:
            return self._drop(view, by, row[0])
        old = tuple(json.loads(row[1]))
        new = _goal(view, old, most)
        if new is None:
            return False
        portion = _Portion(view, old, new, self._pause)
        with self.atomic():
            rows = view.rows(models.Tally).filter(rule=by, frontier=row[1])
            if rows.update(frontier=json.dumps(new), total=sum(new)):
                portion.store()
        return new != view.ledger.shown

    def _drop(self, view: OfficeView, by: str, known: str) -> bool:
        """Throw away some of what was counted by other rules; once nothing is left of it, begin anew."""
        with self.atomic():
            if known:
                view.rows(models.Tally).update(rule="")
            for model in _TABLES:
                some = list(view.rows(model).values_list("id", flat=True)[:_DROPPED])
                if some:
                    view.rows(model).filter(id__gte=min(some), id__lte=max(some)).delete()
                    return True
            none = json.dumps([0] * len(view.charter.sides))
            view.rows(models.Tally).filter(rule="").update(rule=by, frontier=none, total=0)
        return True


def forget(view: OfficeView) -> None:
    """Throw away everything that was counted of an office, in the caller's transaction."""
    for model in (*_TABLES, models.Tally):
        view.rows(model).delete()


def recount(alias: str, office: str) -> None:
    """Throw away what is stored of counts and lines of the state digest, which nodes then make anew. Raises
    OurFault(`no-such-office`, `store-failed`).
    """
    view = reading.office_view(alias, office)
    with Writer(alias).atomic():
        forget(view)
        view.rows(models.Matter).update(line=None)


def _goal(view: OfficeView, old: Sequence[int], most: int) -> tuple[int, ...] | None:
    """The next frontier, which has everything that its acts have seen; None where there is none yet."""
    shown = view.ledger.shown
    if any(at > size for at, size in zip(old, shown, strict=True)):
        return None  # pages are being told anew
    places = range(len(old))
    place = max(places, key=lambda one: shown[one] - old[one])
    if shown[place] == old[place]:
        return None
    while True:
        last = view.ledger.finding(place, min(old[place] + most, shown[place]) - 1)
        new = tuple(map(max, old, last.after))
        far = max(places, key=lambda one: new[one] - old[one])
        if new[far] - old[far] <= most:
            break
        # It has seen more of another register than a portion has: that one goes first.
        place = far
    return new if all(at <= size for at, size in zip(new, shown, strict=True)) else None


class _Portion:
    """What changes from one frontier to the next, derived before anything is written."""

    def __init__(
        self, view: OfficeView, old: Sequence[int], new: Sequence[int], pause: Callable[[], None]
    ) -> None:
        self._view = view
        allowed = list(tallies.between(view, old, new))
        self._marks = [(view.id, one.place, one.index) for one in marked(view, allowed)]
        self._dead = [(view.id, one.place, one.index) for one in allowed if tallies.dead(one)]
        acts = [one for one in allowed if tallies.counts(one)]
        naming: dict[str, list[str]] = {}
        for one in acts:
            for named in _names(one):
                naming.setdefault(named, []).append(one.matter)
        self._links = [(view.id, matter, named) for named, several in naming.items() for matter in several]
        self._days = {
            (view.id, day, one.matter)
            for one in acts
            if one.move is not None and (day := stated(one.move)[:10]) != one.move.at[:10]
        }
        matters = sorted(tallies.linked(view, {one.matter for one in acts}, naming))
        self._cells: list[_Row] = []
        self._less: set[tuple[int, str]] = set()
        self._gone: list[tuple[int, str, list[str]]] = []
        self._events: list[_Row] = []
        for number, zone in enumerate(tallies.zones(view.office)):
            before, after = Counts(view.office, old, zone), Counts(view.office, new, zone)
            for start in range(0, len(matters), TOGETHER):
                # Their acts are read once for both.
                few = matters[start : start + TOGETHER]
                before.take(few)
                after.take(few)
                pause()
            self._count(number, before, after)
            self._meet(number, before, after)

    def store(self) -> None:
        """Write it, in the caller's transaction."""
        view, alias = self._view, self._view.alias
        plain.insert(alias, models.TallyCell, _CELL, self._cells, replace=_CELL[:6], adding=True)
        for zone, span in sorted(self._less):
            rows = view.rows(models.TallyCell).filter(zone=zone, span=span, many=0)
            rows.delete()
        for zone, what, gone in self._gone:
            for start in range(0, len(gone), 400):
                rows = view.rows(models.TallyEvent).filter(zone=zone, what=what)
                rows.filter(matter__in=gone[start : start + 400]).delete()
        plain.insert(alias, models.TallyEvent, _EVENT, self._events, replace=_EVENT[:4])
        for model, columns, rows in (
            (models.TallyLink, ("office_id", "matter", "named"), self._links),
            (models.TallyDay, ("office_id", "day", "matter"), sorted(self._days)),
            (models.TallyMark, ("office_id", "place", "index"), self._marks),
            (models.TallyDead, ("office_id", "place", "index"), self._dead),
        ):
            plain.insert(alias, model, columns, rows, once=True)

    def _count(self, zone: int, before: Counts, after: Counts) -> None:
        sums: dict[tuple[str, Place], list[int]] = {}
        for one, times in moved(before, after):
            day, place = one.day.isoformat(), (one.own, one.figure, one.cell)
            for span in (day, day[:7], day[:4]):
                held = sums.setdefault((span, place), [0, 0])
                held[0] += times
                held[1] += times * one.number
        for (span, (own, figure, cell)), (many, number) in sums.items():
            if many or number:
                high, low = divmod(abs(number), tallies.RADIX)
                sign = 1 if number >= 0 else -1
                text = json.dumps(cell, separators=(",", ":"))
                self._cells.append(
                    (self._view.id, zone, span, own, figure, text, many, sign * low, sign * high)
                )
            if many < 0:
                self._less.add((zone, span))

    def _meet(self, zone: int, before: Counts, after: Counts) -> None:
        whats = (("call", called), ("contact", met)) if not zone else (("contact", met),)
        for what, rows in whats:
            was, now = rows(before), rows(after)
            self._gone.append((zone, what, sorted(was.keys() - now.keys())))
            self._events += [
                (self._view.id, zone, what, matter, *row)
                for matter, row in now.items()
                if was.get(matter) != row
            ]


def called(counts: Counts) -> dict[str, _Row]:
    """The calls among what was counted, by matter, as they are stored (`_EVENT`)."""
    return {
        matter: (
            call.day.isoformat(),
            *call.order,
            call.hour,
            call.line,
            call.outcome,
            call.own,
            as_json(call.views).decode(),
        )
        for matter, call in counts.calls.items()
    }


def met(counts: Counts) -> dict[str, _Row]:
    """The contacts among what was counted, by matter, as they are stored."""
    return {
        matter: (one.day.isoformat(), *one.order[1], None, one.level, "", one.own, "")
        for matter, one in counts.contacts.items()
    }


def _names(found: Counted) -> Iterator[str]:
    """The acts that the report of a contact names."""
    if found.move is not None and found.move.kind == tallies.REPORT:
        yield from dict.fromkeys(found.move.re)
