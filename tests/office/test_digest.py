"""The digest of the folded state is the same whatever an office remembers."""

from __future__ import annotations

import pytest

import yeollak.office.office as module
from tests.office.statistics.worlds import random_world


@pytest.mark.parametrize("number", range(6))
def test_an_office_that_remembers_few_folds_has_the_same_digest(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = random_world(number)
    whole = world.fresh(world.sizes())
    past = whole.seen_by(0)
    digests = whole.digest(), whole.digest(past)
    monkeypatch.setattr(module, "_FOLDS", 2)
    fresh = world.fresh(world.sizes())
    assert (fresh.digest(), fresh.digest(past)) == digests
    assert len(fresh._folds) <= 2
