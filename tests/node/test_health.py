"""What a machine may ask of a node and what a node tells a log: figures and codes, nothing of the record."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.line.conftest import Making, founded, make, no_power_is_lost
from tests.node.offices import Offices
from tests.ports import quiet_ports
from tests.storage.setup import ready
from yeollak.errors import LineFault, OurFault
from yeollak.node import logs
from yeollak.node.config import NodeConfig
from yeollak.node.health import Health
from yeollak.node.open import Node
from yeollak.node.pageserver import page_server
from yeollak.storage import reading

__all__ = ["founded", "make", "no_power_is_lost"]
ready()


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    made = Offices(tmp_path_factory.mktemp("health")).make()
    made.stop("south")
    node = made.nodes["south"]
    replace(node.config, health=("127.0.0.1", quiet_ports(1)[0])).save()
    made.open("south")
    made.serve("south")
    made.say("south", "opening")
    made.until(made.settled)
    yield made
    made.close()


def ask(node: Node, path: str) -> tuple[int, str]:
    assert node.config.health is not None
    host, port = node.config.health
    try:
        with urllib.request.urlopen(f"http://{host}:{port}{path}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def figures(node: Node) -> Figures:
    status, text = ask(node, "/metrics")
    assert status == 200
    return parsed(text)


def parsed(text: str) -> Figures:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_node_that_serves_lives_and_is_ready(offices: Offices) -> None:
    node = offices.nodes["south"]
    assert ask(node, "/live") == (200, '{"live": true}\n')
    assert json.loads(ask(node, "/ready")[1]) == {"ready": True, "why": []}
    for path in ("/", "/metrics/", "/1/", "/line/"):
        assert ask(node, path)[0] == 404


def test_figures_are_those_of_the_store(offices: Offices) -> None:
    node, view = offices.nodes["south"], offices.view("south")
    found, office = figures(node), view.id[:16]
    for side, size in zip(view.charter.sides, offices.sizes("south"), strict=True):
        for state in ("held", "counted", "shown"):
            labels = (("office", office), ("register", side), ("state", state))
            assert found["yeollak_register_entries", labels] == size
    peer = (("office", office), ("peer", "north"))
    assert found["yeollak_line_owed_entries", peer] == 0
    assert found["yeollak_line_failures", peer] == 0
    assert abs(found["yeollak_line_last_success_seconds", peer] - datetime.now(UTC).timestamp()) < 600
    assert found["process_resident_memory_bytes", ()] > 0
    node.journal.raise_alarm(view.id, "clock-behind", {}, node.clock.now())
    assert figures(node)["yeollak_alarms", (("code", "clock-behind"), ("office", office))] == 1


def of_store(node: Node, offices: Callable[[], list[str]] | None = None) -> Figures:
    """The figures of a node that does not serve."""
    environ = {"PATH_INFO": "/metrics", "REQUEST_METHOD": "GET"}
    (body,) = Health(node, lambda: True, offices)(environ, lambda status, headers: None)  # type: ignore[arg-type]  # no writer
    return parsed(body.decode())


class Dead:
    """A line on which nobody answers."""

    def exchange(self, office: str, data: bytes) -> bytes:
        raise LineFault("unreachable", url="x", why="dead")


def test_figures_tell_what_is_owed_fails_and_is_behind(make: Making) -> None:
    """Each state of an entry apart: on a node at rest all of them are equal, and nothing is owed."""
    world = make()
    south, north, office = world["south"], world["north"], world.charter.office
    line, south.lines = south.lines, {"north": Dead()}
    for node in (south, north):
        while node.journal.show(office, world.clock.now()):
            pass
    south.start()
    size = south.view.ledger.held(0)
    south.say()
    south.keeper.step()
    for _ in range(3):
        south.couriers["north"].step()
        world.clock.pass_by(400)
    peer, name = (("office", office[:16]), ("peer", "north")), ("office", office[:16])
    found = of_store(south.open)
    assert found["yeollak_line_owed_entries", peer] == 1
    assert found["yeollak_line_failures", peer] == 3
    assert found["yeollak_offices", ()] == 1
    south.lines = line
    south.start()
    for _ in range(2):
        south.couriers["north"].step()

    def states() -> list[float]:
        told = of_store(north.open)
        return [
            told["yeollak_register_entries", (name, ("register", "south"), ("state", state))]
            for state in ("held", "counted", "shown")
        ]

    assert states() == [size + 1, size, size]
    north.journal.fold(office, world.clock.now(), show=False)
    assert states() == [size + 1, size + 1, size]
    while north.journal.show(office, world.clock.now()):
        pass
    assert states() == [size + 1] * 3
    found = of_store(south.open)
    assert (found["yeollak_line_owed_entries", peer], found["yeollak_line_failures", peer]) == (0, 0)
    for why in ("one", "another"):
        south.journal.raise_alarm(office, "fold-failed", {"why": why}, world.clock.now())
    assert of_store(south.open)["yeollak_alarms", (("code", "fold-failed"), name)] == 2
    # Where several processes serve, each tells of its own offices alone.
    found = of_store(south.open, list)
    assert found["yeollak_offices", ()] == 0
    assert not [figure for figure, labels in found if name in labels]


def test_a_register_of_two_courses_is_not_ready(offices: Offices) -> None:
    node, view = offices.nodes["south"], offices.view("south")
    node.journal.raise_alarm(view.id, "forked-register", {"side": "north"}, node.clock.now())
    status, told = ask(node, "/ready")
    assert (status, json.loads(told)) == (503, {"ready": False, "why": ["forked-register"]})
    (alarm,) = [one for one in reading.alarms(view) if one.code == "forked-register"]
    node.journal.clear_alarm(view.id, alarm.id, node.clock.now())
    assert ask(node, "/ready")[0] == 200


def test_a_node_that_starts_or_cannot_answer_says_so(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    health = Health(offices.nodes["south"], lambda: False)
    environ = {"PATH_INFO": "/ready", "REQUEST_METHOD": "GET"}
    (body,) = health(environ, lambda status, headers: told.append(status))  # type: ignore[arg-type]  # no writer
    assert json.loads(body) == {"ready": False, "why": ["starting"]}

    def away(_alias: str) -> list[str]:
        raise OurFault("store-failed", why="away")

    monkeypatch.setattr(reading, "offices", away)
    # Of a process that works for no office nothing else would ask the store.
    for one in (health, Health(offices.nodes["south"], lambda: True, list)):
        (body,) = one(environ, lambda status, headers: told.append(status))  # type: ignore[arg-type]  # no writer
        assert json.loads(body) == {"why": ["store-failed"]}
    assert told == ["503 Service Unavailable"] * 3


def test_the_settings_keep_the_listener(tmp_path: Path) -> None:
    config = NodeConfig(tmp_path, "south", ("127.0.0.1", 1), ("127.0.0.1", 2), health=("127.0.0.1", 3))
    config.save()
    assert NodeConfig.load(tmp_path) == config


@contextmanager
def logged(begin: Callable[[], None] = logs.to_standard_error) -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:]
    begin()
    try:
        yield
    finally:
        root.handlers[:] = before
        logs.LOG.handlers[:] = [logging.NullHandler()]
        logs.LOG.setLevel(logging.NOTSET)
        logs.LOG.propagate = True


def test_the_log_is_lines_of_json_with_codes_alone(
    offices: Offices, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged():
        node, office = offices.nodes["south"], offices.office
        node.journal.raise_alarm(office, "told-to-log", {"why": "a text\nof theirs"}, node.clock.now())
        node.journal.note_attempt(office, "north", node.clock.now(), outcome="unreachable")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    kept = [{name: line[name] for name in line if name != "at"} for line in lines if "code" in line]
    assert {"level": "error", "event": "alarm", "office": office[:16], "code": "told-to-log"} in kept
    failed = {"event": "attempt-failed", "peer": "north", "code": "unreachable"}
    assert {"level": "warning", **failed, "office": office[:16]} in kept
    assert "of theirs" not in json.dumps(lines)


def break_pages(node: Node, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ask for a page that is not there and one that breaks, and break a server; returns the statuses."""

    def broken(_alias: str) -> list[str]:
        raise ValueError("The dam opens at noon.")

    statuses = []
    with monkeypatch.context() as patch:
        for path in ("/a-passphrase/%0a{}", "/en/"):
            patch.setattr(reading, "offices", broken)
            try:
                urllib.request.urlopen("http://{}:{}".format(*node.config.public) + path)
            except urllib.error.HTTPError as answer:
                statuses.append(answer.code)
        try:
            broken("")
        except ValueError as problem:
            page_server(("127.0.0.1", 0), no_pages).error_log(repr(problem), logging.ERROR, traceback=True)
    return statuses


def no_pages(_environ: object, _start: object) -> list[bytes]:
    return []


def test_what_libraries_say_is_told_by_kind_and_place_alone(
    offices: Offices, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django and the server of pages print paths, messages and tracebacks, which repeat what was there."""
    with logged():
        assert break_pages(offices.nodes["south"], monkeypatch) == [404, 500]
    told = capfd.readouterr().err
    lines = [json.loads(line) for line in told.splitlines()]
    faults = [line for line in lines if line["event"] == "fault"]
    assert [(one["source"], one["code"], one["level"]) for one in faults] == [
        ("django.request", "ValueError", "error"),
        ("cheroot", "ValueError", "error"),
    ]
    assert faults[0]["where"].startswith("public.py:")
    assert "noon" not in told
    assert "passphrase" not in told


def test_without_a_log_nothing_is_told(
    offices: Offices, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with logged(logs.to_nobody):
        assert break_pages(offices.nodes["south"], monkeypatch) == [404, 500]
    assert capfd.readouterr().err == ""
