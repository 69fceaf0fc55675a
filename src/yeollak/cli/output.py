"""How the command line speaks: rich text for people, or one JSON object for programs.

Everything that a command says goes through an `Output`, so that with `--json` nothing but one object reaches
standard output. A sentence is a whole message of the catalogues, filled with data that is cleaned first and
never read as markup: it may come from another side. Nothing here decides anything.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from yeollak.errors import Fault
from yeollak.words import LANGUAGES, NATIVE_NAMES, clean, direction, from_posix, sentence
from yeollak.words import say as worded

#: Exit codes that no kind of fault has; docs/operator/exit-codes.md lists them all.
USAGE: Final = 2
INTERNAL: Final = 70
INTERRUPTED: Final = 130
_LONGEST: Final = 1024
#: Not a terminal: wide enough that no id is broken, for `grep` and files.
_WIDE: Final = 400
_FSI, _PDI, _LRM = "\u2068", "\u2069", "\u200e"


class Said(str):
    """Words of ours, filled with data that was cleaned: they may stand in another sentence as they are."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Output:
    """`json`: one object instead of text. `lang`: one of `words.LANGUAGES`. `debug`: let an unexpected error
    show where it came from.
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
        return cls("--json" in words, _writable(lang), "--debug" in words)

    def phrase(self, message: str, **data: str | int) -> Said:
        """A message of the catalogues in the reader's language, filled with cleaned data."""
        return self.filled(worded(self.lang, message), data)

    def filled(self, text: str, data: Mapping[str, str | int | None]) -> Said:
        """A message that is worded already, filled with cleaned data."""
        return Said(text.format_map({name: self._field(value) for name, value in data.items()}))

    def say(self, message: str, style: str = "", **data: str | int) -> None:
        """One sentence for people, as `phrase` words it; nothing with `--json`."""
        if not self.json:
            _print(self.phrase(message, **data), style)

    def line(self, text: str, style: str = "") -> None:
        """One line that is no sentence, as an address or text that was enclosed; nothing with `--json`."""
        if not self.json:
            _print(clean(text, longest=4096), style)

    def runs(self, lead: Said, runs: Iterable[tuple[str, str]]) -> None:
        """One line of `lead` and runs of (cleaned text, style), as what was taken out of a text and put into
        it; nothing with `--json`. Styles show at a terminal alone: see `colours`.
        """
        if not self.json:
            line = Text(lead)
            for run, style in runs:
                line.append(run, style)
            _console().print(line, soft_wrap=True)

    @property
    def colours(self) -> bool:
        """Whether styles are shown: at a terminal whose user has not set NO_COLOR."""
        console = _console()
        return console.is_terminal and not console.no_color

    def tabulate(self, rows: Iterable[Sequence[str]], *headings: str) -> None:
        """A table for people, with its headings translated; nothing with `--json`."""
        if self.json:
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in headings:
            table.add_column(Text(self._cell(worded(self.lang, heading, context="heading"))), overflow="fold")
        for row in rows:
            table.add_row(*(Text(self._cell(clean(cell, longest=_LONGEST))) for cell in row))
        _console().print(table)

    def result(self, value: Mapping[str, Any]) -> None:
        """The one object of `--json`; nothing for people."""
        if self.json:
            text = json.dumps(value, ensure_ascii=False, sort_keys=True)
            try:
                text.encode(sys.stdout.encoding or "ascii")
            except UnicodeEncodeError:
                # A file name may hold bytes that are no text, and not every terminal speaks UTF-8.
                text = json.dumps(value, sort_keys=True)
            click.echo(text)

    def fault(self, fault: Fault) -> None:
        """A fault as one clear line: sentence, next step, code."""
        said = sentence(fault, self.lang)
        self.trouble(said.code, said.sentence, said.next_step, fault.data)

    def trouble(
        self, code: str, happened: str, next_step: str, data: Mapping[str, Any] | None = None
    ) -> None:
        """What went wrong, to standard error, or as the one object."""
        if self.json:
            told = {"code": code, "data": dict(data or {}), "next_step": next_step, "sentence": happened}
            self.result({"error": told})
        else:
            _print(" ".join(f"{happened} {next_step} [{code}]".split()), "red", stderr=True)

    def _field(self, value: str | int | None) -> str:
        if isinstance(value, Said):
            return value
        text = clean(value, longest=_LONGEST) if isinstance(value, str) else str(value)
        # A path or a digest within an Arabic sentence is a run of its own (UAX #9, isolates).
        return f"{_FSI}{text}{_PDI}" if direction(self.lang) == "rtl" else text

    def _cell(self, text: str) -> str:
        # The mark keeps the columns in their order where a terminal takes a line's direction from its start.
        return f"{_LRM}{_FSI}{text}{_PDI}" if direction(self.lang) == "rtl" else text


def _print(text: str, style: str, *, stderr: bool = False) -> None:
    _console(stderr=stderr).print(Text(text, style=style), soft_wrap=True)


def _console(*, stderr: bool = False) -> Console:
    # Made at each use: tests and pipes put other streams in place while the process runs.
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDE
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def _language() -> str:
    # POSIX (XBD 8.2): the first of these that is set and not empty.
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return from_posix(next((name for name in names if name), None))


def _writable(lang: str) -> str:
    """`lang`, or English where the terminal's encoding has no letters for it."""
    try:
        NATIVE_NAMES[lang].encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "en"
    return lang
