"""Standings: withdrawals and returns, suspensions, postings and presence, silences, and acts of every kind.

Each is counted as the act of the side that did it; a suspension that the sides have agreed on is told from
one that a side reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from yeollak.office.statistics.reading import MatterRead, own_word
from yeollak.office.statistics.tally import UNSTATED, Book, says

#: The fact that says more of a step of a side's standing.
_DETAILS: Final[Mapping[str, str]] = {
    "line": "state",
    "premises": "state",
    "return": "extent",
    "withdraw": "others",
}
_SUSPENDED: Final = ("suspended", "ending", "ended")


def count_standings(book: Book, matter: MatterRead, parties: Sequence[str]) -> None:
    """Count what a matter says of the standing and the people of the sides."""
    name = matter.procedure.name
    if name == "standing":
        for said in matter.said:
            if said.move.kind.startswith("standing."):
                detail = said.fact(_DETAILS.get(said.step, ""), UNSTATED)
                book.sheet(said.own, said.day).add("standing", matter.id, said.side, said.step, detail)
    elif name == "suspension":
        _count_suspension(book, matter, parties)
    elif name == "posting":
        for said in matter.said:
            if said.step in ("appoint", "recall"):
                function = matter.slot("function")
                book.sheet(said.own, said.day).add("postings", matter.id, said.side, said.step, function)
    elif name == "presence":
        last = {said.fact("date"): said for said in matter.of("posting.presence")}
        for said in last.values():
            book.sheet(said.own, said.day).add("presence", matter.id, said.side, said.fact("state"))


def count_acts(book: Book, matter: MatterRead) -> None:
    """Count every act that stands by its kind, and the lapses among them: silence that somebody signed."""
    for said in matter.said:
        sheet = book.sheet(said.own, said.day)
        sheet.add("acts", matter.id, said.side, matter.procedure.name, said.move.kind)
        if said.step in ("lapse", "end-lapse"):
            sheet.add("lapses", matter.id, said.side, matter.procedure.name)


def _count_suspension(book: Book, matter: MatterRead, parties: Sequence[str]) -> None:
    agreed = list(matter.of("suspension.propose", "suspension.counter", "suspension.agree"))
    if matter.state.phase in _SUSPENDED and agreed:
        last = agreed[-1]
        sides, own = says(matter.sides, parties), all(said.own for said in agreed)
        book.sheet(own, last.day).add("suspensions", matter.id, "agreed", sides)
    reports = list(matter.of("suspension.report"))
    if reports:
        own, told = own_word(reports)
        sides = says((said.side for said in told), parties)
        book.sheet(own, told[0].day).add("suspensions", matter.id, "reported", sides)
