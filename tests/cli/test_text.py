"""Joint texts on the command line: drafted, checked, compared, shown, refused where they hide anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from yeollak.cli.main import main
from yeollak.office.texts import instrument
from yeollak.words import LANGUAGES

TEXT = """
prevails = "en"
places = [{side = "south", function = "co-head"}, {side = "north", function = "co-head"}]
[[texts]]
lang = "en"
standing = "authentic"
title = "Arrangement on calls"
[[texts.articles]]
number = "1"
paragraphs = ["A call is waited for 30 minutes."]
[[texts]]
lang = "ar"
standing = "reference"
stage = "rough"
title = "ترتيب بشأن المكالمات"
[[texts.articles]]
number = "1"
paragraphs = ["يُنتظر الاتصال 40 دقيقة."]
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def good(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    value: dict[str, Any] = json.loads(done.stdout)
    return value


@pytest.fixture
def drafts(tmp_path: Path) -> tuple[str, str]:
    """Two drafts that differ in one number and one article."""
    (tmp_path / "1.toml").write_text(TEXT)
    more = '[[texts.articles]]\nnumber = "2"\nparagraphs = ["It ends after a year."]\n'
    new = TEXT.replace("30 minutes", "45 minutes").replace(
        '[[texts]]\nlang = "ar"', f'{more}[[texts]]\nlang = "ar"'
    )
    (tmp_path / "2.toml").write_text(new)
    made = tuple(str(tmp_path / f"{number}.json") for number in (1, 2))
    for number, target in enumerate(made, 1):
        good("text", "draft", str(tmp_path / f"{number}.toml"), "-o", target)
    return made[0], made[1]


def test_a_draft_is_a_joint_text_and_its_differences_are_told(drafts: tuple[str, str]) -> None:
    held = instrument.read(Path(drafts[0]).read_bytes())
    assert held.languages == ("en", "ar")
    told = good("text", "check", drafts[0])
    assert [(one["code"], one["severity"], one["article"]) for one in told["warnings"]] == [
        ("numbers-differ", "check", "1")
    ]
    found = told["warnings"][0]["found"]
    assert {lang: tokens[0]["value"] for lang, tokens in found.items()} == {"en": "30", "ar": "40"}
    assert [one["binds"] for one in told["languages"]] == [True, False]
    for lang in LANGUAGES:
        said = run("text", "check", drafts[0], "--lang", lang)
        assert said.exit_code == 0
        assert "40" in said.output


def test_a_change_is_shown_in_its_place_and_away_from_a_terminal_in_brackets(drafts: tuple[str, str]) -> None:
    change = good("text", "diff", *drafts)
    (english,) = [one for one in change["languages"] if one["language"] == "en"]
    assert [(one["change"], one["new"]) for one in english["articles"]] == [("changed", "1"), ("added", "2")]
    old = "".join(text for op, text in english["articles"][0]["paragraphs"][0]["spans"] if op != "insert")
    assert old == "A call is waited for 30 minutes."
    said = run("text", "diff", *drafts).output
    assert "[-30-]{+45+} minutes" in said
    assert "\x1b" not in said
    back = run("text", "diff", *reversed(drafts)).output
    assert "[-45-]{+30+} minutes" in back
    assert good("text", "diff", drafts[0], drafts[0])["same"]


def test_text_from_right_to_left_is_a_run_of_its_own(drafts: tuple[str, str]) -> None:
    said = run("text", "check", drafts[0]).output
    assert "\u2068" in said
    assert said.count("\u2068") == said.count("\u2069")


def test_one_language_is_shown_alone(drafts: tuple[str, str]) -> None:
    said = run("text", "show", drafts[1], "--language", "ar").output
    assert "دقيقة" in said
    assert "It ends after a year." not in said
    assert run("text", "show", drafts[1], "--language", "fr").exit_code == 2
    assert run("text", "diff", *drafts, "--language", "fr").exit_code == 2


@pytest.mark.parametrize(
    ("toml", "status", "code"),
    [
        ("texts = ", 3, "file-unreadable"),
        ("", 1, "malformed"),
        (TEXT.replace("Arrangement", "Arr\u202eangement"), 1, "malformed"),
        (TEXT.replace('"1"', '"x"'), 1, "malformed"),
        (TEXT.replace("authentic", "reference"), 1, "malformed"),
        (TEXT + "\nwhen = 2018-09-14\n", 1, "malformed"),
    ],
)
def test_what_is_no_joint_text_is_refused_and_nothing_written(
    tmp_path: Path, toml: str, status: int, code: str
) -> None:
    (tmp_path / "bad.toml").write_text(toml)
    target = tmp_path / "bad.json"
    done = run("text", "draft", str(tmp_path / "bad.toml"), "-o", str(target), "--json")
    assert (done.exit_code, json.loads(done.stdout)["error"]["code"]) == (status, code), done.output
    assert not target.exists()


def test_names_are_looked_for_by_a_list_that_is_one(drafts: tuple[str, str], tmp_path: Path) -> None:
    names = tmp_path / "names.toml"
    names.write_text('[[names]]\nid = "call"\nkind = "thing"\nforms = {en = "call", ar = ["برقية"]}\n')
    codes = {one["code"] for one in good("text", "check", drafts[0], "--names", str(names))["warnings"]}
    assert "names-differ" in codes
    names.write_text("names = 3\n")
    done = run("text", "check", drafts[0], "--names", str(names), "--json")
    assert (done.exit_code, json.loads(done.stdout)["error"]["code"]) == (3, "file-unreadable")
