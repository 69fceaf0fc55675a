"""Every page that is measured answers, over acts that stand; how long that takes is nobody's test."""

from __future__ import annotations

from bench.desk_pages import cold, drawn, live, serving, warm
from bench.desk_store import Kept


def test_every_page_answers_in_an_office_of_one_week(office: Kept) -> None:
    with serving(office) as served:
        costs = warm(served, 1, "")
        assert len(costs) > 40
        assert all(cost.size > 0 for cost in costs.values())
        after = cold(served, 1, "record")
        assert after.keys() <= costs.keys()
        assert len(live(served, 1)) == 1
    figures = {
        "acts": office.acts,
        "warm": {name: cost.to_json() for name, cost in costs.items()},
        "cold": {name: cost.to_json() for name, cost in after.items()},
    }
    assert drawn({"large": figures, "small": figures}).row_count == len(costs)
