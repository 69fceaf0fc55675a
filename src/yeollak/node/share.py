"""How much of its day a node takes for what it says by itself.

The other sides take so many of our entries in a day and no more (the charter's quota), in the order of our
register. Whoever could make a node speak as often as he likes would keep our officers' acts from everybody
until midnight; so what a node says by itself takes half of that at most.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from yeollak.storage.reading import beginning

#: One in so many entries of a day's quota may be the node's at once; as many more come one at a time.
_PART: Final = 4
_DAY: Final = timedelta(days=1)


class Share:
    """What a node has said by itself in one office today, as far as this process knows."""

    def __init__(self) -> None:
        self._day: datetime | None = None
        self._said = 0
        self._last: datetime | None = None

    def free(self, now: datetime, statements: int) -> datetime:
        """From when on the node may say something by itself, where others take so many entries in a day."""
        part = statements // _PART
        # A clock that was set back keeps nobody waiting.
        if self._day != beginning(now) or self._last is None or self._last > now or self._said < part:
            return now
        return self._last + _DAY / part

    def said(self, now: datetime) -> None:
        """Note that it has said something."""
        today = beginning(now)
        self._said = self._said + 1 if self._day == today else 1
        self._day, self._last = today, now
