"""Where Spin's checkers are built, and the reason when they cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import spin


@pytest.fixture(scope="session")
def checkers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if reason := spin.missing():
        pytest.skip(reason)
    return tmp_path_factory.mktemp("spin")
