"""The tree against a naive reading of RFC 6962, and proofs that hold for their own sizes alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.errors import RecordFault
from yeollak.record import merkle, tiles
from yeollak.record.merkle import Frontier

SIZES = st.integers(1, 600)


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(index.to_bytes(4, "big")) for index in range(size)]


LEAVES = leaves_of(600)


def mth(entries: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word, over leaf hashes."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return entries[0]
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\1" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1, word for word."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if index < k:
        return [*path(index, entries[:k]), mth(entries[k:])]
    return [*path(index - k, entries[k:]), mth(entries[:k])]


def subproof(old: int, entries: Sequence[bytes], whole: bool) -> list[bytes]:
    """RFC 6962 section 2.1.2, word for word."""
    if old == len(entries):
        return [] if whole else [mth(entries)]
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if old <= k:
        return [*subproof(old, entries[:k], whole), mth(entries[k:])]
    return [*subproof(old - k, entries[k:], False), mth(entries[:k])]


def test_the_empty_tree() -> None:
    assert Frontier().root() == merkle.EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(st.integers(0, 600), st.integers(0, 600))
def test_a_frontier_has_the_root_of_the_whole_tree_however_it_grew(size: int, cut: int) -> None:
    cut = min(cut, size)
    grown = Frontier().extend(LEAVES[:cut]).extend(LEAVES[cut:size])
    assert grown.root() == mth(LEAVES[:size]) == merkle.root_of(LEAVES[:size])
    assert Frontier.decode(grown.encode()) == grown
    if size:
        assert Frontier().extend(LEAVES[: size - 1]).append(LEAVES[size - 1]) == grown


@given(st.binary(max_size=120))
def test_a_frontier_of_other_bytes_is_malformed(data: bytes) -> None:
    try:
        frontier = Frontier.decode(data)
    except RecordFault:
        return  # any other exception fails the test
    assert frontier.encode() == data


@given(SIZES, st.data())
def test_inclusion_is_proved_for_the_entry_at_its_place_and_nothing_else(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves, root = LEAVES[:size], mth(LEAVES[:size])
    proof = merkle.inclusion_proof(merkle.reader_of(leaves), index, size)
    assert list(proof) == path(index, leaves)
    merkle.verify_inclusion(leaves[index], index, size, proof, root)
    other = data.draw(st.integers(0, size - 1))
    wrong: list[tuple[bytes, int, int, Sequence[bytes], bytes]] = [
        (merkle.leaf_hash(b"other"), index, size, proof, root),
        (leaves[index], index, size, proof, bytes(32)),
        (leaves[index], index, size, [*proof, bytes(32)], root),
        (leaves[index], size, size, proof, root),
        (leaves[index], -1, size, proof, root),
    ]
    if proof:
        wrong += [
            (leaves[index], index, size, proof[:-1], root),
            (leaves[index], index, size, [b"", *proof[1:]], root),
        ]
    if other != index:
        wrong.append((leaves[index], other, size, proof, root))
    for case in wrong:
        with pytest.raises(RecordFault) as caught:
            merkle.verify_inclusion(*case)
        assert caught.value.code == "proof-mismatch"


@given(SIZES, st.data())
def test_consistency_is_proved_for_a_prefix_and_nothing_else(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    before, after = mth(LEAVES[:old]), mth(LEAVES[:new])
    proof = merkle.consistency_proof(merkle.reader_of(LEAVES[:new]), old, new)
    assert list(proof) == (subproof(old, LEAVES[:new], True) if old else [])
    merkle.verify_consistency(old, before, new, after, proof)
    wrong: list[tuple[int, bytes, int, bytes, Sequence[bytes]]] = [
        (old, bytes(32), new, after, proof),
        (old, before, new, after, [*proof, bytes(32)]),
        (new + 1, after, new, after, proof),
    ]
    if 0 < old < new:
        forked = merkle.root_of([*LEAVES[: old - 1], merkle.leaf_hash(b"other")])
        wrong += [(old, forked, new, after, proof), (old, before, new, bytes(32), proof)]
    if proof:
        wrong.append((old, before, new, after, proof[:-1]))
    for case in wrong:
        with pytest.raises(RecordFault) as caught:
            merkle.verify_consistency(*case)
        assert caught.value.code == "proof-mismatch"


def test_proofs_that_cannot_be_are_refused() -> None:
    reader = merkle.reader_of(LEAVES)
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(RecordFault):
            merkle.inclusion_proof(reader, index, size)
    with pytest.raises(RecordFault):
        merkle.consistency_proof(reader, 6, 5)


@given(st.sampled_from([0, 1, 2, 255, 256, 257, 511, 512, 600]), st.data())
def test_tiles_serve_the_same_proofs_as_the_leaves(size: int, data: st.DataObject) -> None:
    stored = tiles.tiles_of(LEAVES[:size])
    assert len(stored) == len(list(tiles.tile_widths(size)))
    if size:
        index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
        from_tiles, from_leaves = tiles.tile_reader(stored.__getitem__, size), merkle.reader_of(LEAVES[:size])
        assert merkle.inclusion_proof(from_tiles, index, size) == merkle.inclusion_proof(
            from_leaves, index, size
        )
        assert merkle.consistency_proof(from_tiles, old, size) == merkle.consistency_proof(
            from_leaves, old, size
        )


def test_tiles_of_the_third_level() -> None:
    size = 256 * 256 + 256 + 3
    stored = tiles.tiles_of(leaves := leaves_of(size))
    assert {"tile/2/000.p/1", "tile/1/000", "tile/1/001.p/1", "tile/0/256", "tile/0/257.p/3"} <= set(stored)
    assert stored["tile/2/000.p/1"] == mth(leaves[: 256 * 256])
    assert sum(path.startswith("tile/0/") for path in stored) == 258


@given(st.integers(0, 10**9), st.integers(1, 256), st.none() | st.integers(0, 6))
def test_paths_of_tiles_come_back(n: int, width: int, level: int | None) -> None:
    path = tiles.entry_path(n, width) if level is None else tiles.tile_path(level, n, width)
    assert tiles.parse_path(path) == tiles.Tile(level, n, width)


def test_the_path_of_the_specification() -> None:
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/007",
        "tile/7/000",
        "tile/00/000",
        "tile/0/../000",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/x001/x234",
        "tile/entries",
        "tile/0/" + "x001/" * 40 + "000",
        "tile/0/00١",
    ],
)
def test_other_paths_are_malformed(path: str) -> None:
    with pytest.raises(RecordFault) as caught:
        tiles.parse_path(path)
    assert caught.value.code == "malformed"


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_bundles_come_back_and_hold_exactly_their_entries(entries: list[bytes]) -> None:
    data = tiles.encode_bundle(entries)
    assert tiles.decode_bundle(data, len(entries)) == entries
    for wrong, width in (
        (data, len(entries) + 1),
        (data, len(entries) - 1),
        (data[:-1], len(entries)),
        (data + b"\0", len(entries)),
    ):
        with pytest.raises(RecordFault):
            tiles.decode_bundle(wrong, width)
