"""A timeline of many entries in pages: none loads more than it shows, none is lost, and addresses stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.history import record
from tests.desk.site import settled
from yeollak.desk import leaves
from yeollak.desk.public import Item, PublicOffice, build
from yeollak.desk.recent import Recent
from yeollak.desk.timeline import timeline
from yeollak.words import LANGUAGES

SIZE = 20


@pytest.fixture(scope="module")
def office() -> PublicOffice:
    return build(record())


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    from yeollak.desk import views

    with settled():
        monkeypatch.setattr(leaves, "PAGE", SIZE)
        monkeypatch.setattr(views, "_RENDERED", Recent[tuple[str, str, str, str], bytes](24))
        yield Client()


def entries(text: str) -> list[str]:
    """The anchors of the entries of a page's timeline."""
    return re.findall(r'<li id="(e-[^"]+)">', text)


def led(text: str, way: str) -> str | None:
    """Where the head and the page lead, which is one place."""
    head = re.findall(rf'<link rel="{way}" href="([^"]+)">', text)
    body = {one.removesuffix("#timeline") for one in re.findall(rf'rel="{way}" href="([^"]+)"', text)}
    assert body == set(head)
    return unescape(head[0]) if head else None


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("question", ["", "?side=south", "?year=2019&side=north"])
def test_whoever_follows_the_links_sees_every_entry_once(
    client: Client, office: PublicOffice, lang: str, question: str
) -> None:
    asked = dict(pair.split("=") for pair in question.removeprefix("?").split("&") if pair)
    wanted = [item.anchor for item in timeline(office.items, asked).items]
    home = f"/{lang}/offices/{office.id}/"
    first = client.get(home + question).content.decode()
    if not question:
        assert entries(first) == wanted[-SIZE:]
        assert led(first, "next") is None
    way = "next" if question else "prev"
    found, at = ([], first) if not question else (entries(first), first)
    while (link := led(at, way)) is not None:
        answer = client.get(link)
        assert answer.status_code == 200
        at = answer.content.decode()
        assert len(entries(at)) <= SIZE
        found = entries(at) + found if way == "prev" else found + entries(at)
    if question:
        assert found == wanted
        return
    assert found[: len(wanted) - SIZE] == wanted[: len(wanted) - SIZE]
    assert {*found, *entries(first)} == set(wanted)


def test_no_page_loads_more_than_it_shows(client: Client, office: PublicOffice, monkeypatch: Any) -> None:
    home = f"/en/offices/{office.id}/"
    small = len(client.get(home + "?page=2").content)
    first = client.get(home).content.decode()
    cited = set(re.findall(r'href="#ref-(\d+)"', first))
    assert cited <= set(re.findall(r'<li id="ref-(\d+)">', first))
    assert len(re.findall(r'<li id="ref-', first)) < len(office.sources)
    anchors = set(re.findall(r'id="([^"]+)"', first))
    assert set(re.findall(r'href="#([^"]+)"', first)) <= anchors
    monkeypatch.setattr(leaves, "PAGE", 150)
    whole = len(client.get(home + "?side=south").content)
    assert small < whole / 3


def test_what_is_no_page_is_the_first(client: Client, office: PublicOffice) -> None:
    home = f"/en/offices/{office.id}/"
    first = client.get(home).content
    for wrong in ("0", "-1", "999", "9" * 40, "x", "%00", "\u0662", ""):
        assert client.get(f"{home}?page={wrong}").content == first, wrong


def test_years_and_months_have_addresses_that_other_years_do_not_move(
    office: PublicOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaves, "PAGE", 5)
    before = _leaves(office.items, "2019")
    told = office.items[0].told
    early = [
        replace(
            office.items[0],
            anchor=f"e-x{n}",
            told=replace(told, when=replace(told.when, instant=None, day=day)),
        )
        for n, day in enumerate(told.when.day + timedelta(days=step) for step in range(-40, 0))
    ]
    assert _leaves((*early, *office.items), "2019") == before
    months = {item.told.when.day.strftime("%Y-%m") for item in office.items}
    several = [timeline(office.items, {"month": one}).items for one in sorted(months)]
    assert [item.anchor for items in several for item in items] == [item.anchor for item in office.items]


def _leaves(items: tuple[Item, ...], year: str) -> list[list[str]]:
    found = timeline(items, {"year": year})
    pages = leaves.pages_of(len(found.items))
    assert pages > 2
    return [
        [item.anchor for item in leaves.leaf(found, {"year": year, "page": str(number)}).items]
        for number in range(1, pages + 1)
    ]


@given(st.integers(0, 700), st.integers(0, 9))
def test_leaves_are_a_partition(many: int, number: int) -> None:
    pages = leaves.pages_of(many)
    assert (pages - 1) * leaves.PAGE < many <= pages * leaves.PAGE or many == pages == 0
    assert leaves.pages_of(max(0, many - number * leaves.PAGE)) == max(0, pages - number)
