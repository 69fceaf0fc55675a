"""The anchor goes forward only, and says so when it cannot be read."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.errors import OurFault
from yeollak.storage import anchor_file
from yeollak.storage.anchor import Anchor
from yeollak.storage.anchor_file import COPY, AnchorFile, Copies, Left

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


def test_a_copy_that_is_torn_takes_nothing_that_has_left(tmp_path: Path) -> None:
    """However much of a left reaches the disk, the anchor tells what had left before or what was about to."""
    path = tmp_path / "anchor"
    for office in OFFICES:
        Anchor(path).advance(office, 1, b"a" * 32)
    for size in range(2, 6):
        before, known = path.read_bytes(), Anchor(path).read(OFFICES[1])
        Anchor(path).advance(OFFICES[1], size, bytes([size]) * 32)
        after = path.read_bytes()
        assert len(after) == len(before) == 4 * COPY
        (at,) = [at for at in range(0, len(after), COPY) if after[at : at + COPY] != before[at : at + COPY]]
        for end in range(COPY + 1):
            path.write_bytes(before[:at] + after[at : at + end] + before[at + end :])
            assert Anchor(path).read(OFFICES[1]) in (known, (size, bytes([size]) * 32))
            assert Anchor(path).read(OFFICES[0]) == (1, b"a" * 32)
        path.write_bytes(after)


def test_a_copy_of_which_the_twin_is_damaged_too_is_no_anchor(tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    anchor = Anchor(path)
    anchor.advance(OFFICES[0], 1, b"a" * 32)
    path.write_bytes(path.read_bytes().replace(b'"size": 1', b'"size": 7'))
    unreadable(path, anchor)


def one_root(size: int, letter: bytes = b"r") -> bytes:
    """The copy of the first office, alone in its file."""
    return Left(OFFICES[0], size, letter * 32).encode(1)


@pytest.mark.parametrize(
    "data",
    [
        one_root(5, b"a") + one_root(5, b"b"),
        one_root(9) * 2 + one_root(5) * 2,
        one_root(5),
        one_root(5) + one_root(6)[:-1],
        one_root(5) + Left(OFFICES[1], 6, b"r" * 32).encode(1),
        bytes(2 * COPY),
    ],
    ids=["two roots at one size", "an office twice", "half a pair", "cut", "another office", "zeros"],
)
def test_what_no_sound_anchor_has_is_not_guessed_at(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "anchor"
    anchor = Anchor(path)
    for size in (5, 6):
        anchor.advance(OFFICES[0], size, b"r" * 32)
    assert anchor.read(OFFICES[0]) == (6, b"r" * 32)
    path.write_bytes(data)
    unreadable(path, anchor)


def unreadable(path: Path, anchor: Anchor) -> None:
    """Whoever has read the file before, and whoever has not, is told the same."""
    for reader in (anchor, Anchor(path)):
        with pytest.raises(OurFault) as caught:
            reader.read(OFFICES[0])
        assert caught.value.code == "anchor-unreadable"


@given(
    st.dictionaries(
        st.sampled_from("0123456789abcdef").map(lambda one: one * 64), st.integers(1, 9), min_size=2
    ),
    st.data(),
)
def test_a_file_of_which_offices_are_gone_is_never_taken_for_one_that_did_not_know_them(
    tmp_path_factory: pytest.TempPathFactory, sizes: dict[str, int], data: st.DataObject
) -> None:
    """Wherever it was cut, and whichever pairs are gone, doubled or of another file, nobody is told that an
    office was never there: neither of those that are gone nor of those that are left.
    """
    path = tmp_path_factory.mktemp("anchor") / "anchor.json"
    anchor = Anchor(path)
    for office, size in sizes.items():
        anchor.advance(office, size, bytes([size]) * 32)
    for office in data.draw(st.lists(st.sampled_from(sorted(sizes)), max_size=4)):
        sizes[office] += 1
        anchor.advance(office, sizes[office], bytes([sizes[office]]) * 32)
    whole = path.read_bytes()
    pairs = [whole[at : at + 2 * COPY] for at in range(0, len(whole), 2 * COPY)]
    assert len(pairs) == len(sizes)
    assert {office: anchor.read(office) for office in sizes} == {
        office: (size, bytes([size]) * 32) for office, size in sizes.items()
    }
    other = path.with_name("other.json")
    Anchor(other).advance("f0" * 32, 3, b"o" * 32)
    broken = data.draw(
        st.one_of(
            st.integers(0, len(whole) - 1).map(lambda end: whole[:end]),
            st.integers(1, len(pairs) - 1).map(lambda many: b"".join(pairs[:many])),
            st.lists(st.sampled_from(pairs), max_size=len(pairs) - 1, unique=True).map(b"".join),
            st.just(whole + other.read_bytes()),
            st.just(b"".join(pairs[1:]) + other.read_bytes()),
        )
    )
    path.write_bytes(broken)
    for reader in (anchor, Anchor(path)):
        for office in (*sizes, "e0" * 32):
            with pytest.raises(OurFault) as caught:
                reader.read(office)
            assert caught.value.code == "anchor-unreadable"
            with pytest.raises(OurFault) as caught:
                reader.advance(office, 99, b"n" * 32)
            assert caught.value.code == "anchor-unreadable"
    assert path.read_bytes() == broken, "what is written does not make it whole"


def test_a_file_that_is_cut_between_reading_and_writing_is_not_made_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "anchor"
    anchor, put = Anchor(path), AnchorFile.put
    for office in OFFICES:
        anchor.advance(office, 1, b"a" * 32)

    def late(self: AnchorFile, copies: Copies, left: Left) -> None:
        path.write_bytes(path.read_bytes()[: 2 * COPY])
        put(self, copies, left)

    monkeypatch.setattr(AnchorFile, "put", late)
    with pytest.raises(OurFault):
        anchor.advance(OFFICES[0], 2, b"b" * 32)
    unreadable(path, anchor)


def untold(*left: tuple[str, int]) -> bytes:
    """A file of copies that do not say how many offices it has, as an earlier program wrote them."""
    copies = [Left(office, at, b"r" * 32).encode() for office, size in left for at in (size, size - 1)]
    return b"".join(copies)


def test_a_file_that_does_not_say_how_many_offices_it_has_is_told_so_at_once_and_never_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its newest copy would be written over with other bytes, and it alone may know what has left."""
    path = tmp_path / "anchor"
    path.write_bytes(untold((OFFICES[0], 5), (OFFICES[1], 7)))
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", lambda *_: pytest.fail("written in place"))
        Anchor(path).advance(OFFICES[1], 7, b"r" * 32)
    assert len(path.read_bytes()) == 4 * COPY
    for _ in range(2):
        assert [Anchor(path).read(office) for office in OFFICES] == [(5, b"r" * 32), (7, b"r" * 32)]
        path.write_bytes(path.read_bytes())
    path.write_bytes(path.read_bytes()[: 2 * COPY])
    unreadable(path, Anchor(path))


