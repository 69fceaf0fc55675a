"""The frame of every page: masthead, sections, and the bridge with both posts and the line between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.urls import NoReverseMatch

from yeollak.desk.staff.gate import Desk
from yeollak.office.matter import natural_id
from yeollak.words.labels import stand_word

#: The sections in their order: address name -> what it is called (msgctxt `desk section`).
SECTIONS: Final = (
    ("today", "Today"),
    ("line", "Line"),
    ("calls", "Call book"),
    ("matters", "Matters"),
    ("calendar", "Calendar"),
    ("agreements", "Agreements"),
    ("projects", "Projects"),
    ("people", "People"),
    ("statistics", "Statistics"),
    ("record", "Record"),
)


@dataclass(frozen=True, slots=True)
class PostShown:
    """One post of the bridge."""

    side: str
    name: str
    clock: str
    place: str
    standing: str


def frame(desk: Desk, section: str = "") -> dict[str, Any]:
    """What the base template asks for."""
    ours = desk.view.side
    theirs = [side for side in desk.view.charter.sides if side != ours]
    lines = {line.peer: line for line in desk.hands.lines(desk.view.id)}
    return {
        "desk": desk,
        "lang": desk.lang,
        "dir": "rtl" if desk.lang == "ar" else "ltr",
        "section": section,
        "sections": list(_sections(desk, section)),
        "office_name": words_of(desk.view.charter.about.get("name", {}), desk.lang),
        "us": post(desk, ours),
        "them": [post(desk, side) for side in theirs],
        "lines": [lines[side] for side in theirs if side in lines],
        "utc": f"{desk.now:%H:%M}",
        "demonstration": desk.view.charter.demonstration,
        "footing": [
            (name_of(desk, side), desk.view.ledger.held(desk.view.charter.places[side]))
            for side in desk.view.charter.sides
        ],
    }


def _sections(desk: Desk, here: str) -> Iterator[tuple[str, str, bool]]:
    for name, label in SECTIONS:
        with suppress(NoReverseMatch):
            yield desk.url(name), label, name == here


def post(desk: Desk, side: str) -> PostShown:
    """A side's post: its clock, its place, and where it stands by its own acts."""
    party = desk.view.charter.party(side)
    state = desk.view.office.state(natural_id(desk.view.id, "standing", side)).state
    return PostShown(
        side,
        name_of(desk, side),
        f"{local(desk.now, party.time_zone):%H:%M}",
        party.time_zone.rpartition("/")[2].replace("_", " "),
        stand_word(desk.lang, state.phase) if state.phase != "none" else "",
    )


def name_of(desk: Desk, side: str) -> str:
    """What a side is called here, shortly."""
    party = desk.view.charter.party(side)
    return words_of(party.short or party.names, desk.lang) or side


def words_of(words: Mapping[str, str], lang: str) -> str:
    """The words in a language, else in English, else whatever there is."""
    return str(words.get(lang) or words.get("en") or next(iter(words.values()), ""))


def local(moment: datetime, zone: str) -> datetime:
    """An instant on a zone's clock; in UTC where this machine does not know the zone."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment
