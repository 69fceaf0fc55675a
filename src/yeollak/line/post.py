"""One side's end of the line in one office: seals what goes out, opens and checks what comes in.

Identity comes from the header's signature, never from the socket: a parcel counts only when it was sealed
to us, names us and this office, and is signed by the register key that the charter gives the sender. An
answer must carry the request's nonce.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from yeollak.errors import RecordFault, TheirFault
from yeollak.office.charter import Charter
from yeollak.record import parcel
from yeollak.record.canon import format_instant
from yeollak.record.checkpoint import Checkpoint, add_lines, open_checkpoint
from yeollak.record.cosign import cosign
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey
from yeollak.record.note import Note
from yeollak.record.parcel import Header, Parcel
from yeollak.storage.signer import RegisterSigner


@dataclass(frozen=True, slots=True)
class PostKeys:
    """The unlocked keys of one side in one office that the node itself uses."""

    register: RegisterSigner
    receipt: SigningKey = field(repr=False)
    receipt_pq: PostQuantumKey = field(repr=False)
    seal: SealKey = field(repr=False)
    node: SigningKey | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Post:
    """Our end of the line in one office."""

    charter: Charter
    side: str
    keys: PostKeys

    def seal(
        self, to: str, purpose: str, body: bytes, now: datetime, nonce: str | None = None
    ) -> tuple[bytes, str]:
        """A parcel to the other side, and its nonce (a fresh one where none is given)."""
        nonce = nonce or secrets.token_hex(16)
        sealed = parcel.seal(
            body,
            sender=self.side,
            to=to,
            office=self.charter.office,
            purpose=purpose,
            time=format_instant(now),
            nonce=nonce,
            signer=self.keys.register.key,
            recipient=self.charter.party(to).keys["seal"],
        )
        return sealed, nonce

    def open(self, data: bytes) -> Parcel:
        """A parcel that was sent to us in this office. Raises RecordFault, TheirFault(`no-such-side`)."""
        return parcel.open_parcel(
            data, self.keys.seal, self._register_key, to=self.side, office=self.charter.office
        )

    def open_answer(self, data: bytes, sender: str, nonce: str) -> Parcel:
        """The answer of `sender` to what we asked under `nonce`. Raises also
        TheirFault(`answer-otherwise`).
        """
        answer = self.open(data)
        if answer.header.sender != sender or answer.header.nonce != nonce:
            raise TheirFault("answer-otherwise", side=sender)
        return answer

    def receipt(self, note: bytes, checkpoint: Checkpoint, now: datetime) -> bytes:
        """The note of a checkpoint with our receipt lines, 04 and 06."""
        name = self.charter.origin(self.side) + "/receipt"
        lines = cosign(checkpoint, name, self.keys.receipt, self.keys.receipt_pq, int(now.timestamp()))
        return add_lines(note, lines)

    def check_receipt(self, note: bytes, by: str, issued: bytes) -> Checkpoint:
        """The checkpoint of our own register that `by` has receipted with both of its keys, over what we
        issued.

        Raises TheirFault(`receipt-wrong`): a receipt is checked against the exact bytes that it is for.
        """
        keys = (*self.charter.register_keys(self.side), *self.charter.receipt_keys(by))
        try:
            checkpoint = open_checkpoint(
                note, keys, origin=self.charter.origin(self.side), what="the receipt"
            )
        except RecordFault:
            raise TheirFault("receipt-wrong", side=by) from None
        if Note.parse(note).text != Note.parse(issued).text:
            raise TheirFault("receipt-wrong", side=by)
        return checkpoint

    def _register_key(self, header: Header) -> bytes:
        if header.sender == self.side:
            raise TheirFault("no-such-side", side=header.sender)
        return self.charter.party(header.sender).keys["register"]
