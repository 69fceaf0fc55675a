"""An export is whole or every defect is named; nothing that can be changed in it goes unseen."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.record.world import Exported, World, keys_of, seed
from yeollak.errors import RecordFault
from yeollak.record import statement
from yeollak.record.audit import audit_export
from yeollak.record.checkpoint import origin_of
from yeollak.record.folder import FolderFiles
from yeollak.record.manifest import Manifest
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.record.policy import Policy
from yeollak.record.report import Report


@pytest.fixture(scope="module")
def world() -> World:
    return World().fill(6)


@pytest.fixture(scope="module")
def good(world: World) -> dict[str, bytes]:
    return world.export()


def resigned(files: dict[str, bytes], kind: str | None = None) -> dict[str, bytes]:
    """The same files under a manifest that a dishonest exporter signed over them as they are."""
    old, _ = Manifest.read(files["manifest"])
    rest = {path: data for path, data in files.items() if path != "manifest"}
    manifest = Manifest.of(old.office, old.side, kind or old.kind, rest)  # type: ignore[arg-type]  # any kind
    return {**rest, "manifest": manifest.sign(keys_of("south").register)}


def rules(report: Report) -> set[str]:
    return {defect.rule for defect in report.defects}


def test_a_whole_export_has_no_defect(world: World, good: dict[str, bytes]) -> None:
    report = audit_export(good)
    assert report.defects == ()
    report.require()
    assert (report.office, report.kind, report.side) == (world.office, "full", "south")
    assert [(r.side, r.size) for r in report.registers] == [("south", 6), ("north", 6)]
    assert report.registers[0].receipts["north"].size == 6
    assert list(report.registers[0].statements) == world.entries["south"]
    assert len(report.documents) == 12
    assert report.enclosures == 6


def test_an_export_over_several_tiles_is_whole() -> None:
    report = audit_export(World().fill(300).export())
    assert report.defects == ()
    assert report.registers[1].size == 300


def test_any_flipped_byte_of_any_file_is_a_defect_of_that_file(good: dict[str, bytes]) -> None:
    chance = random.Random(20180914)
    for path, data in good.items():
        for position in {0, len(data) - 1, *(chance.randrange(len(data)) for _ in range(4))}:
            flipped = bytearray(data)
            flipped[position] ^= 1 << chance.randrange(8)
            report = audit_export({**good, path: bytes(flipped)})
            assert path in {defect.file for defect in report.defects}, (path, position)


def test_what_a_dishonest_exporter_flips_is_found_without_the_manifest(good: dict[str, bytes]) -> None:
    chance = random.Random(2020)
    for path, data in good.items():
        if path in {"manifest", "charter"}:
            continue
        flipped = bytearray(data)
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        report = audit_export(resigned({**good, path: bytes(flipped)}))
        assert report.defects, path
        assert any(path in (defect.file or "") for defect in report.defects), (path, report.defects)


def test_a_removed_file_is_named_with_and_without_the_manifest(good: dict[str, bytes]) -> None:
    for path in good:
        without = {name: data for name, data in good.items() if name != path}
        assert path in {defect.file for defect in audit_export(without).defects}
        if path not in {"manifest"} and not path.startswith("receipts/"):
            assert path in {defect.file for defect in audit_export(resigned(without)).defects}


def test_added_truncated_and_swapped_files_are_named(good: dict[str, bytes]) -> None:
    added = {**good, "south/tile/0/001": b"x" * 8192}
    assert {"unlisted", "stray"} <= rules(audit_export(added))
    assert "stray" in rules(audit_export(resigned(added)))
    for path, data in good.items():
        assert audit_export({**good, path: data[:-1]}).defects, path
    swapped = {
        **good,
        "south/checkpoint": good["north/checkpoint"],
        "north/checkpoint": good["south/checkpoint"],
    }
    assert "origin-mismatch" in rules(audit_export(resigned(swapped)))


@pytest.mark.parametrize("change", ["removed", "duplicated", "swapped", "added"])
def test_a_changed_row_of_entries_does_not_make_the_root(world: World, change: str) -> None:
    honest = world.exported()
    entries = list(world.entries["south"])
    if change == "removed":
        del entries[2]
    elif change == "duplicated":
        entries.insert(3, entries[2])
    elif change == "swapped":
        entries[1], entries[2] = entries[2], entries[1]
    else:
        entries.append(entries[0])
    forged = {**honest, "south": Exported(honest["south"].checkpoint, entries, honest["south"].older)}
    report = audit_export(world.export(registers=forged))
    assert report.of("registers")
    assert any((defect.file or "").startswith("south/") for defect in report.of("registers"))


def test_a_changed_entry_is_named_by_its_index(world: World, good: dict[str, bytes]) -> None:
    path = "south/tile/entries/000.p/6"
    data = bytearray(good[path])
    data[len(data) - 10] ^= 1
    defects = audit_export({**good, path: bytes(data)}).of("registers")
    assert ("leaf", path, "south:5") in {(d.rule, d.file, d.entry) for d in defects}


def test_an_entry_outside_the_profile_is_named(world: World) -> None:
    entries = [*world.entries["south"], world.entries["south"][0] + b"\0"]
    other = World()
    other.entries, other.blobs = {**world.entries, "south": entries}, world.blobs
    defects = audit_export(other.export()).of("registers")
    assert [(d.rule, d.entry) for d in defects] == [("malformed", "south:6")]


def test_a_void_act_is_no_defect_of_the_record(world: World) -> None:
    other = World().fill(2)
    other.add("south", b"this is no document at all")
    digest = statement.parse(other.entries["south"][0]).payload
    foreign = statement.sign(
        keys_of("north").officer, origin_of("north", other.office), seed("m").hex(), digest
    )
    other.entries["south"].append(foreign)
    assert audit_export(other.export()).defects == ()


def test_a_checkpoint_of_another_office_is_refused(good: dict[str, bytes]) -> None:
    stranger = World(("south", "elsewhere")).fill(6)
    report = audit_export(resigned({**good, "south/checkpoint": stranger.note("south", 6)}))
    assert "origin-mismatch" in rules(report)


def test_the_office_that_was_meant_is_compared(world: World, good: dict[str, bytes]) -> None:
    assert audit_export(good, office=world.office).defects == ()
    assert "office" in rules(audit_export(good, office="0" * 64))


def bare(world: World, receipted: int = 3) -> dict[str, Exported]:
    """The registers with receipts no further than `receipted`."""
    return {
        side: Exported(
            world.note(side, len(entries), receipts=False),
            entries,
            {receipted: world.note(side, receipted)} if receipted else {},
        )
        for side, entries in world.entries.items()
    }


def test_an_unreceipted_tail_is_told_and_is_no_defect(world: World) -> None:
    files = world.export(registers=bare(world))
    report = audit_export(files)
    assert report.defects == ()
    assert report.registers[0].size == 6
    assert report.registers[0].receipts["north"].size == 3
    policy = Policy.parse(files["policy"])
    assert "quorum-missing" in rules(audit_export(files, policy))


def test_the_policy_of_an_export_is_that_of_its_charter(good: dict[str, bytes]) -> None:
    policy = Policy.parse(good["policy"])
    nobody = Policy(policy.logs, policy.witnesses, policy.groups, "none")
    report = audit_export(resigned({**good, "policy": nobody.format()}))
    assert ("policy", "policy") in {(d.rule, d.file) for d in report.defects}


@pytest.mark.parametrize(("seen", "defect"), [(3, False), (4, True), (6, True), (7, False)])
def test_receipts_reach_as_far_as_the_record_proves(seen: int, defect: bool) -> None:
    world = World().fill(6)
    tree = Frontier().extend(leaf_hash(entry) for entry in world.entries["south"][:seen])
    root = tree.root().hex()
    world.add("north", world.act("north", 9, seen={"south": (seen, root)}).encode())
    # South exports: what north names beyond the register is north's word alone.
    report = audit_export(world.export(registers=bare(world)))
    assert ("receipt-missing" in {d.rule for d in report.of("receipts")}) is defect
    assert rules(report) <= {"receipt-missing"}


def test_an_exporter_that_has_counted_more_than_it_exports_is_named() -> None:
    world = World().fill(6)
    world.add("south", world.act("south", 9, seen={"north": (7, "0" * 64)}).encode())
    report = audit_export(world.export())
    assert [(d.rule, d.file) for d in report.defects] == [("cut-short", "north/checkpoint")]


def test_half_a_receipt_is_a_defect(world: World) -> None:
    registers = world.exported()
    note = registers["south"].checkpoint.decode().splitlines()
    half = "\n".join(line for line in note if not line.startswith("— north") or len(line) > 1000) + "\n"
    assert half != registers["south"].checkpoint.decode()
    registers["south"] = Exported(half.encode(), world.entries["south"], registers["south"].older)
    report = audit_export(world.export(registers=registers))
    assert ("receipt-half", "south/checkpoint") in {(d.rule, d.file) for d in report.of("receipts")}


def test_an_older_receipt_of_another_branch_is_evidence(world: World) -> None:
    registers = world.exported()
    older = {3: world.note("south", 3, fork=True)}
    registers["south"] = Exported(registers["south"].checkpoint, world.entries["south"], older)
    defects = audit_export(world.export(registers=registers)).of("receipts")
    assert ("two-views", "receipts/south/3") in {(d.rule, d.file) for d in defects}


def test_a_policy_with_a_stranger_in_it_is_refused(good: dict[str, bytes]) -> None:
    stranger = Policy.parse(World(("south", "elsewhere")).fill(1).export()["policy"])
    report = audit_export(resigned({**good, "policy": stranger.format()}))
    assert ("policy", "policy") in {(d.rule, d.file) for d in report.defects}


def test_kinds_of_export(world: World, good: dict[str, bytes]) -> None:
    log = audit_export(world.export("log"))
    assert log.defects == ()
    assert log.withheld == 12
    blob = next(path for path in good if path.startswith("blobs/"))
    assert "stray-log" in rules(audit_export(resigned({**world.export("log"), blob: good[blob]})))
    some = {path: data for path, data in good.items() if path != blob}
    assert audit_export(resigned(some, "selected")).defects == ()
    assert audit_export(resigned(some, "full")).of("documents")


def test_an_enclosure_that_a_signed_act_erased_may_be_missing() -> None:
    world = World().fill(1)
    digest = (
        world.act("south", 0, enclosures=(world.enclose("south", "붙임 0".encode()),)).enclosures[0].digest
    )
    del world.blobs[digest]
    assert "enclosure-missing" in rules(audit_export(world.export()))
    world.add(
        "south", world.act("south", 7, kind="enclosure.erased", facts={"enclosures": [digest]}).encode()
    )
    report = audit_export(world.export())
    assert report.defects == ()
    assert report.erased == 1


def test_nobody_but_the_exporter_says_what_it_has_erased() -> None:
    """Each side erases its own copy, by its own act in its own register."""
    world = World().fill(1)
    digest = (
        world.act("south", 0, enclosures=(world.enclose("south", "붙임 0".encode()),)).enclosures[0].digest
    )
    del world.blobs[digest]
    for register, side, office in (
        ("north", "north", world.office),
        ("south", "north", world.office),
        ("south", "south", "00" * 32),
    ):
        said = world.act(side, 7, kind="enclosure.erased", facts={"enclosures": [digest]})
        world.add(register, replace(said, office=office).encode())
        report = audit_export(world.export())
        assert "enclosure-missing" in rules(report)
        assert report.erased == 0


def test_enclosures_as_of_right_above_48_kib_together_are_a_defect() -> None:
    world = World().fill(1)
    parts = tuple(world.enclose("south", bytes([n]) * 24577) for n in range(2))
    world.add("south", world.act("south", 9, enclosures=parts).encode())
    assert ("right-too-large", "south:1") in {(d.rule, d.entry) for d in audit_export(world.export()).defects}


@pytest.mark.parametrize("path", ["charter", "policy", "manifest", "south/checkpoint", "receipts/north/3"])
@pytest.mark.parametrize("junk", [b"", b"\0" * 40, b"[" * 16000, "— \n\n— x AAAA\n".encode(), b"\xff" * 100])
def test_junk_in_any_file_is_a_defect_and_never_an_accident(
    good: dict[str, bytes], path: str, junk: bytes
) -> None:
    assert audit_export({**good, path: junk}).defects
    assert audit_export({"charter": good["charter"], path: junk}).defects


def test_what_is_no_export_is_unreadable(tmp_path: Path) -> None:
    for files in ({}, {"readme": b"hello"}):
        with pytest.raises(RecordFault) as caught:
            audit_export(files)
        assert caught.value.code == "unreadable"
    with pytest.raises(RecordFault) as caught:
        FolderFiles(tmp_path / "nowhere")
    assert caught.value.code == "unreadable"


def write(files: dict[str, bytes], root: Path) -> Path:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_a_folder_is_audited_like_its_bytes(good: dict[str, bytes], tmp_path: Path) -> None:
    assert audit_export(FolderFiles(write(good, tmp_path / "e"))).defects == ()


def test_links_out_of_the_folder_are_not_followed(good: dict[str, bytes], tmp_path: Path) -> None:
    root = write(good, tmp_path / "e")
    secret = tmp_path / "secret"
    secret.write_bytes(good["policy"])
    (root / "policy").unlink()
    (root / "policy").symlink_to(secret)
    (root / "more").symlink_to(tmp_path)
    os.mkfifo(root / "pipe")
    report = audit_export(FolderFiles(root))
    assert {"policy", "more", "pipe"} <= {defect.file for defect in report.defects}
    assert "unreadable" in {defect.rule for defect in report.defects if defect.file == "policy"}
