"""What waits: the foremost are looked at, the others are counted, and nothing of it comes out otherwise."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

from tests.storage.nodes import Nodes
from yeollak.node.docket import docket, kept
from yeollak.office.waiting import Word, certain, late
from yeollak.office.waiting import waiting as everything
from yeollak.office.zones import whole
from yeollak.storage import models
from yeollak.storage.waits import foremost

LATE = {Word.OVERDUE, Word.UNANSWERED}


def busy(nodes: Nodes) -> None:
    """Notes of all precedences from both sides, with times that have passed and that come."""
    chance = Random(5)
    nodes.found()
    for number in range(40):
        node = nodes.both[number % 2]
        due = node.now + timedelta(hours=chance.randrange(2, 200))
        precedence = chance.choice(("routine", "routine", "routine", "priority", "immediate", "flash"))
        facts = {"class": "flood", "subject": {"en": f"Rain {number}"}}
        node.say("note.tender", facts=facts, due=due, precedence=precedence)
    nodes.meet()


def test_what_a_lane_shows_is_the_same_and_the_rest_is_counted(nodes: Nodes) -> None:
    busy(nodes)
    for view in (node.view for node in nodes.both):
        for hours in (0, 48, 100, 400, 700, 2000):
            now = whole(nodes.both[0].now + timedelta(hours=hours))
            calendar, outages = kept(view)
            asked = list(view.rows(models.Awaited).values_list("matter", flat=True))
            items = everything(view.office, now, calendar, outages=outages, matters=asked)
            for most in (1, 3, 100):
                first = foremost(view, now, most, certain(now, calendar, outages))
                found = everything(view.office, now, calendar, outages=outages, matters=first.matters)
                for side in view.charter.sides:
                    whole_lane = [one for one in items if one.awaited == side]
                    lane = [one for one in found if one.awaited == side]
                    assert lane[:most] == whole_lane[:most], "the most urgent are among the foremost"
                    by_time = sorted(whole_lane, key=lambda one: one.until)
                    assert {one.matter for one in by_time[:most]} <= {one.matter for one in lane}
                    assert len(lane) + first.many(side) == len(whole_lane)
                    others = [other for other in view.charter.sides if other != side]
                    beyond = [one for one in first.passed if one.side == side]
                    late_here = sum(one.word in LATE for one in lane) + sum(
                        late(one.due, side, others, now, calendar, outages) for one in beyond
                    )
                    late_here += first.over.get(side, 0)
                    assert late_here == sum(one.word in LATE for one in whole_lane)


def test_a_docket_says_how_much_is_beyond_it(nodes: Nodes) -> None:
    busy(nodes)
    view, now = nodes.both[0].view, nodes.both[0].now + timedelta(hours=100)
    whole_docket = docket(view, now, None, None)
    assert not whole_docket.beyond
    assert docket(view, now).waiting == whole_docket.waiting, "few are all shown"
    found = docket(view, now, None, 2)
    assert set(found.waiting) < set(whole_docket.waiting)
    assert found.waiting[0] == whole_docket.waiting[0]
    many = Counter(one.awaited for one in whole_docket.waiting)
    shown = Counter(one.awaited for one in found.waiting)
    assert {side: n for side in many if (n := many[side] - shown[side])} == dict(found.beyond)
