"""Whose word it is that an enclosure was erased, so that a full export may be without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.peer import Enemy
from tests.line.conftest import Making
from tests.line.test_restored import CALL
from yeollak.line import bodies
from yeollak.node.acting import Text
from yeollak.office.audit import audit
from yeollak.record.document import Act
from yeollak.record.folder import FolderFiles
from yeollak.storage import models, reading
from yeollak.storage.exporting import write_export


@pytest.mark.parametrize(
    ("side", "officer", "void", "excused"),
    [
        ("south", "duty", "unauthorised", False),
        ("south", "node", "", False),
        ("north", "node", "", True),
    ],
)
def test_an_export_without_a_text_as_of_right_is_whole_by_its_exporters_word_alone(
    make: Making, tmp_path: Path, side: str, officer: str, void: str, *, excused: bool
) -> None:
    world = make()
    north = world["north"]
    text = Text(b"the dam opens at noon", "text/plain", "en")
    act = north.say("checkin.observe", "duty", text, facts=CALL)
    document = reading.document(north.view, act)
    assert document is not None
    (item,) = Act.parse(document).enclosures
    world.settle()
    erased = {"digests": [item.digest]}
    if side == "north":
        north.say("enclosure.erased", officer, facts=erased)
    else:
        enemy = Enemy(world)
        assert enemy.push(enemy.act("enclosure.erased", officer, facts=erased)).purpose == bodies.RECEIPT
    north.keeper.step()
    place = world.charter.places[side]
    assert north.view.ledger.finding(place, north.view.ledger.counted(place) - 1).void == void
    models.Enclosure.objects.using(north.alias).filter(digest=item.digest).delete()
    write_export(north.alias, world.charter.office, tmp_path / "export", north.kept.register)
    report, state = audit(FolderFiles(tmp_path / "export"), office=world.charter.office)
    assert state.problem == ""
    missing = [(defect.rule, defect.file) for defect in report.defects]
    assert missing == ([] if excused else [("enclosure-missing", f"blobs/{item.digest}")])
    assert report.erased == excused
