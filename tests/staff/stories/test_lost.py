"""A session that is lost in mid-draft, whatever one does then; and a draft that goes from hand to hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.staff.looking import sign_in
from tests.staff.stories.officers import Officer, desk
from tests.staff.stories.posts import Posts
from yeollak.words import LANGUAGES, say

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUBJECTS = {"en": "Visit to graves at Chuseok", "ko": "추석 성묘 방문", "ar": "زيارة المقابر في تشوسوك"}
BEFORE = {"en": "Written before. ", "ko": "세션이 끝나기 전에 쓴 말. ", "ar": "كُتب قبل ذلك. "}
AFTER = {"en": "Written after.", "ko": "세션이 끝난 뒤에 쓴 말.", "ar": "كُتب بعد ذلك."}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_session_is_lost_and_no_word_with_it(chrome: Browser, posts: Posts, lang: str) -> None:
    subject, words = SUBJECTS[lang], BEFORE[lang] + AFTER[lang]
    with desk(chrome, posts, "south", lang) as south, desk(chrome, posts, "north", lang) as north:
        south.pick("note.tender", "note.tender")
        south.fill({f"f.subject.{lang}": subject, f"text.{lang}": BEFORE[lang]})
        expect(south.page.locator("#saved")).to_contain_text(say(lang, "Saved at"))

        # The cookies are gone while somebody writes: the page tells, and saves once he has signed in beside.
        south.page.context.clear_cookies()
        south.fill({f"text.{lang}": words})
        expect(south.page.locator("#saved.failed")).to_contain_text(_failed(lang))
        south.fits()
        beside = south.page.context.new_page()
        sign_in(beside, south.base, "duty", lang)
        beside.close()
        expect(south.page.locator("#saved")).to_contain_text(say(lang, "Saved at"))

        # Gone once more, and this time he presses on: what was sent is given back, and sent again.
        south.page.context.clear_cookies()
        south.press('button.btn[value="save"]')
        south.reads("What you wrote stands in this page and was not kept yet. Do not close it.")
        south.fits()
        beside = south.page.context.new_page()
        sign_in(beside, south.base, "duty", lang)
        beside.close()
        south.press("main form button.go")
        south.reads("You have signed in anew")
        south.press("main form button.go")
        expect(south.page.locator("#write")).to_be_visible()
        assert south.page.input_value(f'[name="text.{lang}"]') == words
        _handed(chrome, posts, south, north, lang)


def _handed(chrome: Browser, posts: Posts, south: Officer, north: Officer, lang: str) -> None:
    """The draft goes to a colleague, who reads it on Today, and releases it under his own key."""
    subject, words = SUBJECTS[lang], BEFORE[lang] + AFTER[lang]
    draft = south.page.url
    south.page.select_option("#to", "liaison")
    south.press('button[value="hand"]')
    south.reads("It is in your colleague’s hands now.")
    south.page.goto(draft)
    expect(south.page.locator('button.go[value="preview"]')).to_have_count(0)
    with desk(chrome, posts, "south", lang, "liaison") as liaison:
        mine = liaison.page.locator('.lane-us .strip a.btn[href*="/drafts/"]')
        expect(mine).to_contain_text(say(lang, "Read and release"))
        liaison.press(mine)
        assert liaison.page.url == draft
        assert liaison.page.input_value(f'[name="text.{lang}"]') == words
        liaison.preview()
        expect(liaison.page.locator(".eyes")).to_contain_text("duty")
        expect(liaison.page.locator(".eyes")).to_contain_text("liaison")
        note = liaison.sign()
        liaison.counted()
        liaison.today()
        expect(liaison.page.locator('.lane-us .strip a.btn[href*="/drafts/"]')).to_have_count(0)
    north.today()
    assert north.open(subject) == note
    north.stands("note", "tendered")
    expect(north.page.locator("main")).not_to_contain_text(BEFORE[lang].strip())
    assert posts.agree(note) == "tendered"


def _failed(lang: str) -> str:
    return say(
        lang,
        "Not saved: the node cannot be reached, or the session has ended. Keep this page open and sign in in "
        "another window: it saves by itself then.",
    )
