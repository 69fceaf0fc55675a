"""`verify` over a real export of a two-node office: whatever is changed in it is refused, and named."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.storage.setup import migrated, ready

ready()


from tests.office.test_key_audit import exported, stale_retirement  # noqa: E402 (as above)
from tests.office.world import World  # noqa: E402 (as above)
from tests.storage.nodes import Nodes  # noqa: E402 (as above)
from yeollak.cli.main import main  # noqa: E402 (as above)
from yeollak.office.audit import recompute  # noqa: E402 (as above)
from yeollak.record.audit import audit_export  # noqa: E402 (as above)
from yeollak.record.folder import FolderFiles  # noqa: E402 (as above)
from yeollak.record.manifest import Manifest  # noqa: E402 (as above)
from yeollak.record.report import Report  # noqa: E402 (as above)
from yeollak.storage import models  # noqa: E402 (as above)
from yeollak.storage.databases import attach, sqlite  # noqa: E402 (as above)
from yeollak.storage.exporting import write_export  # noqa: E402 (as above)

CHANCE = random.Random(20180914)
#: How many entries the South has: a full tile and a part of the next.
SIZE = 270
PARTIAL, BUNDLE = f"south/tile/0/001.p/{SIZE - 256}", f"south/tile/entries/001.p/{SIZE - 256}"
NOTICE = {"class": "flood", "subject": {"en": "Water level"}}


def make(root: Path, number: int, acts: int) -> Nodes:
    """An office of two nodes with so many notices of the South, all receipted."""
    aliases = (f"verify_south_{number}", f"verify_north_{number}")
    for alias in aliases:
        attach(alias, sqlite(root / f"{alias}.db"))
        migrated(alias)
    nodes = Nodes(aliases, root, 1000 + number).found()
    south = nodes.south
    for n in range(acts):
        new = south.act("note.send", facts=NOTICE, text=f"{n}".encode() if n % 8 == 0 else None)
        south.journal.append(south.id, [new])
        if n % 64 == 63:
            south.fold()
    south.fold()
    nodes.meet()
    nodes.north.say("note.send", facts=NOTICE)
    nodes.meet()
    return nodes


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Nodes:
    nodes = make(tmp_path_factory.mktemp("office"), 1, 250)
    while nodes.south.view.ledger.held(0) < SIZE:
        nodes.south.say("note.send", facts=NOTICE)
    nodes.meet()
    return nodes


@pytest.fixture(scope="module")
def export(office: Nodes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "whole"
    write_export(office.south.journal.alias, office.south.id, path, office.south.signer)
    return path


@pytest.fixture(scope="module")
def files(export: Path) -> dict[str, bytes]:
    return {
        path.relative_to(export).as_posix(): path.read_bytes() for path in export.rglob("*") if path.is_file()
    }


@pytest.fixture
def spoilt(export: Path, tmp_path: Path) -> Path:
    """A copy of the export in a folder, to change."""
    return Path(shutil.copytree(export, tmp_path / "spoilt"))


def verify(path: Path, *args: str) -> Result:
    return CliRunner().invoke(main, ["verify", str(path), *args])


def defects(path: Path) -> set[tuple[str, str]]:
    """The defects that the command names, by file and rule; it must end with 1."""
    run = verify(path, "--json")
    assert run.exit_code == 1, run.output
    told = json.loads(run.stdout)
    assert not told["verified"]
    return {(defect["file"], defect["rule"]) for defect in told["defects"]}


def signed_again(office: Nodes, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files under a manifest that a dishonest exporter signs over them as they are."""
    rest = {path: data for path, data in files.items() if path != "manifest"}
    manifest = Manifest.of(office.south.id, "south", "full", rest)
    return {**rest, "manifest": manifest.sign(office.south.signer.key)}


def touched(report: Report) -> set[str | None]:
    return {defect.file for defect in report.defects}


def test_a_whole_export_is_verified(export: Path, files: dict[str, bytes]) -> None:
    # A full tile, a partial one, one of the level above, and both kinds of bundle.
    assert {"south/tile/0/000", PARTIAL, "south/tile/1/000.p/1"} <= files.keys()
    assert {"south/tile/entries/000", BUNDLE} <= files.keys()
    run = verify(export, "--json")
    told = json.loads(run.stdout)
    assert (run.exit_code, told["verified"], told["defects"]) == (0, True, [])
    assert told["verdicts"] == dict.fromkeys(("files", "registers", "receipts", "documents", "state"), True)
    assert told["registers"][0]["receipts"]["north"]["size"] == told["registers"][0]["size"] == SIZE
    assert "Verified." in verify(export).stdout


def _flip(data: bytes, files: dict[str, bytes], path: str) -> bytes | None:
    at = CHANCE.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << CHANCE.randrange(8))]) + data[at + 1 :]


def _truncate(data: bytes, files: dict[str, bytes], path: str) -> bytes | None:
    return data[: CHANCE.randrange(len(data))]


def _delete(data: bytes, files: dict[str, bytes], path: str) -> bytes | None:
    return None


def _swap(data: bytes, files: dict[str, bytes], path: str) -> bytes | None:
    return CHANCE.choice([other for name, other in sorted(files.items()) if other != data])


