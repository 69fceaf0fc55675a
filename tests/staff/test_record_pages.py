"""The line, the call book and the record over HTTP and in a real browser."""

from __future__ import annotations

import io
import json
import re
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser as Chromium

from tests.node.offices import SECRET
from tests.staff.business import HOSTILE, SUBJECT, Business
from tests.staff.desks import Desks
from tests.staff.looking import READERS, SLIM, WIDE, launched, look, resize, window
from tests.staff.test_live import Stream
from yeollak.cli.main import main
from yeollak.office.audit import audit
from yeollak.storage import models
from yeollak.words import LANGUAGES


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    desks = Desks.fresh(tmp_path_factory, "north", "south")
    made = Business(desks).all()
    for lang, name in READERS.items():
        desks.browser("south", name, lang)
    yield made
    desks.close()


# the line


def acts_on(text: str) -> list[str]:
    """The acts of a page of the line in their order, by the beginning of their ids."""
    return re.findall(r'id="a-([0-9a-f]{16})"', text)


def test_the_line_shows_who_signed_what_and_what_crossed(business: Business) -> None:
    text = business.desks.browser("south").get("/1/line/").text
    assert text.count("<svg class=") == 2
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "style=" not in text
    assert SUBJECT["en"] in text
    withdrawn = next(
        part
        for part in text.split('<li class="rung')
        if ">Withdrawn: Line works" in re.sub(r"<bdi>|</bdi>", "", part)
    )
    assert "crossed that of North" in withdrawn
    assert "overtaken" in withdrawn
    assert "tendered, not taken up" in text  # the notice still waits
    assert "receipt" in text
    # What nodes say is left out unless it is asked for.
    assert len(acts_on(business.desks.browser("south").get("/1/line/?nodes=yes").text)) >= len(acts_on(text))
    assert "Seen" not in text


def test_filters_of_the_line_leave_what_they_say(business: Business) -> None:
    browser, view = business.desks.browser("south"), business.desks.view("south")
    tender = business.matters["tender"][:16]
    for query in (
        "from=immediate",
        "kind=note.tender&side=south&from=priority",
        "procedure=note&from=immediate",
        f"q={quote('댐 방류')}",
        f"q={quote('تصريف')}&side=south",
    ):
        assert acts_on(browser.get(f"/1/line/?{query}").text) == [tender], query
    assert acts_on(browser.get("/1/line/?until=2000-01-01").text) == []
    assert "No act is like this." in browser.get("/1/line/?until=2000-01-01").text
    odd = browser.get("/1/line/?side=east&from=x&procedure=%00&kind=%00&since=x&before=z&nodes=2&as=x")
    assert odd.status == 200
    many = view.rows(models.Rung).filter(spoken=True, place=view.charter.places["north"]).count()
    found = acts_on(browser.get("/1/line/?side=north").text)
    assert 0 < len(found) <= many


