"""Two served nodes: deliveries are quick, nothing is done when nothing is to do, and restores fork nobody."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.node.offices import SIDES, Offices
from tests.storage.setup import ready
from yeollak.desk.source import record_source
from yeollak.errors import OurFault
from yeollak.node import tenure
from yeollak.node.acting import Text
from yeollak.node.serve import Server
from yeollak.storage import reading
from yeollak.storage.public import Source

ready()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Offices:
    made = Offices(tmp_path_factory.mktemp("template")).make()
    made.close()
    return made


@pytest.fixture
def offices(template: Offices, tmp_path: Path) -> Iterator[Offices]:
    made = Offices.copied(template, tmp_path)
    yield made
    made.close()


def behind(offices: Offices, *, appended: int = 2) -> None:
    """South is served from a backup that is older than what has left it."""
    offices.stop("south")
    offices.backup("south")
    offices.open("south")
    offices.serve("south")
    for number in range(appended):
        offices.say("south", f"slot{number}")
    offices.until(offices.settled)
    offices.stop("south")
    offices.restore("south")


def refusing(offices: Offices, code: str, *, accept_risk: bool = False) -> None:
    """South does not start, and leaves nothing behind that would stop the next start."""
    with pytest.raises(OurFault) as caught:
        offices.serve("south", accept_risk=accept_risk)
    assert caught.value.code == code


def holds(offices: Offices, said: str) -> bool:
    return reading.document(offices.view("north"), said) is not None


class Watched:
    """What the threads of a served node do: `looks` are whether each look at the store found that somebody
    has written, `rests` how many seconds it waited at most for the next, and `idle` how many looks have found
    nothing since something was done.
    """

    def __init__(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        couriers = server._couriers
        assert couriers is not None
        (held,) = couriers.held.values()
        self.looks: list[bool] = []
        self.rests: list[float] = []
        self.idle = 0
        pulse, rest = couriers._pulse, couriers._woken.wait

        def looked(seen: object) -> object:
            found = pulse(seen)
            self.looks.append(found != seen)
            self.idle = 0 if found != seen else self.idle + 1
            return found

        def rested(seconds: float) -> bool:
            self.rests.append(seconds)
            return rest(seconds)

        monkeypatch.setattr(couriers, "_pulse", looked)
        monkeypatch.setattr(couriers._woken, "wait", rested)
        for where, name in (
            (held.keeper, "step"),
            (couriers, "_step"),
            (couriers._showing, "_show_some"),
        ):
            monkeypatch.setattr(where, name, self._counted(getattr(where, name)))

    def _counted(self, genuine: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any) -> Any:
            self.idle = 0
            return genuine(*given)

        return counted


def test_acts_of_another_process_leave_at_once(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty times a second it is looked, and what is found wakes whoever sends: nobody else would."""
    monkeypatch.setattr(tenure, "_SLEEP", 3600.0)
    offices.until(offices.settled)
    watched = Watched(offices.servers["south"], monkeypatch)
    for number in range(5):
        before = len(watched.looks)
        said = offices.say("south", f"slot{number}")
        made = len(watched.looks)
        offices.until(partial(holds, offices, said))
        # One look may have been under way as the act was stored.
        assert watched.looks.index(True, before) <= made + 1
        offices.until(offices.settled)
    assert max(watched.rests) <= 0.05
    assert offices.alarms("south") == offices.alarms("north") == set()


