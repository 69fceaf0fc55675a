"""The record act by act, as the line shows it: filtered, and a page at a time, from either end or around one.

The order is that of the record, (turn, place), which is the same on every node and which no claimed time
moves. Between days, which are those that acts claim, the order is that of the claimed times. Every page is
read by an index from the last row of the one before it. Only `index` and `forget` write, in their caller's
transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Final

from django.db.models import F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Cast

from yeollak.errors import RecordFault
from yeollak.office.ledger import Counted
from yeollak.office.zones import of_second
from yeollak.record.document import PRECEDENCES, Act
from yeollak.storage import models, plain
from yeollak.storage.columns import distinct, narrowed
from yeollak.storage.reading import OfficeView

#: Kinds by which nodes speak of the line and of files: no person signs them.
UNSPOKEN: Final = ("line.", "enclosure.")
#: How many acts that a search has found a page is looked for among.
MOST_FOUND: Final = 500
_LONGEST_CURSOR: Final = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the line is asked for.

    side        acts of this side alone
    least       the lowest precedence: 0 routine to 3 flash
    since       the day, as 2018-09-14, from which acts claim to be, and `until` the day up to which
    nodes       whether what nodes say of the line is in it too
    within      only these acts, where they are given: what a search has found
    voids       void acts alone, whatever else is asked for
    """

    side: str = ""
    procedure: str = ""
    kind: str = ""
    least: int = 0
    since: str = ""
    until: str = ""
    nodes: bool = False
    within: Sequence[str] | None = None
    voids: bool = False

    @property
    def dated(self) -> bool:
        """Whether days are asked for, so that the order is that of the claimed times."""
        return bool(self.since or self.until)


@dataclass(frozen=True, slots=True)
class Page:
    """Acts in their order, the earliest first, and the cursors of what lies before and after them; empty
    where nothing does.
    """

    acts: tuple[Counted, ...]
    earlier: str
    later: str


_Row = tuple[Any, ...]


def index(view: OfficeView, found: Sequence[Counted], acts: Sequence[tuple[Counted, Act]]) -> None:
    """Keep the rungs of acts that have newly been counted; `acts` has the documents that are known."""
    known = {(one.place, one.index): act.precedence for one, act in acts}
    plain.insert(view.alias, models.Rung, _RUNG_ROW, (_row(view, one, known) for one in found))


def forget(view: OfficeView) -> None:
    """Throw the rungs of an office away."""
    view.rows(models.Rung).delete()


def newest(view: OfficeView, wanted: Wanted, size: int) -> Page:
    """The newest acts."""
    return before(view, wanted, size, "")


def before(view: OfficeView, wanted: Wanted, size: int, cursor: str) -> Page:
    """The acts just before a cursor; the newest, where it is none of ours."""
    rows = list(islice(_rows(view, wanted, cursor, back=True), size + 1))
    shown = rows[:size][::-1]
    more = _place_of(cursor, wanted) is not None
    return Page(
        _counted(view, shown),
        _cursor(shown[0]) if len(rows) > size else "",
        _cursor(shown[-1]) if shown and more else "",
    )


def after(view: OfficeView, wanted: Wanted, size: int, cursor: str) -> Page:
    """The acts just after a cursor; the oldest, where it is none of ours."""
    rows = list(islice(_rows(view, wanted, cursor, back=False), size + 1))
    shown = rows[:size]
    more = _place_of(cursor, wanted) is not None
    return Page(
        _counted(view, shown),
        _cursor(shown[0]) if shown and more else "",
        _cursor(shown[-1]) if len(rows) > size else "",
    )


