"""Works on premises and equipment: when, borne by whom, at what cost, as acts of their matters state it.

A second figure for one cost stands beside the first, under it, and nothing is summed: what a matter's acts do
not state is left open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yeollak.desk.charter import ornament, placed
from yeollak.desk.course import when_of
from yeollak.desk.held import ActView
from yeollak.desk.public import Item, PublicOffice
from yeollak.desk.texts import Moment, Text

_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost as one act states it, with the figures that other acts give for the same cost; `sources` are
    numbers of the references of the entry that tells of it.
    """

    act: str
    event: str | None
    value: int
    currency: str
    purpose: Text | None
    borne_by: str | None
    sources: tuple[int, ...]
    restated: tuple[Cost, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """One undertaking. `since` is when an act says that it began or how it stood, `until` when it was done;
    `bearers` are the sides that acts name as bearing a cost.
    """

    place: Text | None
    items: tuple[Item, ...]
    since: Moment
    until: Moment | None
    bearers: tuple[str, ...]
    costs: tuple[Cost, ...]


def works_of(office: PublicOffice) -> tuple[Work, ...]:
    """Every matter of works, in the order of its beginning."""
    matters: dict[str, list[ActView]] = {}
    for act in office.acts:
        if act.kind.startswith("project.") and not act.overtaken:
            matters.setdefault(act.matter, []).append(act)
    works = []
    for matter, acts in matters.items():
        if acts[0].facts.get("class") != "works":
            continue
        events = {act.facts.get("event") for act in acts}
        items = tuple(item for item in office.items if item.matter == matter or item.told.event in events)
        costs = _costs(acts, items)
        done = next((act for act in acts if act.kind == "project.complete"), None)
        every = [cost for one in costs for cost in (one, *one.restated)]
        works.append(
            Work(
                place=placed(ornament(acts[0].facts, "place", 200)),
                items=items,
                since=when_of(acts[0], office.zones),
                until=when_of(done, office.zones) if done is not None else None,
                bearers=tuple(dict.fromkeys(cost.borne_by for cost in every if cost.borne_by is not None)),
                costs=costs,
            )
        )
    return tuple(sorted(works, key=lambda work: work.since.day))


def _costs(acts: Sequence[ActView], items: Sequence[Item]) -> tuple[Cost, ...]:
    stated = [cost for act in acts if (cost := _cost(act, items)) is not None]
    again = {act.act: act.facts.get("restates") for act in acts if act.kind == "project.cost"}
    known = {cost.act for cost in stated}
    firsts = [cost for cost in stated if again[cost.act] not in known]
    return tuple(
        Cost(
            first.act,
            first.event,
            first.value,
            first.currency,
            first.purpose,
            first.borne_by,
            first.sources,
            tuple(cost for cost in stated if again[cost.act] == first.act),
        )
        for first in firsts
    )


def _cost(act: ActView, items: Sequence[Item]) -> Cost | None:
    amount: Any = act.facts.get("amount")
    if act.kind != "project.cost" or not isinstance(amount, Mapping):
        return None
    value, currency, event = amount.get("value"), amount.get("currency"), act.facts.get("event")
    if type(value) is not int or not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    bearer = act.facts.get("borne_by")
    return Cost(
        act.act,
        event if isinstance(event, str) else None,
        value,
        currency,
        ornament(act.facts, "for", 200),
        bearer if isinstance(bearer, str) else None,
        next((item.sources for item in items if item.told.event == event), ()),
        (),
    )
