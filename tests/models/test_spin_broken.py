"""Every rule that the models rest on is needed: without it, Spin finds a schedule that goes wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import spin
from tools.promela import EXCERPTS, pair_name
from tools.spin import NEEDLESS, Check, broken, run

#: pytest's own fixture: what Spin printed goes into the report of the run.
Record = Callable[[str, object], None]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("check", list(broken()), ids=lambda check: f"{check.model} {check.title}")
def test_a_broken_model_is_found_out(check: Check, checkers: Path, record_property: Record) -> None:
    outcome = run(check, checkers)
    record_property("spin", str(outcome))
    assert outcome.found is not None


def test_every_crossing_pair_has_a_broken_model_or_a_reason() -> None:
    titles = {(check.model, check.title) for check in broken()}
    for model, excerpt in zip(("consent", "signature"), EXCERPTS, strict=True):
        names = [pair_name(excerpt, pair) for pair in excerpt.pairs()]
        assert len(set(names)) == len(names)
        for name in names:
            assert ((model, f"but no {name}") in titles) != ((model, name) in NEEDLESS)


def test_a_search_cut_short_is_no_result(checkers: Path) -> None:
    check = Check("consent", "more than a moment allows", ("ACTS_0=4", "ACTS_1=4"))
    run(dataclasses.replace(check, given=("ACTS_0=1", "ACTS_1=0")), checkers)  # builds its checker
    with pytest.raises(RuntimeError, match="pan took longer"):
        run(check, checkers, most_seconds=1)


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert spin.missing() == "no spin and no gcc on this machine: apt install spin gcc libc6-dev"
