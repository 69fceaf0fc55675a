"""What the tests in a real browser share: a browser, a window in which somebody has signed in, deeds that
wait for the page to which they lead, and a hard look at a page.

Playwright waits for an element, and never for the page behind a link: after a bare `click` the old page may
still stand while `count`, `get_attribute` or `url` are asked. So whatever leads to another page goes through
`press`, `enter` or `leading`, and whatever a script changes by itself is waited for with `expect`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.staff.composing import at
from tests.staff.desks import HASHER, PASSPHRASE, Desks
from yeollak.storage.staffing import Staffing

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Without memory for what is drawn Chromium draws nothing, which is a third of what a page costs. Boxes,
#: styles and what a script sees are the same: axe goes by those, and pixels are no test's.
BLIND = ["--force-gpu-mem-available-mb=0", "--in-process-gpu"]
#: Who reads in which language.
READERS = {"en": "duty", "ko": "liaison", "ar": "co-head"}
#: The rules to which every page is held.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, SLIM = 1440, 390
HIGH = 900
#: For how long something is waited for, in milliseconds. It bounds how late a failure is told, on a machine
#: however busy; no promise about how quick a page is.
PATIENCE = 60_000

#: Marks the first of all elements that are drawn alike: of one name and class, in a parent of one class, with
#: the same letters on the same grounds. What axe exempts (controls that are off) is not like what it does
#: not. It is their contrast that axe looks at: each of a thousand rows costs what the first does. Nor is what
#: is drawn like something that was found sound on another page looked at again: `known` are the numbers of
#: such, and those of what is new are returned. Some of it is looked at all the same: axe sees something.
ALIKE = """(known) => {
    const numbered = (text) => {  // of 53 bits
        let low = 0xdeadbeef, high = 0x41c6ce57;
        for (let at = 0; at < text.length; at++) {
            low = Math.imul(low ^ text.charCodeAt(at), 2654435761);
            high = Math.imul(high ^ text.charCodeAt(at), 1597334677);
        }
        return 4294967296 * (2097151 & high) + (low >>> 0);
    };
    const grounds = new WeakMap();
    const behind = (one) => {
        if (!one) return "";
        if (grounds.has(one)) return grounds.get(one);
        const style = getComputedStyle(one);
        const own = ["backgroundColor", "backgroundImage", "opacity", "filter", "mixBlendMode"]
            .map((name) => style[name]).join();
        const nothing = own === "rgba(0, 0, 0, 0),none,1,none,normal";
        const whole = nothing ? behind(one.parentElement) : `${behind(one.parentElement)}/${own}`;
        grounds.set(one, whole);
        return whole;
    };
    const first = new Map(known.map((number) => [number, null]));
    const fresh = [], others = [];
    for (const one of document.querySelectorAll("[data-first]")) one.removeAttribute("data-first");
    for (const one of document.body.querySelectorAll("*")) {
        const says = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!says && !one.matches("input,select,textarea,button")) continue;
        const style = getComputedStyle(one);
        const key = numbered([
            one.localName, one.getAttribute("class"), one.parentElement.getAttribute("class"), behind(one),
            Boolean(one.closest(":disabled,[aria-disabled=true]")), one.checkVisibility(),
            ...["color", "fontSize", "fontWeight", "textShadow", "visibility"].map((name) => style[name]),
        ].join("|"));
        if (!first.has(key)) { first.set(key, one); fresh.push(key); }
        else if (!first.get(key) && others.length < 60 && says && one.checkVisibility()) others.push(one);
    }
    for (const key of fresh) first.get(key).setAttribute("data-first", "");
    for (const one of others) one.setAttribute("data-first", "");
    axe.configure({rules: [{id: "color-contrast", selector: "[data-first]"}]});
    return fresh;
}"""
#: The numbers of what is drawn with contrast enough, in this process.
_sound: set[int] = set()

expect.set_options(timeout=PATIENCE)
T = TypeVar("T")


@contextmanager
def launched(chromium: Path, *, blind: bool = True) -> Iterator[Browser]:
    """A running Chromium, which draws nothing where it is blind. The store is opened before: a thread with a
    browser may not ask it (`apart`).
    """
    flags = FLAGS + BLIND * blind
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(chromium), args=flags, timeout=2 * PATIENCE)
        yield found
        found.close()


def apart(work: Callable[[], T]) -> T:
    """Ask the store beside a browser, in another thread: Playwright's has a loop, which Django refuses."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def opened(browser: Browser, width: int = WIDE, **more: Any) -> BrowserContext:
    """A context of its own, of a width in pixels; `more` is what Playwright calls it."""
    context = browser.new_context(
        viewport={"width": width, "height": HIGH}, **{"reduced_motion": "reduce", **more}
    )
    context.set_default_timeout(PATIENCE)
    return context


