"""What has been counted for figures and call books, as it is stored: read here, written by `tallying`.

Everything is as of the frontier that `frontier` gives. A period is read by the fewest years, months and days
that it is together; streaks and firsts read a small row for every call and contact.
"""

from __future__ import annotations

import hashlib
import json
import zoneinfo
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from yeollak.office.ledger import Counted, together
from yeollak.office.office import Office
from yeollak.office.outages import DEAD
from yeollak.office.statistics import Period, zones_of
from yeollak.office.statistics.counts import RULE
from yeollak.office.statistics.tally import Cell
from yeollak.office.zones import zone
from yeollak.storage import models, plain
from yeollak.storage.findings import COLUMNS, counted_of
from yeollak.storage.reading import OfficeView

#: How often it has this, and the rest, are the two columns of a number in a cell.
RADIX: Final = 2**40
#: What is kept beside figures, and how: whatever changes it makes this another one.
KEPT: Final = "2"
#: What nodes say to one another is counted nowhere.
MACHINES: Final = ("line.", "enclosure.")
#: The kind of act that says that a contact was held, which the reports of others may name.
REPORT: Final = "meeting.held"
OBSERVE: Final = "checkin.observe"
#: The tables whose matters are calls and contacts.
_OF_CONTACTS: Final = ("check-in", "meeting")

#: Acts are read in portions of so many.
_AT_ONCE: Final = 500
_NAMES: Final = ", ".join(f'"{name}"' for name in COLUMNS)
_TALLY = models.Tally._meta.db_table
_CELL = models.TallyCell._meta.db_table
_EVENT = models.TallyEvent._meta.db_table
_LINK = models.TallyLink._meta.db_table
_DAY = models.TallyDay._meta.db_table
_RUNG = models.Rung._meta.db_table
DEAD_ACTS: Final = models.TallyDead._meta.db_table
MARK: Final = models.TallyMark._meta.db_table


@dataclass(frozen=True, slots=True)
class CallSeen:
    """A call as streaks and firsts look back on it (`office.statistics.calls.Called`)."""

    matter: str
    day: date
    line: str
    outcome: str
    own: bool
    order: tuple[int, int]
    hour: str | None
    views: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ContactSeen:
    """A contact as firsts look back on it (`office.statistics.streaks.Met`)."""

    matter: str
    day: date
    level: str
    own: bool
    order: tuple[int, int]


def zones(office: Office) -> tuple[str, ...]:
    """The time zones in which an office is counted: those of the charter that are known here. Calls stand
    under the first.
    """
    known = tuple(name for name in zones_of(office) if zone(name) is not None)
    return known or ("UTC",)


def rule(office: Office) -> str:
    """The rules by which an office is counted here: the program's, and its zones with their history."""
    histories = (f"{name} {_history(name)}" for name in zones(office))
    made = hashlib.sha256("\n".join((RULE, KEPT, *histories)).encode())
    return f"{RULE}.{KEPT} {made.hexdigest()[:32]}"


@lru_cache(maxsize=64)
def _history(name: str) -> str:
    """The digest of what this machine knows of a time zone; empty where it knows none."""
    for folder in zoneinfo.TZPATH:
        try:
            return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()
        except (OSError, ValueError):
            continue
    try:
        data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    except (OSError, ValueError, ModuleNotFoundError):
        return ""
    return hashlib.sha256(data).hexdigest()


def frontier(view: OfficeView) -> tuple[int, ...]:
    """Up to where an office is counted in the store by the rules of this program; nowhere at the least."""
    row = plain.first(view.alias, f"SELECT rule, frontier FROM {_TALLY} WHERE office_id = %s", view.id)  # noqa: S608 (no value is in it)
    nowhere = (0,) * len(view.charter.sides)
    if row is None or row[0] != rule(view.office):
        return nowhere
    found = tuple(json.loads(row[1]))
    fits = all(size <= counted for size, counted in zip(found, view.office.frontier(), strict=True))
    return found if fits else nowhere


def untold(view: OfficeView) -> int:
    """How many acts that pages know are not counted in the store yet."""
    return sum(max(0, shown - at) for shown, at in zip(view.ledger.shown, frontier(view), strict=True))


def lacking(alias: str, least: int) -> list[str]:
    """The offices in which pages know so many acts, or more, that the store has not counted."""
    query = (
        f"SELECT h.office_id FROM {plain.HEAD} h LEFT JOIN {_TALLY} t ON t.office_id = h.office_id "  # noqa: S608 (no value is in it)
        "GROUP BY h.office_id, t.total HAVING SUM(h.shown) - COALESCE(t.total, 0) >= %s"
    )
    return [office for (office,) in plain.rows(alias, query, least)]


