"""Which days statistics are asked for: from the address of the page, with the choices that are asked most.

Pure: a query string, a day and zones in, plain values out. Whatever is no period falls back to the present
month and is said, so that an old address never breaks the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from yeollak.errors import RecordFault
from yeollak.office.statistics import Period
from yeollak.words import say

#: Whose word figures rest on.
RESTS = ("own", "told")
#: Up to how many days a period is told day by day, and up to how many months month by month.
_DAYS, _MONTHS = 31, 36


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the period (its `until` is the day after the last), whose word it is to rest
    on, and what was asked for and is no period.
    """

    period: Period
    rests: str
    unfit: bool

    @property
    def last(self) -> date:
        """The last day of the period."""
        return self.period.until - timedelta(days=1)

    def query(self, **other: str) -> str:
        """The query string of the same figures, with some fields otherwise."""
        fields = {
            "since": self.period.since.isoformat(),
            "last": self.last.isoformat(),
            "zone": self.period.zone,
            "rests": self.rests if self.rests != "own" else "",
            **other,
        }
        return urlencode({name: value for name, value in fields.items() if value})


def asked_of(fields: Mapping[str, str], today: date, zones: Sequence[str], zone: str) -> Asked:
    """What a query string asks for, else the month of `today` in `zone`, which is one of `zones`."""
    chosen = fields.get("zone", "")
    chosen = chosen if chosen in zones else zone
    rests = fields.get("rests", "")
    rests = rests if rests in RESTS else "own"
    given = [fields.get(name, "") for name in ("since", "last")]
    if not any(given):
        return Asked(_month(today, chosen), rests, unfit=False)
    try:
        since, last = (date.fromisoformat(one) for one in given)
        return Asked(Period(since, last + timedelta(days=1), chosen), rests, unfit=False)
    except (ValueError, OverflowError, RecordFault):
        return Asked(_month(today, chosen), rests, unfit=True)


def presets(today: date, founded: date, lang: str) -> list[tuple[str, date, date]]:
    """What is asked most: its words, the first day and the last."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    found = [
        (say(lang, "This month"), month, _end(today)),
        (say(lang, "Last month"), before.replace(day=1), before),
        (say(lang, "This year"), today.replace(month=1, day=1), today.replace(month=12, day=31)),
        (
            say(lang, "Last year"),
            today.replace(year=today.year - 1, month=1, day=1),
            today.replace(year=today.year - 1, month=12, day=31),
        ),
        (say(lang, "The first hundred days"), founded, founded + timedelta(days=99)),
        (say(lang, "Since the office was founded"), founded, max(today, founded)),
    ]
    return [one for one in found if one[2] >= founded or one[1] == month]


def parts(period: Period) -> list[tuple[str, Period]]:
    """A period in days, months, years or several years, so that the parts are few: how each is written, and
    its days. Figures of adjoining periods as of one frontier add up, cell by cell.
    """
    days = (period.until - period.since).days
    if days <= _DAYS:
        begin, months = period.since, 0
    elif days <= _MONTHS * 28:
        begin, months = period.since.replace(day=1), 1
    else:
        begin = period.since.replace(month=1, day=1)
        months = 12 * (1 + (period.until.year - begin.year) // _MONTHS)
    found = []
    while begin < period.until:
        after = _later(begin, months) if months else begin + timedelta(days=1)
        name = begin.isoformat() if not months else f"{begin:%Y-%m}" if months == 1 else f"{begin:%Y}"
        if months > 12:
            name += f"–{after.year - 1}"
        found.append((name, Period(max(begin, period.since), min(after, period.until), period.zone)))
        begin = after
    return found


def _later(begin: date, months: int) -> date:
    """The first day of a month so many months later."""
    years, month = divmod(begin.month - 1 + months, 12)
    return date(begin.year + years, month + 1, 1)


def _month(today: date, zone: str) -> Period:
    return Period(today.replace(day=1), _end(today) + timedelta(days=1), zone)


def _end(today: date) -> date:
    """The last day of a month."""
    return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
