"""What a page of a matter is made of, without a page: stages, values, texts side by side, changes."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from tests.staff.business import NOTICE, text_of
from yeollak.desk.staff.stages import stages
from yeollak.desk.staff.texts import Run, changes, joint_text, parallel, plain_texts
from yeollak.desk.staff.values import Voice, stated
from yeollak.office.ledger import Counted
from yeollak.office.texts.names import Glossary
from yeollak.office.texts.reservations import Hanging
from yeollak.procedures.catalogue import PROCEDURES, table
from yeollak.procedures.table import Move

AT = "2018-09-14T01:00:00Z"
VOICE = Voice("en", "south", UTC, str.title, lambda _digest: None, ("south", "north"))


def _act(kind: str, side: str = "south", turn: int = 1) -> Counted:
    move = Move(id=f"{turn:064}", side=side, kind=kind, at=AT, facts={}, function="duty")
    return Counted(side, 0, turn, move.id, "m", "note", turn, (turn, 0), "", move)


def _shape(found: Any) -> list[tuple[str, str]]:
    return [(one.label, one.reached) for one in found]


def test_a_tender_waits_to_be_taken_up() -> None:
    acts = [_act("note.tender")]
    assert _shape(stages("note", "tendered", acts, "en"))[:3] == [
        ("Tendered", "done"),
        ("Received", "here"),
        ("Taken up", "todo"),
    ]
    found = stages("note", "tendered", acts, "en", received=("north", AT), until="2018-09-16T01:00:00Z")
    assert _shape(found)[:3] == [("Tendered", "done"), ("Received", "done"), ("Taken up", "here")]
    assert found[2].until == "2018-09-16T01:00:00Z"


def test_a_notice_as_of_right_was_never_tendered_and_a_refusal_ends_the_way() -> None:
    sent = _shape(stages("note", "delivered", [_act("note.send")], "en", received=("north", AT)))
    assert sent[0] == ("Received", "done")
    assert "Tendered" not in dict(sent)
    assert dict(sent)["Delivered"] == "done"
    refused = [_act("note.tender"), _act("note.refuse", "north", 2)]
    assert _shape(stages("note", "refused", refused, "en", received=("north", AT), ended=True)) == [
        ("Tendered", "done"),
        ("Received", "done"),
        ("Not taken up: refused", "done"),
    ]


def test_a_joint_text_ends_in_force() -> None:
    acts = [_act("agreement.draft"), _act("agreement.sign", turn=2), _act("agreement.sign", "north", 3)]
    found = stages("agreement", "in-force", acts, "en", received=("north", AT), ended=True)
    assert _shape(found) == [
        ("Drafted", "done"),
        ("Received", "done"),
        ("Signed", "done"),
        ("In force", "done"),
    ]
    signed = found[2]
    assert {signed.side, *signed.others} == {"south", "north"}
    assert signed.act is acts[2]
    # A signature under a text that was replaced is none under the one that stands.
    redrafted = [*acts[:2], _act("agreement.redraft", "north", 3), _act("agreement.sign", "north", 4)]
    signed = stages("agreement", "drafted", redrafted, "en", received=("north", AT))[-1]
    assert (signed.side, signed.others) == ("north", ())


@pytest.mark.parametrize("procedure", [one.name for one in PROCEDURES])
def test_every_procedure_has_stages_from_its_first_act_on(procedure: str) -> None:
    for kind in table(procedure).rows["none"]:
        found = stages(procedure, "", [_act(kind)], "ko")
        assert any(one.reached == "done" for one in found), kind
        assert sum(one.reached == "here" for one in found) <= 1


def test_every_value_of_a_fact_has_its_part() -> None:
    kind = table("request").kind("request.ask")
    facts = {
        "to": "north",
        "subject": {"en": "Crossing \u202eevil", "<x>": "no language"},
        "items": ["one", "two"],
        "when": "2018-10-22",
        "retender": "0" * 64,
        "unknown": {"a": [1]},
    }
    found = {one.name: one.parts for one in stated(kind, facts, VOICE)}
    assert found["to"][0].sort == "side"
    assert not found["to"][0].ours
    said = found["subject"][0].said
    assert said is not None
    assert said.versions == (("en", "Crossing evil"),)
    assert [part.text for part in found["items"]] == ["one", "two"]
    assert found["when"][0].sort == "day"
    assert found["retender"][0].text == "0" * 64
    assert found["unknown"][0].sort == "code"


def test_texts_stand_side_by_side_with_what_differs_marked() -> None:
    text = joint_text(text_of(5, extra=True))
    assert text is not None
    there = Hanging("r1", "south", AT, "", (), {}, "2", 1, (), ())
    whole = Hanging("r2", "south", AT, "", (), {}, "", 0, (), ())
    marks = [(None, "It binds.", "")] * 3
    found = parallel(text, "d", marks, Glossary(), "ko", (there, whole))
    # Authentic languages first, the reader's own before the other.
    assert [column.lang for column in found.columns] == ["ko", "en", "ar"]
    assert found.differences == 1
    (row,) = [row for row in found.rows if row.noticed]
    assert row.hanging == (there,)
    assert found.hanging == (whole,)
    assert [run for cell in row.cells for run in cell.runs if run.op == "differs"] == [
        Run("6일", "differs"),
        Run("5 days", "differs"),
        Run("5 أيام", "differs"),
    ]
    for row in found.rows:
        for cell, version in zip(row.cells, (text.version(tag) for tag in ("ko", "en", "ar")), strict=True):
            line = "".join(run.text for run in cell.runs)
            lines = {version.title, *version.preamble}
            for article in version.articles:
                lines |= {article.heading, *article.paragraphs}
            assert line in lines


def test_plain_texts_are_compared_and_what_is_none_is_left_a_file() -> None:
    text = plain_texts([(lang, said.encode()) for lang, said in NOTICE.items()])
    assert text is not None
    assert parallel(text, "d", [(None, "", "")] * 3, Glossary(), "en").differences == 1
    assert plain_texts([("en", b"one"), ("en", b"two")]) is None
    assert plain_texts([("no language at all", b"one")]) is None
    assert joint_text(b"{}") is None


def test_changes_between_drafts_are_those_of_the_texts() -> None:
    old, new = joint_text(text_of(3)), joint_text(text_of(5))
    assert old is not None
    assert new is not None
    found = changes(old, new, "en")
    assert {one.lang for one in found.languages} == {"en", "ko", "ar"}
    english = next(one for one in found.languages if one.lang == "en")
    assert [change.place for change in english.changes] == ["Article 2", "Article 2, paragraph 1"]
    assert Run("5", "insert") in english.changes[-1].runs
    assert changes(old, old, "en").same
