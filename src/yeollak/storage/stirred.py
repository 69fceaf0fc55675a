"""Which offices of a store have moved since it was asked last, for a store that tells of nothing (SQLite).

Whatever somebody else has to do something for is a row that is new: an entry that came or was appended, a
checkpoint, a receipt, a finding. Rows are numbered as they come, so that a question costs what is new,
however many offices there are and however long their records.
"""

from __future__ import annotations

from yeollak.storage import models, plain

_TABLES = tuple(
    model._meta.db_table for model in (models.Entry, models.Checkpoint, models.Receipt, models.Finding)
)


class Stirred:
    """Asked again and again by one thread, on the database `alias`. What was there before is not told."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._last: dict[str, int] = {}
        for table in _TABLES:
            ((newest,),) = plain.rows(alias, f"SELECT MAX(id) FROM {table}")  # noqa: S608 (a name of ours)
            self._last[table] = newest or 0

    def __call__(self) -> set[str]:
        """The ids of the offices in which something has been stored since. Raises Django's own errors, and
        tells the same again then.
        """
        found, last = set[str](), dict(self._last)
        for table in _TABLES:
            # Grouped by what no index has: SQLite would go through all rows in the order of their offices.
            query = f"SELECT office_id || '', MAX(id) FROM {table} WHERE id > %s GROUP BY 1"  # noqa: S608 (as above)
            for office, newest in plain.rows(self._alias, query, last[table]):
                found.add(office)
                last[table] = max(last[table], newest)
        self._last = last
        return found
