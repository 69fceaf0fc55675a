"""The calendar as its page and its feed show it: days with their entries, worded for who reads them.

Days and hours are those of the office's clock. Beside an hour stands that of every side whose own clock shows
another one then, since zones have a history and two posts may be half an hour apart for years.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Final, cast

from babel.dates import format_date
from django.utils.text import capfirst

from yeollak.desk.staff import dayof
from yeollak.desk.staff.agenda import Item
from yeollak.desk.staff.clocks import post_of
from yeollak.desk.staff.dayline import Answer
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.shell import link
from yeollak.desk.staff.titles import Title, title_of
from yeollak.desk.staff.values import Part, Voice, words_text
from yeollak.office.calendar import Calendar
from yeollak.office.zones import first_at, later
from yeollak.record.canon import format_instant
from yeollak.words import clean, clock, day, say
from yeollak.words.docket import duty_word
from yeollak.words.figures import offset
from yeollak.words.labels import procedure_word, state_word
from yeollak.words.naming import Reader

#: How many entries stand in a day of the month, and in one of the week, which has all of them but for that.
SHOWN: Final = 5
MOST: Final = 200
#: What an entry is that will not be, or has not been done.
_STRUCK: Final = frozenset({"cancelled", "not-in-force", "waived"})
_LATE: Final = frozenset({"late", "passed-in-silence", "told-late", "missed"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a page shows it.

    clock   the hour on the office's clock, empty for a whole day, and `ends` that at which it ends
    beside  sides whose clock shows another hour, with that hour
    iso     the instant or the day as programs read it
    key     tells it apart from every other entry, whenever it is asked for
    """

    sort: str
    sort_word: str
    iso: str
    clock: str
    ends: str
    beside: tuple[tuple[tuple[Part, ...], str], ...]
    title: Title
    state: str
    sides: tuple[Part, ...]
    url: str
    late: bool
    struck: bool
    key: str
    item: Item


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day: whether it is today, of the month that is shown, and worked; its hours; whose holiday it is, and
    who said so too late; its entries, and how many more there are.
    """

    day: date
    name: str
    weekday: str
    here: bool
    inside: bool
    works: bool
    hours: str
    holidays: tuple[Part, ...]
    late: tuple[Part, ...]
    entries: tuple[Entry, ...]
    more: int
    url: str


@dataclass(frozen=True, slots=True)
class ZoneShown:
    """A clock: whose it is (None for the office's), the town that names it, and its offset, with those that
    follow within the days that are shown; `read` for the one by which hours are shown.
    """

    side: Part | None
    place: str
    offsets: str
    read: bool = False


def sort_word(lang: str, sort: str) -> str:
    """What a sort of entries is called."""
    match sort:
        case "call":
            return say(lang, "Call")
        case "meeting":
            return capfirst(procedure_word(lang, "meeting"))
        case "series":
            return capfirst(procedure_word(lang, "series"))
        case "crossing":
            return say(lang, "Crossing of persons or vehicles")
        case "due":
            return say(lang, "Time set by an act")
        case "lapse":
            return say(lang, "Declared lapse")
        case "duty":
            return say(lang, "Duty of an obligation")
        case _:
            return say(lang, "Holiday or closed day")


def fitting(items: Sequence[Item], most: int) -> tuple[list[Item], dict[date, int]]:
    """The entries that a page has room for, at most so many a day, and how many more each day has: only what
    is shown is worded.
    """
    held: dict[date, list[Item]] = {}
    for one in items:
        held.setdefault(one.day, []).append(one)
    shown, more = list[Item](), dict[date, int]()
    for at, several in held.items():
        # One more is not worth a link.
        kept = several if len(several) <= most + 1 else several[:most]
        shown += kept
        if len(kept) < len(several):
            more[at] = len(several) - len(kept)
    return shown, more


def entries_of(
    desk: Desk, calendar: Calendar, items: Sequence[Item], voice: Voice, reader: Reader
) -> list[Entry]:
    """Entries in words, in the order of the items."""
    return [_entry(desk, calendar, one, voice, reader) for one in items]


def days_of(
    calendar: Calendar,
    entries: Sequence[Entry],
    first: date,
    last: date,
    today: date,
    month: int,
    more: Mapping[date, int],
    voice: Voice,
    url: str,
) -> list[DayShown]:
    """The days from `first` to `last` with their entries, and with how many `more` there are. `month` is the
    one that is shown, 0 for a week, and `url` the address of the week of a day, which follows it.
    """
    held: dict[date, list[Entry]] = {}
    for one in entries:
        held.setdefault(one.item.day, []).append(one)
    found = []
    for at in _days(first, last):
        here = held.get(at, [])
        hours = calendar.opening(at)
        found.append(
            DayShown(
                at,
                day(at, voice.lang),
                weekday(at, voice.lang),
                at == today,
                not month or at.month == month,
                calendar.working(at),
                " – ".join(clock(one.astimezone(voice.zone)) for one in hours) if hours else "",
                tuple(voice.side(side) for side in calendar.closed_by(at)),
                tuple(voice.side(side) for side in voice.sides if calendar.declared_late(at, side)),
                tuple(here),
                more.get(at, 0),
                f"{url}{at.isoformat()}#d{at.isoformat()}",
            )
        )
    return found


def weekday(at: date, lang: str, *, short: bool = False) -> str:
    """The name of a day of the week."""
    return format_date(at, "EEE" if short else "EEEE", locale=lang)


def month_days(at: date) -> tuple[date, date]:
    """The Monday with which the first week of a month begins, and the Sunday that ends its last."""
    begin = at.replace(day=1)
    end = at.replace(day=months.monthrange(at.year, at.month)[1])
    return later(begin, -begin.weekday()), later(end, 6 - end.weekday())


def week_days(at: date) -> tuple[date, date]:
    """Monday and Sunday of the week of a day."""
    begin = later(at, -at.weekday())
    return begin, later(begin, 6)


def zones_of(calendar: Calendar, first: date, last: date, voice: Voice) -> list[ZoneShown]:
    """The clock that hours are shown by where it is not the office's, then those of the office and of the
    sides, with each change of an offset within the days.
    """
    lang, where = voice.lang, calendar.where
    read, ours = _offsets(voice.zone, first, last, lang), _offsets(where, first, last, lang)
    found = [ZoneShown(None, post_of(voice.zone, lang), read, True)] if read != ours else []
    found.append(ZoneShown(None, post_of(where, lang), ours))
    for side in voice.sides:
        zone = calendar.zones.get(side, calendar.where)
        found.append(ZoneShown(voice.side(side), post_of(zone, lang), _offsets(zone, first, last, lang)))
    return found


def standing(calendar: Calendar, began: datetime | None, now: datetime, today: date, reader: Reader) -> str:
    """How the office stands today, in one sentence."""
    lang = reader.lang
    if began is None:
        return say(lang, "The office is not founded, or is dissolved: no call is due.")
    if closed := calendar.closed_by(today):
        return say(
            lang, "Today the office is closed: it is a holiday of {sides}.", sides=reader.sides(closed)
        )
    hours = calendar.opening(today)
    if hours is None:
        return say(lang, "Today the office does not work.")
    opens, closes = hours
    if now < opens:
        return say(lang, "Today the office opens at {time}.", time=_face(opens, reader))
    if now < closes:
        return say(lang, "Today the office works until {time}.", time=_face(closes, reader))
    return say(lang, "Today the office closed at {time}.", time=_face(closes, reader))


def _face(at: datetime, reader: Reader) -> str:
    return reader.isolated(clock(at.astimezone(reader.zone)))


def _offsets(zone: tzinfo, first: date, last: date, lang: str) -> str:
    """`UTC+8:30`, or with a change of the clock in it `UTC+8:30; from 5 May 2018 UTC+9`."""
    said, before = "", ""
    for at in _days(first, last):
        here = offset(first_at(at, 12 * 60, zone).astimezone(zone))
        if here != before:
            said = (
                f"{said}; {say(lang, 'from {day} {offset}', day=day(at, lang), offset=here)}"
                if said
                else here
            )
            before = here
    return said


def _days(first: date, last: date) -> Iterator[date]:
    at = first
    while at <= last:
        yield at
        if at == date.max:
            return
        at = later(at, 1)


def _entry(desk: Desk, calendar: Calendar, one: Item, voice: Voice, reader: Reader) -> Entry:
    lang = voice.lang
    return Entry(
        sort=one.sort,
        sort_word=sort_word(lang, one.sort),
        iso=format_instant(one.at) if one.at is not None else one.day.isoformat(),
        clock=_other(one.at.astimezone(reader.zone), one.day, lang) if one.at is not None else "",
        ends=clock(one.until.astimezone(reader.zone)) if one.until is not None else "",
        beside=_beside(calendar, one.at, voice),
        title=_title(desk, one, voice),
        state=_state(desk, one, reader),
        sides=tuple(voice.side(side) for side in one.sides),
        url=_url(desk, one),
        late=one.phase in _LATE,
        struck=one.phase in _STRUCK,
        key=f"{one.sort}/{one.matter}/{one.key}",
        item=one,
    )


def _beside(
    calendar: Calendar, at: datetime | None, voice: Voice
) -> tuple[tuple[tuple[Part, ...], str], ...]:
    if at is None:
        return ()
    here, shown = at.astimezone(voice.zone), dict[str, list[Part]]()
    for side in voice.sides:
        there = calendar.local(at, side)
        if there.utcoffset() != here.utcoffset():
            shown.setdefault(_other(there, here.date(), voice.lang), []).append(voice.side(side))
    return tuple((tuple(sides), clock) for clock, sides in shown.items())


def _other(there: datetime, here: date, lang: str) -> str:
    """A clock elsewhere, with its day of the week where that is another one."""
    return (
        clock(there) if there.date() == here else f"{weekday(there.date(), lang, short=True)} {clock(there)}"
    )


def _title(desk: Desk, one: Item, voice: Voice) -> Title:
    if one.sort == "call":
        return Title(dayof.call_name(voice.lang, one.key))
    if one.duty is not None:
        word = say(voice.lang, "Clause {clause}", clause=clean(one.duty.clause, longest=64))
        return Title(word, words_text(dict(one.duty.subject)))
    return title_of(desk.view.office, one.matter, voice.lang, voice.side_name)


def _state(desk: Desk, one: Item, reader: Reader) -> str:
    lang = reader.lang
    sides = reader.sides(one.sides) if one.sides else ""
    match one.sort:
        case "call":
            answer = cast("Answer", one.phase)
            return dayof.answer_word(lang, dayof.Met(one.key, one.at or desk.now, answer, one.matter))
        case "due":
            if one.phase == "late":
                return say(lang, "{side} was to act by then", side=sides)
            return say(lang, "{side} is to act by then", side=sides)
        case "lapse":
            return say(lang, "{side} declared that the time was over", side=sides)
        case "duty":
            return capfirst(duty_word(lang, one.phase))
        case "crossing":
            way = say(lang, "They go") if one.key == "goes" else say(lang, "They return")
            return f"{way} · {state_word(lang, 'request', one.phase, _slots(desk, one.matter))}"
        case _:
            return state_word(lang, one.sort, one.phase, _slots(desk, one.matter))


def _slots(desk: Desk, matter: str) -> Any:
    return desk.view.office.state(matter).state.slots


def _url(desk: Desk, one: Item) -> str:
    if one.duty is not None:
        page = link(desk, "agreement", one.duty.agreement)
        if page:
            return f"{page}?from={one.day.isoformat()}#o{one.duty.obligation[:16]}"
        return link(desk, "matter", one.duty.obligation)
    return link(desk, "matter", one.matter) if desk.view.ledger.matter(one.matter) else ""
