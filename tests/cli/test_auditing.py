"""An audit on several processes says what an audit by one says, of sound exports and of altered ones."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.office.test_audit import exported
from tests.office.world import World
from yeollak.cli import auditing
from yeollak.cli.auditing import audit_folder
from yeollak.office.audit import audit
from yeollak.record import statement, tiles
from yeollak.record.audit_reading import Asked
from yeollak.record.folder import FolderFiles, MemoryFiles

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
    answer = auditing._answer

    def counted(line: Connection) -> bytes | None:
        found = answer(line)
        answers.append(found is not None)
        return found

    monkeypatch.setattr(auditing, "_answer", counted)
    report, state = audit_folder(folder, processes=2, least=0)
    assert (report, state) == audit(FolderFiles(folder), keep=False)
    kept, known = audit(MemoryFiles(files))
    assert (replace(report, documents=kept.documents, registers=kept.registers), state) == (kept, known)
    assert [replace(one, statements=()) for one in kept.registers] == list(report.registers)
    assert not report.documents
    assert list(state.voids) == sorted(state.voids, key=lambda void: (void.side != "south", void.index))
    if "charter" in files and files["charter"] == sound["charter"]:
        assert answers, "nobody has read for the audit"
        assert all(answers)
    if how == "a signature":
        assert ("south", 100, "signature") in {(one.side, one.index, one.reason) for one in state.voids}
        assert {defect.rule for defect in report.defects} >= {"leaf"} or report.of("registers")


@pytest.mark.parametrize("threads", [0, 1])
def test_what_nobody_reads_any_more_is_read_here(
    sound: Files, threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every reader ends early, one by one, whether it was forked or not."""
    stop = threading.Event()
    others = [threading.Thread(target=stop.wait) for _ in range(threads)]
    for thread in others:
        thread.start()
    folder = written(sound, tmp_path)
    try:
        with auditing._Readers(folder, 2) as readers:
            answer, asked = auditing._answer, list[bool]()

            def ending(line: Connection) -> bytes | None:
                process = readers._processes[len(asked) % 2]
                process.terminate()
                process.join()
                found = answer(line)
                asked.append(found is not None)
                return found

            monkeypatch.setattr(auditing, "_answer", ending)
            found = audit(FolderFiles(folder), reading=readers, keep=False)
    finally:
        stop.set()
        for thread in others:
            thread.join()
    assert False in asked
    assert found == audit(FolderFiles(folder), keep=False)


def test_readers_end_with_whoever_asks_them(sound: Files, tmp_path: Path) -> None:
    """Nobody is left who reads for a process that was killed: each line has one end here alone."""
    readers = auditing._Readers(written(sound, tmp_path), 3)
    try:
        for line in readers._lines:
            line.close()
        for process in readers._processes:
            process.join(timeout=60)
            assert process.exitcode == 0
    finally:
        readers.__exit__()


def test_readers_say_nothing_when_they_are_ended(
    sound: Files, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever the process that asks does about signals, as the commands do."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        readers = auditing._Readers(written(sound, tmp_path), 2)
        asked = Asked("south", 0, 256, {})
        assert all(found is not None for _, found in readers.bundles(FolderFiles(tmp_path), "", [asked] * 4))
        for process in readers._processes:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGINT)
        assert all(found is not None for _, found in readers.bundles(FolderFiles(tmp_path), "", [asked] * 4))
        processes = list(readers._processes)
        for process in processes:
            process.terminate()
            process.join(timeout=60)
        assert [process.exitcode for process in processes] == [-signal.SIGTERM] * 2
        readers.__exit__()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert capfd.readouterr() == ("", "")


def test_small_exports_and_single_cores_start_no_process(
    sound: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(auditing, "_Readers", refused)
    folder = written(sound, tmp_path)
    assert audit_folder(folder, processes=4) == audit_folder(folder, processes=1, least=0)


@pytest.mark.parametrize("room", [0, 2_500, 10**9])
def test_what_is_laid_aside_comes_back_whatever_room_there_is(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "_PART", 300)
    write = os.pwrite

    def limited(file: int, data: bytes, at: int) -> int:
        if at >= room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data[: room - at], at)

    monkeypatch.setattr(os, "pwrite", limited)
    chance, laid = random.Random(1), dict[int, bytes]()
    with auditing.FileSpool() as spool:
        for _ in range(300):
            data = chance.randbytes(chance.randrange(60))
            laid[spool.add(data)] = data
            at = chance.choice(list(laid))
            assert spool.get(at) == laid[at]
        assert all(spool.get(at) == data for at, data in laid.items())
        assert (spool._written > 0) == (room > 300)
    with auditing.FileSpool() as spool:
        spool._file = None  # there is no folder for it
        assert spool.get(spool.add(b"kept")) == b"kept"


def test_what_only_looks_like_a_file_is_read_by_no_process(sound: Files, tmp_path: Path) -> None:
    folder, names = written(sound, tmp_path / "export"), blobs(sound)
    link, pipe, place, large = (folder / name for name in names[10:50:10])
    for path in (link, pipe, place, large):
        path.unlink()
    (tmp_path / "outside").write_bytes(sound[names[10]])
    link.symlink_to(tmp_path / "outside")
    os.mkfifo(pipe)
    (place / "deeper").mkdir(parents=True)
    with large.open("wb") as file:
        file.truncate(1 << 36)  # it takes no room, and would take all memory
    checkpoint = folder / "north" / "checkpoint"
    checkpoint.unlink()
    checkpoint.symlink_to("/dev/zero")
    # A process that is forked begins with what this one has.
    began = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
    report, state = audit_folder(folder, processes=2, least=0)
    assert (report, state) == audit_folder(folder, processes=1, least=0)
    told = {defect.file for defect in report.defects}
    assert {str(path.relative_to(folder)) for path in (link, pipe, place, large, checkpoint)} <= told
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= began + 200 * 1024
