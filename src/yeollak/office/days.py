"""What the sides have said of their days, in the charter and since: whose holiday a date is.

A side decides on its own holidays, and alone takes one of them away; a day outside the charter's week is
worked only when every party says so. A holiday that is declared after it has begun excuses nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Final

from yeollak.office.matter import natural_id
from yeollak.office.periods import day_of_term
from yeollak.office.zones import first_at
from yeollak.record.canon import parse_instant

if TYPE_CHECKING:
    from yeollak.office.office import Office

HOLIDAY: Final = "holiday"
WORKING: Final = "working"


@dataclass(frozen=True, slots=True)
class Declared:
    """What a side has said of one of its days: `holiday` or `working`, and the claimed time at which it said
    so, where that is known.
    """

    state: str
    at: datetime | None = None


def declared(office: Office) -> dict[str, dict[str, Declared]]:
    """What every side has declared of its days in its standing: `{side: {date: ...}}`, by `standing.days`.

    The latest word of a side counts, from the claimed time at which it has said so without a break: to say
    again what stands makes nothing late.
    """
    found = {}
    for side in office.parties:
        standing = natural_id(office.charter.office, "standing", side)
        said = found[side] = dict[str, Declared]()
        for act in office.ledger.matter(standing):
            if act.void or act.move is None or act.move.kind != "standing.days":
                continue
            for day in act.move.facts["dates"]:
                word = Declared(str(act.move.facts["state"]), parse_instant(act.move.at))
                if day not in said or said[day].state != word.state:
                    said[day] = word
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
