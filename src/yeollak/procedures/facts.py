"""Typed facts: what an act states outside its texts, kept small because facts are never erased.

A fact holds what tables and routing need and never the particulars of a person (design §2). Each has a name
and a type from a closed list; `check` refuses anything else, so that every node judges the same bytes
alike.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?")
_HEX = re.compile(r"(?:[0-9a-f]{2}){1,2048}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
# Never \d, which takes the digits of every script: the same moment would have many spellings.
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_TERM = re.compile(r"[a-z][a-z_]{0,31}")
#: The most that one list fact may hold; a longer list belongs in an enclosure.
MAX_ITEMS = 64
#: The most bytes that the terms of one amendment may have as JSON: half of what a document may hold.
MAX_TERMS = 16 * 1024


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 512


def _pattern(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


_is_language = _pattern(_LANGUAGE)
_is_term = _pattern(_TERM)
_is_currency = _pattern(_CURRENCY)


def _date(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _instant(value: Any) -> bool:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return False
    try:
        # Written again, since some versions of Python read 24:00 as the day after.
        return datetime.datetime.fromisoformat(value[:-1]).isoformat() + "Z" == value
    except ValueError:
        return False


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _words(value: Any) -> bool:
    """The same short words in several languages: {language: text}."""
    return (
        isinstance(value, Mapping)
        and 0 < len(value) <= 16
        and all(_is_language(language) and _text(text) for language, text in value.items())
    )


def _terms(value: Any) -> bool:
    """Terms of a charter by name, as an amendment states them: a JSON object of at most 16 KiB."""
    return (
        isinstance(value, Mapping)
        and 0 < len(value) <= MAX_ITEMS
        and all(map(_is_term, value))
        and len(json.dumps(value, ensure_ascii=False).encode()) <= MAX_TERMS
    )


def _amount(value: Any) -> bool:
    """An amount of money in whole units of the currency, without its fractions: {currency, value}."""
    return (
        isinstance(value, Mapping)
        and set(value) == {"currency", "value"}
        and _is_currency(value["currency"])
        and _whole(value["value"])
    )


#: type name -> whether a value is of it. `moment` is a day or an instant: history knows both. `key` is a
#: raw 32-byte key.
TYPES: Mapping[str, Callable[[Any], bool]] = {
    "amount": _amount,
    "date": _date,
    "digest": _pattern(_DIGEST),
    "flag": lambda value: isinstance(value, bool),
    "hex": _pattern(_HEX),
    "instant": _instant,
    "key": _pattern(_DIGEST),
    "moment": lambda value: _date(value) or _instant(value),
    "side": _pattern(_TOKEN),
    "terms": _terms,
    "text": _text,
    "time": _pattern(_TIME),
    "token": _pattern(_TOKEN),
    "whole": _whole,
    "words": _words,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One typed fact. `choices` closes a `token` to a list; `many` makes it a list of 1 to 64 different
    values.
    """

    name: str
    type: str
    required: bool = True
    choices: tuple[str, ...] = ()
    many: bool = False
    purpose: str = ""

    def __post_init__(self) -> None:
        if self.type not in TYPES or (self.choices and self.type != "token"):
            raise ValueError(f"fact {self.name}: no such type or choices")

    def holds(self, value: Any) -> bool:
        """Whether `value` is one that this fact may have."""
        if self.many:
            listed = isinstance(value, Sequence) and not isinstance(value, str)
            if not listed or not 0 < len(value) <= MAX_ITEMS:
                return False
            return all(self._one(item) and item not in value[:at] for at, item in enumerate(value))
        return self._one(value)

    def _one(self, value: Any) -> bool:
        return TYPES[self.type](value) and (not self.choices or value in self.choices)


def fits(facts: Mapping[str, Fact], values: Mapping[str, Any]) -> bool:
    """Whether `values` holds every required one of `facts` by name, no unknown one, and each of its type."""
    for name, value in values.items():
        fact = facts.get(name)
        if fact is None or not fact.holds(value):
            return False
    # As many as there are must be there: only where some are left out is it asked which.
    return len(values) == len(facts) or all(name in values for name, fact in facts.items() if fact.required)
