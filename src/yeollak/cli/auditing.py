"""Auditing an export on every core: the same audit, with the same outcome, sooner.

This process lists, compares, folds and judges. Others read for it, a bundle at a time: files, digests,
documents, and signatures by the keys that were in force when the bundle was asked for. What one of them has
not read, because it has ended early, this process reads by itself.
"""

from __future__ import annotations

import gc
import marshal
import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, Final, TypeVar

from yeollak.errors import RecordFault
from yeollak.office.audit import Recomputed, audit
from yeollak.record.audit import ReadHere, Reading
from yeollak.record.audit_checkpoints import AskedCheckpoints, Opened, Parties, older, open_good
from yeollak.record.audit_reading import Asked, ReadBundle, packed, read_bundle, unpacked
from yeollak.record.audit_register import MAX_ENTRIES
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.folder import Files, FolderFiles
from yeollak.record.note import MAX_NOTE
from yeollak.record.policy import Policy
from yeollak.record.report import Report

#: From how many entries on an export is worth processes of its own, which take some tenths of a second.
LEAST: Final = 4_000
#: How many bundles a reader is given before the first has come back: what waits in memory is bounded by it.
_AHEAD: Final = 3
#: How many checkpoints are opened together.
_TOGETHER: Final = 16
_BUNDLE: Final = b"b"
_CHECKPOINTS: Final = b"c"
#: How much is laid aside in memory before it is written, in bytes.
_PART: Final = 1024 * 1024


_Question = TypeVar("_Question")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def audit_folder(
    folder: Path,
    policy: Policy | None = None,
    *,
    office: str | None = None,
    processes: int | None = None,
    least: int = LEAST,
) -> tuple[Report, Recomputed]:
    """`office.audit.audit` of the export in a folder, with nothing kept, read by so many processes (as many
    as there are cores, where none is said); by this process alone where that is one, or where there are fewer
    than `least` entries. Raises RecordFault(`unreadable`) alone.
    """
    many = cores() if processes is None else processes
    with _hoarding():
        if _entries(folder) < least:
            return audit(FolderFiles(folder), policy, office=office, keep=False)
        with _reading(folder, many) as reading, FileSpool() as spool:
            files = FolderFiles(folder)
            return audit(files, policy, office=office, reading=reading, spool=spool, keep=False)


@contextmanager
def _hoarding() -> Iterator[None]:
    """Nothing that an audit makes refers to itself: to look for what could be thrown away is a tenth of its
    time.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class FileSpool:
    """What an audit has laid aside (`office.packed.Spool`), in a file that nobody else sees and that is gone
    with it. Where there is no room for it, it stays in memory.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        #: What is not written yet begins at `written` of all that has been laid aside.
        self._newest = bytearray()
        self._written = 0
        self._full = False

    def __enter__(self) -> FileSpool:
        with suppress(OSError):
            self._file = tempfile.TemporaryFile(prefix="yeollak-", buffering=0)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, data: bytes) -> int:
        """See Spool."""
        at = self._written + len(self._newest)
        self._newest += len(data).to_bytes(4, "big")
        self._newest += data
        if len(self._newest) > _PART and self._file is not None and not self._full:
            self._write(self._file)
        return at

    def get(self, at: int) -> bytes:
        """See Spool."""
        length = int.from_bytes(self._part(at, 4), "big")
        return self._part(at + 4, length)

    def _part(self, at: int, length: int) -> bytes:
        if at >= self._written or self._file is None:
            return bytes(self._newest[at - self._written : at - self._written + length])
        return os.pread(self._file.fileno(), length, at)

    def _write(self, file: IO[bytes]) -> None:
        try:
            self._full = os.pwrite(file.fileno(), self._newest, self._written) != len(self._newest)
        except OSError:
            self._full = True
        if not self._full:
            self._written += len(self._newest)
            self._newest = bytearray()


def _entries(folder: Path) -> int:
    """How many entries the registers in a folder claim to have."""
    found = 0
    with suppress(OSError):
        files = FolderFiles(folder, listed=False)
        for place in folder.iterdir():
            with suppress(RecordFault):
                note = files.read(f"{place.name}/checkpoint", MAX_NOTE)
                found += min(read_checkpoint(note)[0].size, MAX_ENTRIES)
    return found


