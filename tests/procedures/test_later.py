"""The machine against tables that are not there yet: simultaneous exchange, and a posting that needs
agrément.

They are built here from the public parts alone, and held to the same exhaustive tests, so that completing the
procedures asks for no change of the machine.
"""

from __future__ import annotations

import pytest

from tests.procedures import test_tables as tables
from tests.procedures.explore import EXTRA, LATE, THREE, TWO, Elsewhere, digest
from yeollak.procedures.facts import Fact
from yeollak.procedures.machine import admit, awaited, possible
from yeollak.procedures.skeletons import consent
from yeollak.procedures.table import (
    NONE,
    Due,
    Join,
    Key,
    Kind,
    Move,
    Past,
    Procedure,
    Role,
    Row,
    State,
    Void,
    Write,
)


def not_copied(state: State, move: Move, past: Past) -> None:
    theirs = [
        value
        for slot, value in state.slots.items()
        if slot.startswith("sealed/") and not slot.endswith(move.side)
    ]
    if any(set(move.enclosures) & set(digests) for digests in theirs):
        raise Void("copied")


def as_sealed(state: State, move: Move, past: Past) -> None:
    if sorted(move.enclosures) != state.of("sealed", move.side):
        raise Void("other-text")


_COMMIT = Row(
    Role.EITHER,
    to="sealing",
    writes=(
        Write("sealed", "digests", each=True, once=True),
        Write("due", "due", each=True),
        Write("commitment", each=True),
    ),
    guard=not_copied,
)
EXCHANGE = Procedure(
    name="exchange",
    family="exchange",
    skeleton="commit/reveal",
    purpose="Simultaneous exchange.",
    kinds=(
        Kind(
            "exchange.commit",
            "Commits to a list.",
            (Fact("round", "token"),),
            due=Due.MUST,
            releases=frozenset({"reveal"}),
        ),
        Kind(
            "exchange.reveal", "Reveals the list.", (Fact("round", "token"),), releases=frozenset({"right"})
        ),
        Kind("exchange.default", "States that another side did not reveal.", (Fact("round", "token"),)),
    ),
    rows={
        NONE: {"exchange.commit": _COMMIT},
        "sealing": {
            "exchange.commit": _COMMIT,
            "exchange.default": Row(Role.EITHER, to="unsealed", lapses=True, own="sealed", cross="same"),
        },
        "sealed": {
            "exchange.reveal": Row(
                Role.EITHER, writes=(Write("opened", each=True, once=True),), guard=as_sealed
            ),
            "exchange.default": Row(Role.EITHER, to="defaulted", lapses=True, own="opened", cross="same"),
        },
        "unsealed": {},
        "defaulted": {},
        "exchanged": {},
    },
    pairs=(
        (("exchange.commit", Role.EITHER), ("exchange.default", Role.EITHER)),
        (("exchange.reveal", Role.EITHER), ("exchange.default", Role.EITHER)),
    ),
    joins=(Join("sealing", "sealed", "sealed"), Join("sealed", "opened", "exchanged")),
    key=Key(parts=("round",), prefix="exchange/"),
)
EXTRA["exchange"] = EXCHANGE


@pytest.mark.parametrize("parties", [TWO, THREE])
def test_an_exchange_passes_every_test_of_a_table(parties: tuple[str, ...]) -> None:
    tables.test_acts_of_two_sides_commute_or_are_listed("exchange", parties)
    tables.test_a_second_of_the_same_kind_is_what_the_row_says("exchange", parties)
    tables.test_every_phase_has_a_way_out_unless_it_is_terminal("exchange", parties)
    tables.test_no_side_writes_another_sides_slot("exchange", parties)
    tables.test_every_listed_pair_is_needed("exchange")
    tables.test_every_phase_is_reached_and_stands_in_the_table("exchange")
    tables.test_a_joint_phase_needs_every_sides_own_act("exchange")


def _commit(side: str, what: str, due: str = "2030-01-01T00:00:00Z") -> Move:
    return Move(
        id=digest(side, what),
        side=side,
        kind="exchange.commit",
        at="2020-01-01T00:00:00Z",
        facts={"round": "1"},
        due=due,
        enclosures={digest(what): "reveal"},
    )


def test_a_copied_commitment_is_void_and_a_side_waits_for_its_own_time() -> None:
    past = Elsewhere(TWO)
    first = admit(EXCHANGE, State(), _commit("south", "list"), past)
    assert awaited(EXCHANGE, first, TWO) == {"north"}
    with pytest.raises(Void, match="copied"):
        admit(EXCHANGE, first, _commit("north", "list"), past)
    both = admit(EXCHANGE, first, _commit("north", "other", due="2031-01-01T00:00:00Z"), past)
    assert both.phase == "sealed"
    assert both.of("due", "south") == "2030-01-01T00:00:00Z"

    def act(side: str, kind: str, at: str) -> Move:
        return Move(
            id=digest(side, kind),
            side=side,
            kind=f"exchange.{kind}",
            at=at,
            facts={"round": "1"},
            enclosures={digest({"south": "list", "north": "other"}[side]): "right"}
            if kind == "reveal"
            else {},
        )

    with pytest.raises(Void, match="forbidden"):
        admit(EXCHANGE, both, act("south", "default", LATE), past)
    opened = admit(EXCHANGE, both, act("south", "reveal", "2020-01-02T00:00:00Z"), past)
    assert [kind.name for kind, _ in possible(EXCHANGE, opened, "north", TWO)] == ["exchange.reveal"]
    with pytest.raises(Void, match="early"):
        admit(EXCHANGE, opened, act("south", "default", "2029-12-31T23:59:59Z"), past)
    assert admit(EXCHANGE, opened, act("south", "default", "2030-01-01T00:00:00Z"), past).phase == "defaulted"
    assert admit(EXCHANGE, opened, act("north", "reveal", "2020-01-03T00:00:00Z"), past).phase == "exchanged"


def test_a_guard_reads_another_matter_in_its_past() -> None:
    """Agrément: where the charter asks for it, an appointment needs a consent that lies in its past (rule
    4).
    """
    agrement = consent("agrement.", "agrement.present", "presented")
    assert "agrement.take" in agrement.rows["tendered"]

    def agreed(state: State, move: Move, past: Past) -> None:
        if past.terms.get("agrement") and past.state(str(move.facts.get("agrement"))).phase != "granted":
            raise Void("no-agrement")

    posting = Procedure(
        name="posting-by-consent",
        family="posting",
        skeleton="status",
        purpose="Posting with agrément.",
        kinds=(Kind("posting.post", "Posts.", (Fact("agrement", "digest", required=False),)),),
        rows={NONE: {"posting.post": Row(Role.OPENER, to="posted", guard=agreed)}, "posted": {}},
    )
    matter = digest("agrement")
    post = Move(
        id=digest("post"),
        side="south",
        kind="posting.post",
        at="2020-01-01T00:00:00Z",
        facts={"agrement": matter},
    )
    strict = {"agrement": True}
    granted = Elsewhere(TWO, terms=strict, matters={matter: State("granted")})
    assert admit(posting, State(), post, granted).phase == "posted"
    with pytest.raises(Void, match="no-agrement"):
        admit(posting, State(), post, Elsewhere(TWO, terms=strict))
