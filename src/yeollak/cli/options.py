"""What every command takes: `--json`, `--lang`, `--debug`, and the reading of files named by the caller.

The three options are read by `Output.asked` before parsing; here they are declared, so that help pages show
them and a wrong value is a usage error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from yeollak.cli.output import Output
from yeollak.cli.usage import Misuse
from yeollak.errors import OurFault
from yeollak.storage import disk
from yeollak.words import LANGUAGES

_F = TypeVar("_F", bound=Callable[..., Any])


def shared(command: _F) -> _F:
    """Declare the options of every command, and pass it the `Output` first."""
    for option in (
        click.option("--debug", is_flag=True, expose_value=False, help="Show where an internal error arose."),
        click.option(
            "--lang",
            type=click.Choice(LANGUAGES),
            expose_value=False,
            help="The language to speak; else that of the locale.",
        ),
        click.option("--json", is_flag=True, expose_value=False, help="One JSON object, nothing else."),
    ):
        command = option(command)
    passed: _F = click.make_pass_decorator(Output)(command)  # type: ignore[assignment]  # click types it anew
    return passed


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a file that the caller named, at most `limit` of them.

    Raises OurFault(`file-unreadable`, `file-too-large`).
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as problem:
        raise OurFault("file-unreadable", file=str(path), why=problem.strerror or "no access") from None
    if len(data) > limit:
        raise OurFault("file-too-large", file=str(path), limit=limit)
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all; one that is there stays.

    Raises OurFault(`file-exists`, `disk-full`, `file-unwritable`).
    """
    disk.write_whole(path, data, fresh=True)


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """`name=value` options by name. Raises Misuse for one without a name or given twice."""
    found: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not name or not equals or name in found:
            raise Misuse(
                "{option}: {item} is not NAME=VALUE, or stands there twice.", option=option, item=item
            )
        found[name] = value
    return found
