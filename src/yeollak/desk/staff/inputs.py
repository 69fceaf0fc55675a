"""Inputs: what a page of the desk asks for, as plain values, and what was typed into it.

An input knows its name in the form, its label and what was typed; templates draw it, and nothing here knows
acts, forms or texts. What was typed is kept as it came, so that every page can show it again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from yeollak.record import canon
from yeollak.words import NATIVE_NAMES, direction, say

#: The most that one field may have, in characters, and the most fields that are kept of one page.
LONGEST: Final = 64 * 1024
MOST_FIELDS: Final = 4000
#: Never kept: what opens a key, proves a person, or guards the form itself; and what only steers the page.
SECRET: Final = frozenset({"passphrase", "code", "csrfmiddlewaretoken"})
STEERS: Final = frozenset({"act", "do", "files", "reads", "to", "version", "word"})


class Problem(ValueError):
    """What was typed cannot be read; `args[0]` says why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a closed list; `note` says what choosing it does."""

    value: str
    label: str
    checked: bool = False
    note: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a page.

    widget   `line`, `area`, `number`, `date`, `time`, `select`, `radios`, `checks`, or a group of `parts`:
             `moment`, `words`, `position`, `amount`, `rows` (each part a group `row`)
    known    what the record knows of it already, where it was filled in from there
    problem  what does not fit; `unit` stands behind the input; `lang` is that of what is typed into it;
             `code` marks tokens and digests
    """

    name: str
    label: str
    widget: str
    value: str = ""
    options: tuple[Option, ...] = ()
    parts: tuple[Input, ...] = ()
    required: bool = False
    help: str = ""
    known: str = ""
    problem: str = ""
    unit: str = ""
    lang: str = ""
    code: bool = False

    @property
    def id(self) -> str:
        """Its id on the page."""
        return self.name.replace(".", "-")

    @property
    def dir(self) -> str:
        """The direction of what is typed into it."""
        return direction(self.lang) if self.lang else ""

    @property
    def ltr(self) -> bool:
        """Whether it reads from left to right in every language: figures, clocks, codes."""
        return self.code or self.widget in ("number", "date", "time")


class Typed:
    """What was typed, by name of input; the values of a name stand in the order of the page."""

    def __init__(self, held: Mapping[str, Sequence[str]] | None = None) -> None:
        self._held = {name: list(values) for name, values in (held or {}).items()}

    @classmethod
    def of(cls, sent: Mapping[str, Sequence[str]], without: frozenset[str] = STEERS) -> Typed:
        """What a form has sent, bounded, and without what may not be kept or only steers the page; composed
        (NFC), as every text of the record is: some keyboards and clipboards give Hangul in parts.
        """
        kept: dict[str, list[str]] = {}
        for name, values in sent.items():
            if name in SECRET or name in without or len(name) > 200 or len(kept) >= MOST_FIELDS:
                continue
            kept[name] = [_composed(value[:LONGEST].replace("\r\n", "\n")) for value in values[:200]]
        return cls(kept)

    def one(self, name: str) -> str:
        """The last value under a name, without space around it; empty where there is none."""
        values = self._held.get(name)
        return values[-1].strip() if values else ""

    def every(self, name: str) -> list[str]:
        """All values under a name that are not empty."""
        return [value.strip() for value in self._held.get(name, ()) if value.strip()]

    def has(self, name: str) -> bool:
        """Whether the page had this input at all."""
        return name in self._held

    def names(self, start: str) -> list[str]:
        """The names that begin so."""
        return [name for name in self._held if name.startswith(start)]

    def given(self, names: Iterable[str]) -> bool:
        """Whether anything was typed under one of these names."""
        return any(self.every(name) for name in names)

    def with_(self, more: Mapping[str, str | Sequence[str]]) -> Typed:
        """The same with these values in place of what stood under their names."""
        added = {name: [value] if isinstance(value, str) else list(value) for name, value in more.items()}
        return Typed({**self._held, **added})

    def without(self, start: str) -> Typed:
        """The same without the names that begin so."""
        return Typed({name: values for name, values in self._held.items() if not name.startswith(start)})

    def to_json(self) -> dict[str, list[str]]:
        """As a draft keeps it: without what is empty."""
        return {name: values for name, values in self._held.items() if any(values)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Typed) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]  # it is a value that is compared and never a key


def _composed(value: str) -> str:
    """A value in NFC; composing may make a text longer, so it is bounded again."""
    return unicodedata.normalize("NFC", value)[:LONGEST]


def moment_input(
    name: str, label: str, typed: Typed, lang: str, zone: str, *, needs_time: bool = False, **more: Any
) -> Input:
    """A day with an hour on the clock of the office; the hour may be left out where `needs_time` is not
    said.
    """
    day, hour = say(lang, "Day"), say(lang, "Hour, {zone}", zone=zone)
    parts = (
        Input(f"{name}.d", day, "date", typed.one(f"{name}.d")),
        Input(f"{name}.t", hour, "time", typed.one(f"{name}.t")),
    )
    help_ = more.pop("help", "") or ("" if needs_time else say(lang, "Without an hour it is the whole day."))
    return Input(name, label, "moment", parts=parts, help=help_, **more)


def read_moment(typed: Typed, name: str, zone: tzinfo, lang: str, *, needs_time: bool = False) -> str | None:
    """The day, or the instant in UTC, that stands under a name; None where nothing does.

    Raises Problem for a day or an hour that does not exist.
    """
    day, hour = typed.one(f"{name}.d"), typed.one(f"{name}.t")
    if not day and not hour:
        return None
    if not day or (needs_time and not hour):
        raise Problem(say(lang, "Both the day and the hour are needed."))
    try:
        found = datetime.fromisoformat(f"{day}T{hour or '00:00'}:00")
        if found.tzinfo is not None:
            raise ValueError(hour)
        if not hour:
            return found.date().isoformat()
        utc = found.replace(tzinfo=zone).astimezone(UTC)
        back = utc.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        # Beyond the first and the last hour of the calendar there is none either.
        raise Problem(say(lang, "There is no such day or hour.")) from None
    if back != found:
        raise Problem(say(lang, "The clocks are put forward at that hour: it does not exist there."))
    return canon.format_instant(utc)


def typed_moment(name: str, value: str, zone: tzinfo) -> dict[str, str]:
    """What is typed for a day or an instant; nothing for an instant beyond the last hour of that clock."""
    if "T" not in value:
        return {f"{name}.d": value, f"{name}.t": ""}
    try:
        at = datetime.fromisoformat(value).astimezone(zone)
    except OverflowError:
        return {f"{name}.d": "", f"{name}.t": ""}
    return {f"{name}.d": at.date().isoformat(), f"{name}.t": f"{at:%H:%M}"}


def words_input(
    name: str, label: str, typed: Typed, langs: Sequence[str], widget: str = "line", **more: Any
) -> Input:
    """Words in several languages, the page's own first."""
    parts = tuple(
        Input(f"{name}.{lang}", NATIVE_NAMES.get(lang, lang), widget, typed.one(f"{name}.{lang}"), lang=lang)
        for lang in langs
    )
    return Input(name, label, "words", parts=parts, **more)
