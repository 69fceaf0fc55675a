"""The models of `models/`, checked with Spin: which runs there are, what each must come to, and one run.

    python -m tools.spin            the runs of `make test`, one line each: states, depth, result, seconds
    python -m tools.spin --long     the larger bounds: tens of minutes and some gigabytes of memory

It needs `spin` and `gcc`, packages of Debian and Ubuntu. What the runs show, and what not, is told in
docs/spec/16-models.md.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.house.finding import ROOT
from tools.promela import EXCERPTS, pair_name

MODELS: Final = ROOT / "models"
_PROGRAMS: Final = ("spin", "gcc")
_STATES = re.compile(r"^\s*(\d+) states, stored", re.MULTILINE)
_DEPTH = re.compile(r"depth reached (\d+), errors: (\d+)")
_FOUND = re.compile(r"^pan:\d+: (assertion violated .*|acceptance cycle|invalid end state)", re.MULTILINE)
_COVERAGE = re.compile(r"hash factor: (\S+)")
_PHASE = re.compile(r"^met phase (\d+)$", re.MULTILINE)
_FATE = re.compile(r"^met fate (\d+) (\d) (\d)$", re.MULTILINE)
#: How much a checker is optimised: -O2 takes a compiler three times as long. A short search is as quick after
#: -O1, once the checks of bounds are no calls any more.
_O2: Final = ("-O2",)
_O1: Final = ("-O1", "-finline-small-functions", "-findirect-inlining", "-fpartial-inlining")
_FATES: Final = ("", "stands", "beaten", "superseded")


@dataclass(frozen=True, slots=True)
class Check:
    """One run of Spin.

    model    `consent` or `signature`
    title    what the run is about, in a line
    given    what the compiled checker gets in its environment: bounds, a hostile or a silent side, a crossing
             pair to leave out, kinds to offer
    defines  what the preprocessor gets: an explicit line, and the rule that a broken model lacks
    sound    whether nothing may be found; a broken model must be found out
    live     whether the LTL claim is checked as well, under weak fairness
    packed   whether states are compressed (COLLAPSE), which takes time and saves memory at larger bounds
    bits     whether states are kept as bits, for bounds that memory does not hold: coverage, not proof
    """

    model: str
    title: str
    given: tuple[str, ...]
    defines: tuple[str, ...] = ()
    sound: bool = True
    live: bool = False
    packed: bool = False
    bits: bool = False

    @property
    def quick(self) -> bool:
        """Whether this broken model alone needs its checker, which is then compiled as fast as can be."""
        return not self.sound and self.defines != ()

    @property
    def built(self) -> str:
        """The folder of its checker: runs that differ in what is given alone share it."""
        ways = (
            self.model,
            *self.defines,
            *(("live",) if self.live else ()),
            *(("packed",) if self.packed else ()),
            *(("bits",) if self.bits else ()),
            *(("quick",) if self.quick else ()),
        )
        return "-".join(ways).replace("=", "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Spin printed: states stored, depth reached, the violation if one was found, and with bits the
    hash factor (above 100 nearly every state was visited).

    `phases` are those that both nodes held as settled, `fates` what became of acts: (kind, side, fate).
    """

    states: int
    depth: int
    found: str | None
    seconds: float
    hash_factor: str | None
    phases: frozenset[str]
    fates: frozenset[tuple[str, int, str]]

    def __str__(self) -> str:
        coverage = f", hash factor {self.hash_factor}" if self.hash_factor else ""
        verdict = f"found: {self.found}" if self.found else "nothing found"
        return f"{self.states:,} states, depth {self.depth}{coverage}, {self.seconds:.1f} s: {verdict}"


def _acts(first: int, second: int, *more: str) -> tuple[str, ...]:
    return (f"ACTS_0={first}", f"ACTS_1={second}", *more)


#: What must hold, at bounds that take seconds.
SOUND: Final = (
    Check("consent", "honest sides, any delay", _acts(3, 2)),
    Check("consent", "a hostile addressee", _acts(2, 1, "HOSTILE=1")),
    Check("consent", "a hostile opener", _acts(2, 1, "HOSTILE=0")),
    Check("consent", "an addressee who falls silent", _acts(2, 2, "SILENT=1")),
    Check("consent", "an opener who falls silent", _acts(2, 2, "SILENT=0")),
    Check("consent", "a line that loses and doubles", _acts(1, 1), ("WIRE=1", "MOST=4"), live=True),
    Check("signature", "honest sides, any delay", _acts(2, 1)),
    Check("signature", "honest sides, signatures taken back", _acts(3, 1, "OFFERED=26")),
    Check("signature", "a hostile counterpart", _acts(2, 1, "HOSTILE=1")),
    Check("signature", "a counterpart who falls silent", _acts(2, 1, "SILENT=1")),
)

