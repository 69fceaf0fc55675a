"""A command prints the same in a process that was started anew and in one that was forked (`starting`)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.hands import Hands, environment
from tests.cli.starting import stand_in, start
from yeollak.cli.main import COMMANDS

#: What may be asked of each command twice, of a node that serves nobody, and its exit code.
ASKED: dict[str, tuple[int, str]] = {
    "account": (0, "account list --node south"),
    "act": (0, "act --node south --lang ko"),
    "calendar": (0, "calendar --node south --from 2018-09-14 --to 2018-09-20"),
    "card": (0, "card show south.card"),
    "demo": (0, "demo --help"),
    "deposit": (0, "deposit --help"),
    "docket": (0, "docket --node north --lang ar"),
    "doctor": (0, "doctor --node south --json"),
    "exhibit": (3, "exhibit show nothing"),
    "export": (3, "export south --node south"),
    "form": (0, "form list"),
    "init": (3, "init south --side south"),
    "key": (0, "key list --node south"),
    "matter": (0, "matter list --node north --json"),
    "office": (0, "office list --node south"),
    "officer": (0, "officer list --node north"),
    "pouch": (0, "pouch status --node south"),
    "record": (0, "record --help"),
    "recover": (0, "recover --node south"),
    "register": (0, "register --help"),
    "serve": (3, "serve --node south --roles web"),
    "statistics": (0, "statistics --node south --since 2018-09-01 --until 2018-09-30 --json"),
    "text": (0, "text --help"),
    "verify": (2, "verify nothing"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_the_same_in_a_process_of_its_own(command: str, founded: Hands) -> None:
    status, asked = ASKED[command]
    # While a node recovers it says what it has seen, where that is due and it comes to it: once.
    for _ in range(4 if command == "recover" else 1):
        anew = subprocess.run(
            [sys.executable, "-m", "yeollak", *asked.split()],
            cwd=founded.root,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        forked = founded.run(*asked.split())
        said = (anew.returncode, _plain(anew.stdout), _plain(anew.stderr))
        same = said == (forked.status, _plain(forked.out), _plain(forked.err))
        if same:
            break
    assert same, (said, forked)
    assert forked.status == status, forked


def _plain(said: str) -> str:
    """Without what another moment prints otherwise: an instant, and how much room a disk has."""
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\b\d+ [MG]iB", "<now>", said)


def test_a_process_is_ended_by_a_signal_and_its_shell_is_told(tmp_path: Path) -> None:
    hands = Hands(tmp_path)
    hands.make("south")
    assert start(["init", "south"], tmp_path, environment()).wait(30) == 2
    for number, status in ((15, 0), (9, -9)):
        hands.serve("south")
        hands.await_serving("south")
        assert hands.servers["south"].poll() is None
        assert hands.stop("south", number) == status
    script = (
        "yeollak serve --node south > said & until grep -q Ctrl-C said; do sleep 0.05; done; kill $!; wait $!"
    )
    path = {"PATH": f"{stand_in()}:/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env={**environment(), **path}, timeout=60)
    assert done.returncode == 0
    piped = "echo secret | yeollak card new --node south --name en=South --passphrase-file /dev/stdin"
    assert subprocess.run(["bash", "-c", piped], cwd=tmp_path, env={**environment(), **path}).returncode == 0
