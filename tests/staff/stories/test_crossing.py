"""While the wire is cut both sides act in one matter. When it is mended both desks say what stands."""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.sync_api import Browser, expect

from tests.staff.stories.officers import Officer, desk
from tests.staff.stories.posts import Posts
from yeollak.words import say
from yeollak.words.naming import Reader

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: What is said of an act that cannot leave.
KEPT = "The line is down. The act is signed and kept, and leaves by itself when the line is back."
SUBJECT = "Survey of the river mouth"
#: In which the story is acted, and who reads along in the others.
LANG, BESIDE = "en", ("liaison", "co-head")


def test_acts_that_crossed_are_told_at_both_desks(chrome: Browser, posts: Posts) -> None:
    lang, subject = LANG, SUBJECT
    with (
        desk(chrome, posts, "south", lang, beside=BESIDE) as south,
        desk(chrome, posts, "north", lang, beside=BESIDE) as north,
    ):
        south.pick("note.tender", "note.tender")
        south.fill({f"f.subject.{lang}": subject, f"text.{lang}": subject})
        south.preview()
        note = south.sign()
        south.counted()
        expect(north.strip(subject)).to_be_visible()

        drawn = {officer.side: _drawn(officer) for officer in (south, north)}
        posts.cut()
        south.see(note)
        south.do("note.withdraw")
        # What was signed is kept, and the page says that it has not left.
        south.reads(KEPT)
        expect(south.page.locator(".wire.cut")).to_be_visible()
        south.fits()
        south.see(note)
        south.stands("note", "withdrawn")
        south.reads("A crossing act may still change this.")
        assert "note.withdraw" not in south.offered()
        expect(south.page.locator(".stages li.here")).to_have_count(0)
        north.see(note)
        north.stands("note", "tendered")
        north.do("note.take")
        north.see(note)
        north.stands("note", "taken")
        north.reads("A crossing act may still change this.")
        north.today()
        north.reads("The line is dead. Nothing can be received.", ".verdict h1")
        assert posts.ask(lambda: posts.view("south").office.state(note).state.phase) == "withdrawn"

        posts.mend()
        for officer in (south, north):
            officer.today()
            expect(officer.page.locator(".wire:not(.cut)")).to_be_visible()
        assert posts.agree(note) == "taken"
        for officer in (south, north):
            officer.see(note)
            officer.stands("note", "taken")
            officer.reads("Settled.")
            officer.all_read(_told_which_stands)
            officer.fits()

            # The ladder draws where they met, and strikes out what has no effect.
            assert _drawn(officer) == drawn[officer.side] + 1
            acts = officer.page.locator(".rung").filter(has_text=subject)
            expect(acts).to_have_count(3)
            overtaken = officer.page.locator(".rung.void").filter(has_text=subject)
            expect(overtaken).to_have_count(1)
            officer.all_read(partial(_drawn_where_they_met, subject=subject))
            officer.fits()
        south.see(note)
        assert south.offered() == ["note.deliver", "note.route"]


def _told_which_stands(officer: Officer) -> None:
    expect(officer.page.locator("ul.crossed")).to_have_text(_which_stands(officer.lang, officer.side))


def _drawn_where_they_met(officer: Officer, subject: str) -> None:
    acts = officer.page.locator(".rung").filter(has_text=subject)
    overtaken = officer.page.locator(".rung.void").filter(has_text=subject)
    for act in (overtaken, acts.nth(2)):
        words = re.split(r"\{\w+\}", say(officer.lang, "crossed that of {side}, {when}"))
        expect(act).to_contain_text(max(words, key=len).strip())


def _which_stands(lang: str, side: str) -> str:
    """The sentence that tells a side which of the two has effect."""
    reader = Reader(lang, side, {"south": "South", "north": "North"})
    withdrawal, taking = reader.noun("note.withdraw"), reader.noun("note.take")
    if side == "south":
        message = "Your {act} crossed {side}’s {other}, which stands; yours has no effect."
        return say(lang, message, act=withdrawal, side=reader.name("north"), other=taking)
    message = "{side}’s {act} crossed your {other}, which stands; theirs has no effect."
    return say(lang, message, side=reader.name("south"), act=withdrawal, other=taking)


def _drawn(officer: Officer) -> int:
    """How many crossings the ladder draws, before a screen."""
    officer.press(".nav a[data-key=l]")
    return officer.page.locator(".rungs svg.only-wide path[d*='a8 8 0 1 0 16 0']").count()
