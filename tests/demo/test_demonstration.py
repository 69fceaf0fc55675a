"""The demonstration, whole: two processes, the line, every event, verified exports, nodes that are killed."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from yeollak.demo.history import SIDES, events
from yeollak.node.open import open_node
from yeollak.office.matter import natural_id
from yeollak.storage import models, reading

pytestmark = pytest.mark.slow


def free_ports() -> int:
    """The first of four ports that are free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1]) % 20000 + 20000


def command(folder: Path, port: int) -> list[str]:
    program = [sys.executable, "-m", "yeollak", "demo", "--once", "--json"]
    return [*program, "--dir", str(folder), "--port", str(port)]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder of a demonstration that nobody disturbed, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "office"
    done = subprocess.run(command(folder, free_ports()), capture_output=True, check=True, timeout=300)
    return folder, json.loads(done.stdout)


@pytest.fixture(scope="module")
def view(replayed: tuple[Path, dict[str, Any]]) -> reading.OfficeView:
    folder, found = replayed
    node = open_node(folder / "north", "demonstration-north")
    return reading.office_view(node.alias, found["office"])


def test_it_says_what_came_of_it(replayed: tuple[Path, dict[str, Any]]) -> None:
    _, found = replayed
    assert (found["equal"], found["verified"]) == (True, True)
    assert (found["events"], found["voids"]) == (108, 0)
    assert found["south"] == found["north"]
    assert set(found["matters"]) == {
        "account",
        "agreement",
        "charter",
        "check-in",
        "meeting",
        "note",
        "posting",
        "project",
        "request",
        "standing",
    }
    assert found["acts"] == sum(found["south"][side]["size"] for side in SIDES)


def test_the_exports_are_verified_by_bytes_alone(replayed: tuple[Path, dict[str, Any]]) -> None:
    folder, found = replayed
    for side in SIDES:
        words = ["verify", str(folder / f"export-{side}"), "--office", found["office"]]
        assert subprocess.run([sys.executable, "-m", "yeollak", *words], check=False).returncode == 0


