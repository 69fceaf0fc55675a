"""What a database address makes of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import management
from django.db import ProgrammingError, connections

from yeollak.errors import OurFault
from yeollak.node import settings
from yeollak.storage.databases import attach, postgresql, sqlite


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


def test_two_processes_that_bring_a_store_up_to_date_at_once_both_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one has done meanwhile is no fault of the other's step."""
    migrate, calls = management.call_command, list[object]()

    def beaten(name: str, **more: Any) -> None:
        calls.append(name)
        if len(calls) == 1:
            migrate(name, "yeollak_storage", "0019", **more)
            raise ProgrammingError("relation already exists")
        migrate(name, **more)

    monkeypatch.setattr(management, "call_command", beaten)
    settings.ready("twice", sqlite(tmp_path / "node.db"))
    assert len(calls) == 2
    assert settings._lacking("twice") == 0
    connections["twice"].close()


def test_a_store_that_does_not_get_further_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(name: str, **_more: Any) -> None:
        raise ProgrammingError(f"{name} cannot go on")

    monkeypatch.setattr(management, "call_command", stuck)
    with pytest.raises(OurFault) as caught:
        settings.ready("stuck", sqlite(tmp_path / "node.db"))
    assert caught.value.code == "store-unusable"
    connections["stuck"].close()
