"""Queueing: the threads of one process write to an SQLite store one after another, as they came.

SQLite has one writer at a time, and whoever finds it busy sleeps and looks again, longer each time: beside a
thread that writes all the time, one that writes now and then would hardly ever find it free. Other
processes are still met that way. PostgreSQL has locks of its own, by row, and keeps its own order.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from yeollak.storage import plain


class _Queue:
    """One writer at a time, first come, first served. A turn is a lock that its writer holds and that opens
    when it comes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Whose turn it is, and who waits behind.
        self._turns: deque[threading.Lock] = deque()

    def take(self, turn: threading.Lock) -> None:
        """Wait until the turn has come. However this ends, `give` must follow."""
        with self._lock:
            self._turns.append(turn)
            if self._turns[0] is turn:
                return
        turn.acquire()

    def give(self, turn: threading.Lock) -> None:
        """End a turn: one that has come goes to who waits next, one that has not is given up."""
        with self._lock:
            if turn not in self._turns:
                return  # interrupted before it stood in the queue
            came = self._turns[0] is turn
            self._turns.remove(turn)
            if came and self._turns:
                self._turns[0].release()


#: By database, and by database and office.
_queues: dict[tuple[str, ...], _Queue] = {}
_making = threading.Lock()
_mine = threading.local()


@contextmanager
def queued(alias: str) -> Iterator[None]:
    """Write to the database `alias` while no other thread does. Whoever writes already goes on."""
    if plain.connection_of(alias).vendor == "sqlite":
        with _alone((alias,)):
            yield
    else:
        yield


@contextmanager
def alone(alias: str, office: str) -> Iterator[None]:
    """Have what the threads of this process know of an office for whoever counts or shows it, while no other
    thread does. On SQLite only one thread writes anyway.
    """
    with _alone((alias,) if plain.connection_of(alias).vendor == "sqlite" else (alias, office)):
        yield


@contextmanager
def _alone(key: tuple[str, ...]) -> Iterator[None]:
    held: set[tuple[str, ...]] = _mine.__dict__.setdefault("held", set())
    if key in held:
        yield
        return
    with _making:
        queue = _queues.setdefault(key, _Queue())
    turn = threading.Lock()
    turn.acquire()
    try:
        # Inside: whoever is interrupted while he waits would keep all others waiting for ever.
        queue.take(turn)
        held.add(key)
        yield
    finally:
        held.discard(key)
        queue.give(turn)
