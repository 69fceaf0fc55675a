"""Findings are found by the first digits of a digest: in stores that had other indexes before, by both
databases, and whatever somebody sends in another office.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from yeollak.office.matter import natural_id
from yeollak.storage import models, plain
from yeollak.storage.derived_models import prefix_of

OFFICES = tuple(hashlib.sha256(name).hexdigest() for name in (b"ours", b"theirs"))
NAMING = f"SELECT id, act FROM {plain.FINDING} WHERE {{}} ORDER BY +id"
FIRST = (
    f'SELECT act, MIN("index") FROM {plain.FINDING} WHERE {{}} AND place = %s AND "index" < %s GROUP BY act'
)
BEFORE = "0019_lines"


def digest(*of: object) -> str:
    return hashlib.sha256(repr(of).encode()).hexdigest()


def fill(alias: str, many: int, matter: Callable[[int], str]) -> None:
    """Acts of one side in both offices: those in the second name what `matter` says."""
    at = plain.instant(alias, datetime(2026, 1, 1, tzinfo=UTC))

    def row(office: str, index: int, named: str) -> tuple[Any, ...]:
        act = digest(office, index)
        return office, 1, index, act, named, "", index + 1, "[0, 0]", "", None, b"", at

    with transaction.atomic(using=alias):
        for number, office in enumerate(OFFICES, 1):
            models.Office.objects.using(alias).create(id=office, number=number, side="south", charter=b"x")
        ours = (row(OFFICES[0], index, digest("matter", index)) for index in range(many))
        plain.insert(alias, models.Finding, plain.FINDING_ROW, ours)
        theirs = (row(OFFICES[1], index, matter(index)) for index in range(many))
        plain.insert(alias, models.Finding, plain.FINDING_ROW, theirs)


@pytest.fixture
def older(empty: str) -> Iterator[str]:
    """A store of an earlier version."""
    call_command("migrate", "yeollak_storage", BEFORE, database=empty, verbosity=0)
    yield empty
    call_command("migrate", database=empty, verbosity=0)


def test_an_older_store_is_taken_over(older: str) -> None:
    fill(older, 3000, lambda index: digest("matter", index))
    call_command("migrate", database=older, verbosity=0)
    connection, asked = connections[older], [digest(OFFICES[0], index) for index in range(256)]
    found = plain.by_digest(older, FIRST, "act", asked, OFFICES[0], 1, 200)
    assert dict(found) == {act: index for index, act in enumerate(asked[:200])}
    assert plain.by_digest(older, NAMING, "act", asked, OFFICES[1]) == []
    for one in (0, 2999):
        matter = digest("matter", one)
        assert [act for _, act in plain.by_digest(older, NAMING, "matter", [matter], OFFICES[1])] == [
            digest(OFFICES[1], one)
        ]
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    for query, column, further in ((FIRST, "act", (1, 200)), (NAMING, "matter", ())):
        for some in (asked[:1], asked):
            plan = plain.by_digest(older, f"{explain} {query}", column, some, OFFICES[0], *further)
            assert f"finding_{column}_prefix" in str(plan), plan


@pytest.mark.parametrize("column", ["matter", "act"])
def test_the_question_is_the_expression_of_the_index_itself(empty: str, column: str) -> None:
    """A database knows an index by its expression alone, and finds by it what we say that it holds."""
    fill(empty, 20, lambda index: digest("matter", index))
    connection, asked = connections[empty], plain._prefix(empty, column)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [f"finding_{column}_prefix"])
            ((made,),) = cursor.fetchall()
            assert asked in made
        cursor.execute(f"SELECT {column}, office_id, {asked} FROM {plain.FINDING}")
        found = cursor.fetchall()
    assert len(found) == 40
    assert all(prefix_of(value, office) == held for value, office, held in found)


def test_what_is_named_in_one_office_is_not_looked_at_in_another(empty: str) -> None:
    """Anybody can compute the matters of another office, and send void acts that name them."""
    connection = connections[empty]
    if connection.vendor != "sqlite":
        pytest.skip("SQLite counts the steps of a question")
    victim, steps = natural_id(OFFICES[0], "charter", "dissolution"), list[int]()
    fill(empty, 3000, lambda _: victim)
    connection.ensure_connection()
    bare: Any = connection.connection
    for matter in (digest("nobody"), victim):
        counted = list[int]()
        bare.set_progress_handler(lambda counted=counted: counted.append(1), 10)
        assert plain.by_digest(empty, NAMING, "matter", [matter], OFFICES[0]) == []
        bare.set_progress_handler(None, 0)
        steps.append(len(counted))
    assert steps[1] <= steps[0] + 2
    assert len(plain.by_digest(empty, NAMING, "matter", [victim], OFFICES[1])) == 3000


@pytest.mark.parametrize("asked", [[], [""], ["ab"], [digest(one) for one in range(900)]])
def test_whatever_is_asked_for(empty: str, asked: list[str]) -> None:
    fill(empty, 5, lambda index: "ab" if index else "")
    found = plain.by_digest(empty, NAMING, "matter", asked, OFFICES[1])
    assert len(found) == {"": 1, "ab": 4}.get(asked[0] if asked else "-", 0)
