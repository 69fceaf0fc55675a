"""Every scenario of a hostile peer with its stated outcome: what the docs promise and the tests play.

inadmissible  refused whole by a signed code; nothing of it is stored
void          stored and receipted, without effect, with a reason that every node shares
evidence      kept whole in the evidence store, with an alarm, and no receipt for that branch
waits         stored and receipted; the register that did it counts no further, nobody else's is held up
harmless      stored or answered as what it is; it changes nothing for anybody
unanswered    gets no signed answer: it is no parcel of a party to this node in this office
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tests.hostile.peer import FACTS, KIND, Answer, Enemy
from tests.office.world import keys_of, seed
from yeollak.line import bodies
from yeollak.office.admit import Arrival, Push
from yeollak.record import enclosure, parcel, statement
from yeollak.record.document import MAX_DOCUMENT, Act, act_id
from yeollak.record.enclosure import SMALL_RIGHT, Enclosed
from yeollak.record.merkle import EMPTY_ROOT, Frontier, leaf_hash

Play = Callable[[Enemy], Answer]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One of them: its outcome, the code that says why, and how it is played."""

    name: str
    outcome: str
    code: str
    play: Play


def _right(enemy: Enemy, content: bytes, size: int | None = None) -> tuple[Enclosed, bytes]:
    salt = seed("salt")[:16]
    digest = enclosure.digest(enemy.charter.office, "south", salt, content).hex()
    named = Enclosed(digest, "text/plain", None, "right", size=len(content) if size is None else size)
    return named, enclosure.blob(salt, content)


def _enclosing(enemy: Enemy, named: Enclosed, *blobs: bytes) -> Arrival:
    return replace(enemy.act(enclosures=(named,)), blobs=blobs)


def _raw(statement: bytes | None = None, document: bytes | None = None) -> Play:
    def play(enemy: Enemy) -> Answer:
        good = enemy.act()
        said = good.statement if statement is None else statement
        return enemy.push(Arrival(said, good.document if document is None else document))

    return play


def _document(data: bytes) -> Play:
    return lambda enemy: enemy.push(enemy.bytes_(data))


def _changed(change: Callable[[Act], Act]) -> Play:
    return lambda enemy: enemy.push(enemy.act(change=change))


def _by(kind: str, officer: str, **facts: object) -> Play:
    return lambda enemy: enemy.push(enemy.act(kind, officer, facts=facts))


def _long_statement(enemy: Enemy) -> Answer:
    arrival = enemy.act()
    return enemy.push(replace(arrival, statement=arrival.statement + bytes(1025 - len(arrival.statement))))


def _swapped_documents(enemy: Enemy) -> Answer:
    one, other = enemy.act(), enemy.act()
    return enemy.push(replace(one, document=other.document), replace(other, document=one.document))


def _withheld_enclosure(enemy: Enemy) -> Answer:
    return enemy.push(_enclosing(enemy, _right(enemy, b"The dam opens at noon.")[0]))


def _other_enclosure(enemy: Enemy) -> Answer:
    named, _ = _right(enemy, b"The dam opens at noon.")
    return enemy.push(_enclosing(enemy, named, _right(enemy, b"The dam stays closed.")[1]))


def _misstated_enclosure(enemy: Enemy) -> Answer:
    named, blob = _right(enemy, b"text", size=5)
    return enemy.push(_enclosing(enemy, named, blob))


def _surplus_enclosure(enemy: Enemy) -> Answer:
    return enemy.push(replace(enemy.act(), blobs=(b"x" * 40,)))


def _large_enclosure(enemy: Enemy) -> Answer:
    named, blob = _right(enemy, bytes(SMALL_RIGHT + 1))
    return enemy.push(_enclosing(enemy, named, blob))


def _without(field: str) -> Play:
    def play(enemy: Enemy) -> Answer:
        data = enemy.act().document
        parts = [part for part in data[1:-1].split(b',"') if not part.lstrip(b'"').startswith(field.encode())]
        return enemy.push(enemy.bytes_(b"{" + b',"'.join(parts) + b"}"))

    return play


