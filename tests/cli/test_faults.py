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


@pytest.mark.parametrize(
    ("args", "en", "ko"),
    [
        (["dance"], "There is no command dance.", "dance 명령은 없습니다."),
        (["docket", "--sidde", "x"], "There is no option --sidde. Similar: --side", "선택항목은 없습니다."),
        (["verify"], "PATH is missing.", "PATH 항목이 빠졌습니다."),
        (["docket", "--side"], "--side cannot be used. It takes one of: ours, theirs.", "ours, theirs"),
        (["docket", "--since", "now"], "It takes a day such as 2018-09-14.", "형식의 날짜를 받습니다."),
        (["account", "log-of", "x"], "There is no command log-of.", "명령은 없습니다."),
        (["pouch", "pack", "x", "--part-size", "4Z"], "4Z is not a size such as 4M", "4Z 값은 4M 형식의"),
        (["serve", "--json=1"], "--json has no value, or one where it takes none.", "--json 선택항목에 값이"),
        (["docket", "--matter", "0", "--side", "ours"], "--matter goes with neither", "함께 쓸 수 없습니다."),
        (["init", "x", "--side", "No"], "The name of a side has 1 to 64", "1자에서 64자까지"),
    ],
)
def test_a_command_that_is_not_given_as_it_must_be_is_told_in_words(
    args: list[str], en: str, ko: str
) -> None:
    for lang, words in (("en", en), ("ko", ko)):
        told = CliRunner().invoke(main, [*args, "--lang", lang]).stderr
        assert words in told
        assert told.strip().endswith("[usage]")


def test_an_unforeseen_error_shows_no_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("yeollak.cli.verify.audit_folder", broken)
    run = CliRunner().invoke(main, ["verify", str(tmp_path)])
    assert run.exit_code == 70
    assert "Traceback" not in run.output
    assert "[internal]" in run.stderr
