"""What the public page shows of an office, built from the record alone.

`build` takes a view of the record (charter, entries with their `chronicle/1` enclosures, register heads) and gives
frozen values in the order in which the page sets them. It reads no database, no clock and no settings, and adds
no fact: what the record does not hold, the page does not say. An entry that cannot be read is counted, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from yeollak.desk.chronicle import Chronicle, Person, Reference, parse, person
from yeollak.desk.texts import Moment, Text, list_of, moment_of, object_of, optional_line, optional_text
from yeollak.errors import TheirFault

#: More entries than a page can usefully show; the rest is counted and left to `yeollak record show`.
MOST_ENTRIES: Final = 2_000


class EntryView(Protocol):
    """One act of the record that carries a `chronicle/1` enclosure, with what the fold made of its matter.

    `chronicle` is the decoded JSON of the enclosure, unchecked. `phase` and `slots` are the matter's state (slots
    of a side have the key `name/side`), `settled` whether a crossing act can still change it.
    """

    @property
    def act(self) -> str: ...
    @property
    def matter(self) -> str: ...
    @property
    def side(self) -> str: ...
    @property
    def officer(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def procedure(self) -> str: ...
    @property
    def phase(self) -> str: ...
    @property
    def slots(self) -> Mapping[str, Any]: ...
    @property
    def settled(self) -> bool: ...
    @property
    def chronicle(self) -> object: ...


class HeadView(Protocol):
    """A register as this node holds it: its side, how many entries, and the root (64 hex digits) over them."""

    @property
    def side(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def root(self) -> str: ...


class RecordView(Protocol):
    """What the page may know of an office: its charter's JSON, its entries in order of entry, its registers."""

    @property
    def office(self) -> str: ...
    @property
    def charter(self) -> Mapping[str, Any]: ...
    @property
    def items(self) -> Sequence[EntryView]: ...
    @property
    def registers(self) -> Sequence[HeadView]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A plain `EntryView`, for readers of the record that have no row type of their own."""

    act: str
    matter: str
    side: str
    officer: str
    kind: str
    at: datetime
    procedure: str
    phase: str
    slots: Mapping[str, Any]
    settled: bool
    chronicle: object


@dataclass(frozen=True, slots=True)
class Head:
    """A plain `HeadView`."""

    side: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class View:
    """A plain `RecordView`."""

    office: str
    charter: Mapping[str, Any]
    items: tuple[EntryView, ...]
    registers: tuple[HeadView, ...]


@dataclass(frozen=True, slots=True)
class CoHead:
    """A head of one side's part of the office, with the post beside it; `since` where the record names a day."""

    name: Text
    post: Text | None
    role: str | None
    since: Moment | None


@dataclass(frozen=True, slots=True)
class Party:
    """A side as the page names it. `place` is its place in the charter, from 0; `floor` where the charter has one."""

    side: str
    name: Text
    short: Text
    place: int
    floor: int | None
    heads: tuple[CoHead, ...]
    deputies: tuple[CoHead, ...]


@dataclass(frozen=True, slots=True)
class Founding:
    """The text on which the office rests, when and where it was made, and who signed it."""

    instrument: Text
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


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the chronicle with the act that entered it. `sources` are numbers of the list of references."""

    anchor: str
    told: Chronicle
    sources: tuple[int, ...]
    act: str
    matter: str
    side: str
    officer: str
    kind: str
    at: datetime
    entered_as: str
    phase: str
    slots: Mapping[str, Any]
    settled: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered reference."""

    number: int
    reference: Reference


@dataclass(frozen=True, slots=True)
class PublicOffice:
    """Everything that the public page of one office shows. Entries are in the order of what happened."""

    id: str
    names: Text
    hanja: str | None
    romanised: str | None
    formed: Moment | None
    jurisdiction: Text | None
    seat: Text | None
    seat_lost: Item | None
    summary: Text | None
    founding: Founding | None
    parties: tuple[Party, ...]
    routine: Routine
    demonstration: bool
    items: tuple[Item, ...]
    sources: tuple[Source, ...]
    summary_sources: tuple[int, ...]
    registers: tuple[HeadView, ...]
    unread: int
    beyond: int

    def party(self, side: str) -> Party | None:
        """The party of that name, or None for anybody else."""
        return next((party for party in self.parties if party.side == side), None)


