"""What pages rest on is counted behind those who read them, and the public page of a long record drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.staff.desks import Desks
from yeollak.node import warming
from yeollak.node.warming import Counting
from yeollak.storage import models, reading, tallies


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    made = Desks(tmp_path / "warm")
    made.make()
    yield made
    made.close()


def test_what_is_new_is_counted_once_there_is_enough_of_it(desks: Desks) -> None:
    node, office = desks.nodes["south"], desks.office
    size, counting = sum(desks.sizes("south")), Counting(node.alias)
    assert counting.step({office}, lambda: False, size + 1) == []
    assert counting.step(set(), lambda: False, size) == [], "it is another process's"
    assert counting.step({office}, lambda: False, size) == [office]
    view = reading.office_view(node.alias, office)
    assert tallies.frontier(view) == view.office.frontier()
    assert counting.step({office}, lambda: False, 1) == []


def test_a_start_counts_anew_what_other_rules_have_counted(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, office = desks.nodes["south"], desks.office
    Counting(node.alias).step({office}, lambda: False, 1)
    assert Counting(node.alias).step({office}, lambda: False, 1) == []
    monkeypatch.setattr(tallies, "RULE", "of another program")
    assert Counting(node.alias).step({office}, lambda: False, 1) == [office]
    view = reading.office_view(node.alias, office)
    assert tallies.frontier(view) == view.office.frontier()


def test_lines_that_matters_lack_are_made_once(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    node, office = desks.nodes["south"], desks.office
    view, counting = reading.office_view(node.alias, office), Counting(node.alias)
    lines = dict(view.rows(models.Matter).values_list("matter", "line"))
    assert None not in lines.values()
    view.rows(models.Matter).update(line=None)
    counting.step(set(), lambda: False, 1)
    counting.step({office}, lambda: True, 1)
    counting.step({office}, lambda: False, 10**6)
    assert not view.rows(models.Matter).exclude(line=None).exists(), "another's, or ending, or too few"
    counting.step({office}, lambda: False, 1)
    assert dict(view.rows(models.Matter).values_list("matter", "line")) == lines
    monkeypatch.setattr(
        "yeollak.node.warming.Lining.line", lambda *_: pytest.fail("it is looked through again")
    )
    counting.step({office}, lambda: False, 1)


def test_a_node_that_ends_counts_and_draws_nothing(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    node = desks.nodes["south"]
    monkeypatch.setattr("yeollak.node.warming.views.prepare", lambda *_: pytest.fail("it has been drawn"))
    Counting(node.alias).step({desks.office}, lambda: True, 1)
    warming.draw(node.alias, lambda: True, 1)
    assert not reading.office_view(node.alias, desks.office).rows(models.Tally).exists()


def test_the_public_pages_of_long_records_are_drawn(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    node, size, drawn = desks.nodes["south"], sum(desks.sizes("south")), list[Any]()
    monkeypatch.setattr("yeollak.node.warming.views.prepare", drawn.append)
    warming.draw(node.alias, lambda: False, size + 1)
    assert drawn == []
    warming.draw(node.alias, lambda: False, size)
    assert drawn == [desks.office]
