"""The business of an office between two served nodes: amendments, and what is committed to and revealed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from tests.node.offices import SECRET, SIDES, Offices
from yeollak.forms import Form
from yeollak.node.acting import Text, act
from yeollak.node.drafting import Asked, drafted
from yeollak.office.matter import natural_id
from yeollak.office.propose import Draft
from yeollak.procedures.table import State
from yeollak.record import enclosure
from yeollak.record.keys import SealKey, SigningKey
from yeollak.storage import reading

GUARANTOR = SealKey(hashlib.sha256(b"guarantor").digest())
ROSTER = {"south": b"Kim Chang-su", "north": b"Hwang Chung-song"}


def matter(offices: Offices, family: str, key: str) -> str:
    return natural_id(offices.office, family, key)


def state(offices: Offices, side: str, family: str, key: str) -> State:
    return offices.view(side).office.state(matter(offices, family, key)).state


def authority(offices: Offices, side: str) -> SigningKey:
    view = offices.view(side)
    return offices.nodes[side].keyring.authority(view.charter, side, SECRET)


def amend(offices: Offices, number: int, terms: dict[str, object]) -> None:
    """South drafts an amendment and both sign it."""
    text = Text(b"The terms are amended.", "text/plain", "en")
    node, due = offices.nodes["south"], offices.nodes["south"].clock.now() + timedelta(days=2)
    salt = hashlib.sha256(f"amendment/{number}".encode()).digest()[:16]
    named, _ = text.commit(offices.office, "south", salt, 4096)
    facts = {"number": number, "terms": terms, "text": named.digest}
    draft = act(
        node,
        offices.office,
        authority(offices, "south"),
        Draft("amendment.draft", facts=facts, due=due),
        [text],
        salts=lambda label: salt if label == "enclosure/0" else hashlib.sha256(label.encode()).digest()[:16],
    )
    offices.until(offices.level)
    for side in SIDES:
        signed = Draft("amendment.sign", facts={"number": number, "text": named.digest}, re=(draft,))
        act(offices.nodes[side], offices.office, authority(offices, side), signed)
        offices.until(offices.level)


def adopt(offices: Offices, form: Form) -> None:
    """South drafts a form and both adopt it."""
    text = Text(form.data, "application/json")
    salt = hashlib.sha256(form.data).digest()[:16]
    named, _ = text.commit(offices.office, "south", salt, len(form.data))
    facts = {"form": form.id, "text": named.digest}
    due = offices.nodes["south"].clock.now() + timedelta(days=2)
    draft = act(
        offices.nodes["south"],
        offices.office,
        authority(offices, "south"),
        Draft("form.draft", facts={**facts, "digest": form.digest}, due=due),
        [text],
        salts=lambda label: salt if label == "enclosure/0" else hashlib.sha256(label.encode()).digest()[:16],
    )
    offices.until(offices.level)
    for side in SIDES:
        act(
            offices.nodes[side],
            offices.office,
            authority(offices, side),
            Draft("form.sign", facts=facts, re=(draft,)),
        )
        offices.until(offices.level)


def escrow() -> dict[str, object]:
    """The terms of a charter that leave texts with the guarantor."""
    guarantor = {"names": {"en": "United Nations"}, "keys": {"seal": GUARANTOR.public.hex()}}
    return {"guarantors": {"un": guarantor}, "escrow": "un"}


def commit(offices: Offices, side: str, name: str, text: Text | None = None, **facts: str) -> str:
    """An officer commits to his side's roster, or to another text."""
    node, view = offices.nodes[side], offices.view(side)
    asked = Asked("exchange.commit", facts={"round": name, "subject.en": "Rosters", **facts}, due="+2h")
    draft = drafted(node, view, offices.keys[side].kid, asked)
    roster = text or Text(ROSTER[side], "text/plain", "en", f"{side}.txt", "reveal")
    return act(node, offices.office, offices.keys[side], draft, [roster])


def revealed(offices: Offices, by: str, at: str, name: str) -> bytes | None:
    """What one side's text says as the other holds it, or None."""
    view = offices.view(at)
    (digest,) = view.office.state(matter(offices, "exchange", f"exchange/{name}")).state.of("commitment", by)
    blob = reading.blob(view, digest)
    return None if blob is None else enclosure.unwrap_private(blob[enclosure.SALT :]).content
