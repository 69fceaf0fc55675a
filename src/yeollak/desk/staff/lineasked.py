"""What an address of the line asks for, and the links by which it is asked otherwise.

Whatever in it is not one of the choices is passed over, so that an old address never breaks the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from yeollak.record.document import PRECEDENCES
from yeollak.storage.rungs import Wanted
from yeollak.words import clean

#: What an address of the line may ask for.
FIELDS: Final = ("q", "side", "from", "procedure", "kind", "since", "until", "nodes", "as")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter: where it leads or its value, what it is called, and whether it is chosen."""

    value: str
    label: str
    chosen: bool
    style: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the text looked for, the filter, whether as a table, and the fields as they
    were given.
    """

    text: str
    wanted: Wanted
    table: bool
    given: Mapping[str, str]

    def query(self, **other: str) -> str:
        """The query string of the same line with some fields otherwise (`from_` for `from`); empty ones are
        left out.
        """
        merged = {**self.given, **{name.rstrip("_"): value for name, value in other.items()}}
        names = (*FIELDS, "before", "after", "act")
        return urlencode({name: merged[name] for name in names if merged.get(name)})

    @property
    def narrowed(self) -> bool:
        """Whether acts are left out that the whole line has."""
        return any(name in self.given for name in FIELDS if name not in ("as", "nodes"))


def asked_of(fields: Mapping[str, str], sides: Sequence[str]) -> Asked:
    """What a query string asks for."""
    given = {name: clean(fields.get(name, "")[:200], longest=200) for name in FIELDS}
    level = given["from"]
    wanted = Wanted(
        side=given["side"] if given["side"] in sides else "",
        procedure=given["procedure"][:64],
        kind=given["kind"][:64],
        least=PRECEDENCES.index(level) if level in PRECEDENCES else 0,
        since=_day(given["since"]),
        until=_day(given["until"]),
        nodes=given["nodes"] == "yes",
    )
    kept = {name: value for name, value in given.items() if value}
    return Asked(given["q"], wanted, given["as"] == "table", kept)


def choices(pairs: Iterable[tuple[str, str]], chosen: str) -> list[Choice]:
    """The choices of a field."""
    return [Choice(value, label, value == chosen) for value, label in pairs]


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
