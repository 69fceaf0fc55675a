"""On the public page every name that can be taken for another says so: those of sides and of their officers,
of entries, of the persons and places in them, and the choices of its filter; and no other name does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk import history
from tests.desk.site import settled
from yeollak.desk.lookalikes import look
from yeollak.desk.public import PublicOffice, build
from yeollak.desk.texts import Text
from yeollak.words import LANGUAGES
from yeollak.words.lookalike import Look

#: The first letter of the second is Cyrillic.
SOUTH, OTHER = "Coast office", "Сoast office"
MIXED, HIDDEN = "mixes letters of several scripts", "has characters that cannot be seen"


def named(south: str, north: str, head: str = "") -> Any:
    """The history's record with sides and a head of other names."""
    charter = history.charter()
    for party, name in zip(charter["parties"], (south, north), strict=True):
        party["names"], party["short"] = {"en": name}, {"en": name}
    if head:
        charter["office"].setdefault("sides", {})["north"] = {"co_head": {"name": {"en": head}}}
    return replace(history.record(), charter=charter)


def names_of(office: PublicOffice) -> Iterator[tuple[Text, bool]]:
    """Every name that is judged, and whether its words may be of several scripts."""
    for party in office.parties:
        yield from ((party.name, False), (party.short, False))
        for head in (*party.heads, *party.deputies):
            yield from ((text, True) for text in (head.name, head.post) if text)
    for told in (item.told for item in office.items):
        yield from ((text, True) for text in (told.title, told.where) if text)
        yield from ((person.name, True) for person in told.people)


def marked(office: PublicOffice) -> Mapping[str, Look]:
    """What is said of names in English."""
    looks = {
        text.pick("en").text: look(office.alike, text, "en", words=words) for text, words in names_of(office)
    }
    return {name: found for name, found in looks.items() if found}


def test_nothing_of_the_history_is_marked() -> None:
    office = build(history.record())
    assert office.alike == {}
    for text, words in names_of(office):
        for lang in LANGUAGES:
            assert not look(office.alike, text, lang, words=words), text


def test_of_two_sides_that_look_alike_both_are_marked() -> None:
    assert marked(build(named(SOUTH, OTHER))) == {SOUTH: Look(OTHER), OTHER: Look(SOUTH, True)}


def test_what_cannot_be_seen_is_taken_out_of_a_name_and_said() -> None:
    assert marked(build(named("South", "Nor\u200bth"))) == {"North": Look(unseen=True)}


def test_a_head_may_have_another_spelling_beside_his_name_and_no_letter_of_another_script() -> None:
    beside, within = "Ким (Kim)", "Kіm"
    assert marked(build(named("South", "North", beside))) == {}
    assert marked(build(named("South", "North", within))) == {within: Look("", True)}


def test_the_page_says_it_before_the_name_and_gives_the_sign_in_every_row(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history.HistorySource, "record", lambda *_: named(SOUTH, OTHER, "Quiet\u200bname"))
    text = client.get("/en/").content.decode()
    info = text.split('class="info"')[1].split("</table>")[0]
    assert f"looks like <bdi>{OTHER}</bdi>, is written with other letters</span> <bdi>{SOUTH}" in info
    assert f"{MIXED}</span> <bdi>{OTHER}" in info
    assert HIDDEN in info
    sign = r'<span class="sign" role="img" aria-label="(.*?)" title="\1">≠</span>&nbsp;'
    rows = re.findall(rf'{sign}<span class="side p\d"><bdi>{OTHER}', text)
    assert len(rows) > 10
    assert set(rows) == {f"looks like {SOUTH}, is written with other letters; {MIXED}"}
    whole = client.get("/ar/").content.decode()
    assert "looks like" not in whole
    assert 'class="alike"' in whole


def test_the_drawing_has_the_sign_too(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history.HistorySource, "record", lambda *_: named(SOUTH, OTHER))
    house = client.get("/en/").content.decode().partition('class="house"')[2]
    drawing, _, caption = house.partition("</svg>")
    assert f'<tspan class="sign">≠</tspan> {SOUTH}</tspan></text>' in drawing
    assert f'<tspan class="sign">≠</tspan> {OTHER}</tspan></text>' in drawing
    assert re.search(f'class="sign" [^>]*>≠</span>&nbsp;<bdi>{SOUTH}', caption.partition("</caption>")[0])


#: Two spellings of each of a few names, which look alike; and of codes, which are of other characters.
_SPELT = [[(f"Iine {at}", f"line {at}") for at in range(3)], [(f"s1de{at}", f"slde{at}") for at in range(3)]]
_FIELDS = ("title", "person", "where", "by", "account", "procedure")
#: A page of few entries of several kinds.
_ENTRIES = 6


