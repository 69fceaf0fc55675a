"""Letting pages and searches know what has been counted, behind everything that goes out or comes in.

While acts keep coming this takes a part of the time alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from yeollak.node.pace import Pace
from yeollak.node.tenure import Tenure
from yeollak.storage import journal

#: How often it is looked what is to be told where nobody wakes, in seconds.
_LOOK: Final = 5.0
#: How long whoever tells pages waits at least once he has been woken: what woke him gets on its way, and what
#: comes meanwhile is taken together; how long anybody waits at most for what goes first. In seconds.
_TELLS: Final = 0.08
_MOST: Final = 0.05
#: How long it is left to others after pages were told of something while acts keep coming: in times of what
#: that took, and in seconds at most.
_BEHIND: Final = 19.0
_LONGEST: Final = 1.0


class Guarded(Protocol):
    """Does one piece of work of an office; whatever goes wrong is an alarm of that office, and False."""

    def __call__(
        self, office: str, work: Callable[[], bool | None], tenure: Tenure | None = None
    ) -> bool: ...


def give_way(ending: threading.Event, pace: Pace, least: float) -> None:
    """Let what goes out or is answered go first, `least` seconds at least unless everything is ending."""
    if not ending.wait(least):
        pace.rest(_MOST)


class Showing:
    """The thread that tells pages. `held` are the offices that are this process's own, `forget` lets go of
    what a thread has in mind of offices that are others' now, and `shown` is called for every office of
    which pages were told something.
    """

    def __init__(
        self,
        alias: str,
        pace: Pace,
        ending: threading.Event,
        held: Callable[[], Mapping[str, Tenure]],
        guarded: Guarded,
        forget: Callable[[set[str]], None],
    ) -> None:
        self._alias, self._pace, self._ending = alias, pace, ending
        self._held, self._guarded, self._forget = held, guarded, forget
        self.shown: Callable[[str], None] = lambda office: None
        self._lock = threading.Lock()
        self._to_show: set[str] = set()
        self._counted = threading.Event()

    def add(self, office: str) -> None:
        """Have pages told of an office when it is looked next."""
        with self._lock:
            self._to_show.add(office)

    def wake(self) -> None:
        """Have it looked now."""
        self._counted.set()

    def run(self) -> None:
        """Tell pages until everything ends."""
        known: set[str] = set()
        while not self._ending.is_set():
            self._counted.wait(_LOOK)
            self._counted.clear()
            names = self._names()
            known |= names
            more = False
            while names and not self._ending.is_set():
                give_way(self._ending, self._pace, 0.0 if more and not self._pace.busy else _TELLS)
                # In turn, so that an office that is flooded keeps the pages of no other waiting.
                began, held = time.monotonic(), self._held()
                names = {office for office in names if self._show_some(held.get(office))}
                more = bool(names)
                self._leave(min((time.monotonic() - began) * _BEHIND, _LONGEST))
                new = self._names()
                names, known = names | new, known | new
            self._forget(known)
        journal.close(self._alias)

    def _leave(self, seconds: float) -> None:
        """Leave the time to others, for as long as acts keep coming."""
        ends = time.monotonic() + seconds
        while self._pace.busy and not self._ending.is_set():
            left = ends - time.monotonic()
            if left <= 0:
                break
            self._ending.wait(min(left, _TELLS))

    def _names(self) -> set[str]:
        with self._lock:
            names, self._to_show = self._to_show, set()
        return names

    def _show_some(self, tenure: Tenure | None) -> bool:
        """Tell pages of some acts of an office; returns whether there is more."""
        if tenure is None or tenure.over:
            return False

        def work() -> bool:
            return tenure.node.journal.show(tenure.office, tenure.node.clock.now())

        more = self._guarded(tenure.office, work, tenure)
        if not more:
            self.shown(tenure.office)
        return more
