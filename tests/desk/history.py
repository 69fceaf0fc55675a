"""The history as a record view: what a node that replayed it would hold, without a node.

The demonstration's own copy of the history is read where it is in the tree; ids and roots are digests of the
event's name, so that pages look as they will.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from yeollak.desk.public import Entry, Head, View

ROOT = Path(__file__).parents[2]
PLACES = (ROOT / "src/yeollak/demo/history.toml", Path(__file__).parent / "data/history.toml")


@lru_cache(maxsize=1)
def history() -> dict[str, Any]:
    path = next(path for path in PLACES if path.exists())
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _hex(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _written(value: date | datetime | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _person(value: Mapping[str, Any]) -> dict[str, Any]:
    name = {tag: value[f"name_{tag}"] for tag in ("en", "ko", "ar") if f"name_{tag}" in value}
    return {"name": name, "role": value["role"], "side": value["side"]}


def chronicle(event: Mapping[str, Any]) -> dict[str, Any]:
    """The `chronicle/1` value of an event, as the side that enters it would enclose it."""
    known = history()
    places = {place["en"]: place for place in known["place"]}
    references = {ref["id"]: ref for ref in known["reference"]}
    value: dict[str, Any] = {
        "form": "chronicle/1",
        "event": event["id"],
        "when": _written(event["at"]),
        "by": event["by"],
        "account": event["account"],
        "procedure": event["procedure"],
        "title": event["title"],
        "text": event["text"],
        "references": [references[ref] for ref in event["references"]],
        "seed": event.get("seed", False),
    }
    if "until" in event:
        value["until"] = _written(event["until"])
    if "class" in event:
        value["class"] = event["class"]
    if "where" in event:
        value["where"] = places[event["where"]]
    if "people" in event:
        value["people"] = [_person(person) for person in event["people"]]
    if "outcome" in event:
        lines = zip(event["outcome"], event["outcome_ko"], event["outcome_ar"], strict=True)
        value["outcome"] = [{"en": en, "ko": ko, "ar": ar} for en, ko, ar in lines]
    if "amounts" in event:
        value["amounts"] = event["amounts"]
    if "conflicts" in event:
        value["conflicts"] = {"en": event["conflicts"]}
    return value


def _state(event: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Phase and slots as the procedures' tables leave them."""
    name, told = event["id"], event["text"]["en"]
    if event["procedure"] == "meeting":
        return "reported", {"account/south": "not-held" if name.endswith("missed") else "held"}
    if event["procedure"] in {"note", "request"}:
        untaken = any(words in told for words in ("not take", "No reply", "not taken", "no answer"))
        return ("lapsed" if untaken else "delivered" if event["procedure"] == "note" else "asked"), {}
    if event["procedure"] == "check-in":
        words = {"unanswered": "unanswered", "late": "late", "dead": "line-dead"}
        return "in-part", {"view/south": next((words[word] for word in words if word in name), "answered")}
    if event["procedure"] == "project":
        return "works" if event.get("class") == "works" else "under-way", {}
    return {"agreement": "in-force", "posting": "appointed", "account": "entered"}.get(
        event["procedure"], "present"
    ), {}


def entry(event: Mapping[str, Any]) -> Entry:
    phase, slots = _state(event)
    at = event["at"]
    stamp = at if isinstance(at, datetime) else datetime.fromisoformat(str(at)[:10])
    lost = event["id"].endswith("building-demolished")
    return Entry(
        act=_hex(event["id"]),
        matter=_hex("matter " + event["id"]),
        side="north" if event["by"] == "north" else "south",
        officer="duty",
        kind="standing.premises" if lost else f"{event['procedure']}.done",
        at=stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC),
        procedure=event["procedure"],
        phase=phase,
        slots=slots,
        settled=True,
        facts={"state": "lost"} if lost else {},
        chronicle=chronicle(event),
    )


def charter() -> dict[str, Any]:
    office = history()["office"]
    name = dict(office["name"])
    about = {
        "name": {tag: name[tag] for tag in ("ko", "en", "ar")},
        "hanja": name["hanja"],
        "romanised": name["romanised"],
        "formed": office["formed"],
        "references": office["references"],
        "founding": {
            **office["founding"],
            "signatories": [_person(who) for who in office["founding"]["signatories"]],
        },
        "sides": {side: {**office["side"][side]} for side in ("south", "north")},
        **{key: office[key] for key in ("seat", "jurisdiction", "summary", "operation", "check_in")},
    }
    parties = [
        {"side": side, "names": office["side"][side]["name"], "short": office["side"][side]["short"]}
        for side in ("south", "north")
    ]
    return {"office": about, "parties": parties, "terms": {}, "demonstration": True, "v": 1}


@lru_cache(maxsize=1)
def record() -> View:
    items = tuple(entry(event) for event in history()["event"])
    heads = (Head("south", 91, _hex("south root")), Head("north", 58, _hex("north root")))
    return View(_hex("charter"), charter(), items, heads)


class HistorySource:
    def offices(self) -> Sequence[str]:
        return [record().office]

    def record(self, office: str) -> View:
        if office != record().office:
            raise LookupError(office)
        return record()


def source() -> HistorySource:
    return HistorySource()
