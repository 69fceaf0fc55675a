"""Checkpoints: a register's signed head.

The register signs with Ed25519 (type 01, what every log tool reads) and ML-DSA-44 (type 06, so that a later
break of Ed25519 cannot rewrite what was dated); both are required here. Receipts by other sides ride on the
same note and are cosign's. Source: C2SP tlog-checkpoint v1.0.0 and tlog-tiles v0.1.0, commit 5ba5ee8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yeollak.errors import RecordFault
from yeollak.record import keys
from yeollak.record.cosign import known_good, subtree_line, verify_known
from yeollak.record.naming import about
from yeollak.record.note import ED25519, Note, Signature, VerifierKey, sign_text
from yeollak.record.treehead import Checkpoint, origin_of

__all__ = ["Checkpoint", "add_lines", "open_checkpoint", "origin_of", "read_checkpoint", "sign"]


def sign(checkpoint: Checkpoint, key: keys.SigningKey, key_pq: keys.PostQuantumKey, time: int) -> bytes:
    """The note of `checkpoint` signed by its register (01 and 06, the latter at POSIX second `time`)."""
    name = checkpoint.origin
    text = sign_text(checkpoint.text(), name, key)
    lines = (known_good(checkpoint, text, ED25519, key.public), subtree_line(checkpoint, name, key_pq, time))
    return Note(checkpoint.text(), lines).format()


def read_checkpoint(data: bytes, what: str = "the checkpoint") -> tuple[Checkpoint, Note]:
    """The head that `data` states and its note, nothing verified. Raises RecordFault(`malformed`)."""
    with about(what):
        note = Note.parse(data, what)
        return Checkpoint.from_text(note.text, what), note


def open_checkpoint(
    data: bytes,
    required: Sequence[VerifierKey],
    known: Iterable[VerifierKey] = (),
    *,
    origin: str | None = None,
    what: str = "the checkpoint",
) -> Checkpoint:
    """The checkpoint in `data`, signed by every key of `required`.

    `known` are further keys (receipts) that need not have signed, but whose lines must verify where they
    stand; other lines are passed over. `origin`, when given, is the only register that is accepted. Raises
    RecordFault (`malformed`, `origin-mismatch`, `signature-missing`, `signature-wrong`).
    """
    checkpoint, note = read_checkpoint(data, what)
    if origin is not None and checkpoint.origin != origin:
        raise RecordFault("origin-mismatch", what=what, found=checkpoint.origin[:160], expected=origin)
    if not required:
        raise RecordFault("signature-missing", what=what, key=checkpoint.origin)
    with about(what):
        signed = verify_known(checkpoint, note, [*required, *known], what)
    for key in required:
        if key not in signed:
            raise RecordFault("signature-missing", what=what, key=key.name, file=what)
    return checkpoint


def add_lines(data: bytes, lines: Iterable[Signature]) -> bytes:
    """The checkpoint note in `data` with further signature lines, none of them twice."""
    return Note.parse(data, "the checkpoint").with_signatures(lines).format()
