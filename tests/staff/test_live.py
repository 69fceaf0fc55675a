"""Live pages: told within a second, bounded, and never at the cost of a thread that draws pages."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.staff.desks import Browser, Desks
from yeollak.node import streams


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "north", "south")
    yield made
    made.close()


class Stream:
    """One page that listens: what it was told so far, and when."""

    def __init__(self, browser: Browser) -> None:
        address = urlsplit(browser.base)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=20)
        head = f"GET /1/events/ HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookies(browser)}\r\n\r\n"
        self.socket.sendall(head.encode())
        self.lines = self.socket.makefile("rb")
        self.status = int(self.lines.readline().split()[1])
        self.headers = http.client.parse_headers(self.lines)
        self.told: list[tuple[float, str]] = []
        self.ended = threading.Event()
        if self.status == 200:
            self.thread = threading.Thread(target=self._read, daemon=True)
            self.thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while line := self.lines.readline():
                if line.startswith(b"data: "):
                    self.told.append((time.monotonic(), line[6:].decode().strip()))
        self.ended.set()

    def wait(self, many: int, seconds: float = 60.0) -> None:
        ends = time.monotonic() + seconds
        while len(self.told) < many:
            assert time.monotonic() < ends, self.told
            time.sleep(0.005)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Looks:
    """How often the hub of a desk has looked whether something has changed, and at which looks it told so:
    what is quick is measured in looks, since a busy machine looks less often.
    """

    def __init__(self, desks: Desks, side: str) -> None:
        hub = desks.servers[side]._hub
        assert hub is not None
        self.hub, self.made = hub, 0
        self.told: list[int] = []
        self._welcome, self._tell = hub._welcome, hub._tell

    def __enter__(self) -> Looks:
        self.hub._welcome, self.hub._tell = self._looked, self._telling  # type: ignore[method-assign]  # as it is counted
        return self

    def __exit__(self, *_: object) -> None:
        del self.hub._welcome, self.hub._tell

    def _looked(self) -> Any:
        self.made += 1
        return self._welcome()

    def _telling(self, frame: bytes) -> None:
        if frame.startswith(b"event: changed"):
            self.told.append(self.made)
        self._tell(frame)

    def wait(self, desks: Desks, more: int) -> None:
        """Until so many more looks were begun and ended."""
        enough = self.made + more + 1
        desks.until(lambda: self.made >= enough)


def cookies(browser: Browser) -> str:
    return "; ".join(f"{one.name}={one.value}" for one in browser.jar)


def test_an_arrival_is_told_within_a_second(desks: Desks) -> None:
    """Within two looks of what has arrived and is counted; a look is a tenth of a second."""
    assert 2 * streams._LOOK < 0.5
    stream = Stream(desks.browser("south"))
    assert stream.headers["Content-Type"] == "text/event-stream"
    stream.wait(1)
    with Looks(desks, "south") as looks:
        held, many = desks.sizes("south")[1], len(stream.told)
        desks.say("north", "opening")
        desks.until(lambda: desks.sizes("south")[1] > held and desks.level())
        arrived = looks.made
        stream.wait(many + 1)
        assert looks.told[0] <= arrived + 2
    stream.close()


def test_pages_are_drawn_while_more_listen_than_there_are_threads(desks: Desks) -> None:
    """Where a listener held a thread, no page would ever come."""
    browsers = [desks.browser("south", name) for name in ("duty", "liaison", "co-head") for _ in range(2)]
    listeners = [Stream(browser) for browser in browsers for _ in range(5)]
    assert {stream.status for stream in listeners} == {200}
    for stream in listeners:
        stream.wait(1)
    pool = desks.servers["south"]._pages[-1].requests
    assert len(listeners) > pool.max > 0
    desks.until(lambda: pool.idle == len(pool._threads))
    page = desks.browser("south")
    assert {page.get("/1/").status for _ in range(pool.max + 1)} == {200}
    assert not any(stream.ended.is_set() for stream in listeners)
    for stream in listeners:
        stream.close()


def test_one_session_keeps_few_streams_and_the_newest(desks: Desks) -> None:
    browser = desks.browser("south")
    opened = [Stream(browser) for _ in range(streams.OF_ONE + 2)]
    opened[-1].wait(1)
    assert opened[0].ended.wait(60)
    assert opened[1].ended.wait(60)
    assert not opened[2].ended.is_set()
    for stream in opened:
        stream.close()


def test_where_there_is_no_room_it_says_so(desks: Desks) -> None:
    hub = desks.servers["south"]._hub
    assert hub is not None
    desks.until(lambda: len(hub) == 0)  # closed pages are noticed
    hub._most, kept = 0, hub._most
    try:
        assert Stream(desks.browser("south")).status == 503
    finally:
        hub._most = kept


def test_nobody_listens_who_is_not_signed_in_and_listening_is_no_use_of_a_session(desks: Desks) -> None:
    from yeollak.storage.local import DeskSession

    assert Stream(Browser(desks.address("south"))).status == 302
    browser, alias = desks.browser("south"), desks.nodes["south"].alias
    rows = DeskSession.objects.using(alias)
    newest = rows.order_by("-created").first()
    assert newest is not None
    long_ago = newest.used - timedelta(minutes=30)
    rows.filter(digest=newest.digest).update(used=long_ago)
    stream = Stream(browser)
    stream.wait(1)
    assert rows.get(digest=newest.digest).used == long_ago
    stream.close()


def test_what_one_person_only_looks_at_tells_nobody(desks: Desks) -> None:
    stream = Stream(desks.browser("south"))
    other = desks.browser("south", "liaison")
    stream.wait(1)
    with Looks(desks, "south") as looks:
        looks.wait(desks, 3)  # what signing in has changed was told
        many = len(looks.told)
        assert other.get("/1/").status == 200
        looks.wait(desks, 3)
        assert len(looks.told) == many
        # And it would have been told, had it been anything.
        desks.say("south", "evening")
        desks.until(lambda: len(looks.told) > many)
    stream.close()
