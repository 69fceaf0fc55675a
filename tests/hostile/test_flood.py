"""A flood of one side delays neither our own officers nor another office of the same node.

Nothing here is measured in seconds: what is counted is how many parcels of the flood were answered between
the beginning and the end of what somebody else wanted.
"""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connections

from tests.hostile.peer import FACTS, KIND, Enemy
from tests.line.conftest import Making
from tests.line.served import trusting
from yeollak.line import bodies
from yeollak.line.endpoint import Endpoint
from yeollak.line.server import Limits, LineServer
from yeollak.node import tls

#: How long anything that ends at all may take, in seconds.
ENOUGH = 60.0


@dataclass
class Flood:
    """Threads that each do `once` again and again, and how often they have."""

    once: Callable[[], None]
    many: int
    done: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._run) for _ in range(self.many)]
        for thread in threads:
            thread.start()
        try:
            self.wait(self.many)
            yield
        finally:
            self.stopped.set()
            for thread in threads:
                thread.join(timeout=ENOUGH)
            assert not any(thread.is_alive() for thread in threads)

    def wait(self, more: int) -> None:
        """Until so many more have been answered."""
        until, ends = self.done + more, time.monotonic() + ENOUGH
        while self.done < until and not self.stopped.wait(0.01):
            assert time.monotonic() < ends, f"{self.done} of {until} were answered"

    def during(self, act: Callable[[], object]) -> int:
        """How many were answered while something else was done."""
        before = self.done
        act()
        return self.done - before

    def _run(self) -> None:
        try:
            while not self.stopped.is_set():
                self.once()
                with self.lock:
                    self.done += 1
        finally:
            for connection in connections.all():
                connection.close()


@dataclass
class Two:
    """A server of two offices: the flooded one, whose every answer takes a moment, and another."""

    server: LineServer
    flooded: Enemy
    other: Enemy

    def post(self, enemy: Enemy, body: bytes, source: str) -> int:
        """The status that a parcel to an office gets, sent from an address of this machine."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.server.port, context=trusting(), timeout=60, source_address=(source, 0)
        )
        try:
            connection.request("POST", f"/line/{enemy.charter.office}", body)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


class Slow(Endpoint):
    """An endpoint whose answers take a moment in which it holds nothing but its thread."""

    def answer(self, data: bytes) -> bytes:
        time.sleep(0.01)
        return super().answer(data)


@pytest.fixture
def two(make: Making, tmp_path: Path) -> Iterator[Two]:
    flooded, other = Enemy(make(2)), Enemy(make(3))
    north = flooded.north
    slow = Slow(north.port, north.post, north.clock.now, north.heard.append)
    endpoints = {flooded.charter.office: slow, other.charter.office: other.north.endpoint}
    tls.make(tmp_path, "127.0.0.1")
    unforeseen: list[BaseException] = []
    server = LineServer(
        ("127.0.0.1", 0),
        tmp_path / "tls" / "line.pem",
        tmp_path / "tls" / "line.key",
        endpoints.get,
        unforeseen.append,
        Limits(connections=24, workers=2),
    )
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield Two(server, flooded, other)
    server.stop()
    thread.join(timeout=ENOUGH)
    assert not thread.is_alive()
    assert unforeseen == []


def test_another_office_of_the_node_is_served_before_the_flood(two: Two) -> None:
    ask = bodies.encode_notes([])
    parcel, wanted = two.flooded.sealed(bodies.ASK, ask), two.other.sealed(bodies.ASK, ask)
    statuses: list[int] = []

    def once() -> None:
        with suppress(OSError, http.client.HTTPException):
            two.post(two.flooded, parcel, "127.0.0.1")

    flood = Flood(once, 20)
    with flood.running():
        passed = [
            flood.during(lambda: statuses.append(two.post(two.other, wanted, "127.0.0.2"))) for _ in range(9)
        ]
    assert statuses == [200] * 9
    # One after the other, each would have had to wait for all twenty that wait.
    assert statistics.median(passed) < 10, passed


def test_one_office_never_has_every_thread(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parcels of the flooded office that nothing ever answers take a thread less than there are."""
    parcel = two.flooded.sealed(bodies.ASK, bodies.encode_notes([]))
    wanted = two.other.sealed(bodies.ASK, bodies.encode_notes([]))
    begun, released = threading.Semaphore(0), threading.Event()

    def stuck(self: Slow, data: bytes) -> bytes:
        begun.release()
        assert released.wait(ENOUGH)
        return Endpoint.answer(self, data)

    monkeypatch.setattr(Slow, "answer", stuck)
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(two.post(two.flooded, parcel, "127.0.0.1")))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    try:
        assert begun.acquire(timeout=ENOUGH)
        assert two.post(two.other, wanted, "127.0.0.2") == 200
        assert not begun.acquire(timeout=1.0)
    finally:
        released.set()
        for thread in threads:
            thread.join(timeout=ENOUGH)
    assert statuses == [200] * 3


def test_our_own_officers_are_not_kept_waiting(make: Making) -> None:
    enemy = Enemy(make())
    north = enemy.north
    replayed = [enemy.act() for _ in range(8)]
    batch = enemy.batch(replayed)
    parcels = [
        enemy.sealed(bodies.PUSH, bodies.encode_push(batch)),
        enemy.sealed(bodies.PUSH, b"\xff" * 100_000),
        enemy.sealed(bodies.ASK, bodies.encode_notes([])),
    ]

    def once() -> None:
        for parcel in parcels:
            enemy.deliver(parcel)

    flood = Flood(once, 4)
    with flood.running():
        passed = [flood.during(lambda: north.say(KIND, "duty", facts=FACTS)) for _ in range(9)]
    # An act takes three turns of the store's; in each of them those that flood may be before it once.
    assert statistics.median(passed) <= 12, passed
    ledger = north.view.office.ledger
    assert ledger.held(north.view.place) == 5 + 9
    assert ledger.held(enemy.place) == 5 + 8
