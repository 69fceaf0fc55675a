"""What the tests of the docket share: an office, its calendar, and questions put to every node of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.office.world import World
from yeollak.office.calendar import Calendar, Declared
from yeollak.office.waiting import Waiting, waiting

SIDES = {"south": "Asia/Seoul", "north": "Asia/Pyongyang", "west": "UTC"}
CALENDAR = Calendar.make({"calendar": {"zone": "Asia/Seoul"}}, SIDES)
NOTE = {"class": "general", "subject": {"en": "Forestry"}}
ASK = {"class": "life", "subject": {"en": "Crossing"}, "items": ["one", "two"], "default": "denied"}
#: A Tuesday, 18:00 in Seoul: the next closing of the office is on Wednesday at 08:00 UTC.
DUE = datetime(2018, 9, 18, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def office_of(*sides: str) -> World:
    return World(sides or ("south", "north")).found()


def docket(world: World, now: datetime, calendar: Calendar = CALENDAR) -> tuple[Waiting, ...]:
    """The docket, which every node that holds the same must find the same."""
    world.meet()
    found = {waiting(office, now, calendar) for office in world.offices}
    assert len(found) == 1
    return found.pop()


def only(items: Sequence[Waiting]) -> Waiting:
    (item,) = items
    return item


def tender(world: World, side: str = "south", due: datetime = DUE, **of: Any) -> str:
    act = world.say(side, "note.tender", facts=of.pop("facts", NOTE), due=due, **of)
    world.meet()
    return act


def observe(world: World, side: str, day: str, slot: str, view: str) -> None:
    facts = {"date": day, "slot": slot, "view": view}
    world.say(side, "checkin.observe", facts=facts)
    world.meet()


def with_holiday(*, at: datetime | None = None) -> Calendar:
    declared = {"north": {"2018-09-18": Declared("holiday", at)}}
    return Calendar.make({"calendar": {"zone": "Asia/Seoul"}}, SIDES, declared)
