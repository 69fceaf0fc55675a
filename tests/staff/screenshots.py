"""Pictures of every page of both sites, in three languages and two widths, with business under way.

    python -m tests.staff.screenshots FOLDER [--lang ko] [--width 390] [--only matter] [--head] [--tidy]

What is to be called done is looked at here first. The office is made anew each time, and played to where a
draft waits, another is stranded, and at the end a flash rings; the public page is that of the demonstration's
history. Whatever a page complains of, or answers but what it should, is told. `--head` takes the window alone
and not the whole page, `--tidy` leaves out what a hostile side sends: so pictures in the documents are taken.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

import click
import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.desk.site import serving
from tests.staff import affairs, business, undertakings
from tests.staff.affairs import TERMS, Affairs
from tests.staff.business import Business
from tests.staff.composing import at, draft_path, write
from tests.staff.desks import HASHER, PASSPHRASE, Desks
from tests.staff.looking import apart, launched, leading, listen, opened, overflow, press, sign_in
from tests.staff.shots import DEVICE, HALF, NEWCOMER, NOBODY, PUBLIC, SHOTS, Shot
from tests.staff.undertakings import Undertakings
from tests.storage.setup import ready
from yeollak.node.acting import Text, act
from yeollak.office.propose import Draft
from yeollak.office.statistics import Period, facts_of, figures
from yeollak.storage.staffing import Staffing
from yeollak.words import LANGUAGES

NOTE: Final = {
    "f.subject.en": "Line works on Monday",
    "f.subject.ko": "월요일 통신선 공사",
    "f.subject.ar": "أعمال الخط يوم الاثنين",
    "text.en": "On Monday we change the cable at the northern gate.\nThe line may be down for an hour.",
    "text.ko": "월요일에 북측 출입문의 케이블을 교체합니다.\n한 시간 동안 통신이 끊길 수 있습니다.",
    "text.ar": "نستبدل الكابل عند البوابة الشمالية يوم الاثنين.\nوقد ينقطع الخط ساعة.",
}


@dataclass(frozen=True)
class Scene:
    """An office that is played to where every page has something to show; `places` fills addresses."""

    desks: Desks
    undertakings: Undertakings
    places: Mapping[str, str]
    device: pyotp.TOTP

    @classmethod
    def set(cls, folder: Path) -> Scene:
        """Two served desks with business; the South's is the one that is looked at."""
        desks = Desks.taken(Desks.made(folder / "template", TERMS), folder / "served")
        first, second = Business(desks).all(), Affairs(desks).all()
        third = Undertakings(desks).all()
        places = {**third.matters, **second.matters, **first.matters}
        places["draft"], places["agreement"] = first.matters["agreement"], second.matters["agreement"]
        places["works"] = third.matters["works"]
        places["stated"] = _stated(desks, third)
        at(desks, "south")
        head = desks.browser("south", "co-head")
        shown = write(head, "/1/compose/note.tender/", "preview", **NOTE)
        places["number"] = draft_path(shown).split("/")[-2]
        gone = first.do(
            "south", "note.tender", _sealed(), facts={"subject": {"en": "Taken back"}}, due=_due(desks)
        )
        kept = write(head, f"/1/compose/note.withdraw/?matter={gone}", "preview")
        first.do("south", "note.withdraw", matter=gone, re=(gone,))
        places["stranded"] = draft_path(kept).split("/")[-2]
        people = Staffing(desks.nodes["south"].alias, HASHER)
        places["account"] = str(next(one.id for one in people.people() if one.name == "duty"))
        before = desks.nodes["south"].clock.now() - timedelta(minutes=30)
        people.make_account(NEWCOMER, "archivist", PASSPHRASE, before)
        person = people.sign_in(DEVICE, PASSPHRASE, before).person
        device = pyotp.TOTP(people.begin_factor(person))
        people.take_factor(person, device.at(before), before)
        desks.until(desks.settled)
        return cls(desks, third, places, device)

    def read_in(self, lang: str) -> None:
        """Let every account read in a language."""
        node = self.desks.nodes["south"]
        for person in (people := Staffing(node.alias, HASHER)).people():
            people.give(person.name, node.clock.now(), language=lang)

    def ring(self) -> None:
        """A flash from the North, which nobody acknowledges."""
        facts = {
            "subject": {"en": "Forest fire at the line", "ko": "군사분계선 산불", "ar": "حريق غابة عند الخط"}
        }
        node = self.desks.nodes["north"]
        text = Text(b"Forest fire at the line.", "text/plain", "en")
        draft = Draft(
            "note.send", facts={**facts, "class": "rescue"}, due=_due(self.desks), precedence="flash"
        )
        act(node, self.desks.office, self.undertakings.head("north"), draft, [text])
        self.desks.until(self.desks.settled)


