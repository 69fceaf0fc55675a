"""Cosignatures: how another side says that it holds a register up to a size.

A receipt is two lines on a checkpoint, type 04 (Ed25519) and type 06 (ML-DSA-44), by receipt keys that serve
one office alone: type 04 does not sign the cosigner's name. Making one here says nothing about whether it may
be made; that the bytes are held durably is the caller's to know. Source: C2SP tlog-cosignature v1.1.0-rc.1,
commit 5ba5ee8.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record import keys
from yeollak.record.note import COSIGNATURE, ED25519, MLDSA44, Note, Signature, VerifierKey, key_id
from yeollak.record.proven import Proven, Value
from yeollak.record.treehead import Checkpoint

_STAMP: Final = 8
# A checkpoint is verified when it arrives, when its batch is admitted and when its receipt comes, and whoever
# signs one sees his own lines again. Good lines are remembered with every byte that took part in them.
_good: Final = Proven(512)


def receipt_name(origin: str) -> str:
    """The cosigner name of the side whose register has `origin`."""
    return f"{origin}/receipt"


def subtree_line(checkpoint: Checkpoint, name: str, key: keys.PostQuantumKey, time: int) -> Signature:
    """The type 06 line of `name` over the whole tree at POSIX second `time`."""
    blob = time.to_bytes(_STAMP, "big") + key.sign(checkpoint.subtree_message(name, time))
    return known_good(
        checkpoint, Signature(name, key_id(name, MLDSA44, key.public), blob), MLDSA44, key.public
    )


def known_good(checkpoint: Checkpoint, line: Signature, type: int, public: bytes) -> Signature:  # noqa: A002 - the word of signed-note
    """A line that has just been signed by the key `public`: it is known to be good."""
    _good.add(_every_byte(checkpoint, line, type, public))
    return line


def _every_byte(checkpoint: Checkpoint, line: Signature, of: int, public: bytes) -> Value:
    return (
        checkpoint.origin,
        checkpoint.size,
        checkpoint.root,
        line.name,
        line.key_id,
        line.blob,
        of,
        public,
    )


def cosign(
    checkpoint: Checkpoint, name: str, key: keys.SigningKey, key_pq: keys.PostQuantumKey, time: int
) -> tuple[Signature, Signature]:
    """The receipt's two lines, 04 and 06, of cosigner `name` at POSIX second `time`, which is not 0."""
    if time == 0:
        raise RecordFault("malformed", what="the time of the receipt", why="it is 0, which C2SP reserves")
    message = checkpoint.cosigned_text(time)
    line = Signature(
        name, key_id(name, COSIGNATURE, key.public), time.to_bytes(_STAMP, "big") + key.sign(message)
    )
    known_good(checkpoint, line, COSIGNATURE, key.public)
    return line, subtree_line(checkpoint, name, key_pq, time)


def verify_line(
    checkpoint: Checkpoint, line: Signature, key: VerifierKey, what: str = "the checkpoint"
) -> int:
    """The POSIX second of `line`, verified; 0 for type 01, which has none.

    Raises RecordFault(`signature-missing`) when the line is not `key`'s, (`signature-wrong`) when it does not
    verify.
    """
    if not line.is_by(key):
        raise RecordFault("signature-missing", what=what, key=key.name)
    known = _every_byte(checkpoint, line, key.type, key.raw)
    if known not in _good:
        _verify(checkpoint, line, key, what)
        _good.add(known)
    return 0 if key.type == ED25519 else int.from_bytes(line.blob[:_STAMP], "big")


def _verify(checkpoint: Checkpoint, line: Signature, key: VerifierKey, what: str) -> None:
    if key.type == ED25519:
        keys.verify_ed25519(key.raw, checkpoint.text().encode(), line.blob, what=what, key=key.name)
        return
    time, signature = int.from_bytes(line.blob[:_STAMP], "big"), line.blob[_STAMP:]
    if time >= 1 << 63:
        raise RecordFault("signature-wrong", what=what, key=key.name)
    if key.type == COSIGNATURE:
        keys.verify_ed25519(key.raw, checkpoint.cosigned_text(time), signature, what=what, key=key.name)
    else:
        keys.verify_mldsa44(
            key.raw, checkpoint.subtree_message(key.name, time), signature, what=what, key=key.name
        )


def verify_cosignature(
    checkpoint: Checkpoint, line: Signature, key: VerifierKey, what: str = "the receipt"
) -> int:
    """The POSIX second at which `key` (type 04 or 06) cosigned, verified. Raises RecordFault as `verify_line`
    does.

    A time of 0 is refused: a receipt says when.
    """
    if key.type == ED25519:
        raise RecordFault("key-refused", what=f"the key of {key.name}", why="it does not cosign")
    time = verify_line(checkpoint, line, key, what)
    if time == 0:
        raise RecordFault("signature-wrong", what=what, key=key.name)
    return time


def verify_known(
    checkpoint: Checkpoint, note: Note, known: Iterable[VerifierKey], what: str = "the checkpoint"
) -> dict[VerifierKey, int]:
    """The keys of `known` that have signed, each with the latest POSIX second of its lines.

    Lines of unknown keys are passed over; a line of a known key that does not verify fails the whole note, as
    signed-note asks. Raises RecordFault(`signature-wrong`).
    """
    found: dict[VerifierKey, int] = {}
    for key in known:
        for line in note.signatures:
            if line.is_by(key):
                found[key] = max(found.get(key, 0), verify_line(checkpoint, line, key, what))
    return found
