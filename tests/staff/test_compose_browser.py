"""Composing in a real browser: one note between two desks, a lost session, two windows, and every page looked
at by axe-core in three languages.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.node.offices import SECRET
from tests.staff import composing
from tests.staff.composing import ANSWERS, FORM, adopt, at, draft_path, sign, write
from tests.staff.desks import HASHER, PASSPHRASE, Desks
from yeollak import forms
from yeollak.node.drafting import read_enclosure
from yeollak.record.document import Act
from yeollak.storage import reading
from yeollak.storage.staffing import Staffing
from yeollak.words import LANGUAGES

pytestmark = pytest.mark.browser

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
T = TypeVar("T")


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    folder: Path = tmp_path_factory.mktemp("compose-browser")
    made = Desks.taken(Desks.made(folder / "template"), folder / "served", "north", "south")
    adopt(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def chrome(desks: Desks, chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield found
        found.close()


def outside(call: Callable[[], T]) -> T:
    """Ask the store from a thread of its own: Playwright's has a loop, which Django does not enter."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def enter(chrome: Browser, desks: Desks, side: str, lang: str, width: int = 1440) -> BrowserContext:
    """A browser window in which the duty officer of a side has signed in, in a language."""
    node = desks.nodes[side]
    outside(lambda: Staffing(node.alias, HASHER).give("duty", node.clock.now(), language=lang))
    at(desks, side)
    context = chrome.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, desks.address(side))
    page.close()
    return context


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.fill("#name", "duty")
    page.fill("#passphrase", PASSPHRASE)
    page.click("main button")
    page.wait_for_url(f"{base}/1/")


def signed(page: Page) -> str:
    """See what is signed, sign it, and wait until the other side has counted it; returns the act's id."""
    page.click('button[value="preview"]')
    page.wait_for_url("**/preview/")
    shown = page.locator(".digest span").all_inner_texts()
    page.fill("#passphrase", SECRET)
    page.dblclick('button[value="sign"]')
    page.wait_for_url("**/sent/**")
    assert "".join(page.locator(".digest span").all_inner_texts()) == "".join(shown)
    expect(page.locator(".way .todo")).to_have_count(0, timeout=20_000)
    return page.url.rstrip("/").rpartition("/")[2]


def test_a_note_goes_from_desk_to_desk(chrome: Browser, desks: Desks) -> None:
    south = enter(chrome, desks, "south", "ko")
    base = desks.address("south")
    page = south.new_page()
    page.goto(f"{base}/1/compose/")
    page.fill("#q", "note.tender")
    expect(page.locator("[data-choice]:visible")).to_have_count(1)
    page.click("[data-choice]:visible a")
    page.select_option("#form", FORM)
    page.wait_for_selector("#a-dam")
    for name, value in ANSWERS.items():
        where = page.locator(f'[name="{name}"]')
        if where.first.get_attribute("type") == "radio":
            page.check(f'[name="{name}"][value="{value}"]')
        elif where.evaluate("one => one.tagName") == "SELECT":
            where.select_option(value)
        else:
            where.fill(value)
    page.fill('[name="f.subject.ko"]', "임진강 댐 방류 사전 통보")
    page.locator('[name="f.subject.ar"]').evaluate("one => one.closest('details').open = true")
    page.fill('[name="f.subject.ar"]', "إخطار مسبق بتصريف السد")
    expect(page.locator("#saved")).to_contain_text("UTC", timeout=15_000)

    # The session ends in mid-draft: the page keeps the words, and saves them once somebody has signed in.
    node = desks.nodes["south"]
    outside(lambda: Staffing(node.alias, HASHER).end_all(node.clock.now()))
    page.fill('[name="a.remarks"]', "세션이 끝난 뒤에 쓴 말")
    page.wait_for_selector("#saved.failed")
    other = south.new_page()
    sign_in(other, base)
    page.wait_for_selector("#saved:not(.failed)", timeout=15_000)
    expect(page.locator("#saved")).to_contain_text("UTC", timeout=15_000)
    draft = page.url

    # Two windows on one draft: the second to save is told, sees both versions, and chooses.
    other.goto(draft)
    assert other.input_value('[name="a.remarks"]') == "세션이 끝난 뒤에 쓴 말"
    other.fill('[name="a.remarks"]', "다른 창의 말")
    other.click('button.btn[value="save"]')
    other.wait_for_load_state()
    page.fill('[name="a.remarks"]', "이 창의 말")
    page.wait_for_selector("#saved.failed")
    page.click('button.btn[value="save"]')
    expect(page.locator("table.cmp")).to_contain_text("다른 창의 말")
    expect(page.locator("table.cmp")).to_contain_text("이 창의 말")
    page.click('button.go[value="save"]')
    page.wait_for_url(draft.partition("#")[0])
    assert page.input_value('[name="a.remarks"]') == "이 창의 말"
    other.close()
    note = signed(page)
    page.close()

    # In Arabic at the other desk, without a word of the text before it is taken up.
    north = enter(chrome, desks, "north", "ar")
    there = north.new_page()
    base = desks.address("north")
    there.goto(f"{base}/1/compose/?matter={note}")
    assert there.evaluate("document.documentElement.dir") == "rtl"
    there.click('a[href*="note.take"]')
    signed(there)

    at(desks, "south")
    page = south.new_page()
    page.goto(f"{desks.address('south')}/1/compose/note.deliver/?matter={note}")
    signed(page)
    at(desks, "north")
    there.goto(f"{base}/1/compose/note.read/?matter={note}")
    signed(there)
    assert outside(lambda: _delivered(desks, note)) == "이 창의 말"
    there.goto(f"{base}/1/compose/note.answer/?matter={note}")
    there.fill('[name="text.ar"]', "أُخذ علماً بذلك.")
    signed(there)
    at(desks, "south")
    page.goto(f"{desks.address('south')}/1/sent/{note}/")
    expect(page.locator(".rows li")).to_have_count(3, timeout=20_000)  # taken up, read, answered
    for context in (south, north):
        context.close()
    states = outside(lambda: {desks.view(side).office.state(note).state.phase for side in desks.nodes})
    assert states == {"answered"}


