"""What each officer is told of acts that crossed: what stands, what was overtaken and by what, and whether it
is settled.

Everything is read from the record as counted on this node (rule 3). While a matter is not settled, it says
whose register must still show what, and which acts of the others, done without having seen a given act, would
stand before it. The words are `words/tellings.py`; the data is `Telling.to_json` (docs/spec/19-offers.md).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from yeollak.office.counting import parse
from yeollak.office.fold import BEATEN, SUPERSEDED, Folded, order
from yeollak.office.ledger import Counted
from yeollak.office.matter import natural_id
from yeollak.office.offers import views_of
from yeollak.office.office import Office
from yeollak.procedures.kinds import COMMON
from yeollak.procedures.machine import beats, possible, roles, step
from yeollak.procedures.table import Move, Procedure, State, Void
from yeollak.record.keys import kid

#: How an act that is void is marked here; `beaten` and `superseded` are marks of the fold.
VOID = "void"
#: How many acts of a matter are told of, the newest first to be kept.
_MOST = 64
#: The matter by which a side withdraws from the office, and the kind by which it does.
_STANDING, _WITHDRAWS = "standing", "standing.withdraw"


@dataclass(frozen=True, slots=True)
class Named:
    """An act, as a telling names it. `index` is its position in the register of `side`."""

    act: str
    side: str
    kind: str
    index: int

    def to_json(self) -> dict[str, Any]:
        """The act as a JSON object."""
        return {"act": self.act, "index": self.index, "kind": self.kind, "side": self.side}


@dataclass(frozen=True, slots=True)
class Unseen:
    """A side whose register does not yet show that it has seen these acts."""

    side: str
    acts: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Threat:
    """A kind that `side` may have signed without having seen the act: it would stand before it.

    `not_before` is the instant that a lapse may claim at the earliest; None for other kinds.
    """

    side: str
    kind: str
    not_before: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of one act.

    mark     empty for an act that stands; `beaten`: an act that crossed it stands before it; `superseded`:
             one that crossed it has taken its place; `void`
    why      the void code, or empty
    by       the acts that beat it, took its place, or made it void
    place    that of two acts of one kind the earlier turn stands, or at equal turns the place in the
             charter: its side may act again
    beside   acts of another matter that crossed it and leave it as it is
    settled  that nothing which may still arrive can change it; `since`, the latest time that is claimed by
             the acts which show it
    unseen   while it is not settled: whose register must still show what
    threats  what would still stand before it
    """

    act: Named
    mark: str
    why: str = ""
    by: tuple[Named, ...] = ()
    place: bool = False
    beside: tuple[Named, ...] = ()
    settled: bool = False
    since: str | None = None
    unseen: tuple[Unseen, ...] = ()
    threats: tuple[Threat, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """The telling as the JSON object that docs/spec/19-offers.md fixes."""
        return {
            "act": self.act.to_json(),
            "beside": [one.to_json() for one in self.beside],
            "by": [one.to_json() for one in self.by],
            "mark": self.mark,
            "place": self.place,
            "settled": self.settled,
            "since": self.since,
            "threats": [
                {"kind": one.kind, "not_before": one.not_before, "side": one.side} for one in self.threats
            ],
            "unseen": [
                {"acts": [act.to_json() for act in one.acts], "side": one.side} for one in self.unseen
            ],
            "why": self.why,
        }


def told(office: Office, side: str, matter: str) -> list[Telling]:
    """What an officer of `side` is told of a matter: of every act that was overtaken, and of every act of his
    own side, whether it stands. In the order in which the acts apply; of the newest 64 at most.

    Remarks and reservations are left out: nothing overtakes them.
    """
    acts = [act for act in office.ledger.matter(matter) if act.move is not None]
    allowed = sorted((act for act in acts if not act.void), key=order)
    void = [act for act in acts if act.void and act.side == side]
    found = [_of_void(office, act) for act in void]
    if allowed:
        folded = office.state(matter)
        place = office.charter.places.get(side, -1)
        wanted = [
            act
            for act in allowed
            if act.id in folded.marks or (act.place == place and _kind(act) not in COMMON)
        ]
        view = _View(office, matter, allowed, folded)
        found += [view.telling(act) for act in wanted[-_MOST:]]
    return found[-_MOST:]


class _View:
    """One matter with what is told of it."""

    def __init__(self, office: Office, matter: str, allowed: Sequence[Counted], folded: Folded) -> None:
        self.office, self.matter, self.folded = office, matter, folded
        self.procedure: Procedure = office.folds(matter).procedure
        self.parties = office.parties
        # Remarks cross everything and move nothing.
        self.acts = [act for act in allowed if _kind(act) not in COMMON]
        self.unseen = tuple(_unseen(office, matter, self.acts))
        self.settled = office.settled(matter)
        self.since = _since(office, matter) if self.settled else None

    def telling(self, act: Counted) -> Telling:
        mark = self.folded.marks.get(act.id, "")
        by = self._winners(act) if mark == BEATEN else self._successors(act) if mark == SUPERSEDED else []
        return Telling(
            act=_named(act),
            mark=mark,
            by=tuple(_named(one) for one in by),
            place=mark == SUPERSEDED and any(_kind(one) == _kind(act) for one in by) and self._placed(act),
            beside=() if mark else tuple(_withdrawals(self.office, act)),
            settled=self.settled,
            since=self.since,
            unseen=self.unseen,
            threats=() if mark or self.settled else tuple(self._threats(act)),
        )

    def _crossing(self, act: Counted) -> list[Counted]:
        return [one for one in self.acts if _crossed(one, act)]

    def _winners(self, act: Counted) -> list[Counted]:
        return [
            one
            for one in self._crossing(act)
            if self.folded.marks.get(one.id) != BEATEN and self._beats(one, act)
        ]

    def _beats(self, one: Counted, other: Counted) -> bool:
        assert one.move is not None
        assert other.move is not None
        return beats(self.procedure, self.folded.state, one.move, other.move, self.parties)

    def _successors(self, act: Counted) -> list[Counted]:
        """That after which its transition was gone; all that came before it, if none alone did it."""
        before = [
            one for one in self._crossing(act) if one.id not in self.folded.marks and order(one) < order(act)
        ]
        state = self.office.state(self.matter, act.vector).state
        for one in before:
            state = self._stepped(state, one) or state
            if self._stepped(state, act) is None:
                return [one]
        return before

    def _placed(self, act: Counted) -> bool:
        rows = (rows.get(_kind(act)) for rows in self.procedure.rows.values())
        return any(row is not None and row.cross == "first" for row in rows)

    def _stepped(self, state: State, act: Counted) -> State | None:
        assert act.move is not None
        try:
            return step(self.procedure, state, act.move, self.parties)
        except Void:
            return None

    def _threats(self, act: Counted) -> Iterable[Threat]:
        """What other sides may have signed unseen that would stand before `act`."""
        for place, other in enumerate(self.parties):
            seen = self.office.seen_by(place)
            if place == act.place or act.index < seen[act.place]:
                continue
            kinds: dict[str, Threat] = {}
            for frontier, state in views_of(self.office, self.matter, place):
                if act.index >= frontier[act.place]:
                    kinds |= {one.kind: one for one in self._from(act, place, other, frontier, state)}
            yield from kinds.values()

    def _from(
        self, act: Counted, place: int, other: str, frontier: tuple[int, ...], state: State
    ) -> Iterable[Threat]:
        opened = self.folded.state
        ledger = self.office.ledger
        turn = 1 + max(
            (ledger.finding(p, size - 1).turn for p, size in enumerate(frontier) if size), default=0
        )
        crossed = [one for one in self.acts if one.index >= frontier[one.place] and one.place != place]
        assert act.move is not None
        for kind, row in possible(self.procedure, state, other, self.parties):
            theirs = Move("", other, kind.name, act.move.at)
            before = beats(self.procedure, opened, theirs, act.move, self.parties)
            if row.cross == "first" and kind.name == act.move.kind and (turn, place) < order(act):
                before = True
            beaten = any(
                one.move is not None
                and self.folded.marks.get(one.id) != BEATEN
                and beats(self.procedure, opened, one.move, theirs, self.parties)
                for one in crossed
            )
            if before and not beaten and row.by in roles(self.procedure, opened, other, self.parties):
                yield Threat(other, kind.name, row.due(state, other) if row.lapses else None)


def _unseen(office: Office, matter: str, acts: Sequence[Counted]) -> Iterable[Unseen]:
    waiting = office.unsettled(matter)
    for place, side in enumerate(office.parties):
        if side in waiting:
            seen = office.seen_by(place)
            missed = [act for act in acts if act.place != place and act.index >= seen[act.place]]
            yield Unseen(side, tuple(_named(act) for act in missed[-_MOST:]))


def _since(office: Office, matter: str) -> str | None:
    """The latest time claimed by the acts with which each party first shows all acts of the others."""
    folds, ledger, times = office.folds(matter), office.ledger, []
    newest = [folds.newest(place) for place in range(len(office.parties))]
    for place in range(len(office.parties)):
        for other, index in enumerate(newest):
            if other != place and index >= 0:
                move = ledger.finding(place, _first_to_see(office, place, other, index)).move
                times.extend([move.at] if move is not None else [])
    return max(times, default=None)


def _first_to_see(office: Office, place: int, other: int, index: int) -> int:
    """The position in the register at `place` of the first act that has seen position `index` of another."""

    def seen(position: int) -> int:
        return office.ledger.finding(place, position).vector[other]

    return bisect_left(range(office.ledger.counted(place)), index + 1, key=seen)


def _withdrawals(office: Office, act: Counted) -> Iterable[Named]:
    """The withdrawals of other sides from the office that crossed an act: they leave it as it is (rule 4)."""
    if act.procedure == _STANDING:
        return
    for side in office.parties:
        if side != act.side:
            standing = natural_id(office.charter.office, _STANDING, side)
            for one in office.ledger.matter(standing):
                if not one.void and _kind(one) == _WITHDRAWS and _crossed(one, act):
                    yield _named(one)


def _of_void(office: Office, act: Counted) -> Telling:
    """A void act is void for good. Where its officer had been recalled, it says by which entry."""
    by: list[Named] = []
    if act.void == "unposted":
        document = parse(office.ledger.entry(act.place, act.index))
        postings = [one for one in office.ledger.postings(act.place) if one.index < act.index]
        mine = {one.matter for one in postings if one.key and document and kid(one.key) == document.officer}
        by = [_named(one) for one in postings if one.matter in mine and not one.key][-1:]
    return Telling(_named(act), VOID, why=act.void, by=tuple(by), settled=True)


def _crossed(one: Counted, other: Counted) -> bool:
    return one.place != other.place and not one.has_seen(other) and not other.has_seen(one)


def _kind(act: Counted) -> str:
    return act.move.kind if act.move is not None else ""


def _named(act: Counted) -> Named:
    return Named(act.id, act.side, _kind(act), act.index)
