"""The tree head: origin, size and root of a register, and the exact bytes that signatures over it cover.

One value and three messages, kept apart from who signs them, because a register's own checkpoint (01 and 06)
and the others' receipts (04 and 06) sign the same head. Extension lines are refused: type 06 does not cover
them. Source: C2SP tlog-checkpoint v1.0.0, tlog-cosignature v1.1.0-rc.1, commit 5ba5ee8.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record import canon
from yeollak.record.merkle import EMPTY_ROOT, HASH, MAX_SIZE
from yeollak.record.note import check_name, decode_base64

MAX_TIME: Final = 2**63 - 1
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,19}")


def origin_of(side: str, office: str) -> str:
    """The origin of a side's register in an office (64 hex): `<side>/<office id>`, at most 129 bytes."""
    return f"{canon.side_name(side)}/{canon.hexadecimal(office, 64, 'the office id')}"


def decimal(text: str, what: str, *, most: int = MAX_SIZE) -> int:
    """The number written in decimal without sign or leading zeros. Raises RecordFault(`malformed`)."""
    if not _DECIMAL.fullmatch(text) or int(text) > most:
        raise RecordFault("malformed", what=what, why=f"it is not a plain decimal number up to {most}")
    return int(text)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A register's head: `origin` at most 255 bytes, `size` in entries, `root` 32 bytes.

    Unsigned, a claim and no more.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        check_name(self.origin, "the origin of the checkpoint")
        canon.natural(self.size, "the size of the checkpoint", most=MAX_SIZE)
        if len(self.root) != HASH or (self.size == 0 and self.root != EMPTY_ROOT):
            raise RecordFault(
                "malformed", what="the root of the checkpoint", why="no tree of its size has it"
            )

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def from_text(cls, text: str, what: str = "the checkpoint") -> Checkpoint:
        """The head that `text` states. Raises RecordFault(`malformed`), also for extension lines."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise RecordFault("malformed", what=what, why="it does not have exactly three lines")
        return cls(
            lines[0], decimal(lines[1], f"the size in {what}"), decode_base64(lines[2], f"the root in {what}")
        )

    def cosigned_text(self, time: int) -> bytes:
        """What a type 04 cosignature of POSIX second `time` signs."""
        return f"cosignature/v1\ntime {_time(time)}\n{self.text()}".encode()

    def subtree_message(self, cosigner: str, time: int) -> bytes:
        """What a type 06 signature by `cosigner` of POSIX second `time` signs: the whole tree as the subtree
        [0, size).
        """
        return b"".join(
            (
                b"subtree/v1\n\0",
                _short(check_name(cosigner)),
                _time(time).to_bytes(8, "big"),
                _short(self.origin),
                (0).to_bytes(8, "big"),
                self.size.to_bytes(8, "big"),
                self.root,
            )
        )


def _short(name: str) -> bytes:
    raw = name.encode()
    return bytes((len(raw),)) + raw


def _time(time: int) -> int:
    return canon.natural(time, "the time of the signature", most=MAX_TIME)
