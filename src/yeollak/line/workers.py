"""Threads that answer parcels, and end with the process.

At its end Python waits for every thread of its own `ThreadPoolExecutor`, however long one works: a node that
was told to end would go on for as long as a parcel is being answered. What these are cut off in is a
transaction, which is done or is not, and a parcel without its answer is sent again (rule 8).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Workers(Executor):
    """`many` threads, which begin at once."""

    def __init__(self, many: int, name: str) -> None:
        self._ended, self._lock = False, Lock()
        #: What is to be done; None ends whoever gets it.
        self._waiting: SimpleQueue[tuple[Future[object], Callable[[], object]] | None] = SimpleQueue()
        self._threads = [Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(many)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Have something done by the next thread that is free. Raises RuntimeError after `shutdown`."""
        done: Future[_T] = Future()
        with self._lock:
            if self._ended:
                raise RuntimeError("the workers have ended")
            self._waiting.put((done, lambda: fn(*args, **kwargs)))  # type: ignore[arg-type]  # a future of its own result
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more, and end once everything is done, or with `cancel_futures` what has begun."""
        with self._lock:
            self._ended = True
            while cancel_futures:
                try:
                    left = self._waiting.get_nowait()
                except Empty:
                    break
                if left is not None:
                    left[0].cancel()
            for _ in self._threads:
                self._waiting.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            done, work = item
            if not done.set_running_or_notify_cancel():
                continue
            try:
                done.set_result(work())
            except BaseException as problem:  # noqa: BLE001 (it is whoever waits who is told)
                done.set_exception(problem)
            del item, done, work  # nothing is kept of what was answered last
