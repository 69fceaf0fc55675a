"""Exchanges between offices in memory: what crosses, and what an attacker who holds acts back can gain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.office.world import NAMES, World
from yeollak.errors import OurFault
from yeollak.office.matter import natural_id
from yeollak.procedures.machine import awaited
from yeollak.record.enclosure import SMALLEST_CLASS, Enclosed

FACTS = {"round": "lists"}
DIGESTS = {"south": "aa" * 32, "north": "bb" * 32, "west": "cc" * 32}


class Exchange:
    """One round between sides that commit to a digest each."""

    def __init__(self, many: int = 2) -> None:
        self.world = World(NAMES[:many]).found()
        self.matter = natural_id(self.world.charter.office, "exchange", "exchange/lists")

    def commit(self, side: str, hours: int = 24) -> str:
        sealed = Enclosed(
            DIGESTS[side], "application/octet-stream", None, "reveal", size_class=SMALLEST_CLASS
        )
        return self.world.say(
            side,
            "exchange.commit",
            facts={**FACTS, "subject": {"en": "Lists"}},
            due=self.world.now + timedelta(hours=hours),
            enclosures=(sealed,),
        )

    def reveal(self, side: str) -> str:
        given = Enclosed(DIGESTS[side], "text/plain", None, "right", size=100)
        return self.world.say(side, "exchange.reveal", "node", facts=FACTS, enclosures=(given,))

    def say(self, side: str, kind: str, hours: int = 48) -> str:
        """An act without a text, which claims a time after every due."""
        return self.world.say(side, kind, facts=FACTS, at=self.world.now + timedelta(hours=hours))

    def ends(self) -> tuple[str, dict[str, str], list[str]]:
        """The phase, the marks and who is waited for, which every node finds alike."""
        self.world.meet()
        found = [office.state(self.matter) for office in self.world.offices]
        assert all(each == found[0] for each in found)
        office = self.world.offices[0]
        waits = awaited(office.folds(self.matter).procedure, found[0].state, office.parties)
        return found[0].state.phase, dict(found[0].marks), sorted(waits)


def test_a_side_with_a_short_time_cannot_have_its_victim_shown_in_default() -> None:
    exchange = Exchange()
    exchange.commit("south")
    exchange.world.meet()
    exchange.commit("north", hours=1)
    exchange.world.meet()
    exchange.reveal("south")
    # North holds the text by now, and signs what has not seen it.
    declared = exchange.say("north", "exchange.default")
    assert exchange.ends() == ("committed", {declared: "beaten"}, ["north"])
    exchange.say("south", "exchange.default")
    assert exchange.ends() == ("defaulted", {declared: "beaten"}, ["north"])


def test_what_was_held_back_opens_no_round_that_a_lapse_has_ended() -> None:
    """North commits and reveals in its register alone, and shows both only after South's lapse."""
    exchange = Exchange()
    exchange.commit("south", hours=1)
    exchange.world.meet()
    commitment, reveal = exchange.commit("north"), exchange.reveal("north")
    exchange.say("south", "exchange.lapse")
    assert exchange.ends() == ("lapsed", {commitment: "beaten", reveal: "superseded"}, [])


def test_a_commitment_held_back_reopens_nothing_that_was_withdrawn_and_has_lapsed() -> None:
    exchange = Exchange()
    exchange.commit("south", hours=1)
    exchange.world.meet()
    commitment, reveal = exchange.commit("north"), exchange.reveal("north")
    exchange.say("south", "exchange.withdraw")
    exchange.say("south", "exchange.lapse")
    phase, marks, _ = exchange.ends()
    assert phase == "lapsed"
    assert {commitment, reveal} <= set(marks)


def test_between_three_a_default_that_a_reveal_has_crossed_is_declared_anew() -> None:
    exchange = Exchange(3)
    for side in NAMES:
        exchange.commit(side)
        exchange.world.meet()
    exchange.reveal("south")
    exchange.world.meet()
    exchange.reveal("north")
    crossed = exchange.say("south", "exchange.default")
    assert exchange.ends() == ("committed", {crossed: "beaten"}, ["west"])
    exchange.say("south", "exchange.default")
    assert exchange.ends() == ("defaulted", {crossed: "beaten"}, ["west"])
    exchange.reveal("west")
    assert exchange.ends() == ("revealed", {crossed: "beaten"}, [])


def test_a_side_that_commits_second_with_a_short_time_ends_nothing_by_it() -> None:
    exchange = Exchange()
    exchange.commit("south", hours=24)
    exchange.world.meet()
    exchange.commit("north", hours=1)
    exchange.world.meet()
    for side in NAMES[:2]:
        with pytest.raises(OurFault, match="act-void") as refused:
            exchange.say(side, "exchange.default", hours=2)
        assert refused.value.data["why"] == "early"
    # Nor does it where it is signed against the rules.
    at = exchange.world.now + timedelta(hours=2)
    exchange.world.say("north", "exchange.default", facts=FACTS, at=at, checked=False)
    assert exchange.ends() == ("committed", {}, ["north", "south"])
    exchange.say("south", "exchange.default", hours=25)
    assert exchange.ends() == ("defaulted", {}, ["north", "south"])


def test_who_alone_has_kept_back_names_nobody() -> None:
    exchange = Exchange(3)
    for side in NAMES:
        exchange.commit(side)
        exchange.world.meet()
    for side in NAMES[:2]:
        exchange.reveal(side)
    exchange.world.meet()
    with pytest.raises(OurFault, match="act-void") as refused:
        exchange.say("west", "exchange.default")
    assert refused.value.data["why"] == "all-revealed"
    exchange.say("north", "exchange.default")
    assert exchange.ends() == ("defaulted", {}, ["west"])
    assert exchange.world.offices[0].state(exchange.matter).state.slots["declared"] == "north"


def test_of_two_defaults_that_crossed_one_is_kept() -> None:
    exchange = Exchange()
    for side in NAMES[:2]:
        exchange.commit(side)
        exchange.world.meet()
    south, north = (exchange.say(side, "exchange.default") for side in NAMES[:2])
    phase, marks, waits = exchange.ends()
    kept = exchange.world.offices[0].state(exchange.matter).state.slots["declared"]
    assert (phase, waits) == ("defaulted", ["north", "south"])
    assert marks.keys() == {{"south": north, "north": south}[kept]}


def test_a_reveal_of_a_file_that_follows_by_itself_reveals_nothing() -> None:
    exchange = Exchange()
    for side in NAMES[:2]:
        exchange.commit(side)
        exchange.world.meet()
    follows = Enclosed(DIGESTS["south"], "text/plain", None, "large", size=100)
    with pytest.raises(OurFault, match="act-void") as refused:
        exchange.world.say("south", "exchange.reveal", "node", facts=FACTS, enclosures=(follows,))
    assert refused.value.data["why"] == "enclosures"
    exchange.world.say("south", "exchange.reveal", "node", checked=False, facts=FACTS, enclosures=(follows,))
    assert exchange.ends() == ("committed", {}, ["north", "south"])
