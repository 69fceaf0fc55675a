"""A peer that holds real keys and lies: what it sends and what it answers can cost time at most, never the
record.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.line.conftest import Making
from tests.line.served import Served, serving
from tests.line.world import Node, World
from tests.office.world import keys_of
from yeollak.errors import Fault, OurFault
from yeollak.line import bodies
from yeollak.line.bodies import Fetch, Piece, Range, Refused
from yeollak.line.post import Post
from yeollak.office.admit import Arrival, Push, Quota
from yeollak.record import checkpoint, cosign
from yeollak.record.checkpoint import Checkpoint
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.record.note import Note
from yeollak.storage import models, reading


@pytest.fixture
def served(world: World, tmp_path: Path) -> Iterator[Served]:
    with serving(world, tmp_path) as running:
        yield running
        running.works()


def owed(node: Node) -> Push:
    """The next push of a node that has just appended something."""
    node.say()
    node.keeper.step()
    push = node.port.owed(node.port.receipted("north" if node.side == "south" else "south"))
    assert push is not None
    return push


def branch(node: Node, start: int, *more: bytes) -> tuple[Push, Checkpoint]:
    """A push by which a node's own keys sign another course from `start` on."""
    tree = Frontier()
    for entry in node.view.ledger.entries(0, 0, start):
        tree = tree.append(leaf_hash(entry.statement))
    entries = node.view.ledger.entries(0, start - len(more), start)
    arrivals = tuple(Arrival(entry.statement, entry.document) for entry in entries)
    point = Checkpoint(
        node.charter.origin(node.side), start + len(more), tree.extend(map(leaf_hash, more)).root()
    )
    own = keys_of(node.side)
    note = checkpoint.sign(point, own.register, own.register_pq, 1_600_000_000)
    return Push(point.origin, start, note, arrivals), point


#: How long both registers are once the office is founded and everybody has said so.
BASE = 5


# what it sends


@pytest.mark.parametrize(
    "purpose", [bodies.PUSH, bodies.ASK, bodies.FETCH, bodies.ENCLOSURE, "nonsense", "receipt"]
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"\x81" * 100_000,
        b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x9f" + b"\x80" * 1_000_000,
        b"\x84\x60\x00\x40\x9a\x00\x80\x00\x00" + b"\x80" * 8_000_000,
        b"\xc2\x5a\x00\x7a\x12\x00" + b"\xff" * 8_000_000,
        b"\xa1\x01\x02",
        b"\x83\x60\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x00",
        b"\x83\x78\x40" + b"a" * 64 + b"\x00\x1a\x7f\xff\xff\xff",
        b"\x80\x00",
        b"\x83\x65south\x18\x00\x05",
    ],
    ids=["empty", "break", "deep", "huge", "endless", "many", "bignum", "map", "big", "long", "more", "wide"],
)
def test_garbage_that_is_properly_sealed(served: Served, purpose: str, body: bytes) -> None:
    used = time.process_time()
    code, answer = served.ask(purpose, body)
    assert (code, answer) == (400, None)
    # Both ends are in this process, which takes a twentieth of this for the longest of them.
    assert time.process_time() - used < 2


def test_parcel_that_came_before_is_receipted_again(served: Served) -> None:
    push = owed(served.world["south"])
    sizes = []
    for _ in range(3):
        _, answer = served.ask(bodies.PUSH, bodies.encode_push(push))
        assert answer is not None
        assert answer.header.purpose == bodies.RECEIPT
        sizes.append(served.world["north"].sizes())
    assert sizes[0] == sizes[1] == sizes[2]
    assert served.world["north"].alarms() == []


def test_checkpoint_that_is_long_over_is_receipted_as_what_it_is(served: Served) -> None:
    south = served.world["south"]
    note = reading.checkpoint(south.view, "south", 1)
    assert note is not None
    _, answer = served.ask(bodies.PUSH, bodies.encode_push(Push(south.charter.origin("south"), 0, note, ())))
    assert answer is not None
    (receipt,) = bodies.decode_notes(answer.body, 1)
    assert checkpoint.read_checkpoint(receipt)[0].size == 1
    assert served.world["north"].sizes() == [BASE, BASE]


