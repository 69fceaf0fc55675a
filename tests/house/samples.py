"""What the tests of the house rules share: putting a rule to a sample."""

from __future__ import annotations

from pathlib import PurePosixPath

from tools.house.finding import TextRule


def found(rule: TextRule, text: str, path: str = "src/yeollak/record/sample.py") -> list[int]:
    """The lines of `text`, taken for the file at `path`, in which `rule` finds something wrong."""
    return [finding.line for finding in rule(PurePosixPath(path), text)]
