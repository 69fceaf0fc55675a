"""Calls: what came of each regular call, as each side saw it and as the sides together have it.

A call is one, however many sides enter it. Where they saw the same, that came of it; where they did not,
their accounts differ, and nobody's is taken for the truth. A call that no side entered is not in the record
and is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, Protocol, TypeVar

from yeollak.office.statistics.contacts import FACE_TO_FACE
from yeollak.office.statistics.reading import MatterRead, Said, own_word
from yeollak.office.statistics.tally import Book, says

#: What came of a call that the sides do not see alike.
DIFFERING: Final = "differing"
_HOUR: Final = "time"


@dataclass(frozen=True, slots=True)
class Call:
    """One regular call or contact in the building: its day, its line, what the sides together saw
    (`outcome`), and the observations that it rests on, the first first.
    """

    matter: str
    day: date
    line: str
    outcome: str
    own: bool
    said: tuple[Said, ...]
    parties: tuple[str, ...]

    @property
    def order(self) -> tuple[int, int]:
        """Its place among what was entered."""
        return self.said[0].order

    @property
    def hour(self) -> str | None:
        """The hour at which it was, where whoever entered it first states one."""
        return self.said[0].fact(_HOUR) if _HOUR in self.said[0].move.facts else None

    @property
    def views(self) -> dict[str, str]:
        """What each side saw of it, by what it entered first."""
        return {said.side: said.fact("view") for said in reversed(self.said)}

    def seen_by(self, side: str) -> str | None:
        """What one side saw, or None where it has entered nothing."""
        return next((said.fact("view") for said in self.said if said.side == side), None)


class Called(Protocol):
    """What streaks and firsts ask of a call, so that a store may keep no more of it: see `Call`."""

    @property
    def matter(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def line(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def own(self) -> bool: ...
    @property
    def order(self) -> tuple[int, int]: ...
    @property
    def hour(self) -> str | None: ...
    @property
    def views(self) -> Mapping[str, str]: ...


_Call = TypeVar("_Call", bound=Called)


def calls(matters: Iterable[MatterRead], parties: Sequence[str]) -> list[Call]:
    """Every regular call and contact of these matters, in order."""
    return in_order(call for matter in matters if (call := call_of(matter, parties)) is not None)


def in_order(calls: Iterable[_Call]) -> list[_Call]:
    """Calls in the order in which they were.

    Within a day that is the order of the hours where every call of the day states one; else that in which
    they were entered.
    """
    found = sorted(calls, key=lambda call: (call.day, call.order))
    ordered: list[_Call] = []
    for _, day in groupby(found, key=lambda call: call.day):
        of_day = list(day)
        if all(call.hour is not None for call in of_day):
            of_day.sort(key=lambda call: (call.hour or "", call.order))
        ordered += of_day
    return ordered


def call_of(matter: MatterRead, parties: Sequence[str]) -> Call | None:
    """The regular call or contact that a matter is, or None."""
    if matter.procedure.name != "check-in":
        return None
    own, said = own_word(tuple(matter.of("checkin.observe")))
    views = {one.fact("view") for one in said}
    outcome = views.pop() if len(views) == 1 else DIFFERING
    return Call(matter.id, said[0].day, said[0].fact("line"), outcome, own, said, tuple(parties))


def count_call(book: Book, call: Call) -> None:
    """Count a call, what each side saw, and how late it was. What came of a contact in the building is
    counted among the contacts.
    """
    sheet, outcome = book.sheet(call.own, call.day), call.outcome
    sides = says((said.side for said in call.said), call.parties)
    for said in call.said:
        sheet.add("observations", call.matter, said.side, call.line, said.fact("view"))
    late = [minutes for said in call.said if type(minutes := said.move.facts.get("late_minutes")) is int]
    if outcome == "late" and late:
        sheet.add("late-minutes", call.matter, call.line, sides, number=late[0])
        if len(set(late)) > 1:
            sheet.add("differing", call.matter, "minutes", sides)
    if call.line != FACE_TO_FACE:
        sheet.add("calls", call.matter, call.line, outcome, sides)
        if outcome == DIFFERING:
            sheet.add("differing", call.matter, "call", sides)
