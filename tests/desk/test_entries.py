"""Entries one by one: permalinks, the feed and linked data, in every language; hostile text stays text."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.desk import history
from tests.desk.test_pages import _Tree
from yeollak.desk import linked
from yeollak.desk.feeds import MOST, feed_of, happened, newest
from yeollak.desk.public import Item, PublicOffice, build
from yeollak.words import LANGUAGES, direction

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def office() -> PublicOffice:
    return build(history.record())


def _address(office: PublicOffice, lang: str, rest: str = "") -> str:
    return f"/{lang}/offices/{office.id}/{rest}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_entry_has_a_page_of_its_own(client: Any, office: PublicOffice, lang: str) -> None:
    for item in office.items[:: max(1, len(office.items) // 8)]:
        response = client.get(_address(office, lang, f"entries/{item.name}/"))
        assert response.status_code == 200
        text = response.content.decode()
        tree = _Tree(text)
        assert tree.crooked == []
        assert tree.open == []
        html = next(attrs for tag, attrs in tree.tags if tag == "html")
        assert html == {"lang": lang, "dir": direction(lang)}
        assert [tag for tag, _ in tree.tags].count("h1") == 1
        links = {attrs["hreflang"]: attrs["href"] for tag, attrs in tree.tags if "hreflang" in attrs}
        assert links == {one: _address(office, one, f"entries/{item.name}/") for one in LANGUAGES}
        assert not any(tag in {"script", "style", "iframe", "img"} for tag, _ in tree.tags)
        cited = {attrs["href"] for tag, attrs in tree.tags if (attrs.get("href") or "").startswith("#ref-")}
        assert {f"#{attrs['id']}" for _, attrs in tree.tags if "id" in attrs} >= cited
        again = client.get(response.request["PATH_INFO"], headers={"if-none-match": response["ETag"]})
        assert again.status_code == 304


def test_the_timeline_leads_to_each_page(client: Any, office: PublicOffice) -> None:
    text = client.get(_address(office, "en")).content.decode()
    for item in office.items:
        assert f'href="{_address(office, "en", f"entries/{item.name}/")}"' in text


@pytest.mark.parametrize(
    "rest", ["entries/no-such/", "entries/no-such/data.jsonld", "entries/-/", "feed.rss"]
)
def test_what_is_not_shown_has_no_page(client: Any, office: PublicOffice, rest: str) -> None:
    assert client.get(_address(office, "en", rest)).status_code == 404
    assert client.get(f"/en/offices/{'0' * 64}/feed.atom").status_code == 404


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_feed_is_in_the_reader_s_language_and_newest_first(
    client: Any, office: PublicOffice, lang: str
) -> None:
    response = client.get(_address(office, lang, "feed.atom"))
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == lang
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == min(MOST, len(office.items))
    updated = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert updated == sorted(updated, reverse=True)
    ids = [entry.findtext(f"{ATOM}id") for entry in [root, *entries]]
    assert len(set(ids)) == len(ids)
    assert all(each and each.startswith("urn:uuid:") for each in ids)
    first = newest(office.items)[0]
    assert entries[0].findtext(f"{ATOM}title") == first.told.title.pick(lang).text
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"http://testserver{_address(office, lang, f'entries/{first.name}/')}"
    assert "<" not in (entries[0].findtext(f"{ATOM}author/{ATOM}name") or "<")


def test_the_feed_is_narrowed_as_the_timeline_is(client: Any, office: PublicOffice) -> None:
    side = office.items[-1].told.by
    response = client.get(_address(office, "en", f"feed.atom?side={side}&nonsense=1"))
    entries = ElementTree.fromstring(response.content).findall(f"{ATOM}entry")
    assert len(entries) == min(MOST, sum(item.told.by == side for item in office.items))
    shown = client.get(_address(office, "en", f"?side={side}")).content.decode()
    assert f"feed.atom?side={side}" in shown


def test_a_feed_without_entries_is_the_same_whenever_it_is_asked_for(office: PublicOffice) -> None:
    def word(_: object) -> str:
        raise AssertionError("nothing is told")

    names = {"title": "Office", "page": "https://a.example/", "itself": "https://a.example/feed.atom"}
    made = [
        feed_of(office, (), "en", **names, address=word, heading=word, body=word, credit=word, kind=word)
        for _ in range(2)
    ]
    root = ElementTree.fromstring(made[0])
    updated = datetime.fromisoformat(root.findtext(f"{ATOM}updated") or "")
    assert updated == max(act.at for act in office.acts).replace(microsecond=0)
    assert made[0] == made[1]


def test_an_entry_is_known_by_the_same_id_under_any_name_of_the_host(
    client: Any, office: PublicOffice
) -> None:
    def ids(host: str) -> list[str | None]:
        response = client.get(_address(office, "ko", "feed.atom"), headers={"host": host})
        assert host in response.content.decode()
        return [one.text for one in ElementTree.fromstring(response.content).iter(f"{ATOM}id")]

    assert ids("a.example") == ids("b.example")


def test_a_day_without_an_hour_stays_that_day_for_a_feed_reader(office: PublicOffice) -> None:
    item = next(item for item in office.items if item.told.when.instant is None)
    assert happened(item) == datetime.combine(item.told.when.day, time(12), UTC)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_linked_data_says_what_the_page_says(client: Any, office: PublicOffice, lang: str) -> None:
    response = client.get(_address(office, lang, "office.jsonld"))
    assert response["Content-Type"] == "application/ld+json; charset=utf-8"
    about = json.loads(response.content)
    assert about["identifier"] == office.id
    assert {one["@language"] for one in about["name"]} >= set(LANGUAGES)
    item = next(item for item in office.items if item.told.references)
    data = json.loads(client.get(_address(office, lang, f"entries/{item.name}/data.jsonld")).content)
    assert data["startDate"] == item.told.when.iso
    assert data["isBasedOn"] == f"urn:sha256:{item.act}"
    assert data["creditText"] == linked.credit(office, item.told.account)
    assert len(data["citation"]) == len(item.told.references)
    assert data["about"]["@id"] == about["@id"]


def test_markup_of_the_other_side_stays_text(office: PublicOffice) -> None:
    """Linked data is JSON of its own type, in no page; its texts are those that the page has cleaned."""
    item: Item = office.items[0]
    text = replace(item.told.title, versions=(("en", "</script><b>x"),))
    data = linked.entry_data(office, replace(item, told=replace(item.told, title=text)), "/e", "/o")
    assert data["name"] == [{"@language": "en", "@value": "</script><b>x"}]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_text_breaks_neither_feed_nor_page(
    client: Any, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    hostile = "]]></summary></entry></bdi><script>alert(1)</script>&\u202e\u0000\uffff"
    view = history.record()
    base = view.items[0]
    told = dict(history.chronicle(history.history()["event"][0]))
    told |= {
        "title": {"en": hostile},
        "text": {"ko": hostile},
        "outcome": [{"ar": hostile}],
        "where": {"en": hostile},
    }
    altered = replace(view, items=(replace(base, chronicle=told),))
    monkeypatch.setattr(history, "record", lambda: altered)
    (item,) = build(altered).items
    feed = client.get(f"/{lang}/offices/{view.office}/feed.atom").content
    (entry,) = ElementTree.fromstring(feed).iter(f"{ATOM}entry")
    assert (entry.findtext(f"{ATOM}title") or "").endswith("</bdi><script>alert(1)</script>&")
    summary = entry.findtext(f"{ATOM}summary") or ""
    assert "&lt;script&gt;" in summary
    assert "<script" not in summary
    assert "\u202e" not in feed.decode()
    page = client.get(f"/{lang}/offices/{view.office}/entries/{item.name}/").content.decode()
    tree = _Tree(page)
    assert (tree.crooked, tree.open) == ([], [])
    assert "script" not in {tag for tag, _ in tree.tags}
