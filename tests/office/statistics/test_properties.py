"""What must hold of figures over any record: asked of random worlds of two and three sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import pytest

import yeollak.office.folds as folding
from tests.office.reference import folded
from tests.office.statistics.hundred import HUNDRED_DAYS, hundred_days
from tests.office.statistics.worlds import FIRST, RUNS, random_world
from tests.office.test_worlds import arrivals, everything
from tests.office.world import World, rng
from yeollak.office.ledger import Counted, MemoryLedger
from yeollak.office.office import Office
from yeollak.office.statistics import Figure, Figures, Index, Period, check, figures
from yeollak.office.statistics.period import local_day, stated
from yeollak.office.statistics.tally import DIMENSIONS

EACH = pytest.mark.parametrize("number", range(RUNS))
ZONE = "Asia/Seoul"
EVER = Period(date(2000, 1, 1), date(2100, 1, 1), ZONE)


@lru_cache(maxsize=RUNS)
def whole(number: int) -> Office:
    world = random_world(number)
    return world.fresh(world.sizes())


def periods(number: int) -> list[Period]:
    """One of all time, and some that follow each other among the days that the worlds speak of."""
    days = [FIRST + timedelta(days=cut) for cut in sorted(rng(number).sample(range(1, 90), 4))]
    return [EVER, *(Period(one, other, ZONE) for one, other in pairwise(days))]


def cells(found: Figures) -> Counter[tuple[str, ...]]:
    """Every cell of every figure, by sheet and name."""
    return Counter(
        {
            (sheet, name, *cell): count
            for sheet, figures_ in (("own", found.own), ("told", found.told))
            for name, figure in figures_.items()
            for cell, count in figure.cells.items()
        }
    )


@EACH
def test_the_same_record_gives_the_same_bytes_in_whatever_order_it_arrives(number: int) -> None:
    world, final = random_world(number), whole(number)
    office = world.fresh((0,) * len(world.sides))
    index = Index(office)
    for have in arrivals(rng(number), world.sizes()):
        ledger = office.ledger
        assert isinstance(ledger, MemoryLedger)
        for place, size in enumerate(have):
            for position in range(ledger.held(place), size):
                ledger.append(place, world.whole.entry(place, position))
        office.count()
        figures(office, None, EVER, index)
    for period in periods(number):
        given = figures(final, None, period).encode()
        assert figures(office, None, period, index).encode() == given
        assert check(given, office, index) == []


@EACH
def test_figures_of_an_earlier_frontier_are_those_of_a_node_that_holds_no_more(number: int) -> None:
    world, final = random_world(number), whole(number)
    for act in rng(number).sample(everything(final), 4):
        earlier = world.fresh(act.after)
        assert earlier.frontier() == act.after
        assert figures(final, act.after, EVER).encode() == figures(earlier, None, EVER).encode()


@EACH
def test_figures_of_adjoining_periods_add_up(number: int) -> None:
    office, index = whole(number), Index(whole(number))
    whole_of = Period(FIRST, FIRST + timedelta(days=90), ZONE)
    for period in [whole_of, *periods(number)]:
        cuts = [period.since + timedelta(days=days) for days in (1, 7, 23, 31, 64)]
        for cut in [day for day in cuts if period.since < day < period.until]:
            parts = Period(period.since, cut, ZONE), Period(cut, period.until, ZONE)
            sums = sum((cells(figures(office, None, part, index)) for part in parts), Counter())
            assert sums == +cells(figures(office, None, period, index))


def reference_acts(office: Office) -> Counter[tuple[str, str]]:
    """How many acts of each side and kind stand, by the ordering rule word for word."""
    found: Counter[tuple[str, str]] = Counter()
    for matter in office.ledger.matters():
        acts = [act for act in office.ledger.matter(matter) if not act.void]
        _, marks = folded(office.folds(matter).procedure, acts, office.parties)
        for act in acts:
            if act.id not in marks and act.move and not act.move.kind.startswith(("line.", "enclosure.")):
                found[act.side, act.move.kind] += 1
    return found


@EACH
def test_what_is_void_or_overtaken_is_in_no_figure(number: int) -> None:
    office = whole(number)
    found = figures(office, None, EVER)
    counted: Counter[tuple[str, str]] = Counter()
    for sheet in (found.own, found.told):
        for (side, _, kind), count in sheet["acts"].cells.items():
            counted[side, kind] += count
    assert counted == reference_acts(office)


@EACH
def test_void_acts_change_nothing(number: int) -> None:
    world = random_world(number)
    before = whole(number)
    noisy = World(world.sides)
    noisy.whole = MemoryLedger(len(world.sides))
    for place, size in enumerate(before.frontier()):
        for position in range(size):
            noisy.whole.append(place, world.whole.entry(place, position))
    noisy.meet()
    for side in world.sides:
        noisy.say(side, "meeting.held", checked=False, facts={"level": "summit"})
        noisy.say(side, "project.cost", checked=False, facts={"amount": 5})
        noisy.say(side, "note.take", checked=False, matter="0" * 64)
    noisy.meet()
    after = figures(noisy.offices[0], None, EVER)
    given = figures(before, None, EVER)
    assert sum(after.frontier[side][0] for side in world.sides) == sum(before.frontier()) + 3 * len(
        world.sides
    )
    assert (after.own, after.told) == (given.own, given.told)
    assert (after.streaks, after.firsts) == (given.streaks, given.firsts)


def reports(office: Office) -> dict[str, dict[str, bool]]:
    """Matter -> side -> whether it says of its own word that a contact was held, act by act."""
    found: dict[str, dict[str, bool]] = {}
    regular: dict[str, bool] = {}
    for act in everything(office):
        if act.void or act.move is None or act.id in office.state(act.matter).marks:
            continue
        facts = act.move.facts
        own = facts.get("source", "own") in ("own", "joint")
        if act.move.kind == "checkin.observe":
            there = regular.setdefault(act.matter, facts.get("line") == "face-to-face")
            if there and facts["view"] in ("answered", "late"):
                found.setdefault(act.matter, {})[act.side] = own
        elif act.move.kind == "meeting.held":
            found.setdefault(act.matter, {})[act.side] = own
    return found


@EACH
def test_what_one_side_says_and_the_other_and_both_is_all_that_is_said(number: int) -> None:
    office = whole(number)
    own, told = (sheet["contacts"] for sheet in _sheets(figures(office, None, EVER)))
    said = reports(office).values()
    linked = sum(
        bool(act.move and act.move.kind == "meeting.held" and act.move.re) for act in everything(office)
    )
    assert len(said) - linked <= own.total + told.total <= len(said)
    for side in office.parties:
        by_side = sum(sides.get(side, False) for sides in said)
        assert own.said_by(side) == by_side, "a link joins the reports of two sides and never two of one"
    if not linked:
        for figure, sure in ((own, True), (told, False)):
            of_sheet = [sides for sides in said if any(sides.values()) == sure]
            tellers = Counter(
                "+".join(side for side in office.parties if side in sides and sides[side] == sure)
                for sides in of_sheet
            )
            assert figure.parts("says") == tellers


def _sheets(found: Figures) -> tuple[Mapping[str, Figure], Mapping[str, Figure]]:
    return found.own, found.told


@EACH
def test_every_figure_is_there_and_every_part_adds_up(number: int) -> None:
    for period in periods(number):
        found = figures(whole(number), None, period)
        for sheet in (found.own, found.told):
            assert {name.partition("/")[0] for name in sheet} | {"costs"} == set(DIMENSIONS)
            for figure in sheet.values():
                assert all(len(cell) == len(figure.by) for cell in figure.cells)
                assert all(sum(figure.parts(name).values()) == figure.total for name in figure.by)
                assert set(figure.matters) == set(figure.cells)
                assert all(figure.matters[cell] for cell in figure.cells)


def test_worlds_have_something_to_count() -> None:
    """The properties above would hold of nothing."""
    names: Counter[str] = Counter()
    for number in range(RUNS):
        found = figures(whole(number), None, EVER)
        names += Counter({name: figure.total for name, figure in found.own.items()})
    assert {"acts", "calls", "contacts", "documents", "offers", "lapses", "postings", "standing"} <= {
        name for name, total in names.items() if total > 5
    }


def test_nothing_is_folded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the office has folded is asked for; an act is looked at once, however often figures are made."""
    world = hundred_days()
    office = world.fresh(world.sizes())
    office.digest()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("folded again")

    monkeypatch.setattr(folding, "fold", refuse)
    index = Index(office)
    looked: list[Counted] = []
    take = Index._take

    def watched(self: Index, found: Counted) -> None:
        looked.append(found)
        take(self, found)

    monkeypatch.setattr(Index, "_take", watched)
    first = figures(office, None, HUNDRED_DAYS, index)
    assert len(looked) == sum(office.frontier())
    looked.clear()
    assert figures(office, None, HUNDRED_DAYS, index).encode() == first.encode()
    assert looked == []


def test_days_agree_with_the_moment_that_an_act_states() -> None:
    """No act lies further from its period's UTC days than the index looks."""
    for number in range(RUNS):
        for act in everything(whole(number)):
            if act.move is not None and not act.void:
                day = local_day(stated(act.move), ZONE)
                first, last = Period(day, day + timedelta(days=1), ZONE).reach
                assert first <= stated(act.move)[:10] <= last
