"""Two or three real nodes, each with its store, endpoint, couriers and keeper, on lines that a test gives.

A founded office is made once for each number of sides and copied for every test: a node is its database
file, its anchor and its keys, so that it can be stopped, started and restored as an operator would.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connections

from tests.office.world import NAMES, START, charter_of, keys_of, seed
from tests.storage.setup import migrated
from yeollak.line.courier import Courier, Exchange
from yeollak.line.endpoint import Endpoint
from yeollak.line.post import Post, PostKeys
from yeollak.node.acting import Text, act
from yeollak.node.config import NodeConfig
from yeollak.node.keeper import Keeper
from yeollak.node.open import Node as OpenNode
from yeollak.office.charter import Charter
from yeollak.office.propose import Draft
from yeollak.storage import files, reading
from yeollak.storage.anchor import Anchor
from yeollak.storage.databases import attach, sqlite
from yeollak.storage.holdings import Holdings
from yeollak.storage.journal import Journal
from yeollak.storage.reading import OfficeView
from yeollak.storage.signer import KeyPair, RegisterSigner

_numbers = itertools.count()


@dataclass
class Clock:
    """A clock that a test sets; `elapsed` paces."""

    moment: datetime = START
    elapsed: float = 0.0

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=int(seconds))
        self.elapsed += seconds


@dataclass
class Direct:
    """A line on which nothing goes wrong."""

    nodes: dict[str, Node]
    peer: str

    def exchange(self, office: str, data: bytes) -> bytes:
        return self.nodes[self.peer].endpoint.answer(data)


def keys_kept(side: str) -> PostKeys:
    """The keys that a side's charter names."""
    own = keys_of(side)
    signer = RegisterSigner(own.register, own.register_pq)
    return PostKeys(signer, (KeyPair(own.receipt, own.receipt_pq),), (own.seal,), own.officers["node"])


@dataclass
class Node:
    """One side's node under `folder`, opened by `start`."""

    side: str
    charter: Charter
    folder: Path
    clock: Clock
    port_of: Callable[[Journal, str], Holdings] = Holdings
    #: The entry of a PostgreSQL database, where the node has one.
    entry: dict[str, Any] | None = None
    alias: str = ""
    salts: int = 0
    kept: PostKeys = field(init=False)
    lines: dict[str, Exchange] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kept = keys_kept(self.side)

    @property
    def database(self) -> Path:
        return self.folder / "node.db"

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.folder.parent / f"{self.side}.anchor")

    @property
    def view(self) -> OfficeView:
        return reading.office_view(self.alias, self.charter.office)

    def start(self) -> Node:
        """Open the database, and begin with nothing in memory."""
        if not self.alias:
            self.alias = f"line_{next(_numbers)}"
            attach(self.alias, self.entry or self._sqlite())
            files.attach(self.alias, self.folder / "enclosures")
        reading.close_views(self.alias)
        self.journal = Journal(self.alias, self.anchor)
        self.post = Post(self.charter, self.side, lambda: self.kept, lambda: self.view.office)
        self.port = self.port_of(self.journal, self.charter.office)
        self.heard: list[str] = []
        self.endpoint = Endpoint(self.port, self.post, self.clock.now, self.heard.append)
        self.couriers = {
            peer: Courier(
                self.port, self.post, peer, line, self.journal, self.clock.now, lambda: self.clock.elapsed
            )
            for peer, line in self.lines.items()
        }
        config = NodeConfig(self.folder, self.side, ("", 0), ("", 0))
        no_keyring: Any = None
        self.open = OpenNode(config, self.journal, self.clock, no_keyring)
        self.keeper = Keeper(self.open, self.post)
        return self

    def stop(self) -> None:
        """Close the database, so that its file is whole."""
        connections[self.alias].close()
        reading.close_views(self.alias)

    def forget(self) -> None:
        """Take the node out of this process."""
        self.stop()
        del connections[self.alias]
        del connections.settings[self.alias]

    def save(self, name: str) -> None:
        """A backup of the database, without the anchor."""
        self.stop()
        if self.entry is not None:
            self._administer(f"CREATE DATABASE {self.entry['NAME']}_{name} TEMPLATE {self.entry['NAME']}")
        else:
            shutil.copy(self.database, self.folder / name)

    def restore(self, name: str) -> None:
        """Put a backup in the place of the database."""
        self.stop()
        if self.entry is not None:
            self._administer(f"DROP DATABASE {self.entry['NAME']}")
            self._administer(f"CREATE DATABASE {self.entry['NAME']} TEMPLATE {self.entry['NAME']}_{name}")
            self.start()
            return
        for more in ("-wal", "-shm"):
            self.database.with_name(self.database.name + more).unlink(missing_ok=True)
        shutil.copy(self.folder / name, self.database)
        self.start()

    def say(self, kind: str = "line.seen", officer: str = "node", *texts: Text, **of: Any) -> str:
        """Append one act; returns its id."""
        key = keys_of(self.side).authority if officer == "authority" else keys_of(self.side).officers[officer]
        return act(self.open, self.charter.office, key, Draft(kind, **of), texts, salts=self._salt)

    def sizes(self) -> list[int]:
        """How many entries of every register are held."""
        return [row.size for row in reading.heads(self.view)]

    def alarms(self) -> list[str]:
        return [row.code for row in reading.alarms(self.view)]

    def _sqlite(self) -> dict[str, Any]:
        entry = sqlite(self.database)
        # A crash here is an exception, never a loss of power.
        entry["OPTIONS"]["init_command"] = entry["OPTIONS"]["init_command"].replace("=FULL", "=OFF")
        return entry

    def _administer(self, statement: str) -> None:
        with connections["line_server"].cursor() as cursor:
            cursor.execute(statement)

    def _salt(self, label: str) -> bytes:
        self.salts += 1
        return seed(self.side, label, self.alias, self.salts)[:16]


