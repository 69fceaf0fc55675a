"""Restores and losses while there is no line (rule 9): what was packed counts as having left."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.line.carried import carry, clean, cut_off, equal, opened, packed, refused
from tests.line.conftest import Making
from tests.line.faulty import Crash
from tests.line.test_large import BIG, call
from tests.line.test_restored import CALL
from tests.line.world import World
from tests.storage.setup import migrated
from yeollak.errors import OurFault
from yeollak.node.pouch_status import status
from yeollak.record.enclosure import SALT
from yeollak.storage import files, models, reading


def test_a_pouch_that_left_after_the_backup(stored: World) -> None:
    """Rule 9: it counts as having left before anybody has opened it."""
    south, north = cut_off(stored)
    south.save("backup")
    said = [south.say() for _ in range(2)]
    done, paths = packed(south)
    south.restore("backup")
    assert refused(south) == "behind-anchor"
    asking, questions = packed(south)
    assert (asking.behind, asking.asks, asking.last) == ("behind-anchor", True, 0)
    # The other side has not got it yet: it can give nothing back, and nothing is appended.
    opened(north, *questions)
    back = carry(north, south)
    assert back.taken is not None
    assert back.taken.answered
    assert refused(south) == "behind-anchor"
    opened(north, *paths)
    _, questions = packed(south)
    opened(north, *questions)
    back = carry(north, south)
    assert back.taken is not None
    assert back.taken.back == 2
    said.append(south.say())
    carry(south, north)
    carry(north, south)
    assert equal(stored)
    assert clean(stored)
    assert all(reading.document(north.view, act) for act in said)
    assert done.last == 7


def test_backup_and_anchor_are_both_old_or_lost(world: World) -> None:
    """Without an anchor only an answer to a question of our own will do: another pouch may be an old one."""
    south, north = cut_off(world)
    stale = packed(north)[1]
    south.save("backup")
    lost = south.say()
    carry(south, north)
    south.restore("backup")
    south.anchor.path.unlink()
    assert refused(south) == "anchor-missing"
    questions = packed(south)[1]
    opened(south, *stale)
    assert refused(south) == "anchor-missing"
    opened(north, *questions)
    found = carry(north, south)
    assert found.taken is not None
    assert (found.taken.answered, found.taken.back) == (True, 1)
    assert reading.document(south.view, lost) is not None
    south.say()
    assert list((south.folder / "answers").iterdir())
    carry(south, north)
    carry(north, south)
    assert equal(world)
    assert clean(world)


def test_premises_are_lost_and_nothing_but_keys_and_charter_are_left(make: Making) -> None:
    world = make()
    (large,) = call(world["south"], BIG).enclosures
    world.settle()
    south, north = cut_off(world)
    before = south.sizes()
    south.stop()
    for path in south.folder.glob("node.db*"):
        path.unlink()
    south.anchor.path.unlink()
    shutil.rmtree(south.folder / "enclosures", ignore_errors=True)
    south.start()
    migrated(south.alias)
    south.journal.found(world.charter.raw, "south")
    south.anchor.path.unlink()
    for _ in range(3):
        carry(south, north)
        carry(north, south)
    assert south.sizes()[0] >= before[0]
    assert files.of(south.alias).size(large.digest) == len(BIG) + SALT
    south.say()
    carry(south, north)
    carry(north, south)
    assert equal(world)
    assert clean(world)


def test_the_other_side_was_restored_and_is_served_from_where_it_stands(world: World) -> None:
    south, north = cut_off(world)
    north.save("backup")
    south.say()
    carry(south, north)
    carry(north, south)
    assert reading.receipted(south.view, "north") == 6
    north.restore("backup")
    south.say()
    first = carry(south, north)
    assert first.taken is not None
    assert first.taken.refused == {"conflict": 1}
    back = carry(north, south)
    assert back.taken is not None
    assert "conflict" in back.taken.told
    second = carry(south, north)
    assert second.taken is not None
    assert second.taken.entries == 2
    carry(north, south)
    assert packed(south)[0].first == 7
    assert equal(world)


def test_a_forked_register_packs_nothing_of_itself(world: World) -> None:
    south, _ = cut_off(world)
    south.say()
    south.journal.raise_alarm(world.charter.office, "forked-register", {"side": "north"}, world.clock.now())
    done = packed(south)[0]
    assert (done.behind, done.first, done.last, done.asks) == ("forked-register", 0, 0, False)


def test_two_pouches_with_two_courses_of_one_register(world: World) -> None:
    """Whoever signs two is shown to have: the second is refused, and is kept as evidence (rule 7)."""
    south, north = cut_off(world)
    north.save("backup")
    north.say()
    one = packed(north)[1]
    north.restore("backup")
    north.anchor.path.unlink()
    north.journal.anchor_again(world.charter.office)
    north.say("checkin.observe", "duty", facts=CALL)
    other = packed(north)[1]
    opened(south, *one)
    held = south.sizes()
    (found,) = opened(south, *other).pouches
    assert found.taken is not None
    assert found.taken.refused == {"two-views": 1}
    assert south.sizes() == held
    assert "two-views" in south.alarms()
    assert south.view.rows(models.Evidence).exists()
    # The honest side's next pouch shows the other its own course, and its register stops.
    with pytest.raises(OurFault, match="forked-register"):
        opened(north, *packed(south)[1])
    assert packed(north)[0].behind == "forked-register"


def test_a_machine_that_dies_before_the_pouch_has_its_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counts as having left all the same; what was written beside is gone."""
    south, _ = cut_off(world)
    south.say()

    def dies(_made: Path, _path: Path) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr("yeollak.node.pouches._hand_out", dies)
        with pytest.raises(Crash):
            packed(south)
    left = south.anchor.read(world.charter.office)
    assert left is not None
    assert left[0] == south.sizes()[0]
    (told,) = status(south.open, world.charter.office)
    assert [(row["last"], row["receipted"]) for row in told["out"]] == [(left[0], False)]
    assert list((south.folder.parent / "carried").iterdir()) == []
