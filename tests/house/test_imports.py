"""The arrows of the map: import-linter's contracts hold for the package, and would notice if they did not."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.house.finding import ROOT

LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def lint(config: Path, source: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--config", config, "--no-cache"],
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """An empty package with every module that the contracts name, and the contracts themselves."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    names = {
        name.strip()
        for contract in contracts
        for entry in contract.get("layers", []) + contract.get("source_modules", [])
        for name in entry.split("|")
    }
    for name in sorted(names | {"yeollak"}):
        folder = tmp_path / "src" / name.replace(".", "/")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").touch()
    return tmp_path


def test_the_package_keeps_the_arrows() -> None:
    done = lint(ROOT / "pyproject.toml", ROOT / "src")
    assert done.returncode == 0, done.stdout


def test_an_empty_package_keeps_them(skeleton: Path) -> None:
    done = lint(skeleton / "pyproject.toml", skeleton / "src")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("record", "import yeollak.office"),
        ("record", "import yeollak.procedures"),
        ("errors", "import yeollak.words"),
        ("storage", "from yeollak import line"),
        ("desk", "import yeollak.cli"),
        ("office", "import django.db"),
        ("procedures", "import socket"),
        ("record", "from sqlite3 import connect"),
        ("words", "import subprocess"),
        ("line", "from django.conf import settings"),
        ("line/protocol", "import socket"),
        ("line/asking", "from time import monotonic"),
        ("cli", "import django"),
    ],
)
def test_an_arrow_that_points_up_is_noticed(skeleton: Path, package: str, line: str) -> None:
    (skeleton / "src" / "yeollak" / package / "__init__.py").write_text(f"{line}\n")
    done = lint(skeleton / "pyproject.toml", skeleton / "src")
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
