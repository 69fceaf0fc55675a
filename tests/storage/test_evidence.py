"""An act that has seen another register than ours: kept whole, once; nothing but its own register waits."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.office.world import keys_of
from tests.storage.nodes import Node, Nodes
from yeollak.record import statement
from yeollak.record.checkpoint import open_checkpoint
from yeollak.record.document import Act, act_id
from yeollak.record.merkle import verify_consistency
from yeollak.storage import models, reading, writer
from yeollak.storage.own_register import NewAct
from yeollak.storage.rebuild import rebuild

LIE = (3, "5" * 64)


def lying(node: Node, about: str) -> NewAct:
    """A `line.seen` of this side that names a root which the other register never had."""
    act = Act.parse(node.act("line.seen", "node").document)
    data = replace(act, seen={**act.seen, about: LIE}).encode()
    matter = act.matter or ""
    signed = statement.sign(
        keys_of(node.side).officers["node"],
        node.charter.origin(node.side),
        matter,
        bytes.fromhex(act_id(data)),
    )
    return NewAct(signed, data)


def kept(node: Node) -> list[models.Evidence]:
    return list(node.view.rows(models.Evidence))


def test_a_root_that_no_prefix_has_is_kept_whole_and_once(nodes: Nodes) -> None:
    nodes.found()
    south, north = nodes.both
    south.journal.append(south.id, [lying(south, "north")])
    south.send(north)
    (row,) = kept(north)
    value = json.loads(bytes(row.data))
    assert (value["side"], value["index"], value["about"]) == ("south", 4, "north")
    assert tuple(value["seen"]) == LIE
    document = value["document"].encode()
    stated = statement.parse(bytes.fromhex(value["statement"]))
    statement.verify(stated, keys_of("south").officers["node"].public)
    assert stated.act_id == act_id(document)
    assert tuple(Act.parse(document).seen["north"]) == LIE
    head = open_checkpoint(value["held"].encode(), nodes.charter.register_keys("north"))
    proof = [bytes.fromhex(step) for step in value["proof"]]
    verify_consistency(LIE[0], bytes.fromhex(value["root"]), head.size, head.root, proof)
    assert value["root"] != LIE[1]
    assert [alarm.code for alarm in reading.alarms(north.view)] == ["two-views"]

    north.say("line.seen", "node")
    rebuild(north.journal.alias, north.id, north.now)
    assert [one.id for one in kept(north)] == [row.id]


def test_only_the_register_that_names_it_waits_and_its_receipts_go_on(nodes: Nodes) -> None:
    nodes.found()
    south, north = nodes.both
    south.journal.append(south.id, [lying(south, "north")])
    south.send(north)
    south.journal.append(south.id, [south.act("line.seen", "node")])
    south.send(north)
    north.say("line.seen", "node")
    held = {head.side: (head.size, head.counted) for head in reading.heads(north.view)}
    assert held == {"south": (6, 4), "north": (5, 5)}
    assert reading.receipted(south.view, "north") == 6, "a receipt acknowledges bytes and waits for no fold"


def test_what_is_not_held_yet_is_no_evidence(nodes: Nodes) -> None:
    nodes.found()
    south, north = nodes.both
    north.say("line.seen", "node")
    north.send(south)
    south.say("line.seen", "node")
    admitted = south.batch_for(north)
    assert admitted is not None
    north.journal.receive(south.id, admitted)
    north.fold()
    assert kept(north) == []
    assert reading.heads(north.view)[0].counted == 5


def test_what_others_claim_of_a_register_leaves_room_for_what_its_side_signs(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MOST_EVIDENCE", 4)
    nodes.found()
    south, north = nodes.both
    place = north.charter.places["north"]
    for number in range(2):
        row = models.Evidence(office_id=north.id, place=place, digest=f"{number:064}", data=b"", at=north.now)
        row.save(using=north.journal.alias)
    south.journal.append(south.id, [lying(south, "north")])
    south.send(north)
    assert len(kept(north)) == 2
    assert [alarm.code for alarm in reading.alarms(north.view)] == ["two-views"]
    for number in range(3):
        north.journal.keep_evidence(north.id, "north", b"%d" % number, north.now)
    assert len(kept(north)) == 4
