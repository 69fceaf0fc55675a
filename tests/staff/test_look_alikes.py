"""Names from the other side that can be taken for others are marked wherever the desk shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.offices import SECRET
from tests.staff.business import Business
from tests.staff.composing import at
from tests.staff.desks import PASSPHRASE, Desks
from tests.staff.looking import launched, look, window
from yeollak.node import founding
from yeollak.node.acting import Text

#: A post of ours, and one of theirs whose first letter is Cyrillic.
OURS, THEIRS = "Chief of post", "Сhief of post"
TITLE, OTHER = "Levels of the week", "Lеvels of the week"
LIKE = "looks like <bdi>{}</bdi>, is written with other letters"
MIXED, HIDDEN = "mixes letters of several scripts", "has characters that cannot be seen"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    desks = Desks.fresh(tmp_path_factory, "north", "south")
    made = Business(desks)
    for side, title in (("south", OURS), ("north", THEIRS)):
        founding.post_officer(
            desks.nodes[side],
            desks.office,
            SECRET,
            "technical",
            own_passphrase=PASSPHRASE,
            facts={"title": {"en": title}},
        )
    desks.until(desks.level)
    when = {"when": "2022-06-28", "source": "own"}
    plain = Text(b"ours", "text/plain", "en", "levels.txt")
    made.matters["ours"] = made.do("south", "account.enter", plain, facts={**when, "subject": {"en": TITLE}})
    files = [
        Text(b"theirs", "text/plain", "en", name)
        for name in ("lеvels.txt", "over\u3164txt.exe", "levels-٢٠٢٢.txt", "يوم-2022.pdf", "plain.txt")
    ]
    subject = {"en": OTHER, "ko": "주간 수위"}
    made.matters["theirs"] = made.do("north", "account.enter", *files, facts={**when, "subject": subject})
    hidden = {"en": "Quiet\u200b night"}
    made.matters["hidden"] = made.do("north", "account.enter", facts={**when, "subject": hidden})
    desks.until(desks.settled)
    yield made
    desks.close()


def marks(text: str) -> list[str]:
    return re.findall(r'<span class="alike">(.*?)</span>', text)


def test_a_post_that_looks_like_ours_is_marked_and_ours_is_not(made: Business) -> None:
    for path in ("/1/people/", "/1/people/roster/"):
        text = made.desks.browser("south").get(path).text
        assert marks(text) == [LIKE.format(OURS), MIXED], path
        row = next(row for row in text.split("<tr>") if THEIRS in row)
        assert 'class="alike"' in row
    at(made.desks, "north")
    text = made.desks.browser("north").get("/1/people/").text
    assert marks(text) == [LIKE.format(THEIRS)]  # whose name is whose is each side's own view
    at(made.desks, "south")


def test_matters_are_held_against_each_other(made: Business) -> None:
    browser = made.desks.browser("south")
    for path in ("/1/matters/", "/1/line/", "/1/line/?as=table", "/1/record/", "/1/find/?q=week"):
        text = browser.get(path).text
        found = marks(text)
        assert LIKE.format(TITLE) in found, path
        assert MIXED in found, path
        assert LIKE.format(OTHER) not in found, path
    assert HIDDEN in marks(browser.get("/1/matters/").text)


def test_one_matter_alone_still_has_its_mark(made: Business) -> None:
    text = made.desks.browser("south").get(f"/1/matters/{made.matters['theirs']}/").text
    assert MIXED in marks(text)


def test_files_are_marked(made: Business) -> None:
    browser = made.desks.browser("south")
    for path in ("matters", "acts"):
        text = browser.get(f"/1/{path}/{made.matters['theirs']}/").text
        rows = {
            name: marks(row)
            for row in text.split("<li>")
            for name in ("lеvels.txt", "over\u3164txt.exe", "levels-٢٠٢٢.txt", "يوم-2022.pdf", "plain.txt")
            if f"<bdi>{name}</bdi>" in row
        }
        assert rows["lеvels.txt"] == [MIXED]
        assert rows["over\u3164txt.exe"] == [HIDDEN]
        assert rows["levels-٢٠٢٢.txt"] == rows["يوم-2022.pdf"] == rows["plain.txt"] == []


@pytest.mark.browser
def test_marked_pages_can_be_read_by_everybody(made: Business, chromium: Path) -> None:
    with launched(chromium) as browser, window(browser, made.desks, "ar") as page:
        for path in ("/1/people/", "/1/matters/", f"/1/matters/{made.matters['theirs']}/"):
            page.goto(path)
            assert page.locator(".alike").count() > 0, path
            look(page, path)