def _delivered(desks: Desks, note: str) -> str:
    """What the remarks of the delivered form say, as the North reads them in Arabic."""
    view = desks.view("north")
    act = next(
        one for one in view.ledger.matter(note) if one.move is not None and one.move.kind == "note.deliver"
    )
    data = reading.document(view, act.id)
    assert data is not None
    (named,) = Act.parse(data).enclosures
    found = read_enclosure(view, note, named)
    assert found is not None
    filled = forms.read(found[1], {FORM: forms.shipped()[FORM]})
    rows = {row.label: row for row in forms.rows(filled, "ar")}
    assert "500.5" in rows["أقصى معدل للتصريف"].text
    assert filled.language == "ko"
    return str(filled.values["remarks"]["ko"])


@pytest.fixture(scope="module")
def addresses(desks: Desks) -> dict[str, str]:
    """Every page of composing with something on it."""
    return outside(lambda: _addresses(desks))


def _addresses(desks: Desks) -> dict[str, str]:
    at(desks, "south")
    browser = desks.browser("south", "co-head")
    words = {
        "f.subject.en": "Dam discharge",
        "f.subject.ko": "댐 방류",
        "form": FORM,
        "form-lang": "ko",
        **ANSWERS,
    }
    shown = write(browser, "/1/compose/note.tender/", "preview", **words, **{"text.ar": "نص"})
    joint = write(
        browser,
        "/1/compose/agreement.draft/",
        "check",
        **{
            "f.subject.en": "Trial",
            "j.en.title": "A",
            "j.ko.title": "가",
            "j.0.en.text": "On 3 May",
            "j.0.ko.text": "5월 4일",
        },
    )
    sent = sign(browser, write(browser, "/1/compose/note.tender/", "preview", **words))
    for answer in (shown, joint):
        draft = composing.hidden(browser.get(draft_path(answer)))["version"]
        browser.post(draft_path(answer), do="hand", to="duty", version=draft)
    form = write(
        desks.browser("south"),
        "/1/compose/request.tender/",
        "save",
        form="crossing-persons.1",
        **{"f.subject.en": "x"},
    )
    return {
        "list": "/1/compose/",
        "write": draft_path(shown),
        "form": draft_path(form),
        "joint": draft_path(joint),
        "drafts": "/1/drafts/",
        "sent": sent.url.removeprefix(browser.base),
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing(chrome: Browser, desks: Desks, addresses: dict[str, str], lang: str) -> None:
    for width in (1440, 390):
        context = enter(chrome, desks, "south", lang, width)
        page = context.new_page()
        complaints, whole = listen(page), width == 1440 or lang == "ar"
        for name, path in addresses.items():
            page.goto(desks.address("south") + path)
            _look(page, f"{name} {lang} {width}", whole=whole)
        page.goto(desks.address("south") + addresses["write"])
        page.click('button[value="preview"]')
        page.wait_for_url("**/preview/")
        _look(page, f"preview {lang} {width}", whole=whole)
        page.goto(desks.address("south") + "/1/compose/note.tender/")
        with page.expect_navigation():
            page.click('button[value="preview"]')
        assert page.evaluate("document.activeElement.id") == "problems"
        _look(page, f"problems {lang} {width}", whole=whole)
        assert not [one for one in complaints if "Content Security Policy" in one]
        context.close()


def listen(page: Page) -> list[str]:
    """What a page complains of from now on."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    return complaints


def _look(page: Page, what: str, *, whole: bool) -> None:
    """Nothing scrolls sideways, and, where it is looked at as a whole, axe finds nothing with all that can be
    opened open.
    """
    room = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(room), what
    if not whole:
        return
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    only: dict[str, Any] = {"type": "tag", "values": TAGS}
    found = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations', 'passes']})", only
    )
    assert found["passes"], "axe looked at nothing"
    problems = [(one["id"], [node["target"] for node in one["nodes"][:3]]) for one in found["violations"]]
    assert problems == [], what + json.dumps(problems, ensure_ascii=False, indent=1)


def test_the_keyboard_alone_writes_and_files_show_how_far_they_are(
    chrome: Browser, desks: Desks, tmp_path: Path
) -> None:
    context = enter(chrome, desks, "south", "en")
    page = context.new_page()
    page.goto(desks.address("south") + "/1/compose/")
    page.focus("#q")
    page.keyboard.type("tender a note")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/note.tender/")
    large = tmp_path / "plan of the dam.bin"
    large.write_bytes(os.urandom(3 * 1024 * 1024))
    page.set_input_files("#pick-files", str(large))
    page.evaluate(
        "new MutationObserver(() => { window.far = document.querySelector('progress').value; })"
        ".observe(document.querySelector('progress'), {attributes: true})"
    )
    with page.expect_navigation():
        page.click('button[value="attach"]')
    expect(page.locator("#files .rows li")).to_contain_text("plan of the dam.bin")
    page.focus('button.btn[value="save"]')
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    context.close()
