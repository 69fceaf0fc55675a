"""Who is at the office: what each side says of its officers, day by day, as the grid of a month.

It is every side's own word. A day of which nothing was said is that, and neither presence nor absence.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.text import capfirst

from yeollak.desk.staff.clocks import clocks
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.matteracts import compose_url
from yeollak.desk.staff.values import Part, Voice
from yeollak.office.calendar import Calendar
from yeollak.office.matter import natural_id
from yeollak.office.officers import AUTHORITY, NODE
from yeollak.procedures.posting import FUNCTIONS, PRESENCE
from yeollak.procedures.table import Move
from yeollak.record.keys import kid as kid_of
from yeollak.storage import matters
from yeollak.words import clean
from yeollak.words.facts import value_word

#: The order in which functions stand.
ORDER: Final[Mapping[str, int]] = {name: at for at, name in enumerate((*FUNCTIONS, AUTHORITY))}
#: How many officers the grid has for one side.
_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """An officer on a day: what his side says (a code and its word, or nothing), and what day it is."""

    day: date
    code: str
    word: str
    off: bool
    here: bool


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """An officer through the days of a month, with how many days he was said to be present."""

    side: Part
    kid: str
    function: str
    cells: tuple[Cell, ...]
    present: int
    enter: str


def presence_of(desk: Desk, month: date, voice: Voice, *, may: bool) -> list[PresenceRow]:
    """Every officer who is posted now, or was in that month, through the days of a month (given by its first
    day).
    """
    view, office = desk.view, clocks(desk.view)[0]
    days = month_of(month)
    today, found = office.day(desk.now), []
    for side in desk.sides:
        held = officers_of(desk, side, days[0], days[-1])[:_ROWS]
        said = said_of(desk, side, [kid for kid, _, _ in held])
        for kid, function, posted in held:
            known = said.get(kid, {})
            cells = tuple(_cell(known, at, office, today, voice.lang) for at in days)
            enter = ""
            if side == view.side and may and desk.officer and posted:
                asked = {"f.officer": kid, "f.date": today.isoformat()}
                enter = compose_url(desk, "posting.presence", **asked)
            found.append(
                PresenceRow(
                    voice.side(side),
                    kid,
                    function_word(voice.lang, function),
                    cells,
                    sum(cell.code == "present" for cell in cells),
                    enter,
                )
            )
    return found


def officers_of(desk: Desk, side: str, first: date, last: date) -> list[tuple[str, str, bool]]:
    """The officers of a side who are posted now, or were on some day between two: key id, function, and
    whether they still are. Days are those that the acts claim.
    """
    view, place = desk.view, desk.view.charter.places[side]
    now = [one for one in view.office.officers(place).values() if one.function not in (NODE, AUTHORITY)]
    now.sort(key=lambda one: (ORDER.get(one.function, len(ORDER)), one.since))
    found = [(one.kid, one.function, True) for one in now]
    begun: dict[str, tuple[str, str, str]] = {}
    for act in view.ledger.postings(place):
        if act.move is None:
            continue
        if act.move.kind == "posting.appoint" and act.key:
            function = str(act.move.facts.get("function", ""))
            begun[act.matter] = (kid_of(act.key), function, act.move.at[:10])
        elif act.move.kind == "posting.recall" and act.matter in begun:
            kid, function, since = begun[act.matter]
            if function != NODE and since <= last.isoformat() and act.move.at[:10] >= first.isoformat():
                found.append((kid, function, False))
    return found


def month_of(first: date) -> list[date]:
    """The days of the month of a day."""
    many = calendar.monthrange(first.year, first.month)[1]
    return [first.replace(day=number) for number in range(1, many + 1)]


def _cell(known: Mapping[str, str], at: date, held: Calendar, today: date, lang: str) -> Cell:
    code = known.get(at.isoformat(), "")
    return Cell(at, code, presence_word(lang, code), not held.working(at), at == today)


def said_of(desk: Desk, side: str, kids: Sequence[str]) -> dict[str, dict[str, str]]:
    """What a side says of its officers day by day: key id -> {date: state}."""
    key = PRESENCE.key
    assert key is not None, "presence has a natural key"
    ids = {
        natural_id(desk.view.id, PRESENCE.family, key.of(Move("", side, "", "", {"officer": kid}))): kid
        for kid in kids
    }
    found = {}
    for matter, row in matters.matter_rows(desk.view, list(ids)).items():
        slots = json.loads(row.slots)
        days = {name[4:]: str(value) for name, value in slots.items() if name.startswith("day/")}
        found[ids[matter]] = days
    return found


def function_word(lang: str, function: str) -> str:
    """A function as it begins a cell."""
    return capfirst(value_word(lang, "function", function) or clean(function, longest=64))


def presence_word(lang: str, state: str) -> str:
    """Whether somebody is there, in a word; nothing where nothing was said."""
    return (value_word(lang, "state", state) or clean(state, longest=40)) if state else ""
