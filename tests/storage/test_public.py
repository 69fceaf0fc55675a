"""The rows behind the public page: which acts they hold, and a version that follows the record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tests.storage.nodes import Node, Nodes
from tests.storage.test_projections import TOLD, told
from yeollak.storage import models, public, reading
from yeollak.storage.public import Source, _matters, counted, rows_of, told_of
from yeollak.storage.tallying import Tallying


def test_what_belongs_to_a_telling_comes_along_with_its_matter(nodes: Nodes) -> None:
    told(nodes)
    both = [Source(node.journal.alias).record(node.id) for node in nodes.both]
    for record in both:
        assert all(item.chronicle == TOLD for item in record.items)
        acts = {act.act: act for act in record.acts}
        assert {item.act for item in record.items} <= set(acts)
        assert {act.kind for act in record.acts} == {"posting.appoint", "remark"}
        assert {act.matter for act in record.acts} == set(record.matters)
        assert all(matter.procedure == matter.family == "posting" for matter in record.matters.values())
        assert not any(act.overtaken for act in record.acts)
    south, north = both
    assert {act.act: act for act in south.acts} == {act.act: act for act in north.acts}
    assert south.matters == north.matters


def test_the_version_is_another_one_once_the_record_is(nodes: Nodes) -> None:
    told(nodes)
    node = nodes.both[0]
    source = Source(node.journal.alias)
    first = source.version(node.id)
    assert source.version(node.id) == first
    opened = node.view.ledger.finding(node.view.place, 1)
    node.say("remark", matter=opened.matter, facts={"event": "e2"})
    second = source.version(node.id)
    assert second != first
    blob = models.Enclosure.objects.using(node.journal.alias).filter(office_id=node.id).first()
    assert blob is not None
    blob.delete()
    assert source.version(node.id) not in {first, second}, "an erased enclosure tells nothing any more"
    with pytest.raises(LookupError):
        source.version("0" * 64)


def test_what_is_under_an_embargo_is_held_back_whole_until_it_is_over(nodes: Nodes) -> None:
    told(nodes)
    south, north = nodes.both
    ends = datetime(2030, 1, 1, tzinfo=UTC)
    facts = {
        "when": "2026-11-20",
        "source": "own",
        "subject": {"en": "Not yet"},
        "event": "e9",
        "embargo": "2030-01-01T00:00:00Z",
    }
    opened = south.say("account.enter", facts=facts, text=json.dumps({**TOLD, "event": "e9"}).encode())
    nodes.meet()
    north.say("account.annotate", matter=opened)
    nodes.meet()
    for node in nodes.both:
        source = Source(node.journal.alias, lambda: ends - timedelta(seconds=1))
        before = source.record(node.id)
        assert opened not in {*before.matters, *(act.matter for act in before.acts)}
        assert before.until == ends
        after = Source(node.journal.alias, lambda: ends).record(node.id)
        assert {item.act for item in after.items} - {item.act for item in before.items} == {opened}
        assert {act.kind for act in after.acts if act.matter == opened} == {
            "account.enter",
            "account.annotate",
        }
        assert after.until is None


def test_the_embargo_of_a_joint_text_is_that_of_the_text_which_stands(nodes: Nodes) -> None:
    """No side holds a joint matter back by a draft that the other has replaced."""
    told(nodes)
    south, north = nodes.both
    now = datetime(2026, 11, 25, tzinfo=UTC)
    first, second, third = ("a" * 64, "b" * 64, "c" * 64)
    facts = {"subject": {"en": "Joint work"}, "text": first, "embargo": "2099-01-01T00:00:00Z", "event": "e9"}
    due = south.now + timedelta(days=10)
    telling = json.dumps({**TOLD, "event": "e9"}).encode()
    opened = south.say("agreement.draft", "co-head", facts=facts, due=due, text=telling)
    nodes.meet()

    def closed() -> list[datetime | None]:
        found = []
        for node in nodes.both:
            record = Source(node.journal.alias, lambda: now).record(node.id)
            assert (opened in record.matters) is (record.until is None)
            found.append(record.until)
        return found

    ends = datetime(2099, 1, 1, tzinfo=UTC)
    assert closed() == [ends, ends]
    again = {"matter": opened, "due": due}
    other = north.say("agreement.redraft", "co-head", re=(opened,), facts={"text": second}, **again)
    nodes.meet()
    assert closed() == [None, None]
    sooner = {"text": third, "embargo": "2030-01-01T00:00:00Z"}
    south.say("agreement.redraft", "co-head", re=(other,), facts=sooner, **again)
    nodes.meet()
    ends = datetime(2030, 1, 1, tzinfo=UTC)
    assert closed() == [ends, ends]


def agree(south: Node, source: Source) -> None:
    """The rows are those of all acts at once."""
    view, found = south.view, source.record(south.id)
    whole = rows_of(
        south.id,
        found.charter,
        counted(view),
        partial(reading.blobs, view),
        partial(_matters, view),
        reading.heads(view),
        datetime(2026, 11, 25, tzinfo=UTC),
    )
    assert (found.items, found.acts, found.matters) == (whole.items, whole.acts, whole.matters)


def test_what_is_gone_on_with_is_what_all_acts_give(nodes: Nodes) -> None:
    """After every step the rows are those of all acts at once, and only what was new has been read."""
    south = nodes.both[0]
    source = Source(south.journal.alias)
    agrees = partial(agree, south, source)
    told(nodes)
    agrees()
    opened = south.view.ledger.finding(south.view.place, 1)
    for number in range(3):
        facts = {"when": "2026-11-20", "source": "own", "subject": {"en": "Said"}, "event": "n0"}
        south.say("account.enter", facts=facts, text=json.dumps({**TOLD, "event": "n0"}).encode())
        agrees()
        before = told_of(south.view).read
        south.say("remark", matter=opened.matter, facts={"event": f"n{number}"})
        nodes.meet()
        agrees()
        assert told_of(south.view).read - before < 6, "what was read before is not read again"
    blob = models.Enclosure.objects.using(south.journal.alias).filter(office_id=south.id).first()
    assert blob is not None
    blob.delete()
    agrees()


def test_a_process_begins_with_what_was_marked(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was marked, and whenever, a process that begins has the rows of all acts, and reads few."""
    south = nodes.both[0]
    alias, source = south.journal.alias, Source(south.journal.alias)
    tallying = Tallying(alias)

    def begins() -> int:
        """How many findings a process reads that begins."""
        monkeypatch.setattr(public, "_kept", {})
        agree(south, source)
        return told_of(south.view).read

    told(nodes)
    for number in range(12):
        south.say("note.send", facts={"class": "flood", "subject": {"en": "Rain"}}, text=b"It rains.")
        if number % 4 == 0:
            facts = {"when": "2026-11-20", "source": "own", "subject": {"en": "Said"}, "event": f"m{number}"}
            text = json.dumps({**TOLD, "event": f"m{number}"}).encode()
            opened = south.say("account.enter", facts=facts, text=text)
            south.say("remark", matter=opened, facts={"event": f"m{number}"})
        if number % 4 == 1:
            tallying.tally(south.id, 2)
        begins()
    rows = models.Enclosure.objects.using(alias).filter(office_id=south.id)
    blob = next(row for row in rows.order_by("-id") if b"chronicle/1" in bytes(row.blob))
    rows.filter(id=blob.id).delete()
    before = begins()
    while tallying.tally(south.id):
        pass
    assert begins() < before - 10, "what tells nothing is not read"
    # It comes after all that was counted has been looked at for marks.
    without = source.record(south.id).items
    blob.save(force_insert=True, using=alias)
    agree(south, source)
    begins()
    assert len(source.record(south.id).items) == len(without) + 1
