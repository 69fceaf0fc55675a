"""Batches, catch-up and folding at once: what is sent ends at a checkpoint, and everybody counts
everything once.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connections

from tests.storage.nodes import Node, Nodes
from yeollak.errors import OurFault
from yeollak.office.admit import BATCH_STATEMENTS, MAX_BODY, admit
from yeollak.record.checkpoint import open_checkpoint
from yeollak.storage import batches, models, plain, reading
from yeollak.storage import own_register as module
from yeollak.storage.journal import Journal
from yeollak.storage.own_register import NewAct


def line_seen(nodes: Nodes, many: int) -> None:
    south = nodes.south
    south.journal.append(south.id, [south.act("line.seen", "node") for _ in range(many)])


def test_batches_close_and_catch_up_repeats_their_ends(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes.found()
    south, north = nodes.both
    monkeypatch.setattr(module, "BATCH_STATEMENTS", 5)
    line_seen(nodes, 12)
    newest = south.journal.issue(south.id, south.signer, south.now)
    assert newest is not None
    assert newest.size == 16
    ends = [
        row.size for row in south.view.rows(models.Checkpoint).filter(place=0, size__gt=4).order_by("size")
    ]
    assert ends == [9, 14, 16]
    assert south.journal.issue(south.id, south.signer, south.now) == newest  # nothing new: nothing signed
    assert south.view.rows(models.Checkpoint).filter(place=0, size__gt=4).count() == 3
    for end in ends:
        note = reading.checkpoint(south.view, "south", end)
        assert note is not None
        assert open_checkpoint(note, nodes.charter.register_keys("south")).size == end
    monkeypatch.setattr(batches, "BATCH_STATEMENTS", 11)
    push = batches.push_from(south.view, 4)
    assert push is not None
    assert len(push.arrivals) == 10  # two whole batches, and not the third
    south.send(north)
    south.fold()
    assert reading.heads(south.view)[0] == reading.heads(north.view)[0]
    assert reading.receipted(south.view, "north") == 16


def test_giving_entries_back_looks_no_further_than_a_parcel_reaches(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes.found()
    south, north = nodes.both
    monkeypatch.setattr(module, "BATCH_STATEMENTS", 2)
    monkeypatch.setattr(batches, "BATCH_STATEMENTS", 5)
    line_seen(nodes, 20)
    south.send(north)
    read: list[int] = []
    rows, first = plain.rows, plain.first

    def read_rows(alias: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        found = rows(alias, query, *values)
        if query.startswith("SELECT size"):
            read.extend(size for (size,) in found)
        return found

    def read_first(alias: str, query: str, *values: object) -> tuple[Any, ...] | None:
        found = first(alias, query, *values)
        if found is not None and query.startswith("SELECT size"):
            read.append(found[0])
        return found

    monkeypatch.setattr(plain, "rows", read_rows)
    monkeypatch.setattr(plain, "first", read_first)
    push = batches.own_entries(north.view, "south", 4, 24)
    assert push is not None
    assert [len(push.arrivals), max(read)] == [4, 8]
    assert batches.own_entries(north.view, "south", 4, 5) is None


def test_heavy_acts_close_a_batch(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes.found()
    south = nodes.south
    line_seen(nodes, 6)
    weights = [row.weight for row in south.view.rows(models.Entry).filter(place=0, index__gte=4)]
    monkeypatch.setattr(module, "BATCH_BYTES", 2 * max(weights))
    south.journal.issue(south.id, south.signer, south.now)
    ends = south.view.rows(models.Checkpoint).filter(place=0, size__gt=4).order_by("size")
    assert [row.size for row in ends] == [6, 8, 10]


def test_foreign_keys_issue_nothing(nodes: Nodes) -> None:
    nodes.found()
    south, north = nodes.both
    line_seen(nodes, 1)
    with pytest.raises(OurFault) as caught:
        south.journal.issue(south.id, north.signer, south.now)
    assert caught.value.code == "signer-not-ours"
    assert reading.checkpoint(south.view, "south", 5) is None


def test_register_comes_back_to_a_node_that_lost_its_database(
    nodes: Nodes, empty: str, tmp_path: Path
) -> None:
    """A fresh database plays the south node, which has kept its keys and its anchor alone."""
    nodes.found()
    south, north = nodes.both
    restored = Node("south", nodes.charter, Journal(empty, south.journal.anchor))
    restored.journal.found(nodes.charter.raw, "south")
    new = NewAct(*(getattr(south.view.ledger.entry(0, 0), name) for name in ("statement", "document")))
    with pytest.raises(OurFault) as caught:
        restored.journal.append(south.id, [new])
    assert caught.value.code == "behind-anchor"
    for side in ("south", "north"):
        while True:
            head = reading.head(restored.view, side)
            push = batches.own_entries(north.view, side, head.size, 4)
            if push is None:
                break
            restored.journal.receive(south.id, admit(nodes.charter, side, head, push))
    restored.fold()
    assert reading.heads(restored.view) == reading.heads(south.view)
    assert restored.view.office.digest() == south.view.office.digest()
    assert restored.journal.append(south.id, [restored.act("line.seen", "node")]) == [4]


def office_at(alias: str, office: str) -> reading.OfficeView:
    reading.close_views(alias)
    return reading.office_view(alias, office)


def test_fold_by_many_counts_everything_once(nodes: Nodes) -> None:
    nodes.found()
    south, north = nodes.both
    line_seen(nodes, 20)
    admitted = south.batch_for(north)
    assert admitted is not None
    north.journal.receive(north.id, admitted)
    counted: list[int] = []

    def fold() -> None:
        journal = Journal(north.journal.alias)
        counted.append(len(journal.fold(north.id, north.now).counted))
        connections[journal.alias].close()

    threads = [Thread(target=fold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == [0, 0, 0, 20]
    assert reading.heads(north.view)[0].counted == 24
    assert not reading.alarms(north.view)
    assert north.view.ledger.counted(0) == 24  # this thread's view has picked up what another has counted


def test_new_view_reads_what_the_old_one_knows(nodes: Nodes) -> None:
    nodes.found()
    view = nodes.south.view
    known = [view.ledger.finding(place, index) for place in range(2) for index in range(4)]
    fresh = office_at(nodes.south.journal.alias, nodes.south.id)
    assert [fresh.ledger.finding(place, index) for place in range(2) for index in range(4)] == known
    assert fresh.office.digest() == view.office.digest()


def test_quota_counts_what_came_since_midnight(nodes: Nodes) -> None:
    nodes.found()
    south, north = nodes.both
    whole = nodes.charter.terms["quota"]
    now = north.now
    used = whole["statements"] - reading.quota(north.view, "south", now).statements
    assert used == 4
    tomorrow = now.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    fresh = reading.quota(north.view, "south", tomorrow)
    assert (fresh.statements, fresh.bytes) == (whole["statements"], whole["bytes"])
    south.now = tomorrow
    line_seen(nodes, 3)
    south.send(north)
    left = reading.quota(north.view, "south", tomorrow + timedelta(hours=23))
    assert left.statements == whole["statements"] - 3
    weights = [row.weight for row in north.view.rows(models.Entry).filter(place=0, index__gte=4)]
    assert left.bytes == whole["bytes"] - sum(weights)
    assert 0 < left.retry <= 3601


def test_a_receipt_that_is_stored_after_midnight_is_charged_to_its_own_day(nodes: Nodes) -> None:
    nodes.found()
    south, north = nodes.both
    whole = nodes.charter.terms["quota"]["statements"]
    midnight = north.now.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    line_seen(nodes, 3)
    south.now = midnight - timedelta(seconds=1)
    admitted = south.batch_for(north)
    assert admitted is not None
    north.journal.receive(north.id, admitted)
    # Another parcel of the side comes before the receipt for what came a second before midnight is stored.
    assert reading.quota(north.view, "south", midnight).statements == whole - 3
    south.take_receipt(north, admitted)
    for later in (timedelta(), timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=23)):
        assert reading.quota(north.view, "south", midnight + later).statements == whole


def test_what_was_receipted_before_is_looked_for_once_a_day(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = nodes.found().north
    midnight = north.now.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    looked: list[str] = []
    rows = plain.rows

    def counted(alias: str, query: str, *values: object) -> Any:
        looked.append(query)
        return rows(alias, query, *values)

    for hour in range(1, 24):
        reading.quota(north.view, "south", midnight + timedelta(hours=hour))
        if hour == 1:
            monkeypatch.setattr(plain, "rows", counted)
    assert not [query for query in looked if "receipt" in query]


def test_a_quota_that_is_too_narrow_lets_the_first_batch_of_a_day_pass(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes.found()
    south, north = nodes.both
    narrow = {**nodes.charter.terms, "quota": {"statements": 1, "bytes": 1}}
    monkeypatch.setattr(north.view.office, "terms", lambda *_: narrow)
    tomorrow = north.now.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    fresh = reading.quota(north.view, "south", tomorrow)
    assert (fresh.statements, fresh.bytes) == (BATCH_STATEMENTS, MAX_BODY)
    south.now = tomorrow
    line_seen(nodes, 3)
    south.journal.issue(south.id, south.signer, south.now)
    push = batches.push_from(south.view, reading.head(north.view, "south").size)
    assert push is not None
    assert len(push.arrivals) == 3
    admitted = admit(nodes.charter, "south", reading.head(north.view, "south"), push, fresh)
    north.journal.receive(north.id, admitted)
    south.take_receipt(north, admitted)
    left = reading.quota(north.view, "south", tomorrow)
    assert left.statements == BATCH_STATEMENTS - 3
    assert left.bytes == MAX_BODY - sum(arrival.size for arrival in push.arrivals)


def test_database_that_fails_is_one_clear_fault(nodes: Nodes) -> None:
    nodes.found()
    south = nodes.south
    with pytest.raises(OurFault) as caught, south.journal.atomic():
        south.view.rows(models.Entry).filter(place=0).update(weight=0)
    assert caught.value.code == "store-failed"
    assert "append-only" in caught.value.sentence


def test_what_is_held_since_is_weighed_once_and_rightly(nodes: Nodes) -> None:
    """Whatever is asked for in whatever order, also a beginning that is not reached yet, comes to the sum."""
    south = nodes.found().south
    ledger = south.view.ledger
    for start in (0, 2, 2, 40, 40, 3, 0):
        line_seen(nodes, 3)
        for place in (0, 1):
            held = south.view.ledger.held(place)
            rows = south.view.rows(models.Entry).filter(place=place, index__gte=start)
            weights = list(rows.values_list("weight", flat=True))
            assert ledger.since(place, start) == (max(0, held - start), sum(weights))
    line_seen(nodes, 30)
    south.view.refresh()
    rows = south.view.rows(models.Entry).filter(place=0, index__gte=40)
    assert ledger.since(0, 40) == (rows.count(), sum(rows.values_list("weight", flat=True)))