def _foreign_statement(enemy: Enemy) -> Answer:
    data = enemy.act().document
    return enemy.push(enemy.bytes_(data, origin=enemy.charter.origin("north"), matter=act_id(data)))


def _other_matter(enemy: Enemy) -> Answer:
    return enemy.push(enemy.bytes_(enemy.act().document, matter="0" * 64))


def _stranger_signs(enemy: Enemy) -> Answer:
    arrival = enemy.act()
    stated = statement.parse(arrival.statement)
    wrong = keys_of("west").officers["duty"].sign(statement.to_be_signed(stated.protected, stated.payload))
    return enemy.push(replace(arrival, statement=statement.assemble(stated.protected, stated.payload, wrong)))


def _unposted(enemy: Enemy) -> Answer:
    key = keys_of("west").officers["duty"]
    return enemy.push(enemy.act(change=lambda act: replace(act, officer=key.kid), key=key))


def _recalled(enemy: Enemy) -> Answer:
    office = enemy.north.view.office
    duty = next(one for one in office.officers(enemy.place).values() if one.function == "duty")
    enemy.push(enemy.act("posting.recall", "authority", matter=duty.matter, facts={}))
    return enemy.push(enemy.act())


def _before_recall(enemy: Enemy) -> Answer:
    """What he signed before is put into the register behind his recall, dated before it."""
    backdated = enemy.act(change=lambda act: replace(act, at="2018-09-14T00:30:00Z"))
    office = enemy.north.view.office
    duty = next(one for one in office.officers(enemy.place).values() if one.function == "duty")
    return enemy.push(enemy.act("posting.recall", "authority", matter=duty.matter, facts={}), backdated)


def _stolen_authority(enemy: Enemy) -> Answer:
    thief = keys_of("west").authority.public.hex()
    facts = {"role": "authority", "key": thief, "next": seed("thief").hex()}
    return enemy.push(enemy.act("key.rotate", "authority", facts=facts))


def _twice(enemy: Enemy) -> Answer:
    arrival = enemy.act()
    enemy.push(arrival)
    return enemy.push(arrival)


def _replayed(enemy: Enemy) -> Answer:
    tree, arrival = enemy.tree, enemy.act()
    enemy.push(arrival)
    return enemy.push(arrival, old=tree.size, checkpoint=enemy.note(enemy.over([arrival], tree)))


def _reordered(enemy: Enemy) -> Answer:
    one, other = enemy.act(), enemy.act()
    tree = enemy.over([one])
    return enemy.push(other, old=tree.size, checkpoint=enemy.note(enemy.over([other], tree)))


def _stale(enemy: Enemy) -> Answer:
    entries = enemy.north.view.ledger.entries(enemy.place, 0, 2)
    tree = Frontier().extend(leaf_hash(entry.statement) for entry in entries)
    return enemy.push(old=0, checkpoint=enemy.note(tree))


def _branch(size: int, *more: bytes) -> Play:
    def play(enemy: Enemy) -> Answer:
        entries = enemy.north.view.ledger.entries(enemy.place, 0, size)
        tree = Frontier().extend(leaf_hash(entry.statement) for entry in entries)
        return enemy.push(old=size, checkpoint=enemy.note(tree.extend(map(leaf_hash, more))))

    return play


def _longer_branch(enemy: Enemy) -> Answer:
    arrival = enemy.act()
    return enemy.push(arrival, checkpoint=enemy.note(enemy.over([arrival]), root=bytes(32)))


def _noted(**parts: object) -> Play:
    def play(enemy: Enemy) -> Answer:
        arrival = enemy.act()
        return enemy.push(arrival, checkpoint=enemy.note(enemy.over([arrival]), **parts))

    return play


def _seen(size: int, root: str, side: str = "north") -> Play:
    return _changed(lambda act: replace(act, seen={**act.seen, side: (size, root)}))


