"""The office's ledger over the database: findings and entries are read as they are asked for.

A ledger belongs to one thread, or to the one whose turn it is to write, and what it remembers is bounded,
however long the record is: who needs the end of a register never reads its beginning. `reload` picks up what
others have written. What `add` is told stays pending until the journal has stored it; one that rolled back
throws the memory away with `forget`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from yeollak.errors import OurFault
from yeollak.office.ledger import POSTING, Counted, posts
from yeollak.office.state import KeptLines
from yeollak.storage import plain, state_lines
from yeollak.storage.findings import COLUMNS, counted_of
from yeollak.storage.held import CHUNK, HeldRegisters, keep

#: How many readings of findings are kept, as many at once as of entries.
_KEPT_FINDINGS = 64
#: How many matters are kept with their acts.
_KEPT_MATTERS = 1024
#: From how many findings of others on it is cheaper to forget all matters than to ask which have moved.
_MANY = 4096
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_MATTER = COLUMNS.index("matter")


class _Head(NamedTuple):
    """Where a register stands; asked at every look, so that it is read by plain SQL."""

    place: int
    size: int
    root: bytes
    counted: int
    shown: int


@dataclass(slots=True)
class _Known:
    """Something that grows with what is counted, read up to a frontier."""

    frontier: list[int]
    items: dict[str, None] = field(default_factory=dict)


class DjangoLedger(HeldRegisters):
    """What of one office is held and counted in the database `alias`. Implements `office.ledger.Ledger`."""

    def forget(self) -> None:
        """Drop everything that is remembered; the next `reload` reads it anew."""
        super().forget()
        parties = range(len(self.charter.sides))
        self._stamp: tuple[Any, int, int] | None = None
        self.pending: list[Counted] = []
        self._counted = [0 for _ in parties]
        #: Up to which size of each register pages and searches know what has been counted.
        self.shown: tuple[int, ...] = tuple(0 for _ in parties)
        self._findings: OrderedDict[tuple[int, int], list[Counted]] = OrderedDict()
        self._newest: dict[int, Counted] = {}
        self._matters: OrderedDict[str, list[Counted]] = OrderedDict()
        self._under: dict[str, _Known] = {}
        self._postings: list[list[Counted]] = [[] for _ in parties]
        self._posted = [0 for _ in parties]
        self._unsaved: dict[tuple[int, int], Counted] = {}
        self._stored = [0 for _ in parties]
        self._new: dict[tuple[int, str], int] = {}
        self._window: dict[tuple[int, str], int | None] = {}
        #: By register: a POSIX second, and up to which size we had receipted it before.
        self.receipted_before: dict[int, tuple[int, int]] = {}

    def reload(self) -> bool:
        """Read what has been held and counted since. Returns whether memory was thrown away (after a
        rebuild or a restore), so that whoever remembers folds drops them too.
        """
        stamp = plain.stamp(self.alias)
        if stamp is not None and stamp == self._stamp and not self.pending:
            return False
        heads = self._heads()
        fresh = bool(self.pending) or any(
            head.size < self._held[head.place] or head.counted < self._counted[head.place] for head in heads
        )
        if fresh:
            self.forget()
        self._age([head.counted for head in heads])
        for head in heads:
            self._held[head.place] = head.size
            self._counted[head.place] = self._stored[head.place] = head.counted
            self.remember_root(head.place, head.size, bytes(head.root))
        self.shown = tuple(head.shown for head in heads)
        self._stamp = stamp  # from before the heads were read: what came between is read the next time
        return fresh

    def _heads(self) -> list[_Head]:
        query = (
            f"SELECT place, size, root, counted, shown FROM {plain.HEAD} "  # noqa: S608 (no value is in it)
            "WHERE office_id = %s ORDER BY place"
        )
        return [_Head(*row) for row in plain.rows(self.alias, query, self.charter.office)]

    def _age(self, counted: Sequence[int]) -> None:
        """Add what others have counted to the matters that are remembered: one that lasts as long as its
        office is not read anew with every act.
        """
        if list(counted) == self._counted:
            return
        spans = [
            (place, old, size)
            for place, (old, size) in enumerate(zip(self._counted, counted, strict=True))
            if old < size
        ]
        self._window.clear()
        if not self._matters or sum(size - old for _, old, size in spans) > _MANY:
            self._matters.clear()
            return
        # Register by register: asked of several at once, SQLite goes through every finding of the office.
        span = 'place = %s AND "index" >= %s AND "index" < %s'
        query = f"SELECT matter FROM {plain.FINDING} WHERE office_id = %s AND {span}"  # noqa: S608 (no value is in it)
        full = f"SELECT id, {_NAMES} FROM {plain.FINDING} WHERE office_id = %s AND {span}"  # noqa: S608 (no value is in it)
        rows = list[tuple[Any, ...]]()
        for values in spans:
            moved = plain.rows(self.alias, query, self.charter.office, *values)
            if any(matter in self._matters for (matter,) in moved):
                rows += plain.rows(self.alias, full, self.charter.office, *values)
        for _, *row in sorted(rows, key=lambda row: int(row[0])):
            if row[_MATTER] in self._matters:
                found = counted_of(tuple(row), self.charter)
                self._matters[found.matter].append(found)

    # what was found

    def counted(self, place: int) -> int:
        """How many entries of this register count."""
        return self._counted[place]

    def finding(self, place: int, index: int) -> Counted:
        """What was found of an entry that counts. Raises OurFault(`entry-not-held`)."""
        unsaved = self._unsaved.get((place, index))
        if unsaved is not None:
            return unsaved
        if not 0 <= index < self._counted[place]:
            raise OurFault("entry-not-held", side=self.charter.sides[place], index=index)
        number, at = divmod(index, CHUNK)
        chunk = self._findings.get((place, number), [])
        if at > len(chunk) and index == self._stored[place] - 1:
            # The newest is asked for all the time, and what others have counted before it may be much.
            newest = self._newest.get(place)
            if newest is None or newest.index != index:
                newest = next(iter(self._found('place = %s AND "index" = %s', place, index)), None)
            if newest is None:
                raise OurFault("entry-not-held", side=self.charter.sides[place], index=index)
            self._newest[place] = newest
            return newest
        if at >= len(chunk):
            start = number * CHUNK
            end = min(start + CHUNK, self._stored[place])
            found = self._found(
                'place = %s AND "index" >= %s AND "index" < %s ORDER BY "index"',
                place, start + len(chunk), end,
            )  # fmt: skip
            chunk = [*chunk, *found]
        if at >= len(chunk):
            raise OurFault("entry-not-held", side=self.charter.sides[place], index=index)
        return keep(self._findings, (place, number), chunk, _KEPT_FINDINGS)[at]

    def matter(self, matter: str) -> Sequence[Counted]:
        """Every counted act that names this matter, in the order in which they were counted."""
        acts = self._matters.get(matter)
        if acts is None:
            acts = []
            acts += [one for one in self._naming([matter]) if one.index < self._stored[one.place]]
            acts += [one for one in self.pending if one.matter == matter]
        return keep(self._matters, matter, acts, _KEPT_MATTERS)

    def prefetch(self, matters: Iterable[str]) -> None:
        """Read the acts of matters that will be asked for, together."""
        missing = [matter for matter in matters if matter not in self._matters][: _KEPT_MATTERS // 2]
        if not missing:
            return
        found: dict[str, list[Counted]] = {matter: [] for matter in missing}
        for one in self._naming(missing):
            if one.index < self._stored[one.place]:
                found[one.matter].append(one)
        for one in self.pending:
            if one.matter in found:
                found[one.matter].append(one)
        for matter, acts in found.items():
            keep(self._matters, matter, acts, _KEPT_MATTERS)

    def _naming(self, matters: Sequence[str]) -> list[Counted]:
        """What was found of the acts that name one of these matters."""
        # The plus sign keeps SQLite from going through all findings in order instead of looking them up.
        query = f"SELECT {_NAMES} FROM {plain.FINDING} WHERE {{}} ORDER BY +id"  # noqa: S608 (no value is in it)
        found = plain.by_digest(self.alias, query, "matter", matters, self.charter.office)
        return [counted_of(row, self.charter) for row in found]

    def _found(self, condition: str, *values: Any) -> list[Counted]:
        """The findings that a condition names, whose values stand apart from it."""
        query = f"SELECT {_NAMES} FROM {plain.FINDING} WHERE office_id = %s AND {condition}"  # noqa: S608 (conditions of ours)
        found = plain.rows(self.alias, query, self.charter.office, *values)
        return [counted_of(row, self.charter) for row in found]

    def matters(self, procedure: str | None = None) -> Iterable[str]:
        """The ids of all matters that have an allowed act, or of those under one table, as they came."""
        known = self._under.setdefault(procedure or "", _Known([0 for _ in self._counted]))
        if known.frontier != self._stored:
            query = (
                f"SELECT id, matter FROM {plain.FINDING} WHERE office_id = %s AND void = '' "  # noqa: S608 (no value is in it)
                f"{'' if procedure is None else 'AND procedure = %s '}"
                'AND place = %s AND "index" >= %s AND "index" < %s'
            )
            named = () if procedure is None else (procedure,)
            found = list[tuple[Any, ...]]()
            for place, (start, end) in enumerate(zip(known.frontier, self._stored, strict=True)):
                if start < end:
                    found += plain.rows(self.alias, query, self.charter.office, *named, place, start, end)
            known.items.update(dict.fromkeys(matter for _, matter in sorted(found)))
            known.frontier = list(self._stored)
        unsaved = [one.matter for one in self.pending if not one.void and procedure in (None, one.procedure)]
        return known.items if not unsaved else dict.fromkeys((*known.items, *unsaved))

    def under(self, procedures: Sequence[str], place: int, start: int) -> Iterable[Counted]:
        """The allowed acts of one side under these tables from a position of its register on, in its
        order: what a part of the office asks for is found without a look at all the rest.
        """
        marks = ", ".join(["%s"] * len(procedures))
        found = self._found(
            f"procedure IN ({marks}) AND place = %s "
            'AND "index" >= %s AND "index" < %s AND void = \'\' ORDER BY "index"',
            *procedures, place, start, self._stored[place],
        )  # fmt: skip
        pending = (one for one in self.pending if one.place == place and one.index >= start)
        return [*found, *(one for one in pending if not one.void and one.procedure in procedures)]

    def postings(self, place: int) -> Sequence[Counted]:
        """The allowed acts of one side that post or recall a key, in the order of its register."""
        start, end = self._posted[place], self._counted[place]
        if start < end:
            self._postings[place].extend(filter(posts, self.under(POSTING, place, start)))
            self._posted[place] = end
        return self._postings[place]

    def first(self, place: int, act: str) -> int | None:
        """The first position of a document digest among the entries that count, or None."""
        key = place, act
        if key in self._new:
            return self._new[key]
        if key not in self._window and not self._look_ahead(place, act):
            return self._first(place, [act]).get(act)
        return self._window[key]

    def _look_ahead(self, place: int, act: str) -> bool:
        """Ask once for the next entries that will be counted, if this is one of them."""
        start = self._counted[place]
        if start >= self._held[place]:
            return False
        query = (
            f"SELECT act, matter FROM {plain.ENTRY} "  # noqa: S608 (no value is in it)
            'WHERE office_id = %s AND place = %s AND "index" >= %s AND "index" < %s'
        )
        asked = dict(plain.rows(self.alias, query, self.charter.office, place, start, start + CHUNK))
        if act not in asked:
            return False
        self.expect(place, asked)
        return True

    def expect(self, place: int, acts: Mapping[str, str]) -> None:
        """Be told which acts of a register will be judged next and in which matter each is, so that one
        question is asked for all. A matter that is named after the act itself is about to be opened.
        """
        known = self._first(place, list(acts))
        self._window = {(place, one): known.get(one) for one in acts}
        self.prefetch({matter: None for act, matter in acts.items() if matter != act})

    def _first(self, place: int, acts: Sequence[str]) -> dict[str, int]:
        query = (
            f'SELECT act, MIN("index") FROM {plain.FINDING} WHERE {{}} '  # noqa: S608 (no value is in it)
            'AND place = %s AND "index" < %s GROUP BY act'
        )
        office, size = self.charter.office, self._stored[place]
        return dict(plain.by_digest(self.alias, query, "act", acts, office, place, size))

    # lines of the state digest (`office.state.KeepsLines`)

    def kept(self, frontier: Sequence[int]) -> AbstractContextManager[KeptLines]:
        """The lines for a frontier within what is counted."""
        return state_lines.kept(self, frontier)

    def moved(self, low: Sequence[int], high: Sequence[int]) -> set[str]:
        """The matters with an allowed act from one frontier on to before another."""
        return state_lines.moved(self, low, high)

    def remembered(self, frontier: Sequence[int]) -> str | None:
        """The digest of the state at a frontier, where it was made lately in this process."""
        return state_lines.remembered(self, frontier)

    def remember(self, frontier: Sequence[int], digest: str) -> None:
        """Be told what the digest of the state at a frontier is."""
        state_lines.remember(self, frontier, digest)

    # what is being counted

    def add(self, found: Counted) -> None:
        """Remember the finding of the next entry of its register; the journal stores it."""
        if found.index != self._counted[found.place]:
            raise OurFault("finding-out-of-order", side=found.side, index=found.index)
        self._unsaved[found.place, found.index] = found
        if self._window.get((found.place, found.id)) is None:
            self._new.setdefault((found.place, found.id), found.index)
        if found.matter in self._matters:
            self._matters[found.matter].append(found)
        if self._posted[found.place] == found.index:
            self._posted[found.place] += 1
            if not found.void and posts(found):
                self._postings[found.place].append(found)
        self.pending.append(found)
        self._counted[found.place] += 1

    def hold(self, found: Counted) -> None:
        """Remember an entry that its writer is about to store, together with its finding."""
        self.add(found)
        self._held[found.place] = found.index + 1

    def stored(self) -> None:
        """The journal has stored what was pending."""
        for one in self.pending:
            chunk = self._findings.get((one.place, one.index // CHUNK))
            if chunk is None and one.index % CHUNK == 0:
                chunk = keep(self._findings, (one.place, one.index // CHUNK), [], _KEPT_FINDINGS)
            if chunk is not None and len(chunk) == one.index % CHUNK:
                chunk.append(one)
        self.pending = []
        self._stored = list(self._counted)
        self._unsaved.clear()
        self._new.clear()
        self._window.clear()
