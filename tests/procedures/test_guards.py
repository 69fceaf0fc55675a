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


def test_a_copied_commitment_is_void_and_a_default_waits_for_the_latest_time() -> None:
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
    # The time of every commitment must be over, not only that of the side's own.
    for at in ("2029-12-31T23:59:59Z", "2030-12-31T23:59:59Z"):
        with pytest.raises(Void, match="early"):
            admit(EXCHANGE, opened, act("south", "default", at), past)
    declared = admit(EXCHANGE, opened, act("south", "default", "2031-01-01T00:00:00Z"), past)
    assert (declared.phase, declared.slots["declared"]) == ("defaulted", "south")
    # North alone has kept its text back: there is nobody whom it could name.
    with pytest.raises(Void, match="all-revealed"):
        admit(EXCHANGE, opened, act("north", "default", LATE), past)
    assert admit(EXCHANGE, opened, act("north", "reveal", "2020-01-03T00:00:00Z"), past).phase == "revealed"


def test_commitments_name_one_form_that_every_side_has_agreed_to() -> None:
    past = Elsewhere(TWO)

    def on(move: Move, form: str | None) -> Move:
        return replace(move, facts={**move.facts, **({"form": form} if form else {})})

    south, north = _commit("south", "list"), _commit("north", "other")
    with pytest.raises(Void, match="no-such-form"):
        admit(EXCHANGE, State(), on(south, "roster.1"), past)
    past.matters = {past.natural("form", "form/roster.1"): State("adopted")}
    first = admit(EXCHANGE, State(), on(south, "roster.1"), past)
    for form in (None, "form.1"):
        with pytest.raises(Void, match="other-form"):
            admit(EXCHANGE, first, on(north, form), past)
    assert admit(EXCHANGE, first, on(north, "roster.1"), past).phase == "committed"
    with pytest.raises(Void, match="other-form"):
        admit(EXCHANGE, admit(EXCHANGE, State(), south, past), on(north, "form.1"), past)


def test_nothing_is_handed_over_whose_bytes_may_never_come() -> None:
    past = Elsewhere(TWO)
    both = admit(EXCHANGE, admit(EXCHANGE, State(), _commit("south", "a"), past), _commit("north", "b"), past)

    def hands(kind: str, release: str) -> Move:
        return Move(
            id=digest(kind),
            side="south",
            kind=kind,
            at="2020-01-02T00:00:00Z",
            facts={"round": "1"},
            enclosures={digest("a"): release},
        )

    for kind, slot in (("exchange.reveal", "revealed"), ("exchange.deposit", "deposited")):
        with pytest.raises(Void, match="enclosures"):
            admit(EXCHANGE, both, hands(kind, "large"), past)
        given = admit(EXCHANGE, both, hands(kind, "right"), past)
        assert given.of(slot, "south") == digest(kind)
        objection = Move(
            id=digest("objection"),
            side="north",
            kind="exchange.object",
            at="2020-01-02T00:00:00Z",
            facts={"round": "1", "of": "south"},
        )
        assert admit(EXCHANGE, given, objection, past).slots["objection/south/north"] == digest("objection")
        with pytest.raises(Void, match="not-revealed"):
            admit(EXCHANGE, both, objection, past)


def test_a_reveal_stands_before_a_default_and_a_lapse_before_a_commitment() -> None:
    """Else who holds the text could have the other shown in default; or an old commitment, held back, would
    open what its round has ended.
    """
    pairs = {(first[0], second[0]) for first, second in EXCHANGE.pairs}
    assert ("exchange.reveal", "exchange.default") in pairs
    assert ("exchange.lapse", "exchange.commit") in pairs
    assert not {("exchange.reveal", "exchange.lapse"), ("exchange.default", "exchange.reveal")} & pairs
    assert "exchange.default" not in EXCHANGE.rows["open"]
    assert "exchange.lapse" not in EXCHANGE.rows["committed"]


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
        state = State(phase, {**stated, "due": "2020-01-05T00:00:00Z", "lapse": digest("lapse"), **slots})
        return Elsewhere(
            TWO, terms=terms, matters={nomination: state}, had={"north": had} if had is not None else {}
        )

    in_time = "2020-01-03T00:00:00Z"

    assert admit(POSTING, State(), post, past("consented")).phase == "appointed"
    assert admit(POSTING, State(), post, Elsewhere(TWO)).phase == "appointed"
    lenient = {**strict, "agrement_silence": "consent"}
    silent = past("lapsed", terms=lenient, had=in_time)
    assert admit(POSTING, State(), post, silent).phase == "appointed"
    refused = (
        past("nominated"),
        past("objected"),
        past("lapsed"),
        past("consented", opener="north"),
        past("consented", nominated="duty"),
        past("consented", key=digest("another key")),
        past("lapsed", terms=lenient),  # nobody was asked
        past("lapsed", terms=lenient, had=in_time, unnamed=digest("unname")),  # it was taken back
        replace(silent, spoken={"posting.object"}),  # an objection that the lapse had not seen
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
