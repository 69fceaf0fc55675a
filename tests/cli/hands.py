"""Two operators at their terminals: every command is a process of its own, as a person would run it, though
forked from one that has imported the program (`starting`).
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cli.counted import counted
from tests.cli.starting import Started, start
from tests.ports import quiet_port
from tests.storage.setup import empty

#: A port as it stands in a node's settings: of its own listeners, or in the address of the other side.
_PORT = re.compile(r"(?<=127\.0\.0\.1:)[1-9]\d*|(?<=port = )[1-9]\d*")
SECRETS = {"YEOLLAK_PASSPHRASE": "operator", "YEOLLAK_OFFICER_PASSPHRASE": "officer"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.out)
        return value

    @property
    def code(self) -> str:
        """The code of the fault, of the object or of the one line that was printed."""
        if self.out.startswith("{"):
            return str(self.object.get("error", {}).get("code", ""))
        assert len(self.err.splitlines()) == 1, self
        return self.err.rstrip().rpartition("[")[2].rstrip("]")


@dataclass(slots=True)
class Hands:
    """A place to work in. `run("south", …)` runs a command on the node in `south`."""

    root: Path
    servers: dict[str, Started] = field(default_factory=dict)

    def run(self, *args: str, env: Mapping[str, str] | None = None, timeout: float = 60) -> Said:
        started = start(args, self.root, environment(env))
        out, err = started.communicate(timeout=timeout)
        assert started.returncode is not None
        return Said(started.returncode, out, err)

    def good(self, *args: str) -> dict[str, Any]:
        """Run with `--json` what must succeed."""
        said = self.run(*args, "--json")
        assert said.status == 0, said
        return said.object

    def serve(self, node: str) -> Started:
        """Serve a node until `stop`; returns once it says that it does."""
        self.servers[node] = start(["serve", "--node", node, "--json"], self.root, environment())
        return self.servers[node]

    def await_serving(self, node: str) -> None:
        stream = self.servers[node].stdout
        assert stream is not None
        assert stream.readline().startswith("{"), self.servers[node].stderr

    def stop(self, node: str, number: int = signal.SIGTERM) -> int:
        """End a server; its exit code."""
        server = self.servers.pop(node)
        server.send_signal(number)
        server.communicate(timeout=30)
        return server.wait()

    def stop_all(self) -> None:
        for node in list(self.servers):
            self.stop(node)

    def until(self, question: Any, seconds: float = 30) -> None:
        """Wait until `question()` is true."""
        ends = time.monotonic() + seconds
        while not question():
            assert time.monotonic() < ends, "it did not come about in time"
            time.sleep(0.03)

    def sizes(self, node: str) -> dict[str, int]:
        return counted(self.root / node)

    def make(self, side: str, name: str | None = None) -> Path:
        """A node with quick keys, which are no secret here."""
        folder = self.root / (name or side)
        ports = ("--line-port", str(quiet_port()), "--public-port", str(quiet_port()), "--desk-port", "0")
        self.good("init", str(folder), "--side", side, *ports)
        settings = folder / "node.toml"
        settings.write_text(settings.read_text().replace('cost = "strong"', 'cost = "quick"'))
        empty(folder / "node.db")
        return folder

    def move_ports(self) -> None:
        """Give both nodes ports of their own, so that several copies of one place can serve at once."""
        settings = [self.root / side / "node.toml" for side in ("south", "north")]
        texts = [path.read_text() for path in settings]
        found = sorted({port for text in texts for port in _PORT.findall(text)})
        fresh = {port: str(quiet_port()) for port in found}
        for path, text in zip(settings, texts, strict=True):
            path.write_text(_PORT.sub(lambda match: fresh[match[0]], text))

    def found(self) -> str:
        """Two nodes with one office, the charter signed on both; returns the office id."""
        for side in ("south", "north"):
            self.make(side)
            self.good("card", "new", "--node", side, "--name", f"en={side.title()}", "--out", f"{side}.card")
        cards = ("south.card", "north.card")
        office = self.good("office", "draft", *cards, "--name", "en=Office", "--out", "charter")["office"]
        for side in ("south", "north"):
            self.good("office", "found", "charter", *cards, "--node", side, "--office", office)
            self.good("office", "sign", "--node", side, "--checked", "in-person")
        return str(office)

    def meet(self) -> None:
        """Let both nodes serve until each counts what the other holds, and say that they have seen it."""
        begun = [side for side in ("south", "north") if side not in self.servers]
        for side in begun:
            self.serve(side)
        for side in begun:
            self.await_serving(side)
        self.until(lambda: self.sizes("south") == self.sizes("north"))


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment in which nothing but what a test sets is said about language and secrets."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "YEOLLAK_"))
    }
    path = f"{Path(sys.executable).parent}:{kept.get('PATH', '')}"
    return {**kept, **SECRETS, "LANG": "C.UTF-8", "PATH": path, **(more or {})}
