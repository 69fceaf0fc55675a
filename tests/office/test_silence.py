from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.office.dockets import (
    ASK,
    DUE,
    HOUR,
    docket,
    office_of,
    only,
    tender,
)
from tests.office.world import World
from yeollak.office.expected import Default, default_of
from yeollak.office.silence import (
    FALSE_ON_ITS_FACE,
    RECEIPTED,
    UNRECEIPTED,
    Receipt,
    held_since,
    in_time,
    mark_of,
    silences,
)
from yeollak.office.waiting import Word
from yeollak.record.canon import format_instant


def test_a_request_says_what_silence_will_be_taken_for_and_was() -> None:
    world = office_of()
    ask = world.say("south", "request.ask", facts=ASK, due=DUE)
    world.meet()
    assert only(docket(world, DUE - HOUR)).default == Default("denied", ("one", "two"))
    world.say("north", "request.answer", matter=ask, facts={"items": ["one"], "decision": "approved"})
    item = only(docket(world, DUE))
    assert (item.word, item.default) == (Word.OVERDUE, Default("denied", ("two",)))
    lapse = world.say("south", "request.lapse", matter=ask, re=(ask,), at=DUE)
    world.meet()
    state = world.offices[1].state(ask).state
    assert (state.phase, default_of(state, world.offices[1].terms())) == (
        "unanswered",
        Default("denied", ("two",)),
    )
    (silence,) = silences(world.offices[1], ask, {})
    assert (silence.act, silence.default) == (lapse, Default("denied", ("two",)))
    assert (silence.awaited, silence.mark, silence.overtaken) == (("north",), UNRECEIPTED, False)


def test_the_silence_of_who_asked_is_taken_for_nothing() -> None:
    world = office_of()
    ask = world.say("south", "request.ask", facts=ASK, due=DUE)
    world.meet()
    inquiry = world.say("north", "request.inquire", matter=ask, due=DUE + HOUR)
    item = only(docket(world, DUE + HOUR))
    assert (item.awaited, item.default) == ("south", None)
    world.say("north", "request.lapse", matter=ask, re=(inquiry,), at=DUE + HOUR)
    world.meet()
    (silence,) = silences(world.offices[0], ask, {})
    assert (silence.default, silence.awaited) == (None, ("south",))


# receipts

MOMENTS = st.integers(-5, 5).map(lambda minutes: DUE + timedelta(minutes=minutes))
RECEIPTS = st.lists(
    st.builds(Receipt, st.sampled_from(["south", "north", "guarantor"]), st.integers(0, 8), MOMENTS),
    max_size=12,
)


def test_a_lapse_that_another_held_before_the_due_is_false_on_its_face() -> None:
    early = Receipt("north", 6, DUE - timedelta(seconds=1))
    assert mark_of(5, "south", DUE, [early]) == (FALSE_ON_ITS_FACE, (early,))
    in_good_time = replace(early, time=DUE)
    assert mark_of(5, "south", DUE, [in_good_time]) == (RECEIPTED, (in_good_time,))
    below = replace(early, size=5)
    assert mark_of(5, "south", DUE, [below]) == (UNRECEIPTED, ())
    own = replace(early, cosigner="south")
    assert mark_of(5, "south", DUE, [own]) == (UNRECEIPTED, ())
    # One is enough, whatever the other says.
    guarantor = Receipt("guarantor", 9, DUE + HOUR)
    assert mark_of(5, "south", DUE, [guarantor, early]) == (FALSE_ON_ITS_FACE, (early,))


def test_a_receipt_that_contradicts_its_cosigners_earlier_ones_proves_nothing() -> None:
    honest = Receipt("north", 4, DUE + HOUR)
    back = Receipt("north", 6, DUE - HOUR)
    assert mark_of(5, "south", DUE, [back, honest]) == (UNRECEIPTED, ())
    later = Receipt("north", 7, DUE + 2 * HOUR)
    assert mark_of(5, "south", DUE, [back, honest, later]) == (RECEIPTED, (later,))


@given(RECEIPTS, st.integers(0, 7))
def test_what_receipts_say_of_a_lapse(receipts: list[Receipt], index: int) -> None:
    mark, proof = mark_of(index, "south", DUE, receipts)
    stands = [
        one
        for one in receipts
        if one.cosigner != "south"
        and one.size > index
        and not any(
            other.cosigner == one.cosigner and other.size < one.size and other.time > one.time
            for other in receipts
        )
    ]
    if any(one.time < DUE for one in stands):
        assert mark == FALSE_ON_ITS_FACE
        assert all(one.time < DUE for one in proof)
    else:
        assert mark == (RECEIPTED if stands else UNRECEIPTED)
    assert bool(proof) == bool(stands)
    assert set(proof) <= set(stands)
    assert len({one.cosigner for one in proof}) == len(proof)
    # The order in which receipts came is nothing.
    assert held_since(index, "south", receipts) == held_since(index, "south", receipts[::-1])


