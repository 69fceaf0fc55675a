"""The digest of the state that rests on kept lines is the one that is derived afresh, over random records:
acts that cross, that come late, that are void or overtaken, in any order, and whatever lines are there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from django.db import connections

from tests.office.reference import folded
from tests.office.test_worlds import arrivals, everything
from tests.office.world import World, keys_of, rng, seed
from tests.storage.nodes import Nodes
from tests.storage.test_tallies import NOW, world_of
from yeollak.office import state
from yeollak.office.fold import Folded
from yeollak.office.folds import MatterFolds
from yeollak.office.office import Office
from yeollak.office.propose import Draft, document, sign
from yeollak.procedures.catalogue import table
from yeollak.storage import lining, models, projection, reading, state_lines
from yeollak.storage.folding import entry_row
from yeollak.storage.journal import Journal
from yeollak.storage.lining import Lining
from yeollak.storage.own_register import Maker, NewAct
from yeollak.storage.reading import OfficeView
from yeollak.storage.rebuild import rebuild

RUNS = 10


def afresh(office: Office, frontier: Sequence[int]) -> str:
    """The digest by the words of the specification and the plainest fold, from nothing."""
    lines = []
    for matter in office.ledger.matters():
        named = office.ledger.matter(matter)
        acts = [one for one in named if not one.void and one.index < frontier[one.place]]
        if acts:
            now, marks = folded(table(acts[0].procedure), acts, office.parties)
            said = {"marks": marks, "phase": now.phase, "slots": dict(now.slots)}
            text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=dict)
            lines.append(f"{matter} {hashlib.sha256(text.encode()).hexdigest()}\n")
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def hold(journal: Journal, view: OfficeView, world: World, have: Sequence[int]) -> None:
    """Let the store hold so much of every register."""
    for place, size in enumerate(have):
        with journal.atomic():
            head = journal._head(view, place)
            entries = [(index, world.whole.entry(place, index)) for index in range(head.size, size)]
            rows = [entry_row(view.id, place, at, one.statement, one.document, 0) for at, one in entries]
            journal._store(view, head, rows, {})


def points(chance: Random, office: Office) -> Iterator[tuple[int, ...]]:
    """What an act may have seen, and what none may have: some frontiers within what is counted."""
    acts = everything(office)
    for one in chance.sample(acts, min(3, len(acts))):
        yield one.vector
        yield one.after
    yield tuple(chance.randint(0, size) for size in office.frontier())
    yield office.frontier()


def spoil(chance: Random, view: OfficeView) -> None:
    """What other programs leave behind: no line, one by other rules, one that more acts have come after."""
    for row in view.rows(models.Matter):
        if chance.random() < 0.3:
            by, over, said = (row.line or "  ").split(" ", 2)
            other = hashlib.sha256(said.encode()).hexdigest()
            row.line = chance.choice((None, f"00000000 {over} {other}", f"{by} {row.acts - 1} {other}"))
            row.save(using=view.alias)


@pytest.mark.parametrize("number", range(RUNS))
def test_the_digest_is_the_one_derived_afresh(
    aliases: tuple[str, str], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, chance, alias = world_of(number, monkeypatch, "lines"), rng(3000 + number), aliases[0]
    journal, maker = Journal(alias), Lining(alias)
    office = journal.found(world.charter.raw, "south")
    monkeypatch.setattr(state_lines, "READ", chance.choice((1, 3, 4096)))
    monkeypatch.setattr(state, "_ANEW", chance.choice((2, 65536)))
    after: str | None = ""
    for have in arrivals(chance, world.sizes()):
        hold(journal, reading.office_view(alias, office), world, have)
        with journal.writing(office) as writers:
            writers.office.count()
            # As acts of others are compared: counted, and not stored yet.
            for at in points(chance, writers.office):
                state_lines.forget()
                assert writers.office.digest(at) == afresh(writers.office, at)
            projection.keep(writers, NOW)
        for _ in range(chance.choice((0, 1, 1, 3))):
            journal._show(reading.office_view(alias, office), chance.choice((1, 3, 20)))
        match chance.randrange(8):
            case 0:
                spoil(chance, reading.office_view(alias, office))
                after = ""
            case 1 | 2 if after is not None:
                after = maker.line(office, after, chance.choice((1, 4)))
            case 3:
                reading.close_views(alias)
            case 4:
                rebuild(alias, office, NOW)
        view = reading.office_view(alias, office)
        for at in points(chance, view.office):
            state_lines.forget()
            assert view.office.digest(at) == afresh(view.office, at)
    assert view.office.frontier() == world.sizes()
    assert view.office.digest() == world.fresh(world.sizes()).digest()


def test_what_has_not_changed_is_not_folded(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, alias = world_of(1, monkeypatch, "cost"), aliases[0]
    journal, made = Journal(alias), list[object]()
    office = journal.found(world.charter.raw, "south")
    last = next(one for one in reversed(everything(world.fresh(world.sizes()))) if not one.void)
    hold(journal, reading.office_view(alias, office), world, last.vector)
    journal.fold(office, NOW)
    view = reading.own_view(alias, office)
    view.refresh()
    hashed = state.hashed

    def noted(fold: Folded) -> str:
        made.append(fold)
        return hashed(fold)

    monkeypatch.setattr(state, "hashed", noted)
    state_lines.forget()
    assert view.office.digest() == afresh(view.office, view.office.frontier())
    assert not made, "a process that has just started folds nothing"
    hold(journal, view, world, last.after)
    journal.fold(office, NOW, show=False)
    view.refresh()
    assert view.office.frontier() == last.after
    assert view.office.digest() == afresh(view.office, last.after)
    assert len(made) == 1, "the matter of the new act alone"
    state_lines.forget()
    assert view.office.digest(last.vector) == afresh(view.office, last.vector)
    assert len(made) <= 2, "and as it was before, where it was"
    assert reading.office_view(alias, office).office.digest(last.vector) == view.office.digest(last.vector)
    assert len(made) <= 2, "what was made lately is remembered, whoever asks"


def test_matters_that_begin_beyond_a_point_are_not_folded_for_it(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A side that is far behind says what it sees: what has been opened since costs nothing."""
    world, alias = world_of(3, monkeypatch, "behind"), aliases[0]
    journal, asked = Journal(alias), set[str]()
    office = journal.found(world.charter.raw, "south")
    hold(journal, reading.office_view(alias, office), world, world.sizes())
    journal.fold(office, NOW)
    view = reading.own_view(alias, office)
    view.refresh()
    folds = Office.folds_in_passing

    def noted(self: Office, matter: str, among: int) -> MatterFolds:
        asked.add(matter)
        return folds(self, matter, among)

    at = everything(view.office)[len(everything(view.office)) // 3].vector
    expected = afresh(view.office, at)
    monkeypatch.setattr(Office, "folds_in_passing", noted)
    state_lines.forget()
    assert view.office.digest(at) == expected
    last = max(view.ledger.finding(place, size - 1).turn for place, size in enumerate(at) if size)
    since = {row.matter for row in view.rows(models.Matter) if row.opened > last}
    assert since
    assert not asked & since


def test_lines_of_other_rules_count_for_nothing(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, alias = world_of(2, monkeypatch, "rules"), aliases[0]
    journal = Journal(alias)
    office = journal.found(world.charter.raw, "south")
    hold(journal, reading.office_view(alias, office), world, world.sizes())
    journal.fold(office, NOW)
    view = reading.office_view(alias, office)
    right = afresh(view.office, view.office.frontier())
    lines = list(view.rows(models.Matter).order_by("matter").values_list("line", flat=True))
    monkeypatch.setattr(state, "rule", lambda: "ffffffff")
    hashed = state.hashed
    monkeypatch.setattr(state, "hashed", lambda fold: hashlib.sha256(hashed(fold).encode()).hexdigest())
    state_lines.forget()
    by_others = view.office.digest()
    assert by_others != right
    monkeypatch.setattr(lining, "_MADE", 3)
    after: str | None = ""
    while after is not None:
        after = Lining(alias).line(office, after, 3)
    state_lines.forget()
    assert reading.own_view(alias, office).office.digest((0,) * len(world.sides)) != right
    monkeypatch.undo()
    reading.close_views(alias)
    state_lines.forget()
    view = reading.office_view(alias, office)
    assert view.office.digest() == right, "what they have left is not taken for ours"
    after = ""
    while after is not None:
        after = Lining(alias).line(office, after)
    assert list(view.rows(models.Matter).order_by("matter").values_list("line", flat=True)) == lines


def test_a_line_that_comes_with_an_act_is_not_overwritten(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between what was folded for a line and its writing, pages may have been told of another act."""
    world, alias = world_of(3, monkeypatch, "meanwhile"), aliases[0]
    journal, sizes = Journal(alias), world.sizes()
    office = journal.found(world.charter.raw, "south")
    hold(journal, reading.office_view(alias, office), world, tuple(size // 2 for size in sizes))
    journal.fold(office, NOW)
    reading.office_view(alias, office).rows(models.Matter).update(line=None)
    written = state_lines.written

    def meanwhile(folds: MatterFolds) -> str:
        monkeypatch.setattr(state_lines, "written", written)
        hold(journal, reading.office_view(alias, office), world, sizes)
        journal.fold(office, NOW)
        return written(folds)

    monkeypatch.setattr(state_lines, "written", meanwhile)
    Lining(alias).line(office)
    view = reading.office_view(alias, office)
    state_lines.forget()
    assert view.office.digest() == afresh(view.office, sizes)
    assert all(state_lines.read(row.line, row.acts) for row in view.rows(models.Matter))


def test_nobody_is_kept_from_writing_and_nothing_is_mixed(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is stored while lines are being read is no part of the digest."""
    world, alias = world_of(4, monkeypatch, "still"), aliases[0]
    journal, sizes = Journal(alias), world.sizes()
    office = journal.found(world.charter.raw, "south")
    hold(journal, reading.office_view(alias, office), world, tuple(size - 3 for size in sizes))
    journal.fold(office, NOW)
    view = reading.own_view(alias, office)
    view.refresh()
    at = view.office.frontier()
    right = afresh(view.office, at)
    rows, other = state_lines._said, connections[alias].copy()
    monkeypatch.setattr(state_lines, "READ", 2)

    def meanwhile(*given: Any) -> Iterator[Sequence[tuple[str, str]]]:
        for number, some in enumerate(rows(*given)):
            if number == 1:
                with other.cursor() as cursor:
                    cursor.execute("UPDATE yeollak_storage_matter SET line = NULL, acts = acts + 1")
            yield some

    monkeypatch.setattr(state_lines, "_said", meanwhile)
    state_lines.forget()
    try:
        assert view.office.digest() == right
    finally:
        other.close()
    assert not view.rows(models.Matter).exclude(line=None).exists(), "it was written meanwhile"
    rebuild(alias, office, NOW)


def test_an_act_that_tells_the_state_goes_along_with_others(nodes: Nodes) -> None:
    """Acts that are handed in together are not stored yet when one of them is judged by the others."""
    nodes.found()
    south, north = nodes.both
    facts = {"class": "flood", "subject": {"en": "Rain"}}

    def make(number: int, kind: str, officer: str, **of: Any) -> Maker:
        key, salt = keys_of("south").officers[officer], seed("along", number)[:16]

        def made(view: OfficeView) -> NewAct:
            data = document(view.office, "south", key.kid, Draft(kind, **of), south.now, salt)
            entry = sign(view.office, "south", data, key)
            return NewAct(entry.statement, entry.document)

        return made

    makers = [
        make(0, "note.send", "duty", facts=facts),
        make(1, "line.seen", "node", with_state=True),
        make(2, "note.send", "duty", facts=facts),
        make(3, "line.seen", "node", with_state=True),
    ]
    state_lines.forget()
    done = south.journal.commit(south.id, makers, south.signer, south.now)
    assert all(isinstance(one, int) for one in done), done
    stated = [
        found
        for found in everything(south.view.office)
        if found.move is not None and "state" in found.move.facts
    ]
    assert [found.move and found.move.facts["state"] for found in stated] == [
        afresh(south.view.office, found.vector) for found in stated
    ]
    assert len({found.vector for found in stated}) == 2
    south.send(north)
    assert north.view.office.frontier() == south.view.office.frontier()
    assert not reading.alarms(north.view)
