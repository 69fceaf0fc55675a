"""Founded offices, made once and copied."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.line.world import World, copied
from tests.storage.setup import ready
from yeollak.storage.databases import attach
from yeollak.storage.databases import postgresql as postgresql_entry

ready()
_numbers = itertools.count()


@pytest.fixture(autouse=True)
def no_power_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines crash here by an exception, so nothing needs to be forced to the disk."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda _handle: None)


Making = Callable[..., World]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """The folder of a founded office with so many sides."""
    made: dict[int, Path] = {}

    def folder(sides: int) -> Path:
        if sides not in made:
            made[sides] = tmp_path_factory.mktemp(f"founded{sides}")
            World(made[sides], sides).found().close()
        return made[sides]

    return folder


@pytest.fixture
def make(founded: Callable[[int], Path], tmp_path: Path) -> Iterator[Making]:
    """Worlds of a test's own, closed behind it."""
    worlds: list[World] = []

    def world(sides: int = 2, **more: Any) -> World:
        folder = copied(founded(sides), tmp_path / f"world{len(worlds)}")
        worlds.append(World(folder, sides, **more))
        return worlds[-1]

    yield world
    for one in worlds:
        one.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Two founded nodes on each kind of database, of a test's own."""
    if request.param == "sqlite":
        yield request.getfixturevalue("make")()
        return
    entry = postgresql_entry(request.getfixturevalue("postgresql"))
    attach("line_server", entry)
    number = next(_numbers)
    entries = {side: {**entry, "NAME": f"line_{number}_{side}"} for side in ("south", "north")}
    for made in entries.values():
        with connections["line_server"].cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {made['NAME']}")
    world = World(tmp_path / "postgresql", entries=entries).found()
    yield world
    world.close()
    connections["line_server"].close()


@pytest.fixture
def world(make: Making) -> World:
    """Two founded nodes with good lines between them."""
    return make()
