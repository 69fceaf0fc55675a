"""A note from desk to desk: tendered, taken up, delivered, read and answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.staff.stories.officers import desk
from tests.staff.stories.posts import Posts
from yeollak.desk.staff.docket import action
from yeollak.words.deeds import deed_word

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUBJECT = "황강댐 방류 사전 통보"
TEXT = "내일 06시에 수문 두 개를 연다."
ANSWER = "알려 주어 고맙다."


#: In which the story is acted, and who reads along in the others.
LANG, BESIDE = "ko", ("liaison", "co-head")


def test_a_note_is_tendered_taken_up_and_answered(chrome: Browser, posts: Posts) -> None:
    lang, subject, text, answer = LANG, SUBJECT, TEXT, ANSWER
    with (
        desk(chrome, posts, "south", lang, beside=BESIDE) as south,
        desk(chrome, posts, "north", lang, beside=BESIDE) as north,
    ):
        expect(north.strip(subject)).to_have_count(0)
        south.pick(deed_word(lang, "note.tender"), "note.tender")
        south.fill({f"f.subject.{lang}": subject, f"text.{lang}": text})
        shown = south.preview()
        note = south.sign()
        assert note == shown

        # At the other desk it stands on Today by itself, with its hour, and without a word of the text.
        strip = north.strip(subject)
        expect(strip).to_contain_text("10:2")
        north.fits()
        assert north.open(subject) == note
        north.stands("note", "tendered")
        north.reads("Settled.")
        north.reached("Tendered", "Received")
        assert north.offered() == ["note.take", "note.route", "note.refuse"]
        expect(north.page.locator("main")).not_to_contain_text(text)
        north.fits()
        north.do("note.take")
        north.counted()

        # Whoever tendered is asked to deliver, and nothing else is waited for.
        south.today()
        expect(south.strip(subject).locator("a.btn")).to_contain_text(action(lang, ["note.deliver"]))
        assert south.open(subject) == note
        south.stands("note", "taken")
        assert south.offered() == ["note.deliver", "note.route"]
        south.do("note.deliver")
        south.counted()

        north.see(note)
        north.stands("note", "delivered")
        expect(north.page.locator("main")).to_contain_text(text)
        north.reached("Tendered", "Received", "Taken up", "Delivered")
        north.do("note.read")
        north.see(note)
        north.reached("Tendered", "Received", "Taken up", "Delivered", "Read")
        north.do("note.answer", {f"text.{lang}": answer})
        north.counted()

        # The page of what was sent tells what came of it, by itself.
        south.go(f"/1/sent/{note}/")
        expect(south.page.locator(".rows li")).to_have_count(3)
        south.see(note)
        south.stands("note", "answered")
        expect(south.page.locator("main")).to_contain_text(answer)
        south.reached("Tendered", "Received", "Taken up", "Delivered", "Read", "Answered")
        assert south.offered() == ["note.route"]
        south.fits()
        south.today()
        expect(south.strip(subject)).to_have_count(0)
        assert posts.agree(note) == "answered"
