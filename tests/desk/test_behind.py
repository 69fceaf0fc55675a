"""What takes long is made beside those who ask: what they are given meanwhile, and for how long at most."""

from __future__ import annotations

import threading

from yeollak.desk.behind import MOST, Behind


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_what_was_made_last_is_given_while_one_thread_makes_what_is_new() -> None:
    behind, open_, made = Behind[str](Clock()), threading.Event(), list[str]()

    def make() -> None:
        assert open_.wait(10)
        made.append("new")
        behind.made("office", "new")

    assert behind.last("office", make) is None, "nothing was made before"
    behind.made("office", "old")
    assert [behind.last("office", make) for _ in range(5)] == ["old"] * 5
    open_.set()
    behind.wait("office")
    assert made == ["new"], "five who ask have it made once"
    assert behind.last("office", make) == "new"


def test_nobody_is_given_what_has_been_old_for_too_long() -> None:
    clock = Clock()
    behind = Behind[str](clock)
    behind.made("office", "old")

    assert behind.last("office", lambda: None) == "old"
    clock.at += MOST
    assert behind.last("office", lambda: None) == "old"
    clock.at += 1
    assert behind.last("office", lambda: None) is None
    behind.made("office", "new")
    assert behind.last("office", lambda: None) == "new"


def test_what_took_long_is_not_made_again_at_once() -> None:
    clock, begun = Clock(), list[float]()
    behind = Behind[str](clock)

    def make() -> None:
        begun.append(clock.at)
        clock.at += 1

    behind.made("office", "old")
    for _ in range(2):
        assert behind.last("office", make) == "old"
        behind.wait("office")
    assert begun == [100.0]
    clock.at += 2
    assert behind.last("office", make) == "old"
    behind.wait("office")
    assert begun == [100.0, 103.0]


def test_what_fails_is_made_again_by_whoever_waits() -> None:
    behind = Behind[str](Clock())
    behind.made("office", "old")
    failed = threading.Event()
    hook, threading.excepthook = threading.excepthook, lambda _: failed.set()
    try:
        assert behind.last("office", lambda: 1 // 0) == "old"
        behind.wait("office")
    finally:
        threading.excepthook = hook
    assert failed.is_set()
    assert behind.last("office", lambda: None) == "old"
