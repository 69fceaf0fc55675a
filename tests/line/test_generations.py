"""What the line takes and refuses of keys that are replaced, between two nodes and three."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.line.world import Node, World
from tests.office.test_side_keys import facts_of, new_pair
from tests.office.world import keys_of, seed
from tests.storage.setup import ready
from yeollak.errors import RecordFault, TheirFault
from yeollak.office import side_keys
from yeollak.office.admit import Push, admit
from yeollak.office.office import Office
from yeollak.office.propose import Draft, document, sign
from yeollak.record import checkpoint
from yeollak.record.checkpoint import add_lines, read_checkpoint
from yeollak.record.cosign import cosign, receipt_name
from yeollak.record.document import Act
from yeollak.record.generations import Generation
from yeollak.record.keys import SealKey
from yeollak.record.note import Note
from yeollak.storage import batches, reading
from yeollak.storage.own_register import NewAct
from yeollak.storage.signer import KeyPair, RegisterSigner

ready()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path).found()
    yield made
    made.close()


def give(node: Node, role: str) -> None:
    """Keep the second generation of a role beside the first."""
    kept, pair = node.kept, new_pair(node.side, role)
    if role == "register":
        signer = RegisterSigner(kept.register.key, kept.register.key_pq, (pair,))
        node.kept = replace(kept, register=signer)
    elif role == "receipt":
        node.kept = replace(kept, receipts=(*kept.receipts, pair))
    else:
        node.kept = replace(kept, seals=(*kept.seals, SealKey(seed("generation", node.side, role, 1))))


def replaced(node: Node, role: str) -> int:
    give(node, role)
    node.say("key.replace", "authority", facts=facts_of(node.side, role))
    return node.view.ledger.held(node.view.place) - 1


def issued(node: Node) -> Push:
    """What the node would push of its own register from the other's size on, with its newest checkpoint."""
    node.keeper.step()
    push = batches.push_from(node.view, node.view.ledger.held(node.view.place) - 1)
    assert push is not None
    return push


def signed(node: Node, push: Push, *pairs: KeyPair) -> bytes:
    """The checkpoint of a push, signed by these alone."""
    head = read_checkpoint(push.checkpoint)[0]
    notes = [checkpoint.sign(head, pair.key, pair.key_pq, 1_540_170_000) for pair in pairs]
    more = [line for note in notes[1:] for line in Note.parse(note).signatures]
    return add_lines(notes[0], more)


def old_pair(side: str) -> KeyPair:
    return KeyPair(keys_of(side).register, keys_of(side).register_pq)


def fault(node: Node, note: bytes, push: Push, *, before: bool = False) -> str:
    try:
        node.post.verified(note, "south", push.arrivals, before=before)
    except RecordFault as found:
        return found.code
    return ""


def test_the_first_checkpoint_that_covers_a_replacement_bears_both_and_none_other_is_taken(
    world: World,
) -> None:
    south, north = world["south"], world["north"]
    old, new, other = old_pair("south"), new_pair("south", "register"), new_pair("west", "register")
    replaced(south, "register")
    push = issued(south)
    assert fault(north, push.checkpoint, push) == ""
    assert fault(north, signed(south, push, old), push) == "signature-missing"
    assert fault(north, signed(south, push, new), push) == "keys-uncounted"
    assert fault(north, signed(south, push, new), push, before=True) == ""
    assert fault(north, signed(south, push, other), push) == "signature-missing"
    broken = add_lines(signed(south, push, old), Note.parse(signed(south, push, new)).signatures[:1])
    assert fault(north, broken, push) == "signature-missing"
    world.settle()
    assert south.alarms() == north.alarms() == []
    held = reading.checkpoint(north.view, "south", push.old + 1)
    assert held is not None
    assert len([line for line in Note.parse(held).signatures if line.name.startswith("south/")]) == 4


