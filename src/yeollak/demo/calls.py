"""The calls and contacts of the history, as each side that says anything of them saw them.

Rows of the history's call book that no event tells of are acts without a telling; its two rows that stand for
many days each are told by accounts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from yeollak.demo.history import SIDES, history, hour_of, instant
from yeollak.demo.scribe import Scribe
from yeollak.demo.steps import Scene, Step

_SLOTS: Final[Mapping[str, str]] = {
    "opening call": "opening",
    "closing call": "closing",
    "first call after restoration": "first",
    "Panmunjom line call": "panmunjom",
}
#: Events that tell of a call on the military line too, which the other side did not answer, and its hour.
_MILITARY: Final = {"2021-08-10-closing-call-unanswered": "16:00"}


def call(scribe: Scribe) -> None:
    """A call as each side that says anything saw it. One event without an hour tells of two calls."""
    at = scribe.event["at"]
    slots = [_slot_of(at)] if hour_of(at) else ["opening", "closing"]
    for slot in slots:
        known = _calls().get((_day(at), slot), {"account": {"south": "unanswered"}})
        sides = SIDES if scribe.joint else ("south",)
        for side in sides:
            view = known["account"]["south"]
            scribe.do("checkin.observe", "duty", side=side, facts=_observed(at, slot, view, known))
    if scribe.event["id"] in _MILITARY:
        facts = {"date": _day(at), "slot": "military", "view": "unanswered", "line": "military"}
        hour = _MILITARY[scribe.event["id"]]
        scribe.do("checkin.observe", "duty", side="south", facts={**facts, "time": hour, "when": None})


def calls_without_event(told: Iterable[Mapping[str, Any]]) -> list[Scene]:
    """The calls that no event tells of: acts alone, each under the side whose view is known."""
    taken = {
        (_day(event["at"]), _slot_of(event["at"]) if hour_of(event["at"]) else "opening") for event in told
    }
    scenes = []
    for (day, slot), known in _calls().items():
        if (day, slot) in taken:
            continue
        steps = [
            Step(
                f"call/{day}/{slot}/{side}",
                "",
                side,
                "duty",
                "checkin.observe",
                _observed(known["at"], slot, view, known),
            )
            for side, view in known["account"].items()
            if view != "unknown"
        ]
        scenes.append(Scene(instant(known["at"]), tuple(steps)))
    return scenes


@lru_cache(maxsize=1)
def _calls() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Calls by day and slot. A row that stands for many days is no call: an account tells of it."""
    rows = [row for row in history()["checkins"] if "until" not in row or _same_day(row)]
    return {(_day(row["at"]), _SLOTS.get(row["kind"]) or _slot_of(row["at"])): row for row in rows}


def _same_day(row: Mapping[str, Any]) -> bool:
    return _day(row["until"]) == _day(row["at"])


def _day(at: object) -> str:
    return str(at)[:10]


def _slot_of(at: object) -> str:
    """The slot of a call by its hour: telephone calls at nine and five, contacts in the building else."""
    hours = {
        "09:00": "opening",
        "11:04": "first",
        "15:00": "afternoon",
        "17:00": "closing",
        "17:25": "closing",
    }
    return hours.get(hour_of(at) or "", "morning")


def _observed(at: object, slot: str, view: str, known: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "date": _day(at),
        "slot": slot,
        "view": view.replace(" ", "-"),
        "line": _line(slot),
    }
    if (hour := hour_of(at)) is not None:
        facts["time"] = hour
    if view == "late":
        facts["late_minutes"] = known["late_minutes"]
    return facts


def _line(slot: str) -> str:
    return {"morning": "face-to-face", "afternoon": "face-to-face", "panmunjom": "panmunjom"}.get(
        slot, "liaison"
    )
