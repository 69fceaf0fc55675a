"""Comparing views (rule 11): what each side claims of the state is held against what this node finds.

A claim is compared behind everything that somebody waits for, and in no transaction that writes: what it
takes grows with the office, and a side may claim with every act. So of each side the newest claim that has
been counted is compared, at most one an hour; it overtakes those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yeollak.errors import OurFault
from yeollak.office import claims
from yeollak.office.ledger import Counted
from yeollak.storage import plain, reading
from yeollak.storage.writer import Writer

#: The alarm that says that a side has claimed another state than this node finds. One stands for a side.
DIFFER: Final = "views-differ"
#: How often one side is compared with, which is how often an honest node claims a state.
EVERY: Final = timedelta(hours=1)
#: How many of a side's last entries are looked through for a claim by a process that has just begun.
BACK: Final = 4096

_COUNTED: Final = f"SELECT office_id, place, counted FROM {plain.HEAD} WHERE counted > 0"  # noqa: S608 (no value is in it)


@dataclass(slots=True)
class _Looked:
    """Up to where the claims of a side have been looked at, and when one was compared."""

    size: int
    at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        # A clock that was set back keeps nobody from comparing.
        return self.at is None or not self.at <= now < self.at + EVERY


class Comparing(Writer):
    """Compares the views of offices. One thread uses it; `pause` is called between pieces of the work, while
    what is read stands still (`plain.still`), never within a transaction that writes.
    """

    def __init__(self, alias: str = "default", pause: Callable[[], None] = lambda: None) -> None:
        super().__init__(alias)
        self._pause = pause
        self._looked: dict[tuple[str, int], _Looked] = {}

    def step(
        self, offices: Collection[str], now: datetime, ending: Callable[[], bool] = lambda: False
    ) -> None:
        """Compare in these offices what has been claimed since and is due at `now`, unless the node is
        `ending`. A store that fails is asked again the next time.
        """
        for office, place, counted in plain.rows(self.alias, _COUNTED):
            looked = self._looked.get((office, place))
            if looked is None or looked.size > counted:
                # A process that has just begun, or a record that was put back.
                looked = self._looked[office, place] = _Looked(max(0, counted - BACK))
            if office not in offices or looked.size == counted or not looked.is_due(now) or ending():
                continue
            try:
                self._look(office, place, looked, now)
            except OurFault:
                continue

    def _look(self, office: str, place: int, looked: _Looked, now: datetime) -> None:
        # A view of its own: what it remembers ends with it.
        view = reading.own_view(self.alias, office)
        view.refresh()
        size = view.ledger.counted(place)
        found = claims.newest(view.ledger, place, looked.size)
        if found is not None:
            self._compare(view, found, now)
            looked.at = now
        looked.size = size
        self._pause()

    def _compare(self, view: reading.OfficeView, found: Counted, now: datetime) -> None:
        try:
            agrees = claims.agrees(view.office, found, self._pause)
        except OurFault:
            raise
        except Exception as problem:  # noqa: BLE001 (whatever a fold raises is an alarm on this node: rule 1)
            self.raise_alarm(view.id, "fold-failed", {"why": type(problem).__name__}, now)
            return
        if not agrees:
            self.raise_alarm(view.id, DIFFER, {"side": found.side}, now)
