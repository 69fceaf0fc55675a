"""The pages of matters, acts, enclosures and find-or-do, asked over HTTP and seen in a real browser."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.staff.business import HOSTILE, NOTICE, SUBJECT, Business
from tests.staff.desks import Desks
from tests.staff.looking import READERS, enter, launched, look, window
from yeollak.desk.csp import DOWNLOAD_POLICY
from yeollak.desk.staff.pages.enclosures import safe_name
from yeollak.storage import models


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    desks = Desks.fresh(tmp_path_factory, "north", "south")
    made = Business(desks).all()
    for lang, name in READERS.items():
        desks.browser("south", name, lang)
    yield made
    desks.close()


@pytest.fixture(scope="module")
def desks(business: Business) -> Desks:
    return business.desks


def test_the_list_has_every_matter_and_narrows(business: Business) -> None:
    browser = business.desks.browser("south")
    whole = browser.get("/1/matters/")
    assert whole.status == 200
    assert all(matter in whole.text for matter in business.matters.values())
    assert "<script>alert" not in whole.text
    assert "\u202e" not in whole.text
    by = {
        "procedure=meeting": {"meeting"},
        "precedence=immediate": {"tender"},
        "class=flood": {"tender"},
        "awaited=north&order=due": {"tender", "agreement"},
        f"q={quote('댐 방류')}": {"tender"},
        f"q={quote('تصريف')}&precedence=immediate": {"tender"},
        "until=2000-01-01": set(),
        "procedure=nonsense&phase=%00&awaited=nobody&precedence=x&since=x&order=y&after=z.z": set(),
    }
    for query, names in by.items():
        text = browser.get(f"/1/matters/?{query}").text
        found = {name for name, matter in business.matters.items() if f"/matters/{matter}/" in text}
        assert found == names, query


def test_a_filter_is_kept_for_the_person_and_dropped(business: Business) -> None:
    browser = business.desks.browser("south")
    answer = browser.post(
        "/1/matters/filters/",
        of="/1/matters/?precedence=flash",
        name="By night",
        query="precedence=flash&x=1",
    )
    assert answer.url.endswith("/1/matters/?precedence=flash")
    assert ">By night<" in answer.text
    assert ">By night<" not in business.desks.browser("south", "archivist").get("/1/matters/").text
    number = re.search(r'name="drop" value="(\d+)"', answer.text)
    assert number is not None
    other = business.desks.browser("south", "liaison", "ko")
    other.post("/1/matters/filters/", of="/1/matters/?precedence=flash", drop=number[1], query="")
    assert ">By night<" in browser.get("/1/matters/").text
    gone = browser.post(
        "/1/matters/filters/", of="/1/matters/?precedence=flash", drop=number[1], query="precedence=flash"
    )
    assert ">By night<" not in gone.text
    unnamed = browser.post("/1/matters/filters/", of="/1/matters/?precedence=flash", name=" ", query="")
    assert unnamed.status == 400
    assert "filter-unnamed" in unnamed.text


def test_a_matter_says_how_it_stands_and_what_may_be_done(business: Business) -> None:
    tender = business.matters["tender"]
    ours = business.desks.browser("south").get(f"/1/matters/{tender}/").text
    assert SUBJECT["en"] in ours
    assert "We wait for North until" in ours
    assert f"/1/compose/note.withdraw/?matter={tender}" in ours
    # It cannot be declared lapsed yet: no link, and the hour from which it can.
    assert "/1/compose/note.lapse/" not in ours
    assert 'aria-disabled="true"' in ours
    # Our own sealed text, side by side, with what differs marked.
    assert "Text, sealed until it is taken up" in ours
    assert "<mark>November 2009</mark>" in ours
    assert "<mark>2009년 10월</mark>" in ours
    assert all(NOTICE[lang].splitlines()[0] in ours for lang in NOTICE)
    why = business.desks.browser("south").get(f"/1/matters/{tender}/?why=1").text
    assert "It is for another side of the matter to do." in why
    reader = business.desks.browser("south", "archivist").get(f"/1/matters/{tender}/").text
    assert "/1/compose/" not in reader.partition("<main")[2]


def test_a_joint_text_shows_its_draft_before_and_its_reservation(business: Business) -> None:
    browser = business.desks.browser("south")
    agreement = business.matters["agreement"]
    page = browser.get(f"/1/matters/{agreement}/").text
    assert "<mark>6일</mark>" in page
    assert "It is not to be read as naming a number of hours." in page
    assert "For reference only: a rough translation." in page
    since = re.search(r"\?since=([0-9a-f]{64})#changes", page)
    assert since is not None
    changed = browser.get(f"/1/matters/{agreement}/?since={since[1]}").text
    assert "<del>3</del><ins>5</ins>" in changed
    assert 'id="changes"' not in browser.get(f"/1/matters/{agreement}/?since={'0' * 64}").text


def test_an_overtaken_act_stays_struck_with_its_reason(business: Business) -> None:
    page = business.desks.browser("south").get(f"/1/matters/{business.matters['crossed']}/").text
    assert page.count('<tr class="void">') == 1
    said = "Your withdrawal crossed North’s take-up, which stands; yours has no effect."
    assert page.count(said) == 2  # at the head, and at the act
    assert 'class="what" href="/1/acts/' in page


def test_a_form_is_read_in_the_language_of_the_page(business: Business) -> None:
    form = business.matters["form"]
    english = business.desks.browser("south").get(f"/1/matters/{form}/").text
    assert "Holiday calendar" in english
    assert '<bdi lang="ko" dir="ltr">성탄절</bdi>' in english
    arabic = business.desks.browser("south", "co-head", "ar").get(f"/1/matters/{form}/").text
    assert "Holiday calendar" not in arabic


def test_what_is_not_there_is_not_found(business: Business) -> None:
    browser = business.desks.browser("south")
    for path in (f"matters/{'0' * 64}/", f"acts/{'0' * 64}/", f"enclosures/{'0' * 64}/", "matters/xyz/"):
        assert browser.get(f"/1/{path}").status == 404, path
    assert browser.get(f"/9/matters/{business.matters['tender']}/").status == 404


def test_an_act_is_shown_as_read_and_as_signed(business: Business) -> None:
    view, browser = business.desks.view("south"), business.desks.browser("south")
    for act in [
        view.ledger.finding(place, index) for place in (0, 1) for index in range(view.ledger.held(place))
    ]:
        page = browser.get(f"/1/acts/{act.id}/")
        assert page.status == 200
        entry = view.ledger.entry(act.place, act.index)
        assert entry.statement.hex() in page.text
        if act.id == business.matters["tender"]:
            shown = re.search(r'<pre class="bytes" tabindex="0">(\{.*?\})</pre>', page.text, re.DOTALL)
            assert shown is not None
            text = shown[1].replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")
            assert text == entry.document.decode()


def test_enclosures_are_downloads_that_can_do_nothing(business: Business) -> None:
    desks = business.desks
    browser = desks.browser("south")
    view = desks.view("south")
    rows = view.rows(models.Named).filter(matter=business.matters["hostile"])
    assert rows.count() == 2
    for row in rows:
        request = urllib.request.Request(f"{browser.base}/1/enclosures/{row.digest}/")
        with browser._open.open(request) as answer:
            assert answer.read() == HOSTILE.encode()
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == DOWNLOAD_POLICY
            assert "html" not in answer.headers["Content-Type"]
            assert "\u200f" not in answer.headers["Content-Disposition"]
    sealed = (
        view.rows(models.Named).filter(matter=business.matters["tender"]).values_list("digest", flat=True)
    )
    assert {browser.get(f"/1/enclosures/{digest}/").text for digest in sealed} == set(NOTICE.values())
    # The other side holds nothing of what is sealed.
    theirs = desks.view("north")
    assert not theirs.rows(models.Enclosure).filter(digest__in=list(sealed)).exists()


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("", "text/plain", "0123456789abcdef.txt"),
        ("plan.pdf", "application/pdf", "plan.pdf"),
        ("plan.PDF", "application/pdf", "plan.PDF"),
        ("plan.pdf.exe", "application/pdf", "plan.pdf.exe.pdf"),
        ("run.exe", "application/x-msdownload", "run.exe.bin"),
        ("page.html", "text/html", "page.html.bin"),
        ("../../etc/passwd", "text/plain", "_.._etc_passwd.txt"),
        ("gnp.\u202etxt", "text/plain", "gnp.txt"),
        ("CON", "text/plain", "0123456789abcdef.txt"),
        ("nul.txt", "text/plain", "0123456789abcdef.txt"),
        ("...", "text/plain", "0123456789abcdef.txt"),
        ("회의록.txt", "text/plain", "회의록.txt"),
    ],
)
def test_file_names_are_made_safe(name: str, kind: str, safe: str) -> None:
    assert safe_name(name, kind, "0123456789abcdef" * 4) == safe


def test_find_or_do_finds_matters_pages_and_deeds(business: Business) -> None:
    browser = business.desks.browser("south")
    tender = business.matters["tender"]
    assert f"/1/matters/{tender}/" in browser.get(f"/1/find/?q={quote('방류를')}").text
    assert f"/1/matters/{tender}/" in browser.get(f"/1/find/?q={tender[:12]}").text
    assert f"/1/matters/{tender}/" in browser.get(f"/1/find/?q={tender}").text
    assert "/1/compose/meeting.propose/" in browser.get("/1/find/?q=propose+meeting").text
    assert 'href="/1/matters/"' in browser.get("/1/find/?q=matters&part=1").text
    part = browser.get("/1/find/?q=dam&part=1").text
    assert "<html" not in part
    assert "<mark>Dam</mark> discharge" in part
    reader = business.desks.browser("south", "archivist").get("/1/find/?q=propose").text
    assert "/1/compose/" not in reader.partition("<main")[2]
    hostile = browser.get(f"/1/find/?q={quote(HOSTILE[:60])}").text
    assert "<script>alert" not in hostile


# in a real browser


@pytest.fixture(scope="module")
def chrome(business: Business, chromium: Path) -> Iterator[Chromium]:
    with launched(chromium) as found:
        yield found


def _paths(business: Business) -> list[str]:
    of = business.matters
    return [
        "/1/matters/?precedence=immediate&class=flood",
        *(f"/1/matters/{of[name]}/?why=1" for name in ("tender", "agreement", "hostile", "form")),
        f"/1/acts/{of['tender']}/",
        f"/1/find/?q={quote('방류')}",
    ]


@pytest.mark.browser
@pytest.mark.parametrize("lang", READERS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    chrome: Chromium, business: Business, lang: str
) -> None:
    with window(chrome, business.desks, lang) as page:
        for path in _paths(business):
            page.goto(path)
            look(page, path[:24])


@pytest.mark.browser
def test_the_palette_and_the_list_go_by_keyboard(chrome: Chromium, business: Business) -> None:
    tender = f"/1/matters/{business.matters['tender']}/"
    with window(chrome, business.desks) as page:
        page.goto("/1/matters/")
        rows = page.locator("[data-rows] h2 a")
        page.keyboard.press("j")
        expect(rows.nth(0)).to_be_focused()
        page.keyboard.press("j")
        expect(rows.nth(1)).to_be_focused()
        page.keyboard.press("k")
        expect(rows.nth(0)).to_be_focused()
        page.keyboard.press("/")
        expect(page.locator("#palette-q")).to_be_focused()
        # What stands there after the last letter: what was asked for before it does not count.
        with page.expect_response(re.compile("q=dam%20discharge$")):
            page.keyboard.type("dam discharge")
        expect(page.locator("dialog.palette mark").first).to_be_visible()
        expect(page.locator("dialog.palette .found a").first).to_have_attribute("href", tender)
        enter(page)
        assert page.url.endswith(tender)
        page.keyboard.press("Control+k")
        expect(page.locator("dialog.palette")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog.palette")).to_be_hidden()
