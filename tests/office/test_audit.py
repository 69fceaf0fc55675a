"""An export is recomputed from its bytes alone, and tampering shows."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from tests.office.world import World, keys_of, seed
from tests.record.world import Exported, export_files
from yeollak.office.audit import audit, recompute
from yeollak.office.audit_fold import _Office
from yeollak.record import enclosure
from yeollak.record.audit import audit_export
from yeollak.record.checkpoint import Checkpoint, add_lines, sign
from yeollak.record.cosign import cosign
from yeollak.record.document import Act, act_id
from yeollak.record.enclosure import Enclosed
from yeollak.record.folder import MemoryFiles

NOW = int(time.mktime((2018, 9, 14, 0, 0, 0, 0, 0, 0)))


def exported(world: World) -> dict[str, bytes]:
    """The files of an export of everything, receipted by every other side."""
    registers, blobs = {}, {}
    for place, side in enumerate(world.sides):
        size = world.whole.held(place)
        own = keys_of(side)
        head = Checkpoint(world.charter.origin(side), size, world.whole.root(place, size))
        note = sign(head, own.register, own.register_pq, NOW)
        for other in world.sides:
            if other != side:
                keys, name = keys_of(other), world.charter.origin(other) + "/receipt"
                note = add_lines(note, cosign(head, name, keys.receipt, keys.receipt_pq, NOW))
        entries = [world.whole.entry(place, index) for index in range(size)]
        registers[side] = Exported(note, [entry.statement for entry in entries])
        blobs.update({entry_id(entry.document): entry.document for entry in entries})
    return export_files(
        world.charter.raw, registers, blobs, side="south", kind="full", signer=keys_of("south").register
    )


def entry_id(document: bytes) -> str:
    """The id of the act of a document."""
    return act_id(document)


def busy() -> World:
    """An office in which a note was tendered and taken, and one act is void."""
    world = World().found()
    facts = {"class": "general", "subject": {"en": "Forestry"}}
    act = world.say("south", "note.tender", facts=facts, due=world.now + timedelta(hours=5))
    world.meet()
    world.say("north", "note.take", matter=act, re=(act,), due=world.now + timedelta(hours=4))
    world.say("south", "note.take", checked=False, matter=act, re=(act,), due=world.now + timedelta(hours=4))
    world.meet()
    return world


def test_the_state_of_an_export_is_that_of_the_office() -> None:
    world = busy()
    report = audit_export(MemoryFiles(exported(world)))
    assert report.defects == ()
    found = recompute(report)
    assert found.problem == ""
    assert found.digest == world.offices[0].digest()
    assert found.counted == found.held == dict(zip(world.sides, world.sizes(), strict=True))
    assert [void.reason for void in found.voids] == ["forbidden"]
    assert found.matters["note"] == 1


def test_the_first_of_the_claims_that_differ_is_told_by_few_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A side claims what is so, and from some point on what is not: one that goes on telling the truth costs
    one digest, however often it does.
    """
    made, digest = list[object](), _Office.digest

    def counted(office: _Office, *of: object) -> str:
        made.append(of)
        return digest(office, *of)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(_Office, "digest", counted)
    for truths, lies in ((1, 0), (40, 0), (0, 1), (0, 40), (23, 17), (1, 30), (39, 1)):
        world = World().found()
        before = world.whole.held(1)
        for number in range(truths + lies):
            state = {} if number < truths else {"state": seed("lie", number).hex()}
            told = number < truths
            world.say("north", "line.seen", "node", facts=state, with_state=told, checked=told)
        world.meet()
        made.clear()
        report, state_found = audit(exported(world))
        assert report.defects == (), "what a side claims is no defect of an export"
        assert state_found.problem == ""
        # What the whole comes to, the newest claim of the north, and those between.
        claims = truths + lies
        assert len(made) == 2 if not lies else len(made) <= 4 + claims.bit_length()
        if not lies:
            assert state_found.doubted == ()
            continue
        (one,) = state_found.doubted
        act = world.offices[0].ledger.finding(1, before + truths)
        assert (one.side, one.index, one.claimed) == ("north", act.index, seed("lie", truths).hex())
        assert one.found == world.offices[0].digest(act.vector)


def test_a_void_act_excuses_no_missing_enclosure() -> None:
    """The exporter's own register holds the word of an officer who may not say it."""
    world = World().found()
    content = b"the dam opens at noon"
    digest = enclosure.digest(world.charter.office, "south", seed("salt")[:16], content).hex()
    named = Enclosed(digest, "text/plain", None, "right", size=len(content))
    facts = {"subject": {"en": "A dam"}, "when": "2018-10-22", "source": "own"}
    world.say("south", "account.enter", facts=facts, enclosures=(named,))
    for officer, excused in (("duty", False), ("node", True)):
        world.say("south", "enclosure.erased", officer, facts={"digests": [digest]}, checked=excused)
        world.meet()
        report, state = audit(exported(world))
        assert state.problem == ""
        assert [void.reason for void in state.voids] == ["unauthorised"]
        assert [defect.rule for defect in report.defects] == ([] if excused else ["enclosure-missing"])
        assert report.erased == excused


def test_a_missing_document_is_a_defect_and_stops_its_register() -> None:
    world = busy()
    files = exported(world)
    document = world.whole.entry(1, world.whole.held(1) - 1).document
    assert Act.parse(document).kind == "note.take"
    del files[f"blobs/{entry_id(document)}"]
    report = audit_export(MemoryFiles(files))
    assert report.of("documents")
    assert recompute(report).counted["north"] == world.whole.held(1) - 1


def test_no_charter_is_said_and_not_raised() -> None:
    files = exported(busy())
    files["charter"] = b"{}"
    assert recompute(audit_export(MemoryFiles(files))).problem
