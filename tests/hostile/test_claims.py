"""What a side claims of the state (rule 11): a claim that is not so is found, and hundreds of claims cost
what one does.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import connections

from tests.hostile.peer import Enemy
from tests.line.conftest import Making
from tests.office.world import seed
from yeollak.line import bodies
from yeollak.node.warming import Counting
from yeollak.office.admit import Arrival
from yeollak.office.state import Digests
from yeollak.storage import reading, state_lines
from yeollak.storage.comparing import DIFFER, EVERY, Comparing


def claim(enemy: Enemy, state: str) -> Arrival:
    return enemy.act("line.seen", "node", facts={"state": state})


def lies(enemy: Enemy, many: int) -> list[Arrival]:
    return [claim(enemy, seed("lie", enemy.tree.size, number).hex()) for number in range(many)]


def taken(enemy: Enemy, arrivals: Sequence[Arrival]) -> None:
    """The north takes these in and counts them."""
    assert enemy.push(*arrivals).purpose == bodies.RECEIPT
    enemy.north.keeper.step()
    view = enemy.north.view
    assert view.ledger.counted(enemy.place) == enemy.tree.size
    assert view.ledger.finding(enemy.place, enemy.tree.size - 1).void == ""


def told(enemy: Enemy) -> list[str]:
    """The data of the alarms that views differ which stand."""
    return [row.data for row in reading.alarms(enemy.north.view) if row.code == DIFFER]


class Made:
    """How many digests were made since it was last asked, outside of any transaction that writes."""

    def __init__(self, alias: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self._many, at = 0, Digests.at
        connection = connections[alias]

        def counted(digests: Digests, *of: object) -> str:
            # Whoever writes keeps others waiting: that is told as many.
            self._many += 1000 if connection.in_atomic_block else 1
            state_lines.forget()
            return at(digests, *of)  # type: ignore[arg-type]  # as it was called

        monkeypatch.setattr(Digests, "at", counted)

    def since(self) -> int:
        many, self._many = self._many, 0
        return many


def test_a_batch_of_claims_is_counted_without_a_digest_and_compared_by_one(
    make: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    enemy = Enemy(make())
    north, office = enemy.north, enemy.charter.office
    comparing = Comparing(north.alias)
    comparing.step([office], north.clock.now())
    north.clock.pass_by(EVERY.total_seconds())
    made = Made(north.alias, monkeypatch)
    for compared in (1, 0, 0):
        taken(enemy, lies(enemy, 80))
        assert made.since() == 0, "nothing is compared while entries are counted"
        comparing.step([office], north.clock.now())
        assert made.since() == compared, "the newest of the first batch: the next is due in an hour"
    assert told(enemy) == ['{"side": "south"}']
    north.clock.pass_by(EVERY.total_seconds())
    comparing.step([office], north.clock.now())
    comparing.step([office], north.clock.now())
    assert made.since() == 1, "the newest of what came since"
    assert told(enemy) == ['{"side": "south"}'], "one alarm stands for a side"


def test_a_claim_that_is_not_so_is_found_where_no_server_runs_too(make: Making) -> None:
    enemy = Enemy(make())
    north = enemy.north
    taken(enemy, [claim(enemy, enemy.north.view.office.digest())])
    north.keeper.step(at_once=True)
    assert told(enemy) == [], "a claim that is so is not doubted"
    north.clock.pass_by(EVERY.total_seconds())
    taken(enemy, lies(enemy, 1))
    assert told(enemy) == []
    north.keeper.step(at_once=True)
    assert told(enemy) == ['{"side": "south"}']


def test_a_newer_claim_overtakes_those_before(make: Making) -> None:
    enemy = Enemy(make())
    taken(enemy, lies(enemy, 2))
    view = enemy.north.view
    state = view.office.digest(view.ledger.finding(enemy.place, enemy.tree.size - 1).after)
    taken(enemy, [claim(enemy, state)])
    Comparing(enemy.north.alias).step([enemy.charter.office], enemy.north.clock.now())
    assert told(enemy) == []


def test_a_server_compares_behind_those_who_wait(make: Making) -> None:
    enemy = Enemy(make())
    north, pauses = enemy.north, list[bool]()
    counting = Counting(
        north.alias, lambda: pauses.append(connections[north.alias].in_atomic_block), north.clock.now
    )
    taken(enemy, lies(enemy, 3))
    counting.step({"another"}, lambda: False)
    assert told(enemy) == [], "an office of another process"
    pauses.clear()
    counting.step({enemy.charter.office}, lambda: True)
    assert told(enemy) == []
    counting.step({enemy.charter.office}, lambda: False)
    assert told(enemy) == ['{"side": "south"}']
    assert pauses
    assert not any(pauses), "between pieces it gives way, and never within a transaction"


def test_what_a_digest_raises_is_an_alarm(make: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    enemy = Enemy(make())
    taken(enemy, lies(enemy, 1))

    def broken(*_: object) -> str:
        raise ArithmeticError

    monkeypatch.setattr(Digests, "at", broken)
    Comparing(enemy.north.alias).step([enemy.charter.office], enemy.north.clock.now())
    (alarm,) = reading.alarms(enemy.north.view)
    assert (alarm.code, alarm.data) == ("fold-failed", '{"why": "ArithmeticError"}')
