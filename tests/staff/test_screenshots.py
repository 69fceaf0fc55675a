"""No page can be forgotten among the pictures: their list is held against the addresses of both sites."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, resolve

from tests.staff.composing import draft_path, write
from tests.staff.desks import Desks
from tests.staff.screenshots import DEEDS, NOTE
from tests.staff.shots import NO_PAGE, NO_PUBLIC_PAGE, NOWHERE, PUBLIC, SHOTS
from tests.storage.setup import ready
from yeollak.storage import models

SITES = {"yeollak.desk.staff.urls": (SHOTS, NO_PAGE), "yeollak.desk.urls": (PUBLIC, NO_PUBLIC_PAGE)}
URLCONFS = {"yeollak.desk.staff.urls": "yeollak.node.staff_urls", "yeollak.desk.urls": "yeollak.node.urls"}


@pytest.mark.parametrize("site", SITES)
def test_every_address_is_pictured_or_has_no_page(site: str) -> None:
    ready()
    shots, none = SITES[site]
    addresses: list[URLPattern] = importlib.import_module(site).urlpatterns
    names = [str(one.name) for one in addresses]
    pictured = {shot.view for shot in shots if shot.view}
    assert len(names) == len(set(names)), "an address without a name of its own"
    assert pictured | set(none) == set(names)
    assert not pictured & set(none)


@pytest.mark.parametrize("site", SITES)
def test_every_picture_is_of_the_page_that_it_names(site: str) -> None:
    ready()
    shots, _ = SITES[site]
    assert len({shot.name for shot in shots}) == len(shots)
    assert {shot.deed for shot in SHOTS} - {""} == set(DEEDS)
    for shot in shots:
        path = shot.path.format_map(_Any({"lang": "en", "number": "1", "stranded": "1", "account": "1"}))
        if shot.view and shot.deed != "codes":  # those have the page of a form that was sent
            assert resolve(path.partition("?")[0], URLCONFS[site]).url_name == shot.view, shot


class _Any(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return NOWHERE if key != "entry" else "flood"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "north", "south")
    yield made
    made.close()


def test_what_is_said_to_have_no_page_has_none(desks: Desks) -> None:
    browser = desks.browser("south", "co-head")
    path = draft_path(write(browser, "/1/compose/note.tender/", "save", **NOTE))
    places = {"draft": path.split("/")[-2], "number": "1", "file": "1", "number_of": "1", "token": "x"}
    view = desks.view("south")
    named = view.rows(models.Named).first()
    places |= {"precedence": "flash", "ending": "csv", "name": "acts", "version": "0" * 12}
    places |= {"act": view.ledger.finding(0, 0).id, "digest": named.digest if named is not None else NOWHERE}
    addresses = importlib.import_module("yeollak.desk.staff.urls").urlpatterns
    for one in addresses:
        if one.name in NO_PAGE and one.name not in ("asset", "events"):
            names = {name: places.get(name, places["act"]) for name in one.pattern.converters}
            route = str(one.pattern)
            for name, value in names.items():
                route = route.replace(
                    next(part for part in _parts(route) if part.endswith(f"{name}>")), value
                )
            answer = browser.get(f"/{route}")
            led = answer.url != f"{browser.base}/{route}"
            assert led or answer.status in (404, 405) or "<html" not in answer.text, (one.name, answer.status)


def _parts(route: str) -> list[str]:
    return [f"<{part.partition('>')[0]}>" for part in route.split("<")[1:]]