def _due(desks: Desks) -> Any:
    return desks.nodes["south"].clock.now() + timedelta(hours=50)


def _sealed() -> Text:
    return Text(b"It is not needed any more.", "text/plain", "en", None, "consent")


def _stated(desks: Desks, done: Undertakings) -> str:
    """Figures that the North has stated and that are not what the record gives."""
    period = Period(date(2018, 9, 1), date(2018, 10, 1), "Asia/Seoul")
    held = figures(desks.view("north").office, None, period)
    data = held.encode().replace(b'"project.report",2]', b'"project.report",7]')
    text = Text(data, "application/vnd.yeollak.figures+json", None, "figures.json")
    draft = Draft("figures.state", facts=facts_of(held))
    stated = act(desks.nodes["north"], desks.office, done.head("north"), draft, [text])
    desks.until(desks.settled)
    return stated


# what is done on a page before its picture is taken


def _refused(page: Page) -> None:
    page.fill("#name", "co-head")
    page.fill("#passphrase", "not the passphrase")
    press(page, "main form button.go")


def _forged(page: Page) -> None:
    page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    _refused(page)


def _codes(page: Page) -> None:
    press(page, "form[action$='/me/codes/'] button")


def _keep(page: Page) -> None:
    with leading(page):
        page.evaluate(
            "(form => form.requestSubmit(form.querySelector('[value=save]')))(document.forms.write)"
        )


def _moved(page: Page) -> None:
    page.locator("[name^='f.subject.']:visible").first.fill("Line works on Tuesday")
    page.evaluate("document.querySelector('#write [name=version]').value = '1'")
    _keep(page)


def _lost(page: Page) -> None:
    page.locator("[name^='f.subject.']:visible").first.fill(NOTE["f.subject.en"])
    page.context.clear_cookies()
    _keep(page)


DEEDS: Final[Mapping[str, Callable[[Page], None]]] = {
    "refused": _refused,
    "forged": _forged,
    "codes": _codes,
    "moved": _moved,
    "lost": _lost,
}


# the camera


@dataclass(frozen=True)
class Camera:
    """Where pictures go, and how they are taken."""

    browser: Browser
    folder: Path
    widths: Sequence[int]
    dark: bool
    head: bool
    device: pyotp.TOTP | None = None

    @contextmanager
    def reader(self, base: str, reader: str, lang: str) -> Iterator[Eyes]:
        """A browser of somebody who reads: signed in, half in, or not at all."""
        scheme = "dark" if self.dark else "light"
        context = opened(self.browser, color_scheme=scheme, extra_http_headers={"Accept-Language": lang})
        try:
            if reader != NOBODY:
                page = context.new_page()
                sign_in(page, base, DEVICE if reader == HALF else reader, lang)
                if reader == DEVICE and self.device is not None:
                    page.fill("#code", self.device.now())
                    press(page, "main form button.go")
            yield Eyes(context, base, lang, listen(context))
        finally:
            context.close()

    def take(self, eyes: Eyes, shot: Shot, path: str) -> Iterator[str]:
        """One picture in every width; yields what the page complained of."""
        for width in self.widths:
            name = f"{shot.name}-{eyes.lang}-{width}{'-dark' * self.dark}"
            page, answers, before = eyes.context.new_page(), list[int](), len(eyes.complaints)
            page.on("response", partial(_seen, answers))
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(eyes.base + path)
            if shot.deed:
                DEEDS[shot.deed](page)
            page.screenshot(path=self.folder / f"{name}.png", full_page=not self.head)
            told = [f"answers {answers[-1]}"] if answers[-1] != shot.status else []
            told += ["is wider than the window"] if overflow(page) > 0 else []
            yield from (f"{name}: {one}" for one in [*told, *eyes.complaints[before:]])
            page.close()


