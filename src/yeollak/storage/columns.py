"""Looking through a column of a long table: which values it has, and rows of one value by the right index."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.models import F, IntegerField, Value
from django.db.models.functions import Cast, Concat

from yeollak.storage.reading import OfficeView

#: No list of kinds or classes is longer than this.
_MOST_VALUES = 500
_LEAST = "SELECT MIN({name}) FROM {table} WHERE office_id = %s AND {name} > "
#: Names of tables and columns alone are put into it.
_STEPS = (
    f"WITH RECURSIVE step(found) AS ({_LEAST} '' UNION ALL "  # noqa: S608 (no value is put into it)
    f"SELECT ({_LEAST} step.found) FROM step WHERE step.found IS NOT NULL) "
    "SELECT found FROM step WHERE found IS NOT NULL LIMIT %s"
)


def distinct(view: OfficeView, model: Any, column: str, most: int = _MOST_VALUES) -> list[str]:
    """The values that a column of an office has, in their order, the empty one left out. An index that begins
    with the office and the column is stepped through from value to value, however many rows have each.
    """
    connection = connections[view.alias]
    table, name = (connection.ops.quote_name(one) for one in (model._meta.db_table, column))
    query = _STEPS.format(table=table, name=name)
    with connection.cursor() as cursor:
        cursor.execute(query, [view.id, view.id, most])
        return [found for (found,) in cursor.fetchall()]


def narrowed(rows: Any, name: str, value: Any, chosen: bool) -> Any:
    """Rows of one value. Where another condition has been `chosen` to be looked up by, this one is written so
    that no index serves it: SQLite knows nothing of how many rows either has, and would take its pick.
    """
    if not chosen:
        # IN, since SQLite finds no index for the bare column that Django makes of a truth value.
        return rows.filter(**{f"{name}__in": (value,)})
    same = Concat(F(name), Value("")) if isinstance(value, str) else Cast(F(name), IntegerField())
    return rows.annotate(**{f"of_{name}": same}).filter(
        **{f"of_{name}": value if isinstance(value, str) else int(value)}
    )
