"""A full disk has a code of its own everywhere, and leaves nothing half done."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.hands import Hands
from yeollak.errors import OurFault
from yeollak.storage import disk


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes: a node of one office, and no more."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this user may not mount a file system, so no disk can be filled")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(place: Path, leave: int = 0) -> Path:
    """Take all room but `leave` bytes."""
    taken = place / "taken"
    taken.unlink(missing_ok=True)
    with taken.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    size = taken.stat().st_size
    os.truncate(taken, max(0, size - leave) // 4096 * 4096)
    return taken


def files(place: Path) -> dict[str, int]:
    """What is there and how large, but for what SQLite and the servers keep for themselves."""
    return {
        path.relative_to(place).as_posix(): path.stat().st_size
        for path in place.rglob("*")
        if path.is_file()
        and path.name != "taken"
        and not path.name.endswith(("-wal", "-shm", "-journal", ".lock"))
    }


def test_a_node_and_its_cards_on_a_full_disk(small: Path) -> None:
    hands = Hands(small)
    fill(small)
    said = hands.run("init", "south", "--side", "south")
    assert (said.status, said.code) == (3, "disk-full")
    assert files(small) == {}
    assert {path.name for path in small.iterdir()} == {"taken"}
    (small / "taken").unlink()
    hands.make("south")
    hands.good("office", "list", "--node", "south")
    for leave in (0, 8192, 20000):
        before = files(small)
        fill(small, leave)
        said = hands.run("card", "new", "--node", "south", "--name", "en=South", "--out", "south.card")
        assert (said.status, said.code) == (3, "disk-full"), leave
        assert files(small) == before
    (small / "taken").unlink()
    hands.good("card", "new", "--node", "south", "--name", "en=South", "--out", "south.card")


def test_a_register_cannot_grow_on_a_full_disk_and_goes_on_when_there_is_room(
    founded: Hands, small: Path
) -> None:
    for name in ("south", "anchor-south.json"):
        source = founded.root / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, small / name)
    hands = Hands(small)
    act = ("act", "note.send", "--fact", "subject.en=x", "--fact", "class=flood", "--node", "south")
    before = hands.sizes("south")
    for leave in (0, 40_000, 60_000):
        fill(small, leave)
        said = hands.run(*act, "--text", "en=" + "x" * 40_000)
        assert (said.status, said.code) == (3, "disk-full"), (leave, said)
        said = hands.run("officer", "add", "--function", "duty", "--node", "south")
        assert said.status == 0 or said.code == "disk-full"
        if said.status == 0:
            before = {**before, "south": before["south"] + 1}
        said = hands.run("export", "out", "--node", "south")
        assert (said.status, said.code) == (3, "disk-full")
        assert not (small / "out").exists()
        assert not list(small.glob(".*.part"))
    doctor = hands.run("doctor", "--node", "south", "--json")
    assert "disk-low" in {check.get("code") for check in doctor.object["checks"]}
    (small / "taken").unlink()
    assert hands.sizes("south") == before
    officer = hands.good("officer", "list", "--node", "south")["officers"]
    mine = [row["officer"] for row in officer if row["side"] == "south" and row["function"] == "liaison"]
    hands.good(*act, "--officer", mine[0])
    assert hands.sizes("south")["south"] == before["south"] + 1


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    disk.write_whole(path, b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for _ in range(2):
        with pytest.raises(OurFault) as caught:
            disk.write_whole(path, b"new")
        assert caught.value.code == "disk-full"
        assert path.read_bytes() == b"old"
        assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    with pytest.raises(OurFault) as caught:
        disk.write_whole(path, b"new", fresh=True)
    assert caught.value.code == "file-exists"
    with pytest.raises(OurFault) as caught:
        disk.write_whole(tmp_path / "nowhere" / "file", b"new")
    assert caught.value.code == "file-unwritable"


def test_a_file_is_on_the_disk_before_it_has_its_name_and_its_name_before_anybody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen, real = tmp_path / "file", list[tuple[bool, bool]](), os.fsync

    def sync(handle: int) -> None:
        seen.append((stat.S_ISDIR(os.fstat(handle).st_mode), path.exists()))
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    disk.write_whole(path, b"new")
    assert seen == [(False, False), (True, True)]


def test_two_who_write_one_file_do_not_take_it_from_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, syncs, go_on, real = tmp_path / "file", threading.Event(), threading.Event(), os.fsync

    def slow(handle: int) -> None:
        if threading.current_thread() is first:
            syncs.set()
            assert go_on.wait(30)
        real(handle)

    first = threading.Thread(target=disk.write_whole, args=(path, b"the same"))
    monkeypatch.setattr(os, "fsync", slow)
    first.start()
    assert syncs.wait(30)
    disk.write_whole(path, b"the same")
    go_on.set()
    first.join()
    assert path.read_bytes() == b"the same"
    assert list(tmp_path.iterdir()) == [path]


def test_keys_that_could_not_all_be_kept_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yeollak.node.config import COSTS
    from yeollak.node.keyring import Keyring, system_entropy

    real, written = disk.write_whole, []

    def full(path: Path, data: bytes, **more: int) -> None:
        written.append(path)
        if len(written) == 3:
            raise OurFault("disk-full", what=str(path))
        real(path, data, **more)  # type: ignore[arg-type]  # its options, as they came

    monkeypatch.setattr(disk, "write_whole", full)
    keyring = Keyring(tmp_path, COSTS["quick"])
    with pytest.raises(OurFault):
        keyring.make("ab" * 32, "operator", system_entropy)
    assert not list(tmp_path.rglob("*.key"))


def test_a_database_that_cannot_grow_says_so(tmp_path: Path) -> None:
    from tests.storage.setup import migrated, ready

    ready()
    from django.db import connections

    from tests.storage.nodes import Nodes
    from yeollak.storage.databases import attach, sqlite

    aliases = ("full_south", "full_north")
    for alias in aliases:
        attach(alias, sqlite(tmp_path / f"{alias}.db"))
        migrated(alias)
    south = Nodes(aliases, tmp_path, 7000).found().south
    new = south.act("note.send", facts={"class": "flood", "subject": {"en": "x"}}, text=b"x" * 48_000)
    size = south.view.ledger.held(0)
    with connections["full_south"].cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OurFault) as caught:
        south.journal.append(south.id, [new])
    assert caught.value.code == "disk-full"
    assert south.view.ledger.held(0) == size
    with connections["full_south"].cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1000000")
    south.journal.append(south.id, [new])
    assert south.view.ledger.held(0) == size + 1
