"""Spin finds nothing wrong with the models, over every schedule within their bounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.promela import EXCERPTS
from tools.spin import SOUND, Check, run

#: pytest's own fixture: what Spin printed goes into the report of the run.
Record = Callable[[str, object], None]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("check", SOUND, ids=lambda check: f"{check.model}: {check.title}")
def test_nothing_is_found(check: Check, checkers: Path, record_property: Record) -> None:
    outcome = run(check, checkers)
    record_property("spin", str(outcome))
    assert outcome.found is None
    # A model in which nothing happens has nothing wrong with it.
    assert outcome.states > 10_000
    if check.title == "honest sides, any delay":
        excerpt = EXCERPTS[("consent", "signature").index(check.model)]
        assert outcome.phases == set(excerpt.phases()) - {"none", "frozen"}
        stood = {kind for kind, _, fate in outcome.fates if fate == "stands"}
        # Initials, and a signature taken back, come in runs of their own.
        assert stood == set(excerpt.kinds) - {"initial", "retract"}
        assert {fate for _, _, fate in outcome.fates} == {"stands", "beaten", "superseded"}
