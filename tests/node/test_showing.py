"""Pages are told behind everything else: together, a part of the time while acts keep coming, and else at
once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from yeollak.node import showing
from yeollak.node.pace import Pace
from yeollak.node.showing import Showing
from yeollak.storage import journal

Telling = Callable[[str], bool]


class Told:
    """A thread that tells pages of two offices, as a test has it."""

    def __init__(self, tell: Telling) -> None:
        self.pace, self.ending, self.tellings = Pace(), threading.Event(), list[tuple[str, float]]()
        self.spent = 0.0

        def show(office: str) -> bool:
            began = time.monotonic()
            more = tell(office)
            self.tellings.append((office, time.monotonic()))
            self.spent += self.tellings[-1][1] - began
            return more

        def tenure_of(office: str) -> Any:
            told = SimpleNamespace(show=lambda name, _now: show(name))
            node = SimpleNamespace(journal=told, clock=SimpleNamespace(now=lambda: None))
            return SimpleNamespace(over=False, office=office, node=node)

        def guarded(office: str, work: Callable[[], bool | None], tenure: Any = None) -> bool:
            return bool(work())

        held = {office: tenure_of(office) for office in ("one", "two")}
        self.showing = Showing("none", self.pace, self.ending, lambda: held, guarded, lambda known: None)
        self._thread = threading.Thread(target=self.showing.run)
        self._thread.start()

    def add(self, office: str) -> None:
        self.showing.add(office)
        self.showing.wake()

    def end(self) -> None:
        self.ending.set()
        self.showing.wake()
        self._thread.join(10)


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Telling], Told]]:
    monkeypatch.setattr(journal, "close", lambda alias: None)
    made: list[Told] = []

    def begin(tell: Telling) -> Told:
        made.append(Told(tell))
        return made[-1]

    yield begin
    for one in made:
        one.end()


@pytest.mark.parametrize("every", [0.09, 0.13])
def test_it_takes_a_small_part_while_acts_keep_coming(
    telling: Callable[[Telling], Told], every: float
) -> None:
    """Whether a telling finds that there is more, or has caught up."""

    def tell(_office: str) -> bool:
        time.sleep(0.02)
        return False

    told = telling(tell)
    began = time.monotonic()
    while time.monotonic() < began + 2:
        with told.pace.first():
            told.add("one")
        time.sleep(every)
    assert len(told.tellings) >= 2
    assert told.spent / (time.monotonic() - began) < 0.1


def test_no_office_waits_long_for_a_telling_of_another(telling: Callable[[Telling], Told]) -> None:
    """However long that took."""

    def tell(office: str) -> bool:
        if office == "one":
            told.add("two")
            time.sleep(0.5)
            with told.pace.first():
                pass
        return False

    told = telling(tell)
    told.add("one")
    ends = time.monotonic() + 20
    while len(told.tellings) < 2 and time.monotonic() < ends:
        time.sleep(0.02)
    (_, first), (office, second) = told.tellings
    assert office == "two"
    assert second - first < 4


def test_what_comes_is_told_together_where_nothing_goes_first(telling: Callable[[Telling], Told]) -> None:
    told = telling(lambda office: False)
    began = time.monotonic()
    while time.monotonic() < began + 1:
        told.add("one")
        time.sleep(0.001)
    assert len(told.tellings) <= 1 / showing._TELLS * 2


def test_what_is_left_is_told_without_a_pause_where_nothing_goes_first(
    telling: Callable[[Telling], Told],
) -> None:
    told = telling(lambda office: len(told.tellings) < 50)
    told.add("one")
    ends = time.monotonic() + 20
    while len(told.tellings) < 50 and time.monotonic() < ends:
        time.sleep(0.02)
    assert told.tellings[49][1] - told.tellings[1][1] < 50 * showing._TELLS / 2
