"""Records of a thousand to a million acts, made in minutes: `python -m bench.long_store FOLDER`.

The same office as `desk_store` writes, only larger: every act is signed, every batch has its checkpoint and
the other side's receipt, and the store's own writer has admitted, appended, judged, counted and indexed it.
What makes it quicker is that one process signs while another stores, and that a store that is being made
syncs nothing and tells pages of many batches at once. Each size is a copy of the same record as it stood when
it had so many acts. Only the southern node holds it; the northern one is where it was when it was founded.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

import click
from django.db import connections

from bench.desk_store import NORTH, SOUTH, Author, Scribe, Years, held_keys
from tests.node.offices import SIDES
from tests.staff.desks import Desks
from yeollak.line.post import PostKeys
from yeollak.node.clock import FileClock
from yeollak.office.charter import Charter
from yeollak.office.ledger import MemoryLedger
from yeollak.office.office import Office
from yeollak.office.statistics import Figures, Period
from yeollak.record.cosign import cosign, receipt_name
from yeollak.record.keys import SigningKey
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.record.note import Signature
from yeollak.record.treehead import Checkpoint
from yeollak.storage import models, projection, reading
from yeollak.storage.own_register import NewAct

SIZES = (1_000, 10_000, 100_000, 1_000_000)
#: Notes that either side opens in a week: a million acts are some twelve years. A young office has fewer, or
#: a thousand acts would be less than a week.
_NOTES, _YOUNG, _GROWN = 200, 25, 5_000
#: Of how many acts pages are told at once while a record is made, and how many batches wait to be stored.
_SHOWN, _AHEAD = 4096, 64
_MARK = "made.json"
#: A making store is thrown away when it fails: nothing of it needs to survive a loss of power.
_QUICK = ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-1000000", "PRAGMA wal_autocheckpoint=20000")


@dataclass(frozen=True, slots=True)
class Batch:
    """Acts of one side, the claimed time of the newest, and the receipt lines of the other side for them."""

    side: str
    items: list[NewAct]
    time: datetime
    receipts: tuple[Signature, ...]


class Sizes(MemoryLedger):
    """How far both registers have come, and nothing of what is in them: all that making a document asks."""

    def __init__(self, trees: Sequence[Frontier]) -> None:
        super().__init__(len(trees))
        self.trees = list(trees)

    def held(self, place: int) -> int:
        return self.trees[place].size

    counted = held

    def root(self, place: int, size: int) -> bytes:
        """The root as it stands: no other is asked for."""
        if size != self.trees[place].size:
            raise LookupError(f"the root at {size} is not kept")
        return self.trees[place].root()


class Signer(Author):
    """Signs acts, checkpoints and receipts of both sides and passes them on, without any store."""

    def __init__(
        self,
        charter: Charter,
        posts: dict[str, PostKeys],
        keys: dict[str, SigningKey],
        now: datetime,
        trees: Sequence[Frontier],
        line: Connection,
    ) -> None:
        super().__init__(charter, posts, keys, now)
        self.sizes, self._line = Sizes(trees), line
        self._office = Office(charter, self.sizes)
        self.written = sum(tree.size for tree in trees)

    @property
    def office(self) -> Office:
        """See Author."""
        return self._office

    def figures(self, period: Period) -> Figures | None:
        """None: figures are drawn from a store."""
        return None

    def store(self, side: str, items: list[NewAct]) -> None:
        """See Author: passed on, and taken for counted."""
        place = SIDES.index(side)
        tree = self.sizes.trees[place].extend(leaf_hash(one.statement) for one in items)
        self.sizes.trees[place] = tree
        other = NORTH if side == SOUTH else SOUTH
        pair, point = (
            self.posts[other].receipts[0],
            Checkpoint(self.charter.origin(side), tree.size, tree.root()),
        )
        name = receipt_name(self.charter.origin(other))
        lines = cosign(point, name, pair.key, pair.key_pq, int(self.now.timestamp()))
        self._line.send(Batch(side, items, self.now, tuple(lines)))


def _sign(folder: Path, office: str, acts: int, line: Connection) -> None:
    """A process that signs: at least so many acts, then the matters that pages are asked for."""
    desks = opened(folder, office)
    view = reading.office_view(desks.nodes[SOUTH].alias, office)
    posts, keys = held_keys(desks.nodes, view)
    trees = [reading.head(view, side) for side in SIDES]
    now = desks.nodes[SOUTH].clock.now().replace(hour=0, minute=0, second=0)
    connections.close_all()
    signer = Signer(view.charter, posts, keys, now, trees, line)
    years, week = Years(signer, _YOUNG), 0
    while signer.written < acts:
        years.notes = _YOUNG if signer.written < _GROWN else _NOTES
        years.week(week)
        week += 1
        line.send(dict(years.matters))
    line.send(None)


def quick(alias: str) -> None:
    """Let this thread write to a store that is being made as fast as it can."""
    with connections[alias].cursor() as cursor:
        for pragma in _QUICK:
            cursor.execute(pragma)


class Storing:
    """Takes what was signed into the southern node's store."""

    def __init__(self, desks: Desks) -> None:
        self.scribe = Scribe(desks)
        self._untold = 0
        quick(self.scribe.node.alias)

    def take(self, batch: Batch) -> None:
        """Store and count a batch with its receipt; pages are told now and then."""
        scribe = self.scribe
        scribe.now = batch.time
        scribe.hold(batch.side, batch.items, batch.receipts)
        scribe.journal.fold(scribe.id, batch.time, show=False)
        self._untold += len(batch.items)
        scribe.written += len(batch.items)
        if self._untold >= _SHOWN:
            self.tell()

    def tell(self) -> None:
        """Let pages and searches know of everything that has been counted."""
        view = self.scribe.view
        with self.scribe.journal.atomic():
            self.scribe.journal.lock(view)
            view.refresh()
            projection.show(view)
        self._untold = 0

    def keep(self, folder: Path, matters: dict[str, str], last: bool) -> None:
        """Keep the record as it stands in a folder of its own, which the `last` becomes. Raises RuntimeError
        where an act is void.
        """
        self.tell()
        scribe, desks = self.scribe, self.scribe.desks
        void = scribe.view.rows(models.Finding).exclude(void="").values_list("void", flat=True).first()
        if void is not None:
            raise RuntimeError(f"an act of the measurement is void: {void}")
        scribe.journal.anchor_again(scribe.id)
        FileClock(desks.folder / "clock").set(scribe.now)
        with connections[scribe.node.alias].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        told = {"office": scribe.id, "matters": matters, "acts": scribe.written}
        (desks.folder / _MARK).write_text(json.dumps(told) + "\n")
        if last:
            desks.close()
            for side in SIDES:
                connections[desks.nodes[side].alias].close()
            desks.folder.rename(folder)
            return
        beside = folder.with_name(f".{folder.name}")
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(desks.folder, beside)
        beside.rename(folder)


