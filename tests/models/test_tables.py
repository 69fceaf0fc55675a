"""The tables that the models fold by are those of the procedures, and lack nothing that decides."""

from __future__ import annotations

import dataclasses

import pytest

from tools.promela import EXCERPTS, Excerpt, header, headers
from tools.spin import MODELS
from yeollak.procedures.table import Procedure, Role, Row, State, Write

EACH = pytest.mark.parametrize("excerpt", EXCERPTS, ids=lambda excerpt: excerpt.name)


def changed(excerpt: Excerpt, phase: str, kind: str, row: Row) -> Excerpt:
    """The excerpt of a table that has another row."""
    name = excerpt.stem + kind
    rows = {**excerpt.procedure.rows, phase: {**excerpt.procedure.rows[phase], name: row}}
    return dataclasses.replace(excerpt, procedure=dataclasses.replace(excerpt.procedure, rows=rows))


def test_headers_are_those_of_the_tables() -> None:
    made = headers()
    assert set((MODELS / "tables").iterdir()) == set(made)
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: python -m tools.promela"


@EACH
def test_any_change_of_a_row_or_pair_changes_the_header(excerpt: Excerpt) -> None:
    before = header(excerpt)
    for phase, kind, row in list(excerpt.rows()):
        other = Role.COUNTERPART if row.by is not Role.COUNTERPART else Role.OPENER
        if phase != "none":
            assert header(changed(excerpt, phase, kind, dataclasses.replace(row, by=other))) != before
        slot = next(iter(excerpt.slots()))
        for another in (
            dataclasses.replace(row, answers=None if row.answers else slot),
            dataclasses.replace(row, clears=(*row.clears, slot)),
            dataclasses.replace(row, writes=(*row.writes, Write("another"))),
            dataclasses.replace(row, own=slot if row.own is None else None),
        ):
            assert header(changed(excerpt, phase, kind, another)) != before
    for pair in excerpt.pairs():
        pairs = tuple(one for one in excerpt.procedure.pairs if one != pair)
        fewer = dataclasses.replace(excerpt, procedure=dataclasses.replace(excerpt.procedure, pairs=pairs))
        assert header(fewer) != before
    none = dataclasses.replace(excerpt, procedure=dataclasses.replace(excerpt.procedure, joins=()))
    assert (header(none) != before) == bool(excerpt.joins())


@EACH
def test_what_cannot_be_said_in_promela_is_refused(excerpt: Excerpt) -> None:
    def strange(state: State, move: object, past: object) -> None:
        """A guard that no model knows."""

    phase, kind, row = list(excerpt.rows())[1]
    for another in (
        dataclasses.replace(row, guard=strange),
        dataclasses.replace(row, writes=(Write("item", keyed="item"),)),
        dataclasses.replace(row, turns=("how", {"so": phase})),
    ):
        with pytest.raises(ValueError, match=excerpt.name):
            header(changed(excerpt, phase, kind, another))


@EACH
def test_kinds_left_out_change_no_phase_of_the_excerpt_and_are_in_no_pair_with_its_kinds(
    excerpt: Excerpt,
) -> None:
    procedure: Procedure = excerpt.procedure
    kept = {excerpt.stem + kind for kind in excerpt.kinds}
    # What begins only once the text is in force, or opens the matter in another way, is another business.
    before = [phase for phase in excerpt.phases() if phase not in ("none", "in-force")]
    for phase in before:
        for kind, row in procedure.rows[phase].items():
            if kind not in kept:
                assert row.targets(phase) == {phase}, f"{kind} moves {phase} and the model lacks it"
                slots = {write.slot for write in row.writes} | {clear.split("/")[0] for clear in row.clears}
                assert not slots & set(excerpt.slots()), f"{kind} touches what the model keeps"
    for first, second in procedure.pairs:
        assert (first[0] in kept) == (second[0] in kept), (first, second)
