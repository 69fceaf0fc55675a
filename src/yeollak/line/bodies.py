"""What parcels carry, by purpose: CBOR arrays, each strictly shaped and bounded.

A body is encoded here and nowhere else, and a body that is not exactly of its shape is refused as theirs.
Nothing here knows a database, a socket or what an answer means. Source: docs/spec/40-line.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cbor2

from yeollak.errors import TheirFault
from yeollak.line.strict import Reader
from yeollak.office.admit import MAX_BODY, Arrival, Push

PUSH: Final = "push"
RECEIPT: Final = "receipt"
REFUSAL: Final = "refusal"
ASK: Final = "ask"
HEADS: Final = "heads"
FETCH: Final = "fetch"
ENTRIES: Final = "entries"
ENCLOSURE: Final = "enclosure"
PIECE: Final = "piece"
#: By pouch alone: a piece of a large enclosure that nobody has asked for.
ENCLOSED: Final = "enclosed"

#: A checkpoint as its register signs it, with the old and the new keys while they change.
MAX_CHECKPOINT: Final = 16 * 1024
#: A checkpoint with the receipts of all other parties.
MAX_NOTE: Final = 96 * 1024
#: The most that one answer gives of an enclosure.
MAX_PIECE: Final = 4 * 1024 * 1024
_MAX_ARRIVALS: Final = 4096
_MAX_BLOBS: Final = 32
_CODE: Final = re.compile(r"[a-z](?:[a-z-]{0,62}[a-z])?")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Refused:
    """A signed refusal: what was refused, why, at which entry, and when it may be tried again
    (clarifications 16). `size` is what the refusing side holds, or -1; `retry` in seconds.
    """

    origin: str
    old: int
    new: int
    root: str
    code: str
    index: int
    retry: int
    size: int


@dataclass(frozen=True, slots=True)
class Fetch:
    """A request for entries of a side's register from `start` up to at most `end`."""

    side: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Range:
    """A request for `length` bytes from `offset` of an enclosure as it is stored: salt, then content."""

    digest: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What was asked of an enclosure: `total` bytes in all (0 where it is not held for the asker), and
    these.
    """

    total: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Bytes from `offset` of an enclosure that has `total` bytes as it is stored: salt, then content."""

    digest: str
    offset: int
    total: int
    data: bytes


def encode_push(push: Push) -> bytes:
    """The body of a push, and of entries given back."""
    arrivals = [[item.statement, item.document, list(item.blobs)] for item in push.arrivals]
    return cbor2.dumps([push.origin, push.old, push.checkpoint, arrivals])


def decode_push(body: bytes) -> Push:
    """Raises TheirFault(`bad-body`)."""
    reader = Reader(body)
    reader.exactly(4)
    origin, old, note = reader.text(), reader.size(), reader.blob(MAX_CHECKPOINT)
    arrivals = tuple(_arrival(reader) for _ in range(reader.array(_MAX_ARRIVALS)))
    reader.end()
    return Push(origin, old, note, arrivals)


def encode_refusal(refused: Refused) -> bytes:
    """The body of a signed refusal."""
    fields = [refused.origin, refused.old, refused.new, refused.root, refused.code]
    return cbor2.dumps([*fields, refused.index, refused.retry, refused.size])


def decode_refusal(body: bytes) -> Refused:
    """Raises TheirFault(`bad-body`)."""
    reader = Reader(body)
    reader.exactly(8)
    origin, old, new, root, code = reader.text(), reader.size(), reader.size(), reader.text(), reader.text()
    index, retry, size = reader.whole(), reader.size(), reader.whole()
    reader.end()
    if not _CODE.fullmatch(code) or (root and not _DIGEST.fullmatch(root)):
        raise TheirFault("bad-body")
    return Refused(origin, old, new, root, code, index, retry, size)


def encode_notes(notes: Sequence[bytes]) -> bytes:
    """The body of a question for heads (none), of a receipt (one note) and of heads."""
    return cbor2.dumps(list(notes))


def decode_notes(body: bytes, most: int) -> list[bytes]:
    """Raises TheirFault(`bad-body`)."""
    reader = Reader(body)
    notes = [reader.blob(MAX_NOTE) for _ in range(reader.array(most))]
    reader.end()
    return notes


def encode_fetch(fetch: Fetch) -> bytes:
    """The body of a request for entries."""
    return cbor2.dumps([fetch.side, fetch.start, fetch.end])


def decode_fetch(body: bytes) -> Fetch:
    """Raises TheirFault(`bad-body`)."""
    reader = Reader(body)
    reader.exactly(3)
    fetch = Fetch(reader.text(), reader.size(), reader.size())
    reader.end()
    return fetch


def encode_range(wanted: Range) -> bytes:
    """The body of a request for a piece of an enclosure."""
    return cbor2.dumps([wanted.digest, wanted.offset, wanted.length])


def decode_range(body: bytes) -> Range:
    """Raises TheirFault(`bad-body`)."""
    reader = Reader(body)
    reader.exactly(3)
    wanted = Range(reader.text(), reader.size(), reader.size())
    reader.end()
    if not _DIGEST.fullmatch(wanted.digest) or not 0 < wanted.length <= MAX_PIECE:
        raise TheirFault("bad-body")
    return wanted


def encode_piece(piece: Piece) -> bytes:
    """The body of an answer with a piece of an enclosure."""
    return cbor2.dumps([piece.total, piece.data])


def decode_piece(body: bytes) -> Piece:
    """Raises TheirFault(`bad-body`)."""
    reader = Reader(body)
    reader.exactly(2)
    piece = Piece(reader.size(), reader.blob(MAX_PIECE))
    reader.end()
    return piece


def encode_enclosed(piece: Enclosed) -> bytes:
    """The body of a piece that nobody has asked for."""
    return cbor2.dumps([piece.digest, piece.offset, piece.total, piece.data])


def decode_enclosed(body: bytes) -> Enclosed:
    """Raises TheirFault(`bad-body`)."""
    reader = Reader(body)
    reader.exactly(4)
    piece = Enclosed(reader.text(), reader.size(), reader.size(), reader.blob(MAX_PIECE))
    reader.end()
    if not _DIGEST.fullmatch(piece.digest) or not piece.data or piece.offset + len(piece.data) > piece.total:
        raise TheirFault("bad-body")
    return piece


def _arrival(reader: Reader) -> Arrival:
    reader.exactly(3)
    statement, document = reader.blob(MAX_BODY), reader.blob(MAX_BODY)
    blobs = tuple(reader.blob(MAX_BODY) for _ in range(reader.array(_MAX_BLOBS)))
    return Arrival(statement, document, blobs)
