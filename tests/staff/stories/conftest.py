"""What all stories share: an office that was founded once, and a browser for each module."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.staff.looking import launched
from tests.staff.stories.posts import BEGINS, TERMS, Hour, Posts


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Posts:
    """An office with officers and accounts on both sides, whose nodes do not run."""
    made = Posts(tmp_path_factory.mktemp("stories"))
    made.hour = Hour(BEGINS - timedelta(hours=1))
    made.make(TERMS)
    made.close()
    return made


@pytest.fixture(scope="module")
def posts(template: Posts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Posts]:
    """Two served desks, shared by the languages of one module."""
    made = Posts.taken(template, tmp_path_factory.mktemp("served"))
    assert isinstance(made, Posts)
    yield made
    made.close()


@pytest.fixture(scope="module")
def chrome(posts: Posts, chromium: Path) -> Iterator[Browser]:
    """A browser, closed with the module: while it runs, its thread does not reach a database."""
    with launched(chromium) as found:
        yield found
