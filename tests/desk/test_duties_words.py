"""What the record holds of a duty, in words of every language."""

from __future__ import annotations

import pytest

from yeollak.office.duties import Held
from yeollak.words import LANGUAGES
from yeollak.words.docket import duty_reason, duty_word
from yeollak.words.naming import Reader

ENGLISH = {
    Held.WAITING: "waiting",
    Held.SILENT: "Passed in silence",
    Held.DONE: "fulfilled",
    Held.MISSED: "missed",
    Held.DIFFERING: "accounts differ",
    Held.WAIVED: "Waived by all",
    Held.TOLD: "Notice given in time",
    Held.TOLD_LATE: "Notice given too late",
    Held.NOT_IN_FORCE: "The agreement did not apply",
}


def test_every_word_is_said_and_none_reads_like_another() -> None:
    assert {held: duty_word("en", held) for held in Held} == ENGLISH
    for lang in set(LANGUAGES) - {"en"}:
        said = {duty_word(lang, held) for held in Held}
        assert len(said) == len(Held)
        assert not said & {*ENGLISH.values(), *map(str, Held)}


def test_a_word_of_another_version_is_shown_as_it_is() -> None:
    assert duty_word("ko", "put-off") == "put-off"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_more_is_told_of_a_notice_and_of_who_does_without_it(lang: str) -> None:
    reader = Reader(lang, "south", {"south": "South"})
    assert duty_reason(reader, (), "", "") == ""
    told = duty_reason(reader, ("south",), "2018-10-09", "2018-10-01T03:00:00Z")
    assert "South" in told
    assert "2018-10-09" in told
    assert reader.when("2018-10-01T03:00:00Z") in told
    assert reader.when("2018-10-09T03:00:00Z") in duty_reason(reader, (), "2018-10-09T03:00:00Z", "")
