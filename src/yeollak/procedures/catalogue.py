"""All the tables that this version of Yeollak carries, by name and by kind, and the digest that names them.

The charter names the rules version, so that two nodes with different tables find out before they disagree.
Words for readers (purposes) are no rules and are left out of the digest.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from yeollak.procedures import (
    account,
    agreement,
    charter,
    checkin,
    exchange,
    incident,
    meeting,
    note,
    obligation,
    posting,
    project,
    request,
    standing,
)
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import COMMON, EVERYWHERE, Kind
from yeollak.procedures.table import Join, Procedure, Row, Write

PROCEDURES: tuple[Procedure, ...] = (
    *charter.TABLES,
    *standing.TABLES,
    *posting.TABLES,
    *checkin.TABLES,
    *note.TABLES,
    *request.TABLES,
    *meeting.TABLES,
    *agreement.TABLES,
    *obligation.TABLES,
    *incident.TABLES,
    *exchange.TABLES,
    *project.TABLES,
    *account.TABLES,
)

_BY_NAME = {procedure.name: procedure for procedure in PROCEDURES}
_BY_KIND = {kind.name: procedure for procedure in PROCEDURES for kind in procedure.kinds}
if len(_BY_NAME) != len(PROCEDURES) or len(_BY_KIND) != sum(len(p.kinds) for p in PROCEDURES):
    raise ValueError("two tables or two kinds have one name")


def of_kind(kind: str) -> Procedure | None:
    """The table of a kind of act; None for an unknown kind and for those that every table has."""
    return _BY_KIND.get(kind)


def named(name: str) -> Procedure | None:
    """The table of this name, or None."""
    return _BY_NAME.get(name)


def table(name: str) -> Procedure:
    """The table of this name, which is known to be one of ours. Raises KeyError otherwise."""
    return _BY_NAME[name]


def export() -> dict[str, Any]:
    """All tables as plain values, in a form that another implementation can read."""
    return {
        "common": [_kind(kind) for _, kind in sorted(COMMON.items())],
        "everywhere": [_fact(fact) for fact in EVERYWHERE],
        "procedures": [_procedure(procedure) for procedure in sorted(PROCEDURES, key=lambda p: p.name)],
        "v": 1,
    }


@lru_cache(maxsize=1)
def rules_version() -> str:
    """SHA-256 of the export as JSON with sorted keys and no spaces, in hex: what the charter names."""
    text = json.dumps(export(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _procedure(procedure: Procedure) -> dict[str, Any]:
    key = procedure.key
    return {
        "family": procedure.family,
        "joins": [_join(join) for join in procedure.joins],
        "key": None if key is None else {"owned": key.owned, "parts": list(key.parts), "prefix": key.prefix},
        "kinds": [_kind(kind) for kind in procedure.kinds],
        "name": procedure.name,
        "pairs": [[[kind, role.value] for kind, role in pair] for pair in procedure.pairs],
        "rows": {
            phase: {kind: _row(row) for kind, row in rows.items()} for phase, rows in procedure.rows.items()
        },
        "skeleton": procedure.skeleton,
    }


def _kind(kind: Kind) -> dict[str, Any]:
    return {
        "due": kind.due.value,
        "facts": [_fact(fact) for fact in kind.facts],
        "functions": sorted(kind.functions),
        "name": kind.name,
        "releases": sorted(kind.releases),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "choices": list(fact.choices),
        "many": fact.many,
        "name": fact.name,
        "required": fact.required,
        "type": fact.type,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "answers": row.answers,
        "by": row.by.value,
        "clears": list(row.clears),
        "cross": row.cross,
        "free": row.free,
        "guard": None if row.guard is None else row.guard.__name__,
        "lacking": row.lacking,
        "lapses": row.lapses,
        "own": row.own,
        "to": row.to,
        "turns": None if row.turns is None else [row.turns[0], dict(row.turns[1])],
        "writes": [_write(write) for write in row.writes],
    }


def _write(write: Write) -> dict[str, Any]:
    return {
        "each": write.each,
        "keyed": write.keyed,
        "once": write.once,
        "slot": write.slot,
        "value": write.value,
    }


def _join(join: Join) -> dict[str, Any]:
    return {
        "equal_to": join.equal_to,
        "items": join.items,
        "phase": join.phase,
        "slot": join.slot,
        "to": join.to,
    }
