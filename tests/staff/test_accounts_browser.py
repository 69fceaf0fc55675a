"""Pages of accounts in a real browser: the story of one's own account, accessible in each language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.staff.desks import PASSPHRASE, Desks
from tests.storage.setup import ready
from yeollak.words import LANGUAGES

ready()
pytestmark = pytest.mark.browser

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    folder: Path = tmp_path_factory.mktemp("accounts")
    made = Desks.taken(Desks.made(folder / "template"), folder / "served", "south")
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser(desks: Desks, chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield found
        found.close()


def look(page: Page, name: str) -> None:
    """Hold a page against axe and its width, wide and slim; and its contrast in the dark, once."""
    page.wait_for_load_state()  # a form may have sent it elsewhere just now
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (name, width, over)
    page.evaluate(AXE)
    asked = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations", "passes"]}
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    assert found["passes"], "axe looked at nothing"
    problems = [(one["id"], [node["target"] for node in one["nodes"][:3]]) for one in found["violations"]]
    assert problems == [], json.dumps([name, problems], ensure_ascii=False, indent=1)
    page.set_viewport_size({"width": 1440, "height": 900})
    if page.get_attribute("html", "lang") != "en":
        return
    page.emulate_media(color_scheme="dark")
    found = page.evaluate("axe.run(document, {runOnly: {type: 'rule', values: ['color-contrast']}})")
    assert [one["id"] for one in found["violations"]] == [], name
    page.emulate_media(color_scheme="light")


def enter(page: Page) -> None:
    """Send the form that the focus is in, and wait for what it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page: Page, base: str, lang: str) -> None:
    page.goto(f"{base}/sign-in/?lang={lang}")
    page.fill("#name", "co-head")
    page.fill("#passphrase", PASSPHRASE)
    enter(page)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_story_of_an_account(desks: Desks, browser: Browser, lang: str) -> None:
    base, now = desks.address("south"), desks.nodes["south"].clock.now
    context = browser.new_context(reduced_motion="reduce", base_url=base)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda told: refused.append(told.text) if "Content Security" in told.text else None)
    page.goto(f"/sign-in/?lang={lang}")
    look(page, "sign-in")
    sign_in(page, base, lang)
    page.goto("/me/")
    page.select_option("#language", lang)
    page.click("form[action='/me/settings/'] button")
    assert page.get_attribute("html", "lang") == lang
    look(page, "me")
    page.goto("/me/factor/")
    look(page, "factor")
    device = pyotp.TOTP((page.text_content(".secret") or "").replace(" ", ""))
    box = page.locator("svg.qr").bounding_box()
    assert box is not None
    assert box["width"] == box["height"] >= 200
    page.fill("#code", device.at(now()))
    enter(page)
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    look(page, "codes")
    for path in ("/me/", "/1/accounts/", "/1/accounts/new/", "/1/accounts/audit/", "/me/confirm/"):
        page.goto(path)
        look(page, path)
    page.goto("/1/accounts/")
    page.locator("table tbody a").nth(2).click()
    look(page, "account")
    page.locator("form[action='/sign-out/'] button").click()
    sign_in(page, base, lang)
    look(page, "code")
    assert page.evaluate("document.activeElement.id") == "code"
    page.locator("a[href*='?recovery']").click()
    look(page, "recovery")
    page.fill("#code", codes[0])
    enter(page)
    page.wait_for_url("**/1/")
    # As it was, for the next language; the passphrase is fresh from signing in.
    page.goto("/me/")
    page.locator("form[action='/me/no-factor/'] button").click()
    assert page.locator("a[href='/me/factor/'].go").count() == 1
    assert refused == []
    context.close()


def test_a_page_is_left_by_the_keyboard_in_order(desks: Desks, browser: Browser) -> None:
    page = browser.new_page()
    sign_in(page, desks.address("south"), "en")
    page.goto(f"{desks.address('south')}/me/")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if reached[-1] == "zone":
            break
    assert reached.index("passphrase") < reached.index("again") < reached.index("language")
    assert "username" not in reached
    page.close()
