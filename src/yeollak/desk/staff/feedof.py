"""The calendar as a feed for calendar programs: entries in, the bytes of an iCalendar object out (RFC 5545,
with the properties of RFC 7986).

Instants are written in UTC, so that no program has to know a zone; days as days. Every entry has an id that
stays the same from one fetch to the next, so that a program moves what has moved and shows nothing twice.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

from icalendar import Calendar, Event

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
#: How often a calendar program should ask again.
AGAIN: Final = timedelta(minutes=30)
#: The longest texts, in characters.
_LINE, _TEXT = 200, 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry of the feed. `starts` is an instant with its zone, or a day; `ends` of the same sort, or None
    for a moment; a day ends with itself.
    """

    key: str
    starts: datetime | date
    ends: datetime | None
    summary: str
    lines: Sequence[str]
    url: str
    category: str
    status: Status
    busy: bool


def feed(entries: Iterable[Shown], office: str, name: str, told: str, now: datetime) -> bytes:
    """The feed of an office. `name` is what the calendar is called and `told` what it is, in words."""
    made = Calendar()
    made.add("prodid", "-//Yeollak//Calendar of a liaison office//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    # The library writes these two as they are: what RFC 5545 would have escaped is left out of them.
    called = _plain("".join(" " if char in ",;\\" else char for char in name), _LINE) or "Yeollak"
    made.add("name", called)
    made.add("x-wr-calname", called)
    made.add("description", _plain(told, _LINE))
    made.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT30M")
    for one in entries:
        made.add_component(_event(one, office, now))
    return bytes(made.to_ical())


def uid(office: str, key: str) -> str:
    """The id of an entry, the same whenever and by whomever it is fetched."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"yeollak/{office}/{key}"))


def _event(one: Shown, office: str, now: datetime) -> Event:
    made = Event()
    made.add("uid", uid(office, one.key))
    made.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    if isinstance(one.starts, datetime):
        made.add("dtstart", one.starts.astimezone(UTC).replace(microsecond=0))
        if one.ends is not None and one.ends > one.starts:
            made.add("dtend", one.ends.astimezone(UTC).replace(microsecond=0))
    else:
        made.add("dtstart", one.starts)
        if one.starts < date.max:
            made.add("dtend", one.starts + timedelta(days=1))
    made.add("summary", _plain(one.summary, _LINE))
    if lines := [_plain(line, _TEXT) for line in one.lines if line]:
        made.add("description", "\n".join(lines))
    if one.url:
        made.add("url", one.url)
    made.add("categories", [_plain(one.category, _LINE)])
    made.add("status", one.status)
    made.add("transp", "OPAQUE" if one.busy else "TRANSPARENT")
    return made


def _plain(text: str, longest: int) -> str:
    """A text on one line without controls: what a program would take for another line never reaches it."""
    shown = (char for char in text if unicodedata.category(char) != "Cf")
    tidy = " ".join("".join(char if char.isprintable() else " " for char in shown).split())
    return tidy if len(tidy) <= longest else f"{tidy[: longest - 1]}…"