@dataclass(frozen=True)
class Eyes:
    """A browser at a site, in a language, and what its pages complained of."""

    context: BrowserContext
    base: str
    lang: str
    complaints: list[str]


def _seen(answers: list[int], response: Response) -> None:
    """Note what a page was answered with; a part of one counts for nothing."""
    if response.request.is_navigation_request():
        answers.append(response.status)


def _public(camera: Camera, shots: Sequence[Shot], langs: Sequence[str]) -> Iterator[str]:
    with serving() as base:
        for lang in langs:
            with camera.reader(base, NOBODY, lang) as eyes:
                home = eyes.context.request.get(f"{base}/{lang}/").text()
                found = re.search(r"/offices/([0-9a-f]{64})/entries/([a-z0-9._-]+)/", home)
                assert found is not None
                for shot in shots:
                    yield from camera.take(
                        eyes, shot, shot.path.format(lang=lang, office=found[1], entry=found[2])
                    )


def _desk(camera: Camera, scene: Scene, shots: Sequence[Shot], langs: Sequence[str]) -> Iterator[str]:
    base = scene.desks.address("south")
    for lang in langs:
        apart(partial(scene.read_in, lang))
        usual = [shot for shot in shots if shot.deed != "lost"]
        for reader in dict.fromkeys(shot.reader for shot in usual):
            with camera.reader(base, reader, lang) as eyes:
                for shot in (one for one in usual if one.reader == reader):
                    yield from camera.take(eyes, shot, shot.path.format(lang=lang, **scene.places))
        # What ends a session has one of its own.
        for shot, width in product((one for one in shots if one.deed == "lost"), camera.widths):
            with camera.reader(base, shot.reader, lang) as eyes:
                yield from replace(camera, widths=[width]).take(eyes, shot, shot.path)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--lang", "langs", multiple=True, type=click.Choice(LANGUAGES), help="All where none is named.")
@click.option("--width", "widths", multiple=True, type=int, help="1440 and 390 where none is named.")
@click.option("--only", multiple=True, help="Only pictures whose name begins so.")
@click.option("--dark", is_flag=True, help="In the dark.")
@click.option("--head", is_flag=True, help="The window alone, not the whole page.")
@click.option("--tidy", is_flag=True, help="Without what a hostile side sends.")
def main(
    folder: Path,
    langs: Sequence[str],
    widths: Sequence[int],
    only: Sequence[str],
    dark: bool,
    head: bool,
    tidy: bool,
) -> None:
    """Take pictures of the pages of both sites into FOLDER."""
    ready()
    if tidy:
        for module in (affairs, business, undertakings):
            vars(module)["HOSTILE"] = "Levels at the bridge, as they were read there"
    folder.mkdir(parents=True, exist_ok=True)
    found = os.environ.get("YEOLLAK_TEST_CHROMIUM") or shutil.which("chromium")
    if found is None:
        raise click.ClickException("no Chromium on this machine: set YEOLLAK_TEST_CHROMIUM to one")

    def chosen(shots: Sequence[Shot]) -> list[Shot]:
        return [one for one in shots if not only or one.name.startswith(tuple(only))]

    langs, public, usual = langs or LANGUAGES, chosen(PUBLIC), chosen(SHOTS)
    place = Path(tempfile.mkdtemp())
    scene = Scene.set(place) if usual else None
    complaints: list[str] = []

    def tell(told: Iterator[str]) -> None:
        for one in told:
            complaints.append(one)
            click.echo(one)

    with launched(Path(found), blind=False) as browser:
        device = scene.device if scene is not None else None
        camera = Camera(browser, folder, widths or (1440, 390), dark, head, device)
        if scene is not None:
            tell(_desk(camera, scene, [one for one in usual if not one.flash], langs))
            if any(one.flash for one in usual):
                apart(scene.ring)
                tell(_desk(camera, scene, [one for one in usual if one.flash], langs))
            apart(scene.desks.close)
        if public:
            tell(_public(camera, public, langs))
    shutil.rmtree(place)
    many = (len(public) + len(usual)) * len(langs) * len(camera.widths)
    click.echo(f"{many} pictures in {folder}, {len(complaints)} complaints")
    if complaints:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
