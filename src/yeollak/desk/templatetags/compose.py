"""Words that the pages of composing set from codes of the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from yeollak.words import number
from yeollak.words.facts import value_word
from yeollak.words.labels import void_word

register = template.Library()


@register.simple_tag(takes_context=True)
def function_word(context: Mapping[str, Any], name: str) -> str:
    """What the function of an officer is called."""
    return value_word(context["lang"], "function", name) or name


@register.simple_tag(takes_context=True)
def void_words(context: Mapping[str, Any], code: str) -> str:
    """Why an act is void."""
    return void_word(context["lang"], code)


@register.filter
def octets(size: int) -> str:
    """A size in bytes with the units of IEC 80000-13, which are the same in every language."""
    for unit in ("B", "KiB"):
        if size < 1024:
            return f"{number(size)}\N{NO-BREAK SPACE}{unit}"
        size = -(-size // 1024)
    return f"{number(size)}\N{NO-BREAK SPACE}MiB"
