"""Figures at the terminal: a table, an object, and what the other side finds in what one side states."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.hands import Hands
from yeollak.cli.main import main

pytestmark = pytest.mark.slow  # two nodes are founded and served

DAYS = ("--since", "2000-01-01", "--until", "2100-01-01")


@pytest.fixture(scope="module")
def worked(founded: Hands) -> Hands:
    """An office with two meetings that the South says were held, and one that the North does."""
    facts = ("--fact", "level=heads", "--fact", "when=2018-09-28")
    founded.good("act", "meeting.held", *facts, "--node", "south")
    founded.good("act", "meeting.held", "--fact", "level=ad-hoc", "--node", "south")
    founded.good("act", "meeting.held", "--fact", "level=ad-hoc", "--node", "north")
    founded.meet()
    founded.stop_all()
    return founded


def test_both_nodes_give_the_same_figures(worked: Hands) -> None:
    south, north = (worked.good("statistics", *DAYS, "--node", side) for side in ("south", "north"))
    assert south == north
    contacts = south["figures"]["own"]["contacts"]
    assert contacts["total"] == 3
    assert contacts["parts"]["says"] == {"north": 1, "south": 2}


def test_the_table_names_totals_parts_and_the_frontier(worked: Hands) -> None:
    said = worked.run("statistics", *DAYS, "--node", "south")
    assert said.status == 0, said
    assert "as of south" in said.out
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert "Contacts face to face 3" in lines
    assert "by level ad hoc contacts 2" in lines
    assert "by level heads of the office 1" in lines


def test_the_matters_of_a_cell_are_named(worked: Hands) -> None:
    told = worked.good("statistics", *DAYS, "--matter-links", "--node", "south")
    cells = told["matters"]["own"]["contacts"]
    assert [cell["cell"] for cell in cells] == [
        cell[:-1] for cell in told["figures"]["own"]["contacts"]["cells"]
    ]
    (matter,) = next(cell["matters"] for cell in cells if cell["cell"][0] == "heads")
    assert worked.good("matter", "show", matter, "--node", "south")["procedure"] == "meeting"
    assert matter in worked.run("statistics", *DAYS, "--matter-links", "--node", "south").out


def test_what_one_side_states_the_other_checks(worked: Hands, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    told = worked.good("statistics", *DAYS, "--save", str(file), "--node", "south")
    assert told["saved"] == str(file)
    assert json.loads(file.read_bytes()) == told["figures"]
    found = worked.good("statistics", "--check", str(file), "--node", "north")
    assert found == {"differences": [], "equal": True}
    altered = tmp_path / "altered.json"
    altered.write_bytes(file.read_bytes().replace(b'"contacts":{', b'"contacts":{"a":1,', 1))
    said = worked.run("statistics", "--check", str(altered), "--node", "north")
    assert said.status == 1
    assert "own / contacts / a" in said.out
    assert "Differences: 1" in said.out


@pytest.mark.parametrize(
    "words",
    [(), ("--since", "2018-01-01"), ("--since", "2018-1", "--until", "2018-01-01"), (*DAYS, "--check", "x")],
)
def test_what_asks_for_nothing_is_a_usage_error(words: tuple[str, ...]) -> None:
    run = CliRunner().invoke(main, ["statistics", *words, "--json"])
    assert (run.exit_code, json.loads(run.stdout)["error"]["code"]) == (2, "usage")


@pytest.mark.parametrize(
    "words", [("--since", "2018-01-01", "--until", "2018-01-01"), (*DAYS, "--zone", "Asia/Nowhere")]
)
def test_what_is_no_period_is_a_usage_error(worked: Hands, words: tuple[str, ...]) -> None:
    said = worked.run("statistics", *words, "--node", "south")
    assert (said.status, said.code) == (2, "usage")


def test_a_file_that_holds_no_figures_is_refused(worked: Hands, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    file.write_text("{}")
    said = worked.run("statistics", "--check", str(file), "--node", "south")
    assert (said.status, said.code) == (1, "malformed")
