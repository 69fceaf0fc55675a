"""Which file a fault is about.

A fault deep inside a file knows what it met but not where it was called from; here the name is added on its
way out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from yeollak.errors import RecordFault


@contextmanager
def about(file: str) -> Iterator[None]:
    """Faults that leave this block name `file` in their data, unless they name one already."""
    try:
        yield
    except RecordFault as fault:
        if "file" in fault.data:
            raise
        raise RecordFault(fault.code, **{**fault.data, "file": file}) from None