def around(view: OfficeView, act: str, size: int) -> Page | None:
    """An act among what lies around it, whatever it is; None for one that is not counted here."""
    row = view.rows(models.Rung).filter(act=act).order_by("turn", "place").first()
    if row is None:
        return None
    wanted = Wanted(nodes=not row.spoken)
    at = _cursor((row.turn, row.place))
    half = size // 2
    above = list(islice(_rows(view, wanted, at, back=True), half + 1))
    below = list(islice(_rows(view, wanted, at, back=False), size - half))
    shown = [*above[:half][::-1], (row.turn, row.place, row.index), *below[: size - half - 1]]
    return Page(
        _counted(view, shown),
        _cursor(shown[0]) if len(above) > half else "",
        _cursor(shown[-1]) if len(below) == size - half else "",
    )


def kinds(view: OfficeView) -> list[str]:
    """The kinds of act that there are."""
    return distinct(view, models.Rung, "kind")


def procedures(view: OfficeView) -> list[str]:
    """The procedures that acts belong to."""
    return distinct(view, models.Rung, "procedure")


def receipts(view: OfficeView, acts: Sequence[Counted]) -> dict[str, dict[str, datetime]]:
    """When each other side first receipted these acts, by its own clock: act id -> side -> instant. One query
    for each register and cosigner, however many acts there are.
    """
    found: dict[str, dict[str, datetime]] = {act.id: {} for act in acts}
    for act, side, _, time in _receipted(view, acts):
        found[act.id][side] = of_second(time)
    return found


def first_receipts(view: OfficeView, acts: Sequence[Counted]) -> dict[str, tuple[str, datetime]]:
    """Who has receipted these acts first, by the sizes that were receipted, and when by that side's clock."""
    found: dict[str, tuple[int, int, str]] = {}
    for act, side, size, time in _receipted(view, acts):
        found[act.id] = min(found.get(act.id, (size, time, side)), (size, time, side))
    return {act: (side, of_second(time)) for act, (_, time, side) in found.items()}


def precedences(view: OfficeView, acts: Sequence[Counted]) -> dict[str, str]:
    """The precedence that each of these acts has in the list of the line."""
    found: dict[str, str] = {}
    for place in {act.place for act in acts}:
        ids = {act.index: act.id for act in acts if act.place == place}
        rows = view.rows(models.Rung).filter(place=place, index__in=list(ids))
        for at, level in rows.values_list("index", "precedence"):
            found[ids[at]] = PRECEDENCES[level]
    return found


def _receipted(view: OfficeView, acts: Sequence[Counted]) -> Iterator[tuple[Counted, str, int, int]]:
    """The receipts that first cover each act, of every other side: act, side, size and second."""
    for place in {act.place for act in acts}:
        some = {act.index: act for act in acts if act.place == place}
        for cosigner, side in enumerate(view.charter.sides):
            if cosigner == place:
                continue
            rows = models.Receipt.objects.using(view.alias).filter(
                office_id=view.id, place=place, cosigner=cosigner, size__gt=OuterRef("index")
            )
            first = rows.order_by("size").values("id")[:1]
            named = view.rows(models.Rung).filter(place=place, index__in=list(some))
            by_index = dict(named.annotate(receipt=Subquery(first)).values_list("index", "receipt"))
            # Several acts lie under one receipt.
            held = view.rows(models.Receipt).filter(id__in=set(by_index.values()) - {None})
            read = {row[0]: row[1:] for row in held.values_list("id", "size", "time")}
            for at, receipt in by_index.items():
                if receipt in read:
                    yield some[at], side, *read[receipt]


#: The columns of a rung, as `_row` gives them.
_RUNG_ROW: Final = (
    "office_id", "place", "index", "act", "procedure", "kind", "precedence", "turn", "at", "spoken", "void",
)  # fmt: skip


def _row(view: OfficeView, one: Counted, known: Mapping[tuple[int, int], str]) -> _Row:
    move = one.move
    precedence = known.get((one.place, one.index), "")
    spoken = move is None or not move.kind.startswith(UNSPOKEN)
    if not precedence and spoken and move is not None:
        try:
            precedence = Act.parse(view.ledger.entry(one.place, one.index).document).precedence
        except RecordFault:
            precedence = ""
    level = PRECEDENCES.index(precedence) if precedence else 0
    kind, at = (move.kind, move.at) if move is not None else ("", "")
    return (
        view.id, one.place, one.index, one.id, one.procedure, kind, level, one.turn, at, spoken,
        bool(one.void),
    )  # fmt: skip


