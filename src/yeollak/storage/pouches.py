"""What this node remembers of pouches, and what it holds of one office as the pouch asks for it.

A pouch is written down before it is handed out, so that what was packed counts as having left (rule 9). What
comes of large enclosures by pouch grows apart from what comes by the line: both may go on at once.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from yeollak.office.matter import natural_id
from yeollak.procedures.catalogue import table
from yeollak.storage import files, models, reading
from yeollak.storage.files import Arriving
from yeollak.storage.holdings import Holdings
from yeollak.storage.pouch_dues import Dues, Wants
from yeollak.storage.pouch_models import Pouch, PouchDue
from yeollak.storage.reading import OfficeView
from yeollak.storage.writer import Writer

Way = Literal["out", "in"]


class PouchHoldings(Holdings):
    """`line.pouch_port.PouchPort`: one office of the node whose writer is the journal given."""

    def issued(self, size: int) -> bytes | None:
        """The note of the checkpoint of our own register at a size."""
        view = self._view
        return reading.checkpoint(view, view.side, size) if size > 0 else None

    def sealed_by(self, side: str) -> bytes | None:
        """The newest checkpoint of another register that we have receipted, with our receipt's lines."""
        view = self._view
        rows = view.rows(models.Receipt).filter(place=view.charter.places[side], cosigner=view.place)
        note = rows.order_by("-size").values_list("note", flat=True).first()
        return None if note is None else bytes(note)

    def large_owed(self, peer: str) -> list[tuple[str, int]]:
        """Large enclosures of our register that are here and that a peer has not acknowledged."""
        view = self._view
        told = acknowledged(view, peer)
        rows = view.rows(models.Large).filter(place=view.place, state__in=("held", "done")).order_by("id")
        named = [(row.digest, row.size) for row in rows if row.digest not in told]
        return [(digest, size) for digest, size in named if self.piece(digest, 0, 1) is not None]

    def large_lost(self) -> list[tuple[str, int]]:
        """Large enclosures that are not here any more: our own, and those that we have acknowledged."""
        view = self._view
        told = acknowledged(view, view.side)
        rows = view.rows(models.Large).filter(state="wanted").order_by("id")
        return [(row.digest, row.size) for row in rows if row.place == view.place or row.digest in told]

    def large_wanted(self, peer: str, digest: str) -> tuple[str, int] | None:
        """Of a large enclosure that our own register or that of a peer names and that is not here: whose, and
        how many bytes. A digest is one side's; ours is not the peer's, whatever its register names.
        """
        view = self._view
        rows = view.rows(models.Large).filter(digest=digest, state="wanted")
        sizes = dict(rows.values_list("place", "size"))
        sides = (view.side, peer)
        return next(((one, sizes[at]) for one in sides if (at := view.charter.places[one]) in sizes), None)

    def carried(self, peer: str, side: str, digest: str) -> int:
        """How many bytes of a large enclosure of a side have come in pouches of a peer."""
        return files.of(self._journal.alias).arrived(self._carried(peer, side, digest))

    def add_carried(self, peer: str, side: str, digest: str, offset: int, data: bytes) -> None:
        """Add what has come by pouch, on disk when this returns."""
        files.of(self._journal.alias).add(self._carried(peer, side, digest), offset, data)

    def take_carried(self, peer: str, side: str, digest: str) -> None:
        """Take over what has come whole by pouch. Raises RecordFault(`digest-mismatch`), and drops it."""
        self._journal.take_large(self._carried(peer, side, digest))

    def dues(self, peer: str) -> Dues:
        """What is remembered of a side."""
        row = self._dues(peer).first()
        if row is None:
            return Dues()
        wants = json.loads(row.wants or "{}")
        return Dues(
            asked=row.asked,
            answered=row.answered,
            wants=Wants(
                nonce=wants.get("nonce", ""),
                starts=tuple((side, start) for side, start in wants.get("starts", ())),
                enclosures=tuple(wants.get("enclosures", ())),
            ),
            refusal=bytes(row.refusal),
            refused=row.refused,
            stands=row.stands,
            until=row.until,
        )

    def keep_dues(self, peer: str, dues: Dues) -> None:
        """Remember it instead."""
        values = {**{name: getattr(dues, name) for name in _KEPT}, "wants": json.dumps(asdict(dues.wants))}
        with self._journal.atomic():
            PouchDue.objects.using(self._journal.alias).update_or_create(
                office=self._office, peer=peer, defaults=values
            )

    def _dues(self, peer: str) -> Any:
        return PouchDue.objects.using(self._journal.alias).filter(office=self._office, peer=peer)

    def _carried(self, peer: str, side: str, digest: str) -> Arriving:
        return Arriving(self._office, side, digest, peer, pouch=True)


_KEPT = ("asked", "answered", "refusal", "refused", "stands", "until")


def note_pouch(writer: Writer, office: str, way: Way, pouch: str, peer: str, at: datetime, **of: Any) -> None:
    """Write a pouch down that is about to be handed out, or has been opened; one that is known already is
    known once. `of` are columns of its row.
    """
    with writer.atomic():
        rows = Pouch.objects.using(writer.alias)
        row, fresh = rows.get_or_create(
            office=office, way=way, pouch=pouch, defaults={"peer": peer, "at": at, **of}
        )
        if not fresh:
            rows.filter(id=row.id).update(at=at, times=row.times + 1, waits=of.get("waits", False))


def pouches(view: OfficeView, peer: str, way: Way) -> list[Pouch]:
    """The pouches to or from a side, oldest first."""
    rows = Pouch.objects.using(view.alias).filter(office=view.id, peer=peer, way=way)
    return list(rows.order_by("at", "id"))


def waiting(view: OfficeView, pouch: str) -> bool:
    """Whether something of a pouch that was opened here waits for another day."""
    rows = Pouch.objects.using(view.alias).filter(office=view.id, way="in", pouch=pouch)
    return bool(rows.filter(waits=True).exists())


def acknowledged(view: OfficeView, side: str) -> set[str]:
    """The large enclosures that a side has said by its own acts that it holds."""
    line = natural_id(view.id, table("line").family, f"line/{side}")
    moves = [found.move for found in view.ledger.matter(line) if found.move and not found.void]
    return {
        str(digest) for move in moves if move.kind == "enclosure.held" for digest in move.facts["digests"]
    }
