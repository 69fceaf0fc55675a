"""The fold of an export: the office that its entries make, counted as they are read.

Entries come with what has been read of them already, and mostly verified (`record.audit_reading`). The office
is any other, over a ledger that packs away what counts; nothing is decided here.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import lt
from typing import Final, NamedTuple

from yeollak.office import claims, side_keys
from yeollak.office.charter import Charter
from yeollak.office.counting import Counter
from yeollak.office.fold import Folded
from yeollak.office.folds import MatterFolds
from yeollak.office.judge import Judge
from yeollak.office.ledger import Counted, Entry
from yeollak.office.office import Office
from yeollak.office.packed import PackedLedger, Spool
from yeollak.office.state import as_json
from yeollak.record import canon
from yeollak.record import statement as form
from yeollak.record.audit_keys import Later
from yeollak.record.audit_reading import ReadEntry
from yeollak.record.audit_tree import Tree
from yeollak.record.document import Act

#: How many matters are remembered with their folds: those that acts are about now.
_FOLDS: Final = 1_024


@dataclass(frozen=True, slots=True)
class _Taken(Entry):
    """An entry as it was read: what its document says, and the key that has signed it where it is known."""

    act: Act | None
    key: bytes


class _Office(Office):
    """An office over entries that have been read, and mostly verified, before they are counted. Of a matter
    that has not been asked for lately it remembers only what it has come to.
    """

    def __init__(self, charter: Charter, ledger: PackedLedger) -> None:
        super().__init__(charter, ledger)
        self._judge = Judge(self, self._verify)
        self.counter = _Counter(self, self._judge)
        self._packed = ledger
        #: The entry that is being counted.
        self.counting: _Taken | None = None
        self._closed: dict[str, _Closed] = {}

    def _verify(self, stated: form.Statement, key: bytes) -> None:
        known = self.counting
        if known is None or known.key != key or known.statement != stated.raw:
            form.verify(stated, key)

    def folds(self, matter: str) -> MatterFolds:
        """See Office."""
        found = super().folds(matter)
        while len(self._folds) > _FOLDS:
            other, folds = self._folds.popitem(last=False)
            folds.read(self._packed.matter(other))
            self._closed[other] = _close(folds, self._packed.acts(other))
        return found

    def digest(self, frontier: Sequence[int] | None = None, pause: Callable[[], None] = lambda: None) -> str:
        """See Office: in the order of the matters' ids, which is that of its lines."""
        digest = hashlib.sha256()
        for matter in sorted(self._packed.matters()):
            if frontier is not None and not self._packed.begun(matter, frontier):
                continue
            known = self.closed(matter) if frontier is None or self._below(matter, frontier) else None
            if known is not None:
                digest.update(f"{matter} {known.line.hex()}\n".encode())
                continue
            folds = self.folds(matter)
            if any(sizes := folds.sizes(frontier)):
                digest.update(f"{matter} {folds.line(sizes, lambda fold: _hashed(fold).hex())}\n".encode())
        return digest.hexdigest()

    def closed(self, matter: str) -> _Closed:
        """What a matter with an allowed act has come to now."""
        known = self._closed.get(matter)
        if matter in self._folds or known is None or known.acts != self._packed.acts(matter):
            return _close(self.folds(matter), self._packed.acts(matter))
        return known

    def _below(self, matter: str, frontier: Sequence[int]) -> bool:
        return all(map(lt, self._packed.newest(matter), frontier))

    def _newest(self, matter: str) -> Sequence[int]:
        return self._packed.newest(matter)


class _Counter(Counter):
    """Takes what entries say from where they have been read."""

    def __init__(self, office: _Office, judge: Judge) -> None:
        super().__init__(office, judge)
        self._of = office

    def read(self, entry: Entry) -> Act | None:
        """See Counter."""
        if not isinstance(entry, _Taken):
            return super().read(entry)
        self._of.counting = entry
        return entry.act


class _Closed(NamedTuple):
    """What a matter had come to when so many acts named it: its line of the state digest, and how many acts
    were overtaken.
    """

    acts: int
    line: bytes
    marks: int


def _close(folds: MatterFolds, acts: int) -> _Closed:
    folded = folds.at(folds.sizes())
    return _Closed(acts, _hashed(folded), len(folded.marks))


def _hashed(folded: Folded) -> bytes:
    return hashlib.sha256(canon.encode(as_json(folded))).digest()


class Fold:
    """The office that the entries of an export make, counted as they come, in whatever order the registers
    do; `trees` has those of the registers, at least as far as their entries have come; in `spool` is laid
    aside what is not needed at hand. Implements `record.audit.Folding`.

    Raises RecordFault for a charter that is none or whose rules are not known here.
    """

    def __init__(self, charter: bytes, trees: Mapping[str, Tree], spool: Spool | None = None) -> None:
        parsed = Charter.parse(charter)
        parsed.check_rules()
        self.ledger = PackedLedger(parsed.sides, [trees.get(side, Tree()) for side in parsed.sides], spool)
        self.office = _Office(parsed, self.ledger)
        #: The registers of which there are entries here.
        self.sides: set[str] = set()
        self._ended: set[str] = set()
        #: By place the positions of the acts that claim a state.
        self._claims = [array("Q") for _ in parsed.sides]

    def keys(self, side: str) -> Mapping[str, bytes]:
        """See Folding."""
        place = self.office.charter.places.get(side)
        if place is None or side in self._ended:
            return {}
        return {kid: officer.key for kid, officer in self.office.officers(place).items()}

    def take(self, side: str, entries: Sequence[ReadEntry] | None) -> None:
        """See Folding. What lies behind a missing document cannot be folded, and the audit has named it."""
        place = self.office.charter.places.get(side)
        if place is None or side in self._ended:
            return
        for one in entries or ():
            if one.document is None:
                break
            self.ledger.append(place, _Taken(one.statement, one.document, one.act, one.key))
            self.sides.add(side)
        else:
            if entries is not None:
                self._count()
                return
        self._ended.add(side)
        self._count()

    def later(self) -> Later:
        """See Folding."""
        return side_keys.later(self.office)

    def is_void(self, side: str, index: int) -> bool:
        """See Folding."""
        place = self.office.charter.places.get(side)
        if place is None or index >= self.ledger.counted(place):
            return False
        return bool(self.ledger.finding(place, index).void)

    def doubted(self) -> Iterator[Counted]:
        """Of each side whose newest claim of the state differs from what the past of that act comes to, the
        first that does as far as was looked: between the one before it, which does not, and itself there is
        none. A claim costs a digest of the office, so that of so many no more are compared than halving
        them takes.
        """
        for place, at in enumerate(self._claims):
            good, bad = -1, len(at) - 1
            if not at or self._agrees(place, at[bad]):
                continue
            while bad - good > 1:
                middle = (good + bad) // 2
                if self._agrees(place, at[middle]):
                    good = middle
                else:
                    bad = middle
            yield self.ledger.finding(place, at[bad])

    def _agrees(self, place: int, index: int) -> bool:
        return claims.agrees(self.office, self.ledger.finding(place, index))

    def _count(self) -> None:
        for found in self.office.count().found:
            if claims.claimed(found) is not None:
                self._claims[found.place].append(found.index)
