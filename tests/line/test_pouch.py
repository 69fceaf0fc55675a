"""Two nodes that no line joins come to one record by what is carried by hand."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.line.carried import PAPER, Dead, carry, opened, packed
from tests.line.conftest import Making
from tests.line.test_large import BIG, call
from tests.line.test_restored import CALL
from tests.line.world import Direct, Node, World
from yeollak.errors import Fault, OurFault
from yeollak.line import bodies
from yeollak.line.pouch import Cut, framed
from yeollak.node.pouch_shelf import MOST
from yeollak.node.pouch_status import incomplete, status
from yeollak.node.pouches import Wish, pack, shelf_of
from yeollak.office import side_keys
from yeollak.office.admit import Quota
from yeollak.record import parcel
from yeollak.record.enclosure import SALT
from yeollak.record.keys import SigningKey
from yeollak.storage import files, models, reading
from yeollak.storage.pouches import PouchHoldings


def cut_off(world: World) -> tuple[Node, Node]:
    """Both nodes, with the line between them dead."""
    for node in world.nodes.values():
        node.lines = {peer: Dead() for peer in node.lines}
        node.start()
    return world["south"], world["north"]


def joined(world: World) -> None:
    """The line is there again."""
    for side, node in world.nodes.items():
        node.lines = {peer: Direct(world.nodes, peer) for peer in world.charter.sides if peer != side}
        node.start()


def equal(world: World) -> bool:
    heads = [reading.heads(node.view) for node in world.nodes.values()]
    return (
        all(head == heads[0] for head in heads)
        and len({node.view.office.digest() for node in world.nodes.values()}) == 1
    )


def clean(world: World) -> bool:
    return not any(
        node.view.rows(models.Evidence).exists() or node.view.rows(models.Finding).exclude(void="").exists()
        for node in world.nodes.values()
    )


def refused(node: Node) -> str:
    with pytest.raises(OurFault) as caught:
        node.say()
    return caught.value.code


def test_a_month_without_a_line(stored: World) -> None:
    """All that the line would have done: acts, receipts, what was seen, and a large enclosure."""
    south, north = cut_off(stored)
    rng = random.Random(1)
    (large,) = call(south, BIG).enclosures
    said = [south.say() for _ in range(3)]
    first = carry(south, north, Wish(upper=40_000), rng)
    assert first.taken is not None
    assert (first.taken.entries, first.taken.enclosures, first.missing) == (4, 1, ())
    kept = reading.blob(north.view, large.digest)
    assert kept is not None
    assert kept[SALT:] == BIG
    said.append(north.say("checkin.observe", "duty", facts=CALL))
    stored.clock.pass_by(86_400)
    second = carry(north, south, PAPER)
    assert second.taken is not None
    assert second.taken.newly == 4
    carry(south, north)
    carry(north, south)
    assert equal(stored)
    assert clean(stored)
    assert all(reading.document(node.view, act) for node in (south, north) for act in said)
    assert stored.quiet()
    (told,) = status(south.open, stored.charter.office)
    assert (told["not_receipted"], told["not_left"], told["enclosures_owed"]) == (0, 0, 0)
    assert [row["receipted"] for row in told["out"]] == [True, True]
    assert reading.large(south.view, "done")
    joined(stored)
    stored.settle()
    assert equal(stored)


def test_an_office_is_founded_without_a_line(tmp_path: Path) -> None:
    world = World(tmp_path, line=lambda *_: Dead())
    for node in world.nodes.values():
        call_command("migrate", database=node.alias, verbosity=0)
        node.journal.found(world.charter.raw, node.side)
        facts = {"charter": world.charter.office, "checked": "in-person"}
        node.say("charter.sign", "authority", facts=facts)
    south, north = world["south"], world["north"]
    for _ in range(2):
        carry(south, north)
        carry(north, south)
    assert equal(world)
    assert world.quiet()
    world.close()


def test_newer_pouches_first_older_ones_later_all_of_them_twice(world: World) -> None:
    south, north = cut_off(world)
    pouches = []
    for _ in range(3):
        south.say()
        pouches.append(packed(south, Wish(upper=8192))[1])
    for paths in (*reversed(pouches), *pouches):
        (found,) = opened(north, *reversed(paths)).pouches
        assert found.taken is not None
        assert not found.taken.refused
        assert not found.taken.passed
    carry(north, south)
    assert (north.sizes(), reading.receipted(south.view, "north")) == (south.sizes(), 8)
    assert clean(world)
    (told,) = status(north.open, world.charter.office)
    assert [row["times"] for row in told["in"]] == [2, 2, 2]


def test_a_pouch_that_reaches_less_far_than_what_has_come_is_gone_on_from(world: World) -> None:
    """A later pouch begins where an earlier one did, since no receipt has come back: it is taken from the end
    of what is held."""
    south, north = cut_off(world)
    south.say()
    early = packed(south)[1]
    south.say()
    late = packed(south)[1]
    (first,) = opened(north, *early).pouches
    (second,) = opened(north, *late).pouches
    assert first.taken is not None
    assert second.taken is not None
    assert (first.taken.entries, second.taken.entries, second.taken.refused) == (1, 1, {})


def test_the_line_has_gone_ahead_of_a_pouch_and_of_its_receipts(world: World) -> None:
    south, north = cut_off(world)
    south.say()
    pouch = packed(south)[1]
    south.say()
    joined(world)
    world.settle()
    before = north.sizes()
    opened(north, *pouch)
    assert north.sizes() == before
    back = packed(north)[1]
    north.say("checkin.observe", "duty", facts=CALL)
    world.settle()
    opened(south, *back)
    assert equal(world)
    assert clean(world)
    assert world.quiet()


def test_parts_wait_for_the_missing_ones_and_a_damaged_one_is_named(world: World) -> None:
    south, north = cut_off(world)
    south.say()
    done, paths = packed(south, Wish(upper=4096))
    spoilt = bytearray(paths[1].read_bytes())
    spoilt[-1] ^= 1
    other = paths[1].with_name("copy")
    other.write_bytes(spoilt)
    opening = opened(north, paths[0], other, *paths[3:])
    assert [(one.file, one.number) for one in opening.damaged] == [(str(other), 2)]
    (found,) = opening.pouches
    assert (found.of, found.missing, found.taken) == (done.parts, (2, 3), None)
    assert incomplete(north.open) == [{"missing": [2, 3], "parts": done.parts, "pouch": done.pouch}]
    (again,) = opened(north, paths[2]).pouches
    assert again.missing == (2,)
    (whole,) = opened(north, paths[1], paths[1]).pouches
    assert whole.taken is not None
    assert whole.taken.entries == 1
    assert incomplete(north.open) == []


def test_a_pouch_that_left_after_the_backup(stored: World) -> None:
    """Rule 9: it counts as having left before anybody has opened it."""
    south, north = cut_off(stored)
    south.save("backup")
    said = [south.say() for _ in range(2)]
    done, paths = packed(south)
    south.restore("backup")
    assert refused(south) == "behind-anchor"
    asking, questions = packed(south)
    assert (asking.behind, asking.asks, asking.last) == ("behind-anchor", True, 0)
    # The other side has not got it yet: it can give nothing back, and nothing is appended.
    opened(north, *questions)
    back = carry(north, south)
    assert back.taken is not None
    assert back.taken.answered
    assert refused(south) == "behind-anchor"
    opened(north, *paths)
    _, questions = packed(south)
    opened(north, *questions)
    back = carry(north, south)
    assert back.taken is not None
    assert back.taken.back == 2
    said.append(south.say())
    carry(south, north)
    carry(north, south)
    assert equal(stored)
    assert clean(stored)
    assert all(reading.document(north.view, act) for act in said)
    assert done.last == 7


def test_backup_and_anchor_are_both_old_or_lost(world: World) -> None:
    """Without an anchor only an answer to a question of our own will do: another pouch may be an old one."""
    south, north = cut_off(world)
    stale = packed(north)[1]
    south.save("backup")
    lost = south.say()
    carry(south, north)
    south.restore("backup")
    south.anchor.path.unlink()
    assert refused(south) == "anchor-missing"
    questions = packed(south)[1]
    opened(south, *stale)
    assert refused(south) == "anchor-missing"
    opened(north, *questions)
    found = carry(north, south)
    assert found.taken is not None
    assert (found.taken.answered, found.taken.back) == (True, 1)
    assert reading.document(south.view, lost) is not None
    south.say()
    assert list((south.folder / "answers").iterdir())
    carry(south, north)
    carry(north, south)
    assert equal(world)
    assert clean(world)


def test_premises_are_lost_and_nothing_but_keys_and_charter_are_left(make: Making) -> None:
    world = make()
    (large,) = call(world["south"], BIG).enclosures
    world.settle()
    south, north = cut_off(world)
    before = south.sizes()
    south.stop()
    for path in south.folder.glob("node.db*"):
        path.unlink()
    south.anchor.path.unlink()
    shutil.rmtree(south.folder / "enclosures", ignore_errors=True)
    south.start()
    call_command("migrate", database=south.alias, verbosity=0)
    south.journal.found(world.charter.raw, "south")
    south.anchor.path.unlink()
    for _ in range(3):
        carry(south, north)
        carry(north, south)
    assert south.sizes()[0] >= before[0]
    assert files.of(south.alias).size(large.digest) == len(BIG) + SALT
    south.say()
    carry(south, north)
    carry(north, south)
    assert equal(world)
    assert clean(world)


def test_the_other_side_was_restored_and_is_served_from_where_it_stands(world: World) -> None:
    south, north = cut_off(world)
    north.save("backup")
    south.say()
    carry(south, north)
    carry(north, south)
    assert reading.receipted(south.view, "north") == 6
    north.restore("backup")
    south.say()
    first = carry(south, north)
    assert first.taken is not None
    assert first.taken.refused == {"conflict": 1}
    back = carry(north, south)
    assert back.taken is not None
    assert "conflict" in back.taken.told
    second = carry(south, north)
    assert second.taken is not None
    assert second.taken.entries == 2
    carry(north, south)
    assert packed(south)[0].first == 7
    assert equal(world)


def test_a_forked_register_packs_nothing_of_itself(world: World) -> None:
    south, _ = cut_off(world)
    south.say()
    south.journal.raise_alarm(world.charter.office, "forked-register", {"side": "north"}, world.clock.now())
    done = packed(south)[0]
    assert (done.behind, done.first, done.last, done.asks) == ("forked-register", 0, 0, False)


def test_the_quota_of_the_day_holds_and_the_rest_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    south, north = cut_off(world)
    for _ in range(3):
        south.say()
        south.keeper.step()
        monkeypatch.setattr("yeollak.storage.reading.BATCH_STATEMENTS", 1)
    _, paths = packed(south)
    left = 2

    def quota(_self: PouchHoldings, side: str, now: object) -> Quota:
        return Quota(left - (north.sizes()[0] - 5), 10**9, 3600)

    monkeypatch.setattr(PouchHoldings, "quota", quota)
    (found,) = opened(north, *paths).pouches
    assert found.taken is not None
    assert (found.taken.entries, found.taken.waits, found.taken.refused) == (2, True, {"quota": 1})
    assert shelf_of(north.open).pouches() == [found.pouch]
    (told,) = status(north.open, world.charter.office)
    assert [row["waits"] for row in told["in"]] == [True]
    left = 10
    (again,) = opened(north).pouches
    assert again.taken is not None
    assert (again.taken.entries, again.taken.waits) == (1, False)
    assert opened(north).pouches == []


# hostility


def sealed_in(parcels: list[bytes], path: Path) -> Path:
    content = b"".join(map(framed, parcels))
    cut = Cut(lambda at, length: content[at : at + length], len(content), 4096)
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
    one = Cut(lambda at, length: content[at : at + length], len(content), 4096).part(1)
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


def test_parts_of_many_pouches_give_way(world: World, tmp_path: Path) -> None:
    _, north = cut_off(world)
    content = bytes(60)
    for number in range(MOST + 3):
        data = content + number.to_bytes(2, "big")
        cut = Cut(lambda at, length, data=data: data[at : at + length], len(data), 40)  # type: ignore[misc]
        path = tmp_path / str(number)
        path.write_bytes(cut.part(1).encode())
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
