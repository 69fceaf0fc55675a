"""Who goes first in one process: what goes out or is answered, before what is counted and told to pages.

Threads of Python share one interpreter, so that whoever counts while an act is on its way makes it wait.
Those that somebody waits for say so; the others wait until none of them is at work, or until they have
waited for as long as they may be kept from it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: How long nothing must have gone first for long work to go on without a break, and how long it waits
#: otherwise: in times of what it took, and at most in seconds.
_QUIET: Final = 1.0
_BEHIND: Final = 9.0
_LONGEST: Final = 2.0


class Pace:
    """One for a process; any thread may use it."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._going = 0
        self._last = -_QUIET

    @contextmanager
    def first(self) -> Iterator[None]:
        """Do something that somebody waits for."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait for the line within something that somebody waits for: others may work meanwhile."""
        self._count(-1)
        try:
            yield
        finally:
            self._count(1)

    def rest(self, most: float) -> bool:
        """Wait until nothing goes first, at most so many seconds. Returns whether nothing does."""
        with self._moved:
            return self._moved.wait_for(lambda: self._going == 0, most)

    @property
    def busy(self) -> bool:
        """Whether something goes first, or has done so within the last second."""
        return self._going > 0 or time.monotonic() - self._last < _QUIET

    def _count(self, by: int) -> None:
        with self._moved:
            self._going += by
            self._last = time.monotonic()
            if self._going == 0:
                self._moved.notify_all()


class Breaks:
    """Breaks in long work, called between its pieces: while anything goes first the work takes a tenth of the
    time, and goes on without them else.
    """

    def __init__(self, pace: Pace, ending: threading.Event) -> None:
        self._pace, self._ending = pace, ending
        self._since = time.monotonic()

    def begin(self) -> None:
        """A piece begins after a pause of another kind."""
        self._since = time.monotonic()

    def __call__(self) -> None:
        """A piece is done."""
        if self._pace.busy:
            self._ending.wait(min((time.monotonic() - self._since) * _BEHIND, _LONGEST))
        self._since = time.monotonic()
