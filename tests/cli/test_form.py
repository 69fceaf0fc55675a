"""Forms on the command line: shown, filled in, read in every language, sent out as alerts, and refused."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from yeollak import forms
from yeollak.cli.main import main
from yeollak.errors import RecordFault
from yeollak.forms.typed import typed
from yeollak.words import LANGUAGES

DAM = """
notice = "first"
authority = "Water authority"
dam = {ko = "황강댐", en = "Hwanggang dam"}
river = "Imjin"
stage = "planned"
reason = "heavy-rain"
begins = 2018-09-18T10:00:00+09:00
rate = 500.5
stretch = "Below the dam"
severity = "severe"
contact = "Duty officer"
position = {lat = 38.1, lon = 127.02}
area = "38.1,127.0 38.2,127.0 38.2,127.1"
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def good(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    value: dict[str, Any] = json.loads(done.stdout)
    return value


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    (tmp_path / "dam.toml").write_text(DAM)
    target = tmp_path / "notice.json"
    words = ("--language", "en", "--file", str(tmp_path / "dam.toml"), "--value", "gates=3")
    good("form", "fill", "dam-discharge.1", *words, "-o", str(target))
    return target


def test_every_form_is_listed_with_the_digest_of_its_bytes(tmp_path: Path) -> None:
    listed = {one["form"]: one["digest"] for one in good("form", "list")["forms"]}
    assert listed.keys() == forms.shipped().keys()
    for name, digest in listed.items():
        target = tmp_path / name
        shown = good("form", "show", name, "-o", str(target))
        assert shown["digest"] == digest == hashlib.sha256(target.read_bytes()).hexdigest()
        # What was written is a form that can be named by its file.
        assert good("form", "show", str(target))["fields"] == shown["fields"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_one_side_fills_in_all_read(filled: Path, language: str) -> None:
    held = forms.read(filled.read_bytes(), forms.shipped())
    assert held.values["rate"] == 5005
    assert held.values["gates"] == 3
    assert held.values["begins"] == "2018-09-18T01:00:00Z"
    assert held.values["position"] == {"lat": 38_100_000, "lon": 127_020_000}
    assert len(held.values["area"]) == 3
    told = good("form", "read", str(filled), "--language", language)["rows"]
    assert [row["label"] for row in told] == [row.label for row in forms.rows(held, language)]
    assert "500.5" in run("form", "read", str(filled), "--lang", language).output


def test_nothing_is_written_over(filled: Path, tmp_path: Path) -> None:
    before = filled.read_bytes()
    words = ("--language", "en", "--file", str(tmp_path / "dam.toml"), "-o", str(filled))
    done = run("form", "fill", "dam-discharge.1", *words, "--json")
    assert (done.exit_code, json.loads(done.stdout)["error"]["code"]) == (3, "file-exists")
    assert filled.read_bytes() == before


def test_everything_that_does_not_fit_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "notice.json"
    values = ("--value", "rate=1.55", "--value", "notice=never", "--value", "tide=high")
    done = run("form", "fill", "dam-discharge.1", *values, "-o", str(target), "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.exit_code, error["code"]) == (3, "form-unfit")
    rules = {flaw["pointer"]: flaw["rule"] for flaw in error["data"]["flaws"]}
    assert len(rules) == error["data"]["count"]
    assert rules["/rate"] == "type"
    assert rules["/notice"] == "enum"
    assert rules["/tide"] == "unknown"
    assert rules["/dam"] == "required"
    told = run("form", "fill", "dam-discharge.1", *values, "-o", str(target), "--lang", "ko")
    assert told.exit_code == 3
    assert "/tide" in told.output
    assert not target.exists()


def test_an_alert_says_the_same_in_every_language(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "alert.xml"
    names = ("--identifier", "a1", "--sender", "liaison.example", "--sent", "2018-09-18T00:00:00Z")
    good("form", "alert", str(filled), *names, "-o", str(target))
    root = ElementTree.parse(target).getroot()
    space = f"{{{root.tag[1:].partition('}')[0]}}}"
    infos = root.findall(f"{space}info")
    assert [info.findtext(f"{space}language") for info in infos] == list(LANGUAGES)
    assert len({info.findtext(f"{space}onset") for info in infos}) == 1


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("form", "show", "no-such.9"), 3, "no-such-form"),
        (("form", "read", "nowhere"), 3, "file-unreadable"),
        (("form", "fill", "flood.1", "--value", "x", "-o", "y"), 2, "usage"),
        (("form", "fill", "flood.1", "--language", "!", "-o", "y"), 3, "form-unfit"),
    ],
)
def test_bad_input_has_a_code(words: tuple[str, ...], status: int, code: str) -> None:
    done = run(*words, "--json")
    assert (done.exit_code, json.loads(done.stdout)["error"]["code"]) == (status, code)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"$id":1}', b"\xff", b"[" * 100_000])
def test_hostile_bytes_are_refused_with_a_code(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad"
    path.write_bytes(data)
    for words in (("form", "read", str(path)), ("form", "show", str(path))):
        done = run(*words, "--json")
        assert done.exit_code == 1, done.output
        assert json.loads(done.stdout)["error"]["code"] in {"malformed", "form-refused", "too-large"}


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_a_quantity_is_what_was_typed_to_its_last_place(steps: int) -> None:
    form = forms.shipped()["dam-discharge.1"]
    scale = next(field.scale for field in form.fields if field.name == "rate")
    text = f"{Decimal(steps).scaleb(-scale):f}"
    assert typed(form, {"rate": text}, "en")["rate"] == steps
    assert typed(form, {"rate": Decimal(text)}, "en")["rate"] == steps


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=12), max_size=6), st.sampled_from(["en", "ko"]))
def test_whatever_is_typed_is_a_flaw_or_fits(values: dict[str, str], language: str) -> None:
    form = forms.shipped()["flood.1"]
    entered = typed(form, values, language)
    assert {name.partition(".")[0] for name in values if "." not in name} <= entered.keys()
    with suppress(RecordFault):  # what has no deterministic JSON at all
        assert forms.flaws(form, entered)
