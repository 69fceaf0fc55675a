"""Which parts of two rows belong together: the longest common row, and the most alike pairs.

Texts come from the other side, so the work is bounded: a budget of comparisons is spent from the front, and
what is left when it is spent counts as different. The answer is always a right one, only coarser.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.office.texts.folding import folded

#: Comparisons that one difference between two drafts of a language may cost: some seconds at most.
DEFAULT_BUDGET: Final = 4_000_000
#: Pairs of articles or paragraphs of which every one is looked at; beyond, only those near each other.
_PAIRS: Final = 4096
_NEAR: Final = 8


@dataclass(slots=True)
class Budget:
    """How many comparisons may still be made."""

    left: int = DEFAULT_BUDGET

    def take(self, many: int) -> bool:
        """Whether `many` more may be made; they are counted when they may."""
        if many > self.left:
            return False
        self.left -= many
        return True


def common(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[tuple[int, int, int]]:
    """A longest common row as runs (place in old, place in new, length), each as long as can be."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    pairs = [(at, at) for at in range(start)]
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    if inner_old and inner_new and budget.take(len(inner_old) * len(inner_new)):
        pairs += [(start + i, start + j) for i, j in _longest(inner_old, inner_new)]
    pairs += [(len(old) - end + at, len(new) - end + at) for at in range(end)]
    runs: list[tuple[int, int, int]] = []
    for i, j in pairs:
        if runs and runs[-1][0] + runs[-1][2] == i and runs[-1][1] + runs[-1][2] == j:
            runs[-1] = (runs[-1][0], runs[-1][1], runs[-1][2] + 1)
        else:
            runs.append((i, j, 1))
    return runs


def _longest(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    rows = [[0] * (len(new) + 1)]
    for one in reversed(old):
        below, row = rows[-1], [0] * (len(new) + 1)
        for j in range(len(new) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if one == new[j] else max(below[j], row[j + 1])
        rows.append(row)
    rows.reverse()
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def words_of(text: str) -> Counter[str]:
    """The words of a text, folded, with how often each stands there."""
    return Counter(folded(text).split())


def likeness(one: Counter[str], two: Counter[str]) -> float:
    """From 0 to 1: twice the words in common over all words."""
    total = one.total() + two.total()
    small, large = (one, two) if len(one) <= len(two) else (two, one)
    shared = sum(min(many, large[word]) for word, many in small.items() if word in large)
    return 2 * shared / total if total else 1.0


def align(
    old: Sequence[Hashable], new: Sequence[Hashable], alike: Callable[[int, int], float]
) -> list[tuple[int, int]]:
    """Pairs (place in old, place in new): equal ones first, then the most alike, each place once.

    `alike` gives 0 for two that do not belong together.
    """
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for j, item in enumerate(new):
        places[item].append(j)
    pairs: dict[int, int] = {}
    for i, item in enumerate(old):
        if rest := places.get(item):
            pairs[i] = rest.pop(rest.index(i) if i in rest else 0)
    taken = set(pairs.values())
    ours = [i for i in range(len(old)) if i not in pairs]
    theirs = [j for j in range(len(new)) if j not in taken]
    every = len(ours) * len(theirs) <= _PAIRS
    scored = sorted(
        (-score, abs(i - j), i, j)
        for i in ours
        for j in theirs
        if (every or abs(i - j) <= _NEAR) and (score := alike(i, j)) > 0
    )
    for _, _, i, j in scored:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return sorted(pairs.items())


def moved_pairs(pairs: Sequence[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """The pairs that have moved: all but a longest row of them that stands in one order in both."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(pairs):
        place = bisect_left(tails, j)
        before.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [j]
        ends[place : place + 1] = [at]
    still: set[int] = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        still.add(at)
        at = before[at]
    return frozenset(pair for at, pair in enumerate(pairs) if at not in still)
