"""Several processes over one database, and processes that end in the middle of a step."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import connections

from tests.storage.nodes import Node, Nodes
from tests.storage.process import POWER
from yeollak.record.merkle import leaf_hash, root_of
from yeollak.storage import models, reading
from yeollak.storage.own_register import NewAct

ROOT = Path(__file__).parents[2]


def start(
    node: Node, folder: Path, name: str, acts: Sequence[NewAct], step: str | None = None
) -> subprocess.Popen[bytes]:
    """A process that appends these acts to the node's database."""
    settings = {**connections.settings[node.journal.alias], "CONN_MAX_AGE": 0}
    assert node.journal.anchor is not None
    job = folder / f"{name}.job"
    job.write_bytes(pickle.dumps((settings, str(node.journal.anchor.path), node.id, list(acts), step)))
    command = [sys.executable, "-m", "tests.storage.process", str(job)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def seen(node: Node, many: int) -> list[NewAct]:
    return [node.act("line.seen", "node", request=f"seen/{number}") for number in range(many)]


def whole(node: Node, size: int) -> None:
    """The register must have every index once, and its head must be the root over them."""
    view = node.view
    assert reading.heads(view)[view.place].size == size
    entries = view.ledger.entries(view.place, 0, size + 1)
    assert len({entry.document for entry in entries}) == len(entries) == size
    assert reading.head(view, node.side).root() == root_of([leaf_hash(one.statement) for one in entries])


def test_processes_that_write_at_once_take_different_places(nodes: Nodes, tmp_path: Path) -> None:
    south = nodes.found().south
    acts = seen(south, 24)
    writers = [start(south, tmp_path, f"writer{at}", acts[at::3]) for at in range(3)]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    whole(south, 4 + 24)


@pytest.mark.parametrize(("step", "kept"), [("_keep", 0), ("_store", 0), ("append", 1)])
def test_a_process_that_ends_within_a_step_leaves_all_or_nothing(
    nodes: Nodes, tmp_path: Path, step: str, kept: int
) -> None:
    south = nodes.found().south
    new = south.act("line.seen", "node", request="once")
    assert start(south, tmp_path, "writer", [new], step).wait(timeout=120) == POWER
    whole(south, 4 + kept)
    assert south.view.rows(models.Entry).filter(place=0).count() == 4 + kept
    assert south.journal.append(south.id, [new]) == [4], "the same request is appended once"
    whole(south, 5)
    assert len(south.fold().counted) == 1
