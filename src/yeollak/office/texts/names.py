"""Proper names by a glossary: what a side, a place or an institution is called in each language.

The glossary is given by whoever compares, as a rule from the charter's names and the desk's places; nothing
is guessed from capital letters, which two of the three scripts do not have. A longer name is read before a
shorter one that stands within it. The order in which the sides are named is read apart from the names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from yeollak.office.texts.folding import Folded, folded, primary
from yeollak.office.texts.tokens import Token

#: What may stand joined before an Arabic word: and, then; by, to, as; the.
_CLITICS: Final = "(?:[وف])?(?:[بلك])?(?:ال|ل)?"
_HANGUL: Final = "가-힣"


@dataclass(frozen=True, slots=True)
class Name:
    """One thing that has a name: its id, what it is, and its forms by language tag or primary language."""

    id: str
    kind: str
    forms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SideOrder:
    """Words that name the sides together in an order: South-North, 남북."""

    sides: tuple[str, ...]
    forms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Glossary:
    """The names to look for. An empty one finds nothing."""

    names: tuple[Name, ...] = ()
    orders: tuple[SideOrder, ...] = ()
    _finders: dict[str, tuple[re.Pattern[str] | None, dict[str, Name | SideOrder]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def knows(self, name: str, lang: str) -> bool:
        """Whether the thing `name` has a form in this language: without one nobody can miss it there."""
        return any(
            item.id == name and (lang in item.forms or primary(lang) in item.forms) for item in self.names
        )

    def find(self, paragraph: str, read: Folded, lang: str) -> tuple[list[Token], Folded]:
        """The names and orders of sides in a paragraph, and the text without them."""
        pattern, things = self._finder(lang)
        found: list[Token] = []
        if pattern is None:
            return found, read
        for match in pattern.finditer(read.text):
            thing = things[match["form"]]
            start, end = read.span(*match.span("form"))
            text = paragraph[start:end]
            if isinstance(thing, Name):
                found.append(Token("name", thing.id, start, end, text, thing.kind))
            else:
                found.append(Token("order", ",".join(thing.sides), start, end, text))
        return found, read.without(match.span("form") for match in pattern.finditer(read.text))

    def _finder(self, lang: str) -> tuple[re.Pattern[str] | None, dict[str, Name | SideOrder]]:
        known = self._finders.get(lang)
        if known is None:
            things: dict[str, Name | SideOrder] = {}
            every: tuple[Name | SideOrder, ...] = (*self.names, *self.orders)
            for thing in every:
                for form in (*thing.forms.get(lang, ()), *thing.forms.get(primary(lang), ())):
                    things.setdefault(folded(form), thing)
            known = self._finders[lang] = (_pattern(frozenset(things), primary(lang)), things)
        return known


@lru_cache(maxsize=64)
def _pattern(forms: frozenset[str], lang: str) -> re.Pattern[str] | None:
    if not forms:
        return None
    listed = "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
    if lang == "ko":  # particles and other nouns follow without a space
        return re.compile(rf"(?<![{_HANGUL}])(?P<form>{listed})")
    if lang == "ar":
        return re.compile(rf"(?<!\w){_CLITICS}(?P<form>{listed})(?!\w)")
    return re.compile(rf"(?<!\w)(?P<form>{listed})(?!\w)")
