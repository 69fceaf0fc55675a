"""Pages are told behind everything else: together, a part of the time while acts keep coming, and else at
once. Time is the test's own: it passes where something waits or works, and nowhere else.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from yeollak.node import pace, showing
from yeollak.node.pace import Pace
from yeollak.node.showing import Showing
from yeollak.storage import journal

Telling = Callable[[str], bool]


class Time:
    """A clock, and what is to happen on it: whatever is due is done while somebody waits."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def monotonic(self) -> float:
        return self.now

    def at(self, when: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._due, (when, next(self._numbers), what))

    def passes(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """So many seconds, or fewer where something has come about."""
        ends = self.now + seconds
        while not until() and self._due and self._due[0][0] <= ends:
            when, _, what = heapq.heappop(self._due)
            self.now = max(self.now, when)
            what()
        if not until():
            self.now = max(self.now, ends)


class Event:
    """An event that is waited for on such a clock."""

    def __init__(self, time: Time) -> None:
        self._time, self._set = time, False

    def set(self) -> None:
        self._set = True

    def clear(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        return self._set

    def wait(self, seconds: float) -> bool:
        self._time.passes(seconds, self.is_set)
        return self._set


class Told:
    """Whoever tells pages of two offices, as a test has it: `tellings` are the office of each, and when it
    had been told.
    """

    def __init__(self, time: Time, tell: Telling) -> None:
        self.time, self.pace, self.ending = time, Pace(), Event(time)
        self.tellings = list[tuple[str, float]]()
        self.spent = 0.0

        def show(office: str) -> bool:
            began = time.now
            more = tell(office)
            self.tellings.append((office, time.now))
            self.spent += time.now - began
            return more

        def tenure_of(office: str) -> Any:
            told = SimpleNamespace(show=lambda name, _now: show(name))
            node = SimpleNamespace(journal=told, clock=SimpleNamespace(now=lambda: None))
            return SimpleNamespace(over=False, office=office, node=node)

        def guarded(office: str, work: Callable[[], bool | None], tenure: Any = None) -> bool:
            return bool(work())

        held = {office: tenure_of(office) for office in ("one", "two")}
        ending = cast(threading.Event, self.ending)
        self.showing = Showing("none", self.pace, ending, lambda: held, guarded, lambda known: None)
        self.showing._counted = cast(threading.Event, Event(time))

    def add(self, office: str) -> None:
        self.showing.add(office)
        self.showing.wake()

    def add_each(self, seconds: float) -> None:
        """An act of the first office that goes first, again and again."""
        with self.pace.first():
            self.add("one")
        self.time.at(self.time.now + seconds, lambda: self.add_each(seconds))

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        self.time.at(self.time.now + seconds, self.ending.set)
        self.showing.run()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(showing, "time", made)
    monkeypatch.setattr(pace, "time", made)
    monkeypatch.setattr(journal, "close", lambda alias: None)
    return made


@pytest.mark.parametrize("more", [False, True], ids=["caught up", "more is left"])
@pytest.mark.parametrize("takes", [0.002, 0.02, 0.05])
@pytest.mark.parametrize("every", [0.01, 0.09, 0.13, 0.9])
def test_it_takes_a_small_part_while_acts_keep_coming(
    time: Time, every: float, takes: float, more: bool
) -> None:
    def tell(_office: str) -> bool:
        time.passes(takes)
        return more

    told = Told(time, tell)
    told.add_each(every)
    told.run(60.0)
    assert told.spent <= 60.0 / 20 + takes
    assert len(told.tellings) >= 30, "who waits for pages waits for seconds"


def test_what_takes_long_is_left_for_a_second_at_most(time: Time) -> None:
    """However long that took, no office waits longer for a telling of another."""

    def tell(office: str) -> bool:
        if office == "one":
            told.add("two")
            time.passes(0.5)
            with told.pace.first():
                pass
        return False

    told = Told(time, tell)
    told.add("one")
    told.run(20.0)
    (_, first), (office, second) = told.tellings
    assert office == "two"
    assert showing._LONGEST <= second - first <= showing._LONGEST + 2 * showing._TELLS


def test_what_comes_is_told_together_where_nothing_goes_first(time: Time) -> None:
    told = Told(time, lambda office: False)
    for number in range(1000):
        time.at(time.now + number / 1000, lambda: told.add("one"))
    told.run(5.0)
    assert 1 / showing._TELLS - 2 <= len(told.tellings) <= 1 / showing._TELLS + 2


def test_what_is_left_is_told_without_a_pause_where_nothing_goes_first(time: Time) -> None:
    told = Told(time, lambda office: len(told.tellings) < 50)
    told.add("one")
    told.run(20.0)
    assert len(told.tellings) == 51
    assert told.tellings[-1][1] == told.tellings[0][1] == 1_000.0 + showing._TELLS
