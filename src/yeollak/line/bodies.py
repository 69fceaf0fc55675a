"""What parcels carry, by purpose: CBOR arrays, each strictly shaped and bounded.

A body is encoded here and nowhere else, and a body that is not exactly of its shape is refused as theirs.
Nothing here knows a database, a socket or what an answer means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cbor2

from yeollak.errors import TheirFault
from yeollak.office.admit import MAX_BODY, Arrival, Push

PUSH: Final = "push"
RECEIPT: Final = "receipt"
REFUSAL: Final = "refusal"
ASK: Final = "ask"
HEADS: Final = "heads"
FETCH: Final = "fetch"
ENTRIES: Final = "entries"

#: A checkpoint note with every signature that it may carry.
_MAX_NOTE = 256 * 1024
_MAX_ARRIVALS = 4096
_MAX_BLOBS = 32


@dataclass(frozen=True, slots=True)
class Refused:
    """A signed refusal: what was refused, why, at which entry, and when it may be tried again
    (clarifications 16).
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


def encode_push(push: Push) -> bytes:
    """The body of a push, and of entries given back."""
    arrivals = [[item.statement, item.document, list(item.blobs)] for item in push.arrivals]
    return cbor2.dumps([push.origin, push.old, push.checkpoint, arrivals])


def decode_push(body: bytes) -> Push:
    """Raises TheirFault(`bad-body`)."""
    origin, old, note, arrivals = _array(body, 4)
    items = _list(arrivals, _MAX_ARRIVALS)
    found = []
    for item in items:
        statement, document, blobs = _of(item, 3)
        kept = tuple(_bytes(blob, MAX_BODY) for blob in _list(blobs, _MAX_BLOBS))
        found.append(Arrival(_bytes(statement, MAX_BODY), _bytes(document, MAX_BODY), kept))
    return Push(_text(origin), _size(old), _bytes(note, _MAX_NOTE), tuple(found))


def encode_refusal(refused: Refused) -> bytes:
    """The body of a signed refusal."""
    fields = [refused.origin, refused.old, refused.new, refused.root, refused.code]
    return cbor2.dumps([*fields, refused.index, refused.retry, refused.size])


def decode_refusal(body: bytes) -> Refused:
    """Raises TheirFault(`bad-body`)."""
    origin, old, new, root, code, index, retry, size = _array(body, 8)
    return Refused(
        _text(origin),
        _size(old),
        _size(new),
        _text(root),
        _text(code),
        _whole(index),
        _size(retry),
        _whole(size),
    )


def encode_notes(notes: Sequence[bytes]) -> bytes:
    """The body of a receipt (one note) or of an answer to `ask` (a note for each register that is not
    empty).
    """
    return cbor2.dumps(list(notes))


def decode_notes(body: bytes, most: int) -> list[bytes]:
    """Raises TheirFault(`bad-body`)."""
    return [_bytes(note, _MAX_NOTE) for note in _list(_load(body), most)]


def encode_fetch(fetch: Fetch) -> bytes:
    """The body of a request for entries."""
    return cbor2.dumps([fetch.side, fetch.start, fetch.end])


def decode_fetch(body: bytes) -> Fetch:
    """Raises TheirFault(`bad-body`)."""
    side, start, end = _array(body, 3)
    return Fetch(_text(side), _size(start), _size(end))


def _load(body: bytes) -> Any:
    if len(body) > MAX_BODY:
        raise TheirFault("bad-body")
    try:
        return cbor2.loads(body, max_depth=6)
    except Exception:  # noqa: BLE001 (a decoder may raise anything over hostile bytes; all of it is theirs)
        raise TheirFault("bad-body") from None


def _array(body: bytes, length: int) -> list[Any]:
    return _of(_load(body), length)


def _of(value: Any, length: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != length:
        raise TheirFault("bad-body")
    return value


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise TheirFault("bad-body")
    return value


def _bytes(value: Any, most: int) -> bytes:
    if not isinstance(value, bytes) or len(value) > most:
        raise TheirFault("bad-body")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 255:
        raise TheirFault("bad-body")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**53:
        raise TheirFault("bad-body")
    return value


def _size(value: Any) -> int:
    if _whole(value) < 0:
        raise TheirFault("bad-body")
    return int(value)