#: The same at larger bounds.
LONG: Final = (
    Check("consent", "honest sides, any delay", _acts(3, 3), packed=True),
    Check("consent", "honest sides, any delay", _acts(4, 3), bits=True),
    Check("consent", "a hostile addressee", _acts(3, 2, "HOSTILE=1"), bits=True),
    Check("consent", "a hostile opener", _acts(3, 2, "HOSTILE=0"), bits=True),
    Check("consent", "an addressee who falls silent", _acts(3, 3, "SILENT=1"), packed=True),
    Check(
        "consent", "a line that loses, doubles and reorders", _acts(2, 1), ("WIRE=2",), live=True, bits=True
    ),
    Check("signature", "honest sides, any delay", _acts(2, 2), packed=True),
    Check("signature", "honest sides, any delay", _acts(3, 3), bits=True),
    Check("signature", "initials too", _acts(3, 2, "OFFERED=254"), bits=True),
    Check("signature", "a hostile opener", _acts(2, 1, "HOSTILE=0"), packed=True),
    Check("signature", "a hostile counterpart", _acts(2, 2, "HOSTILE=1"), bits=True),
    Check("signature", "a line that loses and doubles", _acts(1, 1), ("WIRE=1",), live=True, packed=True),
)

#: One rule changed, and the least bounds at which Spin must find it out.
_BROKEN: Final = (
    ("consent", _acts(3, 1), "JUDGE_NOW"),
    ("consent", _acts(2, 1, "HOSTILE=1"), "NO_MAXIMUM"),
    ("consent", _acts(2, 1), "SETTLED_ALONE"),
    ("consent", _acts(2, 1), "SETTLED_BY_RECEIPT"),
    ("consent", _acts(2, 1), "NO_SEEN"),
    ("consent", _acts(2, 1), "PATIENT"),
    ("consent", _acts(2, 1, "SILENT=1"), "ROW_WITHDRAWN_LAPSE=0"),
    ("signature", _acts(2, 1), "ARRIVAL"),
    ("signature", _acts(2, 1), "FINAL_AT_ONCE"),
    ("signature", _acts(2, 1), "ONE_IS_ENOUGH=1"),
    ("signature", _acts(2, 1, "HOSTILE=1"), "NO_GUARD", "ANY_TEXT=1"),
    ("signature", _acts(2, 1, "SILENT=1"), "ROW_WITHDRAWN_LAPSE=0"),
)
#: Pairs that two parties never need, with the reason.
NEEDLESS: Final = {
    ("consent", "ANSWER_OVER_HOLD"): "both acts are the counterpart's, and one side's acts never cross",
}


def broken() -> Iterator[Check]:
    """Every broken model: those above, and the table without each of its crossing pairs in turn."""
    for model, bounds, *rules in _BROKEN:
        yield Check(model, f"but {rules[-1]}", bounds, tuple(rules), sound=False)
    yield Check(
        "consent", "but PATIENT, over a line", _acts(1, 1), ("WIRE=1", "PATIENT"), sound=False, live=True
    )
    for model, excerpt in zip(("consent", "signature"), EXCERPTS, strict=True):
        for number, pair in enumerate(excerpt.pairs(), 1):
            if (name := pair_name(excerpt, pair)) in {name for of, name in NEEDLESS if of == model}:
                continue
            given = [f"CUT={number}"]
            if model == "signature":
                # What opens, the two that cross, and a signature: fewer kinds, found sooner.
                kinds = {1, excerpt.kinds.index("sign") + 1}
                kinds |= {excerpt.kinds.index(kind.removeprefix(excerpt.stem)) + 1 for kind, _ in pair}
                given.append(f"OFFERED={sum(1 << kind for kind in kinds)}")
            second = 1 if name == "REDRAFT_OVER_RETRACT" else 2
            yield Check(model, f"but no {name}", _acts(3, second, *given), sound=False)


