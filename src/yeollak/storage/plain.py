"""Plain SQL for what a full line asks and writes with every parcel.

Django builds a query and a model out of many objects, each time; where the same question is asked with every
act, that costs more than what is asked, and more than the signatures beside it. Tables and columns are named
by the models all the same, values are given as columns hold them, and what is not asked all the time is asked
through Django.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple

from django.db import connections, transaction
from django.db.models.sql import Query

from yeollak.storage import derived_models, models


class NewEntry(NamedTuple):
    """An entry that is about to be stored (`models.Entry`)."""

    office: str
    place: int
    at: int
    statement: bytes
    document: bytes
    act: str
    matter: str
    weight: int
    request: str | None


OFFICE: Final = models.Office._meta.db_table
HEAD: Final = models.Head._meta.db_table
ENTRY: Final = models.Entry._meta.db_table
FINDING: Final = models.Finding._meta.db_table
CHECKPOINT: Final = models.Checkpoint._meta.db_table
RECEIPT: Final = models.Receipt._meta.db_table
ENCLOSURE: Final = models.Enclosure._meta.db_table
MATTER: Final = models.Matter._meta.db_table
AWAITED: Final = models.Awaited._meta.db_table
NAMED: Final = models.Named._meta.db_table
LARGE: Final = models.Large._meta.db_table
ALARM: Final = models.Alarm._meta.db_table

#: How many rows or values one statement names.
_AT_ONCE: Final = 400
#: The columns of tables through which everything passes, in the order in which rows of them are given.
ENTRY_ROW: Final = ("office_id", "place", "index", *NewEntry._fields[3:])
FINDING_ROW: Final = (
    "office_id", "place", "index", "act", "matter", "procedure", "turn", "vector", "void", "move", "key",
    "counted_at",
)  # fmt: skip
CHECKPOINT_ROW: Final = ("office_id", "place", "size", "root", "frontier", "note")
RECEIPT_ROW: Final = ("office_id", "place", "size", "cosigner", "note", "time")
ENCLOSURE_ROW: Final = ("office_id", "digest", "blob")


_mine = threading.local()


def connection_of(alias: str) -> Any:
    """This thread's connection to a database. `django.db.connections` knows it, and takes for saying so half
    as long as SQLite for an answer, a hundred times for a batch. Where an alias has come to mean another
    database, it is that one's.
    """
    held: dict[str, Any] = _mine.__dict__
    wrapper = held.get(alias)
    if wrapper is None or wrapper.settings_dict is not connections.settings.get(alias):
        for name in [name for name in held if name not in connections.settings]:
            del held[name]
        wrapper = held[alias] = connections[alias]
    return wrapper


def rows(alias: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a question finds. Raises Django's own errors, as everything here does."""
    wrapper = connection_of(alias)
    with wrapper.wrap_database_errors, closing(_ask(wrapper, query, values)) as cursor:
        return list(cursor.fetchall())


def first(alias: str, query: str, *values: Any) -> tuple[Any, ...] | None:
    """The first row that a question finds, or None."""
    wrapper = connection_of(alias)
    with wrapper.wrap_database_errors, closing(_ask(wrapper, query, values)) as cursor:
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def change(alias: str, query: str, *values: Any) -> int:
    """Change rows; returns how many were changed."""
    wrapper = connection_of(alias)
    with wrapper.wrap_database_errors, closing(_ask(wrapper, query, values)) as cursor:
        return int(cursor.rowcount)


def _ask(wrapper: Any, query: str, values: Sequence[Any]) -> Any:
    """The cursor of a question that has been put. SQLite is asked at once: a cursor of Django's, made for
    each question, costs several times what the question does.
    """
    bare = _bare(wrapper)
    if bare is not None:
        return bare.execute(_for_sqlite(query), values)
    cursor = wrapper.cursor()
    cursor.execute(query, values)
    return cursor


def _bare(wrapper: Any) -> Any:
    """The connection of an SQLite store itself, where there is one and nobody counts or wraps
    what is asked; else None."""
    if wrapper.vendor != "sqlite" or wrapper.execute_wrappers or wrapper.queries_logged:
        return None
    return wrapper.connection


@lru_cache(maxsize=256)
def _for_sqlite(query: str) -> str:
    return query.replace("%s", "?")


def stamp(alias: str) -> tuple[Any, int, int] | None:
    """A value that is another one once anything has been written to an SQLite store, by this thread or by
    anybody else; None elsewhere, within a transaction, which may be rolled back, and before this thread has a
    connection. A tenth of what the smallest question costs (SQLite's `data_version`, which tells what others
    have committed, and `total_changes`).
    """
    wrapper = connection_of(alias)
    connection: Any = wrapper.connection
    if wrapper.vendor != "sqlite" or connection is None or connection.in_transaction:
        return None
    with wrapper.wrap_database_errors:
        (version,) = connection.execute("PRAGMA data_version").fetchone()
    return connection, version, connection.total_changes


