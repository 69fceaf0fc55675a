"""What something costs, by what it does: a count is the same on a machine that is busy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines(work: Callable[[], object]) -> int:
    """How many lines of Python are run by `work` in this thread. What C does for one of them is not seen."""
    many, before = 0, sys.gettrace()

    def trace(_frame: FrameType, event: str, _found: Any) -> Any:
        nonlocal many
        many += event == "line"
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return many
