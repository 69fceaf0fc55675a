"""The page that is drawn from the calls that are kept is the one that is drawn from all of them, over random
records: calls entered late, by one side or both, that end a silence or go on with it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

import tests.office.statistics.worlds as drawn
from tests.office.test_worlds import arrivals
from tests.office.world import rng
from tests.storage.test_tallies import hold, world_of
from yeollak.desk import sections
from yeollak.desk.public import build
from yeollak.desk.sections import Sections
from yeollak.storage import public, reading, told_calls
from yeollak.storage.journal import Journal
from yeollak.storage.public import RecordRow, Source, _matters, counted, rows_of
from yeollak.storage.reading import OfficeView
from yeollak.storage.tallying import Tallying
from yeollak.storage.told_calls import CALLS

RUNS = 12
REMARK = {"subject": {"en": "The bell was heard."}}
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def whole(view: OfficeView) -> RecordRow:
    """The rows of all acts at once."""
    charter = Source(view.alias).record(view.id).charter
    blobs, matters = partial(reading.blobs, view), partial(_matters, view)
    return rows_of(view.id, charter, counted(view), blobs, matters, reading.heads(view), NOW)


def shown(record: RecordRow) -> Sections:
    """What the page shows."""
    return sections.sections(build(record))


def told_afresh(node: Any, monkeypatch: pytest.MonkeyPatch) -> Sections:
    """What a process that begins shows."""
    with monkeypatch.context() as patch:
        patch.setattr(public, "_kept", {})
        return shown(Source(node.journal.alias, lambda: NOW).record(node.id))


def enter(node: Any, day: int, view: str, slot: str = "opening", **facts: str) -> None:
    """Enter a call of October 2018."""
    facts |= {"date": f"2018-10-{day:02}", "slot": slot, "view": view}
    node.say("checkin.observe", facts=facts)


@pytest.mark.parametrize("kind", ["remark", "reservation"])
@pytest.mark.parametrize("whose", ["south", "north"])
def test_a_remark_on_a_call_leaves_the_page_as_it_is(
    nodes: Any, monkeypatch: pytest.MonkeyPatch, kind: str, whose: str
) -> None:
    """It states no day, as observations do, whichever side speaks and whether or not its call is kept."""
    monkeypatch.setattr(told_calls, "NEWEST", 2)
    monkeypatch.setattr(sections, "MOST_CALLS", 2)
    south, north = nodes.found().both
    views = ("answered", "unanswered", "unanswered", "unanswered", "unanswered", "unanswered")
    for day, view in enumerate(views, start=1):
        enter(south, day, view)
    nodes.meet()
    tallier, source = Tallying(south.journal.alias), Source(south.journal.alias, lambda: NOW)
    while tallier.tally(south.id):
        pass
    monkeypatch.setattr(public, "_kept", {})
    before = shown(source.record(south.id))
    assert before.silent_since is not None
    assert before.silent_since.when.day.day == 2
    kept = {one.matter for one in source.record(south.id).acts}
    known = list(south.view.ledger.matters(CALLS))
    assert set(known) - kept, "a call that is not kept is among them"
    for matter in known:
        (north if whose == "north" else south).say(kind, matter=matter, facts=REMARK)
        nodes.meet()
        assert shown(source.record(south.id)) == told_afresh(south, monkeypatch)
        assert shown(source.record(south.id)) == shown(whole(reading.office_view(source.alias, south.id)))
    after = shown(source.record(south.id))
    assert (after.silent_since, after.calls, after.calls_beyond) == (
        before.silent_since,
        before.calls,
        before.calls_beyond,
    )
    while tallier.tally(south.id):
        pass
    assert told_afresh(south, monkeypatch) == after


@pytest.mark.parametrize("beside", [{"view": "answered"}, {"view": "unanswered", "line": "face-to-face"}])
def test_what_is_passed_on_beside_a_word_of_ones_own_ends_a_silence_on_the_page(
    nodes: Any, monkeypatch: pytest.MonkeyPatch, beside: dict[str, str]
) -> None:
    """It changes no figure, so that what the store has counted does not tell it."""
    monkeypatch.setattr(told_calls, "NEWEST", 1)
    monkeypatch.setattr(sections, "MOST_CALLS", 1)
    south, north = nodes.found().both
    enter(south, 1, "answered")
    enter(south, 2, "unanswered")
    enter(north, 4, source="press", **beside)
    nodes.meet()
    for day in range(3, 9):
        enter(south, day, "unanswered")
    nodes.meet()
    tallier = Tallying(south.journal.alias)
    while tallier.tally(south.id):
        pass
    found = told_afresh(south, monkeypatch)
    assert found.silent_since is not None
    assert found.silent_since.when.day.day == 5
    assert found == shown(whole(reading.office_view(south.journal.alias, south.id)))


@pytest.mark.parametrize("number", range(RUNS))
def test_the_page_of_the_calls_that_are_kept_is_that_of_all(
    aliases: tuple[str, str], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(drawn.DRAWN, "view", ("unanswered",) * 6 + ("answered", "late"))
    monkeypatch.setattr(drawn, "OPENINGS", ("checkin.observe",) * 12 + ("note.send", "standing.open"))
    world, chance = world_of(number, monkeypatch, "calls"), rng(5000 + number)
    alias, journal, tallier = aliases[0], Journal(aliases[0]), Tallying(aliases[0])
    office, source = journal.found(world.charter.raw, "south"), Source(aliases[0], lambda: NOW)
    monkeypatch.setattr(told_calls, "NEWEST", 3)
    monkeypatch.setattr(sections, "MOST_CALLS", 3)
    for have in arrivals(chance, world.sizes()):
        hold(journal, reading.office_view(alias, office), world, have)
        for _ in range(chance.choice((0, 1, 3))):
            tallier.tally(office, chance.choice((2, 20)))
        if chance.random() < 0.6:
            monkeypatch.setattr(public, "_kept", {})
        view = reading.office_view(alias, office)
        found, everything = source.record(office), whole(view)
        assert shown(found) == shown(everything)
        assert {act.act for act in found.acts} <= {act.act for act in everything.acts}
    while tallier.tally(office):
        pass
    monkeypatch.setattr(public, "_kept", {})
    found = source.record(office)
    assert shown(found) == shown(whole(reading.office_view(alias, office)))
    calls = {act.matter for act in found.acts if act.kind == "checkin.observe"}
    assert found.calls_before > 0
    assert len(calls) < 12, "no more than the newest, and where the silence begins"

    assert told_calls.NEWEST >= sections.MOST_CALLS
