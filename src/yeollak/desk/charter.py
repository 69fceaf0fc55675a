"""What the charter says of an office, as far as the public page shows it.

The charter is signed by every party, and yet its words about the office are free text: an ornament that has
not the form it should have is left out, and only an office without a name or parties is refused. Nothing
here reads entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from yeollak.desk.chronicle import Person, person
from yeollak.desk.texts import Moment, Text, list_of, moment_of, object_of, optional_text, wrong
from yeollak.errors import TheirFault
from yeollak.words.own import own

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class CoHead:
    """A head of one side's part of the office, with the post beside it; `since` and `until` where the record
    names a day.
    """

    name: Text
    post: Text | None
    role: str | None
    since: Moment | None
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A side as the page names it. `place` is its place in the charter, from 0; `floor` and the time zone
    where the charter has one that is known here.
    """

    side: str
    name: Text
    short: Text
    place: int
    floor: int | None
    heads: tuple[CoHead, ...]
    deputies: tuple[CoHead, ...]
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Founding:
    """The text on which the office rests, when and where it was made, and who signed it."""

    instrument: Text
    event: str | None
    when: Moment | None
    occasion: Text | None
    signatories: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Routine:
    """What the charter fixes of the daily work. Clock times are the seat's, as written there."""

    staff: tuple[int, int] | None
    staff_notice_days: int | None
    days: tuple[str, ...]
    hours: tuple[str, str] | None
    calls: tuple[str, ...]


def names_of(about: Mapping[str, Any]) -> Text:
    """The names of the office by language, with our own over them. Raises TheirFault (`malformed`) where it
    has none.
    """
    names = optional_text(about.get("name"), "charter.office.name", longest=200)
    if names is None:
        raise wrong("charter.office.name", "the office has no name")
    return names.under(lambda charter: {**charter, **own().office})


def parties_of(charter: Mapping[str, Any], about: Mapping[str, Any]) -> tuple[Party, ...]:
    """The parties in the order in which our page has them. Raises TheirFault (`malformed`) for a list of
    another form.

    Floor, heads and deputies are read from `office.sides.<side>`, where the charter has them.
    """
    sides = about.get("sides")
    parties = []
    for place, value in enumerate(list_of(charter.get("parties"), "charter.parties", most=16)):
        entry = object_of(value, "charter.parties")
        side = str(entry.get("side", ""))[:64]
        more = sides.get(side) if isinstance(sides, Mapping) else None
        more = more if isinstance(more, Mapping) else {}
        names = optional_text(entry.get("names"), "charter.parties.names", longest=200)
        short = optional_text(entry.get("short"), "charter.parties.short", longest=60)
        name = names or Text((("en", side or "?"),))
        said, shortly = dict(name.versions), dict((short or name).versions)
        floor = more.get("floor")
        parties.append(
            Party(
                side=side,
                name=_called(own().full(side, said), name),
                short=_called(own().short(side, shortly, said), short or name),
                place=place,
                floor=floor if type(floor) is int and 1 <= floor <= 12 else None,
                heads=tuple(_heads([more.get("co_head")])),
                deputies=tuple(_heads(more.get("resident_deputies"))),
                zone=_zone(entry.get("time_zone")),
            )
        )
    order = own().ordered([party.side for party in parties], own().side, neutral=True)
    return tuple(sorted(parties, key=lambda party: order.index(party.side)))


def _called(shown: Mapping[str, str], stated: Text) -> Text:
    """What a side is called here; what cannot be seen in the charter's words is not in ours."""
    return Text(tuple(shown.items()), stated.unseen and dict(stated.versions) == dict(shown))


def _heads(values: object) -> Iterable[CoHead]:
    for value in values if isinstance(values, list) else []:
        if isinstance(value, Mapping) and (name := ornament(value, "name", 120)):
            yield CoHead(name, titled(ornament(value, "post", 200)), None, None)


def _zone(name: object) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if isinstance(name, str) else None
    except (KeyError, OSError, ValueError):  # a zone that this machine does not know is none, and no fault
        return None


