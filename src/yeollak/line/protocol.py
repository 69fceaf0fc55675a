"""What a parcel means and what it gets: the answering end, without hands.

A push is checked, stored, and only then receipted (rule 8); everything refused is refused by a signed code.
Reads give what the asker is entitled to: every party holds every register, and the large enclosures that
registers release. One table says what becomes of each purpose. Nothing here knows a database, a socket or a
clock: what is held stands behind `Port`, and time is an argument.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from yeollak.errors import OurFault, RecordFault, TheirFault
from yeollak.line import bodies
from yeollak.line.bodies import Piece, Refused
from yeollak.line.post import Post
from yeollak.office.admit import Admitted, Push, Quota, Refusal, admit
from yeollak.record.checkpoint import Checkpoint, read_checkpoint
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.record.parcel import Parcel

#: Refusals that are no sign of anything wrong: the sender goes on, or waits.
_EXPECTED = frozenset({"conflict", "keys-uncounted", "quota"})


class Port(Protocol):
    """What the line asks of a node's store for one office; `storage.holdings` fulfils it.

    `side` is always a party of the charter. What a method raises beyond its docstring is OurFault.
    """

    def head(self, side: str) -> Frontier:
        """The tree of a register as held."""

    def root(self, side: str, size: int) -> bytes:
        """The root of the first `size` entries; `size` is not above what is held."""

    def checkpoint(self, side: str) -> bytes | None:
        """The newest checkpoint held of a register."""

    def notes(self, side: str) -> list[bytes]:
        """The newest checkpoint and the newest that each party has receipted, with the receipts held."""

    def entries(self, side: str, start: int, end: int) -> Push | None:
        """Whole batches from `start`, ending at a checkpoint not above `end`, within one parcel."""

    def owed(self, known: int) -> Push | None:
        """Whole batches of our register for a peer that holds `known` entries."""

    def receipted(self, peer: str) -> int:
        """Up to which size a peer has receipted our register."""

    def quota(self, side: str, now: datetime) -> Quota:
        """What a side may still have receipted today."""

    def named(self, side: str) -> Mapping[int, bytes]:
        """Roots that our own acts name for sizes that are not held: what this node has held and lost."""

    def receive(self, admitted: Admitted) -> None:
        """Store a batch, on disk when this returns. Raises OurFault(`head-moved`)."""

    def keep_receipt(self, side: str, size: int, note: bytes) -> None:
        """Keep a receipt whose every line has been verified."""

    @property
    def stopped(self) -> bool:
        """Whether our own register has two courses."""

    def has_left(self, size: int, root: bytes) -> None:
        """Remember in the anchor that a checkpoint of our own register has left this node."""

    def keep_evidence(self, side: str, data: bytes, now: datetime) -> None:
        """Keep two views of a register and raise the alarm."""

    def raise_alarm(self, code: str, data: Mapping[str, str | int], now: datetime) -> None:
        """Tell a person, once."""

    def piece(self, digest: str, offset: int, length: int) -> tuple[int, bytes] | None:
        """Size and a range of a large enclosure that the register of its own side has released and that is
        held.
        """

    def wanted(self, sides: Sequence[str], after: int = 0) -> list[tuple[int, str, str, int]]:
        """Large enclosures that these registers name and that are not here, some of them, in the order of
        their numbers from above `after`: number, side, digest, bytes. None where there is none above it.
        """

    def has_room(self, more: int) -> bool:
        """Whether so many bytes of large enclosures may come and leave free what our own side needs."""

    def begin_large(self, side: str, digest: str, now: datetime) -> bool:
        """Note that the first bytes of a large enclosure of a side are here; False where it has to wait for
        another day, as the side's day is full.
        """

    def arrived(self, peer: str, side: str, digest: str) -> int:
        """How many bytes of a large enclosure of a side have arrived from a peer."""

    def add_piece(self, peer: str, side: str, digest: str, offset: int, data: bytes) -> None:
        """Add what has arrived from a peer, on disk when this returns; nothing, where the last piece does not
        end at `offset`.
        """

    def take_large(self, peer: str, side: str, digest: str) -> None:
        """Take over what has arrived whole. Raises RecordFault(`digest-mismatch`), and drops it."""

    def refuse_large(self, side: str, digest: str) -> None:
        """Ask no more for a large enclosure."""


class Answering:
    """Answers the parcels of one office."""

    def __init__(self, post: Post, port: Port) -> None:
        self._post, self._port = post, port
        self._answers = {
            bodies.PUSH: self._push,
            bodies.ASK: self._ask,
            bodies.FETCH: self._fetch,
            bodies.ENCLOSURE: self._enclosure,
        }

    def answer(self, request: Parcel, now: datetime) -> tuple[str, bytes]:
        """Purpose and body of the answer to an opened parcel. Raises TheirFault(`bad-body`), and whatever the
        store raises.
        """
        handle = self._answers.get(request.header.purpose)
        if handle is None:
            raise TheirFault("bad-body")
        return handle(request.header.sender, request.body, now)

    def _push(self, side: str, body: bytes, now: datetime) -> tuple[str, bytes]:
        push = bodies.decode_push(body)
        try:
            note, point = self._take(side, push, now)
        except Refusal as refusal:
            if refusal.code not in _EXPECTED:
                self._port.raise_alarm(f"refused-{refusal.code}", {"side": side}, now)
            return bodies.REFUSAL, bodies.encode_refusal(self._refused(side, push, refusal))
        receipt = self._post.receipt(note, point, now)
        self._port.keep_receipt(side, point.size, receipt)
        return bodies.RECEIPT, bodies.encode_notes([receipt])

    def _take(self, side: str, push: Push, now: datetime) -> tuple[bytes, Checkpoint]:
        """Store what is new of a push. Returns the note and the checkpoint that a receipt is due for."""
        try:
            head = self._port.head(side)
            batch = push.arrivals if push.old == head.size else ()
            found = self._post.verified(push.checkpoint, side, batch)
        except RecordFault as problem:
            uncounted = problem.code == "keys-uncounted"
            raise Refusal(problem.code if uncounted else "bad-checkpoint") from problem
        point, note = found.checkpoint, found.note
        if point.size <= head.size:
            if self._port.root(side, point.size) != point.root:
                self._fork(side, head.size, push, now)
            return note, point
        push = replace(push, checkpoint=note)
        if diverges(self._port, side, head, push, point):
            self._fork(side, head.size, push, now)
        admitted = admit(self._post.charter, side, head, push, self._port.quota(side, now), found.keys)
        try:
            self._port.receive(admitted)
        except OurFault as fault:
            if fault.code != "head-moved":
                raise
            raise Refusal("conflict", size=self._port.head(side).size) from None
        return note, point

    def _fork(self, side: str, size: int, push: Push, now: datetime) -> None:
        """Two views of one register: keep both, and give no receipt to the branch that is not held (rule
        7).
        """
        self._port.keep_evidence(side, two_views(self._port.checkpoint(side), push), now)
        raise Refusal("two-views", size=size)

    def _refused(self, side: str, push: Push, refusal: Refusal) -> Refused:
        try:
            root = read_checkpoint(push.checkpoint)[0].root.hex()
        except RecordFault:
            root = ""
        return Refused(
            origin=self._post.charter.origin(side),
            old=push.old,
            new=push.old + len(push.arrivals),
            root=root,
            code=refusal.code,
            index=refusal.index,
            retry=refusal.retry,
            size=refusal.size,
        )

    def _ask(self, _side: str, body: bytes, _now: datetime) -> tuple[str, bytes]:
        bodies.decode_notes(body, 0)
        notes = [note for side in self._post.charter.sides for note in self._port.notes(side)]
        return bodies.HEADS, bodies.encode_notes(notes)

    def _fetch(self, _side: str, body: bytes, _now: datetime) -> tuple[str, bytes]:
        wanted = bodies.decode_fetch(body)
        origin = self._post.charter.origin(self._post.charter.party(wanted.side).side)
        push = self._port.entries(wanted.side, wanted.start, wanted.end)
        return bodies.ENTRIES, bodies.encode_push(push or Push(origin, wanted.start, b"", ()))

    def _enclosure(self, _side: str, body: bytes, _now: datetime) -> tuple[str, bytes]:
        wanted = bodies.decode_range(body)
        total, data = self._port.piece(wanted.digest, wanted.offset, wanted.length) or (0, b"")
        return bodies.PIECE, bodies.encode_piece(Piece(total, data))


def diverges(port: Port, side: str, head: Frontier, push: Push, point: Checkpoint) -> bool:
    """Whether entries that begin where a register ends here lead elsewhere than to the checkpoint that their
    own register signed, or than through a root that acts of our own have named. A batch of another size says
    nothing.
    """
    if push.old != head.size or len(push.arrivals) != point.size - head.size:
        return False
    leaves = [leaf_hash(arrival.statement) for arrival in push.arrivals]
    roots = {**port.named(side), point.size: point.root}
    return any(
        head.extend(leaves[: size - head.size]).root() != root
        for size, root in roots.items()
        if size <= point.size
    )


def two_views(held: bytes | None, push: Push) -> bytes:
    """Two views of one register as they are kept: JSON with the checkpoint `held`, the one `shown`, and the
    leaves that were said to lead to it from size `old`.
    """
    value = {
        "held": (held or b"").decode(errors="replace"),
        "leaves": [leaf_hash(arrival.statement).hex() for arrival in push.arrivals],
        "old": push.old,
        "shown": push.checkpoint.decode(errors="replace"),
    }
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()