def test_the_line_is_paged_and_every_act_has_an_address(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yeollak.desk.staff.pages import line

    browser, whole = (
        business.desks.browser("south"),
        acts_on(business.desks.browser("south").get("/1/line/").text),
    )
    monkeypatch.setattr(line, "PAGE", 4)
    back: list[str] = []
    path = "/1/line/"
    while path:
        text = browser.get(path).text
        back = [*acts_on(text), *back]
        earlier = re.search(r'rel="prev" href="(\?[^"]+)"', text)
        path = f"/1/line/{earlier[1]}" if earlier else ""
    assert back[-len(whole) :] == whole
    act = business.matters["meeting"]
    around = browser.get(f"/1/line/?act={act}").text
    chosen = next(part for part in around.split('<li class="rung') if f'id="a-{act[:16]}"' in part)
    assert 'aria-current="true"' in chosen
    assert len(acts_on(around)) <= 4
    assert browser.get(f"/1/line/?act={'0' * 64}").status == 404


def test_the_line_is_a_table_too(business: Business) -> None:
    browser = business.desks.browser("south")
    ladder, table = browser.get("/1/line/").text, browser.get("/1/line/?as=table").text
    assert acts_on(table) == acts_on(ladder)
    assert "<svg class=" not in table
    assert table.count("<th scope=") == 6
    assert HOSTILE[:8] not in table


# the call book


def test_a_call_is_entered_with_one_button_and_seen_from_both_sides(business: Business) -> None:
    desks = business.desks
    view = desks.view("south")
    began = desks.nodes["south"].clock.now()
    day = (began + timedelta(hours=9)).date().isoformat()
    facts = {"date": day, "slot": "opening", "view": "unanswered", "time": "18:00"}
    business.do("north", "checkin.observe", facts=facts)
    south = desks.browser("south")
    page = south.get(f"/1/calls/?day={day}").text
    chosen = page.split('id="day"')[1].split('id="firsts"')[0]
    assert "nothing entered" in chosen
    assert "unanswered" in chosen
    # The fields that the buttons of the page send: whether a call is due now is the clock's affair.
    sent = {
        "f.date": day,
        "f.slot": "opening",
        "f.view": "answered",
        "precedence": "routine",
        "word": "0123456789abcdef01234567",
        "do": "preview",
    }
    shown = south.post("/1/compose/checkin.observe/", of="/1/calls/", **sent)
    assert "/preview/" in shown.url
    fields = dict(re.findall(r'name="(act|version)" value="([^"]+)"', shown.text))
    done = south.post(shown.url.removeprefix(south.base), do="sign", passphrase=SECRET, code="", **fields)
    assert "/sent/" in done.url
    desks.until(desks.settled)
    text = south.get(f"/1/calls/?day={day}").text
    chosen = text.split('id="day"')[1].split('id="firsts"')[0]
    assert "accounts differ" in chosen
    names = re.findall(r'<span class="side (?:us|them)">(\w+)</span>', chosen)
    assert names[:2] == ["South", "North"]  # our own account first
    # The line has the call as one row.
    row = next(
        part
        for part in south.get("/1/line/?kind=checkin.observe").text.split('<li class="rung')
        if "opening call" in part.lower()
    )
    assert "accounts differ" in row
    assert view.office.dissolved() is False


def test_the_book_has_every_year_and_bears_odd_addresses(business: Business) -> None:
    browser = business.desks.browser("south")
    for query in ("month=2019-02", "day=2018-09-14", "day=x", "month=0000-13", "day=9999-12-31", "month=%00"):
        answer = browser.get(f"/1/calls/?{query}")
        assert answer.status == 200, query
        assert answer.text.count("<svg class=") == 2
    assert "No call on this day." in browser.get("/1/calls/?day=2018-09-14").text
    assert "style=" not in browser.get("/1/calls/").text


# the record


def test_the_record_says_how_far_it_is_receipted_and_what_is_void(business: Business) -> None:
    desks = business.desks
    browser, view = desks.browser("south"), desks.view("south")
    text = browser.get("/1/record/").text
    for place in range(2):
        assert f'<span class="n">{view.ledger.held(place)}</span>' in text
    assert "Every entry held is receipted by every other side." in text
    assert "No evidence is held." in text
    assert "No act is void." in browser.get("/1/record/?voids=yes").text
    assert browser.get("/1/record/?before=x.y&voids=2").status == 200
    assert browser.get("/1/record/evidence/1/").status == 404
    # Whoever only reads may verify and export all the same.
    assert "Verify now" in desks.browser("south", "archivist").get("/1/record/").text


def test_an_exhibit_is_what_the_command_line_verifies(business: Business, tmp_path: Path) -> None:
    browser = business.desks.browser("south", "archivist")
    act = business.matters["tender"]
    found = browser.get(f"/1/record/exhibit/?act={act.upper()}")
    assert found.url.endswith(f"/acts/{act}/exhibit/")
    with browser._open.open(f"{browser.base}/1/acts/{act}/exhibit/") as answer:
        assert answer.headers["Content-Disposition"] == f'attachment; filename="exhibit-{act[:16]}.zip"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        data = answer.read()
    path = tmp_path / "exhibit.zip"
    path.write_bytes(data)
    said = CliRunner().invoke(main, ["verify", str(path), "--json"])
    assert said.exit_code == 0, said.output
    told = json.loads(said.output)
    assert (told["verified"], told["act"], told["side"], told["officer"]) == (True, act, "south", True)
    assert told["receipts"].keys() == {"north"}
    other = CliRunner().invoke(main, ["verify", str(path), "--office", "0" * 64])
    assert other.exit_code == 1
    unknown = browser.get("/1/record/exhibit/?act=nonsense")
    assert unknown.status == 404
    assert "no-such-act" in unknown.text


def test_an_export_is_downloaded_whole(business: Business, tmp_path: Path) -> None:
    browser = business.desks.browser("south")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/1/record/").text)
    assert token is not None
    body = f"csrfmiddlewaretoken={token[1]}".encode()
    request = urllib.request.Request(f"{browser.base}/1/record/export/", body)
    with browser._open.open(request) as answer, zipfile.ZipFile(io.BytesIO(answer.read())) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    said = CliRunner().invoke(main, ["verify", str(folder), "--json"])
    assert said.exit_code == 0, said.output
    assert json.loads(said.output)["kind"] == "full"


def test_verifying_is_a_job_that_tells_how_far_it_is(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = business.desks.browser("south")
    reached, going = threading.Event(), threading.Event()

    def slow(files: Any, **given: Any) -> Any:
        files.digest(files.names()[0], 1)
        reached.set()
        assert going.wait(20)
        return audit(files, **given)

    monkeypatch.setattr("yeollak.desk.staff.checking.audit", slow)
    stream = Stream(browser)
    stream.wait(1)
    heard = len(stream.told)
    begun = browser.post("/1/record/verify/", of="/1/record/", do="begin")
    assert begun.status == 200
    assert reached.wait(20)
    stream.wait(heard + 1)  # whoever looks at a page is told
    stream.close()
    text = browser.get("/1/record/").text
    assert "<progress" in text
    assert "The record is being verified from its bytes alone." in text
    assert '<meta http-equiv="refresh"' in text  # and so it works without a script
    again = browser.post("/1/record/verify/", of="/1/record/", do="begin")
    assert "check-running" in again.text
    going.set()
    business.desks.until(lambda: "Verified: the record is whole" in browser.get("/1/record/").text)
    done = browser.get("/1/record/").text
    assert "<progress" not in done
    assert business.desks.view("south").office.digest()[:4] in done.split('id="state-digest"')[1]
    # And one that is stopped says so.
    reached.clear()
    going.clear()
    browser.post("/1/record/verify/", of="/1/record/", do="begin")
    assert reached.wait(20)
    browser.post("/1/record/verify/", of="/1/record/", do="stop")
    going.set()
    business.desks.until(lambda: "It was stopped" in browser.get("/1/record/").text)


def test_a_fault_ends_the_job_and_is_told_by_its_code(business: Business) -> None:
    from datetime import UTC, datetime

    from yeollak.desk.staff import checking
    from yeollak.errors import OurFault

    class Broken:
        alias = business.desks.nodes["south"].alias

        def now(self) -> datetime:
            return datetime(2026, 1, 1, tzinfo=UTC)

        def export(self, office: str) -> Path:
            raise OurFault("export-empty", side="south")

    hands: Any = Broken()
    checking.begin(hands, "0" * 64, "duty").join(10)
    found = checking.check_of(hands, "0" * 64)
    assert found is not None
    assert (found.stage, found.fault, found.runs) == ("failed", "export-empty", False)


def test_evidence_stands_first_and_is_downloaded_as_it_is_kept(business: Business) -> None:
    """Last before the browser, which so looks at it too: the alarm that it raises stays."""
    node = business.desks.nodes["south"]
    value = {
        "about": "north",
        "held": "<b>",
        "proof": [],
        "root": "ab" * 32,
        "seen": [7, "cd" * 32],
        "side": "north",
    }
    data = json.dumps(value).encode()
    node.journal.keep_evidence(business.desks.office, "north", data, node.clock.now())
    browser = business.desks.browser("south")
    text = browser.get("/1/record/").text
    assert "Pieces of evidence held: 1." in text
    assert "ab" * 32 in text
    assert "cd" * 32 in text
    found = re.search(r'href="(/1/record/evidence/\d+/)"', text)
    assert found is not None
    with browser._open.open(browser.base + found[1]) as answer:
        assert answer.read() == data
        assert answer.headers["Content-Disposition"].startswith("attachment")
    # What another version kept there breaks no page.
    node.journal.keep_evidence(business.desks.office, "north", b"\xff[", node.clock.now())
    assert browser.get("/1/record/").status == 200


# in a browser


@pytest.fixture(scope="module")
def chrome(business: Business, chromium: Path) -> Iterator[Chromium]:
    with launched(chromium) as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    chrome: Chromium, business: Business, lang: str
) -> None:
    paths = [
        "/1/line/",
        "/1/calls/",
        "/1/line/?as=table&nodes=yes",
        f"/1/line/?act={business.matters['crossed']}",
    ]
    with window(chrome, business.desks, lang) as page:
        for path in paths:
            page.goto(path)
            main = page.inner_text("main")
            assert "{" not in main
            assert "%(" not in main
            look(page, path, night=len(path) < 14)


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_words_stand_beside_their_arrows(chrome: Chromium, business: Business, lang: str) -> None:
    """The style sheet and the drawing agree on the height of every row, in both directions and widths."""
    with window(chrome, business.desks, lang) as page:
        page.goto("/1/line/")
        for width, shown in ((WIDE, "only-wide"), (SLIM, "only-slim")):
            resize(page, width)
            drawn = page.locator(f"svg.{shown}").bounding_box()
            rows = page.locator(".rungs").bounding_box()
            assert drawn is not None
            assert rows is not None
            assert abs(drawn["height"] - rows["height"]) < 1, width
            first = page.locator(".rung .tt").first.bounding_box()
            assert first is not None
            if width == WIDE:
                ours = first["x"] + first["width"] / 2 < width / 2
                assert ours == (lang == "en")