@pytest.mark.parametrize("where", ["shorter", "equal", "longer"])
def test_two_views_of_a_register_are_kept_and_not_receipted(served: Served, where: str) -> None:
    south, north = served.world["south"], served.world["north"]
    start = {"shorter": 3, "equal": 4, "longer": 5}[where]
    push, point = branch(south, start, b"another course")
    if where == "longer":
        push = replace(push, arrivals=tuple(push.arrivals[:1]))
        assert push.old == BASE
    refused = served.refusal(bodies.encode_push(push))
    assert (refused.code, refused.size, refused.root) == ("two-views", BASE, point.root.hex())
    (row,) = north.view.rows(models.Evidence)
    kept = json.loads(bytes(row.data))
    assert kept["shown"].encode() == push.checkpoint
    assert kept["held"].encode() == reading.checkpoint(north.view, "south")
    assert kept["leaves"] == [leaf_hash(item.statement).hex() for item in push.arrivals]
    assert north.alarms() == ["two-views", "refused-two-views"]
    # Said again, it is kept once; and the branch that is held goes on.
    served.refusal(bodies.encode_push(push))
    assert north.view.rows(models.Evidence).count() == 1
    _, answer = served.ask(bodies.PUSH, bodies.encode_push(owed(south)))
    assert answer is not None
    assert answer.header.purpose == bodies.RECEIPT


