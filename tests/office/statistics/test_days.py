"""What one more act costs figures: its own matter, however much has been counted before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.office.statistics.hundred import HUNDRED_DAYS, hundred_days
from yeollak.office.ledger import MemoryLedger
from yeollak.office.statistics import Index, Period, figures
from yeollak.office.statistics.reading import Reader


def test_one_more_act_and_another_period_read_their_own_matters_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = hundred_days()
    sizes = world.sizes()
    office = world.fresh((sizes[0] - 1, *sizes[1:]))
    held = office.frontier()
    index = Index(office)
    read: list[str] = []
    reading = Reader._matter

    def watched(self: Reader, matter: str) -> Any:
        read.append(matter)
        return reading(self, matter)

    monkeypatch.setattr(Reader, "_matter", watched)
    figures(office, None, HUNDRED_DAYS, index)
    everything = len(read)
    assert everything == len(set(read)) > 50
    ledger = office.ledger
    assert isinstance(ledger, MemoryLedger)
    for place, size in enumerate(sizes):
        for position in range(ledger.held(place), size):
            ledger.append(place, world.whole.entry(place, position))
    office.count()
    assert office.frontier() != held
    touched = {
        ledger.finding(place, position).matter
        for place, (before, now) in enumerate(zip(held, office.frontier(), strict=True))
        for position in range(before, now)
    }
    read.clear()
    found = figures(office, None, HUNDRED_DAYS, index)
    assert set(read) <= touched, "whatever has not moved is not read again"
    read.clear()
    part = Period(date(2018, 10, 1), date(2018, 11, 1), HUNDRED_DAYS.zone)
    figures(office, None, part, index)
    assert read == [], "a shorter period is among the days that are counted already"
    earlier = figures(office, held, HUNDRED_DAYS, index)
    assert set(read) <= touched, "an earlier frontier reads what has moved since"
    monkeypatch.undo()
    assert found.encode() == figures(office, None, HUNDRED_DAYS).encode()
    assert earlier.encode() == figures(office, held, HUNDRED_DAYS).encode()
