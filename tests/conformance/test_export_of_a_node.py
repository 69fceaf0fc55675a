"""Tools written by others read the export that a node writes, and not only what tests put together."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connections

from tests.conformance import environment
from tests.conformance.test_others_accept import LOG_TOOLS, STATEMENT_TOOLS, ask, vkeys
from tests.office.world import keys_of
from tests.storage.setup import migrated, ready
from yeollak.storage.databases import attach, sqlite

ready()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of the south node, with a statement of each side taken out beside it."""
    from tests.storage.nodes import Nodes
    from yeollak.storage.exporting import write_export

    root = tmp_path_factory.mktemp("node")
    aliases = ("conformance_south", "conformance_north")
    for alias in aliases:
        attach(alias, sqlite(root / f"{alias}.db"))
        migrated(alias)
    nodes = Nodes(aliases, root, 0).found()
    for node in nodes.both:
        opened = node.view.ledger.finding(node.view.place, 1)
        node.say("remark", matter=opened.matter, text=f"{node.side} says something".encode())
    nodes.meet()
    for node in nodes.both:
        entry = node.view.ledger.entry(node.view.place, 4)
        (root / f"{node.side}.statement").write_bytes(entry.statement)
        (root / f"{node.side}.document").write_bytes(entry.document)
        (root / f"{node.side}.pub").write_bytes(keys_of(node.side).officers["duty"].public)
    write_export(nodes.south.journal.alias, nodes.charter.office, root / "export", nodes.south.signer)
    for alias in aliases:
        connections[alias].close()
    return root


def test_its_registers_are_logs_and_its_statements_are_signed(folder: Path) -> None:
    sides = {"south": "north", "north": "south"}
    answers = ask(
        environment.ensure(),
        folder,
        statements=[[side, f"{side}.statement", f"{side}.pub", f"{side}.document"] for side in sides],
        logs=[
            [side, f"export/{side}", *(f"export/{path}" for path in vkeys(side, other))]
            for side, other in sides.items()
        ],
    )
    tools = {*STATEMENT_TOOLS, *LOG_TOOLS}
    assert answers == {f"{tool} {side}": None for tool in tools for side in sides}
