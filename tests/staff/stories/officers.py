"""An officer at a desk: what he does with clicks and keys, in his language; and colleagues who read the pages
that he sees in the other languages.

A story is acted in one language. Whatever an officer says of a page that all of his side may open (`stands`,
`reached`, `reads`, `shows`, `fits`) is said of the same page in the other languages too. What a draft and its
preview are in each language, `test_compose_browser` and `test_lost` show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Protocol

from django.utils.text import capfirst
from playwright.sync_api import Browser, Locator, Page, expect

from tests.cli.hands import SECRETS
from tests.node.offices import SECRET
from tests.staff.desks import PASSPHRASE
from tests.staff.looking import SLIM, WIDE, leading, listen, opened, overflow, press, resize, sign_in
from yeollak.words import LANGUAGES, say
from yeollak.words.states import state_word

#: The passphrase of each officer's key.
KEYS = {
    "duty": SECRET,
    "liaison": PASSPHRASE,
    "co-head": PASSPHRASE,
    "clerk": SECRETS["YEOLLAK_OFFICER_PASSPHRASE"],
}
#: Pages that a colleague cannot open as they are: a draft is its writer's, and what was sent is no page.
_OWN = ("/drafts/", "/compose/", "/me/", "/sign-in/")


class Place(Protocol):
    """Where both desks are: what the device of each account was given, and what it shows now."""

    @property
    def secrets(self) -> dict[tuple[str, str], str]:
        """(side, name) -> secret."""

    def address(self, side: str) -> str:
        """Where a side's desk answers."""

    def code(self, side: str, name: str) -> str:
        """A code of which none has been used."""

    def speak(self, side: str, name: str, lang: str) -> None:
        """Have an account read a language, if it does not yet."""


