"""What the rest of a node may ask of its store. Nothing here writes.

`office_view` gives one office as this thread sees it now: charter, ledger and `Office`, refreshed at every
call. The other functions take that view. What comes back are plain values or the bytes as stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import local
from typing import Any

from django.db import connections
from django.db.models import Count, F, IntegerField, Max, Sum, Value
from django.db.models.functions import Cast, Concat

from yeollak.errors import OurFault, RecordFault
from yeollak.office.admit import BATCH_BYTES, BATCH_STATEMENTS, MAX_BODY, Arrival, Push, Quota
from yeollak.office.charter import Charter
from yeollak.office.ledger import Entry
from yeollak.office.office import Office
from yeollak.record.document import Act
from yeollak.record.merkle import Frontier
from yeollak.storage import files, models
from yeollak.storage.ledger import DjangoLedger

_views = local()
#: By database: how often something has moved that is no row, such as a check of the record that goes on.
_moved: dict[str, int] = {}


@dataclass(slots=True)
class OfficeView:
    """One office in the database `alias`, for the side `side`. Belongs to the thread that asked for it.

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


def move(alias: str) -> None:
    """Tell whoever asks for the pulse of a database that something has moved in this process."""
    _moved[alias] = moved(alias) + 1


def moved(alias: str) -> int:
    """How often something has moved in this process that is no row of a database."""
    return _moved.get(alias, 0)


def pulse(alias: str) -> object:
    """A value that is another one once somebody else has written, or something has moved in this process;
    cheap enough to be asked all the time.

    On SQLite what other connections have committed, as the database counts it; elsewhere the newest rows.
    """
    mend(alias)
    return moved(alias), _written(alias)


def mend(alias: str) -> None:
    """Let go of this thread's connection where the database has cut it off, as after a restart of its server:
    what comes next finds the server that is there now. Threads that serve for months have nobody else to do
    it.
    """
    connection = connections[alias]
    if connection.errors_occurred:
        connection.close_if_unusable_or_obsolete()


def _written(alias: str) -> object:
    connection = connections[alias]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return cursor.fetchone()
    tables = (models.Entry, models.Checkpoint, models.Receipt, models.Finding, models.Large, models.Office)
    return tuple(model.objects.using(alias).aggregate(most=Max("pk"))["most"] for model in tables)


def offices(alias: str) -> list[str]:
    """The ids of the offices held, in the order in which they came."""
    return list(models.Office.objects.using(alias).order_by("number").values_list("id", flat=True))


def office_view(alias: str, office: str) -> OfficeView:
    """One office as it stands now. Raises OurFault(`no-such-office`)."""
    mend(alias)
    held: dict[tuple[str, str], OfficeView] = _views.__dict__.setdefault("held", {})
    view = held.get((alias, office))
    if view is None:
        view = held[alias, office] = own_view(alias, office)
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


def close_views(alias: str) -> None:
    """Forget this thread's views of a database that is closed or put in another's place."""
    held: dict[tuple[str, str], OfficeView] = _views.__dict__.setdefault("held", {})
    for key in [key for key in held if key[0] == alias]:
        del held[key]


def heads(view: OfficeView) -> list[HeadRow]:
    """Where every register stands, in the charter's order."""
    return [
        HeadRow(view.charter.sides[row.place], row.size, bytes(row.root).hex(), row.counted)
        for row in view.rows(models.Head).order_by("place")
    ]


def head(view: OfficeView, side: str) -> Frontier:
    """The tree of a register as held, for `office.admit`."""
    row = view.rows(models.Head).get(place=view.charter.places[side])
    return Frontier.decode(bytes(row.frontier))


def checkpoint(view: OfficeView, side: str, size: int | None = None) -> bytes | None:
    """The note of a register's checkpoint at `size`, or of its newest one; None where there is none."""
    rows = view.rows(models.Checkpoint).filter(place=view.charter.places[side])
    rows = rows if size is None else rows.filter(size=size)
    note = rows.order_by("-size").values_list("note", flat=True).first()
    return None if note is None else bytes(note)


