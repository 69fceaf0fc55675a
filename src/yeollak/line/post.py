"""One side's end of the line in one office: seals what goes out, opens and checks what comes in.

Identity comes from the header's signature, never from the socket: a parcel counts only when it was sealed
to us, names us and this office, and is signed by the register key that the charter gives the sender. An
answer must carry the request's nonce.
"""

from __future__ import annotations

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

    def seal(self, to: str, purpose: str, body: bytes, now: datetime, nonce: str) -> bytes:
        """A parcel to the other side. `nonce` is 32 hex digits: fresh in a question, the question's in an
        answer.
        """
        return parcel.seal(
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

    def check_receipt(self, note: bytes, by: str, issued: bytes) -> tuple[Checkpoint, bytes]:
        """The checkpoint of our own register that `by` has receipted with both of its keys, and its note
        with nothing in it that was not verified.

        Raises TheirFault(`receipt-wrong`): a receipt is checked against the exact bytes that it is for.
        """
        try:
            same = Note.parse(note).text == Note.parse(issued).text
            checkpoint, kept, cosigners = self.verified(note, self.side)
        except (RecordFault, TheirFault):
            raise TheirFault("receipt-wrong", side=by) from None
        if not same or by not in cosigners:
            raise TheirFault("receipt-wrong", side=by)
        return checkpoint, kept

    def verified(self, note: bytes, side: str) -> tuple[Checkpoint, bytes, frozenset[str]]:
        """A checkpoint of a side's register, its note with the register's lines and those receipts alone
        that verify, and who they are by: a party counts only with both of its lines.

        Raises RecordFault where the register's own keys did not sign it, or a line of a known key is wrong.
        """
        charter = self.charter
        receipt_keys = {party: charter.receipt_keys(party) for party in charter.sides if party != side}
        known = [key for pair in receipt_keys.values() for key in pair]
        register = charter.register_keys(side)
        checkpoint = open_checkpoint(note, register, known, origin=charter.origin(side))
        parsed = Note.parse(note)
        signed = {key for key in known if any(line.is_by(key) for line in parsed.signatures)}
        cosigners = frozenset(party for party, pair in receipt_keys.items() if signed.issuperset(pair))
        keys = [*register, *(key for party in cosigners for key in receipt_keys[party])]
        lines = tuple(line for line in parsed.signatures if any(line.is_by(key) for key in keys))
        return checkpoint, Note(parsed.text, lines).format(), cosigners

    def _register_key(self, header: Header) -> bytes:
        if header.sender == self.side:
            raise TheirFault("no-such-side", side=header.sender)
        return self.charter.party(header.sender).keys["register"]