def test_idle_node_rests(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing happens one thing is asked of the store in a twentieth of a second, and nothing done."""
    offices.until(offices.settled)
    watched = [Watched(offices.servers[side], monkeypatch) for side in SIDES]
    offices.until(lambda: all(one.idle >= 60 for one in watched))
    began, used, before = time.monotonic(), time.process_time(), [len(one.looks) for one in watched]
    offices.until(lambda: all(one.idle >= 100 for one in watched))
    spent, looks = time.process_time() - used, sum(len(one.looks) for one in watched) - sum(before)
    assert looks <= 2 * ((time.monotonic() - began) / 0.05 + 2)
    # Both nodes and this test run in this process; a look takes a sixth of this.
    assert spent / looks < 0.002
    assert {seconds for one in watched for seconds in one.rests} == {0.05}


def test_large_files_follow(offices: Offices) -> None:
    said = offices.say("south", "opening", Text(b"x" * 3_000_000, "application/pdf", name="plan.pdf"))
    offices.until(lambda: reading.large(offices.view("north"), "done") != [])
    offices.until(offices.settled)
    assert reading.document(offices.view("north"), said) is not None


def test_port_in_use_and_second_server(offices: Offices) -> None:
    with pytest.raises(OurFault) as caught:
        Server(offices.nodes["south"], "node tests")
    assert caught.value.code == "node-running"
    pid = (offices.folder / "south" / "serve.lock").read_text()
    assert pid.strip().isdigit()
    offices.stop("south")
    offices.open("south")
    offices.serve("south")


def test_nothing_keeps_a_process_from_ending(offices: Offices) -> None:
    """Whoever is told to end while he starts may know only some of the threads that were made."""
    before = set(threading.enumerate())
    offices.stop("south")
    offices.open("south")
    offices.serve("south")
    made = {thread.name: thread.daemon for thread in threading.enumerate() if thread not in before}
    assert len(made) > 10
    assert all(made.values()), made


def test_a_signal_that_wakes_nobody_is_noticed() -> None:
    """As one does that comes just before the main thread sleeps: here it is taken by another thread."""
    script = """
import signal, threading, time
from types import SimpleNamespace
from yeollak.node.serve import Server

def ended(*_): raise KeyboardInterrupt
def send():
    time.sleep(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

signal.signal(signal.SIGTERM, ended)
threading.Thread(target=send, daemon=True).start()
try:
    Server.wait(SimpleNamespace(_ending=threading.Event()))
except KeyboardInterrupt:
    print("ended")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == "ended\n", done.stderr


def test_the_public_page_is_that_of_the_node_that_is_served(offices: Offices) -> None:
    source = record_source()
    assert isinstance(source, Source)
    assert source.alias == offices.nodes[SIDES[-1]].alias
    assert list(source.offices()) == [offices.office]


def test_restored_folder_takes_its_own_back(offices: Offices) -> None:
    behind(offices)
    with pytest.raises(OurFault) as caught:
        offices.say("south", "closing")
    assert caught.value.code == "behind-anchor"
    offices.serve("south")
    assert offices.sizes("south")[0] >= offices.sizes("north")[0]
    offices.say("south", "closing")
    offices.until(offices.settled)
    assert offices.evidence("south") == offices.evidence("north") == 0


def test_both_start_at_once(offices: Offices) -> None:
    """Each answers before it has been answered."""
    for side in SIDES:
        offices.stop(side)
        offices.open(side)
    for side in SIDES:
        couriers = offices.serve(side)._couriers
        assert couriers is not None
        assert all(one.asked for one in couriers.held.values()), "an answer was waited for in vain"
    offices.say("north", "opening")
    offices.until(offices.settled)


def test_restored_without_peer_serves_and_does_not_append(offices: Offices) -> None:
    behind(offices)
    offices.stop("north")
    offices.serve("south")
    with pytest.raises(OurFault) as caught:
        offices.say("south", "closing")
    assert caught.value.code == "behind-anchor"
    # The peer comes, and nobody has to do anything.
    offices.open("north")
    offices.serve("north")
    offices.until(lambda: offices.sizes("south")[0] >= offices.sizes("north")[0])
    offices.say("south", "closing")
    offices.until(offices.settled)


@pytest.mark.parametrize("anchor", ["missing", "unreadable"])
def test_lost_anchor_asks_the_others(offices: Offices, anchor: str) -> None:
    behind(offices)
    path = offices.nodes["south"].config.anchor_path
    if anchor == "missing":
        path.unlink()
    else:
        path.write_bytes(b"{")
    offices.serve("south")
    offices.say("south", "closing")
    offices.until(offices.settled)
    assert offices.evidence("north") == 0
    known = offices.nodes["south"].journal.anchor
    assert known is not None
    assert known.read(offices.office) is not None
    # Where its word was all there was, it is kept as it was signed.
    assert list((offices.folder / "south" / "answers").iterdir()) != []


@pytest.mark.parametrize("anchor", ["missing", "unreadable"])
def test_lost_anchor_without_peer_needs_a_person(offices: Offices, anchor: str) -> None:
    offices.until(offices.settled)
    for side in SIDES:
        offices.stop(side)
    path = offices.nodes["south"].config.anchor_path
    if anchor == "missing":
        path.unlink()
    else:
        path.write_bytes(b"{")
    offices.open("south")
    refusing(offices, "recovery-needed")
    with pytest.raises(OurFault) as caught:
        offices.say("south", "closing")
    assert caught.value.code == "anchor-missing"
    offices.serve("south", accept_risk=True)
    assert "risk-accepted" in offices.alarms("south")
    offices.say("south", "closing")
    offices.open("north")
    offices.serve("north")
    offices.until(offices.settled)


def test_risk_that_was_real_stops_the_node(offices: Offices) -> None:
    behind(offices)
    offices.stop("north")
    offices.nodes["south"].config.anchor_path.unlink()
    offices.serve("south", accept_risk=True)
    offices.say("south", "another")
    offices.until(
        lambda: reading.checkpoint(offices.view("south"), "south", offices.sizes("south")[0]) is not None
    )
    held = offices.sizes("south")[0]
    offices.open("north")
    offices.serve("north")
    offices.until(lambda: "forked-register" in offices.alarms("south"))
    with pytest.raises(OurFault) as caught:
        offices.say("south", "closing")
    assert caught.value.code == "forked-register"
    assert offices.sizes("south")[0] == held
    assert offices.evidence("south") == 1
    offices.stop("south")
    offices.open("south")
    refusing(offices, "forked-register")
