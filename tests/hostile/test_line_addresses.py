"""The line's own little HTTP: whatever is asked gets one of its fixed answers, and none is our fault."""

from __future__ import annotations

import itertools
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from fuzz.__main__ import corpus
from fuzz.mutator import mutations
from tests.line.served import Served, serving
from tests.line.world import World
from yeollak.line.http import REASONS
from yeollak.line.server import Limits

METHODS = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "POST", "post", "X" * 17)
PATHS = (
    "/", "*", "/line/", "/line/{office}", "/line/{office}/", "/line/{office}?x=1", "/LINE/{office}",
    "//{office}", "/line/%2e%2e", "https://127.0.0.1/line/{office}", "/line/" + "0" * 64, "/" + "a" * 300,
)  # fmt: skip


@pytest.fixture
def served(world: World, tmp_path: Path) -> Iterator[Served]:
    with serving(world, tmp_path, Limits(head=2.0, grace=2.0, connections=8, workers=2)) as running:
        yield running
        running.works()


def answered(served: Served, data: bytes) -> bytes:
    """The answer that comes on a connection to which `data` was sent; each ends with a line of its own."""
    found = b""
    with served.secure() as taken, suppress(OSError, ssl.SSLError):
        taken.sendall(data)
        while not (b"\r\n\r\n" in found and found.endswith(b"\n") and not found.endswith(b"\r\n\r\n")):
            part = taken.recv(65536)
            if not part:
                break
            found += part
    return found


def check(found: bytes) -> None:
    head, _, body = found.partition(b"\r\n\r\n")
    version, status, reason = head.split(b"\r\n")[0].split(b" ", 2)
    assert version == b"HTTP/1.1"
    assert REASONS[int(status)].encode() == reason
    assert int(status) < 500
    assert b"X-Content-Type-Options: nosniff" in head
    assert body == reason + b"\n"


def test_every_method_and_path_gets_a_fixed_answer(served: Served) -> None:
    for method, path in itertools.product(METHODS, PATHS):
        text = f"{method} {path.format(office=served.office)} HTTP/1.1\r\nContent-Length: 2\r\n\r\nxx"
        check(answered(served, text.encode()))


def test_altered_heads_get_a_fixed_answer(served: Served) -> None:
    heads = [data.replace(b"70000", b"5") for data in corpus("head")]
    for data in mutations(heads, 7, 40, 2000):
        whole = data.replace(b"\r\n\r\n", b"") + b"\r\nContent-Length: 3\r\n\r\nabc"
        check(answered(served, whole.replace(b"100-continue", b"x")))
