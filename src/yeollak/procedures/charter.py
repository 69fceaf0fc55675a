"""Charter: the founding of an office, by every party's signature under one digest.

The first act of every register is `charter.sign` by the side's authority key, and nothing else is allowed
until all are held (design §3, Founding). Amendment, rotation of keys and dissolution are not in this table.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.shared import WHEN
from yeollak.procedures.table import (
    NONE,
    Join,
    Key,
    Kind,
    Move,
    Past,
    Procedure,
    Role,
    Row,
    State,
    Void,
    Write,
)

CHECKED = Fact(
    "checked",
    "token",
    choices=("in-person", "by-phone", "not-checked"),
    purpose="How the heads read the office id to each other by another route than the line.",
)


def this_charter(state: State, move: Move, past: Past) -> None:
    """It must name the charter whose digest is the office id (void `other-charter`)."""
    if move.facts.get("charter") != past.office:
        raise Void("other-charter")


_SIGN = Row(
    Role.EITHER,
    to="signing",
    writes=(
        Write("signed", "fact:charter", each=True, once=True),
        Write("checked", "fact:checked", each=True),
    ),
    guard=this_charter,
)

FOUNDING = Procedure(
    name="founding",
    family="charter",
    skeleton="joint text",
    purpose="Founds the office: every party signs one charter, and its digest is the name of the office.",
    kinds=(
        Kind(
            "charter.sign",
            "Signs the charter for a side with its authority key.",
            facts=(
                Fact("charter", "digest", purpose="The digest of the charter, which is the office id."),
                CHECKED,
                WHEN,
            ),
            functions=frozenset({"authority"}),
        ),
        Kind(
            "charter.check",
            "States later how the office id was checked by another route.",
            facts=(CHECKED, WHEN),
            functions=frozenset({"authority", "co-head", "deputy-head"}),
        ),
    ),
    rows={
        NONE: {"charter.sign": _SIGN},
        "signing": {"charter.sign": _SIGN},
        "founded": {"charter.check": Row(Role.EITHER, writes=(Write("checked", "fact:checked", each=True),))},
    },
    joins=(Join("signing", "signed", "founded"),),
    key=Key(prefix="founding"),
)

TABLES = (FOUNDING,)
