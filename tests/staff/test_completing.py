"""Completing: between three, an act on a duty names the sides of its obligation although nobody was asked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.office.test_amended import void
from tests.office.test_duties import Pact
from tests.storage.setup import ready
from yeollak.desk.staff.completing import completed
from yeollak.desk.staff.hands import Wish
from yeollak.storage.reading import OfficeView

ready()

BY = "2018-10-01"


def seen(pact: Pact) -> OfficeView:
    """What the South's node has counted, as a page reads it."""
    office = pact.world.offices[0]
    return cast("OfficeView", SimpleNamespace(office=office, ledger=office.ledger, charter=office.charter))


def facts_of(pact: Pact, made: str, **more: Any) -> dict[str, Any]:
    """The facts of a duty as its page sends them, completed."""
    wish = Wish("duty.waive", facts={"parent": made, "occurrence": BY, **more})
    return dict(completed(seen(pact), wish).facts)


@pytest.fixture(scope="module")
def pact() -> Pact:
    return Pact(("south", "north", "west"), to=["north"])


def test_the_sides_of_an_obligation_between_two_of_three_are_named_and_the_act_counts(pact: Pact) -> None:
    made = pact.owe(to=["north"], shape="dated", by=BY)
    bare = {"parent": made, "occurrence": BY}
    assert void(pact.world, "south", "duty.waive", facts=bare) == "other-sides"
    whole = facts_of(pact, made)
    assert whole == {**bare, "sides": ["south", "north"]}  # in the charter's order
    pact.say("south", "duty.waive", facts=whole)


def test_whoever_has_named_sides_keeps_them_and_what_is_no_obligation_is_left_alone(pact: Pact) -> None:
    made = pact.owe(to=["north"], shape="dated", by=BY)
    assert facts_of(pact, made, sides=["west"])["sides"] == ["west"]
    for parent in ("0" * 64, ""):
        assert "sides" not in facts_of(pact, parent)
    for wish in (Wish("note.read", facts={"parent": made}), Wish("no.such", facts={"parent": made})):
        assert completed(seen(pact), wish) is wish
    assert completed(seen(pact), Wish("duty.done", facts={"parent": 7})).facts == {"parent": 7}


def test_an_obligation_between_all_parties_names_none() -> None:
    whole = Pact()
    made = whole.owe(shape="dated", by=BY)
    assert len(whole.world.sides) == 2
    assert facts_of(whole, made) == {"parent": made, "occurrence": BY}
