"""Whole sessions as text: commands after `$`, and below each what it prints.

`UPDATE_TRANSCRIPTS=1` writes what is printed now into the files; what changed is then read in the diff.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.hands import environment
from tests.cli.starting import stand_in

PLACE = Path(__file__).parent / "transcripts"
NAMES = ("office", "faults", "keys", "docket", "pouch")

#: What the scripts may use besides `yeollak`.
PREAMBLE = f"""
pick() {{ {sys.executable} -ISc '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1:]:
    value = value[int(key) if key.lstrip("-").isdigit() else key]
print(value)' "$@"; }}
ports() {{ {sys.executable} -ISc '
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
line, public = (one.getsockname()[1] for one in held)
print("--line-port", line, "--public-port", public, "--desk-port 0")'; }}
yeollak() {{ command yeollak "$@"; local status=$?
  # Quick keys: these are no secret.
  [ "$1" = init ] && [ -f "$2/node.toml" ] && sed -i 's/cost = "strong"/cost = "quick"/' "$2/node.toml"
  return $status; }}
serve() {{ for node in "$@"; do
    command yeollak serve --node $node > $node.log 2>&1 & eval "${{node}}_pid=$!"
  done
  for node in "$@"; do
    for _ in $(seq 1200); do grep -q Ctrl-C $node.log && break; sleep 0.05; done; cat $node.log
  done; }}
stop() {{ for node in "$@"; do
    pid=${{node}}_pid; kill -TERM ${{!pid}}; wait ${{!pid}}; echo "$node ended with $?"
  done; }}
meet() {{ {sys.executable} -IS {Path(__file__).with_name("counted.py")} "$@"; }}
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
"""
_NUMBERED = {
    "digest": re.compile(r"\b[0-9a-f]{64}\b"),
    "time": re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "key": re.compile(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])"),
    "port": re.compile(r"(?<=127\.0\.0\.1:)\d+"),
}
_FILES = re.compile(r"[Ff]iles: \d+|파일 \d+개|الملفات: \u2068\d+")


def commands(text: str) -> list[str]:
    """The transcript as pieces: comments and blank lines as they are, commands without what they printed."""
    return [line for line in text.splitlines() if not line or line.startswith(("# ", "$ "))]


def run(pieces: list[str], place: Path) -> str:
    """The transcript as it is now: every command in one shell, in its order."""
    script, number = [PREAMBLE], 0
    said = place.parent / "said"
    said.mkdir()
    for piece in pieces:
        if piece.startswith("$ "):
            script.append(f"{{ {piece[2:]}\n}} > {said}/{number} 2>&1; echo $? > {said}/{number}.status")
            number += 1
    subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=place,
        env={**environment(), "PATH": f"{stand_in()}:{environment()['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=240,
    )
    lines, number = [], 0
    for piece in pieces:
        lines.append(piece)
        if piece.startswith("$ "):
            lines += [line.rstrip() for line in (said / f"{number}").read_text().splitlines()]
            status = (said / f"{number}.status").read_text().strip()
            lines += [f"[{status}]"] if status != "0" else []
            number += 1
    return normalised("\n".join(lines) + "\n", place)


def normalised(text: str, place: Path) -> str:
    """What differs from run to run, numbered in the order of its appearance: the same is the same."""
    text = text.replace(str(place.resolve()), "…")
    for name, pattern in _NUMBERED.items():
        seen: dict[str, str] = {}

        def numbered(match: re.Match[str], name: str = name, seen: dict[str, str] = seen) -> str:
            # Times are the run's own: only that there is one is said.
            if name == "time":
                return "<time>"
            return seen.setdefault(match[0], f"<{name} {len(seen) + 1}>")

        text = pattern.sub(numbered, text)
    # How many checkpoints a node signs between two commands, and so how many are exported, is its own pace.
    text = _FILES.sub(lambda match: re.sub(r"\d+", "<count>", match[0]), text)
    # Columns are as wide as what stands in them.
    return re.sub(r"(?m)(?<=\S) {2,}(?=\S)", "  ", text)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_session_goes_as_it_is_written(name: str, tmp_path: Path) -> None:
    path = PLACE / f"{name}.txt"
    place = tmp_path / "place"
    place.mkdir()
    now = run(commands(path.read_text()), place)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(now)
    assert now == path.read_text()
