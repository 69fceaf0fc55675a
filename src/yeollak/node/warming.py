"""Warming: what pages of a long record rest on is counted behind those who read them, and stored.

At a start only what is new since the last one is counted, in portions, so that neither time nor memory grows
with the record; a record that was never counted, or by the rules of another program, is counted once. While
the node runs, what has come since is counted now and then, once it is worth a portion: until then pages make
good what is lacking. So are the lines of the state digest that matters lack, and what sides claim of the
state is compared. The public page of a long record is drawn before anybody asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from yeollak.desk import views
from yeollak.storage import reading, tallies
from yeollak.storage.comparing import Comparing
from yeollak.storage.lining import Lining
from yeollak.storage.tallying import Tallying

#: From how many acts on the public page of an office is drawn at the start.
LONG: Final = 5_000
#: How many acts are left to be made good by pages, and after how many seconds it is looked for more.
LEFT: Final = 1024
EVERY: Final = 30.0


def draw(alias: str, ending: Callable[[], bool], least: int = LONG) -> None:
    """Draw the public page of every office with so many acts, unless the node is `ending`."""
    for office in tallies.known(alias, least):
        if not ending():
            views.prepare(office)


class Counting:
    """Counts what figures and call books of offices rest on, and compares views by the clock `now`, where
    there is one. One thread uses it; `pause` is called between pieces of the work.
    """

    def __init__(
        self,
        alias: str,
        pause: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._alias, self._pause, self._now = alias, pause, now
        self._comparing = Comparing(alias, pause)
        #: The offices of which it is known that everything was counted by the rules of this program.
        self._sure: set[str] = set()
        #: The offices in which no matter lacks its line.
        self._lined: set[str] = set()

    def step(self, ours: Collection[str], ending: Callable[[], bool], least: int = LEFT) -> list[str]:
        """Count those of our offices in which so many acts are not counted yet, unless the node is `ending`;
        returns their ids.
        """
        alias, offices, long = (
            self._alias,
            tallies.lacking(self._alias, least),
            tallies.known(self._alias, least),
        )
        self._line([office for office in long if office in ours], ending)
        for office in long:
            if office in self._sure or office in offices or ending():
                continue
            if office in ours and tallies.untold(reading.office_view(alias, office)) >= least:
                offices.append(office)
        tallying, wanted = Tallying(alias, self._pause), [office for office in offices if office in ours]
        for office in wanted:
            while not ending() and tallying.tally(office):
                pass
        self._sure = set(ours)
        if self._now is not None:
            self._comparing.step(ours, self._now(), ending)
        return wanted

    def _line(self, offices: Collection[str], ending: Callable[[], bool]) -> None:
        """Make the lines that matters of these offices lack; each office is looked through once."""
        lining = Lining(self._alias, self._pause)
        self._lined.intersection_update(offices)
        for office in offices:
            after = None if office in self._lined else ""
            while after is not None and not ending():
                after = lining.line(office, after)
            if after is None:
                self._lined.add(office)
