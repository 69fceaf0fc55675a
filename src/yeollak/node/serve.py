"""Serving: the line over HTTPS, the public page and the desk over HTTP, the keeper and the couriers, in one
process.

At its start a node asks the other sides what they hold of its own register (rule 9), and only then does
anything of its own leave. Each peer has a thread, so that a dead line to one delays no other. Nothing that
is in memory here is needed to go on: a server that is killed is started again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cheroot.wsgi import Server as WsgiServer
from django.core.wsgi import get_wsgi_application

from yeollak.desk import views
from yeollak.desk.csp import SITE
from yeollak.desk.staff.hands import install
from yeollak.errors import Fault, OurFault
from yeollak.line.client import LineClient
from yeollak.line.courier import Courier
from yeollak.line.endpoint import Endpoint
from yeollak.line.post import Post
from yeollak.line.server import LineServer
from yeollak.node import deskdoor, warming
from yeollak.node.alarming import Alarming
from yeollak.node.hands import NodeHands
from yeollak.node.health import Health
from yeollak.node.keeper import Keeper
from yeollak.node.keyring import Unlocked
from yeollak.node.logs import LOG
from yeollak.node.open import Node
from yeollak.node.outgoing import Outgoing
from yeollak.node.streams import Hub, StaffServer
from yeollak.office.office import Office
from yeollak.storage import disk, journal, reading, searching
from yeollak.storage.holdings import Holdings
from yeollak.storage.rebuild import rebuild
from yeollak.storage.signer import RegisterSigner
from yeollak.storage.staffing import Staffing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: How often it is looked whether another process has written, in seconds.
_LOOK = 0.05
#: How long a peer's thread sleeps that nobody wakes, and how long one waits after an unforeseen fault.
_SLEEP, _FAULT = 5.0, 1.0
#: How long one thread goes on before another may, in seconds.
_SHARE = 0.001
#: How long it is left to others after pages were told of something, in times of what that took.
_BEHIND = 3.0
#: How long the start waits for the peers' first answers, in seconds; they are asked on. Where the anchor is
#: lost nothing else tells what has left, and it waits longer.
_FIRST_ANSWERS, _ONLY_ANSWERS = 10.0, 45.0


class Lock:
    """One server a folder: a lock that the operating system gives back when the process ends, however it
    ends.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "serve.lock").open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise OurFault("node-running", path=str(folder)) from None
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Give the folder back."""
        self._file.close()


class Peer:
    """The couriers to one peer, in all offices, with the event that wakes their thread."""

    def __init__(self, name: str, couriers: list[Courier]) -> None:
        self.name, self.couriers = name, couriers
        self.woken, self.asked = threading.Event(), threading.Event()

    def sleep(self) -> None:
        """Wait until somebody wakes the thread or a pause of the back-off is over."""
        now = time.monotonic()
        paused = [courier.not_before - now for courier in self.couriers]
        self.woken.wait(min([_SLEEP, *(pause for pause in paused if pause > 0)]))


def _page_server(address: tuple[str, int], pages: WSGIApplication, hub: Hub | None = None) -> WsgiServer:
    make = WsgiServer if hub is None else partial(StaffServer, hub=hub)
    server = make(address, pages, numthreads=4, max=8, request_queue_size=32, timeout=30)
    server.shutdown_timeout = 1
    return server


def _of_staff(
    pages: WSGIApplication,
    names: tuple[str, ...],
    environ: WSGIEnvironment,
    start_response: StartResponse,
) -> Iterable[bytes]:
    """The pages, for a request that came by the desk's own listener, under a name of its own."""
    return deskdoor.answering(pages, names, {**environ, SITE: "staff"}, start_response)


