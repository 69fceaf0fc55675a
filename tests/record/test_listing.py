"""A manifest is read for an audit as it is read for anybody: the same lines, and the same faults."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.record.world import keys_of
from yeollak.errors import RecordFault
from yeollak.record import manifest as module
from yeollak.record.folder import BLOBS, FolderFiles, MemoryFiles, digest_in, names_of
from yeollak.record.manifest import File, Listing, Manifest
from yeollak.record.note import Note

OFFICE = "ab" * 32
T = TypeVar("T")


def made(chance: random.Random, blobs: int) -> Manifest:
    """A manifest with blobs named by their own digest and by others, and with files before and behind."""
    files = [
        File(name, chance.randrange(9_999), chance.randbytes(32).hex()) for name in ("charter", "policy")
    ]
    files += [File(f"{BLOBS}{name}", 7, "0" * 64) for name in ("short", "0" * 63, "F" * 64)]
    for _ in range(blobs):
        name, size = chance.randbytes(32).hex(), chance.choice((0, 9, chance.randrange(2**53)))
        files.append(File(f"{BLOBS}{name}", size, chance.choice((name, chance.randbytes(32).hex()))))
    return Manifest.of(OFFICE, "south", "full", files)


def lines_of(data: bytes) -> tuple[str, str, str, dict[str, tuple[int, str]]]:
    listing, _ = Listing.read(data)
    paths = [*listing.others, *(f"{BLOBS}{digest.hex()}" for digest in listing.blobs)]
    lines = {path: listing.line(path) for path in paths}
    assert None not in lines.values()
    return listing.office, listing.side, listing.kind, lines  # type: ignore[return-value]  # as asserted


def outcome(read: Callable[[bytes], tuple[T, Note]], data: bytes) -> tuple[T, Note] | RecordFault:
    try:
        return read(data)
    except RecordFault as fault:
        return fault


@pytest.mark.parametrize("blobs", [0, 1, 50, 2_000])
def test_a_listing_has_every_line(blobs: int) -> None:
    manifest = made(random.Random(blobs), blobs)
    data = manifest.sign(keys_of("south").register)
    whole = {file.path: (file.size, file.sha256) for file in manifest.files}
    assert lines_of(data) == (OFFICE, "south", "full", whole)
    assert Listing.read(data)[1] == Manifest.read(data)[1]
    assert Listing.read(data)[0].line(f"{BLOBS}{'9' * 64}") is None


def test_what_is_read_quickly_is_what_is_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts of some lines, so that blobs and other files meet in all ways."""
    data = made(random.Random(5), 40).sign(keys_of("south").register)
    quick = module._quickly(Note.parse(data))
    assert quick is not None
    monkeypatch.setattr(module, "_PART", 300)
    assert module._quickly(Note.parse(data)) == quick
    monkeypatch.setattr(module, "_quickly", lambda _: None)
    assert Listing.read(data)[0] == quick


def test_a_spoilt_manifest_has_the_same_fault_either_way() -> None:
    chance = random.Random(7)
    data = made(chance, 30).sign(keys_of("south").register)
    seen = set()
    for _ in range(600):
        spoilt = bytearray(data)
        for _ in range(chance.choice((1, 1, 2))):
            at = chance.randrange(len(spoilt))
            match chance.randrange(4):
                case 0:
                    spoilt[at] ^= 1 << chance.randrange(8)
                case 1:
                    del spoilt[at : at + chance.randrange(1, 160)]
                case 2:
                    spoilt[at:at] = spoilt[at : at + chance.randrange(1, 160)]
                case 3:
                    spoilt[at:at] = chance.choice((b"\n", b" ", b"0", b"A", b"blobs/", "\u0661".encode()))
        plain, quick = outcome(Manifest.read, bytes(spoilt)), outcome(Listing.read, bytes(spoilt))
        if isinstance(plain, RecordFault) or isinstance(quick, RecordFault):
            assert isinstance(plain, RecordFault)
            assert isinstance(quick, RecordFault)
            assert (quick.code, quick.data) == (plain.code, plain.data)
            seen.add(plain.code)
            continue
        seen.add("")
        manifest, note = plain
        whole = {file.path: (file.size, file.sha256) for file in manifest.files}
        assert lines_of(bytes(spoilt)) == (manifest.office, manifest.side, manifest.kind, whole)
        assert quick[1] == note
    assert seen >= {"", "malformed"}


def test_names_are_split_alike_in_memory_and_in_a_folder(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"").hexdigest()
    files = dict.fromkeys(
        [f"blobs/{digest}", "blobs/x", f"blobs/{digest.upper()}", "blobs/" + "1 " * 32, "charter"], b"1"
    )
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    (tmp_path / "blobs" / ("0" * 64)).symlink_to("x")
    (tmp_path / "none").mkdir()
    folder = FolderFiles(tmp_path)
    split = names_of(folder)
    assert split.blobs == {bytes.fromhex(digest)}
    assert set(split.others) == {*files, "blobs/" + "0" * 64, "none"} - {f"blobs/{digest}"}
    assert len(split) == len(folder.names())
    assert all(name in split for name in folder.names())
    assert f"blobs/{'2' * 64}" not in split
    assert names_of(MemoryFiles(files)).blobs == split.blobs
    assert digest_in(f"blobs/{'1 ' * 32}") is None
    for name in ("blobs/" + "0" * 64, "none", "blobs/" + "3" * 64):
        with pytest.raises(RecordFault, match="unreadable"):
            folder.read(name, 10)
