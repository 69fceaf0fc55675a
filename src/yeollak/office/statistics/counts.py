"""Counts: what some matters count at one frontier, so that figures that are stored can be moved to another.

Figures are the sums of what matters count, and a contact rests on the matters that are linked with one
another alone. So figures at one frontier are those at another, less what the matters between the two counted
there, plus what they count here: exactly, whichever lies before the other, and whatever a late act has
changed.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Final

from yeollak.office.office import Office
from yeollak.office.statistics.calls import Call, call_of, count_call
from yeollak.office.statistics.contacts import Contact, contacts, count_contact, count_not_held, is_contact
from yeollak.office.statistics.costs import count_costs
from yeollak.office.statistics.documents import count_documents
from yeollak.office.statistics.reading import MatterRead, Reader
from yeollak.office.statistics.standings import count_acts, count_standings
from yeollak.office.statistics.tally import Book, Cell, Counted
from yeollak.office.statistics.texts import count_projects, count_texts

#: The rules by which figures are derived. Whatever changes a figure of any record makes this another one, so
#: that what a store has kept by the old rules is derived anew (`tests/office/statistics/test_rule.py`).
RULE: Final = "2"
#: Before the id of the matter under which a contact is counted: a matter may be one and have more to count.
CONTACT: Final = "contact/"
#: A cell of a figure on a sheet: whether it rests on one's own word, the figure, the cell.
Place = tuple[bool, str, Cell]


def count_matter(found: MatterRead | None, parties: Sequence[str]) -> list[Counted]:
    """What a matter counts, contacts apart; nothing where no act of it stands."""
    book = Book()
    if found is not None:
        if (call := call_of(found, parties)) is not None:
            count_call(book, call)
        count_not_held(book, found, parties)
        count_documents(book, found)
        count_texts(book, found, parties)
        count_projects(book, found, parties)
        count_costs(book, found)
        count_standings(book, found, parties)
        count_acts(book, found)
    return book.counted


class Counts:
    """What the matters that it is told of count, with days in the time zone `zone`; `calls` are by their
    matter. With a matter of a contact come all matters that are linked with it.
    """

    def __init__(self, office: Office, frontier: Sequence[int], zone: str) -> None:
        self.frontier = tuple(frontier)
        self._office, self._zone = office, zone
        self._of_contacts: dict[str, MatterRead] = {}
        self._matters: dict[str, Sequence[Counted]] = {}
        #: The contacts with what they count; None while a matter of one has changed.
        self._met: tuple[dict[str, Contact], dict[str, Sequence[Counted]]] | None = {}, {}
        self.calls: dict[str, Call] = {}

    @property
    def counted(self) -> Mapping[str, Sequence[Counted]]:
        """What is counted by source: a matter, or a contact (`CONTACT` and the matter that it is counted
        under).
        """
        return ChainMap(self._matters, self._meet()[1])

    @property
    def matters(self) -> Set[str]:
        """The matters that were counted."""
        return self._matters.keys()

    @property
    def contacts(self) -> Mapping[str, Contact]:
        """The contacts by the matter that each is counted under."""
        return self._meet()[0]

    def take(self, matters: Iterable[str], frontier: Sequence[int] | None = None) -> None:
        """Count matters: as they stand at this frontier, or at a new one, up to which no other matter that
        was counted here has another act.
        """
        self.frontier = self.frontier if frontier is None else tuple(frontier)
        reader, parties = Reader(self._office, self.frontier, self._zone), self._office.parties
        for matter in reader.ahead(matters):
            found = reader.read(matter)
            self._matters[matter] = count_matter(found, parties)
            self.calls.pop(matter, None)
            if self._of_contacts.pop(matter, None) is not None:
                self._met = None
            if found is not None:
                if (call := call_of(found, parties)) is not None:
                    self.calls[matter] = call
                if is_contact(found):
                    self._of_contacts[matter] = found
                    self._met = None

    def _meet(self) -> tuple[dict[str, Contact], dict[str, Sequence[Counted]]]:
        if self._met is None:
            self._met = {}, {}
            for one in contacts(self._of_contacts.values(), self._office.parties):
                book = Book()
                count_contact(book, one)
                self._met[0][one.matter] = one
                self._met[1][f"{CONTACT}{one.matter}"] = book.counted
        return self._met


def moved(before: Counts, after: Counts) -> Iterator[tuple[Counted, int]]:
    """What is counted before and not after (-1), and after and not before (1)."""
    was, now = before.counted, after.counted
    for source in was.keys() | now.keys():
        gone, come = was.get(source, ()), now.get(source, ())
        if gone != come:
            yield from ((one, -1) for one in gone)
            yield from ((one, 1) for one in come)


class Sums:
    """Cells with how many things stand in each and what they come to; a cell of which nothing is left is
    none.
    """

    def __init__(self) -> None:
        self._held: dict[Place, tuple[int, int]] = {}

    def add(self, place: Place, many: int, number: int) -> None:
        """Add so many things that come to `number`; both may be less than nothing."""
        known = self._held.get(place, (0, 0))
        self._held[place] = known[0] + many, known[1] + number

    def held(self) -> dict[Place, tuple[int, int]]:
        """The cells: how many things stand in each, and what they come to."""
        return {place: both for place, both in self._held.items() if both[0]}

    def numbers(self) -> dict[Place, int]:
        """What the cells come to."""
        return {place: number for place, (many, number) in self._held.items() if many}
