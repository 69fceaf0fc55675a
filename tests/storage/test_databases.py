"""What a database address makes of itself."""

from __future__ import annotations

import pytest
from django.db import connections

from yeollak.errors import OurFault
from yeollak.storage.databases import attach, postgresql


def test_an_address_is_read_whole() -> None:
    who = ":".join(("a%40b", "p%2Fw"))
    entry = postgresql(f"postgresql://{who}@db.example:5433/yeollak?sslmode=verify-full&host=/run/pg")
    assert (entry["USER"], entry["PASSWORD"], entry["NAME"]) == ("a@b", "p/w", "yeollak")
    assert (entry["HOST"], entry["PORT"]) == ("/run/pg", "5433")
    assert entry["OPTIONS"]["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    "url", ["", "sqlite:///x", "postgresql://host", "postgresql://host:port/x", "postgresql:///"]
)
def test_what_is_no_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(OurFault) as caught:
        postgresql(url)
    assert caught.value.code == "database-address"
    assert not caught.value.data


@pytest.mark.postgresql
def test_no_address_makes_a_commit_less_than_durable(postgresql: str) -> None:
    from yeollak.storage import databases

    mark = "&" if "?" in postgresql else "?"
    attach("careless", databases.postgresql(f"{postgresql}{mark}options=-c%20synchronous_commit%3Doff"))
    try:
        with connections["careless"].cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
    finally:
        connections["careless"].close()
