"""A PostgreSQL store of a test's own, with some offices in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connections

from tests.office.world import card_of
from tests.storage.setup import migrated, ready
from yeollak.office.charter import draft
from yeollak.storage.databases import attach
from yeollak.storage.databases import postgresql as entry_of
from yeollak.storage.journal import Journal

ready()
_numbers = itertools.count()
_SERVER = "scale_server"


@dataclass(frozen=True)
class Store:
    """The alias of a database, and the offices of south that are in it."""

    alias: str
    offices: tuple[str, ...]


def store_of(address: str, many: int) -> Store:
    """A new database on the server with so many offices."""
    attach(_SERVER, entry_of(address))
    alias = f"scale_{next(_numbers)}"
    with connections[_SERVER].cursor() as cursor:
        cursor.execute(f"CREATE DATABASE yeollak_{alias}")
    attach(alias, {**connections.settings[_SERVER], "NAME": f"yeollak_{alias}"})
    migrated(alias)
    cards, journal = [card_of("south"), card_of("north")], Journal(alias)
    raws = [draft(cards, {"name": {"en": f"Office {number}"}}, {}) for number in range(many)]
    return Store(alias, tuple(sorted(journal.found(raw, "south") for raw in raws)))


@pytest.fixture
def store(postgresql: str) -> Iterator[Store]:
    """A store with seven offices."""
    made = store_of(postgresql, 7)
    yield made
    for alias in (made.alias, _SERVER):
        connections[alias].close()
