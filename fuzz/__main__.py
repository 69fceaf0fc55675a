"""`python -m fuzz`: every target for some seconds, by atheris where it is installed, else by our own mutator.

`--long` gives each ten minutes and keeps what reached something new under `.cache/fuzz`, from where it begins
the next time. What does not hold is kept under `.cache/fuzz/found` and told; the exit status is then 1, and
`--replay TARGET FILE` repeats it.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fuzz.mutator import mutations
from fuzz.seeds import CORPUS, ROOT
from fuzz.targets import TARGETS, Target

CACHE: Final = ROOT.parent / ".cache" / "fuzz"
FOUND: Final = CACHE / "found"
LONG: Final = 600
#: What one target may take of memory (MiB), and how long one input (seconds): more is a finding.
MEMORY: Final = 1024
PATIENCE: Final = 20
#: How many inputs our own mutator tries before it looks at the clock.
_ROUND: Final = 200


def corpus(name: str) -> list[bytes]:
    """What is kept for a target, in the order of its names."""
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


def failing(target: Target, inputs: Iterator[bytes]) -> tuple[bytes, str] | None:
    """The first input for which a target does not hold, and how."""
    for data in inputs:
        try:
            target.one_input(data)
        except Exception as problem:  # noqa: BLE001 - whatever a target raises is what is looked for
            return data, "".join(traceback.format_exception(problem)[-3:])
    return None


def by_mutator(name: str, seconds: float) -> str:
    """Drive a target by our own mutator; what it found, or nothing."""
    ends, number = time.monotonic() + seconds, 0
    while number == 0 or time.monotonic() < ends:
        target = TARGETS[name]
        found = failing(target, mutations(corpus(name), number, _ROUND, target.longest))
        if found is not None:
            FOUND.mkdir(parents=True, exist_ok=True)
            kept = FOUND / f"{name}-{hashlib.sha256(found[0]).hexdigest()[:16]}"
            kept.write_bytes(found[0])
            return f"{found[1]}python -m fuzz --replay {name} {kept.relative_to(ROOT.parent)}"
        number += 1
    return ""


def by_atheris(name: str, seconds: int, *, keep: bool = False) -> str:
    """Drive a target by atheris in a process of its own; what it found, or nothing."""
    FOUND.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        # libFuzzer writes what reaches something new into the first folder.
        new = CACHE / name if keep else Path(scratch)
        new.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable, "-m", "fuzz.driver", name, f"-max_total_time={seconds}",
            f"-rss_limit_mb={MEMORY}",
            f"-timeout={PATIENCE}", f"-artifact_prefix={FOUND / name}-", str(new), str(CORPUS / name),
        ]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT.parent, capture_output=True, text=True, errors="replace")
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-6000:]


def replay(name: str, path: Path) -> str:
    """How a target does not hold for the bytes of a file, or nothing."""
    found = failing(TARGETS[name], iter([path.read_bytes()]))
    return "" if found is None else found[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help="some of: " + ", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=3, help="for each target")
    parser.add_argument("--long", action="store_true", help=f"{LONG} seconds each, and keep what is new")
    parser.add_argument("--jobs", type=int, default=2, help="targets at once")
    parser.add_argument(
        "--own", action="store_true", help="by our own mutator, even where atheris is installed"
    )
    parser.add_argument("--replay", nargs=2, metavar=("TARGET", "FILE"), help="one input, once")
    given = parser.parse_args(arguments)
    if given.replay:
        told = replay(given.replay[0], Path(given.replay[1]))
        print(told or "it holds")
        return bool(told)
    if unknown := set(given.targets) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    seconds = LONG if given.long else given.seconds
    own = given.own or importlib.util.find_spec("atheris") is None

    def drive(name: str) -> str:
        return by_mutator(name, seconds) if own else by_atheris(name, seconds, keep=given.long)

    names, failed = given.targets or list(TARGETS), 0
    with ThreadPoolExecutor(1 if own else given.jobs) as pool:
        for name, told in zip(names, pool.map(drive, names), strict=True):
            print(f"{'FOUND ' if told else 'holds '} {name}{' (own mutator)' if own else ''}", flush=True)
            if told:
                failed += 1
                print(told, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