def default_hours(charter: Mapping[str, Any]) -> int | None:
    """How many hours an answer has where an act names no time, by the charter's terms; None where they do not
    say, or give each kind of act a time of its own.
    """
    terms = charter.get("terms")
    if isinstance(terms, Mapping) and terms.get("deadlines"):
        return None
    deadline = terms.get("deadline") if isinstance(terms, Mapping) else None
    hours = deadline.get("default_hours") if isinstance(deadline, Mapping) else None
    return hours if type(hours) is int and 0 < hours < 10_000 else None


def founding_of(value: object) -> Founding | None:
    """The founding text from `office.founding`, or None where the charter names none."""
    if not isinstance(value, Mapping) or (instrument := ornament(value, "instrument", 200)) is None:
        return None
    listed = value.get("signatories")
    return Founding(
        instrument=instrument,
        event=event if isinstance(event := value.get("event"), str) else None,
        when=soft(moment_of, value.get("date"), "charter.office.founding.date"),
        occasion=ornament(value, "occasion", 300),
        signatories=tuple(
            found
            for entry in (listed[:20] if isinstance(listed, list) else [])
            if (found := soft(person, entry, "charter.office.founding.signatories"))
        ),
    )


def routine_of(about: Mapping[str, Any], terms: object) -> Routine:
    """Hours, days, calls and staff, from the charter's terms or, where they have none, its words on the
    office.
    """
    known: dict[str, Any] = {}
    for part in (about.get("check_in"), about.get("operation"), about, terms):
        if isinstance(part, Mapping):
            known.update(part)
    hours, days = known.get("working_hours"), known.get("working_days")
    notice = known.get("staff_change_notice_days")
    span = (hours.get("from"), hours.get("to")) if isinstance(hours, Mapping) else (None, None)
    calls = known.get("call_slots") or known.get("calls") or known.get("telephone")
    return Routine(
        staff=_staff(known.get("staff_per_side")),
        staff_notice_days=notice if type(notice) is int and 0 < notice < 1_000 else None,
        days=tuple(day for day in (days if isinstance(days, list) else [])[:7] if isinstance(day, str)),
        hours=(str(span[0]), str(span[1])) if all(_is_clock(at) for at in span) else None,
        calls=tuple(sorted(_slots(calls))),
    )


def ornament(about: Mapping[str, Any], key: str, longest: int) -> Text | None:
    """A text in parallel languages under `key`, or None where it is missing or has not the form."""
    return soft(lambda value, what: optional_text(value, what, longest=longest), about.get(key), key)


def titled(title: Text | None) -> Text | None:
    """A title of the record in our own words."""
    return title and title.under(own().titled)


def placed(place: Text | None) -> Text | None:
    """A place of the record in our own words."""
    return place and place.under(own().placed)


def soft(read: Callable[[Any, str], _Value], value: object, what: str) -> _Value | None:
    """What `read` makes of an optional ornament of the charter; None where it is missing or has not the
    form.
    """
    if value is None:
        return None
    try:
        return read(value, what)
    except TheirFault:
        return None


def _staff(value: object) -> tuple[int, int] | None:
    if not isinstance(value, Mapping):
        return None
    least, most = value.get("least"), value.get("most")
    if type(least) is int and type(most) is int and 0 < least <= most < 10_000:
        return least, most
    return None


def _slots(calls: object) -> Iterable[str]:
    """Clock times out of a list of times, a list of {time}, or an object of slots by name."""
    values = list(calls.values()) if isinstance(calls, Mapping) else calls if isinstance(calls, list) else []
    for value in values[:12]:
        at = next(
            (value.get(key) for key in ("at", "time", "from") if value.get(key)), None
        ) if isinstance(value, Mapping) else value  # fmt: skip
        if _is_clock(at):
            yield str(at)


def _is_clock(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) == 5
        and value[2] == ":"
        and (value[:2] + value[3:]).isascii()
        and (value[:2] + value[3:]).isdigit()
    )
