"""Exports across replacements of keys: which checkpoints and receipts count in them, and what is told."""

from __future__ import annotations

from collections.abc import Mapping

from tests.office.test_side_keys import FORESTRY, new_pair, replaced
from tests.office.world import World, keys_of
from tests.record.world import Exported, export_files
from yeollak.office import side_keys
from yeollak.office.audit import Disowned, audit, brought
from yeollak.record.checkpoint import Checkpoint, add_lines, sign
from yeollak.record.cosign import cosign, receipt_name
from yeollak.record.document import act_id
from yeollak.record.keys import SigningKey
from yeollak.record.note import Note
from yeollak.storage.signer import KeyPair

NOW = 1_540_170_000


def pair_of(side: str, role: str, number: int) -> KeyPair:
    own = keys_of(side)
    if number:
        return new_pair(side, role, number)
    return (
        KeyPair(own.register, own.register_pq) if role == "register" else KeyPair(own.receipt, own.receipt_pq)
    )


def note(world: World, side: str, size: int, register: tuple[int, ...], receipts: tuple[int, ...]) -> bytes:
    """South's checkpoint by these generations, receipted by these of North's; and the other way round."""
    head = Checkpoint(world.charter.origin(side), size, world.whole.root(world.charter.places[side], size))
    (other,) = {"south", "north"} - {side}
    made = b""
    for number in register:
        pair = pair_of(side, "register", number)
        signed = sign(head, pair.key, pair.key_pq, NOW)
        made = add_lines(made, Note.parse(signed).signatures) if made else signed
    for number in receipts:
        pair, name = pair_of(other, "receipt", number), receipt_name(world.charter.origin(other))
        made = add_lines(made, cosign(head, name, pair.key, pair.key_pq, NOW))
    return made


def exported(
    world: World,
    by: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]],
    older: Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]] | None = None,
    signer: SigningKey | None = None,
) -> dict[str, bytes]:
    registers, blobs = {}, {}
    for place, side in enumerate(world.sides):
        size = world.whole.held(place)
        entries = [world.whole.entry(place, index) for index in range(size)]
        blobs.update({act_id(entry.document): entry.document for entry in entries})
        notes = (
            {at: note(world, side, at, *who) for at, who in (older or {}).items()} if side == "south" else {}
        )
        made = note(world, side, size, *by.get(side, ((0,), (0,))))
        registers[side] = Exported(made, [entry.statement for entry in entries], notes)
    return export_files(
        world.charter.raw,
        registers,
        blobs,
        side="south",
        kind="full",
        signer=signer or keys_of("south").register,
        brought=brought,
    )


def disowned(files: dict[str, bytes]) -> list[Disowned]:
    return list(audit(files)[1].disowned)


def rules(files: dict[str, bytes]) -> set[str]:
    report, state = audit(files)
    assert not state.problem
    return {defect.rule for defect in (*report.defects, *state.keys)}


