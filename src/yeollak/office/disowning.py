"""Receipts that count and that their side does not own to by its keys any more (attacks 2.10).

A side that retires its receipt keys says in that act how much of another register it had seen. What it has
receipted by those keys beyond that stands all the same, and is told against it: its old keys may be in other
hands, or it takes back its word. Both an audit and a running node ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from yeollak.office import side_keys
from yeollak.office.office import Office


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A receipt that its side has left out: for so many entries (`size`), of which it owns to `acknowledged`
    by the act that retires the keys, at `retired` in its own register.
    """

    size: int
    acknowledged: int
    retired: int


def left_out(
    office: Office, cosigner: str, side: str, receipts: Iterable[tuple[int, Collection[bytes]]]
) -> Iterator[LeftOut]:
    """Which receipts of `cosigner` for the register of `side` it has left out. `receipts` are sizes, each
    with the raw keys (32 bytes) that have signed there; they are told in the order in which they come.

    None is told that the cosigner has covered since, by a receipt as far with keys that it owns to or by an
    act of its own that names so much, nor while the register has not been seen to have the retirement in its
    past: until then there was nothing to ask another receipt for.
    """
    standings = {one.generation.key: one for one in side_keys.receipt_standings(office, cosigner, side)}
    places, found = office.charter.places, list[LeftOut]()
    owned = office.seen_by(places[cosigner])[places[side]]
    for size, keys in receipts:
        by = [standings[key] for key in keys if key in standings]
        # The latest of them: the last word of the side on how much it owns to.
        newest = max(by, key=lambda one: one.generation.number, default=None)
        if newest is None or not newest.counts(size):
            continue
        if newest.acknowledged is None or newest.retired is None or size <= newest.acknowledged:
            owned = max(owned, size)
        elif newest.most is not None:
            found.append(LeftOut(size, newest.acknowledged, newest.retired))
    yield from (one for one in found if one.size > owned)
