"""What is printed: in the reader's language, whole sentences, and nothing of another side's doing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.hands import Hands, Said, environment
from yeollak.cli.main import main
from yeollak.cli.output import Output
from yeollak.errors import OurFault
from yeollak.words import LANGUAGES

HOSTILE = "\x1b[31mred\x07 [bold]x[/bold] \u202eevil\u2066\u2069 :smile: \x9b2J\u200b line\nnext\r\0"


def controls(text: str) -> set[str]:
    return {
        char for char in text if unicodedata.category(char)[0] == "C" and char not in "\n\u200e\u2068\u2069"
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_of_another_side_cannot_act_on_the_terminal(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Output(lang=lang)
    out.say("Office {office}", office=HOSTILE)
    out.tabulate([(HOSTILE, "x")], "name", "value")
    out.line(HOSTILE)
    out.fault(OurFault("file-exists", file=HOSTILE))
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert controls(text) == set()
        # Markup and emoji codes stay what they are: text.
        assert "[bold]x[/bold]" in text
        assert ":smile:" in text
        assert "\u202e" not in text
    assert len(said.err.splitlines()) == 1


def test_arabic_sets_what_it_is_filled_with_apart(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(lang="ar")
    out.say("Office {office}", office="ab12")
    out.fault(OurFault("file-exists", file="/tmp/x"))
    out.tabulate([("south", "1")], "side", "entries")
    said = capsys.readouterr()
    assert "\u2068ab12\u2069" in said.out
    assert "\u2068/tmp/x\u2069" in said.err
    assert said.err.rstrip().endswith("[file-exists]")
    rows = said.out.splitlines()[1:]
    # Isolates within every cell, and a mark before it that keeps the columns from left to right.
    assert all(row.count("\u200e\u2068") == row.count("\u2069") == 2 for row in rows)
    for text in (said.out, said.err):
        assert text.count("\u2068") == text.count("\u2069")


@pytest.mark.parametrize(
    ("env", "args", "expected"),
    [
        ({"LANG": "ko_KR.UTF-8"}, (), "읽을 수 없습니다"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "ar_SY.UTF-8"}, (), "تعذّرت"),
        ({"LC_ALL": "C.UTF-8", "LANG": "ko_KR.UTF-8"}, (), "cannot be read"),
        ({"LANG": "ko_KR.UTF-8"}, ("--lang", "ar"), "تعذّرت"),
        ({"LANG": "fr_FR.UTF-8"}, (), "cannot be read"),
        ({}, ("--lang=ko",), "읽을 수 없습니다"),
    ],
)
def test_the_language_is_the_one_asked_for(
    hands: Hands, env: dict[str, str], args: tuple[str, ...], expected: str
) -> None:
    said = hands.run("card", "show", "nowhere", *args, env={"LANG": "", **env})
    assert expected in said.err
    assert said.err.rstrip().endswith("[file-unreadable]")


def test_a_terminal_without_the_letters_gets_english(hands: Hands) -> None:
    env = {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    # Started anew: which letters there are is read once, when Python starts.
    said = run_anew(hands, "card", "show", "nowhere", "--lang", "ar", env=env)
    assert (said.status, said.code) == (3, "file-unreadable")
    assert "cannot be read" in said.err
    told = run_anew(hands, "card", "show", "남측", "--json", env=env)
    assert (told.status, told.code) == (3, "file-unreadable")


def run_anew(hands: Hands, *args: str, env: dict[str, str]) -> Said:
    """A command in a process that was started for it."""
    done = subprocess.run(
        [sys.executable, "-m", "yeollak", *args],
        cwd=hands.root,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="latin-1",
    )
    return Said(done.returncode, done.stdout, done.stderr)


def test_a_name_that_is_no_text_does_not_stop_the_object(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe")
    run = CliRunner().invoke(main, ["verify", str(tmp_path / name), "--json"])
    assert run.exit_code == 2


def test_every_sentence_is_one_of_the_catalogues() -> None:
    """`say`, `phrase`, `tabulate` and `Misuse` speak, with a literal; `line` prints what is no sentence."""
    spoken = {"say", "phrase"}
    for path in sorted((Path(__file__).parents[2] / "src" / "yeollak" / "cli").glob("*.py")):
        if path.name in {"output.py", "demo.py"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Misuse":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            if not isinstance(owner, ast.Name) or owner.id != "out":
                continue
            if node.func.attr in spoken:
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"
            if node.func.attr == "tabulate":
                assert all(isinstance(arg, ast.Constant) for arg in node.args[1:]), (
                    f"{path.name}:{node.lineno}"
                )
            assert node.func.attr not in {"table", "print"}, f"{path.name}:{node.lineno}"
