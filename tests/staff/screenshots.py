"""Pictures of every page of the desk, in three languages and two widths, with business under way.

    python -m tests.staff.screenshots FOLDER [--lang ko] [--width 390] [--only matter]

What is to be called done is looked at here first. The office is made anew each time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright

from tests.staff.affairs import TERMS, Affairs
from tests.staff.business import Business
from tests.staff.composing import at
from tests.staff.desks import HASHER, PASSPHRASE, Desks
from tests.staff.undertakings import Undertakings
from tests.storage.setup import ready
from yeollak.storage.staffing import Staffing
from yeollak.words import LANGUAGES

#: Pages that are there whatever was done, by the name of their picture.
STANDING = {
    "today": "",
    "line": "line/",
    "line-table": "line/?as=table",
    "calls": "calls/",
    "matters": "matters/",
    "compose": "compose/",
    "compose-note": "compose/note.tender/",
    "compose-meeting": "compose/meeting.propose/",
    "drafts": "drafts/",
    "calendar": "calendar/",
    "people": "people/",
    "roster": "people/roster/",
    "agreements": "agreements/",
    "projects": "projects/",
    "statistics": "statistics/",
    "record": "record/",
    "alarms": "alarms/",
    "accounts": "accounts/",
    "audit": "accounts/audit/",
    "find": "find/?q=dam",
}
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]


def office(folder: Path) -> tuple[Desks, dict[str, str]]:
    """Two served desks with business, and the addresses of their pages below the office's."""
    desks = Desks.taken(Desks.made(folder / "template", TERMS), folder / "served")
    done = {
        name: matter
        for made in (Business, Affairs, Undertakings)
        for name, matter in made(desks).all().matters.items()
    }
    pages = dict(STANDING)
    view = desks.view("south")
    for name, matter in done.items():
        if view.office.folds(matter).first is not None:
            pages[f"matter-{name.replace('/', '-')}"] = f"matters/{matter}/"
    for procedure, page in (("agreement", "agreements"), ("project", "projects")):
        for number, matter in enumerate(view.ledger.matters(procedure)):
            pages[f"{procedure}-{number}"] = f"{page}/{matter}/"
    pages["act"] = f"acts/{done['tender']}/"
    at(desks, "south")
    return desks, pages


def pictures(
    browser: Browser, base: str, pages: dict[str, str], folder: Path, lang: str, widths: Sequence[int]
) -> Iterator[str]:
    """Take every picture in one language; yields what a page complained of."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("#name", "co-head")
    page.fill("#passphrase", PASSPHRASE)
    page.click("main button")
    page.wait_for_url(f"{base}/1/")
    page.on("console", lambda message: complaints.append(message.text))
    for name, address in [*((one, f"/1/{path}") for one, path in pages.items()), ("me", "/me/")]:
        for width in widths:
            complaints: list[str] = []
            page.set_viewport_size({"width": width, "height": 900})
            answer = page.goto(base + address)
            if answer is None or answer.status != 200:
                yield f"{lang} {name}: {answer and answer.status}"
            page.screenshot(path=folder / f"{name}-{lang}-{width}.png", full_page=True)
            wide = page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            if wide:
                yield f"{lang} {name} {width}: wider than the window"
            yield from (f"{lang} {name}: {said}" for said in complaints)
    context.close()


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--lang", "langs", multiple=True, type=click.Choice(LANGUAGES), help="All three where none is named."
)
@click.option("--width", "widths", multiple=True, type=int, help="1440 and 390 where none is named.")
@click.option("--only", multiple=True, help="Only pages whose name begins so.")
def main(folder: Path, langs: Sequence[str], widths: Sequence[int], only: Sequence[str]) -> None:
    """Take pictures of the desk's pages into FOLDER."""
    ready()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp())
    desks, pages = office(place)
    chosen = {name: path for name, path in pages.items() if not only or name.startswith(tuple(only))}
    found = os.environ.get("YEOLLAK_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=FLAGS)
        for lang in langs or LANGUAGES:
            node = desks.nodes["south"]
            Staffing(node.alias, HASHER).give("co-head", node.clock.now(), language=lang)
            for complaint in pictures(
                browser, desks.address("south"), chosen, folder, lang, widths or (1440, 390)
            ):
                click.echo(complaint)
        browser.close()
    desks.close()
    shutil.rmtree(place)
    click.echo(f"{len(chosen) + 1} pages in {folder}")


if __name__ == "__main__":
    main()
