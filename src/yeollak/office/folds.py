"""The folds of one matter as it grows: what was folded before is gone on from, and never folded again.

A matter that lasts as long as its office, such as what a node says about the line, would otherwise cost more
with every act. What comes out is always what `fold` makes of the same acts at once; only the way there is
shorter. Nothing is decided here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

from yeollak.office.expected import Expectation, expectations
from yeollak.office.fold import NOTHING, Folded, apply_after, fold
from yeollak.office.ledger import Counted
from yeollak.procedures.catalogue import table
from yeollak.procedures.table import NONE, Procedure

#: How many folds of one matter are kept: the newest, and those that acts under way go on from.
_KEPT = 8
#: One fold in so many acts is kept longer, for the view of a side that is far behind, while there are not too
#: many: a matter of many slots would fill the memory. The older half is then thinned, so that those kept lie
#: the closer the nearer they are to the end.
_EVERY = 64
_MILESTONES = 16

#: How many allowed acts of each party's register belong to a matter, in the charter's order.
Sizes = tuple[int, ...]


class MatterFolds:
    """The allowed acts of one matter by side, and what they have come to at the frontiers asked for."""

    def __init__(self, parties: Sequence[str]) -> None:
        self.first: Counted | None = None
        self._parties = parties
        self._read = 0
        self._acts: list[list[Counted]] = [[] for _ in parties]
        self._indexes: list[list[int]] = [[] for _ in parties]
        #: By side and kind which of its acts are of that kind.
        self._kinds: list[dict[str, list[int]]] = [{} for _ in parties]
        self._kept: OrderedDict[Sizes, Folded] = OrderedDict()
        self._milestones: list[tuple[Sizes, Folded]] = []
        self._lines: OrderedDict[Sizes, str] = OrderedDict()
        self._waits: tuple[Sizes, tuple[Expectation, ...]] | None = None

    def read(self, acts: Sequence[Counted]) -> None:
        """Take over what has been counted since; `acts` is everything that names the matter, in that
        order.
        """
        for act in acts[self._read :]:
            if not act.void:
                self.first = self.first or act
                if act.move is not None:
                    of_kind = self._kinds[act.place].setdefault(act.move.kind, [])
                    of_kind.append(len(self._acts[act.place]))
                self._acts[act.place].append(act)
                self._indexes[act.place].append(act.index)
        self._read = len(acts)

    def has_read(self, acts: Sequence[Counted]) -> bool:
        """Whether everything is taken over; `acts` as for `read`."""
        return self._read == len(acts)

    @property
    def procedure(self) -> Procedure:
        """The table of the matter, which has an allowed act."""
        assert self.first is not None, "a matter without an allowed act has no table"
        return table(self.first.procedure)

    @property
    def firsts(self) -> tuple[Counted, ...]:
        """The first act of each side that has one."""
        return tuple(acts[0] for acts in self._acts if acts)

    @property
    def span(self) -> tuple[int, int]:
        """The lowest and the highest turn of its acts."""
        held = [acts for acts in self._acts if acts]
        return min(acts[0].turn for acts in held), max(acts[-1].turn for acts in held)

    def kinds(self, place: int, sizes: Sizes) -> frozenset[str]:
        """The kinds of the first so many acts of one side, whatever became of them."""
        return frozenset(kind for kind, at in self._kinds[place].items() if at[0] < sizes[place])

    def last(self, place: int) -> Counted | None:
        """The newest act of a side, or None."""
        return self._acts[place][-1] if self._acts[place] else None

    def named(self, place: int, act: str) -> Counted | None:
        """The first act of a side that has this id, or None."""
        return next((one for one in self._acts[place] if one.id == act), None)

    def newest(self, place: int) -> int:
        """The position of the newest act of a side in its register, or -1."""
        return self._indexes[place][-1] if self._indexes[place] else -1

    def sizes(self, frontier: Sequence[int] | None = None) -> Sizes:
        """How many acts of each side lie below a frontier (all, where none is given)."""
        if frontier is None:
            return tuple(map(len, self._indexes))
        return tuple(
            bisect_left(indexes, size) for indexes, size in zip(self._indexes, frontier, strict=True)
        )

    def at(self, sizes: Sizes) -> Folded:
        """The fold of the first so many acts of each side."""
        if not any(sizes):
            return NOTHING
        known = self._kept.get(sizes)
        if known is None:
            below, base = self._base(sizes)
            for step in self._steps(below, sizes):
                added = [
                    act
                    for acts, start, end in zip(self._acts, below, step, strict=True)
                    for act in acts[start:end]
                ]
                base = fold(self.procedure, added, self._parties, base)
                below = step
                self._keep(step, base)
            known = base
        self._kept.move_to_end(sizes)
        return known

    def expectations(self) -> tuple[Expectation, ...]:
        """What the matter waits for now, found once while it does not move."""
        sizes = self.sizes()
        if self._waits is None or self._waits[0] != sizes:
            self._waits = sizes, expectations(self.procedure, self.at(sizes).state, self._parties)
        return self._waits[1]

    def line(self, sizes: Sizes, made: Callable[[Folded], str]) -> str:
        """What `made` says of the fold at `sizes`, made once while the matter does not move."""
        if sizes not in self._lines:
            self._lines[sizes] = made(self.at(sizes))
            while len(self._lines) > _KEPT:
                self._lines.popitem(last=False)
        return self._lines[sizes]

    def _base(self, sizes: Sizes) -> tuple[Sizes, Folded]:
        """The largest known fold that the fold at `sizes` may go on from."""
        total = sum(sizes)
        near = [(below, base) for below, base in self._kept.items() if sum(below) == total - 1]
        found = next((one for one in near if self._goes_on(*one, sizes)), None)  # nothing can be nearer
        if found is None:
            end = bisect_right(self._milestones, total, key=lambda milestone: sum(milestone[0]))
            near = [*self._kept.items(), *self._milestones[:end]]
            fit = (one for one in near if self._goes_on(*one, sizes))
            found = max(fit, key=lambda one: sum(one[0]), default=(tuple(0 for _ in sizes), NOTHING))
        if found[0] in self._kept:
            # While acts keep crossing one that waits to be seen, what lies before them is needed again.
            self._kept.move_to_end(found[0])
        return found

    def _goes_on(self, below: Sizes, base: Folded, sizes: Sizes) -> bool:
        """Whether the fold at `sizes` may go on from that below: every act between the two has seen all that
        is below, which the first of each side tells; or those that have not apply after it all the same, and
        no pair of the table ties them to what they have not seen.
        """
        if any(start > end for start, end in zip(below, sizes, strict=True)):
            return False
        moving = [place for place, start in enumerate(below) if start < sizes[place]]
        unseen = [
            (place, other)
            for place in moving
            for other, size in enumerate(below)
            if other != place
            and size
            and self._indexes[other][size - 1] >= self._acts[place][below[place]].vector[other]
        ]
        if not unseen:
            return True
        # Who opened the matter says which pairs there are: that must be known below.
        ends = (acts[size - 1] for acts, size in zip(self._acts, below, strict=True) if size)
        return (
            base.state.phase != NONE
            and apply_after((self._acts[place][below[place]] for place in moving), ends)
            and not any(
                self._tied(place, below[place], sizes[place], other, below[other]) for place, other in unseen
            )
        )

    def _tied(self, place: int, start: int, end: int, other: int, size: int) -> bool:
        """Whether a pair of the table has kinds of both the acts of one side from `start` to before `end` and
        the first `size` of another.
        """
        added = {
            kind for kind, at in self._kinds[place].items() if bisect_left(at, start) < bisect_left(at, end)
        }
        known = {kind for kind, at in self._kinds[other].items() if at[0] < size}
        return any(
            (first in added and second in known) or (first in known and second in added)
            for (first, _), (second, _) in self.procedure.pairs
        )

    def _steps(self, below: Sizes, sizes: Sizes) -> Iterator[Sizes]:
        """The sizes to fold at in turn: milestones on the way, where nothing can cross, and the last."""
        moving = [place for place, size in enumerate(sizes) if size > below[place]]
        if len(moving) == 1:
            (place,) = moving
            for size in range(below[place] + _EVERY, sizes[place], _EVERY):
                yield (*sizes[:place], size, *sizes[place + 1 :])
        yield sizes

    def _keep(self, sizes: Sizes, folded: Folded) -> None:
        self._kept[sizes] = folded
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        before = sum(self._milestones[-1][0]) if self._milestones else 0
        if sum(sizes) // _EVERY > before // _EVERY:
            self._milestones.append((sizes, folded))
            if len(self._milestones) > _MILESTONES:
                del self._milestones[0 : _MILESTONES // 2 : 2]
