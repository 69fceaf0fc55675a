"""Commands that are not given as they must be, in the reader's language.

Our own refusals carry a message of the catalogues; click's are told by their kind, as its sentences are
English. What has none of these kinds is left in click's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from yeollak.words import say

if TYPE_CHECKING:
    from yeollak.cli.output import Output, Said

_DAY = "%Y-%m-%d"


class Misuse(click.UsageError):
    """A usage error of ours: `message` is one of the catalogues, `data` fills it and is cleaned."""

    def __init__(self, message: str, **data: str | int) -> None:
        super().__init__(message.format_map(data))
        self.template, self.data = message, data


def told(out: Output, problem: click.UsageError) -> str:
    """What is wrong, as one or two sentences."""
    if isinstance(problem, Misuse):
        return out.filled(say(out.lang, problem.template), problem.data)
    if isinstance(problem, click.NoSuchOption):
        happened = out.phrase("There is no option {option}.", option=problem.option_name)
        return _with(out, happened, problem.possibilities)
    # Not in every version of click that we take (8.4 brought it).
    if type(problem).__name__ == "NoSuchCommand":
        happened = out.phrase("There is no command {command}.", command=getattr(problem, "command_name", ""))
        return _with(out, happened, getattr(problem, "possibilities", None))
    if isinstance(problem, click.BadOptionUsage):
        return out.phrase("{option} has no value, or one where it takes none.", option=problem.option_name)
    if isinstance(problem, click.BadParameter) and problem.param is not None:
        return _of_parameter(out, problem, problem.param)
    return problem.format_message()


def _of_parameter(out: Output, problem: click.BadParameter, param: click.Parameter) -> str:
    name = param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
    if isinstance(problem, click.MissingParameter):
        happened = out.phrase("{option} is missing.", option=name)
    else:
        happened = out.phrase("What is given for {option} cannot be used.", option=name)
    takes = _takes(out, param.type)
    return f"{happened} {takes}" if takes else happened


def _takes(out: Output, kind: click.ParamType) -> Said | None:  # type: ignore[type-arg]  # as for Size
    if isinstance(kind, click.Choice):
        return out.phrase("It takes one of: {choices}.", choices=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange) and kind.max is not None:
        least = 0 if kind.min is None else int(kind.min)
        return out.phrase("It takes a number from {least} to {most}.", least=least, most=int(kind.max))
    if isinstance(kind, click.IntRange) and kind.min is not None:
        return out.phrase("It takes a number from {least} on.", least=int(kind.min))
    if isinstance(kind, click.DateTime) and _DAY in kind.formats:
        return out.phrase("It takes a day such as 2018-09-14.")
    return None


def _with(out: Output, happened: str, similar: Iterable[str] | None) -> str:
    names = ", ".join(similar or ())
    return f"{happened} " + out.phrase("Similar: {names}.", names=names) if names else happened