def test_one_copy_that_says_it_is_enough(tmp_path: Path) -> None:
    path, more = tmp_path / "anchor", untold((OFFICES[1], 7))
    told = Left(OFFICES[0], 5, b"r" * 32).encode(2) * 2
    path.write_bytes(told + more)
    assert Anchor(path).read(OFFICES[1]) == (7, b"r" * 32)
    path.write_bytes(told)
    unreadable(path, Anchor(path))


class Syncs:
    """Stands for the system's sync: `fails` so often, and says what had been written when it did not."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.fails, self.durable = path, 0, b""
        monkeypatch.setattr(anchor_file, "_sync", self)

    def __call__(self, handle: int) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError(errno.EIO, "Input/output error")
        self.durable = self.path.read_bytes()


def test_nothing_rests_on_a_copy_that_was_not_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync fails, or whoever wrote was killed before it: the same bytes are written and synced before
    anybody is told that they are on the disk, and before the left that the disk has is written over.
    """
    path = tmp_path / "anchor"
    anchor, syncs = Anchor(path), Syncs(path, monkeypatch)
    for size in (1, 2):
        anchor.advance(OFFICES[0], size, bytes([size]) * 32)
    for again in (anchor, Anchor(path)):
        for size in (3, 4):
            syncs.durable, syncs.fails = b"", 1
            with pytest.raises(OurFault) as caught:
                anchor.advance(OFFICES[0], 3, b"\x03" * 32)
            assert caught.value.code == "file-unwritable"
            again.advance(OFFICES[0], size, bytes([size]) * 32)
            assert syncs.durable == path.read_bytes()
            path.write_bytes(one_root(2, b"\x02") + one_root(1, b"\x01"))
            anchor = Anchor(path)
            anchor.advance(OFFICES[0], 2, b"\x02" * 32)


