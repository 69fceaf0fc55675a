"""`yeollak calendar`: the days of an office, its calls, which duties fall due, and by when something must be
told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yeollak.cli import duties as owed
from yeollak.cli import offering
from yeollak.cli.docket import DAY
from yeollak.cli.opened import chosen, node_option, office_option, opened
from yeollak.cli.options import shared
from yeollak.cli.output import Output
from yeollak.cli.usage import Misuse
from yeollak.office.periods import WEEKDAYS
from yeollak.office.zones import later
from yeollak.record.canon import format_instant
from yeollak.words import clock, duration
from yeollak.words.acts import slot_word, value_word

if TYPE_CHECKING:
    from yeollak.office.calendar import Calendar

_DAYS: Final = 14
#: The most days that are shown at once.
_MOST: Final = 366


@click.command()
@click.option("--from", "first", type=DAY, help="The first day; else today, on the clock of the office.")
@click.option("--to", "last", type=DAY, help="The last day; else two weeks in all.")
@node_option
@office_option
@shared
def calendar(
    out: Output, first: datetime | None, last: datetime | None, folder: Path, office_id: str | None
) -> None:
    """Show the working days of the office, each side's holidays, the calls, the duties that fall due and
    what the record holds of each, and from which day on something that is told now is told in time.
    """
    node = opened(folder)
    from yeollak.node.docket import duties_between, kept
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    held, now = kept(view)[0], node.clock.now()
    begin = first.date() if first is not None else held.day(now)
    end = last.date() if last is not None else later(begin, _DAYS - 1)
    if not begin <= end <= later(begin, _MOST - 1):
        raise Misuse("--to is before --from, or more than {days} days after it.", days=_MOST)
    days = [_day(held, one) for one in _days(begin, end)]
    duties = duties_between(view, now, held, held.begins(begin), held.end(end))
    notices = [_notice(held, name, now) for name in sorted(held.notices)]
    out.result(
        {
            "days": days,
            "duties": [owed.as_json(view.side, held, one) for one in duties],
            "missing_zones": list(held.missing_zones),
            "notices": notices,
            "now": format_instant(now),
            "office": view.id,
            "zone": str(held.where),
            "zones": {side: str(zone) for side, zone in held.zones.items()},
        }
    )
    reader = offering.reader_of(out, view)
    out.say("The clock of the office is that of {zone}.", zone=str(held.where))
    for zone in held.missing_zones:
        out.say("This machine does not know the time zone {zone} and reads it as UTC.", "yellow", zone=zone)
    out.tabulate(
        [
            (
                one["date"],
                _weekday(out, one["date"]),
                " – ".join(clock(datetime.fromisoformat(at)) for at in one["open"] or ()),
                " ".join(reader.name(side) for side in one["holiday"]),
                " ".join(reader.name(side) for side in one["declared_late"]),
                "  ".join(
                    f"{slot_word(out.lang, call['slot'])} {clock(datetime.fromisoformat(call['local']))}"
                    for call in one["calls"]
                ),
            )
            for one in days
        ],
        "day",
        "day of the week",
        "open",
        "holiday of",
        "holiday declared too late by",
        "calls",
    )
    if duties:
        out.say("Duties that fall due on these days:", "bold")
        owed.show(out, replace(reader, zone=held.where), duties)
    if notices:
        out.tabulate(
            [(one["notice"], _period(out, one), one["kept_from"] or "") for one in notices],
            "what is told ahead",
            "how long",
            "told now, in time for days from",
        )


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        if day == date.max:
            return
        day = later(day, 1)


def _day(held: Calendar, day: date) -> dict[str, Any]:
    hours = held.opening(day)
    calls = [
        (at, name)
        for name in held.slots
        if held.expected(day, name) and not held.closed_by(day) and (at := held.slot(day, name)) is not None
    ]
    return {
        "calls": [
            {"at": format_instant(at), "local": at.astimezone(held.where).isoformat(), "slot": name}
            for at, name in sorted(calls)
        ],
        "date": day.isoformat(),
        "declared_late": [side for side in held.zones if held.declared_late(day, side)],
        "holiday": list(held.closed_by(day)),
        "open": None if hours is None else [at.astimezone(held.where).isoformat() for at in hours],
        "working": held.working(day),
    }


def _notice(held: Calendar, name: str, now: datetime) -> dict[str, Any]:
    """How long ahead something must be told, and the first day for which it is in time when told now."""
    period, today = held.notices[name], held.day(now)
    # Counted in working days it may lie far off; what lies beyond is left open.
    found = next((day for day in _days(today, later(today, 2 * _MOST)) if held.kept(name, day, now)), None)
    return {
        "count": period.count,
        "kept_from": None if found is None else found.isoformat(),
        "notice": name,
        "unit": period.unit,
    }


def _period(out: Output, one: dict[str, Any]) -> str:
    count = int(one["count"])
    match one["unit"]:
        case "working_days":
            return out.phrase("working days: {count}", count=count)
        case "working_hours":
            return out.phrase("working hours: {count}", count=count)
        case unit:
            return duration(timedelta(**{unit: count}), out.lang)


def _weekday(out: Output, day: str) -> str:
    name = WEEKDAYS[date.fromisoformat(day).weekday()]
    return value_word(out.lang, "weekday", name) or name
