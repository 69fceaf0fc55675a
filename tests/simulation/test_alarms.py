"""A flaw of ours is not excused by what was done to its machine."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulation import promises, test_processes
from tests.simulation.alarms import UNFORESEEN, strange, unforeseen


def alarm(code: str, **data: str) -> Any:
    return SimpleNamespace(code=code, data=json.dumps(data))


@pytest.mark.parametrize("code", UNFORESEEN)
@pytest.mark.parametrize("why", ["AttributeError", "OverflowError", "act-void", ""])
def test_what_no_fault_explains_is_strange(code: str, why: str) -> None:
    found = [alarm(code, why=why)]
    for module in (test_processes, promises):
        assert strange(found, module.ALARMS, module.REASONS) == [f'{code} {{"why": "{why}"}}']
    assert unforeseen(found, {"KeyError"}) == [f'{code} {{"why": "{why}"}}']


def test_what_a_disk_without_room_explains_is_not() -> None:
    found = [alarm("fold-failed", why="disk-full")]
    for module in (test_processes, promises):
        assert strange(found, module.ALARMS, module.REASONS) == []


def test_an_alarm_without_a_reason_is_known_by_its_code() -> None:
    assert strange([alarm("two-views")], promises.ALARMS, promises.REASONS) == ["two-views {}"]
    assert strange([alarm("anchor-missing")], promises.ALARMS, promises.REASONS) == []
