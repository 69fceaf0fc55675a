"""How it stands with pouches: what is owed to each side and by it, what has left and what has come."""

from __future__ import annotations

from typing import Any

from yeollak.node.open import Node
from yeollak.node.pouches import shelf_of
from yeollak.record.canon import format_instant
from yeollak.storage import reading
from yeollak.storage.pouch_models import Pouch
from yeollak.storage.pouches import PouchHoldings, pouches
from yeollak.storage.reading import OfficeView


def status(node: Node, office: str) -> list[dict[str, Any]]:
    """By side, as `yeollak pouch status --json` shows it (docs/operator/pouch.md)."""
    view = reading.office_view(node.alias, office)
    return [_of(node, view, peer) for peer in view.charter.sides if peer != view.side]


def incomplete(node: Node) -> list[dict[str, Any]]:
    """The pouches of which parts have come, and which parts are missing."""
    shelf = shelf_of(node)
    found = [(pouch, *shelf.missing(pouch)) for pouch in shelf.pouches()]
    return [{"missing": missing, "parts": of, "pouch": pouch} for pouch, of, missing in found if missing]


def _of(node: Node, view: OfficeView, peer: str) -> dict[str, Any]:
    port = PouchHoldings(node.journal, view.id)
    out, came = pouches(view, peer, "out"), pouches(view, peer, "in")
    receipted, held = reading.receipted(view, peer), view.ledger.held(view.place)
    theirs = view.ledger.held(view.charter.places[peer])
    ours = reading.receipted(view, view.side, peer)
    dues = port.dues(peer)
    left = max((row.last for row in out), default=0)
    carried = max((row.receipts for row in out), default=0)
    return {
        "asked": bool(dues.asked) and dues.answered is None,
        "enclosures_owed": len(port.large_owed(peer)),
        "entries": held,
        "entries_held": theirs,
        "in": [_row(row, view.ledger.held(view.charter.places[peer])) for row in came],
        "not_left": max(0, held - max(left, receipted)),
        "not_receipted": held - receipted,
        "out": [_row(row, receipted) for row in out],
        "receipt_carried": carried,
        "receipt_given": ours,
        "refused": dues.refused if receipted < held else "",
        "side": peer,
        "wants": dues.wants.nonce != "" or bool(dues.wants.starts or dues.wants.enclosures),
    }


def _row(row: Pouch, reached: int) -> dict[str, Any]:
    return {
        "at": format_instant(row.at),
        "bytes": row.size,
        "enclosures": row.enclosures,
        "first": row.first,
        "last": row.last,
        "parts": row.parts,
        "pouch": row.pouch,
        "receipted": row.last <= reached,
        "receipts": row.receipts,
        "times": row.times,
        "waits": row.waits,
    }
