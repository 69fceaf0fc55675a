"""What the public page shows of an office, built from the record alone.

`build` takes a view of the record (charter, entries with their `chronicle/1` enclosures, register heads) and
gives frozen values in the order in which the page sets them. It reads no database and no clock, no settings
but our own words, and adds no fact: what the record does not hold, the page does not say. An entry that
cannot be read is counted, never guessed.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from yeollak.desk.charter import (
    CoHead,
    Founding,
    Party,
    Routine,
    default_hours,
    founding_of,
    names_of,
    ornament,
    parties_of,
    placed,
    routine_of,
    soft,
    titled,
)
from yeollak.desk.chronicle import JOINT, Chronicle, Reference, parse
from yeollak.desk.course import Signed, Step, Zones, signed, steps, when_of
from yeollak.desk.held import ActView, EntryView, HeadView, MatterView, RecordView
from yeollak.desk.lookalikes import among
from yeollak.desk.stated import Stated, stated
from yeollak.desk.texts import Moment, Text, moment_of, object_of, optional_line
from yeollak.errors import TheirFault
from yeollak.words.called import own_zone
from yeollak.words.own import own

#: More entries than a process should keep in mind; the rest is counted and left to `yeollak record show`.
MOST_ENTRIES: Final = 20_000
#: Procedures whose matters are common to all sides: what one side enters there is its account alone.
_COMMON: Final = frozenset({"agreement", "check-in", "meeting", "suspension"})
#: Procedures whose matters outlast one event: who signed another act of theirs has not signed this one.
_LASTING: Final = frozenset({"account", "posting", "standing"})


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the chronicle with the act that tells it. `sources` are numbers of the list of references.

    entered_as  the table of the matter that it is told in
    steps       what was done in the event, by whom
    stated      what those acts state
    signed      the text that stands in its matter with whoever signed it, where it was signed in this event
    signers     the sides that have signed any act of the event or of its matter, in the charter's order
    silent      the sides of which it tells, or that the matter is common to, that have signed none
    """

    anchor: str
    told: Chronicle
    sources: tuple[int, ...]
    act: str
    matter: str
    side: str
    kind: str
    at: datetime
    entered_as: str
    phase: str
    slots: Mapping[str, Any]
    settled: bool
    facts: Mapping[str, Any]
    steps: tuple[Step, ...]
    stated: tuple[Stated, ...]
    signed: Signed | None
    signers: tuple[str, ...]
    silent: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called in addresses: its event, with a number where it is not the first of that."""
        return self.anchor.removeprefix("e-")


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
    acts: tuple[ActView, ...]
    matters: Mapping[str, MatterView]
    zones: Zones
    default_hours: int | None
    unread: int
    beyond: int
    calls_before: int
    #: Names that look like another, each as it is shown, and the other.
    alike: Mapping[str, str]

    def party(self, side: str) -> Party | None:
        """The party of that name, or None for anybody else."""
        return next((party for party in self.parties if party.side == side), None)


def build(view: RecordView) -> PublicOffice:
    """The public face of an office. Raises TheirFault (`malformed`) when the charter names no office or
    parties.

    Entries whose enclosure is not a `chronicle/1` are counted in `unread`, those past 20,000 in `beyond`.
    """
    told: list[tuple[EntryView, Chronicle]] = []
    unread = 0
    kept = _shared(view.items)
    for entry in kept:
        try:
            told.append((entry, _parsed(entry.chronicle)))
        except TheirFault:
            unread += 1
    told.sort(
        key=lambda pair: pair[1].when.day
    )  # within a day the order of the acts stands: a day claims no hour
    sources, number = _number(chronicle for _, chronicle in told)
    about = object_of(view.charter.get("office"), "charter.office")
    charted = parties_of(view.charter, about)
    ours = own_zone()
    zones = {party.side: zone for party in charted if (zone := ours or party.zone) is not None}
    acts = _Acts(view, zones, tuple(party.side for party in charted))
    items = _items(told, number, acts)
    parties = tuple(replace(party, heads=_successors(party, items, acts)) for party in charted)
    founding = _founding(founding_of(about.get("founding")), items)
    wanted = about.get("references")
    by_id = {source.reference.id: source.number for source in reversed(sources)}
    return PublicOffice(
        id=view.office,
        names=names_of(about),
        hanja=optional_line(about.get("hanja"), "charter.office.hanja", longest=100),
        romanised=optional_line(about.get("romanised"), "charter.office.romanised", longest=200),
        formed=soft(moment_of, about.get("formed"), "charter.office.formed"),
        jurisdiction=ornament(about, "jurisdiction", 200),
        seat=_seat(about),
        seat_lost=next((item for item in reversed(items) if is_loss(item)), None),
        summary=ornament(about, "summary", 4_000),
        founding=founding,
        parties=parties,
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
        acts=tuple(view.acts),
        matters=view.matters,
        zones=zones,
        default_hours=default_hours(view.charter),
        unread=unread,
        beyond=len(view.items) - len(kept),
        calls_before=view.calls_before,
        alike=among(
            parties,
            [item.told for item in items],
            founding.signatories if founding else (),
            [placed(ornament(act.facts, "place", 200)) for act in view.acts],
        ),
    )


def _shared(items: Sequence[EntryView]) -> Sequence[EntryView]:
    """The entries that are kept in mind: where they are too many the first of each side, in equal parts, so
    that none that enters without end leaves the others no room.
    """
    if len(items) <= MOST_ENTRIES:
        return items
    many = sorted(Counter(entry.side for entry in items).values())
    left, part = MOST_ENTRIES, 0
    for place, of_side in enumerate(many):
        part = left // (len(many) - place)
        if of_side > part:
            break  # nor has any of those behind less
        left -= of_side
    taken, kept = Counter[str](), []
    for entry in items:
        if taken[entry.side] < part:
            taken[entry.side] += 1
            kept.append(entry)
    return kept


#: What was parsed, by the identity of the value, which is kept with it: a telling stays as it is while others
#: come. What a value cannot be parsed to is found anew.
_PARSED: Final[OrderedDict[int, tuple[object, Chronicle]]] = OrderedDict()


def _parsed(value: object) -> Chronicle:
    """The event in a decoded value, parsed once while the same value is given. Raises TheirFault."""
    known = _PARSED.get(id(value))
    if known is not None and known[0] is value:
        return known[1]
    found = parse(value)
    _PARSED[id(value)] = value, found
    while len(_PARSED) > 2 * MOST_ENTRIES:
        with suppress(KeyError):  # another thread may have come before
            _PARSED.popitem(last=False)
    return found


class _Acts:
    """The acts of a record by event and by matter."""

    def __init__(self, view: RecordView, zones: Zones, sides: Sequence[str]) -> None:
        self.matters, self.zones, self.sides = view.matters, zones, sides
        self.events: defaultdict[str, list[ActView]] = defaultdict(list)
        self.courses: defaultdict[str, list[ActView]] = defaultdict(list)
        for act in view.acts:
            self.courses[act.matter].append(act)
            if isinstance(event := act.facts.get("event"), str):
                self.events[event].append(act)
        self.recalls = {act.matter: act for act in view.acts if act.kind == "posting.recall"}

    def of(self, entry: EntryView, told: Chronicle) -> list[ActView]:
        """What was done in the event that an entry tells of; at least the act that tells it."""
        found = self.events.get(told.event, [])
        if any(act.act == entry.act for act in found):
            return found
        return [act for act in self.courses[entry.matter] if act.act == entry.act]


def _seat(about: Mapping[str, Any]) -> Text | None:
    seat = ornament(about, "seat", 300)
    if seat is None:
        return Text(tuple(own().seat.items())) if own().seat else None
    return seat.under(lambda charter: {**charter, **own().seat})


def _in_our_words(told: Chronicle) -> Chronicle:
    """An entry with its place in our own words and its hours on our own clock, where we have them."""
    zone = own_zone()
    until = told.until and told.until.on(zone)
    return replace(told, where=placed(told.where), when=told.when.on(zone), until=until)


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


def _items(
    told: Sequence[tuple[EntryView, Chronicle]], number: Mapping[Reference, int], acts: _Acts
) -> tuple[Item, ...]:
    taken: dict[str, int] = {}
    seen: set[Chronicle] = set()
    items = []
    for entry, chronicle in told:
        if chronicle in seen:
            continue  # a joint event, which the other side has entered in the same words
        seen.add(chronicle)
        taken[chronicle.event] = taken.get(chronicle.event, 0) + 1
        again = taken[chronicle.event]
        matter = acts.matters.get(entry.matter)
        entered_as = matter.procedure if matter is not None else entry.procedure
        done, course = acts.of(entry, chronicle), acts.courses[entry.matter]
        counted = done if entered_as in _LASTING else [*done, *course]
        signers = {entry.side, *(act.side for act in counted if not act.overtaken)}
        text = signed(course, entry.slots, acts.zones)
        items.append(
            Item(
                anchor=f"e-{chronicle.event}" + (f"--{again}" if again > 1 else ""),
                told=_in_our_words(chronicle),
                sources=tuple(dict.fromkeys(number[ref] for ref in chronicle.references)),
                act=entry.act,
                matter=entry.matter,
                side=entry.side,
                kind=entry.kind,
                at=entry.at,
                entered_as=entered_as,
                phase=entry.phase,
                slots=entry.slots,
                settled=entry.settled,
                facts=entry.facts,
                steps=steps(done, acts.zones),
                stated=stated(done),
                signed=text if text and any(act.facts.get("text") == text.text for act in done) else None,
                signers=tuple(side for side in acts.sides if side in signers),
                silent=tuple(
                    side
                    for side in acts.sides
                    if side not in signers and (chronicle.by in (side, JOINT) or entered_as in _COMMON)
                ),
            )
        )
    return tuple(items)


def _successors(party: Party, items: Sequence[Item], acts: _Acts) -> tuple[CoHead, ...]:
    """The heads of the charter, then whoever a posting entry names for this side, in order, each once.

    Post, first and last day come from the acts that post and recall the head, where there are any.
    """
    heads = list(party.heads)
    for item in items:
        if item.told.procedure != "posting":
            continue
        posting = next(
            (
                act
                for act in acts.events.get(item.told.event, ())
                if (act.kind, act.side, act.facts.get("function"))
                == ("posting.appoint", party.side, "co-head")
            ),
            None,
        )
        since, until, post = item.told.when, None, None
        if posting is not None:
            since, post = when_of(posting, acts.zones), titled(ornament(posting.facts, "title", 200))
            last = acts.recalls.get(posting.matter)
            until = when_of(last, acts.zones) if last is not None else None
        for named in item.told.people:
            if named.side != party.side:
                continue
            known = [head.name.pick("en").text for head in heads]
            if (name := named.name.pick("en").text) not in known:
                heads.append(CoHead(named.name, post, named.role, since, until))
            else:
                head = heads[at := known.index(name)]
                heads[at] = replace(
                    head, post=head.post or post, since=head.since or since, until=head.until or until
                )
    return tuple(heads)


def _founding(founding: Founding | None, items: Sequence[Item]) -> Founding | None:
    """The charter's founding text, with the people of the event that it names where it lists no
    signatories.
    """
    if founding is None or founding.signatories:
        return founding
    people = next((item.told.people for item in items if item.told.event == founding.event), ())
    return replace(founding, signatories=people)
