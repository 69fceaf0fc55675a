"""What binds and what is only for reference is told for every language, with who said how far it was
worked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.office.texts.samples import AGREEMENT
from yeollak.office.texts.instrument import read
from yeollak.office.texts.stages import marks, translations
from yeollak.procedures.table import Move


def act(kind: str, facts: dict[str, Any], name: str = "a") -> Move:
    return Move(name * 64, "south", kind, "2018-09-14T05:00:00Z", facts)


def test_authentic_binds_and_a_reference_never_does() -> None:
    found = {mark.lang: mark for mark in marks(read(AGREEMENT))}
    assert [found[lang].binds for lang in ("ko-KR", "ko-KP", "en", "ar")] == [True, True, False, False]
    assert all(mark.reference_only is not mark.binds for mark in found.values())
    assert found["ko-KR"].equal_force
    assert not found["en"].equal_force
    assert (found["en"].stage, found["ar"].stage, found["ko-KR"].stage) == ("official", "rough", "")
    assert found["ko-KP"].own == "north"


def test_one_language_may_prevail() -> None:
    found = {mark.lang: mark for mark in marks(replace(read(AGREEMENT), prevails="ko-KR"))}
    assert found["ko-KR"].prevails
    assert not found["ko-KP"].prevails
    assert not any(mark.equal_force for mark in found.values())


def test_what_officers_have_stated_since() -> None:
    stated = translations(
        (
            act("note.translated", {"stage": "sight", "language": "ar"}),
            act("note.translated", {"stage": "official", "language": "ar", "when": "2018-09-15"}, "b"),
            act("note.translated", {"stage": "official", "language": "ko"}, "c"),  # which Korean?
            act("note.translated", {"stage": "rough", "language": "ko-kr"}, "d"),
            act("note.read", {"stage": "official", "language": "en"}, "e"),
            act("note.translated", {"stage": "perfect", "language": "en"}, "f"),
        )
    )
    assert [item.act[0] for item in stated] == ["a", "b", "c", "d"]
    assert stated[1].at == "2018-09-15"
    found = {mark.lang: mark for mark in marks(read(AGREEMENT), stated)}
    assert found["ar"].stage == "official"
    assert [item.stage for item in found["ar"].stated] == ["sight", "official"]
    assert found["ar"].reference_only
    assert found["ko-KR"].stated == ()
    assert found["en"].stated == ()


def test_a_stage_never_goes_back() -> None:
    stated = translations((act("note.translated", {"stage": "sight", "language": "en"}),))
    assert {mark.lang: mark.stage for mark in marks(read(AGREEMENT), stated)}["en"] == "official"