def unchecked(node: Node, role: str, *, counted: bool = True, **of: Any) -> int:
    """A replacement that nobody has judged; returns its position."""
    view, key = node.view, keys_of(node.side).authority
    node.salts += 1
    draft = Draft("key.replace", facts=facts_of(node.side, role), **of)
    salt = seed("unchecked", node.side, node.salts)[:16]
    data = document(view.office, node.side, key.kid, draft, node.clock.now(), salt)
    entry = sign(view.office, node.side, data, key)
    (index,) = node.journal.append(view.id, [NewAct(entry.statement, entry.document)])
    if counted:
        node.journal.fold(view.id, node.clock.now())
    return index


def test_a_void_replacement_brings_no_key_and_stops_no_register(world: World) -> None:
    """A batch with it needs no signature by its key, and a later one by the same key is as any other."""
    south, north = world["south"], world["north"]
    at = unchecked(south, "register", due=world.clock.now() + timedelta(hours=3))
    push = issued(south)
    assert fault(north, push.checkpoint, push) == ""
    # A line by the key of the void act is nobody's.
    note = signed(south, push, old_pair("south"), new_pair("south", "register"))
    assert len(Note.parse(north.post.verified(note, "south", push.arrivals).note).signatures) == 2
    assert fault(north, signed(south, push, new_pair("south", "register")), push) == "signature-missing"
    world.settle()
    replaced(south, "register")
    world.settle()
    for node in (south, north):
        assert node.view.ledger.finding(0, at).void == "due"
        assert [one.since > at for one in side_keys.generations(node.view.office, "south", "register")] == [
            False,
            True,
        ]
        assert node.alarms() == []


def test_what_the_old_keys_alone_sign_is_refused_once_the_replacement_counts(world: World) -> None:
    south, north = world["south"], world["north"]
    replaced(south, "register")
    world.settle()
    south.say("line.seen")
    push = issued(south)
    assert fault(north, push.checkpoint, push) == ""
    assert fault(north, signed(south, push, old_pair("south")), push) == "signature-missing"
    lines = [line for line in Note.parse(push.checkpoint).signatures if line.name.startswith("south/")]
    assert len(lines) == 2


def test_a_parcel_is_taken_by_the_key_in_force_and_the_one_before(world: World) -> None:
    south, north = world["south"], world["north"]
    now, nonce = world.clock.now(), "ab" * 16
    early = south.post.seal("north", "ask", b"", now, nonce)
    for role in ("register", "seal"):
        replaced(south, role)
    world.settle()
    assert north.post.open(early).body == b""
    late = south.post.seal("north", "ask", b"", now, nonce)
    assert north.post.open(late).body == b""
    back = north.post.seal("south", "heads", b"", now, nonce)
    south.kept = replace(south.kept, seals=south.kept.seals[:1])
    with pytest.raises(TheirFault, match="answer-sealed-otherwise"):
        south.post.open_answer(back, "north", nonce)


def test_a_receipt_by_a_retired_key_is_refused_with_an_alarm(world: World) -> None:
    south, north = world["south"], world["north"]
    replaced(north, "receipt")
    world.settle()
    # North goes on with its old keys, as if it had never replaced them.
    south.say("line.seen")
    push = issued(south)
    head, own = read_checkpoint(push.checkpoint)[0], keys_of("north")
    name = receipt_name(south.charter.origin("north"))
    stale = add_lines(push.checkpoint, cosign(head, name, own.receipt, own.receipt_pq, 1_540_170_000))
    with pytest.raises(TheirFault, match="receipt-retired"):
        south.post.check_receipt(stale, "north", push.checkpoint)
    good = north.post.receipt(push.checkpoint, head, world.clock.now())
    assert south.post.check_receipt(good, "north", push.checkpoint)[0] == head
    # An old one, for what the act that retired it had seen, stands.
    size = world.nodes["north"].view.ledger.finding(1, north.view.ledger.held(1) - 1).vector[0]
    assert size < head.size