@st.composite
def spellings(draw: st.DrawFn) -> list[dict[str, str]]:
    """What each of a few entries calls what it names: names that nothing looks like, or a spelling of one of
    a few.
    """
    entries = []
    for entry in range(_ENTRIES):
        fields = {}
        for field in _FIELDS:
            code = field in ("by", "account", "procedure")
            which, spelling = draw(st.integers(0, 5)), draw(st.integers(0, 1))
            plain = f"{field}-{'abcdef'[entry]}"
            fields[field] = _SPELT[code][which][spelling] if which < 3 else plain
        entries.append(fields)
    return entries


def told(entries: list[dict[str, str]]) -> Any:
    """A record of few entries with those names."""
    record = history.record()
    rows = []
    for row, names in zip(record.items[:: len(record.items) // _ENTRIES], entries, strict=False):
        chronicle = json.loads(json.dumps(row.chronicle))
        chronicle |= {name: names[name] for name in ("by", "account", "procedure")}
        chronicle |= {"title": {"en": names["title"]}, "where": {"en": names["where"]}}
        chronicle["people"] = [{"name": {"en": names["person"]}}]
        rows.append(replace(row, chronicle=chronicle))
    return replace(record, items=tuple(rows))


class _Page(HTMLParser):
    """The texts of a page in order, each with whether it stands in a mark; those of choices and of titles of
    the page as they stand.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[str, bool]] = []
        self.choices: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "path", "wbr", "input", "br", "img", "hr"):
            self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not data.strip():
            return
        if self._open and self._open[-1][0] == "option":
            self.choices.append((data.strip(), self._open[-1][1]))
            return
        mark = any(attrs.get("class") in ("alike", "sign") for _, attrs in self._open)
        self.texts.append((data.strip(), mark))


@pytest.fixture(scope="module")
def reader() -> Iterator[Any]:
    with settled():
        from django.test import Client

        yield Client(raise_request_exception=False)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=spellings(), lang=st.sampled_from(LANGUAGES))
def test_every_name_is_marked_wherever_it_stands_and_no_other(
    reader: Any, entries: list[dict[str, str]], lang: str
) -> None:
    every = {name for names in entries for name in names.values()}
    pairs = {one: other for kind in _SPELT for pair in kind for one, other in (pair, pair[::-1])}
    doubted = {name for name in every if pairs.get(name) in every}
    record = told(entries)
    with mock.patch.object(history.HistorySource, "record", return_value=record):
        shown = _read(reader.get(f"/{lang}/"))
        pages = [shown]
        hrefs = re.findall(rf'href="(/{lang}/offices/[0-9a-f]+/entries/[^"#?]+/)"', shown.source)
        pages += [_read(reader.get(href)) for href in sorted(set(hrefs))[:2]]
    assert len(pages) == 3
    seen: set[str] = set()
    for page in pages:
        for (_, before), (text, mark) in zip([("", False), *page.texts], page.texts, strict=False):
            if text in every and not mark:
                assert before == (text in doubted), text
                seen.add(text)
    assert seen >= {names[field] for names in entries for field in ("title", "person", "where", "by")}
    for text, attributes in shown.choices:
        name = text.removeprefix("≠ ").rpartition(" (")[0].strip("\u2068\u2069")
        if name in every:
            assert text.startswith("≠ ") == (name in doubted)
            label = attributes.get("aria-label") or ""
            assert (pairs.get(name, "?") in label and label.startswith(text)) == (name in doubted)


def _read(response: Any) -> Any:
    assert response.status_code == 200
    source = response.content.decode()
    page = _Page()
    page.feed(source.partition("<main")[2])
    return SimpleNamespace(source=source, texts=page.texts, choices=page.choices)


def test_the_feed_has_the_sign_in_its_titles_and_the_words_below(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [dict.fromkeys(_FIELDS, f"plain{at}") for at in range(_ENTRIES)]
    entries[0]["title"], entries[1]["title"] = _SPELT[0][0]
    record = told(entries)
    monkeypatch.setattr(history.HistorySource, "record", lambda *_: record)
    text = client.get(f"/en/offices/{record.office}/feed.atom").content.decode()
    one, other = _SPELT[0][0]
    assert f"<title>≠ {one}</title>" in text
    assert f"<title>≠ {other}</title>" in text
    assert "<title>plain2</title>" in text
    assert text.count("is written with other letters") == 2
