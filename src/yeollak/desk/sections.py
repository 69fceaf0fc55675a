"""The sections of the public page: which entries stand where, and the links between them.

Each section is chosen by what the entries say of themselves (procedure, class, day, sources). Entries that
stand together are near in time and nothing more; no function here says that one thing led to another, except
that a project of the same day and the same source as a meeting is shown beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from yeollak.desk.calls import Call, calls_of
from yeollak.desk.chronicle import Amount
from yeollak.desk.course import Step, steps
from yeollak.desk.held import ActView
from yeollak.desk.public import Item, PublicOffice
from yeollak.desk.stated import Stated, stated
from yeollak.desk.works import Work, works_of

#: Days between two entries on standing that still belong to one chapter, and around it for other entries.
CHAPTER_GAP: Final = timedelta(days=5)
CHAPTER_REACH: Final = timedelta(days=7)

#: So many calls are shown, the newest: with two a day, a year and a half.
MOST_CALLS: Final = 750
#: What a side does when its people come to the office or leave it.
_STAFFED: Final = frozenset({"standing.open", "standing.return", "standing.staff", "standing.stay"})


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting and the projects that rest on the same day and a source of its own."""

    item: Item
    projects: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in money and the entry that gives it."""

    amount: Amount
    item: Item


@dataclass(frozen=True, slots=True)
class Paper:
    """A note or a request: its first and last entry, the steps that it took, what they state, and the numbers
    of the references of all its entries.
    """

    first: Item
    last: Item
    steps: tuple[Step, ...]
    stated: tuple[Stated, ...]
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Entries on standing that follow one another within days, with the other entries of those days."""

    first: Item
    last: Item
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a side stands by its own acts: the phase of its standing (`left` where it has not withdrawn and
    its people have gone), the lines and the premises as it states them.
    """

    side: str
    phase: str
    cut: tuple[str, ...]
    restored: tuple[str, ...]
    premises: str | None


@dataclass(frozen=True, slots=True)
class Sections:
    """Every section of the page, in the order in which it is set."""

    origin: tuple[Item, ...]
    meetings: tuple[Meeting, ...]
    projects: tuple[Item, ...]
    undertakings: tuple[Work, ...]
    works: tuple[Item, ...]
    figures: tuple[Figure, ...]
    chapters: tuple[Chapter, ...]
    stands: tuple[Stand, ...]
    calls: tuple[Call, ...]
    calls_beyond: int
    silent_since: Call | None
    papers: tuple[Paper, ...]
    anchors: Mapping[str, str]


def sections(office: PublicOffice) -> Sections:
    """The sections of `office`. Where the charter names no day of forming, nothing belongs to its origin."""
    items = office.items
    formed = office.formed.day if office.formed else None
    origin = tuple(
        item for item in items if formed and item.told.when.day <= formed and item.told.class_ != "works"
    )
    projects = tuple(
        item for item in items if item.told.procedure == "project" and item.told.class_ != "works"
    )
    calls = calls_of(office)
    undertakings = works_of(office)
    counted = {cost.event for work in undertakings for cost in work.costs}
    return Sections(
        origin=origin,
        meetings=tuple(
            Meeting(item, _led_to(item, projects)) for item in items if item.told.procedure == "meeting"
        ),
        projects=projects,
        undertakings=undertakings,
        works=tuple(item for item in items if item.told.class_ == "works"),
        figures=tuple(
            Figure(amount, item)
            for item in items
            if item.told.event not in counted
            for amount in item.told.amounts
        ),
        chapters=_chapters([item for item in items if not formed or item.told.when.day > formed]),
        stands=tuple(stand for party in office.parties if (stand := _stand(office, party.side)) is not None),
        calls=calls[-MOST_CALLS:],
        calls_beyond=max(0, len(calls) - MOST_CALLS) + office.calls_before,
        silent_since=_silence(calls),
        papers=_papers(office),
        anchors={item.told.event: item.anchor for item in reversed(items)},
    )


def _papers(office: PublicOffice) -> tuple[Paper, ...]:
    """Notes and requests with the course of each, in the order in which they began."""
    told: dict[str, list[Item]] = {}
    for item in office.items:
        if item.entered_as in {"note", "request"}:
            told.setdefault(item.matter, []).append(item)
    courses: dict[str, list[ActView]] = {matter: [] for matter in told}
    for act in office.acts:
        if act.matter in courses:
            courses[act.matter].append(act)
    papers = []
    for matter, items in told.items():
        course = courses[matter]
        sources = dict.fromkeys(number for item in items for number in item.sources)
        papers.append(Paper(items[0], items[-1], steps(course, office.zones), stated(course), tuple(sources)))
    return tuple(papers)


def _stand(office: PublicOffice, side: str) -> Stand | None:
    own = [
        act
        for act in office.acts
        if act.side == side and act.kind.startswith("standing.") and not act.overtaken
    ]
    matter = office.matters.get(own[-1].matter) if own else None
    if matter is None:
        return None
    moves = [act.kind for act in own if act.kind in _STAFFED or act.kind == "standing.leave"]
    left = matter.phase == "present" and moves[-1:] == ["standing.leave"]
    lines = {
        slot.removeprefix("line/"): state for slot, state in matter.slots.items() if slot.startswith("line/")
    }
    premises = matter.slots.get("premises")
    return Stand(
        side,
        "left" if left else matter.phase,
        tuple(line for line, state in lines.items() if state == "cut"),
        tuple(line for line, state in lines.items() if state == "restored"),
        premises if isinstance(premises, str) else None,
    )


def _led_to(meeting: Item, projects: Sequence[Item]) -> tuple[Item, ...]:
    sources = set(meeting.sources)
    return tuple(
        item
        for item in projects
        if item.told.when.day == meeting.told.when.day and sources & set(item.sources)
    )


def _chapters(items: Sequence[Item]) -> tuple[Chapter, ...]:
    groups: list[list[Item]] = []
    for item in items:
        if item.told.procedure != "standing":
            continue
        if groups and item.told.when.day - groups[-1][-1].told.when.day <= CHAPTER_GAP:
            groups[-1].append(item)
        else:
            groups.append([item])
    nearest: dict[int, list[Item]] = {place: [] for place in range(len(groups))}
    for item in items:
        distances = [(_distance(item, group), place) for place, group in enumerate(groups)]
        if distances and min(distances)[0] <= CHAPTER_REACH:
            nearest[min(distances)[1]].append(item)
    return tuple(Chapter(group[0], group[-1], tuple(nearest[place])) for place, group in enumerate(groups))


def _distance(item: Item, group: Sequence[Item]) -> timedelta:
    day, first, last = item.told.when.day, group[0].told.when.day, group[-1].told.when.day
    return max(first - day, day - last, timedelta())


def _silence(calls: Sequence[Call]) -> Call | None:
    """The first of the unanswered calls with which the entries end, or None when they end otherwise."""
    since: Call | None = None
    for call in calls:
        entered: set[Any] = {seen.term for seen in call.seen if seen.term}
        if entered and entered <= {"unanswered-call"}:
            since = since or call
        else:
            since = None
    return since
