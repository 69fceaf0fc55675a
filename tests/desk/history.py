"""The history as a record view: what a node that replayed it holds, made by the demonstration's own script.

`tests/desk/played.py` plays it through the office code; here stand what the pages' tests ask for.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from tests.desk.played import played
from yeollak.demo.history import chronicle, history
from yeollak.storage.public import RecordRow

__all__ = ["charter", "chronicle", "history", "record", "source"]


@lru_cache(maxsize=1)
def record() -> RecordRow:
    """The whole record, one for all tests: nobody alters it."""
    return played().record()


def charter() -> dict[str, Any]:
    """The charter's JSON, for a test to alter."""
    return copy.deepcopy(dict(record().charter))


class HistorySource:
    """The one office of the history."""

    def offices(self) -> Sequence[str]:
        return [record().office]

    def version(self, office: str) -> str:
        return hashlib.sha256(repr(self.record(office)).encode()).hexdigest()

    def record(self, office: str) -> RecordRow:
        if office != record().office:
            raise LookupError(office)
        return record()


def source() -> HistorySource:
    """What `YEOLLAK_PUBLIC_SOURCE` names in these tests."""
    return HistorySource()
