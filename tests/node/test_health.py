"""What a machine may ask of a node and what a node tells a log: figures and codes, nothing of the record."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.node.offices import Offices
from tests.ports import quiet_ports
from tests.storage.setup import ready
from yeollak.errors import OurFault
from yeollak.node import logs
from yeollak.node.config import NodeConfig
from yeollak.node.health import Health
from yeollak.node.open import Node
from yeollak.storage import reading

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


def figures(node: Node) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    status, text = ask(node, "/metrics")
    assert status == 200
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
    (body,) = health(environ, lambda status, headers: told.append(status))  # type: ignore[arg-type]  # no writer
    assert json.loads(body) == {"why": ["store-failed"]}
    assert told == ["503 Service Unavailable"] * 2


def test_the_settings_keep_the_listener(tmp_path: Path) -> None:
    config = NodeConfig(tmp_path, "south", ("127.0.0.1", 1), ("127.0.0.1", 2), health=("127.0.0.1", 3))
    config.save()
    assert NodeConfig.load(tmp_path) == config


def test_the_log_is_lines_of_json_with_codes_alone(
    offices: Offices, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.to_standard_error()
    try:
        node, office = offices.nodes["south"], offices.office
        node.journal.raise_alarm(office, "told-to-log", {"why": "a text\nof theirs"}, node.clock.now())
        node.journal.note_attempt(office, "north", node.clock.now(), outcome="unreachable")
    finally:
        logs.LOG.handlers[:] = [logging.NullHandler()]
        logs.LOG.setLevel(logging.NOTSET)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    kept = [{name: line[name] for name in line if name != "at"} for line in lines if "code" in line]
    assert {"level": "error", "event": "alarm", "office": office[:16], "code": "told-to-log"} in kept
    failed = {"event": "attempt-failed", "peer": "north", "code": "unreachable"}
    assert {"level": "warning", **failed, "office": office[:16]} in kept
    assert "of theirs" not in json.dumps(lines)
