"""One fold: what beats what, and what a matter that never ends costs."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from tests.office.reference import folded
from tests.office.world import World, rng
from yeollak.office.fold import fold
from yeollak.office.folds import MatterFolds
from yeollak.office.ledger import Counted
from yeollak.office.matter import natural_id
from yeollak.procedures.machine import step as genuine_step
from yeollak.procedures.table import NONE, Move, Procedure, Role, Row

#: Offered, taken by the counterpart, read; the opener may withdraw or let it lapse.
TABLE = Procedure(
    name="offer",
    family="offer",
    skeleton="ask/answer",
    purpose="A table for these tests.",
    kinds=(),
    rows={
        NONE: {"open": Row(Role.OPENER, to="offered")},
        "offered": {
            "take": Row(Role.COUNTERPART, to="taken"),
            "withdraw": Row(Role.OPENER, to="withdrawn"),
            "lapse": Row(Role.OPENER, to="lapsed"),
        },
        "withdrawn": {"lapse": Row(Role.OPENER, to="lapsed")},
        "taken": {"read": Row(Role.COUNTERPART, to="read")},
        "read": {},
        "lapsed": {},
    },
    pairs=(
        (("lapse", Role.OPENER), ("take", Role.COUNTERPART)),
        (("take", Role.COUNTERPART), ("withdraw", Role.OPENER)),
        (("read", Role.COUNTERPART), ("withdraw", Role.OPENER)),
    ),
)
PARTIES = ("south", "north")


def acts_of(*told: tuple[str, str, int]) -> list[Counted]:
    """Acts in the order of their turns: (side, kind, how much of the other register it had seen)."""
    held: dict[str, list[Counted]] = {side: [] for side in PARTIES}
    for side, kind, seen in told:
        place = PARTIES.index(side)
        own, other = held[side], held[PARTIES[1 - place]]
        turn = 1 + max([one.turn for one in own] + [one.turn for one in other[:seen]], default=0)
        vector = (len(own), seen) if place == 0 else (seen, len(own))
        again = sum(one.move is not None and one.move.kind == kind for one in own)
        move = Move(f"{side}/{kind}" + f"/{again}" * bool(again), side, kind, "2020-01-01T00:00:00Z")
        own.append(Counted(side, place, len(own), move.id, "m", "offer", turn, vector, "", move))
    return [act for acts in held.values() for act in acts]


def test_a_superseded_act_still_beats() -> None:
    """Clarifications 20: the lapse beats the take-up; what follows it has no transition, and yet the
    withdrawal that it crossed is overtaken by it.
    """
    acts = acts_of(
        ("south", "open", 0),
        ("south", "withdraw", 0),
        ("south", "lapse", 0),
        ("north", "take", 1),
        ("north", "read", 1),
    )
    found = fold(TABLE, acts, PARTIES)
    assert found.state.phase == "lapsed"
    assert dict(found.marks) == {
        "north/take": "beaten",
        "south/withdraw": "beaten",
        "north/read": "superseded",
    }


def test_a_beaten_act_does_not_beat() -> None:
    acts = acts_of(
        ("south", "open", 0), ("south", "withdraw", 0), ("south", "lapse", 0), ("north", "take", 1)
    )
    found = fold(TABLE, acts, PARTIES)
    assert (found.state.phase, dict(found.marks)) == ("lapsed", {"north/take": "beaten"})


def test_acts_that_saw_each_other_beat_nothing() -> None:
    acts = acts_of(("south", "open", 0), ("north", "take", 1), ("south", "lapse", 1))
    found = fold(TABLE, acts, PARTIES)
    assert (found.state.phase, dict(found.marks)) == ("taken", {"south/lapse": "superseded"})


@pytest.mark.parametrize("number", range(200))
def test_any_acts_in_any_order_fold_as_the_rule_says(number: int) -> None:
    chance = rng(number)
    acts = acts_of(("south", "open", 0), *_told(chance))
    chance.shuffle(acts)
    found = fold(TABLE, acts, PARTIES)
    assert (found.state, dict(found.marks)) == folded(TABLE, acts, PARTIES)


def _told(chance: random.Random) -> list[tuple[str, str, int]]:
    told, sizes, seen = [], [1, 0], [0, 0]
    for _ in range(chance.randint(1, 14)):
        place = chance.randrange(2)
        seen[place] = chance.randint(seen[place], sizes[1 - place])
        told.append((PARTIES[place], chance.choice(["take", "withdraw", "lapse", "read"]), seen[place]))
        sizes[place] += 1
    return told


def line(world: World, side: str) -> str:
    return natural_id(world.charter.office, "check-in", f"line/{side}")


def counting(patch: pytest.MonkeyPatch) -> list[int]:
    """One number: how many steps of a table folding has taken since it was last set to 0."""
    counted = [0]

    def step(*given: Any) -> Any:
        counted[0] += 1
        return genuine_step(*given)

    patch.setattr("yeollak.office.fold.step", step)
    return counted


def steps_of(world: World, monkeypatch: pytest.MonkeyPatch, acts: int) -> list[int]:
    """How many steps of a table each further act of a line matter costs, counting and state together."""
    costs = []
    with monkeypatch.context() as patch:
        counted = counting(patch)
        for _ in range(acts):
            counted[0] = 0
            world.say("south", "line.seen", "node", checked=False, matter=line(world, "south"))
            world.offices[0].state(line(world, "south"))
            costs.append(counted[0])
    return costs


def test_an_act_of_a_matter_that_never_ends_costs_the_same_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = steps_of(World().found(), monkeypatch, 200)
    assert set(costs[1:]) == {1}


def test_acts_that_wait_to_be_seen_do_not_make_the_rest_be_folded_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A remark of the other side that our acts have not seen crosses them all, until they see it."""
    world = World().found()
    matter = line(world, "south")
    steps_of(world, monkeypatch, 100)
    world.deliver(1, 0)
    world.say("north", "remark", matter=matter)
    held = {
        "north": (world.ledgers[0].counted(1), world.ledgers[0].root(1, world.ledgers[0].counted(1)).hex())
    }
    world.deliver(0, 1)
    counted = counting(monkeypatch)
    for number in range(20):
        counted[0] = 0
        world.say("south", "line.seen", "node", checked=False, matter=matter, seen=held)
        acts = [act for act in world.offices[0].ledger.matter(matter) if not act.void]
        found = world.offices[0].state(matter)
        assert counted[0] <= number + 4, "what lies below the crossing is not folded again"
        procedure = world.offices[0].folds(matter).procedure
        assert (found.state, dict(found.marks)) == folded(procedure, acts, world.sides)


