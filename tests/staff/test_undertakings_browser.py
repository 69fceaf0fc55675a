"""Projects and statistics in a real browser: axe-core in three languages, wide and on a phone by night."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.staff.desks import PASSPHRASE, Desks
from tests.staff.test_matters import AXE, NIGHT, READERS
from tests.staff.undertakings import Undertakings
from yeollak.node.acting import Text, act
from yeollak.office.propose import Draft

pytestmark = pytest.mark.browser

YEAR = "since=2018-01-01&last=2018-12-31"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undertakings]:
    folder: Path = tmp_path_factory.mktemp("undertakings-browser")
    desks = Desks.taken(Desks.made(folder / "template"), folder / "served", "north", "south")
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
    with sync_playwright() as play:
        found = play.chromium.launch(
            executable_path=str(chromium), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


def signed_in(chrome: Browser, done: Undertakings, lang: str) -> Page:
    page = chrome.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.goto(f"{done.desks.address('south')}/sign-in/")
    page.fill("#name", READERS[lang])
    page.fill("#passphrase", PASSPHRASE)
    page.click("main button.go")
    page.wait_for_url("**/1/")
    return page


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
    page = signed_in(chrome, done, lang)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    problems: list[Any] = []
    for width, scheme in ((1440, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light and dark are what it takes
        for path in paths(done):
            page.goto(done.desks.address("south") + path)
            if width == 1440 or lang == "ar":
                page.evaluate(axe)
                only = AXE if width == 1440 else NIGHT
                found = page.evaluate("only => axe.run(document, {runOnly: only})", only)
                problems += [
                    (path[:24], width, one["id"], [node["target"] for node in one["nodes"][:3]])
                    for one in found["violations"]
                ]
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                problems.append((path[:24], width, "scrolls sideways", wide))
            mirrored = page.evaluate("document.dir")
            assert mirrored == ("rtl" if lang == "ar" else "ltr")
    assert problems == [], json.dumps(problems, ensure_ascii=False, indent=1)
    assert [one for one in complaints if "favicon" not in one and "404" not in one] == []
    page.close()


def test_a_period_is_asked_for_and_stated_without_a_script(chrome: Browser, done: Undertakings) -> None:
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{done.desks.address('south')}/sign-in/")
    page.fill("#name", "co-head")
    page.fill("#passphrase", PASSPHRASE)
    page.click("main button.go")
    page.goto(f"{done.desks.address('south')}/1/statistics/")
    page.fill("#since", "2018-09-01")
    page.fill("#last", "2018-09-30")
    page.click("form.period button")
    assert "since=2018-09-01&last=2018-09-30" in page.url
    page.click(".listhead form button")
    page.wait_for_url("**/drafts/*/")
    assert page.input_value("[name='f.since']") == "2018-09-01"
    assert page.input_value("[name='f.until']") == "2018-10-01"
    context.close()
