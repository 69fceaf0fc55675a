"""Our own register: acts are appended, covered by checkpoints, anchored before they leave (rules 8, 9)."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yeollak.errors import Fault, OurFault
from yeollak.office import claims, side_keys
from yeollak.office.admit import BATCH_BYTES, BATCH_STATEMENTS
from yeollak.office.ledger import Entry
from yeollak.record import enclosure, statement
from yeollak.record.checkpoint import Checkpoint
from yeollak.record.document import Act, act_id
from yeollak.record.enclosure import SMALL_RIGHT
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.storage import models, plain, projection, reading
from yeollak.storage.folding import FoldingWriter, entry_row
from yeollak.storage.reading import OfficeView, office_view, standing
from yeollak.storage.signer import RegisterSigner

#: The alarm that stops our own register, and the fault that says so.
FORKED = "forked-register"


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act of our own, signed. `blobs` holds the salted bytes of its enclosures by digest; with the same
    `request` it is appended once.
    """

    statement: bytes
    document: bytes
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    request: str | None = None


#: Makes an act of our own, signed, over the office as it stands; raises a Fault where it cannot be made.
Maker = Callable[[OfficeView], NewAct]


class OwnRegister(FoldingWriter):
    """The writer of a side's own registers."""

    def append(self, office: str, items: Sequence[NewAct], expected: int | None = None) -> list[int]:
        """Append acts of our own side, all or none, as they are; returns their indexes. `commit` judges.

        An item whose `request` was appended before keeps its index and is not appended again. `expected`
        is the head for which the caller judged them. Raises OurFault: `head-moved`, `behind-anchor`,
        `enclosure-not-given`.
        """
        view = office_view(self.alias, office)
        for item in items:
            for digest, blob in item.blobs.items():
                enclosure.open_blob(view.id, view.side, digest, blob)
            self._keep_files(item.blobs)
        with self.atomic():
            head = self._head(view, view.place)
            self._check_anchor(view, head.size)
            known = dict(
                view.rows(models.Entry)
                .filter(request__in=[item.request for item in items if item.request is not None])
                .values_list("request", "index")
            )
            new = [item for item in items if item.request is None or item.request not in known]
            if new and expected is not None and expected != head.size:
                raise OurFault("head-moved", expected=expected, size=head.size)
            rows, blobs = self._own_rows(view, head.size, new)
            self._store(view, head, rows, blobs)
            fresh = iter(range(head.size, head.size + len(new)))
            return [
                known[item.request] if item.request is not None and item.request in known else next(fresh)
                for item in items
            ]

    def commit(
        self, office: str, makers: Sequence[Maker], signer: RegisterSigner | None, now: datetime
    ) -> list[int | Fault]:
        """Append what each maker makes, in one transaction: its index, or why it was not appended, in order.

        Everything held is counted first, and each act is judged with the ones before it, once: what would be
        void is not appended, and keeps no other back; nor is one that tells a state of the office that has
        moved since (OurFault `head-moved`), where making it again does not help. With a `signer` checkpoints
        over them are signed and anchored too. An act whose `request` was appended before keeps its index.
        Raises OurFault: `register-waits` while our own register does not count, `behind-anchor`,
        `signer-not-ours`; nothing is appended then.
        """
        view = office_view(self.alias, office)
        # Made before the store is locked: others write meanwhile, and what they bring is no part of it.
        made = [self._made(view, make) for make in makers]
        last: Frontier | None = None
        with self.writing(office) as view:
            head = self._head(view, view.place)
            # Whoever appends as it is locks the head alone: what came before that is taken over too.
            view.refresh()
            self._check_anchor(view, head.size)
            self.refold(view, now)
            counted = view.ledger.counted(view.place)
            if counted != head.size:
                raise OurFault("register-waits", size=head.size, counted=counted)
            self._expect(view, made)
            rows: list[plain.NewEntry] = []
            blobs: dict[str, bytes] = {}
            done = [self._take(view, make, new, rows, blobs) for make, new in zip(makers, made, strict=True)]
            self._store(view, head, rows, blobs)
            projection.keep(view, now)
            if signer is not None:
                last = self._issue(view, head.size + len(rows), signer, now)
        if last is not None:
            self._anchor(view, last)
        return done

    def _made(self, view: OfficeView, make: Maker) -> NewAct | Fault:
        try:
            new = make(view)
            for digest, blob in new.blobs.items():
                enclosure.open_blob(view.id, view.side, digest, blob)
            self._keep_files(new.blobs)
        except Fault as fault:
            return fault
        return new

    def _expect(self, view: OfficeView, made: Iterable[NewAct | Fault]) -> None:
        """Read together what judging these acts will ask for."""
        new = [one for one in made if not isinstance(one, Fault)]
        matters = (statement.parse(one.statement).matter for one in new)
        view.ledger.expect(view.place, dict(zip((act_id(one.document) for one in new), matters, strict=True)))

    def _take(
        self,
        view: OfficeView,
        make: Maker,
        new: NewAct | Fault,
        rows: list[plain.NewEntry],
        blobs: dict[str, bytes],
    ) -> int | Fault:
        """Judge one act as the next of our register and add it to what will be stored."""
        try:
            if isinstance(new, Fault):
                return new
            if new.request is not None:
                query = f'SELECT "index" FROM {plain.ENTRY} WHERE office_id = %s AND request = %s'  # noqa: S608 (no value is in it)
                known = plain.first(self.alias, query, view.id, new.request)
                given = (row.at for row in rows if row.request == new.request)
                if (index := next(given, known[0] if known is not None else None)) is not None:
                    return int(index)
            index = view.ledger.counted(view.place)
            found = view.office.judge(view.place, Entry(new.statement, new.document))
            if not claims.agrees(view.office, found):
                # It tells a state of the office that has moved since it was made.
                new = make(view)
                found = view.office.judge(view.place, Entry(new.statement, new.document))
                if not claims.agrees(view.office, found):
                    return OurFault("head-moved", expected=index, size=index)
            if found.void:
                return OurFault("act-void", why=found.void)
            row = self._own_row(view, index, new, ChainMap(dict(new.blobs), blobs))
        except Fault as fault:
            return fault
        view.ledger.hold(found)
        rows.append(row)
        blobs.update(new.blobs)
        return index

    def issue(self, office: str, signer: RegisterSigner, now: datetime) -> Checkpoint | None:
        """Sign checkpoints over what is not yet covered of our register, a batch each, and anchor the newest:
        each by the keys in force at its size, and by those before while a party has not seen them replaced.

        Returns the newest checkpoint issued, None for an empty register. A batch closes before it would
        exceed 256 statements or 7 MiB (design §5). Raises OurFault(`behind-anchor`, `signer-not-ours`).
        """
        view = office_view(self.alias, office)
        newest = self._newest(view)
        if newest.size and newest.size == view.ledger.held(view.place):
            # A node that is looked at all the time would else take the store's lock all the time. What does
            # not agree is looked at again under the lock: another writer may have come between.
            with suppress(OurFault):
                self._check_anchor(view, newest.size)
                return self._anchor(view, newest)
        with self.atomic():
            head = self._head(view, view.place)
            self._check_anchor(view, head.size)
            last = self._issue(view, head.size, signer, now)
        return self._anchor(view, last) if last.size else None

    def _issue(self, view: OfficeView, size: int, signer: RegisterSigner, now: datetime) -> Frontier:
        """Sign what is not yet covered of the first `size` entries; returns the tree of the newest."""
        last = self._newest(view)
        rows: list[tuple[Any, ...]] = []
        for tree in self._batches(view, last, side_keys.covered_by(view.office, view.side, size)):
            point = Checkpoint(view.charter.origin(view.side), tree.size, tree.root())
            due = side_keys.signing(view.office, view.side, "register", tree.size)
            note = signer.sign(point, due, int(now.timestamp()))
            rows.append((view.id, view.place, tree.size, point.root, tree.encode(), note))
            last = tree
        plain.insert(self.alias, models.Checkpoint, plain.CHECKPOINT_ROW, rows)
        return last

    def _newest(self, view: OfficeView) -> Frontier:
        """The tree of the newest checkpoint of our register; the empty one where there is none."""
        query = (
            f"SELECT frontier FROM {plain.CHECKPOINT} "  # noqa: S608 (no value is in it)
            "WHERE office_id = %s AND place = %s ORDER BY size DESC LIMIT 1"
        )
        found = plain.first(self.alias, query, view.id, view.place)
        return Frontier() if found is None else Frontier.decode(bytes(found[0]))

    def _anchor(self, view: OfficeView, tree: Frontier) -> Checkpoint:
        """Anchor a checkpoint that was issued, before it leaves: after the commit, since an anchor ahead of
        its database would stop a node that has lost nothing.
        """
        point = Checkpoint(view.charter.origin(view.side), tree.size, tree.root())
        if self.anchor is not None and point.size:
            self.anchor.advance(view.id, point.size, point.root)
        return point

    def anchor_again(self, office: str) -> None:
        """Anchor what is held of our own register: the other sides have been asked, or a person has taken
        the risk.
        """
        view = office_view(self.alias, office)
        size = view.ledger.held(view.place)
        if self.anchor is not None:
            self.anchor.advance(office, size, view.ledger.root(view.place, size))

    # steps inside a transaction

    def _check_anchor(self, view: OfficeView, size: int) -> None:
        if (forked := standing(view, FORKED)) is not None:
            # Two courses of our own register are out: a person decides, and clears the alarm (rule 9).
            raise OurFault(FORKED, office=view.id, side=str(forked.get("side", "")))
        if self.anchor is not None:
            if self.anchor.read(view.id) is None:
                raise OurFault("anchor-missing", path=str(self.anchor.path))
            self.anchor.check(view.id, size, lambda left: view.ledger.root(view.place, left))

    def _own_rows(
        self, view: OfficeView, size: int, items: Sequence[NewAct]
    ) -> tuple[list[plain.NewEntry], dict[str, bytes]]:
        rows, blobs = [], dict[str, bytes]()
        for index, item in enumerate(items, start=size):
            blobs.update(item.blobs)
            rows.append(self._own_row(view, index, item, blobs))
        return rows, blobs

    def _own_row(
        self, view: OfficeView, index: int, item: NewAct, blobs: Mapping[str, bytes]
    ) -> plain.NewEntry:
        weight = len(item.statement) + len(item.document) + self._right(view, item, blobs)
        return entry_row(view.id, view.place, index, item.statement, item.document, weight, item.request)

    def _right(self, view: OfficeView, item: NewAct, blobs: Mapping[str, bytes]) -> int:
        """The bytes of an act's `right` enclosures; without them its own register could never be sent."""
        weight = content = 0
        act = Act.parse(item.document)
        # Another side's is not ours to give, though its digest is known and its bytes are here.
        asked = {item.digest for item in act.enclosures if item.digest not in blobs}
        held = reading.blobs(view, asked, view.side) if asked else {}
        for named in act.enclosures:
            if named.release == "large" and named.digest not in blobs and named.digest not in held:
                raise OurFault("enclosure-not-given", digest=named.digest)
        for named in act.right:
            blob = blobs.get(named.digest, held.get(named.digest))
            if blob is None or len(blob) != (named.size or 0) + enclosure.SALT:
                raise OurFault("enclosure-not-given", digest=named.digest)
            weight += len(blob)
            content += len(blob) - enclosure.SALT
        if content > SMALL_RIGHT:
            raise OurFault("enclosures-too-many", limit=SMALL_RIGHT)
        return weight

    def _batches(self, view: OfficeView, tree: Frontier, size: int) -> Iterable[Frontier]:
        """The trees at the ends of the batches between a tree and the head."""
        query = (
            f"SELECT statement, weight FROM {plain.ENTRY} "  # noqa: S608 (no value is in it)
            'WHERE office_id = %s AND place = %s AND "index" >= %s AND "index" < %s ORDER BY "index"'
        )
        leaves: list[bytes] = []
        weight = 0
        for data, adds in plain.rows(self.alias, query, view.id, view.place, tree.size, size):
            if leaves and (len(leaves) >= BATCH_STATEMENTS or weight + adds > BATCH_BYTES):
                tree = tree.extend(leaves)
                yield tree
                leaves, weight = [], 0
            leaves.append(leaf_hash(bytes(data)))
            weight += adds
        if leaves:
            tree = tree.extend(leaves)
            yield tree
