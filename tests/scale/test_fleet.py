"""Three processes a side over real HTTPS and PostgreSQL, while some are killed and one is stopped for longer
than its lease and goes on: nothing receipted is lost, one register, no fork, no act twice.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.offices import SECRET, SIDES
from tests.scale.fleet import LEASE, LOOK, Fleet, Member, Officers
from tests.simulation.alarms import AWAY, UNFORESEEN, strange
from tests.simulation.clusters import Cluster
from tests.storage.setup import ready
from yeollak.node.keyring import Unlocked
from yeollak.office.audit import audit
from yeollak.record.document import Act
from yeollak.record.folder import FolderFiles
from yeollak.storage import models, reading
from yeollak.storage.exporting import write_export

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]
ready()

#: What may be raised while a process is away.
ALARMS = {"store-failed"}
#: A transaction within which a process was stopped is ended by the database, which is an InternalError.
REASONS = dict.fromkeys(UNFORESEEN, AWAY | {"InternalError"})


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    cluster = Cluster.make("fleet")
    made = Fleet(tmp_path, cluster, ("web,line,courier", "line,courier", "web,courier"))
    try:
        yield made.make()
    finally:
        made.close()
        cluster.remove()


def test_processes_are_killed_and_stopped_under_load(fleet: Fleet) -> None:
    fleet.start()
    fleet.until(lambda: all(fleet.holder(side) for side in SIDES))
    officers = {side: Officers(fleet, side) for side in SIDES}
    for one in officers.values():
        one.start()

    def busy(more: int = 5) -> None:
        """Wait until both sides have so many more receipts for acts that are handed in from now on."""
        wanted = {side: fleet.offices.sizes(side)[SIDES.index(side)] + more for side in SIDES}
        fleet.until(
            lambda: all(
                reading.receipted(fleet.offices.view(side), other) >= wanted[side]
                for side, other in (SIDES, SIDES[::-1])
            )
        )

    busy()
    # The one that works for the office is killed, and another one follows it.
    first = _holder(fleet, "south")
    first.kill()
    looks = fleet.until(lambda: (now := fleet.holder("south")) is not None and now is not first)
    busy()
    first.start()

    # One is stopped for longer than its lease lasts, is followed, and goes on as if nothing had been.
    paused = _holder(fleet, "north")
    paused.send(signal.SIGSTOP)
    fleet.until(lambda: (now := fleet.holder("north")) is not None and now is not paused)
    busy()
    paused.send(signal.SIGCONT)
    busy()

    # Both are killed that take parcels, one after the other.
    for place in (0, 1):
        fleet.members["north"][place].kill()
        busy(2)
        fleet.members["north"][place].start()
        fleet.until(fleet.members["north"][place].ready)
    busy()
    for one in officers.values():
        one.stop()
    fleet.until(fleet.offices.settled)
    time.sleep(LEASE)  # whoever comes late has come
    fleet.until(fleet.offices.settled)
    check(fleet, {side: officers[side].said for side in SIDES})
    # The lease must end, and be looked at; on a busy machine each look of this test takes longer as well.
    assert looks * LOOK < 5 * LEASE
    for one in officers.values():
        assert set(one.faults) <= ALARMS


def _holder(fleet: Fleet, side: str) -> Member:
    found: list[Member] = []

    def look() -> bool:
        found[:] = [one for one in [fleet.holder(side)] if one is not None]
        return bool(found)

    fleet.until(look)
    return found[0]


def check(fleet: Fleet, said: dict[str, list[str]]) -> None:
    """One register, alike on both sides, with all that was acknowledged, everything once, and verified."""
    offices = fleet.offices
    views = {side: offices.view(side) for side in SIDES}
    for place, side in enumerate(SIDES):
        held = [view.ledger.entries(place, 0, view.ledger.held(place)) for view in views.values()]
        assert held[0] == held[1]
        own = list(views[side].rows(models.Entry).filter(place=place).values_list("act", flat=True))
        assert len(own) == len(set(own))
        assert len(said[side]) > 10
        assert set(said[side]) <= set(own)
        assert not views[side].rows(models.Evidence).exists()
        assert not views[side].rows(models.Finding).exclude(void="").exists()
        assert strange(reading.alarms(views[side]), ALARMS, REASONS) == []
        seen_once(views[side], place)
        folder = fleet.folder / f"export-{side}"
        keys = Unlocked(offices.nodes[side].keyring, views[side].charter, side, SECRET)()
        write_export(offices.nodes[side].alias, offices.office, folder, keys.register)
        report, state = audit(FolderFiles(folder), office=offices.office)
        assert report.defects == ()
        assert not state.problem


def seen_once(view: reading.OfficeView, place: int) -> None:
    """Each `line.seen` of a register says more than the one before it: none was said twice."""
    last: dict[str, tuple[int, str]] = {}
    many = 0
    for entry in view.ledger.entries(place, 0, view.ledger.held(place)):
        said = Act.parse(entry.document)
        if said.kind == "line.seen":
            assert said.seen != last
            last, many = dict(said.seen), many + 1
    assert many > 0
