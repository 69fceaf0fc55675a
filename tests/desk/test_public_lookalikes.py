"""On the public page names of sides and of their officers that can be taken for others say so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.desk import history
from yeollak.desk.public import build
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


def test_nothing_of_the_history_is_marked() -> None:
    assert build(history.record()).alike == {}


def test_of_two_sides_that_look_alike_both_are_marked() -> None:
    assert build(named(SOUTH, OTHER)).alike == {SOUTH: Look(OTHER), OTHER: Look(SOUTH, True)}


def test_what_cannot_be_seen_is_taken_out_of_a_name_and_said() -> None:
    assert build(named("South", "Nor\u200bth")).alike == {"North": Look(unseen=True)}


def test_a_head_may_have_another_spelling_beside_his_name_and_no_letter_of_another_script() -> None:
    beside, within = "Ким (Kim)", "Kіm"
    assert build(named("South", "North", beside)).alike == {}
    assert build(named("South", "North", within)).alike == {within: Look("", True)}


def test_the_page_says_it_before_the_name_and_gives_the_sign_in_every_row(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history.HistorySource, "record", lambda *_: named(SOUTH, OTHER, "Quiet\u200bname"))
    text = client.get("/en/").content.decode()
    info = text.split('class="info"')[1].split("</table>")[0]
    assert f"looks like <bdi>{OTHER}</bdi>, is written with other letters</span> <bdi>{SOUTH}" in info
    assert f"{MIXED}</span> <bdi>{OTHER}" in info
    assert HIDDEN in info
    sign = (
        r'<span class="sign" role="img" aria-label="(.*?)" title="\1">≠</span> <span class="side p\d"><bdi>'
    )
    rows = re.findall(sign + OTHER, text)
    assert len(rows) > 10
    assert set(rows) == {f"looks like {SOUTH}, is written with other letters; {MIXED}"}
    whole = client.get("/ar/").content.decode()
    assert "looks like" not in whole
    assert 'class="alike"' in whole
