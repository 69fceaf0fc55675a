"""What the public page is drawn from: the acts that carry a `chronicle/1` enclosure, with what their
matters have come to.

The rows here have the fields that the page asks for and know nothing of the page. An enclosure's JSON is
another side's: it is bounded and decoded, not checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yeollak.errors import OurFault, RecordFault
from yeollak.office.charter import MAX_CHARTER
from yeollak.office.ledger import Counted
from yeollak.record import canon
from yeollak.record.enclosure import SALT, unwrap_private
from yeollak.storage import models, reading
from yeollak.storage.reading import HeadRow, OfficeView

#: The largest enclosure that is looked at for a chronicle, in bytes.
MAX_CHRONICLE = 256 * 1024
_FORM = b'"chronicle/1"'
_RELEASED = frozenset({"right", "large"})
#: Enclosures are read in portions of so many.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ChronicleRow:
    """One allowed act with its decoded chronicle. `officer` is the function of whoever signed, `procedure`
    the family of the matter's table; `phase`, `slots` and `settled` are the matter's.
    """

    act: str
    matter: str
    side: str
    officer: str
    kind: str
    at: datetime
    procedure: str
    phase: str
    slots: Mapping[str, Any]
    settled: bool
    facts: Mapping[str, Any]
    chronicle: object


@dataclass(frozen=True, slots=True)
class RecordRow:
    """An office as the public may see it: the charter's JSON, the items in the order of counting, the
    registers.
    """

    office: str
    charter: Mapping[str, Any]
    items: Sequence[ChronicleRow]
    registers: Sequence[HeadRow]


class Source:
    """The offices of the database `alias`, for whoever shows them."""

    def __init__(self, alias: str = "default") -> None:
        self.alias = alias

    def offices(self) -> Sequence[str]:
        """The ids of the founded offices, in the order in which they came."""
        return reading.offices(self.alias)

    def record(self, office: str) -> RecordRow:
        """The record of one office as held now. Raises LookupError for an id that is not here."""
        try:
            view = reading.office_view(self.alias, office)
        except OurFault:
            raise LookupError(office) from None
        charter = canon.decode(view.charter.raw, limit=MAX_CHARTER)
        return RecordRow(office, charter, tuple(chronicle(view)), tuple(reading.heads(view)))


def source() -> Source:
    """The source over the default database."""
    return Source()


def chronicle(view: OfficeView) -> Iterator[ChronicleRow]:
    """The allowed acts that carry a `chronicle/1` enclosure which is held here, in the order of counting."""
    told: list[tuple[Counted, list[str]]] = []
    for found in counted(view):
        if found.move is not None and not found.void:
            digests = [one for one, release in found.move.enclosures.items() if release in _RELEASED]
            if digests:
                told.append((found, digests))
    states = {row.matter: row for row in view.rows(models.Matter)}
    for start in range(0, len(told), _AT_ONCE):
        part = told[start : start + _AT_ONCE]
        blobs = reading.blobs(view, {digest for _, digests in part for digest in digests})
        for found, digests in part:
            values = (_chronicle(blobs[digest]) for digest in digests if digest in blobs)
            value = next((value for value in values if value is not None), None)
            if value is not None and found.matter in states:
                yield _row(found, states[found.matter], value)


def counted(view: OfficeView) -> list[Counted]:
    """Everything that counts, in the order in which it was counted here."""
    pairs = view.rows(models.Finding).order_by("id").values_list("place", "index")
    return [view.ledger.finding(place, index) for place, index in pairs if index < view.ledger.counted(place)]


def _row(found: Counted, state: models.Matter, value: object) -> ChronicleRow:
    assert found.move is not None, "an allowed act has been parsed"
    return ChronicleRow(
        act=found.id,
        matter=found.matter,
        side=found.side,
        officer=found.move.function,
        kind=found.move.kind,
        at=canon.parse_instant(found.move.at),
        procedure=state.family,
        phase=state.phase,
        slots=json.loads(state.slots),
        settled=state.settled,
        facts=found.move.facts,
        chronicle=value,
    )


def _chronicle(blob: bytes) -> object | None:
    content = blob[SALT:]
    if len(content) > MAX_CHRONICLE or _FORM not in content:
        return None
    try:
        # What was delivered after consent is still wrapped as it was committed to.
        text = content if content.startswith(b"{") else unwrap_private(content).content
        value: object = json.loads(text)
    except (RecordFault, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value.get("form") == "chronicle/1" else None
