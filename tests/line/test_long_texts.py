"""What acts are found by takes no more room than what came with them."""

from __future__ import annotations

from tests.line.conftest import Making
from tests.line.test_restored import CALL
from tests.line.world import Node
from yeollak.node.acting import Text
from yeollak.record.enclosure import SMALL_RIGHT
from yeollak.storage import files, models
from yeollak.storage.searching import find

TEXT = b"the river has left its bed " * 4000


def name_it(node: Node, days: range) -> None:
    """Name one long text of our own by an act for each day."""
    office = node.charter.office
    text = Text(TEXT, "text/plain", "en", release="large")
    enclosed, blob = text.commit(office, node.side, b"s" * 16, SMALL_RIGHT)
    files.of(node.alias).keep(enclosed.digest, blob)
    if not node.view.rows(models.Enclosure).exists():
        models.Enclosure(office_id=office, digest=enclosed.digest, blob=b"").save(using=node.alias)
    for day in days:
        facts = {**CALL, "date": f"2018-10-{day}"}
        node.say("checkin.observe", "duty", facts=facts, enclosures=(enclosed,))


def test_a_long_text_that_many_acts_name_is_kept_with_few(make: Making) -> None:
    """Whether it has come after them or before."""
    world = make()
    south, north = world["south"], world["north"]
    for days in (range(10, 16), range(16, 22)):
        name_it(north, days)
        world.settle()
        while south.journal.show(world.charter.office, world.clock.now()):
            pass
        acts = south.view.rows(models.Passage).filter(texts__contains="river").values_list("act").distinct()
        assert acts.count() == 2
        named = south.view.rows(models.Named).order_by("id").values_list("act", flat=True)
        assert {act for (act,) in acts} == set(named[:2])
    assert find(south.view, "river").matters