def crossed_acceptance(world: World) -> tuple[str, str, str]:
    """North takes in time, South lets it lapse without having seen that: the lapse stands."""
    act = tender(world)
    take = world.say("north", "note.take", matter=act, re=(act,), due=DUE + 48 * HOUR)
    lapse = world.say("south", "note.lapse", matter=act, re=(act,), at=DUE)
    world.meet()
    assert world.offices[0].state(act).state.phase == "lapsed"
    return act, take, lapse


def test_an_acceptance_that_the_lapsing_side_had_receipted_in_time_speaks_against_the_lapse() -> None:
    world = office_of()
    act, take, lapse = crossed_acceptance(world)
    office = world.offices[0]
    size = office.ledger.counted(1)
    held = Receipt("south", size, DUE - HOUR)
    for given_receipts, expected in [
        ([held], [(take, held)]),
        ([replace(held, time=DUE)], []),
        ([replace(held, size=size - 1)], []),
        # Another's receipt says nothing of what the lapsing side had.
        ([replace(held, cosigner="guarantor")], []),
        # It cannot take its own word back by having claimed a later time first.
        ([Receipt("south", 1, DUE + 99 * HOUR), held], [(take, held)]),
    ]:
        (silence,) = silences(office, act, {"north": given_receipts})
        assert (silence.act, silence.side, silence.overtaken) == (lapse, "south", False)
        assert [(one.act, one.receipt) for one in silence.against] == expected
    # Evidence is no input: the fold is what it was.
    assert office.state(act).state.phase == "lapsed"


def test_a_lapse_of_a_withdrawn_offer_is_held_against_the_same_due() -> None:
    world = office_of()
    act = tender(world)
    take = world.say("north", "note.take", matter=act, re=(act,), due=DUE + 48 * HOUR)
    world.say("south", "note.withdraw", matter=act, re=(act,))
    lapse = world.say("south", "note.lapse", matter=act, re=(act,), at=DUE)
    world.meet()
    office = world.offices[1]
    place = office.charter.places["south"]
    index = office.ledger.first(place, lapse)
    assert index is not None
    early = Receipt("north", index + 1, DUE - HOUR)
    held = Receipt("south", office.ledger.counted(1), DUE - HOUR)
    (silence,) = silences(office, act, {"south": [early], "north": [held]})
    assert (silence.mark, silence.proof, silence.due) == (FALSE_ON_ITS_FACE, (early,), format_instant(DUE))
    assert [one.act for one in silence.against] == [take]
    assert silence.awaited == ()


def test_an_acceptance_speaks_only_against_the_lapse_that_it_crossed() -> None:
    world = office_of()
    first = world.say("south", "suspension.propose", due=DUE)
    world.meet()
    world.say("north", "suspension.agree", matter=first, re=(first,))
    world.meet()
    offer = world.say("south", "suspension.end-propose", matter=first, due=DUE)
    world.meet()
    agree = world.say("north", "suspension.end-agree", matter=first, re=(offer,))
    world.say("south", "suspension.end-lapse", matter=first, re=(offer,), at=DUE)
    world.meet()
    again = world.say("south", "suspension.end-propose", matter=first, due=DUE + 24 * HOUR)
    world.meet()
    world.say("south", "suspension.end-lapse", matter=first, re=(again,), at=DUE + 24 * HOUR)
    world.meet()
    office = world.offices[0]
    held = Receipt("south", office.ledger.counted(1), DUE - HOUR)
    one, two = silences(office, first, {"north": [held]})
    assert ([item.act for item in one.against], two.against) == ([agree], ())


def test_an_answer_that_the_lapse_had_seen_needs_no_evidence() -> None:
    world = office_of()
    act = tender(world)
    lapse = world.say("south", "note.lapse", matter=act, re=(act,), at=DUE)
    world.meet()
    world.say("north", "remark", matter=act)
    world.meet()
    (silence,) = silences(world.offices[0], act, {"north": [Receipt("south", 99, DUE - HOUR)]})
    assert (silence.act, silence.against) == (lapse, ())
    found = world.offices[0].ledger.finding(1, world.offices[0].ledger.counted(1) - 1)
    assert in_time(found, "south", DUE, []) is None
