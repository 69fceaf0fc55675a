"""The threads that answer parcels: they do what they are given, tell who waits, and keep no process alive."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import CancelledError

import pytest

from yeollak.line.workers import Workers


def test_what_is_done_and_what_fails_is_told() -> None:
    workers = Workers(3, "test")
    done = [workers.submit(divmod, 7, number) for number in range(4)]
    assert [one.result(30) for one in done[1:]] == [(7, 0), (3, 1), (2, 1)]
    assert isinstance(done[0].exception(30), ZeroDivisionError)
    assert list(workers.map(abs, range(-50, 0))) == list(range(50, 0, -1))
    workers.shutdown()
    with pytest.raises(RuntimeError):
        workers.submit(abs, 1)


def test_what_has_begun_is_finished_and_the_rest_cancelled() -> None:
    workers, begun, go_on = Workers(2, "test"), threading.Barrier(3), threading.Event()

    def work() -> str:
        begun.wait(30)
        assert go_on.wait(30)
        return "done"

    done = [workers.submit(work) for _ in range(2)]
    begun.wait(30)
    waiting = [workers.submit(work) for _ in range(5)]
    workers.shutdown(wait=False, cancel_futures=True)
    go_on.set()
    assert [one.result(30) for one in done] == ["done", "done"]
    for one in waiting:
        with pytest.raises(CancelledError):
            one.result(30)
    workers.shutdown()


def test_a_process_ends_while_something_is_under_way() -> None:
    program = (
        "import threading, time\n"
        "from yeollak.line.workers import Workers\n"
        "begun = threading.Event()\n"
        "Workers(1, 'test').submit(lambda: (begun.set(), time.sleep(3600)))\n"
        "assert begun.wait(30)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
