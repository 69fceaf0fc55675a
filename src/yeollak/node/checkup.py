"""The checks of `yeollak doctor` on each office of a node: registers, anchor, keys, clocks, counts, alarms,
receipts.

Nothing is repaired, sent or appended. A check says `ok`, or carries the fault that it found.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import SystemRandom
from typing import Final, Literal

from yeollak.errors import Fault, LineFault, OurFault
from yeollak.line.client import LineClient
from yeollak.node import drafting, tls
from yeollak.node.keyring import ROLES
from yeollak.node.open import Node
from yeollak.node.rekeying import key_faults
from yeollak.office.ledger import Entry, MemoryLedger
from yeollak.office.office import Office
from yeollak.record import keyfile
from yeollak.record.canon import format_instant
from yeollak.record.card import Card
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.record.note import Note
from yeollak.storage import models, plain, reading, sampling
from yeollak.storage.anchor import compare
from yeollak.storage.reading import OfficeView

AUTHORITY: Final = ("authority", "authority-next")
#: Clocks further apart than this are worth a look, in seconds.
APART: Final = 120
_CHUNK: Final = 1000
#: How often, and after how many seconds, it is looked again whether pages know what has been counted.
_TRIES: Final = 5
_PAUSE: Final = 0.3
#: What the line answers to a parcel that is none: it is there and knows the office.
_NO_PARCEL: Final = 400


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a checkup. `state` is `ok`, `note` (worth a look) or `fault`; the last two have `found`."""

    name: str
    state: Literal["ok", "note", "fault"]
    found: Fault | None = None
    office: str = ""


def office_checks(
    node: Node, office: str, passphrase: str | None, *, online: bool, deep: bool
) -> Iterator[Check]:
    """Everything that is checked in one office."""
    view = reading.office_view(node.alias, office)

    def said(name: str, found: list[Fault], *, state: Literal["note", "fault"] = "fault") -> Iterator[Check]:
        if not found:
            yield Check(name, "ok", office=office)
        for fault in found:
            yield Check(name, state, fault, office)

    yield from said("keys", list(_keys(node, view, passphrase)))
    yield from said("authority", list(_authority(node, view)), state="note")
    yield from said("certificate", list(_certificate(node, view)))
    yield from said("registers", list(_registers(view)))
    yield from said("anchor", list(_anchor(node, view)))
    yield from said("clock", list(_clock(node, view)))
    yield from said("clocks", list(_apart(view)), state="note")
    yield from said("counting", list(_uncounted(view)), state="note")
    yield from said("counts", list(_counts(view, deep)))
    yield from said("receipts", list(_unreceipted(view)), state="note")
    yield from said("alarms", [_alarm(view, row.code) for row in reading.alarms(view)])
    yield from said("peers", list(_peers(node, view)))
    if online:
        yield from said("line", list(_unreachable(node, view)))
    if deep:
        found = list(_projections(view))
        behind = any(fault.code == "pages-behind" for fault in found)
        yield from said("projections", found, state="note" if behind else "fault")


def _missing(node: Node, view: OfficeView, roles: Iterable[str]) -> Iterator[Fault]:
    folder = node.config.folder / "keys" / view.charter.party(view.side).nonce
    for role in roles:
        path = folder / f"{role}.key"
        try:
            keyfile.kind_of(path.read_bytes())
        except (OSError, Fault):
            yield OurFault("key-missing", path=str(path))


def _authority(node: Node, view: OfficeView) -> Iterator[Fault]:
    """The keys that are needed to post and to rotate alone, and may be kept elsewhere until then."""
    yield from _missing(node, view, AUTHORITY)


def _keys(node: Node, view: OfficeView, passphrase: str | None) -> Iterator[Fault]:
    missing = list(_missing(node, view, [role for role in ROLES if role not in AUTHORITY]))
    if missing:
        yield missing[0]
    elif passphrase is not None:
        try:
            node.keyring.post_keys(view.charter, view.side, passphrase)
        except Fault as fault:
            yield fault
            return
    if not missing:
        try:
            yield from key_faults(node, view, passphrase)
        except Fault as fault:
            yield fault


def _certificate(node: Node, view: OfficeView) -> Iterator[Fault]:
    path = node.config.folder / "cards" / f"{view.charter.party(view.side).nonce}.card"
    try:
        address = Card.parse(path.read_bytes()).address
    except (OSError, Fault):
        return  # a card is needed for the founding alone
    try:
        shown = tls.fingerprint(node.config.folder)
    except (OSError, ValueError):
        return  # said once, of the folder
    if address is not None and address.tls is not None and address.tls != shown:
        yield OurFault("certificate-otherwise", office=view.id)


def _registers(view: OfficeView) -> Iterator[Fault]:
    for row in reading.heads(view):
        tree, place = Frontier(), view.charter.places[row.side]
        while tree.size < row.size:
            entries = view.ledger.entries(place, tree.size, min(tree.size + _CHUNK, row.size))
            if not entries:
                break
            tree = tree.extend(leaf_hash(entry.statement) for entry in entries)
        if tree.size != row.size or tree.root().hex() != row.root:
            yield OurFault("head-unequal", side=row.side)


def _anchor(node: Node, view: OfficeView) -> Iterator[Fault]:
    anchor = node.journal.anchor
    if anchor is None:
        return
    try:
        left = anchor.read(view.id)
        if left is None:
            yield OurFault("anchor-missing", path=str(anchor.path))
            return
        # Looked at last: the node may be at work, and nothing leaves that is not held.
        view.refresh()
        size = view.ledger.held(view.place)
        compare(view.id, left, size, lambda at: view.ledger.root(view.place, at))
    except OurFault as fault:
        yield fault
        return
    newest = view.rows(models.Checkpoint).filter(place=view.place).order_by("-size").first()
    if newest is None:
        return
    for _ in range(_TRIES):
        if left is not None and left[0] >= newest.size:
            return
        time.sleep(_PAUSE)  # what is stored is anchored before it leaves, and not before it is stored
        left = anchor.read(view.id)
    yield OurFault("anchor-behind", anchor=left[0] if left else 0, size=newest.size, path=str(anchor.path))


def _clock(node: Node, view: OfficeView) -> Iterator[Fault]:
    try:
        drafting.check_clock(node, view)
    except OurFault as fault:
        yield fault


def _apart(view: OfficeView) -> Iterator[Fault]:
    """A receipt is never older than what it is for: where it says so, two clocks differ."""
    for side in view.charter.sides:
        for peer in view.charter.sides:
            if view.side not in {side, peer} or side == peer:
                continue
            other = peer if side == view.side else side
            row = (
                view.rows(models.Receipt)
                .filter(place=view.charter.places[side], cosigner=view.charter.places[peer])
                .order_by("-size")
                .first()
            )
            note = None if row is None else reading.checkpoint(view, side, row.size)
            stated = None if note is None else _stated(note, view.charter.origin(side))
            if row is not None and stated is not None and stated - row.time > APART:
                yield OurFault("clock-differs", side=other, seconds=stated - row.time)


def _stated(note: bytes, origin: str) -> int | None:
    """The POSIX second that a register's own type 06 signature states."""
    times = [
        int.from_bytes(line.blob[:8], "big")
        for line in Note.parse(note).signatures
        if line.name == origin and len(line.blob) > 64
    ]
    return max(times, default=None)


def _uncounted(view: OfficeView) -> Iterator[Fault]:
    for row in reading.heads(view):
        if row.counted < row.size:
            yield OurFault("not-counted", count=row.size - row.counted, side=row.side, office=view.id)


def _counts(view: OfficeView, deep: bool) -> Iterator[Fault]:
    """Hold a sample of what is stored for figures and for the digest of the state against the record."""
    for what in sampling.unequal(view, SystemRandom(), everything=deep):
        yield OurFault("counts-unequal", office=view.id, what=what)


def _unreceipted(view: OfficeView) -> Iterator[Fault]:
    size = view.ledger.held(view.place)
    for peer in view.charter.sides:
        if peer == view.side:
            continue
        known = reading.receipted(view, peer)
        if known < size:
            since = reading.counted_at(view, view.side, known) or datetime.fromtimestamp(0, UTC)
            told = format_instant(since)
            yield OurFault("not-receipted", peer=peer, count=size - known, office=view.id, since=told)


def _alarm(view: OfficeView, code: str) -> Fault:
    return OurFault("alarm-standing", office=view.id, alarm=code)


def _peers(node: Node, view: OfficeView) -> Iterator[Fault]:
    for side in view.charter.sides:
        if side != view.side and side not in node.config.peers:
            yield OurFault("peer-unknown", side=side)


def _unreachable(node: Node, view: OfficeView) -> Iterator[Fault]:
    for side in view.charter.sides:
        if side == view.side or side not in node.config.peers:
            continue
        client = LineClient(node.config.peers[side])
        try:
            client.exchange(view.id, b"")
        except LineFault as fault:
            if fault.data.get("status") != _NO_PARCEL:
                yield fault
        finally:
            client.close()


def _projections(view: OfficeView) -> Iterator[Fault]:
    """Count and fold everything anew in memory, and compare it with the rows that pages are drawn from. Where
    these do not know everything yet, what is new is let be.
    """
    for _ in range(_TRIES):
        # As of one moment: the node may be at work. Folded later: PostgreSQL ends a transaction that idles.
        with plain.still(view.alias):
            view.refresh()
            shown, counted = view.ledger.shown, view.office.frontier()
            ledger = MemoryLedger(len(view.charter.sides))
            for place, size in enumerate(counted):
                for entry in view.ledger.entries(place, 0, size):
                    ledger.append(place, Entry(entry.statement, entry.document))
            stored, digest = reading.matters(view), view.office.digest()
        if shown == counted:
            break
        time.sleep(_PAUSE)
    fresh = Office(view.charter, ledger)
    fresh.count()
    new = {
        ledger.finding(place, index).matter
        for place, size in enumerate(counted)
        for index in range(shown[place], size)
    }
    known = [matter for matter in ledger.matters() if matter not in new]
    folds = {matter: fresh.state(matter).state for matter in known}
    made = {
        matter: (state.phase, json.dumps(dict(state.slots), sort_keys=True))
        for matter, state in folds.items()
    }
    kept = {row.matter: (row.phase, row.slots) for row in stored if row.matter not in new}
    settled = {row.matter: row.settled for row in stored}
    # Acts of other matters settle one, too.
    same = made == kept and (
        shown != counted or all(settled[matter] == fresh.settled(matter) for matter in known)
    )
    if not same or fresh.digest() != digest:
        yield OurFault("projections-unequal", office=view.id)
    elif shown != counted:
        yield OurFault("pages-behind", office=view.id)
