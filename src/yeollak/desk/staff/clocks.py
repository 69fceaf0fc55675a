"""The office's calendar and what the sides have signed of their lines, kept from one page to the next.

They belong to the thread that asks, like the view: a page that is drawn every minute reads only what is new.
"""

from __future__ import annotations

from datetime import tzinfo
from threading import local
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yeollak.desk.staff.gate import Desk
from yeollak.office.calendar import Calendar, calendar_of
from yeollak.office.office import Office
from yeollak.office.outages import Outages
from yeollak.storage.lines import outages
from yeollak.storage.reading import OfficeView
from yeollak.words.called import side_names
from yeollak.words.naming import Reader
from yeollak.words.own import own

_kept: Final = local()


def clocks(view: OfficeView) -> tuple[Calendar, Outages]:
    """The calendar of an office as amended and declared, and its outages. Another calendar makes both anew:
    an outage is placed by the calls of its calendar.
    """
    held: dict[tuple[str, str], tuple[Office, Calendar, Outages]] = _kept.__dict__.setdefault("held", {})
    place, calendar = (view.alias, view.id), calendar_of(view.office, view.office.terms())
    known = held.get(place)
    if known is None or known[0] is not view.office or known[1] != calendar:
        known = (view.office, calendar, outages(view, calendar))
    held[place] = (view.office, known[1], outages(view, known[1], known[2]))
    return held[place][1:]


def reader_of(desk: Desk) -> Reader:
    """For whom sentences are made: our side, in the person's language, on the clock that he reads by."""
    return Reader(desk.lang, desk.view.side, side_names(desk.view.charter, desk.lang), reading_zone(desk))


def reading_zone(desk: Desk) -> tzinfo:
    """The clock by which hours are shown: the person's choice, else our side's own, else the office's.

    The days of the calendar and of the call book stay those of the office: both sides count them alike.
    """
    try:
        return ZoneInfo(desk.own_zone) if desk.own_zone else clocks(desk.view)[0].where
    except (ZoneInfoNotFoundError, ValueError):
        return clocks(desk.view)[0].where


def post_of(zone: tzinfo, lang: str) -> str:
    """What the place is called whose clock a zone is."""
    return own().post(zone.key, lang) if isinstance(zone, ZoneInfo) else "UTC"
