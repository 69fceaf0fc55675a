"""The desk in Northern Korean: where its side chose it, no Southern word is left in what is our own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.staff.desks import Browser, Desks
from tests.storage.setup import ready
from tools.northern import faults
from yeollak.words import speaking_korean

ready()

PAGES = (
    "",
    "line/",
    "calls/",
    "matters/",
    "drafts/",
    "calendar/",
    "people/",
    "people/roster/",
    "agreements/",
    "projects/",
    "statistics/",
    "record/",
    "alarms/",
    "accounts/",
    "accounts/audit/",
    "compose/note.tender/",
)


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "south")
    yield made
    made.close()


def ours(page: str) -> str:
    """The words of a page that are not set apart as another's, with those of labels."""
    labels = " ; ".join(re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', page))
    text = re.sub(r"<(style|script|bdi|code)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", "\n", text) + labels


def test_no_southern_word_is_left_on_a_page(desks: Desks) -> None:
    browser = desks.browser("south", "co-head", "ko")
    found = {}
    for page in PAGES:
        assert [*faults(ours(browser.get(f"/1/{page}").text))], "in Southern usage there is much to find"
        with speaking_korean("ko-kp"):
            answer = browser.get(f"/1/{page}")
        assert answer.status == 200, page
        assert '<html lang="ko-KP"' in answer.text
        found[page] = [*faults(ours(answer.text))]
    assert {page: why for page, why in found.items() if why} == {}


def test_the_desk_speaks_the_korean_that_its_side_chose(desks: Desks) -> None:
    browser = desks.browser("south", lang="ko")
    south = browser.get("/1/").text
    with speaking_korean("ko-kp"):
        north, door = browser.get("/1/").text, Browser(desks.address("south")).get("/sign-in/?lang=ko").text
        roles = desks.browser("south", "co-head", "ko").get("/1/accounts/").text
    assert '<html lang="ko"' in south
    assert '<html lang="ko-KP"' in north
    assert '<html lang="ko-KP"' in door
    for southern, northern in (("통신선", "통신련락선"), ("당직", "직일")):
        assert southern in south
        assert southern not in north
        assert northern in north
    assert "가입" in door
    assert "조선어" in door
    assert "로그인" not in door
    assert "한국어" not in door
    assert "직일관" in roles
    assert "당직관" not in roles
