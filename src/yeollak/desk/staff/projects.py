"""Projects, works and things in common use, as their acts state them: values that a page can set.

Pure: acts that stand in, plain values out. What the sides state of one thing is kept apart by side and never
made one; a cost that another act restates is counted once, under the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from yeollak.office.statistics.reading import MatterRead, Said

#: What a milestone is called where the sides do not say the same of it.
DIFFERING: Final = "differ"
#: Who bears a cost of which nobody says so.
NOBODY: Final = ""


@dataclass(frozen=True, slots=True)
class Report:
    """How far a side says that the work has come; `percent`, `milestone` and `state` where it states them."""

    said: Said
    percent: int | None
    milestone: str
    state: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone: on which day it was last spoken of, and what each side last said of it."""

    name: str
    day: date
    states: Mapping[str, str]

    @property
    def state(self) -> str:
        """What all that speak of it say, or `differ`."""
        found = set(self.states.values())
        return found.pop() if len(found) == 1 else DIFFERING


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost as one act states it, with those that restate it; `bearer` is a side or empty."""

    said: Said
    value: int
    currency: str
    bearer: str
    again: tuple[Cost, ...] = ()


@dataclass(frozen=True, slots=True)
class Undertaking:
    """A project or works. `stages` has what each side says of a common one that it has entered; `percents`
    what each side has stated, day by day.
    """

    matter: str
    opener: str
    begun: date
    last: date
    done: date | None
    ends: date | None
    stages: Mapping[str, str]
    reports: tuple[Report, ...]
    percents: Mapping[str, tuple[tuple[date, int], ...]]
    milestones: tuple[Milestone, ...]
    costs: tuple[Cost, ...]
    inspections: tuple[Said, ...]

    @property
    def sums(self) -> dict[str, dict[str, int]]:
        """Currency -> who bears it -> how much, of costs that restate no other."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for cost in self.costs:
            found[cost.currency][cost.bearer] += cost.value
        return {currency: dict(bearers) for currency, bearers in sorted(found.items())}


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing on a side's list: how many, what it is worth, what has become of it, and who may use it."""

    matter: str
    side: str
    asset: str
    listed: Said
    state: str
    where: Said
    users: Mapping[str, str] = field(default_factory=dict)


def undertaking(read: MatterRead) -> Undertaking:
    """What the standing acts of a matter of `project` come to."""
    reports = tuple(_report(said) for said in read.of("project.report"))
    days = [said.day for said in read.said]
    done = [said.day for said in read.of("project.complete")]
    ends = [day for said in read.said if (day := _day(said.move.facts.get("until"))) is not None]
    return Undertaking(
        matter=read.id,
        opener=read.opening.side,
        begun=min(days),
        last=max(days),
        done=max(done) if done else None,
        ends=max(ends) if ends else None,
        stages={said.side: said.fact("stage", "") for said in read.of("project.enter")},
        reports=reports,
        percents=_percents(reports),
        milestones=_milestones(reports),
        costs=_costs(read.of("project.cost")),
        inspections=tuple(read.of("project.inspect")),
    )


def thing(read: MatterRead) -> Thing | None:
    """What the standing acts of a matter of `asset` come to; None where it is on the list no more."""
    listed = next((said for said in reversed(read.said) if said.step == "list"), None)
    if listed is None or read.state.phase != "listed":
        return None
    stated = [said for said in read.of("asset.state") if said.order > listed.order]
    users: dict[str, str] = {}
    for said in read.of("asset.use"):
        named = said.move.facts.get("users")
        for side in named if isinstance(named, list | tuple) else ():
            users[str(side)] = said.fact("extent", "")
    return Thing(
        read.id,
        listed.side,
        listed.fact("asset", ""),
        listed,
        stated[-1].fact("state", "") if stated else "",
        stated[-1] if stated else listed,
        users,
    )


def in_common(things: Iterable[Thing]) -> tuple[list[Thing], list[Thing]]:
    """Things that a side besides the owner may use, and all others."""
    common: list[Thing] = []
    own: list[Thing] = []
    for one in things:
        shared = any(extent == "may-use" and side != one.side for side, extent in one.users.items())
        (common if shared else own).append(one)
    return common, own


def _report(said: Said) -> Report:
    percent = said.move.facts.get("percent")
    whole = percent if type(percent) is int and 0 <= percent <= 100 else None
    return Report(said, whole, said.fact("milestone", ""), said.fact("state", ""))


def _percents(reports: Sequence[Report]) -> dict[str, tuple[tuple[date, int], ...]]:
    """Each side's own figures by day: of one day the last that it has stated stands."""
    found: dict[str, dict[date, int]] = {}
    for one in reports:
        if one.percent is not None:
            found.setdefault(one.said.side, {})[one.said.day] = one.percent
    return {side: tuple(sorted(days.items())) for side, days in found.items()}


def _milestones(reports: Sequence[Report]) -> tuple[Milestone, ...]:
    last: dict[str, dict[str, Report]] = {}
    for one in reports:
        if one.milestone and one.state:
            last.setdefault(one.milestone, {})[one.said.side] = one
    return tuple(
        Milestone(
            name,
            max(report.said.day for report in by.values()),
            {side: report.state for side, report in by.items()},
        )
        for name, by in last.items()
    )


def _costs(stated: Iterable[Said]) -> tuple[Cost, ...]:
    acts = {said.move.id: said for said in stated}
    again: dict[str, list[Cost]] = {}
    firsts = []
    for said in acts.values():
        restates = said.move.facts.get("restates")
        if isinstance(restates, str) and restates in acts and restates != said.move.id:
            again.setdefault(restates, []).append(_cost(said))
        else:
            firsts.append(said)
    return tuple(_cost(said, tuple(again.get(said.move.id, ()))) for said in firsts)


def _cost(said: Said, again: tuple[Cost, ...] = ()) -> Cost:
    amount: Any = said.move.facts["amount"]
    return Cost(said, int(amount["value"]), str(amount["currency"]), said.fact("borne_by", NOBODY), again)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
