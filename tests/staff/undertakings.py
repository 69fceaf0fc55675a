"""Undertakings for the pages of projects and statistics: works that one side reports and both look at, common
works of which the accounts differ, costs in two currencies, things in common use, and calls.
"""

from __future__ import annotations

from typing import Any

from tests.staff.business import HOSTILE, Business
from yeollak.node.acting import Text, act
from yeollak.office.propose import Draft
from yeollak.record.keys import SigningKey

NAMES = {
    "en": "Renovation of the office building",
    "ko": "사무소 청사 개보수",
    "ar": "تجديد مبنى المكتب",
}
FIBRE = {
    "en": "Fibre for the direct lines",
    "ko": "직통선 광케이블 교체",
    "ar": "ألياف ضوئية للخطوط المباشرة",
}


class Undertakings(Business):
    """What is done; ids of matters by name in `matters`."""

    #: Who has acted since both sides held the same.
    _last = ""

    def all(self) -> Undertakings:
        """Everything. All days lie in 2018, so that pages of that year always show the same."""
        self._works()
        self._common()
        self._things()
        for side in ("south", "north"):
            for day in range(17, 22):
                facts: dict[str, Any] = {"date": f"2018-09-{day}", "slot": "opening", "view": "answered"}
                key, draft = self.desks.keys[side], Draft("checkin.observe", facts=facts)
                act(self.desks.nodes[side], self.desks.office, key, draft)
        self.desks.until(self.desks.settled)
        return self

    def act(self, side: str, kind: str, *texts: Text, **of: Any) -> str:
        """An act of the co-head. The other side holds it before it acts itself, and when `all` returns."""
        if self._last not in ("", side):
            self.desks.until(self.desks.level)
        self._last = side
        return act(self.desks.nodes[side], self.desks.office, self._heads[side], Draft(kind, **of), texts)

    def head(self, side: str) -> SigningKey:
        """The key of a co-head."""
        return self._heads[side]

    def _works(self) -> None:
        facts: dict[str, Any] = {
            "class": "works",
            "subject": NAMES,
            "place": {"en": "Kaesong", "ko": "개성", "ar": "كايسونگ"},
            "when": "2018-07-02",
            "until": "2018-10-31",
        }
        works = self.matters["works"] = self.act("south", "project.begin", facts=facts)
        for day, percent in (("2018-07-20", 25), ("2018-08-17", 60), ("2018-09-12", 95)):
            self.act("south", "project.report", matter=works, facts={"percent": percent, "when": day})
        for day, name, state in (
            ("2018-07-20", "roof", "reached"),
            ("2018-08-17", "heating", "begun"),
            ("2018-09-12", "lift", "missed"),
        ):
            facts = {"milestone": name, "state": state, "when": day}
            self.act("south", "project.report", matter=works, facts=facts)
        won = self.act(
            "south",
            "project.cost",
            matter=works,
            facts={
                "amount": {"currency": "KRW", "value": 9_780_000_000},
                "for": {"en": "renovation", "ko": "개보수", "ar": "تجديد"},
                "borne_by": "south",
                "when": "2018-09-12",
            },
        )
        self.act(
            "south",
            "project.cost",
            matter=works,
            facts={
                "amount": {"currency": "USD", "value": 8_600_000},
                "for": {"en": "renovation, by another report"},
                "borne_by": "south",
                "restates": won,
                "when": "2018-09-13",
            },
        )
        self.act(
            "south",
            "project.cost",
            matter=works,
            facts={
                "amount": {"currency": "KRW", "value": 1_200_000_000},
                "for": {"en": "water works", "ko": "상수도"},
                "borne_by": "north",
                "when": "2018-09-12",
            },
        )
        facts = {"result": "repairs-needed", "subject": {"ko": "승강기가 서지 않는다."}, "when": "2018-09-14"}
        self.act("north", "project.inspect", matter=works, facts=facts)

    def _common(self) -> None:
        facts: dict[str, Any] = {
            "class": "project",
            "subject": FIBRE,
            "stage": "discussed",
            "when": "2018-11-23",
        }
        common = self.matters["common"] = self.act("south", "project.enter", facts=facts)
        self.act("north", "project.enter", matter=common, facts={**facts, "stage": "agreed"})
        for side, percent, state in (("south", 40, "reached"), ("north", 15, "begun")):
            facts = {"percent": percent, "milestone": "survey", "state": state, "when": "2018-12-10"}
            self.act(side, "project.report", matter=common, facts=facts)
        facts = {
            "class": "project",
            "subject": {"en": HOSTILE[:300]},
            "stage": "done",
            "when": "2018-12-11",
        }
        hostile = self.matters["hostile"] = self.act("north", "project.enter", facts=facts)
        facts = {
            "amount": {"currency": "EUR", "value": 1},
            "for": {"en": "=HYPERLINK(1) <img src=x>"},
            "when": "2018-12-11",
        }
        self.act("north", "project.cost", matter=hostile, facts=facts)

    def _things(self) -> None:
        bus: dict[str, Any] = {
            "asset": "bus-2",
            "subject": {"en": "Bus of the office", "ko": "사무소 버스"},
            "count": 2,
            "value": {"currency": "KRW", "value": 180_000_000},
            "when": "2018-09-14",
        }
        self.matters["bus"] = self.act("south", "asset.list", facts=bus)
        self.act(
            "south",
            "asset.use",
            facts={"asset": "bus-2", "users": ["south", "north"], "extent": "may-use"},
        )
        state = {"asset": "bus-2", "state": "in-use", "place": {"en": "Kaesong"}}
        self.act("south", "asset.state", facts=state)
        generator: dict[str, Any] = {"asset": "generator", "subject": {"ko": "발전기"}, "when": "2018-09-14"}
        self.matters["generator"] = self.act("north", "asset.list", facts=generator)
