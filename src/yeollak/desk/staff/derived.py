"""Figures as this thread has derived them, kept from one page to the next: a page with its drawings and files
asks for the same figures several times, and another period costs its own matters alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import local
from typing import Final

from yeollak.office.office import Office
from yeollak.office.statistics import Figures, Index, Period, figures
from yeollak.storage.reading import OfficeView

_kept: Final = local()
#: How many periods of an office are kept.
_MOST: Final = 8


class _Held:
    """What is kept of one office."""

    def __init__(self, office: Office) -> None:
        self.index = Index(office)
        self.found: OrderedDict[tuple[tuple[int, ...], Period], Figures] = OrderedDict()


def index_of(view: OfficeView) -> Index:
    """The index of an office, which belongs to the thread that asks, like the view."""
    return _held(view).index


def figures_of(view: OfficeView, period: Period) -> Figures:
    """The figures of a period as of what is counted now. Raises RecordFault(`malformed`) for a zone that is
    not the charter's.
    """
    held, key = _held(view), (view.office.frontier(), period)
    if key not in held.found:
        held.found[key] = figures(view.office, key[0], period, held.index)
        while len(held.found) > _MOST:
            held.found.popitem(last=False)
    return held.found[key]


def through(view: OfficeView, several: Sequence[tuple[str, Period]]) -> list[tuple[str, Figures]]:
    """The figures of several periods as of one point, under their names. They are not kept."""
    held, frontier = _held(view), view.office.frontier()
    return [
        (name, figures(view.office, frontier, period, held.index, looking_back=False))
        for name, period in several
    ]


def _held(view: OfficeView) -> _Held:
    known: dict[tuple[str, str], _Held] = _kept.__dict__.setdefault("held", {})
    place = (view.alias, view.id)
    held = known.get(place)
    if held is None or held.index.office is not view.office:
        held = known[place] = _Held(view.office)
    return held
