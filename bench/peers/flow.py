"""Messages in flight from one side: which are under way, which have their receipt, and what a run came to.

Standard library alone: it runs in the environments of peers too.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

#: How long nothing may come back before a run is given up, in seconds.
STALLED = 60.0

Send = Callable[[int], Awaitable[None]]


class Flow:
    """So many messages, so many of them in flight; told of receipts and refusals by whoever hears of them."""

    def __init__(self, in_flight: int, many: int, stalled: float = STALLED) -> None:
        self.many, self._stalled = many, stalled
        self.spent: list[float] = []
        #: Receipts for a message that had one already.
        self.again = 0
        #: What the sender was told has failed, by message: the reason in the peer's words.
        self.refused: dict[int, str] = {}
        #: Attempts that failed and were made again without the sender's doing, by reason.
        self.attempts: Counter[str] = Counter()
        self._began: dict[int, float] = {}
        self._open: set[int] = set()
        self._free = asyncio.Semaphore(in_flight)
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def receipted(self, number: int) -> None:
        """The sender holds the receipt for this message."""
        if number not in self._open:
            self.again += 1
            return
        self._open.discard(number)
        if self.refused.pop(number, None) is None:
            self._free.release()
        self.spent.append(time.perf_counter() - self._began[number])
        self._moved.set()

    def refuse(self, number: int, reason: str) -> None:
        """The sender was told that this message has not got through. It no longer counts as in flight."""
        if number in self._open and number not in self.refused:
            self.refused[number] = reason
            self._free.release()
            self._moved.set()

    def trying(self, reason: str) -> None:
        """The sender's side knows of an attempt that failed, and goes on by itself."""
        self.attempts[reason] += 1

    async def hand_in(self, send: Send) -> None:
        """Hand every message in, as soon as there is room in flight; the last receipts are not waited for."""
        for number in range(self.many):
            try:
                async with asyncio.timeout(self._stalled):
                    await self._free.acquire()
            except TimeoutError:
                return
            self._began[number] = time.perf_counter()
            self._open.add(number)
            self._start(send, number)
            # Others get their turn, so that what was handed in first leaves first.
            await asyncio.sleep(0)

    async def wait(self) -> None:
        """Until every message has its receipt or its refusal, or nothing has moved for too long."""
        while self._open - self.refused.keys():
            self._moved.clear()
            try:
                async with asyncio.timeout(self._stalled):
                    await self._moved.wait()
            except TimeoutError:
                break

    async def resend(self, send: Send) -> int:
        """Send again, once, what has been refused, as a user would who was told; returns how many."""
        numbers = sorted(self.refused)
        self.refused = {}
        for number in numbers:
            self._start(send, number)
        await self.wait()
        return len(numbers)

    async def stop(self) -> None:
        """End what is still being tried."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def told(self) -> dict[str, Any]:
        """What is known so far: messages handed in, receipts, refusals and attempts by reason."""
        return {
            "handed_in": len(self._began),
            "receipts": len(self.spent),
            "receipts_again": self.again,
            "refused": dict(Counter(self.refused.values())),
            "attempts": dict(self.attempts),
            "spent": sorted(self.spent),
        }

    def _start(self, send: Send, number: int) -> None:
        task = asyncio.get_running_loop().create_task(self._one(send, number))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _one(self, send: Send, number: int) -> None:
        try:
            await send(number)
        except (OSError, RuntimeError, ValueError) as fault:
            self.refuse(number, f"{type(fault).__name__}: {fault}"[:200])


def arrived(many: int, numbers: Sequence[int], lanes: int = 1) -> dict[str, int]:
    """What the receiving user got, from the numbers of messages in the order in which they came to him:
    how many never came (`missing`), came more than once (`doubled`), or after one of the same lane that was
    handed in later (`misordered`). Messages go to lanes in turn.
    """
    seen: set[int] = set()
    latest, misordered = [-1] * lanes, 0
    for number in numbers:
        if number in seen:
            continue
        seen.add(number)
        lane = number % lanes
        misordered += number < latest[lane]
        latest[lane] = max(latest[lane], number)
    return {"missing": many - len(seen), "doubled": len(numbers) - len(seen), "misordered": misordered}


def outcome(
    many: int, took: float, spent: Iterable[float], arrivals: Sequence[Sequence[int]], lanes: int = 1
) -> dict[str, Any]:
    """The figures of one run, named as in `bench.line`. `spent` are seconds from hand-in to receipt; there is
    one sequence of arrivals for each side that sent, and each sent an equal share of `many`.
    """
    ordered = sorted(spent)
    result: dict[str, Any] = {
        "acts": len(ordered),
        "per_s": len(ordered) / took,
        "p50_ms": quantile(ordered, 0.50) * 1000,
        "p99_ms": quantile(ordered, 0.99) * 1000,
        "lost": many - len(ordered),
        "missing": 0,
        "doubled": 0,
        "misordered": 0,
    }
    for numbers in arrivals:
        for name, count in arrived(many // len(arrivals), numbers, lanes).items():
            result[name] += count
    return result


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value below which that part of an ascending sequence lies; 0 for none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0
