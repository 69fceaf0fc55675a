"""The published account of the first hundred days against the record that the demonstration makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.desk.site import settled
from tests.office.statistics.hundred import HUNDRED_DAYS, PUBLISHED
from yeollak.office.office import Office
from yeollak.office.statistics import Difference, Period, check, compare, figures

WHOLE = Period(date(2018, 1, 1), date(2024, 1, 1), "Asia/Pyongyang")


@pytest.fixture(scope="module")
def replayed() -> Iterator[Office]:
    with settled():
        from tests.desk.played import played

        yield played().office


def test_the_published_account_contradicts_itself_and_the_record_holds_less(replayed: Office) -> None:
    """The sources name few of the 283 contacts one by one: what the record holds is what they name."""
    held = figures(replayed, None, HUNDRED_DAYS)
    found = compare({**PUBLISHED, "documents": {"total": 173}}, held)
    assert Difference(("contacts", "sum of parts"), 285, 283) in found
    assert Difference(("contacts", "total"), 285, held.own["contacts"].total) in found
    assert Difference(("documents", "total"), 173, held.own["documents"].total) in found
    assert 0 < held.own["contacts"].total < 283


def test_heads_and_stand_ins_are_told_apart(replayed: Office) -> None:
    """Of the ten heads' meetings that were published, five were held with the Northern stand-in."""
    held = figures(replayed, None, HUNDRED_DAYS)
    assert held.own["contacts"].where(level="heads", sat="stand-in") == 5
    both = [sheet["contacts"].where(level="heads", sat="in-person") for sheet in (held.own, held.told)]
    assert sum(both) == 5


def test_what_the_press_tells_stands_apart(replayed: Office) -> None:
    held = figures(replayed, None, WHOLE)
    assert held.told["contacts"].total > 0
    assert held.told["standing"].where(side="north", step="premises", detail="lost") == 1
    assert held.own["standing"].where(side="north", step="premises") == 0
    assert check(held.encode(), replayed) == []


def test_silences_withdrawals_and_lines_of_the_history(replayed: Office) -> None:
    held = figures(replayed, None, WHOLE)
    assert held.own["calls"].where(outcome="unanswered") > 5
    assert held.own["lapses"].total > 0
    june = figures(replayed, None, Period(date(2020, 6, 1), date(2020, 7, 1), "Asia/Seoul"))
    first = next(
        one for one in june.firsts if one.get("outcome") == "unanswered" and one["line"] == "liaison"
    )
    assert (first["day"], first["ever"]) == ("2020-06-08", True)
