"""The handbook of an office's business: every command of its page, between two nodes, in the page's order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.handbook import SECRET, Business, run_page
from tests.node.offices import SIDES
from tests.storage.setup import ready
from yeollak.office.ledger import Counted
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.record import keyfile
from yeollak.record.keyfile import Cost
from yeollak.record.keys import SealKey
from yeollak.storage import reading

ready()
PAGE = Path(__file__).parents[2] / "docs" / "operator" / "business.md"
SEED = hashlib.sha256(b"guarantor").digest()
TERMS: dict[str, object] = {
    "calendar": {"zone": "Asia/Seoul", "lines": ["east"]},
    "deadlines": {"note.tender": {"working_days": 2}},
    "escrow": "third",
    "guarantors": {"third": {"keys": {"seal": SealKey(SEED).public.hex()}, "names": {"en": "Third"}}},
    "holidays": {"south": ["2018-09-24"]},
    "notice": {"staff": {"days": 7}, "holidays": {"working_days": 10}},
}


@pytest.fixture
def business(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    place = tmp_path / "place"
    place.mkdir()
    made = Business(place, TERMS, datetime(2018, 9, 14, 1, tzinfo=UTC)).make()
    (place / "guarantor.key").write_bytes(keyfile.seal(SEED, SECRET, "seal", Cost(64, 1, 1)))
    monkeypatch.chdir(place)
    monkeypatch.setattr("yeollak.node.open.open_node", made.named)
    monkeypatch.setenv("YEOLLAK_PASSPHRASE", SECRET)
    monkeypatch.setenv("YEOLLAK_OFFICER_PASSPHRASE", SECRET)
    yield made
    made.close()


@pytest.mark.slow
def test_the_handbook_does_what_it_says(business: Business, tmp_path: Path) -> None:
    def carried(words: list[str]) -> None:
        if words[0] in {"act", "deposit", "officer"}:
            business.until(business.carried)
            if words[0] == "deposit" or words[1].startswith("exchange."):
                business.rest()

    printed = run_page(business, PAGE.read_text(), tmp_path / "place", carried)
    assert "[" not in re.findall(r"\[[a-z-]+\]$", printed)
    business.rest()
    phases = [
        {row.matter: (row.procedure, row.phase) for row in reading.matters(business.view(side))}
        for side in SIDES
    ]
    assert phases[0] == phases[1]
    used = {procedure for procedure, _ in phases[0].values()}
    assert used >= {one.name for one in PROCEDURES} - {"keys"}
    ended = set(phases[0].values())
    assert {
        ("agreement", "in-force"),
        ("amendment", "in-force"),
        ("dissolution", "dissolved"),
        ("exchange", "revealed"),
        ("figures", "countersigned"),
        ("form", "adopted"),
        ("incident", "closed"),
        ("meeting", "signed"),
        ("note", "answered"),
        ("note", "lapsed"),
        ("note", "refused"),
        ("project", "accepted"),
        ("request", "answered"),
        ("series", "standing"),
        ("suspension", "ended"),
    } <= ended
    assert (tmp_path / "place" / "given.txt").read_text() == "Ours are five."
    assert not any(found.void for found in _findings(business))
    assert not business.alarms("south") | business.alarms("north")


def _findings(business: Business) -> Iterator[Counted]:
    view = business.view("south")
    for place in range(len(SIDES)):
        for index in range(view.ledger.counted(place)):
            yield view.ledger.finding(place, index)
