"""The index of words beside the table `passage`: how SQLite and PostgreSQL keep it and are asked.

Both are given tokens that `words.searchable` has made, and take nothing apart themselves: SQLite's FTS5 by a
tokenizer that leaves every letter beyond ASCII alone, PostgreSQL's `tsvector` by literals without a text
search configuration. The caller holds the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django.db import connections

from yeollak.words.searchable import Phrase, Query, tokens

_TABLE: Final = "yeollak_storage_passage"
#: How many of the newest passages that meet a query are ranked.
MOST_RANKED: Final = 2000
#: What a word of the title weighs beside one of the text.
_TITLE: Final = 6.0
#: The last position that PostgreSQL keeps apart.
_LAST_POSITION: Final = 16383
_AT_ONCE: Final = 400


def put(alias: str, rows: Sequence[tuple[int, str, Sequence[str]]]) -> None:
    """Index passages that have just been stored: number, title, texts."""
    made = [(number, _tokens([title]), _tokens(texts)) for number, title, texts in rows]
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                f"INSERT INTO {_TABLE}_terms (rowid, title, body) VALUES (%s, %s, %s)",  # noqa: S608 (the table is a constant of ours) (fixed names)
                [(number, " ".join(title), " ".join(body)) for number, title, body in made],
            )
            return
        for start in range(0, len(made), _AT_ONCE):
            some = made[start : start + _AT_ONCE]
            cursor.execute(
                f"UPDATE {_TABLE} SET terms = new.terms::tsvector "  # noqa: S608 (the table is a constant of ours) (fixed names)
                f"FROM unnest(%s::bigint[], %s::text[]) AS new (id, terms) WHERE {_TABLE}.id = new.id",
                [[row[0] for row in some], [_vector(row[1], row[2]) for row in some]],
            )


def take_out(alias: str, numbers: Iterable[int]) -> None:
    """Take passages out of the index, before or after their rows go."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(
                f"DELETE FROM {_TABLE}_terms WHERE rowid = %s",  # noqa: S608 (the table is a constant of ours) (fixed names)
                [(number,) for number in numbers],
            )


def take_out_all(alias: str, office: str) -> None:
    """Take every passage of an office out of the index, while their rows are still there."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {_TABLE}_terms WHERE rowid IN (SELECT id FROM {_TABLE} WHERE office_id = %s)",  # noqa: S608 (the table is a constant of ours)
                [office],
            )


def ranked(alias: str, office: str, asked: Query) -> list[tuple[int, str]]:
    """The newest passages of an office that meet a query, number and matter, the best first: at most
    `MOST_RANKED`. Words of the title count for more than those of a text.
    """
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT id, matter FROM ("  # noqa: S608 (the table is a constant of ours) (fixed names)
                f"SELECT p.id AS id, p.matter AS matter, bm25({_TABLE}_terms, {_TITLE}, 1.0) AS score "
                f"FROM {_TABLE}_terms CROSS JOIN {_TABLE} p ON p.id = {_TABLE}_terms.rowid "
                f"WHERE {_TABLE}_terms MATCH %s AND p.office_id = %s "
                f"ORDER BY {_TABLE}_terms.rowid DESC LIMIT {MOST_RANKED}"
                ") ORDER BY score, id DESC",
                [_match(asked), office],
            )
        else:
            cursor.execute(
                "SELECT id, matter FROM ("  # noqa: S608 (the table is a constant of ours) (fixed names)
                f"SELECT id, matter, terms FROM {_TABLE} WHERE office_id = %s AND terms @@ %s::tsquery "
                f"ORDER BY id DESC LIMIT {MOST_RANKED}"
                ") AS met ORDER BY ts_rank('{0.1, 0.2, 0.4, 1.0}', terms, %s::tsquery, 1) DESC, id DESC",
                [office, _tsquery(asked), _tsquery(asked)],
            )
        return [(int(number), str(matter)) for number, matter in cursor.fetchall()]


def _tokens(texts: Iterable[str]) -> list[str]:
    return [token for text in texts for token in tokens(text)]


def _match(asked: Query) -> str:
    """A query as FTS5 reads it. Tokens are letters and digits alone, so that nothing in them is a sign of its
    language.
    """

    def phrase(one: Phrase) -> str:
        return f'"{" ".join(one.tokens)}"{" *" if one.begins else ""}'

    return " AND ".join(f"({' OR '.join(map(phrase, clause))})" for clause in asked.clauses)


def _tsquery(asked: Query) -> str:
    def phrase(one: Phrase) -> str:
        *whole, last = (f"'{token}'" for token in one.tokens)
        return f"({' <-> '.join((*whole, f'{last}:*' if one.begins else last))})"

    return " & ".join(f"({' | '.join(map(phrase, clause))})" for clause in asked.clauses)


def _vector(title: Sequence[str], body: Sequence[str]) -> str:
    """A `tsvector` literal: each token with its place, those of the title with the weight A."""
    places: dict[str, list[str]] = {}
    for weight, first, said in (("A", 1, title), ("", len(title) + 2, body)):
        for place, token in enumerate(said, start=first):
            places.setdefault(token, []).append(f"{min(place, _LAST_POSITION)}{weight}")
    return " ".join(f"'{token}':{','.join(at[:255])}" for token, at in places.items())
