"""What nobody waits for and Today asks all the same: texts that nobody has signed to have read, and meetings
of which nobody has said whether they were held.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.staff.desks import Desks
from yeollak.desk.staff import asking
from yeollak.node.acting import Text, act, released
from yeollak.office.calendar import calendar_of
from yeollak.office.propose import Draft
from yeollak.office.unread import DELIVERED, unread
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.table import Role
from yeollak.record.canon import format_instant
from yeollak.storage import matters

HOSTILE = '"read/south": <b>of what is not read</b>'


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "north", "south")
    yield made
    made.close()


def do(desks: Desks, side: str, kind: str, *texts: Text, **of: Any) -> str:
    """An act that both sides hold when this returns."""
    made = act(desks.nodes[side], desks.office, desks.keys[side], Draft(kind, **of), texts)
    desks.until(desks.settled)
    return made


def lane(desks: Desks) -> str:
    """What stands on Today with us."""
    return desks.browser("south").get("/1/").text.split('id="with-us"')[1].split('id="with-them"')[0]


# without a node


def test_the_phases_are_those_in_which_the_tables_let_a_text_be_read() -> None:
    tables = {one.name: one for one in PROCEDURES}
    for name, phases in DELIVERED.items():
        rows = tables[name].rows
        assert all(rows[phase][f"{name}.read"].by is Role.COUNTERPART for phase in phases)


@given(
    phase=st.sampled_from(["tendered", "taken", "delivered", "unanswered", "answered", "routed"]),
    signed=st.sets(st.sampled_from(["received/south", "read/south", "shown/south", "answer/south"])),
    others=st.sets(st.sampled_from(["read/north", "translated/sight/north", "due", "waits", "text"])),
    translated=st.booleans(),
)
def test_whatever_our_side_signs_ends_it_and_nothing_of_the_others_does(
    phase: str, signed: set[str], others: set[str], translated: bool
) -> None:
    slots: dict[str, Any] = dict.fromkeys((*signed, *others), "x")
    slots |= {"translated/rough/south": "x"} if translated else {}
    slots |= {"opener": "north", "to": ["south"]}
    held = phase in ("delivered", "unanswered") and not signed and not translated
    assert unread("note", phase, slots, "south") is held
    assert not unread("note", phase, slots, "north")
    assert not unread("meeting", phase, slots, "south")


# with a desk


def test_a_note_as_of_right_stands_with_us_until_somebody_signs_that_he_has_it(desks: Desks) -> None:
    text = Text(b"Of the flood.", "text/plain", "en")
    facts = {"subject": {"en": HOSTILE}, "class": "flood"}
    sent = do(desks, "north", "note.send", text, facts=facts)
    view = desks.view("south")
    assert matters.delivered(view, "south") == [sent]
    assert matters.delivered(view, "north") == []
    ours = lane(desks)
    assert "of what is not read" in ours
    assert "<b>of" not in ours
    assert "Delivered by North; nobody here has signed that it was read." in ours
    assert "Nothing waits on us" not in desks.browser("south").get("/1/").text
    do(desks, "south", "note.received", matter=sent)
    assert matters.delivered(desks.view("south"), "south") == []
    assert "of what is not read" not in lane(desks)


def test_a_note_that_was_taken_up_and_delivered_stands_there_and_one_with_a_due_only_once(
    desks: Desks,
) -> None:
    later = desks.nodes["north"].clock.now() + timedelta(hours=5)
    made = {}
    for name, due in (("of no due", None), ("of a due", later)):
        text = Text(name.encode(), "text/plain", "en", None, "consent")
        note = do(desks, "north", "note.tender", text, facts={"subject": {"en": name}}, due=later)
        do(desks, "south", "note.take", matter=note, re=(note,), due=later)
        assert note not in matters.delivered(desks.view("south"), "south")
        view = desks.view("north")
        kept = tuple(released(view, one) for one in view.office.state(note).state.slots["text"])
        do(desks, "north", "note.deliver", matter=note, due=due, enclosures=kept)
        made[name] = note
    assert set(matters.delivered(desks.view("south"), "south")) == set(made.values())
    ours = lane(desks)
    assert ours.count(f'/matters/{made["of no due"]}/"') == ours.count(f'/matters/{made["of a due"]}/"') == 2
    assert ours.count("nobody here has signed that it was read") == 1
    for note in made.values():
        do(desks, "south", "note.answer", matter=note)
    assert matters.delivered(desks.view("south"), "south") == []


def test_an_agreed_meeting_is_asked_after_from_its_hour_on_until_our_side_has_reported(desks: Desks) -> None:
    now = desks.nodes["south"].clock.now()
    begins = (now - timedelta(minutes=5)).replace(microsecond=0)
    facts: dict[str, Any] = {
        "level": "liaison",
        "topic": {"en": "Talks of the hour"},
        "start": format_instant(begins),
    }
    talks = do(desks, "north", "meeting.propose", facts=facts, due=now + timedelta(hours=1))
    view = desks.view("south")
    calendar = calendar_of(view.office, view.office.terms())
    assert asking.passed(view, calendar, now) == []  # nobody has agreed to it yet
    do(desks, "south", "meeting.agree", matter=talks, re=(talks,))
    view = desks.view("south")
    assert asking.passed(view, calendar, begins - timedelta(seconds=1)) == []
    (found,) = asking.passed(view, calendar, begins)
    assert (found.matter, found.at, found.reported) == (talks, begins, False)
    ours = lane(desks)
    assert "Its hour has passed; nobody has said whether it was held." in ours
    assert "Held or not held" in ours
    do(desks, "north", "meeting.held", matter=talks)
    assert "Another side has said what came of it; ours has not." in lane(desks)
    assert asking.passed(desks.view("north"), calendar, now) == []
    assert asking.passed(desks.view("south"), calendar, now + timedelta(days=30)) == []
    do(desks, "south", "meeting.not-held", matter=talks)
    assert "Talks of the hour" not in lane(desks)


def test_a_meeting_of_which_only_the_day_is_known_is_asked_after_when_the_day_is_over(desks: Desks) -> None:
    view = desks.view("south")
    calendar = calendar_of(view.office, view.office.terms())
    today = calendar.day(desks.nodes["south"].clock.now())
    planned = do(
        desks, "north", "meeting.planned", facts={"topic": {"en": "Of a day"}, "start": today.isoformat()}
    )
    view, over = desks.view("south"), calendar.end(today)
    assert asking.passed(view, calendar, over - timedelta(seconds=1)) == []
    (found,) = asking.passed(view, calendar, over)
    assert (found.matter, found.whole_day) == (planned, True)
