"""The pages over HTTP: languages, what must stand on them, headers, errors, and hostile text neutralised."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from tests.desk import history
from yeollak.desk.csp import POLICY
from yeollak.words import LANGUAGES


class _Tree(HTMLParser):
    """Start tags in order, and whether every element that must be closed was."""

    VOID = frozenset({"meta", "link", "path", "wbr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crooked: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crooked.append(tag)


def _page(client: Any, address: str, status: int = 200, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == status
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("asked", "lang"), [("ko-KR,en;q=0.5", "ko"), ("ar", "ar"), ("de", "en"), ("", "en")]
)
def test_the_root_leads_to_the_reader_s_language(client: Any, asked: str, lang: str) -> None:
    response = client.get("/", headers={"accept-language": asked})
    assert (response.status_code, response["Location"]) == (302, f"/{lang}/")
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_is_whole_and_says_its_language(client: Any, lang: str) -> None:
    text = _page(client, f"/{lang}/")
    tree = _Tree(text)
    assert tree.crooked == []
    assert tree.open == []
    html = next(attrs for tag, attrs in tree.tags if tag == "html")
    assert html == {"lang": lang, "dir": "rtl" if lang == "ar" else "ltr"}
    ids = [attrs["id"] for _, attrs in tree.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {
        (attrs["href"] or "").split("#")[1]
        for tag, attrs in tree.tags
        if tag == "a" and "#" in (attrs.get("href") or "") and not (attrs["href"] or "").startswith("http")
    }
    assert targets <= set(ids), "a link within the page leads nowhere"
    levels = [int(tag[1]) for tag, _ in tree.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert not any("style" in attrs or any(name.startswith("on") for name in attrs) for _, attrs in tree.tags)
    assert not any(tag in {"script", "style", "iframe", "img"} for tag, _ in tree.tags)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_events_references_and_seed_facts_stand_on_the_page(client: Any, lang: str) -> None:
    from django.utils.html import escape

    text = _page(client, f"/{lang}/")
    known = history.history()
    for event in known["event"]:
        assert f'id="e-{event["id"]}"' in text
        assert escape(event["title"][lang]) in text
        assert escape(event["text"][lang]) in text
        for line in event.get("outcome" if lang == "en" else f"outcome_{lang}", ()):
            assert escape(line) in text
    for reference in known["reference"]:
        assert escape(reference["title"]) in text
        assert f'href="{escape(reference["url"])}"' in text if "url" in reference else True
    for name in ("남북공동연락사무소", "南北共同連絡事務所", "Nambuk gongdong yeollak samuso"):
        assert name in text
    assert known["office"]["name"]["ar"] in text
    assert escape(known["office"]["summary"][lang]) in text


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            ("This is a reconstruction.", "demonstration keys", "Account: the press", "KRW 9,780,000,000"),
        ),
        ("ko", ("재구성한 자료입니다.", "시연용 키", "기재: 언론", "2020년 6월 16일(화)", "월–금")),
        ("ar", ("هذه إعادة تركيب للوقائع.", "بمفاتيح للعرض", "الإفادة: الصحافة", "16 يونيو 2020")),
    ],
)
def test_the_banner_and_whose_account_stand_in_words(client: Any, lang: str, words: tuple[str, ...]) -> None:
    text = _page(client, f"/{lang}/")
    for word in words:
        assert word in text
    assert text.count("e-2019-03-21-us-sanctions") >= 2


def test_no_page_leaves_english_of_ours_in_another_language(client: Any) -> None:
    """Text outside elements that are marked as English holds no English word of the interface."""
    text = _page(client, "/ko/")
    text = text[: text.index('<ol class="refs">')] + text[text.index('<section aria-labelledby="record"') :]
    text = re.sub(r'<span class="digest".*?</dd>', "", text, flags=re.DOTALL)
    marked = re.sub(r'<(\w+)[^>]*\blang="(?!ko")[^"]*"[^>]*>.*?</\1>', "", text, flags=re.DOTALL)
    body = re.sub(r"<[^>]+>", " ", marked[marked.index("<main") :])
    words = set(re.findall(r"\b[A-Za-z]{4,}\b", body))
    assert words <= {"Yeollak", "yeollak", "verify", "PATH"}, words


def test_an_office_that_is_no_demonstration_has_no_banner(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    charter = history.charter()
    del charter["demonstration"]
    view = replace(history.record(), charter=charter)
    monkeypatch.setattr(history, "record", lambda: view)
    assert "This is a reconstruction." not in _page(client, "/en/")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("Nothing signed", "Digest of the text", "may stay", "Borne by", "Planned", "25 minutes")),
        ("ko", ("서명 없음", "본문 해시값", "남아도 됨", "부담", "예정", "25분")),
        ("ar", ("لم يوقّع شيئاً", "البصمة الرقمية للنص", "يجوز بقاؤهم", "متى", "مقرر", "25 دقيقة")),
    ],
)
def test_what_was_signed_and_stated_stands_in_words(client: Any, lang: str, words: tuple[str, ...]) -> None:
    text = _page(client, f"/{lang}/")
    for word in words:
        assert word in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_code_of_the_record_stands_where_words_belong(client: Any, lang: str) -> None:
    """Kinds, phases and values of facts are codes: none of the history's is left without words."""
    text = _page(client, f"/{lang}/")
    body = re.sub(r"<[^>]+>", " ", text)
    for act in history.record().acts:
        assert act.kind not in body or act.kind == "remark"
    for code in ("in-part", "military-line", "may-stay", "third-party", "line-dead", "works-completed"):
        assert code not in body


