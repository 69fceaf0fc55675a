"""The places that tests of the command line work in."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.hands import Hands


@pytest.fixture
def hands(tmp_path: Path) -> Iterator[Hands]:
    """An empty place; whatever still serves at the end is stopped."""
    made = Hands(tmp_path)
    yield made
    made.stop_all()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nodes with an office and an officer each, all of it on both; made once for all, and copied."""
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "founded-template"
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "made").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            made = Hands(place)
            made.found()
            made.meet()
            for side in ("south", "north"):
                made.good("officer", "add", "--function", "liaison", "--node", side)
            made.until(lambda: set(made.sizes("south").values()) == set(made.sizes("north").values()) == {3})
            made.stop_all()
            (place / "made").touch()
    return place


@pytest.fixture(scope="module")
def founded(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    """Two nodes with an office and an officer each, all of it on both; nobody serves."""
    place = tmp_path_factory.mktemp("founded") / "place"
    shutil.copytree(template, place, ignore=shutil.ignore_patterns("serve.lock", "made"))
    made = Hands(place)
    made.move_ports()
    yield made
    made.stop_all()
