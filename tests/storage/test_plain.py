"""Plain SQL goes to the connection that this thread has."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils.connection import BaseConnectionHandler

from yeollak.storage import plain, pulse
from yeollak.storage.databases import attach, sqlite


def named(alias: str) -> str:
    ((_, _, file),) = plain.rows(alias, "PRAGMA database_list")
    return Path(file).name


def test_a_connection_is_that_of_the_thread_and_of_what_its_alias_means(tmp_path: Path) -> None:
    attach("first", sqlite(tmp_path / "first.db"))
    others: list[Any] = []

    def elsewhere() -> None:
        others.append(plain.connection_of("first"))
        plain.connection_of("first").close()

    try:
        ours = plain.connection_of("first")
        assert ours is plain.connection_of("first") is connections["first"]
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert others[0] is not ours
        assert named("first") == "first.db"
        ours.close()
        assert named("first") == "first.db"
        ours.close()
        del connections["first"], connections.settings["first"]
        attach("first", sqlite(tmp_path / "second.db"))
        assert plain.connection_of("first") is connections["first"] is not ours
        assert named("first") == "second.db"
    finally:
        connections["first"].close()
        del connections["first"], connections.settings["first"]


def test_one_that_is_asked_all_the_time_is_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach("asked", sqlite(tmp_path / "asked.db"))
    looked, find = list[str](), BaseConnectionHandler.__getitem__

    def counted(handler: Any, alias: str) -> Any:
        looked.append(alias)
        return find(handler, alias)

    try:
        pulse.pulse("asked")
        monkeypatch.setattr(BaseConnectionHandler, "__getitem__", counted)
        for _ in range(10):
            pulse.pulse("asked")
            plain.stamp("asked")
            plain.first("asked", "SELECT 1")
        assert looked == []
    finally:
        connections["asked"].close()
        del connections["asked"], connections.settings["asked"]
