"""Clocks: the only place where a node learns the time.

Everything below is given instants. A demonstration's node follows a file that its driver rewrites, so that
the record carries the history's dates; pacing and back-off never use these clocks.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from yeollak.errors import OurFault
from yeollak.record.canon import format_instant, parse_instant


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """The instant, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, in UTC, in whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)


class FileClock:
    """A clock that somebody else sets, by rewriting a file that holds one instant."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def now(self) -> datetime:
        """The instant in the file. Raises OurFault(`clock-unreadable`)."""
        try:
            return parse_instant(self.path.read_text().strip())
        except Exception:  # noqa: BLE001 (whatever is wrong with the file, the next step is the same)
            raise OurFault("clock-unreadable", path=str(self.path)) from None

    def set(self, moment: datetime) -> None:
        """Rewrite the file atomically."""
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_text(format_instant(moment) + "\n")
        beside.replace(self.path)
