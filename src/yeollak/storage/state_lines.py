"""Lines of the state digest, kept with each matter (`models.Matter.line`).

A line is written with what pages are told of its matter, and says by which rules it was made and over how
many acts: one that others have made, or that does not rest on the acts that its row has, counts for nothing,
and its matter is folded for each digest. `lining` makes those that are lacking.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final

from yeollak.errors import OurFault
from yeollak.office import state
from yeollak.office.folds import MatterFolds
from yeollak.office.state import KeptLines
from yeollak.storage import plain

if TYPE_CHECKING:
    from yeollak.storage.ledger import DjangoLedger

#: How many rows are read at once.
READ: Final = 4096
#: How many digests are remembered, in all offices of a process: our own act is judged by what it was made by.
_DIGESTS: Final = 16
_digests: OrderedDict[object, str] = OrderedDict()
_lock: Final = Lock()

#: Some matters behind one, in the order of their ids, with what their lines rest on.
ROWS: Final = (
    f"SELECT matter, acts, line, opened FROM {plain.MATTER} WHERE office_id = %s AND matter > %s "  # noqa: S608 (no value is in it)
    "ORDER BY matter LIMIT %s"
)
_SHOWN: Final = f"SELECT shown FROM {plain.HEAD} WHERE office_id = %s ORDER BY place"  # noqa: S608 (no value is in it)
_MOVED: Final = (
    f"SELECT DISTINCT matter FROM {plain.FINDING} WHERE office_id = %s AND void = '' "  # noqa: S608 (no value is in it)
    'AND place = %s AND "index" >= %s'
)


def written(folds: MatterFolds) -> str:
    """The line of a matter as its row keeps it: what it has come to by all its acts."""
    sizes = folds.sizes()
    return f"{state.rule()} {sum(sizes)} {folds.line(sizes, state.hashed)}"


def read(line: str | None, acts: int) -> str:
    """What a line says that stands in the row of a matter with so many acts; empty where it counts for
    nothing.
    """
    by, over, said = (line or "  ").split(" ", 2)
    return said if (by, over) == (state.rule(), str(acts)) else ""


@contextmanager
def kept(ledger: DjangoLedger, frontier: Sequence[int]) -> Iterator[KeptLines]:
    """See `office.state.KeepsLines`. Within a transaction the caller has the lock of the office."""
    with plain.still(ledger.alias):
        office = ledger.charter.office
        shown = [size for (size,) in plain.rows(ledger.alias, _SHOWN, office)]
        come = {one.matter for one in ledger.pending if not one.void}
        for place, start in enumerate(shown):
            come |= {matter for (matter,) in plain.rows(ledger.alias, _MOVED, office, place, start)}
        beyond = moved(ledger, tuple(map(min, frontier, shown)), shown)
        # The highest turn below the point: a matter that begins with a higher one, by all acts that its row
        # was made of, begins beyond it.
        last = (ledger.finding(place, size - 1).turn for place, size in enumerate(frontier) if size)
        yield KeptLines(come | beyond, _said(ledger.alias, office, max(last, default=0), come))


def moved(ledger: DjangoLedger, low: Sequence[int], high: Sequence[int]) -> set[str]:
    """See `office.state.KeepsLines`."""
    found = {
        one.matter for one in ledger.pending if not one.void and low[one.place] <= one.index < high[one.place]
    }
    for place, (start, end) in enumerate(zip(low, high, strict=True)):
        if start < end:
            values = ledger.charter.office, place, start, end
            query = f'{_MOVED} AND "index" < %s'
            found |= {matter for (matter,) in plain.rows(ledger.alias, query, *values)}
    return found


def remembered(ledger: DjangoLedger, frontier: Sequence[int]) -> str | None:
    """See `office.state.KeepsLines`."""
    point = _point(ledger, frontier)
    return None if point is None else _digests.get(point)


def remember(ledger: DjangoLedger, frontier: Sequence[int], digest: str) -> None:
    """See `office.state.KeepsLines`."""
    point = _point(ledger, frontier)
    if point is None:
        return
    with _lock:
        _digests[point] = digest
        while len(_digests) > _DIGESTS:
            _digests.popitem(last=False)


def forget() -> None:
    """Remember no digest: whoever asks next has it made."""
    with _lock:
        _digests.clear()


def _point(ledger: DjangoLedger, frontier: Sequence[int]) -> object | None:
    """What names the registers up to a frontier, whoever holds them; None where some of it is not stored yet:
    acts that are appended together are judged by one another before.
    """
    try:
        roots = tuple(ledger.root(place, size) for place, size in enumerate(frontier))
    except OurFault as fault:
        if fault.code != "entry-not-held":
            raise
        return None
    return ledger.charter.office, tuple(frontier), roots


def _said(alias: str, office: str, last: int, come: Collection[str]) -> Iterator[Sequence[tuple[str, str]]]:
    """The matters with what their lines say; `come` are those that have had acts since their rows were
    made.
    """
    after = ""
    while rows := plain.rows(alias, ROWS, office, after, READ):
        after = rows[-1][0]
        yield [
            (matter, state.BEYOND if opened > last and matter not in come else read(line, acts))
            for matter, acts, line, opened in rows
        ]
