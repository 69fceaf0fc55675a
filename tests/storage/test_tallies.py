"""What the store has counted for figures and call books is what is derived afresh, over random records: acts
that cross, that come late, that are void or overtaken, in any order, and however much the store has counted.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

import tests.office.world as worlds
from tests.office.statistics.worlds import FIRST, random_world
from tests.office.test_worlds import arrivals, everything
from tests.office.world import World, card_of, keys_of, rng, seed
from yeollak.errors import OurFault
from yeollak.office.calendar import calendar_of
from yeollak.office.callbook import CallBook
from yeollak.office.charter import Charter, draft
from yeollak.office.outages import Outages
from yeollak.office.statistics import Period, figures, zones_of
from yeollak.storage import figuring, models, public, reading, tallies, tallying
from yeollak.storage.figuring import Figuring
from yeollak.storage.folding import entry_row
from yeollak.storage.journal import Journal
from yeollak.storage.lines import outages
from yeollak.storage.reading import OfficeView
from yeollak.storage.rebuild import rebuild
from yeollak.storage.tallying import Tallying
from yeollak.storage.waits import foremost

NOW = datetime(2021, 1, 1, tzinfo=UTC)
#: The sides read other clocks: an instant lies on one day here and on another there.
ZONES = ("Asia/Seoul", "America/New_York", "Asia/Kolkata")
EVER = (date(2000, 1, 1), date(2100, 1, 1))
RUNS = 8


def world_of(number: int, patch: pytest.MonkeyPatch, test: str = "") -> World:
    """A random world whose office and whose sides' clocks are its own."""

    def charter(sides: tuple[str, ...]) -> Charter:
        cards = []
        for side, zone in zip(sides, ZONES, strict=False):
            nonce = seed(side, test, number).hex()
            card = replace(card_of(side), nonce=nonce, time_zone=zone)
            cards.append(card.signed(keys_of(side).authority))
        return Charter.parse(draft(cards, {"name": {"en": "Test office"}}, {}))

    patch.setattr(worlds, "charter_of", charter)
    return random_world.__wrapped__(number)


def hold(journal: Journal, view: OfficeView, world: World, have: tuple[int, ...]) -> None:
    """Let the store hold so much of every register, count what it can and tell pages."""
    for place, size in enumerate(have):
        with journal.atomic():
            head = journal._head(view, place)
            entries = [(index, world.whole.entry(place, index)) for index in range(head.size, size)]
            rows = [entry_row(view.id, place, at, one.statement, one.document, 0) for at, one in entries]
            journal._store(view, head, rows, {})
    journal.fold(view.id, NOW, show=False)
    while journal.show(view.id, NOW):
        pass


def stored(alias: str, office: str) -> list[Any]:
    """Every row of what was counted."""
    view = reading.office_view(alias, office)
    found = []
    for model in (models.TallyCell, models.TallyEvent):
        names = [field.attname for field in model._meta.fields if field.attname != "id"]
        found.append(sorted(view.rows(model).values_list(*names), key=repr))
    return found


def period(chance: Random, zones: tuple[str, ...]) -> Period:
    """Days of which the worlds speak: all, a year, a month or so."""
    first = FIRST + timedelta(days=chance.randrange(-40, 90))
    last = first + timedelta(days=chance.choice((1, 7, 31, 200)))
    whole = first.replace(day=1), (first.replace(day=1) + timedelta(days=40)).replace(day=1)
    year = date(first.year, 1, 1), date(first.year + 1, 1, 1)
    return Period(*chance.choice((EVER, (first, last), whole, year)), chance.choice(zones))


