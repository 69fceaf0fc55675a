"""Projections, the public's rows and exports all follow from the entries."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from tests.storage.nodes import Node, Nodes
from yeollak.errors import OurFault
from yeollak.office.audit import recompute
from yeollak.office.charter import Charter
from yeollak.office.ledger import Counted
from yeollak.record.audit import audit_export
from yeollak.record.folder import FolderFiles
from yeollak.storage import findings, models, projection, reading
from yeollak.storage import ledger as ledger_module
from yeollak.storage.exporting import write_export
from yeollak.storage.journal import Journal
from yeollak.storage.ledger import DjangoLedger
from yeollak.storage.public import Source
from yeollak.storage.rebuild import rebuild

TOLD = {"form": "chronicle/1", "event": "e1", "title": {"en": "A first note, \x00 and all"}}


def told(nodes: Nodes) -> Nodes:
    """An office in which a remark with a chronicle has been made on both sides' postings."""
    nodes.found()
    for node in nodes.both:
        opened = node.view.ledger.finding(node.view.place, 1)
        text = json.dumps(TOLD).encode()
        node.say("remark", matter=opened.matter, facts={"event": "e1"}, text=text)
    nodes.meet()
    for node in nodes.both:
        node.say("line.seen", "node")
    nodes.meet()
    return nodes


def rows(node: Node) -> list[Any]:
    """Everything that is projected, but for the numbers of the rows."""
    view = node.view
    findings = [
        {key: value for key, value in row.items() if key != "id"}
        for row in view.rows(models.Finding).order_by("place", "index").values()
    ]
    matters = [
        {key: value for key, value in row.items() if key != "id"}
        for row in view.rows(models.Matter).order_by("matter").values()
    ]
    heads = list(view.rows(models.Head).order_by("place").values("place", "size", "counted"))
    for row in findings:
        row["key"] = bytes(row["key"])
    return [findings, matters, heads]


def test_rebuild_comes_to_the_same(nodes: Nodes) -> None:
    south = told(nodes).south
    before, digest = rows(south), south.view.office.digest()
    folding = rebuild(south.journal.alias, south.id, south.now)
    assert len(folding.counted) == sum(head.size for head in reading.heads(south.view))
    assert rows(south) == before
    assert south.view.office.digest() == digest


def test_every_text_that_a_document_may_hold_can_be_stored(nodes: Nodes) -> None:
    """PostgreSQL knows no U+0000 in a text, and another side may well send one."""
    nodes.found()
    south, north = nodes.both
    facts = {"when": "2018-10-22", "source": "own", "subject": {"en": "\x00 \x7f \u2028 \U0001f30a"}}
    entered = south.say("account.enter", facts=facts)
    south.send(north)
    before = rows(north)
    found = north.view.ledger.finding(0, 4)
    assert (found.id, found.void) == (entered, "")
    reading.close_views(north.journal.alias)
    assert north.view.ledger.finding(0, 4) == found
    rebuild(north.journal.alias, north.id, north.now)
    assert rows(north) == before


def test_rebuild_mends_what_was_altered(nodes: Nodes) -> None:
    south = told(nodes).south
    before = rows(south)
    with transaction.atomic(using=south.journal.alias):
        south.view.rows(models.Matter).update(phase="nonsense", settled=False)
        south.view.rows(models.Finding).filter(place=0, index=2).update(turn=99)
    rebuild(south.journal.alias, south.id, south.now)
    assert rows(south) == before


