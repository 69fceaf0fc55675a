"""The places that tests of the command line work in."""

from __future__ import annotations

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


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    """Two nodes with an office and an officer each, all of it on both; nobody serves."""
    made = Hands(tmp_path_factory.mktemp("founded"))
    made.found()
    made.meet()
    for side in ("south", "north"):
        made.good("officer", "add", "--function", "liaison", "--node", side)
    made.until(lambda: set(made.sizes("south").values()) == set(made.sizes("north").values()) == {3})
    made.stop_all()
    yield made
    made.stop_all()
