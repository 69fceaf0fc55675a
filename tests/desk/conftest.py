"""Fixtures of the desk's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.desk.site import settled


@pytest.fixture
def client() -> Iterator[Any]:
    """Django's test client over the history."""
    with settled():
        from django.test import Client

        yield Client(raise_request_exception=False)
