"""Opening a node: its settings, its store under a database alias, its clock and its keys, in one value.

One process may open several nodes, each under its own alias: the demonstration and the tests do. Opening
changes nothing but the store's tables, which are brought up to date.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yeollak.errors import OurFault
from yeollak.node.clock import Clock
from yeollak.node.config import COSTS, NodeConfig
from yeollak.node.keyring import Keyring
from yeollak.node.settings import ready
from yeollak.storage import files
from yeollak.storage.anchor import anchor_at
from yeollak.storage.journal import Journal


@dataclass(frozen=True, slots=True)
class Node:
    """An open node. `journal.alias` is the alias of its database in this process."""

    config: NodeConfig
    journal: Journal
    clock: Clock
    keyring: Keyring

    @property
    def alias(self) -> str:
        """The alias of its database in this process."""
        return self.journal.alias


def open_node(folder: Path, alias: str = "default") -> Node:
    """Open the node in a folder. Raises OurFault(`no-node`, `node-settings`, `store-unusable`,
    `no-object-storage`, `file-unreadable`).
    """
    config = NodeConfig.load(folder)
    ready(alias, config.database_entry())
    try:
        kept = config.enclosures.files(folder)
    except OSError as problem:
        raise OurFault(
            "file-unreadable", file=config.enclosures.key_file, why=str(problem.strerror)
        ) from None
    files.attach(alias, kept)
    return Node(
        config=config,
        journal=Journal(alias, anchor_at(config.anchor, config.anchor_path)),
        clock=config.make_clock(),
        keyring=Keyring(folder, COSTS[config.cost]),
    )
