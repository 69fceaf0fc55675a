"""An office with many entries is drawn beside its readers; what may not be shown is not shown for that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.desk.history import HistorySource, record
from yeollak.desk import views
from yeollak.desk.behind import Behind
from yeollak.desk.recent import Recent
from yeollak.storage.public import RecordRow

NOON = datetime(2020, 6, 1, 12, tzinfo=UTC)


class Growing(HistorySource):
    """A source whose record is another one at every version."""

    def __init__(self) -> None:
        self.read = 0
        self.until: datetime | None = None

    def record(self, office: str) -> RecordRow:
        self.read += 1
        return replace(super().record(office), until=self.until)


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[Growing]:
    monkeypatch.setattr(views, "MANY", 0)
    monkeypatch.setattr(views, "_BEHIND", Behind[views.Shown]())
    monkeypatch.setattr(views, "_BUILT", Recent[tuple[str, str, str], views.Shown](4))
    monkeypatch.setattr(views, "_RENDERED", Recent[tuple[str, str, str, str], bytes](24))
    monkeypatch.setattr(views, "now", lambda: NOON)
    yield Growing()
    views._BEHIND.wait(_key()[1:])


def _key() -> tuple[str, str, str]:
    return views._key(record().office, "")


def test_readers_have_the_page_as_it_was_while_it_is_drawn_anew(source: Growing) -> None:
    office = record().office
    first = views.shown_of(source, office, "1")
    assert (first.version, source.read) == ("1", 1)

    assert views.shown_of(source, office, "2") is first
    views._BEHIND.wait(_key()[1:])
    assert views.shown_of(source, office, "2").version == "2"
    assert source.read == 2


def test_what_is_kept_of_an_office_with_many_entries_is_its_newest(source: Growing) -> None:
    office = record().office
    for version in ("1", "2", "3"):
        views.shown_of(source, office, version)
        views._BEHIND.wait(_key()[1:])
        views._build(source, office, version)
    assert [key[0] for key in views._BUILT.latest()] == ["3"]
    assert views.shown_of(source, office, "3").version == "3"


def test_pages_that_were_asked_for_are_drawn_before_anybody_is_given_the_new_office(source: Growing) -> None:
    office = record().office
    views._page("ar", views.shown_of(source, office, "1"), {"year": "2019"})

    views.shown_of(source, office, "2")
    views._BEHIND.wait(_key()[1:])
    drawn = [key for key in views._RENDERED.latest() if key[1].startswith("2 ")]
    assert [(key[2], key[3]) for key in drawn if key[2] == "ar"] == [("ar", "year=2019")]


def test_what_has_come_is_drawn_before_anybody_asks(source: Growing, monkeypatch: pytest.MonkeyPatch) -> None:
    office, versions = record().office, ["1"]
    monkeypatch.setattr(views, "record_source", lambda: source)
    monkeypatch.setattr(source, "version", lambda _: versions[-1])
    views.renew(office)
    assert source.read == 0, "nobody has asked for it yet"
    views.shown_of(source, office, "1")

    versions.append("2")
    views.renew(office)
    views._BEHIND.wait(_key()[1:])
    views.renew(office)
    assert source.read == 2
    assert views.shown_of(source, office, "2").version == "2"


def test_the_end_of_an_embargo_is_waited_for(source: Growing) -> None:
    office = record().office
    source.until = NOON + timedelta(hours=1)
    first = views.shown_of(source, office, "1")
    source.until = None
    assert views.shown_of(source, office, "1") is first

    # An hour later that page may not be given any more, old or not.
    later = first.until
    assert later is not None
    views.now = lambda: later
    try:
        assert views.shown_of(source, office, "1").until is None
        assert views.shown_of(source, office, "2").until is None
    finally:
        views.now = lambda: NOON
