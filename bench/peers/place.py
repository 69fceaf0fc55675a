"""Where a peer runs: its environment, its certificates, its processes; and what every peer can do."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import trustme

from bench.child import Child
from bench.peers import OUTAGE
from bench.peers.flow import outcome

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).parent / "requirements"
#: How long a server may take until it answers, in seconds.
_STARTS = 120.0
#: How long the other end stays down at least, and at most while not everything is handed in, in seconds.
DOWN = 10.0
_HANDING = 600.0
#: How long nothing may come back after an outage before it is given up, in seconds.
_PATIENCE = 180.0


class MissingPeer(Exception):
    """A peer cannot be installed or started here; the text says why."""


def environment(cache: Path, name: str) -> Path:
    """The Python environment of a peer, made where it is not there or its pinned versions have changed;
    returns its interpreter. Raises MissingPeer where it cannot be made.
    """
    folder, wanted = cache.absolute() / name, REQUIREMENTS / f"{name}.txt"
    stamp, digest = folder / "installed", hashlib.sha256(wanted.read_bytes()).hexdigest()
    python = folder / "bin" / "python"
    if stamp.is_file() and stamp.read_text() == digest:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    execute([sys.executable, "-m", "venv", str(folder)])
    execute([str(python), "-m", "pip", "install", "--quiet", "--requirement", str(wanted)])
    stamp.write_text(digest)
    return python


def execute(command: Sequence[str], timeout: float = 900.0, **more: Any) -> str:
    """Run a program to its end; returns what it said. Raises MissingPeer where it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, **more)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise MissingPeer(f"{Path(command[0]).name}: {type(fault).__name__}") from fault
    if done.returncode:
        # What is said of an address of an index is nobody's business but that of whoever runs this.
        said = re.sub(r"\S+://\S+", "…", (done.stderr or done.stdout).strip()[-500:])
        raise MissingPeer(f"{' '.join(Path(word).name for word in command[:5])}: {said}")
    said_all: str = done.stdout
    return said_all


def certificates(folder: Path, names: Mapping[str, Sequence[str]], *, rsa: bool = False) -> Path:
    """A certificate authority and what it has issued: `<name>.pem` (certificate) and `<name>.key`, for the
    host names of each; returns the authority's own certificate. RSA is for what knows no elliptic curves.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kind = trustme.KeyType.RSA if rsa else trustme.KeyType.ECDSA
    authority = trustme.CA(key_type=kind)
    for name, hosts in names.items():
        issued = authority.issue_cert(*hosts, key_type=kind)
        issued.private_key_pem.write_to_path(folder / f"{name}.key")
        (folder / f"{name}.pem").write_bytes(b"".join(one.bytes() for one in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(folder / "authority.pem")
    return folder / "authority.pem"


def await_port(host: str, port: int, process: subprocess.Popen[Any], log: Path) -> None:
    """Wait until somebody listens. Raises MissingPeer where the process has ended, or takes too long."""
    limit = time.monotonic() + _STARTS
    while time.monotonic() < limit and process.poll() is None:
        try:
            socket.create_connection((host, port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise MissingPeer(
        f"a server does not listen: {log.read_text(errors='replace')[-500:] if log.is_file() else ''}"
    )


def end(process: subprocess.Popen[Any] | None, seconds: float = 20.0) -> None:
    """End a process of ours, in good order where it can."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Talker(Child):
    """A party's process (`party`)."""

    def __init__(self, python: Path | str, module: str, *words: str, log: Path) -> None:
        self._log = log
        super().__init__(
            [str(python), "-m", module, *words],
            stderr=log.open("a"),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.hear()

    def last_words(self) -> str:
        return f": {self._log.read_text()[-800:]}"


def serve(command: Sequence[str], folder: Path, log: Path) -> subprocess.Popen[Any]:
    """A peer's server, whose words go to a log."""
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log.open("ab"), stderr=subprocess.STDOUT, cwd=folder
    )


