"""Request: a form that asks for a decision, item by item, with a deadline and what silence is taken for.

Crossing of persons and vehicles, an inquiry, a handover. By consent it is tendered and taken up like a
note; agreed forms and classes as of right go straight. Every item is approved, approved in part or denied
once; a question back changes who waits. What actually happened is each side's own statement.
"""

from __future__ import annotations

from dataclasses import replace

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.note import CONSENT_FACTS, consent_kinds, stages
from yeollak.procedures.shared import (
    ABOUT,
    REASON,
    TO_ONE,
    WHEN,
    agreed_form,
    routed_first,
    same_text,
    tendered_before,
    tendered_text,
)
from yeollak.procedures.skeletons import CLOCK, DELIVERED, consent, everywhere, merge, over
from yeollak.procedures.table import NONE, Join, Move, Past, Procedure, Role, Row, State, Void, Write

DEFAULT = Fact("default", "token", required=False, purpose="What silence will be taken for.")
ITEMS = Fact("items", "token", many=True, purpose="The items to be decided.")


def asked_items(state: State, move: Move, past: Past) -> None:
    """It may decide only items that were asked for (void `no-such-item`)."""
    if not set(move.facts.get("items", ())) <= set(state.slots.get("items", ())):
        raise Void("no-such-item")


def named_items(state: State, move: Move, past: Past) -> None:
    """Where it opens the matter it must say what it is about and what is to be decided (void `facts`), and
    prove what it calls identical (void `other-text`).
    """
    if "items" not in move.facts:
        raise Void("facts")
    routed_first(state, move, past)


def as_tendered(state: State, move: Move, past: Past) -> None:
    """It must deliver exactly the enclosures that were tendered (void `other-text`), and take silence for
    nothing else than the tender said (void `facts`).
    """
    tendered_text(state, move, past)
    if "default" in move.facts and move.facts["default"] != state.slots.get("default"):
        raise Void("facts")


_STAGE_KINDS, _STAGES = stages("request.", "request")
_CONSENT = consent(
    "request.",
    "request.ask",
    "asked",
    tender_guard=tendered_before,
    also=(Write("default", "fact:default"),),
)
_WRITES = (*CLOCK, Write("items", "fact:items"), Write("default", "fact:default"))
_ANSWER = Row(
    Role.COUNTERPART,
    writes=(Write("decision", "fact:decision", keyed="items", once=True),),
    guard=asked_items,
)
_OPEN = {
    "request.answer": _ANSWER,
    "request.inquire": Row(Role.COUNTERPART, to="inquired", writes=CLOCK),
    "request.withdraw": Row(Role.OPENER, to="withdrawn"),
    "request.lapse": Row(Role.OPENER, to="unanswered", lapses=True, answers="waits"),
    "request.urge": Row(Role.OPENER, writes=CLOCK),
}
_HAPPENED = {
    "request.outcome": Row(Role.EITHER, writes=(Write("outcome", "fact:result", each=True, once=True),))
}
_ROUTED = {
    "request.route": Row(
        Role.EITHER, writes=(Write("route", "fact:copy", each=True, keyed="route"),), guard=same_text
    )
}
_ASKED = ("asked", "routed", "inquired", "answered", "unanswered", "unsupplied")
_DEAD = ("refused", "withdrawn", "lapsed", "undelivered")

_BASE = merge(
    _CONSENT.rows,
    {
        NONE: {
            "request.ask": Row(
                Role.OPENER, to="asked", writes=(Write("text", "digests"), *_WRITES), guard=agreed_form
            ),
            "request.route": Row(
                Role.OPENER,
                to="routed",
                writes=(*_WRITES, Write("route", "fact:copy", each=True, keyed="route")),
                guard=named_items,
            ),
        },
        "asked": _OPEN,
        "routed": _OPEN,
        "inquired": {
            "request.supply": Row(Role.OPENER, to="asked", writes=CLOCK, answers="waits"),
            "request.answer": _ANSWER,
            "request.lapse": Row(Role.COUNTERPART, to="unsupplied", lapses=True, answers="waits"),
            "request.withdraw": Row(Role.OPENER, to="withdrawn"),
        },
        "answered": {},
        "unanswered": {},
        "unsupplied": {},
    },
    everywhere((*_ASKED, "withdrawn", "lapsed"), _HAPPENED),
    everywhere((*_ASKED, "withdrawn", "lapsed"), _STAGES),
    everywhere(("tendered", "taken", *_DEAD, *_ASKED), _ROUTED),
)
# Delivery states the items, which a tender keeps back.
_BASE["taken"]["request.ask"] = Row(
    Role.OPENER, to="asked", clears=DELIVERED, writes=_WRITES, guard=as_tendered
)

REQUEST = Procedure(
    name="request",
    family="request",
    skeleton="ask/answer",
    purpose="Asks another side for a decision on one item or several.",
    kinds=(
        *consent_kinds(
            "request.", "request", (TO_ONE, replace(ITEMS, required=False), DEFAULT), offered=(DEFAULT,)
        ),
        Kind(
            "request.ask",
            "Delivers the request: after take-up, or straight where an agreed form or class allows it.",
            facts=(TO_ONE, *CONSENT_FACTS, ITEMS, DEFAULT, WHEN),
            due=Due.MUST,
            releases=frozenset({"right", "large", "named"}),
        ),
        Kind(
            "request.answer",
            "Decides items of the request.",
            facts=(
                ITEMS,
                Fact("decision", "token", choices=("approved", "in-part", "denied"), purpose="The decision."),
                REASON,
                WHEN,
            ),
        ),
        Kind("request.inquire", "Asks for more information first.", facts=(ABOUT, WHEN), due=Due.MUST),
        Kind(
            "request.supply", "Gives the information that was asked for.", facts=(ABOUT, WHEN), due=Due.MUST
        ),
        *_STAGE_KINDS,
        Kind(
            "request.outcome",
            "States what actually happened.",
            facts=(
                Fact("result", "token", choices=("done", "in-part", "not-done"), purpose="What happened."),
                ABOUT,
                WHEN,
            ),
        ),
    ),
    rows=_BASE,
    pairs=(
        *_CONSENT.pairs,
        *over(("request.lapse",), Role.OPENER, ("request.answer", "request.inquire"), Role.COUNTERPART),
        *over(
            ("request.answer", "request.inquire"),
            Role.COUNTERPART,
            ("request.withdraw", "request.urge"),
            Role.OPENER,
        ),
        *over(("request.answer",), Role.COUNTERPART, ("request.supply",), Role.OPENER),
        *over(("request.supply",), Role.OPENER, ("request.lapse",), Role.COUNTERPART),
        *over(("request.lapse",), Role.COUNTERPART, ("request.withdraw",), Role.OPENER),
    ),
    joins=tuple(
        Join(phase, "decision", "answered", items="items") for phase in ("asked", "routed", "inquired")
    ),
)

TABLES = (REQUEST,)
