"""Figures and call books for pages, derived once for all threads and kept from one page to the next.

They rest on what the store has counted (`storage.figuring`), so that a page costs its period and what is new.
Whoever derives holds the lock of the office, so that no two threads go over the same, and none has to do it
again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final

from django.db import connections

from yeollak.office.ledger import Counted
from yeollak.office.statistics import Answer, Figure, Figures, Period, answer
from yeollak.office.statistics.calls import Call
from yeollak.office.statistics.tally import Cell
from yeollak.storage.figuring import Figuring
from yeollak.storage.reading import OfficeView

_Told = tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]


class _Held:
    """What is kept of one office. Whoever touches it holds the lock."""

    def __init__(self, alias: str, office: str) -> None:
        self.lock = threading.RLock()
        self._asked = alias, office
        self._figuring: Figuring | None = None

    def refresh(self) -> Figuring:
        """What is derived, with what has been counted since."""
        if self._figuring is None:
            self._figuring = Figuring(*self._asked)
        self._figuring.refresh()
        return self._figuring

    def resting(self, found: Figures) -> Figures:
        """Figures whose matters are looked for under the lock."""
        own, told = (
            {name: replace(one, rests=partial(self._rests, one)) for name, one in some.items()}
            for some in (found.own, found.told)
        )
        return replace(found, own=own, told=told)

    def _rests(self, figure: Figure) -> Mapping[Cell, tuple[str, ...]]:
        with self.lock:
            return figure.rests()


#: By the place of the database and the office.
_kept: Final[dict[tuple[str, str], _Held]] = {}


@contextmanager
def _held(view: OfficeView) -> Iterator[tuple[_Held, Figuring]]:
    place = str(connections[view.alias].settings_dict["NAME"]), view.id
    held = _kept.setdefault(place, _Held(view.alias, view.id))
    with held.lock:
        yield held, held.refresh()


def figures_of(view: OfficeView, period: Period) -> Figures:
    """The figures of a period as of what is counted now, or as of what the store has counted where that is
    far behind (`behind`). Raises RecordFault(`malformed`) for a zone that is not the charter's.
    """
    with _held(view) as (held, figuring):
        return held.resting(figuring.figures(period))


def through(view: OfficeView, several: Sequence[tuple[str, Period]]) -> list[tuple[str, Figures]]:
    """The figures of several periods as of one point, under their names."""
    with _held(view) as (held, figuring):
        return [
            (name, held.resting(figuring.figures(period, looking_back=False))) for name, period in several
        ]


def answer_to(view: OfficeView, stated: Counted, data: bytes) -> Answer:
    """What there is to answer to figures that were stated. Raises as `statistics.answer`, and
    OurFault(`figures-behind`) while the store is far behind what they rest on.
    """
    with _held(view) as (_, figuring):
        return answer(stated, data, figuring.office, derive=figuring.figures)


def behind(view: OfficeView) -> int:
    """How many acts that are counted are not in figures and call books yet: none, unless the node has still
    to count a long record for them.
    """
    with _held(view) as (_, figuring):
        return figuring.behind


class Book:
    """The call book of an office, as of what is counted whenever it is asked."""

    def __init__(self, view: OfficeView) -> None:
        self._view = view

    def between(self, first: date, last: date) -> Sequence[Call]:
        """The calls of the days from `first` to `last`, in their order."""
        with _held(self._view) as (_, figuring):
            return figuring.calls_between(first, last)

    def told(self, period: Period) -> _Told:
        """The streaks and the firsts of a period, as `statistics.streaks` has them."""
        with _held(self._view) as (_, figuring):
            return figuring.streaks_and_firsts(period)
