"""Writers of one store take turns, and who is interrupted while he waits keeps nobody waiting."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from tests.storage.nodes import Nodes
from yeollak.storage import queueing

#: How long anything that ends at all may take, in seconds.
ENOUGH = 20.0


class Interrupted(BaseException):
    """What a signal raises, as Ctrl-C does."""


@pytest.fixture
def interruptible() -> Iterator[Callable[[], None]]:
    """Interrupts the main thread when it is called from another."""

    def raise_it(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGUSR1, raise_it)
    main = threading.main_thread().ident
    assert main is not None
    yield lambda: signal.pthread_kill(main, signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, before)


def turn() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


def waiting(alias: str) -> int:
    """How many threads have or wait for a turn to write."""
    return sum(len(queue._turns) for key, queue in queueing._queues.items() if key[0] == alias)


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    ends = time.monotonic() + ENOUGH
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.001)


def hold(alias: str, begun: threading.Event, end: threading.Event) -> threading.Thread:
    def work() -> None:
        with queueing.alone(alias, ""):
            begun.set()
            end.wait(ENOUGH)

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(ENOUGH)
    return thread


def test_who_is_interrupted_while_he_waits_keeps_nobody_waiting(
    nodes: Nodes, interruptible: Callable[[], None]
) -> None:
    alias = nodes.south.journal.alias
    end = threading.Event()
    holder = hold(alias, threading.Event(), end)

    def interrupt() -> None:
        try:
            until(lambda: waiting(alias) == 2)
        finally:
            interruptible()  # else nobody would, and the main thread would wait for ever

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(Interrupted), queueing.alone(alias, ""):
        pytest.fail("it was another's turn")
    interrupter.join(ENOUGH)
    assert waiting(alias) == 1
    end.set()
    holder.join(ENOUGH)
    assert waiting(alias) == 0
    hold(alias, threading.Event(), end).join(ENOUGH)  # another thread writes
    with queueing.alone(alias, ""), queueing.alone(alias, ""):  # and so does this one
        assert waiting(alias) == 1


def test_a_turn_that_came_while_its_writer_was_interrupted_goes_on_to_the_next() -> None:
    queue = queueing._Queue()

    class Between:
        """A turn whose writer is interrupted between its coming and his going on."""

        def acquire(self) -> None:
            queue.give(first)
            raise Interrupted

        def release(self) -> None:
            """It came."""

    first, last, between = turn(), turn(), Between()
    queue.take(first)
    with pytest.raises(Interrupted):
        queue.take(between)  # type: ignore[arg-type]  # a lock that interrupts
    after = threading.Thread(target=queue.take, args=(last,))
    after.start()
    until(lambda: len(queue._turns) == 2)
    queue.give(between)  # type: ignore[arg-type]  # a lock that interrupts
    after.join(ENOUGH)
    assert not after.is_alive()
    queue.give(last)
    assert not queue._turns


def test_who_never_stood_in_the_queue_ends_nobody_elses_turn() -> None:
    queue = queueing._Queue()
    first = turn()
    queue.take(first)
    queue.give(turn())
    assert list(queue._turns) == [first]


def test_writers_go_on_in_the_order_in_which_they_came() -> None:
    queue, order = queueing._Queue(), list[int]()
    first = turn()
    queue.take(first)

    def write(number: int) -> None:
        mine = turn()
        queue.take(mine)
        order.append(number)
        queue.give(mine)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(5)]
    for number, thread in enumerate(threads, start=2):
        thread.start()
        until(lambda: len(queue._turns) == number)  # noqa: B023 (it is over before the next one)
    queue.give(first)
    for thread in threads:
        thread.join(ENOUGH)
    assert order == list(range(5))
    assert not queue._turns