class Officer:
    """Somebody who has signed in at a side's desk and reads his language there."""

    def __init__(self, page: Page, place: Place, side: str, name: str, lang: str) -> None:
        self.page, self.place, self.side, self.name, self.lang = page, place, side, name, lang
        self.base = place.address(side)
        #: Who reads beside him, each in another language, and how often his own page has been loaded.
        self.colleagues: list[Officer] = []
        self._loads, self._beside = 0, ("", 0)
        page.on("load", lambda _page: self._loaded())

    def _loaded(self) -> None:
        self._loads += 1

    def all_read(self, check: Callable[[Officer], None]) -> None:
        """Hold a check of a page for its officer, and for his colleagues on the same page as they load it."""
        check(self)
        url, loads = self.page.url, self._loads
        if any(part in url for part in _OWN):
            return
        for colleague in self.colleagues:
            if colleague._beside != (url, loads):
                colleague.go(url.removeprefix(self.base))
                colleague._beside = (url, loads)
            check(colleague)

    def enter(self) -> None:
        """Sign in, and choose the language on one's own page if it is another."""
        sign_in(self.page, self.base, self.name, self.lang)
        if self.page.locator("#code").count():
            self.page.fill("#code", self.place.code(self.side, self.name))
            self.press("main form button.go")
        if self.page.get_attribute("html", "lang") != self.lang:
            self.go("/me/")
            self.page.select_option("#language", self.lang)
            press(self.page, "form[action='/me/settings/'] button")
            self.today()
        assert self.page.get_attribute("html", "lang") == self.lang

    def equip(self) -> None:
        """Set up a device on one's own page, where none is, by what that shows, and keep the codes."""
        if (self.side, self.name) in self.place.secrets:
            return
        self.press('.mast a[href="/me/"]')
        self.press('a[href="/me/factor/"]')
        secret = (self.page.text_content(".secret") or "").replace(" ", "")
        self.place.secrets[self.side, self.name] = secret
        self.page.fill("#code", self.place.code(self.side, self.name))
        self.press("main form button.go")
        expect(self.page.locator(".codes li")).to_have_count(10)
        self.today()

    def go(self, path: str) -> None:
        """Open a page by its address."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)

    def today(self) -> None:
        """Go to Today by the sections at the top."""
        if not self.page.locator(".nav a[data-key=t]").count():
            self.go("/1/")
        else:
            press(self.page, ".nav a[data-key=t]")

    def press(self, where: str | Locator) -> None:
        """Click what leads to another page."""
        target = self.page.locator(where) if isinstance(where, str) else where
        with leading(self.page):
            target.click()

    def strip(self, title: str) -> Locator:
        """The strip of Today that is about a matter."""
        return self.page.locator(".strip").filter(has_text=title)

    def open(self, title: str) -> str:
        """Wait for a strip of Today, and follow it to its matter; returns the matter."""
        self.press(self.strip(title).locator("h3 a").first)
        return self.matter

    @property
    def matter(self) -> str:
        """The matter or act of the page, by its address."""
        return self.page.url.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]

    def see(self, matter: str) -> None:
        """Open the page of a matter."""
        self.go(f"/1/matters/{matter}/")

    def offered(self) -> list[str]:
        """The kinds of what the page of a matter offers as buttons, in their order."""
        links = self.page.locator(".acts-next a.btn").evaluate_all(
            "found => found.map(one => one.pathname.split('/').at(-2))"
        )
        return [str(one) for one in links]

    def choose(self, kind: str) -> None:
        """Press the button of a kind on the page of a matter."""
        self.press(f'a.btn[href*="/compose/{kind}/"]')

    def pick(self, query: str, kind: str) -> None:
        """Find something to do by its words in the list of Compose, and press it."""
        self.press(".nav a[data-key=w]")
        self.page.fill("#q", query)
        found = self.page.locator("[data-choice]:visible")
        expect(found.locator(f'a[href*="/{kind}/"]')).to_be_visible()
        self.press(found.locator(f'a[href*="/{kind}/"]'))

    def fill(self, fields: Mapping[str, str]) -> None:
        """Fill fields in, by their names, as whoever sees the page would."""
        for name, value in fields.items():
            field = self.page.locator(f'[name="{name}"]')
            if field.first.get_attribute("type") in ("radio", "checkbox"):
                self.page.check(f'[name="{name}"][value="{value}"]')
                continue
            if not field.is_visible():
                field.locator("xpath=ancestor::details[1]/summary").click()
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def preview(self) -> str:
        """See what is signed; returns its digest as it is shown."""
        self.press('button[value="preview"]')
        expect(self.page).to_have_url(f"{self.base}/1/drafts/{self.page.url.split('/')[5]}/preview/")
        return "".join(self.page.locator(".digest span").all_inner_texts())

    def sign(self) -> str:
        """Sign what is previewed and send it, with a fresh code where one is asked for; returns the act."""
        digest = "".join(self.page.locator(".digest span").all_inner_texts())
        self.page.fill("#passphrase", KEYS[self.name])
        if self.page.locator("#code").count():
            self.page.fill("#code", self.place.code(self.side, self.name))
        self.press('button[value="sign"]')
        assert "/sent/" in self.page.url, self.page.locator("main").inner_text()[:2000]
        assert self.matter == digest
        return digest

    def do(self, kind: str, fields: Mapping[str, str] | None = None) -> str:
        """On the page of a matter: press a button, fill in, look, sign. Returns the act."""
        self.choose(kind)
        self.fill(fields or {})
        self.preview()
        return self.sign()

    def stands(self, procedure: str, phase: str, **slots: str) -> None:
        """On the page of a matter: it says in this language how the matter stands."""

        def check(reader: Officer) -> None:
            word = capfirst(state_word(reader.lang, procedure, phase, slots))
            expect(reader.page.locator("p.state")).to_contain_text(f"{word}.")

        self.all_read(check)

    def reached(self, *labels: str) -> None:
        """On the page of a matter: the stages that are reached, by their English names, in this language."""

        def check(reader: Officer) -> None:
            words = [say(reader.lang, label, context="stage") for label in labels]
            expect(reader.page.locator(".stages li.done b")).to_have_text(words)

        self.all_read(check)

    def reads(self, message: str, where: str = "main") -> None:
        """The page says a message of the catalogues in this language."""
        self.shows(where, lambda lang: say(lang, message))

    def shows(self, where: str, words: Callable[[str], str]) -> None:
        """The first of what is found on the page contains words, given for a language."""
        self.all_read(
            lambda reader: expect(reader.page.locator(where).first).to_contain_text(words(reader.lang))
        )

    def fits(self) -> None:
        """Nothing of the page is wider than its window: on a phone and before a screen."""

        def check(reader: Officer) -> None:
            for width in (SLIM, WIDE):
                resize(reader.page, width)
                assert overflow(reader.page) == 0, (reader.page.url, reader.lang, width)

        self.all_read(check)

    def counted(self) -> None:
        """On the page of what was sent: wait until the other side has counted it."""
        expect(self.page.locator(".way .todo")).to_have_count(0)


@contextmanager
def desk(
    chrome: Browser, place: Place, side: str, lang: str, name: str = "duty", *, beside: tuple[str, ...] = ()
) -> Iterator[Officer]:
    """Somebody sits down at a desk, and Today is before him. `beside` are accounts of his side that read his
    pages in the other languages. When they get up no script has failed.
    """
    others = [other for other in LANGUAGES if other != lang]
    with ExitStack() as windows:
        officer = windows.enter_context(_seated(chrome, place, side, lang, name))
        for other, account in zip(others, beside, strict=False):
            place.speak(side, account, other)
            officer.colleagues.append(windows.enter_context(_seated(chrome, place, side, other, account)))
        yield officer


@contextmanager
def _seated(chrome: Browser, place: Place, side: str, lang: str, name: str) -> Iterator[Officer]:
    context = opened(chrome, WIDE)
    try:
        complaints = listen(context)
        officer = Officer(context.new_page(), place, side, name, lang)
        officer.enter()
        yield officer
        assert [one for one in complaints if not one.startswith("Failed to load resource")] == []
    finally:
        context.close()