def test_a_long_matter_folds_as_the_rule_says_at_every_old_frontier() -> None:
    world = World().found()
    matter, chance = line(world, "south"), rng(1)
    for number in range(300):
        world.say("south", "line.address", "node", checked=False, matter=matter, facts={"url": f"u{number}"})
        if number % 40 == 0:
            world.meet()
            world.say("north", "remark", matter=matter)
    world.meet()
    for office in (world.offices[0], world.fresh(world.sizes())):
        acts = [act for act in office.ledger.matter(matter) if not act.void]
        for _ in range(40):
            frontier = (chance.randint(0, world.sizes()[0]), chance.randint(0, world.sizes()[1]))
            below = [act for act in acts if act.index < frontier[act.place]]
            if all(one.vector[1 - one.place] <= frontier[1 - one.place] for one in below):
                found = office.state(matter, frontier)
                assert (
                    (found.state, dict(found.marks))
                    == folded(office.folds(matter).procedure, below, office.parties)
                    if below
                    else not found.state.slots
                )


THREE = ("south", "north", "west")
#: With words that change nothing, by any side, in every phase.
SPOKEN = replace(
    TABLE,
    rows={
        phase: rows if phase == NONE else {**rows, "say": Row(Role.EITHER, to=phase)}
        for phase, rows in TABLE.rows.items()
    },
)


