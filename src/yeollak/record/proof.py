"""Proofs in a file: that one entry stands in a register, checkable offline with the entry and the keys.

The file carries the index, the path and the checkpoint as it was issued, receipts and all. Its `extra` line
is covered by nothing and is kept only to be shown. Source: C2SP tlog-proof, commit 5ba5ee8.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record import merkle
from yeollak.record.checkpoint import Checkpoint, open_checkpoint
from yeollak.record.naming import about
from yeollak.record.note import MAX_NOTE, VerifierKey, decode_base64
from yeollak.record.treehead import decimal

_FIRST: Final = "c2sp.org/tlog-proof@v1"
_MAX_PATH: Final = 64
_WHAT: Final = "the proof"


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof as it stands in its file:

    `index`, `path` (32-byte hashes, the sibling first), the checkpoint's note bytes.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes, what: str = _WHAT) -> Proof:
        """The proof in `data`, nothing verified. Raises RecordFault(`too-large`) or (`malformed`)."""
        with about(what):
            return cls._parse(data, what)

    @classmethod
    def _parse(cls, data: bytes, what: str) -> Proof:
        if len(data) > MAX_NOTE:
            raise RecordFault("too-large", what=what, limit=MAX_NOTE)
        head, empty, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise RecordFault("malformed", what=what, why="its first lines are not ASCII") from None
        if not empty or lines.pop(0) != _FIRST:
            raise RecordFault("malformed", what=what, why=f"it does not begin with {_FIRST}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = decode_base64(lines.pop(0)[6:], f"the extra data of {what}")
        if not lines or not lines[0].startswith("index "):
            raise RecordFault("malformed", what=what, why="it has no index")
        index = decimal(lines.pop(0)[6:], f"the index in {what}")
        path = tuple(decode_base64(line, f"a hash in {what}") for line in lines)
        if len(path) > _MAX_PATH or any(len(part) != merkle.HASH for part in path):
            raise RecordFault("malformed", what=what, why="its path is not at most 64 hashes of 32 bytes")
        return cls(index, path, checkpoint, extra)

    def format(self) -> bytes:
        """The file's bytes."""
        lines = [_FIRST]
        if self.extra is not None:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines.extend(base64.b64encode(part).decode() for part in self.path)
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint

    def verify(
        self,
        entry: bytes,
        required: Sequence[VerifierKey],
        known: Iterable[VerifierKey] = (),
        *,
        what: str = _WHAT,
    ) -> Checkpoint:
        """The checkpoint that proves `entry` to stand at `index`, its signatures verified as
        `open_checkpoint` does.

        Raises RecordFault(`proof-mismatch`) when the path does not lead from the entry to its root.
        """
        with about(what):
            checkpoint = open_checkpoint(self.checkpoint, required, known, what=f"the checkpoint of {what}")
            merkle.verify_inclusion(
                merkle.leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root
            )
        return checkpoint
