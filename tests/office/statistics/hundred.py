"""A record with what was published of the first hundred days of the office at Kaesong, contact by contact.

The parts are the published ones (domain §1.3): 5 inter-authority talks, 5 working talks, 10 heads' and 26
deputy heads' meetings, 188 regular liaison contacts and 49 ad hoc. Who reports each is varied: both in one
matter, both in matters of their own, or one side alone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from tests.office.world import World
from yeollak.office.office import Office
from yeollak.office.statistics import Period

#: What was published on 20 December 2018, as the history has it.
PUBLISHED: dict[str, Any] = {
    "contacts": {
        "total": 285,
        "by": "level",
        "parts": {
            "delegation": 5,
            "working": 5,
            "heads": 10,
            "deputy-heads": 26,
            "liaison": 188,
            "ad-hoc": 49,
        },
    },
}
HUNDRED_DAYS = Period(date(2018, 9, 14), date(2018, 12, 20), "Asia/Seoul")
#: On five of the ten heads' meetings a stand-in sat for the Northern head.
_NORTHERN_HEAD = ("co-head", "deputy-head")


@lru_cache(maxsize=1)
def hundred_days() -> World:
    """The record, whole on both nodes."""
    world = World().found()
    levels = [
        level
        for level, number in PUBLISHED["contacts"]["parts"].items()
        if level != "liaison"
        for _ in range(number)
    ]
    for number, level in enumerate(levels):
        facts: dict[str, Any] = {
            "level": level,
            "when": str(HUNDRED_DAYS.since + timedelta(days=number % 97)),
        }
        if level == "heads":
            facts["sat"] = ["south.co-head", f"north.{_NORTHERN_HEAD[number % 2]}"]
        _report(world, number, "meeting.held", facts)
    for number in range(PUBLISHED["contacts"]["parts"]["liaison"]):
        facts = {
            "date": str(HUNDRED_DAYS.since + timedelta(days=number // 2)),
            "slot": ("morning", "afternoon")[number % 2],
            "line": "face-to-face",
            "view": "answered",
        }
        _report(world, number, "checkin.observe", facts)
    world.meet()
    return world


def office() -> Office:
    """The office of one node that holds it all."""
    return hundred_days().offices[0]


def _report(world: World, number: int, kind: str, facts: dict[str, Any]) -> None:
    """One contact as one or both sides report it."""
    sides = (("south",), ("north",), ("north", "south"), ("south", "north"))[number % 4]
    matter = re = None
    for side in sides:
        if re is not None:
            world.meet()
        own = kind == "meeting.held" and number % 8 == 3
        of: dict[str, Any] = {"matter": matter} if matter is not None else {}
        if own and re is not None:
            of = {"re": (re,)}
        re = world.say(side, kind, facts=facts, at=_signed(number), **of)
        matter = re if kind == "meeting.held" and matter is None else matter


def _signed(number: int) -> datetime:
    return datetime(2018, 12, 19, 10, tzinfo=UTC) + timedelta(minutes=number)
