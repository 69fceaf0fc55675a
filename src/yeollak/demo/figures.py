"""The figures of the first hundred days: those that were published, and those that the record gives.

The published account says 285 contacts, and its parts add up to 283. The record of a demonstration holds only
what public sources tell one by one, so it gives far fewer; both are printed beside each other, and neither is
made to fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from yeollak.demo.history import events, history
from yeollak.office.office import Office
from yeollak.office.statistics import Figures, Period, answer, compare, figures

#: What figures are called as an enclosure.
MEDIA_TYPE: Final = "application/vnd.yeollak.figures+json"
#: From the opening to 19 December 2018, the last day of the published account: first day, and day after.
HUNDRED_DAYS: Final = (date(2018, 9, 14), date(2018, 12, 20))
#: The levels of the parts, in the order in which the account lists them; the last of its lines are documents.
_LEVELS: Final = ("high-level", "working", "heads", "deputy-heads", "liaison", "ad-hoc")
_EVENT: Final = "2018-12-20-hundred-day-figures"


def days_of(days: tuple[date, date]) -> dict[str, str]:
    """The facts that name the days of figures."""
    return {"since": days[0].isoformat(), "until": days[1].isoformat()}


def derived(office: Office, days: tuple[date, date]) -> Figures:
    """The figures that the record gives for some days, as of what is counted now."""
    return figures(office, None, Period(*days, history()["office"]["time_zones"]["south"]))


def differing(office: Office, act: str, text: bytes) -> list[str]:
    """The places in which figures that the other side has stated in an act (`text` are their bytes) differ
    from what the record here gives: where there is none it may countersign, else it contests.
    """
    stated = next(found for found in office.ledger.matter(act) if found.id == act)
    return ["/".join(one.place) for one in answer(stated, text, office).differences]


def published() -> Mapping[str, Any]:
    """The published account as `compare` takes it, read from the lines of the event that tells of it."""
    event = events()[_EVENT]
    *parts, documents = (int(line.partition(" ")[0]) for line in event["outcome"])
    total = next(int(word) for word in event["text"]["en"].split() if word.isdecimal())
    return {
        "contacts": {"total": total, "by": "level", "parts": dict(zip(_LEVELS, parts, strict=True))},
        "documents": {"total": documents},
    }


def compared(office: Office) -> dict[str, Any]:
    """The published account against its own parts and against the record, place by place."""
    return {
        **days_of(HUNDRED_DAYS),
        "published": published(),
        "differences": [
            {"place": list(one.place), "published": one.stated, "record": one.found}
            for one in compare(published(), derived(office, HUNDRED_DAYS))
        ],
    }
