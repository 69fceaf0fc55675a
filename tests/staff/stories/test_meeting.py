"""A meeting: proposed, countered, agreed, held, and minutes that both sides sign, on paper in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.staff.stories.officers import Officer, desk
from tests.staff.stories.posts import Posts
from yeollak.words.deeds import deed_word

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOPIC, PLACE = "إصلاح محطة المياه", "كايسونغ"
#: In which the story is acted, and who reads along in the others.
LANG, BESIDE = "ar", ("duty", "liaison")
MINUTES = {
    "j.en.title": "Minutes",
    "j.ko.title": "회의록",
    "j.0.en.text": "Both sides repair the plant by 1 May 2026.",
    "j.0.ko.text": "쌍방은 2026년 5월 1일까지 정수장을 보수한다.",
}


def test_a_meeting_is_proposed_countered_agreed_held_and_minuted(chrome: Browser, posts: Posts) -> None:
    lang = LANG
    with (
        desk(chrome, posts, "south", lang, "co-head", beside=BESIDE) as south,
        desk(chrome, posts, "north", lang, "co-head", beside=BESIDE) as north,
    ):
        for officer in (south, north):
            officer.equip()
        meeting, begins, earlier = _proposed(posts, south, lang)
        _countered(north, meeting, TOPIC, begins, earlier)

        # What was proposed otherwise stands on the page, and is what is agreed to.
        south.today()
        assert south.open(TOPIC) == meeting
        south.stands("meeting", "proposed")
        south.reached("Proposed", "Countered")
        facts = south.page.locator("#facts-h ~ dl")
        expect(facts).to_contain_text(earlier)
        expect(facts).not_to_contain_text(begins)
        south.choose("meeting.agree")
        south.preview()
        expect(south.page.locator("#h-answered ~ dl")).to_contain_text(earlier)
        south.sign()
        south.counted()
        south.today()
        expect(south.page.locator(".cols3 .rows").first).to_contain_text(TOPIC)

        north.see(meeting)
        north.stands("meeting", "agreed")
        assert "meeting.agree" not in north.offered()
        posts.hour.ahead(minutes=50)
        _held(north, earlier, lang)
        south.see(meeting)
        south.stands("meeting", "reported", **{"account/north": "held"})
        south.do("meeting.held")
        south.counted()
        _minuted(south, north, meeting, lang)
        assert posts.agree(meeting) == "signed"


def _proposed(posts: Posts, south: Officer, lang: str) -> tuple[str, str, str]:
    """Propose it; returns the meeting and the hours that are proposed first and then."""
    local = posts.hour.now() + timedelta(hours=9, minutes=45)
    begins, earlier = f"{local + timedelta(hours=2):%H:%M}", f"{local:%H:%M}"
    south.pick(deed_word(lang, "meeting.propose"), "meeting.propose")
    said = {"f.level": "working", f"f.topic.{lang}": TOPIC, f"f.place.{lang}": PLACE}
    south.fill({**said, "f.start.d": f"{local:%Y-%m-%d}", "f.start.t": begins})
    south.preview()
    return south.sign(), begins, earlier


def _countered(north: Officer, meeting: str, topic: str, begins: str, earlier: str) -> None:
    """At the other desk nothing is typed anew but the hour."""
    assert north.open(topic) == meeting
    north.stands("meeting", "proposed")
    assert north.offered() == ["meeting.counter", "meeting.agree", "meeting.delegation", "meeting.decline"]
    north.fits()
    north.choose("meeting.counter")
    assert north.page.input_value(f'[name="f.topic.{north.lang}"]') == topic
    assert north.page.input_value('[name="f.start.t"]') == begins
    north.fill({"f.start.t": earlier})
    north.preview()
    north.sign()
    north.counted()


def _held(north: Officer, earlier: str, lang: str) -> None:
    north.choose("meeting.held")
    assert north.page.input_value(f'[name="f.place.{lang}"]') == PLACE
    north.preview()
    expect(north.page.locator("#h-reads ~ dl")).to_contain_text(earlier)
    north.sign()
    north.counted()


def _minuted(south: Officer, north: Officer, meeting: str, lang: str) -> None:
    """Minutes over one text in two languages, signed by both, and the paper of it."""
    south.see(meeting)
    south.choose("meeting.minutes")
    south.fill(MINUTES)
    south.press('button[value="check"]')
    south.reads("No difference between the languages was found. Words are not understood: read the text.")
    south.fits()
    south.preview()
    south.sign()
    south.counted()
    for officer in (north, south):
        officer.today()
        assert officer.open(TOPIC) == meeting
        officer.stands("meeting", "minuted")
        officer.choose("meeting.sign")
        officer.preview()
        # The text is read where it is signed.
        for name in ("j.0.en.text", "j.0.ko.text"):
            expect(officer.page.locator(".par")).to_contain_text(MINUTES[name])
        officer.sign()
        officer.counted()
    for officer in (north, south):
        officer.see(meeting)
        officer.stands("meeting", "signed")
        assert "meeting.sign" not in officer.offered()
        officer.reads("Settled.")
        officer.fits()
    with south.page.expect_download() as paper:
        south.page.click('a[href$=".pdf"]')
    made = paper.value.path().read_bytes()
    assert made.startswith(b"%PDF-")
    assert made.rstrip().endswith(b"%%EOF")
