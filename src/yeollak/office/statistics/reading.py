"""Reading: the acts that stand in matters of a period, taken from what the office has counted and folded.

Nothing is folded here: what was overtaken is asked of the office, which remembers its folds. An `Index` goes
over every counted entry once and goes on from there, so that a further period costs its own matters alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from yeollak.office.fold import order
from yeollak.office.ledger import Counted, together
from yeollak.office.office import Office
from yeollak.office.statistics.period import Period, local_day, stated
from yeollak.procedures.table import Move, Procedure, State

#: What nodes say to one another is nobody's business but theirs.
_MACHINES: Final = ("line.", "enclosure.")
#: Whose word is one's own; `press`, `other` and `outside` are the telling of others.
_OWN: Final = ("own", "joint")


@dataclass(frozen=True, slots=True)
class Said:
    """An act that stands. `day` is the local day of what it speaks of; `own` says whether it rests on the
    word of whoever signed it; `order` is its place among the acts of the office.
    """

    move: Move
    day: date
    own: bool
    order: tuple[int, int]

    @property
    def side(self) -> str:
        """The side whose act it is."""
        return self.move.side

    @property
    def step(self) -> str:
        """Its kind without the name of the procedure."""
        return self.move.kind.rpartition(".")[2]

    def fact(self, name: str, absent: str = "-") -> str:
        """A fact that is a word, or `absent`."""
        value = self.move.facts.get(name)
        return value if isinstance(value, str) else absent


@dataclass(frozen=True, slots=True)
class MatterRead:
    """A matter at the frontier: its table, its state, and its acts that stand in the order in which they
    apply.
    """

    id: str
    procedure: Procedure
    state: State
    said: tuple[Said, ...]

    @property
    def opening(self) -> Said:
        """The first act that stands."""
        return self.said[0]

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides that the matter concerns."""
        return tuple(side for side in (self.state.opener, *self.state.counterparts) if side)

    def of(self, *kinds: str) -> Iterator[Said]:
        """Its acts of these kinds."""
        return (said for said in self.said if said.move.kind in kinds)

    def slot(self, name: str) -> str:
        """A slot that holds a word, or `-`."""
        value = self.state.slots.get(name)
        return value if isinstance(value, str) else "-"


def own_word(said: Sequence[Said]) -> tuple[bool, tuple[Said, ...]]:
    """Those acts that rest on their signers' own word, or, where none does, all of them as told by others."""
    own = tuple(one for one in said if one.own)
    return bool(own), own or tuple(said)


class Index:
    """Which matters speak of which days, in an office that may go on growing. Belongs to one `Office`."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._read = [0] * len(office.parties)
        self._days: dict[str, dict[str, None]] = {}
        self._contacts: dict[str, None] = {}
        self._touched: list[str] = []
        self._last: dict[str, list[int]] = {}
        #: By time zone: what has been counted on its days (`days.Days`), which goes on with the index.
        self.days: dict[str, object] = {}
        #: What was derived from it last, by what was asked for (`figures.figures`).
        self.past: dict[object, Any] = {}

    def refresh(self) -> None:
        """Go over what has been counted since."""
        ledger = self.office.ledger
        for place in range(len(self._read)):
            for index in range(self._read[place], ledger.counted(place)):
                self._take(ledger.finding(place, index))
            self._read[place] = ledger.counted(place)

    def _take(self, found: Counted) -> None:
        move = found.move
        if found.void or move is None or move.kind.startswith(_MACHINES):
            return
        self._touched.append(found.matter)
        self._last.setdefault(found.matter, [-1] * len(self._read))[found.place] = found.index
        self._days.setdefault(stated(move)[:10], {}).setdefault(found.matter)
        if move.kind in ("checkin.observe", "meeting.held"):
            self._contacts.setdefault(found.matter)

    def matters(self, period: Period) -> list[str]:
        """The matters with an allowed act that may speak of a day of the period."""
        first, last = period.reach
        found: dict[str, None] = {}
        for day, matters in self._days.items():
            if first <= day <= last:
                found |= matters
        return list(found)

    def contacts(self) -> Set[str]:
        """The matters that are regular calls and contacts, or meetings that somebody says were held: streaks
        and firsts look back over all of them.
        """
        return self._contacts.keys()

    def whole(self, matter: str, frontier: Sequence[int]) -> bool:
        """Whether every act of a matter that was gone over lies below a frontier."""
        return all(at < size for at, size in zip(self._last.get(matter, ()), frontier, strict=False))

    def touched(self, since: int) -> tuple[list[str], int]:
        """The matters that have had an allowed act since a point, each once, and the point where it stands
        now: 0 is before everything.
        """
        return list(dict.fromkeys(self._touched[since:])), len(self._touched)


class Reader:
    """Matters of one office as they stood at one frontier, with days in one time zone. What nodes say to one
    another is left out.
    """

    def __init__(self, office: Office, frontier: Sequence[int], zone: str) -> None:
        self.parties = office.parties
        self._office, self.frontier, self._zone = office, tuple(frontier), zone
        self._known: dict[str, MatterRead | None] = {}

    def ahead(self, matters: Iterable[str]) -> Iterator[str]:
        """Those of these matters that have not been read, each once, while their acts are read together."""
        return together(self._office.ledger, (one for one in matters if one not in self._known))

    def read(self, matter: str) -> MatterRead | None:
        """A matter, or None where no act of it stands at the frontier."""
        if matter not in self._known:
            self._known[matter] = self._matter(matter)
        return self._known[matter]

    def _matter(self, matter: str) -> MatterRead | None:
        office, frontier = self._office, self.frontier
        acts = [
            act for act in office.ledger.matter(matter) if not act.void and act.index < frontier[act.place]
        ]
        if not acts:
            return None
        folded = office.state(matter, frontier)
        standing = sorted((act for act in acts if act.id not in folded.marks), key=order)
        said = tuple(
            self._said(act, act.move)
            for act in standing
            if act.move is not None and not act.move.kind.startswith(_MACHINES)
        )
        return MatterRead(matter, office.folds(matter).procedure, folded.state, said) if said else None

    def _said(self, act: Counted, move: Move) -> Said:
        source: Any = move.facts.get("source", "own")
        return Said(move, local_day(stated(move), self._zone), source in _OWN, order(act))
