"""Instants as the desk's tables write them: on the reader's clock, with UTC beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yeollak.desk.staff.shell import local
from yeollak.words.figures import clock, day, offset


@dataclass(frozen=True, slots=True)
class Shown:
    """An instant in words: the day and hour on a clock, that clock's offset, the hour in UTC, and the form
    that programs read.
    """

    day: str
    hour: str
    offset: str
    utc: str
    iso: str


def shown(at: datetime, zone: str, lang: str) -> Shown:
    """An instant as somebody who reads `lang` in `zone` sees it."""
    here = local(at, zone)
    return Shown(
        day(here.date(), lang), clock(here), offset(here), f"{at:%H:%M} UTC", f"{at:%Y-%m-%dT%H:%M:%SZ}"
    )
