"""Founded offices, made once and copied."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.line.world import World, copied
from tests.storage.setup import ready

ready()


@pytest.fixture(autouse=True)
def no_power_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines crash here by an exception, so nothing needs to be forced to the disk."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


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


@pytest.fixture
def world(make: Making) -> World:
    """Two founded nodes with good lines between them."""
    return make()
