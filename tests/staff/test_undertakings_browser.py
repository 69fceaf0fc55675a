"""Projects and statistics in a real browser: axe-core in three languages, wide and on a phone by night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.staff.desks import Desks
from tests.staff.looking import READERS, launched, look, press, window
from tests.staff.undertakings import Undertakings
from yeollak.node.acting import Text, act
from yeollak.office.propose import Draft

pytestmark = pytest.mark.browser

YEAR = "since=2018-01-01&last=2018-12-31"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undertakings]:
    desks = Desks.fresh(tmp_path_factory, "north", "south")
    try:
        made = Undertakings(desks).all()
        # What is no figures at all: the page tells so, and is looked at with that.
        odd = Text(b'{"form":"figures/9"}', "application/vnd.yeollak.figures+json", None, "figures.json")
        facts = {"since": "2018-09-01", "until": "2018-10-01"}
        draft = Draft("figures.state", facts=facts)
        made.matters["odd"] = act(desks.nodes["north"], desks.office, made.head("north"), draft, [odd])
        desks.until(desks.settled)
        for lang, name in READERS.items():
            desks.browser("south", name, lang)
        yield made
    finally:
        desks.close()


@pytest.fixture(scope="module")
def chrome(done: Undertakings, chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as found:
        yield found


def paths(done: Undertakings) -> list[str]:
    of = done.matters
    return [
        "/1/projects/",
        *(f"/1/projects/{of[name]}/" for name in ("works", "common", "hostile")),
        f"/1/statistics/?{YEAR}",
        "/1/statistics/?since=x&last=y",
        f"/1/statistics/through/acts/?{YEAR}",
        f"/1/statistics/stated/{of['odd']}/",
    ]


@pytest.mark.parametrize("lang", READERS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    chrome: Browser, done: Undertakings, lang: str
) -> None:
    with window(chrome, done.desks, lang) as page:
        for path in paths(done):
            page.goto(path)
            assert page.evaluate("document.dir") == ("rtl" if lang == "ar" else "ltr")
            look(page, path[:24])


def test_a_period_is_asked_for_and_stated_without_a_script(chrome: Browser, done: Undertakings) -> None:
    with window(chrome, done.desks, "ar", java_script_enabled=False) as page:
        page.goto("/1/statistics/")
        page.fill("#since", "2018-09-01")
        page.fill("#last", "2018-09-30")
        press(page, "form.period button")
        assert "since=2018-09-01&last=2018-09-30" in page.url
        press(page, ".listhead form button")
        expect(page).to_have_url(re.compile(r"/drafts/\d+/"))
        assert page.input_value("[name='f.since']") == "2018-09-01"
        assert page.input_value("[name='f.until']") == "2018-10-01"
