"""The journal on SQLite and PostgreSQL: heads by compare-and-swap, nothing half done, nothing twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from tests.office.world import keys_of
from tests.storage.nodes import Nodes
from yeollak.errors import OurFault, RecordFault
from yeollak.office.counting import Counting
from yeollak.office.office import Office
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.cosign import cosign, receipt_name
from yeollak.record.merkle import leaf_hash, root_of
from yeollak.record.note import Note
from yeollak.storage import models, projection, reading
from yeollak.storage.anchor_file import COPY
from yeollak.storage.journal import Journal


def test_two_nodes_hold_the_same_record(nodes: Nodes) -> None:
    nodes.found()
    south, north = nodes.south.view, nodes.north.view
    assert reading.heads(south) == reading.heads(north)
    assert [head.size for head in reading.heads(south)] == [4, 4]
    assert [head.counted for head in reading.heads(south)] == [4, 4]
    assert south.office.digest() == north.office.digest()
    assert all(not south.ledger.finding(p, i).void for p in range(2) for i in range(4))


def test_what_is_committed_survives_a_loss_of_power(nodes: Nodes) -> None:
    """SQLite in WAL with synchronous FULL; PostgreSQL answers only once its log is on disk (rule 8)."""
    connection = connections[nodes.south.journal.alias]
    known: dict[str, dict[str, object]] = {
        "sqlite": {
            "PRAGMA journal_mode": "wal",
            "PRAGMA synchronous": 2,
            "PRAGMA foreign_keys": 1,
            "PRAGMA recursive_triggers": 1,
        },
        "postgresql": {"SHOW synchronous_commit": "on"},
    }
    for question, answer in known[connection.vendor].items():
        with connection.cursor() as cursor:
            cursor.execute(question)
            assert cursor.fetchone() == (answer,)


def test_a_receipt_is_kept_for_what_is_held_alone(nodes: Nodes) -> None:
    """Whoever has verified it may have verified it against another course of the register."""
    south = nodes.found().south
    kept = south.view.rows(models.Receipt).count()
    point = read_checkpoint(reading.checkpoint(south.view, "south") or b"")[0]
    name = receipt_name(nodes.charter.origin("north"))
    own = keys_of("north")
    for other in (
        replace(point, root=b"\0" * 32),
        replace(point, origin=nodes.charter.origin("north")),
        replace(point, size=point.size - 1),
    ):
        lines = cosign(other, name, own.receipt, own.receipt_pq, 1_540_170_000)
        with pytest.raises(RecordFault) as caught:
            south.journal.store_receipt(south.id, "south", point.size, Note(other.text(), lines).format())
        assert caught.value.code == "origin-mismatch"
    assert south.view.rows(models.Receipt).count() == kept


def test_root_of_every_size_is_that_of_the_leaves(nodes: Nodes) -> None:
    view = nodes.found().south.view
    for place in range(2):
        leaves = [leaf_hash(entry.statement) for entry in view.ledger.entries(place, 0, 4)]
        for size in range(5):
            assert view.ledger.root(place, size) == root_of(leaves[:size])


GUARDED = ("office", "entry", "checkpoint", "receipt", "evidence", "enclosure")


def with_evidence(nodes: Nodes) -> Nodes:
    """An office that has a row in every guarded table."""
    south = nodes.found().south
    south.journal.keep_evidence(south.id, "north", b"two views", south.now)
    opened = south.view.ledger.finding(0, 1)
    south.say("remark", matter=opened.matter, text=b"A text that travels along.")
    return nodes


def refused(alias: str, sql: str, rows: str) -> None:
    """The database must refuse `sql`, and hold the same rows afterwards."""
    with connections[alias].cursor() as cursor:
        cursor.execute(rows)
        before = cursor.fetchall()
        assert before
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using=alias):
        connections[alias].cursor().execute(sql)
    with connections[alias].cursor() as cursor:
        cursor.execute(rows)
        assert cursor.fetchall() == before


@pytest.mark.parametrize("table", GUARDED)
def test_database_refuses_to_change_the_record(nodes: Nodes, table: str) -> None:
    alias = with_evidence(nodes).south.journal.alias
    name = f"yeollak_storage_{table}"
    column = "side" if table == "office" else "digest" if table == "enclosure" else "office_id"
    rows = f"SELECT * FROM {name} ORDER BY id"
    refused(alias, f"UPDATE {name} SET {column} = {column}", rows)
    if table != "enclosure":
        refused(alias, f"DELETE FROM {name}", rows)
    if connections[alias].vendor == "postgresql":
        refused(alias, f"TRUNCATE {name} CASCADE", rows)


@pytest.mark.parametrize("table", GUARDED)
def test_another_tool_does_not_replace_the_record(nodes: Nodes, table: str) -> None:
    """SQLite's REPLACE asks no trigger on DELETE, and a connection that is not ours has no pragma of ours."""
    alias = with_evidence(nodes).south.journal.alias
    name = f"yeollak_storage_{table}"
    if connections[alias].vendor == "postgresql":
        column = "side" if table == "office" else "office_id"
        upsert = f"ON CONFLICT (id) DO UPDATE SET {column} = EXCLUDED.{column}"
        refused(
            alias, f"INSERT INTO {name} SELECT * FROM {name} {upsert}", f"SELECT * FROM {name} ORDER BY id"
        )
        return
    with closing(sqlite3.connect(connections.settings[alias]["NAME"], isolation_level=None)) as other:
        other.row_factory = sqlite3.Row
        rows = [dict(row) for row in other.execute(f"SELECT * FROM {name}")]
        assert rows
        for row in rows:
            forged = {key: b"forged" if isinstance(value, bytes) else value for key, value in row.items()}
            for fields in (forged, {**forged, "id": 10**6}) if table != "office" else (forged,):
                marks = ", ".join("?" * len(fields))
                names = ", ".join(f'"{field}"' for field in fields)
                with suppress(sqlite3.IntegrityError):
                    other.execute(
                        f"INSERT OR REPLACE INTO {name} ({names}) VALUES ({marks})", [*fields.values()]
                    )
        assert [dict(row) for row in other.execute(f"SELECT * FROM {name}")] == rows


