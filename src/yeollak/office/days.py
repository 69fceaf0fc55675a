"""What the sides have said of their days, in the charter and since: whose holiday a date is.

A side decides on its own holidays, and alone takes one of them away; a day outside the charter's week is
worked only when every party says so. A holiday that is declared after it has begun excuses nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.office.periods import day_of_term
from yeollak.office.zones import first_at
from yeollak.procedures.machine import State
from yeollak.record.canon import parse_instant

HOLIDAY: Final = "holiday"
WORKING: Final = "working"


@dataclass(frozen=True, slots=True)
class Declared:
    """What a side has said of one of its days: `holiday` or `working`, and the claimed time at which it said
    so, where that is known.
    """

    state: str
    at: datetime | None = None


def declared_days(state: State) -> dict[str, Declared]:
    """The days that a side has declared in its standing: slots `day/<date>`, with the claimed time of the act
    in `declared/<date>`.
    """
    found = {}
    for name, value in state.slots.items():
        if name.startswith("day/"):
            day = name.removeprefix("day/")
            found[day] = Declared(str(value), _instant(state.slots.get(f"declared/{day}")))
    return found


class Days:
    """Every side's word on its days, the later over the charter's: who has a holiday when, who said so too
    late, and which dates all parties have declared as working.
    """

    def __init__(
        self,
        where: tzinfo,
        parties: Mapping[str, str],
        agreed: Mapping[str, Sequence[str]],
        declared: Mapping[str, Mapping[str, str | Declared]],
    ) -> None:
        self.holidays: dict[date, tuple[str, ...]] = {}
        self.late: dict[date, tuple[str, ...]] = {}
        works: dict[date, int] = {}
        for side in parties:
            free = {day_of_term(day, "a holiday") for day in agreed.get(side, ())}
            for day, word in _read(declared.get(side, {})).items():
                if word.state == WORKING:
                    free.discard(day)
                    works[day] = works.get(day, 0) + 1
                elif day not in free and word.at is not None and word.at > first_at(day, 0, where):
                    self.late[day] = (*self.late.get(day, ()), side)
                else:
                    free.add(day)
            for day in free:
                self.holidays[day] = (*self.holidays.get(day, ()), side)
        self.extra = frozenset(day for day, many in works.items() if many == len(parties))


def _read(days: Mapping[str, str | Declared]) -> dict[date, Declared]:
    found = {}
    for text, word in days.items():
        said = word if isinstance(word, Declared) else Declared(word)
        if said.state in (HOLIDAY, WORKING):
            try:
                found[day_of_term(text, "a day")] = said
            except ValueError:
                continue
    return found


def _instant(value: Any) -> datetime | None:
    try:
        return None if value is None else parse_instant(value)
    except RecordFault:
        return None
