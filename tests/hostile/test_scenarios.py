"""The other side is the attacker: every scenario has its stated outcome, and the node goes on."""

from __future__ import annotations

import pytest

from tests.hostile.peer import Answer, Enemy, Met, works
from tests.hostile.scenarios import SCENARIOS, Scenario
from tests.line.world import World
from yeollak.line import bodies


def names(scenario: Scenario) -> str:
    return scenario.name.replace(" ", "-")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=names)
def test_every_scenario_has_its_outcome(world: World, scenario: Scenario) -> None:
    enemy = Enemy(world)
    before = enemy.met()
    answer = scenario.play(enemy)
    after = enemy.met()
    assert CHECKS[scenario.outcome](scenario, answer, before, after), (answer, before, after)
    assert after.evidence - before.evidence == (scenario.outcome == "evidence")
    assert ("two-views" in after.alarms) == (scenario.outcome == "evidence")
    # Our own officers and whoever asks are served, and the side itself may go on with what is in order.
    works(world["north"], enemy)
    enemy.tree = enemy.head()
    assert enemy.push(enemy.act()).purpose == bodies.RECEIPT
    assert enemy.met().held == after.held + 1


def unanswered(scenario: Scenario, answer: Answer, before: Met, after: Met) -> bool:
    return (answer.purpose, answer.code) == ("none", scenario.code) and before == after


def inadmissible(scenario: Scenario, answer: Answer, before: Met, after: Met) -> bool:
    """Refused by a signed code: `Enemy` has verified that it is the north's own."""
    told = frozenset({f"refused-{scenario.code}"} if scenario.code != "conflict" else ())
    same = (before.held, before.counted) == (after.held, after.counted)
    return (answer.purpose, answer.code, after.alarms) == (bodies.REFUSAL, scenario.code, told) and same


def void(scenario: Scenario, answer: Answer, before: Met, after: Met) -> bool:
    counted = before.held < after.held == after.counted
    return (
        answer.purpose == bodies.RECEIPT and counted and after.verdict == scenario.code and not after.alarms
    )


def evidence(scenario: Scenario, answer: Answer, before: Met, after: Met) -> bool:
    if scenario.code == "waits":
        return waits(scenario, answer, before, after)
    same = (before.held, before.counted) == (after.held, after.counted)
    return (answer.purpose, answer.code) == (bodies.REFUSAL, scenario.code) and same


def waits(_scenario: Scenario, answer: Answer, before: Met, after: Met) -> bool:
    return answer.purpose == bodies.RECEIPT and after.counted == before.counted < after.held


def harmless(_scenario: Scenario, answer: Answer, before: Met, after: Met) -> bool:
    told = answer.purpose == bodies.RECEIPT and not after.alarms and not after.verdict
    return told and after.held - before.held in (0, 1) and after.counted == after.held


CHECKS = {
    "unanswered": unanswered,
    "inadmissible": inadmissible,
    "void": void,
    "evidence": evidence,
    "waits": waits,
    "harmless": harmless,
}
