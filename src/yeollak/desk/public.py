"""What the public page shows of an office, built from the record alone.

`build` takes a view of the record (charter, entries with their `chronicle/1` enclosures, register heads) and
gives frozen values in the order in which the page sets them. It reads no database, no clock and no settings,
and adds no fact: what the record does not hold, the page does not say. An entry that cannot be read is
counted, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from yeollak.desk.charter import (
    CoHead,
    Founding,
    Party,
    Routine,
    founding_of,
    names_of,
    ornament,
    parties_of,
    routine_of,
    soft,
)
from yeollak.desk.chronicle import Chronicle, Reference, parse
from yeollak.desk.texts import Moment, Text, moment_of, object_of, optional_line
from yeollak.errors import TheirFault

#: More entries than a page can usefully show; the rest is counted and left to `yeollak record show`.
MOST_ENTRIES: Final = 2_000


class EntryView(Protocol):
    """One act of the record that carries a `chronicle/1` enclosure, with what the fold made of its matter.

    `chronicle` is the decoded JSON of the enclosure, unchecked. `phase` and `slots` are the matter's state
    (slots of a side have the key `name/side`), `settled` whether a crossing act can still change it.
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
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def chronicle(self) -> object: ...


class HeadView(Protocol):
    """A register as this node holds it: its side, how many entries, and the root (64 hex digits) over
    them.
    """

    @property
    def side(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def root(self) -> str: ...


class RecordView(Protocol):
    """What the page may know of an office: its charter's JSON, its entries in order of entry, its
    registers.
    """

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
    facts: Mapping[str, Any]
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
class Item:
    """One entry of the chronicle with the act that entered it. `sources` are numbers of the list of
    references.
    """

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
    facts: Mapping[str, Any]


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
    """The public face of an office. Raises TheirFault (`malformed`) when the charter names no office or
    parties.

    Entries whose enclosure is not a `chronicle/1` are counted in `unread`, those past the first 2,000 in
    `beyond`.
    """
    told: list[tuple[EntryView, Chronicle]] = []
    unread = 0
    for entry in view.items[:MOST_ENTRIES]:
        try:
            told.append((entry, parse(entry.chronicle)))
        except TheirFault:
            unread += 1
    told.sort(
        key=lambda pair: pair[1].when.day
    )  # within a day the order of entry stands: a day claims no hour
    sources, number = _number(chronicle for _, chronicle in told)
    items = _items(told, number)
    about = object_of(view.charter.get("office"), "charter.office")
    wanted = about.get("references")
    by_id = {source.reference.id: source.number for source in reversed(sources)}
    return PublicOffice(
        id=view.office,
        names=names_of(about),
        hanja=optional_line(about.get("hanja"), "charter.office.hanja", longest=100),
        romanised=optional_line(about.get("romanised"), "charter.office.romanised", longest=200),
        formed=soft(moment_of, about.get("formed"), "charter.office.formed"),
        jurisdiction=ornament(about, "jurisdiction", 200),
        seat=ornament(about, "seat", 300),
        seat_lost=next((item for item in reversed(items) if is_loss(item)), None),
        summary=ornament(about, "summary", 4_000),
        founding=_founding(founding_of(about.get("founding")), items),
        parties=tuple(
            replace(party, heads=_successors(party, items)) for party in parties_of(view.charter, about)
        ),
        routine=routine_of(about, view.charter.get("terms")),
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
    """Whether the act says that the premises are lost."""
    return item.kind == "standing.premises" and item.facts.get("state") == "lost"


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
    seen: set[Chronicle] = set()
    items = []
    for entry, chronicle in told:
        if chronicle in seen:
            continue  # a joint event, which the other side has entered in the same words
        seen.add(chronicle)
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
                # A suspension is a table of its own in the family of standing.
                entered_as="suspension" if entry.kind.startswith("suspension.") else entry.procedure,
                phase=entry.phase,
                slots=entry.slots,
                settled=entry.settled,
                facts=entry.facts,
            )
        )
    return tuple(items)


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


def _founding(founding: Founding | None, items: Sequence[Item]) -> Founding | None:
    """The charter's founding text, with the people of the event that it names where it lists no
    signatories.
    """
    if founding is None or founding.signatories:
        return founding
    people = next((item.told.people for item in items if item.told.event == founding.event), ())
    return replace(founding, signatories=people)
