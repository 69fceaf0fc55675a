"""The call book as plain values: kept while the record grows, with every call that was expected, drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tests.staff.desks  # noqa: F401 (Django is configured by what a node needs)
from tests.office.dockets import CALENDAR, SIDES, observe, office_of
from yeollak.desk.staff import calldrawing, callwords
from yeollak.desk.staff.callcells import Account, Cell, cells, current
from yeollak.office.calendar import Calendar
from yeollak.office.callbook import CallBook
from yeollak.office.outages import Outages
from yeollak.office.statistics.period import Period
from yeollak.words import LANGUAGES

ZONE = "Asia/Seoul"
YEAR = Period(date(2018, 1, 1), date(2019, 1, 1), ZONE)
DAYS = [f"2018-09-{number:02}" for number in range(17, 22)]
VIEWS = ("answered", "late", "unanswered", "line-dead", "excused")
SAID = st.lists(
    st.tuples(
        st.sampled_from(("south", "north")),
        st.sampled_from(DAYS),
        st.sampled_from(("opening", "closing", "morning")),
        st.sampled_from(VIEWS),
        st.booleans(),
    ),
    max_size=14,
    unique_by=lambda one: one[:3],
)


@settings(max_examples=12, deadline=None)
@given(SAID)
def test_a_book_that_grows_comes_to_what_is_read_at_once(said: list[tuple[str, str, str, str, bool]]) -> None:
    world = office_of()
    office = world.offices[0]
    book = CallBook(office, ZONE)
    for side, day, slot, view, look in said:
        observe(world, side, day, slot, view)
        if look:
            book.read()
    book.read()
    fresh = CallBook(office, ZONE).read()
    first, last = date(2018, 1, 1), date(2018, 12, 31)
    assert list(book.between(first, last)) == list(fresh.between(first, last))
    assert book.told(YEAR) == fresh.told(YEAR)
    # And every account is in it, by its day, side and call, as it was signed.
    held = {
        (one.side, call.day.isoformat(), one.fact("slot")): one.fact("view")
        for call in book.between(first, last)
        for one in call.said
    }
    assert held == {(side, day, slot): view for side, day, slot, view, _ in said}


def _cells(world: object, now: datetime, calendar: Calendar = CALENDAR) -> dict[date, list[Cell]]:
    office = world.offices[0]  # type: ignore[attr-defined]  # a world
    book = CallBook(office, ZONE).read()
    began = datetime(2018, 9, 17, 0, 0, tzinfo=UTC)
    outages = Outages(calendar).read(office)
    return cells(book, calendar, outages, SIDES_OURS, (date(2018, 9, 15), date(2018, 9, 21)), began, now)


SIDES_OURS = ("south", "north")


def test_what_was_expected_and_what_was_entered_stand_together() -> None:
    world = office_of()
    observe(world, "south", "2018-09-18", "closing", "answered")
    observe(world, "north", "2018-09-18", "closing", "answered")
    observe(world, "south", "2018-09-19", "opening", "unanswered")
    observe(world, "north", "2018-09-19", "opening", "line-dead")
    observe(world, "south", "2018-09-19", "morning", "answered")
    found = _cells(world, datetime(2018, 9, 20, 1, 0, tzinfo=UTC))
    assert date(2018, 9, 15) not in found  # a Saturday, and before the office was founded
    marks = {(one.day.day, one.name): one.mark for of_day in found.values() for one in of_day}
    assert marks[18, "closing"] == "answered"
    assert marks[19, "opening"] == "differ"
    assert marks[19, "morning"] == "answered"  # no calendar asks for it, and it is there
    assert marks[18, "opening"] == "missing"
    assert marks[20, "closing"] == "due"
    (differing,) = (one for one in found[date(2018, 9, 19)] if one.name == "opening")
    assert differing.views == ("unanswered", "line-dead")
    assert all(account.act for account in differing.accounts)


def test_a_call_on_a_holiday_is_excused_and_one_without_a_line_is_cut() -> None:
    world = office_of()
    free = Calendar.make({"calendar": {"zone": ZONE}}, SIDES, {"north": {"2018-09-18": "holiday"}})
    now = datetime(2018, 9, 21, 12, 0, tzinfo=UTC)
    assert {one.mark for one in _cells(world, now, free)[date(2018, 9, 18)]} == {"excused"}
    observe(world, "south", "2018-09-18", "opening", "line-dead")
    found = _cells(world, now)
    assert found[date(2018, 9, 19)][0].mark == "cut"


def test_the_call_to_enter_is_the_newest_begun_that_we_have_not_entered() -> None:
    world = office_of()
    observe(world, "north", "2018-09-18", "closing", "answered")
    now = datetime(2018, 9, 18, 9, 0, tzinfo=UTC)
    flat = [one for of_day in _cells(world, now).values() for one in of_day]
    cell = current(flat, "south", now)
    assert cell is not None
    assert (cell.day.day, cell.name) == (18, "closing")
    observe(world, "south", "2018-09-18", "closing", "answered")
    flat = [one for of_day in _cells(world, now).values() for one in of_day]
    cell = current(flat, "south", now)
    assert cell is not None
    assert (cell.day.day, cell.name) == (18, "opening")
    assert current([], "south", now) is None


def test_nothing_was_expected_before_the_office_was_founded() -> None:
    world = office_of()
    found = cells(
        CallBook(world.offices[0], ZONE).read(),
        CALENDAR,
        Outages(CALENDAR),
        SIDES_OURS,
        (date(2018, 9, 17), date(2018, 9, 21)),
        None,
        datetime(2018, 9, 30, tzinfo=UTC),
    )
    assert found == {}


def test_every_sign_is_its_own_and_is_mirrored() -> None:
    marks = ("answered", "late", "unanswered", "line-dead", "excused", "cut", "missing")
    drawn = {
        mark: calldrawing.sign(Cell(date(2018, 9, 18), "opening", None, mark, ())).strokes  # type: ignore[arg-type]  # each is one
        for mark in marks
    }
    assert len(set(drawn.values())) == len(marks)
    accounts = (Account("south", "unanswered"), Account("north", "line-dead"))
    parted = Cell(date(2018, 9, 18), "opening", None, "differ", accounts)
    plain, turned = calldrawing.sign(parted), calldrawing.sign(parted, mirrored=True)
    assert {"s-us", "f-paper s-us"} & {one.style for one in plain.strokes}
    assert plain.strokes != turned.strokes
    cell = Cell(date(2018, 9, 18), "opening", None, "answered", ())
    wide = calldrawing.wide({cell.day: [cell]}, 2018, "told", str)
    slim = calldrawing.slim({cell.day: [cell]}, 2018, "told", str)
    assert (wide.label, wide.width, slim.width) == ("told", 1344, 356)
    assert len([word for word in wide.words if word.style == "b"]) == 12


@pytest.mark.parametrize("lang", LANGUAGES)
def test_streaks_and_firsts_are_said(lang: str) -> None:
    world = office_of()
    for day in DAYS[:3]:
        observe(world, "south", day, "opening", "answered")
    streaks, firsts = CallBook(world.offices[0], ZONE).read().told(YEAR)
    said = callwords.verdict(streaks, lang)
    assert "3" in said
    if lang == "en":
        assert said == "3 calls answered without a break, since 17 September 2018."
    news = list(callwords.news(firsts, lang))
    assert [one.day for one in news] == [date(2018, 9, 17)]
    observe(world, "south", DAYS[3], "opening", "unanswered")
    later = CallBook(world.offices[0], ZONE).read()
    assert callwords.verdict(later.told(YEAR)[0], lang) != said
    figures = callwords.figures(later.told(YEAR)[0], [], lang)
    assert len(figures) == 2
    assert callwords.verdict([], lang)
