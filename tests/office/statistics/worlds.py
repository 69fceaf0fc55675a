"""Random records with much to count: stale knowledge, crossing acts, void acts, two and three sides, lying
clocks, and the facts that figures are made of.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from tests.office.world import NAMES, World, rng, seed
from yeollak.office.calls import call_matter
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import COMMON, SOURCES, Due, Kind
from yeollak.procedures.table import Row

RUNS = 40
FIRST = date(2018, 9, 1)
EVENTS = ("e-1", "e-2")
TEXTS = [seed("text", number).hex() for number in range(3)]
#: What is opened, each as often as it stands here.
OPENINGS = (
    *("meeting.held",) * 4,
    *("checkin.observe",) * 4,
    *("project.begin", "project.enter", "note.tender", "note.send", "request.ask") * 2,
    "account.enter",
    "agreement.draft",
    "agreement.report",
    "meeting.absent",
    "meeting.not-held",
    "meeting.propose",
    "standing.open",
    "suspension.propose",
    "suspension.report",
)
#: Facts that are drawn from a few values, so that acts meet.
DRAWN: dict[str, tuple[Any, ...]] = {
    "amount": tuple({"currency": code, "value": 10**place} for code in ("KRW", "USD") for place in (3, 15)),
    "class": ("life", "flood"),
    "default": ("denied",),
    "items": (["1"], ["2"], ["1", "2"]),
    "late_minutes": (5, 25),
    "line": ("liaison", "face-to-face"),
    "milestone": ("survey", "fence"),
    "sat": (["south.co-head", "north.co-head"], ["north.deputy-head"], ["south.duty", "x.y.z"]),
    "slot": ("opening", "closing"),
    "source": SOURCES,
    "time": ("09:00", "17:00"),
}
_ROWS = {kind.name: (table, kind) for table in PROCEDURES for kind in table.kinds}


@lru_cache(maxsize=RUNS)
def random_world(number: int) -> World:
    """A record that depends on the number alone. Each side holds a prefix of what the others have said."""
    chance, beside = rng(number), rng(100_000 + number)
    world = World(NAMES[: 2 + number % 2]).found()
    for _ in range(40):
        side = chance.choice(world.sides)
        place = world.charter.places[side]
        if chance.random() < 0.6:
            other = chance.randrange(len(world.sides))
            held = world.ledgers[place].held(other)
            world.deliver(place, other, chance.randint(held, world.whole.held(other)))
        _act(world, chance, side)
        if beside.random() < 0.3:
            _remark(world, beside, beside.choice(world.sides))
    return world


def _act(world: World, chance: random.Random, side: str) -> None:
    office = world.offices[world.charter.places[side]]
    matters = list(office.ledger.matters())
    options: list[tuple[str | None, Kind, Row]] = []
    for known in chance.sample(matters, min(4, len(matters))):
        options += [(known, kind, row) for _, kind, row in office.offers(side, "duty", known)]
    if not options or chance.random() < 0.45:
        table, kind = _ROWS[chance.choice(OPENINGS)]
        options = [(None, kind, table.rows["none"][kind.name])]
    matter, kind, row = chance.choice(options)
    slots = office.state(matter).state.slots if matter is not None else {}
    at = world.now + timedelta(days=chance.choice((0, 0, 0, 40, -40)) + (400 if row.lapses else 0))
    facts = {
        fact.name: value
        for fact in kind.takes
        if fact.required or chance.random() < 0.5
        if (value := _value(fact, world, chance, side, slots)) is not None
    }
    if _ROWS.get(kind.name, (None,))[0] is not None and _ROWS[kind.name][0].key is not None:
        matter = None
    answered = slots.get(row.answers) if row.answers else None
    re = (str(answered),) if answered else _links(world, chance, side) if kind.name == "meeting.held" else ()
    due = at + timedelta(hours=8) if kind.due is Due.MUST else None
    world.say(side, kind.name, checked=False, matter=matter, facts=facts, due=due, at=at, re=re)


def _remark(world: World, chance: random.Random, side: str) -> None:
    """What may be said in every matter by every side, without the facts of the kinds that are the matter's:
    now and then in that of a call that nobody has entered yet, where it is void.
    """
    office = world.offices[world.charter.places[side]]
    kind = COMMON[chance.choice(sorted(COMMON))]
    matters = list(office.ledger.matters(chance.choice(("check-in", "meeting", None))))
    matter = chance.choice(matters or list(office.ledger.matters()))
    if chance.random() < 0.1:
        matter = call_matter(office, FIRST + timedelta(days=chance.randrange(90)), "opening")
    facts = {
        fact.name: value
        for fact in kind.takes
        if chance.random() < 0.5
        if (value := _value(fact, world, chance, side, {})) is not None
    }
    if chance.random() < 0.2:
        facts["event"] = chance.choice(EVENTS)
    at = world.now + timedelta(days=chance.choice((0, 0, 40, -40)))
    world.say(side, kind.name, checked=False, matter=matter, facts=facts, at=at)


def _value(fact: Fact, world: World, chance: random.Random, side: str, slots: Any) -> Any:
    """A value of the fact, or None where none comes to mind."""
    others = [other for other in world.sides if other != side]
    if fact.name == "text":
        standing = slots.get("text")
        return standing if isinstance(standing, str) and chance.random() < 0.9 else chance.choice(TEXTS)
    if fact.name == "restates":
        costs = _acts(world, "project.cost")
        return chance.choice(costs) if costs else None
    if fact.name in ("event", "parent", "embargo", "retender"):
        return None
    if fact.name in DRAWN and not (fact.choices and fact.name == "class"):
        return chance.choice(DRAWN[fact.name])
    day = str(FIRST + timedelta(days=chance.randrange(90)))
    drawn: dict[str, Any] = {
        "amount": {"currency": "KRW", "value": 7},
        "date": day,
        "flag": True,
        "instant": f"{day}T{chance.choice(('14', '15', '16'))}:30:00Z",
        "moment": chance.choice((day, f"{day}T15:30:00Z")),
        "side": chance.choice(others),
        "text": "x",
        "time": "09:00",
        "token": chance.choice(fact.choices) if fact.choices else "x",
        "whole": chance.randrange(9),
        "words": {"en": "Forestry"},
    }
    value = drawn.get(fact.type)
    return [value] if fact.many and value is not None else value


def _acts(world: World, kind: str) -> list[str]:
    found = (
        world.offices[place].ledger.finding(place, index)
        for place in range(len(world.sides))
        for index in range(world.offices[place].ledger.counted(place))
    )
    return [act.id for act in found if act.move is not None and act.move.kind == kind]


def _links(world: World, chance: random.Random, side: str) -> tuple[str, ...]:
    """Now and then the report of somebody, which may be one's own or not a report at all."""
    reports = _acts(world, "meeting.held")
    return (chance.choice(reports),) if reports and chance.random() < 0.4 else ()
