"""Every table, over every state that it can reach with two and with three parties."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from tests.procedures.explore import THREE, TWO, World, applied, explore
from yeollak.procedures.catalogue import PROCEDURES, table
from yeollak.procedures.kinds import COMMON, Due
from yeollak.procedures.machine import beats, roles, row_for, step
from yeollak.procedures.table import NONE, Move, Procedure, Role, Row, State, Void


def may_cross(procedure: Procedure, state: State) -> bool:
    """Two sides open one matter only where it has a natural key that nobody owns."""
    return state.phase != NONE or (procedure.key is not None and not procedure.key.owned)


EACH = pytest.mark.parametrize("name", [procedure.name for procedure in PROCEDURES])
WORLDS = pytest.mark.parametrize(
    ("name", "parties"), [(procedure.name, parties) for procedure in PROCEDURES for parties in (TWO, THREE)]
)


@cache
def world(name: str, parties: tuple[str, ...]) -> World:
    return explore(table(name), parties)


@cache
def crossings(
    name: str, parties: tuple[str, ...]
) -> tuple[frozenset[tuple[str, str, str]], frozenset[object], frozenset[object]]:
    """(what neither commutes nor is listed, the pairs that were needed, the kinds where place decides)."""
    procedure, found = table(name), world(name, parties)
    unlisted: set[tuple[str, str, str]] = set()
    needed: set[object] = set()
    placed: set[object] = set()
    for state in found.states.values():
        possible = [move for move, _ in found.possible(state)] if may_cross(procedure, state) else []
        for one, other in itertools.combinations(possible, 2):
            if one.side == other.side:
                continue
            # Not the state alone: place must not decide either which of the two is shown as overtaken.
            if applied(procedure, state, (one, other), parties) == applied(
                procedure, state, (other, one), parties
            ):
                continue
            if one.kind == other.kind and procedure.rows[state.phase][one.kind].cross == "same":
                if step(procedure, state, one, parties) != step(procedure, state, other, parties):
                    unlisted.add((state.phase, one.kind, other.kind))
                continue
            opened = step(procedure, state, one, parties)
            listed = [
                pair
                for pair in procedure.pairs
                for first, second in ((one, other), (other, one))
                if (pair[0][0], pair[1][0]) == (first.kind, second.kind)
                and pair[0][1] in roles(procedure, opened, first.side, parties)
                and pair[1][1] in roles(procedure, opened, second.side, parties)
            ]
            rows = procedure.rows[state.phase]
            if listed:
                needed.update(listed)
            elif one.kind == other.kind and rows[one.kind].cross == "first":
                placed.add(one.kind)
            else:
                unlisted.add((state.phase, min(one.kind, other.kind), max(one.kind, other.kind)))
    return frozenset(unlisted), frozenset(needed), frozenset(placed)


@WORLDS
def test_acts_of_two_sides_commute_or_are_listed(name: str, parties: tuple[str, ...]) -> None:
    assert sorted(crossings(name, parties)[0]) == []


@EACH
def test_every_listed_pair_is_needed(name: str) -> None:
    needed = crossings(name, TWO)[1] | crossings(name, THREE)[1]
    assert [pair for pair in table(name).pairs if pair not in needed] == []


#: The only acts where the order of the sides in the charter decides, and what the loser is shown as.
PLACED = {
    "agreement": {"agreement.redraft"},
    "amendment": {"amendment.draft", "amendment.redraft"},
    "dissolution": {"dissolution.draft", "dissolution.redraft"},
    "exchange": {"exchange.default"},
    "form": {"form.draft", "form.redraft"},
    "meeting": {"meeting.counter", "meeting.minutes", "meeting.redraft"},
    "note": {"note.hold"},
    "obligation": {"obligation.counter"},
    "project": {"project.counter"},
    "series": {"series.counter"},
    "suspension": {"suspension.counter", "suspension.end-counter", "suspension.end-propose"},
}


@EACH
def test_place_decides_only_where_it_is_said(name: str) -> None:
    procedure = table(name)
    said = {kind for rows in procedure.rows.values() for kind, row in rows.items() if row.cross == "first"}
    assert said == PLACED.get(name, set())
    assert said == crossings(name, TWO)[2] | crossings(name, THREE)[2]


@WORLDS
def test_a_second_of_the_same_kind_is_what_the_row_says(name: str, parties: tuple[str, ...]) -> None:
    procedure, found = table(name), world(name, parties)
    for state in found.states.values():
        possible = [move for move, _ in found.possible(state)] if may_cross(procedure, state) else []
        for one, other in itertools.combinations(possible, 2):
            if one.side == other.side or one.kind != other.kind:
                continue
            after, lost = applied(procedure, state, (one, other), parties)
            cross = procedure.rows[state.phase][one.kind].cross
            if cross == "both":
                assert not lost, (state.phase, one.kind)
            else:
                # The second is without effect: what the first made stands.
                assert after == step(procedure, state, one, parties), (state.phase, one.kind)


@EACH
def test_pairs_are_acyclic(name: str) -> None:
    edges: dict[tuple[str, Role], set[tuple[str, Role]]] = {}
    apart = {Role.EITHER: (Role.OPENER, Role.COUNTERPART, Role.EITHER)}
    for (first, first_role), (second, second_role) in table(name).pairs:
        for one in apart.get(first_role, (first_role,)):
            for other in apart.get(second_role, (second_role,)):
                edges.setdefault((first, one), set()).add((second, other))
    done: set[tuple[str, Role]] = set()

    def visit(node: tuple[str, Role], path: tuple[tuple[str, Role], ...]) -> None:
        assert node not in path, path
        if node not in done:
            for other in edges.get(node, ()):
                visit(other, (*path, node))
            done.add(node)

    for node in list(edges):
        visit(node, ())


@EACH
def test_every_phase_is_reached_and_stands_in_the_table(name: str) -> None:
    procedure = table(name)
    for parties in (TWO, THREE):
        assert world(name, parties).phases == set(procedure.rows)


@WORLDS
def test_every_phase_has_a_way_out_unless_it_is_terminal(name: str, parties: tuple[str, ...]) -> None:
    found = world(name, parties)
    terminal = table(name).terminal
    phase = {key: state.phase for key, state in found.states.items()}
    for start, state in found.states.items():
        if state.phase in terminal:
            assert all(phase[key] == state.phase for key in found.edges[start])
            continue
        seen, waiting = {start}, [start]
        while waiting and all(phase[key] == state.phase for key in seen):
            reached = found.edges[waiting.pop()] - seen
            seen |= reached
            waiting += reached
        assert any(phase[key] != state.phase for key in seen), state


@WORLDS
def test_whoever_sets_a_time_can_end_the_waiting(name: str, parties: tuple[str, ...]) -> None:
    """After every act with a `due`, some side may sign the lapse, or a joint step has ended the matter's
    waiting.
    """
    procedure, found = table(name), world(name, parties)
    for state in found.states.values():
        for move, after in found.possible(state):
            kind = procedure.kind(move.kind)
            assert kind is not None
            if kind.due == Due.NO or move.kind not in procedure.rows[state.phase]:
                continue
            row = procedure.rows[state.phase][move.kind]
            if not any(write.value == "due" for write in row.writes):
                # It speaks of another route in a matter whose clock runs already.
                assert kind.due == Due.MAY
                assert row.targets(state.phase) == {state.phase}
                continue
            lapses = [
                other for other, _ in found.possible(after) if procedure.rows[after.phase][other.kind].lapses
            ]
            assert lapses, (state.phase, move.kind, move.side, after.phase)


@EACH
def test_a_joint_phase_needs_every_sides_own_act(name: str) -> None:
    procedure = table(name)
    joint = {join.to for join in procedure.joins if join.items is None}
    for parties in (TWO, THREE):
        for silent in parties:
            reached = explore(procedure, parties, silent=[silent]).phases
            # In a works of one side `accepted` needs the others; the silent one is never left out of a
            # joint phase.
            assert not reached & joint


@WORLDS
def test_no_side_writes_another_sides_slot(name: str, parties: tuple[str, ...]) -> None:
    found = world(name, parties)
    for state in found.states.values():
        for move, after in found.possible(state):
            for slot, value in after.slots.items():
                owner = slot.rsplit("/", 1)[-1]
                if "/" in slot and owner in parties and owner != move.side:
                    assert state.slots.get(slot) == value, (move.kind, slot)


@EACH
def test_owned_matters_are_their_owners_alone(name: str) -> None:
    procedure = table(name)
    if procedure.key is not None:
        wanted = Role.OPENER if procedure.key.owned else Role.EITHER
        assert {row.by for rows in procedure.rows.values() for row in rows.values()} <= {wanted}
    else:
        assert {row.by for row in procedure.rows[NONE].values()} == {Role.OPENER}


@EACH
def test_rows_and_kinds_name_each_other(name: str) -> None:
    procedure = table(name)
    kinds = {kind.name for kind in procedure.kinds}
    assert {kind for rows in procedure.rows.values() for kind in rows} == kinds
    for rows in procedure.rows.values():
        for kind_name, row in rows.items():
            kind = procedure.kind(kind_name)
            assert kind is not None
            facts = {fact.name: fact for fact in kind.facts}
            for write in row.writes:
                if write.value.startswith("fact:"):
                    assert write.value[5:] in facts, (kind_name, write)
                if write.keyed is not None:
                    assert facts[write.keyed].type in ("token", "date", "digest", "side")
                if write.value == "due":
                    assert kind.due != Due.NO
            if row.turns is not None:
                assert facts[row.turns[0]].required
                assert set(facts[row.turns[0]].choices) == set(row.turns[1])
            assert not row.lapses or kind.due == Due.NO
    if procedure.key is not None:
        for opening in procedure.rows[NONE]:
            kind = procedure.kind(opening)
            assert kind is not None
            required = {fact.name for fact in kind.facts if fact.required}
            assert set(procedure.key.parts) - {"side"} <= required


@WORLDS
def test_remarks_and_reservations_change_nothing(name: str, parties: tuple[str, ...]) -> None:
    procedure = table(name)
    for state in world(name, parties).states.values():
        for kind in COMMON:
            move = Move(id="0" * 64, side=parties[0], kind=kind, at="2020-01-01T00:00:00Z")
            if state.phase == NONE:
                with pytest.raises(Void):
                    row_for(procedure, state, move, parties)
            else:
                assert row_for(procedure, state, move, parties) == Row(Role.EITHER)
                assert step(procedure, state, move, parties) == state


def test_beats_reads_the_roles_of_both_sides() -> None:
    note = table("note")
    state = State("tendered", {"opener": "south", "to": ["north"]})

    def move(side: str, kind: str) -> Move:
        return Move(id=kind, side=side, kind=kind, at="2020-01-01T00:00:00Z")

    assert beats(note, state, move("south", "note.lapse"), move("north", "note.take"), TWO)
    assert not beats(note, state, move("north", "note.lapse"), move("south", "note.take"), TWO)
    assert not beats(note, state, move("north", "note.take"), move("south", "note.lapse"), TWO)
