"""The public page in a real browser: accessible, whole at every width, usable by keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.desk.site import serving
from yeollak.words import LANGUAGES

pytestmark = pytest.mark.browser

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield found
        found.close()


def _open(browser: Browser, address: str, width: int = 1440, **more: Any) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce", **more)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.complaints = complaints  # type: ignore[attr-defined]  # ours, read by the tests
    found = page.goto(address)
    assert found is not None
    assert found.status == (404 if address.endswith("/nowhere") else 200)
    return page


def _axe(page: Page, only: dict[str, object]) -> list[tuple[str, list[object]]]:
    """What axe-core finds, with a page whose disclosures are all open."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations', 'passes']})", only
    )
    assert found["passes"], "axe looked at nothing"
    return [(each["id"], [node["target"] for node in each["nodes"][:3]]) for each in found["violations"]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing(browser: Browser, address: str, lang: str) -> None:
    # One year stands for all: every part of the page is there, and axe is done in a few seconds.
    page = _open(browser, f"{address}/{lang}/?year=2021")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    problems = _axe(page, {"type": "tag", "values": tags})
    assert problems == [], json.dumps(problems, ensure_ascii=False, indent=1)
    page.close()


def test_axe_finds_nothing_on_a_page_that_is_not_there(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/ko/nowhere")
    assert _axe(page, {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag22aa", "best-practice"]}) == []
    page.close()


def test_contrast_holds_in_the_dark(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/en/?year=2021", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 21, 23)"
    assert _axe(page, {"type": "rule", "values": ["color-contrast"]}) == []
    page.close()


@pytest.mark.parametrize("width", [1440, 768, 390, 320])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_scrolls_sideways(browser: Browser, address: str, lang: str, width: int) -> None:
    page = _open(browser, f"{address}/{lang}/", width)
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
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_policy_blocks_nothing_that_the_page_needs(browser: Browser, address: str, lang: str) -> None:
    page = _open(browser, f"{address}/{lang}/")
    assert page.complaints == []  # type: ignore[attr-defined]  # set by _open
    assert page.evaluate("getComputedStyle(document.querySelector('.info')).borderBlockStartWidth") == "2px"
    page.close()


def test_arabic_reads_from_the_right(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/ar/")
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
    page.close()


def test_the_keyboard_reaches_content_filter_and_sources(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#main'")
    page.focus("#f-side")
    page.keyboard.press("n")
    page.focus(".go button")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    page.wait_for_url("**side=north**")
    assert page.locator("ol.full > li").count() == 13
    page.locator("ol.full sup a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.startsWith('#ref-')")
    page.close()


def test_the_language_can_be_changed_and_keeps_the_question(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/en/?year=2019")
    page.click("nav.langs a[lang=ko]")
    page.wait_for_url("**/ko/offices/**year=2019**")
    assert page.locator("html").get_attribute("lang") == "ko"
    assert (
        "17" in (page.locator("[role=status]").text_content() or "") or page.locator("ol.full > li").count()
    )
    page.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_targets_are_large_enough_on_a_phone(browser: Browser, address: str, lang: str) -> None:
    page = _open(browser, f"{address}/{lang}/", 390)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.langs a, .toc a, select, .btn, summary, .brand')]
            .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []
    page.close()


def test_paper_gets_the_facts_without_the_furniture(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/en/")
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    assert not page.locator("nav.langs").is_visible()
    assert page.locator(".recon").is_visible()
    assert page.locator("ol.full > li").count() == 108
    page.close()
