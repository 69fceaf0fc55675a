"""A side withdraws from the office, the other stays, and the first comes back, in part and then in full."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.staff.stories.officers import Officer, desk
from tests.staff.stories.posts import Posts
from yeollak.office.matter import natural_id
from yeollak.words import say
from yeollak.words.acts import kind_word
from yeollak.words.deeds import deed_word
from yeollak.words.naming import Reader
from yeollak.words.states import stand_word

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REASON = "بناءً على تعليمات من السلطة العليا."
#: In which the story is acted, and who reads along in the others.
LANG, BESIDE = "ar", ("duty", "liaison")


def test_a_side_withdraws_the_other_stays_and_it_returns(chrome: Browser, posts: Posts) -> None:
    lang = LANG
    standing = {side: natural_id(posts.office, "standing", side) for side in ("south", "north")}
    with (
        desk(chrome, posts, "south", lang, "co-head", beside=BESIDE) as south,
        desk(chrome, posts, "north", lang, "co-head", beside=BESIDE) as north,
    ):
        for officer in (south, north):
            _present(officer)

        # Withdrawn without the consent of anybody, and told at the other desk by itself.
        north.today()
        _to_standing(north)
        assert north.matter == standing["north"]
        assert "standing.return" not in north.offered()
        assert "standing.stay" not in north.offered()
        north.choose("standing.withdraw")
        north.fill({"f.others": "may-stay", f"f.reason.{lang}": REASON})
        north.preview()
        north.reads("It cannot be taken back.")
        north.sign()
        north.counted()
        withdrawn = stand_word(lang, "withdrawn")
        expect(south.page.locator("#bridge .post.them")).to_contain_text(withdrawn)
        expect(south.page.locator("#bridge .post.us")).not_to_contain_text(withdrawn)
        south.today()
        south.shows("#bridge .post.them", lambda lang: stand_word(lang, "withdrawn"))
        south.shows(".verdict h1", _north_is_gone)
        expect(_stands(south, "them")).to_contain_text(withdrawn)
        south.fits()
        south.see(standing["north"])
        south.stands("standing", "withdrawn")
        expect(south.page.locator("main")).to_contain_text(REASON)
        assert south.offered() == []

        # Whoever stays says so; nobody else can say it for him.
        south.today()
        _to_standing(south)
        assert south.matter == standing["south"]
        south.do("standing.stay", {"f.staff": "12"})
        south.counted()
        north.see(standing["south"])
        north.stands("standing", "present")
        north.shows("main", lambda lang: kind_word(lang, "standing.stay"))
        assert north.offered() == []

        for extent, phase in (("partial", "partial"), ("full", "present")):
            north.see(standing["north"])
            assert "standing.withdraw" in north.offered() or phase == "partial"
            north.do("standing.return", {"f.extent": extent})
            north.counted()
            south.today()
            expect(_stands(south, "them")).to_contain_text(stand_word(lang, phase))
        expect(south.page.locator("#bridge .post.them")).not_to_contain_text(withdrawn)
        south.reads("All is well. Nothing waits on us.", ".verdict h1")
        for side, matter in standing.items():
            assert posts.agree(matter) == "present", side


def _north_is_gone(lang: str) -> str:
    """What Today says first at the South's desk."""
    who = Reader(lang, "south", {"north": "North"}).sides(["north"])
    return say(lang, "Nothing waits on us. Withdrawn from the office: {sides}.", sides=who)


def _present(officer: Officer) -> None:
    """State that the side is at the office, where it never has."""
    if say(officer.lang, "not stated") in _stands(officer, "us").inner_text():
        officer.pick(deed_word(officer.lang, "standing.open"), "standing.open")
        officer.preview()
        officer.sign()
        officer.counted()


def _stands(officer: Officer, whose: str) -> Locator:
    """On Today: where a side stands to the office."""
    return (
        officer.page.locator(".cols3 > section")
        .nth(2)
        .locator("li", has=officer.page.locator(f".side.{whose}"))
        .first
    )


def _to_standing(officer: Officer) -> None:
    """From Today to where our side stands."""
    officer.press(_stands(officer, "us").get_by_role("link"))