@contextmanager
def _reading(folder: Path, many: int) -> Iterator[Reading]:
    """How the export in a folder is read by so many processes."""
    if many < 2:
        yield ReadHere()
        return
    with _Readers(folder, many) as readers:
        yield readers


class _Readers:
    """Processes that read bundles of an export."""

    def __init__(self, folder: Path, many: int) -> None:
        # A fork has everything imported already; where there are threads, it could inherit their locks.
        forks = threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("fork" if forks else "spawn")
        self._lines: list[Connection] = []
        self._processes: list[BaseProcess] = []
        for _ in range(many):
            here, there = context.Pipe()
            self._lines.append(here)
            inherited = tuple(self._lines) if forks else ()
            process = context.Process(target=_read_on, args=(folder, there, inherited), daemon=True)  # type: ignore[attr-defined]  # of either context
            process.start()
            there.close()
            self._processes.append(process)

    def __enter__(self) -> _Readers:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.terminate()
            process.join()

    def bundles(
        self, files: Files, office: str, asked: Iterable[Asked]
    ) -> Iterator[tuple[Asked, ReadBundle | None]]:
        """See Reading."""
        for one, answer in self._each(asked, partial(_of_bundle, office)):
            yield one, read_bundle(files, office, one) if answer is None else unpacked(answer)

    def checkpoints(self, parties: Parties, names: Iterable[str]) -> Iterator[tuple[str, Opened | None]]:
        """See Reading."""
        asked = older(parties, names, together=_TOGETHER)
        for one, answer in self._each(asked, partial(_of_checkpoints, parties)):
            found = [None] * len(one.paths) if answer is None else pickle.loads(answer)  # noqa: S301 (see below)
            yield from zip(one.paths, found, strict=True)

    def _each(
        self, asked: Iterable[_Question], said: Callable[[_Question], bytes]
    ) -> Iterator[tuple[_Question, bytes | None]]:
        """Every question, as it is said to one of the processes, with the answer; None where the process has
        ended.
        """
        following, waiting = iter(asked), deque[tuple[_Question, Connection | None]]()
        free = deque(line for _ in range(_AHEAD) for line in self._lines)
        while True:
            while (free or not waiting) and (one := next(following, None)) is not None:
                waiting.append((one, _ask(free, said(one))))
            if not waiting:
                return
            one, line = waiting.popleft()
            answer = None if line is None else _answer(line)
            if line is not None and answer is not None:
                free.append(line)
            yield one, answer


def _ask(free: deque[Connection], question: bytes) -> Connection | None:
    """The process that has been asked; None where there is none any more."""
    while free:
        line = free.popleft()
        with suppress(OSError):
            line.send_bytes(question)
            return line
    return None


def _answer(line: Connection) -> bytes | None:
    with suppress(EOFError, OSError):
        return line.recv_bytes()
    return None


def _read_on(folder: Path, line: Connection, inherited: Sequence[Connection]) -> None:
    """A process that reads what it is asked for until nobody asks any more."""
    for other in inherited:
        # Or it would never learn that the process which asks has ended.
        other.close()
    # Whoever asks ends it. An interrupt goes to all processes of a terminal, and one word of it is enough;
    # what a fork has inherited would say one of its own end too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.disable()
    files = FolderFiles(folder, listed=False)
    with suppress(EOFError, OSError):
        while True:
            line.send_bytes(_answered(files, line.recv_bytes()))


# Questions and answers between processes of one audit, which trust each other: by marshal where there are
# many, and by pickle where values are of classes.


def _of_bundle(office: str, one: Asked) -> bytes:
    return _BUNDLE + marshal.dumps((office, one.side, one.n, one.width, dict(one.keys)))


def _of_checkpoints(parties: Parties, one: AskedCheckpoints) -> bytes:
    return _CHECKPOINTS + pickle.dumps((parties, one))


def _answered(files: Files, question: bytes) -> bytes:
    if question.startswith(_BUNDLE):
        office, *asked = marshal.loads(question[1:])  # noqa: S302 (see above)
        return packed(read_bundle(files, office, Asked(*asked)))
    parties, checkpoints = pickle.loads(question[1:])  # noqa: S301 (see above)
    return pickle.dumps(open_good(files, parties, checkpoints))
