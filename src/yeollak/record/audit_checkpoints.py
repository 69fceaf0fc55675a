"""The keys that an audit goes by, and checkpoints opened by them.

Of a record of small batches most signatures stand on older checkpoints, two and two of every batch. They are
opened by whichever process has time. Only what was good is passed on: what is wrong with any other, the audit
of its register finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from yeollak.errors import RecordFault
from yeollak.record.checkpoint import Checkpoint, read_checkpoint
from yeollak.record.folder import Files
from yeollak.record.generations import Generation, Pair, open_by_one, receipt_pair, register_pair
from yeollak.record.note import MAX_NOTE, VerifierKey


@dataclass(frozen=True, slots=True)
class Parties:
    """The keys that an audit goes by: of every party the register keys (01, 06) and receipt keys (04, 06) of
    the charter, all its `keys` by role, and the `later` generations by role that its register brings.
    """

    register: Mapping[str, Pair]
    receipt: Mapping[str, Pair]
    office: str = ""
    keys: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict, repr=False)
    later: Mapping[str, Mapping[str, tuple[Generation, ...]]] = field(default_factory=dict, repr=False)

    def registers(self, side: str, size: int | None = None) -> tuple[Pair, ...]:
        """The generations of a register's keys, those alone that acts below `size` bring where one is
        given.
        """
        later = self.later.get(side, {}).get("register", ())
        return self.register[side], *(
            register_pair(self.office, side, one) for one in later if size is None or one.since < size
        )

    def receipts(self, side: str) -> tuple[Pair, ...]:
        """The generations of a side's receipt keys."""
        later = self.later.get(side, {}).get("receipt", ())
        return self.receipt[side], *(receipt_pair(self.office, side, one) for one in later)


class Opened(NamedTuple):
    """A checkpoint, the generations of its register that have signed it, and every known key that has, each
    with the POSIX second that it states.
    """

    checkpoint: Checkpoint
    by: tuple[Pair, ...]
    signed: dict[VerifierKey, int]


def open_checkpoint(parties: Parties, side: str, data: bytes, path: str) -> Opened:
    """The checkpoint of a side's register in `data`, signed by a generation that the register below it
    brings. Raises RecordFault as `generations.open_by_one` does.
    """
    known = [key for other in parties.receipt for pair in parties.receipts(other) for key in pair]
    size = read_checkpoint(data, path)[0].size
    pairs, origin = parties.registers(side, size), parties.register[side][0].name
    return Opened(*open_by_one(data, pairs, known, origin=origin, what=path))


class AskedCheckpoints(NamedTuple):
    """Checkpoints to be opened: of which register, and their paths."""

    side: str
    paths: tuple[str, ...]


def open_good(files: Files, parties: Parties, asked: AskedCheckpoints) -> list[Opened | None]:
    """The checkpoints that are asked for; None for one that cannot be read or opened."""
    return [_good(files, parties, asked.side, path) for path in asked.paths]


def _good(files: Files, parties: Parties, side: str, path: str) -> Opened | None:
    try:
        return open_checkpoint(parties, side, files.read(path, MAX_NOTE), path)
    except RecordFault:
        return None


def older(parties: Parties, names: Iterable[str], *, together: int) -> Iterator[AskedCheckpoints]:
    """The older checkpoints among the files of an export, so many at a time."""
    known = list(names)
    for side in parties.register:
        paths = [name for name in known if name.startswith(f"receipts/{side}/")]
        for start in range(0, len(paths), together):
            yield AskedCheckpoints(side, tuple(paths[start : start + together]))