def test_the_filter_works_by_address_alone(client: Any) -> None:
    text = _page(client, "/en/?side=north&account=press&year=nonsense")
    shown = re.findall(r'<li id="e-([^"]+)"', text)
    wanted = [
        event["id"]
        for event in history.history()["event"]
        if event["by"] == "north" and event["account"] == "press"
    ]
    assert shown == wanted
    assert f"Shown: {len(wanted)} entries of 108." in text
    assert 'value="north" selected' in text


def test_headers_are_strict_and_nothing_is_stored_on_the_reader(client: Any) -> None:
    response = client.get("/en/")
    assert response["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    assert response["Content-Language"] == "en"


def test_an_unchanged_record_costs_nothing(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    etag = client.get("/en/")["ETag"]
    version = history.source().version(history.record().office)
    assert client.get("/en/", headers={"if-none-match": etag}).status_code == 304
    assert client.get("/ko/", headers={"if-none-match": etag}).status_code == 200
    reads: list[str] = []
    monkeypatch.setattr(history.HistorySource, "record", lambda self, office: reads.append(office))
    monkeypatch.setattr(history.HistorySource, "version", lambda self, office: version)
    assert client.get("/en/").status_code == 200
    assert not reads, "an unchanged record was read again"
    monkeypatch.undo()
    view = history.record()
    grown = replace(view, registers=(replace(view.registers[0], size=1_000), view.registers[1]))
    monkeypatch.setattr(history, "record", lambda: grown)
    assert client.get("/en/", headers={"if-none-match": etag}).status_code == 200


def test_the_end_of_an_embargo_makes_another_page(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record is as it was, and what was held back is not: neither the page nor its ETag is kept."""
    from yeollak.desk import views

    view, ends = history.record(), datetime(2030, 1, 1, tzinfo=UTC)
    held = replace(view, items=view.items[1:], until=ends)
    shown = [held, view]
    monkeypatch.setattr(history, "record", lambda: shown[0])
    monkeypatch.setattr(history.HistorySource, "version", lambda self, office: "embargo")
    monkeypatch.setattr(views, "now", lambda: ends - timedelta(seconds=1))
    before = client.get("/en/")
    assert "Shown: 107 entries of 107." in before.content.decode()
    assert client.get("/en/", headers={"if-none-match": before["ETag"]}).status_code == 304
    shown.pop(0)
    assert client.get("/en/", headers={"if-none-match": before["ETag"]}).status_code == 304
    monkeypatch.setattr(views, "now", lambda: ends)
    after = client.get("/en/", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert "Shown: 108 entries of 108." in after.content.decode()


def test_no_address_makes_a_page_of_its_own(client: Any) -> None:
    plain = client.get("/en/?year=2019").content
    assert client.get("/en/?side=nobody&year=2019&x=1").content == plain
    assert client.get("/en/?year=2019&side=").content == plain


@pytest.mark.parametrize(
    "address", ["/xx/", "/en/offices/" + "0" * 64 + "/", "/ko/nowhere", "/assets/000000000000/desk.css"]
)
def test_nothing_stands_at_other_addresses(client: Any, address: str) -> None:
    response = client.get(address, headers={"accept-language": "ko"})
    assert response.status_code == 404
    lang = "en" if address.startswith("/en/") else "ko"
    assert f'<html lang="{lang}"' in response.content.decode()
    assert response["Content-Security-Policy"] == POLICY


def test_a_page_that_fails_says_so_and_nothing_else(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("inner detail")

    monkeypatch.setattr(history, "record", fail)
    text = _page(client, "/ar/", 500)
    assert "inner detail" not in text
    assert 'dir="rtl"' in text
    assert "تعذّر عرض الصفحة" in text


def test_only_reading_is_answered(client: Any) -> None:
    assert client.post("/en/").status_code == 405
    assert client.head("/en/").content == b""


def test_style_sheets_may_be_kept_for_ever(client: Any) -> None:
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', _page(client, "/en/"))
    assert len(sheets) == 2
    for sheet in sheets:
        response = client.get(sheet)
        assert response["Content-Type"] == "text/css; charset=utf-8"
        assert "immutable" in response["Cache-Control"]
        assert not re.search(r"url\(|@import", response.content.decode())


def test_several_offices_are_listed_and_none_says_what_would_fill_the_page(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history.HistorySource, "offices", lambda self: [history.record().office] * 2)
    text = _page(client, "/en/")
    assert text.count(f"/en/offices/{history.record().office}/") == 2
    assert "This is a reconstruction." in text
    monkeypatch.setattr(history.HistorySource, "offices", lambda self: [])
    assert "No office has been founded on this node." in _page(client, "/en/")


def test_hostile_text_stays_text(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nasty = '</bdi><script>alert(1)</script>"><img src=x onerror=alert(1)>\u202eevil'
    view = history.record()
    base = view.items[0]
    told = dict(history.chronicle(history.history()["event"][0]))
    told.update(
        title={"en": nasty},
        text={"en": nasty, "ko": nasty},
        where={"en": nasty},
        outcome=[{"en": nasty}],
        conflicts={"en": nasty},
        people=[{"name": {"en": nasty}, "role": nasty, "side": "south"}],
        amounts=[{"value": 1, "currency": "KRW", "for": nasty}],
        references=[
            {"id": "r1", "title": nasty, "publisher": nasty, "authors": [nasty], "url": "javascript:alert(1)"}
        ],
    )
    charter = history.charter()
    charter["office"]["summary"] = {"en": nasty}
    charter["office"]["hanja"] = nasty
    charter["office"]["name"] = {"en": nasty, "ko": nasty}
    charter["parties"][0]["short"] = {"en": nasty[:60]}
    facts = {
        "event": told["event"],
        "slot": nasty,
        "date": nasty,
        "when": nasty,
        "reason": {"en": nasty},
        "others": nasty,
        "lines": [nasty],
        "state": "cut",
        "route": nasty,
        "sat": [nasty, "south." + nasty],
        "class": "works",
        "place": {"en": nasty},
        "for": {"en": nasty},
        "amount": {"value": 1, "currency": "KRW"},
        "borne_by": nasty,
    }
    kinds = ["standing.withdraw", "standing.line", "note.route", "meeting.held", nasty]
    kinds += ["project.begin", "project.cost", "checkin.observe"]
    acts = tuple(
        replace(view.acts[0], act=kind, matter=base.matter, kind=kind, facts=facts) for kind in kinds
    )
    hostile = replace(view, charter=charter, items=(replace(base, chronicle=told),), acts=acts)
    monkeypatch.setattr(history, "record", lambda: hostile)
    for lang in LANGUAGES:
        text = _page(client, f"/{lang}/")
        tree = _Tree(text)
        assert not tree.crooked
        assert not any(tag in {"script", "img"} for tag, _ in tree.tags)
        assert not any(name.startswith("on") for _, attrs in tree.tags for name in attrs)
        assert "javascript:" not in text
        assert "\u202e" not in text
