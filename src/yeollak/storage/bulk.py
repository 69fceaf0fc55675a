"""Many rows at once by plain SQL, for the two tables through which everything passes.

Django builds a model and an expression for every value; for rows that come by the thousand that costs more
than what is stored in them. Values are given as columns hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connections

from yeollak.storage import models


def insert(alias: str, model: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of these columns (names as in the table), inside the caller's transaction. Raises Django's
    own errors, as its models do.
    """
    connection = connections[alias]
    names = ", ".join(map(connection.ops.quote_name, columns))
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})"  # noqa: S608 (names of ours alone)
    values = [tuple(row) for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def instant(alias: str, moment: datetime) -> Any:
    """An instant as the database keeps it."""
    return connections[alias].ops.adapt_datetimefield_value(moment)


#: The columns of `models.Entry` and `models.Finding` in the order in which rows of them are given here.
ENTRY = ("office_id", "place", "index", "statement", "document", "act", "matter", "weight", "request")
FINDING = (
    "office_id", "place", "index", "act", "matter", "procedure", "turn", "vector", "void", "move", "key",
    "counted_at",
)  # fmt: skip


def entries(alias: str, rows: Iterable[models.Entry]) -> None:
    """Store entries."""
    insert(alias, models.Entry, ENTRY, ([getattr(row, name) for name in ENTRY] for row in rows))
