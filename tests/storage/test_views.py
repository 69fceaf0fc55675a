"""A thread keeps few offices in mind, whichever it is asked for, and sees of each what there is now."""

from __future__ import annotations

import pytest

from tests.storage.setup import migrated, ready

ready()


from tests.office.world import card_of  # noqa: E402 (as above)
from yeollak.office.charter import draft  # noqa: E402 (as above)
from yeollak.storage import reading  # noqa: E402 (as above)
from yeollak.storage.databases import attach, sqlite  # noqa: E402 (as above)
from yeollak.storage.journal import Journal  # noqa: E402 (as above)

KEPT = 4


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    attach("views", sqlite(tmp_path_factory.mktemp("views") / "node.db"))
    migrated("views")
    cards, journal = [card_of(side) for side in ("south", "north")], Journal("views")
    made = [draft(cards, {"name": {"en": f"Office {number}"}}, {}) for number in range(3 * KEPT)]
    return [journal.found(charter, "south") for charter in made]


def test_a_thread_keeps_few_views(offices: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_KEPT_VIEWS", KEPT)
    for _ in range(2):
        for office in offices:
            assert reading.office_view("views", office).id == office
            held = [key for key in reading._views.__dict__["held"] if key[0] == "views"]
            assert len(held) <= KEPT
    last = reading.office_view("views", offices[-1])
    for office in offices[-KEPT:]:
        reading.office_view("views", office)
    assert reading.office_view("views", offices[-1]) is last, "it was used, and is kept"
    reading.office_view("views", offices[0])
    for office in offices[: KEPT - 1]:
        reading.office_view("views", office)
    assert reading.office_view("views", offices[-1]) is last, "it was used last but few"
    for office in offices[:KEPT]:
        reading.office_view("views", office)
    assert reading.office_view("views", offices[-1]) is not last
    reading.close_views("views")
