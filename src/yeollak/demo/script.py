"""The script of the replay: every event of the history through the procedure meant for it.

Events older than the office are entered after the founding, as accounts dated by a fact (clarifications 41).
The script is made from the history alone, so that every run of the demonstration plays the same acts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from yeollak.demo.calls import call, calls_without_event
from yeollak.demo.history import events, history, instant
from yeollak.demo.joint import agreement, meeting, project
from yeollak.demo.papers import PAPERS
from yeollak.demo.scribe import Scribe
from yeollak.demo.sides import account, holiday_scenes, opening, posting, standing
from yeollak.demo.steps import Played, Scene, schedule

#: When the nodes are made and the charter is signed: the morning of the day on which the office opened.
START: Final = datetime(2018, 9, 13, 23, 0, tzinfo=UTC)

_PROCEDURES: Final[Mapping[str, Callable[[Scribe], None]]] = {
    "account": account,
    "agreement": agreement,
    "check-in": call,
    "meeting": meeting,
    "note": lambda scribe: PAPERS[scribe.event["id"]](scribe),
    "posting": posting,
    "project": project,
    "request": lambda scribe: PAPERS[scribe.event["id"]](scribe),
    "standing": standing,
}


def script(nodes: Mapping[str, str]) -> list[Played]:
    """Every scene with its instants. `nodes` are the public keys of the nodes (hex), by side."""
    scenes = [opening(START, nodes)]
    for event in events().values():
        scenes += scenes_of(event)
    scenes += calls_without_event(event for event in events().values() if event["procedure"] == "check-in")
    return schedule([*scenes, *holiday_scenes()])


def scenes_of(event: Mapping[str, Any]) -> list[Scene]:
    """What one event comes to: its own scene, then the lapses that follow from it."""
    scribe = Scribe(event)
    formed = instant(history()["office"]["formed"])
    older = instant(event["at"]) < formed
    (account if older else _PROCEDURES[event["procedure"]])(scribe)
    if not older:
        return scribe.scenes()
    return [Scene(START, scene.steps) for scene in scribe.scenes()]
