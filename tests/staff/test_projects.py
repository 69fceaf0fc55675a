"""Projects: what the sides state is kept apart and counted once, plots say no more than their tables, and the
pages stand in every language.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.staff.desks import Desks
from tests.staff.undertakings import Undertakings
from yeollak.desk.staff import plots
from yeollak.desk.staff.plots import Bar, Bars, Course, Mark, Piece, Series

DAY = date(2018, 7, 2)
_HUES = st.sampled_from(("us", "them", "both", "none"))
_BARS = st.lists(
    st.builds(
        Bar,
        st.text(max_size=8),
        st.lists(st.builds(Piece, st.integers(0, 10**15), _HUES), max_size=4).map(tuple),
        st.just("7"),
    ),
    max_size=6,
).map(tuple)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@given(rows=_BARS, mirrored=st.booleans())
def test_bars_stay_in_their_box_and_say_every_row(rows: tuple[Bar, ...], mirrored: bool) -> None:
    drawing = plots.wide_bars(Bars(rows, "told"), mirrored=mirrored)
    assert [word.text for word in drawing.words] == [text for row in rows for text in (row.label, row.figure)]
    for stroke in drawing.strokes:
        for x in re.findall(r"[MH](-?[\d.]+)", stroke.d):
            assert -2 <= float(x) <= drawing.width + 2, stroke
    assert drawing.dir == ("rtl" if mirrored else "ltr")


@given(
    st.text("Wميw남북 ·\u0650", min_size=1, max_size=120),
    st.integers(0, 10**13),
    st.booleans(),
    st.booleans(),
)
def test_words_of_a_bar_leave_its_figure_free(label: str, number: int, beside: bool, mirrored: bool) -> None:
    """Words that are cut say so; those that fit stand whole, as all of them do in the table."""
    row = Bar(label, (Piece(number, "us"),), f"{number:,}")
    for _, drawing in plots.bars(Bars((row,), ""), beside=beside, mirrored=mirrored):
        words, figure = drawing.words
        room = drawing.width - plots._length(figure.text)
        assert plots._length(words.text) < room
        assert words.text == label or (words.text.endswith("…") and label.startswith(words.text[:-1]))
        assert words.text == label or plots._length(label) > room - 2 * plots._BROAD


@given(rows=_BARS)
def test_a_mirrored_drawing_is_the_same_from_the_other_end(rows: tuple[Bar, ...]) -> None:
    one, other = (plots.wide_bars(Bars(rows, ""), mirrored=mirrored) for mirrored in (False, True))
    assert len(one.strokes) == len(other.strokes)
    for left, right in zip(one.words, other.words, strict=True):
        assert left.x == pytest.approx(one.width - right.x, abs=0.11)


@given(
    points=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 100)), min_size=1, max_size=20),
    days=st.integers(0, 400),
)
def test_a_course_holds_what_was_stated_last(points: list[tuple[int, int]], days: int) -> None:
    stated = tuple(sorted({DAY + timedelta(days=at): share for at, share in points}.items()))
    plot = Course(DAY, DAY + timedelta(days=days), (Series("us", stated),), (Mark(1, DAY, "missed"),), "told")
    for _, drawing in plots.course(plot, lambda day: day.isoformat()):
        assert f"{stated[-1][1]}%" in [word.text for word in drawing.words][-2:]
        numbers = [float(one) for stroke in drawing.strokes for one in _NUMBER.findall(stroke.d)]
        assert all(-20 <= one <= drawing.width + 20 for one in numbers)


def test_two_figures_of_one_height_stand_apart() -> None:
    same = ((DAY, 50),)
    plot = Course(DAY, DAY, (Series("us", same), Series("them", same)), (), "")
    (_, drawing), _ = plots.course(plot, str)
    heights = [word.y for word in drawing.words if word.text == "50%" and word.x > 500]
    assert len(heights) == 2
    assert abs(heights[0] - heights[1]) >= 16


@given(days=st.integers(0, 5000), most=st.integers(2, 9))
def test_days_named_on_an_axis_are_few_and_in_order(days: int, most: int) -> None:
    found = plots.ticks(DAY, DAY + timedelta(days=days), most)
    assert found[0] == DAY
    assert found[-1] == DAY + timedelta(days=days)
    assert list(found) == sorted(set(found))
    assert len(found) <= max(2, most)


# over HTTP


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undertakings]:
    desks = Desks.fresh(tmp_path_factory, "north", "south")
    try:
        yield Undertakings(desks).all()
    finally:
        desks.close()


def main_of(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def test_the_list_has_every_undertaking_and_what_is_in_common_use(done: Undertakings) -> None:
    page = done.desks.browser("south", "co-head").get("/1/projects/")
    assert page.status == 200, page.text
    main = main_of(page.text)
    for name in ("works", "common", "hostile"):
        assert f"/1/projects/{done.matters[name]}/" in main
    assert "KRW 10,980,000,000" in main  # and the dollar figure of the same cost is not added
    assert "USD" not in main
    common, own = main.partition('id="things"')[2].split('id="own-h"')
    assert "Bus of the office" in common
    assert "may use it" in common
    assert "발전기" in own
    assert "<img" not in main
    assert "\u202e" not in main
    assert "/1/compose/project.begin/" in main
    assert 'aria-current="page" data-key="j"' in page.text
    assert "/1/compose/" not in main_of(done.desks.browser("south", "archivist").get("/1/projects/").text)


def test_a_page_keeps_the_sides_apart(done: Undertakings) -> None:
    text = main_of(done.desks.browser("south", "co-head").get(f"/1/projects/{done.matters['common']}/").text)
    assert "South says 40%, North says 15%" in text
    assert "Accounts differ." in text
    assert "discussed" in text.partition('id="stage-h"')[2]
    assert "agreed" in text.partition('id="stage-h"')[2]
    assert "No cost was stated." in text
    assert 'stroke-dasharray="2 3"' in text


def test_costs_are_told_by_side_and_once(done: Undertakings) -> None:
    browser = done.desks.browser("south", "co-head")
    text = main_of(browser.get(f"/1/projects/{done.matters['works']}/").text)
    costs = text.partition('id="costs-h"')[2]
    assert "Costs in KRW by who bears them: South KRW 9,780,000,000, North KRW 1,200,000,000." in costs
    assert "USD 8,600,000" in costs
    assert "states the cost before it again: not counted twice" in costs
    assert "Costs in USD" not in costs
    assert "Repairs" in text.partition('id="insp-h"')[2]
    assert "/1/compose/project.report/?matter=" in text
    assert "/1/compose/project.cost/?matter=" in text
    assert "South says 95%" in text
    other = browser.get(f"/1/projects/{done.matters['bus']}/")
    assert other.status == 404
    assert "no-such-matter" in other.text
    assert browser.get(f"/1/projects/{'0' * 64}/").status == 404


def test_costs_are_a_sheet_that_runs_nowhere(done: Undertakings) -> None:
    text = done.desks.browser("south", "archivist").get("/1/projects/costs.csv").text
    head, *rows = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    found = [dict(zip(head, row, strict=True)) for row in rows]
    counted = [row for row in found if not row["restates"]]
    assert sum(int(row["value"]) for row in counted if row["currency"] == "KRW") == 10_980_000_000
    (again,) = [row for row in found if row["restates"]]
    assert again["restates"] in {row["act"] for row in counted}
    assert [row["for"] for row in found if row["currency"] == "EUR"] == ["'=HYPERLINK(1) <img src=x>"]


@pytest.mark.parametrize("lang", ["ko", "ar"])
def test_pages_are_told_in_every_language(done: Undertakings, lang: str) -> None:
    browser = done.desks.browser("south", "co-head", lang)
    for path in ("/1/projects/", f"/1/projects/{done.matters['works']}/"):
        main = main_of(browser.get(path).text)
        for english in (
            "Assets in common",
            "How it went on",
            "Costs by side",
            "not stated who",
            "may use it",
        ):
            assert english not in main, path