def known(alias: str, least: int) -> list[str]:
    """The offices of which pages know so many acts or more."""
    query = f"SELECT office_id FROM {plain.HEAD} GROUP BY office_id HAVING SUM(shown) >= %s"  # noqa: S608 (no value is in it)
    return [office for (office,) in plain.rows(alias, query, least)]


def spans(period: Period) -> list[str]:
    """The fewest years, months and days that are a period together."""
    found, day = list[str](), period.since
    while day < period.until:
        year, month = date(day.year + 1, 1, 1), (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        if (day.month, day.day) == (1, 1) and year <= period.until:
            found.append(f"{day.year:04}")
            day = year
        elif day.day == 1 and month <= period.until:
            found.append(day.isoformat()[:7])
            day = month
        else:
            found.append(day.isoformat())
            day += timedelta(days=1)
    return found


def cells(view: OfficeView, at: int, period: Period) -> Iterator[tuple[bool, str, Cell, int, int]]:
    """The cells of a period: the sheet, the figure and the cell, how many things stand in it, and what they
    come to; a cell as often as there are spans with it.
    """
    query = (
        f"SELECT own, figure, cell, many, low, high FROM {_CELL} "  # noqa: S608 (no value is in it)
        "WHERE office_id = %s AND zone = %s AND span IN {}"
    )
    for own, figure, cell, many, low, high in plain.within(view.alias, query, spans(period), view.id, at):
        yield bool(own), figure, tuple(json.loads(cell)), many, low + high * RADIX


def calls(view: OfficeView) -> list[CallSeen]:
    """Every call, in no order."""
    query = (
        f"SELECT matter, day, sort, outcome, own, turn, place, hour, views FROM {_EVENT} "  # noqa: S608 (no value is in it)
        "WHERE office_id = %s AND zone = 0 AND what = 'call'"
    )
    return [
        CallSeen(
            matter, date.fromisoformat(day), line, outcome, bool(own), (turn, place), hour, _views(views)
        )
        for matter, day, line, outcome, own, turn, place, hour, views in plain.rows(
            view.alias, query, view.id
        )
    ]


def call_days(view: OfficeView, since: str) -> list[tuple[str, str]]:
    """The calls from a day on by their days: day and matter."""
    query = (
        f"SELECT day, matter FROM {_EVENT} "  # noqa: S608 (no value is in it)
        "WHERE office_id = %s AND zone = 0 AND what = 'call' AND day >= %s ORDER BY day, matter"
    )
    return [(day, matter) for day, matter in plain.rows(view.alias, query, view.id, since)]


def contacts(view: OfficeView, at: int) -> list[ContactSeen]:
    """Every contact, in no order."""
    query = (
        f"SELECT matter, day, sort, own, turn, place FROM {_EVENT} "  # noqa: S608 (no value is in it)
        "WHERE office_id = %s AND zone = %s AND what = 'contact'"
    )
    return [
        ContactSeen(matter, date.fromisoformat(day), level, bool(own), (turn, place))
        for matter, day, level, own, turn, place in plain.rows(view.alias, query, view.id, at)
    ]


@lru_cache(maxsize=1024)
def _views(text: str) -> Mapping[str, str]:
    found: dict[str, str] = json.loads(text)
    return found


def counts(found: Counted) -> bool:
    """Whether an allowed act is one that figures count."""
    return found.move is not None and not found.move.kind.startswith(MACHINES)


def dead(found: Counted) -> bool:
    """Whether an allowed act has observed the line as dead."""
    return found.move is not None and found.move.kind == OBSERVE and found.move.facts.get("view") == DEAD


def acts(view: OfficeView, table: str, *values: object) -> list[Counted]:
    """The allowed acts at the places of registers that a table has, or what is to be read as one."""
    names = ", ".join(f"f.{name}" for name in _NAMES.split(", "))
    # Written so that SQLite goes from the few to the many, and not the other way round.
    query = (
        f"SELECT {names} FROM {table} o CROSS JOIN {plain.FINDING} f "  # noqa: S608 (names of ours alone)
        'WHERE f.office_id = o.office_id AND f.place = o.place AND f."index" = o."index" '
        "AND o.office_id = %s AND f.void = ''"
    )
    return [counted_of(row, view.charter) for row in plain.rows(view.alias, query, *values, view.id)]


def between(view: OfficeView, low: Sequence[int], high: Sequence[int]) -> Iterator[Counted]:
    """The allowed acts from one frontier on to before another. They pass by what the ledger keeps in mind."""
    query = (
        f"SELECT {_NAMES} FROM {plain.FINDING} "  # noqa: S608 (names of ours alone)
        'WHERE office_id = %s AND void = \'\' AND place = %s AND "index" >= %s AND "index" < %s'
    )
    for place, (start, end) in enumerate(zip(low, high, strict=True)):
        for first in range(start, end, _AT_ONCE):
            last = min(first + _AT_ONCE, end)
            for row in plain.rows(view.alias, query, view.id, place, first, last):
                yield counted_of(row, view.charter)


def speaking(view: OfficeView, period: Period) -> set[str]:
    """The matters with an act that may speak of a day of the period, among those that the store has counted
    and some others.
    """
    first, last = period.reach
    query = f"SELECT matter FROM {_DAY} WHERE office_id = %s AND day >= %s AND day <= %s"  # noqa: S608 (no value is in it)
    found = {matter for (matter,) in plain.rows(view.alias, query, view.id, first, last)}
    query = (
        f"SELECT DISTINCT f.matter FROM {_RUNG} r JOIN {plain.FINDING} f "  # noqa: S608 (no value is in it)
        'ON f.office_id = r.office_id AND f.place = r.place AND f."index" = r."index" '
        "WHERE r.office_id = %s AND r.at >= %s AND r.at <= %s AND f.void = ''"
    )
    until = f"{last}T23:59:59Z"
    return found | {
        matter for (matter,) in plain.rows(view.alias, query, view.id, f"{first}T00:00:00Z", until)
    }


def later(view: OfficeView, matters: Collection[str], low: Sequence[int]) -> set[str]:
    """Those of some matters that have an act beyond a frontier."""
    query = (
        f'SELECT matter, place, MAX("index") FROM {plain.FINDING} '  # noqa: S608 (no value is in it)
        "WHERE {} GROUP BY matter, place"
    )
    rows = plain.by_digest(view.alias, query, "matter", sorted(matters), view.id)
    return {matter for matter, place, newest in rows if newest >= low[place]}


def contacts_since(view: OfficeView, low: Sequence[int], high: Sequence[int]) -> set[str]:
    """The matters that are calls or meetings and have an act from one frontier on to before another."""
    return {
        one.matter
        for place, (start, end) in enumerate(zip(low, high, strict=True))
        if start < end
        for one in view.ledger.under(_OF_CONTACTS, place, start)
        if one.index < end
    }


def linked(view: OfficeView, matters: Iterable[str], naming: Mapping[str, Iterable[str]]) -> set[str]:
    """Some matters, with all that may be about one contact with one of them: whose report names one of the
    other, in either direction and through any number of them. `naming` are the matters that name an act
    beside those that the store knows.
    """
    found = set(matters)
    fresh = set(_meetings(view, found))
    while fresh:
        found |= fresh
        reports = [
            act
            for matter in together(view.ledger, sorted(fresh))
            for act in view.ledger.matter(matter)
            if not act.void and act.move is not None and act.move.kind == REPORT
        ]
        fresh = {
            *_matters_of(view, {named for act in reports if act.move is not None for named in act.move.re}),
            *_naming(view, {act.id for act in reports}),
            *(matter for act in reports for matter in naming.get(act.id, ())),
        } - found
    return found


def _meetings(view: OfficeView, matters: Collection[str]) -> Iterator[str]:
    query = (
        f"SELECT DISTINCT matter FROM {plain.FINDING} "  # noqa: S608 (no value is in it)
        "WHERE {} AND procedure || '' = 'meeting'"
    )
    rows = plain.by_digest(view.alias, query, "matter", sorted(matters), view.id)
    return (matter for (matter,) in rows)


def _matters_of(view: OfficeView, acts: Collection[str]) -> Iterator[str]:
    query = f"SELECT matter, procedure FROM {plain.FINDING} WHERE {{}}"  # noqa: S608 (no value is in it)
    rows = plain.by_digest(view.alias, query, "act", sorted(acts), view.id)
    return (matter for matter, procedure in rows if procedure == "meeting")


def _naming(view: OfficeView, acts: Collection[str]) -> Iterator[str]:
    query = f"SELECT matter FROM {_LINK} WHERE office_id = %s AND named IN {{}}"  # noqa: S608 (no value is in it)
    return (matter for (matter,) in plain.within(view.alias, query, sorted(acts), view.id))
