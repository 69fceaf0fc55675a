"""The targets of `fuzz/`: what is kept is read, altered bytes hold, and what does not hold is found.

The engine here is our own, from fixed numbers, so that a failure repeats. `python -m fuzz` drives the same
targets by atheris.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fuzz import __main__ as runner
from fuzz import held, outer, records
from fuzz.mutator import mutations
from fuzz.seeds import CORPUS, seeds
from fuzz.targets import TARGETS, Target
from yeollak.errors import OurFault, TheirFault

#: How many altered inputs each target gets here.
COUNT = 250
#: Seeds for which no parser gives a value: parts are told one by one, and proofs are of other roots.
UNREAD = {"pouch": {"parts", "lines"}, "request": {"answer"}, "tree": {"consistency"}}


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_refused_as_they_should_be_or_read_as_they_came(name: str) -> None:
    target = TARGETS[name]
    assert runner.failing(target, mutations(runner.corpus(name), 1, COUNT, target.longest)) is None


@pytest.mark.parametrize("name", sorted(set(TARGETS) - {"desk", "words", "keyfile"}))
def test_what_is_kept_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that refuses everything would hold: each seed is read, and a format that changes shows."""
    given: list[object] = []

    def counted(read: Callable[[], object], *refusals: type[Exception]) -> object:
        given.append(held.tried(read, *refusals))
        return given[-1]

    monkeypatch.setattr(outer, "tried", counted)
    monkeypatch.setattr(records, "tried", counted)
    refused = []
    for seed in seeds()[name]:
        given.clear()
        TARGETS[name].one_input((CORPUS / name / seed).read_bytes())
        if not any(item is not None for item in given):
            refused.append(seed)
    assert set(refused) <= UNREAD.get(name, set())


def test_every_target_has_a_corpus() -> None:
    assert set(seeds()) == set(TARGETS) == {path.name for path in CORPUS.iterdir()}
    assert all((CORPUS / name / seed).is_file() for name, files in seeds().items() for seed in files)


def _deep(data: bytes) -> None:
    if b"[" * 40 in data:
        raise RecursionError


def _repaired(data: bytes) -> None:
    held.same(data.replace(b"\0", b""), data)


def _ours(data: bytes) -> None:
    held.tried(lambda: data.decode())


@pytest.mark.parametrize("broken", [_deep, _repaired, _ours])
def test_a_parser_that_is_wrong_is_found(broken: Callable[[bytes], None]) -> None:
    found = runner.failing(Target(broken), mutations([b"{}", b"text"], 1, COUNT, 4096))
    assert found is not None
    assert runner.failing(Target(broken), iter([found[0]])) is not None


def test_a_fault_that_is_ours_or_unknown_is_found() -> None:
    def ours() -> None:
        raise OurFault("head-moved", expected=1, size=2)

    with pytest.raises(OurFault):
        held.tried(ours)
    told = TheirFault("bad-body")
    told.code = "no-such-code"
    with pytest.raises(held.Broken):
        held.stable(told)


def test_the_command_runs_and_replays(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["canonical", "--own", "--seconds", "0"]) == 0
    assert runner.main(["--replay", "canonical", str(CORPUS / "canonical" / "act")]) == 0
    assert capsys.readouterr().out == "holds  canonical (own mutator)\nit holds\n"


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed (no wheel here?)"
)
def test_atheris_drives_a_target(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "fuzz.driver",
            "head",
            "-runs=500",
            "-seed=1",
            f"-artifact_prefix={tmp_path}/",
        ],
        cwd=CORPUS.parent.parent,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "Done 500 runs" in done.stderr
