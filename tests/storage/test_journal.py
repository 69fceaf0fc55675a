"""The journal on SQLite and PostgreSQL: heads by compare-and-swap, nothing half done, nothing twice."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from tests.storage.nodes import Nodes
from yeollak.errors import OurFault
from yeollak.record.merkle import leaf_hash, root_of
from yeollak.storage import models, projection, reading
from yeollak.storage.journal import Journal


def test_two_nodes_hold_the_same_record(nodes: Nodes) -> None:
    nodes.found()
    south, north = nodes.south.view, nodes.north.view
    assert reading.heads(south) == reading.heads(north)
    assert [head.size for head in reading.heads(south)] == [4, 4]
    assert [head.counted for head in reading.heads(south)] == [4, 4]
    assert south.office.digest() == north.office.digest()
    assert all(not south.ledger.finding(p, i).void for p in range(2) for i in range(4))


def test_root_of_every_size_is_that_of_the_leaves(nodes: Nodes) -> None:
    view = nodes.found().south.view
    for place in range(2):
        leaves = [leaf_hash(entry.statement) for entry in view.ledger.entries(place, 0, 4)]
        for size in range(5):
            assert view.ledger.root(place, size) == root_of(leaves[:size])


@pytest.mark.parametrize("table", ["entry", "checkpoint", "receipt"])
def test_database_refuses_to_change_the_record(nodes: Nodes, table: str) -> None:
    nodes.found()
    alias = nodes.south.journal.alias
    verbs = [f"UPDATE yeollak_storage_{table} SET place = place", f"DELETE FROM yeollak_storage_{table}"]
    for sql in verbs:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using=alias):
            connections[alias].cursor().execute(sql)


def test_request_is_appended_once(nodes: Nodes) -> None:
    south = nodes.found().south
    new = south.act("line.seen", "node", request="again")
    assert south.journal.append(south.id, [new]) == [4]
    assert south.journal.append(south.id, [new], expected=4) == [4]
    assert reading.heads(south.view)[0].size == 5


def test_head_that_moved_is_judged_again(nodes: Nodes) -> None:
    south = nodes.found().south
    with pytest.raises(OurFault) as caught:
        south.journal.append(south.id, [south.act("line.seen", "node")], expected=3)
    assert caught.value.code == "head-moved"
    asked: list[int] = []
    assert south.journal.append(south.id, [south.act("line.seen", "node")], 3, asked.append) == [4]
    assert asked == [4]


def test_writers_at_once_take_different_places(nodes: Nodes) -> None:
    south = nodes.found().south
    acts = [south.act("line.seen", "node") for _ in range(12)]
    taken: list[int] = []

    def write(part: list[Any]) -> None:
        journal = Journal(south.journal.alias, south.journal.anchor)
        for new in part:
            taken.extend(journal.append(south.id, [new]))
        connections[journal.alias].close()

    threads = [Thread(target=write, args=(acts[at::3],)) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(4, 16))
    leaves = [leaf_hash(entry.statement) for entry in south.view.ledger.entries(0, 0, 16)]
    assert reading.head(south.view, "south").root() == root_of(leaves)


def test_batch_that_came_twice_changes_nothing(nodes: Nodes) -> None:
    nodes.found()
    nodes.south.journal.append(nodes.south.id, [nodes.south.act("line.seen", "node")])
    admitted = nodes.south.batch_for(nodes.north)
    assert admitted is not None
    for _ in range(2):
        nodes.north.journal.receive(nodes.south.id, admitted)
    assert reading.heads(nodes.north.view)[0].size == 5


@pytest.mark.parametrize("step", ["_keep", "_store"])
def test_break_between_steps_leaves_nothing(nodes: Nodes, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes.found()
    south, north = nodes.both
    south.journal.append(south.id, [south.act("line.seen", "node")])
    admitted = south.batch_for(north)
    assert admitted is not None
    before = reading.heads(north.view)
    genuine = getattr(Journal, step)

    def broken(self: Journal, *given: Any) -> None:
        genuine(self, *given)
        raise RuntimeError("power")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, step, broken)
        with pytest.raises(RuntimeError):
            north.journal.receive(north.id, admitted)
    assert reading.heads(north.view) == before
    assert models.Entry.objects.using(north.journal.alias).filter(office_id=north.id, place=0).count() == 4
    north.journal.receive(north.id, admitted)
    assert reading.heads(north.view)[0].size == 5


def test_fold_that_raises_is_an_alarm_and_no_void(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes.found()
    south, north = nodes.both
    south.journal.append(south.id, [south.act("line.seen", "node")])
    admitted = south.batch_for(north)
    assert admitted is not None
    north.journal.receive(north.id, admitted)
    with monkeypatch.context() as patch:
        patch.setattr(projection, "_matter", lambda *_: 1 / 0)
        assert [alarm.code for alarm in north.fold().alarms] == ["fold-failed"]
    assert reading.heads(north.view)[0].counted == 4
    assert [row.code for row in reading.alarms(north.view)] == ["fold-failed"]
    assert len(north.fold().counted) == 1
    assert reading.heads(north.view)[0].counted == 5


def test_node_behind_its_anchor_does_not_append(nodes: Nodes) -> None:
    south = nodes.found().south
    anchor = south.journal.anchor
    assert anchor is not None
    held = anchor.read(south.id)
    assert held is not None
    assert held[0] == 4
    anchor.advance(south.id, 5, bytes(32))
    new = south.act("line.seen", "node")
    with pytest.raises(OurFault) as caught:
        south.journal.append(south.id, [new])
    assert caught.value.code == "behind-anchor"
    assert reading.heads(south.view)[0].size == 4
