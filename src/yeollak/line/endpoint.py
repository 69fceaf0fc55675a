"""The answering end: what a parcel from another side does here, and what it gets.

A push is checked, stored, and only then receipted (rule 8); everything refused is refused by a signed
code. Reads give what the asker is entitled to: every party holds every register. One table says what
becomes of each purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from yeollak.errors import Fault, OurFault, TheirFault
from yeollak.line import bodies
from yeollak.line.bodies import Refused
from yeollak.line.post import Post
from yeollak.office.admit import Push, Refusal, admit, check_checkpoint
from yeollak.record.checkpoint import Checkpoint
from yeollak.record.parcel import Parcel
from yeollak.storage import reading
from yeollak.storage.journal import Journal


class Endpoint:
    """Answers parcels for one office of a node. `moved` is called when something new has been stored."""

    def __init__(
        self, journal: Journal, post: Post, clock: Callable[[], datetime], moved: Callable[[], None]
    ) -> None:
        self._journal, self._post, self._clock, self._moved = journal, post, clock, moved
        self._answers = {
            bodies.PUSH: self._push,
            bodies.ASK: self._ask,
            bodies.FETCH: self._fetch,
        }

    def answer(self, data: bytes) -> bytes:
        """The parcel that answers `data`. Raises Fault for what is not a parcel to us: it gets no sealed
        answer.
        """
        request = self._post.open(data)
        handle = self._answers.get(request.header.purpose)
        if handle is None:
            raise TheirFault("bad-body")
        purpose, body = handle(request)
        sealed, _ = self._post.seal(request.header.sender, purpose, body, self._clock(), request.header.nonce)
        return sealed

    def _push(self, request: Parcel) -> tuple[str, bytes]:
        side = request.header.sender
        push = bodies.decode_push(request.body)
        try:
            note, checkpoint = self._take(side, push)
        except Refusal as refusal:
            return bodies.REFUSAL, self._refuse(side, push, refusal)
        receipt = self._post.receipt(note, checkpoint, self._clock())
        self._journal.store_receipt(self._post.charter.office, side, checkpoint.size, receipt)
        self._moved()
        return bodies.RECEIPT, bodies.encode_notes([receipt])

    def _take(self, side: str, push: Push) -> tuple[bytes, Checkpoint]:
        """Store what is new of a push. Returns the note and the checkpoint that a receipt is due for."""
        charter = self._post.charter
        view = reading.office_view(self._journal.alias, charter.office)
        point = check_checkpoint(charter, side, push.checkpoint)
        place = charter.places[side]
        held = view.ledger.held(place)
        if point.size <= held:
            if view.ledger.root(place, point.size) != point.root:
                self._journal.keep_evidence(charter.office, side, push.checkpoint, self._clock())
                raise Refusal("bad-checkpoint", size=held)
            return push.checkpoint, point
        admitted = admit(
            charter, side, reading.head(view, side), push, reading.quota(view, side, self._clock())
        )
        try:
            self._journal.receive(charter.office, admitted)
        except OurFault as fault:
            if fault.code != "head-moved":
                raise
            raise Refusal("conflict", size=reading.head(view, side).size) from None
        return admitted.note, admitted.checkpoint

    def _refuse(self, side: str, push: Push, refusal: Refusal) -> bytes:
        refused = Refused(
            origin=self._post.charter.origin(side),
            old=push.old,
            new=push.old + len(push.arrivals),
            root="",
            code=refusal.code,
            index=refusal.index,
            retry=refusal.retry,
            size=refusal.size,
        )
        self._journal.note_attempt(
            self._post.charter.office, side, self._clock(), outcome=f"refused-{refusal.code}"
        )
        return bodies.encode_refusal(refused)

    def _ask(self, request: Parcel) -> tuple[str, bytes]:
        view = reading.office_view(self._journal.alias, self._post.charter.office)
        notes = [reading.checkpoint(view, side) for side in self._post.charter.sides]
        return bodies.HEADS, bodies.encode_notes([note for note in notes if note is not None])

    def _fetch(self, request: Parcel) -> tuple[str, bytes]:
        view = reading.office_view(self._journal.alias, self._post.charter.office)
        wanted = bodies.decode_fetch(request.body)
        self._post.charter.party(wanted.side)
        push = reading.own_entries(view, wanted.side, wanted.start, wanted.end)
        if push is None:
            push = Push(self._post.charter.origin(wanted.side), wanted.start, b"", ())
        return bodies.ENTRIES, bodies.encode_push(push)


def status_of(fault: Fault) -> int:
    """The HTTP status of what gets no sealed answer: theirs is 400, ours is 503."""
    return 503 if isinstance(fault, OurFault) else 400
