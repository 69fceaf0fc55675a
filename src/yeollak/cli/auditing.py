"""Auditing an export on every core: the same audit, with the same outcome, sooner.

This process audits files, registers and documents as ever. Another one folds the entries meanwhile, and
further ones read them for it, a bundle at a time, and verify their signatures by the keys that were in force
when the bundle was asked for. All read the files by themselves, which may change under them: the word of the
others is taken only where the digest over what they have folded is that of what was audited here. Else, and
where one of them ends early, this process folds as if it were alone.
"""

from __future__ import annotations

import gc
import hashlib
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Final

from yeollak.errors import Fault, RecordFault
from yeollak.office import side_keys
from yeollak.office.audit import Fold, Recomputed, audit, recomputed
from yeollak.office.officers import Officer
from yeollak.record import statement, tiles
from yeollak.record.audit import MAX_CHARTER
from yeollak.record.audit_keys import Later
from yeollak.record.audit_register import MAX_BUNDLE, MAX_ENTRIES
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.document import MAX_DOCUMENT
from yeollak.record.folder import BLOBS, FolderFiles
from yeollak.record.note import MAX_NOTE
from yeollak.record.policy import Policy
from yeollak.record.report import Register, Report

#: From how many entries on an export is worth processes of its own, which take some tenths of a second.
LEAST: Final = 4_000
#: How many bundles a reader is given before the first has come back: what waits in memory is bounded by it.
_AHEAD: Final = 3
#: A bundle to be read: the side, the path, how many entries, and the keys by which they may be signed.
_Asked = tuple[str, str, int, Mapping[str, bytes]]
#: An entry as it was read: statement, document where it is here, and whether its signature was good by a key
#: that was given; None for a bundle that cannot be read.
_Read = list[tuple[bytes, bytes | None, bytes]] | None
_CONTEXT: Final = multiprocessing.get_context("spawn")


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
    """`office.audit.audit` of the export in a folder, on so many processes (as many as there are cores, where
    none is said); by this process alone where that is one, or where there are fewer than `least` entries.
    Raises RecordFault(`unreadable`) alone.
    """
    many = cores() if processes is None else processes
    with _hoarding():
        if many < 2 or sum(_sizes(folder).values()) < least:
            return audit(FolderFiles(folder), policy, office=office)
        with _Others(folder, many) as others:
            return audit(FolderFiles(folder), policy, office=office, aside=others)