@pytest.mark.parametrize("number", range(RUNS))
def test_what_is_stored_is_what_is_derived_afresh(
    aliases: tuple[str, str], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, chance = world_of(number, monkeypatch), rng(1000 + number)
    journal, tallier = Journal(aliases[0]), Tallying(aliases[0])
    office = journal.found(world.charter.raw, "south")
    view, kept = reading.office_view(aliases[0], office), Figuring(aliases[0], office)
    lines: Outages | None = None
    for have in arrivals(chance, world.sizes()):
        hold(journal, view, world, have)
        for _ in range(chance.choice((0, 0, 1, 3))):
            tallier.tally(office, chance.choice((1, 3, 20)))
        view.refresh()
        kept.refresh()
        zones = zones_of(view.office)
        for _ in range(3):
            asked = period(chance, zones)
            found, afresh = kept.figures(asked), figures(view.office, None, asked)
            assert found.encode() == afresh.encode()
            earlier = chance.choice(everything(view.office) or [None])
            if earlier is not None:
                then = figures(view.office, earlier.after, asked)
                assert kept.figures(asked, earlier.after).encode() == then.encode()
        calendar = calendar_of(view.office)
        lines, read = outages(view, calendar, lines), Outages(calendar).read(view.office)
        for found_here in (lines, outages(view, calendar)):
            for key in found_here._seen.keys() | read._seen.keys():
                assert found_here._dead(key) == read._dead(key)
        book, days = CallBook(view.office, zones[0]).read(), period(chance, zones[:1])
        assert kept.calls_between(days.since, days.until) == list(book.between(days.since, days.until))
        assert kept.streaks_and_firsts(days) == book.told(days)
    for name, figure in found.own.items():
        assert dict(figure.matters) == dict(afresh.own[name].matters)
    while tallier.tally(office, 5):
        pass
    assert tallies.untold(view) == 0
    assert tallies.frontier(view) == view.office.frontier()
    at_last = stored(aliases[0], office)
    assert at_last[0], "nothing was counted"
    # In one step, after everything was thrown away, it comes to the same rows.
    rebuild(aliases[0], office, NOW)
    assert not any(stored(aliases[0], office))
    while tallier.tally(office):
        pass
    assert stored(aliases[0], office) == at_last


def test_what_nodes_say_counts_nowhere_whenever_it_is_asked(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their matters speak of days as others do, and grow behind the point that is asked for."""
    world, zone = world_of(5, monkeypatch, "nodes"), ZONES[0]
    for _ in range(4):
        for side in world.sides:
            world.say(side, "line.seen", "node")
        world.say("south", "note.send", facts={"class": "flood", "subject": {"en": "Rain"}})
        world.meet()
    line = next(
        one.matter for one in everything(world.offices[0]) if one.move and one.move.kind == "line.seen"
    )
    world.say("south", "remark", matter=line, checked=False)
    world.say("south", "line.seen", "node")
    world.meet()
    journal, tallier = Journal(aliases[0]), Tallying(aliases[0])
    office = journal.found(world.charter.raw, "south")
    view = reading.office_view(aliases[0], office)
    hold(journal, view, world, world.sizes())
    while tallier.tally(office):
        pass
    view.refresh()
    kept, ever = Figuring(aliases[0], office), Period(*EVER, zone)
    kept.refresh()
    for at in {one.after for one in everything(view.office)[-16:]} | {view.office.frontier()}:
        found = kept.figures(ever, at)
        assert found.encode() == figures(view.office, at, ever).encode()
        assert not any(kind.startswith(tallies.MACHINES) for _, _, kind in found.own["acts"].cells)
    for name, figure in found.own.items():
        assert dict(figure.matters) == dict(figures(view.office, at, ever).own[name].matters)


def test_worlds_have_late_acts_that_change_what_was_counted(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The property above would hold of records that only ever add."""
    less = 0
    for number in range(6):
        world = world_of(number, monkeypatch, "late")
        journal, tallier = Journal(aliases[0]), Tallying(aliases[0])
        office = journal.found(world.charter.raw, "south")
        view = reading.office_view(aliases[0], office)
        for have in arrivals(rng(1000 + number), world.sizes()):
            hold(journal, view, world, have)
            before = {row[:6]: row[6] for row in stored(aliases[0], office)[0]}
            while tallier.tally(office):
                pass
            after = {row[:6]: row[6] for row in stored(aliases[0], office)[0]}
            less += sum(after.get(cell, 0) < many for cell, many in before.items())
    assert less > 3


def test_other_rules_derive_it_anew(aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_of(1, monkeypatch, "rules")
    journal, tallier = Journal(aliases[0]), Tallying(aliases[0])
    office = journal.found(world.charter.raw, "south")
    view = reading.office_view(aliases[0], office)
    hold(journal, view, world, world.sizes())
    while tallier.tally(office):
        pass
    view.refresh()
    counted, ever = stored(aliases[0], office), Period(*EVER, ZONES[0])
    monkeypatch.setattr(tallies, "RULE", "of another program")
    assert not any(tallies.frontier(view)), "what other rules have counted is not shown"
    kept = Figuring(aliases[0], office)
    kept.refresh()
    assert kept.figures(ever).encode() == figures(view.office, None, ever).encode()
    monkeypatch.setattr(tallying, "_DROPPED", 7)
    while tallier.tally(office):
        pass
    assert tallies.frontier(view) == view.office.frontier()
    assert stored(aliases[0], office) == counted
    kept.refresh()
    assert kept.figures(ever).encode() == figures(view.office, None, ever).encode()


def test_a_store_that_is_far_behind_tells_as_of_what_it_has(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(2, monkeypatch, "far")
    journal, tallier = Journal(aliases[0]), Tallying(aliases[0])
    office = journal.found(world.charter.raw, "south")
    view = reading.office_view(aliases[0], office)
    hold(journal, view, world, world.sizes())
    monkeypatch.setattr(figuring, "FAR", 10)
    tallier.tally(office, 6)
    tallier.tally(office, 6)
    view.refresh()
    at, ever, kept = tallies.frontier(view), Period(*EVER, ZONES[0]), Figuring(aliases[0], office)
    kept.refresh()
    assert kept.behind == sum(view.office.frontier()) - sum(at) > 10
    assert kept.figures(ever).encode() == figures(view.office, at, ever).encode()
    with pytest.raises(OurFault) as raised:
        kept.figures(ever, view.office.frontier())
    assert raised.value.code == "figures-behind"
    while tallier.tally(office, 6):
        pass
    kept.refresh()
    assert kept.behind == 0
    assert kept.figures(ever).encode() == figures(view.office, None, ever).encode()


def test_two_that_count_the_same_store_it_once(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(3, monkeypatch, "twice")
    journal, tallier = Journal(aliases[0]), Tallying(aliases[0])
    office = journal.found(world.charter.raw, "south")
    view = reading.office_view(aliases[0], office)
    hold(journal, view, world, world.sizes())
    derived = tallying._Portion

    def meanwhile(*given: Any) -> Any:
        made = derived(*given)
        monkeypatch.setattr(tallying, "_Portion", derived)
        Tallying(aliases[0]).tally(office)
        return made

    tallier.tally(office)
    monkeypatch.setattr(tallying, "_Portion", meanwhile)
    while tallier.tally(office):
        pass
    counted = stored(aliases[0], office)
    rebuild(aliases[0], office, NOW)
    while tallier.tally(office):
        pass
    assert stored(aliases[0], office) == counted


def test_no_question_goes_through_all_acts(aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite chooses an index by itself: one that has it look at every act of an office is a wrong one."""
    connection = connections[aliases[0]]
    if connection.vendor != "sqlite":
        pytest.skip("what PostgreSQL chooses depends on how much there is")
    world = world_of(4, monkeypatch, "questions")
    journal, tallier = Journal(aliases[0]), Tallying(aliases[0])
    office = journal.found(world.charter.raw, "south")
    view, kept = reading.office_view(aliases[0], office), Figuring(aliases[0], office)
    hold(journal, view, world, world.sizes())
    view.refresh()
    ever = Period(*EVER, ZONES[0])
    with CaptureQueriesContext(connection) as asked:
        for _ in range(4):
            tallier.tally(office, 8)
        kept.refresh()
        kept.figures(ever)
        kept.figures(ever, view.ledger.finding(0, 5).after)
        kept.calls_between(*EVER)
        outages(view, calendar_of(view.office))
        foremost(view, NOW, 3)
        public.told_of(view).acts(view, lambda _: {})
        view.office.digest()
        view.office.digest(view.ledger.finding(0, 5).after)
    found = 0
    for question in asked:
        if question["sql"].startswith("SELECT") and "FROM" in question["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {question['sql'].replace('%', '%%')}", [])
                steps = [row[3] for row in cursor.fetchall()]
            found += len(steps)
            for step in steps:
                all_acts = re.search(r"_(finding|rung|entry|matter)\b.*\(office_id=\?\)$", step)
                assert not all_acts, (step, question["sql"])
                assert not step.startswith("SCAN yeollak"), (step, question["sql"])
    assert found > 50
