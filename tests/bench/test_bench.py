"""The measurements run, over acts that stand and matters that fold; how long they take is nobody's test."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import bench.__main__
import bench.line
import bench.peers.__main__
from bench import Run, Step, measure
from bench.__main__ import main
from bench.growth import KINDS, SIDES, findings
from bench.stages import MATTER, OURS, VERIFY, counting, make_batch
from tools.house.finding import ROOT
from yeollak.office.fold import fold
from yeollak.procedures.catalogue import table

SIZE = ["--acts", "6", "--sizes", "16,4", "--rounds", "2"]
SMALL = ["--stages", *SIZE]


def test_the_figures_have_their_shape(tmp_path: Path) -> None:
    target = tmp_path / "figures.json"
    done = CliRunner().invoke(main, [*SMALL, "--json", str(target)], catch_exceptions=False)
    assert done.exit_code == 0
    result = json.loads(target.read_text())
    assert set(result) == {"v", "run", "batch", "growth"}
    assert set(result["run"]) == {"date", "cores", "machine", "python", "rounds"}
    assert (result["v"], result["run"]["rounds"], result["batch"]["acts"]) == (1, 2, 6)
    stages = {row["stage"]: row for row in result["batch"]["stages"]}
    assert len(stages) == len(result["batch"]["stages"]) == 13
    assert stages[VERIFY]["verifies"] == 1
    for row in stages.values():
        assert set(row) == {"stage", "microseconds", "verifies"}
        assert row["microseconds"] > 0
    assert result["growth"]["sizes"] == [4, 16]
    assert len(result["growth"]["steps"]) == 6
    for row in result["growth"]["steps"]:
        assert set(row) == {"step", "microseconds", "ratios"}
        assert len(row["microseconds"]) == len(row["ratios"]) == 2
        assert row["ratios"][0] == 1
        assert row["step"] in done.output
    for name in stages:
        assert name in done.output


def test_without_a_word_everything_quick_is_measured_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And each part alone, by the name that docs/benchmarks.md gives it; none of it is measured here."""
    monkeypatch.setattr(bench.__main__, "CACHE", tmp_path / "made")
    flow = {"bound_per_s": 1.0, "one_way": {}, "two_way": {}}
    monkeypatch.setattr(bench.line, "measured", lambda acts: flow)
    monkeypatch.setattr(bench.line, "drawn", lambda result: "the line")
    done = CliRunner().invoke(main, SIZE, catch_exceptions=False)
    assert done.exit_code == 0
    assert "the line" in done.output
    result = json.loads((tmp_path / "made" / "all.json").read_text())
    assert set(result) == {"v", "run", "batch", "growth", "line"}
    assert result["line"] == flow
    assert CliRunner().invoke(main, ["--line"], catch_exceptions=False).exit_code == 0
    assert json.loads((tmp_path / "made" / "line.json").read_text()) == flow

    def beside(acts: int, only: object, outage: int, kept: Path) -> dict[str, object]:
        kept.write_text(json.dumps({"acts": acts}))
        return {}

    monkeypatch.setattr(bench.peers.__main__, "measured", beside)
    monkeypatch.setattr(bench.peers.__main__, "drawn", lambda result: ["the peers"])
    told = CliRunner().invoke(main, ["--peers"], catch_exceptions=False)
    assert "the peers" in told.output
    assert json.loads((tmp_path / "made" / "peers.json").read_text()) == {"acts": 4096}


def test_every_way_that_the_page_names_is_there() -> None:
    """Each `make bench ARGS=…` and `python -m bench…` of the docs is taken by its command."""
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    options = {
        option for given in re.findall(r'make bench ARGS="?([^"`,]*)', text) for option in given.split()
    }
    known = {name for option in main.params for name in option.opts}
    assert (
        {"--line", "--peers", "--long", "--many", "--pages"}
        <= {option for option in options if option.startswith("--")}
        <= known
    )


@pytest.mark.parametrize("sizes", ["", "ten", "0,10"])
def test_sizes_that_are_none(sizes: str) -> None:
    done = CliRunner().invoke(main, ["--sizes", sizes])
    assert done.exit_code == 2
    assert "--sizes" in done.output


def test_the_acts_of_the_batch_stand_and_change_their_matters() -> None:
    batch = make_batch(2 * MATTER)
    assert len(set(batch.matters)) == 2
    counting(batch)()  # raises when one of them is void
    batch.world.meet()
    for office in batch.world.offices:
        for matter in set(batch.matters):
            state = office.state(matter)
            assert not state.marks
            assert state.state.phase == "delivered"
            last = [act.id for act in office.ledger.matter(matter) if act.side == OURS][-1]
            assert state.state.slots["waits"] == last


def test_the_matters_that_growth_folds_are_answered_and_nothing_is_overtaken() -> None:
    folded = fold(table("note"), findings(KINDS), SIDES)
    assert folded.state.phase == "answered"
    assert not folded.marks


def test_the_median_of_the_rounds_counts_and_making_ready_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, costs = [0], iter([9000, 4000, 6000])
    monkeypatch.setattr("time.process_time_ns", lambda: clock[0])

    def spend(nanoseconds: int) -> None:
        clock[0] += nanoseconds

    def ready() -> Run:
        spend(50_000)
        return lambda: spend(next(costs))

    assert measure([Step("step", 2, ready)], 3) == {"step": 3.0}
