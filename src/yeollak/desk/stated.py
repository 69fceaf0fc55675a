"""What acts state beyond that they were done: who may stay, how many people, which lines, by which route.

Facts are codes, numbers and short texts that the procedures' tables have checked; this picks those that a
reader should see and keeps them as values for the page to word. It explains nothing and adds nothing, except
that a withdrawal or a return without a reason is said to state none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from yeollak.desk.charter import ornament
from yeollak.desk.held import ActView
from yeollak.desk.texts import Text

#: The most values of one fact that are shown.
_MOST: Final = 16


@dataclass(frozen=True, slots=True)
class Code:
    """A value that the record holds as a code of a fact."""

    fact: str
    code: str


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people, or a least and a most number."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A side, and the function of its officer where one is stated."""

    side: str
    function: str | None


Value = Code | Count | Seat | Text | timedelta


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact with its values. `name` is what `words.acts.fact_word` knows it by."""

    name: str
    values: tuple[Value, ...]


def stated(acts: Iterable[ActView]) -> tuple[Stated, ...]:
    """What the acts of one event state, each thing once, in the order in which it was signed."""
    found: dict[str, Stated] = {}
    for act in acts:
        if act.overtaken:
            continue
        for one in _of(act.kind, act.facts):
            known = found.get(one.name)
            values = tuple(dict.fromkeys((*(known.values if known else ()), *one.values)))[:_MOST]
            found[one.name] = replace(one, values=values)
    return tuple(found.values())


def _of(kind: str, facts: Mapping[str, Any]) -> Iterable[Stated]:
    reader = _READERS.get(kind) or _READERS.get("*." + kind.partition(".")[2])
    if reader is not None:
        yield from reader(facts)
    reason = ornament(facts, "reason", 600)
    if reason is not None:
        yield Stated("reason", (reason,))
    elif kind in {"standing.withdraw", "standing.return"}:
        yield Stated("reason", (Code("reason", "none"),))


def _codes(name: str, fact: str, value: object) -> Iterable[Stated]:
    values = value if isinstance(value, list | tuple) else [value]
    codes = tuple(Code(fact, one) for one in values[:_MOST] if isinstance(one, str))
    if codes:
        yield Stated(name, codes)


def _people(facts: Mapping[str, Any]) -> Iterable[Stated]:
    extent = facts.get("extent")
    people: list[Value] = [Code("extent", extent)] if isinstance(extent, str) else []
    least, most = facts.get("staff_least"), facts.get("staff_most")
    if type(least) is int or type(most) is int:
        low, high = (one if type(one) is int else None for one in (least, most))
        people.append(Count(low if low is not None else high or 0, high if high is not None else low or 0))
    if type(whole := facts.get("staff")) is int:
        people.append(Count(whole, whole))
    if people:
        yield Stated("staff", tuple(people))
    for name in ("officials", "support"):
        if type(number := facts.get(name)) is int:
            yield Stated(name, (Count(number, number),))


def _withdrawal(facts: Mapping[str, Any]) -> Iterable[Stated]:
    return _codes("others", "others", facts.get("others"))


def _lines(facts: Mapping[str, Any]) -> Iterable[Stated]:
    state = facts.get("state")
    return _codes(state, "lines", facts.get("lines")) if state in ("cut", "restored") else ()


def _premises(facts: Mapping[str, Any]) -> Iterable[Stated]:
    return _codes("premises", "premises", facts.get("state"))


def _condition(facts: Mapping[str, Any]) -> Iterable[Stated]:
    condition = ornament(facts, "condition", 600)
    return (Stated("condition", (condition,)),) if condition is not None else ()


def _call(facts: Mapping[str, Any]) -> Iterable[Stated]:
    late = facts.get("late_minutes")
    return (Stated("late_minutes", (timedelta(minutes=late),)),) if type(late) is int and late > 0 else ()


def _held(facts: Mapping[str, Any]) -> Iterable[Stated]:
    sat = facts.get("sat")
    seats = [one.partition(".") for one in (sat if isinstance(sat, list | tuple) else ())[:_MOST]]
    if seats:
        yield Stated("sat", tuple(Seat(side, function or None) for side, _, function in seats))


def _absent(facts: Mapping[str, Any]) -> Iterable[Stated]:
    absent = facts.get("absent")
    sides = tuple(Seat(side, None) for side in (absent if isinstance(absent, list | tuple) else ())[:_MOST])
    if sides:
        yield Stated("absent", sides)
    yield from _codes("notified", "notified", facts.get("notified"))


def _stage(facts: Mapping[str, Any]) -> Iterable[Stated]:
    return _codes("stage", "stage", facts.get("stage"))


def _route(facts: Mapping[str, Any]) -> Iterable[Stated]:
    yield from _codes("route", "route", facts.get("route"))
    yield from _codes("copy", "copy", facts.get("copy"))


def _decision(facts: Mapping[str, Any]) -> Iterable[Stated]:
    return _codes("decision", "decision", facts.get("decision"))


def _result(facts: Mapping[str, Any]) -> Iterable[Stated]:
    return _codes("result", "result", facts.get("result"))


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterable[Stated]]]] = {
    "*.route": _route,
    "checkin.observe": _call,
    "meeting.absent": _absent,
    "meeting.held": _held,
    "project.enter": _stage,
    "request.answer": _decision,
    "request.outcome": _result,
    "standing.leave": _people,
    "standing.line": _lines,
    "standing.premises": _premises,
    "standing.return": _people,
    "standing.staff": _people,
    "standing.stay": _people,
    "standing.withdraw": _withdrawal,
    "suspension.propose": _condition,
    "suspension.counter": _condition,
    "suspension.report": _condition,
}