def test_a_receipt_bears_keys_as_soon_as_they_are_held(world: World) -> None:
    """The other side may have counted the act that brings them, and takes no others: for each, both lines."""
    south, north = world["south"], world["north"]
    south.say("line.seen")
    push = issued(south)
    head, name = read_checkpoint(push.checkpoint)[0], receipt_name(south.charter.origin("north"))
    give(north, "receipt")
    at = unchecked(north, "receipt", counted=False)
    assert north.view.ledger.counted(1) == at
    lines = Note.parse(north.post.receipt(push.checkpoint, head, world.clock.now())).signatures
    assert len([line for line in lines if line.name == name]) == 4
    world.settle()
    assert south.alarms() == north.alarms() == []


def test_the_alarm_of_a_retired_receipt_is_raised_by_the_errand(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    south, north = world["south"], world["north"]
    replaced(north, "receipt")
    world.settle()
    south.say("line.seen")
    south.keeper.step()
    monkeypatch.setattr("yeollak.line.post.side_keys.signing", first_receipt)
    south.couriers["north"].step()
    assert south.alarms() == ["receipt-retired"]
    assert reading.outbox(south.view)["north"].last_error == "receipt-retired"


def first_receipt(office: Office, side: str, role: str) -> tuple[Generation, ...]:
    """The charter's keys alone, whatever has replaced them."""
    return side_keys.generations(office, side, role)[:1]


def test_three_sides_replace_everything_and_agree(tmp_path: Path) -> None:
    world = World(tmp_path, 3).found()
    try:
        for role in ("register", "receipt", "seal"):
            for node in world.nodes.values():
                replaced(node, role)
                node.say("line.seen")
            world.settle()
        for node in world.nodes.values():
            node.say("line.seen")
        world.settle()
        digests = {node.view.office.digest() for node in world.nodes.values()}
        assert len(digests) == 1
        for node in world.nodes.values():
            assert node.alarms() == []
            for side in world.charter.sides:
                note = reading.checkpoint(node.view, side)
                assert note is not None
                names = [line.name for line in Note.parse(note).signatures]
                assert names.count(world.charter.origin(side)) == 2
    finally:
        world.close()


def test_a_receipt_that_its_side_disowns_is_an_alarm_once_it_has_had_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that are replaced while acts go both ways leave one out for a moment: ten minutes to cover it."""
    south, north = world["south"], world["north"]
    south.say()
    south.keeper.step()
    held, early = south.view.ledger.held(0), south.view.ledger.held(0) - 1
    south.couriers["north"].step()
    south.couriers["north"].step()
    assert reading.receipted(south.view, "north") == held
    # North's replacement claims to have seen less than it has receipted.
    seen = {"south": (early, south.view.ledger.root(0, early).hex())}
    genuine = document

    def stale(*given: Any) -> bytes:
        return replace(Act.parse(genuine(*given)), seen=seen).encode()

    monkeypatch.setitem(globals(), "document", stale)
    give(north, "receipt")
    assert not north.view.ledger.finding(1, unchecked(north, "receipt")).void
    north.journal.issue(world.charter.office, north.kept.register, world.clock.now())
    push = north.port.owed(north.port.receipted("south"))
    assert push is not None
    south.journal.receive(world.charter.office, admit(world.charter, "north", south.port.head("north"), push))
    south.keeper.step()
    south.say()
    due = south.keeper.step()
    began = world.clock.now()
    assert due is not None
    assert due <= began + timedelta(minutes=10)
    world.clock.pass_by(9 * 60)
    south.keeper.step()
    assert "receipts-disowned" not in south.alarms()
    world.clock.pass_by(60)
    south.keeper.step()
    (alarm,) = (row for row in reading.alarms(south.view) if row.code == "receipts-disowned")
    told = {"of": "south", "owned": early, "side": "north", "size": held}
    assert json.loads(alarm.data) == told
