"""What careless and hostile sides put into their own registers, one way of being wrong at a time.

Each way takes an act as it should be and returns the entry that is appended in its place. None of them may
hold up or change anything but the register that it stands in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.office.world import seed
from tests.schedules.acts import Wish, entry_of
from tests.schedules.facts import spoiled
from tests.schedules.people import Pen, authority_key, officer_key
from yeollak.office.charter import Charter
from yeollak.office.ledger import Entry, MemoryLedger
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Kind
from yeollak.record.document import Act
from yeollak.record.enclosure import RELEASES, Enclosed
from yeollak.record.keys import SigningKey


@dataclass
class Bench:
    """What a way of being wrong may use: the registers as they stand, and everybody's keys and acts."""

    chance: random.Random
    charter: Charter
    pen: Pen
    whole: MemoryLedger
    place: int
    kind: Kind
    wish: Wish
    retired: list[SigningKey]
    node_key: SigningKey | None
    #: the digests that the matter holds, and some that were committed to elsewhere
    enclosures: list[str]

    def entry(self, wish: Wish, *, matter: str | None = None) -> Entry:
        """The entry of a wish, signed by its key."""
        data = wish.document(self.charter.office)
        return entry_of(self.charter, wish.side, data, wish.key, self.pen, matter=matter or wish.matter)

    def raw(self, data: bytes) -> Entry:
        """The entry of any bytes as a document."""
        matter = self.wish.matter or seed("raw").hex()
        return entry_of(self.charter, self.wish.side, data, self.wish.key, self.pen, matter=matter)

    @property
    def data(self) -> bytes:
        return self.wish.document(self.charter.office)


def signature(bench: Bench) -> Entry:
    """The signature is altered, or made with another key of the same side."""
    entry = bench.entry(bench.wish)
    if bench.chance.random() < 0.5:
        return replace(entry, statement=entry.statement[:-1] + bytes([entry.statement[-1] ^ 1]))
    other = officer_key(bench.wish.side, 999)
    return entry_of(bench.charter, bench.wish.side, bench.data, other, bench.pen,
                    matter=bench.wish.matter, kid=bench.wish.key.kid)  # fmt: skip


def foreign(bench: Bench) -> Entry:
    """Another office, side, register, officer or matter is named in the document or in the statement."""
    wish, side = bench.wish, bench.wish.side
    other = bench.chance.choice([party for party in bench.charter.sides if party != side])
    way = bench.chance.randrange(5)
    if way == 0:
        data = wish.document(seed("another office").hex())
    elif way == 1:
        data = replace(wish, side=other, seen={**wish.seen}).document(bench.charter.office)
    else:
        data = bench.data
    return entry_of(
        bench.charter,
        side,
        data,
        wish.key,
        bench.pen,
        matter=seed("another matter").hex() if way == 2 else wish.matter,
        origin=other if way == 3 else None,
        kid=officer_key(side, 998).kid if way == 4 else None,
    )


def duplicate(bench: Bench) -> Entry:
    """A document of this register again: the whole entry, or under a statement of its own."""
    index = bench.chance.randrange(bench.whole.held(bench.place))
    entry = bench.whole.entry(bench.place, index)
    return entry if bench.chance.random() < 0.5 else bench.raw(entry.document)


def equal(bench: Bench) -> Entry:
    """The document of another register, or an act that says the same word for word under one's own name."""
    places = [place for place in range(len(bench.charter.sides)) if place != bench.place]
    place = bench.chance.choice([place for place in places if bench.whole.held(place)] or [bench.place])
    entry = bench.whole.entry(place, bench.chance.randrange(bench.whole.held(place)))
    try:
        act = Act.parse(entry.document)
    except Exception:  # noqa: BLE001 - whatever stands there, it can be copied
        return bench.raw(entry.document)
    if bench.chance.random() < 0.5:
        return bench.raw(entry.document)
    own = replace(act, side=bench.wish.side, officer=bench.wish.key.kid, seen=bench.wish.seen)
    return entry_of(
        bench.charter, bench.wish.side, own.encode(), bench.wish.key, bench.pen, matter=act.matter
    )


def unposted(bench: Bench) -> Entry:
    """An officer who was recalled, or was never posted, signs."""
    strangers = [officer_key(bench.wish.side, 997), *bench.retired, *bench.retired]
    return bench.entry(replace(bench.wish, key=bench.chance.choice(strangers)))


def unauthorised(bench: Bench) -> Entry:
    """The authority or the node signs what is an officer's, or the reverse."""
    key = bench.chance.choice([authority_key(bench.wish.side), bench.node_key or bench.wish.key])
    return bench.entry(replace(bench.wish, key=key))


