"""Folding what is held, and storing entries: what every writer of a register builds on.

What is counted is kept in one transaction; what pages are served from follows in others, so that nobody who
sends or appends waits for it. The caller of the steps holds the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from yeollak.errors import Fault, OurFault
from yeollak.office.ledger import Counted
from yeollak.record import statement
from yeollak.record.document import act_id
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.storage import evidence, models, plain, projection, queueing
from yeollak.storage.enclosures import Enclosures
from yeollak.storage.reading import OfficeView, office_view, writers_view

#: How many acts of a register pages are told of in one transaction: others may write between two.
_SHOWN_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must be told; `data` names the place."""

    code: str
    data: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Folding:
    """What a fold has newly counted, and what a person must be told."""

    counted: tuple[Counted, ...] = ()
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """Where a register stands, as its writer has it for itself: `size` entries with their tree."""

    place: int
    size: int
    frontier: Frontier


class FoldingWriter(Enclosures):
    """A writer that can fold an office and add entries to a register."""

    def fold(self, office: str, now: datetime, *, show: bool = True) -> Folding:
        """Count what can count and bring findings up to date, in a transaction of its own (rule 1); then let
        pages know, unless `show` leaves that to whoever calls `show` later.

        A fold that raises leaves everything as it was and an alarm `fold-failed`; it is never a void. What
        cannot be shown is counted all the same.
        """
        view = office_view(self.alias, office)
        folding = Folding()
        try:
            if view.office.frontier() != tuple(map(view.ledger.held, range(len(view.charter.sides)))):
                with self.writing(office) as writers:
                    found = self.refold(writers, now)
                folding = found  # on disk: what was counted and not stored has not been counted
            while show and self._show(view, _SHOWN_AT_ONCE):
                pass
        except Exception as problem:  # noqa: BLE001 (whatever a fold raises is an alarm on this node: rule 1)
            return Folding(folding.counted, (*folding.alarms, self._failed(view, problem, now)))
        return folding

    def show(self, office: str, now: datetime) -> bool:
        """Let pages know some of what has been counted and not been shown. Returns whether there is more.
        What cannot be shown is an alarm `fold-failed`.
        """
        view = office_view(self.alias, office)
        try:
            return self._show(view, _SHOWN_AT_ONCE // 4)
        except Exception as problem:  # noqa: BLE001 (as above)
            self._failed(view, problem, now)
            return False

    def _failed(self, view: OfficeView, problem: Exception, now: datetime) -> Alarm:
        code = problem.code if isinstance(problem, Fault) else type(problem).__name__
        failed = Alarm("fold-failed", {"why": code})
        self.raise_alarm(view.id, failed.code, failed.data, now)
        return failed

    def refold(self, view: OfficeView, now: datetime) -> Folding:
        """Count and store inside the caller's transaction, which holds the lock; the view is fresh."""
        counting = view.office.count()
        projection.keep(view, now)
        for item in counting.evidence:
            whole = partial(evidence.whole, view, item)
            self._evidence(view, item.about, evidence.claim(item), whole, now, claimed=True)
        return Folding(tuple(counting.found))

    def _show(self, view: OfficeView, most: int) -> bool:
        view.refresh()
        if view.ledger.shown == view.office.frontier():
            return False
        with self.writing(view.id) as writers:
            return projection.show(writers, most)

    @contextmanager
    def writing(self, office: str) -> Iterator[OfficeView]:
        """The office for whoever counts, appends or shows, in a transaction in which nobody else does. The
        threads of a process have one view for it in turn, so that each goes on from what another has counted
        and does not read it again. Raises what `atomic` raises, and OurFault(`no-such-office`).
        """
        with queueing.alone(self.alias, office):
            view = writers_view(self.alias, office)
            try:
                with self.atomic():
                    self.lock(view)
                    view.refresh()
                    yield view
            except BaseException:
                # What was counted in memory may not have been stored.
                view.drop()
                raise

    # steps inside a transaction

    def _head(self, view: OfficeView, place: int) -> Head:
        # PostgreSQL makes other writers of this register wait here; on SQLite the transaction is IMMEDIATE
        # already.
        query = f"SELECT size, frontier FROM {plain.HEAD} WHERE office_id = %s AND place = %s"  # noqa: S608 (no value is in it)
        ((size, frontier),) = plain.rows(self.alias, query + plain.locking(self.alias), view.id, place)
        return Head(place, size, Frontier.decode(bytes(frontier)))

    def lock(self, view: OfficeView) -> None:
        """Let nobody else fold this office until the transaction ends."""
        # Not for its key: entries refer to the office, and appending must not wait for a fold.
        query = f"SELECT id FROM {plain.OFFICE} WHERE id = %s"  # noqa: S608 (no value is in it)
        plain.rows(self.alias, query + plain.locking(self.alias, "FOR NO KEY UPDATE"), view.id)

    def _store(
        self, view: OfficeView, head: Head, rows: Sequence[plain.NewEntry], blobs: Mapping[str, bytes]
    ) -> None:
        if not rows:
            return
        tree = head.frontier.extend(leaf_hash(row.statement) for row in rows)
        plain.insert(self.alias, models.Entry, plain.ENTRY_ROW, rows)
        self._keep(view.id, blobs)
        self._name_large(view, head.place, rows)
        query = (
            f"UPDATE {plain.HEAD} SET size = %s, root = %s, frontier = %s "  # noqa: S608 (no value is in it)
            "WHERE office_id = %s AND place = %s AND size = %s"
        )
        values = (tree.size, tree.root(), tree.encode(), view.id, head.place, head.size)
        if plain.change(self.alias, query, *values) != 1:
            raise OurFault("head-moved", expected=head.size, size=tree.size)


def entry_row(
    office: str, place: int, index: int, data: bytes, document: bytes, weight: int, request: str | None = None
) -> plain.NewEntry:
    """The row of an entry."""
    matter = statement.parse(data).matter
    return plain.NewEntry(office, place, index, data, document, act_id(document), matter, weight, request)
