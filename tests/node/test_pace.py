"""What somebody waits for goes first, and keeps nothing waiting for ever."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import cast

import pytest

from yeollak.node.pace import Breaks, Pace

#: How long anything that ends at all may take, in seconds.
ENOUGH = 60.0


def test_others_wait_while_something_goes_first() -> None:
    pace, order = Pace(), list[str]()
    begun = threading.Event()

    def behind() -> None:
        begun.set()
        assert pace.rest(ENOUGH)
        order.append("behind")

    thread = threading.Thread(target=behind)
    with pace.first(), pace.first():
        thread.start()
        assert begun.wait(ENOUGH)
        order.append("first")
    thread.join(ENOUGH)
    assert not thread.is_alive()
    assert order == ["first", "behind"]


def test_they_work_while_the_line_is_waited_for() -> None:
    pace = Pace()
    assert pace.rest(0.0)
    with pace.first():
        assert not pace.rest(0.0)
        with pace.waiting():
            assert pace.rest(0.0)
        assert not pace.rest(0.0)
    assert pace.rest(0.0)


def test_whatever_goes_wrong_first_is_over() -> None:
    pace = Pace()
    for context in (pace.first, pace.waiting):
        try:
            with context():
                raise ValueError
        except ValueError:
            assert pace.rest(0.0)


def test_long_work_takes_a_tenth_of_the_time_while_something_goes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, waits = [100.0], list[float]()
    monkeypatch.setattr("yeollak.node.pace.time.monotonic", lambda: now[0])
    ending = SimpleNamespace(wait=waits.append)
    pace = Pace()
    breaks = Breaks(pace, cast(threading.Event, ending))
    now[0] += 0.1
    breaks()
    assert waits == []
    with pace.first():
        now[0] += 0.1
        breaks()
    now[0] += 0.05
    breaks()
    now[0] += 0.9
    breaks()
    assert waits == pytest.approx([0.9, 0.45, 2.0])
    now[0] += 1.0
    breaks()
    breaks.begin()
    assert len(waits) == 3
