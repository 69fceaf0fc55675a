"""What this node holds of one office, as the line asks for it and adds to it.

One value gives the line everything that it needs of a store and nothing else: `line.protocol` states the
form of it, so that what a parcel means is decided without a database. Every call sees the store as it is
now.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from yeollak.errors import RecordFault
from yeollak.office.admit import Admitted, Push, Quota
from yeollak.record import checkpoint
from yeollak.record.cosign import receipt_name
from yeollak.record.document import Act
from yeollak.record.merkle import Frontier
from yeollak.record.note import Note
from yeollak.storage import batches, files, models, plain, reading
from yeollak.storage.journal import Journal
from yeollak.storage.own_register import FORKED
from yeollak.storage.owners import owner
from yeollak.storage.reading import OfficeView, office_view

#: How many large enclosures that are wanted are looked at together.
_AT_ONCE = 64
#: How many alarms of one kind stand about the enclosures of one side.
_MOST_ALARMS = 32


class Holdings:
    """One office of the node whose writer is `journal`. Keeps nothing itself: any thread may use it.

    `kept` is told of every receipt that has been stored: the register's side, and the size.
    """

    def __init__(
        self, journal: Journal, office: str, kept: Callable[[str, int], None] = lambda side, size: None
    ) -> None:
        self._journal, self._office, self._kept = journal, office, kept

    @property
    def _view(self) -> OfficeView:
        return office_view(self._journal.alias, self._office)

    # registers

    def head(self, side: str) -> Frontier:
        """The tree of a register as held."""
        return reading.head(self._view, side)

    def root(self, side: str, size: int) -> bytes:
        """The root of the first `size` entries held of a register."""
        view = self._view
        return view.ledger.root(view.charter.places[side], size)

    def checkpoint(self, side: str) -> bytes | None:
        """The newest checkpoint held of a register."""
        return reading.checkpoint(self._view, side)

    def notes(self, side: str) -> list[bytes]:
        """The newest checkpoint of a register and, for every party, the newest that it has receipted: one
        note a size, with the receipts that are held for it.
        """
        view = self._view
        newest = reading.checkpoint(view, side)
        if newest is None:
            return []
        point, _ = checkpoint.read_checkpoint(newest)
        if side == view.side:
            self.has_left(point.size, point.root)
        notes = {point.size: newest}
        rows = view.rows(models.Receipt).filter(place=view.charter.places[side]).order_by("-size")
        for place, party in enumerate(view.charter.sides):
            row = rows.filter(cosigner=place).first()
            note = None if row is None else reading.checkpoint(view, side, row.size)
            if row is None or note is None:
                continue
            name = receipt_name(view.charter.origin(party))
            lines = [line for line in Note.parse(bytes(row.note)).signatures if line.name == name]
            notes[row.size] = checkpoint.add_lines(notes.get(row.size, note), lines)
        return [notes[size] for size in sorted(notes)]

    def entries(self, side: str, start: int, end: int) -> Push | None:
        """Whole batches of a register from `start`, ending at a checkpoint not above `end`."""
        view = self._view
        push = batches.own_entries(view, side, start, end)
        return self._leaving(push) if side == view.side else push

    def owed(self, known: int) -> Push | None:
        """What a peer that holds `known` entries of our register is sent next."""
        return self._leaving(batches.push_from(self._view, known))

    def _leaving(self, push: Push | None) -> Push | None:
        """Entries of our own register with their checkpoint, which the anchor knows from now on: a node that
        ended between its commit and its anchor has issued it all the same.
        """
        if push is not None:
            point, _ = checkpoint.read_checkpoint(push.checkpoint)
            self.has_left(point.size, point.root)
        return push

    def receipted(self, peer: str) -> int:
        """Up to which size a peer has receipted our register."""
        return reading.receipted(self._view, peer)

    def quota(self, side: str, now: datetime) -> Quota:
        """What a side may still have receipted today."""
        return reading.quota(self._view, side, now)

    def named(self, side: str) -> Mapping[int, bytes]:
        """The roots that acts of our own name for sizes of a register that is not held so far: what this
        node once held and has lost (rule 9).
        """
        view = self._view
        counted, held = view.ledger.counted(view.place), view.ledger.held(view.place)
        there = view.ledger.held(view.charter.places[side])
        found: dict[int, bytes] = {}
        for entry in view.ledger.entries(view.place, counted, held) if counted < held else ():
            try:
                size, root = Act.parse(entry.document).seen.get(side, (0, ""))
            except RecordFault:
                continue
            if size > there:
                found[size] = bytes.fromhex(root)
        return found

    def receive(self, admitted: Admitted) -> None:
        """Store an admitted batch. Raises OurFault(`head-moved`)."""
        self._journal.receive(self._office, admitted)

    def keep_receipt(self, side: str, size: int, note: bytes) -> None:
        """Keep a receipt whose every line has been verified."""
        self._journal.store_receipt(self._office, side, size, note)
        self._kept(side, size)

    # rules 7 and 9

    @property
    def stopped(self) -> bool:
        """Whether our own register has two courses and nothing more of it may leave."""
        return reading.standing(self._view, FORKED) is not None

    def has_left(self, size: int, root: bytes) -> None:
        """Remember in the anchor that a checkpoint of our own register has left this node; a lost anchor
        stays lost until every peer has been asked.
        """
        anchor = self._journal.anchor
        if anchor is not None and anchor.read(self._office) is not None:
            anchor.advance(self._office, size, root)

    def keep_evidence(self, side: str, data: bytes, now: datetime) -> None:
        """Keep two views of a register."""
        self._journal.keep_evidence(self._office, side, data, now)

    def raise_alarm(self, code: str, data: Mapping[str, str | int], now: datetime) -> None:
        """Tell a person. Of one enclosure after the other it is told so often and no more, until somebody has
        looked: a side can name and spoil as many as its quota allows.
        """
        if "digest" in data:
            standing = [json.loads(row.data) for row in reading.alarms(self._view) if row.code == code]
            if sum(one.get("side") == data.get("side") for one in standing) >= _MOST_ALARMS:
                return
        self._journal.raise_alarm(self._office, code, data, now)

    # large enclosures

    def piece(self, digest: str, offset: int, length: int) -> tuple[int, bytes] | None:
        """All bytes of a large enclosure, and those of a range, where the register of its own side has
        released it.
        """
        view = self._view
        rows = view.rows(models.Large).filter(digest=digest, state__in=("held", "done"))
        places = set(rows.values_list("place", flat=True))
        kept = reading.blobs(view, [digest]).get(digest) if places else None
        if kept is None:
            return None
        side = owner(view, digest, kept)
        if side is None or view.charter.places[side] not in places:
            return None
        if kept:
            return len(kept), kept[offset : offset + length]
        store = files.of(view.alias)
        size = store.size(digest)
        return None if size is None else (size, store.read(digest, offset, length))

    def wanted(self, sides: Sequence[str], after: int = 0) -> list[tuple[int, str, str, int]]:
        """Large enclosures that the registers of these sides name and that are not here, some of them, in the
        order of their numbers from above `after`: number, side, digest, and how many bytes salt and content
        have.
        """
        view = self._view
        places = [view.charter.places[side] for side in sides]
        marks = ", ".join(["%s"] * len(places))
        query = (
            f"SELECT id, place, digest, size FROM {plain.LARGE} WHERE office_id = %s AND state = 'wanted' "  # noqa: S608 (no value is in it)
            f"AND id > %s AND place IN ({marks}) ORDER BY id LIMIT {_AT_ONCE}"
        )
        found = plain.rows(view.alias, query, view.id, after, *places)
        return [(number, view.charter.sides[place], digest, size) for number, place, digest, size in found]

    def has_room(self, more: int) -> bool:
        """Whether so many bytes of large enclosures may come and leave free what our own side needs."""
        return files.of(self._journal.alias).has_room(more)

    def begin_large(self, side: str, digest: str, now: datetime) -> bool:
        """Note that the first bytes of a large enclosure of a side are here; False where it has to wait for
        another day.
        """
        return self._journal.begin_large(self._office, side, digest, now)

    def arrived(self, peer: str, side: str, digest: str) -> int:
        """How many bytes of a large enclosure of a side have arrived from a peer."""
        return files.of(self._journal.alias).arrived(files.Arriving(self._office, side, digest, peer))

    def add_piece(self, peer: str, side: str, digest: str, offset: int, data: bytes) -> None:
        """Add what has arrived from a peer, on disk when this returns."""
        arriving = files.Arriving(self._office, side, digest, peer)
        files.of(self._journal.alias).add(arriving, offset, data)

    def take_large(self, peer: str, side: str, digest: str) -> None:
        """Take over what has arrived whole. Raises RecordFault(`digest-mismatch`), and drops it."""
        self._journal.take_large(files.Arriving(self._office, side, digest, peer))

    def refuse_large(self, side: str, digest: str) -> None:
        """Ask no more for a large enclosure."""
        self._journal.mark_large(self._office, side, digest, "refused")
