"""An account opens the offices that it was given, and nothing tells it that there are others."""

from __future__ import annotations

import importlib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from django.urls import reverse
from django.urls.converters import IntConverter

from tests.staff.desks import HASHER, PASSPHRASE, Desks
from tests.staff.looking import launched, look, opened, press, sign_in, window
from yeollak.errors import OurFault
from yeollak.storage.desk_drafts import DeskDrafts
from yeollak.storage.feeds import Feeds
from yeollak.storage.staffing import Person, Staffing, Who

ELSEWHERE = "e" * 64


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "north", "south")
    people, now = people_of(made), made.nodes["south"].clock.now()
    people.make_account("outsider", "reader", PASSPHRASE, now, offices=[ELSEWHERE])
    people.make_account("newcomer", "duty", PASSPHRASE, now)
    people.make_account("both", "duty", PASSPHRASE, now, offices=[ELSEWHERE, made.office])
    yield made
    made.close()


def people_of(desks: Desks) -> Staffing:
    return Staffing(desks.nodes["south"].alias, HASHER)


def person(desks: Desks, name: str) -> Person:
    return next(one for one in people_of(desks).people() if one.name == name)


def addresses(number: int) -> list[str]:
    """An address of every page of an office."""
    values = {"number": number, "name": "acts", "ending": "csv", "kind": "note.tender", "precedence": "flash"}
    found = []
    for one in importlib.import_module("yeollak.desk.staff.urls").urlpatterns:
        if "number" in one.pattern.converters:
            plain = {
                name: 1 if isinstance(converter, IntConverter) else "0" * 64
                for name, converter in one.pattern.converters.items()
            }
            of = {name: values.get(name, otherwise) for name, otherwise in plain.items()}
            found.append(reverse(f"staff:{one.name}", urlconf="yeollak.node.staff_urls", kwargs=of))
    assert len(found) > 50
    return found


def test_an_office_that_was_not_given_is_like_one_that_does_not_exist(desks: Desks) -> None:
    outsider, duty = desks.browser("south", "outsider"), desks.browser("south")
    for here, nowhere in zip(addresses(1), addresses(7), strict=True):
        refused, missing = outsider.get(here), duty.get(nowhere)
        assert (refused.status, refused.text) == (missing.status, missing.text), here
        assert refused.status == 404 or (refused.status == 405 and not refused.text), here
        assert outsider.get(nowhere).text == refused.text
    token = outsider.get("/sign-in/").text
    assert "csrfmiddlewaretoken" in token
    assert outsider.post("/1/alarms/acknowledge/", of="/sign-in/", act="0" * 64).status == 404
    told = outsider.get("/")
    assert (told.status, "No office has been given to this account." in told.text) == (200, True)
    assert 'action="/sign-out/"' in told.text


def test_whoever_loses_an_office_loses_its_calendar(desks: Desks) -> None:
    node, people = desks.nodes["south"], people_of(desks)
    now = node.clock.now()
    _, token = Feeds(node.alias).make(
        person(desks, "both"), desks.office, "x", ["crossing"], now, Who(), subjects=True
    )
    address = f"{desks.address('south')}/feeds/{token}/calendar.ics"
    with urllib.request.urlopen(address) as found:
        assert found.status == 200
    people.give("both", now, offices=[ELSEWHERE])
    with pytest.raises(HTTPError, match="404"):
        urllib.request.urlopen(address)
    people.give("both", now, offices=[ELSEWHERE, desks.office])


def test_an_account_is_given_an_office_by_whoever_keeps_accounts_there(desks: Desks) -> None:
    head = desks.browser("south", "co-head")
    listed = head.get("/1/accounts/").text
    assert "newcomer" in listed
    assert "outsider" not in listed
    assert "outsider" not in head.get("/1/accounts/audit/").text
    number = person(desks, "newcomer").id
    path = f"/1/accounts/{number}/"
    assert "Offices that this account opens" in head.get(path).text
    change = {"deed": "change", "role": "duty", "shown": "Newcomer", "officer": "", "offices": "asked"}
    head.post(path, **change, office="1")
    assert person(desks, "newcomer").opens == {desks.office}
    assert desks.browser("south", "newcomer").get("/1/").status == 200
    head.post(path, **change)
    assert person(desks, "newcomer").opens == set()
    head.post(path, **change, office="9")
    assert person(desks, "newcomer").opens == set()


def test_nobody_changes_an_account_that_opens_more_than_his_own(desks: Desks) -> None:
    head = desks.browser("south", "co-head")
    before = person(desks, "both")
    path = f"/1/accounts/{before.id}/"
    for deed in ("change", "passphrase", "reset-factor", "disable", "unlock"):
        page = head.post(
            path,
            deed=deed,
            role="co-head",
            shown="x",
            passphrase="nine words of my own choosing",
            offices="asked",
        )
        assert (page.status, "permission-missing" in page.text) == (400, True), deed
    assert person(desks, "both") == before
    assert head.get(f"/1/accounts/{person(desks, 'outsider').id}/").status == 404


def test_a_draft_is_handed_to_nobody_who_does_not_open_its_office(desks: Desks) -> None:
    node = desks.nodes["south"]
    drafts, now = DeskDrafts(node.alias), node.clock.now()
    held = drafts.begin(desks.office, person(desks, "duty"), "note.tender", None, {}, now)
    with pytest.raises(OurFault, match="outsider"):
        drafts.hand(held, person(desks, "duty"), "outsider", ["reader", "duty"], now)
    shown = desks.browser("south").get(f"/1/drafts/{held.id}/").text
    assert "outsider" not in shown
    assert "newcomer" not in shown


def test_a_new_account_opens_the_office_in_which_it_was_made(desks: Desks) -> None:
    head = desks.browser("south", "co-head")
    fields = {"name": "fresh", "shown": "Fresh", "role": "archivist", "officer": "", "language": "en"}
    head.post("/1/accounts/new/", **fields, passphrase="nine words of my own choosing")
    assert person(desks, "fresh").opens == {desks.office}


@pytest.mark.browser
def test_what_is_told_of_offices_can_be_read_by_everybody(desks: Desks, chromium: Path) -> None:
    number, base = person(desks, "newcomer").id, desks.address("south")
    with launched(chromium) as browser:
        with window(browser, desks, "ar") as page:
            page.goto(f"/1/accounts/{number}/")
            assert page.locator("input[name=office]").count() == 1
            look(page, "account")
        context = opened(browser, base_url=base)
        page = context.new_page()
        sign_in(page, base, "newcomer")
        assert page.url == f"{base}/"
        look(page, "no office", night=True)
        press(page, "main form button")
        assert "/sign-in/" in page.url
        context.close()
