"""What goes into a pouch: everything that the other side has not receipted, as far as is known here.

Parcels are made one at a time, so that a pouch may be larger than the memory. What is packed follows from
checkpoints and receipts, and from what the other side has asked for; packing again packs it again. Nothing
here knows a database, a file or a clock. Source: docs/spec/41-pouch.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from yeollak.line import bodies
from yeollak.line.post import Post
from yeollak.line.pouch_port import MOST_ENCLOSURES, PouchPort
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.cosign import receipt_name
from yeollak.record.note import Note
from yeollak.storage.pouch_dues import Dues, Wants

_PIECE: Final = 1024 * 1024
#: As far as there is anything: the largest number that a body holds.
_ALL: Final = 2**53


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be packed: `own` what is owed of our register, `views` what is held of every register,
    `enclosures` large ones, `receipts` the one that is due, `ask` questions for what this node lacks.
    """

    own: bool = True
    views: bool = True
    enclosures: bool = True
    receipts: bool = True
    ask: bool = False


@dataclass(slots=True)
class Packing:
    """A pouch to `peer` in the making. Once `parcels` has been gone through: `first` and `last` are where
    what it holds of our register begins and ends, `receipts` up to where it receipts the peer's, `enclosures`
    how many large ones it holds, `dues` what is to be remembered.
    """

    post: Post
    port: PouchPort
    peer: str
    order: Order
    now: datetime
    nonce: Callable[[], str] = lambda: secrets.token_hex(16)
    first: int = 0
    last: int = 0
    receipts: int = 0
    enclosures: int = 0
    dues: Dues = field(default_factory=Dues)

    def parcels(self) -> Iterator[bytes]:
        """The parcels, sealed, in the order in which they are taken best."""
        self.dues = self.port.dues(self.peer)
        wants = self.dues.wants
        if self.order.ask:
            yield from self._questions()
        if self.order.enclosures:
            for digest, size in self.port.large_lost()[:MOST_ENCLOSURES]:
                wanted = bodies.Range(digest, 0, min(size, bodies.MAX_PIECE))
                yield self._seal(bodies.ENCLOSURE, bodies.encode_range(wanted))
        if self.order.views or wants.nonce:
            yield from self._heads(wants)
        if self.order.receipts:
            yield from self._receipt()
        if self.dues.refusal:
            yield self._seal(bodies.REFUSAL, self.dues.refusal)
        if self.order.own and not self.port.stopped:
            yield from self._pushes()
        if self.order.enclosures:
            yield from self._large(wants)
            # Whoever asks asks again: a lost answer need not be remembered.
            self.dues = replace(self.dues, wants=Wants())

    def _questions(self) -> Iterator[bytes]:
        asked = self.nonce()
        self.dues = replace(self.dues, asked=asked, answered=None)
        yield self._seal(bodies.ASK, bodies.encode_notes([]), asked)
        for side in self.post.charter.sides:
            fetch = bodies.Fetch(side, self.port.head(side).size, _ALL)
            yield self._seal(bodies.FETCH, bodies.encode_fetch(fetch))

    def _heads(self, wants: Wants) -> Iterator[bytes]:
        notes = {side: self.port.notes(side) for side in self.post.charter.sides}
        whole = bodies.encode_notes([note for side in notes for note in notes[side]])
        yield self._seal(bodies.HEADS, whole, wants.nonce)
        for side, start in wants.starts:
            # The reader goes from one size that the heads name to the next.
            for end in sorted(read_checkpoint(note)[0].size for note in notes.get(side, [])):
                while start < end and (push := self.port.entries(side, start, end)) is not None:
                    yield self._seal(bodies.ENTRIES, bodies.encode_push(push))
                    start += len(push.arrivals)

    def _receipt(self) -> Iterator[bytes]:
        note = self.port.sealed_by(self.peer)
        if note is None:
            return
        name = receipt_name(self.post.charter.origin(self.post.side))
        point, parsed = read_checkpoint(note)
        bare = tuple(line for line in parsed.signatures if line.name == point.origin)
        # Signed anew: the keys of a receipt that was given long ago may be retired.
        signed = Note.parse(self.post.receipt(Note(parsed.text, bare).format(), point, self.now))
        lines = tuple(line for line in signed.signatures if line.name == name)
        self.receipts = point.size
        yield self._seal(bodies.RECEIPT, bodies.encode_notes([Note(parsed.text, lines).format()]))

    def _pushes(self) -> Iterator[bytes]:
        receipted = self.port.receipted(self.peer)
        restored = receipted < self.dues.until
        self.first = self.last = min(receipted, self.dues.stands) if restored else receipted
        while (push := self.port.owed(self.last)) is not None:
            yield self._seal(bodies.PUSH, bodies.encode_push(push))
            self.last = push.old + len(push.arrivals)

    def _large(self, wants: Wants) -> Iterator[bytes]:
        owed = dict(self.port.large_owed(self.peer)) if self.order.own else {}
        for digest in wants.enclosures:
            held = self.port.piece(digest, 0, 1)
            if held is not None:
                owed[digest] = held[0]
        for digest, total in owed.items():
            for offset in range(0, total, _PIECE):
                held = self.port.piece(digest, offset, _PIECE)
                if held is None or held[0] != total or not held[1]:
                    break
                body = bodies.encode_enclosed(bodies.Enclosed(digest, offset, total, held[1]))
                yield self._seal(bodies.ENCLOSED, body)
            else:
                self.enclosures += 1

    def _seal(self, purpose: str, body: bytes, nonce: str = "") -> bytes:
        return self.post.seal(self.peer, purpose, body, self.now, nonce or self.nonce())
