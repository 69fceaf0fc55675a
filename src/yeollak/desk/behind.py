"""Making what takes long beside those who ask for it: they are given what was made last, for a moment.

What is given so is at most `MOST` seconds older than what somebody has already asked for; beyond that he
waits. One thread a name makes what is newest, and a burst of changes is taken together.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

#: For how long something may be given that is known not to be the newest, in seconds.
MOST: Final = 10.0
#: How long nothing is made after something was, in times of what that took.
_REST: Final = 2.0

_Value = TypeVar("_Value")


class Behind(Generic[_Value]):
    """The last values by name, and the threads that make newer ones. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last: dict[Hashable, _Value] = {}
        self._since: dict[Hashable, float] = {}
        self._making: dict[Hashable, threading.Thread] = {}
        self._rests: dict[Hashable, float] = {}

    def made(self, name: Hashable, value: _Value) -> None:
        """Remember the newest value of a name."""
        with self._lock:
            self._last[name] = value
            self._since.pop(name, None)

    def last(self, name: Hashable, make: Callable[[], object]) -> _Value | None:
        """The last value of a name while `make` makes another, which ends with `made`; None where there is no
        last one, or has been known to be old for too long.
        """
        with self._lock:
            value = self._last.get(name)
            if value is None or self._clock() - self._since.setdefault(name, self._clock()) > MOST:
                return None
            known = self._making.get(name)
            idle = known is None or not known.is_alive()
            if idle and self._clock() >= self._rests.get(name, float("-inf")):
                thread = threading.Thread(target=self._make, args=(name, make), name="drawing", daemon=True)
                self._making[name] = thread
                thread.start()
            return value

    def _make(self, name: Hashable, make: Callable[[], object]) -> None:
        began = self._clock()
        try:
            make()
        finally:
            ended = self._clock()
            self._rests[name] = ended + _REST * (ended - began)

    def wait(self, name: Hashable) -> None:
        """Wait until whoever makes a value of this name has ended."""
        with self._lock:
            thread = self._making.get(name)
        if thread is not None:
            thread.join()