def missing() -> str | None:
    """Why nothing can be run here, or None."""
    lacking = [program for program in _PROGRAMS if shutil.which(program) is None]
    if not lacking:
        included = "#include <stdio.h>\n"
        asked = subprocess.run(["gcc", "-E", "-"], input=included, capture_output=True, text=True)
        lacking = ["headers of C"] if asked.returncode else []
    return (
        f"no {' and no '.join(lacking)} on this machine: apt install spin gcc libc6-dev" if lacking else None
    )


def run(check: Check, folder: Path, *, most_seconds: float = 600) -> Outcome:
    """Check one model; checkers are built below `folder`, and kept there for the next run.

    Raises RuntimeError when Spin, the compiler or the search itself fails, or takes longer than
    `most_seconds`: a search that was cut short has shown nothing.
    """
    started = time.monotonic()
    place = folder / check.built
    if not (place / "pan").is_file():
        shutil.copytree(MODELS, place, dirs_exist_ok=True)
        defines = [f"-D{define}" for define in check.defines]
        _tool(["spin", "-a", *defines, f"{check.model}.pml"], place, most_seconds)
        ways = ["-DVECTORSZ=2048"]
        ways += ["-DCOLLAPSE"] * check.packed + ["-DBITSTATE"] * check.bits
        # Compiling is most of what a short run costs, and all of what it costs to find a broken model out.
        ways += _O2 if check.bits else ("-O0",) if check.quick else _O1
        ways += ["-DNFAIR=3"] if check.live else ["-DSAFETY", "-DNOCLAIM"]
        _tool(["gcc", "-w", *ways, "-o", "pan", "pan.c"], place, most_seconds)
    # What is wrong in a broken model lies near; a cycle is longer than the way to it.
    depth = 2_000_000 if check.sound else 10_000 if check.live else 50
    flags = [
        f"-m{depth}",
        *(("-a", "-f") if check.live else ()),
        "-w32" if check.bits else "-w22",
    ]
    given = dict(one.split("=", 1) for one in check.given)
    printed = _tool([str(place / "pan"), *flags], place, most_seconds, given)
    return _outcome(check, printed, time.monotonic() - started)


def _tool(
    command: list[str], place: Path, most_seconds: float, given: Mapping[str, str] | None = None
) -> str:
    environment = {**os.environ, "LC_ALL": "C", **(given or {})}
    try:
        done = subprocess.run(
            command, cwd=place, capture_output=True, text=True, env=environment, timeout=most_seconds
        )
    except subprocess.TimeoutExpired as late:
        raise RuntimeError(f"{Path(command[0]).name} took longer than {most_seconds:.0f} s") from late
    if done.returncode or "Error:" in done.stdout:
        raise RuntimeError(f"{Path(command[0]).name} failed: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def _outcome(check: Check, printed: str, seconds: float) -> Outcome:
    states, depth, found = _STATES.search(printed), _DEPTH.search(printed), _FOUND.search(printed)
    short = any(note in printed for note in ("Search not completed", "max search depth too small"))
    # What was found stands, however much was left; that nothing is there only a whole search shows.
    if states is None or depth is None or (short and found is None):
        raise RuntimeError(f"the search was not completed: {printed[-2000:]}")
    if (found is None) != (depth[2] == "0"):
        raise RuntimeError(f"errors that this tool does not know: {printed[-2000:]}")
    excerpt = EXCERPTS[("consent", "signature").index(check.model)]
    phases, kinds = excerpt.phases(), ("", *excerpt.kinds, "line.seen", "void")
    factor = _COVERAGE.search(printed)
    return Outcome(
        states=int(states[1]),
        depth=int(depth[1]),
        found=found[1] if found else None,
        seconds=seconds,
        hash_factor=factor[1] if factor else None,
        phases=frozenset(phases[int(number)] for number in _PHASE.findall(printed)),
        fates=frozenset((kinds[int(k)], int(side), _FATES[int(f)]) for k, side, f in _FATE.findall(printed)),
    )


def main(arguments: list[str]) -> int:
    """Run them all and print a line for each; 1 when one did not come to what it must."""
    if reason := missing():
        print(f"skipped: {reason}")
        return 0
    long = "--long" in arguments
    checks = LONG if long else (*SOUND, *broken())
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for check in checks:
            outcome = run(check, Path(folder), most_seconds=6 * 3600 if long else 600)
            good = (outcome.found is None) == check.sound
            failed += not good
            print(f"{'ok    ' if good else 'FAILED'} {check.model}, {check.title}: {outcome}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
