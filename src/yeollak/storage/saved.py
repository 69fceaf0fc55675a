"""Saved filters: what a person keeps of a list under a name. Local, and no part of the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from yeollak.errors import OurFault
from yeollak.storage.local import SavedFilter
from yeollak.words import clean

#: How many filters one person keeps of one list, and how long a name and what it stands for may be.
MOST: Final = 32
LONGEST_NAME: Final = 64
LONGEST_QUERY: Final = 500


@dataclass(frozen=True, slots=True)
class Saved:
    """A filter under its name: `query` is the query string of its list."""

    id: int
    name: str
    query: str


def filters(alias: str, account: int, page: str) -> list[Saved]:
    """The filters that a person has kept of a list, by name."""
    rows = SavedFilter.objects.using(alias).filter(account_id=account, page=page).order_by("name")
    return [Saved(row.id, row.name, row.query) for row in rows[:MOST]]


def keep(alias: str, account: int, page: str, name: str, query: str) -> None:
    """Keep a filter; one of the same name is put in its place.

    Raises OurFault(`filter-unnamed`) without a name, (`filters-too-many`) beyond `MOST`.
    """
    named = clean(name, longest=LONGEST_NAME)
    if not named:
        raise OurFault("filter-unnamed")
    with transaction.atomic(using=alias):
        rows = SavedFilter.objects.using(alias).filter(account_id=account, page=page)
        if not rows.filter(name=named).exists() and rows.count() >= MOST:
            raise OurFault("filters-too-many", limit=MOST)
        rows.update_or_create(
            account_id=account, page=page, name=named, defaults={"query": query[:LONGEST_QUERY]}
        )


def drop(alias: str, account: int, number: int) -> None:
    """Drop a filter of a person; one that is not his, or not there, is left as it is."""
    with transaction.atomic(using=alias):
        SavedFilter.objects.using(alias).filter(account_id=account, id=number).delete()
