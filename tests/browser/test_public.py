"""The public page in a real browser: accessible, whole at every width, usable by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.site import serving
from tests.staff.looking import (
    SLIM,
    WIDE,
    contrast,
    enter,
    findings,
    launched,
    listen,
    opened,
    overflow,
    press,
)
from yeollak.words import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as found:
        yield found


@contextmanager
def shown(browser: Browser, address: str, width: int = WIDE, **more: Any) -> Iterator[Page]:
    """A page of the public site with all that can be opened open, which complains of nothing to the end."""
    context = opened(browser, width, **more)
    try:
        complaints, page = listen(context), context.new_page()
        found = page.goto(address)
        assert found is not None
        assert found.status == (404 if address.endswith("/nowhere") else 200)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        yield page
        assert complaints == []
    finally:
        context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing(browser: Browser, address: str, lang: str) -> None:
    # One year stands for all: every part of the page is there, and axe is done in a few seconds.
    with shown(browser, f"{address}/{lang}/?year=2021") as page:
        assert findings(page) == []


def test_axe_finds_nothing_on_a_page_that_is_not_there(browser: Browser, address: str) -> None:
    with shown(browser, f"{address}/ko/nowhere") as page:
        assert findings(page) == []


def test_contrast_holds_in_the_dark(browser: Browser, address: str) -> None:
    with shown(browser, f"{address}/en/?year=2021", color_scheme="dark") as page:
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 21, 23)"
        assert contrast(page) == []


@pytest.mark.parametrize("width", [WIDE, 768, SLIM, 320])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_scrolls_sideways(browser: Browser, address: str, lang: str, width: int) -> None:
    with shown(browser, f"{address}/{lang}/", width) as page:
        wide = page.evaluate(
            """() => {
                const room = document.documentElement.clientWidth;
                return [...document.querySelectorAll('body *')].filter(e => {
                    const box = e.getBoundingClientRect();
                    const hidden = e.closest('.vh, .skip, thead') || box.width === 0;
                    return !hidden && (box.right > room + 1 || box.left < -1);
                }).slice(0, 5).map(e => e.outerHTML.slice(0, 120));
            }"""
        )
        assert wide == []
        assert overflow(page) == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_policy_blocks_nothing_that_the_page_needs(browser: Browser, address: str, lang: str) -> None:
    with shown(browser, f"{address}/{lang}/") as page:  # and it complains of nothing
        border = "getComputedStyle(document.querySelector('.info')).borderBlockStartWidth"
        assert page.evaluate(border) == "2px"


def test_arabic_reads_from_the_right(browser: Browser, address: str) -> None:
    with shown(browser, f"{address}/ar/") as page:
        heading, box = page.locator("h1").bounding_box(), page.locator("aside").bounding_box()
        assert heading is not None
        assert box is not None
        assert heading["x"] + heading["width"] > box["x"] + box["width"]
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
        # The first party's floor is marked at the reading start of the drawing.
        south = page.locator(".house path.s-p0").bounding_box()
        walls = page.locator(".house path.s-ink").first.bounding_box()
        assert south is not None
        assert walls is not None
        assert south["x"] >= walls["x"] + walls["width"]


def test_the_keyboard_reaches_content_filter_and_sources(browser: Browser, address: str) -> None:
    with shown(browser, f"{address}/en/") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")  # within the page: nothing is loaded
        page.wait_for_function("location.hash === '#main'")
        page.focus("#f-side")
        page.keyboard.press("n")
        expect(page.locator("#f-side")).to_have_value("north")
        page.focus(".go button")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
        enter(page)
        assert "side=north" in page.url
        expect(page.locator("ol.full > li")).to_have_count(13)
        page.locator("ol.full sup a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("location.hash.startsWith('#ref-')")


def test_the_language_can_be_changed_and_keeps_the_question(browser: Browser, address: str) -> None:
    with shown(browser, f"{address}/en/?year=2019") as page:
        many = page.locator("ol.full > li").count()
        assert many > 0
        press(page, "nav.langs a[lang=ko]")
        expect(page).to_have_url(re.compile("/ko/offices/.*year=2019"))
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        expect(page.locator("ol.full > li")).to_have_count(many)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_targets_are_large_enough_on_a_phone(browser: Browser, address: str, lang: str) -> None:
    with shown(browser, f"{address}/{lang}/", SLIM) as page:
        small = page.evaluate(
            """() => [...document.querySelectorAll('.langs a, .toc a, select, .btn, summary, .brand')]
                .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"""
        )
        assert small == []


def test_paper_gets_the_facts_without_the_furniture(browser: Browser, address: str) -> None:
    with shown(browser, f"{address}/en/") as page:
        page.emulate_media(media="print")
        expect(page.locator(".filters")).to_be_hidden()
        expect(page.locator("nav.langs")).to_be_hidden()
        expect(page.locator(".recon")).to_be_visible()
        expect(page.locator("ol.full > li")).to_have_count(108)