def _back(enemy: Enemy) -> Answer:
    root = enemy.north.view.ledger.root(enemy.north.view.place, 1).hex()
    return _seen(1, root)(enemy)


def _early(enemy: Enemy) -> Answer:
    asked = {"class": "general", "subject": {"en": "Forestry"}}
    due = enemy.north.clock.now().replace(hour=9)
    tender = enemy.act("note.tender", facts=asked, due=due)
    enemy.push(tender)
    opened = act_id(tender.document)
    return enemy.push(enemy.act("note.lapse", facts={}, matter=opened, re=(opened,)))


def _asking(office: str, signer: str) -> Play:
    """A parcel that says that it is of the south, for this office or another, by a side's register key."""

    def play(enemy: Enemy) -> Answer:
        sealed = parcel.seal(
            bodies.encode_notes([]),
            sender="south",
            to="north",
            office=office or enemy.charter.office,
            purpose=bodies.ASK,
            time="2018-09-14T01:00:00Z",
            nonce="0f" * 16,
            signers=[keys_of(signer).register],
            recipient=keys_of("north").seal.public,
        )
        return enemy.deliver(sealed)

    return play


def _many(enemy: Enemy) -> Answer:
    arrival = enemy.act()
    push = Push(enemy.origin, enemy.tree.size, enemy.note(enemy.tree), (arrival,) * 4097)
    return enemy.say(bodies.PUSH, bodies.encode_push(push))


def _garbage(body: bytes) -> Play:
    return lambda enemy: enemy.say(bodies.PUSH, body)


_SMALL_ORDER: Final = (bytes([1]) + bytes(31)).hex()
_FRESH: Final = keys_of("west").officers["duty"].public.hex()

