"""The line as plain values: what is drawn of acts that crossed, which silences are told, what is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tests.staff.desks  # noqa: F401 (Django is configured by what a node needs)
from yeollak.desk.staff import ladder, quiet
from yeollak.desk.staff.dayline import Stroke
from yeollak.desk.staff.ladder import Call, Day, Ladder, Row, Sent, Silence, slim, wide
from yeollak.desk.staff.lineasked import asked_of
from yeollak.desk.staff.lineof import Line, arranged
from yeollak.desk.staff.linetold import Told
from yeollak.desk.staff.quiet import Quiet
from yeollak.desk.staff.titles import Title
from yeollak.office.ledger import Counted, MemoryLedger
from yeollak.procedures.table import Move
from yeollak.record.canon import format_instant
from yeollak.words import LANGUAGES
from yeollak.words.naming import Reader

SIDES = ("south", "north")
BEGAN = datetime(2019, 3, 21, 1, 0, tzinfo=UTC)
_LINE = re.compile(r"M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)")


def history(
    steps: Sequence[tuple[int, bool]], kind: str = "note.send", hours: Sequence[int] = ()
) -> list[Counted]:
    """Acts by the sides at these places, in the order of the record; with True a side has first seen
    everything that was signed until then.
    """
    sizes, seen, turns = [0, 0], [[0, 0], [0, 0]], [0, 0]
    made: list[Counted] = []
    for number, (place, meets) in enumerate(steps):
        other = 1 - place
        if meets:
            seen[place][other] = sizes[other]
            turns[place] = max(turns[place], *(one.turn for one in made if one.place == other), 0, 0)
        seen[place][place] = sizes[place]
        turns[place] += 1
        at = BEGAN + timedelta(hours=hours[number] if hours else number)
        move = Move(id=f"{number:064x}", side=SIDES[place], kind=kind, at=format_instant(at), facts={})
        vector = tuple(seen[place])
        made.append(
            Counted(
                SIDES[place],
                place,
                sizes[place],
                move.id,
                f"{number:064x}",
                "note",
                turns[place],
                vector,
                "",
                move,
            )
        )
        sizes[place] += 1
    return sorted(made, key=lambda one: (one.turn, one.place))


def crossed(one: Counted, other: Counted) -> bool:
    return one.place != other.place and not one.has_seen(other) and not other.has_seen(one)


def told(acts: Sequence[Counted], ledger: MemoryLedger | None = None) -> list[Told]:
    return [
        Told(
            act,
            datetime.strptime(act.move.at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if act.move else None,
            "Sent",
            Title("A note"),
            receipts={SIDES[1 - act.place]: BEGAN + timedelta(days=30)},
            ended=quiet.before(ledger, 2, act) if ledger is not None else None,
            stances=("present", "present"),
        )
        for act in acts
    ]


def reader(lang: str = "en") -> Reader:
    return Reader(lang, "south", {"south": "South", "north": "North"})


def line(acts: Sequence[Counted], lang: str = "en", **more: object) -> Line:
    return arranged(told(acts), reader(lang), SIDES, ("present", "present"), **more)  # type: ignore[arg-type]  # passed on


STEPS = st.lists(st.tuples(st.integers(0, 1), st.booleans()), min_size=1, max_size=12)


def _ways(drawn: Sequence[Stroke]) -> list[tuple[float, ...]]:
    """The ways of arrows as drawn, from lane to lane: where a stroke leaves off its head goes on."""
    found = [_LINE.fullmatch(one.d) for one in drawn if one.style in ("s-us", "s-them")]
    return [tuple(map(float, one.groups())) for one in found if one]


def _whole(way: tuple[float, ...]) -> tuple[float, ...]:
    x, y, to_x, to_y = way
    share = 1 + 8 / abs(to_x - x)
    return x, y, x + (to_x - x) * share, y + (to_y - y) * share


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    def side(a: float, b: float, c: float, d: float, x: float, y: float) -> float:
        return (c - a) * (y - b) - (d - b) * (x - a)

    return (
        side(*one, *other[:2]) * side(*one, *other[2:]) < 0
        and side(*other, *one[:2]) * side(*other, *one[2:]) < 0
    )


@given(STEPS, st.booleans())
def test_ways_meet_where_acts_crossed_and_nowhere_else(steps: list[tuple[int, bool]], mirrored: bool) -> None:
    acts = history(steps)
    rows: list[Row] = [
        Sent(
            ("present", "present"),
            act.place,
            receipts=frozenset({1 - act.place}),
            crossed=frozenset(at for at, other in enumerate(acts) if crossed(act, other)),
        )
        for act in acts
    ]
    for draw in (wide, slim):
        drawn = draw(Ladder(2, rows, ("present", "present"), "told"), mirrored=mirrored)
        ways = [_whole(way) for way in _ways(drawn.strokes)]
        assert len(ways) == len(acts)
        for (one, way), (other, beside) in combinations(enumerate(ways), 2):
            near = other - one <= ladder.FAR
            assert _meet(way, beside) == (near and crossed(acts[one], acts[other])), (one, other)
        assert drawn.height == sum(ladder.HEIGHTS[drawn.width]["act"] for _ in acts)


@given(STEPS)
def test_words_say_what_crossed(steps: list[tuple[int, bool]]) -> None:
    acts = history(steps)
    shown = [row for row in line(acts, silences=False).rows if row.sort == "act"]
    assert [row.act for row in shown] == [act.id for act in acts]
    for row, act in zip(shown, acts, strict=True):
        many = sum(crossed(act, other) for other in acts)
        said = [note for note in row.notes if note.startswith("crossed")]
        assert len(said) == bool(many)
        if many > 1:
            assert said == [f"crossed {many} acts"]


def test_a_drawing_is_mirrored_by_its_server_alone() -> None:
    acts = history([(0, False), (1, False), (0, True)])
    rows: list[Row] = [Day(("present", "present"))]
    rows += [Sent(("present", "withdrawn"), act.place, receipts=frozenset({1 - act.place})) for act in acts]
    rows += [
        Silence(("present", "withdrawn"), frozenset({1})),
        Call(("present", "partial"), "differ", frozenset({0, 1})),
    ]
    made = Ladder(2, rows, ("present", "present"), "told")
    plain, turned = wide(made), wide(made, mirrored=True)
    assert (plain.dir, turned.dir) == ("ltr", "rtl")
    for one, other in zip(_ways(plain.strokes), _ways(turned.strokes), strict=True):
        assert other == pytest.approx((380 - one[0], one[1], 380 - one[2], one[3]), abs=0.11)
    assert plain.label == "told"


def test_what_is_not_receipted_ends_on_its_way_and_a_tender_before_a_bar() -> None:
    rows = [
        Sent(("present", "present"), 0),
        Sent(("present", "present"), 0, receipts=frozenset({1})),
        Sent(("present", "present"), 0, receipts=frozenset({1}), open=True),
        Sent(("present", "present"), 1),
    ]
    ends = [way[2] for way in _ways(wide(Ladder(2, rows, ("present", "present"))).strokes)]
    assert ends[0] < 220  # we do not know that it has arrived
    assert ends[1] > 330
    assert 230 < ends[2] < 300
    assert ends[3] < 50  # theirs is here, receipted or not


def ledger(acts: Sequence[Counted]) -> MemoryLedger:
    made = MemoryLedger(2)
    for act in acts:
        made.add(act)
    return made


@given(STEPS, st.data())
def test_silences_are_those_of_the_registers(steps: list[tuple[int, bool]], data: st.DataObject) -> None:
    hours, at = [], 0
    for _ in steps:
        at += data.draw(st.sampled_from((1, 5, 23, 30, 200)))
        hours.append(at)
    acts = history([(place, True) for place, _ in steps], hours=hours)
    held = ledger(acts)
    when = {act.id: BEGAN + timedelta(hours=hour) for act, hour in zip(acts, hours, strict=True)}
    for number, act in enumerate(acts):
        found = quiet.before(held, 2, act)
        own = [one for one in acts[:number] if one.place == act.place]
        other = [one for one in acts[:number] if one.place != act.place]
        if not own or when[act.id] - when[own[-1].id] < quiet.LONG:
            assert found is None
            continue
        assert found is not None
        assert found.until == when[act.id]
        both = not other or when[act.id] - when[other[-1].id] >= quiet.LONG
        assert len(found.places) == 1 + both
        assert found.since == max(when[one.id] for one in (own[-1:] + (other[-1:] if both else [])))
        assert found.span >= quiet.LONG or both
    now = BEGAN + timedelta(hours=at + 30)
    last = {
        place: max((when[one.id] for one in acts if one.place == place), default=None) for place in (0, 1)
    }
    silent = {place for place, one in last.items() if one is not None and now - one >= quiet.LONG}
    assert {place for one in quiet.still(held, 2, now) for place in one.places} == silent


def test_a_silence_of_everybody_is_told_once_and_nodes_break_none() -> None:
    acts = history([(0, True), (1, True), (0, True), (1, True)], hours=[0, 1, 80, 81])
    shown = arranged(told(acts, ledger(acts)), reader(), SIDES, ("present", "present"))
    silences = [row for row in shown.rows if row.sort == "silence"]
    assert [row.label for row in silences] == ["Silence, 3 days 7 hours"]
    assert silences[0].under.endswith("nobody signed anything")
    assert "1 silence of a day or more." in shown.counted
    nodes = history([(0, True), (1, True), (0, True)], kind="line.seen", hours=[0, 50, 100])
    assert [quiet.before(ledger(nodes), 2, act) for act in nodes] == [None, None, None]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_silences_that_last_say_what_is_known_and_no_more(lang: str) -> None:
    acts = history([(0, True), (1, True)])
    lasting = [
        Quiet(frozenset(places), BEGAN, BEGAN + timedelta(days=2), ended=False)
        for places in ((0,), (1,), (0, 1))
    ]
    said = [row.under for row in line(acts, lang, lasting=lasting).rows if row.sort == "silence"]
    assert len(set(said)) == 3
    if lang == "en":
        assert said[0].startswith("We have signed nothing since")
        assert said[1].startswith("Nothing that North signed since")
        assert said[1].endswith("has reached us")


def test_a_call_is_one_row_with_both_accounts() -> None:
    acts = history([(0, False), (1, False)], kind="checkin.observe")
    matter = "f" * 64
    calls = [
        Told(
            Counted(
                act.side, act.place, act.index, act.id, matter, "check-in", act.turn, act.vector, "", act.move
            ),
            BEGAN,
            "Call entered",
            Title("Opening call"),
            views={"south": "unanswered", "north": "line-dead"},
        )
        for act in acts
    ]
    shown = arranged(calls, reader(), SIDES, ("unknown", "unknown"))
    (row,) = (row for row in shown.rows if row.sort == "act")
    assert row.notes == ("accounts differ", "South: unanswered", "North: line dead")
    assert shown.counted == "1 call."
    drawn = [row for row in shown.ladder.rows if isinstance(row, Call)]
    assert [(row.view, row.lanes) for row in drawn] == [("differ", frozenset({0, 1}))]


def test_an_address_asks_for_what_there_is() -> None:
    asked = asked_of(
        {"side": "east", "from": "loud", "since": "x", "until": "2019-02-30", "kind": "a\x00b", "q": " 댐 "},
        SIDES,
    )
    assert asked.wanted.side == asked.wanted.since == asked.wanted.until == ""
    assert asked.wanted.least == 0
    assert "\x00" not in asked.wanted.kind
    assert asked.text == "댐"
    asked = asked_of({"side": "north", "from": "flash", "as": "table"}, SIDES)
    assert (asked.wanted.side, asked.wanted.least, asked.table) == ("north", 3, True)
    assert asked.query(side="", before="7.1") == "from=flash&as=table&before=7.1"
