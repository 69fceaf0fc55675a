"""The line act by act: what a filter leaves, page by page in both directions, and by an index alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.storage.nodes import Node, Nodes
from yeollak.office.counting import parse
from yeollak.office.ledger import Counted
from yeollak.record.document import PRECEDENCES
from yeollak.storage import models, rungs, searching
from yeollak.storage.rebuild import rebuild
from yeollak.storage.rungs import Wanted

SUBJECT = {"en": "Water will be released"}


@pytest.fixture
def talked(nodes: Nodes) -> Node:
    """A node with acts of both sides: of people and of nodes, of every precedence, crossing and void."""
    nodes.found()
    for number in range(9):
        node = nodes.both[number % 2]
        facts = {"when": "2018-10-22", "source": "own", "subject": SUBJECT}
        node.say("account.enter", facts=facts, precedence=PRECEDENCES[number % 4])
        if number % 3 == 0:
            staff = {"officials": 3} if number == 6 else {}
            node.say("standing.staff" if staff else "standing.open", facts=staff)
            nodes.meet()
            node.say("line.seen", "node")
    nodes.meet()
    return nodes.south


def expected(node: Node, wanted: Wanted) -> list[str]:
    """What the line must show, worked out from every finding there is."""
    view, found = node.view, list[tuple[Any, ...]]()
    for place in range(len(view.charter.sides)):
        for index in range(view.ledger.counted(place)):
            one = view.ledger.finding(place, index)
            act = parse(view.ledger.entry(place, index))
            kind, at = (act.kind, act.at) if act is not None else ("", "")
            spoken = not kind.startswith(rungs.UNSPOKEN)
            precedence = PRECEDENCES.index(act.precedence) if act is not None and spoken else 0
            chosen = wanted.nodes or wanted.kind or wanted.procedure or (wanted.least and not wanted.dated)
            if (
                wanted.side not in ("", one.side)
                or wanted.kind not in ("", kind)
                or wanted.procedure not in ("", one.procedure)
                or precedence < wanted.least
                or not (spoken or chosen)
                or (wanted.since and at < wanted.since)
                or (wanted.until and at[:10] > wanted.until)
                or (wanted.within is not None and one.id not in wanted.within)
            ):
                continue
            order = (at, one.turn, place) if wanted.dated else (one.turn, place)
            found.append((order, one.id))
    return [act for _, act in sorted(found)]


def wants(node: Node) -> Iterator[Wanted]:
    """Every mixture of filters."""
    view = node.view
    days = sorted({view.ledger.finding(0, index).move.at[:10] for index in range(view.ledger.counted(0))})  # type: ignore[union-attr]  # each was read
    some = [view.ledger.finding(1, index).id for index in range(3)]
    for side, (kind, procedure), least, day, nodes, within in product(
        ("", "north"),
        (("", ""), ("account.enter", ""), ("", "line"), ("line.seen", "line")),
        (0, 2),
        ("", days[0]),
        (False, True),
        (None, some),
    ):
        yield Wanted(side, procedure, kind, least, day, days[-1] if day else "", nodes, within)


def ids(acts: tuple[Counted, ...]) -> list[str]:
    return [act.id for act in acts]


def test_the_line_shows_what_it_is_asked_for(talked: Node) -> None:
    _every_filter_from_both_ends(talked)
    _an_act_among_its_neighbours(talked)
    _cursors_of_somebody_else(talked)
    _kinds_and_procedures(talked)
    if connections[talked.view.alias].vendor == "sqlite":  # PostgreSQL chooses by statistics
        _no_filter_sorts(talked)


def _every_filter_from_both_ends(talked: Node) -> None:
    view = talked.view
    seen = 0
    for wanted in wants(talked):
        whole = expected(talked, wanted)
        seen += len(whole)
        back, page = list[str](), rungs.newest(view, wanted, 3)
        while True:
            back = [*ids(page.acts), *back]
            if not page.earlier:
                break
            page = rungs.before(view, wanted, 3, page.earlier)
        assert back == whole, wanted
        onward, page = list[str](), rungs.after(view, wanted, 3, "")
        while True:
            onward += ids(page.acts)
            if not page.later:
                break
            page = rungs.after(view, wanted, 3, page.later)
        assert onward == whole, wanted
    assert seen > 200


def _an_act_among_its_neighbours(talked: Node) -> None:
    view = talked.view
    whole = expected(talked, Wanted())
    for at, act in enumerate(whole):
        page = rungs.around(view, act, 4)
        assert page is not None
        assert ids(page.acts) == whole[max(0, at - 2) : at + 2]
        assert bool(page.earlier) == (at > 2)
        assert bool(page.later) == (at + 2 < len(whole))
        if page.earlier:
            assert ids(rungs.before(view, Wanted(), 2, page.earlier).acts) == whole[max(0, at - 4) : at - 2]
    node_act = next(act for act in expected(talked, Wanted(nodes=True)) if act not in whole)
    page = rungs.around(view, node_act, 4)
    assert page is not None
    assert node_act in ids(page.acts)
    assert rungs.around(view, "0" * 64, 4) is None


def _cursors_of_somebody_else(talked: Node) -> None:
    whole = expected(talked, Wanted())
    for cursor in ("", ".", "x.y", "1", "1.2.3", "9" * 40 + ".1", "-1.0", "\x00.1"):
        assert ids(rungs.before(talked.view, Wanted(), 99, cursor).acts) == whole, cursor


def test_a_rebuild_comes_to_the_same_and_an_old_store_is_known(talked: Node) -> None:
    view = talked.view
    columns = ("place", "index", "act", "procedure", "kind", "precedence", "turn", "at", "spoken")
    kept = list(view.rows(models.Rung).order_by("turn", "place").values_list(*columns))
    assert not searching.stale(view)
    rungs.forget(view)
    assert searching.stale(view)
    rebuild(talked.journal.alias, talked.id, talked.now)
    assert list(talked.view.rows(models.Rung).order_by("turn", "place").values_list(*columns)) == kept


def _kinds_and_procedures(talked: Node) -> None:
    rows = talked.view.rows(models.Rung)
    assert rungs.kinds(talked.view) == sorted(set(rows.values_list("kind", flat=True)))
    assert rungs.procedures(talked.view) == sorted(set(rows.values_list("procedure", flat=True)))


def _no_filter_sorts(talked: Node) -> None:
    """And none reads through a table."""
    view = talked.view
    connection = connections[view.alias]
    for wanted in wants(talked):
        if wanted.within is not None:
            continue  # at most so many are looked up by their ids, and sorted
        with CaptureQueriesContext(connection) as caught:
            rungs.newest(view, wanted, 3)
        for query in caught.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql'].replace('%', '%%')}")
                plan = " ".join(str(row[-1]) for row in cursor.fetchall())
            assert "USING INDEX rung_" in plan or "USING COVERING INDEX rung_" in plan, (wanted, plan)
            assert "TEMP B-TREE" not in plan, (wanted, plan)
