"""What has been proven once and need not be proven again: good signatures, with every byte that took part.

The same signature is met at every step of an act's way, and whoever makes one knows that it is good. What is
remembered is bounded, and the oldest goes first; a signature that is wrong is never remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress

#: What may be remembered: values whose comparison runs no Python. One that does lets other threads in while a
#: table is half changed, and CPython's ordered one then breaks the process.
Value = tuple[bytes | str | int, ...]


class Proven:
    """A set of at most `most` values, of which the oldest goes first. Any thread may use it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Value, None] = OrderedDict()

    def __contains__(self, value: Value) -> bool:
        return value in self._held

    def add(self, value: Value) -> None:
        """Remember one more."""
        self._held[value] = None
        if len(self._held) > self._most:
            with suppress(KeyError):  # another thread may have been first: each step is whole, not both
                self._held.popitem(last=False)
