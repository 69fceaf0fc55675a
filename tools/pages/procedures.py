"""The pages of the procedures, from their tables: diagram, phases, acts, facts, clocks and crossings."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache

from tools.examples import example
from tools.pages import NOTICE
from yeollak import procedures
from yeollak.procedures.catalogue import PROCEDURES, rules_version
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import COMMON, EVERYWHERE, Due, Kind
from yeollak.procedures.table import NONE, Join, Procedure, Row, Write

_DUES = {Due.NO: "", Due.MAY: "may set a time", Due.MUST: "must set a time"}
_CROSS = {
    "both": "",
    "same": "a second by another side at the same time is harmless",
    "first": "of two at the same time the first stands: by turn, then by place in the charter",
}


def pages() -> dict[str, str]:
    """One page for each procedure of the design, and one that lists them."""
    families: dict[str, list[Procedure]] = {}
    for procedure in PROCEDURES:
        families.setdefault(procedure.family, []).append(procedure)
    made = {f"procedures/{family}.md": _page(family, tables) for family, tables in families.items()}
    return {"procedures/README.md": _index(families), **made}


def _index(families: dict[str, list[Procedure]]) -> str:
    lines = [
        NOTICE,
        "# Procedures\n",
        "Each kind of business has one table that says in which phase which act may be done by whom, what it",
        "writes and where it leads. The same tables drive the nodes, the desks, the command line and these",
        "pages. How a table is read is told in [the specification](../spec/20-procedures.md).\n",
        f"Rules version of these tables: `{rules_version()}`.\n",
        "| procedure | table | skeleton | what it is for |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| [{family}]({family}.md) | {table.name} | {table.skeleton} | {_cell(table.purpose)} |"
        for family, tables in families.items()
        for table in tables
    ]
    lines += [
        "\n## Acts that every table has\n",
        "Any party may add them to an open matter, in every phase, and they change nothing.\n",
        *_acts(COMMON.values()),
        "\n## Facts that every act may carry\n",
        *_facts(EVERYWHERE),
    ]
    return "\n".join(lines) + "\n"


def _page(family: str, tables: Iterable[Procedure]) -> str:
    lines = [NOTICE, f"# {family.capitalize()}\n"]
    for table in tables:
        lines += _table(table)
    return "\n".join(lines).rstrip() + "\n"


def _table(table: Procedure) -> Iterator[str]:
    yield f"## {table.name}\n"
    code = f"src/yeollak/procedures/{_modules()[table.name]}.py"
    yield f"{table.purpose} Skeleton: {table.skeleton}. Code: `{code}`.\n"
    if table.key is not None:
        parts = "/".join(part.upper() for part in table.key.parts)
        whose = "only the side that it names may act" if table.key.owned else "every side may open it"
        yield f"Natural key: `{table.key.prefix}{parts}`; {whose}.\n"
    yield from _diagram(table)
    yield "\n### What may be done\n"
    yield "| phase | act | who | leads to | writes | conditions |"
    yield "|---|---|---|---|---|---|"
    for phase, rows in table.rows.items():
        if not rows:
            yield f"| **{phase}** | nothing more | | | | |"
        for kind, row in rows.items():
            yield _row(table, phase, kind, row)
    if table.joins:
        yield "\nJoint steps, which come about by themselves:\n"
        for join in table.joins:
            yield f"- {_join(join)}"
    clocks = list(_clocks(table))
    if clocks:
        yield "\n### Clocks\n"
        yield from clocks
    if table.pairs:
        yield "\n### Acts that crossed\n"
        yield "Of two acts of different sides of which neither had seen the other, the first stands and the"
        yield "second is overtaken. Pairs that are not listed do not disturb each other.\n"
        yield "| stands | is overtaken |"
        yield "|---|---|"
        for (first, role), (second, other) in table.pairs:
            yield f"| `{first}` by {role.value} | `{second}` by {other.value} |"
    yield from example(table)
    yield "\n### Acts\n"
    yield from _acts(table.kinds)
    yield ""


@cache
def _modules() -> dict[str, str]:
    """The module of each table by the table's name."""
    found = {}
    for info in pkgutil.iter_modules(procedures.__path__):
        for table in getattr(importlib.import_module(f"{procedures.__name__}.{info.name}"), "TABLES", ()):
            found[table.name] = info.name
    return found


