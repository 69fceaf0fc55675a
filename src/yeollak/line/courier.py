"""The courier: sends what a peer has not receipted, until it has (rule 8), and takes back what is ours
(rule 9).

What is to be sent follows from checkpoints and receipts alone, so a courier that was killed goes on where
the record stands. One parcel of a register is under way at a time; a peer that lacks the one before
answers with its size, and is served from there.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn, Protocol

from yeollak.errors import Fault, LineFault, OurFault, RecordFault, TheirFault
from yeollak.line import bodies
from yeollak.line.post import Post
from yeollak.office.admit import Push, admit, check_checkpoint
from yeollak.record.checkpoint import read_checkpoint
from yeollak.storage import reading
from yeollak.storage.journal import Journal

#: The first and the longest pause after a failure, in seconds.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 300.0


class Exchange(Protocol):
    """Anything that carries one parcel to a peer and brings one back: HTTPS, a test's faulty line."""

    def exchange(self, office: str, data: bytes) -> bytes:
        """The answer to a parcel. Raises LineFault."""


class Courier:
    """Sends our register to one peer of one office. `clock` dates what is written, `elapsed` (seconds)
    paces it.
    """

    def __init__(
        self,
        journal: Journal,
        post: Post,
        peer: str,
        line: Exchange,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float],
    ) -> None:
        self._journal, self._post, self.peer, self._line = journal, post, peer, line
        self._clock, self._elapsed = clock, elapsed
        self._pause, self._not_before = 0.0, 0.0
        self._their_size: int | None = None

    @property
    def office(self) -> str:
        """The office that this courier serves."""
        return self._post.charter.office

    def step(self) -> bool:
        """Do one exchange if one is owed and due. Returns whether anything was receipted."""
        if self._elapsed() < self._not_before:
            return False
        view = self._view()
        known = reading.receipted(view, self.peer)
        if self._their_size is not None:
            known = self._their_size
        push = reading.push_from(view, known)
        if push is None:
            return False
        try:
            moved = self._push(push)
        except Fault as fault:
            self._failed(fault)
            return False
        self._pause, self._not_before = 0.0, 0.0
        return moved

    def _push(self, push: Push) -> bool:
        answer = self._ask(bodies.PUSH, bodies.encode_push(push))
        purpose, body = answer
        if purpose == bodies.RECEIPT:
            (note,) = bodies.decode_notes(body, 1) or [b""]
            point = self._post.check_receipt(note, self.peer, push.checkpoint)
            self._journal.store_receipt(self._post.charter.office, self._post.side, point.size, note)
            self._journal.note_attempt(self._post.charter.office, self.peer, self._clock())
            self._their_size = None
            return True
        if purpose != bodies.REFUSAL:
            raise TheirFault("answer-otherwise", side=self.peer)
        refused = bodies.decode_refusal(body)
        stands = refused.code == "conflict" and refused.size != push.old
        if stands and 0 <= refused.size <= reading.head(self._view(), self._post.side).size:
            # They were restored, or their receipt was lost on its way: serve them from where they stand.
            self._their_size = refused.size
            return True
        raise TheirFault("refused", side=self.peer, why=refused.code[:64], retry=refused.retry)

    def _ask(self, purpose: str, body: bytes) -> tuple[str, bytes]:
        sealed, nonce = self._post.seal(self.peer, purpose, body, self._clock())
        data = self._line.exchange(self._post.charter.office, sealed)
        answer = self._post.open_answer(data, self.peer, nonce)
        return answer.header.purpose, answer.body

    def _view(self) -> reading.OfficeView:
        return reading.office_view(self._journal.alias, self._post.charter.office)

    def _failed(self, fault: Fault) -> None:
        self._pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, self._pause * 2))
        jitter = 0.5 + secrets.randbelow(1000) / 1000
        wait = self._pause * jitter
        retry = fault.data.get("retry")
        if isinstance(retry, int) and retry > 0:
            wait = max(wait, min(retry, 3600))
        self._not_before = self._elapsed() + wait
        self._journal.note_attempt(
            self._post.charter.office,
            self.peer,
            self._clock(),
            outcome=fault.code,
            next_at=self._clock() + timedelta(seconds=wait),
        )

    # rule 9

    def recover(self) -> bool:
        """Ask the peer for its last checkpoint of *our* register and take back what we lack. Returns
        whether it answered.

        Raises OurFault(`forked-register`) when its checkpoint, signed by our own keys, does not extend
        what we hold.
        """
        view = self._view()
        try:
            purpose, body = self._ask(bodies.ASK, bodies.encode_notes([]))
            if purpose != bodies.HEADS:
                raise TheirFault("answer-otherwise", side=self.peer)
            notes = bodies.decode_notes(body, len(self._post.charter.sides))
            self._take_back(view, notes)
        except (LineFault, TheirFault, RecordFault) as fault:
            # A peer that answers nonsense is a peer that has not answered: it must not stop our node.
            self._failed(fault)
            return False
        return True

    def _take_back(self, view: reading.OfficeView, notes: list[bytes]) -> None:
        origin = self._post.charter.origin(self._post.side)
        for note in notes:
            if read_checkpoint(note)[0].origin == origin:
                self._adopt(view, note)

    def _adopt(self, view: reading.OfficeView, note: bytes) -> None:
        charter, side = self._post.charter, self._post.side
        theirs = check_checkpoint(charter, side, note)
        while (head := reading.head(view, side)).size < theirs.size:
            fetch = bodies.Fetch(side, head.size, theirs.size)
            purpose, body = self._ask(bodies.FETCH, bodies.encode_fetch(fetch))
            push = bodies.decode_push(body)
            if purpose != bodies.ENTRIES or not push.arrivals:
                raise TheirFault("answer-otherwise", side=self.peer)
            admitted = admit(charter, side, head, push)
            self._journal.receive(charter.office, admitted)
        view.refresh()
        # Only our own valid signatures over another course prove a fork; anything less proves nothing.
        if view.ledger.root(view.place, theirs.size) != theirs.root:
            self._stop(note)

    def _stop(self, note: bytes) -> NoReturn:
        self._journal.keep_evidence(self._post.charter.office, self._post.side, note, self._clock())
        raise OurFault("forked-register", office=self._post.charter.office, side=self.peer)
