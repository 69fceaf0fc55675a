"""What is told: the acts of an office that the public page is drawn from, found once and gone on with.

A record has a hundred acts for each that tells something. An act that has been counted never changes, so that
only new ones are looked at, with what has come or gone of enclosures, and the matters that may have moved. It
is kept for the whole process; what it holds is values, and no thread's view. A process that begins reads what
`tallying` has marked, and what has not been looked at for marks yet; of calls it keeps what a page shows
(`told_calls`).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Count, Max

from yeollak.office.ledger import Counted
from yeollak.storage import models, plain, tallies
from yeollak.storage.chronicles import Value
from yeollak.storage.findings import COLUMNS, counted_of
from yeollak.storage.reading import OfficeView
from yeollak.storage.told_calls import CALLS, Calls

#: Findings are read in portions of so many.
_AT_ONCE: Final = 2000
#: Enclosures and matters are asked for in portions of so many.
_NAMED: Final = 200


class Told:
    """The acts of one office that may be shown. `alone` are the procedures whose acts are shown by
    themselves, `decode` makes an enclosure, by its digest, a telling or None, `blobs` and `matters` read what
    is held of enclosures and what matters have come to.
    """

    def __init__(self, alone: Collection[str], decode: Callable[[str, bytes], Value | None]) -> None:
        self._alone, self._decode = alone, decode
        self.lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        #: How many findings were looked at: the tests hold it against what is new.
        self.read = 0
        #: The number of the last finding that was looked at, or of one that needed no look, and that finding.
        self._last = 0
        self._at: tuple[Any, ...] | None = None
        self._enclosures = (0, 0)
        self._acts: dict[int, Counted] = {}
        self._values: dict[str, Value] = {}
        self._enclosing: defaultdict[str, list[tuple[int, Counted]]] = defaultdict(list)
        self._by_event: defaultdict[str, list[tuple[int, Counted]]] = defaultdict(list)
        self._events: set[str] = set()
        self._wanted: set[str] = set()
        self._states: dict[str, Any] = {}
        self._moved: set[str] = set()
        #: Which calls are kept; those that have to be from now on; and acts of calls that have come since.
        self._calls = Calls()
        self._calling: set[str] = set()
        self._called: list[Counted] = []

    @property
    def calls_before(self) -> int:
        """How many calls there are besides those whose acts are kept."""
        return self._calls.before

    def acts(
        self, view: OfficeView, blobs: Callable[[Collection[str]], Mapping[str, bytes]]
    ) -> list[Counted]:
        """Every act that may be shown or says until when one may not, in the order of counting."""
        held = view.rows(models.Enclosure).aggregate(newest=Max("id"), many=Count("id"))
        newest, many = held["newest"] or 0, held["many"]
        fresh = self._fresh(view) if self._last else []
        if self._last and (self._finding(view) != self._at or many != self._enclosures[1] + len(fresh)):
            # A rebuild, a restore, or an enclosure that was erased: what it told is not told any more.
            self._forget()
            fresh = []
        self._enclosures = newest, many
        asked = {digest for digest in fresh if digest in self._enclosing}
        if not self._last:
            self._begin(view, asked)
        names = ", ".join(f'"{name}"' for name in ("id", *COLUMNS))
        # Asked so that SQLite goes on from the last, and not through all acts of the office.
        query = (
            f"SELECT {names} FROM {plain.FINDING} "  # noqa: S608 (names of ours alone)
            "WHERE id > %s AND office_id || '' = %s ORDER BY id LIMIT %s"
        )
        while rows := plain.rows(view.alias, query, self._last, view.id, _AT_ONCE):
            for number, *row in rows:
                self._take(number, counted_of(row, view.charter), asked)
            self._last = rows[-1][0]
            # What was looked at and tells nothing is not kept: of a long record that is nearly everything.
            self._tell(view, blobs, asked)
            asked = set()
        self._tell(view, blobs, asked)
        self._call(view)
        self._at = self._finding(view)
        return [self._acts[number] for number in sorted(self._acts)]

    def _fresh(self, view: OfficeView) -> list[str]:
        """The enclosures that have come."""
        rows = view.rows(models.Enclosure).filter(id__gt=self._enclosures[0])
        return list(rows.values_list("digest", flat=True))

    def _finding(self, view: OfficeView) -> tuple[Any, ...] | None:
        """The last finding as it stands now: another one, or none, after a rebuild or a restore."""
        rows = view.rows(models.Finding).filter(id=self._last).values_list("place", "index", "act")
        found: tuple[Any, ...] | None = rows.first()
        return found

    def _begin(self, view: OfficeView, asked: set[str]) -> None:
        """Look at what is shown by itself, at what is marked, and at what was not looked at for marks."""
        calls = self._calls.begin(view)
        if calls is None:
            return
        base, self._calling = self._calls.base, calls
        query = f'SELECT id FROM {plain.FINDING} WHERE office_id = %s AND place = %s AND "index" = %s'  # noqa: S608 (no value is in it)
        newest = [
            plain.first(view.alias, query, view.id, place, size - 1)
            for place, size in enumerate(view.office.frontier())
        ]
        last = max(row[0] for row in newest if row is not None)
        names = ", ".join(f'f."{name}"' for name in ("id", *COLUMNS))
        known = f"SELECT {names} FROM {plain.FINDING} f WHERE f.office_id = %s AND f.id <= %s"  # noqa: S608 (names of ours alone)
        # Written so that SQLite goes from the few to the many, and not the other way round.
        marked = (
            f"SELECT {names} FROM {tallies.MARK} m CROSS JOIN {plain.FINDING} f "  # noqa: S608 (names of ours alone)
            'WHERE f.office_id = m.office_id AND f.place = m.place AND f."index" = m."index" '
            "AND m.office_id = %s AND f.id <= %s"
        )
        alone = sorted(set(self._alone) - {CALLS})
        asked_for: list[tuple[Any, ...]] = [
            (f"{known} AND f.procedure IN ({', '.join(['%s'] * len(alone))})", view.id, last, *alone),
            (marked, view.id, last),
        ]
        asked_for += [
            (f'{known} AND f.place = %s AND f."index" >= %s', view.id, last, place, size)
            for place, size in enumerate(base)
        ]
        found = {row[0]: row[1:] for one in asked_for for row in plain.rows(view.alias, *one)}
        for number in sorted(found):
            self._take(number, counted_of(found[number], view.charter), asked)
        self._last = last

    def values(self, digests: Collection[str]) -> Mapping[str, Value]:
        """What these enclosures tell, for those that are held and tell something."""
        return {digest: self._values[digest] for digest in digests if digest in self._values}

    def states(
        self, view: OfficeView, ids: Collection[str], read: Callable[[Collection[str]], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """What these matters have come to: those are read that have moved, or that a crossing act may still
        settle or change.
        """
        behind = any(head.shown != head.counted for head in view.rows(models.Head))
        open_still = {matter for matter, one in self._states.items() if not one.settled}
        asked = {matter for matter in ids if matter not in self._states or matter in self._moved | open_still}
        self._states.update(read(asked))
        if not behind:
            # Pages may come to know of a matter only after its acts were counted. What is not known yet is
            # read whenever it is asked for.
            self._moved = (self._moved & self._states.keys()) - asked
        return {matter: self._states[matter] for matter in ids if matter in self._states}

    def _take(self, number: int, found: Counted, asked: set[str]) -> None:
        self.read += 1
        move = found.move
        if found.void or move is None:
            return
        self._moved.add(found.matter)
        for digest, release in move.enclosures.items():
            if release in ("right", "large"):
                self._enclosing[digest].append((number, found))
                asked.add(digest)
        event = move.facts.get("event")
        if isinstance(event, str):
            self._by_event[event].append((number, found))
        if (
            found.procedure in self._alone
            or found.matter in self._wanted
            or event in self._events
            or "embargo" in move.facts
        ):
            self._put(number, found)

    def _put(self, number: int, found: Counted) -> None:
        self._acts[number] = found
        if found.procedure == CALLS:
            self._called.append(found)

    def _call(self, view: OfficeView) -> None:
        """Keep the calls whole of which some act is kept, and those that they bring along."""
        acts, wanted = self._called, self._calling
        self._called, self._calling = [], set()
        while acts or wanted:
            wanted = wanted | self._calls.lacking(acts)
            whole = dict(self._of(view, sorted(wanted)))
            self._acts.update(whole)
            known = (one for one in acts if one.matter not in wanted)
            acts, wanted = [], self._calls.take(view, [*known, *whole.values()])

    def _tell(
        self,
        view: OfficeView,
        blobs: Callable[[Collection[str]], Mapping[str, bytes]],
        digests: Iterable[str],
    ) -> None:
        """Take over what these enclosures tell, and every act that belongs to it."""
        wanted, matters = sorted(digests), set[str]()
        for start in range(0, len(wanted), _NAMED):
            for digest, blob in blobs(wanted[start : start + _NAMED]).items():
                value = self._decode(digest, blob)
                if value is None:
                    self._enclosing.pop(digest, None)
                    continue
                self._values[digest] = value
                for number, found in self._enclosing[digest]:
                    if found.side != value[0]:
                        continue
                    self._put(number, found)
                    matters.add(found.matter)
                    event = found.move.facts.get("event") if found.move is not None else None
                    if isinstance(event, str) and event not in self._events:
                        self._events.add(event)
                        for earlier in self._by_event[event]:
                            self._put(*earlier)
        self._belong(view, sorted(matters - self._wanted))

    def _belong(self, view: OfficeView, matters: Sequence[str]) -> None:
        """Take over every act of the matters of which something tells."""
        self._wanted.update(matters)
        for number, found in self._of(view, matters):
            self._put(number, found)

    def _of(self, view: OfficeView, matters: Sequence[str]) -> Iterator[tuple[int, Counted]]:
        """Every allowed act of some matters, of those that were looked at or needed no look."""
        names = ", ".join(f'"{name}"' for name in ("id", *COLUMNS))
        query = (
            f"SELECT {names} FROM {plain.FINDING} "  # noqa: S608 (names of ours alone)
            "WHERE {} AND id <= %s AND void = ''"
        )
        for number, *row in plain.by_digest(view.alias, query, "matter", matters, view.id, self._last):
            found = counted_of(row, view.charter)
            if found.move is not None:
                yield number, found
