"""Serving: the line over HTTPS, the public page over HTTP, the keeper and the couriers, in one process.

At its start a node asks the other sides what they hold of its own register (rule 9), and only then does
anything of its own leave. Nothing that is in memory here is needed to go on: a server that is killed is
started again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server as WsgiServer
from django.core.wsgi import get_wsgi_application

from yeollak.errors import Fault, OurFault
from yeollak.line.client import LineClient
from yeollak.line.courier import Courier
from yeollak.line.endpoint import Endpoint
from yeollak.line.post import Post
from yeollak.line.server import MAX_PARCEL, application
from yeollak.node.keeper import Keeper
from yeollak.node.open import Node
from yeollak.storage import reading

#: How long the loop sleeps when nothing happens, in seconds.
_PAUSE = 0.02


class Lock:
    """One server a folder: a lock that the operating system gives back when the process ends, however it
    ends.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "serve.lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise OurFault("node-running", path=str(folder)) from None
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Give the folder back."""
        self._file.close()


class Server:
    """Everything that a node serves. `start` returns once both ports answer; `stop` ends all threads."""

    def __init__(self, node: Node, passphrase: str, *, accept_risk: bool = False) -> None:
        self.node = node
        self._accept_risk = accept_risk
        self._lock = Lock(node.config.folder)
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._posts = {
            view.id: Post(
                view.charter, view.side, node.keyring.post_keys(view.charter, view.side, passphrase)
            )
            for view in (reading.office_view(node.alias, office) for office in reading.offices(node.alias))
        }
        self._endpoints = {
            office: Endpoint(node.journal, post, node.clock.now, self._woken.set)
            for office, post in self._posts.items()
        }
        self._line = self._wsgi(node.config.line, application(self._endpoints.get, self._unforeseen))
        self._line.max_request_body_size = MAX_PARCEL
        folder = node.config.folder / "tls"
        self._line.ssl_adapter = BuiltinSSLAdapter(str(folder / "line.pem"), str(folder / "line.key"))
        self._desk = self._wsgi(node.config.desk, get_wsgi_application())

    def start(self) -> None:
        """Recover, then serve. Raises OurFault(`port-in-use`, `forked-register`, `recovery-needed`)."""
        couriers = self._couriers()
        for server, (_host, port) in (
            (self._line, self.node.config.line),
            (self._desk, self.node.config.desk),
        ):
            try:
                server.prepare()
            except OSError:
                self._lock.release()
                raise OurFault("port-in-use", port=port) from None
        self._recover(couriers)
        for run in (self._line.serve, self._desk.serve, lambda: self._work(couriers)):
            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Stop serving; what is under way is finished or will be sent again."""
        self._ending.set()
        self._woken.set()
        self._line.stop()
        self._desk.stop()
        for thread in self._threads:
            thread.join(timeout=10)
        self._lock.release()

    def wait(self) -> None:
        """Wait until somebody stops the server."""
        while not self._ending.wait(0.5):
            pass

    def _wsgi(self, address: tuple[str, int], app: object) -> WsgiServer:
        server = WsgiServer(address, app, numthreads=4, max=8, request_queue_size=32, timeout=30)
        server.shutdown_timeout = 1
        return server

    def _couriers(self) -> list[Courier]:
        return [
            Courier(
                self.node.journal,
                post,
                peer,
                LineClient(self.node.config.peers[peer]),
                self.node.clock.now,
                time.monotonic,
            )
            for post in self._posts.values()
            for peer in post.charter.sides
            if peer != post.side and peer in self.node.config.peers
        ]

    def _recover(self, couriers: list[Courier]) -> None:
        """Rule 9: nothing is appended from memory alone."""
        answered = {courier.office for courier in couriers if courier.recover()}
        for office in self._posts:
            anchored = (
                self.node.journal.anchor is not None and self.node.journal.anchor.read(office) is not None
            )
            if not anchored and office not in answered:
                if not self._accept_risk:
                    self._lock.release()
                    raise OurFault("recovery-needed")
                self.node.journal.raise_alarm(office, "risk-accepted", {}, self.node.clock.now())

    def _work(self, couriers: list[Courier]) -> None:
        keepers = [Keeper(self.node, post) for post in self._posts.values()]
        while not self._ending.is_set():
            self._woken.clear()
            moved = False
            for office, keeper in zip(self._posts, keepers, strict=True):
                self._guarded(office, keeper.step)
            for courier in couriers:
                moved = self._guarded(courier.office, courier.step) or moved
            if not moved:
                self._woken.wait(_PAUSE)

    def _guarded(self, office: str, work: Callable[[], bool | None]) -> bool:
        """Do one piece of work; whatever goes wrong is an alarm of that office, and the loop goes on."""
        try:
            return bool(work())
        except Exception as problem:  # noqa: BLE001 (a loop that dies would silence a node that still answers)
            code = problem.code if isinstance(problem, Fault) else "node-loop"
            with contextlib.suppress(Fault):
                why = {"why": type(problem).__name__}
                self.node.journal.raise_alarm(office, code, why, self.node.clock.now())
            self._woken.wait(_PAUSE)
            return False

    def _unforeseen(self, problem: BaseException) -> None:
        for office in self._posts:
            self.node.journal.raise_alarm(
                office, "line-server", {"why": type(problem).__name__}, self.node.clock.now()
            )
