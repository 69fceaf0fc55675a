"""The ledger over a database answers as one that holds everything, whatever it remembers, whoever writes."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connections

from tests.storage.nodes import Node, Nodes
from yeollak.office.ledger import POSTING, Entry, MemoryLedger
from yeollak.office.office import Office
from yeollak.procedures.catalogue import of_kind
from yeollak.storage import held, plain, reading
from yeollak.storage import ledger as counted
from yeollak.storage.journal import close
from yeollak.storage.ledger import DjangoLedger


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little is remembered that everything is forgotten now and then."""
    for module, name, most in (
        (held, "CHUNK", 3),
        (held, "_KEPT_CHUNKS", 2),
        (held, "_KEPT_ROOTS", 2),
        (held, "_KEPT_SINGLES", 2),
        (counted, "CHUNK", 3),
        (counted, "_KEPT_FINDINGS", 2),
        (counted, "_KEPT_MATTERS", 3),
    ):
        monkeypatch.setattr(module, name, most)


def whole(node: Node) -> MemoryLedger:
    """What a ledger finds that holds every byte."""
    made = MemoryLedger(2)
    for place in range(2):
        for entry in node.view.ledger.entries(place, 0, node.view.ledger.held(place)):
            made.append(place, entry)
    Office(node.charter, made).count()
    return made


def same(ledger: DjangoLedger, other: MemoryLedger, random: Random) -> None:
    """Everything that can be asked, in an order of its own each time."""
    matters = list(other.matters())
    questions: list[tuple[str, Any, Any]] = [("matters", None, None), ("matters", "note", None)]
    for place in range(2):
        questions += [("postings", place, None), ("counted", place, None), ("held", place, None)]
        for index in range(other.counted(place)):
            questions += [("finding", place, index), ("entry", place, index), ("root", place, index + 1)]
            questions.append(("first", place, other.finding(place, index).id))
    questions += [("matter", one, None) for one in (*matters, "0" * 64)]
    questions += [("first", 0, "0" * 64)]
    random.shuffle(questions)
    for name, first, second in questions:
        given = [one for one in (first, second) if one is not None]
        found, known = getattr(ledger, name)(*given), getattr(other, name)(*given)
        if name in ("matters", "matter", "postings"):
            found, known = list(found), list(known)
        assert sorted(found) == sorted(known) if name == "matters" else found == known, (name, given)


@pytest.mark.usefixtures("tight")
def test_a_ledger_that_forgets_answers_as_one_that_holds_everything(nodes: Nodes) -> None:
    random = Random(7)
    south, north = nodes.found().both
    following = DjangoLedger(south.journal.alias, south.charter)
    sent: list[str] = []
    for step in range(14):
        writer = random.choice([south, north])
        facts = {"class": "flood", "subject": {"en": f"Discharge {step}"}}
        if sent and random.random() < 0.4:
            other = south if writer is north else north
            writer.send(other)
            other.send(writer)
        opened = writer.say("note.send", facts=facts)
        sent.append(opened)
        if random.random() < 0.5:
            writer.say("note.urge", matter=opened, due=writer.now + timedelta(days=2))
        if random.random() < 0.5:
            following.reload()
            same(following, whole(south), random)
    north.send(south)
    same(south.view.ledger, whole(south), random)
    following.reload()
    same(following, whole(south), random)


@pytest.mark.usefixtures("tight")
def test_what_waits_to_be_stored_is_found_and_forgotten_with_it(nodes: Nodes) -> None:
    south, north = nodes.found().both
    opened = south.say("note.send", facts={"class": "flood", "subject": {"en": "Discharge"}})
    south.send(north)
    view = reading.office_view(south.journal.alias, south.id)
    before = list(view.ledger.matter(opened))
    entry = south.act("note.urge", matter=opened, due=south.now + timedelta(days=2))
    found = view.office.judge(0, Entry(entry.statement, entry.document))
    view.ledger.hold(found)
    assert [*before, found] == list(view.ledger.matter(opened))
    assert view.ledger.finding(0, found.index) == found
    assert view.ledger.first(0, found.id) == found.index
    assert view.ledger.counted(0) == found.index + 1
    # Nothing was stored: whoever looks again finds what the database has.
    assert view.ledger.reload()
    assert list(view.ledger.matter(opened)) == before
    assert view.ledger.first(0, found.id) is None


def test_the_procedures_that_post_are_known() -> None:
    kinds = ("key.replace", "key.rotate", "posting.appoint", "posting.recall")
    tables = {procedure.name for kind in kinds if (procedure := of_kind(kind)) is not None}
    assert tables == set(POSTING)


def test_nothing_that_was_written_or_taken_back_is_missed(nodes: Nodes) -> None:
    """A ledger is not read again where nothing was written; whatever was, by whom and how it ended."""
    south = nodes.found().south
    alias = south.journal.alias
    ledger = DjangoLedger(alias, south.charter)
    ledger.reload()
    held = ledger.held(0)

    def move(by: int) -> None:
        query = f"UPDATE {plain.HEAD} SET size = size + %s WHERE office_id = %s AND place = 0"
        plain.change(alias, query, by, south.id)

    with contextlib.suppress(ZeroDivisionError), south.journal.atomic():
        move(5)
        ledger.reload()
        assert ledger.held(0) == held + 5
        raise ZeroDivisionError
    ledger.reload()
    assert ledger.held(0) == held

    with south.journal.atomic():
        move(1)
    ledger.reload()
    assert ledger.held(0) == held + 1

    def elsewhere() -> None:
        with south.journal.atomic():
            move(2)
        close(alias)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    ledger.reload()
    assert ledger.held(0) == held + 3


def test_a_ledger_that_nothing_was_written_beside_asks_for_nothing(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    south = nodes.found().south
    ledger = DjangoLedger(south.journal.alias, south.charter)
    ledger.reload()
    asked: list[object] = []
    genuine = DjangoLedger._heads

    def heads(one: DjangoLedger) -> Any:
        asked.append(one)
        return genuine(one)

    monkeypatch.setattr(DjangoLedger, "_heads", heads)
    ledger.reload()
    assert bool(asked) == (connections[south.journal.alias].vendor != "sqlite")
