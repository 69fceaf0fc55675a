"""Duties and what sides say afterwards: of when an agreement was applied, when an obligation ended, and how
long the office lasted.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.office.test_amended import void
from tests.office.test_duties import LATER, TEXT, Pact, at
from yeollak.office.duties import Held

DAY = timedelta(days=1)


@pytest.fixture
def pact() -> Pact:
    return Pact()


@pytest.mark.parametrize("kind", ["agreement.suspend", "agreement.denounce"])
@pytest.mark.parametrize("claimed", ["2018-12-01T00:00:00", "1970-01-02T00:00:00"])
def test_what_passed_in_silence_stays_when_a_side_suspends_for_the_past(
    pact: Pact, kind: str, claimed: str
) -> None:
    pact.owe(shape="recurring", every="month", first="2018-09-20", last="2019-01-20", closed="kept")
    pact.world.now = at("2018-11-30T00:00:00")
    pact.say("north", "remark", pact.agreement)
    pact.say("north", kind, pact.agreement, facts={"start": "2018-09-01"}, at=at(claimed))
    held = [one.held for one in pact.find(now=at("2019-02-01T00:00:00"))]
    assert held == [Held.SILENT] * 3 + [Held.NOT_IN_FORCE] * 2


@pytest.mark.parametrize(
    ("claimed", "start", "held"),
    [
        # Nothing is owed for the time before all had signed, or before what the draft states.
        ("2018-09-14T01:00:00", None, ["not-in-force", "passed-in-silence", "passed-in-silence"]),
        ("2018-09-14T01:00:00", "2018-10-01", ["not-in-force", "not-in-force", "passed-in-silence"]),
        ("2018-09-14T01:00:00", "2018-01-01", ["not-in-force", "passed-in-silence", "passed-in-silence"]),
        # A signature of a far future does not keep out of force what a duty was read out of.
        ("9998-01-01T00:00:00", None, ["not-in-force", "passed-in-silence", "passed-in-silence"]),
    ],
)
def test_a_duty_is_owed_from_when_the_agreement_is_in_force(
    claimed: str, start: str | None, held: list[str]
) -> None:
    pact = Pact(start=start, claimed=at(claimed))
    pact.owe(shape="recurring", every="month", first="2018-08-20", last="2018-10-20", closed="kept")
    assert [one.held for one in pact.find(now=at("2019-02-01T00:00:00"))] == held


@pytest.mark.parametrize(
    ("first", "last", "until"),
    [
        ("2018-12-01T00:00:00", "2018-12-02T00:00:00", "2018-12-02"),
        ("2018-12-10T00:00:00", "2018-12-02T00:00:00", "2018-12-10"),
        ("9998-01-01T00:00:00", "2018-12-02T00:00:00", "2018-12-02"),
        # Who releases last and claims a time long past is held to his own entries and to the other's time.
        ("2018-12-01T00:00:00", "1970-01-02T00:00:00", "2018-12-01"),
    ],
)
def test_an_obligation_ends_when_the_last_released_it_whatever_one_side_claims(
    pact: Pact, first: str, last: str, until: str
) -> None:
    made = pact.owe(shape="recurring", every="day", first="2018-09-20", closed="kept", hour="06:00")
    pact.world.now = at("2018-11-30T00:00:00")
    pact.say("north", "remark", made)
    pact.say("south", "obligation.release", made, at=at(first))
    pact.say("north", "obligation.release", made, at=at(last))
    found = pact.find(now=at("2020-02-01T00:00:00"))
    assert (found[0].key, found[-1].key) == ("2018-09-20", until)
    assert {one.held for one in found} == {Held.SILENT}


def test_an_end_that_both_state_for_a_far_future_is_bounded(pact: Pact) -> None:
    made = pact.owe(shape="recurring", every="year", first="2018-09-20", closed="kept")
    for side in ("south", "north"):
        pact.say(side, "obligation.release", made, at=at("9998-01-01T00:00:00"))
    assert [one.key for one in pact.find(now=at("2019-02-01T00:00:00"))] == ["2018", "2019"]


def test_what_fell_due_before_the_end_is_stated_after_it(pact: Pact) -> None:
    made = pact.owe(shape="recurring", every="month", first="2018-09-20", closed="kept")
    other = pact.owe(shape="standing")
    pact.world.now = at("2018-12-01T00:00:00")
    for side in ("south", "north"):
        pact.say(side, "obligation.release", made)
    pact.duty("south", "missed", made, "2018-10")
    assert void(pact.world, "south", "duty.missed", facts=_of(made, "2018-12")) == "no-obligation"
    ending = {"text": TEXT}
    drafted = pact.say("north", "dissolution.draft", officer="co-head", facts=ending, due=LATER + 60 * DAY)
    for side in ("south", "north"):
        pact.say(side, "dissolution.sign", officer="authority", facts=ending, re=(drafted,))
    assert all(office.dissolved() for office in pact.world.offices)
    pact.duty("north", "missed", made, "2018-11")
    pact.duty("north", "missed", other, "2018-11-30")
    assert void(pact.world, "north", "duty.missed", facts=_of(other, "2019-06-01")) == "no-obligation"
    held = {one.key: one.held for one in pact.find(now=at("2020-01-01T00:00:00"))}
    assert held == {"2018-09": Held.SILENT, "2018-10": Held.MISSED, "2018-11": Held.MISSED}


def test_nothing_falls_due_in_an_office_that_is_dissolved(pact: Pact) -> None:
    pact.owe(shape="recurring", every="month", first="2018-09-20", closed="kept")
    pact.world.now = at("2018-12-01T00:00:00")
    ending = {"text": TEXT}
    drafted = pact.say("north", "dissolution.draft", officer="co-head", facts=ending, due=LATER + 60 * DAY)
    for side in ("south", "north"):
        pact.say(side, "dissolution.sign", officer="authority", facts=ending, re=(drafted,))
    assert [one.key for one in pact.find(now=at("2020-01-01T00:00:00"))] == ["2018-09", "2018-10", "2018-11"]


def _of(obligation: str, name: str) -> dict[str, str]:
    return {"parent": obligation, "occurrence": name}
