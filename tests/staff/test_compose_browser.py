"""Composing in a real browser: one note between two desks, a lost session, two windows, and every page looked
at by axe-core in three languages.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.node.offices import SECRET
from tests.staff import composing
from tests.staff.composing import ANSWERS, FORM, adopt, at, draft_path, sign, write
from tests.staff.desks import HASHER, Desks
from tests.staff.looking import apart, enter, launched, leading, look, press, sign_in, window
from yeollak import forms
from yeollak.node.drafting import read_enclosure
from yeollak.record.document import Act
from yeollak.storage import reading
from yeollak.storage.desk_drafts import DeskDrafts
from yeollak.storage.staffing import Staffing
from yeollak.words import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "north", "south")
    adopt(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def chrome(desks: Desks, chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as found:
        yield found


def written(page: Page, selector: str, words: str) -> None:
    """Write into a field, and wait until the draft has saved itself."""
    version = page.locator('#write [name="version"]')
    before = version.input_value()
    page.fill(selector, words)
    expect(version).not_to_have_value(before)


def signed(page: Page) -> str:
    """See what is signed, sign it, and wait until the other side has counted it; returns the act's id."""
    press(page, 'button[value="preview"]')
    expect(page).to_have_url(re.compile("/preview/$"))
    shown = page.locator(".digest span").all_inner_texts()
    page.fill("#passphrase", SECRET)
    with leading(page):  # pressed twice in one breath, so that no page comes between
        page.locator('button[value="sign"]').evaluate("one => { one.click(); one.click(); }")
    expect(page).to_have_url(re.compile("/sent/"))
    assert page.locator(".digest span").all_inner_texts() == shown
    expect(page.locator(".way .todo")).to_have_count(0)
    return page.url.rstrip("/").rpartition("/")[2]


def test_a_note_goes_from_desk_to_desk(chrome: Browser, desks: Desks) -> None:
    with ExitStack() as windows:
        page = windows.enter_context(window(chrome, desks, "ko", name="duty"))
        note = _tendered(page, desks)

        # In Arabic at the other desk, without a word of the text before it is taken up.
        there = windows.enter_context(window(chrome, desks, "ar", side="north", name="duty"))
        there.goto(f"/1/compose/?matter={note}")
        assert there.evaluate("document.documentElement.dir") == "rtl"
        press(there, 'a[href*="note.take"]')
        signed(there)

        at(desks, "south")
        page.goto(f"/1/compose/note.deliver/?matter={note}")
        signed(page)
        at(desks, "north")
        there.goto(f"/1/compose/note.read/?matter={note}")
        signed(there)
        assert apart(lambda: _delivered(desks, note)) == "이 창의 말"
        there.goto(f"/1/compose/note.answer/?matter={note}")
        written(there, '[name="text.ar"]', "أُخذ علماً بذلك.")
        signed(there)
        at(desks, "south")
        page.goto(f"/1/sent/{note}/")
        expect(page.locator(".rows li")).to_have_count(3)  # taken up, read, answered
    states = apart(lambda: {desks.view(side).office.state(note).state.phase for side in desks.nodes})
    assert states == {"answered"}


def _tendered(page: Page, desks: Desks) -> str:
    """Write a notice in a form, through the end of a session and a second window, and sign it."""
    page.goto("/1/compose/")
    page.fill("#q", "note.tender")
    expect(page.locator("[data-choice]:visible")).to_have_count(1)
    press(page, "[data-choice]:visible a")
    with leading(page):  # the fields of a chosen form appear without a button
        page.select_option("#form", FORM)
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
    saved = page.locator("#saved")
    expect(saved).to_contain_text("UTC")

    # The session ends in mid-draft: the page keeps the words, and saves them once somebody has signed in.
    node = desks.nodes["south"]
    apart(lambda: Staffing(node.alias, HASHER).end_all(node.clock.now()))
    page.fill('[name="a.remarks"]', "세션이 끝난 뒤에 쓴 말")
    expect(saved).to_have_class(re.compile("failed"))
    other = page.context.new_page()
    sign_in(other, desks.address("south"))
    expect(saved).to_contain_text("UTC")
    expect(saved).not_to_have_class(re.compile("failed"))
    draft = page.url.partition("#")[0]

    # Two windows on one draft: the second to save is told, sees both versions, and chooses.
    other.goto(draft)
    assert other.input_value('[name="a.remarks"]') == "세션이 끝난 뒤에 쓴 말"
    written(other, '[name="a.remarks"]', "다른 창의 말")
    press(other, 'button.btn[value="save"]')
    page.fill('[name="a.remarks"]', "이 창의 말")
    expect(saved).to_have_class(re.compile("failed"))
    press(page, 'button.btn[value="save"]')
    expect(page.locator("table.cmp")).to_contain_text("다른 창의 말")
    expect(page.locator("table.cmp")).to_contain_text("이 창의 말")
    press(page, 'button.go[value="save"]')
    assert page.url.partition("#")[0] == draft
    assert page.input_value('[name="a.remarks"]') == "이 창의 말"
    other.close()
    return signed(page)


