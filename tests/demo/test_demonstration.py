"""The demonstration, whole: two processes, the line, every event, verified exports, and an interruption."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from yeollak.demo.history import chronicle, history, signer, source
from yeollak.record import canon
from yeollak.record.enclosure import SMALL_RIGHT


def free_ports() -> int:
    """The first of four ports that are free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1]) % 20000 + 20000


def command(folder: Path, port: int) -> list[str]:
    program = [sys.executable, "-m", "yeollak", "demo", "--once", "--json"]
    return [*program, "--dir", str(folder), "--port", str(port)]


def test_every_event_is_signed_by_whose_account_it_is() -> None:
    for event in history()["event"]:
        if event["account"] in ("south", "north"):
            assert signer(event) == event["account"]
            assert source(event) == "own"
        else:
            assert source(event) in ("press", "joint")
        assert len(canon.encode(chronicle(event))) < SMALL_RIGHT


def test_the_same_record_after_an_interruption(tmp_path: Path) -> None:
    """Killed in the middle, with one of its nodes, and run again: it goes on where the record stands."""
    port = free_ports()
    folder = tmp_path / "office"
    first = subprocess.Popen(command(folder, port), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(8)
    lock = folder / "south" / "serve.lock"
    if lock.exists() and lock.read_text().strip():
        subprocess.run(["kill", "-9", lock.read_text().strip()], check=False)
    time.sleep(3)
    first.send_signal(signal.SIGINT)
    first.wait(timeout=60)
    done = subprocess.run(command(folder, port), capture_output=True, check=True, timeout=300)
    found = json.loads(done.stdout)
    assert (found["equal"], found["verified"]) == (True, True)
    assert (found["events"], found["voids"]) == (108, 0)
    assert found["matters"]["account"] == 108
    assert found["south"] == found["north"]
    verified = [
        sys.executable,
        "-m",
        "yeollak",
        "verify",
        str(folder / "export-north"),
        "--office",
        found["office"],
    ]
    assert subprocess.run(verified, capture_output=True, check=False).returncode == 0