def push_from(view: OfficeView, known: int) -> Push | None:
    """What a peer that holds `known` entries of our register is sent next, or None when no checkpoint lies
    beyond.

    Whole batches, ending at a checkpoint that was issued, within what a parcel may hold (clarifications §3).
    """
    ends = view.rows(models.Checkpoint).filter(place=view.place, size__gt=known).order_by("size")
    first = ends.first()
    if first is None:
        return None
    rows = view.rows(models.Entry).filter(
        place=view.place, index__gte=known, index__lt=known + BATCH_STATEMENTS
    )
    weights = list(rows.order_by("index").values_list("weight", flat=True))
    chosen = first
    for end in ends.filter(size__lte=known + BATCH_STATEMENTS):
        if sum(weights[: end.size - known]) > BATCH_BYTES:
            break
        chosen = end
    arrivals = entries(view, view.side, known, chosen.size)
    return Push(view.charter.origin(view.side), known, bytes(chosen.note), tuple(arrivals))


def entries(view: OfficeView, side: str, start: int, end: int) -> list[Arrival]:
    """Entries of a register from index `start` to before `end`, as they travel: with their `right`
    enclosures.
    """
    held = view.ledger.entries(view.charter.places[side], start, end)
    named = [_right(entry) for entry in held]
    wanted = {digest for digests in named for digest in digests}
    found = blobs(view, wanted)
    return [
        Arrival(entry.statement, entry.document, tuple(found[one] for one in digests if one in found))
        for entry, digests in zip(held, named, strict=True)
    ]


def own_entries(view: OfficeView, side: str, start: int, end: int) -> Push | None:
    """A register's entries given back to whoever asks (rule 9): whole batches from `start`, ending at a
    checkpoint held that is not above `end`, within what a parcel may hold. None when there is no such
    checkpoint.
    """
    place = view.charter.places[side]
    ends = view.rows(models.Checkpoint).filter(place=place, size__gt=start, size__lte=end).order_by("size")
    chosen = ends.first()
    if chosen is None:
        return None
    rows = view.rows(models.Entry).filter(place=place, index__gte=start, index__lt=start + BATCH_STATEMENTS)
    weights = list(rows.order_by("index").values_list("weight", flat=True))
    # No further than a parcel reaches: the whole of a long register is never looked at.
    for row in ends.filter(size__lte=start + BATCH_STATEMENTS):
        if sum(weights[: row.size - start]) > BATCH_BYTES:
            break
        chosen = row
    arrivals = entries(view, side, start, chosen.size)
    return Push(view.charter.origin(side), start, bytes(chosen.note), tuple(arrivals))


def blob(view: OfficeView, digest: str) -> bytes | None:
    """An enclosure that is held, as its 16-byte salt and its bytes, or None."""
    found = view.rows(models.Enclosure).filter(digest=digest).values_list("blob", flat=True).first()
    if found is None:
        return None
    return bytes(found) or files.of(view.alias).read(digest)


def large(view: OfficeView, state: str) -> list[tuple[str, str]]:
    """Large enclosures that have come this far, as side and digest, oldest first."""
    rows = view.rows(models.Large).filter(state=state).order_by("id").values_list("place", "digest")
    return [(view.charter.sides[place], digest) for place, digest in rows]


def document(view: OfficeView, act: str) -> bytes | None:
    """The act document of this digest, or None."""
    found = view.rows(models.Entry).filter(act=act).values_list("document", flat=True).first()
    return None if found is None else bytes(found)


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
    place = view.charter.places[side or view.side]
    rows = view.rows(models.Receipt).filter(place=place, cosigner=view.charter.places[peer])
    size: int | None = rows.order_by("-size").values_list("size", flat=True).first()
    return size or 0


def quota(view: OfficeView, side: str, now: datetime) -> Quota:
    """What `side` may still have receipted by us on the UTC day of `now`, by the charter's terms as amended,
    and a whole batch at least: or terms that leave less could never be amended, since the amendment is a
    batch itself.

    What has been receipted today is what lies above our newest receipt of a day before (clarifications 17).
    """
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    place = view.charter.places[side]
    ours = view.rows(models.Receipt).filter(place=place, cosigner=view.place)
    before = ours.filter(time__lt=int(midnight.timestamp())).aggregate(most=Max("size"))["most"] or 0
    today = view.rows(models.Entry).filter(place=place, index__gte=before)
    used = today.aggregate(many=Count("id"), weight=Sum("weight"))
    terms = view.office.terms()["quota"]
    return Quota(
        statements=max(0, max(terms["statements"], BATCH_STATEMENTS) - used["many"]),
        bytes=max(0, max(terms["bytes"], MAX_BODY) - (used["weight"] or 0)),
        retry=int((midnight + timedelta(days=1) - now).total_seconds()) + 1,
    )


