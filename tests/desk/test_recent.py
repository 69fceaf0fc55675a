"""What is kept in memory is what its key says, and no more than was asked for."""

from __future__ import annotations

import pytest

from yeollak.desk.recent import Recent


def test_a_value_is_made_once_and_the_oldest_goes_first() -> None:
    made: list[str] = []
    held = Recent[str, int](2)

    def ask(key: str) -> int:
        def make() -> int:
            made.append(key)
            return len(key)

        return held.get(key, make)

    assert [ask(key) for key in ("a", "bb", "a", "ccc", "a", "bb")] == [1, 2, 1, 3, 1, 2]
    assert made == ["a", "bb", "ccc", "bb"]


def test_what_fails_is_not_kept() -> None:
    held = Recent[str, int](2)

    def fail() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        held.get("a", fail)
    assert held.get("a", lambda: 1) == 1
