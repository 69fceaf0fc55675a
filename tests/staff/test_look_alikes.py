"""Names from the other side that can be taken for others are marked wherever the desk shows them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import icalendar
import pytest
from django.test import RequestFactory
from django.urls import set_urlconf

from tests.node.offices import SECRET
from tests.staff.business import Business
from tests.staff.composing import at
from tests.staff.desks import HASHER, PASSPHRASE, Desks
from tests.staff.looking import launched, look, window
from yeollak.desk.staff import looks
from yeollak.desk.staff.agenda import SORTS
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.hands import hands
from yeollak.desk.staff.pages import calendar
from yeollak.desk.staff.paperof import matter_paper, roster_paper
from yeollak.node import founding
from yeollak.node.acting import Text
from yeollak.record.canon import format_instant
from yeollak.storage.feeds import Feed
from yeollak.storage.staffing import Staffing

#: A post of ours, and one of theirs whose first letter is Cyrillic.
OURS, THEIRS = "Chief of post", "Сhief of post"
#: What somebody at our desk is called, all but like the other side: the second letter is Cyrillic.
SIDE = "Nоrth"
MEETING = "Tаlks on the line"
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
    now = desks.nodes["south"].clock.now()
    for side in ("south", "north"):
        made.do(side, "standing.open")
        holiday = (now + timedelta(days=5 if side == "south" else 6)).date().isoformat()
        made.do(side, "standing.days", facts={"dates": [holiday], "state": "holiday"})
    facts = {"level": "liaison", "topic": {"en": MEETING}, "start": format_instant(now + timedelta(days=2))}
    made.do("north", "meeting.propose", facts=facts, due=now + timedelta(days=1))
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


def sheet(made: Business, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.desks.browser("south").get(path).text.lstrip("\ufeff"))))


def test_sheets_say_it_in_code_words(made: Business) -> None:
    posts = {row["title"]: row for row in sheet(made, "/1/people/posts.csv")}
    assert posts[THEIRS]["title_mark"] == f"like {OURS}; mixed"
    assert posts[OURS]["title_mark"] == ""
    assert {row["side_mark"] for row in posts.values()} == {""}
    matters = {row["title"]: row["title_mark"] for row in sheet(made, "/1/matters.csv")}
    assert matters[OTHER] == f"like {TITLE}; mixed"
    assert matters[TITLE] == ""
    assert matters["Quiet night"] == "unseen"


@pytest.fixture
def desk(made: Business) -> Iterator[Desk]:
    """The desk of the South, at which somebody is called like the North, but for one letter."""
    view = made.desks.view("south")
    people = Staffing(made.desks.nodes["south"].alias, HASHER).people()
    person = next(one for one in people if one.name == "co-head")
    request = RequestFactory().get("/1/")
    set_urlconf("yeollak.node.staff_urls")
    with looks.page_of(view, lambda: [SIDE]):
        yield Desk(person, hands(), view, 1, "en", hands().now(), request)
    set_urlconf(None)


def test_papers_have_the_marks_below_the_names(made: Business, desk: Desk) -> None:
    side, title = (
        f"(looks like {SIDE}, is written with other letters)",
        f"(looks like {OURS}, is written with other letters)",
    )
    roster = roster_paper(desk)
    assert [table.head.text for table in roster.tables] == ["South", f"North {side}"]
    cells = {
        row[1][0].text: [line.text for line in row[1][1:]]
        for table in roster.tables
        for row in table.rows
        if row[1]
    }
    assert cells[THEIRS] == [title, f"({MIXED})"]
    assert cells[OURS] == []
    paper = matter_paper(desk, made.matters["theirs"])
    assert f"({MIXED})" in [line.text for line in paper.titles]
    (acts,) = paper.tables
    assert [line.text for line in acts.rows[0][1]] == ["North", side]
    ours = matter_paper(desk, made.matters["ours"])
    assert [line.text for line in ours.tables[0].rows[0][1]] == ["South"]


def test_a_feed_has_the_sign_before_a_line_and_says_why_below(made: Business, desk: Desk) -> None:
    text = calendar._written(desk, Feed(1, made.desks.office, "wall", ("day", *SORTS), True, desk.now, None))
    events = {
        str(event["summary"]): str(event.get("description", ""))
        for event in icalendar.Calendar.from_ical(text).walk("VEVENT")
    }
    met = events[f"≠ Meeting: {MEETING}"]
    assert MIXED in met
    assert f"North: looks like {SIDE}, is written with other letters" in met
    assert "≠ Holiday of North" in events
    assert "Holiday of South" in events


@pytest.mark.browser
def test_marked_pages_can_be_read_by_everybody(made: Business, chromium: Path) -> None:
    with launched(chromium) as browser, window(browser, made.desks, "ar") as page:
        for path in ("/1/people/", "/1/matters/", f"/1/matters/{made.matters['theirs']}/"):
            page.goto(path)
            assert page.locator(".alike").count() > 0, path
            look(page, path)
