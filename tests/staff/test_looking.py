"""What looks at pages sees what is wrong with one, however many elements are drawn alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.staff.looking import SLIM, contrast, findings, launched, look, opened, overflow

pytestmark = pytest.mark.browser

SOUND = """<!doctype html><html lang="en"><head><title>A page</title><style>
p { color: #111; background: #fff } .pale { color: #bbb } .pale.night { color: #111 }
</style></head><body><main><h1>A page</h1><p>Sound.</p><p>As sound.</p>%s</main></body></html>"""


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as found:
        yield found


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return opened(browser).new_page()


def test_a_sound_page_passes(page: Page) -> None:
    page.set_content(SOUND % "")
    look(page, "sound", night=True)
    assert contrast(page) == []


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ('<p class="pale">Pale.</p>', "color-contrast"),
        ('<div style="background:#222"><p style="background:none">Dark on dark.</p></div>', "color-contrast"),
        ('<p>Sound, but for <b class="pale">this.</b></p>', "color-contrast"),
        ('<img src="data:,">', "image-alt"),
        ('<input type="text">', "label"),
        ("<h4>Two levels below</h4>", "heading-order"),
    ],
)
def test_what_is_wrong_is_found(page: Page, wrong: str, rule: str) -> None:
    page.set_content(SOUND % wrong)
    found = findings(page)
    assert [one.partition(":")[0] for one in found] == [rule], found
    # What is looked at a second time is looked at as it is then.
    page.evaluate("document.querySelector('main').lastChild.remove()")
    assert findings(page) == []


def test_what_turns_pale_later_is_found_then(page: Page) -> None:
    page.set_content(SOUND % '<p class="pale night">Dark.</p>')
    assert findings(page) == []
    page.evaluate("document.querySelector('.night').classList.remove('night')")
    (found,) = findings(page)
    assert found.startswith('color-contrast: [[".pale"]]')
    assert contrast(page) == [found]


def test_what_is_sound_is_looked_at_again_where_it_is_drawn_otherwise(page: Page) -> None:
    marked = "document.querySelectorAll('[data-first]').length"
    page.set_content(SOUND % "<p>Another.</p>")
    assert findings(page) == []
    page.set_content(SOUND % "<p>And another.</p>")
    assert findings(page) == []
    before = page.evaluate(marked)
    page.set_content(SOUND % '<p style="color: #222">Not as black.</p>')
    assert findings(page) == []
    assert page.evaluate(marked) == before  # one that is new, in the place of one that is known
    for _ in range(2):
        page.set_content(SOUND % '<p style="color: #ccc">Hardly to be seen.</p>')
        assert [one.partition(":")[0] for one in findings(page)] == ["color-contrast"]


def test_of_what_is_drawn_alike_the_first_is_named(page: Page) -> None:
    page.set_content(SOUND % ('<p class="pale">Pale.</p>' * 500))
    (found,) = findings(page)
    assert re.fullmatch(r'color-contrast: \[\["(p|\.pale)\[data-first=\\"\\"\]"\]\]', found), found


def test_what_is_wider_than_a_phone_is_found(page: Page) -> None:
    page.set_content(SOUND % f'<p style="width:{SLIM + 30}px">Wide.</p>')
    assert overflow(page) == 0
    with pytest.raises(AssertionError, match="wide"):
        look(page, "wide")
