"""Who goes first in one process: what goes out or is answered, before what is counted and told to pages.

Threads of Python share one interpreter, so that whoever counts while an act is on its way makes it wait.
Those that somebody waits for say so; the others wait until none of them is at work, or until they have
waited for as long as they may be kept from it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Pace:
    """One for a process; any thread may use it."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._going = 0

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

    def _count(self, by: int) -> None:
        with self._moved:
            self._going += by
            if self._going == 0:
                self._moved.notify_all()