def test_rebuild_that_fails_leaves_the_old(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    south = told(nodes).south
    before = rows(south)
    with monkeypatch.context() as patch:
        patch.setattr(projection, "_matter", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rebuild(south.journal.alias, south.id, south.now)
    assert rows(south) == before
    assert south.view.office.digest() == nodes.north.view.office.digest()


def test_matters_are_projected_as_they_fold(nodes: Nodes) -> None:
    view = told(nodes).north.view
    for row in reading.matters(view):
        folded = view.office.state(row.matter)
        assert row.phase == folded.state.phase
        assert json.loads(row.slots) == dict(folded.state.slots)
        assert row.settled == view.office.settled(row.matter)
    assert {row.family for row in reading.matters(view)} >= {"charter", "posting"}


def test_what_is_stored_costs_what_is_new_however_much_waits_to_be_settled(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes.found()
    south, north = nodes.both
    made: list[str] = []
    genuine = projection._matter

    def made_of(view: reading.OfficeView, matter: str) -> dict[str, Any]:
        made.append(matter)
        return genuine(view, matter)

    monkeypatch.setattr(projection, "_matter", made_of)
    facts = {"when": "2018-10-22", "source": "own", "subject": {"en": "Talks"}}
    for _ in range(12):
        made.clear()
        entered = south.say("account.enter", facts=facts)
        assert made == [entered]
    waiting = reading.matters(south.view, settled=False)
    assert {row.matter for row in waiting} >= {entered}
    assert len(waiting) >= 12
    south.send(north)
    made.clear()
    north.say("line.seen", "node")
    assert len(made) == 1
    north.send(south)
    for node in nodes.both:
        view = node.view
        for row in reading.matters(view):
            assert row.settled == view.office.settled(row.matter)
    assert len(reading.matters(south.view, settled=False)) < 4


def test_looking_again_reads_what_is_new_alone(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """No look reads the whole record: what the writers of this process have counted they do not read again,
    one entry more is one finding more for whoever looks, and the number of queries is always the same.
    """
    south = nodes.found().south
    read: list[int] = []

    def counted_of(row: tuple[Any, ...], charter: Charter) -> Counted:
        found = genuine(row, charter)
        read.append(found.index)
        return found

    genuine = findings.counted_of
    monkeypatch.setattr(ledger_module, "counted_of", counted_of)
    following = DjangoLedger(south.journal.alias, south.charter)
    counts = []
    for _ in range(3):
        for _ in range(10):
            south.say("line.seen", "node")
        following.reload()
        newest = following.finding(0, following.counted(0) - 1)
        read.clear()
        with CaptureQueriesContext(connections[south.journal.alias]) as queries:
            view = south.view
            view.office.state(newest.matter)
        counts.append((len(queries), len(read)))
        read.clear()
        with south.journal.writing(south.id) as writers:
            writers.office.state(newest.matter)
        assert read == []
        south.say("line.seen", "node")
        read.clear()
        following.reload()
        assert following.finding(0, following.counted(0) - 1).index == newest.index + 1
        assert read == [newest.index + 1]
    assert len(set(counts)) == 1
    assert counts[0][0] <= 4


def test_a_writer_between_two_queries_leaves_nothing_counted_that_is_not_held(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    south = nodes.found().south
    view = south.view
    south.journal.append(south.id, [south.act("line.seen", "node")])
    later = south.act("line.seen", "node")
    genuine, came = DjangoLedger._heads, [False]

    def heads(ledger: DjangoLedger) -> list[Any]:
        found = genuine(ledger)
        if not came[0]:
            came[0] = True

            def write() -> None:
                journal = Journal(south.journal.alias, south.journal.anchor)
                journal.append(south.id, [later])
                journal.fold(south.id, south.now)
                connections[journal.alias].close()

            writer = Thread(target=write)
            writer.start()
            writer.join()
        return found

    def count() -> None:
        south.fold()
        connections[south.journal.alias].close()

    fold = Thread(target=count)
    fold.start()
    fold.join()
    monkeypatch.setattr(DjangoLedger, "_heads", heads)
    view.refresh()
    assert view.ledger.counted(0) <= view.ledger.held(0)
    view.refresh()
    assert (view.ledger.counted(0), view.ledger.held(0)) == (6, 6)


def test_public_rows_are_the_acts_that_tell_something(nodes: Nodes) -> None:
    told(nodes)
    for node in nodes.both:
        source = Source(node.journal.alias)
        assert node.id in source.offices()
        record = source.record(node.id)
        assert [item.side for item in record.items] in (["south", "north"], ["north", "south"])
        assert all(item.chronicle == TOLD and item.facts == {"event": "e1"} for item in record.items)
        assert {(item.kind, item.procedure, item.officer) for item in record.items} == {
            ("remark", "posting", "duty")
        }
        assert record.charter["parties"][0]["side"] == "south"
    with pytest.raises(LookupError):
        source.record("0" * 64)


def test_exports_of_both_nodes_pass_the_audit(nodes: Nodes, tmp_path: Path) -> None:
    told(nodes)
    for node in nodes.both:
        folder = tmp_path / node.side
        write_export(node.journal.alias, node.id, folder, node.signer)
        report = audit_export(FolderFiles(folder), office=node.id)
        assert report.defects == ()
        assert report.enclosures == 2
        assert recompute(report).digest == node.view.office.digest()
    names = [
        {p.relative_to(tmp_path / side): p.read_bytes() for p in (tmp_path / side).rglob("*") if p.is_file()}
        for side in ("south", "north")
    ]
    for files in names:
        del files[Path("manifest")]
    assert names[0] == names[1]


def test_export_does_not_overwrite(nodes: Nodes, tmp_path: Path) -> None:
    south = nodes.found().south
    target = tmp_path / "export"
    target.mkdir()
    (target / "letter").write_text("mine")
    with pytest.raises(OurFault) as caught:
        write_export(south.journal.alias, south.id, target, south.signer)
    assert caught.value.code == "export-exists"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