def test_an_enclosure_is_erased_and_nothing_else(nodes: Nodes) -> None:
    south = with_evidence(nodes).south
    act = south.view.ledger.finding(0, 4)
    assert act.move is not None
    (digest,) = act.move.enclosures
    assert reading.blob(south.view, digest) is not None
    south.journal.erase_enclosure(south.id, digest)
    assert reading.blob(south.view, digest) is None
    assert reading.document(south.view, act.id) is not None


def test_request_is_appended_once(nodes: Nodes) -> None:
    south = nodes.found().south
    new = south.act("line.seen", "node", request="again")
    assert south.journal.append(south.id, [new]) == [4]
    assert south.journal.append(south.id, [new], expected=4) == [4]
    assert reading.heads(south.view)[0].size == 5


def test_head_that_moved_is_no_place_to_append(nodes: Nodes) -> None:
    south = nodes.found().south
    with pytest.raises(OurFault) as caught:
        south.journal.append(south.id, [south.act("line.seen", "node")], expected=3)
    assert caught.value.code == "head-moved"


def test_acts_committed_together_are_judged_once_and_one_by_one(nodes: Nodes) -> None:
    south = nodes.found().south
    one, again, other = (south.act("line.seen", "node", request=name) for name in ("a", "a", None))

    def cannot(_view: Any) -> Any:
        raise OurFault("commitment-too-large", size=1, limit=0)

    twice = replace(one, request=None)
    makers = [lambda _view: one, lambda _view: again, cannot, lambda _view: twice, lambda _view: other]
    done = south.journal.commit(south.id, makers, south.signer, south.now)
    assert [item if isinstance(item, int) else item.code for item in done] == [
        4, 4, "commitment-too-large", "act-void", 5,
    ]  # fmt: skip
    (row,) = [row for row in reading.heads(south.view) if row.side == "south"]
    assert (row.size, row.counted) == (6, 6)
    assert south.view.ledger.finding(0, 5).void == ""
    note = reading.checkpoint(south.view, "south")
    assert note is not None
    assert read_checkpoint(note)[0].size == 6
    anchored = south.journal.anchor
    assert anchored is not None
    assert (anchored.read(south.id) or (0, b""))[0] == 6


