"""What tests of measurements share: an office of one week, which is made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from bench.desk_store import Kept, kept


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office of one week: an act of it that is void would have been an error."""
    folder = tmp_path_factory.mktemp("week") / "made"
    made = kept(folder, 100)
    assert made.acts > 300
    made.desks.close()
    return folder


@pytest.fixture
def office(week: Path, tmp_path: Path) -> Iterator[Kept]:
    """That office, for one test to go on with. Whose public page this process has is as it was afterwards."""
    with override_settings():
        made = kept(Path(shutil.copytree(week, tmp_path / "made")), 100)
        yield made
        made.desks.close()
