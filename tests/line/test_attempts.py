"""How often a node has tried to reach a peer is kept, and takes no more room than a peer may have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tests.line.conftest import Making
from tests.line.test_restored import CALL
from tests.line.world import Direct, Node
from yeollak.errors import LineFault
from yeollak.line import bodies
from yeollak.line.courier import FIRST_PAUSE
from yeollak.storage import models, watching, writer


@dataclass
class Away(Direct):
    """A line whose other end takes nothing."""

    def exchange(self, office: str, data: bytes) -> bytes:
        if self.nodes[self.peer].post.open(data).header.purpose == bodies.PUSH:
            raise LineFault("unreachable", url=self.peer, why="503")
        return super().exchange(office, data)


def away(nodes: dict[str, Node], _side: str, peer: str) -> Direct:
    return Away(nodes, peer)


def test_a_peer_that_is_away_and_speaks_fills_no_disk(make: Making) -> None:
    world = make(line=away)
    south = world["south"]
    south.say("checkin.observe", "duty", facts=CALL)
    south.keeper.step()
    rows = south.view.rows(models.Attempt)
    before = rows.count()
    for _ in range(60):
        south.couriers["north"].step()
        south.couriers["north"].heard()  # whatever it sends, it is tried again soon
        world.clock.pass_by(FIRST_PAUSE)
    assert rows.count() - before <= writer.MOST_ATTEMPTS
    assert south.view.rows(models.Outbox).get(peer="north").attempts >= 50


def test_how_the_line_goes_is_known_however_often_it_changes(make: Making) -> None:
    world = make()
    south, now = world["south"], world.clock.now() + timedelta(hours=1)
    for number in range(40):
        at = now + timedelta(seconds=number)
        outcome = "unreachable" if number % 2 else ""
        south.journal.note_attempt(world.charter.office, "north", at, outcome=outcome)
        going = watching.going(south.view, "north", at)
        assert going is not None
        assert going.up == (not outcome)
    rows = south.view.rows(models.Attempt).filter(at__gte=now)
    assert rows.count() == writer.MOST_ATTEMPTS
    assert rows.order_by("-at").values_list("at", flat=True).first() == at
    later = at + timedelta(minutes=1)
    south.journal.note_attempt(world.charter.office, "north", later)
    assert rows.count() == writer.MOST_ATTEMPTS + 1
