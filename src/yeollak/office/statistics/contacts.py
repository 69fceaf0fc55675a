"""Contacts: who met at what level, who says so and who sat; each contact once, however many report it.

A contact is a meeting that a side says was held, or a regular contact in the building that a side saw. Where
each side has opened a matter of its own about one contact, it counts once when one of them says so. That
nobody met, or that somebody stayed away, is counted beside it and never against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from yeollak.office.statistics.reading import MatterRead, Said, own_word
from yeollak.office.statistics.tally import UNSTATED, Book, says

#: The line of a check-in that is a contact in the building.
FACE_TO_FACE: Final = "face-to-face"
#: The level of a regular contact, which is that of the liaison representatives.
REGULAR: Final = "liaison"
#: Whose meeting a level is: the functions that are not stand-ins there.
_PROPER: Final[Mapping[str, frozenset[str]]] = {
    "heads": frozenset({"co-head"}),
    "deputy-heads": frozenset({"co-head", "deputy-head"}),
}
_HELD_VIEWS: Final = ("answered", "late")
_ABSENT: Final = ("meeting.absent", "meeting.not-held")


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact.

    said      the acts that say it was held, in their order: of those who say it of their own word or, where
              nobody does (`own` is False), of those who pass on another's telling
    parties   the sides of the charter, `concerns` those that it is a contact of
    """

    matter: str
    day: date
    level: str
    own: bool
    said: tuple[Said, ...]
    parties: tuple[str, ...]
    concerns: frozenset[str]

    @property
    def order(self) -> tuple[date, tuple[int, int]]:
        """By its day, and within a day by what could be seen when it was entered."""
        return self.day, self.said[0].order

    @property
    def tellers(self) -> frozenset[str]:
        """The sides that say it."""
        return frozenset(said.side for said in self.said)

    def seats(self) -> dict[str, frozenset[str]]:
        """The functions that sat for each side: by that side's own word, else by the earliest other's."""
        found: dict[str, frozenset[str]] = {}
        for said in self.said:
            for side, functions in _seats(said).items():
                if side == said.side or side not in found:
                    found[side] = functions
        return found


def contacts(matters: Iterable[MatterRead], parties: Sequence[str]) -> list[Contact]:
    """Every contact of these matters, in the order of their days."""
    groups = _joined([matter for matter in matters if _held(matter)], parties)
    return sorted((_contact(group, parties) for group in groups), key=lambda contact: contact.order)


def is_regular(matter: MatterRead) -> bool:
    """Whether a check-in is a contact in the building, as whoever entered it first says."""
    return matter.procedure.name == "check-in" and matter.opening.fact("line") == FACE_TO_FACE


def is_contact(matter: MatterRead) -> bool:
    """Whether somebody says in a matter that a contact was held."""
    return bool(_held(matter))


def _held(matter: MatterRead) -> tuple[Said, ...]:
    if is_regular(matter):
        observed = matter.of("checkin.observe")
        return tuple(said for said in observed if said.fact("view") in _HELD_VIEWS)
    return tuple(matter.of("meeting.held"))


def _contact(group: Sequence[MatterRead], parties: Sequence[str]) -> Contact:
    held = sorted((said for matter in group for said in _held(matter)), key=lambda said: said.order)
    own, told = own_word(held)
    first = next(matter for matter in group if told[0] in _held(matter))
    concerned = {side for matter in group for side in matter.sides}
    return Contact(
        first.id, told[0].day, _level(first, told), own, told, tuple(parties), frozenset(concerned)
    )


def _level(matter: MatterRead, reports: Sequence[Said]) -> str:
    """The level that the first report states, else the last that was spoken of in the matter."""
    if is_regular(matter):
        return REGULAR
    levels = (said.fact("level") for said in (*reports, *reversed(matter.said)))
    return next((level for level in levels if level != UNSTATED), UNSTATED)


def _joined(matters: Sequence[MatterRead], parties: Sequence[str]) -> list[list[MatterRead]]:
    """Matters that are about one contact, as one of them says: its report names (`re`) a report of another
    side, in a matter that the first side has not reported in itself. Links are taken in the order of the
    acts, and no contact comes to hold two matters of one side: nobody makes several of the other's one.
    """
    reports = {said.move.id: matter for matter in matters for said in _held(matter)}
    group = {matter.id: [matter] for matter in matters}
    linking = sorted(
        ((said, matter) for matter in matters for said in _held(matter) if said.move.re),
        key=lambda pair: pair[0].order,
    )
    for said, matter in linking:
        for named in said.move.re:
            other = reports.get(named)
            if other is None or is_regular(matter) or is_regular(other):
                continue
            one, two = group[matter.id], group[other.id]
            if one is not two and _sides(one).isdisjoint(_sides(two)):
                merged = one + two
                group |= {each.id: merged for each in merged}
    return list({id(members): members for members in group.values()}.values())