def _rows(view: OfficeView, wanted: Wanted, cursor: str, *, back: bool) -> Iterator[_Row]:
    """The rows that are wanted on one side of a cursor, the nearest first.

    The last column is the position, those before it are the order. Rows of several precedences, or of people
    and nodes, are read by one index each and merged, so that no page costs more than it shows.
    """
    names = ("at", "turn", "place") if wanted.dated else ("turn", "place")
    held = _place_of(cursor, wanted)
    streams = []
    for rows in _parts(view, wanted):
        some = rows if held is None else rows.filter(_beyond(names, held, back=back))
        order = [f"-{name}" if back else name for name in names]
        streams.append(some.order_by(*order).values_list(*names, "index").iterator(chunk_size=128))
    return merge(*streams, reverse=back)


def _parts(view: OfficeView, wanted: Wanted) -> list[Any]:
    rows = view.rows(models.Rung)
    if wanted.within is not None:
        rows = rows.filter(act__in=list(wanted.within)[:MOST_FOUND])
    if wanted.since:
        rows = rows.filter(at__gte=f"{wanted.since}T00:00:00Z")
    if wanted.until:
        rows = rows.filter(at__lte=f"{wanted.until}T23:59:59Z")
    if wanted.voids:
        return [rows.filter(void__in=(True,))]
    place = view.charter.places.get(wanted.side)
    chosen = wanted.within is not None or wanted.dated
    if wanted.kind:
        if not view.rows(models.Rung).filter(kind=wanted.kind).exists():
            return []
        rows, chosen = narrowed(rows, "kind", wanted.kind, chosen), True
    if wanted.procedure:
        rows, chosen = narrowed(rows, "procedure", wanted.procedure, chosen), True
    levels = range(wanted.least, len(PRECEDENCES)) if wanted.least else ()
    if levels and chosen:
        rows = rows.annotate(rank=Cast(F("precedence"), IntegerField())).filter(rank__gte=wanted.least)
    parts = [rows.filter(precedence=level) for level in levels] if levels and not chosen else [rows]
    chosen = chosen or bool(levels)
    if place is not None:
        parts = [narrowed(one, "place", place, chosen) for one in parts]
    if wanted.nodes or wanted.kind or wanted.procedure or (levels and not wanted.dated):
        # What a kind, a procedure or a precedence chooses is shown, whoever says it.
        if chosen:
            return parts
        return [one.filter(spoken__in=(spoken,)) for one in parts for spoken in (True, False)]
    return [narrowed(one, "spoken", True, chosen) for one in parts]


def _beyond(names: Sequence[str], held: _Row, *, back: bool) -> Q:
    """The condition that a row lies beyond the one that is held, in a form that an index serves."""
    word = "lt" if back else "gt"
    found = Q()
    for last in range(len(names)):
        same = Q(**dict(zip(names[:last], held[:last], strict=True)))
        found |= same & Q(**{f"{names[last]}__{word}": held[last]})
    return found & Q(**{f"{names[0]}__{word}e": held[0]})


def _counted(view: OfficeView, rows: Sequence[_Row]) -> tuple[Counted, ...]:
    return tuple(view.ledger.finding(row[-2], row[-1]) for row in rows)


def _cursor(row: _Row) -> str:
    # A row that was read ends with its position, a place in the order does not.
    return ".".join(str(value) for value in (row if len(row) == 2 else row[:-1]))


def _place_of(cursor: str, wanted: Wanted) -> _Row | None:
    """The place in the order that a cursor names, or None for one that is none of ours."""
    parts = cursor[:_LONGEST_CURSOR].split(".")
    if len(parts) != 2 + wanted.dated or not all(part.isdecimal() and len(part) < 19 for part in parts[-2:]):
        return None
    return (*parts[:-2], *map(int, parts[-2:]))
