"""What two readings of one place leave over once all that is equal has been taken from both.

Numbers count as often as they stand; dates may say less of what the text says elsewhere (a year said once),
never less of the day. What is left over on both sides, or is strong on one, is a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.office.texts.tokens import Token
from yeollak.office.texts.units import same_unit

Same = Callable[[Token, Token], bool]
_HALF_DAY: Final = 12 * 60


@dataclass(frozen=True, slots=True)
class Leftover:
    """What stays without an equal, by the code of the warning that it makes."""

    code: str
    first: tuple[Token, ...]
    second: tuple[Token, ...]


def match(first: Sequence[Token], second: Sequence[Token], *, words: bool) -> Iterator[Leftover]:
    """What is left over of numbers, amounts, dates, times and days of the week.

    `words` says that numbers in words are read in both languages; otherwise only digits and dates count.
    """
    one, two = (
        [token for token in row if words or token.kind != "number" or any(map(str.isdecimal, token.text))]
        for row in (first, second)
    )
    one, two = _pair(one, two, _equal)
    one, two = _pair(one, two, _alike)
    one, two = _pair(one, two, _day_of_month)
    for code, kinds in (("dates-differ", "date"), ("times-differ", "time"), ("weekdays-differ", "weekday")):
        left, right = ([token for token in row if token.kind == kinds] for row in (one, two))
        if kinds == "weekday" and not (left and right):
            # A day of the week beside its date says nothing new.
            left, right = ([token for token in row if token.unit != "aside"] for row in (left, right))
        if left or right:
            yield Leftover(code, tuple(left), tuple(right))
    left, right = ([token for token in row if token.kind == "number"] for row in (one, two))
    yield from _numbers(left, right)


def _numbers(one: list[Token], two: list[Token]) -> Iterator[Leftover]:
    units = [
        (a, b) for a in one for b in two if a.value == b.value and "shadow" not in (a.strength, b.strength)
    ]
    for a, b in units:
        if a in one and b in two:
            one, two = _less(one, a), _less(two, b)
            money = a.money or b.money
            yield Leftover("amounts-differ" if money else "units-differ", (a,), (b,))
    for code, money in (("amounts-differ", True), ("numbers-differ", False)):
        left, right = ([token for token in row if token.money is money] for row in (one, two))
        if found := _judge(left, right):
            yield Leftover(code, *found)


def _judge(one: list[Token], two: list[Token]) -> tuple[tuple[Token, ...], tuple[Token, ...]] | None:
    """What is a difference of the numbers left over. A shadow, or grammar, may answer for a one or a two."""
    left, right = (
        [token for token in row if token.strength != "shadow" and not _shadowed(token, other)]
        for row, other in ((one, two), (two, one))
    )
    if not left or not right:
        left = [token for token in left if not _implied(token, two)]
        right = [token for token in right if not _implied(token, one)]
        if not any(token.strength == "strong" for token in (*left, *right)):
            return None
    return tuple(left), tuple(right)


def _shadowed(token: Token, others: Sequence[Token]) -> bool:
    """Whether a number stands in a name of the other language: 19 in COVID-19. A dual comes later."""
    return token.value not in ("1", "2") and any(
        other.strength == "shadow" and other.value == token.value for other in others
    )


def _implied(token: Token, others: Sequence[Token]) -> bool:
    """Whether the other language may say `token` without a number of its own."""
    if token.money or token.unit == "percent":
        return False
    return token.value == "1" or any(
        other.strength == "shadow" and other.value == token.value for other in others
    )


def _pair(one: list[Token], two: list[Token], same: Same) -> tuple[list[Token], list[Token]]:
    """Both without what has its equal in the other."""
    left: list[Token] = []
    rest = list(two)
    for token in one:
        found = next((other for other in rest if same(token, other)), None)
        if found is None:
            left.append(token)
        else:
            rest = _less(rest, found)
    return left, rest


def _less(row: list[Token], token: Token) -> list[Token]:
    at = row.index(token)
    return row[:at] + row[at + 1 :]


def _equal(a: Token, b: Token) -> bool:
    return a.kind == b.kind and a.value == b.value and a.unit == b.unit and a.strength == b.strength


def _alike(a: Token, b: Token) -> bool:
    if a.kind != b.kind:
        return False
    if a.kind == "date":
        return _same_date(a.value, b.value)
    if a.kind == "time":
        return _same_time(a, b)
    if a.kind == "number":
        sure = "shadow" not in (a.strength, b.strength)
        return sure and a.value == b.value and same_unit(a.unit, b.unit)
    return a.value == b.value


def _same_date(one: str, two: str) -> bool:
    parts = list(zip(one.split("-"), two.split("-"), strict=True))
    days = {part[2] for part in (one.split("-"), two.split("-"))}
    if len(days) > 1:
        return False
    return all(a == b or "?" in a or "?" in b for a, b in parts)


def _same_time(a: Token, b: Token) -> bool:
    if a.value == b.value:
        return True
    if "half" not in (a.unit, b.unit):
        return False
    minutes = [int(value[:2]) * 60 + int(value[3:]) for value in (a.value, b.value)]
    return minutes[0] % _HALF_DAY == minutes[1] % _HALF_DAY


def _day_of_month(a: Token, b: Token) -> bool:
    """A day whose month the other text has said before: the 24th."""
    for day, number in ((a, b), (b, a)):
        if day.kind == "date" and number.kind == "number" and number.unit in ("", "day"):
            return not day.value.endswith("?") and number.value == str(int(day.value[-2:]))
    return False
