"""Today over HTTP and in a real browser: what it says, what it does, and that it changes by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright

from tests.staff.desks import PASSPHRASE, Desks
from yeollak.node.acting import Text, act
from yeollak.office.propose import Draft
from yeollak.storage.staffing import Staffing
from yeollak.words import LANGUAGES

READERS = {"en": "duty", "ko": "liaison", "ar": "co-head"}
T = TypeVar("T")
#: What a hostile side calls its notice.
HOSTILE = "<img src=x onerror=alert(1)> \u202eWater"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    folder: Path = tmp_path_factory.mktemp("today")
    made = Desks.taken(Desks.made(folder / "template"), folder / "served", "north", "south")
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


def apart(work: Callable[[], T]) -> T:
    """Do something with the store beside a browser: Playwright's own thread may not."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


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
    assert "Call now" in text
    assert "/1/compose/checkin.observe/?f.date=" in text


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
def chrome(chromium: Path, desks: Desks) -> Iterator[Chromium]:  # the store is opened before the browser
    with sync_playwright() as play:
        found = play.chromium.launch(
            executable_path=str(chromium), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


def _signed_in(chrome: Chromium, desks: Desks, lang: str, width: int = 1440, **more: Any) -> Page:
    context = chrome.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **more)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
    )
    page.complaints = complaints  # type: ignore[attr-defined]  # ours, read by the tests
    page.goto(desks.address("south") + "/sign-in/")
    page.fill("#name", READERS[lang])
    page.fill("#passphrase", PASSPHRASE)
    page.click("main button.go")
    page.wait_for_url("**/1/")
    return page


@pytest.mark.browser
def test_a_page_shows_what_arrives_without_being_asked(chrome: Chromium, desks: Desks) -> None:
    page = _signed_in(chrome, desks, "en")
    page.wait_for_timeout(500)
    page.set_viewport_size({"width": 1440, "height": 500})
    page.evaluate("window.kept = 1")
    page.focus(".strip .btn")
    page.evaluate("scrollTo(0, 120)")
    held = page.evaluate("document.activeElement.textContent")
    apart(lambda: flash(desks))
    page.wait_for_selector(".strip.flash", timeout=3000)
    assert page.evaluate("window.kept") == 1  # the same page
    assert page.evaluate("document.activeElement.textContent") == held
    assert page.evaluate("scrollY") == 120
    assert page.inner_text("h1") == "Flash from North. Acknowledge now."
    # Another window hears of it by the first: one stream a browser.
    other = page.context.new_page()
    other.goto(desks.address("south") + "/1/matters/")
    other.wait_for_selector(".bell.f")
    page.click(".strip.flash button")
    other.wait_for_selector(".bell.f", state="detached", timeout=3000)
    assert page.complaints == []  # type: ignore[attr-defined]  # set by _signed_in
    page.context.close()


@pytest.mark.browser
def test_keys_are_told_and_lead_where_they_say(chrome: Chromium, desks: Desks) -> None:
    page = _signed_in(chrome, desks, "en")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    assert not page.is_visible("#keys")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/1/matters/")
    assert page.get_attribute("[data-arm]", "data-state") == "off"
    page.click("[data-arm]")
    assert page.get_attribute("[data-arm]", "data-state") == "on"
    assert page.get_attribute("[data-arm]", "aria-pressed") == "true"
    page.reload()
    assert page.get_attribute("[data-arm]", "data-state") in ("waits", "on")
    page.context.close()


@pytest.mark.browser
def test_without_a_script_it_is_all_there(chrome: Chromium, desks: Desks) -> None:
    apart(lambda: flash(desks))
    page = _signed_in(chrome, desks, "en", java_script_enabled=False)
    assert page.is_visible(".strip.flash")
    assert page.is_hidden("[data-arm]")
    with page.expect_navigation():
        page.click(".strip.flash button")
    page.goto(desks.address("south") + "/1/")
    assert page.locator(".strip.flash").count() == 0
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(chrome: Chromium, desks: Desks, lang: str) -> None:
    apart(lambda: flash(desks))
    page = _signed_in(chrome, desks, lang)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for path in ("/1/", "/1/alarms/"):
        page.goto(desks.address("south") + path)
        for width, scheme in ((1440, "light"), (390, "dark"))[: 2 if lang == "ar" else 1]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
            page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
            found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", tags)
            assert found["passes"], "axe looked at nothing"
            problems = [
                (each["id"], [node["target"] for node in each["nodes"][:3]]) for each in found["violations"]
            ]
            assert problems == [], json.dumps(problems, ensure_ascii=False, indent=1)
            assert page.evaluate(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            ), (path, width)
    page.context.close()
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