def test_what_came_while_a_batch_was_checked_is_told_and_nothing_else_is_receipted(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread stores the first half of a batch between its check and its commit."""
    south, north = served.world["south"], served.world["north"]
    half = owed(south)
    south.say()
    south.keeper.step()
    whole = south.port.entries("south", BASE, BASE + 2)
    assert whole is not None
    if len(whole.arrivals) == 1:  # a batch each: the second checkpoint covers both
        note = reading.checkpoint(south.view, "south")
        assert note is not None
        second = south.port.entries("south", BASE + 1, BASE + 2)
        assert second is not None
        whole = replace(whole, checkpoint=note, arrivals=(*half.arrivals, *second.arrivals))
    body, now = bodies.encode_push(half), served.world.clock.now()
    first = south.post.seal("north", bodies.PUSH, body, now, "0e" * 16)
    receive, halved = type(north.port).receive, list[int]()

    def raced(port: Any, admitted: Any) -> None:
        if len(admitted.arrivals) == 2 and not halved:
            halved.append(1)
            north.endpoint.answer(first)
        receive(port, admitted)

    monkeypatch.setattr(type(north.port), "receive", raced)
    refused = served.refusal(bodies.encode_push(whole))
    assert (halved, refused.code, refused.size) == ([1], "conflict", BASE + 1)
    assert north.sizes() == [BASE + 1, BASE]
    assert north.alarms() == []
    served.world.settle()


def spoil(push: Push, what: str, south: Node) -> Push:
    first = push.arrivals[0]
    foreign = south.charter.origin("north")
    north = keys_of("north")
    point = checkpoint.read_checkpoint(push.checkpoint)[0]
    changed = {
        "statement": (replace(first, statement=first.statement[:-1]),),
        "document": (replace(first, document=first.document + b" "),),
        "long document": (replace(first, document=b"x" * 40_000),),
        "surplus": (replace(first, blobs=(b"x" * 40,)),),
        "large surplus": (replace(first, blobs=(b"x" * 60_000,)),),
        "missing": (),
        "twice": (first, first),
    }
    if what in changed:
        return replace(push, arrivals=changed[what])
    notes = {
        "unsigned": Note(point.text(), Note.parse(push.checkpoint).signatures[:1]).format(),
        "other keys": checkpoint.sign(point, north.register, north.register_pq, 1_600_000_000),
        "other register": checkpoint.sign(
            replace(point, origin=foreign), north.register, north.register_pq, 9
        ),
        "no note": b"hello",
    }
    return replace(push, checkpoint=notes[what])


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("statement", "outside-profile"),
        ("document", "document-unequal"),
        ("long document", "document-too-large"),
        ("surplus", "enclosure-surplus"),
        ("large surplus", "enclosures-too-large"),
        ("missing", "bad-checkpoint"),
        ("twice", "bad-checkpoint"),
        ("unsigned", "bad-checkpoint"),
        ("other keys", "bad-checkpoint"),
        ("other register", "bad-checkpoint"),
        ("no note", "bad-checkpoint"),
    ],
)
def test_batch_that_is_inadmissible_is_refused_whole(served: Served, what: str, code: str) -> None:
    south, north = served.world["south"], served.world["north"]
    push = owed(south)
    found = served.refusal(bodies.encode_push(spoil(push, what, south))).code
    # A statement that was cut leads to another root as well, and that is noticed first.
    assert found in ({code, "two-views"} if what == "statement" else {code})
    assert north.sizes() == [BASE, BASE]
    _, answer = served.ask(bodies.PUSH, bodies.encode_push(push))
    assert answer is not None
    assert answer.header.purpose == bodies.RECEIPT


def test_checkpoint_with_much_beside_it_is_kept_without(served: Served) -> None:
    south, north = served.world["south"], served.world["north"]
    push = owed(south)
    stranger = Note.parse(push.checkpoint).signatures[0]
    more = [replace(stranger, name=f"stranger{number}") for number in range(20)]
    _, answer = served.ask(
        bodies.PUSH, bodies.encode_push(replace(push, checkpoint=checkpoint.add_lines(push.checkpoint, more)))
    )
    assert answer is not None
    assert answer.header.purpose == bodies.RECEIPT
    assert reading.checkpoint(north.view, "south") == push.checkpoint


def test_quota_is_a_delay(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    south, north = world["south"], world["north"]
    monkeypatch.setattr(reading, "quota", lambda *_: Quota(0, 0, 7200))
    south.say()
    south.keeper.step()
    courier = south.couriers["north"]
    assert courier.step()
    assert not courier.step()
    assert 3600 <= courier.not_before - world.clock.elapsed <= 3600  # no peer may ask for more than an hour
    assert south.view.rows(models.Attempt).last().outcome == "refused-quota"
    assert north.alarms() == []


# what it answers


@dataclass
class Liar:
    """A line to a north node whose answers `lie` rewrites; its keys sign whatever it says."""

    nodes: dict[str, Node]
    lie: Callable[[str, bytes, Post], tuple[str, bytes]]
    asked: list[str] = field(default_factory=list)
    nonce: str | None = None

    def exchange(self, office: str, data: bytes) -> bytes:
        north = self.nodes["north"]
        request = north.post.open(data)
        self.asked.append(request.header.purpose)
        answer = north.endpoint.answer(data)
        opened = self.nodes["south"].post.open(answer)
        purpose, body = self.lie(opened.header.purpose, opened.body, north.post)
        nonce = self.nonce or request.header.nonce
        return north.post.seal("south", purpose, body, north.clock.now(), nonce)


def lying(
    make: Making, lie: Callable[[str, bytes, Post], tuple[str, bytes]], nonce: str | None = None
) -> tuple[World, Liar]:
    world = make()
    liar = Liar(world.nodes, lie, nonce=nonce)
    south = world["south"]
    south.lines["north"] = liar
    south.start()
    south.say()
    south.keeper.step()
    return world, liar


def steps(world: World, many: int) -> list[bool]:
    courier = world["south"].couriers["north"]
    return [courier.step() for _ in range(many)]


def forged(kind: str) -> Callable[[str, bytes, Post], tuple[str, bytes]]:
    def lie(purpose: str, body: bytes, post: Post) -> tuple[str, bytes]:
        if purpose != bodies.RECEIPT:
            return purpose, body
        (note,) = bodies.decode_notes(body, 1)
        parsed = Note.parse(note)
        point = checkpoint.read_checkpoint(note)[0]
        name = post.charter.origin("north") + "/receipt"
        own, other = keys_of("north"), keys_of("west")
        if kind == "none":
            return purpose, bodies.encode_notes([])
        if kind == "one line":
            keep = [line for line in parsed.signatures if line.name != name or len(line.blob) < 200]
            return purpose, bodies.encode_notes([Note(parsed.text, tuple(keep)).format()])
        if kind == "other keys":
            keep = [line for line in parsed.signatures if line.name != name]
            lines = cosign.cosign(point, name, other.receipt, other.receipt_pq, 9)
            return purpose, bodies.encode_notes([Note(parsed.text, (*keep, *lines)).format()])
        if kind == "other size":
            older = replace(point, size=point.size - 1)
            lines = cosign.cosign(older, name, own.receipt, own.receipt_pq, 9)
            return purpose, bodies.encode_notes(
                [Note(older.text(), (*parsed.signatures[:2], *lines)).format()]
            )
        return bodies.HEADS, body

    return lie


@pytest.mark.parametrize("kind", ["none", "one line", "other keys", "other size", "other purpose"])
def test_forged_receipt_counts_for_nothing(make: Making, kind: str) -> None:
    world, _ = lying(make, forged(kind))
    south = world["south"]
    steps(world, 4)
    assert reading.receipted(south.view, "north") == BASE
    assert south.couriers["north"].not_before > world.clock.elapsed


def test_receipt_in_the_name_of_another_counts_for_nobody(make: Making) -> None:
    """North hands back its own receipt with lines that bear the name of West."""

    def lie(purpose: str, body: bytes, post: Post) -> tuple[str, bytes]:
        if purpose != bodies.RECEIPT:
            return purpose, body
        (note,) = bodies.decode_notes(body, 1)
        point = checkpoint.read_checkpoint(note)[0]
        own = keys_of("north")
        lines = cosign.cosign(point, post.charter.origin("west") + "/receipt", own.receipt, own.receipt_pq, 9)
        return purpose, bodies.encode_notes([checkpoint.add_lines(note, lines)])

    world = make(3)
    south = world["south"]
    south.lines["north"] = Liar(world.nodes, lie)
    south.start()
    south.say()
    south.keeper.step()
    steps(world, 4)
    assert reading.receipted(south.view, "north") == BASE + 1
    assert reading.receipted(south.view, "west") == BASE


def test_answer_to_another_question_is_none(make: Making) -> None:
    world, _ = lying(make, lambda purpose, body, post: (purpose, body), nonce="ab" * 16)
    steps(world, 4)
    assert reading.receipted(world["south"].view, "north") == BASE
    assert world["south"].view.rows(models.Attempt).last().outcome == "answer-otherwise"


def test_receipt_that_was_given_before_is_none_for_what_came_after(make: Making) -> None:
    """It is genuine, and for other bytes than were sent: taken as an answer, it would keep us busy."""
    given: list[bytes] = []

    def lie(purpose: str, body: bytes, post: Post) -> tuple[str, bytes]:
        if purpose == bodies.RECEIPT:
            given.append(body)
            return purpose, given[0]
        return purpose, body

    world, _ = lying(make, lie)
    south = world["south"]
    steps(world, 3)
    assert reading.receipted(south.view, "north") == BASE + 1
    south.say()
    south.keeper.step()
    assert steps(world, 3) == [False] * 3
    assert (len(given), reading.receipted(south.view, "north")) == (2, BASE + 1)
    assert south.view.rows(models.Attempt).last().outcome == "receipt-wrong"


def test_answer_by_another_party_is_none(make: Making) -> None:
    """West answers in the place of North, with keys of its own and to the very question."""
    world = make(3)
    south, west = world["south"], world["west"]

    class Elsewhere:
        def exchange(self, office: str, data: bytes) -> bytes:
            nonce = world["north"].post.open(data).header.nonce
            heads = [note for side in world.charter.sides for note in west.port.notes(side)]
            return west.post.seal("south", bodies.HEADS, bodies.encode_notes(heads), world.clock.now(), nonce)

    south.lines["north"] = Elsewhere()
    south.start()
    assert steps(world, 2) == [False, False]
    assert not south.couriers["north"].answered
    assert south.view.rows(models.Attempt).last().outcome == "answer-otherwise"


def test_another_course_that_a_third_party_was_shown_is_evidence(make: Making) -> None:
    """South has shown West another register than North: North finds out by asking West what it holds."""
    world = make(3)
    north, west = world["north"], world["west"]
    shown, point = branch(world["south"], BASE - 1, b"another course")
    assert point.size == north.view.ledger.held(0)

    class Telling:
        def exchange(self, office: str, data: bytes) -> bytes:
            nonce = west.post.open(data).header.nonce
            heads = bodies.encode_notes([shown.checkpoint, *west.port.notes("north")])
            return west.post.seal("north", bodies.HEADS, heads, world.clock.now(), nonce)

    north.lines["west"] = Telling()
    north.start()
    assert north.couriers["west"].step()
    (row,) = north.view.rows(models.Evidence)
    kept = json.loads(bytes(row.data))
    assert kept["shown"].encode() == shown.checkpoint
    assert kept["held"].encode() == reading.checkpoint(north.view, "south")
    assert north.alarms() == ["two-views"]


def refusing(**said: Any) -> Callable[[str, bytes, Post], tuple[str, bytes]]:
    def lie(purpose: str, body: bytes, post: Post) -> tuple[str, bytes]:
        if purpose == bodies.HEADS:
            return purpose, body
        honest = Refused("x", 0, 0, "", "conflict", -1, 0, -1)
        return bodies.REFUSAL, bodies.encode_refusal(replace(honest, **said))

    return lie


@pytest.mark.parametrize(
    "said",
    [
        {"size": 10**15},
        {"size": -(10**15)},
        {"size": 5},
        {"size": 0},
        {"size": 3},
        {"code": "quota", "retry": 2**53},
        {"code": "nobody-knows-this"},
        {"code": "behind-anchor", "size": 2},
        {"code": "../../x"},
        {"code": "A sentence\x1b[2J"},
        {"root": "<script>"},
        {"index": -(2**60)},
    ],
)
def test_lies_in_a_refusal_cost_a_pause(make: Making, said: dict[str, object]) -> None:
    world, liar = lying(make, refusing(**said))
    south = world["south"]
    moved = steps(world, 30)
    assert sum(moved) <= 2  # the question of the start, and once to go where it says that it stands
    assert liar.asked.count(bodies.PUSH) <= 2
    assert 0 < south.couriers["north"].not_before - world.clock.elapsed <= 3600
    outcome = south.view.rows(models.Attempt).last().outcome
    assert outcome in {"bad-body", "answer-otherwise"} or outcome.startswith("refused-")
    # Once it says the truth again, everything goes on.
    liar.lie = lambda purpose, body, post: (purpose, body)
    world.clock.pass_by(4000)
    world.settle()
    assert reading.receipted(south.view, "north") == south.view.ledger.held(0)


@pytest.mark.parametrize(
    "body", [b"", b"\x80\x00", b"\x81\x41x", b"\x9a\xff\xff\xff\xff", bodies.encode_notes([b"x" * 200_000])]
)
def test_nonsense_for_heads_is_no_answer(make: Making, body: bytes) -> None:
    world, _ = lying(make, lambda purpose, given, post: (purpose, body))
    assert steps(world, 3) == [False] * 3
    assert not world["south"].couriers["north"].answered or body == b"\x80"


def test_heads_without_end_are_no_answer(make: Making) -> None:
    note = reading.checkpoint(make()["south"].view, "south")
    assert note is not None
    world, _ = lying(make, lambda purpose, body, post: (purpose, bodies.encode_notes([note] * 50)))
    assert steps(world, 2) == [False, False]


@pytest.mark.parametrize("wanted", [Range("0" * 64, 0, 1), Range("0" * 64, 2**50, 4_000_000)])
def test_enclosure_that_nobody_released_is_not_there(served: Served, wanted: Range) -> None:
    _, answer = served.ask(bodies.ENCLOSURE, bodies.encode_range(wanted))
    assert answer is not None
    assert bodies.decode_piece(answer.body) == Piece(0, b"")


@pytest.mark.parametrize(("start", "end"), [(0, 0), (4, 4), (0, 2**53), (2**53, 2**53), (3, 1)])
def test_entries_of_any_range(served: Served, start: int, end: int) -> None:
    _, answer = served.ask(bodies.FETCH, bodies.encode_fetch(Fetch("south", start, end)))
    assert answer is not None
    assert len(bodies.decode_push(answer.body).arrivals) == (BASE if end == 2**53 and not start else 0)


def test_entries_of_nobody(served: Served) -> None:
    assert served.ask(bodies.FETCH, bodies.encode_fetch(Fetch("east", 0, 1)))[0] == 400


def test_parcel_for_another_is_not_taken(served: Served) -> None:
    """What was sealed and signed for the south cannot be passed on to the north."""
    south, north = served.world["south"], served.world["north"]
    sealed = north.post.seal("south", bodies.ASK, bodies.encode_notes([]), north.clock.now(), "00" * 16)
    assert served.post(sealed)[0] == 400
    forged = replace(north.post, side="south")
    parcel = forged.seal("north", bodies.ASK, bodies.encode_notes([]), south.clock.now(), "00" * 16)
    assert served.post(parcel)[0] == 400  # it says that it is of the south, and the north has signed it


@pytest.mark.parametrize("problem", [RuntimeError("disk"), OurFault("disk-full", what="node.db")])
def test_fault_of_ours_is_no_answer_of_theirs(
    served: Served, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    """A store that fails is told as 503: the sender tries again, and nothing was receipted."""
    north = served.world["north"]

    def broken(*_: object) -> None:
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(type(north.port), "receive", broken)
        assert served.ask(bodies.PUSH, bodies.encode_push(owed(served.world["south"])))[0] == 503
    assert served.unforeseen == ([] if isinstance(problem, Fault) else [problem])
    served.unforeseen.clear()
    assert north.sizes() == [BASE, BASE]
    with pytest.raises(Fault):
        north.endpoint.answer(b"x")
