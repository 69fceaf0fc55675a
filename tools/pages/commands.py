"""The page of the command line, from the commands themselves: what each does, its arguments and options."""

from __future__ import annotations

import click

from tools.house.documents import commands
from tools.pages import NOTICE
from tools.program import program


def _usage(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(("yeollak", *path)))
    return " ".join((context.command_path, *command.collect_usage_pieces(context)))


def _options(command: click.Command) -> list[str]:
    rows = []
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
            rows.append(f"| {names} | {(parameter.help or '').replace('|', chr(92) + '|')} |")
    return ["| option | meaning |", "|---|---|", *rows, ""] if rows else []


def _prose(command: click.Command) -> str:
    text = command.help or command.short_help or ""
    return text.replace("\b\n", "").partition("\f")[0].strip() + "\n"


def pages() -> dict[str, str]:
    """One page: a section for every command, in the order of the help."""
    main = program()
    lines = [NOTICE, "# Command line\n", _prose(main), *_options(main)]
    for path, command in commands(main):
        if not command.hidden:
            lines += [f"## yeollak {' '.join(path)}\n", f"    {_usage(path, command)}\n", _prose(command)]
            lines += _options(command)
    return {"command-line.md": "\n".join(lines).rstrip() + "\n"}
