"""Simultaneous exchange, nominations and links to minutes: what their guards hold, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.procedures.explore import LATE, TWO, Elsewhere, digest
from yeollak.procedures.agreement import AGREEMENT
from yeollak.procedures.exchange import EXCHANGE
from yeollak.procedures.machine import admit, awaited, possible
from yeollak.procedures.posting import POSTING
from yeollak.procedures.table import Move, State, Void


def _commit(side: str, what: str, due: str = "2030-01-01T00:00:00Z") -> Move:
    return Move(
        id=digest(side, what),
        side=side,
        kind="exchange.commit",
        at="2020-01-01T00:00:00Z",
        facts={"round": "1", "subject": {"en": "Rosters"}},
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
    assert both.phase == "committed"
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

    with pytest.raises(Void, match="other-text"):
        admit(EXCHANGE, both, replace(act("south", "reveal", LATE), enclosures={digest("x"): "right"}), past)
    opened = admit(EXCHANGE, both, act("south", "reveal", "2020-01-02T00:00:00Z"), past)
    assert "exchange.reveal" in [kind.name for kind, _ in possible(EXCHANGE, opened, "north", TWO)]
    assert "exchange.reveal" not in [kind.name for kind, _ in possible(EXCHANGE, opened, "south", TWO)]
    with pytest.raises(Void, match="early"):
        admit(EXCHANGE, opened, act("south", "lapse", "2029-12-31T23:59:59Z"), past)
    assert admit(EXCHANGE, opened, act("south", "lapse", "2030-01-01T00:00:00Z"), past).phase == "defaulted"
    assert admit(EXCHANGE, opened, act("north", "reveal", "2020-01-03T00:00:00Z"), past).phase == "revealed"


def test_a_posting_that_needs_agrement_reads_it_in_its_past() -> None:
    """Agrément: where the charter asks for it, an appointment needs a consent that lies in its past (rule
    4).
    """
    nomination = digest("nomination")
    post = Move(
        id=digest("post"),
        side="south",
        kind="posting.appoint",
        at="2020-01-01T00:00:00Z",
        facts={"function": "co-head", "key": digest("key"), "nomination": nomination},
        function="authority",
    )
    strict = {"agrement": ["co-head"]}

    def past(
        phase: str, terms: Mapping[str, Any] = strict, had: str | None = None, **slots: Any
    ) -> Elsewhere:
        stated = {"opener": "south", "to": ["north"], "nominated": "co-head", "key": digest("key")}
        state = State(phase, {**stated, "due": "2020-01-05T00:00:00Z", **slots})
        return Elsewhere(
            TWO, terms=terms, matters={nomination: state}, had={"north": had} if had is not None else {}
        )

    assert admit(POSTING, State(), post, past("consented")).phase == "appointed"
    assert admit(POSTING, State(), post, Elsewhere(TWO)).phase == "appointed"
    lenient = {**strict, "agrement_silence": "consent"}
    silent = past("lapsed", terms=lenient, had="2020-01-03T00:00:00Z")
    assert admit(POSTING, State(), post, silent).phase == "appointed"
    refused = (
        past("nominated"),
        past("objected"),
        past("lapsed"),
        past("consented", opener="north"),
        past("consented", nominated="duty"),
        past("consented", key=digest("another key")),
        past("lapsed", terms=lenient),  # nobody was asked
        past("lapsed", terms=lenient, had="2020-01-03T00:00:01Z"),  # asked too late to answer
        Elsewhere(TWO, terms=strict),
    )
    for elsewhere in refused:
        with pytest.raises(Void, match="no-agrement"):
            admit(POSTING, State(), post, elsewhere)


def test_an_outcome_of_signed_minutes_is_carried_out_by_what_it_opens() -> None:
    meeting = digest("meeting")
    draft = Move(
        id=digest("draft"),
        side="north",
        kind="agreement.draft",
        at="2020-01-01T00:00:00Z",
        facts={
            "subject": {"en": "Forestry"},
            "text": digest("t"),
            "parent": meeting,
            "outcome": "agreement-1",
        },
        due="2020-02-01T00:00:00Z",
    )

    def past(phase: str, *outcomes: str, by: tuple[str, ...] = TWO) -> Elsewhere:
        signed = {f"signed/{side}": digest("minutes") for side in by}
        return Elsewhere(TWO, matters={meeting: State(phase, {"outcomes": list(outcomes), **signed})})

    assert admit(AGREEMENT, State(), draft, past("signed", "agreement-1", "project-1")).phase == "drafted"
    for elsewhere in (
        past("minuted", "agreement-1"),
        past("signed", "project-1"),
        past("signed"),
        past("signed", "agreement-1", by=("north",)),
        Elsewhere(TWO),
    ):
        with pytest.raises(Void, match="no-such-outcome"):
            admit(AGREEMENT, State(), draft, elsewhere)
