"""A few values kept in memory under what they were made from: the least recently asked for goes first.

It is for values that their key determines: what is dropped is made again and is the same. Threads may ask at
once; then a value may be made twice, and either of the two is kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Recent(Generic[_Key, _Value]):
    """At most `most` values by key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[_Key, _Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: _Key, make: Callable[[], _Value]) -> _Value:
        """The value of `key`, made where it is not held. What `make` raises is kept under no key."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        value = make()  # without the lock: another key need not wait for it
        self.put(key, value)
        return value

    def put(self, key: _Key, value: _Value) -> None:
        """Keep a value that was made elsewhere."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def drop(self, which: Callable[[_Key], bool]) -> None:
        """Keep some no longer."""
        with self._lock:
            for key in [key for key in self._held if which(key)]:
                del self._held[key]

    def held(self, key: _Key) -> _Value | None:
        """The value of `key` where it is held."""
        with self._lock:
            return self._held.get(key)

    def latest(self) -> list[_Key]:
        """The keys of what is held, the one that was asked for last first."""
        with self._lock:
            return list(reversed(self._held))
