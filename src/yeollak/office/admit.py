"""Admit: whether a pushed batch may be receipted, by checks that are total, bounded and need no state
(rule 1).

A receipt acknowledges bytes, not consent: a batch is refused whole when a statement is outside the profile
or a document or a small `right` enclosure is missing, unequal to its digest or too large. Whether an act
means anything is judged later, by `office`, and never here: so both ends agree on these checks, and a side
can block its own register only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yeollak.errors import RecordFault, TheirFault
from yeollak.office.charter import Charter
from yeollak.record import enclosure, statement
from yeollak.record.checkpoint import Checkpoint
from yeollak.record.document import MAX_DOCUMENT, Act
from yeollak.record.enclosure import SMALL_RIGHT
from yeollak.record.generations import Pair, open_by_one
from yeollak.record.merkle import Frontier, leaf_hash

#: What an opened parcel may hold, in bytes.
MAX_BODY = 8 * 1024 * 1024
#: What a batch may hold before its checkpoint is signed.
BATCH_STATEMENTS = 256
BATCH_BYTES = 7 * 1024 * 1024


class Refusal(TheirFault):
    """A batch that is refused whole. `index` is the position of the entry at fault, or -1; `retry` in
    seconds, or 0.
    """

    def __init__(self, code: str, *, index: int = -1, retry: int = 0, size: int = -1) -> None:
        self.index, self.retry, self.size = index, retry, size
        super().__init__(code, index=index, retry=retry, size=size)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One entry as it travels: its statement, its document, and the sealed blobs (salt ‖ bytes) of its
    small enclosures.
    """

    statement: bytes
    document: bytes
    blobs: tuple[bytes, ...] = ()

    @property
    def size(self) -> int:
        """Its bytes, as the limits count them."""
        return len(self.statement) + len(self.document) + sum(map(len, self.blobs))


@dataclass(frozen=True, slots=True)
class Push:
    """A batch as it arrives: `old` is the size that the sender takes us to hold, `checkpoint` the note
    that ends it.
    """

    origin: str
    old: int
    checkpoint: bytes
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class Admitted:
    """A batch that may be stored: every byte is what its digest says, and the register's own keys signed
    its end.
    """

    side: str
    old: int
    arrivals: tuple[Arrival, ...]
    blobs: Mapping[str, bytes]
    frontier: Frontier
    checkpoint: Checkpoint
    note: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Quota:
    """What a side may still have receipted today, by our own clock's UTC day; `retry` is how long until
    the next.
    """

    statements: int
    bytes: int
    retry: int


def admit(
    charter: Charter,
    side: str,
    head: Frontier,
    push: Push,
    quota: Quota | None = None,
    keys: Sequence[Pair] = (),
) -> Admitted:
    """Check a batch of `side` that continues the register whose tree is `head`. `keys` are the generations of
    its register's keys one of which must have signed the checkpoint; the charter's, where none is given.

    Raises Refusal: `conflict` (the batch does not begin where we are; `size` says where), `parcel-too-large`,
    `bad-checkpoint`, `quota`, and the codes of one entry with its `index`.
    """
    if push.old != head.size:
        raise Refusal("conflict", size=head.size)
    if sum(arrival.size for arrival in push.arrivals) > MAX_BODY:
        raise Refusal("parcel-too-large")
    _check_quota(push.arrivals, quota)
    blobs: dict[str, bytes] = {}
    for index, arrival in enumerate(push.arrivals, start=push.old):
        blobs.update(_check_arrival(charter, side, index, arrival))
    frontier = head.extend(leaf_hash(arrival.statement) for arrival in push.arrivals)
    checkpoint = check_checkpoint(charter, side, push.checkpoint, keys)
    if checkpoint.size != frontier.size or checkpoint.root != frontier.root():
        raise Refusal("bad-checkpoint")
    return Admitted(side, push.old, push.arrivals, blobs, frontier, checkpoint, push.checkpoint)


def check_checkpoint(charter: Charter, side: str, note: bytes, keys: Sequence[Pair] = ()) -> Checkpoint:
    """A checkpoint of a side's register, signed by both keys of one generation. Raises
    Refusal(`bad-checkpoint`).
    """
    try:
        return open_by_one(note, keys or (charter.register_keys(side),), origin=charter.origin(side))[0]
    except RecordFault as problem:
        raise Refusal("bad-checkpoint") from problem


def _check_quota(arrivals: Sequence[Arrival], quota: Quota | None) -> None:
    if quota is None:
        return
    if len(arrivals) > quota.statements or sum(arrival.size for arrival in arrivals) > quota.bytes:
        raise Refusal("quota", retry=quota.retry)


def _check_arrival(charter: Charter, side: str, index: int, arrival: Arrival) -> dict[str, bytes]:
    try:
        stated = statement.parse(arrival.statement)
    except RecordFault as problem:
        raise Refusal("outside-profile", index=index) from problem
    if len(arrival.document) > MAX_DOCUMENT:
        raise Refusal("document-too-large", index=index)
    if hashlib.sha256(arrival.document).digest() != stated.payload:
        raise Refusal("document-unequal", index=index)
    try:
        act = Act.parse(arrival.document)
    except RecordFault:
        act = None  # admissible and void: it names no enclosure (clarifications 4)
    return _check_blobs(charter, side, index, arrival, act)


def _check_blobs(
    charter: Charter, side: str, index: int, arrival: Arrival, act: Act | None
) -> dict[str, bytes]:
    """Every small `right` enclosure that the document names is there, equal to its digest, and nothing
    else is.
    """
    wanted = {item.digest: item for item in act.right} if act is not None else {}
    if sum(item.size or 0 for item in wanted.values()) > SMALL_RIGHT:
        raise Refusal("enclosures-too-large", index=index)
    found: dict[str, bytes] = {}
    for blob in arrival.blobs:
        if len(blob) > SMALL_RIGHT + 16:
            raise Refusal("enclosures-too-large", index=index)
        named = enclosure.digest(charter.office, side, blob[:16], blob[16:]).hex() if len(blob) >= 16 else ""
        if named not in wanted or named in found:
            raise Refusal("enclosure-surplus", index=index)
        if wanted[named].size != len(blob) - 16:
            raise Refusal("enclosure-unequal", index=index)
        found[named] = blob
    if len(found) != len(wanted):
        raise Refusal("enclosure-missing", index=index)
    return found
