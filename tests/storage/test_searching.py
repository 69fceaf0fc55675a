"""Finding acts by their words: how people type in three scripts, and that the index follows the record."""

from __future__ import annotations

import json
import unicodedata
from itertools import pairwise
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.nodes import Node, Nodes
from yeollak.record import enclosure
from yeollak.record.enclosure import Enclosed
from yeollak.storage import matters, models, searching
from yeollak.storage.matters import Wanted
from yeollak.storage.rebuild import rebuild
from yeollak.words.searchable import found, query, terms

#: Text, what is typed, and what of the text that meets; nothing where it must not be found.
TYPED = [
    # Korean: any part of a word, particles, spaces of compounds, decomposed letters, an unfinished syllable
    ("개성공단에서 만나자", "공단", ["공단"]),
    ("개성 공단의 문", "개성공단을", ["개성 공단"]),
    ("남북공동연락사무소", "연락 사무소", ["연락사무소"]),
    ("공동 연락 사무소", "공동연락사무소", ["공동 연락 사무소"]),
    ("댐 방류", "댐", ["댐"]),
    ("댐방류", "방류ㄹ", ["방류"]),
    (unicodedata.normalize("NFD", "합의서"), "합의", ["합의"]),
    ("합의서", unicodedata.normalize("NFD", "합의서를"), ["합의서"]),
    ("개성 공단", "성공", []),
    # Arabic: hamza and its seats, teh marbuta, vowel signs, tatweel, the article and what is written to it
    ("إلى المسؤولين", "الي", ["إلى"]),
    ("الاتفاقيّة", "اتفاقيه", ["الاتفاقيّة"]),
    ("والمِيَاهُ", "مياه", ["والمِيَاهُ"]),
    ("للمياه", "المياه", ["للمياه"]),
    ("وفقاً لاتفاق", "الاتفاق", ["لاتفاق"]),
    ("الاتـــفاق", "اتفاق", ["الاتـــفاق"]),
    ("عام ٢٠٠٩", "2009", ["٢٠٠٩"]),
    ("السد", "سدود", []),
    # Latin: case, accents, the beginning of a word
    ("Café at the DAM’s foot", "cafe dam", ["Café", "DAM"]),
    ("Straße", "strasse", ["Straße"]),
    ("notes were passed", "note", ["notes"]),
    ("a footnote", "note", []),
    ("２０１８", "2018", ["２０１８"]),
]


@pytest.mark.parametrize(("text", "typed", "met"), TYPED)
def test_a_text_is_found_as_people_type(text: str, typed: str, met: list[str]) -> None:
    plain = unicodedata.normalize("NFC", text)
    assert [plain[start:end] for start, end in found(plain, query(typed))] == met


