"""Serving: the roles of one process (`node.roles`), put together and started in their order.

The line over HTTPS, the public page and the desk over HTTP, and what a node does by itself. At its start a
node asks the other sides what they hold of its own register (rule 9), and only then does anything of its own
leave. Nothing that is in memory here is needed to go on: a server that is killed is started again. Where
several processes serve one store they share nothing but its database and the anchor (docs/scale.md).
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from cheroot.wsgi import Server as WsgiServer
from django.core.wsgi import get_wsgi_application

from yeollak.desk import views
from yeollak.desk.staff.hands import install
from yeollak.errors import Fault, OurFault
from yeollak.line.endpoint import Endpoint
from yeollak.line.server import LineServer
from yeollak.node import deskdoor, warming
from yeollak.node.alarming import Alarming
from yeollak.node.couriers import Couriers
from yeollak.node.hands import NodeHands
from yeollak.node.health import Health
from yeollak.node.logs import LOG
from yeollak.node.open import Node
from yeollak.node.outgoing import Outgoing
from yeollak.node.pace import Breaks, Pace
from yeollak.node.pageserver import of_staff, page_server
from yeollak.node.posts import LateEndpoint, Posts
from yeollak.node.roles import ALL, COURIER, LINE, WEB, Lock
from yeollak.node.sharing import BEATS
from yeollak.node.streams import Hub
from yeollak.node.tenure import Peer
from yeollak.storage import journal, leases, notify, public, reading, telling
from yeollak.storage.holdings import Holdings
from yeollak.storage.leases import Fence, Leases
from yeollak.storage.own_register import Maker
from yeollak.storage.signer import RegisterSigner
from yeollak.storage.staffing import Staffing

#: After how many new objects rubbish is looked for, and how much seldomer among those that stay longer.
_RUBBISH: Final = (50_000, 20, 20)
#: How often it is looked whether a page should be drawn anew that nobody has told of, in seconds.
_DRAW: Final = 5.0
#: How often couriers elsewhere are told that a side has sent something, in seconds.
_HEARD: Final = 5.0
#: How long a server that ends waits for what is under way, in seconds.
_LAST: Final = 5.0
#: How often whoever waits for the end looks whether a signal has come, in seconds.
_LOOK: Final = 1.0


def serve_alone() -> None:
    """Tell Python that this process serves and does nothing else, once its code has been read.

    What is here now stays for good: to look through it for rubbish again and again is a sixth of the work of
    a full line.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_RUBBISH)
    # At the end everything is let go of in order: a store is left without what SQLite keeps beside it.
    atexit.register(gc.unfreeze)


