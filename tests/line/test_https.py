"""Whoever connects, however rude, is answered in bounded time and size, and the next one is served."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.line.served import HASTY, LIMITS, Served, answering, serving, status, trusting
from tests.line.world import World
from yeollak.errors import LineFault
from yeollak.line import bodies
from yeollak.line.client import Address, LineClient
from yeollak.line.courier import Courier
from yeollak.record.parcel import MAX_PARCEL
from yeollak.storage import reading


@pytest.fixture
def served(world: World, tmp_path: Path) -> Iterator[Served]:
    with serving(world, tmp_path) as running:
        yield running
        running.works()


@pytest.fixture
def hasty(world: World, tmp_path: Path) -> Iterator[Served]:
    """A server that soon lets go of whoever is slow."""
    with serving(world, tmp_path, HASTY) as running:
        yield running
        running.works()


def head(office: str, *fields: str, method: str = "POST") -> str:
    return "\n".join([f"{method} /line/{office} HTTP/1.1", "Host: x", *fields, ""])


def test_acts_travel_over_https(served: Served) -> None:
    south, north = served.world["south"], served.world["north"]
    said = south.say()
    south.keeper.step()
    line = served.client()
    courier = Courier(
        south.port, south.post, "north", line, south.journal, south.clock.now, lambda: south.clock.elapsed
    )
    assert courier.step()
    assert courier.step()
    assert not courier.step()
    assert reading.document(north.view, said) is not None
    assert reading.receipted(south.view, "north") == south.view.ledger.held(0)
    line.close()


@pytest.mark.parametrize(
    ("fields", "method", "expected"),
    [
        (["Content-Length: 5"], "GET", 405),
        (["Content-Length: 5"], "PUT", 405),
        ([], "POST", 411),
        (["Transfer-Encoding: chunked"], "POST", 411),
        (["Transfer-Encoding: chunked", "Content-Length: 5"], "POST", 411),
        ([f"Content-Length: {MAX_PARCEL + 1}"], "POST", 413),
        (["Content-Length: 99999999999999"], "POST", 400),
        (["Content-Length: -5"], "POST", 400),
        (["Content-Length: 5", "Content-Length: 6"], "POST", 400),
        (["Content-Length: 5", "Content-Encoding: gzip"], "POST", 415),
        (["Content-Length: 5", " folded"], "POST", 400),
        (["Content-Length: 5", "Name : x"], "POST", 400),
        ([f"X-{number}: x" for number in range(100)], "POST", 400),
        (["X: " + "x" * 20000], "POST", 431),
    ],
)
def test_head_that_is_not_as_it_must_be(
    served: Served, fields: list[str], method: str, expected: int
) -> None:
    """A server that waited for a body would say 408."""
    assert served.say(head(served.office, *fields, method=method), b"hello") == expected


@pytest.mark.parametrize(
    "path", ["/", "/line/", "/line/x", f"/line/{'0' * 64}", f"/desk/{'0' * 64}", "/line/../x"]
)
def test_other_paths_and_offices_are_not_there(served: Served, path: str) -> None:
    assert served.say(f"POST {path} HTTP/1.1\nContent-Length: 2\n", b"xx") == 404


@pytest.mark.parametrize(
    "data", [b"\x00" * 40, b"hello\r\n\r\n", b"GET / HTTP/1.1\n\n", bytes(range(256)) * 30]
)
def test_garbage_for_a_head(hasty: Served, data: bytes) -> None:
    with hasty.secure() as taken:
        taken.sendall(data)
        assert status(taken) in {0, 400}


def test_what_is_no_tls_is_dropped(served: Served) -> None:
    with served.raw() as taken:
        taken.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")
        taken.settimeout(10)
        try:
            while taken.recv(4096):
                pass
        except OSError:
            pass


@pytest.mark.parametrize("data", [b"", b"x", b"\x00" * 2000, b"\xff" * 100_000])
def test_what_is_no_parcel_gets_nothing(served: Served, data: bytes) -> None:
    assert served.post(data) == (400, b"Bad Request\n")


def test_connection_is_kept_for_the_next_parcel(served: Served) -> None:
    with served.secure() as taken:
        for _ in range(2):
            nonce = "00" * 16
            sealed = served.world["south"].post.seal(
                "north", bodies.ASK, bodies.encode_notes([]), served.world.clock.now(), nonce
            )
            taken.sendall(
                head(served.office, f"Content-Length: {len(sealed)}").replace("\n", "\r\n").encode()
            )
            taken.sendall(b"\r\n" + sealed)
            found = b""
            while b"\r\n\r\n" not in found:
                found += taken.recv(65536)
            top, _, body = found.partition(b"\r\n\r\n")
            length = int(top.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            while len(body) < length:
                body += taken.recv(65536)
            assert found.startswith(b"HTTP/1.1 200")


def test_expectation_is_met_before_the_body(served: Served) -> None:
    with served.secure() as taken:
        text = head(served.office, "Content-Length: 3", "Expect: 100-continue")
        taken.sendall(text.replace("\n", "\r\n").encode() + b"\r\n")
        assert taken.recv(4096).startswith(b"HTTP/1.1 100 ")
        taken.sendall(b"abc")
        assert status(taken) == 400


def drip(taken: ssl.SSLSocket, text: bytes) -> None:
    """One byte after the other until the other end has had enough."""
    with suppress(OSError):
        for byte in text:
            taken.sendall(bytes([byte]))
            time.sleep(0.02)
        raise AssertionError("it went on for ever")


def test_body_that_drips_ends_in_time(hasty: Served) -> None:
    with hasty.secure() as taken:
        text = head(hasty.office, "Content-Length: 5000").replace("\n", "\r\n").encode() + b"\r\n"
        taken.sendall(text)
        # By one thread: two must not use one connection of TLS at the same time.
        taken.settimeout(0.02)
        said = b""
        for _ in range(4000):
            with suppress(TimeoutError):
                said = taken.recv(4096)
                break
            taken.sendall(b"x")
        assert said.startswith(b"HTTP/1.1 408 ")


def test_head_that_drips_ends_in_time(hasty: Served) -> None:
    with hasty.secure() as taken:
        drip(taken, b"POST /line/" + b"x" * 2000)


def test_slow_ones_hold_no_thread_and_no_place(served: Served) -> None:
    """More connections than there are places, of each kind of slowness; a good peer is served at once."""
    rude: list[socket.socket] = []
    stop = threading.Event()

    def body(taken: ssl.SSLSocket) -> None:
        text = head(served.office, f"Content-Length: {MAX_PARCEL}").replace("\n", "\r\n").encode() + b"\r\n"
        try:
            taken.sendall(text)
            while not stop.wait(0.05):
                taken.sendall(b"x")
        except OSError:
            pass

    threads = []
    for number in range(4 * LIMITS.connections):
        try:
            one = served.raw() if number % 2 else served.secure()
        except OSError:
            continue
        rude.append(one)
        if isinstance(one, ssl.SSLSocket):
            threads.append(threading.Thread(target=body, args=(one,)))
            threads[-1].start()
    for _ in range(3):
        served.works()
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    for one in rude:
        one.close()


def test_whoever_has_most_connections_gives_way(served: Served) -> None:
    """One address takes all places and more; another keeps the one that it had before them."""

    def ask(taken: ssl.SSLSocket) -> int:
        taken.sendall(head(served.office, "Content-Length: 1").replace("\n", "\r\n").encode() + b"\r\n")
        time.sleep(0.2)
        taken.sendall(b"x")
        return status(taken)

    with trusting().wrap_socket(from_address(served, "127.0.0.2")) as good:
        until(lambda: [one.address for one in served.server._visits] == ["127.0.0.2"])
        rude = [served.secure() for _ in range(2 * LIMITS.connections)]
        assert len(served.server._visits) <= LIMITS.connections
        assert ask(good) == 400
    for one in rude:
        one.close()


def from_address(served: Served, address: str) -> socket.socket:
    return socket.create_connection(
        ("127.0.0.1", served.server.port), timeout=60, source_address=(address, 0)
    )


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_no_more_bytes_are_promised_than_there_is_room_for(world: World, tmp_path: Path) -> None:
    """Whoever announces a body keeps memory from others: the oldest that waits gives way, or nobody may."""
    limits = replace(LIMITS, bytes=2 * MAX_PARCEL)
    with serving(world, tmp_path, limits) as running:
        text = head(running.office, f"Content-Length: {MAX_PARCEL}").replace("\n", "\r\n").encode() + b"\r\n"
        taken = []

        def promised() -> list[int]:
            return [one.bytes for one in running.server._visits]

        for _ in range(3):
            taken.append(running.secure())
            taken[-1].sendall(text)
            until(lambda: promised()[-1:] == [MAX_PARCEL])
        assert promised() == [MAX_PARCEL] * 2
        with suppress(OSError):
            assert taken[0].recv(1) == b""
        assert len(running.server._visits) == 2
        for one in taken:
            one.close()
        until(lambda: not running.server._visits)
        running.server.limits = replace(limits, bytes=MAX_PARCEL - 1)
        assert running.say(head(running.office, f"Content-Length: {MAX_PARCEL}")) == 503
        running.works()


def test_who_does_not_read_the_answer_is_let_go(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than the buffers between hold, to one who reads nothing of it; an idle one would stay."""
    much = 2 * MAX_PARCEL
    with serving(world, tmp_path, replace(HASTY, idle=3600.0)) as running:
        text = head(running.office, "Content-Length: 1").replace("\n", "\r\n").encode() + b"\r\nx"
        with monkeypatch.context() as patch, running.raw() as bare:
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            patch.setattr(type(world["north"].endpoint), "answer", lambda _self, _data: bytes(much))
            with trusting().wrap_socket(bare) as taken:
                taken.sendall(text)
                # Meanwhile it is charged with what it does not read.
                until(lambda: sum(one.bytes for one in running.server._visits) > much)
                until(lambda: not running.server._visits)
        running.works()