def crossing(chance: random.Random, many: int, lag: int) -> list[Counted]:
    """Acts of three sides on one matter in the order in which they were made. What each sees of others lags
    behind by up to so many acts, and brings with it what those had seen.
    """
    kinds = chance.choice((("say",), ("say", "say", "say", "take", "lapse", "withdraw", "read")))
    made: list[list[Counted]] = [[] for _ in THREE]
    acts: list[Counted] = []
    for number in range(many):
        place = chance.randrange(3) if number else 0
        past = list(made[place][-1].after) if made[place] else [0, 0, 0]
        for other, theirs in enumerate(made):
            upto = max(past[other], len(theirs) - chance.randint(0, lag))
            if other != place and upto:
                past = [max(one) for one in zip(past, theirs[upto - 1].after, strict=True)]
        past[place] = len(made[place])
        turns = [made[other][size - 1].turn for other, size in enumerate(past) if size]
        kind = chance.choice(kinds) if number else "open"
        move = Move(f"{THREE[place]}/{number}", THREE[place], kind, "2020-01-01T00:00:00Z")
        turn = 1 + max(turns, default=0)
        act = Counted(THREE[place], place, past[place], move.id, "m", "offer", turn, tuple(past), "", move)
        made[place].append(act)
        acts.append(act)
    return acts


@pytest.mark.parametrize("number", range(60))
def test_folds_that_go_on_from_others_are_those_of_the_same_acts_at_once(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the past of every act, at what had been counted by then, and at old frontiers again."""
    monkeypatch.setattr("yeollak.office.folds.table", lambda _: SPOKEN)
    chance = rng(number)
    acts = crossing(chance, 40, chance.choice((1, 4, 12)))
    folds, asked = MatterFolds(THREE), list[tuple[int, ...]]()
    for many, act in enumerate(acts, 1):
        folds.read(acts[:many])
        asked.append(act.vector)
        asked.append(tuple(sum(one.place == place for one in acts[:many]) for place in range(3)))
        for sizes in (*asked[-2:], chance.choice(asked)):
            below = [one for one in acts if one.index < sizes[one.place]]
            found = folds.at(sizes)
            assert (found.state, dict(found.marks)) == folded(SPOKEN, below, THREE)


@pytest.mark.parametrize("seen", [True, False])
def test_acts_that_cross_those_of_another_and_are_tied_to_none_cost_what_others_do(
    monkeypatch: pytest.MonkeyPatch, *, seen: bool
) -> None:
    """In one matter each of the west's acts has seen one more of the north's, which have seen none of it."""
    world = World(THREE).found()
    facts = {"when": "2018-10-22", "source": "own", "subject": {"en": "A word"}}
    matter = world.say("south", "account.enter", facts=facts)
    world.meet()
    north, west = world.charter.places["north"], world.charter.places["west"]
    base, start, many = world.whole.held(north), world.whole.held(west), 60
    for _ in range(many):
        world.say("north", "remark", matter=matter, checked=False)
    for number in range(1, many + 1):
        size = base + number * seen
        root = world.ledgers[north].root(north, size).hex()
        world.say("west", "remark", matter=matter, checked=False, seen={"north": (size, root)})
    world.deliver(0, north)
    counted, costs = counting(monkeypatch), list[int]()
    for index in range(start, start + many):
        counted[0] = 0
        world.deliver(0, west, index + 1)
        assert world.offices[0].ledger.finding(west, index).void == ""
        costs.append(counted[0])
    assert max(costs[1:]) <= 4
    acts = [act for act in world.offices[0].ledger.matter(matter) if not act.void]
    found = world.offices[0].state(matter)
    procedure = world.offices[0].folds(matter).procedure
    assert (found.state, dict(found.marks)) == folded(procedure, acts, world.sides)
