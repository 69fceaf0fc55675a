"""The history as a record view: what a node that replayed it would hold, without a node.

What an act encloses is what the demonstration makes of it; ids and roots are digests of the
event's name, so that pages look as they will.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from yeollak.demo.history import SIDES, about, chronicle, history
from yeollak.desk.public import Entry, Head, View

__all__ = ["charter", "chronicle", "entry", "history", "record", "source"]


def _hex(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


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
    parties = [
        {"side": side, "names": office["side"][side]["name"], "short": office["side"][side]["short"]}
        for side in SIDES
    ]
    return {"office": about(), "parties": parties, "terms": {}, "demonstration": True, "v": 1}


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
