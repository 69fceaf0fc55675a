"""What a node owes in an exchange by itself: commitments that go together, and a default that is paid for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.office.test_exchange import DIGESTS, FACTS, Exchange
from tests.office.world import NAMES
from tests.storage.setup import ready
from yeollak.node.exchanging import owed

ready()


def owing(exchange: Exchange) -> list[str]:
    """The sides whose nodes reveal by themselves, once every side has seen everything."""
    exchange.world.meet()
    for side in exchange.world.sides:
        exchange.world.say(side, "line.seen", "node", facts={})
        exchange.world.meet()
    offices = zip(exchange.world.sides, exchange.world.offices, strict=True)
    return [side for side, office in offices if [matter for matter, _ in owed(office, side)]]


@pytest.mark.parametrize("copies", [True, False])
def test_a_copy_that_crossed_what_it_copies_is_opened_by_no_node(
    monkeypatch: pytest.MonkeyPatch, copies: bool
) -> None:
    exchange = Exchange()
    exchange.commit("south")
    if copies:
        monkeypatch.setitem(DIGESTS, "north", DIGESTS["south"])
    exchange.commit("north")
    assert exchange.ends() == ("committed", {}, ["north", "south"])
    assert owing(exchange) == ([] if copies else ["south", "north"])


def test_a_copy_by_one_of_three_is_opened_by_none(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = Exchange(3)
    exchange.commit("south")
    exchange.world.meet()
    exchange.commit("north")
    monkeypatch.setitem(DIGESTS, "west", DIGESTS["north"])
    exchange.commit("west")
    assert owing(exchange) == []


def test_between_three_nobody_pays_who_has_declared_a_default_and_kept_back() -> None:
    """West has revealed, and North, which has not, declares the default: South's node waits for North."""
    exchange = Exchange(3)
    for side in NAMES:
        exchange.commit(side)
        exchange.world.meet()
    exchange.reveal("west")
    exchange.world.meet()
    exchange.say("north", "exchange.default")
    exchange.world.meet()
    # North's own node goes on: another has given it something.
    assert owing(exchange) == ["north"]
    exchange.reveal("north")
    assert owing(exchange) == ["south"]
    exchange.reveal("south")
    assert owing(exchange) == []
    assert exchange.ends() == ("revealed", {}, [])


def test_who_declares_a_default_and_has_nothing_yet_keeps_its_text() -> None:
    exchange = Exchange()
    for side in NAMES[:2]:
        exchange.commit(side)
        exchange.world.meet()
    assert owing(exchange) == ["south", "north"]
    exchange.world.say("north", "exchange.default", facts=FACTS, at=exchange.world.now + timedelta(hours=48))
    assert owing(exchange) == []
    exchange.reveal("south")
    assert owing(exchange) == ["north"]
