"""Exhibits: every act of a record can be shown by itself, and whatever is altered in one is found."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.storage.nodes import Node, Nodes
from yeollak.errors import OurFault, RecordFault
from yeollak.record.exhibit import audit_exhibit, pack, unpack
from yeollak.storage import models
from yeollak.storage.exhibiting import exhibit_of

FACTS = {"when": "2018-10-22", "source": "own", "subject": {"en": "Water \u202e<b>", "ko": "물"}}


@pytest.fixture
def told(nodes: Nodes) -> Node:
    nodes.found()
    nodes.south.say("account.enter", facts=FACTS, text=b"What was seen.")
    nodes.meet()
    nodes.north.say("account.enter", facts=FACTS)
    nodes.meet()
    return nodes.south


def test_every_act_can_be_shown_and_whatever_is_altered_is_found(told: Node) -> None:
    view = told.view
    for place, side in enumerate(view.charter.sides):
        for index in range(view.ledger.counted(place) - 1):
            act = view.ledger.finding(place, index)
            data = exhibit_of(view, act.id)
            assert data == exhibit_of(view, act.id)
            shown = audit_exhibit(unpack(data), office=view.id)
            assert shown.defects == ()
            assert (shown.side, shown.index, shown.act_id) == (side, index, act.id)
            assert shown.officer
            assert shown.receipts.keys() == set(view.charter.sides) - {side}
    entered = next(
        one
        for one in (view.ledger.finding(0, at) for at in range(view.ledger.counted(0)))
        if one.move is not None and one.move.kind == "account.enter"
    )
    files = unpack(exhibit_of(view, entered.id))
    assert audit_exhibit(files).enclosures == 1
    assert "What was done" in files["read/en.txt"].decode()
    assert "\u202e" not in files["read/en.txt"].decode()
    assert "물" in files["read/ko.txt"].decode()
    _altered(files)
    assert audit_exhibit(files, office="0" * 64).defects
    for name in files:
        if not name.startswith("read/"):
            less = {path: data for path, data in files.items() if path != name}
            if name in ("exhibit", "charter"):
                with pytest.raises(RecordFault):
                    audit_exhibit(less)
                continue
            shown = audit_exhibit(less)
            assert shown.defects or not shown.officer or shown.absent, name
    assert audit_exhibit({**files, "more": b"x"}).defects


def _altered(files: dict[str, bytes]) -> None:
    """Every file that shows something, with one bit otherwise, at several places."""
    for name, data in files.items():
        if name.startswith("read/"):
            continue
        for at in {0, len(data) // 3, len(data) // 2, len(data) - 2}:
            other = bytearray(data)
            other[at] ^= 1
            try:
                shown = audit_exhibit({**files, name: bytes(other)})
            except RecordFault:
                continue
            # Of a proof the lines of keys that nobody knows prove nothing, and may be anything.
            assert shown.defects or name.endswith("/proof"), (name, at)


def test_what_cannot_be_shown_is_refused_with_its_reason(told: Node) -> None:
    with pytest.raises(OurFault) as refused:
        exhibit_of(told.view, "0" * 64)
    assert refused.value.code == "no-such-act"
    # An entry above the newest checkpoint is not shown yet.
    newest = told.say("account.enter", facts=FACTS)
    ends = told.view.rows(models.Checkpoint).filter(place=0).order_by("-size").values_list("size", flat=True)
    if (ends.first() or 0) < told.view.ledger.held(0):
        with pytest.raises(OurFault) as refused:
            exhibit_of(told.view, newest)
        assert refused.value.code == "exhibit-uncovered"
    else:
        assert unpack(exhibit_of(told.view, newest))


def test_an_archive_of_somebody_else_is_bounded() -> None:
    for data in (b"", b"PK\x05\x06" + b"\x00" * 18, b"PK\x03\x04" + b"x" * 500, b"\x00" * 1000):
        with pytest.raises(RecordFault):
            audit_exhibit(unpack(data))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("charter", b"\x00" * 10_000_000)
    with pytest.raises(RecordFault):
        unpack(bomb.getvalue())
    for name in ("../up", "/abs", "a//b", ".hidden"):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(name, b"x")
        with pytest.raises(RecordFault):
            unpack(made.getvalue())
    with pytest.raises(RecordFault):
        pack({"a": b"", "..": b""})