def opened(folder: Path, office: str) -> Desks:
    """Both nodes of a folder, which do not run."""
    desks = Desks(folder)
    desks.office = office
    for side in SIDES:
        desks.open(side)
    return desks


def peak(pid: int) -> int:
    """The most bytes that a process has had in memory since it began its program; 0 for one that is gone.
    What the process had before, as a copy of the one that started it, is not counted.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


@dataclass(frozen=True, slots=True)
class Long:
    """A record that was made: its nodes, the office, how many acts it had, and matters that pages ask for."""

    desks: Desks
    office: str
    acts: int
    matters: dict[str, str]


def long(folder: Path) -> Long:
    """The record in a folder."""
    told = json.loads((folder / _MARK).read_text())
    return Long(opened(folder, told["office"]), told["office"], told["acts"], told["matters"])


def _founded(folder: Path) -> Desks:
    """Two nodes with an office and officers, that do not run and share a clock of their own."""
    desks = Desks(folder)
    desks.make()
    desks.close()
    for side in SIDES:
        node = desks.nodes[side]
        FileClock(folder / "clock").set(node.clock.now())
        replace(node.config, clock="file:../clock").save()
    return opened(folder, desks.office)


def make(store: Path, sizes: Sequence[int] = SIZES, told: bool = False) -> None:
    """Make the records of these sizes that are not in the store yet, the smaller on the way."""
    missing = [size for size in sorted(sizes) if not (store / str(size) / _MARK).exists()]
    if not missing:
        return
    store.mkdir(parents=True, exist_ok=True)
    making = store / ".making"
    shutil.rmtree(making, ignore_errors=True)
    desks = _founded(making)
    here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
    signing = multiprocessing.get_context("spawn").Process(
        target=_sign, args=(making, desks.office, missing[-1], there), daemon=True
    )
    signing.start()
    there.close()
    storing, matters, began = Storing(desks), dict[str, str](), monotonic()
    for item in _received(here):
        if isinstance(item, dict):
            matters = item
        elif missing:
            storing.take(item)
        while missing and matters and storing.scribe.written >= missing[0]:
            size = missing.pop(0)
            storing.keep(store / str(size), matters, last=not missing)
            if told:
                click.echo(f"{storing.scribe.written} acts in {monotonic() - began:.0f} s")
    signing.join()
    if missing or signing.exitcode:
        raise RuntimeError("the process that signs has ended early")


def _received(line: Connection) -> Iterator[Batch | dict[str, str]]:
    while True:
        try:
            item = line.recv()
        except EOFError:
            return
        if item is None:
            return
        yield item


@click.command()
@click.argument("store", type=click.Path(path_type=Path))
@click.option("--sizes", default=",".join(map(str, SIZES)), show_default=True)
def main(store: Path, sizes: str) -> None:
    """Make records of so many acts in the folder STORE, where they are kept."""
    make(store, [int(size) for size in sizes.split(",")], told=True)


if __name__ == "__main__":
    main()