def _extend(data: bytes, files: dict[str, bytes], path: str) -> bytes | None:
    return data + CHANCE.choice([b"\0", b"\n", data])


def chosen(files: dict[str, bytes]) -> Iterator[str]:
    """Every file that is no blob, and some of those."""
    blobs = sorted(path for path in files if path.startswith("blobs/"))
    yield from sorted(set(files) - set(blobs))
    yield from CHANCE.sample(blobs, 8)


@pytest.mark.slow
@pytest.mark.parametrize("change", [_flip, _truncate, _delete, _swap, _extend])
def test_whatever_is_done_to_any_file_is_refused_and_the_file_named(
    files: dict[str, bytes], change: Callable[[bytes, dict[str, bytes], str], bytes | None]
) -> None:
    for path in chosen(files):
        made = change(files[path], files, path)
        spoilt = {name: data for name, data in files.items() if name != path}
        if made is not None:
            spoilt[path] = made
        report = audit_export(spoilt)
        assert path in touched(report), (path, change)
        recompute(report)


@pytest.mark.slow
def test_a_dishonest_exporter_cannot_hide_it_under_a_fresh_manifest(
    office: Nodes, files: dict[str, bytes]
) -> None:
    for path in chosen(files):
        if path in {"manifest", "charter"}:
            continue
        for change in (_flip, _delete):
            made = change(files[path], files, path)
            spoilt = {name: data for name, data in files.items() if name != path}
            if made is not None:
                spoilt[path] = made
            report = audit_export(signed_again(office, spoilt))
            # An older receipt is no part of the newest checkpoint, and may be left out.
            if not (made is None and path.startswith("receipts/")):
                assert report.defects, (path, change)
            recompute(report)


def test_entries_removed_swapped_doubled_or_added_are_refused(office: Nodes, files: dict[str, bytes]) -> None:
    from yeollak.record import tiles

    bundle = "south/tile/entries/000"
    entries = list(tiles.decode_bundle(files[bundle], 256, bundle))
    rows = {
        "removed": entries[:9] + entries[10:],
        "swapped": [*entries[:9], entries[10], entries[9], *entries[11:]],
        "doubled": [*entries[:9], entries[8], *entries[10:]],
    }
    for name, row in rows.items():
        (data,) = (
            data
            for path, data in tiles.bundles_of(row).items()
            if path in {"tile/entries/000", "tile/entries/000.p/255"}
        )
        report = audit_export(signed_again(office, {**files, bundle: data}))
        assert any(defect.file == bundle for defect in report.of("registers")), name
        if name in {"swapped", "doubled"}:
            assert ("leaf", "south:9") in {(d.rule, d.entry) for d in report.of("registers")}
    last = list(tiles.decode_bundle(files[BUNDLE], SIZE - 256, BUNDLE))
    (data,) = tiles.bundles_of([*last, entries[0]]).values()
    for path in (BUNDLE, f"south/tile/entries/001.p/{SIZE - 255}"):
        report = audit_export(signed_again(office, {**files, path: data}))
        assert path in touched(report)


def test_a_checkpoint_from_another_office_is_refused(office: Nodes, spoilt: Path, tmp_path: Path) -> None:
    other = make(tmp_path, 2, 1)
    elsewhere = tmp_path / "elsewhere"
    write_export(other.south.journal.alias, other.south.id, elsewhere, other.south.signer)
    assert verify(elsewhere).exit_code == 0
    shutil.copy(elsewhere / "south" / "checkpoint", spoilt / "south" / "checkpoint")
    assert ("south/checkpoint", "origin-mismatch") in defects(spoilt)
    run = verify(elsewhere, "--office", office.south.id, "--json")
    assert run.exit_code == 1
    assert ("charter", "office") in {(d["file"], d["rule"]) for d in json.loads(run.stdout)["defects"]}


