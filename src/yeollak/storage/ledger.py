"""The office's ledger over the database: findings in memory, entries read as they are asked for.

A ledger belongs to one thread. `reload` picks up what other threads and processes have written. What `add`
is told stays pending until the journal has stored it; a journal that rolled back throws the ledger's
memory away with `forget`.
"""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from yeollak.errors import OurFault
from yeollak.office.charter import Charter
from yeollak.office.ledger import Counted, Entry, posts
from yeollak.procedures.machine import Move
from yeollak.record.merkle import EMPTY_ROOT, Frontier, leaf_hash
from yeollak.storage import models

#: How many entries are read at once, and how many such readings are kept.
_CHUNK = 128
_KEPT_CHUNKS = 16


class DjangoLedger:
    """The registers of one office in the database `alias`. Implements `office.ledger.Ledger`."""

    def __init__(self, alias: str, charter: Charter) -> None:
        self.alias = alias
        self.charter = charter
        self._chunks: OrderedDict[tuple[int, int], list[Entry]] = OrderedDict()
        self.forget()

    def forget(self) -> None:
        """Drop everything that is remembered; the next `reload` reads it anew."""
        parties = range(len(self.charter.sides))
        self.pending: list[Counted] = []
        self._last = 0
        self._held = [0 for _ in parties]
        #: Up to which size of each register pages and searches know what has been counted.
        self.shown: tuple[int, ...] = tuple(0 for _ in parties)
        self._roots: list[dict[int, bytes]] = [{0: EMPTY_ROOT} for _ in parties]
        self._found: list[list[Counted]] = [[] for _ in parties]
        self._first: list[dict[str, int]] = [{} for _ in parties]
        self._matters: defaultdict[str, list[Counted]] = defaultdict(list)
        self._open: dict[str, None] = {}
        self._under: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._postings: list[list[Counted]] = [[] for _ in parties]
        self._chunks.clear()

    def reload(self) -> bool:
        """Read what has been held and counted since. Returns whether memory was thrown away (after a
        rebuild or a restore), so that whoever remembers folds drops them too.
        """
        heads = self._heads()
        fresh = bool(self.pending) or any(
            head.size < self._held[head.place] or head.counted < len(self._found[head.place])
            for head in heads
        )
        if fresh:
            self.forget()
        if sum(head.counted for head in heads) > sum(map(len, self._found)):
            for row in self._rows(models.Finding).filter(id__gt=self._last).order_by("id"):
                self._remember(counted_of(row, self.charter))
                self._last = row.id
            # Another writer may have come between the two: more than is held must never count.
            heads = self._heads()
        for head in heads:
            self._held[head.place] = head.size
            self._roots[head.place][head.size] = bytes(head.root)
        self.shown = tuple(head.shown for head in heads)
        return fresh

    def _heads(self) -> list[models.Head]:
        return list(self._rows(models.Head).order_by("place"))

    def held(self, place: int) -> int:
        """How many entries of this register are held."""
        return self._held[place]

    def entry(self, place: int, index: int) -> Entry:
        """One entry that is held. Raises OurFault(`entry-not-held`)."""
        number, at = divmod(index, _CHUNK)
        chunk = self._chunks.get((place, number), [])
        if at >= len(chunk):
            chunk = self._chunks[place, number] = self.entries(place, number * _CHUNK, (number + 1) * _CHUNK)
            while len(self._chunks) > _KEPT_CHUNKS:
                self._chunks.popitem(last=False)
        self._chunks.move_to_end((place, number))
        if at >= len(chunk):
            raise OurFault("entry-not-held", side=self.charter.sides[place], index=index)
        return chunk[at]

    def entries(self, place: int, start: int, end: int) -> list[Entry]:
        """The entries held from index `start` to before `end`."""
        rows = self._rows(models.Entry).filter(place=place, index__gte=start, index__lt=end).order_by("index")
        return [
            Entry(bytes(statement), bytes(document))
            for statement, document in rows.values_list("statement", "document")
        ]

    def root(self, place: int, size: int) -> bytes:
        """The root of the first `size` entries held: a checkpoint's where one ends there, else computed
        from the one before. Raises OurFault(`entry-not-held`).
        """
        known = self._roots[place]
        if size not in known:
            known[size] = self.frontier(place, size).root()
        return known[size]

    def frontier(self, place: int, size: int) -> Frontier:
        """The tree of the first `size` entries. Raises OurFault(`entry-not-held`)."""
        near = (
            self._rows(models.Checkpoint)
            .filter(place=place, size__lte=size)
            .order_by("-size")
            .values_list("frontier", flat=True)
            .first()
        )
        tree = Frontier.decode(bytes(near)) if near is not None else Frontier()
        if tree.size < size:
            rows = self._rows(models.Entry).filter(place=place, index__gte=tree.size, index__lt=size)
            statements = rows.order_by("index").values_list("statement", flat=True)
            tree = tree.extend(leaf_hash(bytes(statement)) for statement in statements)
        if tree.size != size:
            raise OurFault("entry-not-held", side=self.charter.sides[place], index=size - 1)
        return tree

    def counted(self, place: int) -> int:
        """How many entries of this register count."""
        return len(self._found[place])

    def finding(self, place: int, index: int) -> Counted:
        """What was found of an entry that counts."""
        return self._found[place][index]

    def matter(self, matter: str) -> Sequence[Counted]:
        """Every counted act that names this matter, in the order in which they were counted."""
        return self._matters.get(matter, ())

    def matters(self, procedure: str | None = None) -> Iterable[str]:
        """The ids of all matters that have an allowed act, or of those under one table."""
        return self._open if procedure is None else self._under.get(procedure, {})

    def postings(self, place: int) -> Sequence[Counted]:
        """The allowed acts of one side that post or recall a key, in the order of its register."""
        return self._postings[place]

    def first(self, place: int, act: str) -> int | None:
        """The first position of a document digest among the entries that count, or None."""
        return self._first[place].get(act)

    def add(self, found: Counted) -> None:
        """Remember the finding of the next entry of its register; the journal stores it."""
        self._remember(found)
        self.pending.append(found)

    def stored(self, last: int) -> None:
        """The journal has stored what was pending; `last` is the number of the newest finding."""
        self.pending = []
        self._last = max(self._last, last)

    def _remember(self, found: Counted) -> None:
        if found.index != len(self._found[found.place]):
            raise OurFault("finding-out-of-order", side=found.side, index=found.index)
        self._found[found.place].append(found)
        self._first[found.place].setdefault(found.id, found.index)
        if found.matter:
            self._matters[found.matter].append(found)
        if not found.void:
            if found.matter not in self._open:
                self._open[found.matter] = self._under[found.procedure][found.matter] = None
            if posts(found):
                self._postings[found.place].append(found)

    def _rows(self, model: Any) -> Any:
        return model.objects.using(self.alias).filter(office_id=self.charter.office)


def finding_of(found: Counted, office: str, now: Any) -> models.Finding:
    """The row of a finding."""
    return models.Finding(
        office_id=office,
        place=found.place,
        index=found.index,
        act=found.id,
        matter=found.matter,
        procedure=found.procedure,
        turn=found.turn,
        vector=json.dumps(found.vector),
        void=found.void,
        move=None if found.move is None else json.dumps(_plain(found.move), sort_keys=True, default=dict),
        key=found.key,
        counted_at=now,
    )


def counted_of(row: models.Finding, charter: Charter) -> Counted:
    """The finding in a row."""
    return Counted(
        side=charter.sides[row.place],
        place=row.place,
        index=row.index,
        id=row.act,
        matter=row.matter,
        procedure=row.procedure,
        turn=row.turn,
        vector=tuple(json.loads(row.vector)),
        void=row.void,
        move=None if row.move is None else _move(json.loads(row.move)),
        key=bytes(row.key),
    )


def _plain(move: Move) -> dict[str, Any]:
    return {field.name: getattr(move, field.name) for field in fields(move)}


def _move(value: dict[str, Any]) -> Move:
    return Move(**{**value, "re": tuple(value["re"])})
