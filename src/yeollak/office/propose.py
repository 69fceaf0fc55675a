"""Propose: from what an officer wants to a document that would stand, before anything is signed or stored.

The document names what its author's node has *counted* of the other registers (clarifications 18), so that
the same bytes are judged alike everywhere. Nothing is appended here: the caller signs, and the journal
appends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yeollak.errors import OurFault
from yeollak.office.ledger import Entry
from yeollak.office.matter import matter_of, natural_id
from yeollak.office.office import Office
from yeollak.procedures.catalogue import of_kind
from yeollak.procedures.kinds import COMMON
from yeollak.procedures.table import Move, Void
from yeollak.record import statement
from yeollak.record.canon import format_instant
from yeollak.record.document import Act, act_id, written
from yeollak.record.enclosure import Enclosed
from yeollak.record.keys import SigningKey

#: An act is judged before it is signed: this stands where the signature will be.
_UNSIGNED = bytes(64)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer wants to do. `matter` is None for an act that opens one; an act of a natural key may
    leave it out too: it is found from the facts. `due` is a UTC instant. With `with_state` the fact `state`
    is the digest of the office's folded state in the act's own past (rule 11), taken as the document is made.
    """

    kind: str
    matter: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    re: tuple[str, ...] = ()
    enclosures: tuple[Enclosed, ...] = ()
    due: datetime | None = None
    precedence: str = "routine"
    with_state: bool = False


def document(office: Office, side: str, kid: str, draft: Draft, at: datetime, salt: bytes) -> bytes:
    """The act document of a draft, with `seen` as counted now. `salt` is 16 fresh random bytes.

    A side's first act, its signature of the charter, has seen nothing (clarifications 28).

    Raises OurFault(`act-void`) when its facts lack the natural key of its matter, RecordFault for values
    that no document may hold.
    """
    own = office.charter.places[side]
    seen = {}
    for place, other in enumerate(office.parties):
        if place != own:
            size = office.ledger.counted(place) if office.ledger.held(own) else 0
            seen[other] = [size, office.ledger.root(place, size).hex()]
    facts = dict(draft.facts)
    if draft.with_state:
        facts["state"] = office.digest()
    return written(
        {
            "office": office.charter.office,
            "side": side,
            "officer": kid,
            "kind": draft.kind,
            "matter": _matter(office, side, draft),
            "at": format_instant(at),
            "seen": seen,
            "due": format_instant(draft.due) if draft.due is not None else None,
            "precedence": draft.precedence,
            "re": list(draft.re),
            "facts": facts,
            "enclosures": [item.to_json() for item in draft.enclosures],
            "salt": salt.hex(),
        }
    )


def _matter(office: Office, side: str, draft: Draft) -> str | None:
    procedure = None if draft.kind in COMMON else of_kind(draft.kind)
    if draft.matter is not None or procedure is None or procedure.key is None:
        return draft.matter
    try:
        key = procedure.key.of(Move("", side, draft.kind, "", draft.facts))
    except Void as refusal:
        raise OurFault("act-void", why=refusal.code) from None
    return natural_id(office.charter.office, procedure.family, key)


def envelope(office: Office, side: str, data: bytes) -> tuple[bytes, bytes]:
    """The protected header of the statement of an act document, and the bytes that its officer signs."""
    act = Act.parse(data)
    move = Move(act_id(data), side, act.kind, act.at, act.facts)
    procedure = None if act.kind in COMMON else of_kind(act.kind)
    try:
        matter = matter_of(office.charter.office, procedure, move, act.matter)
    except Void as refusal:
        raise OurFault("act-void", why=refusal.code) from None
    protected = statement.protected_header(bytes.fromhex(act.officer), office.charter.origin(side), matter)
    return protected, bytes.fromhex(act_id(data))


def check(office: Office, side: str, data: bytes) -> None:
    """Judge a document as the next act of `side`, before it is signed. Raises OurFault(`act-void`) with
    the reason.
    """
    protected, digest = envelope(office, side, data)
    entry = Entry(statement.assemble(protected, digest, _UNSIGNED), data)
    found = office.judge(office.charter.places[side], entry, signed=False)
    if found.void:
        raise OurFault("act-void", why=found.void)


def sign(office: Office, side: str, data: bytes, key: SigningKey) -> Entry:
    """The entry of a document, signed by its officer."""
    protected, digest = envelope(office, side, data)
    return Entry(statement.signed(key, protected, digest), data)
