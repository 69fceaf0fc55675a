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


def teller(event: Mapping[str, Any]) -> str:
    """The side that tells an event: whose account it is; for the press and for both, who acted, else the
    South.
    """
    if event["account"] in SIDES:
        return str(event["account"])
    return actor(event)


def actor(event: Mapping[str, Any]) -> str:
    """The side that acted; where both or an outsider did, the South, whose account nearly all is."""
    return str(event["by"]) if event["by"] in SIDES else "south"


def source(event: Mapping[str, Any], side: str) -> str:
    """Whose word an act of `side` rests on: its own, the other side's, the press's, or both sides'."""
    return {"press": "press", "both": "joint", side: "own"}.get(event["account"], "other")


@lru_cache(maxsize=1)
def events() -> Mapping[str, dict[str, Any]]:
    """The events by their ids, in the order of the file."""
    return {event["id"]: event for event in history()["event"]}


def place(event: Mapping[str, Any]) -> dict[str, str] | None:
    """Where it was, in every language, or None where the history does not say."""
    return next((_words(one) for one in history()["place"] if one["en"] == event.get("where")), None)


def _words(value: Mapping[str, Any]) -> dict[str, str]:
    return {language: str(value[language]) for language in LANGUAGES}


def instant(value: object) -> datetime:
    """A date of the history as an instant; a day without an hour is taken at ten, as both sides kept it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    found = datetime.fromisoformat(str(value))
    return found.astimezone(UTC) if found.tzinfo else found.replace(hour=1, tzinfo=UTC)


def hour_of(value: object) -> str | None:
    """The hour that a date of the history claims, as `HH:MM` on both sides' clocks, or None."""
    return str(value)[11:16] or None


@lru_cache(maxsize=1)
def instants() -> Mapping[str, datetime]:
    """When each event is replayed: its own hour, or one that keeps the order in which its day is told."""
    told = list(events().values())
    found = [instant(event["at"]) for event in told]
    hourless = [hour_of(event["at"]) is None for event in told]
    day = [str(event["at"])[:10] for event in told]
    for i in reversed(range(len(told) - 1)):
        if hourless[i] and day[i] == day[i + 1]:
            found[i] = min(found[i], found[i + 1])
    for i in range(1, len(told)):
        if hourless[i] and day[i] == day[i - 1]:
            found[i] = max(found[i], found[i - 1])
    return {event["id"]: at for event, at in zip(told, found, strict=True)}


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
