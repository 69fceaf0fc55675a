"""A shell in which `yeollak` is this process: two nodes served here, and commands of a page run one by one.

Every command of `yeollak` in the shell is sent over a socket and carried out through the real entry point,
with the real options; only the start of a process for each is saved. After an act the line is waited for.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from tests.node.offices import SECRET, SIDES, Offices
from tests.ports import quiet_ports
from yeollak.cli.main import main
from yeollak.node import founding
from yeollak.node.clock import FileClock
from yeollak.node.config import NodeConfig
from yeollak.node.open import Node
from yeollak.office.charter import draft
from yeollak.storage import reading

__all__ = ["SECRET", "Business", "run_page"]

_CLIENT = """
import json, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
link.sendall(json.dumps(sys.argv[2:]).encode() + b"\\n")
said = json.loads(link.makefile().read())
sys.stdout.write(said["out"])
sys.stderr.write(said["err"])
sys.exit(said["status"])
"""
_LATER = re.compile(r"^# (\d+) days? later$", re.MULTILINE)


class Business(Offices):
    """Two served nodes on one clock, a co-head posted on each side; `terms` are the charter's."""

    def __init__(self, folder: Path, terms: dict[str, object], begins: datetime) -> None:
        super().__init__(folder)
        self.terms = {"seen_seconds": 1, **terms}
        self.clock = FileClock(folder / "clock")
        self.clock.set(begins)

    def make(self, terms: Mapping[str, Any] | None = None) -> Business:
        ports, cards = quiet_ports(4), []
        for number, side in enumerate(SIDES):
            place = self.folder / side
            line, desk = ("127.0.0.1", ports[2 * number]), ("127.0.0.1", ports[2 * number + 1])
            founding.make_node(NodeConfig(place, side, line, desk, clock="file:../clock", cost="quick"))
            name = {"en": side.title(), "ko": {"south": "남측", "north": "북측"}[side]}
            cards.append(founding.make_card(self.open(side), name, name, "Asia/Seoul", SECRET))
        charter = draft(cards, {"name": {"en": "Handbook"}}, {**self.terms, **(terms or {})})
        for side in SIDES:
            self.office = founding.adopt(self.nodes[side], charter, cards).office
            self.open(side)
            founding.sign_charter(self.nodes[side], self.office, SECRET, "in-person")
        for side in SIDES:
            self.serve(side)
        self.until(lambda: all(self.sizes(side) == [1, 1] for side in SIDES))
        for side in SIDES:
            founding.post_node(self.nodes[side], self.office, SECRET)
            self.keys[side] = founding.post_officer(
                self.nodes[side], self.office, SECRET, "co-head", own_passphrase=SECRET
            )
        self.rest()
        return self

    def named(self, folder: Path, _alias: str = "default") -> Node:
        """The node in a folder, as `open_node` gives it to a command."""
        return self.nodes[Path(folder).name]

    def carried(self) -> bool:
        """Whether both nodes have counted the same."""
        return len({tuple(reading.heads(self.view(side))) for side in SIDES}) == 1 and all(
            row.size == row.counted for row in reading.heads(self.view("south"))
        )

    def rest(self) -> None:
        """Let time pass until nobody owes the other anything."""

        def question() -> bool:
            self.clock.set(self.clock.now() + timedelta(seconds=1))
            return self.settled()

        self.until(question)


def run_page(business: Business, page: str, place: Path, after: Callable[[list[str]], None]) -> str:
    """Run every `sh` block of a page in one shell in `place`; what it printed. Raises AssertionError where a
    command fails. `after` is called with the words of every command that succeeded.
    """
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    script = _LATER.sub(r"yeollak LATER \1", "\n".join(blocks))
    (place / ".client.py").write_text(_CLIENT)
    head = f'set -eo pipefail\nyeollak() {{ {sys.executable} -S -E .client.py .socket "$@"; }}\n'
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(place / ".socket"))
    listener.listen()
    listener.settimeout(0.2)
    shell = subprocess.Popen(
        ["bash", "-c", head + script],
        cwd=place,
        stdin=subprocess.DEVNULL,
        stdout=(place / ".out").open("w"),
        stderr=subprocess.STDOUT,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    try:
        while shell.poll() is None:
            try:
                link, _ = listener.accept()
            except TimeoutError:
                continue
            with link:
                words = json.loads(link.makefile().readline())
                link.sendall(json.dumps(_carry_out(business, words, after)).encode())
    finally:
        shell.kill()
        listener.close()
    printed = (place / ".out").read_text()
    assert shell.returncode == 0, printed[-3000:]
    return printed


def _carry_out(business: Business, words: list[str], after: Callable[[list[str]], None]) -> dict[str, object]:
    if words[0] == "LATER":
        business.clock.set(business.clock.now() + timedelta(days=int(words[1])))
        return {"err": "", "out": "", "status": 0}
    done = CliRunner().invoke(main, words)
    if done.exit_code == 0:
        after(words)
    # With --json a fault is on standard output, which the page may have taken for a value.
    told = f"{words}: {done.stdout}" if done.exit_code and "--json" in words else done.stderr
    return {"err": told, "out": done.stdout, "status": done.exit_code}
