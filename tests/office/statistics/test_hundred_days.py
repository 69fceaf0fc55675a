"""Why figures are derived: the published 285 contacts are the sum of parts that come to 283."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest

from tests.office.statistics.hundred import HUNDRED_DAYS, PUBLISHED, office
from yeollak.errors import RecordFault
from yeollak.office.statistics import Difference, Figures, check, compare, figures
from yeollak.record import canon


@lru_cache(maxsize=1)
def derived() -> Figures:
    return figures(office(), None, HUNDRED_DAYS)


def test_the_parts_come_to_283() -> None:
    contacts = derived().own["contacts"]
    assert contacts.parts("level") == PUBLISHED["contacts"]["parts"]
    assert contacts.total == sum(PUBLISHED["contacts"]["parts"].values()) == 283
    assert derived().told["contacts"].total == 0


def test_a_contact_counts_once_and_who_says_so_is_told_apart() -> None:
    """Some have two reports in one matter, some two matters, some one report: each is one contact."""
    contacts = derived().own["contacts"]
    said = contacts.parts("says")
    assert set(said) == {"south", "north", "south+north"}
    assert all(number > 50 for number in said.values())
    assert contacts.said_by("south") == said["south"] + said["south+north"]
    assert contacts.said_by("south") + contacts.said_by("north") - said["south+north"] == 283
    matters = sum(
        office().folds(matter).procedure.name in ("meeting", "check-in")
        for matter in office().ledger.matters()
    )
    assert matters > 283, "some contacts have two matters"


def test_a_stand_in_is_not_the_head() -> None:
    contacts, seats = derived().own["contacts"], derived().own["seats"]
    assert contacts.where(level="heads", sat="in-person") == 5
    assert contacts.where(level="heads", sat="stand-in") == 5
    assert seats.where(level="heads", side="south", function="co-head", stand_in="no") == 10
    assert seats.where(level="heads", side="north", function="co-head", stand_in="no") == 5
    assert seats.where(level="heads", side="north", function="deputy-head", stand_in="yes") == 5


def test_the_published_account_is_not_the_sum_of_its_parts() -> None:
    found = compare(PUBLISHED, derived())
    assert found == [
        Difference(("contacts", "sum of parts"), 285, 283),
        Difference(("contacts", "total"), 285, 283),
    ]


def test_an_account_that_adds_up_and_is_the_record_s_has_no_difference() -> None:
    honest = {"contacts": {**PUBLISHED["contacts"], "total": 283}}
    assert compare(honest, derived()) == []
    assert compare({"documents": {"total": 173}}, derived()) == [Difference(("documents", "total"), 173, 0)]


def test_a_part_that_the_record_does_not_hold_is_named() -> None:
    account = {**PUBLISHED["contacts"], "parts": {**PUBLISHED["contacts"]["parts"], "ad-hoc": 51}}
    found = compare({"contacts": account}, derived())
    assert found == [
        Difference(("contacts", "total"), 285, 283),
        Difference(("contacts", "level", "ad-hoc"), 51, 49),
    ]


@pytest.mark.parametrize("account", [{"visits": {"total": 1}}, {"contacts": {"total": 1, "parts": {"x": 1}}}])
def test_an_account_of_what_nobody_counts_is_refused(account: dict[str, Any]) -> None:
    with pytest.raises(RecordFault, match="malformed"):
        compare(account, derived())


def test_a_figure_that_is_not_the_sum_of_its_parts_cannot_be_made() -> None:
    """Whatever the cells are, the total is their sum; and an instrument that says otherwise does not pass."""
    contacts = derived().own["contacts"]
    for extra in (0, 1, 2, 1000):
        more = replace(contacts, cells={**contacts.cells, ("ad-hoc", "-", "south"): extra})
        assert more.total == sum(more.cells.values())
        assert all(sum(more.parts(name).values()) == more.total for name in more.by)
    value = canon.decode(derived().encode(), limit=1 << 20)
    value["own"]["contacts"]["total"] = 285
    assert check(canon.encode(value), office()) == [Difference(("own", "contacts", "total"), 285, 283)]
