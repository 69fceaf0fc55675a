"""The journal: the only writer of a node's store.

Every method is one transaction that leaves either everything or nothing (rule 8). The head of a register
moves only by compare-and-swap, and our own only when the anchor agrees (rule 9). The journal signs nothing
but checkpoints, sends nothing, and judges nothing: what may be received has been admitted, what is folded
is folded by `office`.
"""

from __future__ import annotations

from django.db import connections
from django.db.models import Max

from yeollak.errors import OurFault, RecordFault
from yeollak.office.admit import Admitted
from yeollak.office.charter import Charter
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.cosign import receipt_name
from yeollak.record.merkle import EMPTY_ROOT, Frontier
from yeollak.storage import models, plain
from yeollak.storage.folding import entry_row
from yeollak.storage.own_register import OwnRegister
from yeollak.storage.reading import office_view


class Journal(OwnRegister):
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

    # what others send

    def receive(self, office: str, admitted: Admitted) -> None:
        """Store an admitted batch with its checkpoint; after this returns, a receipt may be signed.

        A batch that is held already changes nothing. Our own side's register is received the same way when
        it comes back after a restore. Raises OurFault(`head-moved`) when the register no longer stands
        where the batch begins.
        """
        view = office_view(self.alias, office)
        place, here = view.charter.places[admitted.side], list[str]()
        if place == view.place:
            here = self._still_kept(view, (one.document for one in admitted.arrivals))
        with self.atomic():
            head = self._head(view, place)
            if head.size != admitted.old:
                end = admitted.frontier.size
                if end <= head.size and view.ledger.frontier(place, end) == admitted.frontier:
                    return
                raise OurFault("head-moved", expected=admitted.old, size=head.size)
            rows = [
                entry_row(office, place, admitted.old + at, item.statement, item.document, item.size)
                for at, item in enumerate(admitted.arrivals)
            ]
            self._keep_rows(office, here)
            self._store(view, head, rows, admitted.blobs)
            point, tree = admitted.checkpoint, admitted.frontier.encode()
            row = (office, place, point.size, point.root, tree, admitted.note)
            plain.insert(self.alias, models.Checkpoint, plain.CHECKPOINT_ROW, [row], once=True)

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
            (office, place, size, cosigner, note, times[name])
            for cosigner, name in enumerate(named)
            if name in times
        ]
        if not rows:
            raise RecordFault("quorum-missing", what="the receipt", why="no party has signed one")
        with self.atomic():
            plain.insert(self.alias, models.Receipt, plain.RECEIPT_ROW, rows, once=True)


def close(alias: str) -> None:
    """Close this thread's connection to a database."""
    connections[alias].close()