def build(view: RecordView) -> PublicOffice:
    """The public face of an office. Raises TheirFault (`malformed`) when the charter names no office or parties.

    Entries whose enclosure is not a `chronicle/1` are counted in `unread`, those past the first 2,000 in `beyond`.
    """
    told: list[tuple[EntryView, Chronicle]] = []
    unread = 0
    for entry in view.items[:MOST_ENTRIES]:
        try:
            told.append((entry, parse(entry.chronicle)))
        except TheirFault:
            unread += 1
    told.sort(key=lambda pair: _order(pair[1].when))
    sources, number = _number(chronicle for _, chronicle in told)
    items = _items(told, number)
    about = object_of(view.charter.get("office"), "charter.office")
    parties = _parties(view.charter, about, items)
    wanted = about.get("references")
    by_id = {source.reference.id: source.number for source in reversed(sources)}
    return PublicOffice(
        id=view.office,
        names=_names(about),
        hanja=optional_line(about.get("hanja"), "charter.office.hanja", longest=100),
        romanised=optional_line(about.get("romanised"), "charter.office.romanised", longest=200),
        formed=_soft(moment_of, about.get("formed"), "charter.office.formed"),
        jurisdiction=_text(about, "jurisdiction", 200),
        seat=_text(about, "seat", 300),
        seat_lost=next((item for item in reversed(items) if is_loss(item)), None),
        summary=_text(about, "summary", 4_000),
        founding=_founding(about.get("founding"), items),
        parties=parties,
        routine=_routine(about, view.charter.get("terms")),
        demonstration=view.charter.get("demonstration") is True,
        items=items,
        sources=sources,
        summary_sources=tuple(
            sorted({by_id[ref] for ref in wanted if isinstance(ref, str) and ref in by_id})
            if isinstance(wanted, list)
            else ()
        ),
        registers=tuple(view.registers),
        unread=unread,
        beyond=max(0, len(view.items) - MOST_ENTRIES),
    )


def is_loss(item: Item) -> bool:
    """Whether the act says that the premises are lost: by its kind, or by what the side's standing then holds."""
    return item.kind in {"standing.premises-lost", "standing.lost", "standing.loss"}


def _order(when: Moment) -> tuple[str, str]:
    """By day; within a day what has no hour keeps its place before what has one, in order of entry."""
    return when.day.isoformat(), when.instant.isoformat() if when.instant else ""


def _number(chronicles: Iterable[Chronicle]) -> tuple[tuple[Source, ...], dict[Reference, int]]:
    """Number the references: seed references first, in the order of their ids, then the rest as they come.

    Two sides may use one id for two sources: what counts is the whole reference.
    """
    distinct: dict[Reference, None] = {}
    for chronicle in chronicles:
        distinct.update(dict.fromkeys(chronicle.references))
    ordered = sorted((ref for ref in distinct if ref.seed), key=lambda ref: _natural(ref.id))
    ordered += [ref for ref in distinct if not ref.seed]
    number = {ref: place for place, ref in enumerate(ordered, start=1)}
    return tuple(Source(place, ref) for ref, place in number.items()), number


def _natural(name: str) -> tuple[str, int, str]:
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return stem, int(digits[:9] or 0), name


def _items(told: Sequence[tuple[EntryView, Chronicle]], number: Mapping[Reference, int]) -> tuple[Item, ...]:
    taken: dict[str, int] = {}
    items = []
    for entry, chronicle in told:
        taken[chronicle.event] = taken.get(chronicle.event, 0) + 1
        again = taken[chronicle.event]
        items.append(
            Item(
                anchor=f"e-{chronicle.event}" + (f"--{again}" if again > 1 else ""),
                told=chronicle,
                sources=tuple(dict.fromkeys(number[ref] for ref in chronicle.references)),
                act=entry.act,
                matter=entry.matter,
                side=entry.side,
                officer=entry.officer,
                kind=entry.kind,
                at=entry.at,
                entered_as=entry.procedure,
                phase=entry.phase,
                slots=entry.slots,
                settled=entry.settled,
            )
        )
    return tuple(items)


def _names(about: Mapping[str, Any]) -> Text:
    names = optional_text(about.get("name"), "charter.office.name", longest=200)
    if names is None:
        raise TheirFault("malformed", what="charter.office.name", why="the office has no name")
    return names


