"""Two served desks for whole stories: a clock that a story moves, a wire that it can cut, and desks that both
answer from one process.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pyotp

from tests.node.offices import SECRET, SIDES
from tests.staff.desks import HASHER, Desks
from yeollak.desk.staff.hands import Hands, install
from yeollak.node.hands import NodeHands
from yeollak.node.open import Node
from yeollak.node.serve import Server
from yeollak.storage.staffing import Staffing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: A Wednesday, 10:20 at both posts: between the calls of the day.
BEGINS = datetime(2026, 3, 4, 1, 20, tzinfo=UTC)
TERMS: dict[str, Any] = {
    "calendar": {"zone": "Asia/Seoul"},
    "handling": {"flash": {"minutes": 10}},
}
T = TypeVar("T")
_asked: ContextVar[Hands] = ContextVar("asked")


class Hour:
    """A clock that runs from a set beginning, and that a story moves ahead."""

    def __init__(self, begins: datetime) -> None:
        self._begins, self._since = begins, time.monotonic()

    def now(self) -> datetime:
        """The instant, in UTC, in whole seconds."""
        passed = self._begins + timedelta(seconds=time.monotonic() - self._since)
        return passed.replace(microsecond=0)

    def ahead(self, **span: float) -> None:
        """Move it ahead; it never goes back."""
        self._begins += timedelta(**span)


class Wire:
    """What lies between a node and the line of another: connections pass while it is whole, and a cut one
    takes nobody's call.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target, self._listener = target, socket.create_server(("127.0.0.1", 0))
        self.port, self.whole = self._listener.getsockname()[1], True
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut it: whatever is under way ends."""
        self.whole = False
        for one in list(self._open):
            _end(one)

    def close(self) -> None:
        """Take the wire away."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = None
                with contextlib.suppress(OSError):
                    far = socket.create_connection(self._target) if self.whole else None
                if far is None:
                    near.close()
                    continue
                self._open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        self._open -= {one, other}
        for end in (one, other):
            _end(end)


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


class _Asked:
    """The hands of whichever desk was asked: one process has one place for hands, and here two desks."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_asked.get(), name)


class Posts(Desks):
    """Two desks that both answer, over a wire that can be cut, by a clock that can be moved."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hour = Hour(BEGINS)
        self.wires: dict[str, Wire] = {}
        #: What the device of each account has been given: (side, name) -> secret.
        self.secrets: dict[tuple[str, str], str] = {}
        # Playwright's thread has a loop, which Django does not enter; one thread keeps one view of an office.
        self._beside = ThreadPoolExecutor(1)

    def open(self, side: str) -> Node:
        """Open a node's folder, with the clock of the story."""
        self.nodes[side] = replace(super().open(side), clock=self.hour)
        return self.nodes[side]

    def serve(self, side: str, *, accept_risk: bool = False) -> Server:
        """Serve a node whose peers it reaches by the wire, and whose desk has its own hands."""
        node, peers = self.nodes[side], {}
        for peer, address in node.config.peers.items():
            host, _, port = address.url.removeprefix("https://").rpartition(":")
            wire = self.wires[peer] = Wire((host, int(port)))
            peers[peer] = replace(address, url=f"https://{host}:{wire.port}")
        wired = replace(node, config=replace(node.config, peers=peers))
        server = Server(wired, SECRET, accept_risk=accept_risk)
        if node.config.desk is not None:
            hands, pages = hands_of(server), server._pages[-1]
            pages.wsgi_app = _by(hands, pages.wsgi_app)
            install(cast(Hands, _Asked()))
        server.start()
        self.servers[side] = server
        return server

    def close(self) -> None:
        """Stop both nodes and take the wires away."""
        self.ask(super().close)
        for wire in self.wires.values():
            wire.close()
        install(None)

    def ask(self, call: Callable[[], T]) -> T:
        """What a call beside the browser's thread returns."""
        return self._beside.submit(call).result()

    def code(self, side: str, name: str) -> str:
        """What the device of an account shows, in a half minute of which no code has been used."""
        self.hour.ahead(seconds=31)
        return pyotp.TOTP(self.secrets[side, name]).at(self.hour.now())

    def speak(self, side: str, name: str, lang: str) -> None:
        """Have an account read a language."""
        node = self.nodes[side]
        self.ask(lambda: Staffing(node.alias, HASHER).give(name, node.clock.now(), language=lang))

    def cut(self) -> None:
        """Cut the wire, both ways."""
        for wire in self.wires.values():
            wire.cut()

    def mend(self) -> None:
        """Mend the wire, and let both nodes try it at once."""
        for wire in self.wires.values():
            wire.whole = True
        for server in self.servers.values():
            for peer in server._peers:
                for courier in peer.couriers:
                    courier.not_before = 0.0
                peer.woken.set()

    def agree(self, matter: str) -> str:
        """Wait until both sides hold the same and nobody owes a word; returns the phase of a matter, which is
        one and settled on both sides.
        """

        def phase() -> str:
            self.until(self.settled)
            offices = [self.view(side).office for side in SIDES]
            assert all(office.settled(matter) for office in offices)
            (found,) = {office.state(matter).state.phase for office in offices}
            return found

        return self.ask(phase)


def hands_of(server: Server) -> Hands:
    """The hands that a server has installed for its desk."""
    return NodeHands(server.node, server._wake, lambda office: server._posts[office].keys.register)


def _by(hands: Hands, pages: WSGIApplication) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        _asked.set(hands)
        return pages(environ, start_response)

    return answer
