"""Where place decides although no table says `first`: when a side has gone on unseen, and only then.

Page 18 tells it under what schedules do not protect; every node finds the same all the same.
"""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest

from tests.office.world import World
from yeollak.errors import OurFault
from yeollak.office import fold as module
from yeollak.office.fold import fold
from yeollak.office.matter import natural_id

FORM = {"form": "flood.1"}
HOURS = timedelta(hours=1)


def phases(world: World, matter: str) -> tuple[str, str]:
    """What a matter has come to on every node, and what it would if the sides stood the other way round."""
    assert len({office.digest() for office in world.offices}) == 1
    office = world.offices[0]
    acts = [act for act in office.ledger.matter(matter) if not act.void]
    with mock.patch.object(module, "order", lambda act: (act.turn, -act.place)):
        turned = fold(office.folds(matter).procedure, acts, office.parties).state.phase
    return office.state(matter).state.phase, turned


def test_minutes_drafted_unseen_while_others_lapse() -> None:
    world = World().found()
    meeting = world.say("north", "meeting.held", facts={})
    world.meet()
    due = world.now + 8 * HOURS
    minutes = world.say("south", "meeting.minutes", matter=meeting, facts={"text": "1" * 64}, due=due)
    world.say("south", "meeting.lapse", matter=meeting, re=(minutes,), at=due)
    world.say("north", "remark", matter=meeting)
    world.say("north", "meeting.minutes", matter=meeting, facts={"text": "2" * 64}, due=due)
    world.meet()
    assert phases(world, meeting) == ("minuted", "reported")


def test_a_form_completed_unseen_and_retired_is_drafted_anew_by_nobody() -> None:
    """Since `retired` is the end, place decides nothing here: the lapse stands, whatever North went on to."""
    world = World().found()
    matter = natural_id(world.charter.office, "charter", "form/flood.1")
    due = world.now + 8 * HOURS
    one, other = {**FORM, "text": "1" * 64}, {**FORM, "text": "2" * 64, "digest": "4" * 64}
    draft = world.say("south", "form.draft", "co-head", facts={**one, "digest": "3" * 64}, due=due)
    world.say("south", "form.sign", "co-head", facts=one, re=(draft,))
    world.meet()
    world.say("north", "form.sign", "co-head", facts=one, re=(draft,))
    world.say("north", "form.retire", "co-head", facts=FORM)
    with pytest.raises(OurFault, match="act-void") as refused:
        world.say("north", "form.draft", "co-head", facts=other, due=due + HOURS)
    assert refused.value.data["why"] == "forbidden"
    retired = world.offices[1].state(matter).state
    assert (retired.phase, retired.slots["digest"], retired.slots["text"]) == ("retired", "3" * 64, "1" * 64)
    world.say("south", "form.retract", "co-head", facts=FORM)
    world.say("south", "form.sign", "co-head", facts=one, re=(draft,))
    world.say("south", "form.lapse", "co-head", facts=FORM, re=(draft,), at=due)
    world.meet()
    assert phases(world, matter) == ("lapsed", "lapsed")
