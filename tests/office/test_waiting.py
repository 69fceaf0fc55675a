from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.office.dockets import (
    CALENDAR,
    DUE,
    HOUR,
    docket,
    observe,
    office_of,
    only,
    tender,
)
from tests.procedures.explore import LATE, THREE, TWO, Elsewhere, digest, explore, sample
from yeollak.office.expected import ended_in_silence, expectations, lapsing
from yeollak.office.outages import Outages
from yeollak.office.waiting import Reason, Word, waiting
from yeollak.office.zones import LAST
from yeollak.procedures.catalogue import PROCEDURES, table
from yeollak.procedures.machine import admit, awaited, possible
from yeollak.procedures.table import Move, Procedure, Role, State, Void
from yeollak.record.canon import format_instant

# what a state waits for, over every table


@pytest.mark.parametrize(
    ("name", "parties"),
    [
        *((procedure.name, TWO) for procedure in PROCEDURES),
        *((name, THREE) for name in ("exchange", "note", "request", "suspension")),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_what_is_expected_may_be_let_lapse_from_its_due_and_not_before(
    name: str, parties: tuple[str, ...]
) -> None:
    procedure = table(name)
    for state in explore(procedure, parties).states.values():
        for expected in expectations(procedure, state, parties):
            assert set(expected.awaited).isdisjoint(expected.waiting) or expected.waiting == expected.signers
            assert expected.awaited
            assert expected.waiting
            for side in expected.signers:
                assert (
                    verdict(procedure, state, side, expected.lapse, expected.opened, expected.due, parties)
                    == ""
                )
                early = format_instant(datetime.fromisoformat(expected.due) - timedelta(seconds=1))
                code = verdict(procedure, state, side, expected.lapse, expected.opened, early, parties)
                assert code == "early"
                assert lapsing(procedure, state, expected.lapse, side, parties) == (
                    expected.due,
                    expected.opened,
                )
            for side in expected.awaited:
                may = {kind.name for kind, _ in possible(procedure, state, side, parties)}
                assert may & set(expected.answers)


def verdict(
    procedure: Procedure, state: State, side: str, kind: str, opened: str, at: str, parties: tuple[str, ...]
) -> str:
    said = procedure.kind(kind)
    assert said is not None
    facts: dict[str, Any] = {fact.name: sample(fact, side, parties) for fact in said.facts if fact.required}
    move = Move(digest("lapse", side), side, kind, at, facts, re=(opened,) if opened else ())
    try:
        admit(procedure, state, move, Elsewhere(parties))
    except Void as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("name", [procedure.name for procedure in PROCEDURES])
def test_whoever_may_let_something_lapse_waits_for_somebody_or_the_offer_was_withdrawn(name: str) -> None:
    procedure = table(name)
    for state in explore(procedure, TWO).states.values():
        lapses = [
            (kind.name, side)
            for side in TWO
            for kind, row in possible(procedure, state, side, TWO)
            if row.lapses
            and verdict(procedure, state, side, kind.name, str(state.slots.get(row.answers or "")), LATE, TWO)
            == ""
        ]
        told = {(one.lapse, side) for one in expectations(procedure, state, TWO) for side in one.signers}
        if state.phase != "withdrawn":
            assert told == set(lapses)
            assert {side for one in expectations(procedure, state, TWO) for side in one.awaited} <= set(
                awaited(procedure, state, TWO)
            )
        else:
            assert not told


def test_the_phases_that_only_a_lapse_leads_to() -> None:
    silent = {
        (procedure.name, phase): ended_in_silence(procedure, State(phase))
        for procedure in PROCEDURES
        for phase in procedure.rows
        if ended_in_silence(procedure, State(phase)) is not None
    }
    for key, role in {
        ("note", "lapsed"): Role.OPENER,
        ("note", "undelivered"): Role.COUNTERPART,
        ("note", "unanswered"): Role.OPENER,
        ("request", "unanswered"): Role.OPENER,
        ("request", "unsupplied"): Role.COUNTERPART,
        ("meeting", "lapsed"): Role.EITHER,
        ("agreement", "lapsed"): Role.EITHER,
    }.items():
        assert silent[key] is role
    assert ("meeting", "reported") not in silent
    assert ended_in_silence(table("note"), State("answered")) is None


# the docket


def test_a_tender_waits_and_its_silence_is_told_apart_from_its_lapse() -> None:
    world = office_of()
    act = tender(world, precedence="immediate")
    signed = format_instant(world.now)
    before = only(docket(world, DUE - timedelta(seconds=1)))
    assert before.word is Word.WAITING
    assert (before.waiting, before.awaited, before.since, before.until) == (
        ("south",),
        "north",
        signed,
        format_instant(DUE),
    )
    assert (before.precedence, before.opened, before.procedure, before.phase) == (
        "immediate",
        act,
        "note",
        "tendered",
    )
    assert set(before.answers) == {"note.take", "note.refuse"}
    assert before.lapse is not None
    assert (before.lapse.kind, before.lapse.by, before.lapse.re, before.lapse.start) == (
        "note.lapse",
        ("south",),
        act,
        format_instant(DUE),
    )
    after = only(docket(world, DUE))
    assert (after.word, after.why) == (Word.UNANSWERED, (Reason("nothing-since", ("north",)),))
    # Reading the docket has changed nothing, and what it says may be signed is allowed.
    world.say("south", "note.lapse", matter=act, re=(before.lapse.re,), at=DUE)
    assert docket(world, DUE + HOUR) == ()
    world.meet()
    assert ended_in_silence(table("note"), world.offices[1].state(act).state) is Role.OPENER


def test_what_was_begun_and_not_ended_is_overdue_and_not_unanswered() -> None:
    world = office_of()
    act = tender(world)
    world.say("north", "remark", matter=act)
    item = only(docket(world, DUE))
    assert (item.word, item.why) == (Word.OVERDUE, (Reason("acted-since", ("north",)),))


def test_an_act_that_had_not_seen_the_question_is_no_sign_of_an_answer() -> None:
    world = office_of()
    act = tender(world)
    world.say("north", "remark", matter=act)
    world.meet()
    # Asked again: the remark had not seen this.
    world.say("south", "note.urge", matter=act, due=DUE + HOUR)
    item = only(docket(world, DUE + HOUR))
    assert item.word is Word.UNANSWERED
    assert item.until == format_instant(DUE + HOUR)
    world.meet()
    assert only(docket(world, DUE)).word is Word.WAITING


def test_after_a_take_up_the_other_side_waits() -> None:
    world = office_of()
    act = tender(world)
    take = world.say("north", "note.take", matter=act, re=(act,), due=DUE)
    item = only(docket(world, DUE))
    assert (item.waiting, item.awaited, item.opened) == (("north",), "south", take)
    assert item.lapse is not None
    assert item.lapse.by == ("north",)


def test_an_act_without_a_due_opens_no_expectation() -> None:
    world = office_of()
    world.say("south", "note.send", facts={"class": "flood", "subject": {"en": "Dam"}})
    assert docket(world, DUE) == ()


def test_a_withdrawn_offer_waits_for_nobody() -> None:
    world = office_of()
    act = tender(world)
    world.say("south", "note.withdraw", matter=act, re=(act,))
    assert docket(world, DUE) == ()


def test_of_three_parties_each_that_has_not_agreed_is_waited_for() -> None:
    world = office_of("south", "north", "west")
    facts = {"level": "heads", "topic": {"en": "Rail"}}
    act = world.say("south", "meeting.propose", facts=facts, due=DUE)
    world.meet()
    assert [item.awaited for item in docket(world, DUE)] == ["north", "west"]
    world.say("north", "meeting.agree", matter=act, re=(act,))
    item = only(docket(world, DUE))
    assert (item.waiting, item.awaited) == (("south", "north"), "west")
    assert item.lapse is not None
    assert item.lapse.by == ("south",)


def test_a_text_waits_for_those_who_have_not_signed() -> None:
    world = office_of()
    text = digest("text")
    draft = world.say("south", "agreement.draft", facts={"text": text, "subject": {"en": "Text"}}, due=DUE)
    world.meet()
    assert world.offices[0].state(draft).state.phase == "drafted", "the facts of this kind have changed"
    assert {item.awaited for item in docket(world, DUE)} == {"south", "north"}
    world.say("south", "agreement.initial", matter=draft, re=(draft,), facts={"text": text})
    # Whoever has initialled waits, and need not first sign.
    item = only(docket(world, DUE))
    assert (item.waiting, item.awaited) == (("south",), "north")


def test_the_docket_puts_what_presses_first() -> None:
    world = office_of()
    routine = tender(world)
    sooner = tender(world, due=DUE - HOUR)
    flash = tender(world, precedence="flash", due=DUE + HOUR)
    found = docket(world, DUE - 2 * HOUR)
    assert [item.matter for item in found] == [flash, sooner, routine]
    world.meet()
    chosen = waiting(world.offices[0], DUE, CALENDAR, matters=[routine])
    assert [item.matter for item in chosen] == [routine]


# cost


def test_the_docket_grows_with_open_matters_and_not_with_their_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    world = office_of()
    matters = [tender(world) for _ in range(10)]
    office = world.offices[0]
    outages = Outages(CALENDAR)
    asked = Counter[str]()
    for name in ("entry", "finding", "first"):
        monkeypatch.setattr(office.ledger, name, counted(asked, name, getattr(office.ledger, name)))

    def cost(many: int) -> int:
        outages.read(office)
        asked.clear()
        assert len(waiting(office, DUE, CALENDAR, outages=outages)) == many
        return asked.total()

    few = cost(10)
    assert 0 < few <= 10 * 6
    for number in range(100):
        world.say("north", "remark", matter=matters[number % 10], checked=False)
    world.meet()
    assert cost(10) <= few + 10  # whether the side has acted is asked of its newest act alone
    for _ in range(10):
        tender(world)
    assert cost(20) <= 2 * (few + 10)


def counted(asked: Counter[str], name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
    def asking(*args: Any) -> Any:
        asked[name] += 1
        return ask(*args)

    return asking


def test_at_the_end_of_the_calendar_the_docket_is_still_read() -> None:
    world = office_of()
    tender(world, due=LAST, at=LAST - HOUR)
    item = only(docket(world, LAST))
    assert (item.word, item.until) == (Word.UNANSWERED, format_instant(LAST))
    observe(world, "south", "9999-12-31", "closing", "line-dead")
    observe(world, "south", "0001-01-01", "opening", "line-dead")
    assert only(docket(world, LAST)).word is Word.LINE_DOWN
