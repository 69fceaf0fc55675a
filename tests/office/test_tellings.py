"""Acts that crossed, between two nodes: what stands on both, and what each officer is told, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.office.world import World
from yeollak.office.crossing import Telling, told
from yeollak.office.matter import natural_id
from yeollak.office.offers import offers
from yeollak.procedures.kinds import Due
from yeollak.words.catalogue import LANGUAGES
from yeollak.words.naming import Reader
from yeollak.words.tellings import telling

NAMES = {
    "en": {"north": "North", "south": "South"},
    "ko": {"north": "북측", "south": "남측"},
    "ar": {"north": "الجانب الشمالي", "south": "الجانب الجنوبي"},
}
SUBJECT = {"subject": {"en": "Water level"}}
TEXT = "a" * 64


def tellings(world: World, side: str, matter: str) -> dict[str, Telling]:
    """What an officer of a side is told, by the id of the act."""
    office = world.offices[world.charter.places[side]]
    return {one.act.act: one for one in told(office, side, matter)}


def words(one: Telling, side: str) -> dict[str, tuple[str, ...]]:
    """The sentences in every language, without the marks that isolate names."""
    return {
        lang: tuple(
            said.replace("\u2068", "").replace("\u2069", "")
            for said in telling(Reader(lang, side, NAMES[lang]), one.to_json())
        )
        for lang in LANGUAGES
    }


def agree(world: World, matter: str) -> None:
    """Both nodes have come to the same."""
    states = [office.state(matter) for office in world.offices]
    assert states[0] == states[1]


def settle(world: World) -> None:
    """Both nodes say that they have seen everything, and hear of it."""
    world.meet()
    for side in world.sides:
        world.say(side, "line.seen", "node")
    world.meet()


def tendered(world: World) -> str:
    due = world.now + timedelta(hours=8)
    matter = world.say("south", "note.tender", facts=SUBJECT, due=due)
    settle(world)
    return matter


def test_an_acceptance_stands_before_a_withdrawal_that_it_crossed() -> None:
    world = World().found()
    matter = tendered(world)
    due = world.now + timedelta(hours=8)
    taken = world.say("north", "note.take", matter=matter, re=(matter,), due=due)
    withdrawn = world.say("south", "note.withdraw", matter=matter, re=(matter,))

    # Before either hears of the other, each is told that its own act stands, and what may still change it.
    south = tellings(world, "south", matter)[withdrawn]
    assert (south.mark, south.settled) == ("", False)
    assert {(one.side, one.kind) for one in south.threats} == {
        ("north", "note.take"),
        ("north", "note.refuse"),
    }
    assert words(south, "south")["en"] == (
        "Your withdrawal stands.",
        "That is not settled: the register of North does not show yet that it has seen the withdrawal.",
        (
            "If North has sent its take-up or refusal without having seen your withdrawal, "
            "that stands before it."
        ),
    )
    north = tellings(world, "north", matter)[taken]
    assert north.mark == ""
    assert [one.kind for one in north.threats] == ["note.lapse"]
    assert words(north, "north")["en"][2] == (
        "If South has sent its declaration of lapse at 14 September 2018, 09:08 UTC or later "
        "without having seen your take-up, that stands before it."
    )

    world.meet()
    agree(world, matter)
    south, north = tellings(world, "south", matter)[withdrawn], tellings(world, "north", matter)[withdrawn]
    assert south.mark == north.mark == "beaten"
    assert south.by == north.by
    assert [one.act for one in south.by] == [taken]
    assert not south.settled
    settle(world)
    south, north = tellings(world, "south", matter)[withdrawn], tellings(world, "north", matter)[withdrawn]
    assert south.settled
    assert north.settled
    assert south.since is not None
    assert words(south, "south") == {
        "en": (
            "Your withdrawal crossed North’s take-up, which stands; yours has no effect.",
            "That is settled since 14 September 2018, 01:15 UTC.",
        ),
        "ko": (
            (
                "우리 측의 철회 건이 북측의 접수 의사 표명 건과 엇갈렸습니다. "
                "북측의 것이 유효하고 우리 측의 것은 효력이 없습니다."
            ),
            "2018년 9월 14일(금) 01:15 UTC에 확정되었습니다.",
        ),
        "ar": (
            "تقاطع إجراؤنا (سحب) مع إجراء الجانب الشمالي (قبول التسلّم)؛ وإجراؤه هو القائم ولا أثر لإجرائنا.",
            "ذلك نهائي منذ 14 سبتمبر 2018، 01:15 UTC.",
        ),
    }
    assert words(north, "north")["en"][0] == (
        "South’s withdrawal crossed your take-up, which stands; theirs has no effect."
    )
    assert words(tellings(world, "north", matter)[taken], "north")["en"][0] == "Your take-up stands."


def test_a_lapse_stands_before_a_late_acceptance_that_it_crossed() -> None:
    world = World().found()
    matter = tendered(world)
    world.now += timedelta(hours=9)
    lapsed = world.say("south", "note.lapse", matter=matter, re=(matter,))
    due = world.now + timedelta(hours=8)
    taken = world.say("north", "note.take", matter=matter, re=(matter,), due=due)
    assert [one.kind for one in tellings(world, "north", matter)[taken].threats] == ["note.lapse"]
    assert tellings(world, "south", matter)[lapsed].threats == ()
    settle(world)
    agree(world, matter)
    north = tellings(world, "north", matter)[taken]
    assert (north.mark, [one.act for one in north.by], north.settled) == ("beaten", [lapsed], True)
    said = words(north, "north")
    assert (
        said["en"][0]
        == "Your take-up crossed South’s declaration of lapse, which stands; yours has no effect."
    )
    assert said["ko"][0].startswith("우리 측의 접수 의사 표명 건이 남측의 만료 선언 건과 엇갈렸습니다.")
    assert said["ar"][0].startswith("تقاطع إجراؤنا (قبول التسلّم) مع إجراء الجانب الجنوبي (إعلان الانقضاء)")
    south = words(tellings(world, "south", matter)[taken], "south")["en"][0]
    assert south == "North’s take-up crossed your declaration of lapse, which stands; theirs has no effect."


def test_of_two_counter_proposals_one_stands_and_the_other_side_may_act_again() -> None:
    world = World().found()
    due = world.now + timedelta(hours=8)
    matter = world.say("south", "meeting.propose", facts={"level": "working"}, due=due)
    settle(world)
    countered = {
        side: world.say(side, "meeting.counter", matter=matter, re=(matter,), due=due) for side in world.sides
    }
    settle(world)
    agree(world, matter)
    folded = world.offices[0].state(matter)
    (loser,) = (side for side, act in countered.items() if act in folded.marks)
    (winner,) = (side for side in world.sides if side != loser)
    for side in world.sides:
        one = tellings(world, side, matter)[countered[loser]]
        assert (one.mark, one.place, one.settled) == ("superseded", True, True)
        assert [by.act for by in one.by] == [countered[winner]]
        said, at = words(one, side), {lang: NAMES[lang] for lang in LANGUAGES}
        if side == loser:
            assert said["en"][0] == (
                f"Your counter-proposal and {at['en'][winner]}’s were sent without either having seen "
                f"the other; {at['en'][winner]}’s stands, and you may act again."
            )
            assert said["ko"][0].endswith(
                f"{at['ko'][winner]}의 것이 유효하며 우리 측은 다시 행위할 수 있습니다."
            )
            assert said["ar"][0].endswith(
                f"وإجراء {at['ar'][winner]} هو القائم، ويجوز لجانبنا أن يقوم بإجراء جديد."
            )
        else:
            assert said["en"][0].endswith(
                f"that of {at['en'][winner]} stands, and {at['en'][loser]} may act again."
            )
    # And so it may.
    again = world.say(loser, "meeting.counter", matter=matter, re=(countered[winner],), due=due)
    assert tellings(world, loser, matter)[again].mark == ""


def test_of_two_retractions_neither_undoes_what_both_have_signed() -> None:
    world = World().found()
    due = world.now + timedelta(days=30)
    matter = world.say("south", "agreement.draft", facts={**SUBJECT, "text": TEXT}, due=due)
    settle(world)
    retracted = {}
    for side in world.sides:
        world.say(side, "agreement.sign", "co-head", matter=matter, re=(matter,), facts={"text": TEXT})
        retracted[side] = world.say(side, "agreement.retract", "co-head", matter=matter)
    settle(world)
    agree(world, matter)
    assert world.offices[0].state(matter).state.phase == "in-force"
    for side, other in (("south", "north"), ("north", "south")):
        one = tellings(world, side, matter)[retracted[side]]
        assert (one.mark, [by.kind for by in one.by], one.settled) == ("beaten", ["agreement.sign"], True)
        said = words(one, side)
        assert said["en"][0] == (
            f"Your retraction crossed {NAMES['en'][other]}’s signature, which stands; yours has no effect."
        )
        assert said["ko"][0].startswith(f"우리 측의 철회 건이 {NAMES['ko'][other]}의 서명 건과 엇갈렸습니다.")
        assert said["ar"][0].startswith(f"تقاطع إجراؤنا (سحب) مع إجراء {NAMES['ar'][other]} (توقيع)")


def test_what_a_recalled_officer_signed_afterwards_is_void_for_good() -> None:
    world = World().found()
    matter = tendered(world)
    place = world.charter.places["north"]
    postings = world.ledgers[place].postings(place)
    (posting,) = (one for one in postings if one.move is not None and one.move.facts["function"] == "duty")
    before = world.say("north", "remark", matter=matter)
    recalled = world.say("north", "posting.recall", "authority", matter=posting.matter)
    due = world.now + timedelta(hours=8)
    late = world.say("north", "note.take", checked=False, matter=matter, re=(matter,), due=due)
    settle(world)
    agree(world, matter)
    assert not [one for one in world.offices[0].ledger.matter(matter) if one.id == before and one.void]
    north = tellings(world, "north", matter)[late]
    assert (north.mark, north.why, north.settled) == ("void", "unposted", True)
    assert [one.act for one in north.by] == [recalled]
    assert late not in tellings(world, "south", matter)
    said = words(north, "north")
    assert said["en"] == (
        "Your take-up is void for good: its officer is not posted.",
        (
            f"Its officer had been recalled by entry {north.by[0].index} of your own register; "
            "what he signed before that stands."
        ),
    )
    assert said["ko"][1].endswith("그 전에 서명한 것은 유효합니다.")
    assert said["ar"][1].endswith("وما وُقّع قبل ذلك قائم.")
    # The South has seen no crossing act: the recall and the act are entries of one register, in their order.
    assert world.offices[0].state(matter).state.phase == "tendered"


def test_a_withdrawal_from_the_office_leaves_a_joint_signature_as_it_is() -> None:
    world = World().found()
    world.say("north", "standing.open", "co-head")
    due = world.now + timedelta(days=30)
    matter = world.say("south", "agreement.draft", facts={**SUBJECT, "text": TEXT}, due=due)
    world.meet()
    world.say("north", "agreement.sign", "co-head", matter=matter, re=(matter,), facts={"text": TEXT})
    settle(world)
    standing = natural_id(world.charter.office, "standing", "north")
    withdrawn = world.say("north", "standing.withdraw", "co-head")
    signed = world.say(
        "south", "agreement.sign", "co-head", matter=matter, re=(matter,), facts={"text": TEXT}
    )
    settle(world)
    agree(world, matter)
    agree(world, standing)
    assert world.offices[1].state(matter).state.phase == "in-force"
    assert world.offices[1].state(standing).state.phase == "withdrawn"
    one = tellings(world, "south", matter)[signed]
    assert one.mark == ""
    assert [other.act for other in one.beside] == [withdrawn]
    said = words(one, "south")
    assert said["en"][1] == (
        "North has withdrawn from the office without having seen your signature, which stands all the same."
    )
    assert said["ko"][1] == (
        "북측에서 우리 측의 서명 건을 보지 못한 채 연락사무소에서 철수하였습니다. "
        "우리 측의 것은 그대로 유효합니다."
    )
    assert said["ar"][1] == (
        "انسحب الجانب الشمالي من المكتب دون أن يطّلع على إجرائنا (توقيع)، وهو مع ذلك قائم."
    )


def withdrawn_note() -> tuple[World, str, str]:
    world = World().found()
    matter = tendered(world)
    return world, matter, world.say("south", "note.withdraw", matter=matter, re=(matter,))


def urged_note() -> tuple[World, str, str]:
    world = World().found()
    matter = tendered(world)
    due = world.now + timedelta(hours=9)
    return world, matter, world.say("south", "note.urge", matter=matter, due=due)


def countered_meeting() -> tuple[World, str, str]:
    world = World().found()
    due = world.now + timedelta(hours=8)
    matter = world.say("south", "meeting.propose", facts={"level": "working"}, due=due)
    settle(world)
    return world, matter, world.say("south", "meeting.counter", matter=matter, re=(matter,), due=due)


def redrafted_agreement() -> tuple[World, str, str]:
    world = World().found()
    due = world.now + timedelta(hours=8)
    matter = world.say("south", "agreement.draft", facts={**SUBJECT, "text": TEXT}, due=due)
    settle(world)
    facts = {"text": "b" * 64}
    return (
        world,
        matter,
        world.say("south", "agreement.redraft", matter=matter, re=(matter,), facts=facts, due=due),
    )


@pytest.mark.parametrize("begun", [withdrawn_note, urged_note, countered_meeting, redrafted_agreement])
def test_what_is_threatened_is_what_happens(begun: Callable[[], tuple[World, str, str]]) -> None:
    """Whatever the other side may do without having seen an act: it stands before it, or is no threat."""
    world, matter, act = begun()
    threats = {one.kind: one for one in tellings(world, "south", matter)[act].threats}
    late = world.now + timedelta(hours=10)
    found = offers(world.offices[1], "north", "co-head", matter, late)
    assert set(threats) <= {offer.kind.name for offer in found}
    assert threats
    for offer in found:
        world, matter, act = begun()
        world.now = late
        facts = {
            wanted.fact.name: wanted.choices[0] if wanted.choices else "c" * 64
            for wanted in offer.facts
            if wanted.required and wanted.known is None
        }
        world.say(
            "north",
            offer.kind.name,
            "co-head",
            matter=matter,
            facts={**facts, **offer.known},
            re=offer.re,
            due=late + timedelta(hours=8) if offer.kind.due is Due.MUST else None,
        )
        world.meet()
        agree(world, matter)
        beaten = tellings(world, "south", matter)[act].mark != ""
        assert beaten == (offer.kind.name in threats), offer.kind.name
