"""The anchor goes forward only, and says so when it cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.errors import OurFault
from yeollak.storage.anchor import Anchor
from yeollak.storage.slots import SLOT, Slot

OFFICES = ("0" * 64, "1" * 64)


@given(st.lists(st.tuples(st.sampled_from(OFFICES), st.integers(1, 50)), max_size=12))
def test_anchor_holds_the_newest_of_every_office(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.mktemp("anchor") / "anchor.json"
    most: dict[str, int] = {}
    for office, size in steps:
        Anchor(path).advance(office, size, bytes([size]) * 32)
        most[office] = max(size, most.get(office, 0))
    for office in OFFICES:
        expected = (most[office], bytes([most[office]]) * 32) if office in most else None
        assert Anchor(path).read(office) == expected
    assert [item.name for item in path.parent.iterdir()] in ([], ["anchor.json"])


@pytest.mark.parametrize(("size", "root"), [(4, b"r"), (9, b"x")])
def test_register_that_does_not_hold_what_has_left_is_refused(tmp_path: Path, size: int, root: bytes) -> None:
    anchor = Anchor(tmp_path / "anchor")
    anchor.advance(OFFICES[0], 5, b"r" * 32)
    with pytest.raises(OurFault) as caught:
        anchor.check(OFFICES[0], size, lambda _: root * 32)
    assert caught.value.code == "behind-anchor"
    anchor.check(OFFICES[0], 5, lambda _: b"r" * 32)
    anchor.check(OFFICES[1], 0, lambda _: b"")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {"size": "x", "root": ""}}', "\xff"])
def test_unreadable_anchor_stops_the_node(tmp_path: Path, text: str) -> None:
    path = tmp_path / "anchor"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(OurFault) as caught:
        Anchor(path).check(OFFICES[0], 0, lambda _: b"")
    assert caught.value.code == "anchor-unreadable"


def test_a_slot_that_is_torn_takes_nothing_that_has_left(tmp_path: Path) -> None:
    """However much of a slot reaches the disk, the anchor tells what had left before or what was about to."""
    path = tmp_path / "anchor"
    for office in OFFICES:
        Anchor(path).advance(office, 1, b"a" * 32)
    for size in range(2, 6):
        before, known = path.read_bytes(), Anchor(path).read(OFFICES[1])
        Anchor(path).advance(OFFICES[1], size, bytes([size]) * 32)
        after = path.read_bytes()
        assert len(after) == len(before) == 4 * SLOT
        (at,) = [at for at in range(0, len(after), SLOT) if after[at : at + SLOT] != before[at : at + SLOT]]
        for end in range(SLOT + 1):
            path.write_bytes(before[:at] + after[at : at + end] + before[at + end :])
            assert Anchor(path).read(OFFICES[1]) in (known, (size, bytes([size]) * 32))
            assert Anchor(path).read(OFFICES[0]) == (1, b"a" * 32)
        path.write_bytes(after)


def test_a_slot_of_which_the_twin_is_damaged_too_is_no_anchor(tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    anchor = Anchor(path)
    anchor.advance(OFFICES[0], 1, b"a" * 32)
    path.write_bytes(path.read_bytes().replace(b'"size": 1', b'"size": 7'))
    for reader in (anchor, Anchor(path)):
        with pytest.raises(OurFault) as caught:
            reader.read(OFFICES[0])
        assert caught.value.code == "anchor-unreadable"


def test_an_anchor_that_is_another_file_meanwhile_is_read_anew(tmp_path: Path) -> None:
    """Another process may have added an office, or somebody have put another file there."""
    path = tmp_path / "anchor"
    ours, theirs = Anchor(path), Anchor(path)
    ours.advance(OFFICES[1], 3, b"b" * 32)
    assert theirs.read(OFFICES[1]) == (3, b"b" * 32)
    ours.advance(OFFICES[0], 1, b"a" * 32)  # which stands before the other
    assert [anchor.read(OFFICES[1]) for anchor in (ours, theirs)] == [(3, b"b" * 32)] * 2
    theirs.advance(OFFICES[1], 4, b"c" * 32)
    assert ours.read(OFFICES[1]) == (4, b"c" * 32)
    path.write_bytes(Slot("2" * 64, 1, b"d" * 32).encode() * 2)
    assert ours.read(OFFICES[1]) is None
    assert ours.read("2" * 64) == (1, b"d" * 32)


def test_an_anchor_of_an_earlier_program_is_gone_on_from(tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    old = {office: {"root": (bytes([at]) * 32).hex(), "size": at} for at, office in enumerate(OFFICES, 5)}
    path.write_text(json.dumps(old, indent=1))
    anchor = Anchor(path)
    assert anchor.read(OFFICES[1]) == (6, b"\x06" * 32)
    anchor.advance(OFFICES[1], 9, b"n" * 32)
    anchor.advance(OFFICES[1], 10, b"m" * 32)
    assert [Anchor(path).read(office) for office in OFFICES] == [(5, b"\x05" * 32), (10, b"m" * 32)]
