"""The bridge: both posts, the wire between them, and what rings: on every page of the desk.

A line is up when our node's last attempt went well, dead when it did not, and thin, up but not verified, when
nothing has passed for an hour: a line on which nobody speaks may be cut. What rings is an urgent act of
another side that nobody here has acknowledged (`storage.watching`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final, Literal

from babel.dates import format_date

from yeollak.desk.staff.escalating import Told
from yeollak.desk.staff.hands import LineState
from yeollak.storage.watching import Going
from yeollak.words import clock, day, say

if TYPE_CHECKING:
    from yeollak.desk.staff.titles import Title

#: A day of this or another year in the least room: 27 Nov.
_SHORT: Final = {"en": "d MMM", "ko": "M월 d일", "ar": "d MMMM"}
#: How long a line counts as verified after something has passed on it.
VERIFIED: Final = timedelta(hours=1)
#: How many ringing acts a page shows: the rest are counted.
MOST_BELLS: Final = 5


@dataclass(frozen=True, slots=True)
class Wire:
    """The line to one other side: its state, in words, and how many of our entries it has not receipted."""

    peer: str
    name: str
    state: Literal["up", "thin", "cut"]
    words: str
    owed: int


@dataclass(frozen=True, slots=True)
class Bell:
    """One act that rings. `mark` is the letter of its precedence in the style sheet, `until` the end of the
    handling time as an instant, `clock` on the reader's clock; `told` how it stands with telling others,
    and `others` that in words.
    """

    act: str
    matter: str
    title: Title
    mark: Literal["f", "i"]
    precedence: str
    word: str
    what: str
    side: str
    arrived: str
    until: str
    clock: str
    late: bool
    href: str
    told: Told
    others: str


def wire(
    line: LineState,
    went: Going | None,
    name: str,
    now: datetime,
    zone: tzinfo,
    lang: str,
    isolated: Callable[[str], str] = str,
) -> Wire:
    """A line as the bridge shows it. `went` is the node's own log of it, where it has one; the name is said
    where there are several lines.
    """
    since = went.since if went is not None else line.since
    heard = line.heard
    if not line.up:
        state: Literal["up", "thin", "cut"] = "cut"
        at = isolated(hour(since, now, zone, lang)) if since is not None else ""
        words = say(lang, "Line dead since {when}", when=at) if at else say(lang, "Line dead")
    elif heard is None or now - heard > VERIFIED:
        state = "thin"
        at = isolated(hour(heard, now, zone, lang)) if heard is not None else ""
        if at:
            words = say(lang, "Line up, nothing heard since {when}", when=at)
        else:
            words = say(lang, "Line not tried yet")
    else:
        state = "up"
        at = isolated(hour(since, now, zone, lang)) if since is not None else ""
        words = say(lang, "Line up since {when}", when=at) if at else say(lang, "Line up")
    return Wire(line.peer, name, state, words, line.unreceipted)


def worst(wires: Sequence[Wire]) -> str:
    """The state of the wire that is drawn for all: cut where every line is, thin where any is not well."""
    states = {one.state for one in wires}
    if states == {"cut"}:
        return "cut"
    return "up" if states <= {"up"} else "thin"


def hour(moment: datetime, now: datetime, zone: tzinfo, lang: str) -> str:
    """An instant in a row: the clock alone today, the day before it else."""
    there, here = _local(moment, zone), _local(now, zone)
    if there.date() == here.date():
        return clock(there)
    return f"{day(there.date(), lang)} {clock(there)}"


def brief(moment: datetime, now: datetime, zone: tzinfo, lang: str) -> tuple[str, str]:
    """An instant where there is little room: the clock and nothing today, else the day and the clock."""
    there, here = _local(moment, zone), _local(now, zone)
    if there.date() == here.date():
        return clock(there), ""
    pattern = _SHORT.get(lang, _SHORT["en"]) + (" y" if there.year != here.year and lang != "ko" else "")
    return format_date(there.date(), pattern, locale=lang), clock(there)


def _local(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.astimezone(UTC)