def _parties(
    charter: Mapping[str, Any], about: Mapping[str, Any], items: Sequence[Item]
) -> tuple[Party, ...]:
    parties = []
    sides = about.get("sides") if isinstance(about.get("sides"), Mapping) else {}
    for place, value in enumerate(list_of(charter.get("parties"), "charter.parties", most=16)):
        entry = object_of(value, "charter.parties")
        side = str(entry.get("side", ""))[:64]
        more = sides.get(side) if isinstance(sides, Mapping) else None
        more = {**(more if isinstance(more, Mapping) else {})}
        names = optional_text(entry.get("names"), "charter.parties.names", longest=200)
        short = optional_text(entry.get("short"), "charter.parties.short", longest=60)
        name = names or Text((("en", side or "?"),))
        floor = more.get("floor", entry.get("floor"))
        party = Party(
            side=side,
            name=name,
            short=short or name,
            place=place,
            floor=floor if type(floor) is int and 1 <= floor <= 12 else None,
            heads=tuple(_heads([more.get("co_head")])),
            deputies=tuple(_heads(more.get("resident_deputies") or more.get("deputies"))),
        )
        parties.append(replace(party, heads=_successors(party, items)))
    return tuple(parties)


def _heads(values: object) -> Iterable[CoHead]:
    for value in values if isinstance(values, list) else []:
        if isinstance(value, Mapping) and (name := _text(value, "name", 120)):
            yield CoHead(name, _text(value, "post", 200), None, None)


def _successors(party: Party, items: Sequence[Item]) -> tuple[CoHead, ...]:
    """The heads of the charter, then whoever a posting entry names for this side, in order, each once."""
    heads = list(party.heads)
    for item in items:
        if item.told.procedure != "posting":
            continue
        for named in item.told.people:
            known = [head.name.pick("en").text for head in heads]
            if named.side != party.side:
                continue
            if (name := named.name.pick("en").text) not in known:
                heads.append(CoHead(named.name, None, named.role, item.told.when))
            else:
                at = known.index(name)
                heads[at] = replace(heads[at], since=heads[at].since or item.told.when)
    return tuple(heads)


def _founding(value: object, items: Sequence[Item]) -> Founding | None:
    if not isinstance(value, Mapping) or (instrument := _text(value, "instrument", 200)) is None:
        return None
    signatories: tuple[Person, ...] = ()
    if isinstance(listed := value.get("signatories"), list):
        signatories = tuple(
            found for entry in listed[:20] if (found := _soft(person, entry, "charter.signatories"))
        )
    if not signatories:
        event = value.get("event")
        signatories = next((item.told.people for item in items if item.told.event == event), ())
    return Founding(
        instrument,
        _soft(moment_of, value.get("date"), "charter.office.founding.date"),
        _text(value, "occasion", 300),
        signatories,
    )


def _routine(about: Mapping[str, Any], terms: object) -> Routine:
    """Hours, days, calls and staff, from the charter's terms or, where they have none, its words on the office."""
    known: dict[str, Any] = {}
    for part in (about.get("check_in"), about.get("operation"), about, terms):
        if isinstance(part, Mapping):
            known.update(part)
    staff, hours = known.get("staff_per_side"), known.get("working_hours")
    span = (staff.get("least"), staff.get("most")) if isinstance(staff, Mapping) else (None, None)
    clock = (hours.get("from"), hours.get("to")) if isinstance(hours, Mapping) else (None, None)
    calls = known.get("call_slots") or known.get("calls") or known.get("telephone")
    notice = known.get("staff_change_notice_days")
    days = known.get("working_days")
    return Routine(
        staff=(span[0], span[1]) if all(type(n) is int and 0 < n < 10_000 for n in span) else None,
        staff_notice_days=notice if type(notice) is int and 0 < notice < 1_000 else None,
        days=tuple(day for day in (days if isinstance(days, list) else [])[:7] if isinstance(day, str)),
        hours=(clock[0], clock[1]) if all(_is_clock(at) for at in clock) else None,
        calls=tuple(sorted(_slots(calls))),
    )


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


def _text(about: Mapping[str, Any], key: str, longest: int) -> Text | None:
    return _soft(lambda value, what: optional_text(value, what, longest=longest), about.get(key), key)


def _soft(read: Any, value: object, what: str) -> Any:
    """What `read` makes of an optional ornament of the charter; None where it is missing or has not the form."""
    if value is None:
        return None
    try:
        return read(value, what)
    except TheirFault:
        return None