@pytest.mark.parametrize("same", [True, False])
def test_the_copy_that_alone_is_on_the_disk_is_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    path = tmp_path / "anchor"
    anchor, syncs, order = Anchor(path), Syncs(path, monkeypatch), list[int]()
    for size in (1, 2):
        anchor.advance(OFFICES[0], size, b"r" * 32)
    syncs.fails = 1
    with pytest.raises(OurFault):
        anchor.advance(OFFICES[0], 3, b"r" * 32)
    put = AnchorFile.put

    def noted(self: AnchorFile, copies: Copies, left: Left) -> None:
        order.append(left.size)
        put(self, copies, left)

    monkeypatch.setattr(AnchorFile, "put", noted)
    (anchor if same else Anchor(path)).advance(OFFICES[0], 4, b"r" * 32)
    assert order == [3, 4]


def test_nobody_is_told_that_it_is_on_the_disk_while_another_syncs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "anchor"
    one, two = Anchor(path), Anchor(path)
    for anchor in (one, two):
        anchor.advance(OFFICES[0], 1, b"a" * 32)
    syncing, go, done = threading.Event(), threading.Event(), list[Anchor]()

    def slow(_handle: int) -> None:
        syncing.set()
        go.wait(20)

    def advance(anchor: Anchor) -> None:
        anchor.advance(OFFICES[0], 2, b"b" * 32)
        done.append(anchor)

    monkeypatch.setattr(anchor_file, "_sync", slow)
    threads = [threading.Thread(target=advance, args=(anchor,)) for anchor in (one, one, two)]
    threads[0].start()
    assert syncing.wait(20)
    for thread in threads[1:]:
        thread.start()
    threads[1].join(0.2)
    assert not done
    go.set()
    for thread in threads:
        thread.join(20)
    assert len(done) == 3


def test_a_copy_that_was_written_in_part_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "anchor"
    anchor, write = Anchor(path), os.pwrite
    anchor.advance(OFFICES[0], 1, b"a" * 32)
    with monkeypatch.context() as short:
        short.setattr(os, "pwrite", lambda handle, data, at: write(handle, data[:100], at))
        with pytest.raises(OurFault):
            anchor.advance(OFFICES[0], 2, b"b" * 32)
    assert anchor.read(OFFICES[0]) == (1, b"a" * 32)
    anchor.advance(OFFICES[0], 2, b"b" * 32)
    assert Anchor(path).read(OFFICES[0]) == (2, b"b" * 32)


def test_no_copy_is_written_where_another_office_stands_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system grants no lock, an office that is added moves the copies of the others."""
    path = tmp_path / "anchor"
    one, two, put = Anchor(path), Anchor(path), AnchorFile.put
    one.advance(OFFICES[1], 5, b"b" * 32)
    monkeypatch.setattr(Anchor, "_alone", lambda self: contextlib.nullcontext())

    def between(self: AnchorFile, copies: Copies, left: Left) -> None:
        monkeypatch.setattr(AnchorFile, "put", put)
        two.advance(OFFICES[0], 1, b"a" * 32)
        put(self, copies, left)

    monkeypatch.setattr(AnchorFile, "put", between)
    with pytest.raises(OurFault):
        one.advance(OFFICES[1], 6, b"c" * 32)
    one.advance(OFFICES[1], 6, b"c" * 32)
    assert [Anchor(path).read(office) for office in OFFICES] == [(1, b"a" * 32), (6, b"c" * 32)]


def test_a_file_of_another_user_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a command that was run as another user, in a folder that is ours."""
    path = tmp_path / "anchor"
    anchor = Anchor(path)
    for office in OFFICES:
        anchor.advance(office, 1, b"a" * 32)

    def refused(self: AnchorFile, copies: Copies, left: Left) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(AnchorFile, "put", refused)
    for reader in (anchor, Anchor(path)):
        held = reader.read(OFFICES[0])
        assert held is not None
        reader.advance(OFFICES[0], held[0] + 1, b"b" * 32)
    assert [Anchor(path).read(office) for office in OFFICES] == [(3, b"b" * 32), (1, b"a" * 32)]


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
    path.write_bytes(Left("2" * 64, 1, b"d" * 32).encode(1) * 2)
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


def test_a_copy_is_taken_apart_once_however_often_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchor, taken, loads = Anchor(tmp_path / "anchor"), list[bytes](), json.loads
    anchor.advance(OFFICES[0], 1, b"r" * 32)

    def counted(data: bytes) -> object:
        taken.append(data)
        return loads(data)

    monkeypatch.setattr(json, "loads", counted)
    for size in range(2, 6):
        anchor.advance(OFFICES[0], size, bytes([size]) * 32)
        for _ in range(3):
            anchor.check(OFFICES[0], size, lambda left: bytes([left]) * 32)
    # Each copy that is new, and the one that was there.
    assert len(taken) == len(set(taken)) <= 5
