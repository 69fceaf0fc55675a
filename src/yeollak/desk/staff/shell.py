"""The frame of every page: masthead, sections, the bridge with both posts and the line between them, and what
rings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.urls import NoReverseMatch
from django.utils.text import capfirst

from yeollak.desk.staff import bridge, escalating
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.hands import LineState
from yeollak.office.matter import natural_id
from yeollak.storage import watching
from yeollak.words import say, term
from yeollak.words.acts import kind_word
from yeollak.words.called import office_name, side_name
from yeollak.words.facts import value_word
from yeollak.words.labels import stand_word
from yeollak.words.own import own


def pgettext(context: str, message: str) -> str:
    """Mark a message for the catalogues; it is looked up where it is said."""
    return message


#: The sections in their order: address name -> what it is called (msgctxt `desk section`).
SECTIONS: Final = (
    ("today", pgettext("desk section", "Today")),
    ("line", pgettext("desk section", "Line")),
    ("calls", pgettext("desk section", "Call book")),
    ("matters", pgettext("desk section", "Matters")),
    ("compose", pgettext("desk section", "Compose")),
    ("calendar", pgettext("desk section", "Calendar")),
    ("agreements", pgettext("desk section", "Agreements")),
    ("projects", pgettext("desk section", "Projects")),
    ("people", pgettext("desk section", "People")),
    ("statistics", pgettext("desk section", "Statistics")),
    ("record", pgettext("desk section", "Record")),
)
#: What a section asks of whoever opens it, where seeing the office is not enough.
_ASKS: Final = {"compose": Permission.DRAFT}
#: The keys by which the sections are reached, after `g`.
_KEYS: Final = {
    "today": "t",
    "line": "l",
    "calls": "c",
    "matters": "m",
    "compose": "w",
    "calendar": "d",
    "agreements": "e",
    "projects": "j",
    "people": "p",
    "statistics": "s",
    "record": "r",
}


@dataclass(frozen=True, slots=True)
class PostShown:
    """One post of the bridge."""

    side: str
    name: str
    clock: str
    place: str
    standing: str
    watch: str
    ours: bool


def frame(desk: Desk, section: str = "") -> dict[str, Any]:
    """What the base template asks for."""
    ours = desk.view.side
    theirs = [side for side in desk.sides if side != ours]
    lines = {line.peer: line for line in desk.hands.lines(desk.view.id)}
    wires = [_wire(desk, lines[side], len(theirs) > 1) for side in theirs if side in lines]
    bells, more = _bells(desk)
    return {
        "desk": desk,
        "lang": desk.lang,
        "dir": "rtl" if desk.lang == "ar" else "ltr",
        "section": section,
        "sections": list(_sections(desk, section)),
        "office_name": office_name(desk.view.charter, desk.lang),
        "us": post(desk, ours),
        "them": [post(desk, side) for side in theirs],
        "posts": [post(desk, side) for side in desk.sides],
        "wires": wires,
        "wire_state": bridge.worst(wires),
        "bells": bells,
        "bells_more": more,
        "ringing": bells[0].precedence if bells else "",
        "inside": desk.may(Permission.INSIDE),
        "may_acknowledge": desk.may(Permission.ACKNOWLEDGE),
        "here": _back(desk),
        "find": link(desk, "find"),
        "authority_url": link(desk, "authority") if desk.may(Permission.AUTHORITY) else "",
        "exercise": desk.view.charter.about.get("exercise") is True,
        "signature": watching.signature(desk.view.alias),
        "utc": f"{desk.now:%H:%M}",
        "demonstration": desk.view.charter.demonstration,
        "footing": [
            (name_of(desk, side), desk.view.ledger.held(desk.view.charter.places[side]))
            for side in desk.sides
        ],
    }


def _sections(desk: Desk, here: str) -> Iterator[tuple[str, str, bool, str]]:
    """Address, label, whether it is the page's own, and the key that follows `g`, of what one may open."""
    for name, label in SECTIONS:
        if not desk.may(_ASKS.get(name, Permission.SEE)):
            continue
        with suppress(NoReverseMatch):
            yield desk.url(name), label, name == here, _KEYS.get(name, "")


