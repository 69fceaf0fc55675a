"""Today over HTTP and in a real browser: what it says, what it does, and that it changes by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.staff.desks import Desks
from tests.staff.looking import READERS, SLIM, WIDE, apart, launched, leading, look, press, window
from yeollak.desk.staff.clocks import clocks
from yeollak.desk.staff.dayof import next_call
from yeollak.node.acting import Text, act
from yeollak.node.hands import NodeHands
from yeollak.office.propose import Draft
from yeollak.storage.staffing import Staffing
from yeollak.words import LANGUAGES

#: What a hostile side calls its notice.
HOSTILE = "<img src=x onerror=alert(1)> \u202eWater"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "north", "south")
    now = made.nodes["south"].clock.now()
    say(made, "south", "standing.open")
    say(made, "south", "posting.watch", facts={"officer": made.keys["south"].kid})
    tender(made, "north", "Roster for 4 July", now + timedelta(hours=5), "priority")
    tender(made, "south", "Influenza figures", now + timedelta(hours=30), "routine")
    for lang, name in READERS.items():
        made.browser("south", name, lang)
    yield made
    made.close()


def say(desks: Desks, side: str, kind: str, *texts: Text, **of: Any) -> str:
    """An act that both sides hold when this returns."""
    made = act(desks.nodes[side], desks.office, desks.keys[side], Draft(kind, **of), texts)
    desks.until(desks.settled)
    return made


def tender(desks: Desks, side: str, subject: str, due: Any, precedence: str) -> str:
    text = Text(subject.encode(), "text/plain", "en", None, "consent")
    return say(
        desks, side, "note.tender", text, facts={"subject": {"en": subject}}, due=due, precedence=precedence
    )


def flash(desks: Desks) -> str:
    facts = {"subject": {"en": HOSTILE}, "class": "flood"}
    text = Text(b"Water will be released.", "text/plain", "en")
    return say(desks, "north", "note.send", text, facts=facts, precedence="flash")


def _clear(desks: Desks) -> None:
    """Acknowledge whatever rings."""
    browser = desks.browser("south", "duty")
    text = browser.get("/1/alarms/").text
    for part in text.split('data-acts="')[1].split('"')[0].split():
        browser.post("/1/alarms/acknowledge/", of="/1/matters/", act=part, back="/1/")


# over HTTP


def test_what_waits_stands_in_its_lane_with_its_deed(desks: Desks) -> None:
    text = desks.browser("south").get("/1/").text
    ours, theirs = text.split('id="with-us"')[1].split('id="with-them"')
    theirs = theirs.split("cols3")[0]
    assert "Roster for 4 July" in ours
    assert "Take up or refuse" in ours
    assert "North may declare it lapsed from" in ours
    assert "Influenza figures" in theirs
    assert "We may declare it lapsed from" in theirs
    assert "Influenza figures" not in ours
    assert "Enter the call" not in ours  # the office is minutes old: no call was missed before it
    # Both sides see the same the other way round.
    assert "Everything of ours is receipted." in text
    assert "Duty officer" in text.split("On watch")[1]
    assert text.count("<svg") >= 3
    assert "Call now" not in text  # the next call is hours away
    assert "/1/compose/checkin.observe/" not in text


def test_a_call_is_entered_while_it_goes_on_and_by_whom_may(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = desks.view("south")
    coming = next_call(clocks(view)[0], desks.nodes["south"].clock.now())
    assert coming is not None
    monkeypatch.setattr(NodeHands, "now", lambda self: coming[1] + timedelta(minutes=1))
    for name, may in (("duty", True), ("archivist", False)):
        browser = desks.browser("south", name)
        text = browser.get("/1/").text
        assert ("Call now" in text) is may
        assert ("/1/compose/checkin.observe/?f.date=" in text) is may
        book = browser.get("/1/calls/").text
        assert ("Call: it was answered" in book) is may
        assert "Hours of UTC<" in book
        assert "Take up or refuse" not in text or may
    # One hour later the call is over: it is missing, and is entered from its strip.
    monkeypatch.setattr(NodeHands, "now", lambda self: coming[1] + timedelta(hours=1))
    text = desks.browser("south").get("/1/").text
    assert "Call now" not in text
    assert "Enter the call" in text


def test_an_urgent_tender_stands_once(desks: Desks) -> None:
    due = desks.nodes["south"].clock.now() + timedelta(hours=20)
    before = _with_us(desks)
    tender(desks, "north", "Water level at noon", due, "immediate")
    text = desks.browser("south").get("/1/").text
    ours = text.split('id="with-us"')[1].split('id="with-them"')[0]
    assert ours.count("Water level at noon</bdi></a></h3>") == 1
    assert "Acknowledge and read" in ours
    assert _with_us(desks) == before + 1
    _clear(desks)
    # Acknowledged, it is a tender that waits for its take-up like any other.
    text = desks.browser("south").get("/1/").text
    ours = text.split('id="with-us"')[1].split('id="with-them"')[0]
    assert ours.count("Water level at noon</bdi></a></h3>") == 1
    assert "Acknowledge and read" not in ours


def _with_us(desks: Desks) -> int:
    """How many things the page counts with us."""
    text = desks.browser("south").get("/1/").text
    found = re.search(r'id="with-us">[^<]*<span class="n">(\d+)<', text)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("name", ["archivist", "duty"])
def test_every_section_that_is_listed_opens(desks: Desks, name: str) -> None:
    browser = desks.browser("south", name)
    text = browser.get("/1/").text
    listed = re.findall(r'href="([^"]+)"', text.split('<nav class="nav"')[1].split("</nav>")[0])
    assert {address: browser.get(address).status for address in listed} == dict.fromkeys(listed, 200)
    assert ("/1/compose/" in listed) is (name == "duty")
    # Nor is a key told that leads nowhere.
    keys = text.split('id="keys"')[1].split("</dialog>")[0]
    assert keys.count(">g</kbd>") == len(listed)


def test_what_rings_is_acknowledged_by_name_on_whatever_page(desks: Desks) -> None:
    made = flash(desks)
    duty = desks.browser("south", "duty")
    today = duty.get("/1/").text
    assert "Flash from North. Acknowledge now." in today
    assert "<img src=x" not in today
    assert "\u202e" not in today
    assert "strip flash" in today
    matters = duty.get("/1/matters/").text
    assert "bridge rings" in matters
    assert f'value="{made}"' in matters
    # Whoever only reads sees it and cannot end it.
    reader = desks.browser("south", "archivist")
    page = reader.get("/1/matters/").text
    assert made in page
    assert "alarms/acknowledge" not in page
    refused = reader.post("/1/alarms/acknowledge/", of="/me/", act=made, back="/1/")
    assert refused.status == 403
    answer = duty.post(
        "/1/alarms/acknowledge/", of="/1/matters/", act=made, back="/1/matters/?precedence=flash"
    )
    assert answer.url.endswith("/1/matters/?precedence=flash")
    assert "bridge rings" not in answer.text
    listed = duty.get("/1/alarms/").text
    assert "Acknowledged by duty" in listed
    # The subject, as the other side has written it, for itself and harmless.
    listed = listed.split('id="alarm-list"')[1]
    assert re.search(r"<bdi[^>]*>&lt;img src=x onerror=alert\(1\)&gt;[^<]*Water</bdi>", listed)
    assert "\u202e" not in listed
    log = Staffing(desks.nodes["south"].alias).audit(most=5)
    assert "alarm-acknowledged" in {row.action for row in log}
    # Nobody is led elsewhere, and what is no alarm is none.
    away = duty.post("/1/alarms/acknowledge/", of="/1/", act=made, back="https://elsewhere.example/")
    assert away.url.endswith("/1/")
    none = duty.post("/1/alarms/acknowledge/", of="/1/", act="0" * 64, back="/1/")
    assert "no-such-alarm" in none.text


def test_the_sound_is_a_sound_and_for_officers_alone(desks: Desks) -> None:
    import urllib.request

    browser = desks.browser("south")
    with browser._open.open(desks.address("south") + "/1/alarms/flash.wav") as answer:
        assert answer.headers["Content-Type"] == "audio/wav"
        assert answer.read(4) == b"RIFF"
    assert browser.get("/1/alarms/routine.wav").status == 404
    with urllib.request.urlopen(desks.address("south") + "/1/alarms/flash.wav") as answer:
        assert "/sign-in/" in answer.url


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_says_it_without_a_hole(desks: Desks, lang: str) -> None:
    text = desks.browser("south", READERS[lang], lang).get("/1/").text
    main = text.split("<main")[1]
    assert "{" not in main
    assert "%(" not in main
    assert f'dir="{"rtl" if lang == "ar" else "ltr"}"' in text


# in a browser


@pytest.fixture(scope="module")
def chrome(desks: Desks, chromium: Path) -> Iterator[Chromium]:
    with launched(chromium) as found:
        yield found


@pytest.mark.browser
def test_a_page_shows_what_arrives_without_being_asked(chrome: Chromium, desks: Desks) -> None:
    with window(chrome, desks) as page:
        page.set_viewport_size({"width": 1440, "height": 500})
        page.evaluate("window.kept = 1")
        page.focus(".strip .btn")
        page.evaluate("scrollTo(0, 120)")
        page.wait_for_function("scrollY === 120")
        held = page.evaluate("document.activeElement.textContent")
        apart(lambda: flash(desks))
        expect(page.locator(".strip.flash")).to_be_visible()
        assert page.evaluate("window.kept") == 1  # the same page
        assert page.evaluate("document.activeElement.textContent") == held
        assert page.evaluate("scrollY") == 120
        expect(page.locator("h1")).to_have_text("Flash from North. Acknowledge now.")
        # Another window hears of it by the first: one stream a browser.
        other = page.context.new_page()
        other.goto("/1/matters/")
        expect(other.locator(".bell.f")).to_be_visible()
        press(page, ".strip.flash button")
        expect(other.locator(".bell.f")).to_have_count(0)


@pytest.mark.browser
def test_keys_are_told_and_lead_where_they_say(chrome: Chromium, desks: Desks) -> None:
    with window(chrome, desks) as page:
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()
        # Two keys belong together when they are pressed soon after one another: on this clock they are.
        page.clock.set_fixed_time(desks.nodes["south"].clock.now())
        with leading(page):
            page.keyboard.press("g")
            page.keyboard.press("m")
        assert page.url.endswith("/1/matters/")
        arm = page.locator("[data-arm]")
        expect(arm).to_have_attribute("data-state", "off")
        arm.click()
        expect(arm).to_have_attribute("data-state", "on")
        expect(arm).to_have_attribute("aria-pressed", "true")
        page.reload()
        expect(arm).to_have_attribute("data-state", re.compile("^(waits|on)$"))


@pytest.mark.browser
def test_without_a_script_it_is_all_there(chrome: Chromium, desks: Desks) -> None:
    apart(lambda: flash(desks))
    with window(chrome, desks, java_script_enabled=False) as page:
        expect(page.locator(".strip.flash")).to_be_visible()
        expect(page.locator("[data-arm]")).to_be_hidden()
        press(page, ".strip.flash button")
        page.goto("/1/")
        expect(page.locator(".strip.flash")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_display_on_the_wall_is_filled_and_read_from_afar(
    chrome: Chromium, desks: Desks, lang: str
) -> None:
    sizes = """() => ({
        letters: parseFloat(getComputedStyle(document.body).fontSize),
        page: document.querySelector("main .wrap").getBoundingClientRect().width / innerWidth,
        over: document.documentElement.scrollWidth - innerWidth})"""
    for width, least in ((2560, 16), (3840, 26)):
        with window(chrome, desks, lang, width) as page:
            for path in ("/1/", "/1/line/", "/1/matters/"):
                page.goto(path)
                found = page.evaluate(sizes)
                assert found["letters"] >= least, (path, width)
                assert found["page"] >= 0.85, (path, width)
                assert found["over"] <= 0, (path, width)


@pytest.mark.browser
def test_no_name_of_theirs_takes_a_page_over(chrome: Chromium, desks: Desks) -> None:
    due = desks.nodes["south"].clock.now() + timedelta(hours=20)
    hostile = (
        "\ufdfd" * 40,
        unicodedata.normalize("NFC", "W" + "\u0336\u0351\u0489\u030d" * 45 + "ater"),
        ("Water " * 80).strip(),
    )
    for subject in hostile:
        apart(partial(tender, desks, "north", subject, due, "immediate"))
    measured = """() => [...document.querySelectorAll(".clamped")].map((one) => [
        one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight),
        one.textContent.length, one.scrollWidth - one.clientWidth])"""
    for width in (WIDE, SLIM):
        with window(chrome, desks, width=width) as page:
            for path in ("/1/", "/1/matters/"):
                page.goto(path)
                found = page.evaluate(measured)
                assert len(found) >= len(hostile)
                for lines, letters, _ in found:
                    assert lines <= 2.05
                    assert letters <= 160
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    apart(lambda: _clear(desks))


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(chrome: Chromium, desks: Desks, lang: str) -> None:
    apart(lambda: flash(desks))
    with window(chrome, desks, lang) as page:
        for path in ("/1/", "/1/alarms/"):
            page.goto(path)
            look(page, path)
    apart(lambda: _clear(desks))


def test_a_dead_line_is_said_and_what_is_not_known_is_not_called_silence(desks: Desks) -> None:
    """Last: the north is gone after this."""

    def cut() -> str:
        _clear(desks)
        desks.stop("north")
        desks.say("south", "evening")
        browser = desks.browser("south")
        desks.until(lambda: "Line dead since" in browser.get("/1/").text)
        return browser.get("/1/").text

    text = apart(cut)
    assert "The line is dead. Nothing can be received." in text
    assert "wire cut" in text
    assert "What is signed now is kept and goes out by itself." in text