def test_what_waits_to_be_counted_keeps_everything_from_being_committed(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    south = nodes.found().south
    new = south.act("line.seen", "node")
    with monkeypatch.context() as patch:
        patch.setattr(Office, "count", lambda _self: Counting())
        south.journal.append(south.id, [south.act("line.seen", "node")])
        with pytest.raises(OurFault) as caught:
            south.journal.commit(south.id, [lambda _view: new], None, south.now)
    assert caught.value.code == "register-waits"
    assert south.journal.commit(south.id, [lambda _view: new], None, south.now) == [5]


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
        patch.setattr(projection, "keep", lambda *_: 1 / 0)
        assert [alarm.code for alarm in north.fold().alarms] == ["fold-failed"]
    assert reading.heads(north.view)[0].counted == 4
    assert [row.code for row in reading.alarms(north.view)] == ["fold-failed"]
    assert len(north.fold().counted) == 1
    assert reading.heads(north.view)[0].counted == 5


def test_a_fold_whose_commit_fails_has_counted_nothing(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes.found()
    south, north = nodes.both
    south.journal.append(south.id, [south.act("line.seen", "node")])
    admitted = south.batch_for(north)
    assert admitted is not None
    north.journal.receive(north.id, admitted)
    commits = Journal.atomic

    @contextmanager
    def fails(self: Journal) -> Iterator[None]:
        patch.undo()
        with commits(self):
            yield
            raise DatabaseError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "atomic", fails)
        folding = north.fold()
    assert [alarm.code for alarm in folding.alarms] == ["fold-failed"]
    assert folding.counted == ()
    assert reading.heads(north.view)[0].counted == 4
    assert len(north.fold().counted) == 1
    assert reading.heads(north.view)[0].counted == 5


def test_what_cannot_be_shown_is_counted_all_the_same(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes.found()
    south, north = nodes.both
    south.journal.append(south.id, [south.act("line.seen", "node")])
    admitted = south.batch_for(north)
    assert admitted is not None
    north.journal.receive(north.id, admitted)
    with monkeypatch.context() as patch:
        patch.setattr(projection, "_matter", lambda *_: 1 / 0)
        folding = north.fold()
        assert [alarm.code for alarm in folding.alarms] == ["fold-failed"]
        assert len(folding.counted) == 1
    assert reading.heads(north.view)[0].counted == 5
    assert north.view.ledger.shown == (4, 4)
    assert north.fold().counted == ()
    assert north.view.ledger.shown == (5, 4)


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


@pytest.mark.parametrize("other", ["0" * 64, "f" * 64])
def test_an_anchor_that_was_cut_is_not_one_that_never_knew_the_office(nodes: Nodes, other: str) -> None:
    """Neither the office that is gone appends nor one that is left, until the other sides have been asked."""
    south, _ = nodes.found().both
    anchor = south.journal.anchor
    assert anchor is not None
    anchor.advance(other, 3, bytes(32))
    pairs = anchor.path.read_bytes()
    assert len(pairs) == 4 * COPY
    anchor.path.write_bytes(pairs[: 2 * COPY])
    with pytest.raises(OurFault) as caught:
        south.journal.append(south.id, [south.act("line.seen", "node")])
    assert caught.value.code == "anchor-unreadable"
    anchor.path.unlink()
    anchor.advance(other, 3, bytes(32))
    with pytest.raises(OurFault) as caught:
        south.journal.append(south.id, [south.act("line.seen", "node")])
    assert caught.value.code == "anchor-missing"