class World:
    """An office on lines of a test's own making."""

    def __init__(
        self,
        folder: Path,
        sides: int = 2,
        line: Callable[[dict[str, Node], str, str], Exchange] | None = None,
        port_of: Callable[[Journal, str], Holdings] = Holdings,
        entries: Mapping[str, dict[str, Any]] | None = None,
    ) -> None:
        self.charter = charter_of(NAMES[:sides])
        self.clock = Clock()
        self.nodes = {
            side: Node(side, self.charter, folder / side, self.clock, port_of, (entries or {}).get(side))
            for side in self.charter.sides
        }
        for side, node in self.nodes.items():
            node.folder.mkdir(parents=True, exist_ok=True)
            for peer in self.charter.sides:
                if peer != side:
                    node.lines[peer] = line(self.nodes, side, peer) if line else Direct(self.nodes, peer)
            node.start()

    def __getitem__(self, side: str) -> Node:
        return self.nodes[side]

    def found(self) -> World:
        """Sign the charter on every side and post officers."""
        for node in self.nodes.values():
            migrated(node.alias)
            node.journal.found(self.charter.raw, node.side)
            facts = {"charter": self.charter.office, "checked": "in-person"}
            node.say("charter.sign", "authority", facts=facts)
        self.settle()
        for node in self.nodes.values():
            for function, key in keys_of(node.side).officers.items():
                node.say(
                    "posting.appoint", "authority", facts={"key": key.public.hex(), "function": function}
                )
        self.settle()
        return self

    def settle(self, rounds: int = 200) -> None:
        """Let keepers and couriers work until nothing moves any more."""
        for _ in range(rounds):
            moved = False
            for node in self.nodes.values():
                node.keeper.step()
                for courier in node.couriers.values():
                    moved = courier.step() or moved
                node.keeper.step()
            if not moved and self.quiet():
                return
            if not moved:
                self.clock.pass_by(31)
        raise AssertionError(f"does not come to rest: {[node.sizes() for node in self.nodes.values()]}")

    def quiet(self) -> bool:
        """Whether every node holds and counts everything, and everybody has receipted it."""
        heads = [reading.heads(node.view) for node in self.nodes.values()]
        if any(head != heads[0] for head in heads) or any(row.size != row.counted for row in heads[0]):
            return False
        return all(
            reading.receipted(node.view, peer) == node.view.ledger.held(node.view.place)
            and not node.keeper.owed()
            for node in self.nodes.values()
            for peer in node.lines
        )

    def close(self) -> None:
        for node in self.nodes.values():
            node.forget()


def copied(template: Path, folder: Path) -> Path:
    """A founded office of a test's own."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return folder
