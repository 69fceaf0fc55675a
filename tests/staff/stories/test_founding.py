"""From nothing: two operators found an office, the first officers sign in, and a note goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.utils.text import capfirst
from playwright.sync_api import Browser

from tests.cli.hands import Hands
from tests.ports import quiet_port
from tests.staff.desks import PASSPHRASE
from tests.staff.looking import launched, opened
from tests.staff.stories.officers import desk
from tests.storage.setup import empty
from yeollak.words.deeds import deed_word
from yeollak.words.labels import procedure_word

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIDES = ("south", "north")
SUBJECT = "사무소 개소"
#: In which the story is acted, and who reads along in the others.
LANG, BESIDE = "ko", ("reader-en", "reader-ar")


@dataclass(slots=True)
class Operators(Hands):
    """Two operators whose nodes serve a desk each, as processes of their own."""

    desks: dict[str, int] = field(default_factory=dict)
    secrets: dict[tuple[str, str], str] = field(default_factory=dict)

    def make(self, side: str, name: str | None = None) -> Path:
        """A node with a desk and with quick keys, which are no secret here."""
        folder, self.desks[side] = self.root / side, quiet_port()
        ports = ("--line-port", str(quiet_port()), "--public-port", str(quiet_port()))
        self.good("init", str(folder), "--side", side, *ports, "--desk-port", str(self.desks[side]))
        settings = folder / "node.toml"
        settings.write_text(settings.read_text().replace('cost = "strong"', 'cost = "quick"'))
        empty(folder / "node.db")
        return folder

    def found(self) -> str:
        """Two nodes with one office whose nodes say at once what they have seen; returns the office id."""
        cards = [f"{side}.card" for side in SIDES]
        for side, card in zip(SIDES, cards, strict=True):
            self.make(side)
            self.good("card", "new", "--node", side, "--name", f"en={side.title()}", "--out", card)
        (self.root / "terms.toml").write_text("[terms]\nseen_seconds = 1\n")
        about = ("--name", "en=Office", "--terms", "terms.toml", "--out", "charter")
        office = str(self.good("office", "draft", *cards, *about)["office"])
        for side in SIDES:
            self.good("office", "found", "charter", *cards, "--node", side, "--office", office)
            self.good("office", "sign", "--node", side, "--checked", "in-person")
        return office

    def address(self, side: str) -> str:
        """Where a side's desk answers."""
        return f"http://127.0.0.1:{self.desks[side]}"

    def code(self, side: str, name: str) -> str:
        """Nobody here has a device."""
        raise LookupError(side, name)

    def speak(self, side: str, name: str, lang: str) -> None:
        """Accounts were made with the language that their names end with."""
        assert name.endswith(lang), (side, name)


@pytest.fixture(scope="module")
def operators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operators]:
    """The office is founded, a liaison officer is posted on each side and has an account, and both serve."""
    made = Operators(tmp_path_factory.mktemp("operators"))
    made.found()
    made.meet()
    for side in SIDES:
        posted = made.good("officer", "add", "--function", "liaison", "--node", side)
        clerk = ("--role", "liaison", "--officer", str(posted["officer"]))
        readers = [(name, ("--role", "archivist", "--language", name[-2:])) for name in BESIDE]
        for name, about in (("clerk", clerk), *readers):
            words = ("account", "add", name, *about, "--node", side, "--json")
            said = made.run(*words, env={"YEOLLAK_ACCOUNT_PASSPHRASE": PASSPHRASE})
            assert said.status == 0, said
    yield made
    made.stop_all()


@pytest.fixture(scope="module")
def chrome(operators: Operators, chromium: Path) -> Iterator[Browser]:
    """A browser, after the office is founded."""
    with launched(chromium) as found:
        yield found


def test_an_office_is_founded_and_a_note_goes(chrome: Browser, operators: Operators) -> None:
    lang, subject = LANG, SUBJECT
    _turned_away(chrome, operators)
    with (
        desk(chrome, operators, "south", lang, "clerk", beside=BESIDE) as south,
        desk(chrome, operators, "north", lang, "clerk", beside=BESIDE) as north,
    ):
        for officer in (south, north):
            officer.reads("With us, by clock")
            officer.fits()
            officer.press(".nav a[data-key=m]")
            officer.press(officer.page.locator("main a").filter(has_text=_founding(lang)).first)
            officer.stands("founding", "founded")
            officer.reads("Settled.")
            officer.today()
        south.pick(deed_word(lang, "note.tender"), "note.tender")
        south.fill({f"f.subject.{lang}": subject, f"text.{lang}": subject})
        south.preview()
        note = south.sign()
        south.counted()
        assert north.open(subject) == note
        north.stands("note", "tendered")
        north.do("note.take")
        north.counted()
        south.see(note)
        south.stands("note", "taken")
        south.do("note.deliver")
        south.counted()
        north.see(note)
        north.do("note.answer", {f"text.{lang}": subject})
        north.counted()
        for officer in (south, north):
            officer.see(note)
            officer.stands("note", "answered")
            officer.reads("Settled.")
    operators.until(lambda: operators.sizes("south") == operators.sizes("north"))


def _turned_away(chrome: Browser, operators: Operators) -> None:
    """Nothing is shown to whoever has not signed in, and nobody signs in at the other side's desk by it."""
    context = opened(chrome)
    page = context.new_page()
    page.goto(f"{operators.address('south')}/1/matters/")
    assert page.url.startswith(f"{operators.address('south')}/sign-in/")
    context.close()


def _founding(lang: str) -> str:
    """What the matter of the founding is called."""
    return capfirst(procedure_word(lang, "founding"))