def _delivered(desks: Desks, note: str) -> str:
    """What the remarks of the delivered form say, as the North reads them in Arabic."""
    view = desks.view("north")
    act = next(
        one for one in view.ledger.matter(note) if one.move is not None and one.move.kind == "note.deliver"
    )
    data = reading.document(view, act.id)
    assert data is not None
    (named,) = Act.parse(data).enclosures
    found = read_enclosure(view, note, act.side, named)
    assert found is not None
    filled = forms.read(found[1], {FORM: forms.shipped()[FORM]})
    rows = {row.label: row for row in forms.rows(filled, "ar")}
    assert "500.5" in rows["أقصى معدل للتصريف"].text
    assert filled.language == "ko"
    return str(filled.values["remarks"]["ko"])


@pytest.fixture(scope="module")
def addresses(desks: Desks) -> dict[str, str]:
    """Every page of composing with something on it."""
    return apart(lambda: _addresses(desks))


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
    with window(chrome, desks, lang, name="duty") as page:
        for name, path in addresses.items():
            page.goto(path)
            look(page, name)
        page.goto(addresses["write"])
        press(page, 'button[value="preview"]')
        expect(page).to_have_url(re.compile("/preview/$"))
        look(page, "preview")
        page.goto("/1/compose/note.tender/")
        press(page, 'button[value="preview"]')
        expect(page.locator("#problems")).to_be_focused()
        look(page, "problems")


def test_the_keyboard_alone_writes_and_files_show_how_far_they_are(
    chrome: Browser, desks: Desks, tmp_path: Path
) -> None:
    far: list[float] = []
    with window(chrome, desks, name="duty") as page:
        page.expose_function("told", lambda value: far.append(value))
        page.goto("/1/compose/")
        page.focus("#q")
        page.keyboard.type("tender a note")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        enter(page)
        expect(page).to_have_url(re.compile("/note.tender/$"))
        large = tmp_path / "plan of the dam.bin"
        large.write_bytes(os.urandom(3 * 1024 * 1024))
        page.set_input_files("#pick-files", str(large))
        page.evaluate(
            "new MutationObserver(() => told(document.querySelector('progress').value))"
            ".observe(document.querySelector('progress'), {attributes: true})"
        )
        press(page, 'button[value="attach"]')
        expect(page.locator("#files .rows li")).to_contain_text("plan of the dam.bin")
        assert far == sorted(far)
        assert far[-1] == 100
        page.focus('button.btn[value="save"]')
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


@pytest.mark.parametrize("button", ["preview", "save", "attach"])
def test_what_is_pressed_while_the_page_saves_by_itself_waits_for_that(
    chrome: Browser, desks: Desks, button: str
) -> None:
    """The answer to the page's own saving is kept back until the button has been pressed."""
    words = {"f.subject.en": "Dam discharge", "text.en": "We will open two gates."}
    began = apart(lambda: _begun(desks, words))
    sent: list[str] = []
    held: list[Route] = []

    def pass_on(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        own = "x-yeollak-autosave" in route.request.headers
        sent.append("own" if own else "pressed")
        if own:
            held.append(route)
        else:
            route.continue_()

    with window(chrome, desks, name="duty") as page:
        page.goto(began)
        page.route("**/*", pass_on)
        with page.expect_request(lambda one: "x-yeollak-autosave" in one.headers):
            page.fill('[name="text.en"]', "We will open three gates.")
        page.click(f'button.btn[value="{button}"]', no_wait_after=True)
        page.evaluate("new Promise((done) => setTimeout(done, 100))")
        assert sent == ["own"]
        with page.expect_navigation():
            held[0].continue_()
        assert sent == ["own", "pressed"]
        where = "preview/" if button == "preview" else ""
        expect(page).to_have_url(re.compile(f"{began}{where}([?#].*)?$"))
        expect(page.locator("#problems")).to_have_count(0)
    row = apart(lambda: DeskDrafts(desks.nodes["south"].alias).draft(desks.office, int(began.split("/")[3])))
    assert row.data["typed"]["text.en"] == ["We will open three gates."]


def _begun(desks: Desks, words: dict[str, str]) -> str:
    at(desks, "south")
    return draft_path(write(desks.browser("south"), "/1/compose/note.tender/", "save", **words))
