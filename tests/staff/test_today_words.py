"""Today without HTTP: the verdict, the day line, the bridge and the lanes, as plain values."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tests.staff.desks  # noqa: F401 (Django is configured by what a node needs)
from yeollak.desk.staff import bridge, dayline
from yeollak.desk.staff.dayline import Call, Day, Drawing, Event, Gap
from yeollak.desk.staff.docket import MOST, Places, bell_strip, lane, left, strip_of, waits
from yeollak.desk.staff.escalating import Told, told, told_words
from yeollak.desk.staff.hands import LineState
from yeollak.desk.staff.pages.alarms import tone, tried_word
from yeollak.desk.staff.titles import BRIEF, Title, _about
from yeollak.desk.staff.verdict import Facts, verdict
from yeollak.desk.texts import Text
from yeollak.office.waiting import MayLapse, Reason, Waiting, Word
from yeollak.record.document import PRECEDENCES
from yeollak.storage.watching import Going, Tried
from yeollak.words import LANGUAGES
from yeollak.words.naming import Reader

NOW = datetime(2022, 6, 28, 7, 41, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")


# the verdict


def test_the_worst_that_holds_is_said_first() -> None:
    """Each fact added that is worse than what is there changes the first sentence; a lesser one does not."""
    worse: list[dict[str, Any]] = [
        {},
        {"late_with_them": 1, "with_them": 1},
        {"alarms": 1},
        {"with_us": 2},
        {"late_with_us": 1},
        {"partly": "North"},
        {"dead": "06:40"},
        {"immediate": ("North", "17:00")},
        {"evidence": True},
        {"flash": ("North", "16:50")},
    ]
    said = [verdict("en", Facts(**facts))[0] for facts in worse]
    assert len(set(said)) == len(said)
    for low, high in combinations(range(len(worse)), 2):
        both = {**worse[low], **worse[high]}
        assert verdict("en", Facts(**both))[0] == said[high]


def test_all_is_well_only_where_nothing_else_holds() -> None:
    well = verdict("en", Facts(next_call="09:00"))
    assert well[0] == "All is well. Nothing waits on us."
    assert "09:00" in well[1]
    assert "Everything of ours is receipted." in well[1]
    assert "not receipted" in verdict("en", Facts(owed=3))[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_both_sentences(lang: str) -> None:
    for facts in (
        Facts(),
        Facts(with_us=4, first="17:00"),
        Facts(dead="06:40", heard="06:31"),
        Facts(owed=11),
    ):
        assert all(verdict(lang, facts))
        assert "{" not in "".join(verdict(lang, facts))


# telling others


@pytest.mark.parametrize(
    ("channels", "tried", "late", "how"),
    [
        (False, Tried(), False, Told.NOBODY),
        (False, Tried(), True, Told.NOBODY),
        (False, Tried(0, 3), True, Told.NOBODY),
        (True, Tried(), False, Told.BEFORE),
        (True, Tried(), True, Told.OVER),
        (True, Tried(0, 3), True, Told.FAILED),
        (True, Tried(1, 3), True, Told.TOLD),
        (False, Tried(1, 0), True, Told.TOLD),
    ],
)
def test_others_are_told_only_where_somebody_is(channels: bool, tried: Tried, late: bool, how: Told) -> None:
    assert told(channels, tried, late) is how
    for lang in LANGUAGES:
        said = [told_words(lang, one) for one in Told]
        assert len(set(said)) == len(said)
        rung = Facts(flash=("North", "16:50"), told=how, over=late)
        assert told_words(lang, how) in verdict(lang, rung)[1] or how is Told.BEFORE
        assert "16:50" in verdict(lang, rung)[1]


# the bridge


def _wire(up: bool, heard: timedelta | None, since: timedelta = timedelta(hours=5)) -> bridge.Wire:
    line = LineState("north", up, None, None if heard is None else NOW - heard, 2)
    return bridge.wire(line, Going(up, NOW - since), "", NOW, SEOUL, "en")


def test_a_wire_is_up_only_while_something_passes() -> None:
    assert _wire(True, timedelta(minutes=1)).state == "up"
    assert _wire(True, timedelta(minutes=1)).words == "Line up since 11:41"
    assert _wire(True, timedelta(hours=2)).state == "thin"
    assert "14:41" in _wire(True, timedelta(hours=2)).words
    assert _wire(True, None).state == "thin"
    assert _wire(False, timedelta(minutes=1)).state == "cut"
    assert _wire(False, None, timedelta(days=2)).words == "Line dead since 26 June 2022 16:41"


def test_the_wire_of_several_lines_is_cut_only_where_all_are() -> None:
    up, cut, thin = _wire(True, timedelta()), _wire(False, None), _wire(True, None)
    assert bridge.worst([up, up]) == "up"
    assert bridge.worst([up, cut]) == bridge.worst([up, thin]) == bridge.worst([cut, thin]) == "thin"
    assert bridge.worst([cut, cut]) == "cut"


# the day line

_MINUTE = st.integers(0, dayline.DAY)
_WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs")), min_size=1, max_size=30)
_DAYS = st.builds(
    Day,
    _MINUTE,
    _WORDS,
    st.just("told"),
    st.lists(
        st.builds(Call, _MINUTE, _WORDS, st.sampled_from(["answered", "due", "open", "late"])), max_size=4
    ),
    st.lists(st.builds(Event, _MINUTE, _WORDS, st.booleans(), st.integers(0, 3)), max_size=12),
    st.lists(
        st.builds(lambda a, b, words: Gap(min(a, b), max(a, b), words), _MINUTE, _MINUTE, _WORDS), max_size=3
    ),
)


def _spans(drawing: Drawing, row: int) -> list[tuple[float, float]]:
    found = []
    for word in drawing.words:
        if word.y == row:
            long = dayline._length(word.text)
            forward = (word.anchor == "start") != (drawing.dir == "rtl")
            start = word.x if forward else word.x - long
            start = word.x - long / 2 if word.anchor == "middle" else start
            found.append((start, start + long))
    return found


@given(_DAYS)
def test_words_of_a_day_line_cover_no_others_and_stay_inside(day: Day) -> None:
    for drawing in (dayline.wide(day), dayline.slim(day), dayline.wide(day, mirrored=True)):
        for row in (27, 54, 120):
            spans = sorted(_spans(drawing, row))
            assert all(start >= -0.2 and end <= drawing.width + 0.2 for start, end in spans)
            assert all(one[1] <= other[0] for one, other in pairwise(spans))


@given(_DAYS)
def test_a_mirrored_day_is_the_same_day_from_the_other_side(day: Day) -> None:
    plain, mirrored = dayline.wide(day), dayline.wide(day, mirrored=True)
    assert len(plain.strokes) == len(mirrored.strokes)
    assert [word.text for word in plain.words] == [word.text for word in mirrored.words]
    for one, other in zip(plain.words, mirrored.words, strict=True):
        assert abs(one.x + other.x - plain.width) < 0.21
        assert one.anchor == other.anchor


def test_the_stroke_has_a_gap_where_the_line_was_dead() -> None:
    day = Day(1001, "now", "told", gaps=[Gap(400, 680, "dead")])
    heavy = [one.d for one in dayline.wide(day).strokes if one.style == "s-ink" and "H" in one.d]
    ends = [float(part) for d in heavy for part in re.findall(r"M([\d.]+) 66H([\d.]+)", d)[0]]
    assert len(ends) == 4
    assert ends[1] < ends[2]


# the lanes


def _waiting(precedence: str, until: datetime, word: Word = Word.WAITING, awaited: str = "south") -> Waiting:
    due = f"{until:%Y-%m-%dT%H:%M:%SZ}"
    return Waiting(
        "a" * 64,
        "note",
        "tendered",
        ("north",),
        awaited,
        due,
        due,
        precedence,
        word,
        (Reason("nothing-since", (awaited,)),) if word is Word.UNANSWERED else (),
        lapse=MayLapse("note.lapse", ("north",), "a" * 64, due),
        answers=("note.take", "note.refuse"),
    )


PLACES = Places(lambda _: Title("Note"), lambda _: "/m/", lambda _: "/do/")
READER = Reader("en", "south", {"south": "South", "north": "North"}, SEOUL)


@given(st.lists(st.tuples(st.sampled_from(PRECEDENCES), st.integers(-5000, 5000)), max_size=30))
def test_what_rings_stands_first_and_all_else_goes_by_clock(given_: list[tuple[str, int]]) -> None:
    items = [_waiting(precedence, NOW + timedelta(minutes=minutes)) for precedence, minutes in given_]
    found = lane(waits(items, READER, NOW, PLACES))
    assert found.total == len(items)
    assert len(found.strips) == min(len(items), MOST)
    first = {"flash": 0, "immediate": 1}
    keys = [(first.get(one.precedence, 2), one.until) for one in found.strips]
    assert keys == sorted(keys)


def test_what_rings_and_waits_stands_once_with_both() -> None:
    bell = bridge.Bell(
        act="b" * 64,
        matter="a" * 64,
        title=Title("Note"),
        mark="i",
        precedence="immediate",
        word="Immediate",
        what="Tendered",
        side="North",
        arrived="16:40",
        until=(NOW + timedelta(minutes=5)).isoformat(),
        clock="16:46",
        late=False,
        href="/m/",
        told=Told.NOBODY,
        others="Nobody else is told: no channel is set.",
    )
    wait = strip_of(_waiting("immediate", NOW - timedelta(minutes=2), Word.OVERDUE), READER, NOW, PLACES)
    alone, both = bell_strip(bell, NOW, "en"), bell_strip(bell, NOW, "en", wait)
    assert (alone.late, both.late) == (False, True)
    made = both.make()
    assert made.act == bell.act
    assert alone.make().consequence == bell.others
    assert made.consequence.startswith(alone.make().consequence)
    assert wait.why in made.consequence
    assert wait.consequence in made.consequence


def test_a_strip_says_why_what_follows_and_what_may_be_done() -> None:
    ours = strip_of(_waiting("immediate", NOW + timedelta(minutes=18)), READER, NOW, PLACES)
    assert (ours.clock, ours.under, ours.action, ours.go) == (
        "16:59",
        "18 minutes left",
        "Take up or refuse",
        "/do/",
    )
    assert ours.why == "Tendered"
    assert ours.consequence == "North may declare it lapsed from 28 June 2022, 16:59 UTC+9 on."
    assert ours.bars == (True, True, True, False)
    late = _waiting("routine", NOW - timedelta(hours=22), Word.UNANSWERED, "north")
    theirs = strip_of(late, Reader("en", "north", READER.names, SEOUL), NOW, PLACES)
    assert theirs.late
    assert theirs.clock == "27 Jun"
    assert theirs.under == "18:41 · over for 22 hours"
    assert theirs.why.endswith("North has signed nothing in this matter since.")
    assert left(NOW, NOW, "en") == "within the minute"
    assert left(NOW - timedelta(seconds=30), NOW, "en") == "just over"
    assert left(NOW - timedelta(minutes=1), NOW, "en") == "over for 1 minute"
    assert left(NOW + timedelta(minutes=1), NOW, "en") == "1 minute left"


def test_what_a_row_calls_a_matter_is_short_and_a_week_reads_from_left_to_right() -> None:
    week = {"occurrence": "2026-w46"}
    assert _about(week, "south", "duty", "en", str) == "2026-w46"
    said = _about(week, "south", "duty", "ar", str)
    assert said == "\u20662026-w46\u2069"
    assert Title(said).brief().word == said
    long = Title("Note", Text((("en", "Water " * 100), ("ko", "물"))))
    assert len(long.brief().plain("en")) <= BRIEF
    assert long.brief().plain("ko") == "물"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_came_of_an_attempt_is_said_in_words(lang: str) -> None:
    reader = Reader(lang, "south", {"south": "South", "north": "North"}, SEOUL)
    results = (
        "sent",
        "failed ConnectionRefusedError",
        "refused recipients",
        "refused 550",
        "failed OurFault",
    )
    said = [tried_word(reader, one) for one in results]
    assert len(set(said)) == len(said)
    assert "ConnectionRefusedError" not in said[1]
    assert "550" in said[3]
    assert "OurFault" in said[4]


# the sound


def test_an_alarm_sounds_and_each_precedence_has_its_own() -> None:
    flash, immediate = tone("flash"), tone("immediate")
    assert flash[:4] == immediate[:4] == b"RIFF"
    assert flash != immediate
    samples = memoryview(flash[44:]).cast("h")
    assert max(samples) > 20_000  # it can be heard, and does not clip
    assert max(samples) < 32_000
