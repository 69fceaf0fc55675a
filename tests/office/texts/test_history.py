"""No false alarm on the texts that the demonstration carries, in three languages each."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import yeollak.demo
from tests.office.texts.samples import AGREEMENT, GLOSSARY
from yeollak.office.texts.compare import compare
from yeollak.office.texts.instrument import Article, Instrument, Version, read

EVENTS: list[dict[str, Any]] = tomllib.loads(
    (Path(yeollak.demo.__file__).parent / "history.toml").read_text("utf-8")
)["event"]
JOINT = [event for event in EVENTS if event["by"] == "joint" and event["account"] == "both"]
LANGUAGES = ("ko", "en", "ar")


def instrument_of(event: dict[str, Any]) -> Instrument:
    """The event as the joint text that a replay would sign."""
    versions = []
    for lang in LANGUAGES:
        key = "outcome" if lang == "en" else f"outcome_{lang}"
        articles = tuple(Article(str(at), (line,)) for at, line in enumerate(event.get(key, ()), start=1))
        versions.append(Version(lang, "authentic", event["title"][lang], articles, (event["text"][lang],)))
    return Instrument(tuple(versions))


def test_there_is_something_to_read() -> None:
    assert len(JOINT) >= 5
    assert len(EVENTS) > 100


@pytest.mark.parametrize("event", JOINT, ids=lambda event: str(event["id"]))
def test_no_alarm_on_what_both_sides_issued(event: dict[str, Any]) -> None:
    assert compare(instrument_of(event), GLOSSARY) == ()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event["id"]))
def test_no_alarm_over_numbers_dates_and_times_in_the_whole_history(event: dict[str, Any]) -> None:
    # An account names in one language what another leaves to the reader, so names are left out here.
    found = compare(instrument_of(event), GLOSSARY)
    assert [warning for warning in found if warning.code != "names-differ"] == []


def test_no_alarm_on_the_agreement_with_two_versions_in_one_language() -> None:
    assert compare(read(AGREEMENT), GLOSSARY) == ()
