"""The machine and the facts on their own: what makes an act void, and that nothing hostile raises anything
else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.procedures.explore import THREE, TWO, Elsewhere, digest, explore, moves
from tests.procedures.outcomes import GOLDEN, lines, outcomes
from yeollak.procedures.catalogue import PROCEDURES, export, named, rules_version
from yeollak.procedures.facts import MAX_ITEMS, TYPES, Fact, fits
from yeollak.procedures.machine import admit, step
from yeollak.procedures.table import Move, Procedure, State, Void

CODES = {
    "all-revealed",
    "copied",
    "due",
    "early",
    "enclosures",
    "facts",
    "forbidden",
    "no-escrow",
    "no-such-item",
    "not-as-of-right",
    "not-revealed",
    "other-charter",
    "other-key",
    "other-text",
    "stale",
    "withheld",
    "written",
}
JSON = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from([procedure.name for procedure in PROCEDURES])


def table(name: str) -> Procedure:
    found = named(name)
    assert found is not None
    return found


def test_every_outcome_is_the_one_that_was_reviewed() -> None:
    """To change one on purpose: `python -m tests.procedures.outcomes`, and read the difference."""
    assert "\n".join(lines()).splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", [procedure.name for procedure in PROCEDURES])
def test_everything_that_can_be_tried_has_a_stated_outcome(name: str) -> None:
    procedure = table(name)
    found = outcomes(procedure)
    assert {kind for _, _, kind in found} == {kind.name for kind in procedure.kinds}
    for said in found.values():
        for outcome in said:
            how, _, what = outcome.partition(" ")
            assert what in (set(procedure.rows) if how == "->" else CODES)


@given(st.sampled_from(sorted(TYPES)), st.booleans(), JSON)
def test_a_fact_of_any_type_judges_any_value(kind: str, many: bool, value: Any) -> None:
    assert Fact("name", kind, many=many).holds(value) in (True, False)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4), NAMES, st.data())
def test_hostile_facts_are_void_and_nothing_else(
    facts: dict[str, Any], name: str, data: st.DataObject
) -> None:
    procedure = table(name)
    kind = data.draw(st.sampled_from(procedure.kinds))
    fields = data.draw(st.lists(st.sampled_from([fact.name for fact in kind.takes]), max_size=4))
    facts |= {field: data.draw(JSON) for field in fields}
    move = Move(id=digest("act"), side="north", kind=kind.name, at="2020-01-01T00:00:00Z", facts=facts)
    code = ""
    try:
        admit(procedure, State(), move, Elsewhere(TWO))
    except Void as refused:
        code = refused.code
    assert code in CODES or fits(kind.named, facts)


def test_a_list_fact_holds_different_values_and_not_too_many() -> None:
    lists = Fact("items", "token", many=True)
    assert lists.holds(["1", "2"])
    assert not any(lists.holds(value) for value in ([], ["1", "1"], "1", [""], [str(n) for n in range(65)]))
    assert lists.holds([str(n) for n in range(MAX_ITEMS)])


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("date", ["2020-02-29"], ["2021-02-29", "20200229", "2020-W01-1", "2020-2-9"]),
        (
            "instant",
            ["2020-06-09T03:00:00Z"],
            ["2020-06-09T03:00:00+00:00", "2020-06-09T25:00:00Z", "2020-06-09"],
        ),
        ("moment", ["2020-06-09", "2020-06-09T03:00:00Z"], ["2020", ""]),
        ("time", ["09:05", "23:59"], ["24:00", "9:05"]),
        ("whole", [0, 2**53 - 1], [-1, 2**53, True, 1.0]),
        ("amount", [{"currency": "KRW", "value": 1}], [{"currency": "KRW", "value": "1"}, {"value": 1}]),
        ("words", [{"ko": "말", "en-GB": "word"}], [{}, {"ko": ""}, {"korean": "x"}, {"en": "x" * 513}]),
        ("key", ["0" * 64], ["0" * 63, "A" * 64]),
    ],
)
def test_types_hold_what_they_say(kind: str, good: list[Any], bad: list[Any]) -> None:
    assert all(TYPES[kind](value) for value in good)
    assert not any(TYPES[kind](value) for value in bad)


SPOILT: list[tuple[str, Callable[[Move], Move]]] = [
    ("facts", lambda move: replace(move, facts={**move.facts, "unknown": "x"})),
    ("facts", lambda move: replace(move, facts={})),
    ("due", lambda move: replace(move, due=None)),
    ("enclosures", lambda move: replace(move, enclosures={digest("x"): "right"})),
    ("forbidden", lambda move: replace(move, side="west")),
    ("unknown", lambda move: replace(move, kind="note.shout")),
]


@pytest.mark.parametrize(("code", "spoil"), SPOILT)
def test_an_act_that_says_other_than_its_kind_may_is_void(code: str, spoil: Callable[[Move], Move]) -> None:
    note = table("note")
    tender = next(move for move in moves(note, State(), TWO) if move.kind == "note.tender")
    assert admit(note, State(), tender, Elsewhere(TWO)).phase == "tendered"
    with pytest.raises(Void, match=f"^{code}$"):
        admit(note, State(), spoil(tender), Elsewhere(TWO))


def test_a_tender_goes_to_one_side_that_must_be_named_among_three() -> None:
    note = table("note")
    tender = next(move for move in moves(note, State(), THREE) if move.kind == "note.tender")
    for to in ({}, {"to": tender.side}, {"to": "west"}):
        facts = {name: value for name, value in tender.facts.items() if name != "to"} | to
        with pytest.raises(Void, match="facts"):
            admit(note, State(), replace(tender, facts=facts), Elsewhere(THREE))
    state = admit(note, State(), tender, Elsewhere(THREE))
    assert list(state.counterparts) == [tender.facts["to"]]


def test_a_side_outside_the_matter_may_remark_and_nothing_else() -> None:
    note = table("note")
    for state in explore(note, THREE).states.values():
        outside = set(THREE) - {state.opener, *state.counterparts}
        if not state.opener or not outside:
            continue
        for move in moves(note, state, THREE):
            if move.side in outside:
                with pytest.raises(Void, match="forbidden"):
                    step(note, state, move, THREE)
        remark = Move(id=digest("r"), side=min(outside), kind="remark", at="2020-01-01T00:00:00Z")
        assert step(note, state, remark, THREE) == state


def test_the_rules_version_names_the_tables_and_not_their_words() -> None:
    text = repr(export())
    assert all(procedure.purpose not in text for procedure in PROCEDURES)
    assert all(kind.name in text for procedure in PROCEDURES for kind in procedure.kinds)
    assert rules_version() == rules_version()
    assert len(bytes.fromhex(rules_version())) == 32
