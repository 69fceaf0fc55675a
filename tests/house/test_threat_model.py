"""The threat model holds: every test that it names is there, every promise names one, and its scenarios are
those that are played.
"""

from __future__ import annotations

import re

from tests.hostile.scenarios import table
from tools.house.finding import ROOT

PAGE = ROOT / "docs" / "threat-model.md"
TEXT = PAGE.read_text(encoding="utf-8")
LINK = re.compile(r"\[`(test_\w+)`\]\(\.\./(tests/[\w/]+\.py)\)")
BEGIN, END = "<!-- scenarios -->\n", "\n<!-- end of scenarios -->"


def absent(text: str) -> list[str]:
    """The tests that a text names and that are not where it says."""
    found = []
    for name, path in LINK.findall(text):
        file = ROOT / path
        if not file.is_file() or f"\ndef {name}(" not in file.read_text(encoding="utf-8"):
            found.append(f"{path}: {name}")
    return found


def unheld(text: str) -> list[str]:
    """The rows of tables with a column `held by` in which no test is named."""
    rows, held = [], False
    for line in text.splitlines():
        if not line.startswith("|"):
            held = False
        elif line.rstrip().endswith("| held by |"):
            held = True
        elif held and not line.startswith("|---") and not LINK.search(line):
            rows.append(line)
    return rows


def test_every_test_that_is_named_is_there() -> None:
    assert len(LINK.findall(TEXT)) > 60
    assert absent(TEXT) == []
    assert absent("[`test_of_nothing`](../tests/house/test_tree.py)") != []
    assert absent("[`test_of_nothing`](../tests/house/test_nowhere.py)") != []


def test_every_promise_is_held_by_a_test() -> None:
    assert unheld(TEXT) == []
    assert unheld("| promise | held by |\n|---|---|\n| all is well | nobody |") == [
        "| all is well | nobody |"
    ]


def test_the_scenarios_are_those_that_are_played() -> None:
    listed = TEXT.partition(BEGIN)[2].partition(END)[0]
    assert listed == table(), "put what tests.hostile.scenarios.table() gives between the marks"
