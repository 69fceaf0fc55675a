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

from yeollak.desk.chronicle import Amount
from yeollak.desk.public import Item, PublicOffice

#: Days between two entries on standing that still belong to one chapter, and around it for other entries.
CHAPTER_GAP: Final = timedelta(days=5)
CHAPTER_REACH: Final = timedelta(days=7)

#: What a side may say of a call, as the check-in's slots hold it: the glossary's terms for it.
CALL_TERMS: Final[Mapping[str, str]] = {
    "answered": "answered-call",
    "late": "late-call",
    "unanswered": "unanswered-call",
    "line-dead": "line-dead",
    "excused": "excused",
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting and the projects that rest on the same day and a source of its own."""

    item: Item
    projects: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """A figure in money and the entry that gives it."""

    amount: Amount
    item: Item


@dataclass(frozen=True, slots=True)
class Chapter:
    """Entries on standing that follow one another within days, with the other entries of those days."""

    first: Item
    last: Item
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the check-in, and what each party entered of it: side -> a glossary id, or None for
    nothing.
    """

    item: Item
    seen: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Sections:
    """Every section of the page, in the order in which it is set."""

    origin: tuple[Item, ...]
    meetings: tuple[Meeting, ...]
    projects: tuple[Item, ...]
    works: tuple[Item, ...]
    costs: tuple[Cost, ...]
    chapters: tuple[Chapter, ...]
    calls: tuple[Call, ...]
    silent_since: Item | None
    papers: tuple[Item, ...]


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
    calls = tuple(
        Call(item, tuple((party.side, seen_by(item, party.side)) for party in office.parties))
        for item in items
        if item.told.procedure == "check-in"
    )
    return Sections(
        origin=origin,
        meetings=tuple(
            Meeting(item, _led_to(item, projects)) for item in items if item.told.procedure == "meeting"
        ),
        projects=projects,
        works=tuple(item for item in items if item.told.class_ == "works"),
        costs=tuple(Cost(amount, item) for item in items for amount in item.told.amounts),
        chapters=_chapters([item for item in items if not formed or item.told.when.day > formed]),
        calls=calls,
        silent_since=_silence(calls),
        papers=tuple(item for item in items if item.told.procedure in {"note", "request"}),
    )


def seen_by(item: Item, side: str) -> str | None:
    """The glossary id of what `side` entered of a call in its own slot, or None where it entered nothing."""
    view = item.slots.get(f"view/{side}")
    return CALL_TERMS.get(view) if isinstance(view, str) else None


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


def _silence(calls: Sequence[Call]) -> Item | None:
    """The first of the unanswered calls with which the entries end, or None when they end otherwise."""
    since: Item | None = None
    for call in calls:
        entered: set[Any] = {term for _, term in call.seen if term}
        if entered and entered <= {"unanswered-call"}:
            since = since or call.item
        else:
            since = None
    return since
