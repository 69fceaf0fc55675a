"""The history as data: the charter's words and, for each event, the enclosure that an act carries and who
signs it.

What the data gives as one side's account is signed by that side alone; what both sides issued is entered
by one and confirmed by the other; the press's account is entered under the press by the side that acted.
Nothing here is invented.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

SIDES = ("south", "north")
_TEXTS = ("jurisdiction", "seat", "summary")
LANGUAGES = ("en", "ko", "ar")


@lru_cache(maxsize=1)
def history() -> dict[str, Any]:
    """The file as parsed."""
    return tomllib.loads(files("yeollak.demo").joinpath("history.toml").read_text(encoding="utf-8"))


def about() -> dict[str, Any]:
    """What the charter says of the office."""
    office = history()["office"]
    kept = ("hanja", "romanised")
    said: dict[str, Any] = _plain(
        {
            "name": {language: office["name"][language] for language in LANGUAGES},
            **{key: office["name"][key] for key in kept},
            "founding": {
                **office["founding"],
                "signatories": [_person(who) for who in office["founding"]["signatories"]],
            },
            "sides": office["side"],
            **{
                key: office[key]
                for key in (
                    "formed",
                    "references",
                    "seat",
                    "jurisdiction",
                    "summary",
                    "operation",
                    "check_in",
                )
            },
        }
    )
    return said


def signer(event: Mapping[str, Any]) -> str:
    """The side that enters an event: whose account it is; for the press and for both, who acted, else the
    South.
    """
    if event["account"] in SIDES:
        return str(event["account"])
    return str(event["by"]) if event["by"] in SIDES else "south"


def source(event: Mapping[str, Any]) -> str:
    """Under whose word the event is entered."""
    return {"press": "press", "both": "joint"}.get(event["account"], "own")


def chronicle(event: Mapping[str, Any]) -> dict[str, Any]:
    """The `chronicle/1` value of an event: the texts in three languages, and its references whole."""
    places = {place["en"]: place for place in history()["place"]}
    references = {reference["id"]: reference for reference in history()["reference"]}
    value = {
        "form": "chronicle/1",
        "event": event["id"],
        "when": event["at"],
        **{key: event[key] for key in ("by", "account", "procedure", "title", "text")},
        "references": [references[name] for name in event["references"]],
        "seed": event.get("seed", False),
        **{key: event[key] for key in ("until", "class", "amounts") if key in event},
    }
    if "where" in event:
        value["where"] = places[event["where"]]
    if "people" in event:
        value["people"] = [_person(person) for person in event["people"]]
    if "outcome" in event:
        lines = zip(event["outcome"], event["outcome_ko"], event["outcome_ar"], strict=True)
        value["outcome"] = [{"en": en, "ko": ko, "ar": ar} for en, ko, ar in lines]
    if "conflicts" in event:
        value["conflicts"] = {"en": event["conflicts"]}
    plain: dict[str, Any] = _plain(value)
    return plain


def moment(value: object) -> str:
    """A date of the history as a fact states it: a day, or a UTC instant."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = str(value)
    return text if len(text) == 10 else moment(datetime.fromisoformat(text))


def _person(value: Mapping[str, Any]) -> dict[str, Any]:
    name = {language: value[f"name_{language}"] for language in LANGUAGES if f"name_{language}" in value}
    return {"name": name, "role": value["role"], "side": value["side"]}


def _plain(value: Any) -> Any:
    """The same value without dates and with nothing empty, as deterministic JSON wants it."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
