"""What is no pouch, is for others, is forged or is too much: nothing of it counts, and the node goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.line.carried import carry, cut_off, opened, packed
from tests.line.conftest import Making
from tests.line.test_large import BIG, call
from tests.line.world import Node, World
from yeollak.errors import Fault, OurFault
from yeollak.line import bodies
from yeollak.line.pouch import Cut, framed
from yeollak.node.pouch_shelf import MOST
from yeollak.node.pouches import Wish, pack, shelf_of
from yeollak.office import side_keys
from yeollak.record import parcel
from yeollak.record.enclosure import SALT
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.pouches import PouchHoldings


def cut_of(content: bytes, piece: int) -> Cut:
    return Cut(lambda at, length: content[at : at + length], len(content), piece)


def sealed_in(parcels: list[bytes], path: Path) -> Path:
    content = b"".join(map(framed, parcels))
    cut = cut_of(content, 4096)
    path.write_bytes(b"".join(part.encode() for part in cut.parts()))
    return path


def fault_of(node: Node, *paths: Path) -> str:
    try:
        (found,) = opened(node, *paths).pouches
    except Fault as fault:
        return fault.code
    return found.fault.code if found.fault is not None else ""


def test_what_is_no_pouch_for_this_node(make: Making, tmp_path: Path) -> None:
    world = make(3)
    south, north = world["south"], world["north"]
    before = north.sizes()
    south.say()
    west = next(side for side in world.charter.sides if side not in ("south", "north"))
    own, others = packed(north, to="south")[1], packed(south, to=west)[1]
    assert fault_of(north, *own) == "pouch-otherwise"
    assert fault_of(north, *others) == "pouch-otherwise"
    nothing = tmp_path / "nothing"
    nothing.write_bytes(b"x" * 3_000_000)
    assert fault_of(north, nothing) == "pouch-none"
    (good,) = packed(south, to="north")[1]
    cut = tmp_path / "cut"
    cut.write_bytes(good.read_bytes()[:-1])
    assert fault_of(north, cut) == "pouch-damaged"
    assert fault_of(north, sealed_in([b"garbage", bytes(5000)], tmp_path / "garbage")) == "pouch-otherwise"
    empty = tmp_path / "frames"
    content = b"\0\0\0\0" * 10
    one = cut_of(content, 4096).part(1)
    empty.write_bytes(one.encode())
    assert fault_of(north, empty) == "malformed"
    assert fault_of(north, tmp_path / "absent") == "file-unreadable"
    assert north.sizes() == before
    assert shelf_of(north.open).pouches() == []


def test_a_parcel_under_other_keys_or_of_another_side_is_passed_over(make: Making, tmp_path: Path) -> None:
    world = make(3)
    south, north = world["south"], world["north"]
    west = world[next(side for side in world.charter.sides if side not in ("south", "north"))]
    now, nonce = world.clock.now(), "0" * 32
    heads = bodies.encode_notes([])
    good = south.post.seal("north", bodies.HEADS, heads, now, nonce)
    foreign = west.post.seal("north", bodies.HEADS, heads, now, nonce)
    misaddressed = south.post.seal(west.side, bodies.HEADS, heads, now, nonce)
    forged = parcel.seal(
        heads,
        sender="south",
        to="north",
        office=world.charter.office,
        purpose=bodies.HEADS,
        time="2018-09-14T01:00:00Z",
        nonce=nonce,
        signers=[SigningKey(bytes(32))],
        recipient=side_keys.seal_key(south.view.office, "north"),
    )
    other = parcel.seal(
        heads,
        sender="south",
        to="north",
        office="f" * 64,
        purpose=bodies.HEADS,
        time="2018-09-14T01:00:00Z",
        nonce=nonce,
        signers=[SigningKey(bytes(32))],
        recipient=side_keys.seal_key(south.view.office, "north"),
    )
    shapes = [
        south.post.seal("north", purpose, b"\xff" * 9, now, nonce)
        for purpose in (bodies.PUSH, bodies.RECEIPT, bodies.REFUSAL, bodies.ENCLOSED, bodies.FETCH, "else")
    ]
    path = sealed_in([good, foreign, misaddressed, forged, other, *shapes], tmp_path / "pouch")
    (found,) = opened(north, path).pouches
    assert found.taken is not None
    assert found.taken.sender == "south"
    assert found.taken.passed == {
        "no-such-side": 1,
        "sealed-otherwise": 1,
        "signature-wrong": 1,
        "origin-mismatch": 1,
        "bad-body": 6,
    }


def test_a_forged_receipt_counts_for_nothing(world: World, tmp_path: Path) -> None:
    south, north = cut_off(world)
    south.say()
    south.keeper.step()
    issued = reading.checkpoint(south.view, "south")
    assert issued is not None
    now = world.clock.now()
    bare = north.post.seal("south", bodies.RECEIPT, bodies.encode_notes([issued]), now, "0" * 32)
    (found,) = opened(south, sealed_in([bare], tmp_path / "pouch")).pouches
    assert found.taken is not None
    assert (found.taken.passed, found.taken.newly) == ({"receipt-wrong": 1}, 0)


def test_an_enclosure_that_is_not_what_was_committed_to(world: World, tmp_path: Path) -> None:
    south, north = cut_off(world)
    (large,) = call(south, BIG).enclosures
    carry(south, north, Wish(enclosures=False))
    now, total = world.clock.now(), len(BIG) + SALT

    def piece(offset: int, data: bytes, digest: str = large.digest, of: int = total) -> bytes:
        body = bodies.encode_enclosed(bodies.Enclosed(digest, offset, of, data))
        return south.post.seal("north", bodies.ENCLOSED, body, now, "0" * 32)

    unasked, gap, short = piece(0, b"x", "a" * 64), piece(100, b"x"), piece(0, b"x", of=total - 1)
    wrong = [piece(0, bytes(200_000)), piece(200_000, bytes(total - 200_000))]
    (found,) = opened(north, sealed_in([unasked, gap, short, *wrong], tmp_path / "pouch")).pouches
    assert found.taken is not None
    assert (found.taken.enclosures, found.taken.passed) == (0, {"answer-otherwise": 1})
    assert north.alarms() == ["digest-mismatch"]
    assert reading.blob(north.view, large.digest) is None
    carry(south, north)
    assert reading.blob(north.view, large.digest) is not None


def test_a_piece_that_comes_too_early_or_again_adds_nothing(world: World, tmp_path: Path) -> None:
    south, north = cut_off(world)
    (large,) = call(south, BIG).enclosures
    carry(south, north, Wish(enclosures=False))
    whole = reading.blob(south.view, large.digest)
    assert whole is not None
    now, port = world.clock.now(), PouchHoldings(north.journal, world.charter.office)

    def piece(start: int, end: int) -> bytes:
        body = bodies.encode_enclosed(bodies.Enclosed(large.digest, start, len(whole), whole[start:end]))
        return south.post.seal("north", bodies.ENCLOSED, body, now, "0" * 32)

    for pieces, come in (
        ([piece(2000, 3000)], 0),
        ([piece(500, 1500), piece(0, 1000), piece(0, 500)], 1000),
        ([piece(400, 1500), piece(1500, len(whole) - 1)], len(whole) - 1),
    ):
        opened(north, sealed_in(pieces, tmp_path / "pouch"))
        assert port.carried("south", "south", large.digest) == come
    opened(north, sealed_in([piece(0, len(whole))], tmp_path / "pouch"))
    assert reading.blob(north.view, large.digest) == whole
    assert north.alarms() == []


def test_a_refusal_of_what_has_been_receipted_since_is_over(world: World, tmp_path: Path) -> None:
    """It is told of what is not receipted alone, and of our own register."""
    south, north = cut_off(world)
    south.say()
    south.keeper.step()
    now, size = world.clock.now(), south.view.ledger.held(0)

    def told(side: str, new: int) -> list[str]:
        refused = bodies.Refused(world.charter.origin(side), 0, new, "", "document-unequal", 0, 0, -1)
        sealed = north.post.seal("south", bodies.REFUSAL, bodies.encode_refusal(refused), now, "0" * 32)
        (found,) = opened(south, sealed_in([sealed], tmp_path / "pouch")).pouches
        assert found.taken is not None
        return found.taken.told

    assert told("south", size - 1) == []
    assert told("north", size) == []
    assert PouchHoldings(south.journal, world.charter.office).dues("north").refused == ""
    assert told("south", size) == ["document-unequal"]
    assert PouchHoldings(south.journal, world.charter.office).dues("north").refused == "document-unequal"


def test_parts_of_many_pouches_give_way(world: World, tmp_path: Path) -> None:
    _, north = cut_off(world)
    content = bytes(60)
    for number in range(MOST + 3):
        path = tmp_path / str(number)
        path.write_bytes(cut_of(content + number.to_bytes(2, "big"), 40).part(1).encode())
        opened(north, path)
    assert len(shelf_of(north.open).pouches()) == MOST


def test_nothing_is_written_over_or_half_done(world: World, tmp_path: Path) -> None:
    south, _ = cut_off(world)
    there = tmp_path / "there"
    there.write_text("mine")
    for path in (there, tmp_path / "absent" / "pouch"):
        with pytest.raises(OurFault) as caught:
            pack(south.open, south.post, "north", path, Wish())
        assert caught.value.code in ("file-exists", "file-unwritable")
    call(south, bytes(8_000_000))
    with pytest.raises(OurFault, match="pouch-parts"):
        pack(south.open, south.post, "north", tmp_path / "small", Wish(upper=1024))
    assert there.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "s"))] == []