def _diagram(table: Procedure) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    names = {phase: phase.replace("-", "_") for phase in table.rows}
    for phase, name in names.items():
        if phase != NONE and phase != name:
            yield f'    state "{phase}" as {name}'
    steps: dict[tuple[str, str], list[str]] = {}
    for phase, rows in table.rows.items():
        for kind, row in rows.items():
            short = kind.partition(".")[2]
            for target in sorted(row.targets(phase) - {phase}):
                steps.setdefault((phase, target), []).append(short)
    for join in table.joins:
        whom = "on every item" if join.items else "by every side"
        steps.setdefault((join.phase, join.to), []).append(f"({join.slot} {whom})")
    for (phase, target), kinds in steps.items():
        start = "[*]" if phase == NONE else names[phase]
        yield f"    {start} --> {names[target]}: {', '.join(kinds)}"
    for phase in table.rows:
        if not table.rows[phase]:
            yield f"    {names[phase]} --> [*]"
    yield "```"


def _row(table: Procedure, phase: str, kind: str, row: Row) -> str:
    leads = "stays" if row.targets(phase) == {phase} else " or ".join(sorted(row.targets(phase)))
    if row.turns is not None:
        leads = ", ".join(
            f"{target} if `{row.turns[0]}` is {value}" for value, target in row.turns[1].items()
        )
    conditions = [
        f"must name the act in `{row.answers}`" if row.answers else "",
        f"only who has filled `{row.own}`" if row.own else "",
        f"only who has not filled `{row.free}`" if row.free else "",
        "not before the time set" if row.lapses else "",
        (row.guard.__doc__ or "").strip() if row.guard else "",
        _CROSS[row.cross],
    ]
    writes = [_write(write) for write in row.writes]
    writes += [f"empties `{slot}`" for slot in row.clears]
    said = "; ".join(part for part in conditions if part)
    return f"| {phase} | `{kind}` | {row.by.value} | {leads} | {_cell(', '.join(writes))} | {_cell(said)} |"


def _write(write: Write) -> str:
    keyed = f"/{write.keyed.upper()}" if write.keyed else ""
    side = "/SIDE" if write.each else ""
    return f"`{write.slot}{keyed}{side}`{' once' if write.once else ''}"


def _join(join: Join) -> str:
    whose = f"every item in `{join.items}`" if join.items else "every side of the matter"
    text = f", each equal to `{join.equal_to}`" if join.equal_to else ""
    return f"in **{join.phase}**, when `{join.slot}` is filled for {whose}{text}: **{join.to}**"


def _clocks(table: Procedure) -> Iterator[str]:
    for phase, rows in table.rows.items():
        for kind, row in rows.items():
            if row.lapses:
                target = " or ".join(sorted(row.targets(phase)))
                who = row.by.value
                yield f"- In **{phase}** {who} may sign `{kind}` once the time is over: **{target}**."
    setting = [f"`{kind.name}`" for kind in table.kinds if kind.due != Due.NO]
    if setting:
        yield f"- A time is set by {', '.join(setting)}."


def _acts(kinds: Iterable[Kind]) -> Iterator[str]:
    for kind in kinds:
        signed = ", ".join(sorted(kind.functions)) or "any officer of the desk"
        due = f" Clock: {_DUES[kind.due]}." if _DUES[kind.due] else ""
        yield f"**`{kind.name}`**: {kind.purpose} Signed by: {signed}.{due}"
        yield f"Enclosures: {', '.join(sorted(kind.releases))}.\n"
        if kind.facts:
            yield from _facts(kind.facts)
            yield ""


def _facts(facts: Iterable[Fact]) -> Iterator[str]:
    yield "| fact | type | needed | what it says |"
    yield "|---|---|---|---|"
    for fact in facts:
        kind = f"list of {fact.type}" if fact.many else fact.type
        choices = f": {', '.join(fact.choices)}" if fact.choices else ""
        needed = "yes" if fact.required else ""
        yield f"| `{fact.name}` | {kind}{choices} | {needed} | {_cell(fact.purpose)} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