class Peer(ABC):
    """One thing that a user might pick instead. Parties are asked to send; a party may speak for both."""

    #: As on the command line.
    name: str
    #: As in a table.
    title: str
    #: What a receipt is here, and every setting that a fair reader would ask about, with its reason.
    receipt: str
    settings: tuple[str, ...]
    #: Messages go in turn to so many conversations; an order is promised within one at most.
    lanes = 1
    #: How long a message may stay away after its receipt, in seconds.
    late = 5.0
    #: How often a sender is asked in an outage, in seconds.
    looks = 0.5

    def __init__(self) -> None:
        self.talkers: list[Talker] = []
        self._runs = 0

    @abstractmethod
    def install(self, cache: Path) -> str:
        """Install into a folder that is kept; returns the version. Raises MissingPeer."""

    @abstractmethod
    def start(self, folder: Path) -> None:
        """Start both ends in an empty folder. Raises MissingPeer."""

    @abstractmethod
    def down(self) -> None:
        """End the server of the second side, in good order."""

    @abstractmethod
    def up(self) -> None:
        """Start it again, over what it has stored; returns when it answers."""

    @abstractmethod
    def stop(self) -> None:
        """End everything that was started."""

    def _party(self, side: int) -> Talker:
        return self.talkers[side] if len(self.talkers) > 1 else self.talkers[0]

    def _next(self) -> int:
        self._runs += 1
        for talker in self.talkers:
            talker.ask(do="expect", run=self._runs)
        return self._runs

    def _arrivals(self, sides: Sequence[int], many: int) -> list[list[int]]:
        """What came from each of the sides, in the order in which the other got it. What has not come yet, of
        so many from each, is waited for while more comes.
        """
        before = -1
        while True:
            answers = [self._party(1 - side).ask(do="arrivals")["arrivals"] for side in sides]
            told = [one[str(side)] for one, side in zip(answers, sides, strict=True)]
            came = sum(map(len, told))
            if came == before or all(len(set(one)) >= many for one in told):
                return told
            before = came
            time.sleep(self.late)

    def run(self, senders: int, in_flight: int, many: int) -> dict[str, Any]:
        """So many messages in all, sent by one side or by both at once, as `bench.line` does it."""
        number, sides = self._next(), list(range(senders))
        asked = {"do": "run", "run": number, "in_flight": in_flight, "many": many // senders}
        began = time.perf_counter()
        if len(self.talkers) > 1:
            for side in sides:
                self.talkers[side].tell(**asked, sides=[side])
            answers = [self.talkers[side].hear() for side in sides]
        else:
            answers = [self.talkers[0].ask(**asked, sides=sides)]
        took = time.perf_counter() - began
        told = [one for answer in answers for one in answer["sides"].values()]
        spent = [value for one in told for value in one["spent"]]
        found = outcome(
            many // senders * senders, took, spent, self._arrivals(sides, many // senders), self.lanes
        )
        refused = sorted({reason for one in told for reason in one["refused"]})
        return {**found, "refused": refused}

    def outage(self, many: int = OUTAGE, down: float = DOWN) -> dict[str, Any]:
        """The second side's server is down while the first sends: what the sender knows then, how long it
        takes after the server's start until every receipt is there, what came by itself and what was resent.
        """
        number, sender = self._next(), self._party(0)
        self.down()
        sender.ask(do="begin", run=number, sides=[0], in_flight=many, many=many, stalled=_PATIENCE)
        stopped = time.perf_counter()
        while True:
            time.sleep(self.looks)
            meanwhile = sender.ask(do="look")["sides"]["0"]
            gone = time.perf_counter() - stopped
            if gone > _HANDING or (gone > down and meanwhile["handed_in"] == many):
                break
        began = time.perf_counter()
        self.up()
        if sender is not self._party(1):
            self._party(1).ask(do="expect", run=number)
        started = time.perf_counter() - began
        sender.ask(do="reconnect", side=1)
        ended = sender.ask(do="finish", resend=True)
        took = time.perf_counter() - began
        told = ended["sides"]["0"]
        found = outcome(many, took, told["spent"], self._arrivals([0], many), self.lanes)
        return {
            "sent": many,
            "down_seconds": gone,
            "start_seconds": started,
            "seconds": took - (ended["resending_seconds"] if not ended["resent"] else 0.0),
            "receipts_by_itself": ended["by_itself"]["0"],
            "resent": ended["resent"],
            "lost": found["lost"],
            "missing": found["missing"],
            "doubled": found["doubled"],
            "misordered": found["misordered"],
            "known_meanwhile": {
                name: meanwhile[name] for name in ("handed_in", "receipts", "refused", "attempts")
            },
        }
