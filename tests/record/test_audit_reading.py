"""An export is read once, by whichever process, and what comes over from another is what that has read."""

from __future__ import annotations

import hashlib
import random
from collections import Counter

import pytest

from tests.office.test_audit import busy, exported
from tests.record.world import World, keys_of
from yeollak.office.audit import audit
from yeollak.record import tiles
from yeollak.record.audit import audit_export, read_parties
from yeollak.record.audit_reading import Asked, packed, parsed_before, read_bundle, unpacked
from yeollak.record.audit_register import MAX_ENTRIES
from yeollak.record.audit_tree import Tree, tiles_above
from yeollak.record.checkpoint import Checkpoint, origin_of, read_checkpoint, sign
from yeollak.record.document import Act
from yeollak.record.enclosure import Enclosed
from yeollak.record.folder import BLOBS, MemoryFiles
from yeollak.record.merkle import HASH, root_of


class Counting(MemoryFiles):
    """Files that count how often each is asked for."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(files)
        self.asked = Counter[str]()

    def read(self, name: str, limit: int) -> bytes:
        self.asked[name] += 1
        return super().read(name, limit)

    def digest(self, name: str, size: int) -> tuple[int, str]:
        self.asked[name] += 1
        return super().digest(name, size)


def test_every_document_and_enclosure_of_a_sound_export_is_read_once() -> None:
    for files in (World().fill(300).export(), exported(busy())):
        counting = Counting(files)
        report, state = audit(counting, keep=False)
        assert not [*report.defects, *state.keys]
        blobs = {name: counting.asked[name] for name in files if name.startswith(BLOBS)}
        assert blobs == dict.fromkeys(blobs, 1)


def varied() -> World:
    """Acts with every field that a document may have, and some that are none."""
    world, chance = World(), random.Random(4)
    for number in range(40):
        other: dict[str, object] = {}
        if number % 2:
            other["re"] = tuple(chance.randbytes(32).hex() for _ in range(number % 5))
            other["due"] = "2018-10-23T01:00:00Z"
            other["matter"] = chance.randbytes(32).hex()
        if number % 3 == 0:
            other["facts"] = {}
            other["precedence"] = "flash"
        if number % 4 == 0:
            plain = world.enclose("south", b"plain %d" % number, name="file.txt", lang=None)
            private = world.enclose("south", b"private", release="consent", size=None, size_class=4096)
            other["enclosures"] = (plain, private)
        world.add("south", world.act("south", number, **other).encode())
    world.add("south", b"{}")
    world.entries["south"].append(b"no statement")
    world.blobs.pop(sorted(world.blobs)[3])
    world.fill(2)
    return world


def test_what_another_process_has_read_comes_over_as_it_was() -> None:
    world = varied()
    files = MemoryFiles(world.export())
    key = keys_of("south").officer
    for side in world.sides:
        size = read_checkpoint(files.read(f"{side}/checkpoint", 10**6))[0].size
        for n, width in tiles.bundle_widths(size):
            found = read_bundle(files, world.office, Asked(side, n, width, {key.kid: key.public}))
            assert found is not None
            assert unpacked(packed(found)) == found
            assert {one.key for one in found.entries} == ({key.public, b""} if side == "south" else {b""})
            for one in found.entries:
                assert (one.act is None) == (one.document in (None, b"{}"))
    assert unpacked(packed(None)) is None
    assert read_bundle(files, world.office, Asked("south", 7, 256, {})) is None


def test_an_act_that_was_parsed_before_is_whole() -> None:
    """A field that the document gets must come over too."""
    for raw in varied().blobs.values():
        if raw.startswith(b'{"at"'):
            act, again = Act.parse(raw), parsed_before(raw)
            assert again == act
            assert again.encode() == raw
            for name in Act.__slots__:
                getattr(again, name)
            for item in again.enclosures:
                assert all(hasattr(item, name) for name in Enclosed.__slots__)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700, 1024, 66_000])
def test_a_tree_by_bundles_is_the_tree(size: int) -> None:
    leaves = [hashlib.sha256(size.to_bytes(4, "big") + at.to_bytes(4, "big")).digest() for at in range(size)]
    parts = [b"".join(leaves[at : at + tiles.WIDTH]) for at in range(0, size, tiles.WIDTH)]
    made = {tiles.tile_path(level, n, len(data) // HASH): data for level, n, data in tiles_above(parts)}
    assert made == tiles.tiles_of(leaves)
    assert list(made) == list(tiles.tiles_of(leaves))
    if size > 10_000:
        assert Tree(parts).root(size) == root_of(leaves)
        return
    tree, chance = Tree(), random.Random(size)
    for part in parts:
        tree.add(part)
        for _ in range(6):
            at = chance.randrange(tree.size + 1)
            assert tree.root(at) == root_of(leaves[:at])
    assert tree.root(size) == root_of(leaves)
    with pytest.raises(ValueError, match="no tree"):
        tree.root(size + 1)
    if size % tiles.WIDTH:
        with pytest.raises(ValueError, match="full"):
            tree.add(bytes(HASH))


def test_nobody_is_asked_for_what_a_checkpoint_makes_up() -> None:
    """A size that nothing stands behind costs a look at a list for every bundle, and no more."""
    world = World().fill(3)
    files = world.export()
    own, origin = keys_of("north"), origin_of("north", world.office)
    files["north/checkpoint"] = sign(
        Checkpoint(origin, MAX_ENTRIES + 9, bytes(32)), own.register, own.register_pq, 1
    )
    counting = Counting(files)
    report = audit_export(counting)
    assert "too-many" in {defect.rule for defect in report.defects}
    assert sum(counting.asked.values()) < 3 * len(files)


def test_a_register_of_which_a_bundle_is_gone_is_folded_up_to_there() -> None:
    world = World().fill(600)
    files = world.export()
    del files[f"south/{tiles.entry_path(1)}"]
    asked = list[tuple[str, int | None]]()

    class Folding:
        def keys(self, side: str) -> dict[str, bytes]:
            return {}

        def take(self, side: str, entries: object) -> None:
            asked.append((side, None if entries is None else len(entries)))  # type: ignore[arg-type]  # a list

        def later(self) -> dict[str, dict[str, tuple[()]]]:
            return {}

        def is_void(self, side: str, index: int) -> bool:
            return False

    report = audit_export(files, folding=lambda *_: Folding())
    assert [many for side, many in asked if side == "south"] == [256, None]
    assert [many for side, many in asked if side == "north"] == [256, 256, 88]
    assert report.registers[0].statements[256:512] == (b"",) * 256
    assert read_parties(files["charter"]).register.keys() == {"south", "north"}
