"""The anchor goes forward only, and says so when it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.errors import OurFault
from yeollak.storage.anchor import Anchor

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
