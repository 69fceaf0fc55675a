"""The receipts that are held, as the office's rules read them: they were verified when they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yeollak.office import side_keys
from yeollak.office.disowning import LeftOut, left_out
from yeollak.office.silence import Receipt
from yeollak.office.zones import of_second
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.generations import receipt_pair
from yeollak.storage import models
from yeollak.storage.reading import OfficeView


def receipts_by_side(view: OfficeView) -> Mapping[str, tuple[Receipt, ...]]:
    """The receipts held, by the side whose register they are over."""
    sides = view.charter.sides
    found: dict[str, list[Receipt]] = {side: [] for side in sides}
    rows = view.rows(models.Receipt).order_by("place", "size", "cosigner")
    for place, size, cosigner, time in rows.values_list("place", "size", "cosigner", "time"):
        found[sides[place]].append(Receipt(sides[cosigner], size, of_second(time)))
    return {side: tuple(held) for side, held in found.items()}


def disowned(view: OfficeView) -> Iterator[tuple[str, str, LeftOut]]:
    """Who has left a receipt out of what it owns to, for whose register, and which: of each pair of sides the
    furthest receipt alone, since one that is owned to covers those before it.
    """
    for cosigner in view.charter.sides:
        if len(side_keys.generations(view.office, cosigner, "receipt")) < 2:
            continue
        for side in view.charter.sides:
            if side == cosigner:
                continue
            rows = view.rows(models.Receipt).filter(
                place=view.charter.places[side], cosigner=view.charter.places[cosigner]
            )
            row = rows.order_by("-size").first()
            if row is not None:
                held = [(row.size, _signers(view, cosigner, bytes(row.note)))]
                for one in left_out(view.office, cosigner, side, held):
                    yield cosigner, side, one


def _signers(view: OfficeView, cosigner: str, note: bytes) -> list[bytes]:
    """The raw keys of a side's receipts that have signed a note which was verified when it came."""
    lines = read_checkpoint(note)[1].signatures
    found = []
    for one in side_keys.generations(view.office, cosigner, "receipt"):
        pair = receipt_pair(view.id, cosigner, one)
        if any(line.is_by(key) for line in lines for key in pair):
            found.append(one.key)
    return found
