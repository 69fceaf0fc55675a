"""The registers of one office as the database holds them: entries, trees and weights, read as they are asked
for.

What is remembered is bounded, however long the record is: who needs the end of a register never reads its
beginning.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

from yeollak.errors import OurFault
from yeollak.office.charter import Charter
from yeollak.office.ledger import Entry
from yeollak.record.merkle import EMPTY_ROOT, Frontier, leaf_hash
from yeollak.storage import models, plain

#: How many entries are read at once, and how many such readings are kept.
CHUNK = 128
_KEPT_CHUNKS = 16
#: How many entries are kept that were asked for by themselves, and how many roots.
_KEPT_SINGLES = 256
_KEPT_ROOTS = 4096
_T = TypeVar("_T")
_K = TypeVar("_K")


class HeldRegisters:
    """The registers of an office in the database `alias`, as they were held when it was looked last."""

    def __init__(self, alias: str, charter: Charter) -> None:
        self.alias = alias
        self.charter = charter
        self.forget()

    def forget(self) -> None:
        """Drop everything that is remembered."""
        self._held = [0 for _ in self.charter.sides]
        self._entries: OrderedDict[tuple[int, int], list[Entry]] = OrderedDict()
        self._singles: OrderedDict[tuple[int, int], Entry] = OrderedDict()
        self._asked = (-1, -1)
        self._roots: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._weighed: dict[int, tuple[int, int, int]] = {}

    def held(self, place: int) -> int:
        """How many entries of this register are held."""
        return self._held[place]

    def since(self, place: int, start: int) -> tuple[int, int]:
        """How many entries of a register are held from index `start` on, and what they weigh, in bytes. What
        was weighed before is not weighed again.
        """
        held = self._held[place]
        began, ended, weight = self._weighed.get(place, (start, start, 0))
        if began != start:
            ended, weight = start, 0
        if ended < held:
            query = (
                f"SELECT SUM(weight) FROM {plain.ENTRY} "  # noqa: S608 (no value is in it)
                'WHERE office_id = %s AND place = %s AND "index" >= %s AND "index" < %s'
            )
            ((more,),) = plain.rows(self.alias, query, self.charter.office, place, ended, held)
            weight += int(more or 0)
        self._weighed[place] = start, max(start, held), weight
        return max(0, held - start), weight

    def entry(self, place: int, index: int) -> Entry:
        """One entry that is held. Raises OurFault(`entry-not-held`)."""
        number, at = divmod(index, CHUNK)
        chunk = self._entries.get((place, number))
        going_on, self._asked = self._asked == (place, index - 1), (place, index)
        if chunk is None and not going_on:
            # Asked for out of turn, as pages do: its neighbours may be long, and nobody wants them.
            one = self._singles.get((place, index)) or next(iter(self.entries(place, index, index + 1)), None)
            if one is None:
                raise OurFault("entry-not-held", side=self.charter.sides[place], index=index)
            return keep(self._singles, (place, index), one, _KEPT_SINGLES)
        chunk = chunk or []
        if at >= len(chunk):
            # What was read before is there still: only what has come since is read.
            start = number * CHUNK
            chunk = [*chunk, *self.entries(place, start + len(chunk), start + CHUNK)]
        if at >= len(chunk):
            raise OurFault("entry-not-held", side=self.charter.sides[place], index=index)
        return keep(self._entries, (place, number), chunk, _KEPT_CHUNKS)[at]

    def entries(self, place: int, start: int, end: int) -> list[Entry]:
        """The entries held from index `start` to before `end`."""
        query = (
            f"SELECT statement, document FROM {plain.ENTRY} "  # noqa: S608 (no value is in it)
            'WHERE office_id = %s AND place = %s AND "index" >= %s AND "index" < %s ORDER BY "index"'
        )
        found = plain.rows(self.alias, query, self.charter.office, place, start, end)
        return [Entry(bytes(statement), bytes(document)) for statement, document in found]

    def root(self, place: int, size: int) -> bytes:
        """The root of the first `size` entries held: a checkpoint's where one ends there, else computed
        from the one before. Raises OurFault(`entry-not-held`).
        """
        if not size:
            return EMPTY_ROOT
        known = self._roots.get((place, size))
        return self.remember_root(place, size, known or self.frontier(place, size).root())

    def remember_root(self, place: int, size: int, root: bytes) -> bytes:
        """Be told a root that will be asked for; returns it."""
        return keep(self._roots, (place, size), root, _KEPT_ROOTS)

    def frontier(self, place: int, size: int) -> Frontier:
        """The tree of the first `size` entries. Raises OurFault(`entry-not-held`)."""
        query = (
            f"SELECT frontier FROM {plain.CHECKPOINT} "  # noqa: S608 (no value is in it)
            "WHERE office_id = %s AND place = %s AND size <= %s ORDER BY size DESC LIMIT 1"
        )
        near = plain.first(self.alias, query, self.charter.office, place, size)
        tree = Frontier.decode(bytes(near[0])) if near is not None else Frontier()
        if tree.size < size:
            rows = models.Entry.objects.using(self.alias).filter(
                office_id=self.charter.office, place=place, index__gte=tree.size, index__lt=size
            )
            statements = rows.order_by("index").values_list("statement", flat=True)
            tree = tree.extend(leaf_hash(bytes(statement)) for statement in statements)
        if tree.size != size:
            raise OurFault("entry-not-held", side=self.charter.sides[place], index=size - 1)
        return tree


def keep(kept: OrderedDict[_K, _T], key: _K, value: _T, most: int) -> _T:
    """Keep a value as the one that was used last, and no more than so many."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
    return value