def listen(context: BrowserContext) -> list[str]:
    """What its pages complain of from now on: errors of a script, and what is said on the console, but for
    answers that refuse: a session that ends is refused on purpose, and a desk has no favicon. Nor is it a
    complaint that a page leaves the focus where a test has put it before the page was whole.
    """
    complaints: list[str] = []

    def said(message: ConsoleMessage) -> None:
        ours = message.location["url"].partition("?")[0].endswith((".css", ".js"))
        if message.text.startswith("Autofocus processing was blocked because a document already has"):
            return
        if ours or not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    context.on("weberror", lambda problem: complaints.append(str(problem.error)))
    context.on("console", said)
    return complaints


@contextmanager
def window(
    browser: Browser,
    desks: Desks,
    lang: str = "en",
    width: int = WIDE,
    *,
    side: str = "south",
    name: str = "",
    **more: Any,
) -> Iterator[Page]:
    """A page on which somebody has signed in at a side's desk, in a language: who is named, or the reader of
    that language. The side has the hands of this process's desk from then on (`composing.at` gives them to
    another). At the end no script has failed and the policy has refused nothing, in any page of the context.
    """
    name = name or READERS[lang]
    node = desks.nodes[side]
    apart(lambda: Staffing(node.alias, HASHER).give(name, node.clock.now(), language=lang))
    at(desks, side)
    base = desks.address(side)
    context = opened(browser, width, base_url=base, **more)
    try:
        complaints = listen(context)
        page = context.new_page()
        sign_in(page, base, name)
        assert page.url == f"{base}/1/"
        yield page
        assert complaints == [], complaints
    finally:
        context.close()


def sign_in(page: Page, base: str, name: str = "duty", lang: str = "") -> None:
    """Send a name and its passphrase at a desk's door; who has a device is asked for its code next."""
    page.goto(f"{base}/sign-in/{f'?lang={lang}' if lang else ''}")
    page.fill("#name", name)
    page.fill("#passphrase", PASSPHRASE)
    press(page, "main form button.go")


@contextmanager
def leading(page: Page) -> Iterator[None]:
    """Do something that leads to another page, which is loaded when this ends. A load is waited for and not
    a navigation, since a page that gives itself another address (a draft that saves itself) navigates too.
    """
    page.wait_for_load_state()
    with page.expect_event("load", timeout=PATIENCE):
        yield


def press(page: Page, selector: str) -> None:
    """Click what leads to another page, and wait until that is loaded."""
    with leading(page):
        page.click(selector)


def enter(page: Page) -> None:
    """Press Enter where the focus is, in a form or on a link, and wait until the other page is loaded."""
    with leading(page):
        page.keyboard.press("Enter")


def resize(page: Page, width: int, scheme: str = "light") -> None:
    """Give a page a width and a scheme of colours, and wait until it has them."""
    page.set_viewport_size({"width": width, "height": HIGH})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    has = (
        "({width, scheme}) => innerWidth === width && matchMedia(`(prefers-color-scheme: ${scheme})`).matches"
    )
    page.wait_for_function(has, arg={"width": width, "scheme": scheme})


def look(page: Page, name: str, *, night: bool | None = None) -> None:
    """Hold a loaded page, with all that can be opened open, against axe-core and against its width: on a
    phone by night, and wide by day. What is the same in every language is looked at in one: `night` says
    whether the phone is held against axe too, which is so in Arabic where it is not said.
    """
    lang = page.evaluate("document.documentElement.lang")
    held = page.viewport_size or {"width": WIDE}
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for width, scheme in ((SLIM, "dark"), (WIDE, "light")):
        resize(page, width, scheme)
        wider, found = overflow(page), list[str]()
        if width == WIDE or night or (night is None and lang == "ar"):
            found = findings(page)
        assert (wider, found) == (0, []), (name, lang, width, wider, found)
    if held["width"] != WIDE:
        resize(page, held["width"])


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def findings(page: Page) -> list[str]:
    """What axe-core finds on a page: each rule with the first elements that break it."""
    return _found(page, {"type": "tag", "values": TAGS})


def contrast(page: Page) -> list[str]:
    """What axe-core finds about the contrast of a page alone."""
    return _found(page, {"type": "rule", "values": ["color-contrast"]})


def _found(page: Page, only: dict[str, Any]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    asked = {"runOnly": only, "resultTypes": ["violations"]}  # of what passes, one element a rule
    fresh, met, found = page.evaluate(
        f"""async ([known, asked]) => {{
            const fresh = ({ALIKE})(known), found = await axe.run(asked);
            const met = [...found.passes, ...found.incomplete, ...found.violations].map((rule) => rule.id);
            return [fresh, met, found.violations.map((rule) =>
                [rule.id, rule.nodes.slice(0, 3).map((node) => node.target)])];
        }}""",
        [sorted(_sound), asked],
    )
    assert "color-contrast" in met, "axe looked at nothing"
    if "color-contrast" not in (rule for rule, _ in found):
        _sound.update(fresh)
    return [f"{rule}: {json.dumps(targets, ensure_ascii=False)}" for rule, targets in found]


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
