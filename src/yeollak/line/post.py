"""One side's end of the line in one office: seals what goes out, opens and checks what comes in.

Identity comes from the header's signature, never from the socket: a parcel counts only when it was sealed
to us, names us and this office, and is signed by a register key that the record gives the sender. An
answer must carry the request's nonce. Which keys are good for what is asked of the office as it is counted
now (`office.side_keys`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from yeollak.errors import RecordFault, TheirFault
from yeollak.office import side_keys
from yeollak.office.admit import Arrival
from yeollak.office.charter import Charter
from yeollak.office.office import Office
from yeollak.record import parcel
from yeollak.record.canon import format_instant
from yeollak.record.checkpoint import Checkpoint, add_lines, read_checkpoint
from yeollak.record.cosign import cosign, receipt_name, verify_known
from yeollak.record.generations import Generation, Pair, open_by_one, receipt_pair, register_pair
from yeollak.record.keys import SealKey, SigningKey
from yeollak.record.note import Note
from yeollak.record.parcel import Header, Parcel
from yeollak.storage.signer import KeyPair, RegisterSigner, kept


@dataclass(frozen=True, slots=True)
class PostKeys:
    """The unlocked keys of one side in one office that the node itself uses: of every generation that is kept
    here, oldest first.
    """

    register: RegisterSigner
    receipts: tuple[KeyPair, ...] = field(repr=False)
    seals: tuple[SealKey, ...] = field(repr=False)
    node: SigningKey | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """A checkpoint that has been verified: its `note` with the register's lines and good receipts alone, who
    those are by, and the register's keys that signed it.
    """

    checkpoint: Checkpoint
    note: bytes
    cosigners: frozenset[str]
    keys: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """Our end of the line in one office. `kept` gives our keys as they are kept now, `office` the office as
    this thread sees it now.
    """

    charter: Charter
    side: str
    kept: Callable[[], PostKeys] = field(repr=False)
    office: Callable[[], Office] = field(repr=False)

    @property
    def keys(self) -> PostKeys:
        """Our keys as they are kept now: a command may have added a generation."""
        return self.kept()

    def seal(self, to: str, purpose: str, body: bytes, now: datetime, nonce: str) -> bytes:
        """A parcel to the other side. `nonce` is 32 hex digits: fresh in a question, the question's in an
        answer.

        Every generation of our register key signs it: a reader that was restored knows an older one alone.
        """
        return parcel.seal(
            body,
            sender=self.side,
            to=to,
            office=self.charter.office,
            purpose=purpose,
            time=format_instant(now),
            nonce=nonce,
            signers=self.keys.register.newest_first,
            recipient=side_keys.seal_key(self.office(), to),
        )

    def open(self, data: bytes) -> Parcel:
        """A parcel that was sent to us in this office. Raises RecordFault, TheirFault(`no-such-side`)."""
        return parcel.open_parcel(
            data, self.keys.seals[::-1], self._register_keys, to=self.side, office=self.charter.office
        )

    def open_answer(self, data: bytes, sender: str, nonce: str) -> Parcel:
        """The answer of `sender` to what we asked under `nonce`. Raises also
        TheirFault(`answer-otherwise`, `answer-sealed-otherwise`).
        """
        try:
            answer = self.open(data)
        except RecordFault as fault:
            if fault.code != "sealed-otherwise":
                raise
            raise TheirFault("answer-sealed-otherwise", side=sender) from None
        if answer.header.sender != sender or answer.header.nonce != nonce:
            raise TheirFault("answer-otherwise", side=sender)
        return answer

    def receipt(self, note: bytes, checkpoint: Checkpoint, now: datetime) -> bytes:
        """The note of a checkpoint with our receipt lines, 04 and 06: by the keys in force, by those before
        for as long as a party has not seen that they were replaced, and by those that an act of ours brings
        which is not counted here yet: the other side may have counted it and take no others.

        Raises OurFault(`signer-not-ours`) where they are not kept here.
        """
        name, pairs, time = receipt_name(self.charter.origin(self.side)), self.keys.receipts, now.timestamp()
        office = self.office()
        known = side_keys.signing(office, self.side, "receipt")
        for generation in (*known, *side_keys.coming(office, self.side, "receipt")):
            pair = kept(pairs, generation, self.side)
            note = add_lines(note, cosign(checkpoint, name, pair.key, pair.key_pq, int(time)))
        return note

    def check_receipt(self, note: bytes, by: str, issued: bytes) -> tuple[Checkpoint, bytes]:
        """The checkpoint of our own register that `by` has receipted with both of its keys, and its note
        with nothing in it that was not verified.

        Raises TheirFault(`receipt-wrong`): a receipt is checked against the exact bytes that it is for. A
        receipt by keys that `by` has retired for so many entries is `receipt-retired`.
        """
        try:
            same = Note.parse(note).text == Note.parse(issued).text
            found = self.verified(note, self.side)
        except (RecordFault, TheirFault):
            raise TheirFault("receipt-wrong", side=by) from None
        if not same:
            raise TheirFault("receipt-wrong", side=by)
        if by not in found.cosigners:
            raise TheirFault("receipt-retired" if self._retired(note, by) else "receipt-wrong", side=by)
        return found.checkpoint, found.note

    def verified(
        self, note: bytes, side: str, batch: Sequence[Arrival] = (), *, before: bool = False
    ) -> Verified:
        """A checkpoint of a side's register, its note with the register's lines and those receipts alone
        that verify, and who they are by: a party counts only with both lines of keys that stand for so much.

        The register's keys are those in force at that size, as far as it is counted here; where entries are
        held that do not count yet, those that they bring as well. `batch` are the entries that the checkpoint
        ends, where they begin at the end of what is held: keys that they bring must have signed too, so that
        the checkpoint verifies by itself once they count. They are enough where we have verified what it
        leads to `before`, and have lost it. Raises RecordFault where these did not sign it, or a line of a
        known key is wrong; `keys-uncounted` where none but keys that arrive with it have.
        """
        office, origin = self.office(), self.charter.origin(side)
        point, parsed = read_checkpoint(note)
        receipts = {
            party: side_keys.receipt_pairs(office, party, side, point.size)
            for party in self.charter.sides
            if party != side
        }
        every = side_keys.generations(office, side, "register")
        known = [
            *(register_pair(office.charter.office, side, one) for one in every),
            *(pair for pairs in receipts.values() for pair in pairs),
        ]
        lines = [line for line in parsed.signatures if line.name == origin]
        strange = any(not any(line.is_by(key) for pair in known for key in pair) for line in lines)
        new = side_keys.brings_keys(office, side, batch)
        held: tuple[Pair, ...] = ()
        arriving: tuple[Pair, ...] = ()
        if strange or new:
            held, arriving = side_keys.coming_pairs(office, side, point.size, batch)
        good = [*side_keys.register_pairs(office, side, point.size), *held]
        if strange and side == self.side:
            good += self._ours()
        every_key = (key for pair in known for key in pair)
        checkpoint, by, signed = open_by_one(note, [*good, *arriving], every_key, origin=origin)
        if arriving and arriving[-1] not in by:
            raise RecordFault("signature-missing", what="the checkpoint", key=origin)
        if not before and not any(pair in by for pair in good):
            raise RecordFault("keys-uncounted")
        cosigners: dict[str, Pair] = {}
        for party, pairs in receipts.items():
            whole = [pair for pair in pairs if signed.keys() >= set(pair)]
            if whole:
                cosigners[party] = whole[-1]
        keep = {key for key in signed if key.name == origin} | {
            key for pair in cosigners.values() for key in pair
        }
        kept_lines = tuple(line for line in parsed.signatures if any(line.is_by(key) for key in keep))
        return Verified(checkpoint, Note(parsed.text, kept_lines).format(), frozenset(cosigners), by)

    def receipted_by_us(self, note: bytes) -> bool:
        """Whether a checkpoint bears a receipt of our own keys, of any generation: then we have verified it
        once, though we may not know the keys of its register any more.
        """
        return self._has_whole(note, side_keys.own_receipt_pairs(self.office(), self.side))

    def _ours(self) -> list[Pair]:
        """Our own register's keys as they are kept here: after a restore they may know more than the
        record.
        """
        return [
            register_pair(
                self.charter.office, self.side, Generation(0, -1, one.key.public, one.key_pq.public)
            )
            for one in self.keys.register.pairs
        ]

    def _retired(self, note: bytes, by: str) -> bool:
        known = side_keys.generations(self.office(), by, "receipt")
        return self._has_whole(note, tuple(receipt_pair(self.charter.office, by, one) for one in known))

    @staticmethod
    def _has_whole(note: bytes, pairs: tuple[Pair, ...]) -> bool:
        try:
            checkpoint, parsed = read_checkpoint(note)
            signed = verify_known(checkpoint, parsed, [key for pair in pairs for key in pair])
        except RecordFault:
            return False
        return any(signed.keys() >= set(pair) for pair in pairs)

    def _register_keys(self, header: Header) -> tuple[bytes, ...]:
        if header.sender == self.side or header.sender not in self.charter.places:
            raise TheirFault("no-such-side", side=header.sender)
        return side_keys.header_keys(self.office(), header.sender)
