"""Warming: what first pages of a long record would have to wait for is made when the node starts.

Nobody waits for it, and it leaves out what is short: a small office costs nothing to speak of when it is
first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from yeollak.desk import views
from yeollak.desk.staff import derived
from yeollak.storage import reading

#: From how many acts on an office is prepared.
LONG: Final = 5_000


def warm(alias: str, now: Callable[[], datetime], ending: Callable[[], bool], least: int = LONG) -> list[str]:
    """Prepare the pages of every office with so many acts, unless the node is `ending`; returns the ids of
    those that were.
    """
    done = []
    for office in reading.offices(alias):
        view = reading.office_view(alias, office)
        if ending() or sum(view.office.frontier()) < least:
            continue
        views.prepare(office)
        derived.prepare(view, now(), ending)
        done.append(office)
    return done
