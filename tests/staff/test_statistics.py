"""Statistics at the desk: tables add up to the figures, files say what the page says and run nowhere, and
what is stated is held against the record cell by cell.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as Tree

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.staff.composing import at, draft_path, sign, write
from tests.staff.desks import HASHER, Browser, Desks
from tests.staff.test_compose import token_of
from tests.staff.test_projects import main_of
from tests.staff.undertakings import Undertakings
from yeollak.desk.staff import counting, periods, plots
from yeollak.desk.staff.counting import Told, pivot
from yeollak.desk.staff.svgfile import svg
from yeollak.node.acting import Text, act
from yeollak.office.propose import Draft
from yeollak.office.statistics import Figure, Period, facts_of, figures
from yeollak.office.statistics.tally import DIMENSIONS
from yeollak.storage.desk_drafts import DeskDrafts
from yeollak.storage.staffing import Staffing

SIDES = ("south", "north")
YEAR = "since=2018-01-01&last=2018-12-31"
_VALUES = st.sampled_from(("-", "south", "north", "south+north", "liaison", "=cmd()", "<b>", "\u202ex"))


def _told(lang: str = "en") -> Told:
    return Told(lang, "south", SIDES, str.capitalize)


@st.composite
def _figures(draw: st.DrawFn) -> tuple[str, Figure]:
    name = draw(st.sampled_from(sorted(DIMENSIONS)))
    by = DIMENSIONS[name]
    cells = draw(st.dictionaries(st.tuples(*(_VALUES for _ in by)), st.integers(1, 10**12), max_size=60))
    return name, Figure(by, dict(sorted(cells.items())))


@given(made=_figures(), lang=st.sampled_from(("en", "ko", "ar")))
def test_a_table_adds_up_to_its_figure(made: tuple[str, Figure], lang: str) -> None:
    name, figure = made
    table = pivot(name, figure, _told(lang))
    assert table.total == figure.total == sum(table.sums)
    assert sum(row.total for row in table.rows) + table.rest[1] == figure.total
    assert len(table.rows) <= counting.TABLED
    for row in table.rows:
        assert row.total == sum(value or 0 for value in row.numbers)
        assert len(row.numbers) == len(table.columns) == len(table.sums)
    plot = counting.bars_of(table, _told(lang))
    for row, bar in zip(table.rows, plot.rows, strict=False):
        assert bar.total == row.total


@given(made=_figures())
def test_a_plot_as_a_file_is_well_formed_and_holds_no_code(made: tuple[str, Figure]) -> None:
    name, figure = made
    table = pivot(name, figure, _told())
    file = svg(plots.wide_bars(counting.bars_of(table, _told())), table.word + "\x00<script>", "key & note")
    root = Tree.fromstring(file)
    tags = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "g", "path", "text"}
    assert not any(key.startswith("on") or "href" in key for one in root.iter() for key in one.attrib)
    assert "\u202e" not in file.decode()


@given(
    since=st.text(max_size=12) | st.dates().map(date.isoformat),
    last=st.text(max_size=12) | st.dates().map(date.isoformat),
    zone=st.sampled_from(("Asia/Seoul", "", "../etc")),
)
def test_every_address_gives_a_period(since: str, last: str, zone: str) -> None:
    today = date(2026, 11, 25)
    given_ = {"since": since, "last": last, "zone": zone, "rests": "x"}
    asked = periods.asked_of(given_, today, ("Asia/Seoul",), "Asia/Seoul")
    assert asked.period.since < asked.period.until
    again = periods.asked_of(
        dict(pair.split("=") for pair in asked.query().replace("%2F", "/").split("&")),
        today,
        ("Asia/Seoul",),
        "Asia/Seoul",
    )
    assert again.period == asked.period
    assert asked.rests == "own"


@given(today=st.dates(date(1950, 1, 1), date(2100, 12, 31)), ago=st.integers(0, 4000))
def test_what_is_asked_most_are_periods(today: date, ago: int) -> None:
    for word, first, last in periods.presets(today, today - timedelta(days=ago), "en"):
        assert word
        assert Period(first, last + timedelta(days=1), "Asia/Seoul").holds(first)


@given(
    since=st.dates(date(1900, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 1100) | st.integers(1, 2_500_000),
)
def test_the_parts_of_a_period_are_the_period(since: date, days: int) -> None:
    period = Period(since, since + timedelta(days=days), "Asia/Seoul")
    found = periods.parts(period)
    assert found[0][1].since == period.since
    assert found[-1][1].until == period.until
    for (_, one), (_, other) in pairwise(found):
        assert one.until == other.since
    assert len({name for name, _ in found}) == len(found) <= 40


@given(
    several=st.lists(
        st.dictionaries(st.tuples(_VALUES, _VALUES), st.integers(1, 10**9)), min_size=1, max_size=9
    )
)
def test_a_figure_through_time_adds_up(several: list[dict[tuple[str, ...], int]]) -> None:
    made = [(str(at), Figure(("bearer", "side"), cells)) for at, cells in enumerate(several)]
    table = counting.over("costs/KRW", made, _told())
    assert [row.label for row in table.rows] == [name for name, _ in made]
    assert [row.total for row in table.rows] == [figure.total for _, figure in made]
    assert sum(table.sums) == table.total == sum(figure.total for _, figure in made)


# over HTTP


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undertakings]:
    desks = Desks.fresh(tmp_path_factory, "north", "south")
    try:
        yield Undertakings(desks).all()
    finally:
        desks.close()


def test_the_page_tells_the_figures_of_a_year(done: Undertakings) -> None:
    page = done.desks.browser("south", "co-head").get(f"/1/statistics/?{YEAR}")
    assert page.status == 200, page.text
    main = main_of(page.text)
    assert "Costs in KRW" in main
    assert "9,780,000,000" in main
    assert "Calls as each side saw them" in main
    assert "State these figures" in main
    assert (
        "State these figures"
        not in done.desks.browser("south", "archivist").get(f"/1/statistics/?{YEAR}").text
    )
    odd = done.desks.browser("south").get("/1/statistics/?since=x&last=2018-01-01&zone=Nowhere&rests=x")
    assert odd.status == 200
    assert "What was asked for is no period" in odd.text


def test_files_say_what_the_record_gives(done: Undertakings) -> None:
    browser, view = done.desks.browser("south", "archivist"), done.desks.view("south")
    period = Period(date(2018, 1, 1), date(2019, 1, 1), "Asia/Seoul")
    held = figures(view.office, None, period)
    whole = browser.get(f"/1/statistics/figures.json?{YEAR}")
    assert whole.text.encode() == held.encode()
    one = json.loads(browser.get(f"/1/statistics/costs-KRW.json?{YEAR}").text)
    assert one["cells"] == held.own["costs/KRW"].to_json()["cells"]
    rows = list(csv.reader(io.StringIO(browser.get(f"/1/statistics/acts.csv?{YEAR}").text.lstrip("\ufeff"))))
    assert rows[0] == ["side", "procedure", "kind", "value"]
    assert sum(int(row[-1]) for row in rows[1:]) == held.own["acts"].total
    every = list(
        csv.reader(io.StringIO(browser.get(f"/1/statistics/figures.csv?{YEAR}").text.lstrip("\ufeff")))
    )
    assert sum(int(row[3]) for row in every[1:] if row[:2] == ["own", "acts"]) == held.own["acts"].total
    drawn = browser.get(f"/1/statistics/calls.svg?{YEAR}")
    assert Tree.fromstring(drawn.text.encode()).tag.endswith("svg")
    for name in ("nonsense.csv", "figures.svg", "costs-QQQ.csv", "acts.html", "costs-.csv"):
        assert browser.get(f"/1/statistics/{name}?{YEAR}").status == 404


def test_a_figure_is_told_through_time(done: Undertakings) -> None:
    browser = done.desks.browser("south")
    main = main_of(browser.get(f"/1/statistics/through/calls/?{YEAR}").text)
    assert [*re.findall(r'<th scope="row">(2018-\d\d)</th>', main)] == [f"2018-{n:02}" for n in range(1, 13)]
    whole = main_of(browser.get("/1/statistics/through/calls/?since=2018-09-17&last=2018-09-21").text)
    assert len(re.findall(r'<th scope="row">2018-09-\d\d</th>', whole)) == 5
    assert browser.get(f"/1/statistics/through/nothing/?{YEAR}").status == 404
    assert f"/1/statistics/through/costs-KRW/?{YEAR}" in browser.get(f"/1/statistics/?{YEAR}").text.replace(
        "&amp;", "&"
    )


def test_figures_are_stated_by_a_draft_that_has_everything(done: Undertakings) -> None:
    browser = done.desks.browser("south", "co-head")
    page = browser.post(
        "/1/statistics/state/",
        of=f"/1/statistics/?{YEAR}",
        since="2018-01-01",
        last="2018-12-31",
        zone="Asia/Seoul",
    )
    assert "/drafts/" in page.url, page.text
    number = int(re.findall(r"/drafts/(\d+)/", page.url)[0])
    assert "figures.json" in page.text
    assert 'value="2018-01-01"' in page.text
    assert 'value="2019-01-01"' in page.text
    (content,) = DeskDrafts(done.desks.nodes["south"].alias).content(number).values()
    period = Period(date(2018, 1, 1), date(2019, 1, 1), "Asia/Seoul")
    assert content == figures(done.desks.view("south").office, None, period).encode()


def device_of(desks: Desks, side: str, browser: Browser) -> pyotp.TOTP:
    """A second factor for whoever is signed in in a browser."""
    node = desks.nodes[side]
    people = Staffing(node.alias, HASHER)
    person = people.person(token_of(browser), node.clock.now())
    assert person is not None
    before = node.clock.now() - timedelta(minutes=30)
    device = pyotp.TOTP(people.begin_factor(person))
    people.take_factor(person, device.at(before), before)
    return device


def test_figures_are_stated_by_one_side_and_countersigned_by_the_other(done: Undertakings) -> None:
    """The whole way: a draft from the page, its preview, the signature; then the same at the other desk."""
    desks = done.desks
    ours = desks.browser("south", "liaison")
    device, clock = device_of(desks, "south", ours), desks.nodes["south"].clock
    days = {"since": "2018-07-01", "last": "2018-07-31", "zone": "Asia/Seoul"}
    page = ours.post("/1/statistics/state/", of=f"/1/statistics/?{YEAR}", **days)
    typed = {"f.since": "2018-07-01", "f.until": "2018-08-01", "precedence": "routine"}
    shown = write(ours, draft_path(page), "preview", **typed)
    assert shown.url.endswith("/preview/"), shown.text
    sign(ours, shown, code=device.at(clock.now()))
    desks.until(desks.settled)
    view = desks.view("south")
    newest = view.ledger.finding(view.place, view.ledger.counted(view.place) - 1)
    assert newest.move is not None
    assert newest.move.kind == "figures.state"
    matter = newest.matter
    at(desks, "north")
    try:
        theirs = desks.browser("north", "liaison")
        device = device_of(desks, "north", theirs)
        main = main_of(theirs.get(f"/1/statistics/stated/{matter}/").text)
        assert "Every cell is equal." in main
        path = f"/1/compose/figures.countersign/?matter={matter}"
        assert path in main
        shown = write(theirs, path, "preview", precedence="routine")
        assert shown.url.endswith("/preview/"), shown.text
        sign(theirs, shown, code=device.at(clock.now()))
        desks.until(desks.settled)
        assert "Countersigned" in main_of(theirs.get(f"/1/statistics/stated/{matter}/").text)
    finally:
        at(desks, "south")


@pytest.mark.parametrize("lie", [False, True])
def test_what_the_other_side_states_is_held_against_the_record(done: Undertakings, lie: bool) -> None:
    desks = done.desks
    held = figures(
        desks.view("north").office, None, Period(date(2018, 9, 1), date(2018, 10, 1), "Asia/Seoul")
    )
    data = held.encode()
    if lie:
        data = data.replace(
            b'["south","project","project.report",2]', b'["south","project","project.report",7]'
        )
        assert data != held.encode()
    text = Text(data, "application/vnd.yeollak.figures+json", None, "figures.json")
    matter = act(
        desks.nodes["north"],
        desks.office,
        done.head("north"),
        Draft("figures.state", facts=facts_of(held)),
        [text],
    )
    desks.until(desks.settled)
    browser = desks.browser("south", "co-head")
    main = main_of(browser.get(f"/1/statistics/stated/{matter}/").text)
    assert f"/1/statistics/stated/{matter}/" in browser.get("/1/statistics/").text
    if not lie:
        assert "byte for byte" in main
        assert "Every cell is equal." in main
        assert f"/1/compose/figures.countersign/?matter={matter}" in main
        assert "Contest, with our figures enclosed" not in main
        return
    assert "They differ from the record here in 1 place." in main
    assert "own / acts / cells / south / project / project.report" in main
    assert ">7<" in main
    assert "They are not what the record gives here." in main
    page = browser.post(f"/1/statistics/stated/{matter}/contest/", of=f"/1/statistics/stated/{matter}/", x="")
    number = int(re.findall(r"/drafts/(\d+)/", page.url)[0])
    (content,) = DeskDrafts(desks.nodes["south"].alias).content(number).values()
    assert content == held.encode()
    assert browser.get(f"/1/statistics/stated/{done.matters['works']}/").status == 404


@pytest.mark.parametrize("lang", ["ko", "ar"])
def test_the_page_is_told_in_every_language(done: Undertakings, lang: str) -> None:
    main = main_of(done.desks.browser("south", "co-head", lang).get(f"/1/statistics/?{YEAR}").text)
    for english in (
        "Together",
        "First day",
        "State these",
        "both sides",
        "Streaks",
        "This month",
        "own word",
    ):
        assert english not in main
