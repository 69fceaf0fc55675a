"""Live pages: told within a second, bounded, and never at the cost of a thread that draws pages."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.staff.desks import Browser, Desks


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

    def wait(self, many: int, seconds: float = 10.0) -> None:
        ends = time.monotonic() + seconds
        while len(self.told) < many:
            assert time.monotonic() < ends, self.told
            time.sleep(0.005)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def cookies(browser: Browser) -> str:
    return "; ".join(f"{one.name}={one.value}" for one in browser.jar)


def test_an_arrival_is_told_within_a_second(desks: Desks) -> None:
    stream = Stream(desks.browser("south"))
    assert stream.headers["Content-Type"] == "text/event-stream"
    stream.wait(1)
    held, many = desks.sizes("south")[1], len(stream.told)
    desks.say("north", "opening")
    desks.until(lambda: desks.sizes("south")[1] > held)
    arrived = time.monotonic()
    stream.wait(many + 1)
    assert stream.told[many][0] - arrived < 1.0
    stream.close()


def test_pages_are_drawn_while_more_listen_than_there_are_threads(desks: Desks) -> None:
    browsers = [desks.browser("south", name) for name in ("duty", "liaison", "co-head") for _ in range(2)]
    streams = [Stream(browser) for browser in browsers for _ in range(5)]
    assert {stream.status for stream in streams} == {200}
    for stream in streams:
        stream.wait(1)
    page = desks.browser("south")
    took = []
    for _ in range(9):
        began = time.monotonic()
        assert page.get("/1/").status == 200
        took.append(time.monotonic() - began)
    assert sorted(took)[4] < 0.5  # thirty who listen hold no thread; the bound is generous to a busy machine
    for stream in streams:
        stream.close()


def test_one_session_keeps_few_streams_and_the_newest(desks: Desks) -> None:
    from yeollak.node.streams import OF_ONE

    browser = desks.browser("south")
    streams = [Stream(browser) for _ in range(OF_ONE + 2)]
    streams[-1].wait(1)
    assert streams[0].ended.wait(5)
    assert streams[1].ended.wait(5)
    assert not streams[2].ended.is_set()
    for stream in streams:
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
    stream.wait(1)
    time.sleep(0.3)
    many = len(stream.told)
    desks.browser("south", "liaison").get("/1/")
    time.sleep(0.5)
    assert len(stream.told) == many
    stream.close()
