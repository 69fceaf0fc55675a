"""Handing: who may have a draft in hand, and when another has to release it than who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yeollak.desk.staff.access import ROLES, Permission, require
from yeollak.desk.staff.gate import Desk, staffing
from yeollak.desk.staff.working import four_eyes
from yeollak.errors import OurFault
from yeollak.storage.desk_drafts import DraftRow, writers_of

#: Roles whose people may have a draft in hand.
DRAFTERS: Final = frozenset(role for role, has in ROLES.items() if Permission.DRAFT in has)


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who wrote a draft and who releases it. `asked` says that the charter wants two people, `met` that
    whoever looks at it now has written no part of it.
    """

    drafted: tuple[str, ...]
    asked: bool
    met: bool


def eyes(desk: Desk, held: DraftRow, subject_class: str) -> Eyes:
    """The four eyes of a draft, as whoever asks would release it."""
    writers = writers_of(held)
    named = [one.shown for one in staffing().people(disabled=True) if one.id in writers] or [
        held.author_shown
    ]
    asked = four_eyes(desk.view, held.kind, held.matter, subject_class)
    return Eyes(tuple(named), asked, desk.person.id not in writers)


def check_release(desk: Desk, held: DraftRow, subject_class: str, *, authority: bool = False) -> None:
    """Whether the person may sign this draft now, or have it signed by the authority key.

    Raises OurFault(`draft-of-another`, `four-eyes`, `permission-missing`, `no-officer`).
    """
    if held.owner != desk.person.id:
        raise OurFault("draft-of-another", owner=held.owner_shown)
    require(desk.person, Permission.AUTHORITY if authority else Permission.SIGN)
    found = eyes(desk, held, subject_class)
    if found.met:
        require(desk.person, Permission.RELEASE)
    elif found.asked:
        raise OurFault("four-eyes")
    if not authority and (not desk.officer or not desk.function):
        raise OurFault("no-officer")


def may_take(desk: Desk, held: DraftRow) -> bool:
    """Whether somebody may take a draft into his own hands: who began it, and who releases others' drafts."""
    return held.owner != desk.person.id and (held.author == desk.person.id or desk.may(Permission.RELEASE))


def colleagues(desk: Desk, *, release: bool = False) -> list[tuple[str, str]]:
    """Who else may go on with a draft here, as name and what he is called; with `release`, who may release
    it.
    """
    wanted = Permission.RELEASE if release else Permission.DRAFT
    return [
        (person.name, person.shown)
        for person in staffing().people(desk.view.id)
        if person.id != desk.person.id and wanted in ROLES.get(person.role, frozenset())
    ]
