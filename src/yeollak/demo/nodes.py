"""The two nodes of the demonstration: made, founded, started, started again when they are killed.

Each runs as a process of its own under its own folder, with its own keys and ports; this one holds their
stores open as their operators would. It may be stopped at any moment and run again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from yeollak.demo.cast import WORDS, entropy
from yeollak.demo.history import SIDES, about, history
from yeollak.demo.script import START
from yeollak.demo.terms import terms
from yeollak.errors import LineFault, OurFault
from yeollak.node import founding
from yeollak.node.clock import FileClock
from yeollak.node.config import NodeConfig, derived
from yeollak.node.open import Node, open_node
from yeollak.node.roles import Lock
from yeollak.office.charter import Charter, draft
from yeollak.record.card import Card
from yeollak.record.keys import SigningKey
from yeollak.storage import pulse, reading

PASSPHRASE: Final = "demonstration"  # noqa: S105 (it protects nothing: the keys are derived from public words)
#: How long the nodes may take to come to rest, in seconds.
_PATIENCE: Final = 60.0
#: How long is waited before the nodes' stores are looked at again, in seconds.
_LOOK: Final = 0.01
#: A node that ends so often within so many seconds of its start has something wrong with it.
_DEATHS, _YOUNG = 4, 3.0


@dataclass(slots=True)
class Nodes:
    """Both nodes under one folder. They are made with six ports from `port` on, and keep the ports that they
    were made with.
    """

    folder: Path
    port: int
    open: dict[str, Node] = field(default_factory=dict)
    office: str = ""
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)
    _deaths: int = 0
    _lock: Lock | None = None

    @property
    def clock(self) -> FileClock:
        """The clock that both nodes follow."""
        return FileClock(self.folder / "clock")

    def page(self, side: str) -> str:
        """Where a side's public page answers."""
        host, port = self.open[side].config.public
        return f"http://{host}:{port}/"

    def desk(self, side: str) -> str | None:
        """Where a side's desk answers; None for nodes that were made without one."""
        listener = self.open[side].config.desk
        return None if listener is None else f"http://{listener[0]}:{listener[1]}/"

    def make(self) -> None:
        """Make what is not made yet: folders, cards, the charter, its signatures.

        Raises OurFault(`node-there`) where the folder is something else, (`node-running`) where another
        demonstration runs there.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise OurFault("node-there", path=str(self.folder))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = Lock(self.folder)
        if not self.clock.path.exists():
            self.clock.set(START)
        (self.folder / "anchors").mkdir(exist_ok=True)
        cards = [self._make(side) for side in SIDES]
        charter = draft(cards, about(), terms(), demonstration=True)
        self.office = Charter.parse(charter).office
        for side in SIDES:
            founding.adopt(self.open[side], charter, cards)
            self.open[side] = open_node(self.folder / side, side)
            self._sign(side)

    def _make(self, side: str) -> Card:
        place, port = self.folder / side, self.port + 2 * SIDES.index(side)
        if not founding.is_node(place):
            founding.make_node(
                NodeConfig(
                    place,
                    side,
                    ("127.0.0.1", port),
                    ("127.0.0.1", port + 1),
                    desk=("127.0.0.1", self.port + 2 * len(SIDES) + SIDES.index(side)),
                    anchor="../anchors/{side}.json",
                    clock="file:../clock",
                    cost="quick",
                    salts=f"words:{WORDS}/{side}",
                )
            )
        self.open[side] = open_node(place, side)
        held = sorted((place / "cards").glob("*.card"))
        if held:
            return Card.parse(held[0].read_bytes())
        office = history()["office"]
        known, zone = office["side"][side], office["time_zones"][side]
        made: Card = founding.make_card(
            self.open[side], known["name"], known["short"], zone, PASSPHRASE, entropy=entropy(side)
        )
        return made

    def _sign(self, side: str) -> None:
        view = reading.office_view(side, self.office)
        if view.ledger.held(view.place) == 0:
            salts = derived(f"{WORDS}/{side}/charter.sign".encode())
            founding.sign_charter(
                self.open[side], self.office, PASSPHRASE, "not-checked", at=START, salts=salts
            )

    def node_keys(self) -> dict[str, str]:
        """The public keys (hex) with which the nodes themselves sign, by side."""
        return {side: SigningKey(entropy(side)("node")).public.hex() for side in SIDES}

    # processes

    def start(self) -> None:
        """Start both nodes. Raises OurFault(`port-in-use`)."""
        for side in SIDES:
            self._end_earlier(side)
            for address in self.open[side].config.listeners.values():
                _check_free(address)
        for side in SIDES:
            self._child(side)

    def _end_earlier(self, side: str) -> None:
        """End a node that an earlier demonstration in this folder has left running."""
        ends = time.monotonic() + 15
        while (process := _holder(self.folder / side)) is not None:
            if time.monotonic() > ends:
                raise OurFault("node-running", path=str(self.folder / side))
            if process:
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGTERM)
            time.sleep(0.2)

    def _child(self, side: str) -> None:
        command = [sys.executable, "-m", "yeollak", "serve", "--node", str(self.folder / side)]
        environment = {**os.environ, "YEOLLAK_PASSPHRASE": PASSPHRASE}
        with (self.folder / f"{side}.log").open("ab") as log:
            self._children[side] = subprocess.Popen(  # noqa: S603 (our own program)
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )
        self._began[side] = time.monotonic()

    def revive(self) -> None:
        """Start a node again that was killed: nothing is lost, it goes on where the record stands.

        Raises LineFault(`demo-stalled`) for one that keeps ending as soon as it is started.
        """
        for side, child in self._children.items():
            if (ended := child.poll()) is None:
                continue
            # A negative code is a signal: somebody killed it, and nothing is wrong with the node.
            faulty = ended > 0 and time.monotonic() - self._began[side] < _YOUNG
            self._deaths = self._deaths + 1 if faulty else 0
            if self._deaths >= _DEATHS:
                raise LineFault("demo-stalled")
            self._child(side)

    def stop(self) -> None:
        """End both nodes."""
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                child.kill()
        self._children.clear()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # rest

    def rest(self, *, seen: bool = False) -> None:
        """Wait until both nodes hold, count and have receipted the same, and, with `seen`, until each has
        said that it has seen it. Raises LineFault(`demo-stalled`).
        """
        ends = time.monotonic() + _PATIENCE
        while True:
            # A look at both records costs more than to ask whether either has changed since the last one.
            pulses = self._pulses()
            if self._at_rest(seen):
                return
            while True:
                if time.monotonic() > ends:
                    raise LineFault("demo-stalled")
                self.revive()
                time.sleep(_LOOK)
                if self._pulses() != pulses:
                    break

    def _pulses(self) -> list[object]:
        return [pulse.pulse(side) for side in SIDES]

    def _at_rest(self, seen: bool) -> bool:
        views = [reading.office_view(side, self.office) for side in SIDES]
        heads = [reading.heads(view) for view in views]
        if heads[0] != heads[1] or any(head.size != head.counted or not head.size for head in heads[0]):
            return False
        for view, other in zip(views, reversed(SIDES), strict=True):
            if reading.receipted(view, other) != view.ledger.held(view.place):
                return False
            if seen and view.office.unseen(view.place):
                return False
        return True


def _check_free(address: tuple[str, int]) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            raise OurFault("port-in-use", port=address[1]) from None


def _holder(folder: Path) -> int | None:
    """The process that serves the node in a folder, or None where nobody does."""
    try:
        with (folder / "serve.lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except OSError:
        with contextlib.suppress(OSError, ValueError):
            return int((folder / "serve.lock").read_text())
        return 0
    return None
