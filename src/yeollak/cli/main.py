"""The entry of the command line: its commands, and what becomes of everything that goes wrong.

A fault ends as one clear line with a code and the exit code of its kind; nobody but who asks with `--debug`
ever sees a traceback. Commands are one module a noun and hold no logic.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

import click

from yeollak.cli.output import INTERNAL, INTERRUPTED, USAGE, Output
from yeollak.cli.usage import told
from yeollak.errors import Fault, OurFault
from yeollak.storage import disk

#: Every command with its module. A module is imported when its command is asked for:
#: what all of them need takes longer to import than most commands take to run.
COMMANDS: Final[Mapping[str, str]] = {
    "account": "account",
    "init": "init",
    "card": "card",
    "office": "office",
    "officer": "officer",
    "key": "key",
    "register": "key",
    "serve": "serve",
    "recover": "serve",
    "pouch": "pouch",
    "act": "act",
    "matter": "matter",
    "docket": "docket",
    "calendar": "calendar",
    "form": "form",
    "text": "text",
    "deposit": "deposit",
    "record": "record",
    "statistics": "statistics",
    "export": "export",
    "exhibit": "exhibit",
    "demo": "demo",
    "doctor": "doctor",
    "verify": "verify",
}


class Program(click.Group):
    """A group that imports a command when it is asked for, and turns whatever ends it into a line and an exit
    code.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order of the alphabet, as click lists its own."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"yeollak.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def main(  # type: ignore[override]  # click overloads it by a flag that callers of a console script never set
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,
    ) -> NoReturn:
        """Run the command line and exit. Exit codes: docs/operator/exit-codes.md."""
        given = list(sys.argv[1:] if args is None else args)
        if args is None:
            # Whoever is told to end tidies up first, as after Ctrl-C.
            signal.signal(signal.SIGTERM, _interrupt)
        out = Output.asked(given)
        extra.pop("standalone_mode", None)
        sys.exit(self._run(given, prog_name or "yeollak", out, extra))

    def _run(self, args: list[str], prog_name: str, out: Output, extra: dict[str, Any]) -> int:
        try:
            ended = super().main(args, prog_name, standalone_mode=False, obj=out, **extra)
        except Fault as fault:
            out.fault(fault)
            return fault.exit_status
        except click.UsageError as problem:
            where = problem.ctx.command_path if problem.ctx else prog_name
            then = out.phrase("See `{command} --help`.", command=where)
            out.trouble("usage", told(out, problem), then)
            return USAGE
        except (click.Abort, KeyboardInterrupt):
            out.fault(OurFault("interrupted"))
            return INTERRUPTED
        except Exception as problem:  # noqa: BLE001 - the last line before a user: no traceback passes it
            return self._unexpected(problem, out)
        return ended if isinstance(ended, int) else 0

    def _unexpected(self, problem: Exception, out: Output) -> int:
        if isinstance(problem, OSError) and problem.errno == errno.EPIPE:
            # Who read our output has gone, as `head` does: nothing is left to say, nor anywhere to say it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        known = _fault_of(problem)
        if known is not None and not out.debug:
            out.fault(known)
            return known.exit_status
        if out.debug:
            raise problem
        out.fault(OurFault("internal", kind=type(problem).__name__))
        return INTERNAL


def _fault_of(problem: Exception) -> OurFault | None:
    """What the disk or the database refused where nobody nearer has worded it."""
    if isinstance(problem, OSError):
        return disk.trouble(problem, problem.filename or "") if problem.filename else None
    if "django.db" in sys.modules:
        from yeollak.node.settings import store_fault

        return store_fault(problem)
    return None


def _interrupt(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yeollak", prog_name="yeollak")
def main() -> None:
    """Yeollak: one record between sides that do not trust each other."""
