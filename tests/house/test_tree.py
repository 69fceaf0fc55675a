"""The house rules hold in the project's own files. What `make check` runs besides is not repeated here."""

from __future__ import annotations

from tools.check import house_findings
from tools.house.finding import ROOT, project_files


def test_the_project_keeps_its_rules() -> None:
    assert [str(finding) for finding in house_findings() if not finding.smell] == []


def test_the_rules_are_put_to_real_files() -> None:
    files = {path.as_posix() for path in project_files(ROOT)}
    assert {"pyproject.toml", "src/yeollak/errors/__init__.py", "tests/house/test_tree.py"} <= files