@contextmanager
def _hoarding() -> Iterator[None]:
    """What an audit makes it keeps until its end: to look for what could be thrown away is a tenth of its
    time.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class _Others:
    """The processes that fold an export, as this one asks them. Implements `office.audit.Aside`."""

    def __init__(self, folder: Path, many: int) -> None:
        self._said: str | None = None
        self._processes: list[SpawnProcess] = []
        readers, theirs = [], []
        for _ in range(max(1, many - 1)):
            here, there = _CONTEXT.Pipe()
            readers.append(here)
            theirs.append(there)
            self._start(_read_on, folder, there)
        self._line, there = _CONTEXT.Pipe()
        self._start(_fold, folder, readers, there)
        for one in (*readers, *theirs, there):
            one.close()

    def __enter__(self) -> _Others:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()
        for process in self._processes:
            process.terminate()
            process.join()

    def _start(self, work: Any, *given: Any) -> None:
        process = _CONTEXT.Process(target=work, args=given, daemon=True)
        process.start()
        self._processes.append(process)

    def later(self, said: str) -> Later | None:
        """See Aside."""
        found: Later | None = self._asked(said, None)
        return found

    def recomputed(self, said: str, registers: Sequence[Register]) -> Recomputed | None:
        """See Aside."""
        found: Recomputed | None = self._asked(said, list(registers))
        return found

    def _asked(self, said: str, question: list[Register] | None) -> Any:
        with suppress(EOFError, OSError):
            if self._said is None:
                self._said = self._line.recv()
            if self._said == said:
                self._line.send(question)
                return self._line.recv()
        return None


def _sizes(folder: Path) -> dict[str, int]:
    """How many entries the registers in a folder claim to have, by side."""
    sizes = {}
    with suppress(OSError):
        files = FolderFiles(folder, listed=False)
        for place in sorted(folder.iterdir()):
            with suppress(RecordFault):
                note = files.read(f"{place.name}/checkpoint", MAX_NOTE)
                sizes[place.name] = min(read_checkpoint(note)[0].size, MAX_ENTRIES)
    return sizes


# the process that folds


def _fold(folder: Path, readers: Sequence[Connection], line: Connection) -> None:
    gc.disable()  # as in `_hoarding`
    try:
        charter = FolderFiles(folder, listed=False).read("charter", MAX_CHARTER)
        fold = _Folding(charter).run(_sizes(folder), readers)
        line.send(str(fold.said))
        while True:
            registers = line.recv()
            line.send(
                side_keys.later(fold.office) if registers is None else recomputed(fold.office, registers)
            )
    except (Fault, EOFError, OSError):
        return  # whoever asks folds by itself, and finds what is wrong


class _Folding:
    """A fold whose entries others read and whose signatures they verify."""

    def __init__(self, charter: bytes) -> None:
        #: Statements whose signature is good, each with the key that it is by; they are used up.
        self._good: dict[bytes, bytes] = {}
        self._fold = Fold(charter, self._verify)

    def run(self, sizes: Mapping[str, int], readers: Sequence[Connection]) -> Fold:
        """Fold everything that can be read."""
        bundles, ended = _bundles(sizes), set[str]()
        waiting: deque[tuple[str, Connection]] = deque()
        free = deque([reader for reader in readers for _ in range(_AHEAD)])
        while True:
            while free and (asked := next(bundles, None)) is not None:
                side, path, width = asked
                if side not in ended and side in self._fold.office.charter.places:
                    reader = free.popleft()
                    reader.send((side, path, width, self._keys(side)))
                    waiting.append((side, reader))
            if not waiting:
                return self._fold
            side, reader = waiting.popleft()
            found: _Read = reader.recv()
            free.append(reader)
            if side not in ended and not self._take(side, found):
                ended.add(side)

    def _take(self, side: str, found: _Read) -> bool:
        """Take in a bundle and count. Returns whether its register goes on."""
        if found is None:
            return False
        self._good.update((raw, key) for raw, _, key in found if key)
        goes_on = self._fold.add(side, ((raw, document) for raw, document, _ in found))
        self._fold.count()
        return goes_on

    def _keys(self, side: str) -> dict[str, bytes]:
        """The keys that may sign the next entries of a register, as far as they are known now."""
        office = self._fold.office
        posted: Mapping[str, Officer] = office.officers(office.charter.places[side])
        return {kid: officer.key for kid, officer in posted.items()}

    def _verify(self, stated: statement.Statement, key: bytes) -> None:
        if self._good.pop(stated.raw, None) != key:
            statement.verify(stated, key)


def _bundles(sizes: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
    """The entry bundles of all registers: those as far along in theirs come together, since one waits for
    what it has seen of the others.
    """
    whole = max(sizes.values(), default=0)
    queues = {side: deque(tiles.bundle_widths(size)) for side, size in sizes.items()}
    for reached in range(0, whole + tiles.WIDTH, tiles.WIDTH):
        for side, queue in queues.items():
            while queue and queue[0][0] * tiles.WIDTH * whole <= reached * sizes[side]:
                n, width = queue.popleft()
                yield side, f"{side}/{tiles.entry_path(n, width)}", width


# a process that reads


def _read_on(folder: Path, line: Connection) -> None:
    gc.disable()
    files = FolderFiles(folder, listed=False)
    with suppress(EOFError, OSError):
        while True:
            asked: _Asked = line.recv()
            line.send(_bundle(files, *asked))


def _bundle(files: FolderFiles, side: str, path: str, width: int, keys: Mapping[str, bytes]) -> _Read:
    """The entries of a bundle, as `_Read` says."""
    try:
        entries = tiles.decode_bundle(files.read(path, MAX_BUNDLE), width, path)
    except RecordFault:
        return None
    return [_entry(files, raw, keys) for raw in entries]


def _entry(files: FolderFiles, raw: bytes, keys: Mapping[str, bytes]) -> tuple[bytes, bytes | None, bytes]:
    try:
        stated = statement.parse(raw)
        document = files.read(f"{BLOBS}{stated.act_id}", MAX_DOCUMENT)
        if hashlib.sha256(document).digest() != stated.payload:
            return raw, None, b""
    except RecordFault:
        return raw, None, b""
    key = keys.get(stated.kid, b"")
    try:
        if key:
            statement.verify(stated, key)
    except RecordFault:
        key = b""  # looked at again by whoever folds, which names it
    return raw, document, key
