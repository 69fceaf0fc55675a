"""What first pages would have to wait for is made at the start, and for long records alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.staff.desks import Desks
from yeollak.node.warming import warm


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks(Path(tmp_path_factory.mktemp("warm")))
    made.make()
    yield made
    made.close()


def test_offices_with_so_many_acts_are_prepared(desks: Desks) -> None:
    node = desks.nodes["south"]
    size = sum(desks.sizes("south"))
    assert warm(node.alias, node.clock.now, lambda: False, size) == [desks.office]
    assert warm(node.alias, node.clock.now, lambda: False, size + 1) == []


def test_a_node_that_ends_prepares_nothing(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    node = desks.nodes["south"]
    monkeypatch.setattr(
        "yeollak.node.warming.derived.prepare", lambda *_: pytest.fail("it has been prepared")
    )
    assert warm(node.alias, node.clock.now, lambda: True, 0) == []
