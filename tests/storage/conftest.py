"""Two nodes on each kind of database: every test of the store runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.storage.setup import migrated, ready
from yeollak.storage.databases import attach, sqlite
from yeollak.storage.databases import postgresql as postgresql_entry

ready()

_numbers = itertools.count()


@pytest.fixture(scope="session")
def _sqlite_pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("sqlite")
    aliases = ("sqlite_south", "sqlite_north")
    for alias in aliases:
        attach(alias, sqlite(folder / f"{alias}.db"))
        migrated(alias)
    return aliases


@pytest.fixture(scope="session")
def _postgresql_pair(postgresql: str) -> Iterator[tuple[str, str]]:
    aliases = ("postgresql_south", "postgresql_north")
    entry = postgresql_entry(postgresql)
    attach("postgresql_server", entry)
    for alias in aliases:
        with connections["postgresql_server"].cursor() as cursor:
            cursor.execute(f"CREATE DATABASE yeollak_{alias}")
        attach(alias, {**entry, "NAME": f"yeollak_{alias}"})
        migrated(alias)
    yield aliases
    for alias in (*aliases, "postgresql_server"):
        connections[alias].close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def aliases(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The databases of a south and a north node."""
    pair: tuple[str, str] = request.getfixturevalue(f"_{request.param}_pair")
    return pair


@pytest.fixture
def nodes(aliases: tuple[str, str], tmp_path: Path) -> Any:
    from tests.storage.nodes import Nodes

    return Nodes(aliases, tmp_path, next(_numbers))


@pytest.fixture
def empty(aliases: tuple[str, str], tmp_path: Path) -> Iterator[str]:
    """A further database of the same kind as the nodes', with nothing in it."""
    alias = f"empty_{next(_numbers)}"
    entry = sqlite(tmp_path / "empty.db")
    if aliases[0].startswith("postgresql"):
        with connections["postgresql_server"].cursor() as cursor:
            cursor.execute(f"CREATE DATABASE yeollak_{alias}")
        entry = {**connections.settings["postgresql_server"], "NAME": f"yeollak_{alias}"}
    attach(alias, entry)
    migrated(alias)
    yield alias
    connections[alias].close()
