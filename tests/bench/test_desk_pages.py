"""Every page that is measured answers, over acts that stand; how long that takes is nobody's test."""

from __future__ import annotations

from pathlib import Path

from bench.desk_pages import drawn, measured
from bench.desk_store import kept


def test_every_page_answers_in_an_office_of_one_week(tmp_path: Path) -> None:
    office = kept(tmp_path / "made", 100)  # raises where an act of it is void
    assert office.acts > 300
    found = measured(office, 1, 1, "")
    assert found["warm"].keys() == found["cold"].keys()
    assert len(found["warm"]) > 40
    assert all(row["bytes"] > 0 for row in found["warm"].values())
    assert len(found["live"]) == 1
    table = drawn({"large": found, "small": found})
    assert table.row_count == len(found["warm"])
