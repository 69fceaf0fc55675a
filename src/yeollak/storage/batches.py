"""What of a register goes to another side: its entries as they travel, in whole batches.

Nothing here writes, and nothing says to whom it goes or whether it may.
"""

from __future__ import annotations

from collections.abc import Sequence

from yeollak.errors import RecordFault
from yeollak.office.admit import BATCH_BYTES, BATCH_STATEMENTS, Arrival, Push
from yeollak.office.ledger import Entry
from yeollak.record.document import Act
from yeollak.storage import plain
from yeollak.storage.reading import OfficeView, blob, blobs, checkpoint

#: The first checkpoint beyond a size, and those that lie within what a parcel may reach from there: the whole
#: of a long register is never looked at.
_NEXT = (
    f"SELECT size FROM {plain.CHECKPOINT} WHERE office_id = %s AND place = %s AND size > %s "  # noqa: S608 (no value is in it)
    "ORDER BY size LIMIT 1"
)
_ENDS = (
    f"SELECT size FROM {plain.CHECKPOINT} WHERE office_id = %s AND place = %s "  # noqa: S608 (no value is in it)
    "AND size > %s AND size <= %s ORDER BY size"
)
_WEIGHTS = (
    f'SELECT weight FROM {plain.ENTRY} WHERE office_id = %s AND place = %s AND "index" >= %s '  # noqa: S608 (no value is in it)
    'AND "index" < %s ORDER BY "index"'
)


def push_from(view: OfficeView, known: int) -> Push | None:
    """What a peer that holds `known` entries of our register is sent next, or None when no checkpoint lies
    beyond.

    Whole batches, ending at a checkpoint that was issued, within what a parcel may hold (clarifications §3).
    """
    return own_entries(view, view.side, known, None)


def entries(view: OfficeView, side: str, start: int, end: int) -> list[Arrival]:
    """Entries of a register from index `start` to before `end`, as they travel: with their `right`
    enclosures.
    """
    held = view.ledger.entries(view.charter.places[side], start, end)
    named = [_right(entry) for entry in held]
    wanted = {digest for digests in named for digest in digests}
    found = blobs(view, wanted)
    for digest in [digest for digest, data in found.items() if not data]:
        # Its side had it follow by itself before, so that it is a file; with this act it goes along.
        found[digest] = blob(view, digest) or b""
    return [
        Arrival(entry.statement, entry.document, tuple(found[one] for one in digests if one in found))
        for entry, digests in zip(held, named, strict=True)
    ]


def own_entries(view: OfficeView, side: str, start: int, end: int | None) -> Push | None:
    """A register's entries given back to whoever asks (rule 9): whole batches from `start`, ending at a
    checkpoint held that is not above `end`, within what a parcel may hold. None when there is no such
    checkpoint.
    """
    place = view.charter.places[side]
    first = plain.first(view.alias, _NEXT, view.id, place, start)
    if first is None or (end is not None and first[0] > end):
        return None
    chosen: int = first[0]
    reach = start + BATCH_STATEMENTS
    ends = plain.rows(view.alias, _ENDS, view.id, place, chosen, reach if end is None else min(reach, end))
    if ends:
        weights = [one for (one,) in plain.rows(view.alias, _WEIGHTS, view.id, place, start, reach)]
        for (size,) in ends:
            if sum(weights[: size - start]) > BATCH_BYTES:
                break
            chosen = size
    note = checkpoint(view, side, chosen)
    arrivals = entries(view, side, start, chosen)
    return Push(view.charter.origin(side), start, note or b"", tuple(arrivals))


def _right(entry: Entry) -> Sequence[str]:
    try:
        return [item.digest for item in Act.parse(entry.document).right]
    except RecordFault:
        return []
