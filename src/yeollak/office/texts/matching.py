"""What two readings of one place leave over once all that is equal has been taken from both.

Numbers count as often as they stand; dates may say less of what the text says elsewhere (a year said once),
never less of the day. What is left over on both sides, or is strong on one, is a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.office.texts.tokens import Token
from yeollak.office.texts.units import same_unit

Same = Callable[[Token, Token], bool]
Key = Callable[[Token], Hashable]
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
    one, two = _pair(one, two, _equal, lambda token: (token.kind, token.value))
    one, two = _pair(one, two, _alike, _bucket)
    one, two = _pair(one, two, _day_of_month, _day)
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
    waiting: defaultdict[str, list[Token]] = defaultdict(list)
    for token in two:
        if token.strength != "shadow":
            waiting[token.value].append(token)
    for token in [token for token in one if token.strength != "shadow"]:
        if waiting[token.value]:
            other = waiting[token.value].pop(0)
            one, two = _less(one, token), _less(two, other)
            money = token.money or other.money
            yield Leftover("amounts-differ" if money else "units-differ", (token,), (other,))
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


def _pair(one: list[Token], two: list[Token], same: Same, key: Key) -> tuple[list[Token], list[Token]]:
    """Both without what has its equal in the other. Only tokens of one key can be the same."""
    rest: defaultdict[Hashable, list[Token]] = defaultdict(list)
    for token in two:
        rest[key(token)].append(token)
    left: list[Token] = []
    for token in one:
        near = rest[key(token)]
        found = next((at for at, other in enumerate(near) if same(token, other)), None)
        if found is None:
            left.append(token)
        else:
            del near[found]
    stayed = {id(token) for near in rest.values() for token in near}
    return left, [token for token in two if id(token) in stayed]


def _less(row: list[Token], token: Token) -> list[Token]:
    at = row.index(token)
    return row[:at] + row[at + 1 :]


def _equal(a: Token, b: Token) -> bool:
    return a.kind == b.kind and a.value == b.value and a.unit == b.unit and a.strength == b.strength


def _bucket(token: Token) -> Hashable:
    """What two tokens share that may be alike: the day of a date, the hour of either half of the day."""
    if token.kind == "date":
        return token.kind, token.value.rpartition("-")[2]
    return token.kind, _minutes(token) if token.kind == "time" else token.value


def _minutes(token: Token) -> int:
    return (int(token.value[:2]) * 60 + int(token.value[3:])) % _HALF_DAY


def _day(token: Token) -> Hashable:
    """The day of a date that has one, as a number would write it."""
    if token.kind == "date" and not token.value.endswith("?"):
        return str(int(token.value[-2:]))
    return token.value if token.kind == "number" else None


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
    return _minutes(a) == _minutes(b)


def _day_of_month(a: Token, b: Token) -> bool:
    """A day whose month the other text has said before: the 24th."""
    for day, number in ((a, b), (b, a)):
        if day.kind == "date" and number.kind == "number" and number.unit in ("", "day"):
            return not day.value.endswith("?") and number.value == str(int(day.value[-2:]))
    return False
