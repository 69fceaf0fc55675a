"""One side's node as it stands on a machine: the product's own parts over a disk that fails.

Only the clock, the disk, the network and the threads are replaced. What a thread of `yeollak serve` would do
is called by the scheduler; what decides at the start whether a node may go on is the server's own code.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

from django.db import connections

from tests.line.world import Clock, keys_kept
from tests.office.world import seed
from tests.simulation.disk import Disk, FragileAnchor, FragileJournal, Image
from tests.simulation.faults import Crash, Faults
from yeollak.errors import OurFault
from yeollak.line import bodies
from yeollak.line.courier import Courier, Exchange
from yeollak.line.endpoint import Endpoint
from yeollak.line.post import Post
from yeollak.node.config import NodeConfig
from yeollak.node.keeper import Keeper
from yeollak.node.open import Node as OpenNode
from yeollak.node.tenure import Tenure
from yeollak.office.charter import Charter
from yeollak.record.checkpoint import read_checkpoint
from yeollak.storage import anchor_file, files, reading
from yeollak.storage.databases import attach, sqlite
from yeollak.storage.holdings import Holdings
from yeollak.storage.reading import OfficeView

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class WatchedPost(Post):
    """An end of the line that shows what is about to leave."""

    leaves: Callable[[str, bytes], None] = field(default=lambda _purpose, _body: None, repr=False)

    def seal(self, to: str, purpose: str, body: bytes, now: datetime, nonce: str) -> bytes:
        self.leaves(purpose, body)
        return Post.seal(self, to, purpose, body, now, nonce)


class Watch(Protocol):
    """Who notes what leaves a machine."""

    def left(self, side: str, size: int, root: bytes) -> None:
        """A checkpoint of its own register."""

    def receipted(self, by: str, side: str, size: int) -> None:
        """A receipt by it."""


@dataclass
class Local:
    """A machine's own clock: the world's, and how wrong it is."""

    world: Clock
    wrong: timedelta = timedelta()

    def now(self) -> datetime:
        return self.world.now() + self.wrong


@dataclass
class Machine:
    """The node of `side` under `folder`. `watch` is told of what leaves it."""

    side: str
    charter: Charter
    folder: Path
    world_clock: Clock
    faults: Faults
    watch: Watch
    lines: dict[str, Exchange] = field(default_factory=dict)
    #: How many calls of its code are under way.
    frames: int = 0
    salts: int = 0
    #: Up to where a push that was sealed last reaches.
    reaches: int = 0
    #: Whether nothing of ours is said before every side has answered: the operator's rule after a restore.
    held_back: bool = False
    starts: int = 0

    def __post_init__(self) -> None:
        self.kept = keys_kept(self.side)
        self.clock = Local(self.world_clock)
        anchor = self.folder.parent / f"{self.side}.anchor"
        self.disk = Disk(self.side, self.folder / "node.db", anchor, self.faults)
        self.alias = f"simulated_{next(_numbers)}"
        attach(self.alias, sqlite(self.disk.database))
        files.attach(self.alias, self.folder / "enclosures")
        #: Copies that were put away: what the database was, and the anchor.
        self.backup: Image = self.disk.image()
        self.start()

    @property
    def office(self) -> str:
        return self.charter.office

    @property
    def view(self) -> OfficeView:
        return reading.office_view(self.alias, self.office)

    @property
    def size(self) -> int:
        return self.view.ledger.held(self.view.place)

    def start(self) -> None:
        """Begin with what is on the disk and nothing in memory."""
        self.stop()
        self.disk.revive()
        self.starts += 1
        journal = FragileJournal(self.alias, FragileAnchor(self.disk.anchor_path, self.disk), self.disk)
        journal.passes = self.world_clock.pass_by  # type: ignore[method-assign]  # each machine has a clock
        self.journal = journal
        self.post = WatchedPost(
            self.charter, self.side, lambda: self.kept, lambda: self.view.office, leaves=self._leaves
        )
        port = Holdings(journal, self.office)
        self.heard: list[str] = []
        self.endpoint = Endpoint(port, self.post, self.clock.now, self.heard.append)

        def elapsed() -> float:
            return self.world_clock.elapsed

        self.couriers = {
            peer: Courier(port, self.post, peer, line, journal, self.clock.now, elapsed)
            for peer, line in self.lines.items()
        }
        config = NodeConfig(self.folder, self.side, ("", 0), ("", 0))
        no_keyring: Any = None
        no_clock: Any = self.clock
        self.open = OpenNode(config, journal, no_clock, no_keyring)
        self.keeper = Keeper(self.open, self.post)
        self.begun = self.world_clock.elapsed
        # The node's own rule (rule 9), over the parts that it looks at.
        tenure: Any = SimpleNamespace(
            node=self.open,
            office=self.office,
            post=self.post,
            couriers=list(self.couriers.values()),
            _accept_risk=False,
        )
        self._tenure = tenure
        self._lost: OurFault | None = Tenure._lost(tenure)

    def ready(self) -> bool:
        """Whether the node has begun to act by itself: every peer has answered, or has been given the time
        that the server gives them where the anchor tells what has left.
        """
        answered = all(courier.answered for courier in self.couriers.values())
        if self._lost is not None:
            if not answered:
                return False
            if not self._recovered(self._lost):
                return False
            self._lost = None
        return answered or (not self.held_back and self.world_clock.elapsed > self.begun + 10.0)

    def _recovered(self, lost: OurFault) -> bool:
        """Begin the anchor anew, as the server does at its start; a server that cannot is started again."""
        self.frames += 1
        try:
            Tenure._recover(self._tenure, lost)
            return True
        except (Crash, OurFault):
            return False
        finally:
            self.frames -= 1
            if self.disk.dead and not self.frames:
                self.start()

    def stop(self) -> None:
        """Close the database."""
        connections[self.alias].close()
        reading.close_views(self.alias)

    def forget(self) -> None:
        """Take the machine out of this process."""
        self.stop()
        del connections[self.alias]
        del connections.settings[self.alias]

    def left_size(self) -> int:
        """How much of our register has left, as the anchor knows it."""
        try:
            left = self.journal.anchor.read(self.office) if self.journal.anchor else None
        except OurFault:
            return 0
        return left[0] if left else 0

    def _synced_size(self) -> int:
        """The same, by what is on the disk, where more can be read."""
        if self.disk.unsynced is None:
            return self.left_size()
        copies = anchor_file.parsed(self.disk.unsynced).get(self.office)
        return 0 if copies is None else copies.newest.size

    def salt(self, label: str) -> bytes:
        """Salts that depend on the schedule alone."""
        self.salts += 1
        return seed(self.side, label, self.salts, self.faults.rng.random())[:16]

    def committed(self, side: str) -> tuple[int, int]:
        """How many entries of a register another process would find: by its head, and by counting."""
        place = self.charter.places[side]
        with sqlite3.connect(f"file:{self.disk.database}?mode=ro", uri=True) as other:
            where = f"WHERE office_id = '{self.office}' AND place = {place}"
            (head,) = other.execute(f"SELECT size FROM yeollak_storage_head {where}").fetchone()
            (rows,) = other.execute(f"SELECT count(*) FROM yeollak_storage_entry {where}").fetchone()
        other.close()
        return head, rows

    def _leaves(self, purpose: str, body: bytes) -> None:
        self.disk.alive()
        self.reaches = 0
        if purpose == bodies.PUSH:
            push = bodies.decode_push(body)
            self.reaches = push.old + len(push.arrivals)
            self._course(push.checkpoint)
        elif purpose == bodies.ENTRIES:
            given = bodies.decode_push(body)
            if given.arrivals:
                self._course(given.checkpoint)
        elif purpose == bodies.HEADS:
            for note in bodies.decode_notes(body, 64):
                self._course(note)
        elif purpose == bodies.RECEIPT:
            (note,) = bodies.decode_notes(body, 1)
            self._receipt(note)

    def _course(self, note: bytes) -> None:
        """A checkpoint leaves: if it is of our own register the anchor must know it."""
        point, _ = read_checkpoint(note)
        if point.origin != self.charter.origin(self.side):
            return
        # Where the anchor was lost it is begun anew before anything of ours is pushed.
        if self._lost is None and self._synced_size() < point.size:
            self.faults.violated(f"{self.side}: a checkpoint at {point.size} leaves before it is anchored")
        self.watch.left(self.side, point.size, point.root)

    def _receipt(self, note: bytes) -> None:
        """A receipt leaves: another process must find what it is for."""
        point, _ = read_checkpoint(note)
        side = next(side for side in self.charter.sides if self.charter.origin(side) == point.origin)
        head, rows = self.committed(side)
        if min(head, rows) < point.size:
            self.faults.violated(f"{self.side}: receipts {point.size} of {side} and holds {head} ({rows})")
        self.watch.receipted(self.side, side, point.size)
