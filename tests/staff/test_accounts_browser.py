"""Pages of accounts in a real browser: the story of one's own account, accessible in each language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from tests.staff.desks import Desks
from tests.staff.looking import enter, launched, listen, look, opened, press, sign_in, window
from tests.storage.setup import ready
from yeollak.words import LANGUAGES

ready()
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "south")
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser(desks: Desks, chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_story_of_an_account(desks: Desks, browser: Browser, lang: str) -> None:
    base, now = desks.address("south"), desks.nodes["south"].clock.now
    context = opened(browser, base_url=base)
    complaints, page = listen(context), context.new_page()
    html = page.locator("html")
    page.goto(f"/sign-in/?lang={lang}")
    look(page, "sign-in")
    sign_in(page, base, "co-head", lang)
    page.goto("/me/")
    page.select_option("#language", lang)
    press(page, "form[action='/me/settings/'] button")
    expect(html).to_have_attribute("lang", lang)
    look(page, "me")
    page.goto("/me/factor/")
    look(page, "factor")
    device = pyotp.TOTP((page.text_content(".secret") or "").replace(" ", ""))
    box = page.locator("svg.qr").bounding_box()
    assert box is not None
    assert box["width"] == box["height"] >= 200
    page.fill("#code", device.at(now()))
    enter(page)
    expect(page.locator(".codes li")).to_have_count(10)
    codes = page.locator(".codes li").all_inner_texts()
    look(page, "codes")
    for path in ("/me/", "/1/accounts/", "/1/accounts/new/", "/1/accounts/audit/", "/me/confirm/"):
        page.goto(path)
        look(page, path)
    page.goto("/1/accounts/")
    press(page, "table tbody tr:nth-of-type(3) a")
    look(page, "account")
    press(page, "form[action='/sign-out/'] button")
    sign_in(page, base, "co-head", lang)
    look(page, "code")
    expect(page.locator("#code")).to_be_focused()
    press(page, "a[href*='?recovery']")
    look(page, "recovery")
    page.fill("#code", codes[0])
    enter(page)
    assert page.url == f"{base}/1/"
    # As it was, for the next language; the passphrase is fresh from signing in.
    page.goto("/me/")
    press(page, "form[action='/me/no-factor/'] button")
    expect(page.locator("a[href='/me/factor/'].go")).to_have_count(1)
    assert complaints == []
    context.close()


def test_a_page_is_left_by_the_keyboard_in_order(desks: Desks, browser: Browser) -> None:
    with window(browser, desks, name="co-head") as page:
        page.goto("/me/")
        reached = []
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
            if reached[-1] == "zone":
                break
        assert reached.index("passphrase") < reached.index("again") < reached.index("language")
        assert "username" not in reached