SCENARIOS: Final[tuple[Scenario, ...]] = (
    # bytes
    Scenario("no CBOR at all", "unanswered", "bad-body", _garbage(b"\xff" * 1000)),
    Scenario("CBOR nested without end", "unanswered", "bad-body", _garbage(b"\x81" * 100_000)),
    Scenario(
        "CBOR that promises more than it has", "unanswered", "bad-body", _garbage(b"\x9a\xff\xff\xff\xff")
    ),
    Scenario("more entries than a parcel may have", "unanswered", "bad-body", _many),
    Scenario(
        "a statement outside the profile", "inadmissible", "outside-profile", _raw(statement=b"\xd2\x84")
    ),
    Scenario("a statement above 1,024 bytes", "inadmissible", "outside-profile", _long_statement),
    Scenario("a document withheld", "inadmissible", "document-unequal", _raw(document=b"")),
    Scenario(
        "documents under one another's statement", "inadmissible", "document-unequal", _swapped_documents
    ),
    Scenario(
        "a document above 32 KiB", "inadmissible", "document-too-large", _document(b"x" * (MAX_DOCUMENT + 1))
    ),
    Scenario("an enclosure withheld", "inadmissible", "enclosure-missing", _withheld_enclosure),
    Scenario("an enclosure of other bytes", "inadmissible", "enclosure-surplus", _other_enclosure),
    Scenario(
        "an enclosure of another size than stated", "inadmissible", "enclosure-unequal", _misstated_enclosure
    ),
    Scenario("an enclosure that nothing names", "inadmissible", "enclosure-surplus", _surplus_enclosure),
    Scenario("enclosures above 48 KiB", "inadmissible", "enclosures-too-large", _large_enclosure),
    Scenario("JSON nested without end", "void", "malformed", _document(b"[" * 16_000 + b"]" * 16_000)),
    Scenario("a key twice in JSON", "void", "malformed", _document(b'{"v":1,"v":1}')),
    Scenario("JSON in another encoding", "void", "malformed", _document(b'{ "v": 1 }')),
    Scenario(
        "a number that no reader holds", "void", "malformed", _document(b'{"v":' + b"9" * 30_000 + b"}")
    ),
    Scenario("a field that no version knows", "void", "malformed", _document(b'{"v":1,"zz":1}')),
    Scenario("a field that is missing", "void", "malformed", _without("salt")),
    Scenario(
        "a compressed document", "void", "malformed", _document(gzip.compress(bytes(20_000_000), mtime=0))
    ),
    # who speaks, where
    Scenario("a parcel for another office", "unanswered", "origin-mismatch", _asking("0" * 64, "south")),
    Scenario("a parcel signed by a stranger", "unanswered", "signature-wrong", _asking("", "west")),
    Scenario(
        "an act of another office", "void", "foreign", _changed(lambda act: replace(act, office="0" * 64))
    ),
    Scenario(
        "an act in another side's name", "void", "foreign", _changed(lambda act: replace(act, side="north"))
    ),
    Scenario("a statement of another register", "void", "foreign", _foreign_statement),
    Scenario("a statement of another matter", "void", "foreign", _other_matter),
    Scenario("a signature by another key", "void", "signature", _stranger_signs),
    Scenario("a key that was never posted", "void", "unposted", _unposted),
    Scenario("a key after its recall", "void", "unposted", _recalled),
    Scenario("a key after its recall, dated before it", "void", "unposted", _before_recall),
    Scenario(
        "a small-order key",
        "void",
        "key",
        _by("posting.appoint", "authority", key=_SMALL_ORDER, function="duty"),
    ),
    Scenario(
        "a key posted again",
        "void",
        "key-used",
        _by(
            "posting.appoint",
            "authority",
            key=keys_of("south").officers["duty"].public.hex(),
            function="duty",
        ),
    ),
    Scenario(
        "an officer posts officers",
        "void",
        "unauthorised",
        _by("posting.appoint", "duty", key=_FRESH, function="duty"),
    ),
    Scenario("a node key acts as an officer", "void", "unauthorised", _by(KIND, "node", **FACTS)),
    Scenario("a stolen authority key replaces itself", "void", "unposted", _stolen_authority),
    # order
    Scenario("a document under two statements", "void", "duplicate", _twice),
    Scenario("a batch replayed", "harmless", "", _replayed),
    Scenario("batches in another order", "inadmissible", "conflict", _reordered),
    Scenario("a checkpoint that is long over", "harmless", "", _stale),
    Scenario("another course, shorter", "evidence", "two-views", _branch(2, b"another")),
    Scenario("another course of equal size", "evidence", "two-views", _branch(4, b"another")),
    Scenario("a checkpoint that its entries do not lead to", "evidence", "two-views", _longer_branch),
    Scenario("a checkpoint by another side's keys", "inadmissible", "bad-checkpoint", _noted(by="north")),
    Scenario(
        "a checkpoint of another register",
        "inadmissible",
        "bad-checkpoint",
        _noted(origin=f"north/{'0' * 64}"),
    ),
    # causality and time
    Scenario("a root that our register never had", "evidence", "waits", _seen(2, "5" * 64)),
    Scenario("seen further than we have written", "waits", "", _seen(10**9, "5" * 64)),
    Scenario("seen of a side that is no party", "void", "malformed", _seen(0, EMPTY_ROOT.hex(), "guarantor")),
    Scenario("seen that goes back", "harmless", "", _back),
    Scenario(
        "an act dated in the first year",
        "harmless",
        "",
        _changed(lambda act: replace(act, at="0001-01-01T00:00:00Z")),
    ),
    Scenario(
        "an act dated in the last year",
        "harmless",
        "",
        _changed(lambda act: replace(act, at="9999-12-31T23:59:59Z")),
    ),
    Scenario("a lapse before its time", "void", "early", _early),
    Scenario(
        "a kind that no table has", "void", "unknown", _changed(lambda act: replace(act, kind="note.shred"))
    ),
)


def table() -> str:
    """The scenarios as the threat model lists them."""
    rows = [f"| {one.name} | {one.outcome} | {f'`{one.code}`' if one.code else ''} |" for one in SCENARIOS]
    return "\n".join(["| scenario | outcome | code |", "|---|---|---|", *rows])