class Server:
    """Everything that a node serves. `start` returns once all ports answer and the other sides have been
    asked; `stop` ends all threads.
    """

    def __init__(self, node: Node, passphrase: str, *, accept_risk: bool = False) -> None:
        self.node = node
        desk = node.config.desk
        adapter = deskdoor.adapter_of(node.config.folder, desk[0]) if desk is not None else None
        self._accept_risk = accept_risk
        self._lock = Lock(node.config.folder)
        self._woken, self._ending, self._ready = threading.Event(), threading.Event(), threading.Event()
        self._counted = threading.Event()
        self._threads: list[threading.Thread] = []
        self._posts = {
            view.id: Post(
                view.charter,
                view.side,
                Unlocked(node.keyring, view.charter, view.side, passphrase),
                partial(self._office, view.id),
            )
            for view in (reading.office_view(node.alias, office) for office in reading.offices(node.alias))
        }
        self._receipts: dict[str, list[Callable[[int], None]]] = {office: [] for office in self._posts}
        self._ports = {
            office: Holdings(node.journal, office, partial(self._receipted, office)) for office in self._posts
        }
        self._outgoing = {
            office: Outgoing(node, office, partial(self._signer, office), self._appended)
            for office in self._posts
        }
        self._endpoints = {
            office: Endpoint(self._ports[office], post, node.clock.now, partial(self._heard, office))
            for office, post in self._posts.items()
        }
        tls = node.config.folder / "tls"
        self._line = LineServer(
            node.config.line, tls / "line.pem", tls / "line.key", self._endpoints.get, self._unforeseen
        )
        self._hub: Hub | None = None
        pages = get_wsgi_application()
        self._pages = [_page_server(node.config.public, pages)]
        if node.config.desk is not None:
            install(NodeHands(node, self._wake, self._signer))
            self._hub = Hub(node.alias, node.clock.now)
            of_staff = partial(_of_staff, pages, node.config.desk_names)
            self._pages.append(_page_server(node.config.desk, of_staff, self._hub))
            self._pages[-1].ssl_adapter = adapter
        if node.config.health is not None:
            self._pages.append(_page_server(node.config.health, Health(node, self._ready.is_set)))
        self._peers: list[Peer] = []
        self._forked: OurFault | None = None

    def start(self) -> None:
        """Serve, ask, and go on. Raises OurFault(`port-in-use`, `forked-register`, `recovery-needed`,
        `anchor-unreadable`); nothing runs on then.
        """
        # Threads that answer wait for one that counts: what is short must not wait for its whole share.
        sys.setswitchinterval(_SHARE)
        servers: tuple[LineServer | WsgiServer, ...] = (self._line, *self._pages)
        for server, (_host, port) in zip(servers, self.node.config.listeners.values(), strict=True):
            try:
                server.prepare()
            except OSError:
                self.stop()
                raise OurFault("port-in-use", port=port) from None
        if self.node.config.desk is not None:
            Staffing(self.node.alias).end_all(self.node.clock.now())
        for office in self._posts:
            # A store of an earlier version has no index yet by which matters are listed and found.
            if searching.stale(reading.office_view(self.node.alias, office)):
                rebuild(self.node.alias, office, self.node.clock.now())
        lost = {office: self._lost(office) for office in self._posts}
        # Two nodes that start at once ask each other: each must answer before it has been answered.
        self._run(self._line.serve)
        for pages in self._pages:
            self._run(pages.serve)
        self._peers = self._make_peers(lost)
        for peer in self._peers:
            self._run(partial(self._serve_peer, peer))
        ends = time.monotonic() + (_ONLY_ANSWERS if any(lost.values()) else _FIRST_ANSWERS)
        for peer in self._peers:
            peer.asked.wait(max(0.0, ends - time.monotonic()))
        try:
            self._check_recovered(lost)
        except OurFault:
            self.stop()
            raise
        self._ready.set()
        self._run(self._keep)
        self._run(self._show)
        self._run(self._warm)
        for outgoing in self._outgoing.values():
            self._run(partial(outgoing.run, self._ending))
        if self._hub is not None:
            self._run(partial(self._hub.run, self._ending))
        if self.node.config.alarm.channels:
            self._run(partial(Alarming(self.node).run, self._ending))
        LOG.info("serving", extra={"side": self.node.config.side})

    def stop(self) -> None:
        """Stop serving; what is under way is finished or will be sent again."""
        self._ending.set()
        self._ready.set()
        self._wake()
        self._woken.set()
        self._counted.set()
        for outgoing in self._outgoing.values():
            outgoing.wake()
        self._line.stop()
        for pages in self._pages:
            pages.stop()
        for thread in self._threads:
            thread.join(timeout=5)
        self._lock.release()
        LOG.info("stopped", extra={"side": self.node.config.side})

    def wait(self) -> None:
        """Wait until somebody stops the server."""
        while not self._ending.wait(3600):
            pass

    def outgoing(self, office: str) -> Outgoing:
        """Where officers of this process hand in their acts in an office."""
        return self._outgoing[office]

    def watch_receipts(self, office: str, told: Callable[[int], None]) -> None:
        """Have `told` called with the size of every receipt of our own register that has been stored."""
        self._receipts[office].append(told)

    def _receipted(self, office: str, side: str, size: int) -> None:
        if side == self._posts[office].side:
            for told in self._receipts[office]:
                told(size)

    def _signer(self, office: str) -> RegisterSigner:
        return self._posts[office].keys.register

    def _appended(self) -> None:
        self._wake()
        self._woken.set()
        self._counted.set()

    def _office(self, office: str) -> Office:
        """An office as the calling thread sees it now."""
        return reading.office_view(self.node.alias, office).office

    # rule 9

    def _lost(self, office: str) -> OurFault | None:
        """Why nobody here knows what has left of our register, or None where the anchor does."""
        anchor = self.node.journal.anchor
        try:
            known = anchor is None or anchor.read(office) is not None
        except OurFault as fault:
            if anchor is None or not anchor.set_aside():
                return fault
            known = False
        return None if known else OurFault("recovery-needed")

    def _check_recovered(self, lost: dict[str, OurFault | None]) -> None:
        """Nothing is appended from memory alone: without an anchor every other side must have answered."""
        if self._forked is not None:
            raise self._forked
        couriers = [courier for peer in self._peers for courier in peer.couriers]
        for office, fault in lost.items():
            if fault is None:
                continue
            answered = {courier.peer for courier in couriers if courier.office == office and courier.answered}
            others = set(self._posts[office].charter.sides) - {self._posts[office].side}
            if answered != others:
                if not self._accept_risk:
                    raise fault
                self.node.journal.raise_alarm(office, "risk-accepted", {}, self.node.clock.now())
            self.node.journal.anchor_again(office)

    def _keep_answer(self, office: str) -> Callable[[str, bytes], None]:
        """Where a peer's word is all there is, it is kept as it was signed (clarifications 33)."""

        def keep(peer: str, data: bytes) -> None:
            folder = self.node.config.folder / "answers"
            folder.mkdir(mode=0o700, exist_ok=True)
            name = f"{office[:16]}-{peer}-{self.node.clock.now():%Y%m%dT%H%M%SZ}.parcel"
            disk.write_whole(folder / name, data, mode=0o600)

        return keep

    # threads

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _make_peers(self, lost: dict[str, OurFault | None]) -> list[Peer]:
        def courier(office: str, name: str, line: LineClient) -> Courier:
            keep = {} if lost[office] is None else {"told": self._keep_answer(office)}
            post, log, clock = self._posts[office], self.node.journal, self.node.clock.now
            return Courier(self._ports[office], post, name, line, log, clock, time.monotonic, **keep)

        peers = []
        for name, address in sorted(self.node.config.peers.items()):
            line = LineClient(address)
            offices = [
                office
                for office, post in self._posts.items()
                if name in post.charter.sides and name != post.side
            ]
            if offices:
                peers.append(Peer(name, [courier(office, name, line) for office in offices]))
        return peers

    def _serve_peer(self, peer: Peer) -> None:
        for courier in peer.couriers:
            self._guarded(courier.office, courier.step)
        peer.asked.set()
        self._ready.wait()
        while not self._ending.is_set():
            peer.woken.clear()
            moved = [self._guarded(courier.office, courier.step) for courier in peer.couriers]
            if not any(moved):
                peer.sleep()
        journal.close(self.node.alias)

    def _keep(self) -> None:
        """Let the keepers work when something has changed, when it is time for one, or after a fault."""
        keepers = {office: Keeper(self.node, post) for office, post in self._posts.items()}
        dues: dict[str, datetime] = {}
        faults: dict[str, float] = {}
        seen: object = None
        while not self._ending.is_set():
            self._woken.clear()
            pulse = self._pulse(seen)
            for office, keeper in keepers.items():
                due = self._is_over(dues.get(office))
                again = office in faults and faults[office] <= time.monotonic()
                if pulse != seen or due or again:
                    self._keep_one(office, keeper, dues, faults)
                    # What the keeper itself has written changes no pulse of its own connection.
                    self._wake()
            seen = pulse
            self._woken.wait(_LOOK)
        journal.close(self.node.alias)

    def _show(self) -> None:
        """Let pages and searches know what has been counted, behind everything that goes out or comes in:
        while acts keep coming this takes a part of the time alone.
        """
        while not self._ending.is_set():
            self._counted.wait(_SLEEP)
            self._counted.clear()
            for office in self._posts:
                more = True
                while more and not self._ending.is_set():
                    began = time.monotonic()
                    more = self._guarded(office, partial(self._show_some, office))
                    if more or self._counted.is_set():
                        time.sleep((time.monotonic() - began) * _BEHIND)
                self._guarded(office, partial(views.renew, office))
        journal.close(self.node.alias)

    def _warm(self) -> None:
        """Prepare what first pages would have to wait for. What goes wrong there goes wrong again for whoever
        asks for the page, and is said then.
        """
        with contextlib.suppress(Exception):
            warming.warm(self.node.alias, self.node.clock.now, self._ending.is_set)
        journal.close(self.node.alias)

    def _show_some(self, office: str) -> bool:
        return self.node.journal.show(office, self.node.clock.now())

    def _keep_one(
        self, office: str, keeper: Keeper, dues: dict[str, datetime], faults: dict[str, float]
    ) -> None:
        dues.pop(office, None)
        faults[office] = time.monotonic() + _FAULT

        def work() -> bool:
            due = keeper.step()
            if due is not None:
                dues[office] = due
            del faults[office]
            return True

        self._guarded(office, work)
        self._counted.set()

    def _is_over(self, due: datetime | None) -> bool:
        try:
            return due is not None and due <= self.node.clock.now()
        except Fault:
            return False  # a clock that cannot be read for a moment is asked again

    def _pulse(self, seen: object) -> object:
        try:
            return reading.pulse(self.node.alias)
        except Exception:  # noqa: BLE001 (a database that is away for a moment is asked again)
            return seen

    def _heard(self, office: str, side: str) -> None:
        self._woken.set()
        for peer in self._peers:
            for courier in peer.couriers:
                if (courier.office, courier.peer) == (office, side):
                    courier.heard()
                    peer.woken.set()

    def _wake(self) -> None:
        for peer in self._peers:
            peer.woken.set()

    def _guarded(self, office: str, work: Callable[[], bool | None]) -> bool:
        """Do one piece of work; whatever goes wrong is an alarm of that office, and the loop goes on."""
        try:
            return bool(work())
        except Exception as problem:  # noqa: BLE001 (a loop that dies would silence a node that still answers)
            code = problem.code if isinstance(problem, Fault) else "node-loop"
            if isinstance(problem, OurFault) and code == "forked-register":
                self._forked = problem  # it has its alarm, which stops our register
                return False
            with contextlib.suppress(Fault):
                why = {"why": type(problem).__name__}
                self.node.journal.raise_alarm(office, code, why, self.node.clock.now())
            return False

    def _unforeseen(self, problem: BaseException) -> None:
        for office in self._posts:
            with contextlib.suppress(Fault):
                why = {"why": type(problem).__name__}
                self.node.journal.raise_alarm(office, "line-server", why, self.node.clock.now())
