"""Large enclosures take no more of a node than their side may have: of its day, its register and its disk."""

from __future__ import annotations

import pytest

from tests.line.conftest import Making
from tests.line.test_large import BIG, call, held, rewriting
from tests.line.test_restored import CALL
from tests.line.world import Node, World
from yeollak.line.bodies import Piece
from yeollak.node.acting import Text
from yeollak.record.enclosure import SMALL_RIGHT
from yeollak.storage import enclosures, models, reading


def name_many(node: Node, day: int, many: int) -> None:
    """Name so many large enclosures of our own by one act."""
    office, named = node.charter.office, []
    for number in range(many):
        text = Text(bytes([day, number]), "application/octet-stream", release="large")
        enclosed, blob = text.commit(office, node.side, bytes([day, number]) * 8, SMALL_RIGHT)
        models.Enclosure(office_id=office, digest=enclosed.digest, blob=blob).save(using=node.alias)
        named.append(enclosed)
    facts = {**CALL, "date": f"2018-09-{day}"}
    node.say("checkin.observe", "duty", facts=facts, enclosures=tuple(named))


def test_a_side_that_names_many_does_not_fill_the_day_of_the_others(make: Making) -> None:
    """Each act of the others' nodes is one of those that they may say in a day."""
    world = make(3)
    north = world["north"]
    before = {side: node.sizes()[node.view.place] for side, node in world.nodes.items()}
    for day in (15, 16, 17):
        name_many(north, day, 16)
    world.settle(2000)
    world.clock.pass_by(31)
    world.settle()
    for node in world.nodes.values():
        if node is not north:
            assert len(held(node, node.side)) == 48
            assert node.sizes()[node.view.place] - before[node.side] <= 8


def test_a_side_has_so_many_fetched_in_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosures, "daily_statements", lambda _view: 3)
    south, north = world["south"], world["north"]
    name_many(south, 15, 5)
    world.settle()
    rows = north.view.rows(models.Large)
    assert (rows.filter(state="done").count(), rows.filter(state="wanted").count()) == (3, 2)
    assert "enclosures-wait" in north.alarms()
    world.clock.pass_by(86_400)
    world.settle()
    assert rows.filter(state="done").count() == 5


def test_a_piece_is_all_that_was_asked_for(make: Making) -> None:
    """By a byte at a time a node would ask, and sync its disk, without end."""

    world = make(line=rewriting(lambda piece: Piece(piece.total, piece.data[:1])))
    south, north = world["south"], world["north"]
    (enclosed,) = call(south, BIG).enclosures
    south.keeper.step()
    while south.couriers["north"].step():
        pass
    for _ in range(8):
        north.couriers["south"].step()
    assert north.port.arrived("south", "south", enclosed.digest) == 0
    assert reading.outbox(north.view)["south"].last_error == "answer-otherwise"
