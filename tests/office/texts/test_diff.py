"""A difference between drafts is symmetrical, and makes either draft out of the other."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office.texts.samples import AGREEMENT, ARABIC, ENGLISH, NORTH, SOUTH
from yeollak.office.texts.alignment import Budget
from yeollak.office.texts.diff import apply, diff_versions, inverse
from yeollak.office.texts.instrument import Annex, Article, Place, Version, draft, number_key, read
from yeollak.office.texts.redraft import applied, redraft, turned
from yeollak.office.texts.spans import Span, new_text, old_text, spans

WORDS = st.sampled_from(
    [
        "소장회의를",
        "소장회의는",
        "주",
        "1회",
        "연다.",
        "the",
        "heads",
        "meet",
        "الرئيسان",
        "يجتمعُ",
        "مرة",
        "é",
        "x",
    ]
)
LINES = st.lists(WORDS, min_size=1, max_size=7).map(" ".join)
NUMBERS = st.lists(st.sampled_from(["1", "2", "3", "4", "4.2", "5", "6", "10"]), max_size=6, unique=True).map(
    lambda found: sorted(found, key=number_key)
)


@st.composite
def versions(draw: st.DrawFn, lang: str = "ko") -> Version:
    articles = tuple(
        Article(number, tuple(draw(st.lists(LINES, min_size=1, max_size=3))), draw(st.just("") | LINES))
        for number in draw(NUMBERS)
    )
    return Version(
        lang, "authentic", draw(LINES), articles, tuple(draw(st.lists(LINES, min_size=1, max_size=3)))
    )


@given(versions(), versions(), st.sampled_from([None, 0, 30]))
@settings(max_examples=150, deadline=None)
def test_it_makes_either_draft_of_the_other(old: Version, new: Version, budget: int | None) -> None:
    there = diff_versions(old, new, None if budget is None else Budget(budget))
    back = diff_versions(new, old, None if budget is None else Budget(budget))
    assert apply(there, old) == new
    assert apply(back, new) == old
    assert inverse(there) == back
    assert inverse(back) == there
    assert there.same == (old == new)


@given(versions(), versions(), versions())
@settings(max_examples=50, deadline=None)
def test_it_is_not_applied_to_another_text(old: Version, new: Version, other: Version) -> None:
    there = diff_versions(old, new)
    try:
        made = apply(there, other)
    except ValueError:
        assert other != old
    else:
        # Only what it says of the text is held against it: a part that is the same in both is taken as it is.
        assert made.title == new.title or not there.title


LINE = st.text(st.sampled_from("가나다라 ab cابُّ,."), min_size=1, max_size=40)


@given(LINE, LINE, st.sampled_from(["ko", "en", "ar"]))
@settings(max_examples=500, deadline=None)
def test_spans_hold_both_lines_and_nothing_empty(old: str, new: str, lang: str) -> None:
    found = spans(old, new, lang, Budget())
    assert old_text(found) == old
    assert new_text(found) == new
    assert all(span.text for span in found)
    assert all(one.op != two.op for one, two in pairwise(found))


def test_korean_is_told_by_eojeol_and_then_by_syllable() -> None:
    old, new = "소장회의는 주 1회 금요일에 연다.", "소장회의를 주 2회 금요일에 연다."
    assert spans(old, new, "ko-KR", Budget()) == (
        Span("keep", "소장회의"),
        Span("delete", "는"),
        Span("insert", "를"),
        Span("keep", " 주 "),
        Span("delete", "1"),
        Span("insert", "2"),
        Span("keep", "회 금요일에 연다."),
    )
    assert spans("남측이 낸다.", "쌍방이 낸다.", "ko", Budget())[:2] == (
        Span("delete", "남측이"),
        Span("insert", "쌍방이"),
    )


def test_english_and_arabic_are_told_by_word() -> None:
    assert spans("seven days ahead", "ten days ahead", "en", Budget()) == (
        Span("delete", "seven"),
        Span("insert", "ten"),
        Span("keep", " days ahead"),
    )
    assert spans("قبل سبعة أيام", "قبل عشرة أيام", "ar", Budget()) == (
        Span("keep", "قبل "),
        Span("delete", "سبعة"),
        Span("insert", "عشرة"),
        Span("keep", " أيام"),
    )


def numbered(*pairs: tuple[str, str]) -> Version:
    return Version("en", "authentic", "x", tuple(Article(number, (text,)) for number, text in pairs))


NAME, SEAT, STAFF, COST = (
    "The office has a name of its own.",
    "The office sits in the zone.",
    "Each side posts its own staff to it.",
    "Costs are borne by halves throughout.",
)


def told(old: Version, new: Version) -> list[tuple[str, str, str, bool]]:
    return [
        (item.change, item.old_number, item.new_number, item.moved)
        for item in diff_versions(old, new).articles
    ]


def test_added_removed_renumbered_moved_and_changed() -> None:
    old = numbered(("1", NAME), ("2", SEAT), ("3", STAFF))
    assert told(old, old) == [("same", n, n, False) for n in "123"]
    assert told(old, numbered(("1", NAME), ("2", COST), ("3", SEAT), ("4", STAFF))) == [
        ("same", "1", "1", False),
        ("same", "2", "3", False),
        ("added", "", "2", False),
        ("same", "3", "4", False),
    ]
    assert told(old, numbered(("1", NAME), ("2", STAFF))) == [
        ("same", "1", "1", False),
        ("removed", "2", "", False),
        ("same", "3", "2", False),
    ]
    assert sum(item[3] for item in told(old, numbered(("1", STAFF), ("2", NAME), ("3", SEAT)))) == 1
    changed = diff_versions(old, numbered(("1", NAME), ("2", SEAT.replace("zone", "city")), ("3", STAFF)))
    (article,) = [item for item in changed.articles if item.change != "same"]
    assert article.change == "changed"
    assert [span for span in article.paragraphs[0].spans if span.op != "keep"] == [
        Span("delete", "zone"),
        Span("insert", "city"),
    ]


def test_a_same_article_carries_no_text() -> None:
    found = diff_versions(SOUTH, replace(SOUTH, title="다른 합의서"))
    assert all(not item.paragraphs and not item.heading for item in found.articles)
    assert not found.same


def test_another_text_under_a_number_is_taken_out_and_put_in() -> None:
    found = told(numbered(("1", NAME)), numbered(("1", COST)))
    assert [item[0] for item in found] == ["removed", "added"]


def test_whole_drafts_with_their_terms() -> None:
    old = read(AGREEMENT)
    french = Version("fr", "reference", "Accord", (Article("1", ("Le bureau.",)),), stage="sight")
    new = draft(
        (NORTH, replace(SOUTH, title="합의서"), replace(ENGLISH, stage="rough"), french),
        places=(Place("north", "co-head"), Place("south", "deputy-head")),
        prevails="ko-KP",
        annexes=(Annex("cd" * 32),),
    )
    there, back = redraft(old, read(new)), redraft(read(new), old)
    assert applied(there, AGREEMENT) == new
    assert applied(back, new) == AGREEMENT
    assert turned(there) == back
    assert turned(back) == there
    assert there.changed_terms == ("languages", "places", "orders", "prevails", "annexes")
    assert there.added == (french,)
    assert there.removed == (ARABIC,)
    assert not there.same
    with pytest.raises(ValueError, match="another text"):
        applied(there, new)


def test_nothing_changed() -> None:
    found = redraft(read(AGREEMENT), read(AGREEMENT))
    assert found.same
    assert found.changed_terms == ()
    assert applied(found, AGREEMENT) == AGREEMENT


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_any_two_drafts(data: st.DataObject) -> None:
    def one() -> bytes:
        langs = data.draw(st.lists(st.sampled_from(["ko", "en", "ar"]), min_size=1, unique=True))
        return draft([data.draw(versions(lang)) for lang in langs])

    old, new = one(), one()
    there = redraft(read(old), read(new))
    assert applied(there, old) == new
    assert applied(turned(there), new) == old
    assert turned(there) == redraft(read(new), read(old))


def test_a_hostile_pair_of_drafts_costs_little() -> None:
    words = [" ".join(["가나", "다라"] * 700)[:4000] for _ in range(40)]
    old = Version("ko", "authentic", "x", tuple(Article(str(n), (w,)) for n, w in enumerate(words, 1)))
    turned_words = [" ".join(["다라", "가나", "마"] * 450)[:4000] for _ in range(40)]
    new = Version("ko", "authentic", "x", tuple(Article(str(n), (w,)) for n, w in enumerate(turned_words, 1)))
    budget = Budget(1_000_000)
    assert apply(diff_versions(old, new, budget), old) == new
    assert budget.left >= 0