def _sides(group: Sequence[MatterRead]) -> set[str]:
    return {said.side for matter in group for said in _held(matter)}


def _seats(said: Said) -> dict[str, frozenset[str]]:
    """`SIDE.FUNCTION` of a report: the last dot divides, since a side's name may hold one."""
    found: dict[str, set[str]] = {}
    listed = said.move.facts.get("sat", ())
    for seat in listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ():
        side, _, function = str(seat).rpartition(".")
        found.setdefault(side or UNSTATED, set()).add(function)
    return {side: frozenset(functions) for side, functions in found.items()}


def _sat(contact: Contact, seats: Mapping[str, frozenset[str]]) -> str:
    """Whether the heads met themselves: `in-person` when a proper head of every party sat, `stand-in` when
    somebody else sat for one, `-` where that is not stated or no level asks for it.
    """
    proper = _PROPER.get(contact.level)
    seated = [seats.get(side) for side in contact.concerns]
    if proper is None:
        return UNSTATED
    if any(functions is not None and not functions & proper for functions in seated):
        return "stand-in"
    return UNSTATED if None in seated else "in-person"


def count_contact(book: Book, contact: Contact) -> None:
    """Count a contact and who sat at it."""
    sheet, seats = book.sheet(contact.own, contact.day), contact.seats()
    said = says(contact.tellers, contact.parties)
    sheet.add("contacts", contact.matter, contact.level, _sat(contact, seats), said)
    proper = _PROPER.get(contact.level)
    for side, functions in seats.items():
        for function in functions:
            stands_in = UNSTATED if proper is None else "no" if function in proper else "yes"
            sheet.add("seats", contact.matter, contact.level, side, function, stands_in)
    if len({said.fact("level") for said in contact.said} - {UNSTATED}) > 1:
        sheet.add("differing", contact.matter, "level", said)


def count_not_held(book: Book, matter: MatterRead, parties: Sequence[str]) -> None:
    """Count what a matter says of contacts that did not come about, and accounts of it that differ."""
    if is_regular(matter):
        accounts = {
            view: [said for said in matter.of("checkin.observe") if said.fact("view") == view]
            for view in ("unanswered", "line-dead", "excused")
        }
        accounts["not-held"] = accounts.pop("unanswered")
    elif matter.procedure.name == "meeting":
        accounts = {
            kind.removeprefix("meeting."): list(matter.of(kind)) for kind in (*_ABSENT, "meeting.cancel")
        }
    else:
        return
    for account, given in accounts.items():
        if given:
            own, told = own_word(given)
            sides = says((said.side for said in told), parties)
            sheet = book.sheet(own, told[0].day)
            sheet.add("not-held", matter.id, _level(matter, told), account, sides)
    _count_absences(book, matter, parties)
    _count_differing(book, matter, parties)


def _count_absences(book: Book, matter: MatterRead, parties: Sequence[str]) -> None:
    given: dict[str, list[Said]] = {}
    for said in matter.of("meeting.absent"):
        for side in said.move.facts.get("absent", ()):
            given.setdefault(str(side), []).append(said)
    for side, reports in given.items():
        own, told = own_word(reports)
        sides = says((said.side for said in told), parties)
        level, notified = _level(matter, told), told[0].fact("notified")
        book.sheet(own, told[0].day).add("absences", matter.id, side, level, notified, sides)


def _count_differing(book: Book, matter: MatterRead, parties: Sequence[str]) -> None:
    """Sides that speak of one contact of their own word and do not both say that it was held, or was not."""
    own = [said for said in matter.of("checkin.observe", "meeting.held", *_ABSENT) if said.own]
    if not own:
        return
    regular = is_regular(matter)
    held = {said.fact("view") in _HELD_VIEWS if regular else said.step == "held" for said in own}
    if len(held) > 1:
        sides = says((said.side for said in own), parties)
        book.sheet(True, own[0].day).add("differing", matter.id, "contact", sides)
