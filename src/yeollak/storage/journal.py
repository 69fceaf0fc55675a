"""The journal: the only writer of a node's store.

Every method is one transaction that leaves either everything or nothing (rule 8). The head of a register
moves only by compare-and-swap, and our own only when the anchor agrees (rule 9). The journal signs nothing
but checkpoints, sends nothing, and judges nothing: what may be received has been admitted, what is folded
is folded by `office`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import connections
from django.db.models import Max

from yeollak.errors import Fault, OurFault, RecordFault
from yeollak.office import side_keys
from yeollak.office.admit import BATCH_BYTES, BATCH_STATEMENTS, Admitted
from yeollak.office.charter import Charter
from yeollak.office.ledger import Counted
from yeollak.office.office import Alarm
from yeollak.record import enclosure, statement
from yeollak.record.checkpoint import Checkpoint, read_checkpoint
from yeollak.record.cosign import receipt_name
from yeollak.record.document import Act, act_id
from yeollak.record.enclosure import SMALL_RIGHT
from yeollak.record.merkle import EMPTY_ROOT, Frontier, leaf_hash
from yeollak.storage import evidence, models, projection
from yeollak.storage.enclosures import Enclosures
from yeollak.storage.reading import OfficeView, office_view
from yeollak.storage.signer import RegisterSigner

#: The alarm that stops our own register, and the fault that says so.
FORKED = "forked-register"
#: How many acts of a register pages are told of in one transaction: others may write between two.
_SHOWN_AT_ONCE = 256
#: Looks again at the acts once the head has moved, under the transaction; raises OurFault(`act-void`) to
#: append nothing.
Judge = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act of our own, signed. `blobs` holds the salted bytes of its enclosures by digest; with the same
    `request` it is appended once.
    """

    statement: bytes
    document: bytes
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    request: str | None = None


@dataclass(frozen=True, slots=True)
class Folding:
    """What a fold has newly counted, and what a person must be told."""

    counted: tuple[Counted, ...] = ()
    alarms: tuple[Alarm, ...] = ()