def test_the_same_record_when_nodes_and_the_replay_are_killed(
    replayed: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    """Both nodes are killed more than once, the replay itself too: the registers end with the same bytes."""
    folder, port = tmp_path / "office", free_ports()
    for moment in (6, 9):
        running = subprocess.Popen(command(folder, port), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for side in SIDES:
            time.sleep(moment / 2)
            kill(folder / side / "serve.lock", besides=running.pid)
        running.send_signal(signal.SIGKILL if moment == 6 else signal.SIGINT)
        running.wait(timeout=60)
    done = subprocess.run(command(folder, port), capture_output=True, check=True, timeout=300)
    found = json.loads(done.stdout)
    same = ("office", "south", "north", "equal", "verified", "events", "acts", "matters", "voids")
    assert {name: found[name] for name in same} == {name: replayed[1][name] for name in same}


def kill(lock: Path, besides: int) -> None:
    """Kill -9 the node that holds a lock, if one does yet."""
    process = lock.read_text().strip() if lock.exists() else ""
    if process and int(process) != besides:
        subprocess.run(["kill", "-9", process], check=False)


# what the record shows


def matter_of(view: reading.OfficeView, event: str) -> models.Matter:
    """The matter in which an event is told."""
    for act in view.rows(models.Entry).order_by("id"):
        found = json.loads(bytes(act.document))
        if found.get("facts", {}).get("event") == event and found["kind"] != "posting.recall":
            name = found.get("matter") or act.act
            return next(matter for matter in reading.matters(view) if matter.matter == name)
    raise LookupError(event)


PHASES: Mapping[str, tuple[str, str]] = {
    "2018-09-14-agreement-signed": ("agreement", "in-force"),
    "2018-10-22-forestry-talks": ("meeting", "signed"),
    "2018-10-22-forestry-project": ("project", "under-way"),
    "2018-10-25-renovation-complete": ("project", "works-completed"),
    "2018-10-30-sports-notice": ("note", "answered"),
    "2018-11-02-sports-talks": ("meeting", "reported"),
    "2018-11-02-olympic-project": ("project", "reported"),
    "2018-12-12-health-working-meeting": ("meeting", "planned"),
    "2019-03-22-north-withdraws": ("standing", "partial"),
    "2019-03-29-heads-meeting-missed": ("meeting", "reported"),
    "2019-07-11-absence-notice": ("note", "delivered"),
    "2019-09-18-swine-fever-notice": ("note", "unanswered"),
    "2019-11-19-body-notice": ("request", "answered"),
    "2020-01-30-joint-suspension": ("suspension", "reported"),
    "2020-06-08-morning-call-unanswered": ("check-in", "in-part"),
    "2021-07-27-call-hours": ("agreement", "reported"),
    "2021-10-04-calls-resume": ("check-in", "observed"),
    "2022-05-16-aid-notice-morning": ("note", "lapsed"),
    "2022-06-28-dam-notice": ("request", "lapsed"),
    "2022-11-11-body-return-notice": ("request", "lapsed"),
    "2023-07-14-dam-request-repeated": ("request", "unanswered"),
    "2023-10-29-drifting-boat": ("note", "routed"),
}


@pytest.mark.parametrize("event", PHASES)
def test_silence_refusal_withdrawal_and_return_are_states_of_the_record(
    view: reading.OfficeView, event: str
) -> None:
    found = matter_of(view, event)
    assert (found.procedure, found.phase) == PHASES[event]
    assert found.settled


def test_the_norths_standing_tells_the_whole_story(view: reading.OfficeView) -> None:
    def slots(side: str) -> Mapping[str, Any]:
        return view.office.state(natural_id(view.id, "standing", side)).state.slots

    north, south = slots("north"), slots("south")
    assert north["premises"] == "lost"
    assert (north["line/liaison"], north["line/trial"]) == ("restored", "cut")
    assert "withdrawal" not in north
    assert "stays" in south
    assert "premises" not in south


def test_calls_are_as_each_side_saw_them(view: reading.OfficeView) -> None:
    def call(day: str, slot: str) -> Mapping[str, Any]:
        return view.office.state(natural_id(view.id, "check-in", f"{day}/{slot}")).state.slots

    late = call("2020-06-08", "closing")
    assert (late["view/south"], late["late/south"]) == ("late", 25)
    assert "view/north" not in call("2020-06-08", "closing")
    assert call("2022-06-28", "opening")["view/south"] == "line-dead"
    assert {call("2020-06-09", "closing")[f"view/{side}"] for side in SIDES} == {"line-dead"}
    assert {call("2021-10-04", "opening")[f"view/{side}"] for side in SIDES} == {"answered"}


def test_every_event_stands_on_the_public_page(
    replayed: tuple[Path, dict[str, Any]], view: reading.OfficeView
) -> None:
    from yeollak.desk.public import build
    from yeollak.storage.public import Source

    page = build(Source(view.alias).record(view.id))
    assert [item.told.event for item in page.items] == list(events())
    assert (page.unread, page.beyond, page.demonstration) == (0, 0, True)
    assert page.seat_lost is not None
    assert sum(source.reference.seed for source in page.sources) == 11


# bad input


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            command(tmp_path / "office", port), capture_output=True, check=False, timeout=60
        )
    assert done.returncode != 0
    assert json.loads(done.stdout)["error"]["code"] == "port-in-use"


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "office").write_text("something else")
    done = subprocess.run(command(tmp_path / "office", 1), capture_output=True, check=False, timeout=60)
    assert json.loads(done.stdout)["error"]["code"] == "node-there"


def test_two_demonstrations_do_not_share_a_folder(tmp_path: Path) -> None:
    from yeollak.node.serve import Lock

    (tmp_path / "office").mkdir()
    held = Lock(tmp_path / "office")
    done = subprocess.run(command(tmp_path / "office", 1), capture_output=True, check=False, timeout=60)
    held.release()
    assert json.loads(done.stdout)["error"]["code"] == "node-running"