def _link(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _huge(path: Path) -> None:
    # A terabyte that takes no room: nobody may read it through.
    os.truncate(path, 2**40)


@pytest.mark.parametrize("change", [_link, _folder, _pipe, _huge, Path.unlink])
@pytest.mark.parametrize(
    "name",
    ["policy", "charter", "manifest", "south/checkpoint", "south/tile/0/000", "keys/north.receipt.vkey"],
)
def test_what_is_no_plain_file_of_its_size_is_refused(
    spoilt: Path, change: Callable[[Path], Any], name: str
) -> None:
    change(spoilt / name)
    assert name in {file for file, _ in defects(spoilt)}


def test_what_is_added_is_refused(spoilt: Path) -> None:
    (spoilt / "south" / "tile" / "0" / "009").write_bytes(b"x" * 8192)
    (spoilt / "readme").write_text("hello")
    (spoilt / "blobs" / ("0" * 64)).write_bytes(b"x")
    (spoilt / "nothing").mkdir()
    os.fsencode(spoilt / "x")
    (spoilt / os.fsdecode(b"\xff\x1b[31m")).write_bytes(b"x")
    named = defects(spoilt)
    for path in ("south/tile/0/009", "readme", "blobs/" + "0" * 64, "nothing"):
        assert (path, "unlisted") in named
    told = verify(spoilt)
    assert told.exit_code == 1
    assert "\x1b[31m" not in told.stdout


def test_a_file_that_may_not_be_read_is_named(spoilt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refusing(path: Any, *args: Any, **more: Any) -> int:
        if str(path).endswith("policy"):
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **more)

    monkeypatch.setattr(os, "open", refusing)
    assert ("policy", "unreadable") in defects(spoilt)


def test_what_cannot_be_read_ends_with_2(spoilt: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "readme").write_text("no export")
    for name in ("empty", "file", "other", "nowhere"):
        run = verify(tmp_path / name, "--json")
        assert run.exit_code == 2, name
        assert json.loads(run.stdout)["error"]["code"] == "unreadable"
    assert verify(spoilt, "--policy", str(tmp_path / "nowhere")).exit_code == 2
    (tmp_path / "policy").write_text("quorum of friends\n")
    assert verify(spoilt, "--policy", str(tmp_path / "policy")).exit_code == 2
    assert verify(spoilt, "--office", "abc").exit_code == 2


def test_an_unreceipted_tail_is_told_and_passes_but_for_an_auditor_who_asks_for_receipts(
    tmp_path: Path,
) -> None:
    nodes = make(tmp_path, 3, 2)
    south = nodes.south
    south.say("note.send", facts=NOTICE)
    south.journal.issue(south.id, south.signer, south.now)
    path = tmp_path / "tail"
    write_export(south.journal.alias, south.id, path, south.signer)
    run = verify(path)
    size = south.view.ledger.held(0)
    assert run.exit_code == 0, run.output
    assert f"Receipted by north up to {size - 1} of {size}" in run.stdout
    strict = verify(path, "--policy", str(path / "policy"), "--json")
    assert strict.exit_code == 1
    assert [defect["rule"] for defect in json.loads(strict.stdout)["defects"]] == ["quorum-missing"]
    # North has counted what it has receipted: without the receipts the record contradicts itself.
    for older in (path / "receipts" / "south").iterdir():
        older.unlink()
    assert ("south/checkpoint", "receipt-missing") in defects(path)


def test_an_export_that_fails_midway_leaves_nothing(
    office: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yeollak.errors import OurFault

    written = []
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) == 40:
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    alias, id_ = office.south.journal.alias, office.south.id
    with pytest.raises(OurFault) as caught:
        write_export(alias, id_, tmp_path / "out", office.south.signer)
    assert caught.value.code == "disk-full"
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    with pytest.raises(OurFault) as caught:
        write_export(alias, id_, tmp_path / "out", office.south.signer)
    assert caught.value.code == "export-exists"
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "mine"]


def test_an_export_of_an_office_that_has_not_begun_is_refused(tmp_path: Path) -> None:
    from yeollak.errors import OurFault

    aliases = ("verify_empty_south", "verify_empty_north")
    for alias in aliases:
        attach(alias, sqlite(tmp_path / f"{alias}.db"))
        migrated(alias)
    nodes = Nodes(aliases, tmp_path, 9000)
    with pytest.raises(OurFault) as caught:
        write_export(aliases[0], nodes.south.id, tmp_path / "out", nodes.south.signer)
    assert caught.value.code == "export-empty"
    assert models.Office.objects.using(aliases[0]).count() == 1


def test_the_folder_and_its_bytes_are_judged_alike(export: Path, files: dict[str, bytes]) -> None:
    assert audit_export(FolderFiles(export)).registers == audit_export(files).registers


def test_receipts_that_their_side_disowns_are_told_and_are_no_defect(tmp_path: Path) -> None:
    world, early, held, at = stale_retirement()
    world.say("south", "line.seen", "node")
    for name, data in exported(world, {"south": ((0,), ())}, {held: ((0,), (0,))}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    told = CliRunner().invoke(main, ["verify", str(tmp_path), "--lang", "en"])
    assert told.exit_code == 0, told.output
    assert f"Disowned by north: its receipt for {held} entries of south counts" in told.stdout
    assert f"entry north:{at} retires its keys with {early}" in told.stdout
    state = json.loads(CliRunner().invoke(main, ["verify", str(tmp_path), "--json"]).stdout)["state"]
    assert [(one["by"], one["size"], one["retired"]) for one in state["disowned"]] == [("north", held, at)]


def test_a_claim_of_another_state_is_told_and_is_no_defect(tmp_path: Path) -> None:
    world = World().found()
    at = world.whole.held(1)
    world.say("north", "line.seen", "node", facts={"state": "0" * 64})
    for name, data in exported(world, {}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    told = CliRunner().invoke(main, ["verify", str(tmp_path), "--lang", "en"])
    assert told.exit_code == 0, told.output
    words = " ".join(told.stdout.split())
    assert f"Views differ: by entry north:{at} north has folded the acts before it to another state" in words
    state = json.loads(CliRunner().invoke(main, ["verify", str(tmp_path), "--json"]).stdout)["state"]
    assert [(one["side"], one["index"], one["claimed"]) for one in state["doubted"]] == [
        ("north", at, "0" * 64)
    ]
