"""What a node asks of a peer, and what it makes of the answer: the asking end, without hands.

Each errand is a generator: it yields questions, is sent answers, and returns what came of it, so that one
code serves HTTPS, a pouch and a test's faulty line. What an answer says is believed only as far as it is
signed or hashes; a peer can at most say nothing. Nothing here knows a database, a socket or a clock.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NoReturn, TypeVar

from yeollak.errors import OurFault, RecordFault, TheirFault
from yeollak.line import bodies
from yeollak.line.post import Post, Verified
from yeollak.line.protocol import Port, diverges, two_views
from yeollak.office.admit import Admitted, Push, Refusal, admit
from yeollak.record.checkpoint import Checkpoint, read_checkpoint
from yeollak.record.merkle import Frontier, leaf_hash

#: The largest enclosure that is fetched by itself, in bytes.
MAX_LARGE: Final = 256 * 1024 * 1024
_PIECE: Final = 1024 * 1024
#: How many large enclosures are asked for in vain before what else waits is looked at again.
_AT_ONCE: Final = 4
#: When one is asked for again that a peer had not got, or that had to wait; and one that it has given wrong.
_AGAIN: Final = timedelta(minutes=10)
_AFTER_WRONG: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Question:
    """A purpose and a body to be put to the peer."""

    purpose: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the peer has said: a purpose and a body, from a parcel that was verified."""

    purpose: str
    body: bytes


_T = TypeVar("_T")
Errand = Generator[Question, Answer, _T]


