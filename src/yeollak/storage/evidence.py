"""Two views of one register, as they are kept (rule 7): whole, so that they can be shown to anybody as proof.

This is the view that an act states in its `seen`: a root that no prefix of the register held has. That the
other register is as it is held here is shown by its own side's checkpoint and a consistency proof. Who of the
two sides has lied the evidence does not say: either register's owner may have shown two of them, or the act's
author may have made the root up.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from yeollak.office.counting import Evidence
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.merkle import consistency_proof
from yeollak.storage import models
from yeollak.storage.reading import OfficeView
from yeollak.storage.subtrees import stored_tree


def claim(item: Evidence) -> str:
    """The digest that names the claim, 64 hex digits: evidence of one claim is kept once."""
    text = json.dumps([item.side, item.index, item.about, item.size, item.root])
    return hashlib.sha256(text.encode()).hexdigest()


def whole(view: OfficeView, item: Evidence) -> bytes:
    """The evidence as JSON: the act by which `item.side` claims the root, and what shows it to be another.

    `held` is the first checkpoint of the register at or beyond that size, `root` what it has at that size,
    and `proof` leads from the one to the other. They are missing where it has no such checkpoint yet.
    """
    entry = view.ledger.entry(view.charter.places[item.side], item.index)
    value: dict[str, Any] = {
        "about": item.about,
        "document": entry.document.decode(),
        "index": item.index,
        "office": view.id,
        "seen": [item.size, item.root],
        "side": item.side,
        "statement": entry.statement.hex(),
    }
    return json.dumps({**value, **_held(view, item)}, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _held(view: OfficeView, item: Evidence) -> dict[str, Any]:
    place = view.charter.places[item.about]
    ends = view.rows(models.Checkpoint).filter(place=place, size__gte=item.size).order_by("size")
    note = ends.values_list("note", flat=True).first()
    if note is None:
        return {}
    size = read_checkpoint(bytes(note))[0].size
    proof = consistency_proof(stored_tree(view, place), item.size, size)
    return {
        "held": bytes(note).decode(),
        "proof": [step.hex() for step in proof],
        "root": view.ledger.root(place, item.size).hex(),
    }
