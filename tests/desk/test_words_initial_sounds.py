"""Korean is found by either side's rule for the sound that begins a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.words.searchable import found, query

PAIRS = (
    ("연락", "련락"),
    ("연락사무소", "련락사무소"),
    ("노동", "로동"),
    ("여자", "녀자"),
    ("임진강", "림진강"),
    ("이행", "리행"),
    ("역사", "력사"),
    ("내일", "래일"),
    ("유류", "류류"),
    ("양측", "량측"),
)


@pytest.mark.parametrize(("south", "north"), PAIRS)
def test_a_word_is_found_whichever_side_has_written_it(south: str, north: str) -> None:
    for typed, written in ((south, north), (north, south), (south, south), (north, north)):
        text = f"오늘 {written}에 대한 통지"
        (span,) = found(text, query(typed))
        assert text[span[0] : span[1]].startswith(written), (typed, written)


def test_a_part_of_a_compound_is_one_too() -> None:
    assert found("북남공동련락사무소", query("공동연락사무소"))
    assert found("공동 련락 사무소", query("공동연락사무소"))
    assert found("공동 연락사무소", query("공동련락사무소"))
    assert found("림", query("임"))


def test_other_sounds_stay_what_they_are() -> None:
    assert not found("사무소", query("나무소"))
    assert not found("연락", query("열락"))
    assert not found("아래", query("하래"))
    assert query("사무소") == query("사무소")
    assert len(query("사무소").clauses[0]) == 1, "nothing of it is said otherwise"


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=8))
def test_what_is_typed_is_found_as_it_is_typed_and_a_query_stays_small(word: str) -> None:
    asked = query(word)
    assert all(len(clause) <= 200 for clause in asked.clauses)
    assert found(word, asked)
