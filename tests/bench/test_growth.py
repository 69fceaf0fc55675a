"""What grows with a record and what does not: steps and questions are counted, never time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from bench import long, plots
from bench.desk_store import SOUTH, Kept, Scribe, Years
from bench.long_store import Sizes
from yeollak.node.acting import made
from yeollak.node.docket import docket
from yeollak.office.calendar import calendar_of
from yeollak.office.ledger import MemoryLedger
from yeollak.office.outages import Outages
from yeollak.office.propose import Draft, sign
from yeollak.office.waiting import waiting
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.storage import models
from yeollak.storage.own_register import NewAct
from yeollak.storage.reading import OfficeView
from yeollak.storage.stirred import Stirred


def asked(alias: str, work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connections[alias]) as found:
        work()
    return len(found)


def append(scribe: Scribe) -> None:
    """One act of a co-head, as it is handed in."""
    key, draft = scribe.keys[SOUTH], Draft("note.send", facts={"class": "flood", "subject": {"en": "Rain"}})

    def make(view: OfficeView) -> NewAct:
        prepared = made(view, key.kid, draft, (), scribe.now, None)
        entry = sign(view.office, view.side, prepared.document, key)
        return NewAct(entry.statement, entry.document, prepared.blobs)

    (done,) = scribe.journal.commit(scribe.id, [make], scribe.posts[SOUTH].register, scribe.now)
    assert isinstance(done, int), done


def longer(office: Kept, scribe: Scribe, weeks: int) -> None:
    years = Years(scribe)
    years.matters["long"] = office.matters["long"]
    for number in range(4, 4 + weeks):
        years.week(number)


def test_an_act_and_the_docket_ask_no_oftener_in_a_longer_record(office: Kept) -> None:
    scribe = Scribe(office.desks)
    scribe.now = office.now

    def costs() -> dict[str, int]:
        append(scribe)
        scribe.journal.fold(scribe.id, scribe.now)
        docket(scribe.view, scribe.now)
        return {
            "append": asked(scribe.node.alias, lambda: append(scribe)),
            "docket": asked(scribe.node.alias, lambda: docket(scribe.view, scribe.now)),
        }

    before = costs()
    longer(office, scribe, 3)
    after = costs()
    assert after["append"] <= before["append"]
    assert after["docket"] <= before["docket"] + 1
    assert before["append"] > 0


def test_the_docket_is_that_of_every_matter(office: Kept) -> None:
    scribe = Scribe(office.desks)
    scribe.now = office.now
    longer(office, scribe, 1)
    for later in (timedelta(), timedelta(days=3), timedelta(days=30)):
        append(scribe)  # counted, and not told to pages
        view, now = scribe.view, scribe.now + later
        assert view.ledger.shown != view.office.frontier()
        found = docket(view, now)
        assert found.waiting == waiting(view.office, now, found.calendar)
        assert len(found.waiting) > 2


def test_what_has_moved_is_told_once_and_costs_what_is_new(office: Kept) -> None:
    scribe = Scribe(office.desks)
    scribe.now = office.now
    moved = Stirred(scribe.node.alias)
    assert moved() == set()
    append(scribe)
    assert moved() == {scribe.id}
    assert moved() == set()
    scribe.receipt(SOUTH)
    assert moved() == {scribe.id}
    longer(office, scribe, 1)
    assert asked(scribe.node.alias, moved) == len(
        (models.Entry, models.Checkpoint, models.Receipt, models.Finding)
    )


def test_a_maker_without_a_store_names_registers_as_they_stand() -> None:
    trees = [Frontier().extend(leaf_hash(bytes([n])) for n in range(many)) for many in (3, 5)]
    sizes = Sizes(trees)
    assert [sizes.counted(place) for place in (0, 1)] == [3, 5]
    assert sizes.root(1, 5) == trees[1].root()
    with pytest.raises(LookupError):
        sizes.root(0, 2)


def result() -> dict[str, Any]:
    """Figures as of a run of two sizes, of which the larger lacks a step."""
    return {
        "run": {"cores": 2, "date": "2026-11-25"},
        "sizes": [1000, 10000],
        "of": {
            "1000": {
                "append": {"cpu_ms": 2.0, "queries": 17, "shown": {"cpu_ms": 1.0}},
                "proof": {"cpu_ms": 9.0},
            },
            "10000": {"append": {"cpu_ms": 2.5, "queries": 17, "shown": {"cpu_ms": 1.0}}},
        },
    }


def test_rows_and_plots_have_what_was_measured() -> None:
    rows = {name: long.line(result(), read) for name, _, read in long.rows(result())}
    assert rows["append of one act"] == {1000: 2.0, 10000: 2.5}
    assert rows["inclusion proof and its check"] == {1000: 9.0}
    assert rows["audit, all cores"] == {}
    assert list(long.plotted(result())) == ["growth-acts.svg"]
    newer = {"run": {}, "sizes": [10000], "of": {"10000": {"proof": {"cpu_ms": 20.0}}}}
    assert long.line(long.merged(result(), newer), long.at("proof", "cpu_ms")) == {1000: 9.0, 10000: 20.0}


def test_a_plot_is_straight_where_growth_is_a_power() -> None:
    drawn = plots.plot("A <title>", "ms", {"line & name": {10: 1.0, 100: 10.0, 1000: 100.0}, "none": {}})
    assert "A &lt;title&gt;" in drawn
    assert "line &amp; name" in drawn
    assert "none" not in drawn.split("<style>")[0]
    points = drawn.split('points="')[1].split('"')[0].split()
    places = [tuple(map(float, point.split(","))) for point in points]
    steps = [(x - a, y - b) for (a, b), (x, y) in itertools.pairwise(places)]
    assert steps[0] == pytest.approx(steps[1], abs=0.2)
    with pytest.raises(ValueError, match="nothing"):
        plots.plot("t", "ms", {"none": {}})


def test_lines_are_read_from_what_speaks_of_them(office: Kept) -> None:
    """As if every act had been looked at, by one question a side however long the record is."""
    scribe = Scribe(office.desks)
    scribe.now = office.now
    longer(office, scribe, 1)
    view = scribe.view
    calendar = calendar_of(view.office)
    every = Outages(calendar)
    for place, size in enumerate(view.office.frontier()):
        every.take(view.ledger.finding(place, index) for index in range(size))
    read = Outages(calendar)
    assert asked(view.alias, lambda: read.read(view.office)) == len(view.charter.sides)
    assert read._seen == every._seen
    assert sum(map(len, every._seen.values())) > 20
    memory = MemoryLedger(2)
    for place, size in enumerate(view.office.frontier()):
        for index in range(size):
            memory.add(view.ledger.finding(place, index))
    for names in (("check-in",), ("line", "standing"), ("note", "posting")):
        for place, start in ((0, 0), (1, 17)):
            assert list(memory.under(names, place, start)) == list(view.ledger.under(names, place, start))