class Journal(Enclosures):
    """The writer of the database `alias`. May be used from several threads and processes at once."""

    # offices

    def found(self, charter: bytes, side: str) -> str:
        """Create an office here for `side`, with empty registers; returns its id. One that is here already
        stays.

        Raises RecordFault(`malformed`) for a charter that is none, TheirFault(`no-such-side`).
        """
        parsed = Charter.parse(charter)
        parsed.party(side)
        with self.atomic():
            known = self._all(models.Office)
            fresh = not known.filter(id=parsed.office).exists()
            if fresh:
                number = (known.aggregate(most=Max("number"))["most"] or 0) + 1
                known.create(id=parsed.office, number=number, side=side, charter=charter)
                self._all(models.Head).bulk_create(
                    models.Head(
                        office_id=parsed.office, place=place, root=EMPTY_ROOT, frontier=Frontier().encode()
                    )
                    for place in range(len(parsed.sides))
                )
        if fresh and self.anchor is not None:
            # From here on a missing anchor means that one was lost, even before anything has left (rule 9).
            self.anchor.advance(parsed.office, 0, EMPTY_ROOT)
        return parsed.office

    # our own register

    def append(
        self, office: str, items: Sequence[NewAct], expected: int | None = None, judge: Judge | None = None
    ) -> list[int]:
        """Append acts of our own side, all or none; returns their indexes.

        An item whose `request` was appended before keeps its index and is not appended again. `expected`
        is the head for which the caller judged them: when it has moved, `judge` is called with the new
        size under the transaction. Raises OurFault: `head-moved` (and no `judge` was given: try again),
        `behind-anchor`, `enclosure-not-given`.
        """
        view = office_view(self.alias, office)
        for item in items:
            for digest, blob in item.blobs.items():
                enclosure.open_blob(view.id, view.side, digest, blob)
            self._keep_files(item.blobs)
        with self.atomic():
            head = self._head(view, view.place)
            self._check_anchor(view, head)
            known = dict(
                view.rows(models.Entry)
                .filter(request__in=[item.request for item in items if item.request is not None])
                .values_list("request", "index")
            )
            new = [item for item in items if item.request is None or item.request not in known]
            if new and expected is not None and expected != head.size:
                if judge is None:
                    raise OurFault("head-moved", expected=expected, size=head.size)
                judge(head.size)
            rows, blobs = self._own_rows(view, head.size, new)
            self._store(view, head, rows, blobs)
            fresh = iter(range(head.size, head.size + len(new)))
            return [
                known[item.request] if item.request is not None and item.request in known else next(fresh)
                for item in items
            ]

    def issue(self, office: str, signer: RegisterSigner, now: datetime) -> Checkpoint | None:
        """Sign checkpoints over what is not yet covered of our register, a batch each, and anchor the newest:
        each by the keys in force at its size, and by those before while a party has not seen them replaced.

        Returns the newest checkpoint issued, None for an empty register. A batch closes before it would
        exceed 256 statements or 7 MiB (design §5). Raises OurFault(`behind-anchor`, `signer-not-ours`).
        """
        view = office_view(self.alias, office)
        with self.atomic():
            head = self._head(view, view.place)
            self._check_anchor(view, head)
            newest = view.rows(models.Checkpoint).filter(place=view.place).order_by("-size").first()
            last = Frontier.decode(bytes(newest.frontier)) if newest else Frontier()
            rows: list[models.Checkpoint] = []
            for tree in self._batches(view, last, side_keys.covered_by(view.office, view.side, head.size)):
                point = Checkpoint(view.charter.origin(view.side), tree.size, tree.root())
                due = side_keys.signing(view.office, view.side, "register", tree.size)
                note = signer.sign(point, due, int(now.timestamp()))
                rows.append(
                    models.Checkpoint(
                        office_id=office,
                        place=view.place,
                        size=tree.size,
                        root=point.root,
                        frontier=tree.encode(),
                        note=note,
                    )
                )
                last = tree
            self._all(models.Checkpoint).bulk_create(rows)
        if last.size == 0:
            return None
        point = Checkpoint(view.charter.origin(view.side), last.size, last.root())
        # After the commit: an anchor ahead of its database would stop a node that has lost nothing.
        if self.anchor is not None:
            self.anchor.advance(office, point.size, point.root)
        return point

    def anchor_again(self, office: str) -> None:
        """Anchor what is held of our own register: the other sides have been asked, or a person has taken
        the risk.
        """
        view = office_view(self.alias, office)
        size = view.ledger.held(view.place)
        if self.anchor is not None:
            self.anchor.advance(office, size, view.ledger.root(view.place, size))

    # what others send

    def receive(self, office: str, admitted: Admitted) -> None:
        """Store an admitted batch with its checkpoint; after this returns, a receipt may be signed.

        A batch that is held already changes nothing. Our own side's register is received the same way when
        it comes back after a restore. Raises OurFault(`head-moved`) when the register no longer stands
        where the batch begins.
        """
        view = office_view(self.alias, office)
        place = view.charter.places[admitted.side]
        with self.atomic():
            head = self._head(view, place)
            if head.size != admitted.old:
                end = admitted.frontier.size
                if end <= head.size and view.ledger.frontier(place, end) == admitted.frontier:
                    return
                raise OurFault("head-moved", expected=admitted.old, size=head.size)
            rows = [
                _entry(office, place, admitted.old + at, item.statement, item.document, item.size)
                for at, item in enumerate(admitted.arrivals)
            ]
            self._store(view, head, rows, admitted.blobs)
            self._all(models.Checkpoint).bulk_create(
                [
                    models.Checkpoint(
                        office_id=office,
                        place=place,
                        size=admitted.checkpoint.size,
                        root=admitted.checkpoint.root,
                        frontier=admitted.frontier.encode(),
                        note=admitted.note,
                    )
                ],
                ignore_conflicts=True,
            )

    def store_receipt(self, office: str, side: str, size: int, note: bytes) -> None:
        """Keep a receipt for `side`'s register at `size`: a checkpoint note that the caller has verified.

        Every party whose receipt lines stand in the note is a cosigner; the first receipt of each is kept.
        Raises RecordFault(`origin-mismatch`, `quorum-missing`) for a note of another checkpoint or without
        any receipt line.
        """
        view = office_view(self.alias, office)
        point, parsed = read_checkpoint(note)
        origin = view.charter.origin(side)
        place = view.charter.places[side]
        if (point.origin, point.size, point.root) != (origin, size, view.ledger.root(place, size)):
            raise RecordFault(
                "origin-mismatch",
                what="the receipt",
                found=f"{point.origin[:160]} at {point.size}",
                expected=f"{origin} at {size}",
            )
        # Both of a receipt's lines begin with the POSIX second that they state (04 and 06).
        times = {line.name: int.from_bytes(line.blob[:8], "big") for line in parsed.signatures}
        named = [receipt_name(view.charter.origin(party)) for party in view.charter.sides]
        rows = [
            models.Receipt(
                office_id=office, place=place, size=size, cosigner=cosigner, note=note, time=times[name]
            )
            for cosigner, name in enumerate(named)
            if name in times
        ]
        if not rows:
            raise RecordFault("quorum-missing", what="the receipt", why="no party has signed one")
        with self.atomic():
            self._all(models.Receipt).bulk_create(rows, ignore_conflicts=True)

    # folding

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
                with self.atomic():
                    self.lock(view)
                    view.refresh()
                    folding = self.refold(view, now)
            if show:
                self._show(view)
        except Exception as problem:  # noqa: BLE001 (whatever a fold raises is an alarm on this node: rule 1)
            view.drop()
            code = problem.code if isinstance(problem, Fault) else type(problem).__name__
            failed = Alarm("fold-failed", {"why": code})
            self.raise_alarm(office, failed.code, failed.data, now)
            return Folding(folding.counted, (*folding.alarms, failed))
        return folding

    def refold(self, view: OfficeView, now: datetime) -> Folding:
        """Count and store inside the caller's transaction, which holds the lock; the view is fresh."""
        counting = view.office.count()
        projection.keep(view, now)
        for alarm in counting.alarms:
            self._alarm(view.id, alarm.code, alarm.data, now)
        for item in counting.evidence:
            self._evidence(view, item.about, evidence.claim(item), partial(evidence.whole, view, item), now)
        return Folding(tuple(counting.found), tuple(counting.alarms))

    def _show(self, view: OfficeView) -> None:
        more = view.ledger.shown != view.office.frontier()
        while more:
            with self.atomic():
                self.lock(view)
                view.refresh()
                more = projection.show(view, _SHOWN_AT_ONCE)

    # steps inside a transaction

    def _head(self, view: OfficeView, place: int) -> models.Head:
        # PostgreSQL makes other writers of this register wait here; on SQLite the transaction is IMMEDIATE
        # already.
        head: models.Head = view.rows(models.Head).select_for_update().get(place=place)
        return head

    def lock(self, view: OfficeView) -> None:
        """Let nobody else fold this office until the transaction ends."""
        # Not for its key: entries refer to the office, and appending must not wait for a fold.
        self._all(models.Office).select_for_update(no_key=True).get(id=view.id)

    def _check_anchor(self, view: OfficeView, head: models.Head) -> None:
        if (forked := view.rows(models.Alarm).filter(code=FORKED, cleared_at=None).first()) is not None:
            # Two courses of our own register are out: a person decides, and clears the alarm (rule 9).
            side = str(json.loads(forked.data).get("side", ""))
            raise OurFault(FORKED, office=view.id, side=side)
        if self.anchor is not None:
            if self.anchor.read(view.id) is None:
                raise OurFault("anchor-missing", path=str(self.anchor.path))
            self.anchor.check(view.id, head.size, lambda size: view.ledger.root(view.place, size))

    def _own_rows(
        self, view: OfficeView, size: int, items: Sequence[NewAct]
    ) -> tuple[list[models.Entry], dict[str, bytes]]:
        rows, blobs = [], dict[str, bytes]()
        for index, item in enumerate(items, start=size):
            blobs.update(item.blobs)
            weight = len(item.statement) + len(item.document) + self._right(view, item, blobs)
            rows.append(
                _entry(view.id, view.place, index, item.statement, item.document, weight, item.request)
            )
        return rows, blobs

    def _right(self, view: OfficeView, item: NewAct, blobs: Mapping[str, bytes]) -> int:
        """The bytes of an act's `right` enclosures; without them its own register could never be sent."""
        weight = content = 0
        act = Act.parse(item.document)
        for named in act.enclosures:
            given = named.digest in blobs or named.release != "large"
            if not given and not view.rows(models.Enclosure).filter(digest=named.digest).exists():
                raise OurFault("enclosure-not-given", digest=named.digest)
        for named in act.right:
            blob = blobs.get(named.digest)
            if blob is None:
                blob = (
                    view.rows(models.Enclosure)
                    .filter(digest=named.digest)
                    .values_list("blob", flat=True)
                    .first()
                )
            if blob is None or len(blob) != (named.size or 0) + enclosure.SALT:
                raise OurFault("enclosure-not-given", digest=named.digest)
            weight += len(blob)
            content += len(blob) - enclosure.SALT
        if content > SMALL_RIGHT:
            raise OurFault("enclosures-too-many", limit=SMALL_RIGHT)
        return weight

    def _store(
        self, view: OfficeView, head: models.Head, rows: Sequence[models.Entry], blobs: Mapping[str, bytes]
    ) -> None:
        if not rows:
            return
        tree = Frontier.decode(bytes(head.frontier)).extend(leaf_hash(row.statement) for row in rows)
        self._all(models.Entry).bulk_create(rows)
        self._keep(view.id, blobs)
        self._name_large(view, head.place, rows)
        moved = (
            view.rows(models.Head)
            .filter(place=head.place, size=head.size)
            .update(size=tree.size, root=tree.root(), frontier=tree.encode())
        )
        if moved != 1:
            raise OurFault("head-moved", expected=head.size, size=tree.size)

    def _batches(self, view: OfficeView, tree: Frontier, size: int) -> Iterable[Frontier]:
        """The trees at the ends of the batches between a tree and the head."""
        rows = view.rows(models.Entry).filter(place=view.place, index__gte=tree.size, index__lt=size)
        leaves: list[bytes] = []
        weight = 0
        for data, adds in rows.order_by("index").values_list("statement", "weight").iterator():
            if leaves and (len(leaves) >= BATCH_STATEMENTS or weight + adds > BATCH_BYTES):
                tree = tree.extend(leaves)
                yield tree
                leaves, weight = [], 0
            leaves.append(leaf_hash(bytes(data)))
            weight += adds
        if leaves:
            tree = tree.extend(leaves)
            yield tree


def close(alias: str) -> None:
    """Close this thread's connection to a database."""
    connections[alias].close()


def _entry(
    office: str, place: int, index: int, data: bytes, document: bytes, weight: int, request: str | None = None
) -> models.Entry:
    return models.Entry(
        office_id=office,
        place=place,
        index=index,
        statement=data,
        document=document,
        act=act_id(document),
        matter=statement.parse(data).matter,
        weight=weight,
        request=request,
    )
