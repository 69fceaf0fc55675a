"""The rows behind the public page: which acts they hold, and a version that follows the record."""

from __future__ import annotations

import pytest

from tests.storage.nodes import Nodes
from tests.storage.test_projections import TOLD, told
from yeollak.storage import models
from yeollak.storage.public import Source


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
