"""What one process stores another hears of, once it is committed, and also after its connection was cut."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from django.db import OperationalError, connections, transaction

from tests.scale.conftest import Store
from tests.storage.nodes import START
from yeollak.node import streams
from yeollak.node.streams import Hub
from yeollak.storage import notify, reading, telling
from yeollak.storage.journal import Journal

pytestmark = pytest.mark.postgresql


def until(true: Callable[[], bool], found: object) -> None:
    """Wait until something is so; `found` is shown where it does not come about."""
    ends = time.monotonic() + 20
    while not true():
        assert time.monotonic() < ends, found
        time.sleep(0.01)


class Heard:
    """What a process hears, in another thread."""

    def __init__(self, store: Store) -> None:
        self.told: list[str] = []
        self.ending = threading.Event()
        listener = notify.Listener(store.alias, self.told.append)
        self.thread = threading.Thread(target=listener.run, args=(self.ending,))

    def until(self, true: Callable[[], bool]) -> None:
        until(true, self.told)


@contextmanager
def listening(store: Store) -> Iterator[Heard]:
    heard = Heard(store)
    heard.thread.start()
    heard.until(lambda: heard.told == [""])
    yield heard
    heard.ending.set()
    heard.thread.join(20)
    assert not heard.thread.is_alive()


def test_a_commit_is_told_with_its_office_and_a_rollback_is_not(store: Store) -> None:
    journal, office = Journal(store.alias), store.offices[0]
    with listening(store) as heard:
        with transaction.atomic(using=store.alias):
            journal._alarm(store.offices[1], "never", {}, START)
            transaction.set_rollback(True, using=store.alias)
        journal.raise_alarm(office, "told", {}, START)
        heard.until(lambda: len(heard.told) > 1)
        assert heard.told == ["", office]
        journal.note_attempt(office, "north", START, outcome="unreachable")
        journal.note_attempt(office, "north", START, outcome="unreachable")
        telling.say(store.alias, "heard something")
        heard.until(lambda: heard.told[-1] == "heard something")
        # That the line has failed is told once, not at every attempt.
        assert heard.told[2:] == [office, "heard something"]


def test_a_connection_that_is_cut_is_made_again_and_everything_is_looked_at(store: Store) -> None:
    with listening(store) as heard:
        with connections[store.alias].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
            assert len(cursor.fetchall()) == 1
        heard.until(lambda: heard.told == ["", ""])
        Journal(store.alias).raise_alarm(store.offices[0], "told", {}, START)
        heard.until(lambda: heard.told[-1] == store.offices[0])


def test_who_asks_the_database_when_he_is_told_asks_the_one_that_is_there(store: Store) -> None:
    """A server that is restarted cuts his connection as well, and may be gone again."""
    asked: list[list[str]] = []
    failing = threading.Event()

    def told(_what: str) -> None:
        if failing.is_set():
            failing.clear()
            raise OperationalError("the server is gone again")
        asked.append(reading.offices(store.alias))

    ending = threading.Event()
    thread = threading.Thread(target=notify.Listener(store.alias, told).run, args=(ending,))
    thread.start()
    try:
        for many in (1, 2, 3):
            until(lambda: len(asked) == many, asked)  # noqa: B023 (it is over before the next one)
            if many == 2:
                failing.set()
            with connections[store.alias].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                assert len(cursor.fetchall()) == 2
    finally:
        ending.set()
        thread.join(20)
    assert not thread.is_alive()
    assert all(sorted(found) == list(store.offices) for found in asked)


class Page:
    """An open page's end of a connection, as the hub has it."""

    def __init__(self) -> None:
        self.socket, self.browser = socket.socketpair()
        self.browser.settimeout(20)

    def end(self) -> None:
        self.socket.close()

    def told(self) -> bytes:
        return self.browser.recv(4096)


def test_an_open_page_is_told_at_once_of_what_another_process_has_stored(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks unasked while this lasts."""
    monkeypatch.setattr(streams, "_ALL", 3600.0)
    ending, page = threading.Event(), Page()
    hub = Hub(store.alias, lambda: START, told=True)
    listener = notify.Listener(store.alias, lambda _office: hub.stir())
    threads = [threading.Thread(target=work, args=(ending,)) for work in (hub.run, listener.run)]
    for thread in threads:
        thread.start()
    try:
        assert hub.promise()
        hub.take(cast(Any, page), "a session")
        first = page.told()
        assert first.startswith(b"event: changed")
        for number in range(5):
            Journal(store.alias).raise_alarm(store.offices[0], f"told-{number}", {}, START)
            while (told := page.told()) == first:
                pass
            assert told.startswith(b"event: changed")
    finally:
        ending.set()
        for thread in threads:
            thread.join(20)
        page.browser.close()
