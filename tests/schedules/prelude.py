"""The founding and the first posts, with which most schedules begin: made once, held by every node from the
start.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tests.schedules.acts import entry_of
from tests.schedules.conduct import KINDS
from tests.schedules.desk import Person
from tests.schedules.people import FIRST_POSTS, Pen, authority_key
from yeollak.office.ledger import Counted, Entry

if TYPE_CHECKING:
    from tests.schedules.schedule import Schedule

Acts = Sequence[tuple[Entry, Counted]]


@lru_cache(maxsize=8)
def prelude(parties: int, real: bool) -> Acts:
    """Every side's signature of the charter and its first posts, in the order in which they are counted."""
    # A schedule begins with a prelude.
    from tests.schedules.schedule import Schedule

    schedule = Schedule(0, parties)
    schedule.pen = Pen(real)
    acts: list[tuple[Entry, Counted]] = []
    with schedule.pen.checked():
        for person in schedule.people:
            facts = {"charter": schedule.charter.office, "checked": "in-person"}
            acts.append(_said(schedule, person, "charter.sign", facts))
        schedule.synchronise()
        for function in FIRST_POSTS:
            for person in schedule.people:
                facts = {"key": person.next_key().public.hex(), "function": function}
                acts.append(_said(schedule, person, "posting.appoint", facts))
        schedule.synchronise()
    return tuple(acts)


def _said(schedule: Schedule, person: Person, kind: str, facts: dict[str, Any]) -> tuple[Entry, Counted]:
    key = authority_key(person.side)
    wish = schedule.desk.wish(person, *KINDS[kind], None, key, fixed=facts)
    wish.at, wish.re, wish.facts, wish.enclosures = schedule.now, [], facts, []
    data = wish.document(schedule.charter.office)
    entry = entry_of(schedule.charter, person.side, data, key, schedule.pen, matter=wish.matter)
    found = schedule.put(person, entry)
    if found is None or found.void:
        raise ValueError(f"the prelude is void: {found}")
    return entry, found


def begin(schedule: Schedule, acts: Acts) -> None:
    """Let every node of a schedule hold the prelude, and every side its first officers."""
    for node in (schedule.observer, *schedule.nodes):
        for entry, found in acts:
            node.ledger.append(found.place, entry)
            node.ledger.add(found)
    for entry, found in acts:
        schedule.findings[found.place, found.index] = found
        schedule.appended[found.place].append(entry)
        person = schedule.people[found.place]
        if found.key:
            key = person.next_key()
            person.keys[key.kid] = key
            person.appointed += 1
