"""A worked example for each table: a matter of the replayed history, or, where the replay has none, one from
`examples.toml`. Every act is carried out by the table while the page is made, so none can be wrong.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from yeollak.demo.script import script
from yeollak.demo.steps import ActOf, MatterOf, Natural, Step, TextOf
from yeollak.procedures.catalogue import of_kind
from yeollak.procedures.kinds import COMMON
from yeollak.procedures.machine import awaited, step
from yeollak.procedures.table import Move, Procedure, State

PARTIES = ("south", "north")
_MOST = 14
#: So many values of a list are shown.
_LISTED = 6
#: Facts whose values are words of the tables, and say something beside the act.
_SHOWN = frozenset(
    {
        "asset",
        "checked",
        "class",
        "clause",
        "copy",
        "date",
        "decision",
        "every",
        "extent",
        "form",
        "function",
        "ground",
        "level",
        "occurrence",
        "others",
        "relation",
        "result",
        "role",
        "round",
        "route",
        "shape",
        "since",
        "slot",
        "stage",
        "state",
        "until",
        "view",
        "weekday",
    }
)
_ZONE = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True)
class Did:
    """One act of an example."""

    when: str
    side: str
    kind: str
    facts: Mapping[str, Any]
    encloses: str | None = None


def example(procedure: Procedure) -> Iterator[str]:
    """The section of the page. Raises KeyError for a table without an example, Void when the table refuses an
    act of it.
    """
    acts: Sequence[Did] = _played().get(procedure.name, ())
    story = "From the replay of the history; what each act rests on, [this](../demonstration.md) says."
    if not acts:
        told = _told()[procedure.name]
        acts, story = tuple(Did(**act) for act in told["acts"]), " ".join(told["story"].split())
    yield "\n### A worked example\n"
    yield f"{story}\n"
    yield "| when | side | act | says | phase after | waits for |"
    yield "|---|---|---|---|---|---|"
    state = State()
    for number, act in enumerate(acts):
        state = _after(procedure, state, act, number)
        waits = ", ".join(sorted(awaited(procedure, state, PARTIES)))
        yield f"| {act.when} | {act.side} | `{act.kind}` | {_says(act.facts)} | {state.phase} | {waits} |"


def _after(procedure: Procedure, state: State, act: Did, number: int) -> State:
    row = procedure.rows.get(state.phase, {}).get(act.kind)
    answered = state.slots.get(row.answers) if row is not None and row.answers else None
    kind = procedure.kind(act.kind)
    if kind is None:
        raise ValueError(f"{procedure.name} has no kind {act.kind}")
    move = Move(
        id=f"act {number}",
        side=act.side,
        kind=act.kind,
        at="2999-01-01T00:00:00Z",
        facts=act.facts,
        re=(str(answered),) if answered else (),
        due="2998-01-01T00:00:00Z" if kind.due != "no" else None,
        enclosures={hashlib.sha256(act.side.encode()).hexdigest(): act.encloses} if act.encloses else {},
    )
    return step(procedure, state, move, PARTIES)


def _says(facts: Mapping[str, Any]) -> str:
    said = []
    for name, value in facts.items():
        if isinstance(value, Mapping) and "en" in value:
            said.append(str(value["en"]))
        elif name in _SHOWN or isinstance(value, int | list):
            shown = str(value) if not isinstance(value, list) else ", ".join(map(str, value[:_LISTED]))
            shown += (
                f" and {len(value) - _LISTED} more"
                if isinstance(value, list) and len(value) > _LISTED
                else ""
            )
            said.append(f"{name.replace('_', ' ')} {shown}")
    return "; ".join(said).replace("|", "\\|")


@cache
def _told() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))


@cache
def _played() -> Mapping[str, Sequence[Did]]:
    """For each table the matter of the replay that shows the most of it."""
    matters: dict[str, list[tuple[str, Step]]] = {}
    tables: dict[str, Procedure] = {}
    home: dict[str, str] = {}
    for scene in script({"south": "00" * 32, "north": "11" * 32}):
        for beat in scene.beats:
            for one in beat.steps:
                name = _matter(one, home)
                home[one.name] = name
                found = of_kind(one.kind)
                if found is not None and one.kind not in COMMON:
                    tables.setdefault(name, found)
                matters.setdefault(name, []).append((f"{beat.at.astimezone(_ZONE):%Y-%m-%d}", one))
    best: dict[str, tuple[tuple[int, int], Sequence[Did]]] = {}
    for name, acts in matters.items():
        if name not in tables or len(acts) > _MOST:
            continue
        did = tuple(Did(when, one.side, one.kind, _facts(one.facts), _release(one)) for when, one in acts)
        rank = (len({act.kind for act in did}), len(did))
        if tables[name].name not in best or rank > best[tables[name].name][0]:
            best[tables[name].name] = (rank, did)
    return {name: acts for name, (_, acts) in best.items()}


def _matter(one: Step, home: Mapping[str, str]) -> str:
    if isinstance(one.matter, MatterOf):
        return home.get(one.matter.step, one.matter.step)
    if isinstance(one.matter, Natural):
        return f"{one.matter.procedure}/{one.matter.key}"
    found = of_kind(one.kind)
    if found is not None and found.key is not None:
        return f"{found.name}/{found.key.of(Move('', one.side, one.kind, '', _facts(one.facts)))}"
    return one.name


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with every reference to another act as that act's name."""
    return {
        name: f"{type(value).__name__} {value.step}"
        if isinstance(value, MatterOf | ActOf | TextOf)
        else value
        for name, value in facts.items()
    }


def _release(one: Step) -> str | None:
    return one.texts[0].release if one.texts else ("right" if one.delivers else None)
