"""Two served nodes do an office's business: they amend its charter, and exchange lists at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.node.offices import SECRET, SIDES, Offices
from tests.storage.setup import ready
from yeollak.errors import OurFault, RecordFault
from yeollak.node.acting import Text, act
from yeollak.node.drafting import Asked, drafted
from yeollak.office.matter import natural_id
from yeollak.office.propose import Draft
from yeollak.procedures.machine import State
from yeollak.record import deposit, enclosure
from yeollak.record.document import Act
from yeollak.record.keys import SealKey, SigningKey
from yeollak.storage import reading

ready()
GUARANTOR = SealKey(hashlib.sha256(b"guarantor").digest())
ROSTER = {"south": b"Kim Chang-su", "north": b"Hwang Chung-song"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Offices:
    made = Offices(tmp_path_factory.mktemp("business")).make()
    made.close()
    return made


@pytest.fixture
def offices(template: Offices, tmp_path: Path) -> Iterator[Offices]:
    made = Offices.copied(template, tmp_path)
    yield made
    made.close()


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
    offices.until(offices.settled)
    for side in SIDES:
        signed = Draft("amendment.sign", facts={"number": number, "text": named.digest}, re=(draft,))
        act(offices.nodes[side], offices.office, authority(offices, side), signed)
        offices.until(offices.settled)


def commit(offices: Offices, side: str, name: str) -> str:
    """An officer commits to his side's roster."""
    node, view = offices.nodes[side], offices.view(side)
    asked = Asked("exchange.commit", facts={"round": name, "subject.en": "Rosters"}, due="+2h")
    draft = drafted(node, view, offices.keys[side].kid, asked)
    roster = Text(ROSTER[side], "text/plain", "en", f"{side}.txt", "reveal")
    return act(node, offices.office, offices.keys[side], draft, [roster])


def revealed(offices: Offices, by: str, at: str, name: str) -> bytes | None:
    """What one side's text says as the other holds it, or None."""
    view = offices.view(at)
    (digest,) = view.office.state(matter(offices, "exchange", f"exchange/{name}")).state.of("commitment", by)
    blob = reading.blob(view, digest)
    return None if blob is None else enclosure.unwrap_private(blob[enclosure.SALT :]).content


def test_an_exchange_reveals_both_texts_once_both_have_committed(offices: Offices) -> None:
    commit(offices, "south", "rosters")
    offices.until(offices.settled)
    assert revealed(offices, "south", "north", "rosters") is None
    assert state(offices, "north", "exchange", "exchange/rosters").phase == "open"
    commit(offices, "north", "rosters")
    offices.until(lambda: state(offices, "south", "exchange", "exchange/rosters").phase == "revealed")
    offices.until(offices.settled)
    assert revealed(offices, "south", "north", "rosters") == ROSTER["south"]
    assert revealed(offices, "north", "south", "rosters") == ROSTER["north"]
    for side in SIDES:
        kinds = [
            found.move.kind
            for found in offices.view(side).ledger.matter(matter(offices, "exchange", "exchange/rosters"))
            if found.move
        ]
        assert kinds.count("exchange.reveal") == 2


def test_a_copied_commitment_is_void(offices: Offices) -> None:
    said = commit(offices, "south", "rosters")
    offices.until(offices.settled)
    data = reading.document(offices.view("north"), said)
    assert data is not None
    copied = Act.parse(data).enclosures
    draft = Draft(
        "exchange.commit",
        facts={"round": "rosters", "subject": {"en": "Rosters"}},
        enclosures=copied,
        due=offices.nodes["north"].clock.now() + timedelta(hours=2),
    )
    with pytest.raises(OurFault, match="act-void"):
        act(offices.nodes["north"], offices.office, offices.keys["north"], draft)


def test_an_amendment_is_in_force_for_what_comes_after_it_on_both_nodes(offices: Offices) -> None:
    amend(offices, 1, {"seen_seconds": 2, "as_of_right": ["flood"]})
    for side in SIDES:
        assert offices.view(side).office.terms()["seen_seconds"] == 2
        assert state(offices, side, "charter", "amendment/1").phase == "in-force"
    node = offices.nodes["south"]
    disease = Draft("note.send", facts={"class": "disease", "subject": {"en": "Fever"}})
    with pytest.raises(OurFault, match="act-void"):
        act(node, offices.office, offices.keys["south"], disease)
    flood = Draft("note.send", facts={"class": "flood", "subject": {"en": "Discharge"}})
    act(node, offices.office, offices.keys["south"], flood)
    with pytest.raises(OurFault, match="act-void"):
        amend(offices, 3, {"seen_seconds": 3})
    with pytest.raises(OurFault, match="act-void"):
        amend(offices, 2, {"deadline": {"default_hours": 5, "most_hours": 1}})
    amend(offices, 2, {"seen_seconds": 1})
    offices.until(offices.settled)
    assert offices.view("north").office.terms()["as_of_right"] == ["flood"]


def test_with_an_escrow_the_texts_lie_with_the_guarantor_before_anybody_reveals(offices: Offices) -> None:
    guarantor = {"names": {"en": "United Nations"}, "keys": {"seal": GUARANTOR.public.hex()}}
    amend(offices, 1, {"guarantors": {"un": guarantor}, "escrow": "un"})
    commit(offices, "south", "lists")
    offices.until(offices.settled)
    commit(offices, "north", "lists")
    offices.until(lambda: state(offices, "south", "exchange", "exchange/lists").phase == "revealed")
    offices.until(offices.settled)
    found = offices.view("south").ledger.matter(matter(offices, "exchange", "exchange/lists"))
    kinds = [one.move.kind.partition(".")[2] for one in found if one.move is not None]
    assert sorted(kinds[:2]) == ["commit", "commit"]
    assert set(kinds[2:4]) == {"deposit"}
    assert set(kinds[4:]) == {"reveal"}
    # What the guarantor would have given out, had North not revealed.
    view = offices.view("south")
    (deposited,) = [
        one for one in found if one.move and one.move.kind == "exchange.deposit" and one.side == "north"
    ]
    assert deposited.move is not None
    sealed = reading.blob(view, next(iter(deposited.move.enclosures)))
    assert sealed is not None
    (digest,) = state(offices, "south", "exchange", "exchange/lists").of("commitment", "north")
    blob = deposit.open_deposit(sealed[enclosure.SALT :], GUARANTOR, view.id, "north", digest)
    assert enclosure.unwrap_private(blob[enclosure.SALT :]).content == ROSTER["north"]
    with pytest.raises(RecordFault, match="digest-mismatch"):
        deposit.open_deposit(sealed[enclosure.SALT :], GUARANTOR, view.id, "south", digest)
    other = SealKey(hashlib.sha256(b"other").digest())
    with pytest.raises(RecordFault, match="sealed-otherwise"):
        deposit.open_deposit(sealed[enclosure.SALT :], other, view.id, "north", digest)
