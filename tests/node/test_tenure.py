"""In which order a peer's thread looks at offices: where something has happened, before those at rest. And
when a tenure may begin: not before the other sides were asked what they hold (rule 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from tests.line.conftest import Making, founded, make, no_power_is_lost
from yeollak.errors import LineFault
from yeollak.line.courier import Courier, Exchange
from yeollak.node.tenure import FIRST_ANSWERS, Peer, Tenure

__all__ = ["founded", "make", "no_power_is_lost"]
MANY = 1000


@dataclass
class FakeCourier:
    not_before: float = 0.0
    answered: bool = True


@dataclass
class FakeTenure:
    office: str
    ready: bool = True


def peer(many: int) -> tuple[Peer, dict[str, FakeCourier]]:
    made, couriers = Peer("north"), {f"{number:064x}": FakeCourier() for number in range(many)}
    for office, courier in couriers.items():
        made.add(cast(Tenure, FakeTenure(office)), cast(Courier, courier))
    return made, couriers


def offices(found: list[tuple[Any, Any]]) -> list[str]:
    return [tenure.office for tenure, _ in found]


def test_an_office_in_which_something_has_happened_is_next() -> None:
    made, couriers = peer(MANY)
    first = offices(made.next())
    assert 0 < len(first) < 20
    chosen = sorted(set(couriers) - set(first))[500]
    made.wake(chosen)
    assert offices(made.next())[0] == chosen


def test_every_office_is_looked_at_once_and_the_thread_does_not_sleep_before() -> None:
    made, couriers = peer(MANY)
    seen: list[str] = []
    while len(seen) < MANY:
        made.woken.clear()
        some = offices(made.next())
        seen.extend(some)
        assert some
        assert made.woken.is_set() == (len(seen) < MANY)
    assert sorted(seen) == sorted(couriers)
    assert made.next() == []


def test_one_that_waits_for_its_back_off_keeps_no_other_back() -> None:
    made, couriers = peer(30)
    late = sorted(couriers)[:20]
    for office in late:
        couriers[office].not_before = 1e12
        made.wake(office)
    found: list[str] = []
    while some := offices(made.next()):
        found.extend(some)
    assert sorted(found) == sorted(couriers)[20:]
    couriers[late[0]].not_before = 0.0
    assert offices(made.next()) == [late[0]]


def test_an_office_that_is_given_back_is_not_looked_at() -> None:
    made, couriers = peer(3)
    gone = sorted(couriers)[0]
    made.wake(gone)
    tenure = next(one for one, _ in made.next() if one.office == gone)
    made.later(tenure)
    made.wake(gone)
    made.remove(tenure)
    assert made.next() == []


class Dead:
    """A line on which nobody answers."""

    def exchange(self, office: str, data: bytes) -> bytes:
        raise LineFault("unreachable", url="x", why="dead")


def test_a_tenure_says_nothing_before_the_others_were_asked(make: Making) -> None:
    """It may be of an office that another process has worked for meanwhile, whose anchor is whole."""
    world = make(3)
    south = world["south"]
    lines: dict[str, Exchange] = {**south.lines, "west": Dead()}
    tenure = Tenure(south.open, south.post, lines, lambda side, size: None, None)
    assert tenure.lost is None
    for courier in tenure.couriers:
        assert not tenure.settle()
        assert not tenure.ready
        courier.step()
        tenure.was_asked(courier)
    # One has not answered: what has left is known from the anchor all the same.
    assert tenure.settle()
    assert tenure.ready


def test_nobody_is_waited_for_without_end(make: Making) -> None:
    south = make()["south"]
    tenure = Tenure(south.open, south.post, south.lines, lambda side, size: None, None)
    assert not tenure.settle()
    tenure.began -= FIRST_ANSWERS
    assert tenure.settle()