def matter(bench: Bench) -> Entry:
    """The act names a matter that there is not, or none."""
    named = bench.chance.choice([seed("no matter").hex(), None])
    return bench.entry(replace(bench.wish, matter=named))


def unknown(bench: Bench) -> Entry:
    """There is no such kind."""
    return bench.entry(replace(bench.wish, kind=bench.chance.choice(("note.bogus", "bogus", "remark.line"))))


def facts(bench: Bench) -> Entry:
    """A fact is missing, surplus or of another type."""
    wrong = spoiled(bench.chance, bench.wish.facts, bench.kind.takes)
    return bench.entry(replace(bench.wish, facts=wrong))


def due(bench: Bench) -> Entry:
    """The due is missing, surplus, over already or too far off."""
    at = bench.wish.at
    dues = [None, at, at - timedelta(hours=3), at + timedelta(days=400), at + timedelta(hours=3)]
    return bench.entry(replace(bench.wish, due=bench.chance.choice(dues)))


def enclosures(bench: Bench) -> Entry:
    """An enclosure under a release rule that the kind does not have."""
    others = [release for release in RELEASES if release not in bench.kind.releases] or ["named"]
    release = bench.chance.choice(others)
    private = release in ("consent", "reveal")
    item = Enclosed(
        digest=seed("enclosure", bench.chance.random()).hex(),
        type="text/plain",
        lang=None,
        release=release,  # type: ignore[arg-type]  # one of RELEASES
        size=None if private else 5,
        size_class=4096 if private else None,
    )
    return bench.entry(replace(bench.wish, enclosures=[item]))


def stale(bench: Bench) -> Entry:
    """It answers nothing, or something else."""
    return bench.entry(replace(bench.wish, re=bench.chance.choice([[], [seed("another act").hex()]])))


def early(bench: Bench) -> Entry:
    """Whatever waits is claimed at a time long ago."""
    return bench.entry(replace(bench.wish, at=bench.wish.at - timedelta(days=9000), due=None))


def unguarded(bench: Bench) -> Entry:
    """Whatever a guard looks at is another: texts, matters, items, functions, terms, and what is committed
    to.
    """
    chance, wish = bench.chance, bench.wish
    given = dict(wish.facts)
    for fact in bench.kind.facts:
        if fact.name in given and chance.random() < 0.8 and (value := _other(chance, fact)) is not None:
            given[fact.name] = value
    for fact in bench.kind.facts:
        if not fact.required and chance.random() < 0.3 and (value := _other(chance, fact)) is not None:
            given[fact.name] = value
    named = chance.choice([*bench.enclosures, seed("enclosure", chance.random()).hex()])
    items = [] if chance.random() < 0.2 else [replace(item, digest=named) for item in wish.enclosures[:1]]
    return bench.entry(replace(wish, facts=given, enclosures=items))


def _other(chance: random.Random, fact: Fact) -> Any:
    """Another value of the type of a fact that guards look at, or None."""
    other: Mapping[str, Any] = {
        "digest": seed("other", chance.randrange(3)).hex(),
        "key": seed("other", chance.randrange(3)).hex(),
        "terms": {"seen_seconds": 0},
        "token": chance.choice(fact.choices) if fact.choices else "other",
        "whole": chance.randrange(5),
    }
    value = other.get(fact.type)
    return [value] if fact.many and value is not None else value


def malformed(bench: Bench) -> Entry:
    """Bytes that are no document: cut, re-encoded, nested, with a field too many, or with a `seen` that
    names too few, too many or its own side.
    """
    data, seen = bench.data, bench.wish.seen
    first = next(iter(seen))
    many = ",".join(f'"{number:064x}"' for number in range(33)).encode()
    documents = [
        b"",
        b"{}",
        data[:-1],
        b"[" * 16000,
        data.replace(b":", b": ", 1),
        data.replace(b'"v":1', b'"v":1,"w":1'),
        data.replace(b'"v":1', b'"v":1,"v":1'),
        data.replace(b'"salt"', b'"re":[' + many + b'],"salt"'),
    ]
    views = [
        {side: at for side, at in seen.items() if side != first},
        {**seen, bench.wish.side: seen[first]},
        {**seen, "nobody": (0, seed("root").hex())},
    ]
    at = bench.chance.randrange(len(documents) + len(views))
    if at < len(documents):
        return bench.raw(documents[at])
    return bench.entry(replace(bench.wish, seen=views[at - len(documents)]))


#: Every way of being wrong, by name, in a fixed order.
WAYS: Mapping[str, Callable[[Bench], Entry]] = {
    way.__name__: way
    for way in (
        signature,
        foreign,
        duplicate,
        equal,
        unposted,
        unauthorised,
        matter,
        unknown,
        facts,
        due,
        enclosures,
        stale,
        early,
        unguarded,
        malformed,
    )
}