def matters(view: OfficeView, *, settled: bool | None = None) -> list[models.Matter]:
    """The matters of an office in the order of their opening."""
    rows = view.rows(models.Matter)
    rows = rows if settled is None else rows.filter(settled=settled)
    return list(rows.order_by("opened", "matter"))


def counted_at(view: OfficeView, side: str, index: int) -> datetime | None:
    """When this node counted an entry; None when it has not. It is this node's own memory and no part of
    the record.
    """
    rows = view.rows(models.Finding).filter(place=view.charter.places[side], index=index)
    found: datetime | None = rows.values_list("counted_at", flat=True).first()
    return found


def outbox(view: OfficeView) -> dict[str, models.Outbox]:
    """How sending goes, by peer; a peer that was never tried has a fresh row that is not stored."""
    held = {row.peer: row for row in view.rows(models.Outbox)}
    return {
        side: held.get(side) or models.Outbox(office_id=view.id, peer=side)
        for side in view.charter.sides
        if side != view.side
    }


def alarms(view: OfficeView) -> list[models.Alarm]:
    """The alarms that nobody has cleared, oldest first."""
    return list(view.rows(models.Alarm).filter(cleared_at=None).order_by("id"))


def _right(entry: Entry) -> Sequence[str]:
    try:
        return [item.digest for item in Act.parse(entry.document).right]
    except RecordFault:
        return []


def blobs(view: OfficeView, digests: Iterable[str]) -> dict[str, bytes]:
    """Those of these enclosures that are held, by digest."""
    wanted, found = sorted(digests), dict[str, bytes]()
    for start in range(0, len(wanted), 500):
        rows = view.rows(models.Enclosure).filter(digest__in=wanted[start : start + 500])
        found.update((digest, bytes(data)) for digest, data in rows.values_list("digest", "blob"))
    return found


#: No list of kinds or classes is longer than this.
_MOST_VALUES = 500
_LEAST = "SELECT MIN({name}) FROM {table} WHERE office_id = %s AND {name} > "
#: Names of tables and columns alone are put into it.
_STEPS = (
    f"WITH RECURSIVE step(found) AS ({_LEAST} '' UNION ALL "  # noqa: S608 (no value is put into it)
    f"SELECT ({_LEAST} step.found) FROM step WHERE step.found IS NOT NULL) "
    "SELECT found FROM step WHERE found IS NOT NULL LIMIT %s"
)


def distinct(view: OfficeView, model: Any, column: str, most: int = _MOST_VALUES) -> list[str]:
    """The values that a column of an office has, in their order, the empty one left out. An index that begins
    with the office and the column is stepped through from value to value, however many rows have each.
    """
    connection = connections[view.alias]
    table, name = (connection.ops.quote_name(one) for one in (model._meta.db_table, column))
    query = _STEPS.format(table=table, name=name)
    with connection.cursor() as cursor:
        cursor.execute(query, [view.id, view.id, most])
        return [found for (found,) in cursor.fetchall()]


def narrowed(rows: Any, name: str, value: Any, chosen: bool) -> Any:
    """Rows of one value. Where another condition has been `chosen` to be looked up by, this one is written so
    that no index serves it: SQLite knows nothing of how many rows either has, and would take its pick.
    """
    if not chosen:
        # IN, since SQLite finds no index for the bare column that Django makes of a truth value.
        return rows.filter(**{f"{name}__in": (value,)})
    same = Concat(F(name), Value("")) if isinstance(value, str) else Cast(F(name), IntegerField())
    return rows.annotate(**{f"of_{name}": same}).filter(
        **{f"of_{name}": value if isinstance(value, str) else int(value)}
    )
