"""Two nodes and one act of figures: stated by one, countersigned or contested by the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.office.world import World
from yeollak.office.ledger import Counted
from yeollak.office.statistics import Answer, Difference, Period, answer, check, facts_of, figures
from yeollak.procedures.catalogue import of_kind
from yeollak.record import canon, enclosure
from yeollak.record.enclosure import Enclosed

DAYS = Period(date(2018, 9, 1), date(2018, 10, 1), "Asia/Seoul")


@pytest.fixture
def world() -> World:
    made = World().found()
    for side in made.sides:
        made.say(side, "meeting.held", facts={"level": "heads"})
    made.meet()
    return made


def stated(world: World, data: bytes, **facts: Any) -> Counted:
    """The South states figures; the act as the North has counted it."""
    salt = bytes(16)
    digest = enclosure.digest(world.charter.office, "south", salt, data).hex()
    text = Enclosed(digest, "application/json", "und", "right", size=len(data), name="figures.json")
    given = {**facts_of(figures(world.offices[0], None, DAYS)), "text": digest, **facts}
    world.say("south", "figures.state", facts=given, enclosures=(text,))
    world.meet()
    ledger = world.offices[1].ledger
    return ledger.finding(0, ledger.counted(0) - 1)


def test_figures_are_stated_and_countersigned(world: World) -> None:
    data = figures(world.offices[0], None, DAYS).encode()
    act = stated(world, data)
    assert answer(act, data, world.offices[1]) == Answer("figures.countersign", (), None)
    assert act.move is not None
    facts = {"text": act.move.facts["text"]}
    world.say("north", "figures.countersign", matter=act.matter, facts=facts)
    world.meet()
    assert {office.state(act.matter).state.phase for office in world.offices} == {"countersigned"}


def test_other_figures_are_contested_with_our_own(world: World) -> None:
    honest = figures(world.offices[0], None, DAYS).encode()
    value = canon.decode(honest, limit=1 << 20)
    value["own"]["contacts"]["total"] = 285
    lie = canon.encode(value)
    found = answer(stated(world, lie), lie, world.offices[1])
    assert found.kind == "figures.contest"
    assert found.differences == (Difference(("own", "contacts", "total"), 285, 2),)
    assert found.own == honest
    assert check(found.own, world.offices[0]) == []


def test_days_that_are_not_those_of_the_text_are_contested(world: World) -> None:
    data = figures(world.offices[0], None, DAYS).encode()
    found = answer(stated(world, data, since="2018-09-02"), data, world.offices[1])
    assert found.differences == (Difference(("act", "since"), "2018-09-02", "2018-09-01"),)
    assert found.own is None


def test_nobody_states_figures_of_what_it_had_not_seen(world: World) -> None:
    data = figures(world.offices[0], None, DAYS).encode()
    act = stated(world, data)
    blind = replace(act, vector=(act.vector[0], act.vector[1] - 1))
    found = answer(blind, data, world.offices[1])
    assert found.differences == (Difference(("act", "seen", "north"), act.vector[1], act.vector[1] - 1),)


def test_the_table_knows_the_kinds_that_are_answered() -> None:
    for kind in ("figures.state", "figures.countersign", "figures.contest"):
        table = of_kind(kind)
        assert table is not None
        assert table.name == "figures"
