"""What holds for every target: a refusal is a stable fault, and what is read is written back as it came."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from yeollak.errors import CODES, Fault, RecordFault, TheirFault

T = TypeVar("T")

#: What a parser of the other side's bytes may raise; ours would blame the wrong side.
THEIRS = (RecordFault, TheirFault)


class Broken(AssertionError):
    """A target does not hold: what it says is the finding."""


def tried(read: Callable[[], T], *refusals: type[Exception]) -> T | None:
    """What `read` gives, or None where it refuses by a fault that is theirs, or by one of `refusals`.
    Whatever else it raises goes through, RecursionError and MemoryError among it.
    """
    try:
        return read()
    except THEIRS as fault:
        stable(fault)
        return None
    except refusals:
        return None


def stable(fault: Fault) -> None:
    """A fault has a code of the catalogue, and says no more than a line or so of what was sent."""
    if fault.code not in CODES:
        raise Broken(f"there is no code {fault.code}")
    if len(str(fault)) > 2000:
        raise Broken(f"{fault.code} says {len(str(fault))} characters")


def same(written: object, data: object) -> None:
    """What was read is written back as it came."""
    if written != data:
        raise Broken(f"written back as {str(written)[:200]!r}")


def holds(condition: bool, why: str) -> None:
    """A property of what was read."""
    if not condition:
        raise Broken(why)
