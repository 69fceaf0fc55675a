"""Whatever goes wrong ends as one line, or one object, with its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from yeollak.cli.main import main


@pytest.mark.parametrize(
    ("args", "code", "status"),
    [
        (["verify", "nowhere"], "unreadable", 2),
        (["verify"], "usage", 2),
        (["dance"], "usage", 2),
        (["card", "check", "nowhere"], "file-unreadable", 3),
        (["matter", "list", "--node", "nowhere"], "no-node", 3),
    ],
)
def test_each_fault_has_its_code(args: list[str], code: str, status: int) -> None:
    run = CliRunner().invoke(main, [*args, "--json"])
    assert (run.exit_code, json.loads(run.stdout)["error"]["code"]) == (status, code)
    told = CliRunner().invoke(main, args)
    assert told.stdout == ""
    assert told.stderr.strip().endswith(f"[{code}]")
    assert len(told.stderr.splitlines()) == 1


def test_an_unforeseen_error_shows_no_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("yeollak.cli.verify.audit_folder", broken)
    run = CliRunner().invoke(main, ["verify", str(tmp_path)])
    assert run.exit_code == 70
    assert "Traceback" not in run.output
    assert "[internal]" in run.stderr