def test_long_answers_go_as_fast_as_they_are_read(world: World, tmp_path: Path) -> None:
    """Each after the other on one connection, whatever their lengths."""
    lengths = (1, 64 * 1024, 3_000_000, 100_000)
    with pytest.MonkeyPatch.context() as patch, serving(world, tmp_path) as running:
        patch.setattr(type(world["north"].endpoint), "answer", lambda _self, data: bytes(int(data)))
        with running.secure() as taken:
            taken.settimeout(10)
            for many in lengths:
                body = str(many)
                text = head(running.office, f"Content-Length: {len(body)}") + "\n" + body
                taken.sendall(text.replace("\n", "\r\n").encode())
                got = b""
                while len(got.partition(b"\r\n\r\n")[2]) < many:
                    more = taken.recv(65536)
                    assert more
                    got += more


# the client


def reply(*parts: bytes, pause: float = 0.0) -> Callable[[ssl.SSLSocket], None]:
    def answer(taken: ssl.SSLSocket) -> None:
        for part in parts:
            taken.sendall(part)
            time.sleep(pause)
        time.sleep(0.2)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nxx"),
        reply(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxx"),
        reply(b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        reply(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"),
        reply(b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 200),
        reply(b"nonsense\r\n\r\n"),
        reply(),
        reply(*[b"x"] * 4000, pause=0.02),
        reply(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n", *[b"x"] * 4000, pause=0.02),
        reply(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 4000, pause=0.02),
    ],
)
def test_answers_are_bounded(
    tmp_path: Path, answer: Callable[[ssl.SSLSocket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yeollak.line.client.RATE", 2**40)
    began = time.monotonic()
    with answering(tmp_path, answer) as address:
        client = LineClient(address, grace=2.0)
        with pytest.raises(LineFault):
            client.exchange("0" * 64, b"x")
        assert time.monotonic() - began < 40  # what drips would take twice as long
        client.close()


def test_answer_without_end_is_cut(tmp_path: Path) -> None:
    many = [b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 200
    endless = reply(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *many)
    with answering(tmp_path, endless) as address, pytest.raises(LineFault):
        LineClient(address, grace=20.0).exchange("0" * 64, b"x")


def test_encoded_answer_is_not_undone(tmp_path: Path) -> None:
    text = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"
    with answering(tmp_path, reply(text)) as address:
        assert LineClient(address).exchange("0" * 64, b"x") == b"hello"


@pytest.mark.parametrize("what", ["other certificate", "plain", "nobody"])
def test_other_ends_are_refused(served: Served, what: str) -> None:
    url = served.address.url
    address = {
        "other certificate": Address(url, "00" * 32),
        "plain": Address(url.replace("https", "http"), served.fingerprint),
        "nobody": Address("https://127.0.0.1:9", served.fingerprint),
    }[what]
    with pytest.raises(LineFault) as caught:
        LineClient(address).exchange(served.office, b"x")
    assert caught.value.code == "unreachable"


def test_nothing_is_sent_in_the_clear() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(LineFault) as caught:
            LineClient(address).exchange("0" * 64, b"x")
        assert caught.value.data["why"] == "not https"
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()
