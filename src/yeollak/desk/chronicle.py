"""The `chronicle/1` enclosure: one dated event as the side that entered it describes it, with its sources.

Its bytes are another party's: `parse` bounds every text and count, lets only http and https addresses
through, and raises `TheirFault` for anything else. It says nothing about whether the event is true or the
act allowed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from yeollak.desk.texts import (
    Moment,
    Text,
    language_tag,
    line,
    list_of,
    moment_of,
    object_of,
    optional_line,
    optional_moment,
    optional_text,
    text_of,
    wrong,
)

FORM: Final = "chronicle/1"

#: What `by` and `account` may say besides the name of a side.
JOINT, OUTSIDE, BOTH, PRESS = "joint", "outside", "both", "press"

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MONTH: Final = re.compile(r"\d{4}-\d{2}")
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]{1,2000}")
_MOST_PEOPLE, _MOST_LINES, _MOST_AMOUNTS, _MOST_REFERENCES = 60, 60, 20, 60
_LARGEST_AMOUNT: Final = 10**15


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in an event: the name in several languages, the role as the source gives it, and the
    side.
    """

    name: Text
    role: str | None
    side: str | None


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money, its currency (ISO 4217) and what it was for, in the words of the source."""

    value: int
    currency: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A published source. `day` and `month` exclude each other; a `described` title is ours, not the
    headline.
    """

    id: str
    title: str
    described: bool
    publisher: str | None
    authors: tuple[str, ...]
    day: date | None
    month: date | None
    url: str | None
    language: str | None
    note: str | None
    seed: bool


@dataclass(frozen=True, slots=True)
class Chronicle:
    """One event as entered. `by` is who acted (a side, `joint`, `outside`), `account` whose word it rests
    on.
    """

    event: str
    when: Moment
    until: Moment | None
    by: str
    account: str
    procedure: str
    class_: str | None
    title: Text
    text: Text
    where: Text | None
    people: tuple[Person, ...]
    outcome: tuple[Text, ...]
    amounts: tuple[Amount, ...]
    conflicts: Text | None
    references: tuple[Reference, ...]
    seed: bool


def parse(value: object) -> Chronicle:
    """The event in a decoded `chronicle/1` value. Raises TheirFault (`malformed`) naming the field."""
    entry = object_of(value, "chronicle")
    if entry.get("form") != FORM:
        raise wrong("chronicle.form", f"{FORM} was expected")
    return Chronicle(
        event=_name(entry.get("event"), "chronicle.event"),
        when=moment_of(entry.get("when"), "chronicle.when"),
        until=optional_moment(entry.get("until"), "chronicle.until"),
        by=_name(entry.get("by"), "chronicle.by"),
        account=_name(entry.get("account"), "chronicle.account"),
        procedure=_name(entry.get("procedure"), "chronicle.procedure"),
        class_=_name(entry["class"], "chronicle.class") if entry.get("class") else None,
        title=text_of(entry.get("title"), "chronicle.title", longest=300),
        text=text_of(entry.get("text"), "chronicle.text", longest=4_000),
        where=optional_text(entry.get("where"), "chronicle.where", longest=200),
        people=tuple(
            person(item, "chronicle.people")
            for item in list_of(entry.get("people"), "chronicle.people", most=_MOST_PEOPLE)
        ),
        outcome=tuple(
            text_of(item, "chronicle.outcome", longest=600)
            for item in list_of(entry.get("outcome"), "chronicle.outcome", most=_MOST_LINES)
        ),
        amounts=tuple(
            _amount(object_of(item, "chronicle.amounts"))
            for item in list_of(entry.get("amounts"), "chronicle.amounts", most=_MOST_AMOUNTS)
        ),
        conflicts=optional_text(entry.get("conflicts"), "chronicle.conflicts", longest=2_000),
        references=tuple(
            reference(item)
            for item in list_of(entry.get("references"), "chronicle.references", most=_MOST_REFERENCES)
        ),
        seed=entry.get("seed") is True,
    )


def person(value: object, what: str) -> Person:
    """A person from {name: {tag: text}, role, side}. Raises TheirFault."""
    entry = object_of(value, what)
    return Person(
        name=text_of(entry.get("name"), f"{what}.name", longest=120),
        role=optional_line(entry.get("role"), f"{what}.role", longest=200),
        side=_name(entry["side"], f"{what}.side") if entry.get("side") else None,
    )


def reference(value: object) -> Reference:
    """A source from its JSON object. An address that is not plain http or https is left out. Raises
    TheirFault.
    """
    what = "chronicle.references"
    entry = object_of(value, what)
    day, month = _published(entry.get("date"))
    return Reference(
        id=_name(entry.get("id"), f"{what}.id"),
        title=line(entry.get("title"), f"{what}.title", longest=400),
        described=entry.get("title_from") == "described",
        publisher=optional_line(entry.get("publisher"), f"{what}.publisher", longest=200),
        authors=tuple(
            line(author, f"{what}.authors", longest=120)
            for author in list_of(entry.get("authors"), f"{what}.authors", most=20)
        ),
        day=day,
        month=month,
        url=web_address(entry.get("url")),
        language=language_tag(entry.get("language")),
        note=optional_line(entry.get("note"), f"{what}.note", longest=600),
        seed=entry.get("seed") is True,
    )


def web_address(value: object) -> str | None:
    """`value` when it is a plain http or https address with a host and no user information, else None."""
    if not isinstance(value, str) or not _PRINTABLE.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
        plain = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return None
    return value if plain else None


def _amount(entry: Mapping[str, Any]) -> Amount:
    value, currency = entry.get("value"), entry.get("currency")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise wrong("chronicle.amounts.currency", "a code of three letters was expected")
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_AMOUNT:
        raise wrong("chronicle.amounts.value", "a whole number was expected")
    return Amount(value, currency, line(entry.get("for"), "chronicle.amounts.for", longest=200))


def _published(value: object) -> tuple[date | None, date | None]:
    if isinstance(value, str):
        try:
            if _MONTH.fullmatch(value):
                return None, date.fromisoformat(f"{value}-01")
            return date.fromisoformat(value), None
        except ValueError:
            pass
    return None, None


def _name(value: object, what: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise wrong(what, "a name of small letters, digits, dots and hyphens was expected")
    return value
