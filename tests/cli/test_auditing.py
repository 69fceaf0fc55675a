"""An audit on several processes says what an audit by one says, of sound exports and of altered ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.office.test_audit import exported
from tests.office.world import World
from yeollak.cli import auditing
from yeollak.cli.auditing import audit_folder
from yeollak.office.audit import audit
from yeollak.record import statement, tiles
from yeollak.record.folder import FolderFiles, MemoryFiles
from yeollak.record.report import Register

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def sound() -> Files:
    """An export with some void acts, a crossing, and more than one bundle of one side's entries."""
    world = World().found()
    facts = {"class": "flood", "subject": {"en": "Water level"}}
    for number in range(90):
        act = world.say("south", "note.send", facts=facts)
        for _ in range(2):
            world.say("south", "note.urge", matter=act, due=world.now + timedelta(hours=1 + number % 5))
        if number % 3 == 0:
            world.meet()
            world.say("north", "note.read", matter=act, re=(act,))
        if number % 30 == 0:
            world.say("south", "note.take", checked=False, matter=act, due=world.now + timedelta(hours=4))
    world.meet()
    return exported(world)


def written(files: Files, folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def forged(files: Files, index: int) -> Files:
    """The same with another signature in an entry of the South: its leaf and everything above differ too."""
    path = f"south/{tiles.entry_path(0)}"
    entries = tiles.decode_bundle(files[path], tiles.WIDTH)
    stated = statement.parse(entries[index])
    entries[index] = statement.assemble(stated.protected, stated.payload, bytes(reversed(stated.signature)))
    return {**files, path: tiles.encode_bundle(entries)}


def without(files: Files, name: str) -> Files:
    return {path: data for path, data in files.items() if path != name}


def blobs(files: Files) -> list[str]:
    return sorted(path for path in files if path.startswith("blobs/"))


def bytes_changed(files: Files, seed: int) -> Files:
    """Some bytes anywhere, in files that a fold reads."""
    chance, changed = random.Random(seed), dict(files)
    read = sorted(path for path in files if path.startswith("blobs/") or "/entries/" in path)
    for path in chance.sample(read, 3):
        at = chance.randrange(len(files[path]))
        changed[path] = (
            files[path][:at] + bytes([files[path][at] ^ 1 << chance.randrange(8)]) + files[path][at + 1 :]
        )
    return changed


ALTERED: dict[str, Callable[[Files], Files]] = {
    "nothing": lambda files: files,
    "a signature": lambda files: forged(files, 100),
    "a document gone": lambda files: without(files, blobs(files)[40]),
    "a document altered": lambda files: {**files, blobs(files)[7]: files[blobs(files)[7]] + b" "},
    "a bundle gone": lambda files: without(files, f"south/{tiles.entry_path(0)}"),
    "a checkpoint gone": lambda files: without(files, "north/checkpoint"),
    "no charter": lambda files: without(files, "charter"),
    "another charter": lambda files: {**files, "charter": b"{}"},
    "some bytes": lambda files: bytes_changed(files, 1),
    "other bytes": lambda files: bytes_changed(files, 2),
}


@pytest.mark.parametrize("how", ALTERED)
def test_several_processes_say_what_one_says(
    sound: Files, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = ALTERED[how](sound)
    folder = written(files, tmp_path)
    answers = list[bool]()
    asked = auditing._Others._asked

    def counted(others: auditing._Others, said: str, question: list[Register] | None) -> Any:
        found = asked(others, said, question)
        answers.append(found is not None)
        return found

    monkeypatch.setattr(auditing._Others, "_asked", counted)
    report, state = audit_folder(folder, processes=2, least=0)
    assert (report, state) == audit(FolderFiles(folder))
    assert (report, state) == audit(MemoryFiles(files))
    assert list(state.voids) == sorted(state.voids, key=lambda void: (void.side != "south", void.index))
    if how in ("nothing", "a signature", "a document gone", "a document altered"):
        assert answers == [True], "nobody has folded aside"
    if how == "a signature":
        assert ("south", 100, "signature") in {(one.side, one.index, one.reason) for one in state.voids}
        assert {defect.rule for defect in report.defects} >= {"leaf"} or report.of("registers")


def test_whoever_has_read_other_bytes_is_not_believed(sound: Files, tmp_path: Path) -> None:
    """The folder that the others read is not the one that is audited, as if it had changed meanwhile."""
    ours, theirs = written(sound, tmp_path / "ours"), written(forged(sound, 5), tmp_path / "theirs")
    with auditing._Others(theirs, 2) as others:
        found = audit(FolderFiles(ours), aside=others)
    assert found == audit(FolderFiles(ours))
    assert "signature" not in {void.reason for void in found[1].voids}


def test_small_exports_and_single_cores_start_no_process(
    sound: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(auditing, "_Others", refused)
    folder = written(sound, tmp_path)
    assert audit_folder(folder, processes=4) == audit_folder(folder, processes=1, least=0)
