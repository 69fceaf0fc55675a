"""How the command line speaks: rich text for people, or one JSON object for programs.

Everything that a command says goes through an `Output`, so that with `--json` nothing but one object reaches
standard output. Text that may come from another side is cleaned and never read as markup. Nothing here
decides anything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from yeollak.errors import Fault
from yeollak.words import LANGUAGES, clean, from_posix, sentence

#: Exit codes that no kind of fault has; docs/operator/exit-codes.md lists them all.
USAGE: Final = 2
INTERNAL: Final = 70
INTERRUPTED: Final = 130
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Output:
    """`json`: one object instead of text. `lang`: of faults, one of `words.LANGUAGES`. `debug`: let an
    unexpected error show where it came from.
    """

    json: bool = False
    lang: str = "en"
    debug: bool = False

    @classmethod
    def asked(cls, args: Sequence[str]) -> Output:
        """What `args` and the environment ask for. Read before parsing: a usage error needs it too."""
        words = list(args)
        words = words[: words.index("--")] if "--" in words else words
        lang = _language()
        for place, word in enumerate(words):
            name, _, value = word.partition("=")
            if name == "--lang":
                given = value or (words[place + 1] if place + 1 < len(words) else "")
                lang = given if given in LANGUAGES else lang
        return cls("--json" in words, lang, "--debug" in words)

    def line(self, text: str, style: str = "") -> None:
        """One line for people; nothing with `--json`."""
        if not self.json:
            _console().print(Text(clean(text, longest=4096), style=style), soft_wrap=True)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table for people; nothing with `--json`."""
        if self.json:
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(Text(clean(cell, longest=_LONGEST)) for cell in row))
        _console().print(table)

    def result(self, value: Mapping[str, Any]) -> None:
        """The one object of `--json`; nothing for people."""
        if self.json:
            click.echo(json.dumps(value, ensure_ascii=False, sort_keys=True))

    def fault(self, fault: Fault) -> None:
        """A fault as one clear line: sentence, next step, code."""
        worded = sentence(fault, self.lang)
        self.trouble(worded.code, worded.sentence, worded.next_step)

    def trouble(self, code: str, happened: str, next_step: str) -> None:
        """What went wrong, to standard error, or as the one object."""
        if self.json:
            self.result({"error": {"code": code, "next_step": next_step, "sentence": happened}})
        else:
            text = clean(f"{happened} {next_step} [{code}]", longest=4096)
            _console(stderr=True).print(Text(text, style="red"), soft_wrap=True)


def _console(*, stderr: bool = False) -> Console:
    # Made at each use: tests and pipes put other streams in place while the process runs.
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def _language() -> str:
    # POSIX (XBD 8.2): the first of these that is set and not empty.
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return from_posix(next((name for name in names if name), None))
