"""The matters of an office as lists show them: filtered, ordered, counted, and a page at a time.

Every filter and order is backed by an index, and a page is read by the last row of the one before it: what a
list costs does not grow with how far one has paged. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from yeollak.storage import models
from yeollak.storage.reading import OfficeView

Order = Literal["newest", "oldest", "opened", "due", "precedence"]
ORDERS: Final[tuple[Order, ...]] = ("newest", "oldest", "opened", "due", "precedence")
#: Beyond so many a list says that there are more, and counts no further.
MOST_COUNTED: Final = 1_000
#: Up to how many matters that wait are named in a query.
_NAMED: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of matters is asked for.

    awaited   a side that matters must wait for; `any` for whichever
    daily     whether matters that come about day by day by themselves are in it
    since     the day, as 2018-09-14, from which their newest act is, and `until` the day up to which it is,
              by the times that acts claim
    within    only these matters, where they are given: what a search has found
    """

    procedure: str = ""
    phase: str = ""
    awaited: str = ""
    precedence: int | None = None
    subject_class: str = ""
    settled: bool | None = None
    daily: bool = False
    since: str = ""
    until: str = ""
    order: Order = "newest"
    within: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """That a matter waits for `side` until `due`, the earliest where it waits for several things."""

    side: str
    due: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list and what the matter waits for."""

    row: models.Matter
    waits: tuple[Waits, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: its rows, and where the next one begins (None at the end)."""

    rows: tuple[Listed, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many matters meet a filter, and how many of those wait for each side or are not settled. `more`
    where there are more than were counted.
    """

    total: int
    more: bool
    awaited: dict[str, int]
    open: int


def listing(view: OfficeView, wanted: Wanted, size: int, after: str = "") -> Listing:
    """The page of a list that begins after the row that `after` names (the first where it names none)."""
    rows = _sorted(_filtered(view, wanted), view, wanted)
    rows = _after(rows, wanted, after)
    found = list(rows[: size + 1])
    shown = found[:size]
    waits = waits_of(view, [row.matter for row in shown])
    last = shown[-1] if len(found) > size else None
    return Listing(
        tuple(Listed(row, waits.get(row.matter, ())) for row in shown),
        None if last is None else f"{_place(last, wanted)}.{last.id}",
    )


def counts(view: OfficeView, wanted: Wanted) -> Counts:
    """How many matters meet a filter."""
    rows = _filtered(view, wanted)
    total = rows[: MOST_COUNTED + 1].count()
    awaited = {
        side: _filtered(view, replace(wanted, awaited=side))[: MOST_COUNTED + 1].count()
        for side in view.charter.sides
    }
    still_open = _filtered(view, replace(wanted, settled=False))[: MOST_COUNTED + 1].count()
    return Counts(min(total, MOST_COUNTED), total > MOST_COUNTED, awaited, still_open)


def procedures(view: OfficeView) -> dict[str, int]:
    """How many matters each procedure has, the most first."""
    rows = view.rows(models.Matter).values("procedure").annotate(many=Count("id")).order_by("-many")
    return {row["procedure"]: row["many"] for row in rows}


def phases(view: OfficeView, procedure: str) -> list[str]:
    """The phases that matters of a procedure are in."""
    rows = view.rows(models.Matter).filter(procedure=procedure).values_list("phase", flat=True)
    return sorted(rows.distinct())


def classes(view: OfficeView) -> list[str]:
    """The classes of subject that acts have named."""
    rows = view.rows(models.Matter).exclude(subject_class="").values_list("subject_class", flat=True)
    return sorted(rows.distinct()[:64])


def matter_row(view: OfficeView, matter: str) -> models.Matter | None:
    """The row of one matter, or None."""
    row: models.Matter | None = view.rows(models.Matter).filter(matter=matter).first()
    return row


def matter_rows(view: OfficeView, matters: Sequence[str]) -> dict[str, models.Matter]:
    """The rows of some matters, by id."""
    return {row.matter: row for row in view.rows(models.Matter).filter(matter__in=list(matters)[:500])}


def beginning(view: OfficeView, digits: str, most: int) -> list[str]:
    """The ids of matters that begin with these hexadecimal digits."""
    rows = view.rows(models.Matter).filter(matter__gte=digits, matter__lte=f"{digits:f<64}")
    return list(rows.order_by("matter").values_list("matter", flat=True)[:most])


def waits_of(view: OfficeView, matters: Sequence[str]) -> dict[str, tuple[Waits, ...]]:
    """What each of some matters waits for."""
    found: dict[str, tuple[Waits, ...]] = {}
    rows = view.rows(models.Awaited).filter(matter__in=list(matters)[:500]).order_by("due", "place")
    for matter, place, due in rows.values_list("matter", "place", "due"):
        found[matter] = (*found.get(matter, ()), Waits(view.charter.sides[place], due))
    return found


def awaiting(view: OfficeView, side: str | None = None, most: int = 500) -> list[str]:
    """The matters that wait for a side (for any, where none is named), the earliest due first, at most so
    many: what a docket looks at, so that it need not look at all.
    """
    rows = view.rows(models.Awaited)
    rows = rows if side is None else rows.filter(place=view.charter.places[side])
    return list(dict.fromkeys(rows.order_by("due", "id").values_list("matter", flat=True)[:most]))


def _filtered(view: OfficeView, wanted: Wanted) -> Any:
    rows = view.rows(models.Matter)
    if wanted.within is not None:
        rows = rows.filter(matter__in=list(wanted.within))
    if wanted.procedure:
        rows = rows.filter(procedure=wanted.procedure)
        if wanted.phase:
            rows = rows.filter(phase=wanted.phase)
    elif not wanted.daily and wanted.within is None:
        # IN, since SQLite finds no index for the NOT that Django makes of a false value.
        rows = rows.filter(daily__in=(False,))
    if wanted.precedence is not None:
        rows = rows.filter(precedence=wanted.precedence)
    if wanted.subject_class:
        rows = rows.filter(subject_class=wanted.subject_class)
    if wanted.settled is not None:
        rows = rows.filter(settled__in=(wanted.settled,))
    if wanted.since:
        rows = rows.filter(moved_at__gte=f"{wanted.since}T00:00:00Z")
    if wanted.until:
        rows = rows.filter(moved_at__lte=f"{wanted.until}T23:59:59Z")
    if wanted.awaited:
        waits = models.Awaited.objects.using(view.alias).filter(office_id=view.id)
        if wanted.awaited != "any":
            waits = waits.filter(place=view.charter.places[wanted.awaited])
        # Few are looked up by name; where many wait, a page is soon full of them in its own order.
        named = list(waits.values_list("matter", flat=True)[: _NAMED + 1])
        if len(named) <= _NAMED:
            rows = rows.filter(matter__in=named)
        else:
            rows = rows.filter(Exists(waits.filter(matter=OuterRef("matter"))))
    return rows


def _sorted(rows: Any, view: OfficeView, wanted: Wanted) -> Any:
    if wanted.order == "due":
        waits = models.Awaited.objects.using(view.alias).filter(office_id=view.id, matter=OuterRef("matter"))
        rows = rows.filter(Exists(waits)).annotate(due=Subquery(waits.order_by("due").values("due")[:1]))
        return rows.order_by("due", "id")
    return rows.order_by(*_ORDERS[wanted.order])


_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "newest": ("-updated", "-id"),
    "oldest": ("updated", "id"),
    "opened": ("-opened", "-id"),
    "precedence": ("-precedence", "-updated", "-id"),
}


def _place(row: Any, wanted: Wanted) -> str:
    """Where a row stands in its order, for the address of the next page."""
    match wanted.order:
        case "due":
            return str(row.due)
        case "opened":
            return str(row.opened)
        case "precedence":
            return f"{row.precedence}-{row.updated}"
        case _:
            return str(row.updated)


def _after(rows: Any, wanted: Wanted, after: str) -> Any:
    """The rows behind the one that a page ended with; all of them where `after` is not one of ours."""
    place, _, number = after.rpartition(".")
    if not place or not number.isdecimal() or len(after) > 64:
        return rows
    row = int(number)
    if wanted.order == "due":
        return rows.filter(Q(due__gt=place) | Q(due=place, id__gt=row), due__gte=place)
    parts = place.split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) != 1 + (wanted.order == "precedence"):
        return rows
    values = [int(part) for part in parts]
    if wanted.order == "newest":
        return rows.filter(
            Q(updated__lt=values[0]) | Q(updated=values[0], id__lt=row), updated__lte=values[0]
        )
    if wanted.order == "oldest":
        return rows.filter(
            Q(updated__gt=values[0]) | Q(updated=values[0], id__gt=row), updated__gte=values[0]
        )
    if wanted.order == "opened":
        return rows.filter(Q(opened__lt=values[0]) | Q(opened=values[0], id__lt=row), opened__lte=values[0])
    later = Q(precedence=values[0]) & (Q(updated__lt=values[1]) | Q(updated=values[1], id__lt=row))
    return rows.filter(Q(precedence__lt=values[0]) | later, precedence__lte=values[0])
