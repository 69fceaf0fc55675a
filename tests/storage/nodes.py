"""A south and a north node that write, send and receive through the store alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.office.world import card_of, keys_of, seed
from yeollak.office.admit import Admitted, admit
from yeollak.office.charter import Charter, draft
from yeollak.office.propose import Draft, check, document, sign
from yeollak.record import checkpoint, cosign, enclosure
from yeollak.record.document import act_id
from yeollak.record.enclosure import Enclosed
from yeollak.storage.anchor import Anchor
from yeollak.storage.batches import push_from
from yeollak.storage.folding import Folding
from yeollak.storage.journal import Journal
from yeollak.storage.own_register import NewAct
from yeollak.storage.reading import OfficeView, head, office_view, receipted
from yeollak.storage.signer import RegisterSigner

START = datetime(2018, 9, 14, 1, 0, tzinfo=UTC)


@dataclass
class Node:
    """One side's store. `now` is its clock."""

    side: str
    charter: Charter
    journal: Journal
    now: datetime = START
    salts: int = 0

    @property
    def id(self) -> str:
        return self.charter.office

    @property
    def view(self) -> OfficeView:
        return office_view(self.journal.alias, self.id)

    @property
    def signer(self) -> RegisterSigner:
        own = keys_of(self.side)
        return RegisterSigner(own.register, own.register_pq)

    def act(
        self,
        kind: str,
        officer: str = "duty",
        *,
        text: bytes | None = None,
        request: str | None = None,
        **of: Any,
    ) -> NewAct:
        """An act as an officer of this side would sign it now, with `text` enclosed as of right."""
        self.salts += 1
        self.now += timedelta(minutes=1)
        blobs = {}
        if text is not None:
            salt = seed(self.side, "blob", self.salts)[:16]
            digest = enclosure.digest(self.id, self.side, salt, text).hex()
            blobs[digest] = enclosure.blob(salt, text)
            of["enclosures"] = (Enclosed(digest, "application/json", None, "right", size=len(text)),)
        own = keys_of(self.side)
        key = own.authority if officer == "authority" else own.officers[officer]
        office = self.view.office
        data = document(
            office, self.side, key.kid, Draft(kind, **of), self.now, seed(self.side, "salt", self.salts)[:16]
        )
        check(office, self.side, data)
        entry = sign(office, self.side, data, key)
        return NewAct(entry.statement, entry.document, blobs, request)

    def say(self, kind: str, officer: str = "duty", **of: Any) -> str:
        """Append an act and fold; returns its id."""
        new = self.act(kind, officer, **of)
        self.journal.append(self.id, [new])
        self.fold()
        return act_id(new.document)

    def fold(self) -> Folding:
        return self.journal.fold(self.id, self.now)

    def batch_for(self, other: Node) -> Admitted | None:
        """What this node would push to the other now, as the other admits it."""
        self.journal.issue(self.id, self.signer, self.now)
        push = push_from(self.view, head(other.view, self.side).size)
        return None if push is None else admit(self.charter, self.side, head(other.view, self.side), push)

    def send(self, other: Node) -> None:
        """Push until the other holds everything, fold there, and bring the receipts back."""
        while (admitted := self.batch_for(other)) is not None:
            other.journal.receive(self.id, admitted)
            self.take_receipt(other, admitted)
        other.fold()

    def take_receipt(self, other: Node, admitted: Admitted) -> None:
        """Store the other's receipt for a batch on both nodes."""
        keys = keys_of(other.side)
        name = cosign.receipt_name(self.charter.origin(other.side))
        time = int(self.now.timestamp())
        lines = cosign.cosign(admitted.checkpoint, name, keys.receipt, keys.receipt_pq, time)
        note = checkpoint.add_lines(admitted.note, lines)
        size = admitted.checkpoint.size
        other.journal.store_receipt(self.id, self.side, size, note)
        self.journal.store_receipt(self.id, self.side, size, note)
        assert receipted(self.view, other.side) == size


class Nodes:
    """The two nodes of an office of a test's own."""

    def __init__(self, aliases: tuple[str, str], folder: Path, number: int) -> None:
        cards = [card_of("south"), card_of("north")]
        raw = draft(cards, {"name": {"en": f"Test office {aliases[0]} {number}"}}, {})
        self.charter = Charter.parse(raw)
        self.south, self.north = (
            Node(side, self.charter, Journal(alias, Anchor(folder / f"{side}.anchor")))
            for side, alias in zip(("south", "north"), aliases, strict=True)
        )
        for node in self.both:
            assert node.journal.found(raw, node.side) == self.charter.office

    @property
    def both(self) -> tuple[Node, Node]:
        return self.south, self.north

    def meet(self) -> None:
        """Let both hold everything."""
        self.south.send(self.north)
        self.north.send(self.south)

    def found(self) -> Nodes:
        """Sign the charter on both sides and post officers."""
        for node in self.both:
            facts = {"charter": self.charter.office, "checked": "in-person"}
            node.say("charter.sign", "authority", facts=facts)
        self.meet()
        for node in self.both:
            for function, key in keys_of(node.side).officers.items():
                facts = {"key": key.public.hex(), "function": function}
                node.say("posting.appoint", "authority", facts=facts)
        self.meet()
        return self