@contextmanager
def still(alias: str) -> Iterator[None]:
    """Let everything that is asked meanwhile be answered as of one moment. Nothing may be written. It may be
    within another, or within a transaction.
    """
    connection = connection_of(alias)
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Django begins every transaction as one that writes, which would keep others from it.
        connection.ensure_connection()
        bare: Any = connection.connection
        if bare.in_transaction:
            yield
            return
        with connection.wrap_database_errors:
            bare.execute("BEGIN")
            try:
                yield
            finally:
                bare.execute("ROLLBACK")
    else:
        with transaction.atomic(using=alias):
            change(alias, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def locking(alias: str, how: str = "FOR UPDATE") -> str:
    """What a question ends with that lets nobody else have its rows until the transaction ends. SQLite's
    transactions have the whole store already.
    """
    return "" if connection_of(alias).vendor == "sqlite" else f" {how}"


def insert(
    alias: str,
    model: Any,
    columns: Sequence[str],
    values: Iterable[Sequence[Any]],
    *,
    once: bool = False,
    replace: Sequence[str] = (),
    adding: bool = False,
) -> None:
    """Insert rows of these columns (names as in the table), inside the caller's transaction. With `once` a
    row that is there already is let be; where `replace` names the columns that make a row the same, its
    other columns are taken over, or with `adding` added to those that are there.
    """
    given = list(values)
    quote = connection_of(alias).ops.quote_name
    names, end = ", ".join(map(quote, columns)), ""
    if once:
        end = " ON CONFLICT DO NOTHING"
    elif replace:
        taken = (quote(name) for name in columns if name not in replace)
        before = f"{model._meta.db_table}.{{}} + " if adding else ""
        sets = ", ".join(f"{name} = {before.format(name)}excluded.{name}" for name in taken)
        end = f" ON CONFLICT ({', '.join(map(quote, replace))}) DO UPDATE SET {sets}"
    mark = f"({', '.join(['%s'] * len(columns))})"
    statement = f"INSERT INTO {model._meta.db_table} ({names}) VALUES "  # noqa: S608 (names of ours alone)
    wrapper = connection_of(alias)
    if (bare := _bare(wrapper)) is not None:
        with wrapper.wrap_database_errors:
            bare.executemany(_for_sqlite(f"{statement}{mark}{end}"), given).close()
        return
    for start in range(0, len(given), _AT_ONCE):
        # Many rows in one statement. One statement a row, sent ahead of its answers as drivers do it, would
        # leave a process that is stopped between two of them with what it has locked for as long as it is
        # stopped: PostgreSQL does not call such a transaction idle.
        some = given[start : start + _AT_ONCE]
        change(alias, f"{statement}{', '.join([mark] * len(some))}{end}", *chain.from_iterable(some))


def inserted(
    alias: str,
    model: Any,
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
    returning: Sequence[str],
) -> list[tuple[Any, ...]]:
    """Insert rows, and say what these columns have come to, in no order that could be relied on."""
    found: list[tuple[Any, ...]] = []
    quote = connection_of(alias).ops.quote_name
    names, asked = (", ".join(map(quote, some)) for some in (columns, returning))
    mark = f"({', '.join(['%s'] * len(columns))})"
    for start in range(0, len(values), _AT_ONCE):
        some = values[start : start + _AT_ONCE]
        found += rows(
            alias,
            f"INSERT INTO {model._meta.db_table} ({names}) "  # noqa: S608 (names of ours alone)
            f"VALUES {', '.join([mark] * len(some))} RETURNING {asked}",
            *(value for row in some for value in row),
        )
    return found


def within(alias: str, query: str, values: Sequence[Any], *before: Any) -> list[tuple[Any, ...]]:
    """What a question finds that ends in the mark `{}` for a list of values, however many they are: asked as
    often as one question can hold them.
    """
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(values), _AT_ONCE):
        some = values[start : start + _AT_ONCE]
        found += rows(alias, query.format(f"({', '.join(['%s'] * len(some))})"), *before, *some)
    return found


def by_digest(
    alias: str, query: str, column: str, digests: Sequence[str], office: str, *further: Any
) -> list[tuple[Any, ...]]:
    """What a question about findings finds whose mark `{}` stands for "this column holds one of these
    digests, in this office"; `further` are the values of what comes after it. It is asked by the first digits
    of the digests, which alone are indexed (`derived_models.prefix`).
    """
    found: list[tuple[Any, ...]] = []
    prefix = _prefix(alias, column)
    for start in range(0, len(digests), _AT_ONCE):
        some = digests[start : start + _AT_ONCE]
        marks = ", ".join(["%s"] * len(some))
        # Written so that no index of offices is of use: everything that the office holds would be looked at.
        # Nor is the column bare: where SQLite is given one digest it would put that in the column's place,
        # and would know the index no more.
        named = f"{prefix} IN ({marks}) AND {column} || '' IN ({marks}) AND office_id || '' = %s"
        prefixes = (derived_models.prefix_of(digest, office) for digest in some)
        found += rows(alias, query.format(named), *prefixes, *some, office, *further)
    return found


#: The expression of the index of a column, by kind of database and column.
_PREFIXES: Final[dict[tuple[str, str], str]] = {}


def _prefix(alias: str, column: str) -> str:
    """The expression of the index of a column of findings, as this database writes it."""
    connection = connection_of(alias)
    key = connection.vendor, column
    if key not in _PREFIXES:
        query = Query(models.Finding, alias_cols=False)
        compiler = query.get_compiler(connection=connection)
        sql, values = compiler.compile(derived_models.prefix(column).resolve_expression(query))
        # Both databases take it for that of the index only where the numbers stand in it.
        _PREFIXES[key] = sql % tuple(values)
    return _PREFIXES[key]


def instant(alias: str, moment: datetime) -> Any:
    """An instant as the database keeps it."""
    return connection_of(alias).ops.adapt_datetimefield_value(moment)


def moment(alias: str, value: Any) -> datetime:
    """An instant from what a question of ours has found."""
    connection = connection_of(alias)
    if connection.vendor != "sqlite":
        found: datetime = value
        return found
    parsed = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=connection.timezone)
