"""Sides that are served by several processes: `yeollak serve` as an operator starts it, forked from a process
that has imported it (`tests.cli.starting`), over one PostgreSQL database a side, with something before them
that passes connections on to whichever process takes them.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from tests.cli.starting import Started, start
from tests.node.offices import SECRET, SIDES, Offices
from tests.ports import quiet_port
from tests.simulation.clusters import Cluster
from yeollak.node.acting import Text, act
from yeollak.node.config import NodeConfig
from yeollak.node.roles import ServeSettings
from yeollak.office.propose import Draft

LEASE = 2.0
#: How long it is waited at least between two looks at whether something has come about, in seconds.
LOOK = 0.2
_TEXT = b"The water level is as announced. " * 30


class Balancer:
    """Passes each connection on to the next of several ports on which something answers."""

    def __init__(self, port: int, ports: Sequence[int]) -> None:
        self._ports, self._turn = list(ports), itertools.count()
        self._socket = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                taken, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(taken,), daemon=True).start()

    def _pass(self, taken: socket.socket) -> None:
        first = next(self._turn)
        for place in range(len(self._ports)):
            port = self._ports[(first + place) % len(self._ports)]
            with contextlib.suppress(OSError):
                there = socket.create_connection(("127.0.0.1", port), timeout=1)
                there.settimeout(None)
                back = threading.Thread(target=_copy, args=(there, taken), daemon=True)
                back.start()
                _copy(taken, there)
                return
        taken.close()

    def close(self) -> None:
        self._socket.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@dataclass
class Member:
    """One process of a side."""

    side: str
    roles: str
    listen: Mapping[str, int]
    folder: Path
    process: Started | None = None

    def start(self) -> None:
        listen = [f"--listen={name}=127.0.0.1:{port}" for name, port in self.listen.items()]
        self.process = start(
            ["serve", "--node", str(self.folder), "--log", "json", "--roles", self.roles, *listen],
            self.folder.parent,
            {**os.environ, "YEOLLAK_PASSPHRASE": SECRET},
            self.folder.parent / f"{self.side}.out",
        )

    @property
    def pid(self) -> int:
        return self.process.pid if self.process is not None else 0

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)

    def ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.listen["health"]), timeout=1) as line:
                line.sendall(b"GET /ready HTTP/1.0\r\n\r\n")
                return b" 200 " in line.recv(32)
        except OSError:
            return False


@dataclass
class Fleet:
    """Both sides. `roles` are those of the processes of each."""

    folder: Path
    cluster: Cluster
    roles: Sequence[str]
    members: dict[str, list[Member]] = field(default_factory=dict)
    balancers: list[Balancer] = field(default_factory=list)

    def make(self) -> Fleet:
        for side in SIDES:
            self.cluster.ask(f"CREATE DATABASE {side}")

        def config(place: Path, side: str, *more: Any, **of: Any) -> NodeConfig:
            found: NodeConfig = _make(
                place,
                side,
                *more,
                **of,
                database=self.cluster.address(side) + _SHORT,
                anchor="../anchor-{side}/",
                serving=ServeSettings(lease=LEASE),
            )
            return found

        with mock.patch("tests.node.offices.NodeConfig", config):
            self.offices = Offices(self.folder).make()
        self.offices.close()
        for side in SIDES:
            node = self.offices.nodes[side]
            listens = [{name: quiet_port() for name in ("line", "public", "health")} for _ in self.roles]
            self.members[side] = [
                Member(side, roles, listen, node.config.folder)
                for roles, listen in zip(self.roles, listens, strict=True)
            ]
            ports = [one.listen["line"] for one in self.members[side] if "line" in one.roles.split(",")]
            self.balancers.append(Balancer(node.config.line[1], ports))
            self.offices.open(side)
        return self

    @property
    def every(self) -> list[Member]:
        return [one for side in SIDES for one in self.members[side]]

    def start(self) -> None:
        for one in self.every:
            one.start()
        self.until(lambda: all(one.ready() for one in self.every))

    def until(self, true: Callable[[], object], seconds: float = 150.0) -> int:
        """Wait until something is so; returns how often it was looked in vain."""
        began, looks = time.monotonic(), 0
        while not true():
            looks += 1
            if time.monotonic() - began > seconds:
                told = {side: (self.folder / f"{side}.out").read_text()[-3000:] for side in SIDES}
                raise AssertionError(f"{[self.offices.sizes(side) for side in SIDES]}\n{told}")
            time.sleep(LOOK)  # a question starts a process of its own
        return looks

    def holder(self, side: str) -> Member | None:
        """The process that works for the office now, by the database's word."""
        asked = (
            "SELECT label FROM yeollak_storage_lease, yeollak_storage_process "
            "WHERE holder = id AND until > clock_timestamp()"
        )
        label = self.ask(side, asked)
        return next((one for one in self.members[side] if label.endswith(f" {one.pid}")), None)

    def ask(self, side: str, statement: str) -> str:
        words = ["-h", str(self.cluster.folder), "-p", "5432", "-U", "postgres", "-d", side]
        return self.cluster.run("psql", *words, "-At", "-c", statement).strip()

    def close(self) -> None:
        for one in self.every:
            with contextlib.suppress(OSError):
                one.send(signal.SIGCONT)
            one.kill()
        for balancer in self.balancers:
            balancer.close()
        self.offices.close()


class Officers(threading.Thread):
    """Somebody at a side who hands in acts all the time, and keeps what he was told."""

    def __init__(self, fleet: Fleet, side: str) -> None:
        super().__init__(daemon=True)
        self.fleet, self.side = fleet, side
        self.said: list[str] = []
        self.faults: list[str] = []
        self.quiet = threading.Event()

    def run(self) -> None:
        offices = self.fleet.offices
        node, key, number = offices.nodes[self.side], offices.keys[self.side], 0
        while not self.quiet.wait(0.1):
            facts = {"class": "flood", "subject": {"en": f"Discharge {number}"}}
            draft, text = Draft("note.send", facts=facts), Text(_TEXT, "text/plain", "en")
            request = f"fleet/{number}"
            try:
                made = act(node, offices.office, key, draft, [text], request=request, show=False)
            except Exception as problem:  # noqa: BLE001 (what he is told instead; he tries the same again)
                self.faults.append(getattr(problem, "code", type(problem).__name__))
                continue
            self.said.append(made)
            number += 1

    def stop(self) -> None:
        self.quiet.set()
        self.join(60)
        assert not self.is_alive()


_make: Any = NodeConfig
#: A process that is stopped in the middle of a transaction is not waited for as long as in earnest.
_SHORT = "&options=-c%20idle_in_transaction_session_timeout%3D2000"
