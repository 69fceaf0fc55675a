"""The office without hands: counts acts, judges them by their past, and says what each matter has come to.

It is given a charter and a ledger of registers as held, and finds the same on every node that holds the
same bytes: nothing here depends on which node it runs on, on the order of arrival or on a clock (rules 2
to 4). It writes nothing but its findings, through `Ledger.add`, and what must be told or kept comes back
as data.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yeollak.errors import RecordFault
from yeollak.office import officers as posts
from yeollak.office.charter import Charter
from yeollak.office.counting import Counter, Counting, parse
from yeollak.office.fold import NOTHING, Folded
from yeollak.office.folds import MatterFolds
from yeollak.office.judge import Judge
from yeollak.office.keyed import Keyed
from yeollak.office.ledger import Counted, Entry, Ledger
from yeollak.office.matter import natural_id
from yeollak.office.officers import Officer
from yeollak.office.state import Digests
from yeollak.procedures.catalogue import PROCEDURES, table
from yeollak.procedures.kinds import Kind
from yeollak.procedures.machine import possible
from yeollak.procedures.table import Procedure, Row, State
from yeollak.record.document import PRECEDENCES

#: How many matters are remembered with their folds: what was folded longest ago is folded anew.
_FOLDS = 16384


class Office:
    """One office over one ledger. Cheap to make: it reads what it needs when it needs it, and remembers
    folds.
    """

    def __init__(self, charter: Charter, ledger: Ledger) -> None:
        self.charter = charter
        self.ledger = ledger
        self.parties = charter.sides
        self._judge = Judge(self)
        self.counter = Counter(self, self._judge)
        self._digests = Digests(self)
        self.keyed = Keyed(self)
        self._folds: OrderedDict[str, MatterFolds] = OrderedDict()
        self._unopened = "", MatterFolds(self.parties)
        self._officers: dict[int, tuple[int, dict[str, Officer]]] = {}
        self._amended: dict[tuple[str, ...], Mapping[str, Any]] = {}
        self._precedences: dict[tuple[int, int], str] = {}

    # counting (rule 2)

    def count(self) -> Counting:
        """Count every entry held that can count, and hand each finding to the ledger: see `counting`."""
        return self.counter.count()

    def frontier(self) -> tuple[int, ...]:
        """The sizes up to which each register has been counted, in the charter's order."""
        return tuple(self.ledger.counted(place) for place in range(len(self.parties)))

    def judge(self, place: int, entry: Entry, *, signed: bool = True) -> Counted:
        """What would be found of `entry` as the next one of a register, without adding it.

        With `signed` False the signature is not asked for: the desk shows a verdict before the officer signs.
        """
        return self._judge.judge(place, self.ledger.counted(place), entry, parse(entry), signed=signed)

    # matters (rule 3)

    def folds(self, matter: str) -> MatterFolds:
        """The allowed acts of a matter with their folds, up to date."""
        return self._folds_of(matter, self.ledger.matter(matter))

    def _folds_of(self, matter: str, acts: Sequence[Counted]) -> MatterFolds:
        held = self._folds.get(matter)
        if held is not None and held.has_read(acts):
            self._folds.move_to_end(matter)
            return held
        if held is None:
            # Asked for several times while the act that opens it is judged.
            held = self._unopened[1] if self._unopened[0] == matter else MatterFolds(self.parties)
            self._unopened = matter, held
        held.read(acts)
        if held.first is not None:
            # Others are not remembered, or void acts of invented matters would fill the memory.
            self._folds[matter] = held
            self._folds.move_to_end(matter)
            if len(self._folds) > _FOLDS:
                self._folds.popitem(last=False)
        return held

    def state(self, matter: str, frontier: Sequence[int] | None = None) -> Folded:
        """What a matter has come to at a frontier (now, where none is given)."""
        acts = self.ledger.matter(matter)
        if not acts:
            return NOTHING  # asked with every act of matters of the charter that most offices never open
        folds = self._folds_of(matter, acts)
        return folds.at(folds.sizes(frontier))

    def known(self, matter: str, frontier: Sequence[int]) -> Procedure | None:
        """The table of a matter that has an allowed act below a frontier, or None."""
        folds = self.folds(matter)
        return folds.procedure if any(folds.sizes(frontier)) else None

    def seen_at(self, matter: str, place: int, frontier: Sequence[int]) -> str | None:
        """The instant claimed by the first entry of a register below a frontier whose past holds an act of
        the matter, or None.
        """
        folds = self.folds(matter)
        known = bisect_left(
            range(frontier[place]), True, key=lambda index: any(folds.sizes(self.seen_by(place, index + 1)))
        )
        if known == frontier[place]:
            return None
        # What an entry newly sees it names itself, so that it has been parsed.
        move = self.ledger.finding(place, known).move
        return move.at if move is not None else None

    def procedure(self, act: Counted) -> Procedure:
        """The table that an act of this matter falls under."""
        return table(act.procedure)

    def precedence(self, act: Counted) -> str:
        """The precedence under which an act was signed, which only its document says: it is read once."""
        place = act.place, act.index
        if place not in self._precedences:
            known = parse(self.ledger.entry(*place))
            self._precedences[place] = known.precedence if known is not None else PRECEDENCES[0]
        return self._precedences[place]

    def settled(self, matter: str) -> bool:
        """Whether nothing that may still arrive can change this matter: for every allowed act and every
        other party, that party's register holds an act whose past holds it (clarifications 19).
        """
        return not self.unsettled(matter)

    def unsettled(self, matter: str) -> frozenset[str]:
        """The parties that are not yet known to have seen every act of the matter."""
        waiting = set()
        newest = self._newest(matter)
        for place, side in enumerate(self.parties):
            seen = self.seen_by(place)
            if any(seen[other] <= index for other, index in enumerate(newest) if other != place):
                waiting.add(side)
        return frozenset(waiting)

    def _newest(self, matter: str) -> Sequence[int]:
        """The position of each side's newest allowed act of a matter in its register, or -1. A matter whose
        folds are not remembered is not folded for it.
        """
        places = range(len(self.parties))
        if matter in self._folds:
            folds = self.folds(matter)
            return [folds.newest(place) for place in places]
        newest = [-1 for _ in places]
        for act in self.ledger.matter(matter):
            if not act.void:
                newest[act.place] = act.index
        return newest

    # the charter as amended, and the end of the office

    def terms(self, frontier: Sequence[int] | None = None) -> Mapping[str, Any]:
        """The charter's terms with every amendment that is in force at a frontier (now, where none is
        given), in the order of their numbers. One whose terms do not fit those before it takes no effect: it
        was signed over others, which a crossing act has undone.
        """
        terms = self.charter.terms
        drafts: tuple[str, ...] = ()
        while (amendment := self._amendment(len(drafts) + 1, frontier)).phase == "in-force":
            drafts = (*drafts, str(amendment.slots["draft"]))
            if drafts not in self._amended:
                # Checked once: keys of guarantors may be among them, and acts with a due ask for the terms.
                self._amended[drafts] = self._fitting(amendment.slots["terms"], terms)
            terms = self._amended[drafts]
        return terms

    def _fitting(self, changes: Mapping[str, Any], before: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return self.charter.amended(changes, before)
        except (KeyError, TypeError, ValueError, AttributeError, RecordFault):
            return before

    def _amendment(self, number: int, frontier: Sequence[int] | None) -> State:
        return self._charter_matter(f"amendment/{number}", frontier)

    def dissolved(self, frontier: Sequence[int] | None = None) -> bool:
        """Whether every side has ended the office at a frontier."""
        return self._charter_matter("dissolution", frontier).phase == "dissolved"

    def _charter_matter(self, key: str, frontier: Sequence[int] | None) -> State:
        """The state of a matter of the charter."""
        matter = natural_id(self.charter.office, "charter", key)
        return self.state(matter, frontier).state

    def unseen(self, place: int) -> Counted | None:
        """The first allowed act of another party that this register has not yet seen and that calls for a
        `line.seen`, as all do but the `line.*` (clarifications 23); None where there is none. On a full line
        thousands wait, and it is asked with every batch.
        """
        seen = self.seen_by(place)
        for other in range(len(self.parties)):
            if other == place:
                continue
            for index in range(seen[other], self.ledger.counted(other)):
                found = self.ledger.finding(other, index)
                if not found.void and found.move is not None and not found.move.kind.startswith("line."):
                    return found
        return None

    def digest(self, frontier: Sequence[int] | None = None, pause: Callable[[], None] = lambda: None) -> str:
        """The digest of the office's folded state at a frontier (now, where none is given): see `state`."""
        return self._digests.at(self.frontier() if frontier is None else frontier, pause)

    def folds_in_passing(self, matter: str, among: int) -> MatterFolds:
        """The folds of one of so many matters that are gone through. More than are remembered would push each
        other out: they are folded for this alone.
        """
        if among <= _FOLDS or matter in self._folds:
            return self.folds(matter)
        folds = MatterFolds(self.parties)
        folds.read(self.ledger.matter(matter))
        return folds

    # officers and what they may do

    def officers(self, place: int, index: int | None = None) -> dict[str, Officer]:
        """The officers of a side who may sign at a position of its register (the next one, where none is
        given).
        """
        position = self.ledger.counted(place) if index is None else index
        postings = self.postings(place, position)
        known = self._officers.get(place)
        if known is None or known[0] != len(postings):
            authority = self.charter.parties[place].keys["authority"]
            known = self._officers[place] = (len(postings), posts.posted(authority, postings, position))
        return known[1]

    def postings(self, place: int, index: int) -> Sequence[Counted]:
        """The acts of a side below a position of its register that post, recall or replace a key."""
        postings = self.ledger.postings(place)
        if not postings or postings[-1].index < index:
            return postings
        return postings[: bisect_left(postings, index, key=lambda act: act.index)]

    def offers(
        self, side: str, function: str, matter: str | None = None
    ) -> list[tuple[Procedure, Kind, Row]]:
        """What an officer of this function may do: in one matter, or, without one, which matters he may
        open.
        """
        if matter is not None:
            folds = self.folds(matter)
            tables = [folds.procedure] if folds.first is not None else []
        else:
            tables = list(PROCEDURES)
        state = self.state(matter).state if matter is not None else Folded().state
        return [
            (one, kind, row)
            for one in tables
            for kind, row in possible(one, state, side, self.parties)
            if posts.may_sign(function, kind.name, kind.functions)
        ]

    def seen_by(self, place: int, counted: int | None = None) -> tuple[int, ...]:
        """What a register had seen when it had so many entries (all that count, where none is given)."""
        size = self.ledger.counted(place) if counted is None else counted
        return self.ledger.finding(place, size - 1).after if size else (0,) * len(self.parties)
