"""Each rule over documents finds its bad samples and leaves its good ones alone."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import click
import pytest

from tools.house import documents

README = PurePosixPath("README.md")
PYPROJECT = """
[project]
dependencies = ["PyNaCl>=1.6", "psycopg[binary]>=3"]
optional-dependencies = { test = ["pytest"] }
[build-system]
requires = ["hatchling"]
"""
ROWS = "".join(f"| `{name}` | a | b | c |\n" for name in ("pynacl", "psycopg", "pytest", "hatchling"))


@click.group()
@click.option("--json", is_flag=True)
def program() -> None:
    pass


@program.command()
@click.option("--once", is_flag=True)
def demo() -> None:
    pass


@program.group()
def office() -> None:
    pass


@office.command("list")
def list_() -> None:
    pass


def whys(page: str) -> list[str]:
    return [finding.why for finding in documents.dependencies_explained(README, page, PYPROJECT)]


def test_each_dependency_needs_a_full_row() -> None:
    assert whys(ROWS) == []
    assert whys(ROWS.replace("| `pytest` | a | b | c |\n", "")) == ["pytest is required and has no row"]
    assert whys(ROWS + "| `flask` | a | b | c |\n") == ["flask has a row and is not required"]
    assert len(whys(ROWS.replace("| `pytest` | a | b | c |", "| `pytest` | a | | c |"))) == 1


def test_each_dependency_is_imported_somewhere() -> None:
    def unused(*sources: str) -> list[str]:
        return [finding.why for finding in documents.dependencies_used(README, PYPROJECT, sources)]

    assert unused("from nacl.signing import SigningKey", "import psycopg") == []
    assert unused("import nacl", "from . import psycopg") == [
        "psycopg is required at run time and never imported"
    ]


def test_links_must_lead_somewhere(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "there.md").touch()
    page = (
        "[a](there.md#part) [b](#here) [c](https://example.org/x)\n"
        "![d](away.png)\n"
        "[e](../docs/there.md) [f](no.md)\n"
    )
    findings = documents.links_lead_somewhere(PurePosixPath("docs/page.md"), page, tmp_path)
    assert [(finding.line, finding.why) for finding in findings] == [
        (2, "away.png does not exist"),
        (3, "no.md does not exist"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "`yeollak`",
        "`yeollak demo --once --json`",
        "`yeollak office list`",
        "`yeollak office …`",
        "`yeollak --json demo`",
        "yeollak dances, outside of code",
        "```\n$ .venv/bin/yeollak office list   # all of them\n```",
    ],
)
def test_commands_that_exist_pass(line: str) -> None:
    assert not list(documents.commands_exist(README, line, program))


@pytest.mark.parametrize(
    "line",
    [
        "`yeollak dance`",
        "`yeollak demo --twice`",
        "`yeollak office sing`",
        "```\nyeollak office\nyeollak dance\n```",
    ],
)
def test_commands_that_do_not_exist_are_found(line: str) -> None:
    assert len(list(documents.commands_exist(README, line, program))) == 1


def test_the_readme_names_every_command() -> None:
    assert not list(documents.commands_told(README, "`yeollak demo`, `yeollak office list`", program))
    (finding,) = documents.commands_told(README, "`yeollak demo` opens the office", program)
    assert finding.why == "`yeollak office` is not mentioned"
