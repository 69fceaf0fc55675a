"""Leaves: the timeline of an office in pages of a bounded size, each at an address that stays.

An office with few entries is one page, whole. One with more has on its first page what happened last, and the
rest in leaves: numbered in the order of what happened, within whatever the filter leaves. A year, and a month
of a year, are questions of the filter, so that each has an address of its own which entries of other years do
not move. Whatever stands beside the timeline is drawn from the same entries: no leaf loads more than it
shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from yeollak.desk.public import Item, PublicOffice, Source
from yeollak.desk.sections import Sections, sections
from yeollak.desk.timeline import Timeline

#: How many entries a page has.
PAGE: Final = 150
#: How many entries stand under the origin of an office of several leaves, and how many calls on one.
MOST_ORIGIN: Final = 20
MOST_CALLS: Final = 60


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a timeline: its entries, which number it is of how many (0: the first page, with what
    happened last), and the questions of the leaves before and after it, None where there is none. `whole`
    where the office has no more than this one, however it is filtered.
    """

    items: tuple[Item, ...]
    number: int
    pages: int
    before: str | None
    after: str | None
    whole: bool


def leaf(found: Timeline, asked: Mapping[str, str]) -> Leaf:
    """The page of a timeline that an address asks for."""
    items, pages = found.items, pages_of(len(found.items))
    if pages <= 1:
        return Leaf(items, 1, 1, None, None, pages_of(found.total) <= 1)
    number = int(asked.get("page", "0"))
    if not number and not found.filtered:
        # It overlaps with the last leaf, since a page with three entries would tell little.
        return Leaf(items[-PAGE:], 0, pages, _asking(asked, pages_of(len(items) - PAGE)), None, False)
    number = number or 1
    shown = items[(number - 1) * PAGE : number * PAGE]
    before = _asking(asked, number - 1) if number > 1 else None
    after = _asking(asked, number + 1) if number < pages else None
    return Leaf(shown, number, pages, before, after, False)


def pages_of(many: int) -> int:
    """How many pages so many entries fill."""
    return -(-many // PAGE)


def drawn(office: PublicOffice, whole: Sections, page: Leaf) -> tuple[PublicOffice, Sections]:
    """An office and its sections as a leaf shows them: with its own entries and with the sources that it
    cites. The first page has the sections of what happened last; the others have the timeline alone.
    """
    if page.whole:
        return office, whole
    if page.number:
        bare = replace(office, items=page.items, acts=(), matters={})
        shown = replace(sections(replace(bare, items=())), anchors=_anchors(page.items))
    else:
        shown = sections(replace(office, items=page.items))
        calls = shown.calls[-MOST_CALLS:]
        beyond = len(whole.calls) + whole.calls_beyond - len(calls)
        origin = whole.origin[:MOST_ORIGIN]
        shown = replace(
            shown, origin=origin, calls=calls, calls_beyond=beyond, silent_since=whole.silent_since
        )
    cited = set(office.summary_sources) | _cited(page.items) | _cited(shown.origin)
    cited |= {number for paper in shown.papers for number in paper.sources}
    sources: tuple[Source, ...] = tuple(one for one in office.sources if one.number in cited)
    return replace(office, items=page.items, sources=sources), shown


def _cited(items: Iterable[Item]) -> set[int]:
    return {number for item in items for number in item.sources}


def _anchors(items: Iterable[Item]) -> dict[str, str]:
    return {item.told.event: item.anchor for item in items}


def _asking(asked: Mapping[str, str], number: int) -> str:
    return urlencode({**asked, "page": str(number)})
