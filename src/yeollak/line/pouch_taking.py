"""What becomes of a pouch: each parcel gets what it would get by the line, whatever order they came in.

Questions go to the answering end of the line, and what they get is kept for the way back; answers go to the
asking end, whose errand is served from what else the pouch holds. All of it may be done twice, and beside the
line. Nothing here knows a database, a file or a clock. Source: docs/spec/41-pouch.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from yeollak.errors import RecordFault, TheirFault
from yeollak.line import bodies
from yeollak.line.asking import MAX_LARGE, Answer, Asking, Question
from yeollak.line.post import Post
from yeollak.line.pouch_port import MOST_ENCLOSURES, PouchPort
from yeollak.line.protocol import Answering
from yeollak.office.admit import Push
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.note import Note
from yeollak.record.parcel import Parcel
from yeollak.storage.pouch_dues import Wants

#: A refusal that leaves a parcel for another day.
QUOTA: Final = "quota"
_PURPOSES: Final = frozenset(
    {
        bodies.ASK,
        bodies.ENCLOSED,
        bodies.ENCLOSURE,
        bodies.ENTRIES,
        bodies.FETCH,
        bodies.HEADS,
        bodies.PUSH,
        bodies.RECEIPT,
        bodies.REFUSAL,
    }
)


@dataclass(slots=True)
class Taken:
    """What has come of a pouch.

    sender    whose it is, or empty where nothing in it could be opened
    parcels   how many were the sender's, and `passed` by code how many were passed over
    entries   how many entries of its register are new here; `held` how far it is held now
    first, last where what it holds of its sender's register begins and ends
    receipts  up to where it receipts our own register
    receipted up to where our own register is receipted by it now, and `newly` how much of that was not before
    refused   by code, what was refused of what it has pushed
    back      how many entries of our own register have come back
    enclosures how many large enclosures are whole now
    told      the codes by which it has refused what we sent
    answered  whether it answers a question of ours for heads
    lacks     whether it shows that this node lacks what the pouch does not hold
    """

    sender: str = ""
    parcels: int = 0
    passed: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    held: int = 0
    first: int = 0
    last: int = 0
    receipts: int = 0
    receipted: int = 0
    newly: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    back: int = 0
    enclosures: int = 0
    told: list[str] = field(default_factory=list)
    answered: bool = False
    lacks: bool = False

    @property
    def waits(self) -> bool:
        """Whether something is left for another day."""
        return QUOTA in self.refused

    def pass_over(self, code: str) -> None:
        """Count a parcel that came to nothing."""
        self.passed[code] = self.passed.get(code, 0) + 1


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the pouch a parcel of entries is, and which it holds."""

    origin: str
    start: int
    end: int
    number: int


