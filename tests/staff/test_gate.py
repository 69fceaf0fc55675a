"""The gate: who gets in, what is said to whoever does not, and that no page forgets to ask."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from tests.staff.desks import HASHER, Browser, Desks
from tests.storage.setup import ready
from yeollak.storage.staffing import Staffing

ready()


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "south")
    yield made
    made.close()


def test_every_page_asks_who_it_is(desks: Desks) -> None:
    from django.urls import URLPattern

    from yeollak.desk.staff.urls import urlpatterns

    browser = Browser(desks.address("south"))
    openly = {"root", "sign-in", "sign-out", "asset", "icon"}
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name in openly:
            continue
        path = "/" + str(pattern.pattern).replace("<int:number>", "1").split("<")[0]
        answer = browser.get(path)
        if answer.status == 405:
            answer = browser.post(path, of="/sign-in/")
        assert "/sign-in/" in answer.url or answer.status == 404, path


def test_only_the_right_passphrase_gets_in_and_every_refusal_reads_alike(desks: Desks) -> None:
    said = set()
    for name, passphrase in (("duty", "wrong words entirely"), ("nobody", "four words nobody joins")):
        answer = Browser(desks.address("south")).post("/sign-in/", name=name, passphrase=passphrase, code="")
        assert answer.status == 403
        said.add(answer.text.replace(name, "").split("sign-in-refused")[0][-200:])
    assert len(said) == 1
    assert desks.browser("south").get("/1/").status == 200


def test_the_public_page_and_the_desk_do_not_share_addresses(desks: Desks) -> None:
    host, port = desks.nodes["south"].config.public
    public = Browser(f"http://{host}:{port}")
    assert public.get("/1/").status == 404
    assert "csrfmiddlewaretoken" not in public.get("/en/").text
    assert Browser(desks.address("south")).get("/en/").status == 404


def test_after_a_session_the_door_speaks_as_the_desk_was_read(desks: Desks) -> None:
    from yeollak.desk.staff.gate import LANGUAGE_COOKIE

    browser = desks.browser("south", "duty", "ko")
    assert 'lang="ko"' in browser.get("/1/").text
    browser.post("/me/settings/", of="/me/", language="ar")
    assert browser.get("/me/").text.count('dir="rtl"') > 0
    staff = Staffing(desks.nodes["south"].alias, HASHER)
    browser.post("/sign-out/", of="/1/")
    door = browser.get("/1/")
    assert "/sign-in/" in door.url
    assert '<html lang="ar" dir="rtl">' in door.text
    assert '<html lang="ar" dir="rtl">' in browser.get("/nowhere/").text
    # What is asked for goes before it, a browser that nobody has read the desk in has its own, and what
    # somebody else has written there is no language.
    assert '<html lang="en"' in browser.get("/sign-in/?lang=en").text
    assert '<html lang="en"' in Browser(desks.address("south")).get("/sign-in/").text
    said = {LANGUAGE_COOKIE: "<b>"}
    assert '<html lang="en"' in asked(desks.address("south") + "/sign-in/", said)
    staff.give("duty", desks.nodes["south"].clock.now(), language="en")


def test_the_language_that_is_kept_is_no_token(desks: Desks) -> None:
    from yeollak.desk.staff.gate import LANGUAGE_COOKIE

    browser = desks.browser("south", "liaison", "ko")
    browser.get("/1/")
    kept = {one.name: one.value for one in browser.jar}
    assert kept[LANGUAGE_COOKIE] == "ko"
    browser.get("/1/")
    assert {one.name: one.value for one in browser.jar} == kept


def test_both_sites_have_an_icon_where_browsers_look_for_one(desks: Desks) -> None:
    host, port = desks.nodes["south"].config.public
    for base, page in ((desks.address("south"), "/sign-in/"), (f"http://{host}:{port}", "/en/")):
        with urllib.request.urlopen(f"{base}/favicon.ico") as answer:
            assert answer.headers["Content-Type"] == "image/svg+xml"
            icon = answer.read()
        assert ElementTree.fromstring(icon).tag.endswith("}svg")
        linked = re.search(
            r'<link rel="icon" type="image/svg\+xml" href="([^"]+)">', Browser(base).get(page).text
        )
        assert linked is not None
        with urllib.request.urlopen(base + linked[1]) as answer:
            assert answer.read() == icon
            assert answer.headers["Content-Type"].startswith("image/svg+xml")


def asked(address: str, cookies: dict[str, str]) -> str:
    """The page at an address, for a browser with these cookies."""
    head = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    with urllib.request.urlopen(urllib.request.Request(address, headers=head)) as answer:
        return str(answer.read().decode())
