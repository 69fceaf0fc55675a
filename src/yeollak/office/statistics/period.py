"""Period: which days a figure is about, and on which day something happened.

A period runs from the beginning of one local day to the beginning of another, in a time zone that the charter
gives one of its parties. An act belongs to the day that it states or, where it states none, to the day of its
claimed time. Nothing here knows the present day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.office import zones
from yeollak.procedures.facts import TYPES
from yeollak.procedures.table import Move
from yeollak.record import canon

#: The facts that say when something happened, the first that is there.
STATED: Final = ("date", "when", "from")
_WHAT: Final = "the period"
#: Far enough from both ends of the calendar that every zone can write its instants.
_EARLIEST, _LATEST = date(1900, 1, 1), date(9000, 1, 1)
_FIELDS: Final = {"begins", "ends", "since", "until", "zone"}


@dataclass(frozen=True, slots=True)
class Period:
    """The local days from `since` to before `until` in the time zone `zone` (a name of the IANA database).

    Raises RecordFault(`malformed`) where it holds no day, lies out of the years 1900 to 9000, or the zone is
    not known here.
    """

    since: date
    until: date
    zone: str

    def __post_init__(self) -> None:
        if not _EARLIEST <= self.since < self.until <= _LATEST:
            raise RecordFault("malformed", what=_WHAT, why="it holds no day of the years 1900 to 9000")
        _zone(self.zone)

    @classmethod
    def read(cls, value: Any) -> Period:
        """The period in its JSON value. The instants in it are not trusted: see `to_json`.

        Raises RecordFault(`malformed`).
        """
        given = canon.fields(value, _FIELDS, set(), _WHAT)
        for name in ("begins", "ends"):
            canon.parse_instant(given[name], _WHAT)
        if not all(TYPES["date"](given[name]) for name in ("since", "until")):
            raise RecordFault("malformed", what=_WHAT, why="its days are not written YYYY-MM-DD")
        if not isinstance(given["zone"], str):
            raise RecordFault("malformed", what=_WHAT, why="its time zone is no name")
        return cls(date.fromisoformat(given["since"]), date.fromisoformat(given["until"]), given["zone"])

    def to_json(self) -> dict[str, str]:
        """Its days and its zone, with the UTC instants at which it begins and ends: where two nodes hold
        different time zone data, they find out here.
        """
        return {
            "begins": canon.format_instant(zones.first_at(self.since, 0, _zone(self.zone))),
            "ends": canon.format_instant(zones.first_at(self.until, 0, _zone(self.zone))),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "zone": self.zone,
        }

    def holds(self, day: date) -> bool:
        """Whether it holds that day."""
        return self.since <= day < self.until

    @property
    def reach(self) -> tuple[str, str]:
        """The first and the last UTC day on which anything of it can lie: no zone is more than a day off."""
        return (
            (self.since - timedelta(days=1)).isoformat(),
            self.until.isoformat(),
        )

    def day(self, move: Move) -> date:
        """The local day on which what an act speaks of happened."""
        return local_day(stated(move), self.zone)


def stated(move: Move) -> str:
    """When what an act speaks of happened: the day (`YYYY-MM-DD`) or the UTC instant that it states, or the
    time at which it claims to have been signed.
    """
    for name in STATED:
        value = move.facts.get(name)
        if TYPES["moment"](value):
            return str(value)
    return move.at


@lru_cache(maxsize=8192)
def local_day(moment: str, zone: str) -> date:
    """The day of a moment: the day itself, which is local wherever it was written, or that of an instant in
    `zone`.
    """
    if len(moment) == 10:
        return date.fromisoformat(moment)
    return zones.day_of(canon.parse_instant(moment), _zone(zone))


def _zone(name: str) -> tzinfo:
    found = zones.zone(name)
    if found is None:
        # The name may be a hostile charter's: a path that is none, a folder, nothing at all.
        raise RecordFault("malformed", what=_WHAT, why="its time zone is not known here")
    return found
