"""The office without hands: counts acts, judges them by their past, and says what each matter has come to.

It is given a charter and a ledger of registers as held, and finds the same on every node that holds the
same bytes: nothing here depends on which node it runs on, on the order of arrival or on a clock (rules 2
to 4). It writes nothing but its findings, through `Ledger.add`, and what must be told or kept comes back
as data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yeollak.errors import RecordFault
from yeollak.office import officers as posts
from yeollak.office.charter import Charter
from yeollak.office.fold import Folded, extend, fold
from yeollak.office.judge import Judge
from yeollak.office.ledger import Counted, Entry, Ledger, within
from yeollak.office.officers import Officer
from yeollak.procedures.catalogue import PROCEDURES, table
from yeollak.procedures.machine import Kind, Procedure, Row, possible
from yeollak.record import canon
from yeollak.record.document import Act

#: How many folds of one matter are kept: the newest, and a few older frontiers that acts under way refer to.
_KEPT_FOLDS = 8


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must be told; `data` names the place."""

    code: str
    data: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Proof that a side said two things: an act of `side` at `index` names a root of `about` at `size`
    that is not ours.
    """

    side: str
    index: int
    about: str
    size: int
    root: str


@dataclass(slots=True)
class Counting:
    """What one run of `Office.count` found."""

    found: list[Counted] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


class Office:
    """One office over one ledger. Cheap to make: it reads what it needs when it needs it, and remembers
    folds.
    """

    def __init__(self, charter: Charter, ledger: Ledger) -> None:
        self.charter = charter
        self.ledger = ledger
        self.parties = charter.sides
        self._judge = Judge(self)
        self._folds: dict[str, dict[tuple[int, ...], Folded]] = {}

    # counting (rule 2)

    def count(self) -> Counting:
        """Count every entry held that can count, and hand each finding to the ledger.

        An entry counts once everything that its `seen` names is counted and the roots agree. One that
        names a root unlike ours is evidence, and its register waits there; nobody else's does.
        """
        result = Counting()
        moved = True
        while moved:
            moved = False
            for place in range(len(self.parties)):
                while self._next(place, result):
                    moved = True
        return result

    def _next(self, place: int, result: Counting) -> bool:
        index = self.ledger.counted(place)
        if index >= self.ledger.held(place):
            return False
        entry = self.ledger.entry(place, index)
        act = parse(entry)
        if act is not None and not self._ready(place, index, act, result):
            return False
        found = self._judge.judge(place, index, entry, act)
        self.ledger.add(found)
        result.found.append(found)
        self._compare_views(found, result)
        return True

    def _ready(self, place: int, index: int, act: Act, result: Counting) -> bool:
        for side, (size, root) in act.seen.items():
            other = self.charter.places.get(side)
            if other is None or other == place:
                continue  # such a `seen` is malformed: the judge says so, and it names nothing
            if size > self.ledger.counted(other):
                return False
            if self.ledger.root(other, size).hex() != root:
                result.evidence.append(Evidence(self.parties[place], index, side, size, root))
                return False
        return True

    def _compare_views(self, found: Counted, result: Counting) -> None:
        """Rule 11: an act that carries the digest of its author's state is compared with ours at its own
        past.
        """
        claimed = None if found.void or found.move is None else found.move.facts.get("state")
        views = claimed is not None and found.procedure in ("check-in", "line")
        if views and claimed != self.digest(found.vector):
            result.alarms.append(Alarm("views-differ", {"side": found.side, "index": found.index}))

    def frontier(self) -> tuple[int, ...]:
        """The sizes up to which each register has been counted, in the charter's order."""
        return tuple(self.ledger.counted(place) for place in range(len(self.parties)))

    def judge(self, place: int, entry: Entry, *, signed: bool = True) -> Counted:
        """What would be found of `entry` as the next one of a register, without adding it.

        With `signed` False the signature is not asked for: the desk shows a verdict before the officer signs.
        """
        return self._judge.judge(place, self.ledger.counted(place), entry, parse(entry), signed=signed)

    # matters (rule 3)

    def state(self, matter: str, frontier: Sequence[int] | None = None) -> Folded:
        """What a matter has come to at a frontier (now, where none is given)."""
        acts = [act for act in self.ledger.matter(matter) if not act.void]
        acts = acts if frontier is None else within(acts, frontier)
        if not acts:
            return Folded()
        kept = self._folds.setdefault(matter, {})
        sizes = self._sizes(acts)
        if sizes not in kept:
            procedure = self.procedure(acts[0])
            last = acts[-1]
            before = kept.get((*sizes[: last.place], sizes[last.place] - 1, *sizes[last.place + 1 :]))
            if before is not None and all(last.has_seen(act) or act.place == last.place for act in acts[:-1]):
                kept[sizes] = extend(procedure, before, last, self.parties)
            else:
                kept[sizes] = fold(procedure, acts, self.parties)
            while len(kept) > _KEPT_FOLDS:
                del kept[next(iter(kept))]
        return kept[sizes]

    def procedure(self, act: Counted) -> Procedure:
        """The table that an act of this matter falls under."""
        return table(act.procedure)

    def settled(self, matter: str) -> bool:
        """Whether nothing that may still arrive can change this matter: for every allowed act and every
        other party, that party's register holds an act whose past holds it (clarifications 19).
        """
        return not self.unsettled(matter)

    def unsettled(self, matter: str) -> frozenset[str]:
        """The parties that are not yet known to have seen every act of the matter."""
        newest: dict[int, int] = {}
        for act in self.ledger.matter(matter):
            if not act.void:
                newest[act.place] = max(newest.get(act.place, -1), act.index)
        waiting = set()
        for place, side in enumerate(self.parties):
            seen = self._seen_by(place)
            if any(seen[other] <= index for other, index in newest.items() if other != place):
                waiting.add(side)
        return frozenset(waiting)

    def unseen(self, place: int) -> list[Counted]:
        """Allowed acts of other parties that our register has not yet seen and that call for a
        `line.seen`.
        """
        seen, owed = self._seen_by(place), []
        for other in range(len(self.parties)):
            if other == place:
                continue
            for index in range(seen[other], self.ledger.counted(other)):
                found = self.ledger.finding(other, index)
                if not found.void and found.procedure != "line":
                    owed.append(found)
        return owed

    def digest(self, frontier: Sequence[int] | None = None) -> str:
        """The digest of the office's folded state (clarifications 34): SHA-256 over the sorted lines
        `matter id SP SHA-256(deterministic JSON of phase, slots and marks) LF`.
        """
        lines = sorted(self._lines(frontier))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def _lines(self, frontier: Sequence[int] | None) -> Iterator[str]:
        for matter in self.ledger.matters():
            folded = self.state(matter, frontier)
            if folded.state.slots:
                yield f"{matter} {hashlib.sha256(canon.encode(as_json(folded))).hexdigest()}\n"

    # officers and what they may do

    def officers(self, place: int, index: int | None = None) -> dict[str, Officer]:
        """The officers of a side who may sign at a position of its register (the next one, where none is
        given).
        """
        position = self.ledger.counted(place) if index is None else index
        authority = self.charter.parties[place].keys["authority"]
        return posts.posted(authority, self.ledger.postings(place), position)

    def offers(
        self, side: str, function: str, matter: str | None = None
    ) -> list[tuple[Procedure, Kind, Row]]:
        """What an officer of this function may do: in one matter, or, without one, which matters he may
        open.
        """
        if matter is not None:
            acts = [act for act in self.ledger.matter(matter) if not act.void]
            tables = [self.procedure(acts[0])] if acts else []
        else:
            tables = list(PROCEDURES)
        state = self.state(matter).state if matter is not None else Folded().state
        return [
            (one, kind, row)
            for one in tables
            for kind, row in possible(one, state, side, self.parties)
            if posts.may_sign(function, kind.name, kind.functions)
        ]

    def _seen_by(self, place: int) -> tuple[int, ...]:
        counted = self.ledger.counted(place)
        return self.ledger.finding(place, counted - 1).after if counted else (0,) * len(self.parties)

    def _sizes(self, acts: Sequence[Counted]) -> tuple[int, ...]:
        sizes = [0] * len(self.parties)
        for act in acts:
            sizes[act.place] += 1
        return tuple(sizes)


def parse(entry: Entry) -> Act | None:
    """The act of an entry, or None for a document that does not parse: it names nothing and is void
    (`malformed`).
    """
    try:
        return Act.parse(entry.document)
    except RecordFault:
        return None


def as_json(folded: Folded) -> dict[str, Any]:
    """The phase, slots and marks of a fold as the JSON value that the state digest hashes."""
    return {"marks": dict(folded.marks), "phase": folded.state.phase, "slots": dict(folded.state.slots)}
