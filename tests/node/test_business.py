"""Two served nodes do an office's business: they amend its charter, and exchange lists at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.node.business import GUARANTOR, ROSTER, amend, commit, escrow, matter, revealed, state
from tests.node.offices import SIDES, Offices
from tests.storage.setup import ready
from yeollak.errors import OurFault, RecordFault
from yeollak.node.acting import act
from yeollak.office.propose import Draft
from yeollak.record import deposit, enclosure
from yeollak.record.document import Act
from yeollak.record.keys import SealKey
from yeollak.storage import reading

ready()


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
    amend(offices, 1, escrow())
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