@given(st.text(max_size=80))
def test_a_text_is_found_by_itself_and_its_parts_are_in_it(text: str) -> None:
    plain = unicodedata.normalize("NFC", text)
    for term in terms(plain):
        assert 0 <= term.start < term.end <= len(plain)
        assert term.token
    # Whatever anybody types is a question without signs of a database's own language.
    for clause in query(text).clauses:
        for phrase in clause:
            assert all(token.isalnum() for token in phrase.tokens)
    words = query(plain[:60])
    spans = found(plain, words)
    assert spans == sorted(spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def _enter(node: Node, subject: dict[str, str], **of: Any) -> str:
    facts = {"when": "2018-10-22", "source": "own", "subject": subject}
    return node.say("account.enter", facts=facts, **of)


def _index(node: Node) -> list[Any]:
    """What is found by, but for the numbers of its rows, with what the database itself has of it."""
    view, alias = node.view, node.journal.alias
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "sqlite":
            cursor.execute(
                'SELECT p.place, p."index", p.part, t.title, t.body FROM yeollak_storage_passage p '
                "JOIN yeollak_storage_passage_terms t ON t.rowid = p.id WHERE p.office_id = %s "
                "ORDER BY 1, 2, 3",
                [node.id],
            )
        else:
            cursor.execute(
                'SELECT place, "index", part, terms::text FROM yeollak_storage_passage WHERE office_id = %s '
                "ORDER BY 1, 2, 3",
                [node.id],
            )
        kept = cursor.fetchall()
    rows = [
        [tuple(row.values()) for row in view.rows(model).order_by(*order).values(*names)]
        for model, order, names in (
            (models.Passage, ("place", "index", "part"), ("act", "matter", "title", "texts")),
            (
                models.Named,
                ("place", "index", "digest"),
                ("digest", "act", "release", "type", "name", "size"),
            ),
            (models.Linked, ("matter", "target"), ("matter", "target", "relation")),
            (models.Awaited, ("matter", "place"), ("matter", "place", "due")),
        )
    ]
    return [kept, *rows]


def test_what_acts_say_is_found_with_the_fold_and_after_a_rebuild(nodes: Nodes) -> None:
    south, north = nodes.found().both
    flood = _enter(south, {"en": "Flood at the Imjin", "ko": "임진강 홍수", "ar": "فيضان نهر إمجين"})
    plain = json.dumps({"title": {"en": "A fisherman’s boat"}}).encode()
    boat = _enter(south, {"en": "Rescue"}, text=plain)
    south.send(north)
    for node in (south, north):
        for typed, matter in (("imjin", flood), ("홍수가", flood), ("الفيضان", flood), ("boats", None)):
            assert searching.find(node.view, typed).matters == ((matter,) if matter else ())
        result = searching.find(node.view, "fisherm rescue")
        assert result.matters == (boat,)
        (hit,) = searching.hits(node.view, result, 0, 10)
        assert [run.text for run in hit.runs if run.met] in (["fisherman"], ["Rescue"])
        before = _index(node)
        assert before[0]
        rebuild(node.journal.alias, node.id, node.now)
        assert _index(node) == before
        assert searching.find(node.view, "imjin").matters == (flood,)


def test_an_enclosure_is_found_once_it_is_here_and_no_more_once_it_is_erased(nodes: Nodes) -> None:
    south = nodes.found().south
    content = "암호문 kingfisher".encode()
    salt = bytes(16)
    digest = enclosure.digest(south.id, "south", salt, content).hex()
    item = Enclosed(digest, "text/plain", "ko", "large", size=len(content))
    south.journal.keep_enclosure(south.id, "south", digest, enclosure.blob(salt, content))
    act = _enter(south, {"en": "With a text"}, enclosures=(item,))
    assert searching.find(south.view, "kingfisher").matters == (act,)
    south.journal.erase_enclosure(south.id, digest)
    assert searching.find(south.view, "kingfisher").matters == ()
    assert searching.find(south.view, "with a text").matters == (act,)
    south.journal.keep_enclosure(south.id, "south", digest, enclosure.blob(salt, content))
    assert searching.find(south.view, "암호문").matters == (act,)


def test_a_title_counts_for_more_than_a_text(nodes: Nodes) -> None:
    south = nodes.found().south
    beside = _enter(
        south, {"en": "Report", "ko": "보고"}, text=json.dumps({"t": {"en": "of a bridge"}}).encode()
    )
    titled = _enter(south, {"en": "The bridge"})
    for _ in range(3):
        _enter(south, {"en": "Something else"})
    assert searching.find(south.view, "bridge").matters == (titled, beside)


@pytest.mark.parametrize(
    "typed", ['" OR title:*', "') | 'x':*", "a' & !b", "NEAR(", "%_\\", "\x00", "\u202e", "-- ;", "^*", "…"]
)
def test_signs_of_a_database_mean_nothing(nodes: Nodes, typed: str) -> None:
    south = nodes.found().south
    _enter(south, {"en": "Talks"})
    searching.find(south.view, typed)


def test_lists_are_filtered_ordered_and_paged(nodes: Nodes) -> None:
    south, north = nodes.found().both
    made = [_enter(south, {"en": f"Number {number}"}) for number in range(7)]
    south.send(north)
    view = north.view
    own = Wanted(procedure="account")
    seen: list[str] = []
    after = ""
    while True:
        page = matters.listing(view, own, 3, after)
        assert len(page.rows) <= 3
        seen += [one.row.matter for one in page.rows]
        if page.after is None:
            break
        after = page.after
    assert seen == made[::-1]
    oldest = matters.listing(view, Wanted(procedure="account", order="oldest"), 10)
    assert [one.row.matter for one in oldest.rows] == made
    assert matters.counts(view, own).total == 7
    for order in matters.ORDERS:
        for nonsense in ("", "x.y", "..", "9" * 70, "1-2-3.4", "-1.2", "1.x"):
            matters.listing(view, Wanted(order=order), 5, nonsense)
    assert not matters.listing(view, Wanted(since="2030-01-01"), 5).rows
    assert not matters.listing(view, Wanted(until="2000-01-01"), 5).rows
    everything = matters.listing(view, Wanted(daily=True), 500).rows
    assert {one.row.procedure for one in everything} >= {"account", "founding", "posting"}
    assert all(not one.row.daily for one in matters.listing(view, Wanted(), 500).rows)


def test_every_row_of_the_list_says_what_the_fold_says(nodes: Nodes) -> None:
    from yeollak.office.expected import expectations

    south, north = nodes.found().both
    facts = {"to": ["north"], "topic": {"en": "Talks"}, "level": "working"}
    due = south.now.replace(year=2019)
    meeting = south.say("meeting.propose", facts=facts, due=due, precedence="priority")
    south.send(north)
    for node in (south, north):
        view = node.view
        for row in view.rows(models.Matter):
            folds = view.office.folds(row.matter)
            assert row.acts == sum(folds.sizes())
            dues = {
                (side, one.due)
                for one in expectations(
                    folds.procedure, view.office.state(row.matter).state, view.office.parties
                )
                for side in one.awaited
            }
            held = matters.waits_of(view, [row.matter]).get(row.matter, ())
            assert {(wait.side, wait.due) for wait in held} == dues
        row = matters.matter_row(view, meeting)
        assert row is not None
        assert row.precedence == 1
        assert matters.awaiting(view, "north") == [meeting]
        assert matters.awaiting(view, "south") == []
        due_first = matters.listing(view, Wanted(order="due", awaited="north"), 5)
        assert [one.row.matter for one in due_first.rows] == [meeting]
        assert matters.beginning(view, meeting[:9], 5) == [meeting]


def test_what_was_projected_before_the_index_was_is_made_anew(nodes: Nodes) -> None:
    south = nodes.found().south
    act = _enter(south, {"en": "Before the index"})
    with transaction.atomic(using=south.journal.alias):
        from yeollak.storage import passages

        passages.forget(south.view)
        south.view.rows(models.Matter).update(acts=0)
    assert searching.find(south.view, "index").matters == ()
    assert searching.stale(south.view)
    rebuild(south.journal.alias, south.id, south.now)
    assert not searching.stale(south.view)
    assert searching.find(south.view, "index").matters == (act,)