def test_an_export_across_a_replacement_verifies_and_a_wrong_range_is_found() -> None:
    world = World().found()
    at = replaced(world, "south", "register")
    world.meet()
    world.say("north", "line.seen", "node")
    world.meet()
    world.say("south", "account.enter", facts=FORESTRY)
    both, old, new = ((0, 1), (0,)), ((0,), (0,)), ((1,), (0,))
    signer = new_pair("south", "register").key
    good = exported(world, {"south": new}, {at: old, at + 1: both}, signer)
    assert rules(good) == set()
    assert {"keys/south.register.1.vkey", "keys/south.register_pq.1.vkey"} <= good.keys()
    assert "keys/north.register.1.vkey" not in good
    report, _ = audit(good)
    assert {item.size: len(item.register) for item in report.registers[0].signed} == {
        at: 1,
        at + 1: 2,
        world.whole.held(0): 1,
    }
    assert rules(exported(world, {"south": old}, {at: old})) == {"key-range"}
    assert rules(exported(world, {"south": new}, {at + 1: old})) == {"key-range"}
    # Before the act that brings it, no key of the record has signed.
    assert rules(exported(world, {"south": new}, {at: new})) == {"signature-missing"}
    lacking = {path: data for path, data in good.items() if path != "keys/south.register.1.vkey"}
    assert rules(lacking) == {"unreadable"}
    for path in ("keys/south.register_pq.1.vkey", "policy", "south/checkpoint"):
        data = bytearray(good[path])
        data[len(data) // 2] ^= 1
        assert path in {defect.file for defect in audit({**good, path: bytes(data)})[0].defects}


def test_an_export_without_a_replacement_has_no_other_files_than_before() -> None:
    files = exported(World().found(), {})
    assert sum(path.startswith("keys/") for path in files) == 8
    assert files["policy"].count(b"\n") == 4 + 4 + 3 + 1


def test_a_void_replacement_in_the_record_is_no_excuse_for_a_checkpoint_by_its_key() -> None:
    """The authority signs an act with a root that is none, gives it up, and signs with its key even so."""
    world = World().found()
    at = world.whole.held(0)
    false = {"north": (world.whole.held(1), "ab" * 32)}
    replaced(world, "south", "register", checked=False, seen=false)
    world.say("south", "register.reopen", "authority", facts={"at": at}, checked=False)
    world.meet()
    assert world.offices[1].ledger.finding(0, at).void == "abandoned"
    assert rules(exported(world, {"south": ((0,), (0,))})) == set()
    assert rules(exported(world, {"south": ((1,), (0,))})) == {"signature-missing"}


def test_a_receipt_by_a_key_that_no_allowed_act_brings_is_found() -> None:
    world = World().found()
    at = world.whole.held(1)
    false = {"south": (world.whole.held(0), "ab" * 32)}
    replaced(world, "north", "receipt", checked=False, seen=false)
    world.say("north", "register.reopen", "authority", facts={"at": at}, checked=False)
    world.meet()
    assert rules(exported(world, {"south": ((0,), (1,))})) == {"receipt-missing"}


def test_receipts_by_a_key_that_its_side_has_retired_are_found_beyond_where_they_count() -> None:
    world = World().found()
    bound = world.whole.held(0)
    replaced(world, "north", "receipt")
    world.say("south", "account.enter", facts=FORESTRY)
    world.meet()
    # South has not said that it has seen it: its receipts may be older than the act.
    assert rules(exported(world, {"south": ((0,), (0,))})) == set()
    world.say("south", "line.seen", "node")
    world.say("south", "account.enter", facts=FORESTRY)
    world.meet()
    size = world.whole.held(0)
    assert size > bound + 1
    assert rules(exported(world, {"south": ((0,), (1,))}, {bound: ((0,), (0,))})) == set()
    # One that was given between the act and the next receipt is covered by that one.
    assert rules(exported(world, {"south": ((0,), (0, 1))}, {bound + 1: ((0,), (0,))})) == set()
    assert rules(exported(world, {"south": ((0,), (0,))}, {bound: ((0,), (0,))})) == {"receipt-range"}
    assert rules(exported(world, {"south": ((0,), (0,))}, {bound + 1: ((0,), (1,))})) == {"receipt-range"}


def stale_retirement() -> tuple[World, int, int, int]:
    """North retires its receipt key by an act that claims to have seen less of South's register than North
    has receipted: the sizes of both, and where the act stands.
    """
    world = World().found()
    early = world.whole.held(0)
    for _ in range(20):
        world.say("south", "account.enter", facts=FORESTRY)
    world.deliver(1, 0)
    stale = {"south": (early, world.whole.root(0, early).hex())}
    at = replaced(world, "north", "receipt", seen=stale)
    world.meet()
    return world, early, early + 20, at


def test_no_side_disowns_its_receipts_by_a_retirement_that_claims_to_have_seen_less() -> None:
    """The other keeps them, its export verifies, and who has left them out is named."""
    world, early, held, at = stale_retirement()
    # Until South has said that it knows, it could not have asked for another.
    assert disowned(exported(world, {"south": ((0,), (0,))})) == []
    world.say("south", "line.seen", "node")
    world.meet()
    for office in world.offices:
        old, new = side_keys.receipt_standings(office, "north", "south")
        assert (old.acknowledged, old.most, new.most) == (early, held, None)
    receipted = {early: ((0,), (0,)), held: ((0,), (0,))}
    files = exported(world, {"south": ((0,), ())}, receipted)
    assert rules(files) == set()
    assert disowned(files) == [Disowned("north", "south", held, early, at, f"receipts/south/{held}")]
    report, _ = audit(files)
    assert report.registers[0].receipts["north"].size == held
    # One more by its keys in force, or an act that names as much, and nothing is left out.
    assert disowned(exported(world, {"south": ((0,), (1,))}, receipted)) == []
    world.say("north", "line.seen", "node")
    world.meet()
    assert disowned(exported(world, {"south": ((0,), ())}, receipted)) == []
    # A receipt for what has its retirement in the past was given after it, whatever date it bears.
    assert rules(exported(world, {"south": ((0,), (0,))}, receipted)) == {"receipt-range"}
