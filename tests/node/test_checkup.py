"""The doctor looks at a node that is at work as at one that rests: it finds no fault where there is none, and
the one that there is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connections

from tests.node.offices import SECRET, SIDES, Offices
from tests.storage.setup import ready
from yeollak.node.checkup import office_checks
from yeollak.storage import models, reading
from yeollak.storage.journal import Journal

ready()


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    made = Offices(tmp_path_factory.mktemp("checked")).make()
    yield made
    made.close()


def found(offices: Offices, *, deep: bool = True) -> set[tuple[str, str, str]]:
    """Every check that is not `ok`: its name, state and code."""
    checks = office_checks(offices.nodes["south"], offices.office, SECRET, online=False, deep=deep)
    return {(one.name, one.state, one.found.code) for one in checks if one.found is not None}


def test_no_fault_is_found_in_a_node_at_work(offices: Offices) -> None:
    ended = threading.Event()

    def work() -> None:
        number = 0
        while not ended.is_set():
            for side in SIDES:
                offices.say(side, f"slot{(number := number + 1)}")
        for side in SIDES:
            connections[offices.nodes[side].alias].close()

    working = threading.Thread(target=work)
    working.start()
    try:
        before = sum(offices.sizes("south"))
        for _ in range(8):
            assert {one for one in found(offices) if one[1] == "fault"} == set()
        assert sum(offices.sizes("south")) > before, "nobody was at work"
    finally:
        ended.set()
        working.join()


def test_what_is_wrong_is_found_in_a_node_at_work(offices: Offices) -> None:
    offices.say("south", "opening")
    offices.until(offices.settled)
    rows = offices.view("south").rows(models.Matter)
    matter, slots = rows.values_list("matter", "slots")[0]
    rows.filter(matter=matter).update(slots="{}")
    try:
        assert ("projections", "fault", "projections-unequal") in found(offices)
    finally:
        rows.filter(matter=matter).update(slots=slots)
    assert found(offices) == set()


def test_what_pages_do_not_know_yet_is_no_fault(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    offices.until(offices.settled)
    offices.stop("south")
    offices.open("south")
    node = offices.nodes["south"]
    monkeypatch.setattr(Journal, "_show", lambda *_: False)
    offices.say("south", "closing")
    view = reading.office_view(node.alias, offices.office)
    assert view.ledger.shown != view.office.frontier()
    assert ("projections", "note", "pages-behind") in found(offices)
    monkeypatch.undo()
    offices.serve("south")
    offices.until(offices.settled)
    assert found(offices) == set()
