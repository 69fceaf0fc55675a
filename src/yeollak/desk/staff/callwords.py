"""The call book in words: its first sentence, its figures, its firsts, and what came of one call.

Streaks and firsts are those of the statistics, jointly over all lines, and are views of the record: a streak
of calls that were answered goes on over those that a calendar excused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yeollak.desk.staff.callcells import Cell
from yeollak.office.statistics.streaks import ALL, JOINTLY
from yeollak.words import day, duration, number, say, say_count
from yeollak.words.facts import value_word
from yeollak.words.naming import Reader

#: Below so many months without one, a first is no news, unless it is the first ever.
_NEWS = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it is of."""

    value: str
    under: str


@dataclass(frozen=True, slots=True)
class First:
    """The first call with an outcome in the year: its day, what it was, and its matter."""

    day: date
    label: str
    said: str
    matter: str


def verdict(streaks: Sequence[Mapping[str, Any]], lang: str) -> str:
    """How calls stand now, in a sentence."""
    standing = {one["streak"]: one["standing"] for one in _joint(streaks) if "standing" in one}
    if "answered" in standing:
        run = standing["answered"]
        return say_count(
            lang,
            "{n} call answered without a break, since {since}.",
            "{n} calls answered without a break, since {since}.",
            run["calls"],
            since=day(date.fromisoformat(run["since"]), lang),
        )
    if "unanswered" in standing:
        run = standing["unanswered"]
        return say_count(
            lang,
            "{n} call unanswered without a break, since {since}.",
            "{n} calls unanswered without a break, since {since}.",
            run["calls"],
            since=day(date.fromisoformat(run["since"]), lang),
        )
    return (
        say(lang, "No streak of calls stands.") if streaks else say(lang, "No call of this year is entered.")
    )


def figures(streaks: Sequence[Mapping[str, Any]], cells: Sequence[Cell], lang: str) -> list[Figure]:
    """The figures of a year: its longest streaks, what its calls came to, and the latest answer."""
    found = []
    for one in _joint(streaks):
        if "longest" in one:
            run = one["longest"]
            since, until = (day(date.fromisoformat(run[name]), lang) for name in ("since", "until"))
            many = say_count(lang, "{n} call", "{n} calls", run["calls"])
            found.append(Figure(many, _streak(lang, one["streak"], since, until)))
    entered = [one for one in cells if one.matter]
    if entered:
        differing = sum(one.mark == "differ" for one in entered)
        under = say(lang, "calls of the year entered; accounts differ: {n}", n=differing)
        found.append(Figure(number(len(entered)), under))
    late = [(account.late, one) for one in entered for account in one.accounts if account.late]
    if late:
        minutes, cell = max(late, key=lambda one: (one[0], one[1].day))
        found.append(
            Figure(
                duration(timedelta(minutes=minutes or 0), lang),
                say(lang, "latest answer, {day}", day=day(cell.day, lang)),
            )
        )
    return found[:4]


def news(firsts: Sequence[Mapping[str, Any]], lang: str) -> Iterator[First]:
    """The firsts of a year that are news: the first ever, or the first in a month or more."""
    for one in sorted(firsts, key=lambda one: str(one["day"])):
        if one.get("line") != ALL or one.get("what") != "call":
            continue
        on, outcome = date.fromisoformat(one["day"]), one["outcome"]
        word = outcome_word(lang, outcome)
        months = int(one.get("months", 0))
        if one["ever"]:
            said = say(lang, "first ever: {outcome}", outcome=word)
        elif months >= _NEWS:
            said = say_count(
                lang,
                "first in {n} month: {outcome}",
                "first in {n} months: {outcome}",
                months,
                outcome=word,
            )
        else:
            continue
        yield First(on, day(on, lang), said, str(one["matter"]))


def outcome_word(lang: str, outcome: str) -> str:
    """What came of a call, in a word or two."""
    if outcome in ("differ", "differing"):
        return say(lang, "accounts differ")
    if outcome == "missing":
        return say(lang, "not entered")
    if outcome == "cut":
        return say(lang, "no line")
    if outcome == "due":
        return say(lang, "to come")
    return value_word(lang, "view", outcome) or outcome


def account_word(reader: Reader, view: str, late: int | None) -> str:
    """What a side entered of a call."""
    if not view:
        return say(reader.lang, "nothing entered")
    word = value_word(reader.lang, "view", view) or view
    if late:
        minutes = duration(timedelta(minutes=late), reader.lang)
        return f"{word}, {minutes}"
    return word


def _streak(lang: str, streak: str, since: str, until: str) -> str:
    if streak == "answered":
        return say(lang, "longest streak answered, {since} to {until}", since=since, until=until)
    return say(lang, "longest streak unanswered, {since} to {until}", since=since, until=until)


def _joint(streaks: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (one for one in streaks if one["line"] == ALL and one["seen_by"] == JOINTLY)
