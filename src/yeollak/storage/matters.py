"""The matters of an office as lists show them: filtered, ordered, counted, and a page at a time.

Every filter and order is backed by an index, and a page is read by the last row of the one before it: what a
list costs does not grow with how far one has paged. Nothing here writes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from yeollak.office.unread import DELIVERED, unread
from yeollak.storage import models
from yeollak.storage.columns import distinct, narrowed
from yeollak.storage.reading import OfficeView

Order = Literal["newest", "oldest", "opened", "due", "precedence"]
ORDERS: Final[tuple[Order, ...]] = ("newest", "oldest", "opened", "due", "precedence")
#: Beyond so many a list says that there are more, and counts no further.
MOST_COUNTED: Final = 1_000
#: Up to how many matters that wait are looked up one by one.
_NAMED: Final = 3_000


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
    rows = _after(_sorted(_filtered(view, wanted), view, wanted), wanted, after)
    # The places alone are sorted, and then the rows of the page are read: a row is a hundred times as large.
    names = _NAMES[wanted.order]
    places = list(rows.values_list("id", *names)[: size + 1])
    shown = [place[0] for place in places[:size]]
    held = view.rows(models.Matter).in_bulk(shown)
    waits = waits_of(view, [held[number].matter for number in shown if number in held])
    last = None
    if len(places) > size:
        number, *values = places[size - 1]
        last = f"{'-'.join(map(str, values))}.{number}"
    return Listing(
        tuple(Listed(held[one], waits.get(held[one].matter, ())) for one in shown if one in held), last
    )


def counts(view: OfficeView, wanted: Wanted) -> Counts:
    """How many matters meet a filter."""
    rows = _filtered(view, wanted)
    total = rows[: MOST_COUNTED + 1].count()
    still_open = _filtered(view, replace(wanted, settled=False))[: MOST_COUNTED + 1].count()
    awaited = _awaited(view, wanted)
    return Counts(min(total, MOST_COUNTED), total > MOST_COUNTED, awaited, still_open)


def _awaited(view: OfficeView, wanted: Wanted) -> dict[str, int]:
    """How many of the matters wait for each side: what waits is gone through, which is less than there is."""
    rows = _filtered(view, replace(wanted, awaited=""))
    same = Exists(rows.filter(matter=OuterRef("matter")))
    return {
        side: view.rows(models.Awaited).filter(same, place=place)[: MOST_COUNTED + 1].count()
        for place, side in enumerate(view.charter.sides)
    }


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
    return distinct(view, models.Matter, "subject_class", 64)


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


def delivered(view: OfficeView, side: str, most: int = 100) -> list[str]:
    """The matters whose text was delivered to a side that has signed nothing of it (`office.unread`), those
    that moved last first, at most so many.
    """
    found: list[tuple[int, str]] = []
    for procedure, phases in DELIVERED.items():
        rows = view.rows(models.Matter).filter(procedure=procedure, phase__in=phases)
        # Within a text of JSON no value has a bare quotation mark: what is found so is the name of a slot.
        for sign in ("read", "received", "answer"):
            rows = rows.exclude(slots__contains=f'"{sign}/{side}": ')
        rows = rows.exclude(slots__contains=f'"opener": "{side}"').order_by("-updated", "-id")
        wanted = rows.values_list("matter", "phase", "slots", "updated")[: 2 * most]
        found += [
            (updated, matter)
            for matter, phase, slots, updated in wanted
            if unread(procedure, phase, json.loads(slots), side)
        ]
    return [matter for _, matter in sorted(found, reverse=True)[:most]]


def _filtered(view: OfficeView, wanted: Wanted) -> Any:
    rows = view.rows(models.Matter)
    named = _named(view, wanted)
    chosen = wanted.within is not None or named is not None
    if wanted.within is not None:
        rows = rows.filter(matter__in=list(wanted.within))
    if named is not None:
        rows = rows.filter(matter__in=named)
    if wanted.settled is not None:
        # Few are unsettled at any time; what is settled is nearly everything.
        rows = narrowed(rows, "settled", wanted.settled, chosen or wanted.settled)
        chosen = chosen or not wanted.settled
    if wanted.procedure:
        rows = narrowed(rows, "procedure", wanted.procedure, chosen)
        if wanted.phase:
            rows = narrowed(rows, "phase", wanted.phase, chosen)
    elif not wanted.daily and wanted.within is None:
        rows = narrowed(rows, "daily", False, chosen)
    if wanted.precedence is not None:
        rows = rows.filter(precedence=wanted.precedence)
    if wanted.subject_class:
        rows = rows.filter(subject_class=wanted.subject_class)
    if wanted.since:
        rows = rows.filter(moved_at__gte=f"{wanted.since}T00:00:00Z")
    if wanted.until:
        rows = rows.filter(moved_at__lte=f"{wanted.until}T23:59:59Z")
    if wanted.awaited and named is None:
        # Where many wait, a page is soon full of them in its own order.
        rows = rows.filter(Exists(_waits(view, wanted.awaited).filter(matter=OuterRef("matter"))))
    return rows


def _named(view: OfficeView, wanted: Wanted) -> Any | None:
    """The matters that wait as it is asked, where they are few enough to be looked up by name."""
    if not wanted.awaited and wanted.order != "due":
        return None
    waits = _waits(view, wanted.awaited or "any")
    return waits.values("matter") if waits[: _NAMED + 1].count() <= _NAMED else None


def _waits(view: OfficeView, side: str) -> Any:
    waits = models.Awaited.objects.using(view.alias).filter(office_id=view.id)
    return waits if side == "any" else waits.filter(place=view.charter.places[side])


def _sorted(rows: Any, view: OfficeView, wanted: Wanted) -> Any:
    if wanted.order == "due":
        waits = _waits(view, "any").filter(matter=OuterRef("matter"))
        rows = rows.filter(Exists(waits)).annotate(due=Subquery(waits.order_by("due").values("due")[:1]))
        return rows.order_by("due", "id")
    return rows.order_by(*_ORDERS[wanted.order])


_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "newest": ("-updated", "-id"),
    "oldest": ("updated", "id"),
    "opened": ("-opened", "-id"),
    "precedence": ("-precedence", "-updated", "-id"),
}


#: The columns that say where a row stands in its order, for the address of the next page.
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "newest": ("updated",),
    "oldest": ("updated",),
    "opened": ("opened",),
    "due": ("due",),
    "precedence": ("precedence", "updated"),
}


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
