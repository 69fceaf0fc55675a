"""What schedules have reached: rows, crossing pairs, joint steps, reasons, and what befell nodes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.kinds import COMMON
from yeollak.procedures.table import NONE, Row

SPEC = Path(__file__).parents[2] / "docs" / "spec"
_CODE = re.compile(r"`([a-z][a-z-]*)`")


@dataclass
class Coverage:
    """Counters of what happened; those of several schedules add up."""

    rows: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str, str, str, str]] = field(default_factory=Counter)
    joins: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    voids: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)

    def add(self, other: Coverage) -> None:
        """Take over what another has counted."""
        for name in ("rows", "pairs", "joins", "voids", "happened"):
            getattr(self, name).update(getattr(other, name))


def every_row() -> frozenset[tuple[str, str, str]]:
    """(table, phase, kind) of every row, and of the kinds that every table has, wherever they may be said."""
    rows = {
        (procedure.name, phase, kind)
        for procedure in PROCEDURES
        for phase, kinds in procedure.rows.items()
        for kind in kinds
    }
    return frozenset(rows)


def every_common() -> frozenset[tuple[str, str]]:
    """(table, kind) of the kinds that every table has."""
    return frozenset((p.name, kind) for p in PROCEDURES for kind in COMMON if set(p.rows) - {NONE})


def every_pair() -> frozenset[tuple[str, str, str, str, str]]:
    """(table, winner, its role, loser, its role) of every crossing pair."""
    return frozenset(
        (procedure.name, first[0], first[1].value, second[0], second[1].value)
        for procedure in PROCEDURES
        for first, second in procedure.pairs
    )


def every_join() -> frozenset[tuple[str, str, str]]:
    """(table, phase, following phase) of every joint step."""
    return frozenset(
        (procedure.name, join.phase, join.to) for procedure in PROCEDURES for join in procedure.joins
    )


#: Reasons that no schedule is long enough for: a matter is full after thousands of acts.
TOO_FAR = frozenset({"full"})


def every_reason() -> frozenset[str]:
    """The reasons for which an act is void: those that the pages 11 and 20 list, and those that guards
    name.
    """
    found: set[str] = set()
    for page in ("11-ordering.md", "20-procedures.md"):
        for cell in _table_rows((SPEC / page).read_text()):
            found |= set(_CODE.findall(cell))
    rows = (row for procedure in PROCEDURES for rows in procedure.rows.values() for row in rows.values())
    return frozenset(found.union(*map(guard_reasons, rows))) - TOO_FAR


def guard_reasons(row: Row) -> frozenset[str]:
    """The reasons that the guard of a row names."""
    said = (row.guard.__doc__ or "") if row.guard is not None else ""
    return frozenset(re.findall(r"void\s+`([a-z-]+)`", said))


def _table_rows(page: str) -> Iterator[str]:
    """The first cells of the rows of tables whose first column is `code`."""
    inside = False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == "code":
            inside = True
        elif inside:
            yield cells[0]