def post(desk: Desk, side: str) -> PostShown:
    """A side's post: its clock, its place, and where it stands by its own acts."""
    party = desk.view.charter.party(side)
    state = desk.view.office.state(natural_id(desk.view.id, "standing", side)).state
    return PostShown(
        side,
        name_of(desk, side),
        f"{local(desk.now, party.time_zone):%H:%M}",
        own().post(party.time_zone, desk.lang),
        stand_word(desk.lang, state.phase) if state.phase not in ("none", "present") else "",
        _watch_word(desk, side),
        side == desk.view.side,
    )


def watch_of(desk: Desk, side: str) -> tuple[str, str, str, str]:
    """Who of a side has the watch by its own acts: the key, the function under which it is posted, since when
    and until when (instants of act documents, or empty); the key is empty where nobody has it.
    """
    matter = natural_id(desk.view.id, "posting", f"watch/{side}")
    if not desk.view.ledger.matter(matter):
        return "", "", "", ""
    state = desk.view.office.state(matter).state
    key, since = str(state.slots.get("officer", "")), str(state.slots.get("since", ""))
    posted = desk.view.office.officers(desk.view.charter.places[side]).get(key)
    taken = (act.move for act in reversed(desk.view.ledger.matter(matter)) if not act.void and act.move)
    newest = next((move for move in taken if move.kind == "posting.watch"), None)
    until = str(newest.facts.get("until", "")) if newest is not None and key else ""
    return key, posted.function if posted is not None else "", since, until


def _watch_word(desk: Desk, side: str) -> str:
    key, function, _, _ = watch_of(desk, side)
    if not key:
        return say(desk.lang, "watch not named")
    return value_word(desk.lang, "function", function) or say(desk.lang, "on watch")


def _wire(desk: Desk, line: LineState, several: bool) -> bridge.Wire:
    from yeollak.desk.staff.clocks import reader_of

    reader = reader_of(desk)
    name = reader.name(line.peer) if several else ""
    went = watching.going(desk.view, line.peer, desk.now)
    return bridge.wire(line, went, name, desk.now, reader.zone, desk.lang, reader.isolated)


def _bells(desk: Desk) -> tuple[list[bridge.Bell], int]:
    """What rings, the most urgent first, and how many more there are than are shown."""
    from yeollak.desk.staff.clocks import clocks, reader_of
    from yeollak.desk.staff.titles import title_of

    ringing = watching.unseen(desk.view, desk.now)
    if not ringing:
        return [], 0
    reader = reader_of(desk)
    zone = reader.zone
    calendar, _ = clocks(desk.view)
    tried = watching.tried(desk.view, [one.act for one in ringing[: bridge.MOST_BELLS]])
    channels = bool(desk.hands.alarm_channels())
    found = []
    for one in ringing[: bridge.MOST_BELLS]:
        until = watching.handled_by(calendar, one)
        how = escalating.told(channels, tried.get(one.act, watching.Tried()), desk.now >= until)
        found.append(
            bridge.Bell(
                act=one.act,
                matter=one.matter,
                title=title_of(desk.view.office, one.matter, desk.lang, reader.name).brief(),
                mark="f" if one.precedence == "flash" else "i",
                precedence=one.precedence,
                word=capfirst(term(one.precedence, desk.lang)),
                what=kind_word(desk.lang, one.kind),
                side=reader.name(one.side),
                arrived=bridge.hour(one.arrived, desk.now, zone, desk.lang),
                until=until.isoformat(),
                clock=bridge.hour(until, desk.now, zone, desk.lang),
                late=desk.now >= until,
                href=link(desk, "matter", one.matter),
                told=how,
                others=escalating.told_words(desk.lang, how),
            )
        )
    return found, len(ringing) - len(found)


def _back(desk: Desk) -> str:
    """Where a form that stands on every page leads back to; today, where a page asks for its frame."""
    asked = desk.request.get_full_path()
    return asked if asked != link(desk, "frame") else desk.url("today")


def link(desk: Desk, name: str, *args: object) -> str:
    """The address of a page of this office, or the empty string where there is no such page."""
    try:
        return desk.url(name, *args)
    except NoReverseMatch:
        return ""


def name_of(desk: Desk, side: str) -> str:
    """What a side is called here, shortly."""
    return side_name(desk.view.charter, side, desk.lang)


def local(moment: datetime, zone: str) -> datetime:
    """An instant on a zone's clock; in UTC where this machine does not know the zone."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment
