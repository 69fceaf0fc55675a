"""What the rest of a node may ask of its store. Nothing here writes.

`office_view` gives one office as this thread sees it now: charter, ledger and `Office`, refreshed at every
call. The other functions take that view. What comes back are plain values or the bytes as stored.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import local
from typing import Any

from django.db.models import F, Q

from yeollak.errors import OurFault
from yeollak.office.admit import BATCH_STATEMENTS, MAX_BODY, Quota
from yeollak.office.charter import Charter
from yeollak.office.office import Office
from yeollak.record.merkle import Frontier
from yeollak.storage import files, models, plain
from yeollak.storage.ledger import DjangoLedger
from yeollak.storage.owners import owner, owners
from yeollak.storage.pulse import mend

_views = local()
#: Views that whoever counts, appends or shows has for himself while it is his turn, by database and office.
_writers: OrderedDict[tuple[str, str], OfficeView] = OrderedDict()
#: How many offices a thread keeps in mind: of a thousand those in which something happens.
_KEPT_VIEWS = 64


@dataclass(slots=True)
class OfficeView:
    """One office in the database `alias`, for the side `side`. Belongs to the thread that asked for it, or to
    the one whose turn it is to write.

    `sealed` says whether whoever reads through it may read what lies sealed here: our own texts that no act
    has released yet.
    """

    alias: str
    charter: Charter
    side: str
    ledger: DjangoLedger
    office: Office
    sealed: bool = True

    @property
    def id(self) -> str:
        """The office id."""
        return self.charter.office

    @property
    def place(self) -> int:
        """Our side's place in the charter."""
        return self.charter.places[self.side]

    def refresh(self) -> None:
        """Take over what other threads and processes have written."""
        if self.ledger.reload():
            self.office = Office(self.charter, self.ledger)

    def drop(self) -> None:
        """Forget everything after a rollback: what was counted in memory may not have been stored."""
        self.ledger.forget()
        self.office = Office(self.charter, self.ledger)

    def rows(self, model: Any) -> Any:
        """The rows of this office in one table."""
        return model.objects.using(self.alias).filter(office_id=self.charter.office)


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A register as held: `size` entries with their root (64 hex digits), of which `counted` count."""

    side: str
    size: int
    root: str
    counted: int


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt: the checkpoint of `side`'s register at `size` with the lines of `cosigner`."""

    side: str
    size: int
    cosigner: str
    note: bytes


def offices(alias: str) -> list[str]:
    """The ids of the offices held, in the order in which they came."""
    return list(models.Office.objects.using(alias).order_by("number").values_list("id", flat=True))


def behind(alias: str) -> list[str]:
    """The offices in which something that is held is not counted yet, or pages do not know it."""
    rows = models.Head.objects.using(alias).filter(Q(counted__lt=F("size")) | Q(shown__lt=F("counted")))
    return list(rows.values_list("office_id", flat=True).distinct())


def office_view(alias: str, office: str) -> OfficeView:
    """One office as it stands now. Raises OurFault(`no-such-office`)."""
    mend(alias)
    held: OrderedDict[tuple[str, str], OfficeView] = _views.__dict__.setdefault("held", OrderedDict())
    view = held.get((alias, office))
    if view is None:
        view = held[alias, office] = own_view(alias, office)
        while len(held) > _KEPT_VIEWS:
            held.popitem(last=False)
    held.move_to_end((alias, office))
    view.refresh()
    return view


def own_view(alias: str, office: str) -> OfficeView:
    """A view that no thread keeps, for whoever lets one thread at a time use it; it refreshes it himself.
    Raises OurFault(`no-such-office`).
    """
    row = models.Office.objects.using(alias).filter(id=office).first()
    if row is None:
        raise OurFault("no-such-office", office=office[:64])
    charter = Charter.parse(bytes(row.charter))
    ledger = DjangoLedger(alias, charter)
    return OfficeView(alias, charter, row.side, ledger, Office(charter, ledger))


def writers_view(alias: str, office: str) -> OfficeView:
    """The view that the writing threads of this process share, for the one whose turn it is
    (`queueing.alone`); he refreshes it himself, and drops what it remembers where his transaction fails.
    Raises OurFault(`no-such-office`).
    """
    view = _writers.get((alias, office)) or own_view(alias, office)
    _writers[alias, office] = view
    while len(_writers) > _KEPT_VIEWS:
        with suppress(KeyError):  # another office's turn may have let it go
            _writers.popitem(last=False)
    return view


def close_views(alias: str) -> None:
    """Forget this thread's views of a database that is closed or put in another's place, and the writers'."""
    held: OrderedDict[tuple[str, str], OfficeView] = _views.__dict__.setdefault("held", OrderedDict())
    for views in (held, _writers):
        for key in [key for key in list(views) if key[0] == alias]:
            views.pop(key, None)


def heads(view: OfficeView) -> list[HeadRow]:
    """Where every register stands, in the charter's order."""
    return [
        HeadRow(view.charter.sides[row.place], row.size, bytes(row.root).hex(), row.counted)
        for row in view.rows(models.Head).order_by("place")
    ]


def head(view: OfficeView, side: str) -> Frontier:
    """The tree of a register as held, for `office.admit`."""
    query = f"SELECT frontier FROM {plain.HEAD} WHERE office_id = %s AND place = %s"  # noqa: S608 (no value is in it)
    ((frontier,),) = plain.rows(view.alias, query, view.id, view.charter.places[side])
    return Frontier.decode(bytes(frontier))


def checkpoint(view: OfficeView, side: str, size: int | None = None) -> bytes | None:
    """The note of a register's checkpoint at `size`, or of its newest one; None where there is none."""
    query = (
        f"SELECT note FROM {plain.CHECKPOINT} WHERE office_id = %s AND place = %s"  # noqa: S608 (no value is in it)
        f"{'' if size is None else ' AND size = %s'} ORDER BY size DESC LIMIT 1"
    )
    sizes = () if size is None else (size,)
    found = plain.first(view.alias, query, view.id, view.charter.places[side], *sizes)
    return None if found is None else bytes(found[0])


def blob(view: OfficeView, digest: str, side: str | None = None) -> bytes | None:
    """An enclosure that is held, as its 16-byte salt and its bytes, or None. Whoever has the digest from an
    act names the act's side: what is another's is not that side's to show (`owners`).
    """
    found = view.rows(models.Enclosure).filter(digest=digest).values_list("blob", flat=True).first()
    if found is None or side not in (None, owner(view, digest, bytes(found))):
        return None
    return bytes(found) or files.of(view.alias).whole(view.id, view.charter.sides, digest)


def large(view: OfficeView, state: str) -> list[tuple[str, str]]:
    """Large enclosures that have come this far, as side and digest, oldest first."""
    query = f"SELECT place, digest FROM {plain.LARGE} WHERE office_id = %s AND state = %s ORDER BY id"  # noqa: S608 (no value is in it)
    found = plain.rows(view.alias, query, view.id, state)
    return [(view.charter.sides[place], digest) for place, digest in found]


def document(view: OfficeView, act: str) -> bytes | None:
    """The act document of this digest, or None."""
    # What counts first: a side may keep much waiting.
    for look in (_counted_at, _waiting_at):
        for place in range(len(view.charter.sides)):
            index = look(view, place, act)
            if index is not None:
                return view.ledger.entry(place, index).document
    return None


def position(view: OfficeView, side: str, act: str) -> int | None:
    """The index of the first entry of this act in a side's register, or None where it is not held."""
    place = view.charter.places[side]
    index = _counted_at(view, place, act)
    return _waiting_at(view, place, act) if index is None else index


def _counted_at(view: OfficeView, place: int, act: str) -> int | None:
    query = f'SELECT MIN("index") FROM {plain.FINDING} WHERE {{}} AND place = %s'  # noqa: S608 (no value is in it)
    ((found,),) = plain.by_digest(view.alias, query, "act", [act], view.id, place)
    return None if found is None else int(found)


def _waiting_at(view: OfficeView, place: int, act: str) -> int | None:
    start, end = view.ledger.counted(place), view.ledger.held(place)
    waits = view.rows(models.Entry).filter(place=place, index__gte=start, index__lt=end, act=act)
    return waits.order_by("index").values_list("index", flat=True).first() if start < end else None


def requested(view: OfficeView, request: str) -> str | None:
    """The act that was appended under an idempotency key, or None."""
    found: str | None = view.rows(models.Entry).filter(request=request).values_list("act", flat=True).first()
    return found


def receipts(view: OfficeView, side: str) -> list[ReceiptRow]:
    """The receipts held for a register, by size and cosigner's place."""
    rows = view.rows(models.Receipt).filter(place=view.charter.places[side]).order_by("size", "cosigner")
    sides = view.charter.sides
    return [ReceiptRow(side, row.size, sides[row.cosigner], bytes(row.note)) for row in rows]


def receipted(view: OfficeView, peer: str, side: str | None = None) -> int:
    """Up to which size `peer` has receipted a register (our own, where none is named)."""
    query = f"SELECT MAX(size) FROM {plain.RECEIPT} WHERE office_id = %s AND place = %s AND cosigner = %s"  # noqa: S608 (no value is in it)
    place = view.charter.places[side or view.side]
    ((size,),) = plain.rows(view.alias, query, view.id, place, view.charter.places[peer])
    return size or 0


#: Up to which size we had receipted a register before a second.
_RECEIPTED_BEFORE = (
    f"SELECT MAX(size) FROM {plain.RECEIPT} "  # noqa: S608 (no value is in it)
    "WHERE office_id = %s AND place = %s AND cosigner = %s AND time < %s"
)
#: How long after midnight a receipt of the day before may still be stored, since it states when its parcel
#: came: were it not waited for, what it receipts would be charged to both days.
_ALL_STORED = timedelta(minutes=1)


def quota(view: OfficeView, side: str, now: datetime) -> Quota:
    """What `side` may still have receipted by us on the UTC day of `now`, by the charter's terms as amended,
    and a whole batch at least: or terms that leave less could never be amended, since the amendment is a
    batch itself.

    What has been receipted today is what lies above our newest receipt of a day before (clarifications 17).
    """
    midnight = beginning(now)
    place = view.charter.places[side]
    since = int(midnight.timestamp())
    known, before = view.ledger.receipted_before.get(place, (0, 0))
    if known != since:
        ((found,),) = plain.rows(view.alias, _RECEIPTED_BEFORE, view.id, place, view.place, since)
        before = found or 0
        if now - midnight >= _ALL_STORED:
            # Once a day: it would be looked for among all receipts of the day, with every parcel.
            view.ledger.receipted_before[place] = since, before
    many, weight = view.ledger.since(place, before)
    return Quota(
        statements=max(0, daily_statements(view) - many),
        bytes=max(0, daily(view) - weight),
        retry=int((midnight + timedelta(days=1) - now).total_seconds()) + 1,
    )


def beginning(now: datetime) -> datetime:
    """When the UTC day of an instant began."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def daily(view: OfficeView) -> int:
    """How many bytes a side may have us take in a day, by the charter's terms as amended: of what travels
    with its entries, and as many again of large enclosures, which are fetched (`enclosures.begin_large`).
    """
    return max(int(view.office.terms()["quota"]["bytes"]), MAX_BODY)


def daily_statements(view: OfficeView) -> int:
    """How many entries a side may have us take in a day, by the charter's terms as amended, and as many large
    enclosures.
    """
    return max(int(view.office.terms()["quota"]["statements"]), BATCH_STATEMENTS)


def matters(view: OfficeView, *, settled: bool | None = None) -> list[models.Matter]:
    """The matters of an office in the order of their opening."""
    rows = view.rows(models.Matter)
    rows = rows if settled is None else rows.filter(settled=settled)
    return list(rows.order_by("opened", "matter"))


def counted_at(view: OfficeView, side: str, index: int) -> datetime | None:
    """When this node counted an entry; None when it has not. It is this node's own memory and no part of
    the record.
    """
    query = f'SELECT counted_at FROM {plain.FINDING} WHERE office_id = %s AND place = %s AND "index" = %s'  # noqa: S608 (no value is in it)
    found = plain.first(view.alias, query, view.id, view.charter.places[side], index)
    return None if found is None else plain.moment(view.alias, found[0])


def outbox(view: OfficeView) -> dict[str, models.Outbox]:
    """How sending goes, by peer; a peer that was never tried has a fresh row that is not stored."""
    held = {row.peer: row for row in view.rows(models.Outbox)}
    return {
        side: held.get(side) or models.Outbox(office_id=view.id, peer=side)
        for side in view.charter.sides
        if side != view.side
    }


def standing(view: OfficeView, code: str) -> dict[str, object] | None:
    """What an alarm says that nobody has cleared, the oldest with this code, or None."""
    query = (
        f"SELECT data FROM {plain.ALARM} "  # noqa: S608 (no value is in it)
        "WHERE office_id = %s AND cleared_at IS NULL AND code = %s ORDER BY id LIMIT 1"
    )
    found = plain.first(view.alias, query, view.id, code)
    data: dict[str, object] | None = None if found is None else json.loads(found[0])
    return data


def alarms(view: OfficeView) -> list[models.Alarm]:
    """The alarms that nobody has cleared, oldest first."""
    return list(view.rows(models.Alarm).filter(cleared_at=None).order_by("id"))


def blobs(view: OfficeView, digests: Iterable[str], side: str | None = None) -> dict[str, bytes]:
    """Those of these enclosures that are held, and are `side`'s where one is named, by digest; of large ones,
    which are files, the bytes are empty.
    """
    query = f"SELECT digest, blob FROM {plain.ENCLOSURE} WHERE office_id = %s AND digest IN {{}}"  # noqa: S608 (no value is in it)
    rows = plain.within(view.alias, query, sorted(digests), view.id)
    found = {digest: bytes(data) for digest, data in rows}
    if side is None:
        return found
    whose = owners(view, found)
    return {digest: data for digest, data in found.items() if whose.get(digest) == side}
