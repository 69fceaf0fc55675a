"""The pages of two nodes that hold the same are the same, byte for byte, in whatever order each has counted:
acts that crossed are counted in another order on either side.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from django.test import override_settings

import tests.office.statistics.worlds as drawn
from tests.office.test_worlds import arrivals
from tests.office.world import rng
from tests.storage.setup import ready
from tests.storage.test_tallies import hold, world_of
from yeollak.desk import views
from yeollak.desk.public import build
from yeollak.desk.sections import sections
from yeollak.office.statistics.calls import calls
from yeollak.office.statistics.reading import Reader
from yeollak.storage import models, public, reading
from yeollak.storage.journal import Journal
from yeollak.storage.public import RecordRow, Source
from yeollak.words import LANGUAGES

ready()

RUNS = 8
NOW = datetime(2026, 11, 25, tzinfo=UTC)
FACE, PHONE = {"line": "face-to-face", "time": "09:00"}, {"line": "phone", "time": "10:30"}


def page(record: RecordRow, lang: str = "en") -> bytes:
    """The bytes of a page."""
    office = build(record)
    with override_settings(ROOT_URLCONF="yeollak.node.urls"):
        return views._rendered(lang, views.Shown(office, sections(office), "", None), {})


def record(node: Any) -> RecordRow:
    """What a process that begins shows of a node."""
    public._kept.clear()
    return Source(node.journal.alias, lambda: NOW).record(node.id)


def counted(alias: str, office: str) -> list[tuple[int, int]]:
    """The entries in the order of counting."""
    rows = models.Finding.objects.using(alias).filter(office_id=office).order_by("id")
    return list(rows.values_list("place", "index"))


def call(node: Any, **facts: Any) -> None:
    node.say("checkin.observe", facts={"date": "2018-10-02", "slot": "opening", "view": "answered", **facts})


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("south_says", "north_says"), list(permutations([FACE, PHONE])))
def test_a_call_that_two_sides_enter_at_once_is_shown_alike(
    nodes: Any, south_says: dict[str, str], north_says: dict[str, str], lang: str
) -> None:
    south, north = nodes.found().both
    call(south, **south_says)
    call(north, **north_says)
    nodes.meet()
    assert counted(south.journal.alias, south.id) != counted(north.journal.alias, north.id)
    one, other = (page(record(node), lang) for node in (south, north))
    assert one == other
    assert b'id="calls"' in one
    for node in (south, north):
        # The figures say the same of it.
        view = node.view
        reader = Reader(view.office, view.office.frontier(), "Asia/Seoul")
        matters = [found for matter in view.ledger.matters("check-in") if (found := reader.read(matter))]
        (counted_call,) = calls(matters, view.charter.sides)
        (shown,) = sections(build(record(node))).calls
        assert shown.when.instant is not None
        assert f"{shown.when.instant:%H:%M}" == counted_call.hour
        seen = {"answered-call"} if counted_call.line == "phone" else {"held"}
        assert {one.term for one in shown.seen} == seen


@pytest.mark.parametrize("number", range(RUNS))
def test_pages_are_equal_whatever_was_counted_first(
    aliases: tuple[str, str], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "_kept", {})
    monkeypatch.setattr(
        drawn, "OPENINGS", ("checkin.observe",) * 6 + ("note.send", "standing.open", *drawn.OPENINGS)
    )
    world = world_of(number, monkeypatch, "equal pages")
    made, orders = [], []
    for at, (alias, side) in enumerate(zip(aliases, ("south", "north"), strict=True)):
        journal = Journal(alias)
        office = journal.found(world.charter.raw, side)
        for have in arrivals(rng(7000 + 10 * number + at), world.sizes()):
            hold(journal, reading.office_view(alias, office), world, have)
        found = Source(alias, lambda: NOW).record(office)
        public._kept.clear()
        made.append((build(found), page(found)))
        orders.append(counted(alias, office))
    assert sorted(orders[0]) == sorted(orders[1])
    assert made[0] == made[1]
    assert orders[0] != orders[1]
