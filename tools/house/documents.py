"""Rules that hold documents against what they describe: dependencies, links, the command line in the README.

A document that nobody compares with the code is wrong within a month. Generated pages need no rule here:
`tools.generate_docs` writes them, and `tools.check` fails when writing them again would change one.
"""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath
from typing import Final

import click

from tools.house.finding import Finding

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
_ROW = re.compile(r"^\|\s*`([A-Za-z0-9._-]+)`\s*\|(.*)\|\s*$", re.MULTILINE)
_COLUMNS: Final = 4

#: Dependencies that no import shows, each with who reads it.
USED_UNSEEN: Final = {"tzdata": "zoneinfo of the standard library"}


def _canonical(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~\[;]", requirement, maxsplit=1)[0]).lower()


def required(pyproject: str) -> set[str]:
    """The canonical names (PEP 503) of all that pyproject.toml asks for: run time, extras and build."""
    data = tomllib.loads(pyproject)
    extras = data["project"].get("optional-dependencies", {}).values()
    lists = [data["project"]["dependencies"], *extras, data["build-system"]["requires"]]
    return {_canonical(requirement) for names in lists for requirement in names}


def dependencies_used(path: PurePosixPath, pyproject: str, sources: Iterable[str]) -> Iterator[Finding]:
    """Each dependency at run time is imported by some source, or named in `USED_UNSEEN`."""
    providers = packages_distributions()
    imported: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    used = {_canonical(name) for module in imported for name in providers.get(module, ())}
    names = {_canonical(requirement) for requirement in tomllib.loads(pyproject)["project"]["dependencies"]}
    for name in sorted(names - used - USED_UNSEEN.keys()):
        yield Finding(path, 0, "dependencies-used", f"{name} is required at run time and never imported")


def dependencies_explained(path: PurePosixPath, text: str, pyproject: str) -> Iterator[Finding]:
    """Each dependency has a row of four filled columns (`name`, what for, why this one, what was weighed)."""
    rule = "dependencies-explained"
    rows = {_canonical(name): [cell.strip() for cell in rest.split("|")] for name, rest in _ROW.findall(text)}
    wanted = required(pyproject)
    for name in sorted(wanted - rows.keys()):
        yield Finding(path, 0, rule, f"{name} is required and has no row")
    for name in sorted(rows.keys() - wanted):
        yield Finding(path, 0, rule, f"{name} has a row and is not required")
    for name, cells in rows.items():
        if len(cells) != _COLUMNS - 1 or not all(cells):
            yield Finding(path, 0, rule, f"{name}: say what for, why this one and what was weighed")


def links_lead_somewhere(path: PurePosixPath, text: str, root: Path) -> Iterator[Finding]:
    """Each relative link of a Markdown page names a file or folder that exists, as seen from the page."""
    if path.suffix != ".md":
        return
    for number, line in enumerate(text.splitlines(), 1):
        for match in _LINK.finditer(line):
            target = (match[1] or match[2]).partition("#")[0]
            elsewhere = re.match(r"[a-z][a-z0-9+.-]*:", target)
            if target and not elsewhere and not (root / path.parent / target).exists():
                yield Finding(path, number, "links-lead-somewhere", f"{target} does not exist")


def named(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """The commands of a group by name, whether it holds them or imports them when asked."""
    context = click.Context(group)
    for name in sorted(group.list_commands(context)):
        command = group.get_command(context, name)
        if command is not None:
            yield name, command


def commands(
    group: click.Group, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below `group` with the words that lead to it, in the order of the help page."""
    for name, command in named(group):
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))


def commands_exist(path: PurePosixPath, text: str, program: click.Group) -> Iterator[Finding]:
    """Each `yeollak …` in a page's code names a command and options that there are."""
    known = dict(commands(program))
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        spans = [line] if fenced else re.findall(r"`([^`]+)`", line)
        for span in spans:
            if match := re.match(
                r"\s*(?:\$\s+)?(?:\.venv/bin/)?yeollak(?:\s+([^#|>&;]*))?$", span.split(" #")[0]
            ):
                yield from _invocation(path, number, match[1] or "", program, known)


def _invocation(
    path: PurePosixPath,
    number: int,
    words: str,
    program: click.Group,
    known: dict[tuple[str, ...], click.Command],
) -> Iterator[Finding]:
    command: click.Command = program
    place: tuple[str, ...] = ()
    for word in shlex.split(words.replace("…", "")):
        if word.startswith("-") and word != "-":
            options = {
                name for p in (*command.params, *program.params) for name in (*p.opts, *p.secondary_opts)
            }
            if word.partition("=")[0] not in options | {"--help", "--version"}:
                yield Finding(path, number, "commands-exist", f"`yeollak {' '.join(place)}` has no {word}")
        elif isinstance(command, click.Group) and not word[0].isupper() and word[0] not in "[<":
            for choice in word.split("|"):
                if (*place, choice) not in known:
                    yield Finding(
                        path, number, "commands-exist", f"there is no `yeollak {' '.join((*place, choice))}`"
                    )
                    return
            place = (*place, word.split("|")[-1])
            command = known[place]


def commands_told(path: PurePosixPath, text: str, program: click.Group) -> Iterator[Finding]:
    """The README names every command of the first level, as `yeollak name`."""
    for name, command in named(program):
        if not command.hidden and not re.search(
            rf"yeollak(?:\s+\S+\|)?\s+(?:[\w|]+\|)?{re.escape(name)}\b", text
        ):
            yield Finding(path, 0, "commands-told", f"`yeollak {name}` is not mentioned")