class Asking:
    """Errands of one side to one peer in one office."""

    def __init__(self, post: Post, port: Port, peer: str) -> None:
        self._post, self._port, self.peer = post, port, peer
        #: Where the peer said that it stands, after it lacked what its receipts say.
        self._stands: int | None = None
        #: Whether the last answer was that, so that a peer cannot keep us busy by saying nothing else.
        self._corrected = False
        #: The number of the large enclosure that was looked at last; until when some are not asked for again;
        #: and until when none of some sides is begun. It is no more than patience: a node that begins anew
        #: asks at once.
        self._after = 0
        self._later: dict[tuple[str, str], datetime] = {}
        self._waits: dict[str, datetime] = {}

    # sending (rule 8)

    def deliver(self, now: datetime) -> Errand[bool]:
        """Push what the peer has not receipted, one parcel. Returns whether there was anything.

        Raises TheirFault(`refused`, `receipt-wrong`, `receipt-retired`, `answer-otherwise`, `bad-body`).
        """
        known = self._port.receipted(self.peer) if self._stands is None else self._stands
        push = None if self._port.stopped else self._port.owed(known)
        if push is None:
            return False
        answer = yield Question(bodies.PUSH, bodies.encode_push(push))
        if answer.purpose == bodies.RECEIPT:
            self._receipted(push, answer.body, now)
        elif answer.purpose == bodies.REFUSAL:
            self._refused(push, bodies.decode_refusal(answer.body))
        else:
            raise TheirFault("answer-otherwise", side=self.peer)
        return True

    def _receipted(self, push: Push, body: bytes, now: datetime) -> None:
        (note,) = bodies.decode_notes(body, 1) or [b""]
        try:
            point, kept = self._post.check_receipt(note, self.peer, push.checkpoint)
        except TheirFault as fault:
            if fault.code == "receipt-retired":
                self._port.raise_alarm(fault.code, {"side": self.peer}, now)
            raise
        self._port.keep_receipt(self._post.side, point.size, kept)
        # A peer that was restored is served from where it stands until it is where its receipts say.
        self._stands = None if point.size >= self._port.receipted(self.peer) else point.size
        self._corrected = False

    def _refused(self, push: Push, refused: bodies.Refused) -> None:
        stands = refused.code == "conflict" and refused.size >= 0 and refused.size != push.old
        if stands and self._port.owed(refused.size) is not None:
            self._stands, again = refused.size, self._corrected
            self._corrected = True
            if not again:
                return
        raise TheirFault("refused", side=self.peer, why=refused.code, retry=refused.retry)

    # our own register, and what others hold (rules 7 and 9)

    def recover(self, now: datetime) -> Errand[None]:
        """Ask what the peer holds of every register: take back what we lack of our own, compare its views
        with ours, and keep the receipts that it knows of.

        Raises OurFault(`forked-register`) when checkpoints signed by our own keys do not extend each other;
        TheirFault where the answer is none.
        """
        charter = self._post.charter
        answer = yield Question(bodies.ASK, bodies.encode_notes([]))
        if answer.purpose != bodies.HEADS:
            raise TheirFault("answer-otherwise", side=self.peer)
        read = [
            (self._whose(note), note)
            for note in bodies.decode_notes(answer.body, (len(charter.sides) + 1) * len(charter.sides))
        ]
        # Our own first: what we have lost of the others' is known by what our own acts name.
        for side, note in sorted(read, key=lambda item: item[0] != self._post.side):
            found = yield from self._read(side, note, now)
            if found is None:
                continue
            point, kept = found.checkpoint, found.note
            if side == self._post.side:
                yield from self._take_back(point, kept, now)
            elif self._post.side in found.cosigners:
                yield from self._take_again(side, point, now)
            if point.size > self._port.head(side).size:
                continue
            if self._port.root(side, point.size) != point.root:
                self._keep_views(side, Push(point.origin, point.size, kept, ()), now)
            elif found.cosigners:
                self._port.keep_receipt(side, point.size, kept)

    def _whose(self, note: bytes) -> str:
        charter = self._post.charter
        try:
            origin = read_checkpoint(note)[0].origin
            return next(side for side in charter.sides if charter.origin(side) == origin)
        except (RecordFault, StopIteration):
            raise TheirFault("answer-otherwise", side=self.peer) from None

    def _read(self, side: str, note: bytes, now: datetime) -> Errand[Verified | None]:
        """A checkpoint as far as it verifies here.

        Where it is signed by keys that we do not know: one of another register that bears our own receipt we
        have verified before we lost what we held, and what it ends tells the keys; else it is passed over.
        One of our own register is by a key that was lost with the newer files. Raises
        TheirFault(`own-key-unknown`, `answer-otherwise`).
        """
        try:
            return self._post.verified(note, side)
        except RecordFault as fault:
            if side == self._post.side:
                code = "own-key-unknown" if fault.code == "signature-missing" else "answer-otherwise"
                raise TheirFault(code, side=self.peer) from None
            if fault.code != "signature-missing":
                raise TheirFault("answer-otherwise", side=self.peer) from None
        if self._post.receipted_by_us(note):
            yield from self._take_again(side, read_checkpoint(note)[0], now)
        try:
            return self._post.verified(note, side)
        except RecordFault:
            return None

    def _take_back(self, theirs: Checkpoint, note: bytes, now: datetime) -> Errand[None]:
        """Adopt our own entries up to a checkpoint that our own keys have signed."""
        side = self._post.side
        head = self._port.head(side)
        if theirs.size > head.size:
            # It has left us, whatever we remember: from here on nothing is appended until it is here again.
            self._port.has_left(theirs.size, theirs.root)
        while head.size < theirs.size:
            push = yield from self._fetch(side, head.size, theirs.size)
            try:
                admitted = self._admitted(side, head, push)
            except (Refusal, RecordFault):
                yield from self._prove_fork(theirs, note, now)
                raise TheirFault("answer-otherwise", side=self.peer) from None
            if admitted.frontier.size == theirs.size and admitted.frontier.root() != theirs.root:
                self._stop(note, now)
            self._port.receive(admitted)
            head = self._port.head(side)
        if self._port.root(side, theirs.size) != theirs.root:
            self._stop(note, now)

    def _take_again(self, side: str, point: Checkpoint, now: datetime) -> Errand[None]:
        """Fetch what we have receipted of another register and do not hold any more: its owner will not send
        it again.
        """
        while (head := self._port.head(side)).size < point.size:
            push = yield from self._fetch(side, head.size, point.size)
            try:
                ends = self._post.verified(push.checkpoint, side, push.arrivals, before=True).checkpoint
                if diverges(self._port, side, head, push, ends):
                    self._keep_views(side, push, now)
                    return
                self._port.receive(self._admitted(side, head, push))
            except (Refusal, RecordFault):
                raise TheirFault("answer-otherwise", side=self.peer) from None

    def _admitted(self, side: str, head: Frontier, push: Push) -> Admitted:
        """A batch that continues what is held, and leads to what was held before. Raises Refusal,
        RecordFault.
        """
        found = self._post.verified(push.checkpoint, side, push.arrivals, before=True)
        return admit(self._post.charter, side, head, replace(push, checkpoint=found.note), keys=found.keys)

    def _prove_fork(self, theirs: Checkpoint, note: bytes, now: datetime) -> Errand[None]:
        """What the peer gives does not continue what we hold: stop if it leads to the checkpoint from the
        beginning, for then both courses are our own; else it proves nothing.
        """
        tree, side = Frontier(), self._post.side
        while tree.size < theirs.size:
            push = yield from self._fetch(side, tree.size, theirs.size)
            tree = tree.extend(leaf_hash(arrival.statement) for arrival in push.arrivals)
        held = self._port.head(side)
        if (tree.size, tree.root()) == (theirs.size, theirs.root) and held.size:
            self._stop(note, now)

    def _fetch(self, side: str, start: int, end: int) -> Errand[Push]:
        fetch = bodies.Fetch(side, start, end)
        answer = yield Question(bodies.FETCH, bodies.encode_fetch(fetch))
        push = bodies.decode_push(answer.body) if answer.purpose == bodies.ENTRIES else None
        if push is None or push.old != start or not 0 < len(push.arrivals) <= end - start:
            raise TheirFault("answer-otherwise", side=self.peer)
        return push

    def _stop(self, note: bytes, now: datetime) -> NoReturn:
        side, office = self._post.side, self._post.charter.office
        self._keep_views(side, Push(self._post.charter.origin(side), 0, note, ()), now)
        self._port.raise_alarm("forked-register", {"side": self.peer}, now)
        raise OurFault("forked-register", office=office, side=self.peer)

    def _keep_views(self, side: str, shown: Push, now: datetime) -> None:
        self._port.keep_evidence(side, two_views(self._port.checkpoint(side), shown), now)

    # large enclosures

    def collect(self, now: datetime) -> Errand[bool]:
        """Fetch the next piece of a large enclosure that the peer's register, or our own, names. Returns
        whether there was any that came further, or there may be more to ask for.

        One is fetched to its end before the next; what the peer has not got, or has given wrong, is left for
        a time, and the others are asked for in turn.
        """
        asked, sides = 0, (self.peer, self._post.side)
        found = self._port.wanted(sides, self._after)
        if not found:
            # Round and round: behind the last that is wanted comes the first.
            self._later = {key: until for key, until in self._later.items() if now < until}
            found = self._port.wanted(sides)
        for number, side, digest, total in found:
            if total > MAX_LARGE:
                self._port.refuse_large(side, digest)
                self._port.raise_alarm("enclosure-too-large", {"side": side, "digest": digest}, now)
            elif self._due(side, digest, total, now):
                try:
                    if (yield from self._further(side, digest, total, now)):
                        return True
                except (RecordFault, TheirFault):
                    self._after, self._later[side, digest] = number, now + _AGAIN
                    raise
                asked += 1
            self._after = number
            if asked == _AT_ONCE:
                return True
        return False

    def _due(self, side: str, digest: str, total: int, now: datetime) -> bool:
        """Whether a large enclosure is to be asked for now."""
        offset = self._port.arrived(self.peer, side, digest)
        if now < self._later.get((side, digest), now) or (not offset and now < self._waits.get(side, now)):
            return False
        if not self._port.has_room(total - offset):
            self._wait(side, "enclosures-no-room", now)
            self._later[side, digest] = now + _AGAIN
            return False
        return True

    def _wait(self, side: str, code: str, now: datetime) -> None:
        """Begin no large enclosure of a side for a time, and say why."""
        self._port.raise_alarm(code, {"side": side}, now)
        self._waits[side] = now + _AGAIN

    def _further(self, side: str, digest: str, total: int, now: datetime) -> Errand[bool]:
        """Ask for the next piece of a large enclosure. Returns whether it came further."""
        offset = self._port.arrived(self.peer, side, digest)
        if offset < total:
            wanted = bodies.Range(digest, offset, min(_PIECE, total - offset))
            answer = yield Question(bodies.ENCLOSURE, bodies.encode_range(wanted))
            data = self._piece(answer, wanted, total)
            if not data:
                self._later[side, digest] = now + _AGAIN
                return False
            if not offset and not self._port.begin_large(side, digest, now):
                self._wait(side, "enclosures-wait", now)
                return False
            self._port.add_piece(self.peer, side, digest, offset, data)
        if self._port.arrived(self.peer, side, digest) >= total:
            try:
                self._port.take_large(self.peer, side, digest)
            except RecordFault as fault:
                # Another peer may have it, and this one may come to itself.
                self._later[side, digest] = now + _AFTER_WRONG
                self._port.raise_alarm(fault.code, {"side": self.peer, "digest": digest}, now)
                return False
        return True

    def _piece(self, answer: Answer, wanted: bodies.Range, total: int) -> bytes:
        """The bytes of an answer; none where the peer has not got them."""
        if answer.purpose != bodies.PIECE:
            raise TheirFault("answer-otherwise", side=self.peer)
        piece = bodies.decode_piece(answer.body)
        if piece.total == 0:
            return b""
        # All that was asked for: by a byte at a time it would be asked without end.
        if piece.total != total or len(piece.data) != wanted.length:
            raise TheirFault("answer-otherwise", side=self.peer)
        return piece.data
