"""The page that is drawn from the calls that are kept is the one that is drawn from all of them, over random
records: calls entered late, by one side or both, that end a silence or go on with it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

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

RUNS = 12
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def whole(view: OfficeView) -> RecordRow:
    """The rows of all acts at once."""
    charter = Source(view.alias).record(view.id).charter
    blobs, matters = partial(reading.blobs, view), partial(_matters, view)
    return rows_of(view.id, charter, counted(view), blobs, matters, reading.heads(view), NOW)


def shown(record: RecordRow) -> Sections:
    """What the page shows."""
    return sections.sections(build(record))


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
