"""What is here of large enclosures is known again when the register that names them comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.line.test_large import BIG, call
from tests.line.test_restored import CALL
from tests.line.world import World
from yeollak.node.acting import Text
from yeollak.record.document import Act
from yeollak.record.enclosure import SALT, SMALL_RIGHT, Release
from yeollak.storage import files, models, reading


@pytest.mark.parametrize("released", [True, False], ids=["released", "sealed"])
def test_own_file_that_is_here_is_known_again_after_a_restore(world: World, released: bool) -> None:
    """Nobody else may have it: the other side has not fetched it yet, or may not."""
    south, north = world["south"], world["north"]
    south.save("backup")
    south.start()
    if released:
        digest = call(south, BIG).enclosures[0].digest
    else:
        due = world.clock.now() + timedelta(hours=20)
        text = Text(BIG, "text/plain", "en", "line.txt", "consent")
        act = south.say("note.tender", "co-head", text, facts={"subject": {"en": "A word"}}, due=due)
        document = reading.document(south.view, act)
        assert document is not None
        digest = Act.parse(document).enclosures[0].digest
    south.keeper.step()
    while south.couriers["north"].step():
        pass
    south.restore("backup")
    while south.couriers["north"].step():
        pass
    world.settle()
    assert reading.blob(south.view, digest, "south") is not None
    assert (reading.blob(north.view, digest) is not None) == released


def test_own_file_that_was_altered_is_not_taken_for_it_after_a_restore(world: World) -> None:
    south = world["south"]
    south.save("backup")
    south.start()
    digest = call(south, BIG).enclosures[0].digest
    world.settle()
    files.of(south.alias).drop(digest)
    files.of(south.alias).keep(digest, b"another")
    south.restore("backup")
    while south.couriers["north"].step():
        pass
    world.settle()
    kept = reading.blob(south.view, digest, "south")
    assert kept is not None
    assert kept[SALT:] == BIG


def test_what_followed_by_itself_is_given_back_with_an_act_that_it_goes_along_with(world: World) -> None:
    """Its register must come back whole from whoever has receipted it."""
    south, north = world["south"], world["north"]
    office = world.charter.office
    text = Text(b"small", "application/octet-stream", release="large")
    enclosed, blob = text.commit(office, "north", b"s" * 16, SMALL_RIGHT)
    models.Enclosure(office_id=office, digest=enclosed.digest, blob=blob).save(using=north.alias)
    rules: tuple[Release, ...] = ("large", "right")
    for slot, release in zip(("opening", "closing"), rules, strict=True):
        named = replace(enclosed, release=release)
        north.say("checkin.observe", "duty", facts={**CALL, "slot": slot}, enclosures=(named,))
        world.settle()
    place = south.charter.places["north"]
    given = south.port.entries("north", 0, south.sizes()[place])
    assert given is not None
    assert [one.blobs for one in given.arrivals if one.blobs] == [(blob,)]
