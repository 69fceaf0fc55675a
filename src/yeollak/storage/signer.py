"""The pair of keys with which a side signs its own register's checkpoints and the manifests of its
exports.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from yeollak.record import checkpoint
from yeollak.record.checkpoint import Checkpoint
from yeollak.record.keys import PostQuantumKey, SigningKey


@dataclass(frozen=True, slots=True)
class RegisterSigner:
    """`key` (Ed25519) and `key_pq` (ML-DSA-44) of one side's register in one office, unlocked."""

    key: SigningKey = field(repr=False)
    key_pq: PostQuantumKey = field(repr=False)

    def sign(self, head: Checkpoint, time: int) -> bytes:
        """The note of a checkpoint, signed with both (01 and 06) at POSIX second `time`."""
        return checkpoint.sign(head, self.key, self.key_pq, time)
