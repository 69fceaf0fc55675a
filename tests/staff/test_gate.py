"""The gate: who gets in, what is said to whoever does not, and that no page forgets to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.staff.desks import Browser, Desks
from tests.storage.setup import ready

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
    openly = {"root", "sign-in", "sign-out", "asset"}
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