class Server:
    """Everything that one process serves. `start` returns once all ports answer and the other sides have been
    asked; `stop` ends all threads. `roles` are those of the settings where none are named.

    Raises OurFault(`one-process-store`) for less than all roles over SQLite, (`node-running`) where another
    process serves such a store, and what opening keys and the desk's certificate raise.
    """

    def __init__(
        self, node: Node, passphrase: str, *, accept_risk: bool = False, roles: frozenset[str] | None = None
    ) -> None:
        self.node, self.roles = node, roles or node.config.serving.roles
        several = leases.several(node.alias)
        if not several and self.roles != ALL:
            raise OurFault("one-process-store")
        desk = node.config.desk if WEB in self.roles else None
        adapter = deskdoor.adapter_of(node.config.folder, desk[0]) if desk is not None else None
        self._lock = None if several else Lock(node.config.folder)
        self._ending, self._ready, self._changed = threading.Event(), threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self._preparing: threading.Thread | None = None
        self._posts = Posts(node, passphrase, at_once=not several)
        self._receipts: dict[str, list[Callable[[int], None]]] = {}
        self._outgoing: dict[str, Outgoing] = {}
        self._handing = threading.Lock()
        self._to_draw: set[str] = set()
        self._heard_at: dict[tuple[str, str], float] = {}
        self._leases = self._joined() if several else None
        self._pace = Pace()
        self._couriers: Couriers | None = None
        if COURIER in self.roles:
            self._couriers = Couriers(
                node,
                self._posts.__getitem__,
                self._receipted,
                self._leases,
                self._pace,
                accept_risk=accept_risk,
            )
        self._endpoints: dict[str, Endpoint] = {}
        self._line: LineServer | None = None
        if LINE in self.roles:
            tls = node.config.folder / "tls"
            self._line = LineServer(
                node.config.line, tls / "line.pem", tls / "line.key", self._endpoint, self._unforeseen
            )
        self._hub: Hub | None = None
        self._pages: list[WsgiServer] = []
        if WEB in self.roles:
            pages = get_wsgi_application()
            public.show(node.alias)
            self._pages.append(page_server(node.config.public, pages))
            if desk is not None:
                install(NodeHands(node, self._wake, self._signer, self._append))
                self._hub = Hub(node.alias, node.clock.now, told=several)
                staff = partial(of_staff, pages, node.config.desk_names)
                self._pages.append(page_server(desk, staff, self._hub))
                self._pages[-1].ssl_adapter = adapter
        if node.config.health is not None:
            health = Health(node, self._ready.is_set, self._watched)
            self._pages.append(page_server(node.config.health, health))

    def start(self) -> None:
        """Serve, ask, and go on. Raises OurFault(`port-in-use`, `forked-register`, `recovery-needed`,
        `anchor-unreadable`, `anchor-not-shared`); nothing runs on then.
        """
        try:
            self._begin()
        except OurFault:
            self.stop()
            raise
        self._ready.set()
        LOG.info("serving", extra={"side": self.node.config.side})

    def _begin(self) -> None:
        if self._leases is not None:
            self._leases.beat()
        # Two nodes that start at once ask each other: each must answer before it has been answered.
        self._take_ports()
        if self._hub is not None and (self._leases is None or self._leases.alone(WEB)):
            Staffing(self.node.alias).end_all(self.node.clock.now())
        for server in self._servers():
            self._run(server.serve)
        if self._couriers is not None:
            self._couriers.showing(self._draw_later)
            self._couriers.begin(self._run)
            if self.node.config.alarm.channels:
                self._run(partial(Alarming(self.node, self._fences).run, self._ending))
        elif self._leases is not None:
            self._run(partial(self._live, self._leases))
        if self._leases is not None:
            listener = notify.Listener(self.node.alias, self._told, self.node.config.serving.direct)
            self._run(partial(listener.run, self._ending))
        if WEB in self.roles:
            self._run(self._draw)
        if WEB in self.roles or self._couriers is not None:
            self._run(self._warm)
        if self._hub is not None:
            self._run(partial(self._hub.run, self._ending))

    def _take_ports(self) -> None:
        """Prepare every server, in a thread that ends with the process, as do those that it makes.

        It is the main thread that is interrupted when somebody tells the process to end. A server that was
        interrupted while it makes its workers does not know them, and can never end them.
        """
        problems: list[Exception] = []

        def prepare() -> None:
            try:
                for server in self._servers():
                    self._take_port(server)
            except Exception as problem:  # noqa: BLE001 (raised below)
                problems.append(problem)

        self._preparing = threading.Thread(target=prepare, daemon=True)
        self._preparing.start()
        self._preparing.join()
        if problems:
            raise problems[0]

    @staticmethod
    def _take_port(server: LineServer | WsgiServer) -> None:
        port = server.address[1] if isinstance(server, LineServer) else server.bind_addr[1]
        try:
            server.prepare()
        except OSError:
            raise OurFault("port-in-use", port=port) from None

    def stop(self) -> None:
        """Stop serving; what is under way is finished or will be sent again. Nobody is waited for longer than
        `_LAST`: whoever is at something then ends with the process, as when it is killed.
        """
        ends = time.monotonic() + _LAST
        self._ending.set()
        self._ready.set()
        self._changed.set()
        if self._couriers is not None:
            self._couriers.end()
        with self._handing:
            for outgoing in self._outgoing.values():
                outgoing.wake()
        preparing = [self._preparing] if self._preparing is not None and self._preparing.is_alive() else []
        for thread in preparing:
            thread.join(_LAST / 2)
        # A page server waits for its readers, who may read nothing.
        stopping = [threading.Thread(target=server.stop, daemon=True) for server in self._servers()]
        for thread in stopping:
            thread.start()
        for thread in (*stopping, *self._threads):
            thread.join(max(0.0, ends - time.monotonic()))
        if self._leases is not None:
            with contextlib.suppress(Fault):
                self._leases.leave()
        if self._lock is not None:
            self._lock.release()
        LOG.info("stopped", extra={"side": self.node.config.side})

    def wait(self) -> None:
        """Wait until somebody stops the server."""
        # A signal that comes when Python has looked for one and does not sleep yet, or to another thread,
        # wakes nobody: its handler runs when the sleep is over.
        while not self._ending.wait(_LOOK):
            pass

    def outgoing(self, office: str) -> Outgoing:
        """Where officers of this process hand in their acts in an office."""
        with self._handing:
            if office not in self._outgoing:
                told = partial(self._appended, office)
                made = Outgoing(self.node, office, partial(self._signer, office), told, self._pace)
                self._outgoing[office] = made
                self._run(partial(made.run, self._ending))
            return self._outgoing[office]

    def _append(self, office: str, make: Maker) -> int | Fault:
        return self.outgoing(office).append(make)

    def watch_receipts(self, office: str, told: Callable[[int], None]) -> None:
        """Have `told` called with the size of every receipt of our own register that has been stored here."""
        self._receipts.setdefault(office, []).append(told)

    def _receipted(self, office: str, side: str, size: int) -> None:
        if side == self._posts[office].side:
            for told in self._receipts.get(office, ()):
                told(size)

    def _signer(self, office: str) -> RegisterSigner:
        return self._posts[office].keys.register

    @property
    def _peers(self) -> list[Peer]:
        return self._couriers.peers if self._couriers is not None else []

    def _servers(self) -> list[LineServer | WsgiServer]:
        return [*([self._line] if self._line is not None else []), *self._pages]

    def _endpoint(self, office: str) -> Endpoint | None:
        """Where parcels of an office are answered; asked by the one thread that all connections wait for."""
        if office not in self._endpoints:
            if office not in self._posts:
                return None
            self._endpoints[office] = LateEndpoint(partial(self._make_endpoint, office), self._pace)
        return self._endpoints[office]

    def _make_endpoint(self, office: str) -> Endpoint:
        port = Holdings(self.node.journal, office, partial(self._receipted, office))
        return Endpoint(port, self._posts[office], self.node.clock.now, partial(self._heard, office))

    # what has happened

    def _appended(self, office: str) -> None:
        # It has been counted and covered as it was appended: whoever keeps the office has nothing to do for
        # it, and finds what there is to show by himself.
        if self._couriers is not None:
            self._couriers.wake(office)

    def _wake(self) -> None:
        if self._couriers is not None:
            self._couriers.wake()

    def _heard(self, office: str, side: str) -> None:
        """A parcel has come: whoever works for the office may try that side again."""
        if self._couriers is not None and office in self._couriers.held:
            self._couriers.heard(office, side)
        elif self._leases is not None:
            now = time.monotonic()
            if self._heard_at.get((office, side), 0.0) + _HEARD <= now:
                self._heard_at[office, side] = now
                telling.say(self.node.alias, f"heard {office} {side}")

    def _told(self, what: str) -> None:
        """Another process, or this one, has stored something in an office; or anything may have changed."""
        if what.startswith("heard "):
            _, office, side = what.split(" ", 2)
            if self._couriers is not None and office in self._couriers.held:
                self._couriers.heard(office, side)
            return
        self._posts.learn(what)
        if self._couriers is not None:
            self._couriers.stir(what)
        if self._hub is not None:
            self._hub.stir()
        if WEB in self.roles:
            self._draw_later(what)

    # threads

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _live(self, held: Leases) -> None:
        """Say that this process lives, where it has no offices to share."""
        while not self._ending.wait(held.lasts / BEATS):
            try:
                held.beat()
            except Fault as fault:
                LOG.error("leases", extra={"code": fault.code})
        journal.close(self.node.alias)

    def _draw_later(self, office: str) -> None:
        if office and WEB in self.roles:
            self._to_draw.add(office)
            self._changed.set()

    def _draw(self) -> None:
        """Have public pages drawn anew beside those who read them."""
        while not self._ending.is_set():
            self._changed.wait(_DRAW)
            self._changed.clear()
            while self._to_draw and not self._ending.is_set():
                office = self._to_draw.pop()
                with contextlib.suppress(Exception):  # whoever asks for the page is told
                    views.renew(office)
        journal.close(self.node.alias)

    def _warm(self) -> None:
        """Draw and count beforehand what pages would have to wait for. What goes wrong there goes wrong again
        for whoever asks for the page, and is said then; counting is tried again.
        """
        alias, ending = self.node.alias, self._ending.is_set
        breaks = Breaks(self._pace, self._ending)
        counting, drawn = warming.Counting(alias, breaks, self.node.clock.now), False
        while not ending():
            breaks.begin()
            if self._couriers is not None:
                with contextlib.suppress(Exception):
                    counting.step(set(self._watched()), ending)
            if WEB in self.roles and not drawn:
                with contextlib.suppress(Exception):
                    warming.draw(alias, ending)
                drawn = True
            self._ending.wait(warming.EVERY)
        journal.close(alias)

    # several processes

    def _joined(self) -> Leases:
        anchor, label = self.node.journal.anchor, f"{socket.gethostname()} {os.getpid()}"
        identity = anchor.identity() if anchor is not None else ""
        return Leases(self.node.alias, label, self.roles, identity, self.node.config.serving.lease)

    def _fences(self) -> Mapping[str, Fence | None]:
        held = self._couriers.held if self._couriers is not None else {}
        return {office: tenure.fence for office, tenure in held.items()}

    def _watched(self) -> Iterable[str]:
        """The offices of which this process tells figures: where several serve, those that are its own."""
        return reading.offices(self.node.alias) if self._leases is None else list(self._fences())

    def _unforeseen(self, problem: BaseException) -> None:
        for office in self._posts.made:
            with contextlib.suppress(Fault):
                why = {"why": type(problem).__name__}
                self.node.journal.raise_alarm(office, "line-server", why, self.node.clock.now())
