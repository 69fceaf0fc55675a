"""The north node behind a real HTTPS server on loopback, and raw ways to be rude to it."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tests.line.world import World
from yeollak.line import bodies
from yeollak.line.client import Address, LineClient
from yeollak.line.server import Limits, LineServer
from yeollak.node import tls
from yeollak.record.parcel import Parcel

#: Long enough for any machine: nobody is let go for being slow while a test lasts.
LIMITS = Limits(handshake=30.0, head=30.0, idle=30.0, grace=30.0, connections=6, workers=2)
#: For tests in which somebody is let go. How long a good peer takes for his head and his body is all that is
#: asked of the machine.
HASTY = replace(LIMITS, head=1.5, grace=1.5, rate=8 * 1024 * 1024)


def trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@dataclass
class Served:
    """A running server for the north node of `world`."""

    world: World
    server: LineServer
    fingerprint: str
    unforeseen: list[BaseException]

    @property
    def office(self) -> str:
        return self.world.charter.office

    @property
    def address(self) -> Address:
        return Address(f"https://127.0.0.1:{self.server.port}", self.fingerprint)

    def client(self, grace: float = 20.0) -> LineClient:
        return LineClient(self.address, grace)

    def raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=60)

    def secure(self) -> ssl.SSLSocket:
        return trusting().wrap_socket(self.raw())

    def say(self, head: str, body: bytes = b"") -> int:
        """The status of the answer to raw bytes, 0 where the connection ends without one."""
        with self.secure() as taken:
            with suppress(OSError):
                taken.sendall(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
            return status(taken)

    def post(self, body: bytes, **headers: str) -> tuple[int, bytes]:
        """Status and body of the answer to a well-formed request."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.server.port, context=trusting(), timeout=60
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request("POST", f"/line/{self.office}", body, named)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, purpose: str, body: bytes, sender: str = "south") -> tuple[int, Parcel | None]:
        """What a peer that holds real keys gets for any body that it likes."""
        post = self.world[sender].post
        nonce = "0f" * 16
        code, data = self.post(post.seal("north", purpose, body, self.world.clock.now(), nonce))
        return code, post.open_answer(data, "north", nonce) if code == 200 else None

    def refusal(self, body: bytes) -> bodies.Refused:
        """The signed refusal that a push gets."""
        _, answer = self.ask(bodies.PUSH, body)
        assert answer is not None
        assert answer.header.purpose == bodies.REFUSAL
        return bodies.decode_refusal(answer.body)

    def works(self) -> None:
        """A good peer is answered, and before anybody who is slow would have been let go."""
        began, self.server.limits = time.monotonic(), LIMITS
        code, answer = self.ask(bodies.ASK, bodies.encode_notes([]))
        assert (code, answer is not None) == (200, True)
        assert time.monotonic() - began < LIMITS.head
        assert self.unforeseen == []


def status(taken: ssl.SSLSocket) -> int:
    """The status that comes on a connection, 0 where it ends without one."""
    data = b""
    try:
        while b"\r\n" not in data and (part := taken.recv(4096)):
            data += part
    except OSError:
        pass
    return int(data.split(b" ")[1]) if b"\r\n" in data else 0


@contextmanager
def serving(world: World, folder: Path, limits: Limits = LIMITS) -> Iterator[Served]:
    """Serve the north node of a world."""
    tls.make(folder, "127.0.0.1")
    unforeseen: list[BaseException] = []
    office = world.charter.office
    server = LineServer(
        ("127.0.0.1", 0),
        folder / "tls" / "line.pem",
        folder / "tls" / "line.key",
        {office: world["north"].endpoint}.get,
        unforeseen.append,
        limits,
    )
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield Served(world, server, tls.fingerprint(folder), unforeseen)
    finally:
        server.stop()
        thread.join(timeout=20)
        assert not thread.is_alive()


@contextmanager
def answering(folder: Path, answer: Callable[[ssl.SSLSocket], None]) -> Iterator[Address]:
    """A server that does whatever `answer` does once it has read the head of a request."""
    tls.make(folder, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls" / "line.pem", folder / "tls" / "line.key")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            taken, _ = listener.accept()
            with context.wrap_socket(taken, server_side=True) as secure:
                secure.recv(65536)
                answer(secure)
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Address(f"https://127.0.0.1:{listener.getsockname()[1]}", tls.fingerprint(folder))
    finally:
        listener.close()
        thread.join(timeout=10)