class Taking:
    """Takes one pouch into one office. `parcels` gives its parcels by number, as often as asked; `fold`
    counts what has come; `told` is given an answer to our question for heads, as it was sealed.
    """

    def __init__(
        self,
        post: Post,
        port: PouchPort,
        parcels: Sequence[bytes],
        now: datetime,
        fold: Callable[[], None],
        told: Callable[[str, bytes], None] = lambda side, data: None,
    ) -> None:
        self._post, self._port, self._parcels, self._now = post, port, parcels, now
        self._fold, self._told = fold, told
        self._answering = Answering(post, port)
        self._entries: list[_Place] = []
        self._wants = Wants()
        self.taken = Taken()

    def take(self) -> Taken:
        """Take everything that can be taken. Raises OurFault where this node itself cannot go on: what was
        taken stays, and the rest may be taken again.
        """
        found = self._sorted()
        if not self.taken.sender:
            return self.taken
        side, own = self.taken.sender, self._post.side
        before = self._port.head(side).size, self._port.head(own).size, self._port.receipted(side)
        heads = found.pop(bodies.HEADS, [])
        for number in heads[:1]:
            self._each(number, self._heads)
        self._fold()
        for purpose, take in (
            (bodies.RECEIPT, self._receipt),
            (bodies.REFUSAL, self._refusal),
            (bodies.ASK, self._ask),
            (bodies.FETCH, self._fetch),
            (bodies.ENCLOSURE, self._enclosure),
            (bodies.PUSH, self._push),
            (bodies.ENCLOSED, self._enclosed),
        ):
            for number in found.get(purpose, []):
                self._each(number, take)
        self._remember()
        after = self._port.head(side).size, self._port.head(own).size, self._port.receipted(side)
        self.taken.held, self.taken.receipted = after[0], after[2]
        self.taken.entries, self.taken.back, self.taken.newly = (
            new - old for new, old in zip(after, before, strict=True)
        )
        return self.taken

    def _sorted(self) -> dict[str, list[int]]:
        """The sender's parcels by purpose. What cannot be opened, or is another's, is counted."""
        found: dict[str, list[int]] = {}
        for number in range(len(self._parcels)):
            try:
                parcel = self._post.open(self._parcels[number])
                purpose, sender = parcel.header.purpose, parcel.header.sender
                if self.taken.sender not in ("", sender):
                    raise TheirFault("no-such-side", side=sender)
                if purpose not in _PURPOSES:
                    raise TheirFault("bad-body")
                if purpose == bodies.ENTRIES:
                    push = bodies.decode_push(parcel.body)
                    end = push.old + len(push.arrivals)
                    self._entries.append(_Place(push.origin, push.old, end, number))
            except (RecordFault, TheirFault) as fault:
                self.taken.pass_over(fault.code)
                continue
            self.taken.sender = sender
            self.taken.parcels += 1
            found.setdefault(purpose, []).append(number)
        return found

    def _each(self, number: int, take: Callable[[Parcel, int], None]) -> None:
        try:
            take(self._post.open(self._parcels[number]), number)
        except (RecordFault, TheirFault) as fault:
            self.taken.pass_over(fault.code)

    # questions

    def _push(self, parcel: Parcel, _number: int) -> None:
        side = parcel.header.sender
        push = bodies.decode_push(parcel.body)
        taken, end = self.taken, push.old + len(push.arrivals)
        taken.first = min(taken.first, push.old) if taken.last else push.old
        taken.last = max(taken.last, end)
        if taken.waits:
            return  # it would only be refused for what waits before it
        body = bodies.encode_push(continued(push, self._port.head(side).size))
        purpose, answer = self._answering.answer(Parcel(parcel.header, body), self._now)
        dues = self._port.dues(side)
        if purpose == bodies.REFUSAL:
            code = bodies.decode_refusal(answer).code
            self.taken.refused[code] = self.taken.refused.get(code, 0) + 1
            if code != QUOTA:
                self._port.keep_dues(side, replace(dues, refusal=answer))
            return
        if dues.refusal:
            self._port.keep_dues(side, replace(dues, refusal=b""))
        self._fold()

    def _ask(self, parcel: Parcel, _number: int) -> None:
        bodies.decode_notes(parcel.body, 0)
        self._wants = replace(self._wants, nonce=parcel.header.nonce)

    def _fetch(self, parcel: Parcel, _number: int) -> None:
        wanted = bodies.decode_fetch(parcel.body)
        side = self._post.charter.party(wanted.side).side
        starts = {**dict(self._wants.starts), side: wanted.start}
        self._wants = replace(self._wants, starts=tuple(sorted(starts.items())))

    def _enclosure(self, parcel: Parcel, _number: int) -> None:
        known = self._wants.enclosures
        digest = bodies.decode_range(parcel.body).digest
        if digest not in known and len(known) < MOST_ENCLOSURES:
            self._wants = replace(self._wants, enclosures=(*known, digest))

    def _remember(self) -> None:
        side, dues = self.taken.sender, self._port.dues(self.taken.sender)
        if self._wants != Wants():
            self._port.keep_dues(side, replace(dues, wants=self._wants))

    # answers

    def _heads(self, parcel: Parcel, number: int) -> None:
        """Go through what the sender holds as at the start of a node, from the entries that are here."""
        side = parcel.header.sender
        errand = Asking(self._post, self._port, side).recover(self._now)
        try:
            next(errand)
            question = errand.send(Answer(bodies.HEADS, parcel.body))
            while (answer := self._given(question)) is not None:
                question = errand.send(answer)
                self._fold()
            self.taken.lacks = True
            errand.close()
        except StopIteration:
            dues = self._port.dues(side)
            if dues.asked and parcel.header.nonce == dues.asked:
                self._told(side, self._parcels[number])
                self._port.keep_dues(side, replace(dues, answered=self._now))
                self.taken.answered = True

    def _given(self, question: Question) -> Answer | None:
        """The entries that are asked for, from wherever in the pouch they are; None where they are not."""
        if question.purpose != bodies.FETCH:
            return None
        wanted = bodies.decode_fetch(question.body)
        origin = self._post.charter.origin(wanted.side)
        for place in self._entries:
            if place.origin == origin and place.start <= wanted.start < place.end <= wanted.end:
                push = bodies.decode_push(self._post.open(self._parcels[place.number]).body)
                return Answer(bodies.ENTRIES, bodies.encode_push(continued(push, wanted.start)))
        return None

    def _receipt(self, parcel: Parcel, _number: int) -> None:
        side = parcel.header.sender
        (note,) = bodies.decode_notes(parcel.body, 1) or [b""]
        point, lines = read_checkpoint(note)
        issued = self._port.issued(point.size)
        if issued is None:
            self.taken.lacks = True
            return
        whole = Note.parse(issued)
        more = tuple(line for line in lines.signatures if line.name != point.origin)
        if lines.text != whole.text:
            raise TheirFault("receipt-wrong", side=side)
        try:
            found, kept = self._post.check_receipt(whole.with_signatures(more).format(), side, issued)
        except TheirFault as fault:
            if fault.code == "receipt-retired":
                self._port.raise_alarm(fault.code, {"side": side}, self._now)
            raise
        self._port.keep_receipt(self._post.side, found.size, kept)
        self.taken.receipts = max(self.taken.receipts, found.size)

    def _refusal(self, parcel: Parcel, _number: int) -> None:
        side = parcel.header.sender
        refused = bodies.decode_refusal(parcel.body)
        receipted = self._port.receipted(side)
        if refused.origin != self._post.charter.origin(self._post.side) or refused.new <= receipted:
            return  # of another register, or it has come right since
        dues = replace(self._port.dues(side), refused=refused.code)
        if refused.code == "conflict" and 0 <= refused.size < receipted:
            dues = replace(dues, stands=refused.size, until=refused.new)
        self._port.keep_dues(side, dues)
        self.taken.told.append(refused.code)

    def _enclosed(self, parcel: Parcel, _number: int) -> None:
        piece, peer = bodies.decode_enclosed(parcel.body), parcel.header.sender
        wanted = self._port.large_wanted(peer, piece.digest)
        if wanted is None:
            return
        side, total = wanted
        if piece.total != total:
            raise TheirFault("answer-otherwise", side=peer)
        if total > MAX_LARGE:
            self._give_up(side, piece.digest, "enclosure-too-large")
            return
        here = self._port.carried(peer, side, piece.digest)
        skip = here - piece.offset
        if 0 <= skip < len(piece.data) and here + len(piece.data) - skip <= total:
            waits = self._waiting(side, piece.digest, here, total)
            if waits:
                # The pouch is kept, and opened again when there is a new day, or room.
                self.taken.refused[QUOTA] = self.taken.refused.get(QUOTA, 0) + 1
                self._port.raise_alarm(waits, {"side": side}, self._now)
                return
            self._port.add_carried(peer, side, piece.digest, here, piece.data[skip:])
        if self._port.carried(peer, side, piece.digest) < total:
            return
        try:
            self._port.take_carried(peer, side, piece.digest)
            self.taken.enclosures += 1
        except RecordFault as fault:
            self._port.raise_alarm(fault.code, {"side": peer, "digest": piece.digest}, self._now)

    def _waiting(self, side: str, digest: str, here: int, total: int) -> str:
        """Why a large enclosure has to wait, as the code of an alarm; empty where it is taken."""
        if not self._port.has_room(total - here):
            return "enclosures-no-room"
        if not here and not self._port.begin_large(side, digest, self._now):
            return "enclosures-wait"
        return ""

    def _give_up(self, side: str, digest: str, code: str) -> None:
        self._port.refuse_large(side, digest)
        self._port.raise_alarm(code, {"side": side, "digest": digest}, self._now)


def continued(push: Push, size: int) -> Push:
    """A push as it continues a register of `size` entries, where it begins below and leads beyond: its sender
    could not know what is held of it already. Any other stays as it is.
    """
    if push.old < size < push.old + len(push.arrivals):
        return replace(push, old=size, arrivals=push.arrivals[size - push.old :])
    return push
